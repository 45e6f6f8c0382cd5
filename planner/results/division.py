"""The division: money, officers, visas and resettlement slots over countries and phases."""

from __future__ import annotations

import pandas as pd

from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.capacities import staff_use
from planner.results.frames import (
    MILLION,
    country_or_region,
    days_in_phase,
    every_country,
    phases,
    remembered,
    split,
    timed,
    wide,
    with_share,
)
from planner.sheets import Slots

PARTS = ("money", "officers", "visas", "slots")
UNITS = {"money": "USD million", "officers": "full-time equivalents, on average", "visas": "people", "slots": "people"}
"""Unit of each table of the division."""


def division(case: Case, plan: Plan) -> dict[str, pd.DataFrame]:
    """Four tables, country by phase, each with a plan column and shares; totals are added where they are shown."""
    return {
        "money": money_division(case, plan),
        "officers": officers_division(case, plan),
        "visas": visas_division(case, plan),
        "slots": slots_division(case, plan),
    }


def _by_country(case: Case, plan: Plan, part: str) -> pd.DataFrame:
    """Country by phase with total and share."""
    laid = every_country(case, wide(rows_of(case, plan, part), "Country", "phase", "amount", phases(plan)))
    return with_share(laid)


@remembered
def rows_of(case: Case, plan: Plan, part: str) -> pd.DataFrame:
    """What a table of the division adds up: every row of the workbook and period with Country, phase and `amount`.

    Money in USD million, staff in FTE-days, visas and slots in people.
    """
    if part == "money":
        found = timed(plan, table(plan, "bills"))
        return found.assign(Country=country_or_region(found["country"]), amount=found["cost"] / MILLION)
    if part == "officers":
        found = staff_use(plan)
        return found.assign(Country=country_or_region(found["country"]), amount=found["available"] - found["lent_out"])
    done = timed(plan, table(plan, "activities"))
    found = done[_visas(case, done) if part == "visas" else _resettled(case, done)]
    origin = found["origin"].fillna("").astype(str)
    return found.assign(Country=country_or_region(origin.where(origin != "", found["country"])), amount=found["level"])


@remembered
def money_division(case: Case, plan: Plan) -> pd.DataFrame:
    """Bills by the country where the money is spent, USD million; without a country: the region."""
    return _by_country(case, plan, "money")


@remembered
def officers_division(case: Case, plan: Plan) -> pd.DataFrame:
    """Staff at work in each country, FTE on average in the phase; staff lent elsewhere count where they help.

    `Used` is what cases and courses took of it, on average over the plan.
    """
    keyed = rows_of(case, plan, "officers")
    length = days_in_phase(plan)
    horizon = sum(length.values()) or 1.0
    keyed["busy"] = keyed["occupied"] - keyed["lent_out"]
    laid = wide(keyed, "Country", "phase", "amount", phases(plan), total="Plan average")
    for phase, days in length.items():
        laid[phase] = laid[phase] / days
    laid["Plan average"] = laid["Plan average"] / horizon
    busy = keyed.groupby("Country")["busy"].sum() / horizon if len(keyed) else pd.Series(dtype=float)
    laid["Used"] = laid["Country"].map(busy).astype(float)
    return with_share(every_country(case, laid), "Plan average")


def _uses(case: Case, kind: str) -> set[str]:
    """Pools of one kind."""
    return {row.pool for row in case.of(Slots) if row.kind == kind}


def _visas(case: Case, done: pd.DataFrame) -> pd.Series[bool]:
    """Which activities are visas: streams whose pools are visas, or that need no pool."""
    pools = _uses(case, "visas")
    wanted = [
        kind == "visa" and (not split(used) or bool(set(split(used)) & pools))
        for kind, used in zip(done["kind"], done["pool"], strict=True)
    ]
    return pd.Series(wanted, index=done.index, dtype=bool)


def _resettled(case: Case, done: pd.DataFrame) -> pd.Series[bool]:
    """Which activities resettle people from a pool of places."""
    pools = _uses(case, "resettlement")
    wanted = [
        kind in ("visa", "stage") and bool(set(split(used)) & pools)
        for kind, used in zip(done["kind"], done["pool"], strict=True)
    ]
    return pd.Series(wanted, index=done.index, dtype=bool)


@remembered
def visas_division(case: Case, plan: Plan) -> pd.DataFrame:
    """People given visas by nationality: streams whose pools are visas, or that need no pool."""
    return _by_country(case, plan, "visas")


@remembered
def slots_division(case: Case, plan: Plan) -> pd.DataFrame:
    """People resettled from a pool of places, by country of origin (the place where no origin is stated)."""
    return _by_country(case, plan, "slots")


WHOLE = "the whole plan"


def behind(case: Case, plan: Plan, part: str, country: str, phase: str = WHOLE) -> pd.DataFrame:
    """Rows of the workbook that add up to one cell of the division, the largest first: sheet, row, kind, cell, amount.

    Staff stand in FTE on average over the phase or the plan, as in the cell itself.
    """
    found = rows_of(case, plan, part)
    found = found[(found["Country"] == country) & ((found["phase"] == phase) | (phase == WHOLE))]
    days = days_in_phase(plan)
    length = sum(days.values()) if phase == WHOLE else days.get(phase, 1.0)
    share = 1.0 / length if part == "officers" else 1.0
    laid = found.assign(amount=found["amount"].astype(float) * share)
    sums = laid.groupby(["sheet", "row", "kind", "cell"], as_index=False).agg({"amount": "sum"})
    sums = sums[sums["amount"].abs() > 1e-9].sort_values("amount", ascending=False, kind="stable", key=steps)
    names = {"sheet": "Sheet", "row": "Row", "kind": "Kind", "cell": "Cell", "amount": "Amount"}
    return sums.rename(columns=names).reset_index(drop=True)
