"""Names, cells, units, dates and states of the plan's tables, held against the rows of the workbook.

The rows are compiled anew: this step is not independent of the compiler, as :mod:`planner.verify` is. It binds what
people read of a row to the row, and leaves the figures to the verification.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from models.network import Activity, Capacity, Network, Outcome, Rule, Stock, Switch
from planner.case import Case
from planner.compile import compile_case
from planner.plan import TABLES, Plan
from planner.plan.frames import DATES, FIGURES, FLAGS, WHOLE, table
from planner.plan.verdict import verdict
from planner.results.frames import as_date
from planner.verify.report import CheckLog, Report

Item = Activity | Capacity | Outcome | Rule | Stock | Switch
EXACT = 1e-9
"""Relative difference of two figures that are the same but for the last bits."""
TEXTS = {
    name: tuple(c for c in columns if c not in FIGURES | FLAGS | WHOLE | DATES) for name, columns in TABLES.items()
}
"""Columns of text of every table."""


def check_rows(case: Case, plan: Plan, report: Report) -> None:
    """Compare everything that the tables say of rows, periods and dates besides their figures."""
    network = compile_case(case)
    book = CheckLog(report, "names", "Names, units, cells, dates and states are those of the workbook's rows", ())
    _periods(case, plan, book)
    items = _items(network)
    bills = items["activities"] | items["switches"] | items["stocks"]
    for name, known in (*items.items(), ("bills", bills)):
        _texts(plan, name, {i: _said(item) for i, item in known.items()}, book)
    limited = {s.id: _said(s) | {"cell": s.limit.origin} for s in network.stocks if s.limit is not None}
    _texts(plan, "limits", limited, book)
    _terms(network, plan, book)
    _order(plan, book)
    _limits(network, plan, book)
    _rules(network, plan, book)
    _switches(case, plan, book)
    _ceilings(network, plan, book)
    _priorities(network, plan, book)


def _items(network: Network) -> dict[str, dict[str, Item]]:
    """What the tables speak of, by table and id."""
    kinds: dict[str, Iterable[Item]] = {
        "activities": network.activities, "switches": network.switches, "stocks": network.stocks,
        "capacities": network.capacities, "rules": network.rules, "outcomes": network.outcomes,
    }  # fmt: skip
    return {name: {item.id: item for item in found} for name, found in kinds.items()}


def _said(item: Item) -> dict[str, str]:
    """What a table says of an item in words."""
    words = {**item.tags, "cell": item.origin, "unit": str(getattr(item, "unit", ""))}
    if isinstance(item, Rule):
        words |= {"category": item.category, "authority": item.authority, "sense": item.sense}
    return words


def _texts(plan: Plan, name: str, known: Mapping[str, Mapping[str, str]], book: CheckLog) -> None:
    """Compare the texts of a table with what its rows are; scopes of rules belong to the verification."""
    key, *columns = (c for c in TEXTS[name] if c != "scope")
    frame = table(plan, name)[[key, *columns]].drop_duplicates()
    book.count(len(frame) * len(columns))
    for row in frame.itertuples(index=False):
        words = known.get(str(row[0]))
        if words is None:
            book.fail(f"{name}: {row[0]}", "no row of the workbook makes it")
            continue
        for column, value in zip(columns, row[1:], strict=True):
            if str(value) != words.get(column, ""):
                book.fail(f"{name}: {row[0]}", f"its {column} is '{value}', in the workbook '{words.get(column, '')}'")


def _periods(case: Case, plan: Plan, book: CheckLog) -> None:
    """Periods are those of the grid that the record names."""
    try:
        grid = case.grid(plan.record.grid)
    except (ValueError, IndexError):
        book.fail("the record", f"there is no grid '{plan.record.grid}'")
        return
    wanted = [
        (t, grid.names[t], grid.phases[grid.phase_of[t]].name, grid.date(grid.start(t)), grid.date(grid.end(t) - 1),
         grid.start(t), grid.end(t), grid.days(t))
        for t in grid.periods
    ]  # fmt: skip
    frame = table(plan, "periods")
    rows = [(int(p), n, h, as_date(f), as_date(u), *rest) for p, n, h, f, u, *rest in frame.itertuples(index=False)]
    book.count(len(wanted))
    if len(rows) != len(wanted):
        book.fail("periods", f"there are {len(rows)}, and the grid '{plan.record.grid}' has {len(wanted)}")
    for row, right in zip(rows, wanted, strict=False):
        if row != right:
            book.fail(f"period {right[1]}", "its name, phase or days are not those of the grid that the record names")


def _terms(network: Network, plan: Plan, book: CheckLog) -> None:
    """Subjects of outcome terms carry the tags of what they are, and are measured as the outcome says."""
    subjects: dict[str, Mapping[str, str]] = {}
    for group in (network.activities, network.switches, network.stocks, network.capacities):
        subjects |= {item.id: item.tags for item in group}
    known: dict[tuple[str, str, str], Mapping[str, str]] = {
        (o.id, term.measure, term.subject): subjects.get(term.subject.rpartition("|")[2], {})
        for o in network.outcomes
        for term in (*o.terms, *(t for part in o.parts for t in part.terms))
    }
    places = ["place", "country", "origin", "group"]
    frame = table(plan, "outcome_terms")[["outcome", "measure", "subject", *places]].drop_duplicates()
    book.count(len(frame))
    for outcome, measure, subject, *values in frame.itertuples(index=False):
        tags = known.get((str(outcome), str(measure), str(subject)))
        if tags is None:
            book.fail(f"outcome_terms: {subject}", f"outcome '{outcome}' does not count it by '{measure}'")
        elif [str(v) for v in values] != [tags.get(c, "") for c in places]:
            book.fail(f"outcome_terms: {subject}", f"its places are not those of the workbook (outcome '{outcome}')")


def _order(plan: Plan, book: CheckLog) -> None:
    """Steps of a stock are numbered in order of time."""
    frame = table(plan, "stocks").sort_values(["stock", "start_day"], kind="stable")
    wanted = frame.groupby("stock").cumcount()
    book.count(len(frame))
    for stock in sorted(set(frame["stock"][frame["step"].to_numpy() != wanted.to_numpy()])):
        book.fail(f"stocks: {stock}", "its steps are not numbered in order of time")
    before = frame[frame.groupby("stock").cumcount(ascending=False) > 0]
    for stock in sorted(set(before["stock"][before["undelivered"].fillna(0.0).to_numpy() != 0.0])):
        book.fail(f"stocks: {stock}", "people are under way at its end before the plan's last step")


def _limits(network: Network, plan: Plan, book: CheckLog) -> None:
    """Time limits are those of the workbook, once a period."""
    known = {s.id: s.limit for s in network.stocks if s.limit is not None}
    numbers = list(range(len(table(plan, "periods"))))
    for stock, rows in table(plan, "limits").groupby("stock", sort=False):
        book.count(len(rows))
        limit = known.get(str(stock))
        said = {(float(days), bool(hard)) for days, hard in zip(rows["limit_days"], rows["hard"], strict=True)}
        if limit is not None and said != {(limit.days, limit.hard)}:
            book.fail(f"limits: {stock}", f"the workbook says {limit.days:g} days, {'hard' if limit.hard else 'soft'}")
        if [int(p) for p in rows["period"]] != numbers:
            book.fail(f"limits: {stock}", "it does not stand once for every period, in order")


def _rules(network: Network, plan: Plan, book: CheckLog) -> None:
    """Strength of rules, and whether their limit counts as reached."""
    known = {rule.id: rule for rule in network.rules}
    frame = table(plan, "rules")
    columns = ("rule", "scope", "left", "right", "slack", "violation", "hard", "binding")
    for name, scope, left, right, slack, violation, hard, binding in zip(*(frame[c] for c in columns), strict=True):
        rule = known.get(str(name))
        if rule is None:
            continue
        book.count()
        wanted = verdict(rule, float(left), float(right))
        size = EXACT * max(1.0, abs(float(left)), abs(float(right)))
        apart = max(abs(float(slack) - wanted["slack"]), abs(float(violation) - wanted["violation"]))
        if bool(hard) != rule.hard or bool(binding) != wanted["binding"] or not apart <= size:
            book.fail(f"rules: {name}", "its slack, strength or whether it binds is not as it follows", str(scope))


def _switches(case: Case, plan: Plan, book: CheckLog) -> None:
    """Dates of decisions are those of their periods."""
    starts = {
        int(p): case.date(float(s)) for p, s in table(plan, "periods")[["period", "start_day"]].itertuples(index=False)
    }
    for name, period, when in table(plan, "switches")[["switch", "period", "date"]].itertuples(index=False):
        book.count()
        wanted = None if pd.isna(period) else starts.get(int(period))
        if as_date(None if isinstance(when, float) else when) != wanted:
            book.fail(f"switches: {name}", "its date is not that of its period")


def _ceilings(network: Network, plan: Plan, book: CheckLog) -> None:
    """Shares of capacities that can be used are those of the workbook."""
    known = {capacity.id: capacity.use_ceiling for capacity in network.capacities}
    for name, ceiling in table(plan, "capacities")[["capacity", "ceiling"]].itertuples(index=False):
        book.count()
        if str(name) in known and abs(float(ceiling) - known[str(name)]) > EXACT:
            book.fail(f"capacities: {name}", f"its ceiling is {ceiling:g}, in the workbook {known[str(name)]:g}")


def _priorities(network: Network, plan: Plan, book: CheckLog) -> None:
    """Outcomes stand at the priority that the workbook gives them."""
    levels = {str(o): level + 1 for level, p in enumerate(network.priorities) for o, _ in p.weights}
    said: list[tuple[Any, Any]] = list(table(plan, "outcomes")[["outcome", "priority"]].itertuples(index=False))
    for name, priority in said:
        book.count()
        if int(priority) != levels.get(str(name), 1):
            book.fail(f"outcomes: {name}", "its priority is not that of the workbook")
