"""A network in the making, with the tags by which rules, outcomes and accounts select."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from models.network import (
    Activity,
    Capacity,
    Continuing,
    Demand,
    Effect,
    Link,
    Network,
    Outcome,
    Payment,
    Previous,
    Priority,
    Requirement,
    Rule,
    Stock,
    Switch,
)  # fmt: skip
from planner.case import Case
from planner.case.problems import Problem
from planner.sheets import Places, Reforms

ItemT = TypeVar("ItemT", Activity, Capacity, Outcome, Requirement, Rule, Stock, Switch)

PEOPLE = 1_000.0
"""Scale of stocks and activities that count people."""
MONEY = 1_000_000.0
"""Scale of accounts: USD million."""


@dataclass(frozen=True)
class Bill:
    """Something that costs money, with the tags that accounts look at."""

    id: str
    tags: Mapping[str, str]
    origin: str


@dataclass
class Draft:
    """Collects kernel rows while sheets are compiled; :meth:`freeze` sorts them into a network."""

    case: Case
    stocks: dict[str, Stock] = field(default_factory=dict)
    capacities: dict[str, Capacity] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    switches: dict[str, Switch] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    priorities: list[Priority] = field(default_factory=list)
    previous: list[Previous] = field(default_factory=list)
    continuing: list[Continuing] = field(default_factory=list)
    bills: dict[str, Bill] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    def stock(self, stock: Stock) -> None:
        """Add a stock; one with a holding cost is a bill too."""
        self._new(self.stocks, stock)
        if stock.holding_cost:
            self._bill(stock.id, stock.tags, stock.origin)

    def capacity(self, capacity: Capacity) -> None:
        """Add a capacity."""
        self._new(self.capacities, capacity)

    def activity(self, activity: Activity) -> None:
        """Add an activity; one with any cost is a bill too."""
        self._new(self.activities, activity)
        running = activity.running
        if activity.cost or (running and (running.cost_per_day or running.start_cost)):
            self._bill(activity.id, activity.tags, activity.origin)

    def switch(self, switch: Switch) -> None:
        """Add a switch; one with any cost is a bill too."""
        self._new(self.switches, switch)
        if switch.cost or switch.running_cost:
            self._bill(switch.id, switch.tags, switch.origin)

    @staticmethod
    def _new(table: dict[str, ItemT], item: ItemT) -> None:
        """Add under its id; the same id twice is an internal error, no fault of the workbook."""
        if item.id in table:
            message = f"two kernel rows are called {item.id!r}"
            raise RuntimeError(message)
        table[item.id] = item

    def _bill(self, bill: str, tags: Mapping[str, str], origin: str) -> None:
        """Register something that accounts may pay."""
        self.bills[bill] = Bill(bill, tags, origin)

    def change(self, activity: str, change: Callable[[Activity], Activity]) -> None:
        """Replace an activity by a changed copy."""
        self.activities[activity] = change(self.activities[activity])

    def country(self, place: str) -> str:
        """Country of a place (a country is its own)."""
        row = self.case.find(Places, place)
        return (row.country or row.place) if row is not None else ""

    def switch_of(self, name: str) -> str:
        """Kernel id of what a Needs column names: a reform, or the opening of a site."""
        return f"reform:{name}" if self.case.find(Reforms, name) is not None else f"open:{name}"

    def freeze(self) -> Network:
        """Sort everything, so that the order of rows and sheets changes nothing."""
        return Network(
            stocks=_sorted(self.stocks.values()),
            capacities=_sorted(self.capacities.values()),
            activities=_sorted(self.activities.values()),
            links=tuple(sorted(self.links, key=lambda x: (x.activity, x.ledger, x.verb, x.origin, repr(x.profile)))),
            switches=_sorted(self.switches.values()),
            effects=tuple(sorted(self.effects, key=lambda x: (x.switch, x.ledger, x.verb, x.origin))),
            demands=tuple(sorted(self.demands, key=lambda x: (x.switch, x.activity, x.origin))),
            payments=tuple(sorted(self.payments, key=lambda x: (x.account, x.bill))),
            requirements=_sorted(self.requirements),
            rules=_sorted(self.rules),
            outcomes=_sorted(self.outcomes),
            priorities=tuple(self.priorities),
            previous=tuple(sorted(self.previous, key=lambda x: (x.activity, x.start))),
            continuing=tuple(sorted(self.continuing, key=lambda x: x.activity)),
        )


def _sorted(items: Iterable[ItemT]) -> tuple[ItemT, ...]:
    """Sort kernel rows by id."""
    return tuple(sorted(items, key=lambda item: item.id))


SELECTION_FIELDS = {
    "line of action": "lane", "duty station": "station", "quota": "pool",
    **{name: name for name in (
        "kind", "row", "place", "country", "origin", "group", "actor", "purpose", "pipeline", "class", "cadre", "state",
        "account",
    )},
}  # fmt: skip
"""Fields that a selection may name, with the tag of each; 'account' picks the payer and is no tag of what is paid."""


def parse_selection(text: str) -> dict[str, tuple[str, ...]]:
    """Read 'line of action: border, pathways; country: East' as {'lane': ('border', 'pathways'), 'country': ('East',)}.

    A field that is none is its own tag.

    Raises:
        ValueError: A clause has no colon or names no value, in a sentence for people.
    """
    clauses: dict[str, tuple[str, ...]] = {}
    for clause in (part.strip() for part in text.split(";")):
        if not clause:
            continue
        name, colon, values = clause.partition(":")
        listed = tuple(v.strip() for v in values.split(",") if v.strip())
        if not colon or not listed:
            message = f"'{clause}' is not 'field: value, value'"
            raise ValueError(message)
        tag = SELECTION_FIELDS.get(" ".join(name.lower().split()), name.strip().lower())
        clauses[tag] = clauses.get(tag, ()) + listed
    return clauses


def matches(tags: Mapping[str, str], selection: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether every clause names one of the subject's values; 'not X' excludes X. Tags may hold 'a; b'."""
    for name, wanted in selection.items():
        if name == "account":
            continue
        have = _values(tags.get(name, ""))
        accept, refuse = _wanted(wanted)
        if have & refuse or (accept and not have & accept):
            return False
    return True


@lru_cache(maxsize=65_536)
def _values(tag: str) -> frozenset[str]:
    """Values of a tag such as 'a; b', in lower case; the same few are asked for a hundred thousand times."""
    return frozenset(part.strip().casefold() for part in tag.split(";"))


@lru_cache(maxsize=65_536)
def _wanted(values: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """What a clause accepts and what it refuses, in lower case."""
    refuse = frozenset(w[4:].strip().casefold() for w in values if w.lower().startswith("not "))
    return frozenset(w.casefold() for w in values if not w.lower().startswith("not ")), refuse
