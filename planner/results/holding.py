"""Rules of sheet Rules that hold work back in a period: at their limit, over that period, and counting such work."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.case import Case
from planner.compile.draft import matches, parse_selection
from planner.compile.rules import fiscal_year_of
from planner.plan import Plan
from planner.plan.frames import table
from planner.sheets import Rules

UPPER = ("at most", "equals", "at most share of", "grows at most")
"""Relations that can hold work back."""
WORK = ("units", "people served")
"""Measures that count work itself; *money* counts it where it costs anything."""


@dataclass(frozen=True)
class Holding:
    """A rule at its limit. `chosen` is its selection, `periods` those in which one unit more would break it."""

    rule: str
    measure: str
    chosen: Mapping[str, tuple[str, ...]]
    periods: frozenset[int]

    def holds(self, tags: Mapping[str, str], period: int, unit_cost: float, payers: Sequence[str]) -> bool:
        """Whether one unit more of work with these tags in a period would count against the rule.

        `payers` are the accounts that may still pay it: a limit on what some accounts pay holds nothing that another
        one could pay.
        """
        if period not in self.periods or not matches(tags, self.chosen):
            return False
        if self.measure in WORK:
            return True
        if self.measure != "money" or not unit_cost:
            return False
        named = {name.casefold() for name in self.chosen.get("account", ())}
        return not named or all(payer.casefold() in named for payer in payers)


def holding_rules(case: Case, plan: Plan) -> list[Holding]:
    """Every rule that is at its upper limit, with the periods in which it is."""
    rules = table(plan, "rules")
    binding: dict[str, set[str]] = {}
    for rule, scope, binds in zip(rules["rule"], rules["scope"], rules["binding"], strict=True):
        if binds:
            binding.setdefault(str(rule), set()).add(str(scope))
    found = []
    for row in case.of(Rules):
        if row.rule in binding and row.relation in UPPER and (row.measure in WORK or row.measure == "money"):
            periods = _periods(case, plan, row, binding[row.rule])
            found.append(Holding(row.rule, row.measure, parse_selection(row.where), periods))
    return found


def _periods(case: Case, plan: Plan, row: Rules, scopes: set[str]) -> frozenset[int]:
    """Periods over which the scopes of a rule reach that are at their limit."""
    frame = table(plan, "periods").sort_values("period")
    begin = case.day(row.starts) if row.starts is not None else -math.inf
    end = case.day(row.ends) + 1.0 if row.ends is not None else math.inf
    known = [
        (int(number), str(name), str(phase))
        for number, name, phase, start in frame[["period", "name", "phase", "start_day"]].itertuples(index=False)
        if begin - 1e-9 <= float(start) < end
    ]
    if row.relation == "grows at most" or row.scope == "period":
        return frozenset(number for number, name, _ in known if name in scopes)
    if row.scope == "phase":
        return frozenset(number for number, _, phase in known if phase in scopes)
    if row.scope == "fiscal year":
        spans = [(y.start, y.end) for y in case.fiscal_years(fiscal_year_of(case, row)) if y.name in scopes]
        days = frame[["period", "start_day", "end_day"]].itertuples(index=False)
        return frozenset(int(t) for t, first, last in days if any(first < b and last > a for a, b in spans))
    if row.scope == "so far":
        ends = [number for number, name, _ in known if f"until {name}" in scopes]
        return frozenset(number for number, _, _ in known if ends and number <= max(ends))
    return frozenset(number for number, _, _ in known)
