"""Names of earlier forms of the workbook, in cells that name sheets, columns or fields: read as those of today."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from planner.case.problems import Problem
from planner.cells.names import column_named, sheet_named
from planner.cells.raw import RawTables, as_text, folded
from planner.sheets import SHEETS, Column, Recommendations, Row, ScenarioChanges, Ways, columns
from planner.sheets.address import Address
from planner.wording.lists import in_a_row

FIELDS: Final = {"lane": "line of action", "pool": "quota", "station": "duty station"}
"""Fields of selections by their earlier name."""
_FIELD = re.compile(rf"(^|;)(\s*)({'|'.join(FIELDS)})(\s*:)", re.IGNORECASE)
_SHEETS = {folded(sheet.WAS): sheet.SHEET for sheet in SHEETS if sheet.WAS}


def names_in(column: Column, sheet: type[Row]) -> bool:
    """Whether cells of a column may name sheets, columns or fields."""
    lists = ((Recommendations, "carried_by"), (Ways, "rows"))
    return column.kind == "where" or column.field in ("sheet", "source") or (sheet, column.field) in lists


def todays(sheet: type[Row], column: Column, text: str) -> str:
    """The text of a cell with the names of today in it."""
    if column.kind == "where":
        return _FIELD.sub(lambda found: f"{found[1]}{found[2]}{FIELDS[found[3].lower()]}{found[4]}", text)
    if column.field == "sheet":
        return _SHEETS.get(folded(text), text)
    return _heads(
        text, {folded(c.was): c.name for c in columns(sheet) if c.was} if column.field == "source" else _SHEETS
    )


def _heads(text: str, names: dict[str, str]) -> str:
    """'name: x; name: y' with the names of today."""
    parts = [part.partition(":") for part in text.split(";")]
    if not any(folded(head) in names for head, _, _ in parts):
        return text
    return "; ".join(f"{names.get(folded(head), head.strip())}{colon}{rest.rstrip()}" for head, colon, rest in parts)


def rename(tables: RawTables) -> None:
    """Give cells of raw tables the names of today."""
    for sheet, table in tables.items():
        wanted = [column for column in columns(sheet) if names_in(column, sheet)]
        for row in table.rows if wanted else ():
            if sheet is ScenarioChanges and (other := sheet_named(as_text(row.values.get("sheet")))) is not None:
                column = column_named(other, as_text(row.values.get("column")))
                row.values |= {"column": column.name} if column is not None else {}
            for column in wanted:
                if isinstance(text := row.values.get(column.field), str):
                    row.values[column.field] = todays(sheet, column, text)


def told(earlier: Iterable[tuple[str, str]]) -> list[Problem]:
    """One warning that says which names of sheets and columns are read as what."""
    pairs = [f"'{was}' as '{now}'" for was, now in dict.fromkeys(earlier)]
    if not pairs:
        return []
    found = f"names of an earlier form of the workbook are read as those of today: {in_a_row(pairs, len(pairs))}."
    mend = "Nothing to do. 'planner template NEW.xlsx --from OLD.xlsx' writes a copy with the names of today."
    return [Problem("name-earlier", "warning", Address(), found, mend)]
