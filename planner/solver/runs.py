"""One run of an analysis: its options, who listens to it, who may stop it, and the time it has left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol

from planner.options import Options
from planner.run.progress import OnProgress, Progress, Stage
from planner.run.stops import Stop


class Interrupt(Protocol):
    """Whatever can be asked whether to stop, such as threading.Event."""

    def is_set(self) -> bool:
        """Whether somebody has asked to stop."""


def interrupted(interrupt: Interrupt | None) -> bool:
    """Whether somebody has asked to stop."""
    return interrupt is not None and interrupt.is_set()


@dataclass
class RunContext:
    """What every step of one analysis shares; its clock runs from its making.

    `seconds` is the time that it has: without it the time limit of the options. `stopped` says why it had to end.
    """

    options: Options = field(default_factory=Options)
    tell: OnProgress | None = None
    interrupt: Interrupt | None = None
    seconds: float | None = None
    begun: float = field(default_factory=time.monotonic)
    stopped: Stop = Stop.NONE

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.begun

    @property
    def left(self) -> float:
        """Seconds left; nought or less where the time is over."""
        return (self.options.time_limit if self.seconds is None else self.seconds) - self.elapsed

    @property
    def interrupted(self) -> bool:
        """Whether somebody has asked to stop."""
        return interrupted(self.interrupt)

    def over(self) -> bool:
        """Whether the analysis has to end now; says why in `stopped`, the first reason for good."""
        if not self.stopped:
            self.stopped = Stop.INTERRUPTED if self.interrupted else Stop.TIME if self.left <= 0.0 else Stop.NONE
        return bool(self.stopped)

    def say(self, words: str, stage: Stage = "solve", *, kept: bool = False) -> None:
        """Tell whoever listens what is being done, and whether there is something that outlives a stop."""
        if self.tell is not None:
            self.tell(Progress(stage, words, elapsed=self.elapsed, kept=kept))
