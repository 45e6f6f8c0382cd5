"""How to solve: declared once, here; command-line flags, widgets and documentation are made from it."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from planner.declaring import Declaration, OptionError, check_all, declaration_of, declarations_of, option

Method: TypeAlias = Literal["auto", "simplex", "ipm"]
METHODS: tuple[Method, ...] = ("auto", "simplex", "ipm")
GRIDS = ("phases", "default", "months")
GAP = 0.001
"""Gap unless asked otherwise, as a share of the points: a difference below it is no difference."""
_EVERY = re.compile(r"every (\d+(?:\.\d+)?) days?")


@dataclass(frozen=True, slots=True)
class Options:
    """How a case is solved. Raises :class:`OptionError` for a value outside its range.

    With one thread and the same seed the same workbook gives the same plan; more threads prove the same optimum, but
    where several plans are equally good another of them may come back. `declarations()` lists each option with its
    unit, range and default.

    Example:
        >>> planner.Options(gap=0.01, grid="phases").as_record()["gap"]
        0.01
    """

    gap: float = option(GAP, "Stop when the plan is proven to be within this share of the best", low=0.0, high=1.0)
    time_limit: float = option(
        600.0, "Stop after this long and keep the best plan found", unit="seconds", low=0.1, high=1e6
    )
    threads: int = option(1, "Threads that the solver may use; one gives the same plan every time", low=1, high=256)
    seed: int = option(1, "Seed of the solver's random choices", low=0, high=2_147_483_647)
    method: Method = option(
        "auto",
        "How the first relaxation is solved: auto (interior point if it is large), simplex or ipm",
        choices=METHODS,
    )
    presolve: bool = option(True, "Let the solver simplify the model first", flag="--presolve/--no-presolve")
    grid: str = option("", "Periods: phases, default, months, or 'every N days'; blank: as the workbook says")

    def __post_init__(self) -> None:
        """Refuse values outside their range."""
        check_all(self)
        if self.grid and self.grid not in GRIDS and not _is_even(self.grid):
            message = f"--grid must be one of {', '.join(GRIDS)} or 'every N days' with N from 1, not '{self.grid}'."
            raise OptionError(message)

    def as_record(self) -> dict[str, Any]:
        """Every option with its value, for the solve record.

        Returns:
            What JSON can hold, by the option's name.
        """
        return dataclasses.asdict(self)


def declarations() -> tuple[Declaration, ...]:
    """Every option in order."""
    return declarations_of(Options)


def declaration(name: str) -> Declaration:
    """The option of this name; KeyError if there is none."""
    return declaration_of(Options, name)


def _is_even(grid: str) -> bool:
    """Whether a grid is 'every N days' with N of at least one day."""
    found = _EVERY.fullmatch(grid)
    return found is not None and float(found.group(1)) >= 1.0
