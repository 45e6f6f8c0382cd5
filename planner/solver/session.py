"""One HiGHS session a case: the matrix is passed once, then only bounds, costs and right-hand sides change.

A session belongs to one thread at a time. Everything in and out is in the matrix's scaled units.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import highspy
import numpy as np

from models.matrix import Floats, Matrix
from planner.options import Options
from planner.plan import Status
from planner.progress import OnProgress, Progress
from planner.solver.health import measured
from planner.solver.threads import using
from planner.solver.ways import AS_ASKED, FAR_APART, OTHER_METHOD, OTHERWISE, WAYS, SolverFailedError, Way, is_ray
from planner.stops import Stop

LARGE = 20_000
"""Columns from which the first relaxation is solved by interior point with crossover."""

SMALL = 1_000
"""Columns up to which a search goes on to the very end, whatever gap was asked for, as long as that takes few nodes."""
NODES = 500
"""Nodes after which that is given up."""
GAPS, CLOSED = ("mip_rel_gap", "mip_abs_gap"), 1e-9
"""HiGHS's gaps, and the absolute one that is left when a search goes on to the end."""
PRICE = 1e-7
"""Prices and reduced costs below this are noise."""

ROUNDING = 1e-10
"""Gaps below this are rounding: a search that went on to the end, whose last bits hang on its path."""

_ENDS = highspy.HighsModelStatus
_STOPS = {
    _ENDS.kTimeLimit: Stop.TIME,
    _ENDS.kInterrupt: Stop.INTERRUPTED,
    _ENDS.kMemoryLimit: Stop.MEMORY,
}


class Interrupt(Protocol):
    """Whatever can be asked whether to stop, such as threading.Event."""

    def is_set(self) -> bool:
        """Whether somebody has asked to stop."""


@dataclass(frozen=True)
class Answer:
    """How a run ended. `values` are column values where a plan was found; `bound` is what no plan can pass.

    `disputed` says in words that another run claimed something else; `failure` that HiGHS failed in every
    way.
    """

    status: Status
    objective: float | None
    bound: float | None
    gap: float | None
    values: Floats | None
    stopped: Stop = Stop.NONE
    disputed: str = ""
    failure: str = ""


def relative_gap(objective: float, bound: float) -> float:
    """Distance between a plan and the bound, relative to the plan (absolute near zero)."""
    gap = abs(bound - objective) / max(abs(objective), 1e-9) if bound != objective else 0.0
    return gap if gap > ROUNDING else 0.0


class Session:
    """A model held by HiGHS, with the options of one run of the planner."""

    def __init__(self, matrix: Matrix, options: Options, *, named: bool = False, way: Way = AS_ASKED) -> None:
        """Pass the matrix, with its names where somebody will read them, and set the options."""
        self.matrix, self.options, self.way = matrix, options, way
        self.highs = highspy.Highs()
        self.highs.setOptionValue("log_to_console", False)
        for name, value in {
            "threads": options.threads,
            "random_seed": options.seed,
            "mip_rel_gap": options.gap,
            "mip_abs_gap": CLOSED,
            "mip_feasibility_tolerance": 1e-6,
            "primal_feasibility_tolerance": 1e-8,
            "dual_feasibility_tolerance": 1e-8,
            "small_matrix_value": 1e-12,
        }.items():
            self.highs.setOptionValue(name, value)
        self.highs.passModel(as_lp(matrix, named=named))
        self.integer = bool(matrix.whole.any())
        self.found: Callable[[Floats], None] | None = None  # hears of every better plan of a search
        self.warm = False

    def set_cost(self, cost: Floats, offset: float = 0.0) -> None:
        """Replace the objective."""
        n = len(cost)
        self.highs.changeColsCost(n, np.arange(n, dtype=np.int32), np.asarray(cost, dtype=float))
        self.highs.changeObjectiveOffset(offset)

    def set_columns(self, lower: Floats, upper: Floats) -> None:
        """Replace all column bounds."""
        n = len(lower)
        self.highs.changeColsBounds(n, np.arange(n, dtype=np.int32), np.asarray(lower, float), np.asarray(upper, float))

    def add_row(self, coefficients: Floats, lower: float, upper: float) -> None:
        """Add a row, such as an earlier level of the objective that has to be kept."""
        used = np.flatnonzero(coefficients).astype(np.int32)
        self.highs.addRow(lower, upper, len(used), used, coefficients[used])

    def add_terms(self, terms: dict[int, float], lower: float, upper: float) -> None:
        """Add a row given as coefficients by column number."""
        numbers = np.array(list(terms), dtype=np.int32)
        self.highs.addRow(lower, upper, len(numbers), numbers, np.array(list(terms.values()), dtype=float))

    def add_column(self, cost: float) -> int:
        """Add a column from nought up and return its number."""
        number = int(self.highs.getNumCol())
        self.highs.addCol(cost, 0.0, highspy.kHighsInf, 0, np.array([], dtype=np.int32), np.array([], dtype=float))
        return number

    def fix_whole(self, values: Floats) -> None:
        """Fix every whole column at its rounded value; what is left is a linear programme.

        `values` may go on with columns that a session has added: those are none of the model's.
        """
        lower, upper = self.matrix.column_lower.copy(), self.matrix.column_upper.copy()
        whole = self.matrix.whole
        lower[whole] = upper[whole] = np.round(values[: len(whole)][whole])
        self.set_columns(lower, upper)
        self.relax()

    def relax(self) -> None:
        """Let whole columns take any value between their bounds."""
        whole = np.flatnonzero(self.matrix.whole).astype(np.int32)
        self.highs.changeColsIntegrality(len(whole), whole, np.full(len(whole), highspy.HighsVarType.kContinuous))
        self.integer = False

    def keep_optimal(self) -> None:
        """Narrow the linear programme just solved to its optimal plans, exactly, by complementary slackness.

        Every column with a reduced cost stays where it is and every row with a price stays tight, so that whatever is
        sought next cannot lower the objective.
        """
        solution = self.highs.getSolution()
        values, costs = np.array(solution.col_value), np.array(solution.col_dual)
        held = np.flatnonzero(np.abs(costs) > PRICE).astype(np.int32)
        self.highs.changeColsBounds(len(held), held, values[held], values[held])
        activity, prices = np.array(solution.row_value), np.array(solution.row_dual)
        tight = np.flatnonzero(np.abs(prices) > PRICE).astype(np.int32)
        self.highs.changeRowsBounds(len(tight), tight, activity[tight], activity[tight])

    def start_from(self, values: Floats) -> None:
        """Offer a plan to start from."""
        solution = highspy.HighsSolution()
        solution.col_value = list(values)
        self.highs.setSolution(solution)

    def run(
        self,
        on_progress: OnProgress | None = None,
        interrupt: Interrupt | None = None,
        *,
        time_limit: float | None = None,
        presolve: bool | None = None,
    ) -> Answer:
        """Solve what the session holds.

        That there is no plan, or no limit, is claimed only if a run in another way says so too, and where the figures
        lie far apart a third. Raises :class:`SolverFailedError` where HiGHS fails in every way.
        """
        limit = self.options.time_limit if time_limit is None else time_limit
        if self.integer and self.small and self.options.gap > 0.0 and max(self._gaps()) > CLOSED:
            finished = self._to_the_end(on_progress, interrupt, limit, presolve)
            if finished is not None:
                return finished
        way = self.way if presolve is None else replace(self.way, presolve=presolve)
        answer = self._try(way, on_progress, interrupt, limit)
        if answer.status in (Status.INFEASIBLE, Status.UNBOUNDED):
            ways = [OTHERWISE, OTHER_METHOD] if measured(self.matrix).poor else [OTHERWISE]
            answer = self._confirmed(answer, [w for w in ways if w != way], on_progress, interrupt, limit)
        self.warm = not self.integer and answer.status is Status.OPTIMAL
        return answer

    def _try(self, way: Way, tell: OnProgress | None, interrupt: Interrupt | None, limit: float) -> Answer:
        """Run in one way, and in others from scratch where HiGHS fails: a fault must never look like a time limit."""
        for number, one in enumerate([way, *(w for w in WAYS if w != way)]):
            if number:
                self.highs.clearSolver()
            self._set(one, limit)
            watch = _Watch(self.highs, tell, interrupt, integer=self.integer, found=self.found)
            with using(self.options.threads) as threads, watch:
                self.highs.setOptionValue("threads", threads)
                if self.highs.run() != highspy.HighsStatus.kError:
                    return self._answer(watch)
        end = self.highs.modelStatusToString(self.highs.getModelStatus())
        message = f"HiGHS failed on this case ({end}), in {len(WAYS)} ways. {FAR_APART}"
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
            self.highs.clearSolver()
        for name, value in {
            "solver": method,
            "presolve": "on" if wanted else "off",
            "simplex_scale_strategy": way.scaling,
            "random_seed": (self.options.seed + way.seed) % 2_147_483_647,
            "time_limit": self.highs.getRunTime() + limit,
        }.items():
            self.highs.setOptionValue(name, value)

    def _confirmed(
        self, answer: Answer, ways: list[Way], tell: OnProgress | None, interrupt: Interrupt | None, limit: float
    ) -> Answer:
        """A claim that there is no plan, or no limit, repeated in other ways; what contradicts it is told."""
        for way in ways:
            self.highs.clearSolver()
            other = self._try(way, tell, interrupt, limit)
            if other.status is answer.status:
                continue
            if other.status is Status.NO_PLAN:
                return other
            said = f"One run of the solver said '{answer.status}', another ({way.name}) '{other.status}'."
            if other.values is None:  # neither claim stands
                return Answer(Status.NO_PLAN, None, None, None, None, Stop.DISPUTE, said)
            return replace(other, disputed=said)
        if answer.status is Status.UNBOUNDED and not self.grows_without_end():
            said = (
                "The solver said 'unbounded', but no direction in which the plan could grow without end bears it out."
            )
            return Answer(Status.NO_PLAN, None, None, None, None, Stop.DISPUTE, said)
        return answer

    def grows_without_end(self) -> bool:
        """Whether the solver shows a direction without end that, recomputed, keeps every row and earns points."""
        lp = self.highs.getLp()
        lp.integrality_ = []
        relaxed = highspy.Highs()
        relaxed.setOptionValue("log_to_console", False)
        for name, value in {"presolve": "off", "solver": "simplex", "small_matrix_value": 1e-12}.items():
            relaxed.setOptionValue(name, value)
        relaxed.passModel(lp)
        relaxed.run()
        _, has, found = relaxed.getPrimalRay()
        return bool(has) and is_ray(lp, np.array(found))

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

    def _to_the_end(
        self, on_progress: OnProgress | None, interrupt: Interrupt | None, limit: float, presolve: bool | None
    ) -> Answer | None:
        """Search a small model until nothing better is left, which no path of the solver changes.

        Where the gap stays open the path decides which of the plans within it is found. None where the nodes did not
        suffice even for the gap that was asked for; what was found is offered to the next run.
        """
        asked = self._gaps()
        for name, gap in zip(GAPS, (0.0, CLOSED), strict=True):
            self.highs.setOptionValue(name, gap)
        self.highs.setOptionValue("mip_max_nodes", NODES)
        try:
            answer = self.run(on_progress, interrupt, time_limit=limit, presolve=presolve)
        finally:
            for name, gap in zip(GAPS, asked, strict=True):
                self.highs.setOptionValue(name, gap)
            self.highs.setOptionValue("mip_max_nodes", highspy.kHighsIInf)
        size = 0.0 if answer.objective is None else abs(answer.objective)
        if answer.gap is not None and (answer.gap <= asked[0] or answer.gap * size <= asked[1]):
            return replace(answer, status=Status.OPTIMAL, stopped=Stop.NONE)
        if answer.status in (Status.FEASIBLE, Status.NO_PLAN) and answer.stopped not in (Stop.TIME, Stop.INTERRUPTED):
            if answer.values is not None:
                self.start_from(answer.values)
            return None
        return answer

    def _answer(self, watch: _Watch) -> Answer:
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
        return Answer(status, objective, bound, gap, values, stopped)

    def _which(self, end: highspy.HighsModelStatus) -> Answer:
        """Tell unbounded from infeasible: without an objective only infeasibility is left."""
        if end == _ENDS.kUnbounded:
            return Answer(Status.UNBOUNDED, None, None, None, None)
        cost = np.array(self.highs.getLp().col_cost_)
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


class _Watch:
    """Listens to a run: reports progress and passes on the wish to stop."""

    def __init__(
        self,
        highs: highspy.Highs,
        tell: OnProgress | None,
        interrupt: Interrupt | None,
        *,
        integer: bool,
        found: Callable[[Floats], None] | None = None,
    ) -> None:
        self.highs, self.tell, self.interrupt, self.integer, self.found = highs, tell, interrupt, integer, found
        self.started = time.monotonic()
        self.last = 0.0
        self.bound: float | None = None
        self.hooks: list[tuple[highspy.HighsCallback, Callable[[highspy.HighsCallbackEvent], None]]] = []

    def __enter__(self) -> None:
        stops = (self.highs.cbMipInterrupt, self.highs.cbSimplexInterrupt, self.highs.cbIpmInterrupt)
        self.hooks = [(hook, self._stop) for hook in stops]
        self.hooks.append((self.highs.cbMipLogging, self._news))
        if self.found is not None and self.integer:
            self.hooks.append((self.highs.cbMipImprovingSolution, self._better))
        for hook, listener in self.hooks:
            hook.subscribe(listener)

    def __exit__(self, *_: object) -> None:
        for hook, listener in self.hooks:
            hook.unsubscribe(listener)

    def _stop(self, event: highspy.HighsCallbackEvent) -> None:
        if self.interrupt is not None and self.interrupt.is_set():
            event.interrupt()
        elapsed = time.monotonic() - self.started
        if self.tell is not None and elapsed - self.last > 1.0:
            self.last = elapsed
            if not self.integer:
                self.tell(Progress("solve", elapsed=elapsed))

    def _better(self, event: highspy.HighsCallbackEvent) -> None:
        if self.found is not None:
            self.found(np.array(event.data_out.mip_solution))

    def _news(self, event: highspy.HighsCallbackEvent) -> None:
        out = event.data_out
        bound, best = float(out.mip_dual_bound), float(out.mip_primal_bound)
        self.bound = bound if math.isfinite(bound) else None
        if self.tell is None:
            return
        incumbent = best if math.isfinite(best) else None
        gap = relative_gap(best, bound) if incumbent is not None and self.bound is not None else None
        self.tell(Progress("solve", "", incumbent, self.bound, gap, time.monotonic() - self.started))


def as_lp(matrix: Matrix, *, named: bool = False) -> highspy.HighsLp:
    """Matrix as HiGHS holds it, with readable names if they are wanted."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(matrix.cost), len(matrix.row_lower)
    lp.col_cost_, lp.offset_, lp.sense_ = matrix.cost, matrix.offset, highspy.ObjSense.kMaximize
    lp.col_lower_, lp.col_upper_ = matrix.column_lower, matrix.column_upper
    lp.row_lower_, lp.row_upper_ = matrix.row_lower, matrix.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.starts, matrix.columns, matrix.values
    if matrix.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(w)] for w in matrix.whole]
    if named:
        lp.col_names_, lp.row_names_ = list(matrix.column_names), list(matrix.row_names)
    return lp
