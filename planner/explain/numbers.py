"""Cells of a case that hold a number, by the names that `--set` takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.case import Case
from planner.sheets import BY_NAME, columns
from planner.wording.figures import digits


@dataclass(frozen=True)
class Number:
    """A number in a workbook: `cell` is its address, `name` how a change names it."""

    sheet: str
    row: str
    column: str
    unit: str
    value: float
    cell: str
    low: float | None
    high: float | None

    @property
    def name(self) -> str:
        """`Sheet!row.Column`, as changes are written."""
        return f"{self.sheet}!{self.row}.{self.column}"

    def change(self, value: float) -> str:
        """The change that puts another value there."""
        return f"{self.name}={digits(value, 10)}"


def numbers_of(case: Case, sheet: str = "", row: str = "") -> Iterator[Number]:
    """Every number of a case, of a sheet, or of a row; blank cells and defaults that nobody typed are left out."""
    for name, kind in BY_NAME.items():
        if sheet and name != sheet:
            continue
        for one in case.of(kind):
            if row and one.id != row:
                continue
            for column in columns(kind):
                value = getattr(one, column.field)
                if not column.numeric or value is None or not one.cells.get(column.field):
                    continue
                yield Number(
                    name, one.id, column.name, column.unit, float(value), one.origin(column.field), column.low,
                    column.high,
                )  # fmt: skip
