"""Rules: how much of each limit was used, what was left, which bind, which were not kept."""

from __future__ import annotations

from typing import Any

import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import CATEGORY_ORDER
from planner.results.rule_words import KEPT, SENSES, State, in_words, limit_words, measured_of
from planner.sheets import Coalition, Programmes, RawActivities, Rules
from planner.wording.figures import finite

UNITS = {
    "money": "USD million",
    "units": "units",
    "people served": "people",
    "people in": "people",
    "person-days in": "person-days",
    "people entering": "people",
    "person-days over limit": "person-days",
    "staff days used": "FTE-days",
    "staff days available": "FTE-days",
    "reforms taken": "reforms",
    "level": "points",
    "people under way": "people",
    "staff in post": "FTE",
    "numbers left": "places",
    "money left": "USD million",
}
"""Unit of each measure of sheet Rules."""


OTHERS = {"transfer:": "USD", "deploy:": "FTE-days", "match:": "USD", "coalition quorum": "votes"}
"""Unit of the limits that other sheets make."""


def rule_unit(case: Case, row: Rules | None, name: str) -> str:
    """Unit of a rule's figures: of its measure, or of what another sheet limits."""
    if row is not None:
        return UNITS.get(row.measure, "")
    partner = case.find(Coalition, name.removeprefix("partner:"))
    if partner is not None and name.startswith("partner:"):
        return UNITS.get(partner.measure, "")
    if name.startswith("total:"):
        programme = case.find(Programmes, name.removeprefix("total:programme:"))
        raw = case.find(RawActivities, name.removeprefix("total:raw:"))
        return programme.unit if programme is not None else raw.unit if raw is not None else ""
    return next((unit for start, unit in OTHERS.items() if name.startswith(start)), "")


def _switched_off(row: Rules) -> dict[str, float | str | None]:
    """Line of a rule that does not hold because somebody switched it off."""
    return {
        "Rule": row.rule,
        "Category": row.category,
        "In words": "switched off: nothing holds it",
        "Unit": UNITS.get(row.measure, ""),
        "State": State.OFF,
        "Strength": row.strength,
        "Authority": row.authority,
        "Cell": row.origin("on"),
    }


def rules(case: Case, plan: Plan) -> pd.DataFrame:
    """Every rule and scope, rights first: what was used of the limit, slack, whether it binds, on whose authority.

    Rules that are switched off stand last in their category, so that a missing right is seen.
    """
    rows = {row.rule: row for row in case.of(Rules)}
    records = []
    found = table(plan, "rules")
    for line in found.to_dict("records"):
        record = {str(column): value for column, value in line.items()}
        name = str(record["rule"])
        row = rows.get(name.split(" | ", maxsplit=1)[0])
        unit = rule_unit(case, row, name)
        measured, limit = measured_of(record)
        violation = finite(record["violation"]) or 0.0
        state = State.BROKEN if violation > KEPT else State.BINDING if record["binding"] else State.SLACK
        records.append(
            {
                "Rule": name,
                "Category": str(record["category"] or ""),
                "Over": str(record["scope"] or ""),
                "In words": in_words(case, record, unit),
                "Value": measured,
                "Sense": SENSES.get(str(record["sense"]), str(record["sense"])),
                "Limit": limit,
                "Slack": finite(record["slack"]),
                "Broken by": violation,
                "Unit": unit,
                "State": state,
                "Strength": "hard" if record["hard"] else "soft",
                "Authority": str(record["authority"] or ""),
                "Cell": str(record["cell"] or ""),
            }
        )
    records += [_switched_off(row) for row in case.of(Rules) if not row.on]
    columns = [
        "Rule",
        "Category",
        "Over",
        "In words",
        "Value",
        "Sense",
        "Limit",
        "Slack",
        "Broken by",
        "Unit",
        "State",
        "Strength",
        "Authority",
        "Cell",
    ]
    frame = pd.DataFrame(records, columns=columns)
    numbers = ["Value", "Limit", "Slack", "Broken by"]
    frame[numbers] = frame[numbers].astype(float)
    ranked = {State.OFF: 0, State.BROKEN: 1, State.BINDING: 2, State.SLACK: 3}
    place = frame["Category"].map(lambda c: CATEGORY_ORDER.get(str(c), 9)) * 10
    place += frame["State"].map(lambda state: ranked.get(str(state), 9))
    frame = frame.iloc[place.to_numpy(dtype=float).argsort(kind="stable")]
    return frame.reset_index(drop=True)


def tightest(case: Case, plan: Plan) -> pd.DataFrame:
    """One row a rule: where it is tightest, and at how many of its times it binds."""
    found = rules(case, plan)
    size = found[["Value", "Limit"]].abs().max(axis=1).clip(lower=1.0)
    near = found.assign(near=(found["Slack"] / size).fillna(-1.0), order=range(len(found)))
    first = (
        near.sort_values(["Rule", "near"], kind="stable")
        .drop_duplicates("Rule")
        .sort_values("order")
        .drop(columns=["near", "order"])
    )
    binds = found["State"].isin([State.BINDING, State.BROKEN]).groupby(found["Rule"]).sum()
    times = found.groupby("Rule").size()
    at = first["Rule"].map(binds).astype(int).astype(str) + " of " + first["Rule"].map(times).astype(str)
    first.insert(list(first.columns).index("State") + 1, "Reached", at)
    return first.reset_index(drop=True)


def not_kept(case: Case, plan: Plan) -> list[str]:
    """Promises that the plan does not keep, in words, rights first: soft rules that it breaks, rules switched off.

    Without the case's rows a rule is called by the name that the plan's tables give it.
    """
    found = rules(case, plan)
    times = found["Rule"].value_counts()
    broken: dict[str, list[dict[str, Any]]] = {}
    for row in found[found["State"] == State.BROKEN].to_dict("records"):
        broken.setdefault(str(row["Rule"]), []).append({str(k): v for k, v in row.items()})
    said = []
    for name, rows in broken.items():
        worst = max(rows, key=lambda row: float(row["Broken by"]))
        where = f", {worst['Over']}" if worst["Over"] else ""
        often = f"; broken at {len(rows)} of its {times[name]} times, most there" if times[name] > 1 else ""
        stands = f"{worst['Category']}, {worst['Authority']}" if worst["Authority"] else str(worst["Category"])
        said.append(f"{limit_words(case, name)} ({stands}){where}: {worst['In words']}{often} ({worst['Cell']}).")
    off = found[found["State"] == State.OFF]
    said += [f"{row['Rule']} ({row['Category']}): switched off ({row['Cell']})." for row in off.to_dict("records")]
    return said
