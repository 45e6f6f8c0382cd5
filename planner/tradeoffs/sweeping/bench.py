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
from planner.solver.session import PRICE, Answer, Interrupt, Session, relative_gap
from planner.solver.snapshots import ModelSnapshot, apply_diff
from planner.solver.tie_breaking import hold_to_previous, tie_breaking_cost
from planner.stops import Stop
from planner.tradeoffs.sweeping.family import Family, Rate


class Follower:
    """A session that can be moved to other numbers of the same pattern."""

    def __init__(self, family: Family, options: Options, *, relaxed: bool = False) -> None:
        """Pass the reference matrix."""
        self.family = family
        self.session = Session(family.matrix, options)
        if relaxed:
            self.session.relax()
        m = family.matrix
        self.now = ModelSnapshot(m.cost, m.offset, m.column_lower, m.column_upper, m.row_lower, m.row_upper, m.values)
        self.runs, self.seconds = 0, 0.0

    def put(self, numbers: ModelSnapshot) -> None:
        """Hand over what differs from what the session holds."""
        family = self.family
        apply_diff(self.session.highs, self.now, numbers, family.entry_rows, family.entry_columns)
        self.now = numbers

    def run(self, interrupt: Interrupt | None, limit: float | None = None, *, presolve: bool | None = None) -> Answer:
        """Solve, and count."""
        begin = time.perf_counter()
        answer = self.session.run(interrupt=interrupt, time_limit=limit, presolve=presolve)
        self.runs += 1
        self.seconds += time.perf_counter() - begin
        return answer


@dataclass(frozen=True)
class Touch:
    """The best value at a place with its slope, the plan, and prices by row and column (all scaled units)."""

    place: float
    value: float
    slope: float
    values: Floats
    row_prices: Floats
    column_prices: Floats
    row_values: Floats


class Bench:
    """Solves a family's members: the search with whole decisions free, and the linear programme with them settled."""

    def __init__(self, family: Family, options: Options, interrupt: Interrupt | None) -> None:
        """Open the sessions; the searching one only where there are whole decisions."""
        self.family, self.options, self.interrupt = family, options, interrupt
        self.built, self.whole = family.built, family.matrix.whole
        self.seeker = Follower(family, options) if family.whole else None
        self.linear = Follower(family, options, relaxed=True)
        hold_to_previous(self.linear.session, self.built)
        self.width = int(self.linear.session.highs.getNumCol())
        self.last_cost = np.array(self.linear.session.highs.getLp().col_cost_)[len(self.whole) :]
        self._price_changes(0.0)
        self.tie_cost = tie_breaking_cost(self.built, family.matrix)
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
                follower.session.add_terms(dict(terms), -np.inf, np.inf)

    def floors(self, least: Floats) -> None:
        """Raise the floors of the rows that were added."""
        self.least = least
        for follower in self._followers():
            self._floor_rows(follower, least, np.full(len(least), np.inf))

    @staticmethod
    def _floor_rows(follower: Follower, lower: Floats, upper: Floats) -> None:
        """Set the bounds of the rows that were added."""
        first = int(follower.session.highs.getNumRow()) - len(lower)
        used = np.arange(first, first + len(lower), dtype=np.int32)
        follower.session.highs.changeRowsBounds(len(used), used, lower, upper)

    def seek(self, numbers: ModelSnapshot, known: Sequence[Floats], limit: float) -> Answer:
        """Search with whole decisions free. `known` plans of other places are tried first with their decisions held.

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
            self.seeker.session.start_from(best.values)
        answer = self.seeker.run(self.interrupt, limit)
        if best is None or best.objective is None or best.values is None:
            return answer
        short = answer.bound is None or answer.bound < best.objective - 1e-7 * max(1.0, abs(best.objective))
        if short and answer.status in (Status.OPTIMAL, Status.INFEASIBLE):
            self.seeker.session.highs.clearSolver()
            self.seeker.session.start_from(best.values)
            answer = self.seeker.run(self.interrupt, limit, presolve=False)
        if answer.values is None and answer.status is not Status.UNBOUNDED:
            bound = answer.bound if answer.bound is not None else math.inf
            gap = relative_gap(best.objective, bound)
            return Answer(Status.FEASIBLE, best.objective, bound, gap, best.values, answer.stopped or Stop.FAILURE)
        return answer

    def settled_bounds(self, numbers: ModelSnapshot, decisions: Floats | None) -> ModelSnapshot:
        """The numbers with whole columns held at a plan's decisions."""
        if decisions is None or not self.whole.any():
            return numbers
        lower, upper = numbers.column_lower.copy(), numbers.column_upper.copy()
        lower[self.whole] = upper[self.whole] = np.round(decisions[self.whole])
        return replace(numbers, column_lower=lower, column_upper=upper)

    def solve(self, numbers: ModelSnapshot, *, limit: float | None = None, changes: bool = False) -> Answer:
        """Solve the linear programme at these numbers; with `changes` those from a previous plan cost what they do."""
        self._price_changes(1.0 if changes else 0.0)
        self.linear.put(numbers)
        answer = self.linear.run(self.interrupt, limit)
        if answer.values is not None:
            answer = replace(answer, values=answer.values[: len(self.whole)])
        return answer

    def touch(self, numbers: ModelSnapshot, place: float, rate: Rate | None, *, changes: bool = False) -> Touch | None:
        """Best value, slope and prices of the linear programme at a place; None without a proven plan."""
        answer = self.solve(numbers, changes=changes)
        if answer.status is not Status.OPTIMAL or answer.values is None or answer.objective is None:
            return None
        solution = self.linear.session.highs.getSolution()
        rows = np.array(solution.row_dual)[: len(numbers.row_lower)]
        columns = np.array(solution.col_dual)[: len(self.whole)]
        activity = np.array(solution.row_value)[: len(numbers.row_lower)]
        slope = math.nan if rate is None else self._slope(rate, rows, columns, answer.values)
        return Touch(place, float(answer.objective), slope, answer.values, rows, columns, activity)

    def _slope(self, rate: Rate, rows: Floats, columns: Floats, values: Floats) -> float:
        r"""Change of the best value per unit of the range: :math:`y\,\dot b + z\,\dot l - y\,\dot A x + \dot c x`."""
        family = self.family
        moved = float(rate.cost @ values) + rate.offset
        moved -= float((rows[family.entry_rows] * rate.entries) @ values[family.entry_columns])
        for prices, lower, upper in (
            (rows, rate.row_lower, rate.row_upper),
            (columns, rate.column_lower, rate.column_upper),
        ):
            used = np.flatnonzero(prices)
            active = prices[used]
            moved += math.fsum((active * np.where(active > 0.0, upper[used], lower[used])).tolist())
        return moved

    def settle(self, numbers: ModelSnapshot, best: float) -> Floats | None:
        """The plan that the tie rule prefers among the best of the linear programme just solved at these numbers.

        `best` is their objective; None where no such plan was settled.
        """
        solution = self.linear.session.highs.getSolution()
        rows = np.array(solution.row_dual)
        pinned = self.pinned(numbers, rows, np.array(solution.col_dual), solution)
        if self.floor_count:
            first = len(rows) - self.floor_count
            tight = np.abs(rows[first:]) > PRICE
            self._floor_rows(self.linear, self.least, np.where(tight, np.array(solution.row_value)[first:], np.inf))
        values = self.prefer(pinned)
        if self.floor_count:
            self._floor_rows(self.linear, self.least, np.full(self.floor_count, np.inf))
        if values is None:
            return None
        kept = float(numbers.cost @ values) + numbers.offset
        return values if kept >= best - 1e-6 * max(1.0, abs(best)) else None

    def pinned(self, numbers: ModelSnapshot, rows: Floats, columns: Floats, solution: object) -> ModelSnapshot:
        """Narrow to the best plans: what has a price stays at its bound (complementary slackness)."""
        values = np.array(solution.col_value)[: len(self.whole)]  # type: ignore[attr-defined]
        activity = np.array(solution.row_value)[: len(numbers.row_lower)]  # type: ignore[attr-defined]
        n, m = len(self.whole), len(numbers.row_lower)
        lower, upper = numbers.column_lower.copy(), numbers.column_upper.copy()
        held = np.abs(columns[:n]) > PRICE
        lower[held] = upper[held] = values[held]
        row_lower, row_upper = numbers.row_lower.copy(), numbers.row_upper.copy()
        tight = np.abs(rows[:m]) > PRICE
        row_lower[tight] = row_upper[tight] = activity[tight]
        return replace(numbers, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper)

    def prefer(self, pinned: ModelSnapshot) -> Floats | None:
        """Solve for the tie rule within pinned numbers; None where that is not settled."""
        answer = self.solve(replace(pinned, cost=self.tie_cost, offset=0.0), changes=True)
        return answer.values if answer.status is Status.OPTIMAL else None

    def _price_changes(self, factor: float) -> None:
        """Price the changes from a previous plan, or not."""
        first = len(self.whole)
        if self.width > first:
            used = np.arange(first, self.width, dtype=np.int32)
            self.linear.session.highs.changeColsCost(len(used), used, factor * self.last_cost)

    def _followers(self) -> list[Follower]:
        """Every session."""
        return [f for f in (self.seeker, self.linear) if f is not None]


Limit = tuple[Mapping[int, float], float, float]
"""A row of its own: coefficients by column, least and most."""


def feasible_part(
    family: Family,
    options: Options,
    decisions: Floats | None,
    interrupt: Interrupt | None,
    limits: Sequence[Limit] = (),
    ends: Literal["both", "least"] = "both",
) -> tuple[float, float] | None:
    """First and last place of the range at which any plan exists, exactly, by making the place itself a decision.

    Whole decisions are free unless `decisions` holds them; `limits` have to be kept besides. None where no place has a
    plan. A search that is stopped gives the outermost place that it could not rule out. Where a coefficient of a
    yes-or-no decision moves, its product with the place is a column of its own between the usual four lines, which are
    exact for yes or no (McCormick 1976).
    """
    session = Session(family.matrix_of(family.low), replace(options, gap=0.0))
    highs, rate, low, whole = session.highs, family.rate, family.low, family.matrix.whole
    if decisions is not None:
        session.fix_whole(decisions)
    for terms, least, most in limits:
        session.add_terms(dict(terms), least, most)
    place = session.add_column(0.0)
    length = family.group.length
    highs.changeColBounds(place, 0.0, length)
    products: dict[int, int] = {}
    for n in np.flatnonzero(rate.entries).tolist():
        column = int(family.entry_columns[n])
        if column not in products:
            products[column] = _product(session, column, place, length)
        highs.changeCoeff(int(family.entry_rows[n]), products[column], float(rate.entries[n]))
    starts = family.matrix.starts
    for n in np.flatnonzero((rate.row_lower != 0.0) | (rate.row_upper != 0.0)).tolist():
        span = slice(starts[n], starts[n + 1])
        terms = dict(zip(family.entry_columns[span].tolist(), low.entries[span].tolist(), strict=True))
        for entry in range(starts[n], starts[n + 1]):
            if rate.entries[entry]:
                terms[products[int(family.entry_columns[entry])]] = float(rate.entries[entry])
        highs.changeRowBounds(n, -np.inf, np.inf)
        sides, speeds = (low.row_lower[n], low.row_upper[n]), (rate.row_lower[n], rate.row_upper[n])
        _moving(session, terms, place, sides, speeds)
    moved = (rate.column_lower != 0.0) | (rate.column_upper != 0.0)
    for n in np.flatnonzero(moved & ~(whole & (decisions is not None))).tolist():
        highs.changeColBounds(n, -np.inf, np.inf)
        sides, speeds = (low.column_lower[n], low.column_upper[n]), (rate.column_lower[n], rate.column_upper[n])
        _moving(session, {n: 1.0}, place, sides, speeds)
    found = []
    for sign in (-1.0, 1.0) if ends == "both" else (-1.0,):
        cost = np.zeros(int(highs.getNumCol()))
        cost[place] = sign
        session.set_cost(cost)
        answer = session.run(interrupt=interrupt)
        if answer.status is Status.INFEASIBLE:
            return None
        outermost = length if sign > 0.0 else 0.0
        found.append(outermost if answer.bound is None else min(max(sign * answer.bound, 0.0), length))
    return family.group.low + found[0], family.group.low + found[-1]


def _product(session: Session, column: int, place: int, length: float) -> int:
    """A column that equals a yes-or-no column times the place."""
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
