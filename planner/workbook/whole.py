"""A workbook read whole: every cell of every sheet with its value and its formula, known to the planner or not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from planner.problems import Address, InvalidCaseError, Problem
from planner.sheets import SHEETS, Row, columns
from planner.workbook.guard import column_letters, column_number
from planner.workbook.locate import HEADER_WITHIN
from planner.workbook.raw import as_text, folded
from planner.workbook.reader import load_bytes
from planner.workbook.scan import BookScan, Scan, scan_book, scan_sheet

Place: TypeAlias = tuple[int, int]
"""Row and column, both from 1."""

MADE = frozenset({"checks", "lists"})
"""Sheets that the planner writes anew into every workbook; nothing of anybody's stands on them."""

UNCALCULATED = "#N/A"
"""What stands for the result of a formula that no spreadsheet program has calculated: never a blank."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds: text, float, bool, date, datetime, or an error such as #REF! as `error`."""

    value: Any
    formula: str = ""
    error: str = ""

    @property
    def text(self) -> str:
        """The value as text, every digit kept; dates as ISO."""
        if self.error:
            return self.error
        value = self.value
        return value.isoformat() if isinstance(value, date | datetime) else as_text(value)


@dataclass
class Page:
    """One sheet. For a sheet that the planner knows `sheet` is its class and `header` the row of its header."""

    name: str
    cells: dict[Place, Cell] = field(default_factory=dict)
    sheet: type[Row] | None = None
    header: int = 0

    @property
    def titles(self) -> dict[int, str]:
        """Header of each column that has one, by column number; known ones in the planner's spelling."""
        known = {folded(c.name): c.name for c in columns(self.sheet)} if self.sheet is not None else {}
        row = {c: cell.text for (r, c), cell in sorted(self.cells.items()) if r == self.header}
        return {c: known.get(folded(text), text) for c, text in row.items()}

    def rows(self) -> dict[int, dict[int, Cell]]:
        """Cells below the header by row and column."""
        found: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in sorted(self.cells.items()):
            if row > self.header:
                found.setdefault(row, {})[column] = cell
        return found


@dataclass
class Whole:
    """A workbook's sheets in their order, names that it defines, and what is not kept as text."""

    pages: list[Page] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    comments: int = 0
    pictures: int = 0


def at(place: Place) -> str:
    """A place as a spreadsheet writes it."""
    return f"{column_letters(place[1])}{place[0]}"


def place_of(address: str) -> Place:
    """A place from its address. Raises ValueError."""
    found = re.fullmatch(r"([A-Z]+)(\d+)", address)
    if found is None:
        message = f"'{address}' is no address of a cell"
        raise ValueError(message)
    return int(found[2]), column_number(found[1])


def read_whole(path: Path) -> Whole:
    """Read every cell of a workbook.

    Raises:
        InvalidCaseError: the file is refused or damaged.
        OSError: it cannot be opened.
    """
    return whole_of(path.read_bytes())


def whole_of(data: bytes) -> Whole:
    """Every cell of a workbook's bytes. Raises InvalidCaseError."""
    book = load_bytes(data)
    if not book.readable:
        raise InvalidCaseError(book.problems)
    if any(p.check == "file-damaged" for p in book.problems):
        raise InvalidCaseError([p for p in book.problems if p.check == "file-damaged"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = scan_book(archive)
        grids = _grids(data)
        scans = {name: _scan(archive, info, name) for name in grids}
        parts = archive.namelist()
    formulas, names = _formulas(data, scans)
    whole = Whole(
        names=names,
        comments=sum(part.startswith("xl/comments") or "/comments/" in part for part in parts),
        pictures=sum(part.startswith(("xl/media/", "xl/charts/chart")) for part in parts),
    )
    known = {folded(sheet.SHEET): sheet for sheet in SHEETS}
    for name, grid in grids.items():
        page = Page(name, sheet=known.pop(folded(name), None))
        _fill(page, grid, scans[name], formulas.get(name, {}))
        page.header = header_row(page)
        if page.header == 0:
            page.sheet = None
        whole.pages.append(page)
    return whole


def _grids(data: bytes) -> dict[str, list[list[Any]]]:
    """Values of every sheet. Raises InvalidCaseError where the fast reader gives up on one."""
    damaged = Problem(
        "file-damaged",
        "error",
        Address(),
        "a sheet of the workbook cannot be read.",
        "Open it in Excel or LibreOffice, save it again as .xlsx, and try again.",
    )
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (CalamineError, PasswordError, XmlError, ZipError, ValueError) as error:
        raise InvalidCaseError([damaged]) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # as in reader.load_bytes: Rust's panic derives from no Exception
            raise InvalidCaseError([damaged]) from error
        raise


def _scan(archive: zipfile.ZipFile, info: BookScan, name: str) -> Scan:
    """What the fast reader does not tell of a sheet."""
    part = info.parts.get(name, "")
    return scan_sheet(archive.read(part)) if part in archive.NameToInfo else Scan()


def _formulas(data: bytes, scans: Mapping[str, Scan]) -> tuple[dict[str, dict[Place, str]], dict[str, str]]:
    """Formulas by sheet and place, and defined names: read with the slow library only where there are formulas."""
    wanted = {name for name, scan in scans.items() if scan.formulas and folded(name) not in MADE}
    if not wanted:
        return {}, {}
    import openpyxl  # noqa: PLC0415 - slow to start

    book = openpyxl.load_workbook(io.BytesIO(data))
    found: dict[str, dict[Place, str]] = {}
    for name in wanted:
        for row, letters in scans[name].formulas:
            value = book[name][f"{letters}{row}"].value
            text = getattr(value, "text", value)
            if isinstance(text, str) and text.startswith("="):
                found.setdefault(name, {})[row, column_number(letters)] = text
    return found, {name: defined.attr_text for name, defined in book.defined_names.items()}


def _fill(page: Page, grid: list[list[Any]], scan: Scan, formulas: Mapping[Place, str]) -> None:
    """Put values, formulas and errors together."""
    for row, line in enumerate(grid, 1):
        for column, value in enumerate(line, 1):
            if value is None or value == "":
                continue
            page.cells[row, column] = Cell(_plain(value), formulas.get((row, column), ""))
    for row, letters in scan.uncalculated:
        place = (row, column_number(letters))
        page.cells[place] = Cell("", formulas.get(place, ""), UNCALCULATED)
    for place, formula in formulas.items():
        if place not in page.cells:
            page.cells[place] = Cell("", formula)
    for (row, letters), error in scan.errors.items():
        place = (row, column_number(letters))
        page.cells[place] = Cell("", formulas.get(place, ""), error)


def _plain(value: Any) -> Any:
    """Numbers as floats, midnights as dates, anything odd as text."""
    if isinstance(value, bool | str | float):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, datetime):
        return value.date() if value.time() == value.time().min else value
    return value if isinstance(value, date) else str(value)


def header_row(page: Page) -> int:
    """Row of a known sheet's header: the first of those with the most column names; 0 where there is none."""
    if page.sheet is None:
        return 0
    known = {folded(c.name) for c in columns(page.sheet)}
    hits: dict[int, set[str]] = {}
    for (row, _), cell in page.cells.items():
        if row <= HEADER_WITHIN and isinstance(cell.value, str) and folded(cell.value) in known:
            hits.setdefault(row, set()).add(folded(cell.value))
    return min(hits, key=lambda row: (-len(hits[row]), row)) if hits else 0
