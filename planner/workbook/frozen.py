"""What a frozen workbook keeps beside its tables (frozen.json): the places and kinds of cells that CSV does not tell.

A known sheet stands in the CSV file of its name, header first, so that the folder is a case by itself. Numbers in
numeric columns, dates in date columns and text elsewhere are told by the column. Whatever else a cell holds (a number
in a text column, text that looks like a number, yes or no as Excel knows them, a time of day) is noted by row key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from planner.atomic_files import write_atomically
from planner.cells.meanings import plain_number
from planner.cells.names import column_named, sheet_named
from planner.cells.raw import as_text, folded
from planner.sheets import BY_NAME, Row
from planner.workbook.guard import MOST_ROWS
from planner.workbook.whole import Cell, place_of

FORMAT = 1
LAYOUT = "frozen.json"
OWN = "own_sheets"
"""Folder of the sheets that the planner does not know, cell by cell as a grid."""

Kind: TypeAlias = Literal["number", "date", "datetime", "yes", "text", "error"]


class ThawError(ValueError):
    """A folder that cannot be turned back into a workbook; the message says why."""


@dataclass
class SheetLayout:
    """One sheet of a frozen workbook.

    `columns` are the numbers of the columns in the file's order, `rows` those of its rows below the header (empty where
    they follow each other), `above` cells above the header that the planner's template does not have, `bare` tells that
    the sheet lacks what the template has there. `kinds` and `formulas` go by row key and position in the file (own
    sheets: by address); a formula comes with the text that it had.
    """

    name: str
    file: str
    known: str = ""
    header: int = 4
    columns: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    count: int = 0
    above: dict[str, list[str]] = field(default_factory=dict)
    bare: bool = False
    kinds: dict[str, dict[str, str]] = field(default_factory=dict)
    formulas: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def texts(self, *values: object) -> None:
        """Raise ValueError where one of these is no text."""
        if not all(isinstance(value, str) for value in values):
            message = f"a cell of sheet '{self.name}' is no text"
            raise ValueError(message)


@dataclass
class FrozenLayout:
    """A frozen workbook: its sheets in order, the names it defines, and a fingerprint of each file.

    `starts_1904` tells that its day numbers count from 1904, as old Macs count, and not from 1900.
    """

    sheets: list[SheetLayout] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    starts_1904: bool = False


def write_layout(folder: Path, layout: FrozenLayout) -> None:
    """Write frozen.json, leaving out what is as usual."""
    usual = asdict(SheetLayout("", ""))
    sheets = [{k: v for k, v in asdict(s).items() if k in ("name", "file") or v != usual[k]} for s in layout.sheets]
    content = {
        "frozen": FORMAT,
        "what": "Where cells stood and what kind they were, for 'planner thaw'. The tables are the CSV files.",
        "sheets": sheets,
        "names": layout.names,
        "files": layout.files,
    } | ({"starts_1904": True} if layout.starts_1904 else {})
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_atomically(folder / LAYOUT, text)


def read_layout(folder: Path) -> FrozenLayout | None:
    """Read frozen.json; None where the folder has none.

    Raises:
        ThawError: it is there and cannot be read.
    """
    path = folder / LAYOUT
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["frozen"] != FORMAT:
            message = f"'{path}' has form {content['frozen']!r}; this planner reads form {FORMAT}."
            raise ThawError(message)
        sheets = [_sheet_layout(sheet) for sheet in content["sheets"]]
        names, files = ({str(k): str(v) for k, v in content[part].items()} for part in ("names", "files"))
        for name in (*(sheet.file for sheet in sheets if sheet.file), *files):
            inside(folder, name)
        return FrozenLayout(sheets, names, files, content.get("starts_1904") is True)
    except (OSError, LookupError, TypeError, AttributeError, RecursionError, ValueError) as error:
        if isinstance(error, ThawError):
            raise
        message = (
            f"'{path}' cannot be read ({error}). Take it back from version control; without it (deleted) the tables "
            "alone make a fresh workbook."
        )
        raise ThawError(message) from error


def _sheet_layout(said: dict[str, Any]) -> SheetLayout:
    """One sheet's part of the file, every value of its kind. Raises ValueError, TypeError or LookupError."""
    usual = SheetLayout("", "")
    layout = SheetLayout(**said)
    for name, value in asdict(usual).items():
        if type(getattr(layout, name)) is not type(value):
            message = f"'{name}' of sheet '{layout.name}' is no {type(value).__name__}"
            raise ValueError(message)
    numbers = [(n, MOST_ROWS) for n in (*layout.rows, layout.count, layout.header)]
    if any(type(n) is not int or not 0 <= n <= most for n, most in (*numbers, *((n, 16_384) for n in layout.columns))):
        message = f"sheet '{layout.name}' has rows or columns that no sheet has"
        raise ValueError(message)
    if layout.known:
        known = sheet_named(layout.known)
        if known is None:
            message = f"there is no sheet '{layout.known}'"
            raise ValueError(message)
        layout = replace(layout, known=known.SHEET)
    for cell in layout.above.values():
        text, kind, formula = cell
        layout.texts(text, kind, formula)
    for address in layout.above:
        place_of(address)
    for kinds in layout.kinds.values():
        layout.texts(*kinds.values())
    for formulas in layout.formulas.values():
        for formula, text in formulas.values():
            layout.texts(formula, text)
    return layout


def inside(folder: Path, name: str) -> Path:
    """Path of a file that a layout names, which must be a table inside the folder. Raises ThawError."""
    path = folder / name
    fine = re.fullmatch(rf"(?:{OWN}/)?[^/\\]+\.csv", name) is not None
    if not fine or not path.resolve().is_relative_to(folder.resolve()):
        message = (
            f"'{folder / LAYOUT}' names a file '{name[:60]}' that is no table of this folder. Take it back from "
            "version control; without it (deleted) the tables alone make a fresh workbook."
        )
        raise ThawError(message)
    return path


def kind_of(cell: Cell) -> Kind:
    """Kind of a cell."""
    value = cell.value
    if cell.error:
        return "error"
    if isinstance(value, bool):
        return "yes"
    if isinstance(value, float):
        return "number"
    if isinstance(value, datetime):
        return "datetime"
    return "date" if isinstance(value, date) else "text"


def usual_kind(text: str, sheet: type[Row] | None, title: str) -> Kind:
    """Kind of a text where nothing else is noted: told by its column; on sheets of one's own figures are numbers."""
    if sheet is None:
        return "number" if _is_number(text) else "text"
    column = column_named(sheet, title)
    if column is not None and column.numeric and plain_number(text) is not None:
        return "number"
    if column is not None and column.kind == "date" and _as_date(text) is not None:
        return "date"
    return "text"


def _is_number(text: str) -> bool:
    """Whether a text is a plain figure, written as figures are."""
    return (number := plain_number(text)) is not None and as_text(number) == text


def _as_date(text: str) -> date | None:
    """Date of an ISO text."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def cell_of(text: str, kind: str, formula: str = "") -> Cell:
    """A cell of a text and a kind; a text that cannot be of this kind any more stays text."""
    value: Any = text
    if kind == "error":
        return Cell("", formula, text)
    if kind == "number" and (number := plain_number(text)) is not None:
        value = number
    elif kind == "yes" and folded(text) in ("yes", "no"):
        value = folded(text) == "yes"
    elif kind == "date":
        value = _as_date(text) or text
    elif kind == "datetime":
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            value = text
    return Cell(value, formula)


def row_keys(known: str, titles: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """A name for each line: its key columns, numbered where it is there twice."""
    sheet = BY_NAME.get(known)
    named = [column_named(sheet, title) if sheet is not None else None for title in titles]
    at = [n for n, column in enumerate(named) if column is not None and column.key]
    seen: dict[str, int] = {}
    found = []
    for line in lines:
        key = " / ".join(line[n] for n in at if n < len(line) and line[n]) or next((t for t in line if t), "")
        seen[key] = seen.get(key, 0) + 1
        found.append(key if seen[key] == 1 else f"{key} ({seen[key]})")
    return found
