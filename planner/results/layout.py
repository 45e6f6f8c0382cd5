"""How a page of the plan workbook looks: constant formats, tables with units in their headers, charts, print."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format

from planner.results.charts import INK, PALETTE, PAPER, RULE, Block, Picture, stacked
from planner.results.rule_words import State
from planner.wording.figures import whole
from planner.wording.formats import number_format
from planner.workbook.exact import ExactWorksheet

WIDEST_FIRST, NARROWEST = 38, 11
WIDER = {
    "Why": 60,
    "Why not": 60,
    "Held by": 60,
    "Held longest by": 60,
    "Paid for": 44,
    "Opened": 60,
    "What to do": 60,
    "In words": 52,
}
"""Columns with sentences may be this many characters wide; they stand where no other table has figures."""


class Formats:
    """Every cell format of the workbook, made once."""

    def __init__(self, book: Workbook) -> None:
        """Make the constant formats."""
        self._book = book
        self._cache: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.title = self.get(bold=True, font_size=16, font_color=INK)
        self.lead = self.get(font_size=11, font_color="#44546A")
        self.answer = self.get(font_size=12, bold=True, font_color=INK)
        self.heading = self.get(bold=True, font_size=12, font_color=INK, bottom=1, bottom_color=RULE)
        self.plain = self.get()
        self.broken = self.get(bold=True, font_color="#A40000")
        head = {
            "font_color": "#FFFFFF",
            "bg_color": PALETTE[0],
            "left": 1,
            "right": 1,
            "left_color": RULE,
            "right_color": RULE,
        }
        self.header = self.get(bold=True, text_wrap=True, valign="vcenter", indent=1, **head)
        self.header_number = self.get(bold=True, text_wrap=True, valign="vcenter", align="right", **head)
        self.unit = self.get(font_size=9, align="right", **head)

    def get(self, **properties: Any) -> Format:
        """Return the format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._cache:
            self._cache[key] = self._book.add_format({"font_name": "Calibri", "font_size": 10, **properties})
        return self._cache[key]

    def body(self, number: str = "", *, total: bool = False, mark: str = "") -> Format:
        """Format of a body cell: text that wraps, or a number."""
        properties: dict[str, Any] = {"valign": "top", "bottom": 4, "bottom_color": RULE}
        if number:
            properties["num_format"] = number
        else:
            properties |= {"text_wrap": True, "align": "left", "indent": 1}
        if total:
            properties |= {"bold": True, "top": 1, "bottom": 1, "bg_color": PAPER}
        if mark:
            properties |= {"bold": True, "font_color": mark}
        return self.get(**properties)


def _split_header(name: str, unit: str, numeric: bool) -> tuple[str, str]:
    """Name and unit of a column."""
    if not numeric:
        return name, ""
    label, comma, own = name.rpartition(", ")
    if comma:
        return label, own
    return name, "of total" if name == "Share" else "" if "share" in name.lower() else unit


def _unit_of(name: str, unit: str) -> str:
    """Unit that decides a column's number format."""
    return name if "share" in name.lower() else (name.rpartition(", ")[2] if ", " in name else unit)


MARKS = {State.OFF: "#A40000", State.BROKEN: "#A40000", State.BINDING: "#9C5700"}
"""Words of a State column that are set apart (besides their colour they are other words)."""


def hidden(value: float, unit: str, below: int) -> bool:
    """Whether a figure is a count of people so small that it must not be shared."""
    return unit in ("people", "persons") and 0.0 < abs(value) < below


def hidden_words(below: int) -> str:
    """What stands in the place of a hidden count."""
    return f"<{below}"


class SheetWriter:
    """A sheet being written from top to bottom."""

    def __init__(
        self,
        book: Workbook,
        formats: Formats,
        name: str,
        title: str,
        lead: str,
        case: str,
        widest: int = 30,
        *,
        hide_below: int = 0,
    ) -> None:
        """Write title and explanation, set the page up for printing on one page's width.

        Text columns are at most `widest` characters wide and wrap beyond. Counts of people above nought and below
        `hide_below` are not written.
        """
        self.hide_below = hide_below
        self.book, self.formats, self.name = book, formats, name
        self.sheet: ExactWorksheet = book.add_worksheet(name, ExactWorksheet)
        self.row = 0
        self._widths: dict[int, float] = {}
        self._long: dict[int, list[tuple[int, str]]] = {}
        self._breaks: list[int] = []
        self._widest = widest
        self.sheet.write_string(0, 0, title, formats.title)
        self.sheet.set_row(0, 24)
        self.sheet.write_string(1, 0, lead, formats.lead)
        self.row = 3
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        self.sheet.set_header(f"&L&9{case.replace('&', '&&')[:100]}&R&9{name}")
        self.sheet.set_footer("&L&9Figures are rounded only on display; the cells keep every digit.&R&9Page &P of &N")
        self.sheet.repeat_rows(0, 0)

    def lines(self, texts: Iterable[str], *, width: int = 150, bullet: str = "", style: Format | None = None) -> None:
        """Write sentences one under another, each wrapped into rows instead of merged cells."""
        for text in texts:
            wrapped = textwrap.wrap(text, width) or [""]
            for i, line in enumerate(wrapped):
                lead = (bullet if i == 0 else " " * len(bullet)) if bullet else ""
                self.sheet.write_string(self.row, 0, lead + line, style or self.formats.plain)
                self.row += 1

    def heading(self, text: str, note: str = "") -> None:
        """Write a heading with an optional sentence under it."""
        self.sheet.write_string(self.row, 0, text, self.formats.heading)
        self.row += 1
        if note:
            self.lines([note], style=self.formats.lead)

    def table(
        self,
        frame: pd.DataFrame,
        unit: str = "",
        *,
        total: pd.Series[Any] | None = None,
        empty: str = "Nothing here.",
        freeze: bool = False,
        filtered: bool = False,
    ) -> Block | None:
        """Write a table with units in its headers; `total` is written under it. None for an empty one."""
        if frame.empty:
            self.lines([empty], style=self.formats.lead)
            self.row += 1
            return None
        columns = [str(c) for c in frame.columns]
        numeric = [
            pd.api.types.is_numeric_dtype(frame[c]) and not pd.api.types.is_bool_dtype(frame[c]) for c in columns
        ]
        header = self._header(columns, numeric, unit)
        units = [str(u) for u in frame["Unit"]] if "Unit" in columns else None
        first = self.row
        for position, (column, is_number) in enumerate(zip(columns, numeric, strict=True)):
            values = frame[column].tolist()
            if is_number:
                self._numbers(position, column, values, units, unit)
            else:
                self._texts(position, column, values)
        self.row += len(frame)
        if total is not None:
            self._total(columns, numeric, total, unit)
        block = Block(self.name, header, first, first + len(frame) - 1, tuple(columns))
        if freeze:
            self.sheet.freeze_panes(first, 1)
            self.sheet.repeat_rows(header, first - 1)
        if filtered:
            self.sheet.autofilter(first - 1, 0, block.last, len(columns) - 1)
        self.row += 1
        return block

    def _header(self, columns: Sequence[str], numeric: Sequence[bool], unit: str) -> int:
        """Write names and, under them, units; returns the row of the names."""
        start, height = self.row, 1
        parts = [_split_header(column, unit, is_number) for column, is_number in zip(columns, numeric, strict=True)]
        has_units = any(own for _, own in parts)
        for position, ((text, own), is_number) in enumerate(zip(parts, numeric, strict=True)):
            self.sheet.write_string(
                start, position, text, self.formats.header_number if is_number else self.formats.header
            )
            if has_units:
                self.sheet.write_string(start + 1, position, own, self.formats.unit)
            self._wide(position, max(min(len(text) + 2, 18 if is_number else 20), len(own) + 1))
            height = max(height, len(textwrap.wrap(text, max(8, int(self._widths[position])))))
        self.sheet.set_row(start, 14 * height + 3)
        self.row += 2 if has_units else 1
        return start

    def _numbers(self, position: int, column: str, values: list[Any], units: list[str] | None, unit: str) -> None:
        """Write a column of numbers; blank where there is none."""
        change = "difference" in column.lower() and "check" not in column.lower()
        own = ", " in column or "share" in column.lower()
        blank = self.formats.body()
        styles: dict[str, Format] = {}
        largest, behind = 0.0, 0
        for offset, value in enumerate(values):
            if value is None or (isinstance(value, float) and not math.isfinite(value)):
                self.sheet.write_blank(self.row + offset, position, None, blank)
                continue
            said = units[offset] if units is not None and not own else _unit_of(column, unit)
            if hidden(value, said, self.hide_below):
                self.sheet.write_string(self.row + offset, position, hidden_words(self.hide_below), blank)
                continue
            code = number_format(value, said, change=change)
            if code not in styles:
                styles[code] = self.formats.body(code)
            self.sheet.write_number(self.row + offset, position, value, styles[code])
            largest, behind = max(largest, abs(value)), max(behind, len(code.partition(";")[0].partition(".")[2]))
        self._wide(position, len(whole(largest)) + behind + 4)

    def _texts(self, position: int, column: str, values: list[Any]) -> None:
        """Write a column of text (never a formula), dates and mixed values."""
        plain, longest = self.formats.body(), 0
        for offset, value in enumerate(values):
            row = self.row + offset
            if isinstance(value, bool) or value is None or (isinstance(value, float) and not math.isfinite(value)):
                self.sheet.write_string(
                    row,
                    position,
                    "" if value is None or isinstance(value, float) else ("yes" if value else "no"),
                    plain,
                )
            elif isinstance(value, int | float):
                style = self.formats.body(number_format(value))
                self.sheet.write_number(row, position, value, style)
                longest = max(longest, 12)
            elif isinstance(value, datetime | date):
                self.sheet.write_datetime(row, position, value, self.formats.body("d mmm yyyy"))
                longest = max(longest, 12)
            else:
                text = str(value)
                mark = MARKS.get(text, "") if column == "State" else ""
                self.sheet.write_string(row, position, text, self.formats.body(mark=mark) if mark else plain)
                longest = max(longest, len(text))
                if len(text) > NARROWEST:
                    self._long.setdefault(row, []).append((position, text))
        self._wide(position, min(longest + 2, WIDER.get(column, WIDEST_FIRST if position == 0 else self._widest)))

    def _total(self, columns: Sequence[str], numeric: Sequence[bool], total: pd.Series[Any], unit: str) -> None:
        """Write the total row."""
        for position, (column, is_number) in enumerate(zip(columns, numeric, strict=True)):
            value = total.get(column)
            if is_number and value is not None and hidden(float(value), _unit_of(column, unit), self.hide_below):
                style = self.formats.body(total=True)
                self.sheet.write_string(self.row, position, hidden_words(self.hide_below), style)
            elif is_number and value is not None and math.isfinite(float(value)):
                style = self.formats.body(number_format(float(value), _unit_of(column, unit)), total=True)
                self.sheet.write_number(self.row, position, float(value), style)
            else:
                self.sheet.write_string(
                    self.row, position, "" if is_number else str(value or ""), self.formats.body(total=True)
                )
        self.row += 1

    def _wide(self, position: int, width: float) -> None:
        """Widen a column if it must be."""
        self._widths[position] = max(self._widths.get(position, NARROWEST), width)

    def chart(
        self,
        block: Block | None,
        picture: Picture,
        at: tuple[int, float] | None = None,
        size: tuple[int, int] = (760, 280),
    ) -> None:
        """Insert a stacked chart of a written table; `at` is a row and pixels from the left, here if left out."""
        if block is None:
            return
        chart = stacked(self.book, block, picture)
        if chart is None:
            return
        chart.set_size({"width": size[0], "height": size[1]})
        row, left = at if at is not None else (self.row, 0.0)
        place = {
            "object_position": 2,
            "x_offset": left,
            "y_offset": 4,
            "description": f"{picture.title}, {picture.unit}",
        }
        self.sheet.insert_chart(row, 0, chart, place)
        if at is None:
            self.row += size[1] // 20 + 1

    def page_break(self) -> None:
        """Start a new printed page here."""
        self._breaks.append(self.row)

    def pixels(self, columns: int) -> float:
        """Width of the first columns."""
        return sum(7.0 * self._widths.get(c, NARROWEST) + 5.0 for c in range(columns))

    def finish(self) -> None:
        """Set column widths, the height of rows whose text wraps, and page breaks."""
        for position, width in self._widths.items():
            self.sheet.set_column(position, position, width, self.formats.plain)
        for row, cells in self._long.items():
            lines = max(len(textwrap.wrap(text, int(1.25 * self._widths[position]))) for position, text in cells)
            if lines > 1:
                self.sheet.set_row(row, 13.5 * lines + 1)
        if self._breaks:
            self.sheet.set_h_pagebreaks(self._breaks)
