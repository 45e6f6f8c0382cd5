"""Recommendations lead to rows, evidence has ranges in order, and grades do not promise more than their evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.case import Case
from planner.case.carriers import OWN, Carrier, carriers, clauses
from planner.case.problems import Problem
from planner.cells.words import nearest
from planner.checks.finding import amount, error, warning
from planner.sheets import BY_NAME, Evidence, Pipelines, Programmes, Recommendations, Row, Visas, Ways
from planner.sheets.recommendations import CONTEXT

TRAVELLED = (Pipelines, Programmes, Visas)
"""Sheets whose rows people go through."""
FIRMNESS = {"S": 3, "D": 2, "U": 1, "A": 0}
"""Order of grades: sourced, derived, unverified, assumed."""


def check(case: Case) -> list[Problem]:
    """All findings about recommendations and about what grades promise."""
    return [*_carried(case), *_ways(case), *_ranges(case), *_grades(case)]


def _carried(case: Case) -> Iterator[Problem]:
    """Every recommendation has rows, or is context with a reason; every clause leads to a row."""
    for row in case.of(Recommendations):
        found = carriers(row)
        if not found and row.kind != CONTEXT:
            yield error(
                row,
                "carried_by",
                "recommendation-nowhere",
                f"no row carries '{row.id}'.",
                "Write 'Sheet: row key', or make it context with a reason.",
            )
        if row.kind == CONTEXT and not row.reason:
            yield error(
                row,
                "reason",
                "recommendation-reason",
                f"'{row.id}' is context, but no reason says why it has no quantity.",
                "Write the reason, or name the rows that carry it.",
            )
        for carrier in found:
            if not carrier.rows(case):
                yield error(row, "carried_by", "recommendation-nowhere", *_nowhere(case, carrier))


def _ways(case: Case) -> Iterator[Problem]:
    """Every clause of a way leads to a stage, a programme or a visa stream."""
    sheets = [kind.SHEET for kind in TRAVELLED]
    for row in case.of(Ways):
        for clause in clauses(row.rows):
            if clause.sheet not in sheets:
                found = f"'{clause}' names no sheet that people go through."
                mend = f"Write 'Sheet: row key' with one of {', '.join(sheets)}."
                yield error(row, "rows", "way-nowhere", found, mend, nearest(clause.sheet, sheets))
            elif not clause.rows(case):
                yield error(row, "rows", "way-nowhere", *_nowhere(case, clause))


def _nowhere(case: Case, carrier: Carrier) -> tuple[str, str, str]:
    """What is wrong with a clause, what to do, and the nearest name."""
    if not carrier.known:
        sheets = [name for name in BY_NAME if name not in OWN]
        return (
            f"'{carrier}' names no sheet that can carry a recommendation.",
            "Write 'Sheet: row key'.",
            nearest(carrier.sheet, sheets),
        )
    keys = [row.id for row in case.rows.get(BY_NAME[carrier.sheet], ())]
    return (
        f"sheet {carrier.sheet} has no row '{carrier.key}'.",
        "Write the row's key (key columns joined with ' / '), or add the row.",
        nearest(carrier.key, keys),
    )


def _ranges(case: Case) -> Iterator[Problem]:
    """Low, central and high in order; assumed and unverified figures have a range."""
    for row in case.of(Evidence):
        low, middle, high = row.low, row.value, row.high
        if low is not None and high is not None and low > high:
            yield error(
                row,
                "low",
                "evidence-range",
                f"low {amount(low)} is above high {amount(high)}.",
                "Exchange them, or correct one.",
            )
        elif middle is not None and low is not None and middle < low:
            yield error(
                row,
                "value",
                "evidence-range",
                f"the central value {amount(middle)} is below low {amount(low)}.",
                "Correct one of them.",
            )
        elif middle is not None and high is not None and middle > high:
            yield error(
                row,
                "value",
                "evidence-range",
                f"the central value {amount(middle)} is above high {amount(high)}.",
                "Correct one of them.",
            )
        if row.grade in ("A", "U") and middle is not None and (low is None or high is None):
            yield warning(
                row,
                "low" if low is None else "high",
                "evidence-range-missing",
                f"grade {row.grade} without a range: nobody can see how far it may be off.",
                "Fill in Low and High.",
            )


def _grades(case: Case) -> Iterator[Problem]:
    """A row is graded like the weakest of its sources: S on an assumption contradicts it."""
    known = {row.evidence.casefold(): row for row in case.of(Evidence)}
    for sheet, rows in case.rows.items():
        if sheet in (Evidence, Recommendations):
            continue
        for row in rows:
            if row.grade in FIRMNESS:
                yield from _grade(row, [known[i] for i in cited(row) if i in known])


def _grade(row: Row, sources: list[Evidence]) -> Iterator[Problem]:
    """Compare a row's grade with its weakest source; U and A both mean: not known."""
    graded = [source for source in sources if source.grade in FIRMNESS]
    if not graded:
        return
    weakest = min(graded, key=lambda source: FIRMNESS[source.grade])
    if FIRMNESS[row.grade] >= FIRMNESS["D"] and FIRMNESS[weakest.grade] < FIRMNESS["D"]:
        yield error(
            row,
            "grade",
            "grade-contradicts",
            f"grade {row.grade}, but its source {weakest.evidence} is graded {weakest.grade}.",
            f"Write {weakest.grade}, the weakest of the row's sources, or cite a firmer figure.",
        )
    elif row.grade == "S" and weakest.grade == "D":
        yield error(
            row,
            "grade",
            "grade-contradicts",
            f"grade S, but its source {weakest.evidence} is derived.",
            "Write D, or cite the figure that it is derived from.",
        )


def cited(row: Row) -> tuple[str, ...]:
    """Evidence ids that a Source cell names, folded; 'column: id, id; column: id' names three."""
    listed = (clause.rpartition(":")[2] for clause in row.source.split(";"))
    return tuple(part.casefold() for text in listed for part in re.split(r"[,\s]\s*", text.strip()) if part)
