"""All numbers of a model in one order: what two models of one shape share, and what a solver session must be told.

A pattern is laid out once, from the models that have to fit on it. A model with the same rows and columns is then only
its numbers, and a session that holds one model is moved to another by handing over what differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np

from models.build import Built
from models.matrix import Floats, Integers, Matrix


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

    def held(self, whole: Integers, values: Floats) -> ModelSnapshot:
        """The same with the columns `whole` held at values, which are given for these columns alone."""
        lower, upper = self.column_lower.copy(), self.column_upper.copy()
        lower[whole] = upper[whole] = values
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


def apply_diff(
    highs: highspy.Highs, now: ModelSnapshot, then: ModelSnapshot, rows: Integers, columns: Integers
) -> None:
    """Move a session from one set of numbers to another; `rows` and `columns` say where the entries stand."""
    used = differ((now.column_lower, then.column_lower), (now.column_upper, then.column_upper))
    if len(used):
        highs.changeColsBounds(len(used), used, then.column_lower[used], then.column_upper[used])
    used = differ((now.row_lower, then.row_lower), (now.row_upper, then.row_upper))
    if len(used):
        highs.changeRowsBounds(len(used), used, then.row_lower[used], then.row_upper[used])
    used = differ((now.cost, then.cost))
    if len(used):
        highs.changeColsCost(len(used), used, then.cost[used])
    if now.offset != then.offset:
        highs.changeObjectiveOffset(then.offset)
    for n in differ((now.entries, then.entries)).tolist():
        highs.changeCoeff(int(rows[n]), int(columns[n]), float(then.entries[n]))


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
