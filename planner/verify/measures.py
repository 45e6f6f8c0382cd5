"""The planner's measures by subject and period, from the replay (sheet Rules says what each counts)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.sheets import Groups, Places, Programmes
from planner.verify.costs import Costs
from planner.verify.inputs import MONEY, Tags
from planner.verify.occupancy import Use
from planner.verify.report import Array
from planner.verify.selection import Selection, read_selection

STANDS = ("people in", "people under way", "staff in post", "level", "numbers left", "money left")
"""Measures that are read at the end of a scope; all others add up over it."""


@dataclass(frozen=True)
class MeasuredPart:
    """What one subject adds in each period (or stands at, at its end); `unit` is its natural scale."""

    subject: str
    tags: Tags
    values: Array
    unit: float


@dataclass(frozen=True)
class Measured:
    """A measure over a selection: its sum by period, its natural scale, whether it stands."""

    values: Array
    scale: float
    stands: bool

    def over(self, periods: list[int]) -> float:
        """Value over a scope."""
        if not periods:
            return 0.0
        return float(self.values[periods[-1]]) if self.stands else float(self.values[periods].sum())


class Measures:
    """All measures of a replayed plan."""

    def __init__(self, costs: Costs, use: Use) -> None:
        """Keep what has been recomputed."""
        self.costs, self.use = costs, use
        self.ledger, self.replay, self.inputs = costs.ledger, costs.replay, costs.inputs
        self._parts: dict[str, list[MeasuredPart]] = {}

    def measure(self, name: str, where: str, only: Tags | None = None) -> Measured:
        """Sum a measure over a selection, kept to subjects that carry the tags in `only`."""
        total = np.zeros(self.replay.periods)
        size, unit = 0.0, 1.0
        for part in self.parts(name, where, only):
            total = total + part.values
            size += float(np.abs(part.values).sum())
            unit = max(unit, part.unit)
        return Measured(total, max(unit, size), name in STANDS)

    def within(
        self, whole: Measured, name: str, where: str, periods: list[int], days: tuple[float, float] | None,
        only: Tags | None = None,
    ) -> float:  # fmt: skip
        """A measure over periods, or on some days: what is moved then where that is stated, else even over a period."""
        if days is None:
            return whole.over(periods)
        calendar, edges = self.replay.calendar, np.array(days)
        share = np.clip(np.minimum(calendar.end, days[1]) - np.maximum(calendar.start, days[0]), 0.0, None)
        moved = self.replay.moved if name == "units" else {}
        return math.fsum(
            float(self.replay.moved_in(part.subject, edges)[0])
            if part.subject in moved
            else float(part.values @ (share / calendar.days))
            for part in self.parts(name, where, only)
        )

    def parts(self, name: str, where: str, only: Tags | None = None) -> Iterator[MeasuredPart]:
        """Contributions of the selected subjects."""
        selection = read_selection(where)
        if name == "money" and selection.accounts is not None:
            subjects: list[MeasuredPart] = list(self._paid(selection))
        else:
            if name not in self._parts:
                self._parts[name] = list(self._subjects(name))
            subjects = self._parts[name]
        for part in subjects:
            if selection.takes(part.tags) and all(
                _carries(part.tags, tag, value) for tag, value in (only or {}).items()
            ):
                yield part

    def _paid(self, selection: Selection) -> Iterator[MeasuredPart]:
        """Payments by the selected accounts, USD million."""
        for (account, bill), amounts in sorted(self.replay.payments.items()):
            holder = self.inputs.accounts.get(account)
            if holder and bill in holder.bills and selection.takes_account(account.partition(":")[2]):
                yield MeasuredPart(f"{account}|{bill}", self.inputs.bills[bill], amounts / MONEY, 1.0)

    def _subjects(self, name: str) -> Iterator[MeasuredPart]:
        """Every subject that a measure can look at."""
        inputs, ledger = self.inputs, self.ledger
        if name == "money":
            for bill, cost in self.costs.cost.items():
                yield MeasuredPart(bill, inputs.bills[bill], cost / MONEY, 1.0)
        elif name in ("units", "people served"):
            yield from self._done(name)
        elif name == "reforms taken":
            yield from self._decided()
        elif name in ("staff days used", "staff days available"):
            values = self.use.occupied if name == "staff days used" else self.use.available
            for capacity in inputs.capacities.values():
                if capacity.tags["kind"] in ("staff", "raw"):
                    yield MeasuredPart(capacity.id, capacity.tags, values[capacity.id], 100.0)
        else:
            kinds, read = {
                "people in": (("people", "raw"), ledger.closing),
                "person-days in": (("people", "raw"), ledger.presence),
                "people entering": (("people", "raw"), ledger.entered),
                "person-days over limit": (("people", "raw"), ledger.late_days),
                "level": (("indicator", "capital", "raw"), ledger.closing),
                "people under way": (("people", "raw", "headcount"), self._under_way),
                "staff in post": (("headcount",), ledger.closing),
                "numbers left": (("pool",), ledger.closing),
                "money left": (("account",), ledger.closing),
            }[name]
            factor = 1.0 / MONEY if name == "money left" else 1.0
            days = 100.0 if name.startswith("person-days") else 1.0
            for stock in inputs.stocks.values():
                if stock.tags["kind"] in kinds and (name != "person-days over limit" or stock.limit is not None):
                    yield MeasuredPart(
                        stock.id, stock.tags, factor * read(stock.id), max(1.0, factor * stock.unit * days)
                    )

    def _under_way(self, stock: str) -> Array:
        """What is under way to a compartment when the plan ends, the same whenever it is asked for."""
        return np.full(len(self.ledger.closing(stock)), self.ledger.balances[stock].undelivered)

    def _done(self, name: str) -> Iterator[MeasuredPart]:
        """Units of activities; people served by stages, visas and programmes, past their curves."""
        for activity in self.inputs.activities.values():
            kind = activity.tags["kind"]
            if activity.id not in self.replay.level or (
                name == "people served" and kind not in ("stage", "visa", "programme")
            ):
                continue
            if name == "units":
                yield MeasuredPart(activity.id, activity.tags, self.replay.levels(activity.id), activity.scale)
                continue
            row = self.inputs.case.find(Programmes, activity.tags["row"]) if kind == "programme" else None
            each = row.people_per_unit if row is not None else 1.0
            yield MeasuredPart(
                activity.id, activity.tags, each * self.replay.effective(activity), each * activity.scale
            )

    def _decided(self) -> Iterator[MeasuredPart]:
        """One for each reform taken and site opened, in its period."""
        for switch in self.inputs.switches.values():
            taken = self.replay.taken.get(switch.id)
            if taken is not None and not switch.already and switch.id.partition(":")[0] in ("reform", "open"):
                yield MeasuredPart(switch.id, switch.tags, np.eye(self.replay.periods)[taken], 1.0)

    @cached_property
    def _needs(self) -> dict[str, dict[str, float]]:
        """People in need by country and by group."""
        places = {p.place: p.need for p in self.inputs.case.of(Places) if p.need and p.country in ("", p.place)}
        return {
            "country": places,
            "origin": places,
            "group": {g.group: g.need for g in self.inputs.case.of(Groups) if g.need},
        }

    def needs(self, across: str) -> dict[str, float]:
        """People in need of each country, origin or group that takes part in equity."""
        return dict(sorted(self._needs[across or "country"].items()))


def _carries(tags: Tags, tag: str, value: str) -> bool:
    """Whether one of the tag's values is this one."""
    return value.casefold() in {word.strip().casefold() for word in tags.get(tag, "").split(";")}
