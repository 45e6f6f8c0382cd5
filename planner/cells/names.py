"""Names of sheets and columns as people write them: in any case, and as earlier forms of the workbook had them.

A sheet declares its earlier name as `WAS`, a column as `was`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from planner.cells.raw import folded
from planner.sheets import SHEETS, Column, Row, columns


@cache
def sheets_by_name() -> dict[str, type[Row]]:
    """Every sheet by its name and its earlier one, folded."""
    return {folded(name): sheet for sheet in SHEETS for name in (sheet.WAS, sheet.SHEET) if name}


_TITLES: dict[type[Row], dict[str, Column]] = {}


def titles_of(sheet: type[Row]) -> dict[str, Column]:
    """The columns of a sheet by their headers and their earlier ones, folded."""
    if sheet not in _TITLES:
        _TITLES[sheet] = {folded(name): c for c in columns(sheet) for name in (c.was, c.name) if name}
    return _TITLES[sheet]


def sheet_named(name: str) -> type[Row] | None:
    """The sheet of this name, without regard to case; None where there is none."""
    return sheets_by_name().get(folded(name))


def column_named(sheet: type[Row], name: str) -> Column | None:
    """The column with this header, without regard to case; None where there is none."""
    return titles_of(sheet).get(folded(name))


def titles_in(names: Iterable[str]) -> dict[type[Row], str]:
    """Under which of a file's names each sheet stands, the first of several."""
    found: dict[type[Row], str] = {}
    for name in names:
        if (sheet := sheet_named(name)) is not None:
            found.setdefault(sheet, name)
    return found
