"""Small cases with data frozen at early 2021, as plain rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from planner.case import Case
from planner.options import Options
from planner.plan import Plan, Status
from planner.solve import solve
from planner.workbook import case_from

Tables = dict[str, list[dict[str, Any]]]
EXACT = Options(gap=1e-9)


def frame(grid: str = "phases", until: date = date(2021, 12, 31)) -> Tables:
    """One phase from the first day of 2021."""
    return {
        "Settings": [{"Setting": "case name", "Value": "Small"}, {"Setting": "grid", "Value": grid}],
        "Time": [{"Phase": "Year", "From": date(2021, 1, 1), "Until": until}],
        "Places": [{"Place": "United States", "Kind": "country"}, {"Place": "Guatemala", "Kind": "country"}],
    }


def outcome(tables: Tables, measure: str, where: str, per_unit: float = 1.0) -> None:
    """Add one outcome with one term."""
    tables.setdefault("Outcomes", []).append({"Outcome": "goal", "Unit": "people", "Weight": 1.0})
    tables.setdefault("Outcome terms", []).append(
        {"Outcome": "goal", "Line": "1", "Measure": measure, "Where": where, "Per unit": per_unit}
    )


def solved(tables: Tables, *sets: str) -> tuple[Case, Plan]:
    """Case and proven plan of plain rows with changes."""
    case = case_from(tables, sets=sets)
    plan = solve(case, EXACT)
    assert plan.status is Status.OPTIMAL
    return case, plan


def price(tables: Tables, cell: str, value: float, step: float) -> float:
    """Points that one more unit of a cell brings, found by solving again with `step` more of it."""
    _, before = solved(tables)
    _, after = solved(tables, f"{cell}={value + step:g}")
    assert before.objective is not None
    assert after.objective is not None
    return (after.objective - before.objective) / step
