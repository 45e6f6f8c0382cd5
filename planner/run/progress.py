"""What a solve tells while it runs, and how a terminal shows it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Literal, TypeAlias

from planner.decimals import decimal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

Stage: TypeAlias = Literal[
    "read", "validate", "compile", "build", "presolve", "solve", "extract", "compare", "verify", "write"
]

STAGES: dict[Stage, str] = {
    "read": "Reading the workbook",
    "validate": "Checking the workbook",
    "compile": "Compiling the sheets",
    "build": "Building the model",
    "presolve": "Simplifying the model",
    "solve": "Searching for the best plan",
    "extract": "Reading the plan",
    "compare": "Comparing with doing nothing",
    "verify": "Checking the plan independently",
    "write": "Writing the plan",
}
"""Every stage in order, in words."""

EVERY = 10.0
"""Seconds between two lines about the same stage where there is no terminal."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of a solve.

    `incumbent` is the objective of the best plan so far, `bound` what no plan can pass, `gap` their relative distance
    (all None until known), `elapsed` seconds since the solve began. `message` adds a few words, such as sizes; `kept`
    says that something is found which outlives a stop.
    """

    stage: Stage
    message: str = ""
    incumbent: float | None = None
    bound: float | None = None
    gap: float | None = None
    elapsed: float = 0.0
    kept: bool = False


OnProgress: TypeAlias = Callable[[Progress], None]
"""What listens to a solve. It is called in the thread that solves and must be quick."""


def describe(progress: Progress) -> str:
    """Put one moment into words, without the time."""
    parts = [STAGES[progress.stage]]
    if progress.incumbent is not None:
        parts.append(f"best plan {decimal(progress.incumbent, 6)}")
    if progress.bound is not None:
        parts.append(f"bound {decimal(progress.bound, 6)}")
    if progress.gap is not None and progress.gap < 10.0:
        parts.append(f"gap {progress.gap:.2%}")
    if progress.message:
        parts.append(progress.message)
    return " · ".join(parts)


@dataclass
class Display:
    """Shows progress on a console: one live line on a terminal, plain lines elsewhere, nothing if quiet.

    Use as a context manager and pass :meth:`show` as the listener.
    """

    console: Console
    quiet: bool = False
    _started: float = field(default_factory=time.monotonic)
    _last: Progress | None = None
    _printed_at: float = 0.0
    _live: Live | None = None

    def __enter__(self) -> Display:
        """Start the live line."""
        self._started = time.monotonic()
        if not self.quiet and self.console.is_terminal:
            from rich.live import Live

            self._live = Live(
                console=self.console, get_renderable=self._line, refresh_per_second=8, transient=True,
                redirect_stdout=False, redirect_stderr=False,
            )  # fmt: skip
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the live line."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    @property
    def elapsed(self) -> float:
        """Seconds since the display began."""
        return time.monotonic() - self._started

    def show(self, progress: Progress) -> None:
        """Take note of a moment; print it where no live line does."""
        news = self._last is None or self._last.stage != progress.stage
        changed = self._last is not None and describe(self._last) != describe(progress)
        self._last = progress
        if self.quiet or self._live is not None:
            return
        if news or (changed and self.elapsed - self._printed_at >= EVERY):
            self._printed_at = self.elapsed
            self.say(f"{self.elapsed:6.1f} s  {describe(progress)}")

    def say(self, sentence: str) -> None:
        """Print a sentence beside the live line, unless quiet."""
        if not self.quiet:
            self.console.print(sentence, highlight=False, markup=False, soft_wrap=True)

    def _line(self) -> Text:
        """Draw the live line."""
        from rich.text import Text

        turn = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"[int(self.elapsed * 8) % 10]
        words = describe(self._last) if self._last is not None else "Starting"
        return Text(f"{turn} {self.elapsed:5.1f} s  {words}", no_wrap=True, overflow="ellipsis")
