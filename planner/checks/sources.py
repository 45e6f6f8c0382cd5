"""Every number has a source and a grade: the grammar of Source columns, unknown ids, rows without either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from planner.case import Case
from planner.case.problems import Problem
from planner.cells.words import nearest
from planner.checks.references import problem
from planner.sheets import Column, Evidence, Overrides, Row, columns
from planner.sheets.address import Address
from planner.wording.figures import count


def check(case: Case) -> list[Problem]:
    """Sources and grades of every sheet but Evidence itself, whose Source column names publications."""
    ids = {row.evidence.casefold(): row.evidence for row in case.of(Evidence)}
    problems: list[Problem] = []
    first: Row | None = None
    for sheet, rows in case.rows.items():
        if sheet is Evidence:
            continue
        numeric = [c for c in columns(sheet) if c.numeric and not c.key]
        problems += _bare(rows, numeric)
        for row in rows:
            if row.source:
                first = first or row
                problems += _source(row, ids) if ids else ()
    if first is not None and not ids:
        problems.append(
            Problem(
                "evidence-missing",
                "warning",
                Address("Evidence"),
                "there are Source cells but no rows on sheet Evidence, so that they "
                f"lead nowhere (the first is {first.at('source')}).",
                "Add the figures with their publishers to sheet Evidence.",
            )
        )
    return problems


def _bare(rows: Sequence[Row], numeric: Sequence[Column]) -> Iterator[Problem]:
    """One warning a sheet for its rows with figures but no source, and one for those with a source but no grade.

    A decision by hand has a reason instead.
    """
    filled = [row for row in rows if any(c.field not in row.defaulted and c.field in row.cells for c in numeric)]
    bare = [row for row in filled if not row.source and not (isinstance(row, Overrides) and row.reason)]
    if bare:
        lacking = "no source" if all(row.grade for row in bare) else "no source and no grade"
        what = "Write the id of a row on sheet Evidence, and grade the row S, D, A or U."
        yield _counted(bare, "source", lacking, what)
    ungraded = [row for row in filled if row.source and not row.grade]
    if ungraded:
        what = "Write S (sourced), D (derived), A (assumption) or U (unverified)."
        yield _counted(ungraded, "grade", "no grade", what)


def _counted(rows: Sequence[Row], field: str, lacking: str, mend: str) -> Problem:
    """Say at the first of some rows what all of them lack."""
    first = rows[0]
    if len(rows) == 1:
        found, label = f"the row's numbers have {lacking}.", first.id
    else:
        found, label = f"the numbers of {count(len(rows))} rows have {lacking}: rows {_stretches(rows)}.", ""
    return Problem(f"{field}-missing", "warning", first.at(field), found, mend, label)


def _stretches(rows: Sequence[Row], most: int = 6) -> str:
    """Row numbers as people write them: '5-8, 12, 14'."""
    numbers = sorted({row.row_number for row in rows})
    told: list[str] = []
    start = 0
    for at, number in enumerate(numbers, 1):
        if at == len(numbers) or numbers[at] != number + 1:
            told.append(str(number) if start == at - 1 else f"{numbers[start]}-{number}")
            start = at
    return ", ".join(told[:most]) + (" ..." if len(told) > most else "")


def _source(row: Row, ids: dict[str, str]) -> Iterator[Problem]:
    """Read 'E012' or 'on board: E012; salary: E013, E014'."""
    names = {c.name.casefold(): c.name for c in columns(type(row))}
    for clause in (part.strip() for part in row.source.split(";")):
        name, colon, listed = clause.rpartition(":")
        if colon and name.strip().casefold() not in names:
            yield problem(
                row,
                "source",
                "source-column",
                f"the source names a column '{name.strip()}' that the sheet does not have.",
                "Write 'column: id' with a column's header.",
                nearest(name, names.values()),
            )
        for wanted in (part.strip() for part in re.split(r"[,\s]\s*(?=\S)", listed) if part.strip()):
            if wanted.casefold() not in ids:
                yield problem(
                    row,
                    "source",
                    "source-unknown",
                    f"there is no '{wanted}' on sheet Evidence.",
                    "Write the id of one of its rows, or add the figure there.",
                    nearest(wanted, ids.values()),
                )
