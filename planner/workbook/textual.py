"""A workbook as text that can be compared: one line a cell, named by sheet, row key and column, in a stable order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

from planner.cells.raw import folded
from planner.sheets import BY_NAME, Row, columns
from planner.wording.figures import count, digits
from planner.workbook.extras import lacking, unlike
from planner.workbook.formats import moment_of
from planner.workbook.template import template_bytes
from planner.workbook.whole import Cell, SheetCells, Whole, at, read_whole, whole_of

Entries: TypeAlias = dict[str, dict[str, dict[str, tuple[str, str]]]]
"""Sheet, key of the row, column: the cell's text and its address."""

DIGITS = 10
"""Significant digits of a plan's figures: the rest is rounding."""

PLAN_SHEET, PLAN_HEADER = "Table plan", 3
PLAN_KEYS: Mapping[str, tuple[str, ...]] = {
    "plan": ("part", "name"),
    "periods": ("period",),
    "activities": ("activity", "period"),
    "switches": ("switch",),
    "in_force": ("switch", "period"),
    "bills": ("bill", "period"),
    "payments": ("account", "bill", "period"),
    "stocks": ("stock", "step"),
    "capacities": ("capacity", "period"),
    "limits": ("stock", "period"),
    "rules": ("rule", "scope"),
    "outcomes": ("outcome",),
    "outcome_terms": ("outcome", "measure", "subject", "period"),
}
"""Columns that name a row of a plan's tables (sheets 'Table ...')."""

MOMENTARY = ("record.seconds", "record / solved_at", "seal / ")
"""Parts of a plan's record that differ between two solves of the same case."""


def entries(path: Path) -> Entries:
    """Cells of a workbook, a plan workbook or a folder of tables, by what they say and not by where they stand.

    Raises:
        InvalidCaseError: the file is refused or damaged.
    """
    return _entries(_whole(path))


def _whole(path: Path) -> Whole:
    """Every cell of a workbook or of the one that a folder stands for."""
    if path.is_dir():
        from planner.workbook.thaw import whole_of_folder  # noqa: PLC0415 - only for folders

        return whole_of_folder(path)
    return read_whole(path)


def compared(paths: tuple[Path, Path], names: tuple[str, str]) -> Iterator[str]:
    """What differs between two files by their cells, and in the last line what of them is not compared.

    Raises:
        InvalidCaseError: a file is refused or damaged.
    """
    one, other = (_whole(path) for path in paths)
    yield from difference(_entries(one), _entries(other), names)
    plan = any(page.name == PLAN_SHEET for whole in (one, other) for page in whole.pages)
    told = [] if plan or any(path.is_dir() for path in paths) else _besides(one, other)
    if told:
        yield f"Not compared, because they are no cells: {'; '.join(told)}."


def shown(path: Path) -> Iterator[str]:
    """One line a cell, and in the last line what a workbook holds besides: of that git shows only how much there is.

    Raises:
        InvalidCaseError: the file is refused or damaged.
    """
    whole = _whole(path)
    yield from lines(_entries(whole))
    if not path.is_dir() and all(page.name != PLAN_SHEET for page in whole.pages):
        sheets = tuple(page.sheet for page in whole.pages if page.sheet is not None)
        if told := lacking(whole.extras, whole_of(template_bytes(sheets=sheets)).extras):
            yield f"(not shown, because they are no cells: {', '.join(told)})"


def _besides(one: Whole, other: Whole) -> list[str]:
    """What two workbooks hold besides cells."""
    return unlike(one.extras, other.extras, {page.name for page in one.pages} & {page.name for page in other.pages})


def _entries(whole: Whole) -> Entries:
    """Every sheet in the planner's order, then people's own; the planner's own pages are left out."""
    found: Entries = {}
    if any(page.name == PLAN_SHEET for page in whole.pages):
        for page in whole.pages:
            if page.name.startswith("Table "):
                found[page.name] = _plan_rows(page)
        return found
    if whole.starts_1904:
        found["(workbook)"] = {"day numbers": {"count from": ("1904", "")}}
    order = {name: number for number, name in enumerate(BY_NAME)}
    places = {page.name: order.get(page.sheet.SHEET, -1) if page.sheet else -1 for page in whole.pages}
    for page in sorted(whole.pages, key=lambda p: (places[p.name] if places[p.name] >= 0 else len(order), p.name)):
        if page.sheet is not None:
            found[page.sheet.SHEET] = _known_rows(page, page.sheet, starts_1904=whole.starts_1904)
        elif not page.made:
            rows: dict[str, dict[str, tuple[str, str]]] = {}
            for place, cell in sorted(page.cells.items()):
                rows.setdefault(f"row {place[0]}", {})[at(place)] = (_told(cell), at(place))
            found[page.name] = rows
    return found


def _told(cell: Cell) -> str:
    """Value and formula of a cell."""
    return f"{cell.text} ({cell.formula})" if cell.formula else cell.text


def _known_rows(page: SheetCells, sheet: type[Row], *, starts_1904: bool) -> dict[str, dict[str, tuple[str, str]]]:
    """Rows of a known sheet by key; a key that is there twice gets a number, in the order of the rows' text."""
    titles = page.titles
    names = {folded(c.name) for c in columns(sheet) if c.key}
    keys = [number for number, title in titles.items() if folded(title) in names]
    days = {folded(c.name) for c in columns(sheet) if c.kind == "date"}
    dated = {number for number, title in titles.items() if folded(title) in days}
    found = []
    for row, cells in page.rows().items():
        key = " / ".join(cells[c].text for c in keys if c in cells) or next(iter(cells.values())).text
        told = {
            titles.get(c, f"(column {at((1, c))[:-1]})"): (
                _told(cell) + (_day(cell, starts_1904=starts_1904) if c in dated else ""),
                at((row, c)),
            )
            for c, cell in cells.items()
            if c not in keys
        }
        found.append((key, told))
    return _numbered(found)


def _day(cell: Cell, *, starts_1904: bool) -> str:
    """The day that a number in a column of dates means, which hangs on where the workbook counts from."""
    if not isinstance(cell.value, float):
        return ""
    day = moment_of(cell.value, "date", starts_1904=starts_1904)
    return f" (day number of {day.isoformat()})" if isinstance(day, date) else ""


def _plan_rows(page: SheetCells) -> dict[str, dict[str, tuple[str, str]]]:
    """Rows of a plan's table by key, figures without rounding noise."""
    page.header = PLAN_HEADER
    titles = page.titles
    wanted = PLAN_KEYS.get(page.name.removeprefix("Table "), ())
    keys = [number for name in wanted for number, title in titles.items() if title == name] or list(titles)[:1]
    found = []
    for row, cells in page.rows().items():
        key = " / ".join(_figure(cells[c]) for c in keys if c in cells)
        if not key.startswith(MOMENTARY):
            told = {titles.get(c, ""): (_figure(cell), at((row, c))) for c, cell in cells.items() if c not in keys}
            found.append((key, told))
    return _numbered(found)


def _figure(cell: Cell) -> str:
    """A plan's value; nothing is nothing, whatever the rounding."""
    if not isinstance(cell.value, float):
        return cell.text
    return "0" if abs(cell.value) < 1e-9 else digits(cell.value, DIGITS)


def _numbered(rows: Sequence[tuple[str, dict[str, tuple[str, str]]]]) -> dict[str, dict[str, tuple[str, str]]]:
    """Rows by key in order; equal keys are told apart by a number."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for key, told in sorted(rows, key=lambda row: (row[0], sorted((k, v[0]) for k, v in row[1].items()))):
        name, number = key, 1
        while name in found:
            number += 1
            name = f"{key} ({number})"
        found[name] = told
    return found


def lines(book: Entries) -> Iterator[str]:
    r"""One line a cell: Sheet!Row.Column = value, as --set takes it; line breaks inside a cell are written \n."""
    for sheet, rows in book.items():
        for key, cells in rows.items():
            if not cells:
                yield f"{sheet}!{_line(key)}"
            for column, (text, _) in cells.items():
                yield f"{sheet}!{_line(key)}.{_line(column)} = {_line(text)}"


def _line(text: str) -> str:
    """Text on one line."""
    return text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")


def difference(before: Entries, after: Entries, names: tuple[str, str]) -> Iterator[str]:
    """What differs, by sheet and row; sheets and rows that are new or gone are told once, with what they hold."""
    total = 0
    yield f"{names[0]} -> {names[1]}"
    for sheet in dict.fromkeys((*before, *after)):
        told = list(_sheet_difference(before.get(sheet, {}), after.get(sheet, {})))
        if told:
            state = " (new sheet)" if sheet not in before else " (sheet gone)" if sheet not in after else ""
            yield f"\n{sheet}{state}"
            yield from told
            total += sum(not line.startswith("      ") for line in told)
    yield "\nNo cell differs." if not total else f"\n{count(total)} {'row differs' if total == 1 else 'rows differ'}."


def _sheet_difference(
    before: Mapping[str, Mapping[str, tuple[str, str]]], after: Mapping[str, Mapping[str, tuple[str, str]]]
) -> Iterator[str]:
    """Rows of one sheet that differ."""
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            mark, cells = ("+", new) if old is None else ("-", old)
            yield f"  {mark} {_line(key)}"
            for column, (text, _) in (cells or {}).items():
                yield f"      {_line(column)}: {_line(text)}"
            continue
        changed = [c for c in dict.fromkeys((*old, *new)) if old.get(c, ("",))[0] != new.get(c, ("",))[0]]
        if changed:
            yield f"  {_line(key)}"
        for column in changed:
            was, now = old.get(column, ("blank", "")), new.get(column, ("blank", ""))
            place = now[1] or was[1]
            yield f"      {_line(column)} ({place}): {_line(was[0])} -> {_line(now[0])}"
