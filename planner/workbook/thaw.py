"""Turns a folder of CSV tables back into a workbook: a frozen one as it was, any other one as a fresh form."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlsxwriter.exceptions import XlsxWriterException

from planner.atomic_files import write_atomically
from planner.case.problems import InvalidCaseError, Problem
from planner.cells.letters import column_letters
from planner.cells.raw import RawRow, RawTable, RawTables, folded
from planner.sheets import BY_NAME, SHEETS, Row, columns
from planner.workbook import forms
from planner.workbook.exact import NEW_ENGINE, shortest
from planner.workbook.formats import day_number
from planner.workbook.frozen import (
    LAYOUT,
    FrozenLayout,
    SheetLayout,
    ThawError,
    cell_of,
    inside,
    read_layout,
    row_keys,
    usual_kind,
)
from planner.workbook.tables import file_name, unquoted
from planner.workbook.template import Formats, template_bytes
from planner.workbook.whole import Cell, SheetCells, Whole, at, place_of, whole_of


def thaw(folder: Path, out: Path) -> list[str]:
    """Write the workbook of a folder of tables and return what was not put back, in words.

    Raises:
        ThawError: a file is missing or cannot be read.
        OSError: the workbook cannot be written.
    """
    layout = _layout(folder)
    whole = whole_of_folder(folder, layout)
    edited = any(_fingerprint(folder / name) != known for name, known in layout.files.items())
    formulas = any(cell.formula for page in whole.pages for cell in page.cells.values())
    write_atomically(out, workbook_of(whole, layout, recalculate=edited and formulas))
    lost = _formulas(layout) - sum(bool(c.formula) for page in whole.pages for c in page.cells.values())
    notes = []
    if lost:
        notes.append(
            f"{lost:,} formulas were not put back because tables have changed since; their values stand there."
        )
    if edited and formulas:
        notes.append("Tables have changed since they were frozen: open the workbook in Excel and save it once, so that "
                     "its formulas are calculated again.")  # fmt: skip
    return notes


def _formulas(layout: FrozenLayout) -> int:
    """Formulas that the frozen workbook had, above its headers too."""
    below = sum(len(cells) for sheet in layout.sheets for cells in sheet.formulas.values())
    return below + sum(bool(cell[2]) for sheet in layout.sheets for cell in sheet.above.values())


def _fingerprint(path: Path) -> str:
    """Hash of a file; '' where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _layout(folder: Path) -> FrozenLayout:
    """The frozen layout, with further tables of the folder; of a plain folder one sheet a table, as in the template."""
    layout = read_layout(folder) or FrozenLayout()
    known = {sheet.known for sheet in layout.sheets}
    for sheet in SHEETS:
        if sheet.SHEET not in known and (folder / file_name(sheet.SHEET)).exists():
            layout.sheets.append(SheetLayout(sheet.SHEET, file_name(sheet.SHEET), sheet.SHEET))
    return layout


def whole_of_folder(folder: Path, layout: FrozenLayout | None = None) -> Whole:
    """The workbook that a folder of tables stands for, every cell at its place.

    Raises:
        ThawError: a file is missing or cannot be read.
    """
    layout = layout or _layout(folder)
    tables = {sheet.name: _read(folder, sheet.file) if sheet.file else [] for sheet in layout.sheets}
    moved = any(s.known and len(tables[s.name]) - 1 != s.count for s in layout.sheets if s.count or s.rows)
    sheets = tuple(BY_NAME[s.known] for s in layout.sheets if s.known)
    fresh = {page.name: page for page in whole_of(template_bytes(sheets=sheets)).pages}
    whole = Whole(names=dict(layout.names), starts_1904=layout.starts_1904)
    for sheet in layout.sheets:
        if sheet.known:
            whole.pages.append(_known(sheet, tables[sheet.name], fresh[sheet.known], moved=moved))
        elif sheet.file:
            whole.pages.append(_own(sheet, tables[sheet.name], moved=moved))
        else:
            whole.pages.append(_made(sheet, fresh.get(sheet.name, SheetCells(sheet.name))))
    return whole


def _read(folder: Path, name: str) -> list[list[str]]:
    """Lines of a CSV file."""
    path = inside(folder, name)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return [[unquoted(t) for t in line] for line in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except FileNotFoundError as error:
        message = f"'{path}' is missing. Take it back from version control, or freeze the workbook again."
        raise ThawError(message) from error
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"'{path}' cannot be read ({error}). Save it as CSV with commas, in UTF-8."
        raise ThawError(message) from error


def _known(layout: SheetLayout, lines: list[list[str]], fresh: SheetCells, *, moved: bool) -> SheetCells:
    """A known sheet with its cells."""
    sheet = BY_NAME[layout.known]
    page = SheetCells(layout.name, sheet=sheet, header=layout.header)
    titles, body = (lines[0], lines[1:]) if lines else ([], [])
    numbers = layout.columns if len(layout.columns) == len(titles) else _columns(sheet, titles)
    if not layout.bare:
        page.cells |= {place: cell for place, cell in fresh.cells.items() if place[0] < forms.HEADER_ROW}
        page.cells |= {place: cell for place, cell in fresh.cells.items() if place[0] == forms.HEADER_ROW}
    _put_above(page, layout, moved=moved)
    for column, title in zip(numbers, titles, strict=True):
        if title:
            page.cells[layout.header, column] = Cell(title)
    rows = layout.rows if layout.rows and not moved else range(layout.header + 1, layout.header + 1 + len(body))
    for row, key, line in zip(rows, row_keys(layout.known, titles, body), body, strict=True):
        kinds, formulas = layout.kinds.get(key, {}), layout.formulas.get(key, {})
        for position, (column, text) in enumerate(zip(numbers, line, strict=False)):
            cell = _cell(text, kinds.get(str(position)), formulas.get(str(position)), sheet, titles[position], moved)
            if cell is not None:
                page.cells[row, column] = cell
    return page


def _columns(sheet: type[Row], titles: list[str]) -> list[int]:
    """Column of each title: known ones as in the template, others to their right."""
    own = {folded(c.name): n for n, c in enumerate(columns(sheet), 1)}
    numbers, last = [], len(own)
    for title in titles:
        number = own.pop(folded(title), 0)
        if not number:
            last += 1
            number = last
        numbers.append(number)
    return numbers


def _cell(
    text: str, kind: str | None, formula: list[str] | None, sheet: type[Row] | None, title: str, moved: bool
) -> Cell | None:
    """A cell of its text; a formula comes back where neither its value nor the rows have changed since."""
    kept = formula[0] if formula is not None and formula[1] == text and not moved else ""
    if not text and not kept:
        return None
    return cell_of(text, kind or usual_kind(text, sheet, title), kept)


def _put_above(page: SheetCells, layout: SheetLayout, *, moved: bool) -> None:
    """Cells above the header that the template does not have."""
    for address, (text, kind, formula) in layout.above.items():
        if text or formula:
            page.cells[place_of(address)] = cell_of(text, kind, "" if moved else formula)
        else:
            page.cells.pop(place_of(address), None)


def _own(layout: SheetLayout, lines: list[list[str]], *, moved: bool) -> SheetCells:
    """A sheet of somebody's own."""
    page = SheetCells(layout.name)
    for row, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            key = at((row, column))
            kind, formula = layout.kinds.get(key, {}).get(""), layout.formulas.get(key, {}).get("")
            cell = _cell(text, kind, formula, None, "", moved)
            if cell is not None:
                page.cells[row, column] = cell
    return page


def _made(layout: SheetLayout, fresh: SheetCells) -> SheetCells:
    """The first page as the template writes it, with what somebody changed on it."""
    page = SheetCells(layout.name, dict(fresh.cells))
    _put_above(page, layout, moved=False)
    return page


def workbook_of(whole: Whole, layout: FrozenLayout, *, recalculate: bool = False) -> bytes:
    """The workbook's bytes: sheets that have the template's form come with its looks and drop-downs, others plainly."""
    shapes = {sheet.name: sheet for sheet in layout.sheets}
    formed = [p for p in whole.pages if p.sheet is not None and _is_formed(p, shapes[p.name])]
    tables: RawTables = {p.sheet: _table(p, p.sheet) for p in formed if p.sheet is not None}
    bare = {page.name for page in whole.pages if page.sheet is not None} - {page.name for page in formed}

    def finish(book: Any, formats: Formats) -> None:
        if recalculate:
            book.calc_id = NEW_ENGINE
        book.calc_on_load = recalculate
        for page in whole.pages:
            sheet = book.get_worksheet_by_name(page.name)
            if sheet is None:
                sheet = book.add_worksheet(page.name)
                if page.name in bare and page.sheet is not None:
                    sheet.freeze_panes(page.header, 1)
            _fill(page, sheet, formats, formed=page in formed, starts_1904=whole.starts_1904)
        for name, formula in whole.names.items():
            book.define_name(name, f"={formula}")
        _order(book, [page.name for page in whole.pages])

    try:
        return template_bytes(tables, sheets=tuple(tables), finish=finish, starts_1904=whole.starts_1904)
    except InvalidCaseError as error:
        raise ThawError(_first(error.problems)) from error
    except XlsxWriterException as error:
        message = f"no workbook can be made of what '{LAYOUT}' says: {error}. Take it back from version control."
        raise ThawError(message) from error


def _first(problems: tuple[Problem, ...]) -> str:
    return str(problems[0])


def _is_formed(page: SheetCells, layout: SheetLayout) -> bool:
    """Whether a sheet has the template's form: its header row and its columns in their order, under its own name."""
    assert page.sheet is not None
    own = [c.name for c in columns(page.sheet)]
    there = [page.titles.get(number, name) for number, name in enumerate(own, 1)]
    return not layout.bare and page.name == page.sheet.SHEET and there == own


def _table(page: SheetCells, sheet: type[Row]) -> RawTable:
    """Rows as the template writes them, gaps included."""
    own = columns(sheet)
    rows = page.rows()
    last = max(rows, default=page.header)
    raw = []
    for number in range(page.header + 1, last + 1):
        cells = rows.get(number, {})
        raw.append(RawRow(number, {c.field: cells[n].value for n, c in enumerate(own, 1) if n in cells}))
    return RawTable(sheet, {c.field: column_letters(n) for n, c in enumerate(own, 1)}, raw)


def _fill(page: SheetCells, sheet: Any, formats: Formats, *, formed: bool, starts_1904: bool) -> None:
    """Write every cell that does not stand there already, and blank the template's that were not there."""
    own = dict(enumerate(columns(page.sheet), 1)) if page.sheet is not None else {}
    titles = {folded(c.name): c for c in own.values()}
    looks = {n: _look(titles[folded(t)].kind) for n, t in page.titles.items() if folded(t) in titles}
    widths = {column for _, column in page.cells} - (set(own) if formed else set())
    for column in widths:
        sheet.set_column(column - 1, column - 1, 18)
    for (row, column), cell in sorted(page.cells.items()):
        written = formed and column in own
        looks_a_date = isinstance(cell.value, float) and looks.get(column) == "date"
        plain = isinstance(cell.value, float | str) and cell.value != "" and not looks_a_date
        if written and row > page.header and plain and not cell.formula and not cell.error:
            continue
        look = "header" if row == page.header else "text" if row < page.header else looks.get(column, "text")
        if looks_a_date or (page.sheet is None and not isinstance(cell.value, str)):
            look = "number"
        _put(sheet, (row - 1, column - 1), cell, formats, look, starts_1904=starts_1904)


def _look(kind: str) -> str:
    """Format of a column of a kind."""
    return {"number": "number", "whole": "whole", "share": "share", "date": "date"}.get(kind, "input")


def _put(sheet: Any, place: tuple[int, int], cell: Cell, formats: Formats, look: str, *, starts_1904: bool) -> None:
    """Write one cell as what it is."""
    value = cell.value
    row, column = place
    style = formats["moment" if isinstance(value, datetime) else "date" if isinstance(value, date) else look]
    if cell.error:
        sheet.write_formula(row, column, cell.formula or f"={cell.error}", style, cell.error)
    elif cell.formula:
        sheet.write_formula(row, column, cell.formula, style, _stored(value, starts_1904=starts_1904))
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, float):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)
    elif value:
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_blank(row, column, None, style)


def _stored(value: Any, *, starts_1904: bool) -> Any:
    """A formula's last result as the file stores it: dates are numbers there."""
    if isinstance(value, float):
        return shortest(value)
    return day_number(value, starts_1904=starts_1904) if isinstance(value, date) else value


def _order(book: Any, names: list[str]) -> None:
    """Put the sheets into the frozen order; what the planner adds stays at the end."""
    place = {folded(name): number for number, name in enumerate(names)}
    made = len(names)
    first = 0 if "read me" not in place else made
    book.worksheets_objs.sort(
        key=lambda s: place.get(folded(s.name), -1 if folded(s.name) == "read me" and first == 0 else made)
    )


__all__ = ["ThawError", "thaw", "whole_of_folder", "workbook_of"]
