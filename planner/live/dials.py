"""A dial: a named group of workbook cells that a person moves together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Settings = Mapping[str, float]
"""Where dials stand, by key, each in its own unit."""


@dataclass(frozen=True)
class Dial:
    """A group of cells given as a function of its setting.

    `changes` turns a setting into changes as `--set` takes them, nothing at `neutral` (current policy). `low` and
    `high` are the ends of its range. To be fitted in another process `changes` must be picklable: a method of a
    module's dataclass or a partial of a module's function.
    """

    key: str
    changes: Callable[[float], tuple[str, ...]]
    low: float
    high: float
    neutral: float
    unit: str = ""
    help: str = ""

    @property
    def size(self) -> float:
        """Length of the range."""
        return self.high - self.low


def complete(dials: Sequence[Dial], settings: Settings) -> dict[str, float]:
    """Every dial's setting, neutral where none is given. Raises KeyError for a dial that is not there."""
    known = {dial.key for dial in dials}
    for key in settings:
        if key not in known:
            message = f"there is no dial '{key}' among {', '.join(sorted(known)) or 'none'}"
            raise KeyError(message)
    return {dial.key: float(settings.get(dial.key, dial.neutral)) for dial in dials}


def changes_at(dials: Sequence[Dial], settings: Settings) -> tuple[str, ...]:
    """Changes of all dials together, in the order of the dials."""
    return tuple(change for dial in dials for change in dial.changes(settings[dial.key]))
