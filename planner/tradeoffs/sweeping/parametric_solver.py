"""Two solver sessions that follow a model along a range: one for the search, one for the plan once it is settled.

The matrix is passed once. From place to place only numbers that differ are handed over: bounds, right-hand sides,
points, and coefficients where a cell is one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from models.matrix import Floats
from planner.options import Options
from planner.ordering import place
from planner.plan import Status
from planner.run.stops import Stop
from planner.solver.answers import Answer, Optimum, relative_gap
from planner.solver.runs import Interrupt
from planner.solver.session import Session
from planner.solver.snapshots import ModelSnapshot, value_slope
from planner.solver.tie_breaking import TieRule
from planner.tradeoffs.sweeping.parametric_model import ParametricModel


class MovingSession(Session):
    """A session that can be moved to other numbers of the same pattern, and counts its runs."""

    def __init__(self, parametric: ParametricModel, options: Options, *, relaxed: bool = False) -> None:
        """Pass the reference matrix."""
        m = parametric.matrix
        super().__init__(m, options)
        if relaxed:
            self.relax()
        now = ModelSnapshot(m.cost, m.offset, m.column_lower, m.column_upper, m.row_lower, m.row_upper, m.values)
        self.follow(now, parametric.entry_rows, parametric.entry_columns)
        self.runs, self.seconds = 0, 0.0

    def counted(
        self, interrupt: Interrupt | None, limit: float | None = None, *, presolve: bool | None = None
    ) -> Answer:
        """Solve, and count."""
        begin = time.perf_counter()
        answer = self.run(interrupt=interrupt, time_limit=limit, presolve=presolve)
        self.runs += 1
        self.seconds += time.perf_counter() - begin
        return answer


@dataclass(frozen=True)
class Subgradient:
    """The best value at a place with its slope, and the optimum itself."""

    place: float
    value: float
    slope: float
    best: Optimum

    @property
    def values(self) -> Floats:
        """Column values of the plan (scaled units)."""
        return self.best.values


class ParametricSolver:
    """Solves the members of a parametric model, with integer decisions free and with them held."""

    def __init__(self, parametric: ParametricModel, options: Options, interrupt: Interrupt | None) -> None:
        """Open the sessions; the searching one only where there are integer decisions."""
        self.parametric, self.options, self.interrupt = parametric, options, interrupt
        self.built, self.integer = parametric.built, parametric.matrix.integer
        self.seeker = MovingSession(parametric, options) if parametric.integer else None
        self.linear = MovingSession(parametric, options, relaxed=True)
        self.ties = TieRule.of(self.built, parametric.matrix)
        self.ties.hold_to_previous(self.linear, 0.0)
        self.floor_count, self.least = 0, np.zeros(0)

    @property
    def runs(self) -> int:
        """Programmes solved."""
        return self.linear.runs + (self.seeker.runs if self.seeker else 0)

    @property
    def seconds(self) -> float:
        """Seconds inside the solver."""
        return self.linear.seconds + (self.seeker.seconds if self.seeker else 0.0)

    def add_floors(self, forms: Sequence[Mapping[int, float]]) -> None:
        """Add rows, the last of every session, that `floors` can raise later; they hold nothing back at first."""
        self.floor_count, self.least = len(forms), np.full(len(forms), -np.inf)
        for follower in self._followers():
            for terms in forms:
                follower.add_terms(terms, -np.inf, np.inf)

    def floors(self, least: Floats) -> None:
        """Raise the floors of the rows that were added."""
        self.least = least
        for follower in self._followers():
            self._floor_rows(follower, least, np.full(len(least), np.inf))

    @staticmethod
    def _floor_rows(follower: MovingSession, lower: Floats, upper: Floats) -> None:
        """Set the bounds of the rows that were added."""
        first = follower.rows - len(lower)
        follower.bound_rows(np.arange(first, first + len(lower), dtype=np.int32), lower, upper)

    def seek(self, numbers: ModelSnapshot, known: Sequence[Floats], limit: float) -> Answer:
        """Search with integer decisions free. `known` plans of other places are tried first with their decisions held.

        The best of them is the start, and a check: a search that claims less than a plan in hand was misled by its own
        simplification of the model (floors that leave no room have done that), and is repeated without it.
        """
        if self.seeker is None:
            return self.solve(numbers, limit=limit)
        tried = [self.solve(self.settled_bounds(numbers, plan), limit=limit) for plan in known]
        plans = [a for a in tried if a.status is Status.OPTIMAL and a.values is not None and a.objective is not None]
        best = max(plans, key=lambda a: place(a.objective or 0.0), default=None)
        self.seeker.put(numbers)
        if best is not None and best.values is not None:
            self.seeker.start_from(best.values)
        answer = self.seeker.counted(self.interrupt, limit)
        if best is None or best.objective is None or best.values is None:
            return answer
        short = answer.bound is None or answer.bound < best.objective - 1e-7 * max(1.0, abs(best.objective))
        if short and answer.status in (Status.OPTIMAL, Status.INFEASIBLE):
            self.seeker.forget()
            self.seeker.start_from(best.values)
            answer = self.seeker.counted(self.interrupt, limit, presolve=False)
        if answer.values is None and answer.status is not Status.UNBOUNDED:
            bound = answer.bound if answer.bound is not None else math.inf
            gap = relative_gap(best.objective, bound)
            return Answer(Status.FEASIBLE, best.objective, bound, gap, best.values, answer.stopped or Stop.FAILURE)
        return answer

    def settled_bounds(self, numbers: ModelSnapshot, decisions: Floats | None) -> ModelSnapshot:
        """The numbers with integer columns held at a plan's decisions."""
        if decisions is None or not self.integer.any():
            return numbers
        return numbers.held(self.integer, np.round(decisions[self.integer]))

    def solve(self, numbers: ModelSnapshot, *, limit: float | None = None, changes: bool = False) -> Answer:
        """Solve the linear programme at these numbers; with `changes` those from a previous plan cost what they do."""
        self.ties.price_changes(self.linear, on=changes)
        self.linear.put(numbers)
        answer = self.linear.counted(self.interrupt, limit)
        if answer.values is not None:
            answer = replace(answer, values=answer.values[: len(self.integer)])
        return answer

    def tangent(
        self, numbers: ModelSnapshot, place: float, rate: ModelSnapshot | None, *, changes: bool = False
    ) -> Subgradient | None:
        """Best value, slope and prices of the linear programme at a place; None without a proven plan."""
        answer = self.solve(numbers, changes=changes)
        if answer.status is not Status.OPTIMAL or answer.values is None or answer.objective is None:
            return None
        best = self.linear.optimum().of(len(self.integer), len(numbers.row_lower))
        parametric, slope = self.parametric, math.nan
        if rate is not None:
            slope = value_slope(rate, best, parametric.entry_rows, parametric.entry_columns)
        return Subgradient(place, float(answer.objective), slope, best)

    def settle(self, numbers: ModelSnapshot, best: float) -> Floats | None:
        """The plan that the tie rule prefers among the best of the linear programme just solved at these numbers.

        `best` is their objective; None where no such plan was settled.
        """
        found = self.linear.optimum()
        if self.floor_count:
            first = len(found.row_duals) - self.floor_count
            most = np.where(found.tight[first:], found.row_values[first:], np.inf)
            self._floor_rows(self.linear, self.least, most)
        answer = self.solve(self.ties.face(numbers, found), changes=True)
        values = answer.values if answer.status is Status.OPTIMAL else None
        if self.floor_count:
            self._floor_rows(self.linear, self.least, np.full(self.floor_count, np.inf))
        if values is None:
            return None
        kept = float(numbers.cost @ values) + numbers.offset
        return values if kept >= best - 1e-6 * max(1.0, abs(best)) else None

    def _followers(self) -> list[MovingSession]:
        """Every session."""
        return [f for f in (self.seeker, self.linear) if f is not None]


Limit = tuple[Mapping[int, float], float, float]
"""A row of its own: coefficients by column, least and most."""


def feasible_part(
    parametric: ParametricModel,
    options: Options,
    decisions: Floats | None,
    interrupt: Interrupt | None,
    limits: Sequence[Limit] = (),
    ends: Literal["both", "least"] = "both",
) -> tuple[float, float] | None:
    """First and last place of the range at which any plan exists, exactly, by making the place itself a decision.

    Whole decisions are free unless `decisions` holds them; `limits` have to be kept besides. None where no place has a
    plan. A search that is stopped gives the outermost place that it could not rule out. Where a coefficient of a
    binary decision moves, its product with the place is a column of its own between the usual four lines, which are
    exact for yes or no (McCormick 1976).
    """
    session = Session(parametric.matrix_of(parametric.low), replace(options, gap=0.0))
    rate, low, integer = parametric.rate, parametric.low, parametric.matrix.integer
    if decisions is not None:
        session.fix_integers(decisions)
    for terms, least, most in limits:
        session.add_terms(terms, least, most)
    length = parametric.group.length
    place = session.add_column(0.0, 0.0, length)
    products: dict[int, int] = {}
    for n in np.flatnonzero(rate.entries).tolist():
        column = int(parametric.entry_columns[n])
        if column not in products:
            products[column] = _product(session, column, place, length)
        session.set_coefficient(int(parametric.entry_rows[n]), products[column], float(rate.entries[n]))
    starts = parametric.matrix.starts
    for n in np.flatnonzero((rate.row_lower != 0.0) | (rate.row_upper != 0.0)).tolist():
        span = slice(starts[n], starts[n + 1])
        terms = dict(zip(parametric.entry_columns[span].tolist(), low.entries[span].tolist(), strict=True))
        for entry in range(starts[n], starts[n + 1]):
            if rate.entries[entry]:
                terms[products[int(parametric.entry_columns[entry])]] = float(rate.entries[entry])
        session.bound_row(n)
        sides, speeds = (low.row_lower[n], low.row_upper[n]), (rate.row_lower[n], rate.row_upper[n])
        _moving(session, terms, place, sides, speeds)
    moved = (rate.column_lower != 0.0) | (rate.column_upper != 0.0)
    for n in np.flatnonzero(moved & ~(integer & (decisions is not None))).tolist():
        session.bound_column(n, -np.inf, np.inf)
        sides, speeds = (low.column_lower[n], low.column_upper[n]), (rate.column_lower[n], rate.column_upper[n])
        _moving(session, {n: 1.0}, place, sides, speeds)
    found = []
    for sign in (-1.0, 1.0) if ends == "both" else (-1.0,):
        cost = np.zeros(session.columns)
        cost[place] = sign
        session.set_cost(cost)
        answer = session.run(interrupt=interrupt)
        if answer.status is Status.INFEASIBLE:
            return None
        outermost = length if sign > 0.0 else 0.0
        found.append(outermost if answer.bound is None else min(max(sign * answer.bound, 0.0), length))
    return parametric.group.low + found[0], parametric.group.low + found[-1]


def _product(session: Session, column: int, place: int, length: float) -> int:
    """A column that equals a binary column times the place."""
    product = session.add_column(0.0)
    session.add_terms({product: 1.0, column: -length}, -np.inf, 0.0)
    session.add_terms({product: 1.0, place: -1.0}, -np.inf, 0.0)
    session.add_terms({product: 1.0, place: -1.0, column: -length}, -length, np.inf)
    return product


def _moving(
    session: Session, terms: dict[int, float], place: int, sides: tuple[float, float], speeds: tuple[float, float]
) -> None:
    """Rows whose bounds move with the place."""
    for side, speed, below in ((sides[0], speeds[0], True), (sides[1], speeds[1], False)):
        if np.isfinite(side):
            row = {**terms, place: -speed} if speed else terms
            session.add_terms(row, side if below else -np.inf, np.inf if below else side)
