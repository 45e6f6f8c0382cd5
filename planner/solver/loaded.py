"""A model as HiGHS holds it: what may be changed of it, and what can be read from it.

Everything in and out is in the matrix's scaled units; rows and columns are numbers, those of the matrix first, then
those that were added, in their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import highspy
import numpy as np

from models.matrix import Floats, Integers, Matrix
from planner.solver.answers import Optimum
from planner.solver.snapshots import ModelSnapshot, differ

Terms: TypeAlias = Mapping[int, float]
"""Coefficients by column number."""
Start: TypeAlias = highspy.HighsBasis
"""A basis that a session can begin from, as another session of the same shape has left it."""

SETTINGS = {"log_to_console": False}
"""Settings of every model."""


class LoadedModel:
    """A model held by HiGHS. `highs` is for this package alone: everybody else asks by the methods."""

    def __init__(self, settings: Mapping[str, object]) -> None:
        """Open an empty one with HiGHS's options."""
        self.highs = highspy.Highs()
        for name, value in (SETTINGS | dict(settings)).items():
            self.highs.setOptionValue(name, value)
        self.now: ModelSnapshot | None = None
        self._places = (np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))

    def load(self, matrix: Matrix, *, named: bool = False) -> None:
        """Hand over a matrix, with its names where somebody will read them; what was held is forgotten."""
        self.highs.passModel(as_lp(matrix, named=named))

    # size

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self.highs.getNumCol())

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.highs.getNumRow())

    # the objective

    def set_cost(self, cost: Floats, offset: float = 0.0) -> None:
        """Replace the objective; `cost` has a figure for every column."""
        self.price(np.arange(len(cost), dtype=np.int32), np.asarray(cost, dtype=float))
        self.highs.changeObjectiveOffset(offset)

    def price(self, columns: Integers, costs: Floats) -> None:
        """Replace the costs of some columns."""
        self.highs.changeColsCost(len(columns), columns, costs)

    def costs(self) -> Floats:
        """Cost of every column."""
        return np.array(self.highs.getLp().col_cost_)

    @property
    def offset(self) -> float:
        """Constant of the objective."""
        return float(self.highs.getObjectiveOffset()[1])

    # bounds and coefficients

    def set_columns(self, lower: Floats, upper: Floats) -> None:
        """Replace the bounds of the first columns, as many as are given."""
        self.bound_columns(np.arange(len(lower), dtype=np.int32), np.asarray(lower, float), np.asarray(upper, float))

    def bound_columns(self, columns: Integers, lower: Floats, upper: Floats) -> None:
        """Replace the bounds of some columns."""
        self.highs.changeColsBounds(len(columns), columns, lower, upper)

    def bound_column(self, column: int, lower: float, upper: float) -> None:
        """Replace the bounds of one column."""
        self.highs.changeColBounds(column, lower, upper)

    def bound_rows(self, rows: Integers, lower: Floats, upper: Floats) -> None:
        """Replace the bounds of some rows."""
        self.highs.changeRowsBounds(len(rows), rows, lower, upper)

    def bound_row(self, row: int, lower: float = -np.inf, upper: float = np.inf) -> None:
        """Replace the bounds of one row; without any it holds nothing back."""
        self.highs.changeRowBounds(row, lower, upper)

    def column_bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of all columns."""
        lp = self.highs.getLp()
        return np.array(lp.col_lower_), np.array(lp.col_upper_)

    def row_bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of all rows."""
        lp = self.highs.getLp()
        return np.array(lp.row_lower_), np.array(lp.row_upper_)

    def set_coefficient(self, row: int, column: int, value: float) -> None:
        """Replace one entry of the matrix."""
        self.highs.changeCoeff(row, column, value)

    def set_integrality(self, columns: Integers, *, integer: bool) -> None:
        """Let columns take integer values only, or any between their bounds."""
        kind = highspy.HighsVarType.kInteger if integer else highspy.HighsVarType.kContinuous
        self.highs.changeColsIntegrality(len(columns), columns, np.full(len(columns), kind))

    def follow(self, now: ModelSnapshot, rows: Integers, columns: Integers) -> None:
        """Say which snapshot is held, so that it can be moved; `rows` and `columns` say where its entries stand."""
        self.now, self._places = now, (rows, columns)

    def put(self, then: ModelSnapshot) -> None:
        """Move to another snapshot of the same pattern by what differs from the one that is held."""
        assert self.now is not None
        now, self.now, (rows, columns) = self.now, then, self._places
        used = differ((now.column_lower, then.column_lower), (now.column_upper, then.column_upper))
        if len(used):
            self.bound_columns(used, then.column_lower[used], then.column_upper[used])
        used = differ((now.row_lower, then.row_lower), (now.row_upper, then.row_upper))
        if len(used):
            self.bound_rows(used, then.row_lower[used], then.row_upper[used])
        used = differ((now.cost, then.cost))
        if len(used):
            self.price(used, then.cost[used])
        if now.offset != then.offset:
            self.highs.changeObjectiveOffset(then.offset)
        for n in differ((now.entries, then.entries)).tolist():
            self.highs.changeCoeff(int(rows[n]), int(columns[n]), float(then.entries[n]))

    # rows and columns of its own

    def add_row(self, coefficients: Floats, lower: float, upper: float) -> int:
        """Add a row, such as an earlier level of the objective that has to be kept, and return its number."""
        used = np.flatnonzero(coefficients).astype(np.int32)
        self.highs.addRow(lower, upper, len(used), used, coefficients[used])
        return self.rows - 1

    def add_terms(self, terms: Terms, lower: float, upper: float) -> int:
        """Add a row given as coefficients by column number, and return its number."""
        numbers = np.array(list(terms), dtype=np.int32)
        self.highs.addRow(lower, upper, len(numbers), numbers, np.array(list(terms.values()), dtype=float))
        return self.rows - 1

    def delete_row(self, row: int) -> None:
        """Take a row away; those behind it move up."""
        self.highs.deleteRows(1, np.array([row], dtype=np.int32))

    def add_column(self, cost: float, lower: float = 0.0, upper: float = np.inf) -> int:
        """Add a continuous column, from nought up unless stated, and return its number."""
        number = self.columns
        self.highs.addCol(cost, lower, upper, 0, np.array([], dtype=np.int32), np.array([], dtype=float))
        return number

    # where a run begins, and what an optimum tells

    def forget(self) -> None:
        """Let the next run begin from nothing."""
        self.highs.clearSolver()

    def basis(self) -> Start:
        """The basis of the last run; `valid` says whether there is one."""
        basis: Start = self.highs.getBasis()
        return basis

    def begin_from(self, basis: Start) -> None:
        """Let the next run begin from a basis."""
        self.highs.setBasis(basis)

    def optimum(self) -> Optimum:
        """Values, activities, dual values and reduced costs of the linear programme just solved."""
        found = self.highs.getSolution()
        return Optimum(
            float(self.highs.getObjectiveValue()), np.array(found.col_value), np.array(found.row_value),
            np.array(found.row_dual), np.array(found.col_dual),
        )  # fmt: skip

    def row_duals(self) -> Floats:
        """Dual values of all rows in the linear programme just solved."""
        return np.array(self.highs.getSolution().row_dual)

    def keep_optimal(self) -> None:
        """Narrow the linear programme just solved to its optimal plans, exactly, by complementary slackness.

        Every column with a reduced cost stays where it is and every row with a dual value stays as full as it is, so
        that whatever is sought next cannot lower the objective.
        """
        found = self.optimum()
        held, tight = np.flatnonzero(found.held).astype(np.int32), np.flatnonzero(found.tight).astype(np.int32)
        self.bound_columns(held, found.values[held], found.values[held])
        self.bound_rows(tight, found.row_values[tight], found.row_values[tight])

    def cost_ranges(self) -> tuple[Floats, Floats] | None:
        """Least and largest cost of every column with which the optimum stays the same; None where it is not known."""
        found, ranging = self.highs.getRanging()
        if found != highspy.HighsStatus.kOk:
            return None
        n = self.columns  # HiGHS gives columns and rows in one list
        return np.array(ranging.col_cost_dn.value_)[:n], np.array(ranging.col_cost_up.value_)[:n]

    def effort(self) -> tuple[int, int]:
        """Simplex iterations and nodes of the last run."""
        info = self.highs.getInfo()
        return max(0, int(info.simplex_iteration_count)), max(0, int(info.mip_node_count))

    def write(self, path: str) -> None:
        """Write the model as MPS or LP, by the file's ending."""
        self.highs.writeModel(path)


def as_lp(matrix: Matrix, *, named: bool = False) -> highspy.HighsLp:
    """Matrix as HiGHS holds it, with readable names if they are wanted."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(matrix.cost), len(matrix.row_lower)
    lp.col_cost_, lp.offset_, lp.sense_ = matrix.cost, matrix.offset, highspy.ObjSense.kMaximize
    lp.col_lower_, lp.col_upper_ = matrix.column_lower, matrix.column_upper
    lp.row_lower_, lp.row_upper_ = matrix.row_lower, matrix.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.starts, matrix.columns, matrix.values
    if matrix.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(w)] for w in matrix.integer]
    if named:
        lp.col_names_, lp.row_names_ = list(matrix.column_names), list(matrix.row_names)
    return lp


def as_terms(coefficients: Floats) -> dict[int, float]:
    """A row given for all columns as coefficients by column number."""
    return {int(n): float(coefficients[n]) for n in np.flatnonzero(coefficients)}


def filled(terms: Terms, size: int) -> Floats:
    """Coefficients given by column number as a figure for every column."""
    found = np.zeros(size)
    found[list(terms)] = list(terms.values())
    return found


def numbers_of(columns: Sequence[int] | np.ndarray) -> Integers:
    """Numbers of columns or rows as an array, from numbers or from a mask."""
    given = np.asarray(columns)
    return (np.flatnonzero(given) if given.dtype == bool else given).astype(np.int32)
