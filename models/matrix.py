"""The Pyomo model as arrays: what a solver session holds, with the names of every row and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from models.build import Built
    from models.linear import ColumnSpec, RowSpec

_UNSAFE = re.compile(r"[^A-Za-z0-9_.,()]")
_UNSAFE_OR_LINE = re.compile(r"[^A-Za-z0-9_.,()\n]")

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


def _names(specs: Sequence[ColumnSpec] | Sequence[RowSpec]) -> tuple[str, ...]:
    """Names of columns or rows, each once: a number is appended where two have become the same."""
    text = "\n".join([f"{spec.family}({','.join(map(str, spec.key))})".replace("\n", "_") for spec in specs])
    names = _UNSAFE_OR_LINE.sub("_", text).split("\n") if specs else []
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        short = name[:200]
        count = seen.get(short, 0)
        seen[short] = count + 1
        names[place] = f"{short}~{count}" if count else short
    return tuple(names)


def extract(built: Built) -> Matrix:
    """Read the matrix out of the Pyomo model, in the frame's order of columns and rows."""
    frame, variables = built.frame, built.variables
    number = {id(v): n for n, v in enumerate(variables)}
    bounds = [v.bounds for v in variables]
    cost = np.zeros(len(variables))
    objective = built.model.points.expr
    cost[[number[id(v)] for v in objective.linear_vars]] = objective.linear_coefs
    limits, starts, columns, values = [], [0], [], []
    for row in built.constraints:
        lower, body, upper = row.to_bounded_expression(evaluate_bounds=True)
        limits.append((lower, upper))
        values += body.linear_coefs
        columns += [number[id(v)] for v in body.linear_vars]
        starts.append(len(columns))
    column_lower, column_upper = _sides(bounds)
    row_lower, row_upper = _sides(limits)
    return Matrix(
        cost=cost,
        offset=float(objective.constant),
        column_lower=column_lower,
        column_upper=column_upper,
        whole=np.array([c.whole for c in frame.columns], dtype=bool),
        row_lower=row_lower,
        row_upper=row_upper,
        starts=np.array(starts, dtype=np.int32),
        columns=np.array(columns, dtype=np.int32),
        values=np.array(values, dtype=float),
        column_names=_names(frame.columns),
        row_names=_names(frame.rows),
    )


def _sides(pairs: list[tuple[float | None, float | None]]) -> tuple[Floats, Floats]:
    """Lower and upper limits; what is not limited is infinite."""
    sides = np.array(pairs, dtype=float).reshape(-1, 2)  # None becomes nan
    return np.where(np.isnan(sides[:, 0]), -np.inf, sides[:, 0]), np.where(np.isnan(sides[:, 1]), np.inf, sides[:, 1])
