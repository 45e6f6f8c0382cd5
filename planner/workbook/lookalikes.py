"""Sheets that look like input and are not read: told by the columns in their header, whatever they are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.case.problems import InvalidCaseError, Problem
from planner.cells.names import column_named
from planner.cells.raw import Value, folded
from planner.sheets import SHEETS, Row, columns
from planner.sheets.address import Address
from planner.workbook.locate import HEADER_WITHIN
from planner.workbook.opened import Opened

LEAST = 3
"""Headers that must be a known sheet's before a sheet looks like it (fewer where it has fewer columns)."""


def looks_like(grid: Sequence[Sequence[Value]]) -> type[Row] | None:
    """The known sheet whose columns stand in the first rows; None where they are no known sheet's.

    Every required column must be there, three at least, and most of the header must be the sheet's own columns.
    """
    best, most = None, 0.0
    for line in grid[:HEADER_WITHIN]:
        names = {folded(v) for v in line if isinstance(v, str)} - {""}
        for sheet in SHEETS if names else ():
            own = columns(sheet)
            there = {column.field for name in names if (column := column_named(sheet, name)) is not None}
            needed = {c.field for c in own if c.required or c.key}
            hits = len(there)
            if needed <= there and hits >= min(LEAST, len(own)) and hits * 2 > len(names) and hits > most:
                best, most = sheet, hits
    return best


def find_lookalikes(opened: Opened, known: Iterable[str], found: Iterable[type[Row]]) -> list[Problem]:
    """A finding for each sheet beside the `known` ones that looks like one of ours; `found` are those that are there.

    It is an error where the sheet that it looks like is missing, because its rows would be left out, and a warning
    where it seems to be a copy.
    """
    there, read = set(found), set(known)
    problems = []
    for entry in opened.entries:
        if entry.name in read:
            continue
        try:
            like = looks_like(opened.sheet(entry.name, until=HEADER_WITHIN).grid)
        except InvalidCaseError:
            like = None
        if like is not None:
            problems.append(_copy(entry.name, like) if like in there else _misnamed(entry.name, like))
    return problems


def _misnamed(name: str, like: type[Row]) -> Problem:
    """Say that a sheet that is missing seems to be there under another name."""
    return Problem(
        "sheet-misnamed",
        "error",
        Address(name),
        f"the sheet has the columns of sheet '{like.SHEET}', which is missing; under this name its rows are not read.",
        f"Rename it '{like.SHEET}'. If its rows shall not count, delete its row of column names.",
        suggestion=like.SHEET,
    )


def _copy(name: str, like: type[Row]) -> Problem:
    """Say that a copy of a sheet is not read."""
    return Problem(
        "sheet-copy",
        "warning",
        Address(name),
        f"the sheet has the columns of sheet '{like.SHEET}', which is there too; only that one is read.",
        f"Nothing to do if it is a copy; else move its rows to sheet '{like.SHEET}'.",
    )
