"""What the template says and looks like: words, widths, formats, validations. No spreadsheet library here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from planner.case import SETTINGS
from planner.cells.cells import MONTH_DAY_FIELDS
from planner.cells.letters import column_letters
from planner.cells.raw import RawTables
from planner.cells.remarks import expected
from planner.sheets import SHEETS, Column, Row, columns
from planner.wording.figures import typed

HEADER_ROW = 4
FIRST_ROW = 5
LAST_ROW = 1004
"""Last row that drop-downs, checks and lists of names reach."""
ROOM = 20
"""Blank rows that a table offers for more."""

INPUT = "FFF8DC"
KEY = "DCE9F7"
HEADER = "1F3A5F"
ERROR = "F8CBAD"
WARNING = "FFE699"

Look: TypeAlias = Literal["key", "input", "number", "share", "date"]

GROUPS = {
    "basic": "Basic: most cases need these",
    "more": "More: where a case needs them",
    "advanced": "Advanced: raw rows for whatever nobody foresaw",
}

HOW_TO = (
    "Fill in the coloured cells. Every sheet says in rows 2 and 3 what belongs into each column, in "
    "which unit, and what a blank cell means.",
    "Start with Time, Places, People, Funding and Staff; then Pipelines, Programmes and Visas; then "
    "Rules, Outcomes and Outcome terms.",
    "A blank cell means 'not limited' or the default that row 2 names. Zero means zero.",
    "Names connect the sheets: write a name exactly as it stands in the key column of its own sheet. "
    "Drop-downs offer the names.",
    "Several names in one cell are separated by semicolons: East; West.",
    "Numbers are typed as numbers (2500000, not 2.5m or 2,500,000 as text), dates as 2021-01-20, shares "
    "as 0.25 or 25%.",
    "A row whose first cell begins with # is set aside. Sheets and columns of your own are left alone.",
    "Do not merge cells, and keep the header row 4 as it is. Columns may change places.",
    "Every number needs a source (an id on sheet Evidence) and a grade: S sourced, D derived, A "
    "assumption, U unverified.",
    "Check the file with: planner validate FILE.xlsx. Make the plan with: planner solve FILE.xlsx.",
)

COLOUR_KEY = (
    ("Key column", KEY, "blue, bold: names the row; other sheets refer to it"),
    ("Input", INPUT, "yellow: yours to fill in, or to leave blank"),
    ("Header", HEADER, "dark blue with white letters: do not change"),
    ("Error", ERROR, "red, with the word ERROR in a comment: must be mended (only in marked copies)"),
    ("Warning", WARNING, "orange, with the word WARNING in a comment: worth a look (only in marked copies)"),
)


@dataclass(frozen=True)
class Validation:
    """What a cell accepts: a list (formula), or a range of numbers or dates, with its words."""

    kind: Literal["list", "decimal", "whole", "date", "any"]
    source: str = ""
    low: float | None = None
    high: float | None = None
    above: bool = False
    title: str = ""
    message: str = ""
    fault: str = ""
    firm: bool = True


def chosen_sheets(tables: RawTables | None) -> tuple[type[Row], ...]:
    """Every sheet of an empty template; of a filled one the basic sheets and those that have rows."""
    if tables is None:
        return SHEETS
    return tuple(s for s in SHEETS if s.GROUP == "basic" or (s in tables and tables[s].rows))


def table_name(sheet: str) -> str:
    """Name of the sheet's Excel table."""
    return "tbl_" + sheet.replace(" ", "_")


def keys_name(sheet: str) -> str:
    """Defined name of the sheet's key column."""
    return "keys_" + sheet.replace(" ", "_")


def single_key(sheet: type[Row]) -> Column | None:
    """The key column of a sheet whose rows have one name each."""
    found = [c for c in columns(sheet) if c.key]
    return found[0] if len(found) == 1 else None


def keys_formula(sheet: type[Row]) -> str:
    """Range of the filled part of the key column, so that drop-downs end with the last name."""
    column = single_key(sheet)
    assert column is not None
    letter = column_letters(columns(sheet).index(column) + 1)
    area = f"'{sheet.SHEET}'!${letter}${FIRST_ROW}:${letter}${LAST_ROW}"
    return f"='{sheet.SHEET}'!${letter}${FIRST_ROW}:INDEX({area},MAX(1,COUNTA({area})))"


def lists() -> dict[str, tuple[str, ...]]:
    """Defined name -> words, for sheet Lists: settings, yes or no, and every column's choices."""
    result: dict[str, tuple[str, ...]] = {
        "list_settings": tuple(s.name for s in SETTINGS),
        "list_yes_no": ("yes", "no"),
    }
    for sheet in SHEETS:
        for column in columns(sheet):
            words = tuple(c for c in column.choices if c)
            if words and words not in result.values():
                result[list_name(sheet, column)] = words
    return result


def list_name(sheet: type[Row], column: Column) -> str:
    """Defined name of a column's list of words."""
    words = tuple(c for c in column.choices if c)
    for other in SHEETS:
        for same in columns(other):
            if tuple(c for c in same.choices if c) == words:
                return f"list_{other.SHEET}_{same.field}".replace(" ", "_")
    return f"list_{sheet.SHEET}_{column.field}".replace(" ", "_")


def unit_line(column: Column) -> str:
    """Row 2: what belongs into the column, and what a blank means."""
    kinds = {
        "text": "text",
        "reference": "name",
        "references": "names; with; semicolons",
        "choice": "word from the list",
        "yes": "yes or no",
        "where": "field: value, value; ...",
        "date": "date",
        "number": "number",
        "whole": "whole number",
        "share": "share",
    }
    if column.field in MONTH_DAY_FIELDS:
        unit = "month-day"
    elif column.refers:
        unit = kinds[column.kind] + " on " + (" / ".join(column.refers) if len(column.refers) <= 3 else "another sheet")
    else:
        unit = column.unit or kinds[column.kind]
    if column.required:
        return f"{unit}\nREQUIRED"
    return f"{unit}\nblank: {column.blank}" if column.blank else f"{unit}\nmay be blank"


def width(column: Column) -> float:
    """Column width in characters."""
    if column.field == "note" or column.kind == "where" or column.field in ("statement",):
        return 40.0
    if column.field == "source":
        return 26.0
    if column.key or column.field == "label":
        return 28.0
    if column.kind in ("references", "reference"):
        return 24.0
    return 17.0


def look(column: Column) -> Look:
    """How a column's cells look."""
    if column.kind == "share":
        return "share"
    if column.kind == "date":
        return "date"
    if column.numeric:
        return "number"
    return "key" if column.key else "input"


def validation(sheet: type[Row], column: Column, names: frozenset[str]) -> Validation:
    """What Excel accepts in the column; `names` are the sheets whose key lists the workbook has."""
    title = column.name[:32]
    message = (
        f"{column.help}."
        + (f" Unit: {column.unit}." if column.unit else "")
        + (f" Blank: {column.blank}." if column.blank else "")
    )
    message = message[:255]
    fault = f"{column.name} is {expected(column)}."[:255]
    if column.field == "setting":
        return Validation(
            "list", "=list_settings", title=title, message=message, fault="Choose a setting from the list."
        )
    if column.kind == "yes":
        return Validation("list", "=list_yes_no", title=title, message=message, fault=fault)
    if column.kind == "choice":
        return Validation("list", f"={list_name(sheet, column)}", title=title, message=message, fault=fault)
    if column.kind == "reference" and len(column.refers) == 1 and column.refers[0] in names:
        fault = f"{column.name} is a name from sheet {column.refers[0]}. Add it there if it is new."
        return Validation(
            "list", f"={keys_name(column.refers[0])}", title=title, message=message, fault=fault, firm=False
        )
    if column.kind == "date":
        return Validation("date", title=title, message=message, fault=fault)
    if column.numeric:
        example = " (2500000, not 2.5m)" if column.kind == "number" else ""
        span = _span(column)
        fault = (fault.rstrip(".") + (f", {span}" if span else "") + example + ".")[:255]
        kind: Literal["whole", "decimal"] = "whole" if column.kind == "whole" else "decimal"
        return Validation(
            kind, low=column.low, high=column.high, above=column.positive, title=title, message=message, fault=fault
        )
    return Validation("any", title=title, message=message)


def _span(column: Column) -> str:
    """The allowed range in words."""
    if column.positive:
        return "more than 0"
    if column.low is not None and column.high is not None:
        return f"from {typed(column.low)} to {typed(column.high)}"
    return f"{typed(column.low)} or more" if column.low is not None else ""
