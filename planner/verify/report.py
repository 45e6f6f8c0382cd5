"""What the check found: one summary a check, one line a disagreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from planner.wording.figures import exact, power

Array: TypeAlias = npt.NDArray[np.float64]

TOLERANCE = 1e-6
"""Largest difference, relative to the natural scale of a quantity, that counts as agreement.

The natural scale is the largest of: the quantity itself, the largest entry or flow of its ledger, and one workbook
unit of its kind (:data:`PEOPLE`, :data:`MONEY`, :data:`PLAIN`). A solver keeps a row to 1e-7 (a whole number to
1e-6) of the units in which it counts, thousands of people and millions of dollars; a smaller scale would report the
solver's rounding as a fault. So a plan may be out by a thousandth of a person or by one dollar, never by more than
a millionth of what is at stake.
"""
PEOPLE = 1e3
MONEY = 1e6
PLAIN = 1.0
MOST_LINES = 40
"""Lines kept a check; further disagreements are counted only."""


@dataclass(frozen=True)
class Disagreement:
    """One disagreement. `period` is a period's or scope's name, empty where there is none."""

    check: str
    subject: str
    period: str
    claimed: float
    recomputed: float
    difference: float
    sentence: str

    def __str__(self) -> str:
        """Write the line for people."""
        when = f" in {self.period}" if self.period else ""
        return f"{self.check}: {self.subject}{when}: {self.sentence}"


@dataclass
class Summary:
    """A check's tally: `worst` is the largest difference relative to the natural scale."""

    check: str
    title: str
    comparisons: int = 0
    failures: int = 0
    worst: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing disagreed."""
        return self.failures == 0


@dataclass
class Report:
    """The outcome of a verification: a summary for every check, also the clean ones, and lines for what failed."""

    checks: dict[str, Summary] = field(default_factory=dict)
    lines: list[Disagreement] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every check agrees."""
        return all(check.ok for check in self.checks.values())

    @property
    def worst(self) -> float:
        """Largest difference relative to its natural scale."""
        return max((check.worst for check in self.checks.values()), default=0.0)

    @property
    def comparisons(self) -> int:
        """How many numbers were compared."""
        return sum(check.comparisons for check in self.checks.values())

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that failed, in order."""
        return tuple(name for name, check in self.checks.items() if not check.ok)

    def __str__(self) -> str:
        """Write one line a check, then the disagreements."""
        rows = [
            f"{'ok  ' if c.ok else 'FAIL'} {c.title}: {c.comparisons} comparisons, worst {power(c.worst)}"
            for c in self.checks.values()
        ]
        return "\n".join(rows + [str(line) for line in self.lines])


class CheckLog:
    """Where one check writes: comparisons go into its summary, disagreements into the report."""

    def __init__(self, report: Report, check: str, title: str, names: Sequence[str]) -> None:
        """Open the check's summary; `names` are the names of the periods."""
        self.report = report
        self.summary = report.checks.setdefault(check, Summary(check, title))
        self.names = names

    def _line(self, subject: str, period: str, claimed: float, recomputed: float, sentence: str) -> None:
        """Count a failure and keep its line."""
        self.summary.failures += 1
        if self.summary.failures <= MOST_LINES:
            difference = claimed - recomputed
            self.report.lines.append(
                Disagreement(self.summary.check, subject, period, claimed, recomputed, difference, sentence)
            )

    def fail(
        self, subject: str, sentence: str, period: str = "", claimed: float = 0.0, recomputed: float = 0.0
    ) -> None:
        """Report something that is wrong whatever the numbers."""
        self.summary.comparisons += 1
        self._line(subject, period, claimed, recomputed, sentence)

    def count(self, number: int = 1) -> None:
        """Count comparisons that agreed."""
        self.summary.comparisons += number

    def equal(
        self, subject: str, what: str, claimed: Array, recomputed: Array, scale: float, **options: object
    ) -> None:
        """Compare two rows of numbers; `scale` is the natural scale of the quantity."""
        self._check(subject, what, claimed, recomputed, np.abs(claimed - recomputed), scale, "but it comes to", options)

    def at_most(self, subject: str, what: str, left: Array, right: Array, scale: float, **options: object) -> None:
        """Check left <= right, number by number."""
        over = np.where(np.isposinf(right), 0.0, left - np.where(np.isposinf(right), 0.0, right))
        self._check(subject, what, left, right, np.maximum(0.0, over), scale, "above the limit of", options)

    def at_least(self, subject: str, what: str, left: Array, right: Array, scale: float, **options: object) -> None:
        """Check left >= right, number by number."""
        under = np.maximum(0.0, np.where(np.isneginf(right), 0.0, np.where(np.isneginf(right), 0.0, right) - left))
        self._check(subject, what, left, right, under, scale, "below the limit of", options)

    def _check(
        self, subject: str, what: str, left: Array, right: Array, apart: Array, scale: float, words: str,
        options: dict[str, object],
    ) -> None:  # fmt: skip
        """Tally; write a line for each number that is too far apart."""
        self.summary.comparisons += int(apart.size)
        if not apart.size:
            return
        natural = np.maximum(scale, np.abs(left))
        with np.errstate(invalid="ignore"):
            relative = apart / natural
        if not (np.isfinite(left).all() and np.isfinite(apart).all()):
            relative = np.where(np.isfinite(left) & np.isfinite(apart), relative, np.inf)
        self.summary.worst = max(self.summary.worst, float(relative.max()))
        labels = options.get("labels")
        for i in np.flatnonzero(relative > TOLERANCE):
            name = self._name(int(i), apart.size, labels)
            sentence = f"{what} is {exact(left[i], 8)}, {words} {exact(right[i], 8)}"
            self._line(subject, name, float(left[i]), float(right[i]), sentence)

    def _name(self, index: int, size: int, labels: object) -> str:
        """Name of the period that a number belongs to."""
        if isinstance(labels, (list, tuple)):
            return str(labels[index])
        return self.names[index] if size == len(self.names) else ""


Opener: TypeAlias = Callable[[str, str], CheckLog]
"""Opens the book of a check: (name, title)."""
