"""A workbook with changes written into its cells: everything else of it, comments too, stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl.comments import Comment

from planner.case.problems import InvalidCaseError, Problem
from planner.cells.names import titles_in, titles_of
from planner.cells.raw import RawRow, RawTable, as_text, blank, folded
from planner.sheets import columns
from planner.workbook.changes import Changer, parse_set
from planner.workbook.copies import open_copy
from planner.workbook.locate import HEADER_WITHIN
from planner.workbook.marker import AUTHOR, put
from planner.workbook.reader import load


def write_changed(path: Path | str, out: Path | str, sets: Sequence[str]) -> tuple[list[str], list[str]]:
    """Write a copy of the workbook at `path` with these `--set` changes in its cells.

    Each changed cell says in a comment what stood there before; a comment that was there stays above it. A scenario
    is not written: it stays a row of sheet Scenarios. Returns the changes, and what the copy lacks of what the original
    holds besides its cells, in words.

    Raises:
        InvalidCaseError: the workbook cannot be read, or a change cannot be made.
        OSError: the copy cannot be written.
    """
    book = load(path)
    if not book.readable:
        raise InvalidCaseError(book.problems)
    before = {s: {id(row): dict(row.values) for row in table.rows} for s, table in book.tables.items()}
    faults: list[Problem] = []
    changer = Changer(book.tables)
    for text in sets:
        change = parse_set(text, faults)
        if change is not None:
            changer.make(change)
    if faults or changer.problems:
        raise InvalidCaseError([*faults, *changer.problems])
    copy = open_copy(path)
    pages = copy.book
    titles = titles_in(pages.sheetnames)
    for sheet, table in book.tables.items():
        changed = [row for row in table.rows if row.changed]
        if not changed:
            continue
        page = pages[titles[sheet]]
        for row in changed:
            _write(page, table, row, before[sheet].get(id(row)))
    lost = copy.save(out, stale=any(sheet.scan.formulas for sheet in copy.sheets.values()))
    return [str(told) for told in changer.told], lost


def _write(page: Any, table: RawTable, row: RawRow, before: dict[str, Any] | None) -> None:
    """Write the changed cells of one row; of a row that is new, every cell."""
    fields = row.changed if before is not None else {**row.values, **row.changed}
    for name in fields:
        if name not in table.letters:
            continue
        letters = table.letters[name]
        _header(page, table, name)
        cell = page[f"{letters}{row.number}"]
        old, new = (before or {}).get(name), row.values.get(name)
        _put(cell, new)
        said = f"Changed in the planner: {_said(old)} -> {_said(new)}"
        kept = [cell.comment.text] if cell.comment is not None else []
        cell.comment = Comment("\n\n".join([*kept, said]), AUTHOR)


def _header(page: Any, table: RawTable, name: str) -> None:
    """Give a column that the sheet lacks its header, in the row where the others have theirs."""
    wanted = next(c.name for c in columns(table.sheet) if c.field == name)
    letters = table.letters[name]
    known = titles_of(table.sheet)
    for number in range(1, HEADER_WITHIN + 1):
        if any(folded(str(cell.value or "")) in known for cell in page[number]):
            if blank(page[f"{letters}{number}"].value):
                put(page[f"{letters}{number}"], wanted)
            return


def _put(cell: Any, value: Any) -> None:
    """Write a value; text stays text."""
    if blank(value):
        cell.value = None
    elif isinstance(value, str):
        put(cell, value)
    else:
        cell.value = value


def _said(value: Any) -> str:
    """A value in a comment."""
    return "blank" if blank(value) else as_text(value)
