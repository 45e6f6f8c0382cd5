"""Linear programmes that follow the settings of dials, always begun from one stored basis.

Every solve begins from the same basis whatever was solved before, so that the same settings give the same plan on any
way to them. Nothing here may be used by two threads at once: the engine that owns it holds a lock.
"""

from __future__ import annotations

import time

import numpy as np

from models.matrix import Floats
from planner.live.base import ModelStructure
from planner.solver.answers import Optimum
from planner.solver.linear import LinearSession, RunEnd
from planner.solver.snapshots import ModelSnapshot
from planner.solver.ways import SolverFailedError

SECONDS = 20.0
"""Longest run of one linear programme."""


class RelaxedLP(LinearSession):
    """The model with integer columns free to take any value between their bounds, or held by who calls."""

    def __init__(self, structure: ModelStructure, numbers: ModelSnapshot) -> None:
        """Pass the matrix once."""
        super().__init__(SECONDS)
        self.structure = structure
        self._lay_out(numbers)

    def _lay_out(self, numbers: ModelSnapshot) -> None:
        """Hand over everything: the matrix, then what the tie rule adds."""
        layout = self.structure.layout
        self.load_relaxed(layout.matrix(numbers), self.structure.integer)
        self.structure.ties.hold_to_previous(self, 0.0)
        self.follow(numbers, layout.entry_rows, layout.entry_columns)

    def move(self, numbers: ModelSnapshot) -> None:
        """Move to other numbers; where an entry comes or goes everything is handed over, so that order stays order."""
        assert self.now is not None
        if np.any((self.now.entries == 0.0) != (numbers.entries == 0.0)):
            self._lay_out(numbers)
        else:
            self.put(numbers)

    def solve(self, numbers: ModelSnapshot, *, sure: bool = False) -> Optimum | None:
        """Best plan of these numbers, from the stored basis; None if there is none. Raises SolverFailedError.

        With `sure` a claim that there is none is tried once more from scratch.
        """
        self.move(numbers)
        self.restart()
        return self._best(sure=sure)

    def settle(self, best: Optimum) -> Floats:
        """Columns of the plan that the tie rule prefers among those as good as the optimum just found."""
        ties, before = self.structure.ties, self.now
        assert before is not None
        self.move(ties.face(before, best))
        ties.price_changes(self, on=True)
        try:
            found = self._best()
        finally:
            ties.price_changes(self, on=False)
        if found is None:
            return best.values
        worth = float(before.cost @ found.values) + before.offset
        near = worth >= best.objective - 1e-7 * max(1.0, abs(best.objective))
        return found.values if near else best.values

    def _best(self, *, sure: bool = False) -> Optimum | None:
        """Run, and read the answer; an end that is neither an optimum nor to be trusted is tried again from scratch."""
        for again in (False, True):
            end = self.run()
            if end is RunEnd.OPTIMAL:
                return self.optimum().of(len(self.structure.ties.cost), len(self.structure.layout.like.row_lower))
            if again or (end is RunEnd.EMPTY and not sure):
                break
            self.forget()
        if end is RunEnd.EMPTY:
            return None
        raise SolverFailedError(self.said)


class PartClock:
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
