"""Rows and columns of the model in planners' words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property

from models.build import Built
from models.linear import BY_HAND, ColumnSpec, RowSpec
from models.network import Tags
from planner.ordering import ranked
from planner.solver.basis import TIGHT, Basis
from planner.wording.dates import day as day_words
from planner.wording.figures import signed
from planner.wording.units import behind

UNITS = {
    "account": "USD",
    "people": "person",
    "pool": "number",
    "headcount": "head",
    "capital": "point",
    "staff": "officer",
    "site": "place",
}


NOISE = 1e-6
"""Changes of an outcome below this are rounding."""


def heaviest_first(built: Built, changes: Iterable[tuple[str, str, float]]) -> tuple[tuple[str, str, float], ...]:
    """Changes of outcomes (name, unit, change) without noise, those worth most points first."""
    weights = {name: abs(points) for level in built.frame.network.priorities for name, points in level.weights}
    felt = [(name, unit, change) for name, unit, change in changes if abs(change) > NOISE]
    return tuple(ranked(felt, lambda e: weights.get(e[0], 0.0) * abs(e[2]), lambda e: e[0]))


def moved(changes: Iterable[tuple[str, str, float]], *, by_one: bool = False) -> str:
    """The three heaviest changes of outcomes in words, of changes in that order; `by_one` if one more brings them.

    What one more brings is a rate, and no count of people.
    """
    told = [(name, unit, change, "" if by_one else unit) for name, unit, change in changes]
    felt = [t for t in told if signed(t[2], t[3]) != "0"]
    return "; ".join(f"{name} {signed(change, as_)} {behind(change, unit)}" for name, unit, change, as_ in felt[:3])


class Words:
    """Names things of one built model."""

    def __init__(self, built: Built) -> None:
        """Index the model's nouns."""
        self.built, self.frame = built, built.frame
        network = built.frame.network
        self.tags: dict[str, Tags] = {}
        self.origins: dict[str, str] = {}
        for group in (network.stocks, network.capacities, network.activities, network.switches):
            for item in group:
                self.tags[item.id], self.origins[item.id] = item.tags, item.origin

    def period(self, t: int) -> str:
        """Short name of a period."""
        return self.frame.grid.names[t]

    def date(self, day: float) -> str:
        """A day as people write it."""
        return day_words(self.frame.grid.date(day))

    def noun(self, name: str) -> str:
        """A kernel id in words: kind and row name."""
        kind, _, rest = name.partition(":")
        return {
            "staff": rest,
            "headcount": f"{rest} (posts)",
            "trained": f"staff trained for {rest}",
            "site": f"site '{rest}'",
            "account": f"account '{rest}'",
            "pool": f"quota '{rest}'",
            "people": f"'{rest}'",
            "hire": f"hiring of {rest}",
            "capital": "political capital",
            "indicator": f"indicator '{rest}'",
            "deploy": f"lending {rest}",
            "train": f"training for {rest}",
            "transfer": f"transfer {rest}",
            "release": f"release of quota '{rest}'",
            "open": f"opening of '{rest}'",
            "close": f"closing of '{rest}'",
            "reform": f"reform '{rest}'",
            "partner": f"partner '{rest}'",
        }.get(kind, f"'{rest}'" if rest else f"'{name}'")

    def stock_period(self, stock: str, step: int) -> int:
        """Period of a step of a stock."""
        return self.built.ledgers.steps[stock][step].period

    @cached_property
    def _by_year(self) -> frozenset[str]:
        """Rules that hold in each fiscal year."""
        return frozenset(rule.id for rule in self.frame.network.rules if rule.scope == "fiscal year")

    def row_periods(self, row: RowSpec) -> tuple[int, ...]:
        """Periods over which a row reaches; none where that is not known."""
        if row.family == "rule":
            rules = (r for r in self.frame.network.rules if r.id == row.key[0])
            scopes = (s for r in rules for s in self.built.rules.scopes(r) if s.label == row.key[1])
            return next((s.periods for s in scopes), ())
        t = self.row_period(row)
        return () if t is None else (t,)

    def row_period(self, row: RowSpec) -> int | None:
        """Period of a row, None where it spans several."""
        key = row.key
        if row.family in ("balance", "limit"):
            return self.stock_period(str(key[0]), int(key[1]))
        if row.family == "rule":
            reach = self.row_periods(row)
            return reach[0] if len(reach) == 1 else None
        if row.family in (
            "occupancy",
            "bill",
            "open_share",
            "step_share",
            "paid",
            "portions",
            "growth",
            "decline",
            "curve",
            "enabled",
            "at_most_if_running",
            "start",
            "at_least_if_running",
            "on_time",
            "entries",
            "requirement",
            "demand",
            "milestone",
            "curve_order",
            "curve_full",
        ):
            return int(key[-1])
        return None

    def row(self, row: RowSpec) -> str:
        """What a row limits, and in which period."""
        t = None if row.family == BY_HAND or self.is_by_year(row) else self.row_period(row)
        return self.limit(row) if t is None else f"{self.limit(row)} in {self.period(t)}"

    def limit(self, row: RowSpec) -> str:
        """What a row limits."""
        name = self.noun(str(row.key[0]))
        if row.family == BY_HAND:
            return f"constraint '{row.key[0]}' (added in Pyomo)"
        return {
            "occupancy": f"{name}",
            "balance": self._balance(str(row.key[0])),
            "limit": f"room in {name}",
            "bill": f"money for {name}",
            "open_share": f"the days on which {name} is open",
            "step_share": f"what falls due for {name} before or after its books close",
            "paid": f"what {name} pays before and after its books close",
            "portions": f"what {name} does before and after places lapse",
            "growth": f"how fast {name} can grow",
            "decline": f"how fast {name} can shrink",
            "enabled": f"{name} waits for {self.noun(str(row.key[1])) if len(row.key) > 1 else 'a reform'}",
            "on_time": f"the time limit of {name}",
            "requirement": f"what must go with it: {name}",
            "rule": self.rule(row),
            "demand": f"what {name} requires",
            "milestone": f"the milestone of {name}",
            "at_most_if_running": f"the largest pace of {name}",
            "at_least_if_running": f"the least scale of {name}",
            "curve": f"returns of {name}",
            "outcome": f"outcome {name}",
            "worst_off": f"outcome {name} for {row.key[-1]}",
            "once": f"{name} happens once",
            "prerequisite": f"{name} waits for {self.noun(str(row.key[1])) if len(row.key) > 1 else ''}",
        }.get(row.family, f"{row.family} of {name}")

    def is_by_year(self, row: RowSpec) -> bool:
        """Whether a row is a rule's limit in one fiscal year."""
        return row.family == "rule" and row.key[0] in self._by_year

    def rule(self, row: RowSpec) -> str:
        """A rule by name, with its fiscal year where it holds in each."""
        return f"rule '{row.key[0]}'" + (f" in {row.key[1]}" if self.is_by_year(row) else "")

    def _balance(self, stock: str) -> str:
        kind = self.tags.get(stock, {}).get("kind", "")
        return {
            "people": f"people in {self.noun(stock)}",
            "account": f"money in {self.noun(stock)}",
            "pool": f"places in {self.noun(stock)}",
        }.get(kind, self.noun(stock))

    def _ends(self, stock: str) -> str:
        """'run' for the people of a row and the numbers of a pool, 'runs' for money and everything else."""
        return "run" if self.tags.get(stock, {}).get("kind", "") in ("people", "pool") else "runs"

    def column(self, column: ColumnSpec) -> str:
        """What a decision is."""
        key = column.key
        name = self.noun(str(key[0]))
        match column.family:
            case "level" | "runs" | "starts":
                return f"{name} in {self.period(int(key[-1]))}"
            case "stretch" | "full":
                return f"stretch {int(key[1]) + 1} of {name} in {self.period(int(key[-1]))}"
            case "balance" | "lapse":
                when = self.period(self.stock_period(str(key[0]), int(key[1])))
                return f"{self._balance(str(key[0]))} at the end of {when}"
            case "payment":
                return f"what {self.noun(str(key[0]))} pays for {self.noun(str(key[1]))} in {self.period(int(key[2]))}"
            case "paid" | "portion":
                return self._part_of_period(column)
            case "taken":
                return f"{name} on {self.date(self.frame.grid.start(int(key[1])))}"
            case "over_limit" | "entries":
                return (
                    f"people over the time limit of {name}" if column.family == "over_limit" else f"entries into {name}"
                )
        last = {"broken": f"breach of rule '{key[0]}'", BY_HAND: f"variable '{key[0]}' (added in Pyomo)"}
        return last.get(column.family, f"{column.family} of {name}")

    def _part_of_period(self, column: ColumnSpec) -> str:
        """What an account pays, or what is done, in a part of a period that money's or numbers' lapsing cuts."""
        name, ledgers = str(column.key[0]), self.built.ledgers
        if column.family == "paid":
            begin, end = ledgers.steps[name][int(column.key[1])].span
            what = f"what {self.noun(name)} pays"
        else:
            (begin, end), _ = ledgers.portions.portions[name, int(column.key[2])][int(column.key[1])]
            what = self.noun(name)
        return f"{what} from {self.date(begin)} to {self.date(end - 1.0)}"

    def blocker(self, basis: Basis, number: int | None, moves: float) -> str:
        """What starts to bind, in words; `moves` is its movement per unit in the direction of travel."""
        if number is None:
            return ""
        if number >= basis.n:
            rows = self.frame.rows
            return (
                self.row(rows[number - basis.n]) + " binds"
                if number - basis.n < len(rows)
                else "an earlier priority binds"
            )
        column = self.frame.columns[number]
        words = self.column(column)
        if column.family == "balance" and moves < 0.0:
            return f"{words} {self._ends(str(column.key[0]))} out"
        if (
            column.family in ("payment", "paid", "portion", "lapse", "over_limit", "broken", "level", "stretch")
            and moves < 0.0
        ):
            nothing = basis.lower[number] <= TIGHT
            return f"{words} falls to {'nothing' if nothing else 'its least'}"
        return f"{words} reaches its limit" if math.isfinite(basis.upper[number]) else f"{words} changes course"
