"""Sheets Outcomes and Outcome terms as kernel outcomes and levels of the objective (K13)."""

from __future__ import annotations

from typing import Literal

from models.network import Outcome, Part, Priority, Term
from planner.compile.draft import Draft
from planner.compile.measures import combine, natural_scale, needs, scaled, terms
from planner.sheets.outcomes import Outcomes, OutcomeTerms

Kind = Literal["sum", "worst_off", "gini"]
KINDS: dict[str, Kind] = {"sum": "sum", "worst-off": "worst_off", "gini": "gini"}


def compile_outcomes(draft: Draft) -> None:
    """Add every outcome, also those that are only shown, and the levels of the objective in order."""
    lines: dict[str, list[OutcomeTerms]] = {}
    for line in draft.case.of(OutcomeTerms):
        lines.setdefault(line.outcome, []).append(line)
    for row in draft.case.of(Outcomes):
        draft.outcomes.append(_outcome(draft, row, lines.get(row.outcome, [])))
    draft.priorities.extend(_levels(draft.case.of(Outcomes)))


def _outcome(draft: Draft, row: Outcomes, lines: list[OutcomeTerms]) -> Outcome:
    """Build an outcome from its row and its terms."""
    kind = KINDS[row.kind]
    whole = _terms(draft, lines, {})
    parts: tuple[Part, ...] = ()
    if kind != "sum":
        field = row.across or "country"
        parts = tuple(Part(name, need, _terms(draft, lines, {field: name})) for name, need in needs(draft, field))
    return Outcome(
        id=row.outcome,
        unit=row.unit,
        terms=whole if kind == "sum" else (),
        kind=kind,
        parts=parts,
        total=row.total,
        discount=row.discount,
        scale=natural_scale(draft, whole) if kind == "sum" else 1.0,
        tags={"kind": "outcome", "sheet": Outcomes.SHEET, "row": row.id},
        origin=row.origin("weight"),
    )


def _terms(draft: Draft, lines: list[OutcomeTerms], only: dict[str, str]) -> tuple[Term, ...]:
    """Sum of an outcome's lines, over everything or over one country, origin or group."""
    found: list[Term] = []
    for line in lines:
        found += scaled(terms(draft, line.measure, line.where, only), line.per_unit)
    return combine(found)


def _levels(rows: tuple[Outcomes, ...]) -> list[Priority]:
    """Build the objective's levels; a level may give up the largest tolerance that one of its outcomes states."""
    levels = []
    for level in sorted({row.priority for row in rows if row.weight}):
        sought = sorted((row for row in rows if row.priority == level and row.weight), key=lambda row: row.outcome)
        weights = tuple((row.outcome, -row.weight if row.better == "less" else row.weight) for row in sought)
        levels.append(Priority(weights, max(row.tolerance for row in sought)))
    return levels
