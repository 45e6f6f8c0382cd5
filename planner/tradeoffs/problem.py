"""A linear model with several objectives as arrays: what every method of this package works on.

Inside, every objective is maximised and counted in *inner units*, so that its coefficients lie near one, or are whole
numbers where all its values are whole multiples of a step. `natural` and `inner` translate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from models.matrix import Floats, Matrix

Objectives: TypeAlias = Mapping[str, Any]
"""Name -> (sense, what): sense 'max' or 'min'; what is a linear expression, an Objective or the name of one.
An Objective alone brings its own sense."""
MOST_STEPS = 1e9
"""Objective values of more steps than this are not counted as whole numbers, since floats would blur them."""


def by_label(labels: Sequence[str], columns: Floats, units: Floats) -> dict[str, float]:
    """Values of variables by name, in their own units; without `units` one of a column is one of its variable."""
    return dict(zip(labels, (columns * units if len(units) else columns).tolist(), strict=True))


@dataclass(frozen=True)
class MultiObjectiveProblem:
    """`matrix` without cost, and k objectives over its columns, all maximised in inner units.

    `natural value = sense * unit * (coefficients @ x) + constant`. `lattice` tells which inner objectives take whole
    values only; `discrete` that all of them depend on integer columns alone, so that the front is a finite set. One of
    a column is `column_units` of the variable that its label names; left empty, one.
    """

    matrix: Matrix
    names: tuple[str, ...]
    senses: Floats
    units: Floats
    constants: Floats
    coefficients: Floats
    lattice: npt.NDArray[np.bool_]
    discrete: bool
    labels: tuple[str, ...] = ()
    column_units: Floats = field(default_factory=lambda: np.ones(0))

    @property
    def size(self) -> int:
        """Number of objectives."""
        return len(self.names)

    @property
    def integer(self) -> bool:
        """Whether any decision is a whole number."""
        return bool(self.matrix.integer.any())

    def natural(self, inner: Floats) -> Floats:
        """Objective values as people read them; infinite ends stay infinite."""
        return np.asarray(self.senses * self.units * inner + self.constants)

    def inner(self, natural: Floats) -> Floats:
        """Objective values as the methods compare them: more is better."""
        return np.asarray((natural - self.constants) * self.senses / self.units)

    def reach(self) -> tuple[Floats, Floats]:
        """Least and most inner value of every objective that bounds of columns allow."""
        c, m = self.coefficients, self.matrix
        with np.errstate(invalid="ignore"):
            one, other = c * m.column_lower, c * m.column_upper
        one, other = (np.where(c == 0.0, 0.0, part) for part in (one, other))
        return np.minimum(one, other).sum(axis=1), np.maximum(one, other).sum(axis=1)

    def values(self, columns: Floats) -> Floats:
        """Inner objective values of a decision."""
        result = self.coefficients @ columns
        return np.where(self.lattice, np.rint(result), result)

    def limited(self, lower: Floats, upper: Floats) -> MultiObjectiveProblem:
        """The same problem with inner objective values held between limits, as rows of the matrix."""
        m = self.matrix
        chosen = np.flatnonzero(np.isfinite(lower) | np.isfinite(upper))
        starts, columns, values = m.starts.tolist(), [m.columns], [m.values]
        for k in chosen:
            used = np.flatnonzero(self.coefficients[k]).astype(np.int32)
            columns.append(used)
            values.append(self.coefficients[k][used])
            starts.append(starts[-1] + len(used))
        matrix = replace(
            m, row_lower=np.append(m.row_lower, lower[chosen]), row_upper=np.append(m.row_upper, upper[chosen]),
            starts=np.array(starts, dtype=np.int32), columns=np.concatenate(columns), values=np.concatenate(values),
            row_names=(*m.row_names, *(f"limit_{k}" for k in chosen)),
        )  # fmt: skip
        return replace(self, matrix=matrix)

    def by_name(self, inner: Floats) -> dict[str, float]:
        """Natural values by objective name, to 13 digits and without negative zeros."""
        return {name: float(f"{value:.13g}") + 0.0 for name, value in zip(self.names, self.natural(inner), strict=True)}


def assemble(
    matrix: Matrix,
    names: Sequence[str],
    senses: Sequence[int],
    rows: Sequence[Floats],
    constants: Sequence[float],
    labels: Sequence[str] = (),
) -> MultiObjectiveProblem:
    """Make a problem from natural objectives (`rows[i] @ x + constants[i]`, sense 1 for more, -1 for less)."""
    inner, units, lattice, discrete, offsets = [], [], [], True, []
    equalities = _Equalities(matrix)
    for sense, row, constant in zip(senses, rows, constants, strict=True):
        plain, shift = equalities.in_whole_columns(np.asarray(row, dtype=float))
        on_whole = not bool(np.any(plain[~matrix.integer]))
        step = _step(plain[plain != 0.0]) if on_whole else None
        if step is not None and _reach(plain, matrix) / step > MOST_STEPS:
            step = None
        used = plain if on_whole else np.asarray(row, dtype=float)
        unit = step if step is not None else _size(used)
        scaled = sense * used / unit
        inner.append(np.rint(scaled) if step is not None else scaled)
        units.append(unit)
        lattice.append(step is not None)
        offsets.append(constant + (shift if on_whole else 0.0))
        discrete = discrete and on_whole
    return MultiObjectiveProblem(
        matrix, tuple(names), np.asarray(senses, dtype=float), np.array(units), np.array(offsets, dtype=float),
        np.array(inner), np.array(lattice), discrete and bool(matrix.integer.any()), tuple(labels),
    )  # fmt: skip


def _size(row: Floats) -> float:
    """Power of ten near the largest coefficient, one for an empty row."""
    largest = float(np.abs(row).max(initial=0.0))
    return 10.0 ** round(math.log10(largest)) if largest > 0.0 else 1.0


def _step(coefficients: Floats) -> float | None:
    """Largest step of which all coefficients are whole multiples; None where there is none worth the name."""
    if not len(coefficients):
        return 1.0
    parts = []
    for value in set(coefficients.tolist()):
        part = Fraction(value).limit_denominator(1_000_000)
        if part == 0 or abs(float(part) - value) > 1e-13 * abs(value):
            return None
        parts.append(part)
    bottom = math.lcm(*(p.denominator for p in parts))
    if bottom > 1_000_000:
        return None
    return math.gcd(*(int(p * bottom) for p in parts)) / bottom


def _reach(row: Floats, matrix: Matrix) -> float:
    """Largest distance that bounds of columns allow between two values of an objective (infinite bounds left out)."""
    used = row != 0.0
    span = (matrix.column_upper - matrix.column_lower)[used]
    return float(np.sum(np.abs(row[used]) * np.where(np.isfinite(span), span, 1.0)))


class _Equalities:
    """Finds continuous columns that an equality row defines by integer columns alone, such as a total of yes-or-no."""

    def __init__(self, matrix: Matrix) -> None:
        import scipy.sparse as sp  # noqa: PLC0415  (workers read problems without it)

        self.matrix = matrix
        shape = (len(matrix.row_lower), len(matrix.cost))
        self.by_row = sp.csr_matrix((matrix.values, matrix.columns, matrix.starts), shape=shape)
        self.by_column = self.by_row.tocsc() if matrix.integer.any() else None

    def in_whole_columns(self, row: Floats) -> tuple[Floats, float]:
        """Write an objective in integer columns as far as equality rows allow; returns row and added constant."""
        result, shift = row.copy(), 0.0
        if self.by_column is None:
            return result, shift
        for column in np.flatnonzero((row != 0.0) & ~self.matrix.integer):
            found = self._definition(int(column))
            if found is None:
                return row.copy(), 0.0
            terms, constant = found
            factor = result[column]
            result[column] = 0.0
            result += factor * terms
            shift += factor * constant
        return result, shift

    def _definition(self, column: int) -> tuple[Floats, float] | None:
        """Return x[column] = terms @ x + constant with integer columns only, if a row says so."""
        assert self.by_column is not None
        m = self.matrix
        for r in self.by_column.indices[self.by_column.indptr[column] : self.by_column.indptr[column + 1]]:
            line = self.by_row[int(r)]
            others = line.indices[line.indices != column]
            if m.row_lower[r] != m.row_upper[r] or not bool(m.integer[others].all()):
                continue
            own = float(line.data[line.indices == column].sum())
            terms = np.zeros(len(m.cost))
            np.add.at(terms, line.indices, -line.data / own)
            terms[column] = 0.0
            return terms, float(m.row_lower[r]) / own
        return None
