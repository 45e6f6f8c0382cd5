"""What each country gets: the division and every outcome that has a country, one figure a country."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.results.division import UNITS, division
from planner.results.frames import REGION, countries, every_country
from planner.results.record import outcomes_by
from planner.sheets import Outcomes

TITLES = {
    "money": "Money spent in the country",
    "officers": "Officers and staff at work",
    "visas": "Visas and other admissions by nationality",
    "slots": "Resettlement by country of origin",
}


@dataclass(frozen=True)
class Measure:
    """One figure for each country: `values` has columns Country and Value, every country of the case among them.

    `whole` says whether the countries add up to the plan's figure.
    """

    name: str
    unit: str
    values: pd.DataFrame
    whole: bool = True


def by_country(case: Case, plan: Plan) -> list[Measure]:
    """The four tables of the division over the whole plan, then every outcome that is divided by country."""
    found = []
    for part, laid in division(case, plan).items():
        total = "Plan average" if part == "officers" else "Plan total"
        found.append(
            Measure(TITLES[part], UNITS[part], laid[["Country", total]].set_axis(["Country", "Value"], axis=1))
        )
    outcomes = outcomes_by(case, plan, "country")
    named = set(countries(case))
    for row in case.of(Outcomes):
        mine = outcomes[outcomes["Outcome"] == row.outcome][["Country", "Plan total"]]
        if row.headline == "cost" or not named & set(mine["Country"]):
            continue
        values = every_country(case, _values(mine, "Plan total"))
        unit = row.unit if row.kind == "sum" else "people counted"
        found.append(Measure(row.label or row.outcome, unit, values, row.kind == "sum"))
    return found


def _values(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Country and Value of one column."""
    return frame[["Country", column]].rename(columns={column: "Value"})


def nothing_of(measure: Measure) -> Measure:
    """The same measure of a plan that gives nobody anything of it."""
    return replace(measure, values=measure.values.assign(Value=0.0))


def against(measure: Measure, other: Measure | None) -> pd.DataFrame:
    """Country, Plan, Compared, Difference: the same measure of two plans; the region's row stays last."""
    frame = measure.values.rename(columns={"Value": "Plan"})
    if other is None:
        return frame
    before = dict(zip(other.values["Country"], other.values["Value"], strict=True))
    missing = [name for name in before if name not in set(frame["Country"]) and name != REGION and before[name]]
    frame = pd.concat([frame, pd.DataFrame({"Country": missing, "Plan": [0.0] * len(missing)})], ignore_index=True)
    compared = frame["Country"].map(before).astype(float).fillna(0.0)
    return frame.assign(Compared=compared, Difference=frame["Plan"] - compared)
