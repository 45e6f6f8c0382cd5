"""What a workbook says, as plain arrays and short lists: who does what to which balance, and within which limits.

The readers in this package fill a :class:`Inputs` from the typed rows; the checks replay a plan in it. Ids are those of
the plan's tables. Money in USD, people in persons, staff in full-time equivalents, time in days from the origin.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from planner.case import Case
from planner.sheets import Places, Reforms
from planner.sheets.declare import Row
from planner.verify.calendar import Calendar, Flow
from planner.verify.integrals import Delay, Lasting
from planner.verify.report import MONEY, PEOPLE, PLAIN, Array

Tags = dict[str, str]
AT_ONCE = Delay()
ALWAYS = (-math.inf, math.inf)


@dataclass(frozen=True)
class RecipeLine:
    """One line of a recipe; `effective` reads the level after the curve."""

    ledger: str
    verb: str
    quantity: float
    profile: Delay | Lasting = AT_ONCE
    effective: bool = False


@dataclass
class Activity:
    """Something done: limits are units a year by period, `window` the days on which it can happen."""

    id: str
    tags: Tags
    lower: Array
    upper: Array
    window: tuple[float, float] = ALWAYS
    unit_cost: float = 0.0
    lines: list[RecipeLine] = field(default_factory=list)
    growth: float | None = None
    growth_base: float = 0.0
    decline: float | None = None
    curve: tuple[tuple[float, float], ...] = ()
    least_scale: float = 0.0
    start_cost: float = 0.0
    running_cost: float = 0.0
    integer: bool = False
    at_start: bool = False
    decided: str = "period"
    needs: tuple[str, ...] = ()
    scale: float = PLAIN

    @property
    def runs(self) -> bool:
        """Whether being open at all is a yes or no."""
        return bool(self.least_scale or self.start_cost or self.running_cost)


@dataclass
class Stock:
    """A balance; `loss` is a rate a year, on the opening only if `on_opening`; `unit` is its natural scale."""

    id: str
    tags: Tags
    opening: float = 0.0
    flows: list[Flow] = field(default_factory=list)
    loss: float = 0.0
    on_opening: bool = False
    loss_to: tuple[tuple[str, float], ...] = ()
    carry: dict[float, float] = field(default_factory=dict)
    breaks: tuple[float, ...] = ()
    lower: float | None = 0.0
    lower_from: float = 0.0
    upper: float | None = None
    upper_from: float = 0.0
    disposable: bool = False
    holding_cost: float = 0.0
    limit: float | None = None
    right: bool = False
    age: float = 0.0
    unit: float = PLAIN


@dataclass
class Capacity:
    """Something occupied and given back."""

    id: str
    tags: Tags
    opening: float = 0.0
    loss: float = 0.0
    ceiling: float = 1.0


@dataclass
class Switch:
    """A yes or no: `forced` and `barred` are stretches of days from sheet Overrides."""

    id: str
    tags: Tags
    windows: list[tuple[float, float]] = field(default_factory=list)
    by_phase: bool = True
    lead: float = 0.0
    must: bool = False
    already: bool = False
    after: list[tuple[str, float]] = field(default_factory=list)
    excludes: tuple[str, ...] = ()
    levels: list[tuple[str, float]] = field(default_factory=list)
    cost: float = 0.0
    running_cost: float = 0.0
    forced: list[tuple[float, float]] = field(default_factory=list)
    barred: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Effect:
    """What a switch does to a balance or capacity once in force (a charge: on the day of the decision)."""

    switch: str
    verb: str
    ledger: str
    quantity: float
    profile: Delay | Lasting = AT_ONCE


@dataclass
class Account:
    """Who may pay what: `bills` are the bills of sheet rows that it allows."""

    id: str
    window: tuple[float, float]
    bills: frozenset[str] = frozenset()
    match_ratio: float | None = None
    match_basis: tuple[str, ...] = ()


@dataclass
class Inputs:
    """Everything that the checks need from the workbook."""

    case: Case
    calendar: Calendar
    activities: dict[str, Activity] = field(default_factory=dict)
    stocks: dict[str, Stock] = field(default_factory=dict)
    capacities: dict[str, Capacity] = field(default_factory=dict)
    switches: dict[str, Switch] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    requires: list[tuple[str, str, float]] = field(default_factory=list)
    softened: list[tuple[str, float, tuple[str, ...]]] = field(default_factory=list)
    open_days: list[tuple[str, str, str]] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)

    def country(self, place: str) -> str:
        """Country of a place; a country is its own."""
        row = self.case.find(Places, place)
        return "" if row is None else row.country or row.place

    def switch_named(self, name: str) -> str:
        """Id of what a Needs column names: a reform or the opening of a site."""
        return f"reform:{name}" if self.case.find(Reforms, name) is not None else f"open:{name}"

    def rates(self, value: float | None, blank: float) -> Array:
        """Limit a year, the same in every period."""
        return np.full(len(self.calendar), blank if value is None else float(value))

    @cached_property
    def bills(self) -> dict[str, Tags]:
        """Tags of everything that can cost money."""
        found = {d.id: d.tags for d in self.activities.values() if d.unit_cost or d.start_cost or d.running_cost}
        found |= {s.id: s.tags for s in self.switches.values() if s.cost or s.running_cost}
        return found | {s.id: s.tags for s in self.stocks.values() if s.holding_cost}

    @cached_property
    def into(self) -> dict[str, list[tuple[Activity, RecipeLine]]]:
        """Recipe lines by the ledger that they touch."""
        found: dict[str, list[tuple[Activity, RecipeLine]]] = defaultdict(list)
        for activity in self.activities.values():
            for line in activity.lines:
                found[line.ledger].append((activity, line))
        return found

    @cached_property
    def effects_on(self) -> dict[str, list[Effect]]:
        """Effects by the ledger that they touch."""
        found: dict[str, list[Effect]] = defaultdict(list)
        for effect in self.effects:
            found[effect.ledger].append(effect)
        return found

    def subject(self, kind: str, row: Row, **tags: str) -> Tags:
        """Tags of a subject: its kind, sheet and row, and what the sheet says of it."""
        known = {name: value for name, value in tags.items() if value}
        return {"kind": kind, "sheet": row.SHEET, "row": row.id, **known}


def rate_of(share: float, days: float = 365.0) -> float:
    """Rate a year of a share lost within so many days."""
    return 0.0 if share == 0.0 else -math.log(1.0 - share) * 365.0 / days


__all__ = [
    "ALWAYS",
    "MONEY",
    "PEOPLE",
    "PLAIN",
    "Account",
    "Activity",
    "Capacity",
    "Effect",
    "Inputs",
    "RecipeLine",
    "Stock",
    "Switch",
    "Tags",
    "rate_of",
]  # fmt: skip
