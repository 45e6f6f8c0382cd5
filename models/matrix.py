"""A model as arrays: what a solver session holds, with the names of every row and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.linear import ColumnSpec, Form, RowSpec

if TYPE_CHECKING:
    from models.build import Built

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
    integer: npt.NDArray[np.bool_]
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

    def with_rows(self, rows: Sequence[tuple[Mapping[int, float], float, float]], name: str) -> Matrix:
        """The matrix with further rows `lower <= terms <= upper` (scaled units) below its own, called `name`."""
        sizes = np.cumsum([len(terms) for terms, _, _ in rows], dtype=np.int32)
        return replace(
            self,
            row_lower=np.append(self.row_lower, [lower for _, lower, _ in rows]),
            row_upper=np.append(self.row_upper, [upper for _, _, upper in rows]),
            starts=np.append(self.starts, self.starts[-1] + sizes).astype(np.int32),
            columns=np.append(self.columns, [c for terms, _, _ in rows for c in terms]).astype(np.int32),
            values=np.append(self.values, [v for terms, _, _ in rows for v in terms.values()]),
            row_names=(*self.row_names, *(f"{name}({n})" for n in range(len(rows)))),
        )


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


def matrix_of(columns: Sequence[ColumnSpec], rows: Sequence[RowSpec], objective: Form) -> Matrix:
    """Columns and rows as arrays, in their order and scaled, with an objective that is to be made most of."""
    cost = np.zeros(len(columns))
    cost[list(objective.terms)] = list(objective.terms.values())
    counts = [len(row.form.terms) for row in rows]
    size = sum(counts)
    column_scales = np.array([c.scale for c in columns], dtype=float)
    row_scales = np.array([r.scale for r in rows], dtype=float)
    values = np.fromiter((v for row in rows for v in row.form.terms.values()), float, size)
    return Matrix(
        cost=cost,
        offset=float(objective.constant),
        column_lower=np.array([c.lower for c in columns], dtype=float) / column_scales,
        column_upper=np.array([c.upper for c in columns], dtype=float) / column_scales,
        integer=np.array([c.integer for c in columns], dtype=bool),
        row_lower=np.array([r.lower for r in rows], dtype=float) / row_scales,
        row_upper=np.array([r.upper for r in rows], dtype=float) / row_scales,
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        columns=np.fromiter((c for row in rows for c in row.form.terms), np.int32, size),
        values=values / np.repeat(row_scales, counts),
        column_names=_names(columns),
        row_names=_names(rows),
    )


def extract(built: Built) -> Matrix:
    """The matrix that a search of a case starts from: its model as read and conditioned, first priority level."""
    return matrix_of(built.frame.columns, built.frame.rows, built.frame.objectives[0])
