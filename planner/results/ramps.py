"""How fast things may grow, and where that holds them: starting paces of streams and programmes, hiring limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import NEAR
from planner.results.growth import YEAR, fastest_paces
from planner.results.slots import Period, period_list
from planner.sheets import Pipelines, Programmes, Staff, Visas

COLUMNS = ["What", "Sheet", "Unit", "Period", "phase", "Pace", "Fastest pace allowed", "At the limit"]


def ramps(case: Case, plan: Plan) -> pd.DataFrame:
    """Every row whose growth or hiring is limited, by period: pace a year, the fastest allowed, whether that holds.

    Growth: see :func:`planner.results.growth.fastest_paces`. Rows of which nothing is done in the whole plan are left
    out.
    """
    levels: dict[tuple[str, int], float] = {}
    for activity, period, level in table(plan, "activities")[["activity", "period", "level"]].itertuples(index=False):
        levels[str(activity), int(period)] = float(level)
    spans = period_list(plan)
    records = [*_growing(case, levels, spans), *_hired(case, levels, spans)]
    frame = pd.DataFrame(records, columns=COLUMNS)
    done = frame.groupby(["Sheet", "What"])["Pace"].transform("sum") > 0.0
    return frame[done].reset_index(drop=True)


def _growing(case: Case, levels: dict[tuple[str, int], float], spans: list[Period]) -> Iterator[dict[str, Any]]:
    """Streams, stages and programmes with a growth factor."""
    rows: list[tuple[str, Visas | Pipelines | Programmes, str]] = [
        (f"visa:{v.id}", v, "people") for v in case.of(Visas)
    ]
    rows += [(f"stage:{s.id}", s, "people") for s in case.of(Pipelines)]
    rows += [(f"programme:{p.id}", p, p.unit) for p in case.of(Programmes)]
    for name, row, unit in rows:
        if row.growth is None:
            continue
        rates = [levels.get((name, p.number), 0.0) / p.days for p in spans]
        allowed = fastest_paces(case, row, rates, spans)
        for period, rate, most in zip(spans, rates, allowed, strict=True):
            yield _line(row.SHEET, row.id, unit, period, rate * YEAR, most * YEAR)


def _hired(case: Case, levels: dict[tuple[str, int], float], spans: list[Period]) -> Iterator[dict[str, Any]]:
    """Staff with a hiring limit."""
    for row in case.of(Staff):
        if not row.hiring_limit:
            continue
        for period in spans:
            pace = levels.get((f"hire:{row.id}", period.number), 0.0) / period.days * YEAR
            yield _line("Staff", row.id, "hires", period, pace, row.hiring_limit)


def _line(sheet: str, name: str, unit: str, period: Period, pace: float, allowed: float) -> dict[str, Any]:
    """One row and period."""
    at = pace > 0.0 and pace >= (1.0 - NEAR) * allowed
    values = (name, sheet, f"{unit} a year", period.name, period.phase, pace, allowed, "at the limit" if at else "")
    return dict(zip(COLUMNS, values, strict=True))
