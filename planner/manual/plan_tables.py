"""The tables of a plan: what each row is, what each column holds."""

from __future__ import annotations

import inspect
import tokenize
from io import StringIO

from planner.manual.docstrings import cell, markdown_of
from planner.manual.tables import table
from planner.plan import TABLES, Record, Status, plan

COLUMN_WORDS = {
    "account": "account that pays",
    "activity": "name in the model: kind and row, as `stage:interview at the border`",
    "actor": "who carries it out",
    "amount": "USD paid or moved",
    "authority": "law, agreement or decision behind the rule",
    "available": "unit-days on offer in the period, before the ceiling",
    "bill": "what is paid for, by its name in the model",
    "binding": "whether it is used to the limit",
    "cadre": "profession of the staff",
    "capacity": "name in the model, as `staff:asylum officer / Border post`",
    "category": "right, law, agreement or preference",
    "ceiling": "share of the unit-days that can be used",
    "cell": "cell of the workbook that it comes from",
    "class": "class of the visa stream",
    "closing": "what the step ends with",
    "cost": "USD",
    "country": "country of the place",
    "date": "day on which it is taken",
    "days": "days",
    "effective": "effective units, after the curve",
    "end_day": "day after the last, from the start of the plan",
    "entered": "everyone who has entered from the first day until the period's end",
    "from": "first calendar day",
    "gained": "from the natural movement of other caseloads",
    "group": "group of people",
    "hard": "whether it always holds",
    "in_force_from": "day from which it is in force",
    "inflow": "what comes by itself: arrivals, appropriations, quotas by phase",
    "item": "what is decided: a level, a payment, what lapses; `beyond`: more than goes on, where balances need it",
    "kind": "what sort of thing it is",
    "lane": "lane of action",
    "lapsed": "what is given up, or not carried over",
    "measured": "what a rule looks at, in its measure's unit",
    "base": "what a rule holds it against besides a fixed figure: of what it is a share, the period before",
    "left": "value of the left side; on sheet limits: everyone who has left so far",
    "level": "units done in the period",
    "limit_days": "the time limit",
    "lost": "by natural movement: attrition, wear, moving on",
    "made": "by activities",
    "measure": "what is counted",
    "name": "name of the period: P1, or P2.03",
    "occupied": "unit-days in use",
    "opening": "what the step begins with",
    "origin": "country that people come from",
    "outcome": "name on sheet Outcomes",
    "over": "people over the limit at the period's end",
    "paid": "paid out of it (accounts)",
    "period": "number from 0",
    "phase": "phase that holds it",
    "pipeline": "procedure",
    "place": "place",
    "points": "weight times value",
    "pool": "quota of visas or places",
    "priority": "level of the objective in which it counts",
    "purpose": "purpose under which accounts pay it",
    "right": "value of the right side",
    "row": "key of the row that it comes from",
    "rule": "name of the rule",
    "running": "1 if it runs, 0 if not; empty where there is no such decision",
    "scope": "phase, period or 'whole plan'",
    "sense": "<=, >= or ==",
    "sheet": "sheet that it comes from",
    "slack": "room left; 0 where it binds",
    "standing": "level at the period's end",
    "start_day": "first day, from the start of the plan",
    "started": "1 if it starts in this period",
    "state": "state of the people",
    "station": "duty station of the staff",
    "step": "number of the step: a period, cut where books close",
    "stock": "name in the model, as `people:waiting at the border`",
    "subject": "what is counted, by its name in the model",
    "switch": "name in the model, as `reform:labour agreement`",
    "switched": "released or taken by reforms",
    "taken": "whether it is taken at all",
    "undelivered": "under way when the plan ends (on the last step)",
    "unit": "unit of the figures",
    "until": "last calendar day",
    "used": "by activities",
    "value": "value of the outcome, or of one of its parts",
    "violation": "by how much a soft rule is broken",
    "weight": "points a unit",
}
"""What each column holds; figures are in natural units: USD, people, full-time equivalents, days."""

STATUS_WORDS = {
    Status.OPTIMAL: "Proven: no plan within the same limits scores more than the gap higher.",
    Status.FEASIBLE: "A plan that keeps every limit; how far from the best is said, but the asked gap was not reached.",
    Status.INFEASIBLE: "No plan keeps all hard limits at once.",
    Status.UNBOUNDED: "Something useful costs nothing and has no limit: a fault in the data.",
    Status.DISPUTED: "Runs of the solver in two ways contradict each other: the best plan that holds, with no proof.",
    Status.NO_PLAN: "The time ran out before any plan was found. There may be one.",
}


def row_words() -> dict[str, str]:
    """What one row of each table is: the comments above the tables in `planner/plan/plan.py`."""
    words: dict[str, str] = {}
    said: list[str] = []
    for token in tokenize.generate_tokens(StringIO(inspect.getsource(plan)).readline):
        if token.type == tokenize.COMMENT:
            said.append(token.string.lstrip("# "))
        elif token.type == tokenize.STRING:
            name = token.string.strip("\"'")
            if name in TABLES and name not in words and token.start[1] == 4:
                words[name] = " ".join(said)
                said = []
    return words


def page() -> str:
    """Every table with its columns."""
    described = row_words()
    parts = [
        "# Tables of a plan",
        "A plan is a set of tables and the record of how it was found. In Python they are pandas frames in "
        "`Plan.tables`; a plan workbook holds them as sheets of figures, and `planner solve --json FILE` writes them "
        "for machines. Money is in USD, people are persons, staff full-time equivalents, time days.",
        "## Status",
        table(("Status", "Meaning"), [(str(status), STATUS_WORDS[status]) for status in Status]),
        "## Record",
        markdown_of(Record.__doc__),
        "Fields: " + ", ".join(f"`{name}`" for name in Record.__dataclass_fields__) + ".",
    ]
    for name, columns in TABLES.items():
        parts.append(f"## {name.replace('_', ' ').capitalize()} {{ #{name.replace('_', '-')} }}")
        parts.append(
            f"Table `{name}`."
            + (f" {described[name][:1].upper()}{described[name][1:]}." if described.get(name) else "")
        )
        parts.append(table(("Column", "Holds"), [(f"`{column}`", cell(COLUMN_WORDS[column])) for column in columns]))
    return "\n\n".join(parts)
