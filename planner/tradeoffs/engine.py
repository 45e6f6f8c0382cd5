r"""Sub-problems of a front, run in HiGHS sessions that live as long as the front is sought.

The epsilon-constraint problem :math:`\max g_k : g_i \ge \varepsilon_i\ (i \ne k)` is the work-horse (Haimes 1971). That
its answer is not dominated is settled by augmentation (AUGMECON2, Mavrotas & Florios 2013): where all objectives take
whole values one run of :math:`M g_k + \sum_i g_i`, with M larger than the others' range, is exact; elsewhere see
:mod:`planner.tradeoffs.mixed`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np

from models.matrix import Floats
from planner.options import Options
from planner.plan import Status
from planner.run.stops import Stop
from planner.solver.answers import Answer
from planner.solver.loaded import Start
from planner.solver.runs import Interrupt
from planner.solver.session import SMALL, Session
from planner.tradeoffs.hull import SupportingCut
from planner.tradeoffs.mixed import Known, MixedPoint
from planner.tradeoffs.problem import MultiObjectiveProblem

PATTERNS = 64
"""Whole decisions whose last basis is kept, for the next linear programme with them."""

ITERATION, ENTRY, NODE = 1e-5, 8e-9, 3e-3
"""Seconds for a simplex iteration, for each coefficient in it, and for a node: measured once, used as a size."""

MOST_WEIGHT = 1e8
"""Largest value of an augmented whole objective; beyond it two runs keep the numbers small."""

ROOM = 1e-9
"""Relative room by which a floor at a known value is lowered, so that rounding cannot shut the known plan out."""


TOUCHES = 1e-7
"""A bound nearer to a point than this share of its value is the point's own value."""


@dataclass(frozen=True)
class SubproblemAnswer:
    """Answer of a sub-problem in inner units. `bound` limits the objective asked for; `rates` are duals of floors.

    `cuts` and `beside` (decision, point) are what a search has learnt on the way. `work` is how large it was: seconds
    by a stated rule, the same on every machine.
    """

    status: Status
    columns: Floats | None = None
    point: Floats | None = None
    bound: float = np.inf
    gap: float | None = None
    rates: Floats | None = None
    stopped: Stop = Stop.NONE
    runs: int = 0
    linear_runs: int = 0
    seconds: float = 0.0
    work: float = 0.0
    reached: float = 0.0
    cuts: tuple[SupportingCut, ...] = ()
    beside: tuple[tuple[Floats, Floats], ...] = ()


@dataclass
class Count:
    """Runs so far, and seconds inside the solver."""

    runs: int = 0
    linear: int = 0
    seconds: float = 0.0
    work: float = 0.0


@dataclass
class Engine:
    """Sessions of one process. Every question is answered from the same start, whatever was asked before."""

    problem: MultiObjectiveProblem
    options: Options
    interrupt: Interrupt | None = None
    ranges: Floats = field(init=False)
    count: Count = field(default_factory=Count)

    def __post_init__(self) -> None:
        """Hold the relaxation; the session with integer columns follows when it is needed."""
        self.ranges = np.ones(self.problem.size)
        self.linear = self._session(integer=False)
        self.integer: Session | None = None
        self.reaching: Session | None = None
        self.deadline = np.inf
        self.bases: dict[tuple[int, bytes], Start] = {}

    # questions

    def extent(self, k: int, sign: float) -> SubproblemAnswer:
        """Bound of one objective over the relaxation: the most (sign 1) or the least (sign -1)."""
        self._begin(np.inf)
        self.linear.forget()  # simplified anew: the basis of the opposite corner is a bad start
        self._prepare_linear(None, self._free())
        self.linear.set_cost(sign * self.problem.coefficients[k])
        answer = self.run(self.linear)
        value = np.inf if answer.objective is None else answer.objective
        return self._close(replace(self.as_found(answer, None), bound=sign * value))

    def best(
        self,
        k: int,
        floors: Floats,
        starts: list[Floats],
        ranges: Floats,
        span: tuple[Floats, Floats],
        limit: float,
        info: Known | None = None,
    ) -> SubproblemAnswer:
        """Best value of objective k above floors of the others, and among those plans one that nothing dominates."""
        self._begin(limit)
        self.ranges = ranges
        if not self.problem.integer:
            return self._close(self._linear_best(k, floors))
        if self.problem.discrete:
            return self._close(self._discrete_best(k, floors, starts, *span))
        return self._close(MixedPoint(self, k, floors, info or Known()).solve(starts))

    def weighted(self, weights: Floats, limit: float) -> SubproblemAnswer:
        """Vertex of a linear programme that is best for weights of the objectives."""
        self._begin(limit)
        self._prepare_linear(None, self._free())
        self.linear.set_cost(weights @ self.problem.coefficients)
        answer = self.run(self.linear)
        return self._close(self.as_found(answer, None))

    def reach(
        self, corner: Floats, ideal: Floats, starts: list[Floats], ranges: Floats, limit: float
    ) -> SubproblemAnswer:
        r"""Farthest step t with :math:`g \ge u + t\,(ideal - u)` (Pascoletti & Serafini 1984), made non-dominated."""
        self._begin(limit)
        self.ranges = ranges
        session = self._reaching_session(corner, ideal)
        if starts and self.problem.integer:
            session.forget()
            value = self.problem.values(starts[0])
            way = np.where(ideal > corner, ideal - corner, 1.0)
            session.start_from(np.append(starts[0], float(np.min((value - corner) / way))))
        answer = self.run(session)
        if answer.values is None:
            return self._close(SubproblemAnswer(answer.status, stopped=answer.stopped))
        first = answer.values[:-1]
        floors = self._below(self.problem.values(first))
        after = self.polished(None, floors, first) if self.problem.integer else self._linear_best(None, floors)
        if self.problem.integer and self.time_left() > 0.0:
            session = self.prepare_integer(floors, [first if after.columns is None else after.columns])
            session.set_cost(self.others(None))
            better = self.run(session)
            if better.values is not None:
                after = self.polished(None, floors, better.values)
        if after.columns is None:
            after = self.as_found(replace(answer, values=first), None)
        proven = Status.OPTIMAL if answer.status is Status.OPTIMAL else Status.FEASIBLE
        return self._close(replace(after, status=proven, gap=answer.gap, reached=float(answer.values[-1])))

    # whole objectives

    def _discrete_best(
        self, k: int, floors: Floats, starts: list[Floats], lowest: Floats, top: Floats
    ) -> SubproblemAnswer:
        """Augmented where one run is exact, else lexicographic."""
        c, exact = self.problem.coefficients, bool(self.problem.lattice.all())
        session = self.prepare_integer(floors, starts[:1])
        session.set_gaps(absolute=0.99 if exact else 1e-9)
        others = np.arange(self.problem.size) != k
        least = np.maximum(floors, lowest)[others]
        weight = 1.0 + float(np.sum(np.maximum(top[others] - least, 0.0)))
        if exact and weight * max(1.0, float(top[k] - lowest[k])) <= MOST_WEIGHT:
            session.set_cost(weight * c[k] + c[others].sum(axis=0))
            answer = self.run(session)
            best = np.inf if answer.bound is None else (answer.bound - float(least.sum())) / weight
            return self._whole_found(answer, k, float(np.floor(best + 1e-6)))
        session.set_cost(c[k])
        first = self.run(session)
        bound = np.inf if first.bound is None else first.bound
        found = self._whole_found(first, k, float(np.floor(bound + 1e-6)) if exact else bound)
        if found.status is not Status.OPTIMAL or found.columns is None or found.point is None:
            return found
        second = floors.copy()
        second[k] = found.point[k] if exact else found.point[k] - ROOM * max(1.0, abs(found.point[k]))
        session = self.prepare_integer(second, [found.columns])
        session.set_cost((c[others] / (1.0 if exact else self.ranges[others][:, None])).sum(axis=0))
        after = self._whole_found(self.run(session), k, found.bound)
        return after if after.columns is not None else replace(found, status=Status.FEASIBLE)

    def _whole_found(self, answer: Answer, k: int, bound: float) -> SubproblemAnswer:
        """Answer with integer columns rounded."""
        found = self.as_found(answer, None)
        if found.point is None or found.columns is None:
            return replace(found, bound=bound)
        proven = answer.status is Status.OPTIMAL
        value = float(found.point[k])
        if proven and self.options.gap == 0.0:
            bound = value
        return replace(found, bound=max(bound, value), gap=self.gap(k, value, max(bound, value)))

    # continuous objectives

    def _linear_best(self, k: int | None, floors: Floats) -> SubproblemAnswer:
        """Lexicographic optimum of a linear programme."""
        found = self.polished(k, floors, None)
        return found if k is None or found.point is None else replace(found, bound=float(found.point[k]), gap=0.0)

    def settle(self, k: int, floors: Floats, integer: Floats) -> Answer:
        """Best of objective k with integer columns fixed, from the basis with which these were left last."""
        key = (k, np.rint(integer[self.problem.matrix.integer]).astype(np.int64).tobytes())
        self._prepare_linear(integer, floors)
        last = self.bases.get(key) or next((b for (j, _), b in reversed(self.bases.items()) if j == k), None)
        if last is not None:
            self.linear.begin_from(last)
        self.linear.set_cost(self.problem.coefficients[k])
        answer = self.run(self.linear)
        if answer.status is Status.OPTIMAL:
            if len(self.bases) >= PATTERNS:
                del self.bases[next(iter(self.bases))]
            self.bases.pop(key, None)  # the last one goes to the end
            self.bases[key] = self.linear.basis()
        return answer

    def columns_of(self, k: int, floors: Floats, integer: Floats) -> Floats:
        """Plan with these integer decisions; only for decisions that :meth:`settle` has found a plan for."""
        answer = self.settle(k, floors, integer)
        return integer if answer.values is None else answer.values

    def floor_price(self, other: int) -> float:
        """Dual of the floor of an objective, after a linear programme."""
        return float(self.linear.row_duals()[len(self.problem.matrix.row_lower) + other])

    def polished(self, k: int | None, floors: Floats, integer: Floats | None) -> SubproblemAnswer:
        """Solve what is left with the integer columns fixed: objective k first, then the others together."""
        self._prepare_linear(integer, floors)
        if k is not None:
            self.linear.set_cost(self.problem.coefficients[k])
            first = self.run(self.linear)
            if first.status is not Status.OPTIMAL or first.values is None:
                return self.as_found(first, None)
            self.linear.keep_optimal()
        self.linear.set_cost(self.others(k))
        last = self.run(self.linear)
        if last.values is None and k is not None:
            last = first
        found = self.as_found(last, integer)
        if found.columns is None or found.point is None:
            return found
        return replace(found, rates=self.rates(found.columns, found.point))

    def rates(self, columns: Floats, point: Floats) -> Floats | None:
        """Duals of the floors beside a point: change of the first objective for each other one made better, or let go.

        Row 0 holds the price of more (not a number where there is no more), row 1 what less gives back. Both sides are
        asked for, since the linear programme is degenerate at a corner of the front.
        """
        fixed = columns if self.problem.integer else None
        rows, size = len(self.problem.matrix.row_lower), self.problem.size
        away = 1e-6 * np.maximum(self.ranges, 1e-9)
        result = np.full((2, size), np.nan)
        for side, i in [(1, 0), *((0, i) for i in range(1, size))]:
            floors = np.asarray(point - away)
            if side == 0:
                floors[i] = point[i] + away[i]
            floors[0] = -np.inf
            self._prepare_linear(fixed, floors)
            self.linear.set_cost(self.problem.coefficients[0])
            answer = self.run(self.linear, presolve=False)
            if answer.status is Status.OPTIMAL:
                duals = self.linear.row_duals()[rows : rows + size]
                if side == 0:
                    result[0, i] = -abs(duals[i])
                else:
                    result[1, 1:] = np.abs(duals[1:])
        return result

    # sessions

    def _session(self, *, integer: bool) -> Session:
        """Pass the matrix with one free row an objective."""
        matrix = self.problem.matrix
        session = Session(matrix if integer else replace(matrix, integer=np.zeros_like(matrix.integer)), self.options)
        for row in self.problem.coefficients:
            session.add_row(row, -np.inf, np.inf)
        return session

    def prepare_integer(self, floors: Floats, starts: list[Floats]) -> Session:
        """Session with integer columns, floors set, started from a plan where one is given."""
        if self.integer is None:
            self.integer = self._session(integer=True)
            if self.problem.discrete:  # many small searches: restarts cost them more than they save
                self.integer.spare_restarts()
        self.integer.forget()
        if not self.problem.discrete:  # heuristics cost more than they find beside a start that a neighbour has proven
            self.integer.guess(on=not starts)
        self._floor(self.integer, floors)
        if starts:
            self.integer.start_from(starts[0])
        return self.integer

    def _prepare_linear(self, integer: Floats | None, floors: Floats) -> None:
        """Relaxation with its own bounds again, integer columns fixed where a plan is given, and floors set."""
        matrix = self.problem.matrix
        lower, upper = matrix.column_lower.copy(), matrix.column_upper.copy()
        if integer is not None:
            lower[matrix.integer] = upper[matrix.integer] = np.rint(integer[matrix.integer])
        self.linear.set_columns(lower, upper)
        rows = len(matrix.row_lower)
        if rows:
            self.linear.bound_rows(np.arange(rows, dtype=np.int32), matrix.row_lower, matrix.row_upper)
        self._floor(self.linear, floors)

    def _floor(self, session: Session, floors: Floats) -> None:
        """Set the floors of all objectives."""
        rows, size = len(self.problem.matrix.row_lower), self.problem.size
        numbers = np.arange(rows, rows + size, dtype=np.int32)
        session.bound_rows(numbers, np.asarray(floors, dtype=float), np.full(size, np.inf))

    def _reaching_session(self, corner: Floats, ideal: Floats) -> Session:
        """Session that maximises the step t from a corner towards the ideal point."""
        size, rows, t = self.problem.size, len(self.problem.matrix.row_lower), len(self.problem.matrix.cost)
        if self.reaching is None:
            self.reaching = self._session(integer=self.problem.integer)
            self.reaching.set_cost(np.zeros(t))
            self.reaching.add_column(1.0, -np.inf)
        self._floor(self.reaching, corner)
        way = np.where(ideal > corner, ideal - corner, 0.0)
        for i in range(size):
            self.reaching.set_coefficient(rows + i, t, -float(way[i]))
        return self.reaching

    # small things

    def _free(self) -> Floats:
        return np.full(self.problem.size, -np.inf)

    def _below(self, point: Floats) -> Floats:
        """Floors at a known point, with room for rounding."""
        return np.asarray(point - 1e-7 * np.maximum(self.ranges, 1e-9))

    def others(self, k: int | None) -> Floats:
        """Sum of all objectives but k, each over its range."""
        keep = np.arange(self.problem.size) != (-1 if k is None else k)
        return np.asarray((self.problem.coefficients[keep] / self.ranges[keep][:, None]).sum(axis=0))

    def allowed(self, k: int, value: float) -> float:
        """Distance from a bound that the gap asked for leaves, inner units; none to speak of in small models."""
        gap = min(self.options.gap, TOUCHES) if len(self.problem.matrix.cost) <= SMALL else self.options.gap
        return gap * abs(self._natural(k, value)) / float(self.problem.units[k])

    def _natural(self, k: int, value: float) -> float:
        return float(self.problem.units[k] * value * self.problem.senses[k] + self.problem.constants[k])

    def gap(self, k: int, value: float, bound: float) -> float:
        """Distance to the bound, relative to the natural value."""
        gap = float(self.problem.units[k]) * (bound - value) / max(abs(self._natural(k, value)), 1e-9)
        return gap if gap > TOUCHES else 0.0

    def as_found(self, answer: Answer, integer: Floats | None) -> SubproblemAnswer:
        """Answer as a point, integer columns rounded."""
        if answer.values is None:
            return SubproblemAnswer(answer.status, stopped=answer.stopped)
        columns = answer.values[: len(self.problem.matrix.cost)].copy()
        mask = self.problem.matrix.integer
        columns[mask] = np.rint((columns if integer is None else integer)[mask])
        return SubproblemAnswer(
            answer.status, columns, self.problem.values(columns), gap=answer.gap, stopped=answer.stopped
        )

    def _begin(self, limit: float) -> None:
        self.count = Count()
        self.deadline = time.monotonic() + limit

    def time_left(self) -> float:
        """Seconds left for this question."""
        return self.deadline - time.monotonic()

    def run(self, session: Session, *, presolve: bool | None = None) -> Answer:
        """Run, and count it."""
        begin = time.perf_counter()
        limit = max(0.05, min(self.time_left(), self.options.time_limit))
        answer = session.run(None, self.interrupt, time_limit=limit, presolve=presolve)
        self.count.seconds += time.perf_counter() - begin
        steps, nodes = session.effort()
        self.count.work += steps * (ITERATION + ENTRY * len(self.problem.matrix.values)) + nodes * NODE
        if session.integer:
            self.count.runs += 1
        else:
            self.count.linear += 1
        return answer

    def _close(self, found: SubproblemAnswer) -> SubproblemAnswer:
        """Write the count into the answer."""
        count = self.count
        return replace(found, runs=count.runs, linear_runs=count.linear, seconds=count.seconds, work=count.work)
