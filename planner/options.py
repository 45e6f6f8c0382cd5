"""How to solve: declared once, here; command-line flags, widgets and documentation are made from it."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from planner.wording.figures import typed

Method: TypeAlias = Literal["auto", "simplex", "ipm"]
METHODS: tuple[Method, ...] = ("auto", "simplex", "ipm")
GRIDS = ("phases", "default", "months")
GAP = 0.001
"""Gap unless asked otherwise, as a share of the points: a difference below it is no difference."""
_EVERY = re.compile(r"every (\d+(?:\.\d+)?) days?")


class OptionError(ValueError):
    """An option lies outside its range; the message says which one, and what may stand there."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What people need to know of one option: its flag, help, unit and range (inclusive), or its choices."""

    name: str
    flag: str
    help: str
    default: Any
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def _option(default: Any, help_text: str, flag: str = "", **more: Any) -> Any:
    """Make a dataclass field that carries its declaration."""
    return field(default=default, metadata={"help": help_text, "flag": flag, **more})


@dataclass(frozen=True, slots=True)
class Options:
    """How a case is solved. Raises :class:`OptionError` for a value outside its range.

    With one thread and the same seed the same workbook gives the same plan; more threads prove the same optimum, but
    where several plans are equally good another of them may come back.
    """

    gap: float = _option(GAP, "Stop when the plan is proven to be within this share of the best", low=0.0, high=1.0)
    time_limit: float = _option(
        600.0, "Stop after this long and keep the best plan found", unit="seconds", low=0.1, high=1e6
    )
    threads: int = _option(1, "Threads that the solver may use; one gives the same plan every time", low=1, high=256)
    seed: int = _option(1, "Seed of the solver's random choices", low=0, high=2_147_483_647)
    method: Method = _option(
        "auto",
        "How the first relaxation is solved: auto (interior point if it is large), simplex or ipm",
        choices=METHODS,
    )
    presolve: bool = _option(True, "Let the solver simplify the model first", flag="--presolve/--no-presolve")
    grid: str = _option("", "Periods: phases, default, months, or 'every N days'; blank: as the workbook says")

    def __post_init__(self) -> None:
        """Refuse values outside their range."""
        for declared in declarations():
            _check(declared, getattr(self, declared.name))
        if self.grid and self.grid not in GRIDS and not _is_even(self.grid):
            message = f"--grid must be one of {', '.join(GRIDS)} or 'every N days' with N from 1, not '{self.grid}'."
            raise OptionError(message)

    def as_record(self) -> dict[str, Any]:
        """Every option with its value, for the solve record."""
        return dataclasses.asdict(self)


def declarations() -> tuple[Declaration, ...]:
    """Every option in order."""
    return tuple(
        Declaration(
            name=item.name,
            flag=item.metadata["flag"] or "--" + item.name.replace("_", "-"),
            help=item.metadata["help"],
            default=item.default,
            **{k: v for k, v in item.metadata.items() if k not in ("help", "flag")},
        )
        for item in dataclasses.fields(Options)
    )


def declaration(name: str) -> Declaration:
    """The option of this name; KeyError if there is none."""
    for declared in declarations():
        if declared.name == name:
            return declared
    raise KeyError(name)


def _is_even(grid: str) -> bool:
    """Whether a grid is 'every N days' with N of at least one day."""
    found = _EVERY.fullmatch(grid)
    return found is not None and float(found.group(1)) >= 1.0


def _check(declared: Declaration, value: Any) -> None:
    """Refuse one value outside its range or choices."""
    unit = f" {declared.unit}" if declared.unit else ""
    if declared.choices and value not in declared.choices:
        message = f"{declared.flag} must be one of {', '.join(declared.choices)}, not '{value}'."
        raise OptionError(message)
    if declared.low is not None and not declared.low <= value:
        message = f"{declared.flag} must be at least {typed(declared.low)}{unit}, not {typed(value)}."
        raise OptionError(message)
    if declared.high is not None and not value <= declared.high:
        message = f"{declared.flag} must be at most {typed(declared.high)}{unit}, not {typed(value)}."
        raise OptionError(message)
