"""The Pyomo model as arrays: what a solver session holds, with the names of every row and column."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo

from models.build import Built

_UNSAFE = re.compile(r"[^A-Za-z0-9_.,()]")

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Matrix:
    """`row_lower <= A x <= row_upper`, maximise `cost x + offset`; A by rows. Scaled units, infinities as inf."""

    cost: Floats
    offset: float
    column_lower: Floats
    column_upper: Floats
    whole: npt.NDArray[np.bool_]
    row_lower: Floats
    row_upper: Floats
    starts: Integers
    columns: Integers
    values: Floats
    column_names: tuple[str, ...]
    row_names: tuple[str, ...]

    @property
    def coefficient_range(self) -> tuple[float, float]:
        """Smallest and largest absolute coefficient."""
        sizes = np.abs(self.values[self.values != 0.0])
        return (float(sizes.min()), float(sizes.max())) if sizes.size else (0.0, 0.0)


def name_of(family: str, key: tuple[str | int, ...]) -> str:
    """Readable name that survives MPS and LP files: no blanks, only letters, digits and a few signs."""
    return _UNSAFE.sub("_", f"{family}({','.join(map(str, key))})")[:200]


def _unique(names: list[str]) -> tuple[str, ...]:
    """Append a number where two names have become the same."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        count = seen.get(name, 0)
        seen[name] = count + 1
        result.append(name if not count else f"{name}~{count}")
    return tuple(result)


def extract(built: Built) -> Matrix:
    """Read the matrix out of the Pyomo model, in the frame's order of columns and rows."""
    frame, model = built.frame, built.model
    variables = [model.component(f"{c.family}_")[c.key] for c in frame.columns]
    number = {id(v): n for n, v in enumerate(variables)}
    lower = np.array([-math.inf if v.lb is None else v.lb for v in variables], dtype=float)
    upper = np.array([math.inf if v.ub is None else v.ub for v in variables], dtype=float)
    cost = np.zeros(len(variables))
    objective = next(model.component_data_objects(pyo.Objective, active=True))
    offset = _fill(objective.expr, number, cost)
    row_lower, row_upper = np.empty(len(frame.rows)), np.empty(len(frame.rows))
    starts, columns, values = [0], [], []
    for n, spec in enumerate(frame.rows):
        row = model.component(spec.family)[spec.key]
        body = row.body
        columns += [number[id(v)] for v in body.linear_vars]
        values += body.linear_coefs
        starts.append(len(columns))
        row_lower[n] = -math.inf if row.lower is None else pyo.value(row.lower)
        row_upper[n] = math.inf if row.upper is None else pyo.value(row.upper)
    return Matrix(
        cost, offset, lower, upper, np.array([c.whole for c in frame.columns], dtype=bool), row_lower, row_upper,
        np.array(starts, dtype=np.int32), np.array(columns, dtype=np.int32), np.array(values, dtype=float),
        _unique([name_of(c.family, c.key) for c in frame.columns]),
        _unique([name_of(r.family, r.key) for r in frame.rows]),
    )  # fmt: skip


def _fill(body: Any, number: dict[int, int], cost: Floats) -> float:
    """Write a linear expression's coefficients into `cost`, return its constant."""
    for variable, coefficient in zip(body.linear_vars, body.linear_coefs, strict=True):
        cost[number[id(variable)]] += coefficient
    return float(body.constant)
