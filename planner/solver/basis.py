r"""What an optimal basis tells: prices of any cost vector, how the plan moves with a limit, and how far that holds.

Rows are written :math:`Ax - r = 0` with :math:`r` between the row's bounds. Of columns and row values together, m are
basic. With the basis matrix B, prices of a cost c solve :math:`B^T y = c_B`; moving the bounds of what is not basic by
:math:`\theta\,d` moves what is basic by :math:`\theta\,w`, :math:`B w = -N d`, for as long as nothing basic leaves its
bounds (the ratio test of the simplex method; Chvatal, Linear Programming, chapter 10).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import highspy
import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, hstack, identity
from scipy.sparse.linalg import splu

from models.matrix import Floats, Integers
from planner.ordering import smallest
from planner.plan import Status
from planner.solver import scopes
from planner.solver.answers import Answer
from planner.solver.loaded import LoadedModel
from planner.solver.session import Session

SLOPE = 1e-10
"""Movements smaller than this, for a unit's move of a limit, are rounding."""
GOLDEN = (5.0**0.5 - 1.0) / 2.0
"""Multiples of it, without their whole part, are spread evenly and are never the same."""
TIGHT = 1e-7
"""Distances to a bound smaller than this, in scaled units, are none."""


@dataclass
class Shift:
    """How bounds move when a limit goes up by one of its units; scaled units, by row or column number."""

    row_lower: dict[int, float] = field(default_factory=dict)
    row_upper: dict[int, float] = field(default_factory=dict)
    column_lower: dict[int, float] = field(default_factory=dict)
    column_upper: dict[int, float] = field(default_factory=dict)

    def row(self, number: int, amount: float) -> Shift:
        """Move both bounds of a row."""
        self.row_lower[number] = self.row_lower.get(number, 0.0) + amount
        self.row_upper[number] = self.row_upper.get(number, 0.0) + amount
        return self

    def without(self, rows: Collection[int], columns: Collection[int]) -> Shift:
        """The same for all but some rows and columns."""
        sides = (
            (self.row_lower, rows),
            (self.row_upper, rows),
            (self.column_lower, columns),
            (self.column_upper, columns),
        )
        return Shift(*({n: amount for n, amount in side.items() if n not in left} for side, left in sides))

    @property
    def empty(self) -> bool:
        """Whether nothing moves."""
        return not any((self.row_lower, self.row_upper, self.column_lower, self.column_upper))

    @property
    def rows(self) -> set[int]:
        """Rows whose bounds move."""
        return {*self.row_lower, *self.row_upper}

    @property
    def columns(self) -> set[int]:
        """Columns whose bounds move."""
        return {*self.column_lower, *self.column_upper}


def move(model: LoadedModel, shift: Shift, units: float) -> None:
    """Move the bounds of a model by so many units of a limit."""
    columns, rows = _numbers(shift)
    model.bound_columns(
        columns, *_moved(columns, model.column_bounds(), (shift.column_lower, shift.column_upper), units)
    )
    model.bound_rows(rows, *_moved(rows, model.row_bounds(), (shift.row_lower, shift.row_upper), units))


@contextmanager
def shifted(model: LoadedModel, shift: Shift, units: float) -> Iterator[None]:
    """A model whose bounds are moved by so many units of a limit, until the end of the scope."""
    columns, rows = _numbers(shift)
    low, high = _moved(columns, model.column_bounds(), (shift.column_lower, shift.column_upper), units)
    row_low, row_high = _moved(rows, model.row_bounds(), (shift.row_lower, shift.row_upper), units)
    with scopes.bounded_columns(model, columns, low, high), scopes.bounded_rows(model, rows, row_low, row_high):
        yield


def _numbers(shift: Shift) -> tuple[Integers, Integers]:
    """Columns and rows whose bounds move."""
    return np.array(sorted(shift.columns), dtype=np.int32), np.array(sorted(shift.rows), dtype=np.int32)


def _moved(
    numbers: Integers, bounds: tuple[Floats, Floats], amounts: tuple[dict[int, float], dict[int, float]], units: float
) -> tuple[Floats, Floats]:
    """Lower and upper bounds of some columns or rows, moved."""
    steps = (np.array([units * amount.get(n, 0.0) for n in numbers.tolist()]) for amount in amounts)
    lower, upper = (np.asarray(bound[numbers] + step) for bound, step in zip(bounds, steps, strict=True))
    return lower, upper


@dataclass(frozen=True)
class ValidityRange:
    """How far a limit can move before prices change: units down and up (>= 0), and what stands in the way.

    A blocker is a number: columns from 0 on, then rows. None where nothing stops it.
    """

    down: float
    up: float
    down_blocker: int | None
    up_blocker: int | None


LOOSER = 1e-5
"""By how much at most limits are loosened to choose a basis, over their size (at least 1), in scaled units."""
NUDGE = 1e-5
"""How much the tie rule's costs count, over the largest cost, when a basis is chosen."""


def stated_basis(session: Session, cost: Floats, preference: Floats, unit: Floats) -> Answer:
    """Solve the linear programme that a session holds and end in a basis that does not hang on the solver's path.

    Where several limits bind at once, one optimum has many bases, and prices, ranges and blockers differ between them.
    The one taken here is optimal, too, when every limit is loosened by a trifle of its own, made from its number in the
    model (the perturbation of Charnes 1952), and when the tie rule's `preference` counts a little: that problem has one
    basis, from which the true one is solved again. `unit` are numbers between nought and one for the columns.
    """
    first = session.run()
    if first.status is not Status.OPTIMAL:
        return first
    n, m = session.columns, session.rows
    columns, rows = np.arange(n, dtype=np.int32), np.arange(m, dtype=np.int32)
    (low, high), (row_low, row_high) = session.column_bounds(), session.row_bounds()
    chance = np.modf(np.arange(1, m + 1) * GOLDEN)[0]
    own = np.append(unit, np.full(n - len(unit), 0.5))
    largest = float(np.max(np.abs(cost), initial=0.0))
    nudged = cost + preference * (NUDGE * largest / max(float(np.max(np.abs(preference), initial=0.0)), 1e-12))
    with (
        scopes.costed(session, nudged),
        scopes.bounded_columns(session, columns, _looser(low, -own, high), _looser(high, own, low)),
        scopes.bounded_rows(session, rows, _looser(row_low, -chance, row_high), _looser(row_high, chance, row_low)),
    ):
        session.run(presolve=False)
    return session.run(presolve=False)


def _looser(bound: Floats, by: Floats, other: Floats) -> Floats:
    """Bounds moved outward by a little; equations and what is fixed stay, so that there is still a plan."""
    step = LOOSER * np.maximum(1.0, np.where(np.isfinite(bound), np.abs(bound), 1.0)) * (0.5 + 0.5 * np.abs(by))
    return np.asarray(bound + np.where(bound == other, 0.0, np.sign(by) * step))


class Basis:
    """The basis that HiGHS ended with."""

    def __init__(self, model: LoadedModel) -> None:
        """Factorise it. Raises ValueError where HiGHS has no basis."""
        lp, basis, solution = model.highs.getLp(), model.basis(), model.highs.getSolution()
        self.n, self.m = lp.num_col_, lp.num_row_
        self.matrix = _matrix(lp)
        # a named enumeration has no fast way into an array
        status = np.array([int(s) for s in (*basis.col_status, *basis.row_status)])
        basic = np.flatnonzero(status == int(highspy.HighsBasisStatus.kBasic))
        if len(basic) != self.m:
            message = f"a basis of {len(basic)} for {self.m} rows"
            raise ValueError(message)
        self.status, self.basic = status, basic
        self.values = np.concatenate([solution.col_value, solution.row_value])
        self.lower = np.concatenate([lp.col_lower_, lp.row_lower_])
        self.upper = np.concatenate([lp.col_upper_, lp.row_upper_])
        self._whole = hstack([self.matrix, -identity(self.m, format="csc")], format="csc")
        self._factor = splu(csc_matrix(self._whole[:, basic])) if self.m else None

    def prices(self, cost: Floats) -> tuple[Floats, Floats]:
        """Gain of the cost vector for one more of each row's value, and of each column's, where these are not basic."""
        full = np.zeros(self.n + self.m)
        full[: len(cost)] = cost
        if self._factor is None:
            return np.zeros(0), full[: self.n]
        rows = self._factor.solve(full[self.basic], trans="T")
        rows[np.abs(rows) < 1e-12] = 0.0
        columns = full[: self.n] - self.matrix.T @ rows
        basic_columns = self.basic[self.basic < self.n]
        columns[basic_columns] = 0.0
        return rows, columns

    def held(self, shift: Shift) -> dict[int, float]:
        """What is not basic and so moves with its bound: number -> movement for one unit."""
        moves: dict[int, float] = {}
        at_lower, at_upper = int(highspy.HighsBasisStatus.kLower), int(highspy.HighsBasisStatus.kUpper)
        for amounts, base, side in (
            (shift.column_lower, 0, at_lower),
            (shift.row_lower, self.n, at_lower),
            (shift.column_upper, 0, at_upper),
            (shift.row_upper, self.n, at_upper),
        ):
            for number, amount in amounts.items():
                k = base + number
                fixed = self.lower[k] == self.upper[k] and self.status[k] in (at_lower, at_upper)
                if self.status[k] == side or fixed:
                    moves[k] = amount
        return moves

    def price(self, shift: Shift, duals: tuple[Floats, Floats]) -> float:
        """Gain for one unit of a limit, from the prices of its rows and columns."""
        rows, columns = duals
        return math.fsum(a * (columns[k] if k < self.n else rows[k - self.n]) for k, a in self.held(shift).items())

    def movement(self, shift: Shift) -> Floats:
        """How columns and row values move for one unit of a limit."""
        moves = np.zeros(self.n + self.m)
        for k, amount in self.held(shift).items():
            moves[k] = amount
        if self._factor is not None:
            moves[self.basic] = self._factor.solve(-(self._whole @ moves))
        return moves

    def reach(self, shift: Shift) -> ValidityRange:
        """How far a limit can move until something else starts or ceases to bind."""
        moves = self.movement(shift)
        low, high = np.zeros_like(moves), np.zeros_like(moves)
        for target, amounts, base in (
            (low, shift.column_lower, 0),
            (low, shift.row_lower, self.n),
            (high, shift.column_upper, 0),
            (high, shift.row_upper, self.n),
        ):
            for number, amount in amounts.items():
                target[base + number] += amount
        to_upper, to_lower = moves - high, moves - low
        above, below = self.upper - self.values, self.values - self.lower
        up, up_blocker = _least(((above, to_upper), (below, -to_lower)))
        down, down_blocker = _least(((above, -to_upper), (below, to_lower)))
        return ValidityRange(down, up, down_blocker, up_blocker)


def _least(tests: Iterable[tuple[Floats, Floats]]) -> tuple[float, int | None]:
    """Smallest room / speed over all that move towards a bound, and which it is: of equal ones the model's first."""
    best: dict[int, float] = {}
    for room, speed in tests:
        moving = np.flatnonzero((speed > SLOPE) & np.isfinite(room))
        space = np.where(room[moving] < TIGHT, 0.0, room[moving])
        for number, step in zip(moving.tolist(), (space / speed[moving]).tolist(), strict=True):
            best[number] = min(step, best.get(number, math.inf))
    if not best:
        return math.inf, None
    numbers = sorted(best)
    blocker = numbers[smallest([best[n] for n in numbers])]
    return best[blocker], blocker


def _matrix(lp: highspy.HighsLp) -> csc_matrix:
    """The coefficient matrix, by columns."""
    store = lp.a_matrix_
    data = (np.array(store.value_), np.array(store.index_, dtype=np.int32), np.array(store.start_, dtype=np.int32))
    if store.format_ == highspy.MatrixFormat.kColwise:
        return csc_matrix(data, shape=(lp.num_row_, lp.num_col_))
    return csc_matrix(csr_matrix(data, shape=(lp.num_row_, lp.num_col_)))
