r"""The elastic relaxation of a model: every soft limit may give way by an amount, accounting may not.

A relaxation g of a limit adds a column :math:`s_g \ge 0` that moves the bounds which its cell makes:
:math:`L_i - \lambda_{ig} s_g \le a_i x \le U_i + \upsilon_{ig} s_g`; bounds of decisions become rows. With prices on
the amounts of a set S of soft limits and none on the others the optimum is nought exactly if S can hold together, and
the soft limits whose rows then have a price are an infeasible subset of S (Gleeson and Ryan 1990; Chinneck 2008).
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from scipy.sparse import csr_matrix

from models.linear import Form
from models.matrix import Floats, Matrix
from planner.options import Options
from planner.plan import Status
from planner.solver.answers import PRICE, Answer
from planner.solver.basis import Shift
from planner.solver.session import Session

NOTHING = 1e-6
"""Amounts below this share of a limit's scale are none."""
HARDLY = 2e-8
"""The same where there is no larger one: what the solver takes for nothing, twice."""


class RelaxationLike(Protocol):
    """One direction in which a limit can give way: `shift` is what one unit of the amount moves, times `sign`."""

    @property
    def sign(self) -> float:
        """Whether the limit's number goes up or down."""

    @property
    def shift(self) -> Shift:
        """Bounds that one unit moves."""

    @property
    def most(self) -> float:
        """How far it can go, in its units."""

    @property
    def scale(self) -> float:
        """Size of an amount that counts as one."""


class SoftLimitLike(Protocol):
    """What may give way."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def relaxations(self) -> Sequence[RelaxationLike]:
        """The directions in which it can."""


LimitT = TypeVar("LimitT", bound=SoftLimitLike)


class OutOfTimeError(RuntimeError):
    """The time for explaining is used up."""


@dataclass(frozen=True)
class Relaxed:
    """An elastic optimum: amounts by (limit, number of the relaxation), and column values of the model."""

    amounts: Mapping[tuple[str, int], float]
    values: Floats

    def support(self) -> frozenset[str]:
        """Limits that give way."""
        return frozenset(soft_limit for soft_limit, _ in self.amounts)


class ElasticSession(Generic[LimitT]):
    """A session with a column for every way in which a limit can give way; `deadline` ends all its questions."""

    def __init__(self, matrix: Matrix, soft_limits: Sequence[LimitT], options: Options, seconds: float) -> None:
        """Lay out the extended model; all limits hold."""
        self.soft_limits = {p.id: p for p in soft_limits}
        self.n = len(matrix.cost)
        self.deadline = time.monotonic() + seconds
        self.numbers: dict[tuple[str, int], int] = {}
        self.relaxations: list[RelaxationLike] = []
        for soft_limit in soft_limits:
            for k, relaxation in enumerate(soft_limit.relaxations):
                self.numbers[soft_limit.id, k] = self.n + len(self.relaxations)
                self.relaxations.append(relaxation)
        self.integer = bool(matrix.integer.any())
        self.matrix = extend(matrix, self.relaxations).matrix
        self.session = Session(self.matrix, options)

    def _run(self, *, integer: bool, nothing: float = NOTHING) -> Relaxed | None:
        """Solve what is set up, with or without integer decisions; None where it cannot be. Raises OutOfTimeError."""
        left = self.deadline - time.monotonic()
        if left <= 0.05:
            raise OutOfTimeError
        if self.integer:
            self.session.relax(relaxed=not integer)
        answer = self.session.run(time_limit=left)
        if answer.status is Status.INFEASIBLE:
            return None
        if answer.values is None:
            raise OutOfTimeError
        amounts = {}
        for key, number in self.numbers.items():
            value = float(answer.values[number])
            if value > nothing * self.relaxations[number - self.n].scale:
                amounts[key] = value
        return Relaxed(amounts, answer.values[: self.n])

    def _set(self, price: Mapping[str, float], most: Mapping[str, float]) -> None:
        """Price the amounts (points lost per scaled unit) and limit them: 0 holds a limit, infinity lets it go."""
        cost, upper = np.zeros(self.n + len(self.relaxations)), np.zeros(len(self.relaxations))
        for k, (soft_limit, _) in enumerate(self.numbers):
            relaxation = self.relaxations[k]
            cost[self.n + k] = -price.get(soft_limit, 0.0) / relaxation.scale
            upper[k] = min(relaxation.most, most.get(soft_limit, 0.0))
        self.session.set_cost(cost)
        self._allow(upper)

    def _allow(self, upper: Floats) -> None:
        """Limit all amounts."""
        numbers = np.arange(self.n, self.n + len(upper), dtype=np.int32)
        self.session.bound_columns(numbers, np.zeros(len(upper)), upper)

    def core(self, kept: Collection[str]) -> frozenset[str] | None:
        """None if the kept limits can hold together as a linear programme, else a subset that cannot."""
        self._set(dict.fromkeys(kept, 1.0), dict.fromkeys(self.soft_limits, math.inf))
        found = self._run(integer=False)
        if found is None:
            return frozenset()
        if not any(soft_limit in kept for soft_limit, _ in found.amounts):
            return None
        left, cost = self.session.optimum().reduced_costs, self.session.costs()
        pressed = {
            soft_limit
            for (soft_limit, _), n in self.numbers.items()
            if soft_limit in kept and abs(cost[n] - left[n]) > PRICE * max(abs(cost[n]), 1e-9)
        }
        pressed |= {soft_limit for soft_limit, _ in found.amounts if soft_limit in kept}
        return frozenset(pressed)

    def holds(self, kept: Collection[str]) -> bool:
        """Whether the kept limits can hold together while integer decisions stay integer; all others are let go."""
        self._set({}, {p: 0.0 if p in kept else math.inf for p in self.soft_limits})
        return self._run(integer=True) is not None

    def least(self, price: Mapping[str, float], allowed: Collection[str], *, integer: bool = True) -> Relaxed | None:
        """Cheapest amounts by which the allowed limits must give way; all others hold.

        Where limits miss each other by less than an amount is elsewhere, what they miss each other by is the amount.
        """
        self._set(price, dict.fromkeys(allowed, math.inf))
        found = self._run(integer=integer)
        if found is None or found.amounts or self.holds(self.soft_limits):
            return found
        self._set(price, dict.fromkeys(allowed, math.inf))
        return self._run(integer=integer, nothing=HARDLY)

    def fewest(
        self, measure: Form, held: str, relaxed: Relaxed, allowed: Collection[str], *, integer: bool = True
    ) -> float:
        """Least value of a measure, in its unit: one limit gives way as in `relaxed`, the allowed are let go."""
        cost = np.zeros(self.n + len(self.relaxations))
        cost[list(measure.terms)] = -np.fromiter(measure.terms.values(), float, len(measure.terms))
        self.session.set_cost(cost)
        upper = np.zeros(len(self.relaxations))
        for k, (key, relaxation) in enumerate(zip(self.numbers, self.relaxations, strict=True)):
            if key[0] == held:
                upper[k] = _a_little_over(relaxed.amounts.get(key, 0.0))
            elif key[0] in allowed:
                upper[k] = relaxation.most
        self._allow(upper)
        found = self._run(integer=integer)
        return measure.value((found or relaxed).values)

    def best_within(
        self, amounts: Mapping[tuple[str, int], float], cost: Floats, offset: float, limit: float
    ) -> Answer:
        """Best plan by a cost of the model's columns while limits give way by no more than these amounts."""
        self.session.set_cost(np.append(cost, np.zeros(len(self.relaxations))), offset)
        self._allow(np.array([_a_little_over(amounts.get(key, 0.0)) for key in self.numbers]))
        return self.session.run(time_limit=limit)

    def priced(self, price: Mapping[str, float], relaxed: Relaxed) -> float:
        """What amounts cost at these prices (points lost per scaled unit)."""
        return math.fsum(
            price.get(soft_limit, 0.0) * amount / self.relaxations[self.numbers[soft_limit, k] - self.n].scale
            for (soft_limit, k), amount in relaxed.amounts.items()
        )


@dataclass(frozen=True)
class ExtendedMatrix:
    """A model with a column for every relaxation; `own` are the rows of bounds that may give way, by (column, side)."""

    matrix: Matrix
    own: Mapping[tuple[int, str], int]


def extend(matrix: Matrix, relaxations: Sequence[RelaxationLike]) -> ExtendedMatrix:
    """The model with a column for every relaxation; bounds of decisions that may give way become rows."""
    n, m = len(matrix.cost), len(matrix.row_lower)
    entries: list[tuple[int, int, float]] = []
    lower, upper = list(matrix.row_lower), list(matrix.row_upper)
    column_lower, column_upper = matrix.column_lower.copy(), matrix.column_upper.copy()
    own: dict[tuple[int, str], int] = {}
    for k, relaxation in enumerate(relaxations):
        for row, amount in _merged(relaxation.shift).items():
            entries.append((row, n + k, -relaxation.sign * amount))
        for side, amounts, bounds in (
            ("lower", relaxation.shift.column_lower, matrix.column_lower),
            ("upper", relaxation.shift.column_upper, matrix.column_upper),
        ):
            for column, amount in amounts.items():
                if not math.isfinite(bounds[column]):
                    continue
                if (column, side) not in own:
                    own[column, side] = len(lower)
                    entries.append((len(lower), column, 1.0))
                    lower.append(float(bounds[column]) if side == "lower" else -math.inf)
                    upper.append(float(bounds[column]) if side == "upper" else math.inf)
                    (column_lower if side == "lower" else column_upper)[column] = (
                        -math.inf if side == "lower" else math.inf
                    )
                entries.append((own[column, side], n + k, -relaxation.sign * amount))
    for column, side in own:
        if side == "lower":
            column_lower[column] = let_down(matrix.column_lower[[column]])[0]
    base = csr_matrix((matrix.values, matrix.columns, matrix.starts), shape=(m, n)).tocoo()
    rows, columns, values = (
        (np.array(x) for x in zip(*entries, strict=True)) if entries else (np.zeros(0), np.zeros(0), np.zeros(0))
    )
    stacked = csr_matrix(
        (np.concatenate([base.data, values]), (np.concatenate([base.row, rows]), np.concatenate([base.col, columns]))),
        shape=(len(lower), n + len(relaxations)),
    )
    extra = len(relaxations)
    extended = Matrix(
        np.zeros(n + extra),
        0.0,
        np.concatenate([column_lower, np.zeros(extra)]),
        np.concatenate([column_upper, np.zeros(extra)]),
        np.concatenate([matrix.integer, np.zeros(extra, dtype=bool)]),
        np.array(lower),
        np.array(upper),
        stacked.indptr.astype(np.int32),
        stacked.indices.astype(np.int32),
        stacked.data,
        (*matrix.column_names, *(f"gives({k})" for k in range(extra))),
        (*matrix.row_names, *(f"own({k})" for k in range(len(lower) - m))),
    )
    return ExtendedMatrix(extended, own)


def let_down(lower: Floats) -> Floats:
    """Where lower bounds of decisions end when they give way: levels below nothing mean nothing, debts have no end."""
    return np.where(lower < 0.0, -np.inf, 0.0)


def _a_little_over(amount: float) -> float:
    """An amount and what rounding may need beside it."""
    return amount * (1.0 + 1e-6) + 1e-9


def _merged(shift: Shift) -> dict[int, float]:
    """Movement of each row's bounds (a row with two moves the same way on both)."""
    return {**shift.row_lower, **shift.row_upper}
