"""A person's options: the ways of sheet Ways in a plan, from when, for how many, what holds them.

Who the person is and which rows each way goes through is data of the case; a case without the sheet has no such answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.case import Case
from planner.case.carriers import clauses
from planner.plan import Plan
from planner.reference.inactive import inactive_because
from planner.reference.row_status import TINY
from planner.results.facts import Facts
from planner.sheets import Pipelines, Programmes, Row, Visas, Ways

if TYPE_CHECKING:
    from planner.reference.causes import Causes


@dataclass(frozen=True, slots=True)
class PathToProtection:
    """One way: from which date, for how many people over the plan, by which rows; `held_by` says what limits it.

    With `everyone` the figure counts people of all kinds, because they stand in one line.
    """

    name: str
    open_from: str
    people: float
    by_phase: tuple[tuple[str, float], ...]
    rows: tuple[str, ...]
    held_by: tuple[str, ...]
    everyone: bool = False

    @property
    def open(self) -> bool:
        """Whether anybody can take it."""
        return self.people > TINY


PREFIXES: dict[type[Row], str] = {Pipelines: "stage", Programmes: "programme", Visas: "visa"}
"""Kernel prefix of the sheets whose rows people go through."""


def persons(case: Case) -> tuple[str, ...]:
    """Persons of sheet Ways, in its order."""
    return tuple(dict.fromkeys(row.person for row in case.of(Ways)))


def ways(case: Case, plan: Plan, person: str, causes: Causes | None = None) -> tuple[PathToProtection, ...]:
    """The ways of a person of sheet Ways in a plan; with `causes` of the opened plan what holds is computed."""
    facts = Facts(case, plan, causes)
    return tuple(_way(facts, row.way, _rows(case, row), row.everyone) for row in case.of(Ways) if row.person == person)


def _rows(case: Case, way: Ways) -> tuple[tuple[str, Any], ...]:
    """Rows of a way: (kernel prefix, row), each once."""
    found = {(PREFIXES[type(row)], row.id): row for clause in clauses(way.rows) for row in clause.rows(case)}
    return tuple((prefix, row) for (prefix, _), row in found.items())


def _way(facts: Facts, name: str, rows: tuple[tuple[str, Any], ...], everyone: bool) -> PathToProtection:
    """When a way opens, for how many, and what holds the rows that stay at nothing or at their limit."""
    periods = facts.table("periods")
    table = facts.table("activities")
    factor = {f"{prefix}:{row.id}": getattr(row, "people_per_unit", 1.0) for prefix, row in rows}
    mine = table[table["activity"].isin(factor.keys()) & (table["level"] > TINY)]
    counted = mine.assign(people=mine["effective"] * mine["activity"].map(factor))
    by_period = {int(str(k)): float(v) for k, v in counted.groupby("period")["people"].sum().items()}
    by_phase: dict[str, float] = {str(p): 0.0 for p in periods["phase"].unique()}
    first = ""
    for number, phase, day in zip(periods["period"], periods["phase"], periods["from"], strict=True):
        amount = by_period.get(int(number), 0.0)
        by_phase[str(phase)] += amount
        if amount >= 1.0 and not first:
            first = str(day)
    used = tuple(dict.fromkeys(str(r) for r in mine["row"]))
    return PathToProtection(
        name, first, sum(by_period.values()), tuple(by_phase.items()), used, tuple(_held(facts, rows)), everyone
    )


def _held(facts: Facts, rows: tuple[tuple[str, Any], ...]) -> Iterator[str]:
    """What holds each row, once: idle rows with their reason, then scarce staff, slots and sites of the others."""
    said: set[str] = set()
    for phrase in _phrases(facts, rows):
        if phrase not in said:
            said.add(phrase)
            yield phrase


def _phrases(facts: Facts, rows: tuple[tuple[str, Any], ...]) -> Iterator[str]:
    """Everything that holds, with repetitions."""
    capacities = facts.table("capacities")
    for prefix, row in rows:
        if facts.levels.get(f"{prefix}:{row.id}", 0.0) <= TINY:
            yield f"{row.id}: {inactive_because(facts, row)}"
            continue
        cadre = getattr(row, "cadre", "")
        if cadre:
            station = row.station or getattr(row, "place", "") or getattr(row, "nationality", "")
            if _full(capacities, f"staff:{cadre} / {station}"):
                yield f"{cadre} at {station}: fully used"
        site = getattr(row, "site", "")
        if site and _full(capacities, f"site:{site}"):
            yield f"{site}: full"
        for pool in getattr(row, "slots", ()):
            if facts.closing.get(f"pool:{pool}", 1.0) < 0.5:
                yield f"{pool}: all places used"
        most = getattr(row, "at_most", None) or getattr(row, "demand", None)
        if most and _at_limit(facts, f"{prefix}:{row.id}", most):
            yield f"{row.id}: at its largest pace"


def _full(capacities: Any, name: str) -> bool:
    """Whether a capacity is used up in half of the plan's time or more."""
    mine = capacities[capacities["capacity"] == name]
    if mine.empty:
        return False
    full = mine["occupied"] >= 0.999 * mine["available"] * mine["ceiling"]
    return float(full.mean()) >= 0.5


def _at_limit(facts: Facts, activity: str, most: float) -> bool:
    """Whether an activity runs at its limit in the last period."""
    periods = facts.table("periods")
    last = periods.iloc[-1]
    table = facts.table("activities")
    level = float(table.loc[(table["activity"] == activity) & (table["period"] == last["period"]), "level"].sum())
    return level >= 0.999 * most * float(last["days"]) / 365.0
