"""What the engine says: figures that can be shown at once, and how far they can be from the best possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from models.matrix import Floats
from planner.live.meters import Meter
from planner.live.readings import Line

Status = Literal["found", "short", "none", "failed"]
"""found: a plan that keeps every limit. short: with the decisions held there is none. none: there is none at all.
failed: the workbook refuses the settings, or the solver failed."""

Route = Literal["lines", "compiled"]
"""How the numbers of the settings were had: along straight lines, or by compiling the workbook again (slower)."""


@dataclass(frozen=True)
class MarginalWorth:
    """What one more unit of a dial is worth at the margin: points, with the binary decisions held.

    `low` and `high` are settings between which this holds, None where they were not computed.
    """

    dial: str
    unit: str
    points: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Move:
    """One figure that differs from the answer before: an outcome, or what a row of the workbook gets."""

    kind: Literal["outcome", "row"]
    name: str
    label: str
    unit: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True)
class Shortage:
    """By how much one limit would have to give way in the nearest plan."""

    name: str
    amount: float
    unit: str
    sentence: str


@dataclass(frozen=True)
class LiveAnswer:
    """A first answer. `bound` is what no plan of these settings can pass; `gap` is relative to the objective.

    `meters`, `outcomes` and `columns` are those of the nearest plan where there is no plan (`short`, `none`).
    """

    settings: Mapping[str, float]
    status: Status
    sentence: str
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    outcomes: Mapping[str, float] = field(default_factory=dict)
    meters: Mapping[str, Meter] = field(default_factory=dict)
    worth: Mapping[str, MarginalWorth] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    shortages: tuple[Shortage, ...] = ()
    route: Route = "lines"
    seconds: Mapping[str, float] = field(default_factory=dict)
    columns: Floats | None = field(default=None, repr=False, compare=False)
    figures: Mapping[Line, float] = field(default_factory=dict, repr=False, compare=False)
