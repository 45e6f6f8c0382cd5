"""All numbers of a model in one order: what two models of one shape share, and what a solver session must be told.

A pattern is laid out once, from the models that have to fit on it. A model with the same rows and columns is then only
its numbers, and a session that holds one model is moved to another by handing over what differs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.build import Built
from models.matrix import Floats, Integers, Matrix
from planner.solver.answers import Optimum


@dataclass(frozen=True)
class ModelSnapshot:
    """Every number of a model, in scaled units; `entries` follow the pattern of the reference matrix."""

    cost: Floats
    offset: float
    column_lower: Floats
    column_upper: Floats
    row_lower: Floats
    row_upper: Floats
    entries: Floats

    def parts(self) -> tuple[Floats, ...]:
        """All arrays in order."""
        sides = (self.column_lower, self.column_upper, self.row_lower, self.row_upper)
        return (self.cost, np.array([self.offset]), *sides, self.entries)

    def sharing(self, other: ModelSnapshot) -> ModelSnapshot:
        """The same numbers, with the other's arrays where they are equal."""
        pairs = zip(self.parts(), other.parts(), strict=True)
        cost, _, *rest = (theirs if np.array_equal(own, theirs) else own for own, theirs in pairs)
        return ModelSnapshot(cost, self.offset, *rest)

    def towards(self, other: ModelSnapshot, share: float) -> ModelSnapshot:
        """The place a share of the way to another, on straight lines."""
        cost, offset, *rest = (line(a, b, share) for a, b in zip(self.parts(), other.parts(), strict=True))
        return ModelSnapshot(cost, float(offset[0]), *rest)

    def rate_towards(self, other: ModelSnapshot, length: float) -> ModelSnapshot:
        """Change of every number for each unit of a straight way of some length to another; nought where infinite."""
        moved = [np.zeros_like(part) for part in self.parts()]
        for target, a, b in zip(moved, self.parts(), other.parts(), strict=True):
            moves = np.isfinite(a) & np.isfinite(b)
            target[moves] = (b[moves] - a[moves]) / length
        cost, offset, *rest = moved
        return ModelSnapshot(cost, float(offset[0]), *rest)

    def face(self, best: Optimum) -> ModelSnapshot:
        """The same narrowed to the plans that are as good as an optimum of it, by complementary slackness.

        Every column with a reduced cost stays where it is, and every row with a dual value as full as it is.
        """
        n, m = len(self.cost), len(self.row_lower)
        lower, upper = self.column_lower.copy(), self.column_upper.copy()
        held, tight = best.held[:n], best.tight[:m]
        lower[held] = upper[held] = best.values[:n][held]
        row_lower, row_upper = self.row_lower.copy(), self.row_upper.copy()
        row_lower[tight] = row_upper[tight] = best.row_values[:m][tight]
        return replace(self, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper)

    def held(self, integer: Integers | npt.NDArray[np.bool_], values: Floats) -> ModelSnapshot:
        """The same with the columns `integer` (numbers or a mask) held at values, given for these columns alone."""
        lower, upper = self.column_lower.copy(), self.column_upper.copy()
        lower[integer] = upper[integer] = values
        return replace(self, column_lower=lower, column_upper=upper)


class SparsityPattern:
    """Rows, columns and places of the matrix that a reference model and others like it fill."""

    def __init__(self, home: Built, others: Sequence[Built] = ()) -> None:
        """Collect every place of the matrix that any of the models fills."""
        frame = home.frame
        self.column_scales = [c.scale for c in frame.columns]
        self.row_scales = [r.scale for r in frame.rows]
        self.columns = {(c.family, c.key): n for n, c in enumerate(frame.columns)}
        self.rows = {(r.family, r.key): n for n, r in enumerate(frame.rows)}
        cells = {(r, c) for r, row in enumerate(frame.rows) for c in row.form.terms}
        for built in others:
            numbers = [self.columns.get((c.family, c.key)) for c in built.frame.columns]
            for row in built.frame.rows:
                r = self.rows.get((row.family, row.key))
                if r is not None:
                    cells |= {(r, k) for c in row.form.terms if (k := numbers[c]) is not None}
        ordered = sorted(cells)
        self._place = {cell: n for n, cell in enumerate(ordered)}
        self.entry_rows = np.array([r for r, _ in ordered], dtype=np.int32)
        self.entry_columns = np.array([c for _, c in ordered], dtype=np.int32)

    def order_of(self, built: Built) -> tuple[list[int], list[int]] | None:
        """Reference numbers of a model's columns and rows; None where either are not the same."""
        frame = built.frame
        if len(frame.columns) != len(self.columns) or len(frame.rows) != len(self.rows):
            return None
        columns = [self.columns.get((c.family, c.key), -1) for c in frame.columns]
        rows = [self.rows.get((r.family, r.key), -1) for r in frame.rows]
        return None if min(columns, default=0) < 0 or min(rows, default=0) < 0 else (columns, rows)

    def stretch_of(self, built: Built, columns: list[int]) -> list[float]:
        """By how much a coefficient grows from a model's own column scales to the reference's."""
        return [self.column_scales[k] / c.scale for k, c in zip(columns, built.frame.columns, strict=True)]

    def numbers_of(self, built: Built) -> ModelSnapshot | None:
        """A model's numbers in the reference's order and scales; None where rows, columns or pattern differ."""
        order = self.order_of(built)
        if order is None:
            return None
        columns, rows = order
        frame, stretch = built.frame, self.stretch_of(built, columns)
        lower, upper = np.zeros(len(columns)), np.zeros(len(columns))
        for k, spec in zip(columns, frame.columns, strict=True):
            lower[k], upper[k] = spec.lower / self.column_scales[k], spec.upper / self.column_scales[k]
        row_lower, row_upper, entries = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros(len(self._place))
        for r, row in zip(rows, frame.rows, strict=True):
            scale = self.row_scales[r]
            row_lower[r], row_upper[r] = row.lower / scale, row.upper / scale
            for c, value in row.form.terms.items():
                spot = self._place.get((r, columns[c]))
                if spot is None:
                    return None
                entries[spot] = value * stretch[c] / scale
        objective, cost = built.outcomes.objective(0), np.zeros(len(columns))
        for c, value in objective.terms.items():
            cost[columns[c]] += value * stretch[c]
        return ModelSnapshot(cost, objective.constant, lower, upper, row_lower, row_upper, entries)

    def matrix_of(self, numbers: ModelSnapshot, like: Matrix) -> Matrix:
        """Numbers as a matrix that a session can hold, with names and kinds of the reference's matrix."""
        starts = np.searchsorted(self.entry_rows, np.arange(len(numbers.row_lower) + 1)).astype(np.int32)
        return replace(
            like, cost=numbers.cost, offset=numbers.offset, column_lower=numbers.column_lower,
            column_upper=numbers.column_upper, row_lower=numbers.row_lower, row_upper=numbers.row_upper,
            starts=starts, columns=self.entry_columns, values=numbers.entries,
        )  # fmt: skip


def value_slope(
    rate: ModelSnapshot, best: Optimum, rows: Integers, columns: Integers, fixed: Integers | None = None
) -> float:
    r"""Change of the best value where numbers move: :math:`y\,\dot b + z\,\dot l - y\,\dot A x + \dot c x`.

    `rate` is the change of every number for a unit of the way, `best` an optimum where it begins; `rows` and `columns`
    say where the entries stand. The bounds of columns that somebody has `fixed` do not move.
    """
    moved = float(rate.cost @ best.values) + rate.offset
    used = np.flatnonzero(rate.entries)
    moved -= math.fsum((best.row_duals[rows[used]] * rate.entries[used] * best.values[columns[used]]).tolist())
    reduced_costs = best.reduced_costs.copy()
    if fixed is not None:
        reduced_costs[fixed] = 0.0
    for prices, lower, upper in (
        (best.row_duals, rate.row_lower, rate.row_upper),
        (reduced_costs, rate.column_lower, rate.column_upper),
    ):
        active = np.flatnonzero(prices)
        y = prices[active]
        moved += math.fsum((y * np.where(y > 0.0, upper[active], lower[active])).tolist())
    return moved


def differ(*pairs: tuple[Floats, Floats]) -> Integers:
    """Where any pair of arrays differs; an array is not compared with itself."""
    moved = [one != other for one, other in pairs if one is not other]
    return np.flatnonzero(np.logical_or.reduce(moved)).astype(np.int32) if moved else np.zeros(0, dtype=np.int32)


def line(low: Floats, high: Floats, share: float) -> Floats:
    """Between two arrays; what is infinite at both ends stays so, and what does not move is not copied."""
    if low is high:
        return low
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(low == high, low, low + share * (high - low)))
