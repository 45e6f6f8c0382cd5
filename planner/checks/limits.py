"""Rules against each other: floors above caps, shares of the same thing that add up to more than all of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.case import Case
from planner.case.problems import Problem
from planner.checks.bounds import Bounds, Phases
from planner.checks.finding import TINY, address_of, exceeds
from planner.checks.people import leaving
from planner.checks.rules import AT_THE_END
from planner.compile.draft import Draft
from planner.compile.measures import terms
from planner.sheets import Rules
from planner.wording.figures import told_apart, typed
from planner.wording.lists import in_a_row

Terms = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class HardLimit:
    """A hard limit over the whole plan's calendar: its terms, its value, over which scope it holds."""

    name: str
    origin: str
    measure: str
    terms: Terms
    value: float
    scope: str
    per_year: bool
    case: Case

    def _over(self, days: float) -> float:
        """Value over so many days."""
        return self.value * days / 365.0 if self.per_year else self.value

    def _phase_days(self, stretch: Phases) -> list[float]:
        """Days of each phase of a stretch."""
        return [p.end - p.start for p in self.case.phases[stretch.first : stretch.last + 1]]

    def least(self, stretch: Phases) -> float:
        """What a floor asks for over a stretch of phases, at least."""
        whole = stretch.first == 0 and stretch.last == len(self.case.phases) - 1
        if self.scope == "whole plan":
            return self._over(self.case.horizon) if whole else 0.0
        if self.scope == "so far":
            return self._over(stretch.span[1]) if stretch.first == 0 else 0.0
        return math.fsum(self._over(days) for days in self._phase_days(stretch))

    def most(self, stretch: Phases) -> float:
        """What a cap allows over a stretch of phases, at most."""
        if self.scope == "whole plan":
            return self._over(self.case.horizon)
        if self.scope == "so far":
            return self._over(stretch.span[1])
        if self.scope == "period" and not self.per_year:
            return math.inf
        return math.fsum(self._over(days) for days in self._phase_days(stretch))

    def holds_at_end(self, stretch: Phases) -> bool:
        """Whether a limit on a closing value holds at the end of a stretch."""
        return self.scope != "whole plan" or stretch.last == len(self.case.phases) - 1


def _picked(draft: Draft, measure: str, where: str) -> dict[tuple[str, str], float]:
    """Coefficients of a measure over a selection."""
    return {(str(term.measure), term.subject): term.coefficient for term in terms(draft, measure, where)}


def _limits(draft: Draft, relations: Sequence[str]) -> Iterator[HardLimit]:
    """Hard limits of some relations that hold over the whole calendar."""
    for row in draft.case.of(Rules):
        if (
            not row.on
            or row.strength != "hard"
            or row.relation not in relations
            or row.scope == "fiscal year"
            or row.starts is not None
            or row.ends is not None
        ):
            continue
        if row.measure == "people under way":
            continue  # looked at once only, as the plan ends
        picked = _picked(draft, row.measure, row.where)
        if picked and all(coefficient > 0.0 for coefficient in picked.values()):
            yield HardLimit(
                row.rule, row.origin("value"), row.measure, picked, row.value, row.scope, row.per_year, draft.case
            )


def floors(draft: Draft) -> list[HardLimit]:
    """Hard floors."""
    return [limit for limit in _limits(draft, ("at least", "equals")) if limit.value > 0.0]


def caps(draft: Draft) -> list[HardLimit]:
    """Hard caps."""
    return [limit for limit in _limits(draft, ("at most", "equals")) if limit.value >= 0.0]


def check_limits(bounds: Bounds) -> list[Problem]:
    """All findings about rules against each other and against what is sure to happen."""
    below = floors(bounds.draft)
    problems: list[Problem] = []
    for cap in caps(bounds.draft):
        under = [floor for floor in below if floor.name != cap.name and _within(floor.terms, cap.terms)]
        find = _at_end if cap.measure in AT_THE_END else _flowing
        problems += [found for found in (next(find(bounds, cap, under), None),) if found is not None]
    return [*problems, *_shares(bounds.draft), *_stuck(bounds)]


def _within(inner: Terms, outer: Terms) -> bool:
    """Whether a measure is part of another, so that it is never larger."""
    return all(coefficient <= outer.get(key, 0.0) + TINY for key, coefficient in inner.items())


def _apart(limits: Sequence[tuple[HardLimit, float]]) -> list[tuple[HardLimit, float]]:
    """The largest limits of which no two count the same thing."""
    chosen: list[tuple[HardLimit, float]] = []
    taken: set[tuple[str, str]] = set()
    for limit, value in sorted(limits, key=lambda pair: (-pair[1], pair[0].name)):
        if value > 0.0 and not taken & limit.terms.keys():
            chosen.append((limit, value))
            taken |= limit.terms.keys()
    return chosen


def _sure(bounds: Bounds, cap: HardLimit, stretch: Phases, taken: set[tuple[str, str]]) -> list[tuple[str, str, float]]:
    """What happens anyway of what a cap counts: (words, cell, how much in the cap's unit)."""
    found = []
    for (measure, subject), coefficient in cap.terms.items():
        if (measure, subject) in taken:
            continue
        if measure == "spending":
            value = bounds.forced_spending(subject, stretch.span) * coefficient
            origin = bounds.billed(subject)
        elif measure == "level":
            activity = bounds.draft.activities[subject]
            value, origin = bounds.least(activity, stretch.span) * coefficient, bounds.asks(activity)
        else:
            continue
        if value > 0.0:
            found.append((f"what is sure of '{subject.partition(':')[2]}'", origin, value))
    return sorted(found, key=lambda item: (-item[2], item[0]))


def _flowing(bounds: Bounds, cap: HardLimit, under: Sequence[HardLimit]) -> Iterator[Problem]:
    """Floors, and what is sure, that together are above a cap of which they are parts."""
    for stretch in bounds.stretches:
        most = cap.most(stretch)
        if math.isinf(most):
            continue
        chosen = _apart([(floor, floor.least(stretch)) for floor in under])
        taken = {key for floor, _ in chosen for key in floor.terms}
        parts = [(f"rule '{floor.name}'", floor.origin, value) for floor, value in chosen]
        parts += _sure(bounds, cap, stretch, taken)
        asked = math.fsum(value for _, _, value in parts)
        if parts and exceeds(asked, most):
            yield _above(cap, f" in {stretch.label}", parts, asked, most)


def _at_end(bounds: Bounds, cap: HardLimit, under: Sequence[HardLimit]) -> Iterator[Problem]:
    """Floors on closing values above a cap at the same moment."""
    for stretch in bounds.starting:
        if cap.holds_at_end(stretch):
            chosen = _apart([(floor, floor.value) for floor in under if floor.holds_at_end(stretch)])
            parts = [(f"rule '{floor.name}'", floor.origin, value) for floor, value in chosen]
            asked = math.fsum(value for _, _, value in parts)
            if parts and exceeds(asked, cap.value):
                yield _above(cap, f" at the end of {stretch.label}", parts, asked, cap.value)


def _above(cap: HardLimit, when: str, parts: Sequence[tuple[str, str, float]], asked: float, most: float) -> Problem:
    """Say that parts are more than the whole may be."""
    demand, supply = told_apart(asked, most)
    unit = " million USD" if cap.measure in ("money", "money left") else ""
    asking = in_a_row(f"{words} {typed(value)} ({origin})" for words, origin, value in parts)
    return Problem(
        "impossible-limits",
        "conflict",
        address_of(cap.origin),
        f"at most {supply}{unit} ({cap.measure}){when}, of which {demand}{unit} are asked for: {asking}.",
        "Raise this limit, or lower the floors.",
        cap.name,
    )


def _shares(draft: Draft) -> Iterator[Problem]:
    """Shares of the same whole, of which no two count the same, that add up to more than all of it."""
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[tuple[Rules, HardLimit]]] = {}
    for row in draft.case.of(Rules):
        if not row.on or row.strength != "hard" or row.relation != "at least share of" or row.starts or row.ends:
            continue
        whole = _picked(draft, row.of_measure or row.measure, row.of_where)
        part = _picked(draft, row.measure, row.where)
        if part and _within(part, whole):
            limit = HardLimit(
                row.rule, row.origin("value"), row.measure, part, row.value, row.scope, row.per_year, draft.case
            )
            groups.setdefault((row.scope, tuple(sorted(whole))), []).append((row, limit))
    for rows in groups.values():
        chosen = _apart([(limit, limit.value) for _, limit in rows])
        total = math.fsum(value for _, value in chosen)
        if total > 1.0 + TINY:
            listed = ", ".join(f"'{limit.name}' {typed(value)} ({limit.origin})" for limit, value in chosen)
            yield Problem(
                "impossible-shares",
                "conflict",
                address_of(chosen[-1][0].origin),
                f"the least shares of the same whole add up to {typed(total)}, more than all of it: {listed}; they"
                " could only hold where there is nothing.",
                "Lower the shares to 1 together.",
                chosen[-1][0].name,
            )


def _stuck(bounds: Bounds) -> Iterator[Problem]:
    """A cap on people in compartments that nothing can take them out of."""
    case = bounds.draft.case
    for cap in caps(bounds.draft):
        if cap.measure != "people in":
            continue
        stays = {
            key: bounds.draft.stocks[key[1]]
            for key in cap.terms
            if key[1].startswith("people:") and not leaving(case, key[1].partition(":")[2])
        }
        there = math.fsum(cap.terms[key] * stock.opening for key, stock in stays.items())
        if exceeds(there, cap.value):
            listed = ", ".join(
                f"'{key[1].partition(':')[2]}' {typed(stock.opening)} ({stock.origin})"
                for key, stock in stays.items()
                if stock.opening
            )
            yield Problem(
                "impossible-people",
                "conflict",
                address_of(cap.origin),
                f"at most {typed(cap.value)} people, and {typed(there)} are there from day one with nothing to take"
                f" them out: {listed}.",
                "Add a stage, a programme or a visa stream that takes people from there, or raise the limit.",
                cap.name,
            )
