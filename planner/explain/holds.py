"""A country's money held where a plan has it, while everything else may move."""

from __future__ import annotations

from collections.abc import Sequence

from planner.case import Case
from planner.cells.raw import digits
from planner.plan import Plan
from planner.sheets import Places, Time
from planner.workbook.new_rows import hold_name


def holdable(case: Case) -> list[str]:
    """Countries whose money can be held."""
    return [row.place for row in case.of(Places) if row.kind == "country"]


def hold_country(case: Case, plan: Plan, country: str) -> tuple[str, ...]:
    """Changes for `--set` that hold a country's money in each phase at what the plan spends there, USD million.

    Each adds a rule 'money for COUNTRY in PHASE' to sheet Rules, so that it has a price and is named in a clash.
    Raises ValueError for a country that is not on sheet Places.
    """
    if country not in holdable(case):
        message = f"There is no country '{country}' on sheet Places."
        raise ValueError(message)
    bills, periods = plan.tables["bills"], plan.tables["periods"]
    phase_of = dict(zip(periods["period"], periods["phase"], strict=True))
    own = bills[bills["country"] == country]
    spent = own.groupby(own["period"].map(phase_of))["cost"].sum()
    return tuple(
        f"Rules!{hold_name(country, row.phase)}.Value={digits(float(spent.get(row.phase, 0.0)) / 1e6, 12)}"
        for row in case.of(Time)
    )


def held(changes: Sequence[str], country: str) -> tuple[str, ...]:
    """Those changes that hold this country."""
    return tuple(change for change in changes if change.startswith(f"Rules!{hold_name(country, '')}"))
