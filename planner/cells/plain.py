"""Plain rows (sheet name -> rows by column header) as raw tables."""

from __future__ import annotations

from planner.cells.letters import column_letters
from planner.cells.names import column_named, sheet_named
from planner.cells.raw import PlainTables, RawRow, RawTable, RawTables, Value, blank
from planner.sheets import columns


def from_plain(tables: PlainTables) -> RawTables:
    """Raw tables from plain rows; data start in row 2, below the header.

    Raises:
        ValueError: a sheet or a column that does not exist.
    """
    result: RawTables = {}
    for name, rows in tables.items():
        sheet = sheet_named(name)
        if sheet is None:
            message = f"there is no sheet '{name}'"
            raise ValueError(message)
        letters = {c.field: column_letters(n) for n, c in enumerate(columns(sheet), 1)}
        table = RawTable(sheet, letters, [])
        for number, row in enumerate(rows, 2):
            values: dict[str, Value] = {}
            for title, value in row.items():
                column = column_named(sheet, title)
                if column is None:
                    message = f"sheet '{name}' has no column '{title}'"
                    raise ValueError(message)
                if not blank(value):
                    values[column.field] = _plain(value)
            table.rows.append(RawRow(number, values))
        result[sheet] = table
    return result


def _plain(value: Value) -> Value:
    """Give Python values the types that a workbook's cells have."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, tuple | list):
        return "; ".join(str(v) for v in value)
    return value


def as_raw(tables: PlainTables | RawTables) -> RawTables:
    """Raw tables from either form."""
    raw = {k: v for k, v in tables.items() if isinstance(k, type) and isinstance(v, RawTable)}
    return raw or from_plain(tables)  # type: ignore[arg-type]
