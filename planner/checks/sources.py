"""Every number has a source and a grade: the grammar of Source columns, unknown ids, rows without either."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.case import Case
from planner.checks.references import problem
from planner.problems import Address, Problem
from planner.sheets import Column, Evidence, Row, columns
from planner.workbook.words import nearest


def check(case: Case) -> list[Problem]:
    """Sources and grades of every sheet but Evidence itself, whose Source column names publications."""
    ids = {row.evidence.casefold(): row.evidence for row in case.of(Evidence)}
    problems: list[Problem] = []
    first: Row | None = None
    for sheet, rows in case.rows.items():
        if sheet is Evidence:
            continue
        numeric = [c for c in columns(sheet) if c.numeric and not c.key]
        for row in rows:
            problems += _bare(row, numeric)
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


def _bare(row: Row, numeric: list[Column]) -> Iterator[Problem]:
    """One warning for a row with figures but no source or no grade."""
    filled = [c.name for c in numeric if c.field not in row.defaulted and c.field in row.cells]
    if not filled or (row.source and row.grade):
        return
    if row.source:
        yield Problem(
            "grade-missing",
            "warning",
            row.at("grade"),
            "the row's numbers have no grade.",
            "Write S (sourced), D (derived), A (assumption) or U (unverified).",
            row.id,
        )
        return
    what = "no source" if row.grade else "no source and no grade"
    shown = ", ".join(filled[:3]) + (", ..." if len(filled) > 3 else "")
    yield Problem(
        "source-missing",
        "warning",
        row.at("source"),
        f"the row's numbers ({shown}) have {what}.",
        "Write the id of a row on sheet Evidence, and grade the row S, D, A or U.",
        row.id,
    )


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
