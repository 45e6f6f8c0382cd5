"""One run of an analysis: its options, who listens to it, who may stop it, and the time it has left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

from planner.options import Options
from planner.run.progress import OnProgress, Progress, Stage
from planner.run.stops import Stop

if TYPE_CHECKING:
    from planner.solver.answers import Answer


class Interrupt(Protocol):
    """Whatever can be asked whether to stop, such as threading.Event."""

    def is_set(self) -> bool:
        """Whether somebody has asked to stop."""


class Searchable(Protocol):
    """Whatever can be run in a context: a session (:class:`planner.solver.session.Session`)."""

    def run(self, run: RunContext, *, time_limit: float | None, presolve: bool | None) -> Answer:
        """Solve what it holds."""


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

    @classmethod
    def of(cls, given: Options | RunContext | None, usual: Options | None = None) -> RunContext:
        """The run that is given, or one with these options (without any: the usual ones) that nobody listens to."""
        return given if isinstance(given, RunContext) else cls(given or usual or Options())

    def unheard(self, options: Options | None = None) -> RunContext:
        """The same wish to stop for a further question of which nobody hears, which has all of its time."""
        return replace(self.anew(options), tell=None)

    def anew(self, options: Options | None = None, seconds: float | None = None) -> RunContext:
        """The same listeners for a further question, which has all of its time; with other options where given."""
        return replace(
            self, options=options or self.options, seconds=seconds, begun=time.monotonic(), stopped=Stop.NONE
        )

    def solve(
        self, session: Searchable, limit: float | None = None, *, presolve: bool | None = None, heard: bool = False
    ) -> Answer:
        """Run a session, which stops when this run is interrupted; with `heard` its own news are passed on.

        `limit` are seconds; without them the session has the time limit of its options.
        """
        return session.run(self if heard else replace(self, tell=None), time_limit=limit, presolve=presolve)

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


Given: TypeAlias = Options | RunContext
"""How an analysis is told to work: by options alone, or by a run with listeners, a wish to stop and a time."""
