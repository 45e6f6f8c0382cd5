"""One flat array for everything that a dial can move: the model's numbers, then those of what is read from a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

from models.build import Built
from models.linear import Form
from models.matrix import Floats, Integers, Matrix
from planner.case import Case
from planner.live.readings import Line, lines_of
from planner.solver.snapshots import ModelSnapshot, SparsityPattern

Flat = Floats
"""All numbers of one setting in the order of a layout."""


@dataclass(frozen=True)
class Subject:
    """A model that was built for one setting, with the case that it was built from."""

    case: Case
    built: Built
    matrix: Matrix


class ArrayLayout:
    """Where each number stands in the flat array, laid out once from the models that have to fit on it."""

    def __init__(self, home: Subject, others: Sequence[Subject] = ()) -> None:
        """Take rows, columns and their names from the first; every place of the matrix that any of them fills."""
        self.pattern = SparsityPattern(home.built, [o.built for o in others])
        self.like = home.matrix
        lines = lines_of(home.built, home.case)
        self.lines: tuple[Line, ...] = tuple(lines)
        self._row_of = {line: n for n, line in enumerate(self.lines)}
        self.width = len(home.matrix.cost)
        cells = set(self._cells(home, lines) or ())
        for other in others:
            cells |= self._cells(other, lines_of(other.built, other.case)) or set()
        ordered = sorted(cells)
        self._place = {cell: n for n, cell in enumerate(ordered)}
        rows = np.array([r for r, _ in ordered], dtype=np.int64)
        self.line_columns = np.array([c for _, c in ordered], dtype=np.int32)
        self.line_starts = np.searchsorted(rows, np.arange(len(self.lines) + 1)).astype(np.int32)
        n, m = self.width, len(home.matrix.row_lower)
        sizes = (n, 1, n, n, m, m, len(self.pattern.entry_rows), len(self.lines), len(ordered))
        ends = np.cumsum((0, *sizes))
        self.slices = tuple(slice(int(a), int(b)) for a, b in pairwise(ends))
        self.size = int(ends[-1])

    @property
    def entry_rows(self) -> Integers:
        """Row of each entry of the matrix."""
        return self.pattern.entry_rows

    @property
    def entry_columns(self) -> Integers:
        """Column of each entry of the matrix."""
        return self.pattern.entry_columns

    def _cells(self, subject: Subject, lines: Mapping[Line, Form]) -> set[tuple[int, int]] | None:
        """Places that the expressions of a model fill; None where it reads or decides other things."""
        order = self.pattern.order_of(subject.built)
        if order is None or lines.keys() != self._row_of.keys():
            return None
        columns, _ = order
        return {(self._row_of[line], columns[c]) for line, form in lines.items() for c in form.terms}

    def flat_of(self, subject: Subject) -> Flat | None:
        """All numbers of a model; None where it has other rows, columns or expressions."""
        numbers = self.pattern.numbers_of(subject.built)
        order = self.pattern.order_of(subject.built)
        lines = lines_of(subject.built, subject.case)
        if numbers is None or order is None or lines.keys() != self._row_of.keys():
            return None
        stretch = self.pattern.stretch_of(subject.built, order[0])
        constants, entries = np.zeros(len(self.lines)), np.zeros(len(self._place))
        for line, form in lines.items():
            row = self._row_of[line]
            constants[row] = form.constant
            for c, value in form.terms.items():
                spot = self._place.get((row, order[0][c]))
                if spot is None:
                    return None
                entries[spot] = value * stretch[c]
        return np.concatenate([*numbers.parts(), constants, entries])

    def numbers(self, flat: Flat) -> ModelSnapshot:
        """The model's numbers, as views of the flat array."""
        cost, offset, *rest = (flat[s] for s in self.slices[:7])
        return ModelSnapshot(cost, float(offset[0]), *rest)

    def matrix(self, numbers: ModelSnapshot) -> Matrix:
        """Numbers as a matrix for a solver session."""
        return self.pattern.matrix_of(numbers, self.like)

    def read(self, flat: Flat, columns: Floats) -> Floats:
        """Values of all expressions at a plan's columns; noise of the solver around nought becomes nought."""
        constants, entries = flat[self.slices[7]], flat[self.slices[8]]
        shape = (len(self.lines), self.width)
        rows = csr_matrix((entries, self.line_columns, self.line_starts), shape, copy=False)
        values = rows @ columns + constants
        size = abs(rows) @ np.maximum(1.0, np.abs(columns)) if rows.nnz else np.zeros(len(values))
        return np.where(np.abs(values) <= 1e-11 * (size + np.abs(constants)), 0.0, values)

    def place_of(self, line: Line) -> int:
        """Place of an expression among those read, -1 where it is not."""
        return self._row_of.get(line, -1)
