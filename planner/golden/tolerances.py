"""How far a figure may move before it counts: shares for figures, days for dates, by group or by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from planner.cells.meanings import number_of, two_readings

GROUPS = ("status", "objective", "outcomes", "money", "totals", "countries", "switches", "rules", "size")
"""Groups of figures in the order in which they are told."""

DEFAULTS: Mapping[str, float] = {
    "objective": 1e-6, "outcomes": 1e-6, "money": 1e-6, "totals": 1e-6, "countries": 1e-6,
    "switches": 0.0, "rules": 1e-6, "size": 0.0,
}  # fmt: skip
"""Tolerance of each group where nothing else is said: a share of the figure, for switches days."""

FLOOR = 1e-6
"""Figures closer than this are the same whatever their size: one US dollar, a millionth of a person."""

IGNORE = float("inf")
"""Tolerance of what is not compared."""


class ToleranceError(ValueError):
    """A tolerance that cannot be understood; the message says what may stand there."""


@dataclass(frozen=True)
class Tolerances:
    """Stated tolerances by path, such as 'outcomes' or 'outcomes/safe years'; the longest path that fits counts."""

    stated: Mapping[str, float] = field(default_factory=dict)

    def of(self, group: str, *path: str) -> float:
        """Tolerance of a figure: the stated one that fits best, else the default of its group."""
        stated = self.explicit(group, *path)
        return DEFAULTS.get(group, 0.0) if stated is None else stated

    def explicit(self, group: str, *path: str) -> float | None:
        """Tolerance that somebody stated for a figure, its name or its group; None where nobody did."""
        steps = (group, *path)
        for length in range(len(steps), 0, -1):
            found = self.stated.get("/".join(steps[:length]))
            if found is not None:
                return found
        return None

    def over(self, other: Tolerances) -> Tolerances:
        """These tolerances over others, which fill in where these say nothing."""
        return Tolerances({**other.stated, **self.stated})


def parse(words: Iterable[str]) -> Tolerances:
    """Read tolerances such as 'outcomes=1%', 'outcomes/safe years=0.02', 'switches=30' (days) or 'size=ignore'.

    Raises:
        ToleranceError: a word that names no group, or a value that is no share.
    """
    stated = {}
    for word in words:
        path, mark, value = word.rpartition("=")
        group = path.partition("/")[0].strip()
        if not mark or group not in DEFAULTS:
            message = (
                f"--tolerance '{word}' names no group of figures. Write it as 'outcomes=1%' or "
                f"'outcomes/safe years=0.02'; the groups are {', '.join(DEFAULTS)}."
            )
            raise ToleranceError(message)
        stated["/".join(part.strip() for part in path.split("/"))] = _value(word, value.strip())
    return Tolerances(stated)


def _value(word: str, value: str) -> float:
    """A share, a percentage, days, or 'ignore'."""
    if value == "ignore":
        return IGNORE
    try:
        number = number_of(value)
    except ValueError as error:
        if two_readings(value):
            message = f"--tolerance '{word}': {error}"
            raise ToleranceError(message) from error
        number = -1.0
    if not 0.0 <= number < IGNORE:
        message = f"--tolerance '{word}' must end in a share such as 0.02 or 2%, in days for switches, or in 'ignore'."
        raise ToleranceError(message)
    return number


def as_stored(tolerances: Tolerances) -> dict[str, float | str]:
    """Tolerances as a golden file holds them: JSON knows no infinity."""
    return {k: "ignore" if v == IGNORE else v for k, v in sorted(tolerances.stated.items())}
