"""Formulas in input cells: whether their stored results can be believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from planner.case.problems import Problem
from planner.cells.letters import column_number
from planner.cells.raw import RawTable
from planner.sheets import Row
from planner.sheets.address import Address
from planner.workbook.opened import Calculation
from planner.workbook.scan import Key, Scan

MOST_NAMED = 12
CALCULATE = (
    "Open the file in Excel or LibreOffice, let it calculate (in Excel: Formulas, Calculate Now), save it, and try "
    "again; or type the values."
)


def about_formulas(
    tables: Mapping[type[Row], RawTable], scans: Mapping[type[Row], Scan], said: Calculation
) -> list[Problem]:
    """What there is to say about the formulas in the tables' cells; formulas without any result are said by cell.

    Noughts where the file says that formulas wait for their first calculation are an error, because they are no
    results; so is every formula of a file that says it was not calculated to the end. Other results that may be old
    are a warning.
    """
    problems = []
    stale: dict[str, list[Key]] = {}
    for sheet, scan in scans.items():
        cells = _in_data(tables[sheet], scan)
        wrong = [key for key in cells if said.unfinished or (said.dummies and key in scan.zeros)]
        if wrong:
            problems.append(_never(sheet, wrong, unfinished=said.unfinished))
        rest = [key for key in cells if key not in set(wrong)]
        if rest and said.stale:
            stale[sheet.SHEET] = rest
    if stale:
        problems.append(_stale(stale))
    return problems


def _in_data(table: RawTable, scan: Scan) -> list[Key]:
    """Formulas with a result among the cells that are read, in their order."""
    rows = {row.number for row in table.rows}
    letters = set(table.letters.values())
    found = [
        k
        for k in scan.formulas
        if k[0] in rows and k[1] in letters and not (k in scan.uncalculated or k in scan.errors)
    ]
    return sorted(found, key=lambda key: (key[0], column_number(key[1])))


def _never(sheet: type[Row], cells: list[Key], *, unfinished: bool) -> Problem:
    """Say that formulas were never calculated."""
    why = (
        "the file says that its formulas were not calculated to the end"
        if unfinished
        else "the file was written by a program that stores 0 for formulas and leaves them to be calculated"
    )
    row, letters = cells[0]
    return Problem(
        "formula-uncalculated",
        "error",
        Address(sheet.SHEET, row, letters),
        f"{_named(cells)}: {why}, so what stands there is no result.",
        CALCULATE,
    )


def _stale(stale: Mapping[str, list[Key]]) -> Problem:
    """Say that results may be old."""
    told = "; ".join(f"{name}: {_named(cells)}" for name, cells in stale.items())
    return Problem(
        "formula-recalculates",
        "warning",
        Address(next(iter(stale))),
        f"formulas fill input cells ({told}) and the file asks to be recalculated, or is calculated by hand only: "
        "stored results may be old.",
        CALCULATE,
    )


def _named(cells: Iterable[Key]) -> str:
    """Cells in a sentence, cut when they are many."""
    every = [f"{letters}{row}" for row, letters in cells]
    more = f" and {len(every) - MOST_NAMED:,} more" if len(every) > MOST_NAMED else ""
    return ("cell " if len(every) == 1 else "cells ") + ", ".join(every[:MOST_NAMED]) + more
