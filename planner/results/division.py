"""The division: money, officers, visas and resettlement slots over countries and phases."""

from __future__ import annotations

import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.results.capacities import staff_use
from planner.results.frames import (
    MILLION,
    country_or_region,
    days_in_phase,
    every_country,
    phases,
    remembered,
    split,
    table,
    timed,
    wide,
    with_share,
)
from planner.sheets import Slots

PARTS = ("money", "officers", "visas", "slots")
UNITS = {
    "money": "USD million",
    "officers": "full-time equivalents, on average",
    "visas": "people",
    "slots": "people",
}
"""Unit of each table of the division."""


def division(case: Case, plan: Plan) -> dict[str, pd.DataFrame]:
    """Four tables, country by phase, each with a plan column and shares; totals are added where they are shown."""
    return {
        "money": money_division(case, plan),
        "officers": officers_division(case, plan),
        "visas": visas_division(case, plan),
        "slots": slots_division(case, plan),
    }


def _by_country(case: Case, plan: Plan, frame: pd.DataFrame, key: str, value: str) -> pd.DataFrame:
    """Country by phase with total and share."""
    keyed = frame.assign(Country=country_or_region(frame[key]))
    laid = every_country(case, wide(keyed, "Country", "phase", value, phases(plan)))
    return with_share(laid)


@remembered
def money_division(case: Case, plan: Plan) -> pd.DataFrame:
    """Bills by the country where the money is spent, USD million; without a country: the region."""
    bills = timed(plan, table(plan, "bills"))
    return _by_country(case, plan, bills.assign(money=pd.to_numeric(bills["cost"]) / MILLION), "country", "money")


@remembered
def officers_division(case: Case, plan: Plan) -> pd.DataFrame:
    """Staff at work in each country, FTE on average in the phase; staff lent elsewhere count where they help.

    `Used` is what cases and courses took of it, on average over the plan.
    """
    use = staff_use(plan)
    length = days_in_phase(plan)
    horizon = sum(length.values()) or 1.0
    keyed = use.assign(Country=country_or_region(use["country"]), here=use["available"] - use["lent_out"])
    keyed["busy"] = keyed["occupied"] - keyed["lent_out"]
    laid = wide(keyed, "Country", "phase", "here", phases(plan), total="Plan average")
    for phase, days in length.items():
        laid[phase] = laid[phase] / days
    laid["Plan average"] = laid["Plan average"] / horizon
    busy = keyed.groupby("Country")["busy"].sum() / horizon if len(keyed) else pd.Series(dtype=float)
    laid["Used"] = laid["Country"].map(busy).astype(float)
    return with_share(every_country(case, laid), "Plan average")


def _uses(case: Case, kind: str) -> set[str]:
    """Pools of one kind."""
    return {row.pool for row in case.of(Slots) if row.kind == kind}


@remembered
def visas_division(case: Case, plan: Plan) -> pd.DataFrame:
    """People given visas by nationality: streams whose pools are visas, or that need no pool."""
    done = timed(plan, table(plan, "activities"))
    visa_pools = _uses(case, "visas")
    wanted = [
        kind == "visa" and (not split(pools) or bool(set(split(pools)) & visa_pools))
        for kind, pools in zip(done["kind"], done["pool"], strict=True)
    ]
    return _by_country(case, plan, done[pd.Series(wanted, index=done.index, dtype=bool)], "country", "level")


@remembered
def slots_division(case: Case, plan: Plan) -> pd.DataFrame:
    """People resettled from a pool of places, by country of origin (the place where no origin is stated)."""
    done = timed(plan, table(plan, "activities"))
    pools = _uses(case, "resettlement")
    wanted = [
        kind in ("visa", "stage") and bool(set(split(used)) & pools)
        for kind, used in zip(done["kind"], done["pool"], strict=True)
    ]
    chosen = done[pd.Series(wanted, index=done.index, dtype=bool)]
    origin = chosen["origin"].fillna("").astype(str)
    return _by_country(
        case, plan, chosen.assign(from_country=origin.where(origin != "", chosen["country"])), "from_country", "level"
    )
