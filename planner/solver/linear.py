"""Linear programmes that answer at once: one HiGHS object each, always begun from one stored basis.

Every run begins from the same basis whatever was solved before, so that the same numbers give the same plan on any way
to them. There is no listening, no second way and no claim of impossibility confirmed elsewhere: what a lever moves has
to be answered in milliseconds.
"""

from __future__ import annotations

from enum import Enum

import highspy

from models.matrix import Integers, Matrix
from planner.solver.loaded import LoadedModel, Start
from planner.solver.threads import using

TOLERANCE = 1e-8
_ENDS = highspy.HighsModelStatus


class RunEnd(Enum):
    """How a run ended: with an optimum, without any plan, or without an answer (time, numeric trouble)."""

    OPTIMAL = "optimal"
    EMPTY = "no plan"
    FAILED = "no answer"


ENDS = {_ENDS.kOptimal: RunEnd.OPTIMAL, _ENDS.kInfeasible: RunEnd.EMPTY, _ENDS.kUnboundedOrInfeasible: RunEnd.EMPTY}


class LinearSession(LoadedModel):
    """A linear programme solved by the simplex method without presolve, in one thread."""

    def __init__(self, seconds: float) -> None:
        """Open an empty one; `seconds` is the longest time of a run."""
        super().__init__(
            {
                "output_flag": False, "random_seed": 1, "solver": "simplex", "presolve": "off",
                "primal_feasibility_tolerance": TOLERANCE, "dual_feasibility_tolerance": TOLERANCE,
            }
        )  # fmt: skip
        self.seconds = seconds
        self.start: Start | None = None

    def load_relaxed(self, matrix: Matrix, integers: Integers) -> None:
        """Hand over a matrix, its integer columns free to take any value between their bounds."""
        self.load(matrix)
        if len(integers):
            self.set_integrality(integers, integer=False)

    def restart(self) -> None:
        """Let the next run begin from the stored basis, or from nothing where there is none."""
        self.forget()
        if self.start is not None:
            self.begin_from(self.start)

    def remember(self) -> None:
        """Keep the basis just found as the one that every run begins from."""
        self.start = self.basis()

    def run(self) -> RunEnd:
        """Solve what is held."""
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + self.seconds)
        with using(1) as threads:
            self.highs.setOptionValue("threads", threads)
            self.highs.run()
        return ENDS.get(self.highs.getModelStatus(), RunEnd.FAILED)

    @property
    def said(self) -> str:
        """How the last run ended, in HiGHS's words."""
        return str(self.highs.modelStatusToString(self.highs.getModelStatus()))
