"""Listening to a run of HiGHS: its progress, its better plans, what it had to repair, and the wish to stop."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable

import highspy
import numpy as np

from models.matrix import Floats
from planner.run.progress import Progress
from planner.solver.answers import relative_gap
from planner.solver.runs import RunContext

REPAIRED = re.compile(r"\s*Repair LPs\s+(\d+)")
"""The line of HiGHS's report with the number of plans of its reduced model that did not keep the model's own rows."""


class Watch:
    """Listens to a run: reports progress and passes on the wish to stop.

    `bound` is the last that was heard of. `repaired` counts the plans that kept the model as HiGHS had reduced it but
    not the model itself: HiGHS puts others in their place and closes the part of the search where they stood.
    """

    def __init__(
        self,
        highs: highspy.Highs,
        run: RunContext,
        *,
        integer: bool,
        found: Callable[[Floats], None] | None = None,
    ) -> None:
        """Begin the clock; `found` hears of every better plan of a search."""
        self.highs, self.run, self.integer, self.found = highs, run, integer, found
        self.started = time.monotonic()
        self.last = 0.0
        self.bound: float | None = None
        self.repaired = 0
        self.hooks: list[tuple[highspy.HighsCallback, Callable[[highspy.HighsCallbackEvent], None]]] = []

    def __enter__(self) -> None:
        """Listen."""
        stops = (self.highs.cbMipInterrupt, self.highs.cbSimplexInterrupt, self.highs.cbIpmInterrupt)
        self.hooks = [(hook, self._stop) for hook in stops]
        self.hooks.append((self.highs.cbMipLogging, self._news))
        if self.integer:  # a linear programme has no plans to repair, and thousands are solved one after the other
            self.hooks.append((self.highs.cbLogging, self._report))
        if self.found is not None and self.integer:
            self.hooks.append((self.highs.cbMipImprovingSolution, self._better))
        for hook, listener in self.hooks:
            hook.subscribe(listener)

    def __exit__(self, *_: object) -> None:
        """Listen no longer."""
        for hook, listener in self.hooks:
            hook.unsubscribe(listener)

    def _stop(self, event: highspy.HighsCallbackEvent) -> None:
        if self.run.interrupted:
            event.interrupt()
        elapsed = time.monotonic() - self.started
        if self.run.tell is not None and elapsed - self.last > 1.0:
            self.last = elapsed
            if not self.integer:
                self.run.tell(Progress("solve", elapsed=elapsed))

    def _better(self, event: highspy.HighsCallbackEvent) -> None:
        if self.found is not None:
            self.found(np.array(event.data_out.mip_solution))

    def _report(self, event: highspy.HighsCallbackEvent) -> None:
        line = REPAIRED.match(event.message)
        if line is not None:
            self.repaired = int(line[1])

    def _news(self, event: highspy.HighsCallbackEvent) -> None:
        out = event.data_out
        bound, best = float(out.mip_dual_bound), float(out.mip_primal_bound)
        self.bound = bound if math.isfinite(bound) else None
        if self.run.tell is None:
            return
        incumbent = best if math.isfinite(best) else None
        gap = relative_gap(best, bound) if incumbent is not None and self.bound is not None else None
        self.run.tell(Progress("solve", "", incumbent, self.bound, gap, time.monotonic() - self.started))
