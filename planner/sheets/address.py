"""Places in a workbook."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A place in a workbook; row 0 is the sheet as a whole, an empty sheet name the whole file."""

    sheet: str = ""
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        """Write the address as a spreadsheet does."""
        if not self.sheet:
            return "workbook"
        if not self.row:
            return self.sheet
        return f"{self.sheet}!{self.column or 'A'}{self.row}"
