"""Linear programmes that follow the settings of dials: one HiGHS object each, always begun from one stored basis.

Every solve begins from the same basis whatever was solved before, so that the same settings give the same plan on any
way to them. Nothing here may be used by two threads at once: the engine that owns it holds a lock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import highspy
import numpy as np

from models.matrix import Floats
from planner.live.base import Ground
from planner.solver.session import PRICE, as_lp
from planner.solver.snapshots import ModelSnapshot, apply_diff
from planner.solver.threads import using

SECONDS = 20.0
"""Longest run of one linear programme."""
TOLERANCE = 1e-8
_OPTIMAL = highspy.HighsModelStatus.kOptimal
_EMPTY = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


class SolverFailedError(RuntimeError):
    """The solver ended without an answer; the message says how."""


@dataclass(frozen=True)
class Solved:
    """An optimum: objective in points, columns, and prices of rows and columns (scaled units)."""

    objective: float
    columns: Floats
    row_prices: Floats
    column_prices: Floats
    row_values: Floats


class Programme:
    """The model with whole columns free to take any value between their bounds, or held by who calls."""

    def __init__(self, ground: Ground, numbers: ModelSnapshot) -> None:
        """Pass the matrix once."""
        self.ground, self.now = ground, numbers
        self.n, self.m = len(numbers.cost), len(numbers.row_lower)
        self.last_cost = np.array(ground.extra.costs)
        self.highs = highspy.Highs()
        for name, value in {
            "output_flag": False, "log_to_console": False, "random_seed": 1, "solver": "simplex", "presolve": "off",
            "primal_feasibility_tolerance": TOLERANCE, "dual_feasibility_tolerance": TOLERANCE,
        }.items():  # fmt: skip
            self.highs.setOptionValue(name, value)
        self._load(numbers)
        self.basis: highspy.HighsBasis | None = None

    def _load(self, numbers: ModelSnapshot) -> None:
        """Hand over everything: the matrix, then what the tie rule adds."""
        self.highs.passModel(as_lp(self.ground.layout.matrix(numbers)))
        whole = self.ground.whole
        if len(whole):
            kinds = np.full(len(whole), highspy.HighsVarType.kContinuous)
            self.highs.changeColsIntegrality(len(whole), whole, kinds)
        none, nothing = np.zeros(0, dtype=np.int32), np.zeros(0)
        for _ in self.last_cost:
            self.highs.addCol(0.0, 0.0, highspy.kHighsInf, 0, none, nothing)
        for columns, values, lower, upper in self.ground.extra.rows:
            self.highs.addRow(lower, upper, len(columns), columns, values)

    def put(self, numbers: ModelSnapshot) -> None:
        """Move to other numbers; where an entry comes or goes everything is handed over, so that order stays order."""
        if np.any((self.now.entries == 0.0) != (numbers.entries == 0.0)):
            self._load(numbers)
        else:
            layout = self.ground.layout
            apply_diff(self.highs, self.now, numbers, layout.entry_rows, layout.entry_columns)
        self.now = numbers

    def solve(self, numbers: ModelSnapshot, *, sure: bool = False) -> Solved | None:
        """Best plan of these numbers, from the stored basis; None if there is none. Raises SolverFailedError.

        With `sure` a claim that there is none is tried once more from scratch.
        """
        self.put(numbers)
        self.highs.clearSolver()
        if self.basis is not None:
            self.highs.setBasis(self.basis)
        return self._run(sure=sure)

    def remember(self) -> None:
        """Keep the basis just found as the one that every solve begins from."""
        self.basis = self.highs.getBasis()

    def settle(self, solved: Solved) -> Floats:
        """The plan that the tie rule prefers among the best ones, just found."""
        before = self.now
        lower, upper = before.column_lower.copy(), before.column_upper.copy()
        held = np.abs(solved.column_prices) > PRICE
        lower[held] = upper[held] = solved.columns[held]
        row_lower, row_upper = before.row_lower.copy(), before.row_upper.copy()
        tight = np.abs(solved.row_prices) > PRICE
        row_lower[tight] = row_upper[tight] = solved.row_values[tight]
        pinned = ModelSnapshot(self.ground.tie_cost, 0.0, lower, upper, row_lower, row_upper, before.entries)
        self.put(pinned)
        self._price_extra(self.last_cost)
        try:
            found = self._run()
        finally:
            self._price_extra(np.zeros(len(self.last_cost)))
        if found is None:
            return solved.columns
        worth = float(before.cost @ found.columns) + before.offset
        near = worth >= solved.objective - 1e-7 * max(1.0, abs(solved.objective))
        return found.columns if near else solved.columns

    def _price_extra(self, costs: Floats) -> None:
        """Price what the tie rule adds."""
        if len(costs):
            used = np.arange(self.n, self.n + len(costs), dtype=np.int32)
            self.highs.changeColsCost(len(used), used, costs)

    def _run(self, *, sure: bool = False) -> Solved | None:
        """Run, and read the answer; an end that is neither an optimum nor to be trusted is tried again from scratch."""
        for again in (False, True):
            self.highs.setOptionValue("time_limit", self.highs.getRunTime() + SECONDS)
            with using(1) as threads:
                self.highs.setOptionValue("threads", threads)
                self.highs.run()
            status = self.highs.getModelStatus()
            if status == _OPTIMAL:
                solution = self.highs.getSolution()
                return Solved(
                    float(self.highs.getObjectiveValue()),
                    np.array(solution.col_value)[: self.n],
                    np.array(solution.row_dual)[: self.m],
                    np.array(solution.col_dual)[: self.n],
                    np.array(solution.row_value)[: self.m],
                )
            if again or (status in _EMPTY and not sure):
                break
            self.highs.clearSolver()
        if status in _EMPTY:
            return None
        raise SolverFailedError(self.highs.modelStatusToString(status))


class Clock:
    """Seconds by part."""

    def __init__(self) -> None:
        """Begin."""
        self.begun = self.last = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def lap(self, part: str) -> None:
        """Book what has passed since the last lap to a part."""
        now = time.perf_counter()
        self.seconds[part] = self.seconds.get(part, 0.0) + now - self.last
        self.last = now

    def total(self) -> dict[str, float]:
        """All parts and their sum."""
        return {**self.seconds, "total": time.perf_counter() - self.begun}
