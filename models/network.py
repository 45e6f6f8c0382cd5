"""The kernel's nouns: ledgers, activities with recipes, switches, rules and outcomes. Immutable data, no algebra.

Every row keeps `origin`, the address of the cell that it came from, as opaque text, and `tags` by which rules and
outcomes select. Quantities are natural units (persons, USD, full-time equivalents); `scale` is what the model divides
by so that coefficients stay near one. Days count from the grid's origin; years have 365 days.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

from models.grid import FiscalYear
from models.profiles import Profile, Span, at_once

LedgerId: TypeAlias = str
ActivityId: TypeAlias = str
SwitchId: TypeAlias = str
BillId: TypeAlias = str
"""Whatever can be paid for: an activity, a switch, or a stock with a holding cost, by its id."""

Tags: TypeAlias = Mapping[str, str]
Steps: TypeAlias = tuple[tuple[float, float], ...]
"""A limit that changes over time: `(from_day, value)` in rising days; before the first day there is no limit."""


def value_at(steps: Steps, day: float) -> float | None:
    """Value in force on `day`, None where no limit holds."""
    current = None
    for begin, value in steps:
        if begin > day + 1e-9:
            break
        current = value
    return current


def value_until(steps: Steps, day: float) -> float | None:
    """Value in force on the last day before `day`, None where no limit holds: what a balance as `day` begins keeps to.

    A limit from a day on binds in the periods that hold the day or come after it, not in the one that ends with it.
    """
    return value_at(steps, day - 1e-6)


def steps_integral(steps: Steps, span: Span) -> float | None:
    """Integral over `span` of a limit given per year, in units; None where any part has no limit."""
    begin, end = span
    if not steps or steps[0][0] > begin + 1e-9:
        return None
    amount = 0.0
    for (start, value), (stop, _) in pairwise([*steps, (math.inf, 0.0)]):
        overlap = min(end, stop) - max(begin, start)
        if overlap > 0.0:
            amount += value * overlap / 365.0
    return amount


@dataclass(frozen=True, slots=True)
class Flow:
    """An inflow that nobody decides: `amount` spread evenly over [start, end), at once if they coincide."""

    start: float
    end: float
    amount: float

    def within(self, span: Span) -> float:
        """Part of the amount that comes in during a span."""
        if self.end <= self.start:
            return self.amount if span[0] <= self.start < span[1] else 0.0
        overlap = min(self.end, span[1]) - max(self.start, span[0])
        return self.amount * max(0.0, overlap) / (self.end - self.start)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """Everyone who enters a stock leaves within `days`, first in, first out.

    `opening_age`: the opening queue arrived evenly over this many days before the origin. `hard` makes it a rule,
    else people over the limit are counted.
    """

    id: str
    days: float
    hard: bool
    opening_age: float = 0.0
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """A ledger that is used up: money, people, visa numbers, political capital, an index (K1, K2).

    `loss` is a natural rate per year. It falls on stock and flows as they pass (`continuous`), or only on what a
    period opens with (`opening`, for data given as a share per stated period). `loss_to` names where the lost go:
    (stock, share) with shares of at most one in all. `carry` lists (day, share kept). `breaks` are further days on
    which the balance must hold. `disposable` stocks may lapse. `holding_cost` is USD per unit and day.
    """

    id: LedgerId
    unit: str
    opening: float = 0.0
    flows: tuple[Flow, ...] = ()
    loss: float = 0.0
    loss_convention: Literal["continuous", "opening"] = "continuous"
    loss_to: tuple[tuple[LedgerId, float], ...] = ()
    carry: tuple[tuple[float, float], ...] = ()
    breaks: tuple[float, ...] = ()
    lower: Steps = ((0.0, 0.0),)
    upper: Steps = ()
    disposable: bool = False
    holding_cost: float = 0.0
    limit: TimeLimit | None = None
    scale: float = 1.0
    tags: Tags = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Capacity:
    """A ledger that is occupied and given back: officers, interview rooms, beds (K3).

    `opening` units stand at the origin and shrink at `loss` per year, as do later `flows`. At most `use_ceiling` of
    the unit-days of a period can be occupied.
    """

    id: LedgerId
    unit: str
    opening: float = 0.0
    flows: tuple[Flow, ...] = ()
    loss: float = 0.0
    use_ceiling: float = 1.0
    tags: Tags = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a curve: `width` units per year, each worth `yield_` effective units."""

    width: float
    yield_: float


@dataclass(frozen=True, slots=True)
class Running:
    """Being open at all: least level a year, USD per day while running, USD at each start."""

    minimum: float = 0.0
    cost_per_day: float = 0.0
    start_cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Activity:
    """Something done at a rate (K4-K6, K9).

    `lower` and `upper` are units per year; `largest` bounds the level of any one period. `window` is (from, until) in
    days, None for always. `growth` is the largest factor a year (2.2 = may more than double), `growth_base` the units
    per year that are possible without a history and that a year of growth adds, `decline` the largest share cut a
    year. With `integer_unit` the level comes in multiples of that many units. `timing` says whether a period's level is
    spread over it, happens as it begins, or is moved in parts between the edges of its stocks. `decided` lets the rate
    vary by period, or holds it through a phase or the horizon. `cost` is USD per unit. All of `enabled_by` must be in
    force.
    """

    id: ActivityId
    unit: str
    lower: Steps = ()
    upper: Steps = ()
    largest: float | None = None
    window: tuple[float, float] | None = None
    growth: float | None = None
    growth_base: float = 0.0
    decline: float | None = None
    curve: tuple[Segment, ...] = ()
    running: Running | None = None
    cost: float = 0.0
    integer_unit: float | None = None
    timing: Literal["spread", "start", "parts"] = "spread"
    decided: Literal["period", "phase", "horizon"] = "period"
    enabled_by: tuple[SwitchId, ...] = ()
    scale: float = 1.0
    tags: Tags = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A recipe line: what one unit of an activity uses, makes, occupies or provides.

    `use` and `make` move stocks; `occupy` takes and `provide` gives capacity, in unit-days. `basis` reads the level
    or, past a curve, the effective level.
    """

    activity: ActivityId
    ledger: LedgerId
    verb: Literal["use", "make", "occupy", "provide"]
    quantity: float
    profile: Profile = field(default_factory=at_once)
    basis: Literal["level", "effective"] = "level"
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a switch does to a ledger once in force (days count from start + lead).

    `release` and `pulse` put `quantity` into a stock along a mass profile; `raise` lifts a stock's upper limit;
    `provide` adds capacity along a level profile; `charge` takes from a stock on the day of the start itself.
    """

    switch: SwitchId
    verb: Literal["release", "pulse", "raise", "provide", "charge"]
    ledger: LedgerId
    quantity: float
    profile: Profile = field(default_factory=at_once)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """While the switch is in force the activity runs at `rate` units a year or more (effect *require*)."""

    switch: SwitchId
    activity: ActivityId
    rate: float
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A switch may start only when a stock has reached a target by the end of the period before."""

    ledger: LedgerId
    at_least: float
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """A yes or no with timing (K7, K8).

    It starts at most once, at a phase start or a date of decision (:attr:`models.grid.Grid.decision_periods`) inside a
    window; with no window, never. In force after `lead` days. `prerequisites` are (switch, further days) that must be
    in force when it starts. `excludes` are switches of which at most one starts.
    """

    id: SwitchId
    windows: tuple[tuple[float, float], ...] = ()
    dates: Literal["phase", "period"] = "phase"
    lead: float = 0.0
    must: bool = False
    already: bool = False
    prerequisites: tuple[tuple[SwitchId, float], ...] = ()
    conditions: tuple[Condition, ...] = ()
    excludes: tuple[SwitchId, ...] = ()
    cost: float = 0.0
    running_cost: float = 0.0
    tags: Tags = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """An allowed pair: this account may pay this bill inside its window (K10)."""

    account: LedgerId
    bill: BillId
    window: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    r"""Co-requisite (K11): :math:`\sum_b \theta_b x_{b,t} \ge \sum_a \theta_a x_{a,t}` in every period."""

    id: str
    supply: tuple[tuple[ActivityId, float], ...]
    demand: tuple[tuple[ActivityId, float], ...]
    origin: str = ""


Measure: TypeAlias = Literal[
    "level",  # units of an activity
    "effective",  # effective units of an activity
    "spending",  # USD billed for an activity, switch or stock
    "payment",  # USD paid by an account for a bill: subject is "account|bill"
    "closing",  # a stock at the end of the scope, or a capacity's standing level
    "undelivered",  # what is under way to a stock when the horizon ends
    "presence",  # unit-days in a stock, trapezoid
    "entered",  # units that entered a stock
    "available",  # unit-days that a capacity offers
    "occupied",  # unit-days that a capacity is used
    "over_limit",  # unit-days over a stock's time limit
    "started",  # 1 if a switch starts
    "in_force",  # days that a switch is in force
]


@dataclass(frozen=True, slots=True)
class Term:
    """`coefficient` times a measure of a subject (the id of a ledger, activity, switch or bill)."""

    measure: Measure
    subject: str
    coefficient: float = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A linear limit (K12): terms `sense` bound, in every period, phase or fiscal year, cumulatively, or once.

    By fiscal year the limit holds in each of `years`, and `bounds` has a bound for each, where they are not the same.
    `previous` compares daily rates with the period before: terms at t minus `previous` times terms at t - 1. With
    `bound_per` year the bound is multiplied by the scope's days / 365. `window`
    keeps only periods that begin inside it. A soft rule may be broken at `penalty` points per unit. `compared` and
    `share` say, for readers alone, that the terms are a measure less `share` times what it is held against.
    """

    id: str
    terms: tuple[Term, ...]
    sense: Literal["<=", ">=", "=="]
    bound: float = 0.0
    scope: Literal["period", "phase", "horizon", "cumulative", "fiscal year"] = "horizon"
    years: tuple[FiscalYear, ...] = ()
    bounds: tuple[float, ...] = ()
    previous: float | None = None
    bound_per: Literal["scope", "year"] = "scope"
    window: tuple[float, float] | None = None
    hard: bool = True
    penalty: float = 0.0
    scale: float = 1.0
    category: Literal["right", "law", "agreement", "preference"] = "preference"
    authority: str = ""
    tags: Tags = field(default_factory=dict)
    origin: str = ""
    compared: tuple[Term, ...] = ()
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """A country's or group's share of a fairness outcome: terms divided by its need."""

    label: str
    need: float
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scored measure (K13): the sum of its terms, the worst-off part, or the Gini coefficient over its parts.

    `discount` is a yearly rate; `total` is the fixed denominator of the Gini coefficient.
    """

    id: str
    unit: str
    terms: tuple[Term, ...] = ()
    kind: Literal["sum", "worst_off", "gini"] = "sum"
    parts: tuple[Part, ...] = ()
    total: float = 1.0
    discount: float = 0.0
    scale: float = 1.0
    tags: Tags = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Priority:
    """One level of the objective: (outcome, points per unit), kept within `tolerance` at later levels."""

    weights: tuple[tuple[str, float], ...]
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Previous:
    """The level that an earlier plan gave an activity over [start, end)."""

    activity: ActivityId
    start: float
    end: float
    level: float


@dataclass(frozen=True, slots=True)
class Continuing:
    """The level, units a year, at which an activity goes on without a decision."""

    activity: ActivityId
    level: float
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """A whole case as the mathematics sees it. Tuples are sorted by id, so that row order changes nothing."""

    stocks: tuple[Stock, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    activities: tuple[Activity, ...] = ()
    links: tuple[Link, ...] = ()
    switches: tuple[Switch, ...] = ()
    effects: tuple[Effect, ...] = ()
    demands: tuple[Demand, ...] = ()
    payments: tuple[Payment, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    rules: tuple[Rule, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    priorities: tuple[Priority, ...] = ()
    previous: tuple[Previous, ...] = ()
    continuing: tuple[Continuing, ...] = ()
