"""HiGHS as another machine might meet it: rows and columns in another order, another seed, the same problem.

With `--shuffle N` or `--solver-seed N` every session of the tests speaks to a :class:`Shuffled` instead of HiGHS itself.
It hands the matrix over in an order of its own and takes every answer back in the caller's, so that nothing but the
solver's path is another one. Whatever then reads differently hangs on that path.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

PLAIN = getattr(highspy.Highs, "plain", highspy.Highs)
"""HiGHS as it is, also where the start of a process has put a :class:`Shuffled` in its place already."""

SHUFFLE, SEED = "PLANNER_TEST_SHUFFLE", "PLANNER_TEST_SEED"
"""Variables by which a test tells the processes that it starts (tests/shuffled_start) what it was told itself."""


class Shuffled(PLAIN):
    """A HiGHS that sees rows and columns in the order that `shuffle` draws (0: as they come) and adds `seed` to seeds."""

    plain = PLAIN
    shuffle = 0
    seed = 0

    def __init__(self) -> None:
        super().__init__()
        self.columns = self.rows = np.zeros(0, dtype=np.int32)
        super().setOptionValue("random_seed", self.seed)

    # --- order: `columns[k]` is where the caller's column k stands ---------------------------------------------------

    def _draw(self, columns: int, rows: int) -> None:
        if self.shuffle:
            chance = np.random.default_rng([self.shuffle, columns, rows])
            self.columns = chance.permutation(columns).astype(np.int32)
            self.rows = chance.permutation(rows).astype(np.int32)
        else:
            self.columns, self.rows = np.arange(columns, dtype=np.int32), np.arange(rows, dtype=np.int32)

    def _to(self, places: np.ndarray, values: Any) -> np.ndarray:
        """The caller's list in HiGHS's order."""
        given = np.asarray(values)
        if len(given) != len(places):
            return given
        moved = np.empty_like(given)
        moved[places] = given
        return moved

    @staticmethod
    def _back(places: np.ndarray, values: Any) -> np.ndarray:
        """HiGHS's list in the caller's order."""
        given = np.asarray(values)
        return given[places] if len(given) == len(places) else given

    # --- in ------------------------------------------------------------------------------------------------------------

    def setOptionValue(self, name: str, value: Any) -> Any:
        return super().setOptionValue(name, value + self.seed if name == "random_seed" else value)

    def passModel(self, lp: Any) -> Any:
        self._draw(lp.num_col_, lp.num_row_)
        if not self.shuffle:
            return super().passModel(lp)
        moved = _copy(lp, self.columns, self.rows, self._to)
        matrix = _matrix(lp)
        by_row = csr_matrix(matrix[np.argsort(self.rows)][:, np.argsort(self.columns)])
        _store(moved, by_row)
        return super().passModel(moved)

    def changeColsCost(self, n: int, numbers: Any, cost: Any) -> Any:
        return super().changeColsCost(n, self.columns[numbers], np.asarray(cost, dtype=float))

    def changeColCost(self, number: int, cost: float) -> Any:
        return super().changeColCost(int(self.columns[number]), cost)

    def changeColsBounds(self, n: int, numbers: Any, lower: Any, upper: Any) -> Any:
        return super().changeColsBounds(n, self.columns[numbers], np.asarray(lower, float), np.asarray(upper, float))

    def changeRowsBounds(self, n: int, numbers: Any, lower: Any, upper: Any) -> Any:
        return super().changeRowsBounds(n, self.rows[numbers], np.asarray(lower, float), np.asarray(upper, float))

    def changeColBounds(self, number: int, lower: float, upper: float) -> Any:
        return super().changeColBounds(int(self.columns[number]), lower, upper)

    def changeRowBounds(self, number: int, lower: float, upper: float) -> Any:
        return super().changeRowBounds(int(self.rows[number]), lower, upper)

    def changeColsIntegrality(self, n: int, numbers: Any, kinds: Any) -> Any:
        return super().changeColsIntegrality(n, self.columns[numbers], kinds)

    def changeCoeff(self, row: int, column: int, value: float) -> Any:
        return super().changeCoeff(int(self.rows[row]), int(self.columns[column]), value)

    def addRow(self, lower: float, upper: float, n: int, numbers: Any, values: Any) -> Any:
        self.rows = np.append(self.rows, np.int32(len(self.rows)))
        return super().addRow(lower, upper, n, self.columns[np.asarray(numbers, dtype=np.int32)], values)

    def addCol(self, cost: float, lower: float, upper: float, n: int, numbers: Any, values: Any) -> Any:
        self.columns = np.append(self.columns, np.int32(len(self.columns)))
        return super().addCol(cost, lower, upper, n, self.rows[np.asarray(numbers, dtype=np.int32)], values)

    def deleteRows(self, n: int, numbers: Any) -> Any:
        places = self.rows[np.asarray(numbers, dtype=np.int32)]
        end = super().deleteRows(n, places.astype(np.int32))
        self.rows = _without(self.rows, np.asarray(numbers))
        return end

    def deleteCols(self, n: int, numbers: Any) -> Any:
        places = self.columns[np.asarray(numbers, dtype=np.int32)]
        end = super().deleteCols(n, places.astype(np.int32))
        self.columns = _without(self.columns, np.asarray(numbers))
        return end

    def setSolution(self, solution: Any) -> Any:
        moved = highspy.HighsSolution()
        moved.col_value = list(self._to(self.columns, solution.col_value))
        return super().setSolution(moved)

    def setBasis(self, basis: Any) -> Any:
        moved = highspy.HighsBasis()
        moved.valid, moved.alien = basis.valid, basis.alien
        moved.col_status = list(self._to(self.columns, np.array(basis.col_status, dtype=object)))
        moved.row_status = list(self._to(self.rows, np.array(basis.row_status, dtype=object)))
        return super().setBasis(moved)

    # --- out -----------------------------------------------------------------------------------------------------------

    def getSolution(self) -> Any:
        found, moved = super().getSolution(), highspy.HighsSolution()
        moved.value_valid, moved.dual_valid = found.value_valid, found.dual_valid
        for name in ("col_value", "col_dual"):
            setattr(moved, name, self._back(self.columns, getattr(found, name)).tolist())
        for name in ("row_value", "row_dual"):
            setattr(moved, name, self._back(self.rows, getattr(found, name)).tolist())
        return moved

    def getBasis(self) -> Any:
        found, moved = super().getBasis(), highspy.HighsBasis()
        moved.valid, moved.alien = found.valid, found.alien
        moved.col_status = list(self._back(self.columns, np.array(found.col_status, dtype=object)))
        moved.row_status = list(self._back(self.rows, np.array(found.row_status, dtype=object)))
        return moved

    def getLp(self) -> Any:
        lp = super().getLp()
        if not self.shuffle:
            return lp
        moved = _copy(lp, self.columns, self.rows, self._back)
        _store(moved, csr_matrix(_matrix(lp)[self.rows][:, self.columns]))
        return moved

    def getRowEntries(self, row: int) -> Any:
        status, columns, values = super().getRowEntries(int(self.rows[row]))
        return status, np.argsort(self.columns)[np.asarray(columns)].astype(np.int32), values

    def getPrimalRay(self) -> Any:
        status, has, values = super().getPrimalRay()
        return status, has, self._back(self.columns, values) if has else values

    def getIis(self) -> Any:
        status, found = super().getIis()
        if self.shuffle:
            for name, places in (("col_index_", self.columns), ("row_index_", self.rows)):
                given = np.asarray(getattr(found, name), dtype=np.int64)
                setattr(found, name, np.argsort(places)[given].tolist() if len(given) else [])
        return status, found

    def getRanging(self) -> Any:
        status, found = super().getRanging()
        if self.shuffle:
            both = np.concatenate([self.columns, self.rows + len(self.columns)])
            for name, places in (
                ("col_cost_up", self.columns), ("col_cost_dn", self.columns), ("col_bound_up", self.columns),
                ("col_bound_dn", self.columns), ("row_bound_up", self.rows), ("row_bound_dn", self.rows),
            ):  # fmt: skip
                record = getattr(found, name)
                for part in ("value_", "objective_"):
                    given = getattr(record, part)  # HiGHS gives some of them for columns and rows in one list
                    setattr(record, part, self._back(both if len(given) == len(both) else places, given).tolist())
        return status, found

    def readModel(self, path: str) -> Any:
        end = super().readModel(path)
        count = super().getLp()
        self.columns = np.arange(count.num_col_, dtype=np.int32)
        self.rows = np.arange(count.num_row_, dtype=np.int32)
        return end

    def writeModel(self, path: str) -> Any:
        """Write what the caller knows: the model in the caller's order."""
        lp, plain = self.getLp(), PLAIN()
        plain.setOptionValue("output_flag", False)
        plain.passModel(lp)
        return plain.writeModel(path)


def _without(places: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """Places after some of the caller's numbers were struck: those behind move up."""
    kept = np.delete(places, gone)
    return np.argsort(np.argsort(kept)).astype(np.int32)


def _matrix(lp: Any) -> csc_matrix:
    store = lp.a_matrix_
    data = (np.array(store.value_), np.array(store.index_, dtype=np.int32), np.array(store.start_, dtype=np.int32))
    shape = (lp.num_row_, lp.num_col_)
    if store.format_ == highspy.MatrixFormat.kColwise:
        return csc_matrix(data, shape=shape)
    return csc_matrix(csr_matrix(data, shape=shape))


def _store(lp: Any, by_row: csr_matrix) -> None:
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = by_row.indptr, by_row.indices, by_row.data


def _copy(lp: Any, columns: np.ndarray, rows: np.ndarray, move: Any) -> Any:
    """Everything of a model but its entries, moved to another order."""
    moved = highspy.HighsLp()
    moved.num_col_, moved.num_row_, moved.offset_, moved.sense_ = lp.num_col_, lp.num_row_, lp.offset_, lp.sense_
    for name in ("col_cost_", "col_lower_", "col_upper_"):
        setattr(moved, name, move(columns, np.array(getattr(lp, name), dtype=float)))
    for name in ("row_lower_", "row_upper_"):
        setattr(moved, name, move(rows, np.array(getattr(lp, name), dtype=float)))
    if len(lp.integrality_):
        moved.integrality_ = list(move(columns, np.array(lp.integrality_, dtype=object)))
    if len(lp.col_names_):
        moved.col_names_ = list(move(columns, np.array(lp.col_names_, dtype=object)))
    if len(lp.row_names_):
        moved.row_names_ = list(move(rows, np.array(lp.row_names_, dtype=object)))
    return moved


def shuffle_everything(shuffle: int, seed: int) -> None:
    """From now on every session of this process is shuffled (0 and 0: as it is again)."""
    Shuffled.shuffle, Shuffled.seed = shuffle, seed
    highspy.Highs = Shuffled if shuffle or seed else PLAIN


@contextmanager
def shuffled(shuffle: int, seed: int = 0) -> Iterator[None]:
    """Shuffle the sessions that are opened inside."""
    before = highspy.Highs, Shuffled.shuffle, Shuffled.seed
    shuffle_everything(shuffle, seed)
    try:
        yield
    finally:
        highspy.Highs, Shuffled.shuffle, Shuffled.seed = before


def as_told() -> tuple[int, int]:
    """What the environment says."""
    return int(os.environ.get(SHUFFLE, "0")), int(os.environ.get(SEED, "0"))
