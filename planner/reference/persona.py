"""A person's options: five ways to protection of a threatened young person, from when, for how many, what holds them.

The ways are those of the Blueprint for a young person from San Pedro Sula, Honduras. For another case or origin the
same five questions are asked of the rows that fit: by country of origin, kind of row and where people end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.case import Case
from planner.plan import Plan
from planner.reference.fates import TINY, Facts
from planner.reference.idle import idle_because
from planner.sheets import People, Pipelines, Places, Programmes, Visas

if TYPE_CHECKING:
    from planner.reference.causes import Causes


@dataclass(frozen=True, slots=True)
class Way:
    """One way: from which date, for how many people over the plan, by which rows; `held_by` says what limits it.

    With `everyone` the figure counts people of all origins, because the rows do not tell them apart.
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


NAMES = (
    "Protection as a displaced person at home",
    "Asylum in a neighbouring country",
    "A complementary pathway (work, study, sponsorship)",
    "Resettlement from the country",
    "Asylum at a port of entry",
)
EVERYONE = (NAMES[1], NAMES[4])
"""Ways in which people of all origins stand in one line."""


def ways(case: Case, plan: Plan, origin: str = "Honduras", causes: Causes | None = None) -> tuple[Way, ...]:
    """The five ways for somebody from `origin` in a plan; with `causes` of the opened plan what holds is computed."""
    facts = Facts(case, plan, causes)
    return tuple(_way(facts, name, rows) for name, rows in zip(NAMES, _rows(case, origin), strict=True))


def _rows(case: Case, origin: str) -> tuple[tuple[tuple[str, Any], ...], ...]:
    """Rows of each way: (kernel prefix, row)."""
    return (
        tuple(
            ("programme", r)
            for r in case.of(Programmes)
            if _state(case, r.moves_to) == "protected at home" and r.place == origin
        ),
        tuple(
            ("stage", r) for r in case.of(Pipelines) if r.pipeline.endswith("asylum") and _near(case, r.place, origin)
        ),
        tuple(
            ("visa", r)
            for r in case.of(Visas)
            if r.nationality == origin and "resettlement" not in r.visa_class.lower()
        ),
        (
            *(("stage", r) for r in case.of(Pipelines) if _leads_out(case, r, origin)),
            *(
                ("visa", r)
                for r in case.of(Visas)
                if r.nationality == origin and "resettlement" in r.visa_class.lower()
            ),
        ),
        tuple(("stage", r) for r in case.of(Pipelines) if _at_port(case, r)),
    )


def _state(case: Case, people: str) -> str:
    """State of a compartment."""
    row = case.find(People, people)
    return row.state if row is not None else ""


def _near(case: Case, place: str, origin: str) -> bool:
    """Whether a place lies in another country than the origin, and not where the ports lead."""
    row = case.find(Places, place)
    country = (row.country or row.place) if row is not None else ""
    ports = {p.country for p in case.of(Places) if p.kind == "port of entry"}
    return bool(country) and country != origin and country not in ports


def _leads_out(case: Case, row: Pipelines, origin: str) -> bool:
    """Whether a stage takes people of the origin who are ready into safety abroad."""
    source = case.find(People, row.takes_from)
    target = case.find(People, row.to_1)
    return (
        source is not None
        and target is not None
        and source.origin_country == origin
        and target.state in ("durable", "in procedure")
        and source.state in ("ready to travel", "in procedure")
        and row.pipeline != "recruitment"
        and target.place != source.place
    )


def _at_port(case: Case, row: Pipelines) -> bool:
    """Whether a stage admits people who wait at a port or centre."""
    place = case.find(Places, row.place)
    return (
        _state(case, row.takes_from) == "waiting"
        and place is not None
        and place.kind in ("port of entry", "processing centre")
    )


def _way(facts: Facts, name: str, rows: tuple[tuple[str, Any], ...]) -> Way:
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
    return Way(
        name, first, sum(by_period.values()), tuple(by_phase.items()), used, tuple(_held(facts, rows)), name in EVERYONE
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
            yield f"{row.id}: {idle_because(facts, row)}"
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
                yield f"{pool}: all numbers used"
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
