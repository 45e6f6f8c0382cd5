"""What a sweep has found: points, straight parts with exact kinks, parts of the range without any plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from models.matrix import Floats
from planner.plan import Status
from planner.run.stops import Stop
from planner.tradeoffs.sweeping.cellgroups import CellGroup
from planner.tradeoffs.sweeping.parametric_model import Kind
from planner.wording.figures import finite

if TYPE_CHECKING:
    import pandas as pd

    from planner.case import Case

Subject = tuple[str, str]
"""A row of the workbook: sheet and key."""


@dataclass(frozen=True)
class Allocation:
    """What a plan gives: outcomes, and for each row of the workbook its amount (own unit) and money (USD million)."""

    outcomes: Mapping[str, float]
    amounts: Mapping[Subject, float]
    money: Mapping[Subject, float]


NOTHING = Allocation({}, {}, {})


@dataclass(frozen=True)
class SweepPoint:
    """One solved place of the range.

    `amount` is the sum of the cells there, in their unit. `marginal` is what one more unit adds to the objective with
    binary decisions held as in this plan; at a kink any slope between its sides. Without a plan `allocation` is empty.
    """

    place: float
    shown: str
    amount: float | None
    status: Status
    objective: float | None
    bound: float | None
    gap: float | None
    allocation: Allocation
    marginal: float | None
    base: bool = False
    stopped: Stop = Stop.NONE
    columns: Floats | None = field(default=None, repr=False, compare=False)

    @property
    def found(self) -> bool:
        """Whether there is a plan."""
        return self.objective is not None


@dataclass(frozen=True)
class CurvePart:
    """A part of the range on which the objective and everything that the plan gives are straight lines.

    `marginal` is what one more unit adds to the objective, `rates` what it adds to each outcome. `sure` is false where
    the search was stopped before there could be no further kink.
    """

    low: float
    high: float
    low_points: float
    high_points: float
    marginal: float
    rates: Mapping[str, float]
    first: Allocation
    last: Allocation
    sure: bool

    def points_at(self, place: float) -> float:
        """Objective at a place of the part."""
        if self.high == self.low:
            return self.low_points
        return self.low_points + (self.high_points - self.low_points) * (place - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Kink:
    """Where one more unit begins to be worth less (or more), or where binary decisions change.

    Exact kinks have `low == high`; others are known to lie between two solved places: then `between` is what one more
    brings on average from the one to the other, more than on either side where something big becomes possible.
    """

    low: float
    high: float
    exact: bool
    before: float | None
    after: float | None
    what: str
    between: float | None = None


@dataclass(frozen=True)
class Blank:
    """A part of the range without any plan; `exact`: its ends are proven, else it lies between solved places."""

    low: float
    high: float
    exact: bool


@dataclass(frozen=True)
class NestedPoint:
    """A place of the range with the best plan that takes nothing back from the plans of smaller places.

    `cost` is how many points that gives up against the free plan; it lies between `least_cost` and `most_cost`, which
    differ where plans are proven only within a gap. `kept` are the rows that only the promise keeps as they are.
    """

    place: float
    shown: str
    status: Status
    objective: float | None
    bound: float | None
    cost: float | None
    least_cost: float | None
    most_cost: float | None
    kept: tuple[Subject, ...]
    allocation: Allocation


@dataclass(frozen=True)
class Sweep:
    """Outcomes as a group of cells goes through a range.

    `kind` says what the cells change in the model, `method` in words how it was computed. `exact`: `parts` are there
    and every kink is exact, with binary decisions held as now where `held`. `complete` is false after an
    interruption; everything found until then is here.
    """

    group: CellGroup
    kind: Kind
    method: str
    exact: bool
    held: bool
    integer: bool
    points: tuple[SweepPoint, ...]
    parts: tuple[CurvePart, ...]
    kinks: tuple[Kink, ...]
    blanks: tuple[Blank, ...]
    nested: tuple[NestedPoint, ...]
    units: Mapping[str, str]
    better: Mapping[str, str]
    weights: Mapping[str, float]
    amount_units: Mapping[Subject, str]
    kinds: Mapping[Subject, str]
    notes: tuple[str, ...]
    complete: bool
    stopped: Stop
    builds: int
    runs: int
    seconds: float
    solver_seconds: float
    case_at: Callable[[float], Case] = field(repr=False, compare=False)

    @property
    def base(self) -> SweepPoint | None:
        """The plan of the workbook as it stands."""
        return next((p for p in self.points if p.base), None)

    @property
    def found(self) -> tuple[SweepPoint, ...]:
        """Points with a plan, from the lowest place up."""
        return tuple(p for p in self.points if p.found)

    def table(self) -> pd.DataFrame:
        """One row a point: place, amount, status, objective, bound, gap, marginal value, outcomes."""
        import pandas as pd  # noqa: PLC0415  (nobody else here needs it)

        nested = {n.place: n for n in self.nested}
        rows = []
        for p in self.points:
            row: dict[str, Any] = {"place": p.place, "amount": p.amount, "now": p.base, "status": str(p.status)}
            row |= {"points": p.objective, "bound": p.bound, "gap": p.gap, "one more is worth": p.marginal}
            row |= {name: p.allocation.outcomes.get(name) for name in self.units}
            if self.nested:
                other = nested.get(p.place)
                row["points, nothing taken back"] = other.objective if other else None
                row["cost of taking nothing back"] = other.cost if other else None
            rows.append(row)
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Everything but the columns, for a file."""
        group = self.group
        return {
            "cells": [{"cell": c.name, "address": c.address, "unit": c.column.unit, "now": c.now} for c in group.cells],
            "range": {"low": group.low, "high": group.high, "share": group.scaled, "now": group.now},
            "unit_of_one_more": group.step_unit, "changes": self.kind, "method": self.method, "exact": self.exact,
            "decisions_held": self.held, "units": dict(self.units), "complete": self.complete, "stopped": self.stopped,
            "points": [_point_json(p) for p in self.points],
            "parts": [_part_json(p) for p in self.parts],
            "kinks": [
                {"low": k.low, "high": k.high, "exact": k.exact, "worth_before": k.before, "worth_after": k.after,
                 "what": k.what, "worth_between": finite(k.between)} for k in self.kinks
            ],
            "no_plan": [{"low": b.low, "high": b.high, "exact": b.exact} for b in self.blanks],
            "nested": [
                {"place": n.place, "status": str(n.status), "objective": n.objective, "bound": n.bound, "cost": n.cost,
                 "least_cost": n.least_cost, "most_cost": n.most_cost, "kept": [f"{s}!{r}" for s, r in n.kept],
                 **_allocation_json(n.allocation)} for n in self.nested
            ],
            "notes": list(self.notes), "models_built": self.builds, "programmes_solved": self.runs,
            "seconds": self.seconds, "solver_seconds": self.solver_seconds,
        }  # fmt: skip


def _allocation_json(allocation: Allocation) -> dict[str, Any]:
    """What a plan gives; rows that get nothing are left out."""
    return {
        "outcomes": dict(allocation.outcomes),
        "amounts": {f"{s}!{r}": v for (s, r), v in allocation.amounts.items() if v},
        "money": {f"{s}!{r}": v for (s, r), v in allocation.money.items() if v},
    }


def _point_json(point: SweepPoint) -> dict[str, Any]:
    """One point."""
    return {
        "place": point.place, "amount": point.amount, "now": point.base, "status": str(point.status),
        "objective": point.objective, "bound": finite(point.bound), "gap": finite(point.gap),
        "worth_of_one_more": finite(point.marginal), "stopped": point.stopped, **_allocation_json(point.allocation),
    }  # fmt: skip


def _part_json(part: CurvePart) -> dict[str, Any]:
    """One straight part."""
    return {
        "low": part.low, "high": part.high, "low_points": part.low_points, "high_points": part.high_points,
        "worth_of_one_more": part.marginal, "outcomes_for_one_more": dict(part.rates), "sure": part.sure,
        "first": dict(part.first.outcomes), "last": dict(part.last.outcomes),
    }  # fmt: skip


def straight_on(one: CurvePart, two: CurvePart, length: float) -> bool:
    """Whether a part only carries on the one before, so that there is no kink between them."""
    if not _near(one.marginal, two.marginal):
        return False
    first, second = max(one.high - one.low, 1e-12 * length), max(two.high - two.low, 1e-12 * length)
    ends = [_numbers(allocation) for allocation in (one.first, one.last, two.first, two.last)]
    if len({len(numbers) for numbers in ends}) > 1:
        return False
    a, b, c, d = ends
    size = np.maximum.reduce([np.abs(a), np.abs(b), np.abs(c), np.abs(d), np.full(len(a), 1e-6)])
    bend = np.abs((b - a) / first - (d - c) / second) * min(first, second)
    return not (np.any(np.abs(c - b) > 1e-6 * size) or np.any(bend > 1e-6 * size))


def _numbers(allocation: Allocation) -> Floats:
    """Everything that a plan gives, in order."""
    return np.array(
        [*allocation.outcomes.values(), *allocation.amounts.values(), *allocation.money.values()], dtype=np.float64
    )


def _near(one: float, two: float) -> bool:
    """Whether two slopes are one."""
    return abs(one - two) <= 1e-7 * max(abs(one), abs(two), 1e-9)
