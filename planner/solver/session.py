"""One search session a case: the matrix is passed once, then only bounds, costs and right-hand sides change.

A session belongs to one thread at a time. Everything in and out is in the matrix's scaled units.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import highspy
import numpy as np

from models.matrix import Floats, Matrix
from planner.options import Options
from planner.plan import Status
from planner.run.stops import Stop
from planner.solver.answers import Answer, relative_gap
from planner.solver.health import measured
from planner.solver.loaded import LoadedModel, numbers_of
from planner.solver.rays import grows_without_end
from planner.solver.runs import RunContext
from planner.solver.threads import using
from planner.solver.watching import Watch
from planner.solver.ways import (
    AS_ASKED,
    FAR_APART,
    OTHER_METHOD,
    OTHERWISE,
    WAYS,
    SolverFailedError,
    Way,
    other_than,
)

LARGE = 20_000
"""Columns from which the first relaxation is solved by interior point with crossover."""

SMALL = 1_000
"""Columns up to which a search goes on to the very end, whatever gap was asked for, as long as that takes few nodes."""
NODES = 500
"""Nodes after which that is given up."""
GAPS, CLOSED = ("mip_rel_gap", "mip_abs_gap"), 1e-9
"""HiGHS's gaps, and the absolute one that is left when a search goes on to the end."""
INTEGRALITY = {True: 1e-6, False: 1e-8}
"""How far from a whole number a decision may lie, with presolve and without.

HiGHS without presolve lost the best plan where a limit of 6,000 hung on a decision that may be off by a millionth.
"""

ROUNDING = 1e-10
"""A gap that is none to speak of."""

GUESSES = (
    "mip_heuristic_run_rins", "mip_heuristic_run_rens", "mip_heuristic_run_feasibility_jump",
    "mip_heuristic_run_root_reduced_cost", "mip_detect_symmetry", "mip_allow_restart",
)  # fmt: skip
"""What HiGHS does to find plans and shrink the model: half of a search's time where a good plan is known."""
STRATEGIES = {"dual": 1, "primal": 4}
"""Values of the solver's option simplex_strategy."""

_ENDS = highspy.HighsModelStatus
_STOPS = {
    _ENDS.kTimeLimit: Stop.TIME,
    _ENDS.kInterrupt: Stop.INTERRUPTED,
    _ENDS.kMemoryLimit: Stop.MEMORY,
}


class Session(LoadedModel):
    """A model held by HiGHS, with the options of one run of the planner."""

    def __init__(self, matrix: Matrix, options: Options, *, named: bool = False, way: Way = AS_ASKED) -> None:
        """Pass the matrix, with its names where somebody will read them, and set the options."""
        super().__init__(
            {
                "threads": options.threads,
                "random_seed": options.seed,
                "mip_rel_gap": options.gap,
                "mip_abs_gap": CLOSED,
                "mip_feasibility_tolerance": INTEGRALITY[True],
                "primal_feasibility_tolerance": 1e-8,
                "dual_feasibility_tolerance": 1e-8,
                "small_matrix_value": 1e-12,
            }
        )
        self.matrix, self.options, self.way = matrix, options, way
        self.load(matrix, named=named)
        self.integer = bool(matrix.integer.any())
        self.found: Callable[[Floats], None] | None = None  # hears of every better plan of a search
        self.warm = False

    def fix_integers(self, values: Floats) -> None:
        """Fix every integer column at its rounded value; what is left is a linear programme.

        `values` may go on with columns that a session has added: those are none of the model's.
        """
        lower, upper = self.matrix.column_lower.copy(), self.matrix.column_upper.copy()
        integer = self.matrix.integer
        lower[integer] = upper[integer] = np.round(values[: len(integer)][integer])
        self.set_columns(lower, upper)
        self.relax()

    def relax(self, *, relaxed: bool = True) -> None:
        """Let integer columns take any value between their bounds, or integer ones only again."""
        self.set_integrality(numbers_of(self.matrix.integer), integer=not relaxed)
        self.integer = not relaxed and bool(self.matrix.integer.any())

    def start_from(self, values: Floats) -> None:
        """Offer a plan to start from (a warm start, MIP start)."""
        solution = highspy.HighsSolution()
        solution.col_value = list(values)
        self.highs.setSolution(solution)

    # how a search goes about it

    def set_gaps(self, *, relative: float | None = None, absolute: float | None = None) -> None:
        """Distance from the bound at which a search may end; what is None stays."""
        for name, gap in zip(GAPS, (relative, absolute), strict=True):
            if gap is not None:
                self.highs.setOptionValue(name, gap)

    def limit_nodes(self, nodes: int | None) -> None:
        """End a search after so many nodes; None: never."""
        self.highs.setOptionValue("mip_max_nodes", highspy.kHighsIInf if nodes is None else nodes)

    def guess(self, *, on: bool) -> None:
        """Let a search use heuristics, symmetry and restarts, or spare them beside a start known to be good."""
        for name in GUESSES:
            self.highs.setOptionValue(name, on)

    def spare_restarts(self) -> None:
        """Let a search go on without restarts: many small searches lose more by them than they save."""
        self.highs.setOptionValue("mip_allow_restart", False)

    def simplex(self, strategy: Literal["dual", "primal"]) -> None:
        """Which simplex method solves linear programmes: primal where only the cost is new since the last."""
        self.highs.setOptionValue("simplex_strategy", STRATEGIES[strategy])

    def run(
        self, run: RunContext | None = None, *, time_limit: float | None = None, presolve: bool | None = None
    ) -> Answer:
        """Solve what the session holds; `run` hears how far it has come, and may stop it.

        A search in a reduced model whose plans did not keep the rows is not believed: one without presolve follows.
        That there is no plan, or no limit, is claimed only if a run in another way says so too, and where the figures
        lie far apart a third. Raises :class:`SolverFailedError` where HiGHS fails in every way.
        """
        limit = self.options.time_limit if time_limit is None else time_limit
        run = run or RunContext(self.options)
        if self.integer and self.small and self.options.gap > 0.0 and max(self._gaps()) > CLOSED:
            finished = self._to_the_end(run, limit, presolve)
            if finished is not None:
                return finished
        way = self.way if presolve is None else replace(self.way, presolve=presolve)
        began = time.monotonic()
        answer, way = self._try([way, *(w for w in WAYS if w != way)], run, limit)
        if answer.repaired and answer.values is not None:
            left = max(1.0, limit - (time.monotonic() - began))
            answer = self._unreduced(answer, run, left)
        if answer.status in (Status.INFEASIBLE, Status.UNBOUNDED):
            other = other_than(presolve=self.options.presolve if way.presolve is None else way.presolve)
            others = [w for w in (other, OTHER_METHOD) if w != way]
            agreeing = len(others) if measured(self.matrix).poor else 1
            answer = self._confirmed(answer, others, agreeing, run, limit)
        self.warm = not self.integer and answer.status is Status.OPTIMAL
        return answer

    def _unreduced(self, answer: Answer, run: RunContext, limit: float) -> Answer:
        """The search again without presolve, from the plan that was found; its bound alone counts."""
        assert answer.values is not None
        self.forget()
        self.start_from(answer.values)
        other, _ = self._try([OTHERWISE, OTHER_METHOD], run, limit)
        if other.values is None:
            stopped = other.stopped or Stop.WIDER
            other = replace(answer, status=Status.FEASIBLE, bound=other.bound, gap=None, stopped=stopped)
        return replace(other, repaired=answer.repaired)

    def _try(self, ways: Sequence[Way], run: RunContext, limit: float) -> tuple[Answer, Way]:
        """Run in the first way, in the next from scratch where HiGHS fails or gives up, and say which one answered.

        Neither may look like a time limit. Raises SolverFailedError where HiGHS fails in all of them.
        """
        gave_up: Answer | None = None
        for number, way in enumerate(ways):
            if number:
                self.forget()
            self._set(way, limit)
            watch = Watch(self.highs, run, integer=self.integer, found=self.found)
            with using(self.options.threads) as threads, watch:
                self.highs.setOptionValue("threads", threads)
                if self.highs.run() != highspy.HighsStatus.kError:
                    answer = self._answer(watch)
                    if answer.stopped is not Stop.FAILURE:
                        return answer, way
                    gave_up = answer
        if gave_up is not None:
            return gave_up, ways[-1]
        end = self.highs.modelStatusToString(self.highs.getModelStatus())
        message = f"HiGHS failed on this case ({end}), in {len(ways)} ways. {FAR_APART}"
        raise SolverFailedError(message)

    def _set(self, way: Way, limit: float) -> None:
        """Set the options of a run."""
        wanted = self.options.presolve if way.presolve is None else way.presolve
        method = way.method if way.method is not None and not self.integer else self.options.method
        if method == "auto":
            large = len(self.matrix.cost) >= LARGE and not self.integer and not self.warm
            method = "ipm" if large else "choose"
        if int(self.highs.getOptionValue("simplex_scale_strategy")[1]) != way.scaling:
            # what HiGHS keeps from a run is scaled in that run's way: read in another it gives a wrong 'optimal'
            self.forget()
        for name, value in {
            "solver": method,
            "presolve": "on" if wanted else "off",
            "mip_feasibility_tolerance": INTEGRALITY[wanted],
            "simplex_scale_strategy": way.scaling,
            "random_seed": (self.options.seed + way.seed) % 2_147_483_647,
            "time_limit": self.highs.getRunTime() + limit,
        }.items():
            self.highs.setOptionValue(name, value)

    def _confirmed(self, answer: Answer, ways: list[Way], agreeing: int, run: RunContext, limit: float) -> Answer:
        """A claim that there is no plan, or no limit, repeated until so many other ways agree; a contradiction is told.

        A way in which the solver fails or gives up says nothing, and the next is tried: none stands in for another, so
        that no run agrees with itself.
        """
        agreed = 0
        for way in ways:
            if agreed == agreeing:
                break
            self.forget()
            try:
                other, _ = self._try([way], run, limit)
            except SolverFailedError:
                continue
            if other.status is answer.status:
                agreed += 1
                continue
            if other.stopped is Stop.FAILURE:
                continue
            if other.status is Status.NO_PLAN:
                return other
            said = f"One run of the solver said '{answer.status}', another ({way.name}) '{other.status}'."
            if other.values is None:  # neither claim stands
                return Answer(Status.NO_PLAN, None, None, None, None, Stop.DISPUTE, said)
            return replace(other, disputed=said)
        if not agreed:
            return Answer(Status.NO_PLAN, None, None, None, None, Stop.FAILURE)
        if answer.status is Status.UNBOUNDED and not self.grows_without_end():
            said = (
                "The solver said 'unbounded', but no direction in which the plan could grow without end bears it out."
            )
            return Answer(Status.NO_PLAN, None, None, None, None, Stop.DISPUTE, said)
        return answer

    def grows_without_end(self) -> bool:
        """Whether the solver shows a direction without end that, recomputed, keeps every row and earns points."""
        return grows_without_end(self.highs.getLp())

    @property
    def small(self) -> bool:
        """Whether the model is one of those whose searches go on to the end."""
        return len(self.matrix.cost) <= SMALL

    @property
    def enough(self) -> float:
        """Gap at which a search may be ended from outside: none to speak of where it goes on to the end."""
        return min(self.options.gap, ROUNDING) if self.small else self.options.gap

    def _gaps(self) -> tuple[float, float]:
        """The relative and the absolute gap that HiGHS has been asked for."""
        return tuple(float(self.highs.getOptionValue(name)[1]) for name in GAPS)  # type: ignore[return-value]

    def _to_the_end(self, run: RunContext, limit: float, presolve: bool | None) -> Answer | None:
        """Search a small model until nothing better is left, which no path of the solver changes.

        Where the gap stays open the path decides which of the plans within it is found. None where the nodes did not
        suffice even for the gap that was asked for; what was found is offered to the next run.
        """
        asked = self._gaps()
        self.set_gaps(relative=0.0, absolute=CLOSED)
        self.limit_nodes(NODES)
        try:
            answer = self.run(run, time_limit=limit, presolve=presolve)
        finally:
            self.set_gaps(relative=asked[0], absolute=asked[1])
            self.limit_nodes(None)
        size = 0.0 if answer.objective is None else abs(answer.objective)
        if answer.gap is not None and (answer.gap <= asked[0] or answer.gap * size <= asked[1]):
            return replace(answer, status=Status.OPTIMAL, stopped=Stop.NONE)
        if answer.status in (Status.FEASIBLE, Status.NO_PLAN) and answer.stopped not in (Stop.TIME, Stop.INTERRUPTED):
            if answer.values is not None:
                self.start_from(answer.values)
            return None
        return answer

    def _answer(self, watch: Watch) -> Answer:
        """Read the end of a run."""
        end, info = self.highs.getModelStatus(), self.highs.getInfo()
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if end == _ENDS.kInfeasible:
            return Answer(Status.INFEASIBLE, None, None, None, None)
        if end in (_ENDS.kUnbounded, _ENDS.kUnboundedOrInfeasible):
            return self._which(end)
        stopped = _STOPS.get(end, Stop.NONE if found else Stop.FAILURE)
        if not found:
            return Answer(Status.NO_PLAN, None, watch.bound, None, None, stopped)
        values = np.array(self.highs.getSolution().col_value)
        objective = float(info.objective_function_value)
        bound = float(info.mip_dual_bound) if self.integer else (objective if end == _ENDS.kOptimal else math.inf)
        gap = relative_gap(objective, bound)
        status = Status.OPTIMAL if end == _ENDS.kOptimal else Status.FEASIBLE
        return Answer(status, objective, bound, gap, values, stopped, repaired=watch.repaired)

    def _which(self, end: highspy.HighsModelStatus) -> Answer:
        """Tell unbounded from infeasible: without an objective only infeasibility is left."""
        if end == _ENDS.kUnbounded:
            return Answer(Status.UNBOUNDED, None, None, None, None)
        cost = self.costs()
        self.set_cost(np.zeros_like(cost))
        self.highs.run()
        infeasible = self.highs.getModelStatus() == _ENDS.kInfeasible
        self.set_cost(cost, self.matrix.offset)
        return Answer(Status.INFEASIBLE if infeasible else Status.UNBOUNDED, None, None, None, None)

    def ray(self) -> Floats | None:
        """Direction along which the objective grows without end, for an unbounded model."""
        self.highs.setOptionValue("presolve", "off")
        self.highs.setOptionValue("solver", "simplex")
        self.highs.run()
        _, has, values = self.highs.getPrimalRay()
        return np.array(values) if has else None
