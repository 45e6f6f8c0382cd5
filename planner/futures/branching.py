r"""When futures part, and which decisions are taken before anybody can tell them apart.

A decision of period *t* is taken as *t* begins. Before the day on which a future shows, its decisions are those of all
futures that have not shown yet: they share one column (non-anticipativity by node-indexed variables; Rockafellar and
Wets 1991), so no equations are needed. What is held in common is what people commit themselves to: reforms, sites,
hires, training, programmes. Casework, visas, loans of staff and payments answer what happens, also in the first days;
with `common="activities"` their paces are held in common too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

import numpy as np

from models.build import Built
from models.grid import Grid
from models.linear import Key
from models.matrix import Floats
from planner.case import Case
from planner.futures.errors import FuturesError
from planner.tradeoffs.errors import meant

Common: TypeAlias = Literal["commitments", "activities"]
Decision: TypeAlias = tuple[str, Key]
"""A decision by the family and the key of its column: the same in every future."""

COMMITTED = frozenset({"programme", "hire", "train", "site", "reform", "raw"})
"""Kinds of rows that people commit themselves to."""
_PERIOD_AT = {"taken": 1, "level": 1, "runs": 1, "starts": 1, "stretch": 2, "full": 2}
"""Where the period stands in the key of each family of decisions."""
AS_IT_STANDS = ""
"""Name of the future in which nothing differs from the workbook."""


@dataclass(frozen=True)
class Branching:
    """When futures show. Days count from the first day of the plan; `own` are futures that show on another day."""

    day: float
    own: Mapping[str, float] = field(default_factory=dict)
    common: Common = "commitments"

    def shows(self, future: str) -> float:
        """Day on which a future can be told from the others."""
        return self.own.get(future, self.day)

    @property
    def first(self) -> float:
        """First day on which anything shows."""
        return min((self.day, *self.own.values()))


def branching_of(
    case: Case, branch: str = "", own: Mapping[str, str] | None = None, common: Common = "commitments"
) -> Branching:
    """Read when futures show: a phase's name (its first day), a date, or a day; blank for the second phase.

    With a single phase nothing can be decided later than its first day, so everything is common. Raises FuturesError
    for a phase or date that is not in the plan.
    """
    second = case.phases[1].start if len(case.phases) > 1 else math.inf
    day = day_of(case, branch) if branch else second
    return Branching(day, {name: day_of(case, text) for name, text in (own or {}).items()}, common)


def day_of(case: Case, text: str) -> float:
    """Day that a phase's name, a date or a number of days stands for."""
    wanted = text.strip()
    for phase in case.phases:
        if wanted.casefold() == phase.name.casefold():
            return phase.start
    day: float | None = None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", wanted):
        try:
            day = case.day(date.fromisoformat(wanted))
        except ValueError:
            day = None
    elif re.fullmatch(r"\d+", wanted):
        day = float(wanted)
    if day is None:
        names = [phase.name for phase in case.phases]
        message = f"'{text}' is no phase, date (as 2021-04-30) or number of days.{meant(wanted, names)}"
        raise FuturesError(message)
    if not 0.0 <= day < case.horizon:
        last = case.date(case.horizon - 1)
        message = f"'{text}' lies outside the plan, which goes from {case.origin} to {last}."
        raise FuturesError(message)
    return day


def decided_on(built: Built, common: Common) -> Floats:
    """Day of decision of every column that may be held in common; never (infinity) for all others."""
    days = np.full(len(built.frame.columns), np.inf)
    grid = built.frame.grid
    committed = {
        item.id
        for items in (built.frame.network.activities, built.frame.network.switches)
        for item in items
        if item.tags.get("kind") in COMMITTED or (common == "activities" and item.tags.get("kind") != "coalition")
    }
    for number, spec in enumerate(built.frame.columns):
        at = _PERIOD_AT.get(spec.family)
        if at is not None and spec.key[0] in committed:
            days[number] = grid.start(int(spec.key[at]))
    return days


def first_edge(grid: Grid, day: float) -> float:
    """First beginning of a period from a day on: when a decision can first answer what shows on that day."""
    return next((grid.start(t) for t in grid.periods if grid.start(t) >= day - 1e-9), grid.horizon)
