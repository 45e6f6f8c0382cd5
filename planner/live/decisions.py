"""Yes-or-no decisions of a plan, read from its tables into the whole columns of a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.build import Built
from models.matrix import Floats, Matrix
from planner.plan import Plan
from planner.results.frames import table

FULL = 1e-6
"""Share of a stretch that may be missing where it counts as full: plans are written with rounding."""


@dataclass(frozen=True)
class Whole:
    """A whole column: `kind` taken, runs, level or full; of which row, in which period, up to which one (level).

    `amount` is the unit of a level, or the amount from which a stretch and those before it are full.
    """

    column: int
    kind: str
    name: str
    period: int
    until: int
    amount: float


def whole_columns(built: Built, matrix: Matrix) -> tuple[Whole, ...]:
    """Every whole column with what it says."""
    found, blocks = [], _blocks(built)
    for number in np.flatnonzero(matrix.whole).tolist():
        spec = built.frame.columns[number]
        name, period = str(spec.key[0]), int(spec.key[-1])
        if spec.family == "full":
            widths = [built.frame.column_of["stretch", (name, k, period)] for k in range(int(spec.key[1]) + 1)]
            amount = sum(built.frame.columns[w].upper for w in widths)
            found.append(Whole(number, "full", name, period, period, amount))
        elif spec.family == "level":
            found.append(Whole(number, "level", name, period, blocks[name, period], spec.scale))
        else:
            found.append(Whole(number, spec.family, name, period, period, 1.0))
    return tuple(found)


def _blocks(built: Built) -> dict[tuple[str, int], int]:
    """Last period of each block of periods that share one decision, by activity and first period."""
    blocks: dict[tuple[str, int], int] = {}
    for name, active in built.activities.active.items():
        firsts = [t for t in active if ("level", (name, t)) in built.frame.column_of]
        for n, first in enumerate(firsts):
            last = firsts[n + 1] - 1 if n + 1 < len(firsts) else active[-1]
            blocks[name, first] = last
    return blocks


def decisions_of(columns: tuple[Whole, ...], plan: Plan) -> Floats:
    """Values of the whole columns in a plan, in their order."""
    switches, done = table(plan, "switches"), table(plan, "activities")
    taken = {(str(s), int(p)) for s, p in switches[["switch", "period"]].itertuples(index=False) if not pd.isna(p)}
    level: Amounts = {}
    running: Amounts = {}
    for name, period, amount, runs in done[["activity", "period", "level", "running"]].itertuples(index=False):
        level[str(name), int(period)] = float(amount)
        running[str(name), int(period)] = 0.0 if pd.isna(runs) else float(runs)
    return np.array([_value(whole, taken, level, running) for whole in columns], dtype=float)


Amounts = dict[tuple[str, int], float]
"""Amounts by row and period."""


def _value(whole: Whole, taken: set[tuple[str, int]], level: Amounts, running: Amounts) -> float:
    """Value of one whole column."""
    here = (whole.name, whole.period)
    if whole.kind == "taken":
        return float(here in taken)
    if whole.kind == "runs":
        return round(running.get(here, 0.0))
    if whole.kind == "full":
        return float(level.get(here, 0.0) >= whole.amount * (1.0 - FULL))
    amount = sum(level.get((whole.name, t), 0.0) for t in range(whole.period, whole.until + 1))
    return float(round(amount / whole.amount))
