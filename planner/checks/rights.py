"""Rights: nobody with a pending claim is sent back, and what weakens a right is said aloud."""

from __future__ import annotations

from collections.abc import Iterator

from planner.case import Case
from planner.case.problems import Problem
from planner.checks.finding import error, warning
from planner.compile.draft import parse_selection
from planner.sheets import Movements, Outcomes, OutcomeTerms, People, Pipelines, Programmes, Row, Rules, Visas
from planner.wording.figures import typed

PENDING = ("waiting", "in procedure")
"""States of people whose claim is not decided."""
RETURNED = "returned"
WHY = (
    "no arc leads from a pending claim to a return: whoever has asked for protection is not sent back before the claim"
    " is decided (non-refoulement)"
)
HOW = (
    "Lead people to a caseload in state 'refused' by a decision first, and return them from there; or choose another"
    " destination."
)


def check(case: Case) -> list[Problem]:
    """All findings about rights."""
    return [*_arcs(case), *_switched_off(case), *_enforcement(case)]


def _moves(case: Case) -> Iterator[tuple[Row, str, str, str]]:
    """Every way that people can go: row, field of the destination, from, to."""
    for movement in case.of(Movements):
        yield movement, "enters", movement.leaves, movement.enters
    for stage in case.of(Pipelines):
        for number, (to, _) in enumerate(stage.destinations, start=1):
            yield stage, f"to_{number}", stage.takes_from, to
    for programme in case.of(Programmes):
        yield programme, "moves_to", programme.moves_from, programme.moves_to
    for stream in case.of(Visas):
        for source in (stream.takes_from, stream.otherwise_from):
            yield stream, "goes_to", source, stream.goes_to


def _arcs(case: Case) -> Iterator[Problem]:
    """Refuse every arc from a pending claim to a return."""
    for row, field, source, destination in _moves(case):
        left = case.find(People, source) if source else None
        entered = case.find(People, destination) if destination else None
        if left is None or entered is None or left.state not in PENDING or entered.state != RETURNED:
            continue
        found = (
            f"people would go from '{source}' (state '{left.state}') straight to '{destination}' (state '{RETURNED}');"
            f" {WHY}."
        )
        yield error(row, field, "right-refoulement", found, HOW)


def _switched_off(case: Case) -> Iterator[Problem]:
    """Say aloud that a right is switched off."""
    for row in case.of(Rules):
        if row.category == "right" and not row.on:
            yield warning(
                row,
                "on",
                "right-off",
                f"the right '{row.rule}' is switched off; the plan will record it.",
                "Switch it on unless you only want to see what it costs.",
            )
        elif row.category == "right" and row.strength == "soft":
            yield warning(
                row,
                "strength",
                "right-soft",
                f"the right '{row.rule}' is soft: it may be broken at {typed(row.penalty)} points a unit.",
                "Make it hard; rights are rules, not weights.",
            )


def _enforcement(case: Case) -> Iterator[Problem]:
    """Say aloud that an outcome is rewarded for spending on enforcement."""
    for term in case.of(OutcomeTerms):
        outcome = case.find(Outcomes, term.outcome)
        if (
            outcome is None
            or term.measure not in ("money", "units", "staff days used", "people served")
            or not outcome.weight
        ):
            continue
        worth = term.per_unit if outcome.better == "more" else -term.per_unit
        named = _enforcing(case, term.where)
        if worth > 0.0 and named:
            yield warning(
                term,
                "where",
                "enforcement-rewarded",
                f"outcome '{term.outcome}' rises with {term.measure} on '{named}': the plan would be paid for"
                " enforcement itself.",
                "Score what people gain by it, or leave the term out.",
            )


def _enforcing(case: Case, where: str) -> str:
    """The first value of a selection that means enforcement, '' if none does."""
    try:
        clauses = parse_selection(where)
    except ValueError:
        return ""
    known = [word.strip().casefold() for word in case.setting("enforcement words").split(";")]
    for name in ("purpose", "lane", "row", "pipeline"):
        for value in clauses.get(name, ()):
            plain = value.casefold()
            if not plain.startswith("not ") and any(word and word in plain for word in known):
                return value
    return ""
