"""Raw tables: what stands in a sheet's cells before anything is typed.

A workbook, a folder of CSV files and plain Python rows all become the same raw tables, so there is one parser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from planner.sheets import Row, columns
from planner.sheets.address import Address
from planner.signs import one_name
from planner.wording.figures import unmistakable

Value: TypeAlias = Any
"""What a cell holds: None or '' (blank), text, float, bool, date, datetime, or :class:`UnusableCell`."""

SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u200b": "", "\ufeff": "", "\u2060": ""})
"""Blanks of other kinds, made plain in notes and other prose."""


@dataclass(frozen=True, slots=True)
class UnusableCell:
    """A cell without a usable value: an Excel error such as #REF!, or a formula that was never calculated."""

    what: str
    formula: bool = False


@dataclass(slots=True)
class RawRow:
    """One row of a sheet: its number and its values by field (blank cells are absent).

    `changed` says for a field by what it was changed (a scenario, a --set).
    """

    number: int
    values: dict[str, Value]
    changed: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class RawTable:
    """One known sheet: its class, its name in the file, the letter of each column, its rows."""

    sheet: type[Row]
    letters: dict[str, str]
    rows: list[RawRow]

    @property
    def name(self) -> str:
        """Name of the sheet."""
        return self.sheet.SHEET

    def at(self, row: RawRow | int, field_name: str = "") -> Address:
        """Address of a cell, of a row's first cell, or of the sheet (row 0)."""
        number = row if isinstance(row, int) else row.number
        return Address(self.name, number, self.letters.get(field_name, "") if number else "")


RawTables: TypeAlias = dict[type[Row], RawTable]
PlainTables: TypeAlias = Mapping[str, Sequence[Mapping[str, Value]]]
"""Sheet name -> rows, each a mapping from column header to value."""


def clean(text: str) -> str:
    """Text as names are compared: in one spelling (NFC), without invisible signs and stray spaces, blanks made one."""
    return " ".join(one_name(text).translate(SPACES).split())


def folded(text: str) -> str:
    """Text for comparing names: cleaned, without regard to case."""
    return clean(text).casefold()


def blank(value: Value) -> bool:
    """Whether a cell holds nothing that anybody could see."""
    if value is None:
        return True
    return isinstance(value, str) and not one_name(value).translate(SPACES).strip()


def as_text(value: Value) -> str:
    """A cell's value as a person would read it, and as it is read back (see :func:`unmistakable`)."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, UnusableCell):
        return value.what
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else unmistakable(repr(value))
    return "" if value is None else str(value)


def key_of(table: RawTable, row: RawRow) -> str:
    """The row's key as far as its cells say it: key columns joined with ' / '."""
    parts = (clean(as_text(row.values.get(c.field))) for c in columns(table.sheet) if c.key)
    return " / ".join(part for part in parts if part)


def copied(tables: RawTables) -> RawTables:
    """Raw tables that may be changed without changing these."""
    return {
        kind: RawTable(table.sheet, dict(table.letters), [RawRow(row.number, dict(row.values)) for row in table.rows])
        for kind, table in tables.items()
    }
