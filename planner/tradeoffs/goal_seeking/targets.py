"""Targets, what can be had of each, and the answer to a goal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.matrix import Floats
from planner.cells.meanings import number_of
from planner.plan import Status
from planner.run.stops import Stop
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.sweeping.curves import Allocation
from planner.wording.figures import finite

ROOM = 1e-6
"""Share of a value that rounding may take when it is held for the next step."""
_TARGET = re.compile(r"(?P<name>.*?)\s*(?P<sense>>=|<=|≥|≤|=)\s*(?P<value>[^<>=]*)")


@dataclass(frozen=True)
class Target:
    """An outcome that has to reach a value (`>=`) or to stay below one (`<=`)."""

    outcome: str
    sense: str
    value: float

    def met(self, value: float) -> bool:
        """Whether a value reaches it, up to rounding."""
        room = 10.0 * ROOM * max(1e-6, abs(self.value))
        return value >= self.value - room if self.sense == ">=" else value <= self.value + room


@dataclass(frozen=True)
class Attained:
    """A target with what can be had of it: `alone` without regard to the others, with the status of that search.

    `bound` is what no plan can pass. `reached` is its value in the plan that is returned, None without one.
    """

    target: Target
    unit: str
    now: float | None
    alone: float | None
    bound: float | None
    status: Status
    reached: float | None = None

    @property
    def out_of_reach(self) -> bool:
        """Whether it is proven that no plan reaches the target, whatever the other targets."""
        if self.status is Status.INFEASIBLE:
            return True
        return self.bound is not None and np.isfinite(self.bound) and not self.target.met(self.bound)


@dataclass(frozen=True)
class Goal:
    """The answer to a goal.

    `sought` is a resource or an outcome, `value` its least or most with `bound` and `gap`; None where no plan reaches
    all targets. Then `nearest` holds what the plan nearest to all targets reaches (least shares of shortfall). `before`
    and `after` are outcomes and resources of the workbook's own plan and of this one; `worse` are the outcomes that
    lose by it, those that lose the largest share first.
    """

    sought: str
    most: bool
    unit: str
    targets: tuple[Attained, ...]
    status: Status
    value: float | None
    bound: float | None
    gap: float | None
    now: float | None
    nearest: Mapping[str, float]
    before: Allocation
    after: Allocation
    used_before: Mapping[str, float] = field(default_factory=dict)
    used_after: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    worse: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True
    stopped: Stop = Stop.NONE
    seconds: float = 0.0
    columns: Floats | None = field(default=None, repr=False, compare=False)

    @property
    def reached(self) -> bool:
        """Whether a plan reaches all targets."""
        return self.value is not None

    def to_json(self) -> dict[str, Any]:
        """Everything but the columns, for a file."""
        return {
            "sought": self.sought, "most": self.most, "unit": self.unit, "status": str(self.status),
            "value": finite(self.value), "bound": finite(self.bound), "gap": finite(self.gap), "now": finite(self.now),
            "targets": [
                {"outcome": a.target.outcome, "sense": a.target.sense, "asked": a.target.value, "unit": a.unit,
                 "now": a.now, "attainable": finite(a.alone), "bound": finite(a.bound), "status": str(a.status),
                 "out_of_reach": a.out_of_reach, "reached": finite(a.reached)} for a in self.targets
            ],
            "nearest": dict(self.nearest), "outcomes_now": dict(self.before.outcomes),
            "outcomes": dict(self.after.outcomes), "used_now": dict(self.used_before), "used": dict(self.used_after),
            "amounts": {f"{s}!{r}": v for (s, r), v in self.after.amounts.items() if v},
            "money": {f"{s}!{r}": v for (s, r), v in self.after.money.items() if v},
            "units": dict(self.units), "worse": list(self.worse),
            "notes": list(self.notes), "complete": self.complete, "stopped": self.stopped,
            "seconds": self.seconds,
        }  # fmt: skip


def parse_target(text: str) -> Target:
    """Read `OUTCOME>=VALUE` or `OUTCOME<=VALUE`.

    Args:
        text: As it is typed; the value in the outcome's unit.

    Returns:
        The target.

    Raises:
        TradeoffError: It says how to write it.

    Example:
        >>> planner.tradeoffs.parse_target("safe years >= 50000")
        Target(outcome='safe years', sense='>=', value=50000.0)
    """
    found = _TARGET.fullmatch(text.strip())
    form = "Write it as 'safe years>=80000' or 'years waiting<=9000'."
    if not found or not found["name"]:
        message = f"'{text}' is not a target. {form}"
        raise TradeoffError(message)
    if found["sense"] == "=":
        message = f"'{text}': say whether the value is to be reached (>=) or not to be passed (<=). {form}"
        raise TradeoffError(message)
    try:
        value = number_of(found["value"])
    except ValueError as error:
        message = f"'{text}': {error} {form}"
        raise TradeoffError(message) from error
    return Target(found["name"].strip(), ">=" if found["sense"] in (">=", "≥") else "<=", value)
