"""How the plan itself moves along a range where kinks are exact: stretches on which every number is a straight line.

Between two kinks of the best value all plans of that value form one face of the model. On it the tie rule picks one
plan, whose own turns are found the same way: the rule's cost is again a broken line over the stretch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from models.matrix import Floats
from planner.solver.answers import PRICE
from planner.solver.snapshots import ModelSnapshot
from planner.tradeoffs.sweeping.kinks import LinearSegment, broken_line
from planner.tradeoffs.sweeping.parametric_model import ParametricModel
from planner.tradeoffs.sweeping.parametric_solver import ParametricSolver, Subgradient

INSIDE = 1e-7
"""How far inside a stretch, over its length, its ends are read, so that rounding does not leave the face."""


@dataclass(frozen=True)
class StraightStretch:
    """A part of the range on which the plan is a straight line; `slope` is that of the best value there.

    `first` and `last` are the plans at its two ends (scaled columns). `sure` is false where the search was stopped.
    """

    low: float
    high: float
    low_value: float
    high_value: float
    slope: float
    first: Floats
    last: Floats
    sure: bool


def follow(
    solver: ParametricSolver, low: float, high: float, decisions: Floats | None, tell: Callable[[int], None], most: int
) -> list[StraightStretch]:
    """Every stretch from `low` to `high`, with integer decisions held where there are any."""
    parametric = solver.parametric
    rate = _held_rate(parametric, decisions)
    count = 0

    def tangent(place: float) -> Subgradient | None:
        nonlocal count
        if solver.context.interrupted:
            return None
        count += 1
        tell(count)
        numbers = parametric.at(place)
        assert numbers is not None
        return solver.tangent(solver.settled_bounds(numbers, decisions), place, rate)

    pieces = broken_line(tangent, low, high, most)
    found: list[StraightStretch] = []
    for segment in pieces:
        found += _stretches(solver, segment, rate, decisions)
    return found


def _held_rate(parametric: ParametricModel, decisions: Floats | None) -> ModelSnapshot:
    """The parametric model's movement, without that of bounds of columns that are held."""
    rate = parametric.rate
    if decisions is None:
        return rate
    free = ~parametric.matrix.integer
    return replace(rate, column_lower=rate.column_lower * free, column_upper=rate.column_upper * free)


def _stretches(
    solver: ParametricSolver, segment: LinearSegment[Subgradient], rate: ModelSnapshot, decisions: Floats | None
) -> list[StraightStretch]:
    """Split one straight segment of the best value where the plan that the tie rule picks turns."""
    parametric, middle = solver.parametric, segment.middle
    face = _Face(solver, middle, rate, decisions)

    def plain(first: Floats, last: Floats) -> StraightStretch:
        return StraightStretch(
            segment.low,
            segment.high,
            segment.value(segment.low),
            segment.value(segment.high),
            middle.slope,
            first,
            last,
            segment.sure,
        )

    if parametric.kind == "points":
        values = face.plan(middle.place)
        chosen = middle.values if values is None else values
        return [plain(chosen, chosen)]
    turns = broken_line(face.tangent, segment.low, segment.high, 60)
    if not turns:
        return [plain(middle.values, middle.values)]
    return [_stretch(segment, turn, face) for turn in turns]


def _stretch(segment: LinearSegment[Subgradient], turn: LinearSegment[Subgradient], face: _Face) -> StraightStretch:
    """One stretch, with the plans at its ends read a little inside and carried on in a straight line."""
    room = INSIDE * (turn.high - turn.low)
    middle = turn.middle.values
    ends = []
    for place, inner in ((turn.low, turn.low + room), (turn.high, turn.high - room)):
        values = face.plan(inner)
        ends.append((place, middle if values is None else values))
    (low, first), (high, last) = ends
    slope = segment.middle.slope
    return StraightStretch(
        low, high, segment.value(low), segment.value(high), slope, first, last, segment.sure and turn.sure
    )


class _Face:
    """All plans of the best value on one segment, as numbers that follow the place."""

    def __init__(
        self, solver: ParametricSolver, middle: Subgradient, rate: ModelSnapshot, decisions: Floats | None
    ) -> None:
        """Take from the prices in the middle which bounds hold on the whole segment."""
        self.solver, self.decisions, self.middle = solver, decisions, middle
        rows, columns = middle.best.row_duals, middle.best.reduced_costs
        self.row_up, self.row_down = rows > PRICE, rows < -PRICE
        self.column_up, self.column_down = columns > PRICE, columns < -PRICE
        self.rate = ModelSnapshot(
            np.zeros_like(rate.cost), 0.0,
            _pick(self.column_up, self.column_down, rate.column_upper, rate.column_lower, rate.column_lower),
            _pick(self.column_up, self.column_down, rate.column_upper, rate.column_lower, rate.column_upper),
            _pick(self.row_up, self.row_down, rate.row_upper, rate.row_lower, rate.row_lower),
            _pick(self.row_up, self.row_down, rate.row_upper, rate.row_lower, rate.row_upper),
            rate.entries,
        )  # fmt: skip

    def numbers(self, place: float) -> ModelSnapshot:
        """The face at a place: bounds with a price are equalities."""
        plain = self.solver.parametric.at(place)
        assert plain is not None
        n = self.solver.settled_bounds(plain, self.decisions)
        sides = {
            "column_lower": _pick(self.column_up, self.column_down, n.column_upper, n.column_lower, n.column_lower),
            "column_upper": _pick(self.column_up, self.column_down, n.column_upper, n.column_lower, n.column_upper),
            "row_lower": _pick(self.row_up, self.row_down, n.row_upper, n.row_lower, n.row_lower),
            "row_upper": _pick(self.row_up, self.row_down, n.row_upper, n.row_lower, n.row_upper),
        }
        return replace(n, cost=self.solver.ties.cost, offset=0.0, **sides)

    def tangent(self, place: float) -> Subgradient | None:
        """The tie rule's value at a place, with its slope."""
        if self.solver.context.interrupted:
            return None
        return self.solver.tangent(self.numbers(place), place, self.rate, changes=True)

    def plan(self, place: float) -> Floats | None:
        """The plan that the tie rule picks."""
        found = self.solver.tangent(self.numbers(place), place, self.rate, changes=True)
        return None if found is None else found.values


def _pick(up: np.ndarray, down: np.ndarray, upper: Floats, lower: Floats, plain: Floats) -> Floats:
    """The upper side where it holds, the lower where that does, else what stands there."""
    return np.asarray(np.where(up, upper, np.where(down, lower, plain)))
