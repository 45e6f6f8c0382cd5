"""Workbooks written with every digit of a number."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet

NEW_ENGINE = 191_029
"""Version of Excel's calculation that a workbook states whose results are results, though they may be old."""


class ExactWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet that keeps every digit of a number: the library writes 16 digits, a double needs up to 17."""

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        """Write a number cell as the shortest text that reads back as the same double."""
        extra = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{extra}><v>{shortest(number)}</v></c>")


def shortest(number: float) -> str:
    """A number as the shortest text that reads back as the same double; whole ones without a point."""
    value = float(number)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
