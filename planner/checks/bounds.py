r"""Sound bounds on a compiled case, phase by phase: what must happen at least, what can happen at most.

Phases are stretches of every grid, so that what is impossible here is impossible whatever the periods. Attrition,
lags and delays are left out wherever leaving them out makes more possible.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from models.network import Activity, Flow, Link, Stock, Switch, steps_integral
from models.profiles import at_once
from planner.compile.draft import Draft
from planner.sheets import BY_NAME

Span = tuple[float, float]
AT_ONCE = at_once()


@dataclass(frozen=True)
class Phases:
    """A stretch of whole phases, numbered from 0, both ends included."""

    first: int
    last: int
    span: Span
    label: str


@dataclass
class Bounds:
    """Bounds of one compiled case."""

    draft: Draft
    _earliest: dict[str, float | None] = field(default_factory=dict)

    @cached_property
    def stretches(self) -> list[Phases]:
        """All stretches of phases, the shortest first."""
        phases = self.draft.case.phases
        found = []
        for first in range(len(phases)):
            for last in range(first, len(phases)):
                whole = first == 0 and last == len(phases) - 1 and last > 0
                names = (
                    f"phase {phases[first].name}"
                    if first == last
                    else f"phases {phases[first].name} to {phases[last].name}"
                )
                label = "the whole plan" if whole else names
                found.append(Phases(first, last, (phases[first].start, phases[last].end), label))
        return sorted(found, key=lambda s: (s.last - s.first, s.first))

    @property
    def starting(self) -> list[Phases]:
        """Stretches from the first phase on."""
        return [stretch for stretch in self.stretches if stretch.first == 0]

    def least(self, activity: Activity, span: Span) -> float:
        """Least level over a span, in units."""
        begin, end = span
        if activity.window is not None:
            begin, end = max(begin, activity.window[0]), min(end, activity.window[1])
        return max(0.0, steps_integral(activity.lower, (begin, end)) or 0.0) if end > begin else 0.0

    def asks(self, activity: Activity) -> str:
        """Cell that says what must be done at least of an activity, as text."""
        sheet = BY_NAME.get(activity.tags.get("sheet", ""))
        row = self.draft.case.find(sheet, activity.tags.get("row", "")) if sheet is not None else None
        return row.origin("at_least") if row is not None and getattr(row, "at_least", None) else activity.origin

    def billed(self, bill: str) -> str:
        """Cell that says what must be spent on a bill, as text."""
        activity = self.draft.activities.get(bill)
        return self.draft.bills[bill].origin if activity is None else self.asks(activity)

    def earliest(self, switch: str, seen: frozenset[str] = frozenset()) -> float | None:
        """First day on which a switch can be taken, None for never; 0 if it is in force already."""
        if switch not in self._earliest:
            row = self.draft.switches.get(switch)
            self._earliest[switch] = 0.0 if row is None or row.already else self._first(row, seen | {switch})
        return self._earliest[switch]

    def in_force(self, switch: str, seen: frozenset[str] = frozenset()) -> float | None:
        """First day on which a switch can be in force."""
        row, day = self.draft.switches.get(switch), self.earliest(switch, seen)
        if row is None or row.already or day is None:
            return day
        return day + row.lead

    def _first(self, row: Switch, seen: frozenset[str]) -> float | None:
        """First day of its windows on which all that it needs can be in force."""
        ready = 0.0
        for other, wait in row.prerequisites:
            day = None if other in seen else self.in_force(other, seen)
            if day is None:
                return None
            ready = max(ready, day + wait)
        return self.first_start(row, ready)

    def first_start(self, row: Switch, ready: float = 0.0) -> float | None:
        """First day from `ready` on that is inside a window and on which a period can begin."""
        horizon = self.draft.case.horizon
        days = []
        for begin, end in row.windows:
            if row.dates == "phase":
                days += [p.start for p in self.draft.case.phases if max(begin, ready) - 1e-9 <= p.start <= end + 1e-9]
            elif max(begin, ready) <= end:
                days.append(max(begin, ready, 0.0))
        return min((day for day in days if day < horizon), default=None)

    def links(self, verb: str, prefix: str) -> Mapping[str, list[Link]]:
        """Recipe lines of a verb by ledger, those of a kind of ledger only."""
        found: dict[str, list[Link]] = {}
        for link in self.draft.links:
            if link.verb == verb and link.ledger.startswith(prefix):
                found.setdefault(link.ledger, []).append(link)
        return found

    def taken(self, links: Iterable[Link], span: Span) -> dict[str, float]:
        """What activities take at least from a ledger over a span, as they do their work, by activity."""
        found: dict[str, float] = {}
        for link in links:
            activity = self.draft.activities[link.activity]
            if link.profile != AT_ONCE or link.basis != "level" or link.quantity <= 0.0:
                continue
            amount = self.least(activity, span) * link.quantity
            if amount > 0.0:
                found[link.activity] = found.get(link.activity, 0.0) + amount
        return found

    def released(self, ledger: str, end: float) -> float:
        """What reforms can put into a ledger before a day."""
        total = 0.0
        for effect in self.draft.effects:
            if effect.ledger == ledger and effect.verb in ("release", "pulse") and effect.quantity > 0.0:
                day = self.in_force(effect.switch)
                total += effect.quantity if day is not None and day < end else 0.0
        return total

    def provided(self, ledger: str) -> float:
        """Capacity that reforms and openings can add, in units."""
        return math.fsum(
            e.quantity for e in self.draft.effects if e.ledger == ledger and e.verb == "provide" and e.quantity > 0.0
        )

    def forced_spending(self, bill: str, span: Span) -> float:
        """USD that must be paid for a bill over a span: work that must be done, people in post, sites in operation."""
        begin, end = span
        activity = self.draft.activities.get(bill)
        if activity is not None:
            return activity.cost * self.least(activity, span)
        stock = self.draft.stocks.get(bill)
        if stock is not None:
            return stock.holding_cost * staying(stock, span) if bill.startswith("headcount:") else 0.0
        switch = self.draft.switches.get(bill)
        return switch.running_cost * (end - begin) if switch is not None and switch.already else 0.0

    def usable(self, account: str, span: Span) -> float:
        """USD that an account can pay over a span if it paid nothing before."""
        begin, end = span
        windows = [p.window for p in self.draft.payments if p.account == account]
        first = min((w[0] if w else 0.0 for w in windows), default=0.0)
        last = max((w[1] if w else math.inf for w in windows), default=math.inf)
        if last <= begin or first >= end:
            return 0.0
        stock = self.draft.stocks[account]
        return balance(stock, begin) + flowing(stock.flows, begin, min(end, last)) + self.released(account, end)


def staying(stock: Stock, span: Span) -> float:
    """Unit-days over a span of those who are there on day one and leave at the natural rate alone."""
    begin, end = span
    if not stock.loss:
        return stock.opening * (end - begin)
    rate = stock.loss / 365.0
    return stock.opening * (math.exp(-rate * begin) - math.exp(-rate * end)) / rate


def flowing(flows: Iterable[Flow], begin: float, end: float) -> float:
    """What flows in on the days [begin, end)."""
    total = 0.0
    for flow in flows:
        if flow.end <= flow.start:
            total += flow.amount if begin <= flow.start < end else 0.0
        else:
            total += flow.amount * max(0.0, min(end, flow.end) - max(begin, flow.start)) / (flow.end - flow.start)
    return total


def balance(stock: Stock, day: float) -> float:
    """What is in a stock as a day begins if nothing was taken out before."""
    held, before = stock.opening, 0.0
    for carry, kept in sorted(stock.carry):
        if carry <= day:
            held, before = kept * (held + flowing(stock.flows, before, carry)), carry
    return held + flowing(stock.flows, before, day)
