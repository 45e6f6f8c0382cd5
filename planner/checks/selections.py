"""Selections of rules, outcomes and partners: known fields, and values that somebody has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from planner.case import Case
from planner.case.problems import Problem
from planner.cells.words import nearest
from planner.checks.references import problem
from planner.compile.draft import SELECTION_FIELDS, parse_selection
from planner.sheets import (
    Deployments,
    Effects,
    Funding,
    Groups,
    Indicators,
    People,
    Pipelines,
    Places,
    Programmes,
    RawActivities,
    RawLedgers,
    Reforms,
    Row,
    Sites,
    Slots,
    Staff,
    Transfers,
    Visas,
    columns,
)
from planner.signs import difference
from planner.wording.lists import named

KINDS = (
    "stage",
    "programme",
    "visa",
    "hire",
    "deploy",
    "train",
    "transfer",
    "release",
    "arrive",
    "soften",
    "raw",
    "reform",
    "site",
    "coalition",
    "people",
    "account",
    "pool",
    "indicator",
    "headcount",
    "capital",
    "pulse",
    "staff",
    "trained",
)
SUBJECTS: tuple[type[Row], ...] = (
    Pipelines,
    Programmes,
    Visas,
    Staff,
    Deployments,
    Sites,
    People,
    Slots,
    Funding,
    Transfers,
    Indicators,
    Reforms,
    Effects,
    RawActivities,
    RawLedgers,
)
"""Sheets whose rows become something that a selection can pick."""
_PLACE_FIELDS: dict[type[Row], str] = {
    Pipelines: "place",
    Programmes: "place",
    Visas: "booked",
    Staff: "station",
    Deployments: "to_station",
    Sites: "site",
    People: "place",
    Reforms: "place",
}
WORDS = {tag: word for word, tag in SELECTION_FIELDS.items()}
"""The field of a tag, as people write it."""
_SAME = {
    "lane": "lane",
    "group": "group",
    "actor": "actor",
    "purpose": "purpose",
    "pipeline": "pipeline",
    "class": "visa_class",
    "cadre": "cadre",
    "station": "station",
    "state": "state",
}


def check(case: Case) -> list[Problem]:
    """Every selection column of every row."""
    known: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for sheet, rows in case.rows.items():
        for column in columns(sheet):
            if column.kind == "where":
                for row in rows:
                    problems += _selection(case, row, column.field, known)
    return problems


def _selection(case: Case, row: Row, field: str, known: dict[str, dict[str, str]]) -> Iterator[Problem]:
    """Check one selection."""
    text = getattr(row, field)
    try:
        clauses = parse_selection(text)
    except ValueError as error:
        yield problem(
            row,
            field,
            "selection-form",
            f"the selection cannot be read: {error}.",
            "Write fields with their values, as 'line of action: pathways; country: East, West'.",
        )
        return
    for name, values in clauses.items():
        if name not in WORDS:
            yield problem(
                row,
                field,
                "selection-field",
                f"there is no field '{name}' to select by.",
                f"Choose among {named(SELECTION_FIELDS, 20)}.",
                nearest(name, SELECTION_FIELDS),
            )
            continue
        there = known.setdefault(name, {value.casefold(): value for value in values_of(case, name)})
        for value in values:
            plain = value[4:].strip() if value.lower().startswith("not ") and value.casefold() not in there else value
            if plain.casefold() not in there:
                yield _nobody(case, row, field, name, plain, there)


def _nobody(case: Case, row: Row, field: str, name: str, value: str, there: dict[str, str]) -> Problem:
    """Say that a value picks nothing."""
    exists = value.casefold() in _defined(case, name)
    word = WORDS[name]
    found = f"nothing on the other sheets has {word} '{value}', so the selection '{word}: {value}' picks nothing."
    mend = (
        "Give it to the rows that are meant, or take it out."
        if exists
        else f"Write a {word} that rows have"
        + (f": {named(sorted(there.values()))}." if there else "; none has one so far.")
    )
    hint = "" if exists else nearest(value, there.values())
    found = f"{found} {difference(value, hint)}".rstrip()
    return problem(row, field, "selection-nothing", found, mend, hint)


def _defined(case: Case, name: str) -> frozenset[str]:
    """Names that exist although nobody uses them."""
    if name == "group":
        return frozenset(row.id.casefold() for row in case.of(Groups))
    if name in ("place", "country", "origin", "station"):
        return frozenset(row.id.casefold() for row in case.of(Places))
    return frozenset()


def values_of(case: Case, name: str) -> set[str]:
    """Values of a field that some subject of the case has."""
    if name == "kind":
        return set(KINDS)
    if name == "row":
        return {row.id for sheet in SUBJECTS for row in case.of(sheet)}
    if name == "pool":
        return {row.id for row in case.of(Slots)}
    if name == "account":
        return {row.id for row in case.of(Funding)} | {ledger.id for ledger in case.of(RawLedgers) if ledger.pays}
    if name in ("place", "country", "origin"):
        return _places(case, name)
    found = {str(getattr(row, _SAME[name], "")) for sheet in SUBJECTS for row in case.of(sheet)}
    if name == "station":
        found |= _places(case, "place") | {row.from_station for row in case.of(Deployments)}
    if name == "cadre":
        found |= {row.to_cadre for row in case.of(Deployments)}
    return found - {""}


def _places(case: Case, name: str) -> set[str]:
    """Places, countries or origins of the case's subjects."""

    @cache
    def country(place: str) -> str:
        row = case.find(Places, place)
        return (row.country or row.place) if row is not None else ""

    if name == "origin":
        origins = {row.origin_country for row in case.of(People)} | {row.nationality for row in case.of(Visas)}
        return {country(place) for place in origins} - {""}
    places = {str(getattr(row, field)) for sheet, field in _PLACE_FIELDS.items() for row in case.of(sheet)} - {""}
    return places if name == "place" else {country(place) for place in places} - {""}
