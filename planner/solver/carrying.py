"""Decisions carried to another model: from a model of another case or grid by name, from a plan by its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.build import Built
from models.linear import Key
from models.matrix import Floats, Matrix
from planner.plan import Plan

FULL = 1e-6
"""Share of a stretch that may be missing where it counts as full: plans are written with rounding."""


def carried(values: Floats, columns: Mapping[tuple[str, Key], int], scales: Sequence[float], target: Built) -> Floats:
    """Column values of one model in another of any shape, by family and key; nought where the first has no such column.

    `columns` and `scales` are those of the first model. Integer columns keep their value, all others their amount.
    """
    found = np.zeros(len(target.frame.columns))
    for n, column in enumerate(target.frame.columns):
        k = columns.get((column.family, column.key))
        if k is not None:
            same = column.integer or scales[k] == column.scale
            found[n] = values[k] if same else values[k] * scales[k] / column.scale
    return found


def carried_to(values: Floats, source: Built, target: Built) -> Floats:
    """Column values of one built model in another, see :func:`carried`."""
    return carried(values, source.frame.column_of, [c.scale for c in source.frame.columns], target)


def decided(built: Built, matrix: Matrix, plan: Plan) -> Floats:
    """Column values with the integer columns as a plan's tables state them, nought elsewhere."""
    values = np.zeros(len(matrix.cost))
    values[matrix.integer] = decisions_of(integer_columns(built, matrix), plan)
    return values


@dataclass(frozen=True)
class IntegerColumn:
    """An integer column: `kind` taken, runs, level or full; of which row, in which period, up to which one (level).

    `amount` is the unit of a level, or the amount from which a stretch and those before it are full.
    """

    column: int
    kind: str
    name: str
    period: int
    until: int
    amount: float


def integer_columns(built: Built, matrix: Matrix) -> tuple[IntegerColumn, ...]:
    """Every integer column with what it says."""
    found, blocks = [], _blocks(built)
    for number in np.flatnonzero(matrix.integer).tolist():
        spec = built.frame.columns[number]
        name, period = str(spec.key[0]), int(spec.key[-1])
        if spec.family == "full":
            widths = [built.frame.column_of["stretch", (name, k, period)] for k in range(int(spec.key[1]) + 1)]
            amount = sum(built.frame.columns[w].upper for w in widths)
            found.append(IntegerColumn(number, "full", name, period, period, amount))
        elif spec.family == "level":
            found.append(IntegerColumn(number, "level", name, period, blocks[name, period], spec.scale))
        else:
            found.append(IntegerColumn(number, spec.family, name, period, period, 1.0))
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


def decisions_of(columns: tuple[IntegerColumn, ...], plan: Plan) -> Floats:
    """Values of the integer columns in a plan, in their order."""
    switches, done = plan.tables["switches"], plan.tables["activities"]
    taken = {(str(s), int(p)) for s, p in switches[["switch", "period"]].itertuples(index=False) if not pd.isna(p)}
    level: Amounts = {}
    running: Amounts = {}
    for name, period, amount, runs in done[["activity", "period", "level", "running"]].itertuples(index=False):
        level[str(name), int(period)] = float(amount)
        running[str(name), int(period)] = 0.0 if pd.isna(runs) else float(runs)
    return np.array([_value(column, taken, level, running) for column in columns], dtype=float)


Amounts = dict[tuple[str, int], float]
"""Amounts by row and period."""


def _value(column: IntegerColumn, taken: set[tuple[str, int]], level: Amounts, running: Amounts) -> float:
    """Value of one integer column."""
    here = (column.name, column.period)
    if column.kind == "taken":
        return float(here in taken)
    if column.kind == "runs":
        return round(running.get(here, 0.0))
    if column.kind == "full":
        return float(level.get(here, 0.0) >= column.amount * (1.0 - FULL))
    amount = sum(level.get((column.name, t), 0.0) for t in range(column.period, column.until + 1))
    return float(round(amount / column.amount))
