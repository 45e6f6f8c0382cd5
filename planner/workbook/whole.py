"""A workbook read whole: every cell of every sheet with its value and its formula, known to the planner or not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

from planner.cells.letters import column_letters, column_number
from planner.cells.names import sheet_named, titles_of
from planner.cells.raw import as_text, folded
from planner.sheets import Row
from planner.workbook.extras import Extras, extras_of
from planner.workbook.locate import HEADER_WITHIN, generated
from planner.workbook.lookalikes import looks_like
from planner.workbook.opened import Opened
from planner.workbook.scan import Scan

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
class SheetCells:
    """One sheet. For a sheet that the planner knows `sheet` is its class and `header` the row of its header."""

    name: str
    cells: dict[Place, Cell] = field(default_factory=dict)
    sheet: type[Row] | None = None
    header: int = 0

    @property
    def made(self) -> bool:
        """Whether this is one of the planner's own pages: by its name, unless it has the columns of a known sheet."""
        return generated(self.name) and looks_like(self.top) is None

    @property
    def top(self) -> list[list[Any]]:
        """Texts of the first rows."""
        lines: dict[int, list[Any]] = {}
        for (row, _), cell in self.cells.items():
            if row <= HEADER_WITHIN:
                lines.setdefault(row, []).append(cell.value)
        return [line for _, line in sorted(lines.items())]

    @property
    def titles(self) -> dict[int, str]:
        """Header of each column that has one, by column number; known ones in the planner's spelling."""
        known = {} if self.sheet is None else titles_of(self.sheet)
        row = {c: cell.text for (r, c), cell in sorted(self.cells.items()) if r == self.header}
        return {c: known[folded(text)].name if folded(text) in known else text for c, text in row.items()}

    def rows(self) -> dict[int, dict[int, Cell]]:
        """Cells below the header by row and column."""
        found: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in sorted(self.cells.items()):
            if row > self.header:
                found.setdefault(row, {})[column] = cell
        return found


@dataclass
class Whole:
    """A workbook's sheets in their order, names that it defines, and what it holds besides cells."""

    pages: list[SheetCells] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    extras: Extras = field(default_factory=Counter)
    starts_1904: bool = False


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
    """Every cell of a workbook's bytes. Raises InvalidCaseError where they are refused or damaged."""
    book = Opened(data)
    whole = Whole(names=dict(book.names), extras=extras_of(book), starts_1904=book.starts_1904)
    taken: set[type[Row] | None] = {None}
    for entry in book.entries:
        sheet = book.sheet(entry.name)
        known = sheet_named(entry.name)
        page = SheetCells(entry.name, sheet=None if known in taken else known)
        taken.add(known)
        _fill(page, sheet.grid, sheet.scan, {} if folded(entry.name) in MADE else formulas_of(sheet.scan))
        page.header = header_row(page)
        if page.header == 0:
            page.sheet = None
        whole.pages.append(page)
    return whole


def formulas_of(scan: Scan) -> dict[Place, str]:
    """Formulas of a sheet by place, each as its own cell would have it."""
    found = {(row, column_number(letters)): f"={text}" for (row, letters), text in scan.formulas.items() if text}
    if scan.shared:
        from openpyxl.formula.translate import Translator  # noqa: PLC0415 - slow to start

        for (row, letters), (first, column) in scan.shared.items():
            text = found.get((first, column_number(column)))
            if text is not None:
                moved = Translator(text, f"{column}{first}").translate_formula(f"{letters}{row}")
                found[row, column_number(letters)] = moved
    return found


def _fill(page: SheetCells, grid: list[list[Any]], scan: Scan, formulas: Mapping[Place, str]) -> None:
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


def header_row(page: SheetCells) -> int:
    """Row of a known sheet's header: the first of those with the most column names; 0 where there is none."""
    if page.sheet is None:
        return 0
    known = titles_of(page.sheet)
    hits: dict[int, set[str]] = {}
    for (row, _), cell in page.cells.items():
        if row <= HEADER_WITHIN and isinstance(cell.value, str) and folded(cell.value) in known:
            hits.setdefault(row, set()).add(folded(cell.value))
    return min(hits, key=lambda row: (-len(hits[row]), row)) if hits else 0
