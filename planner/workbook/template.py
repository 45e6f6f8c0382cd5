"""Writes the workbook that planners fill in: empty, from rows, or by completing a workbook that exists."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from planner.atomic_files import write_atomically
from planner.cells.letters import column_letters
from planner.cells.plain import as_raw
from planner.cells.raw import PlainTables, RawTable, RawTables, Value, blank
from planner.sheets import SHEETS, Row, columns
from planner.workbook import forms
from planner.workbook.checksheet import write_checks
from planner.workbook.exact import ExactWorksheet
from planner.workbook.forms import FIRST_ROW, HEADER_ROW, LAST_ROW, ROOM
from planner.workbook.reader import FORMAT_VERSION
from planner.workbook.scan import VERSION_PROPERTY

Formats = dict[str, Any]


def write_template(
    path: Path | str,
    raw_tables: PlainTables | RawTables | None = None,
    from_path: Path | str | None = None,
    *,
    title: str = "",
) -> list[str]:
    """Write a workbook to fill in.

    Args:
        path: File to write.
        raw_tables: Rows that it holds, on the sheets that have any, beside every basic sheet; None: every sheet,
            empty.
        from_path: A workbook of which a copy is completed instead: sheets and columns that it lacks are added, names
            of
            earlier forms become those of today, and its own rows, comments, colours, formulas and sheets stay.
        title: Title on the first page; blank: the usual one.

    Returns:
        What a completed copy lacks besides cells, in words.

    Raises:
        InvalidCaseError: `from_path` cannot be read.

    Example:
        >>> planner.workbook.write_template(folder / "mine.xlsx", from_path="inputs/starter.xlsx")
        []
        >>> planner.read(folder / "mine.xlsx").name == case.name
        True
    """
    if from_path is not None:
        from planner.workbook.complete import complete  # noqa: PLC0415 - openpyxl is slow to start

        return complete(Path(from_path), Path(path))
    tables = None if raw_tables is None else as_raw(raw_tables)
    write_atomically(path, template_bytes(tables, title=title))
    return []


def template_bytes(
    tables: RawTables | None = None,
    *,
    title: str = "",
    sheets: tuple[type[Row], ...] | None = None,
    finish: Callable[[Any, Formats], None] | None = None,
    starts_1904: bool = False,
) -> bytes:
    """The workbook's bytes; the same rows give the same bytes.

    `finish` may add to the book before it is closed; with `starts_1904` days are counted from 1904.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
            "date_1904": starts_1904,
        },
    )
    book.worksheet_class = ExactWorksheet
    book.set_properties({"title": title or "Planner workbook", "created": datetime(2021, 1, 20)})
    book.set_custom_property(VERSION_PROPERTY, str(FORMAT_VERSION), "text")
    chosen = forms.chosen_sheets(tables) if sheets is None else sheets
    formats = _formats(book)
    _read_me(book.add_worksheet("Read me"), chosen, formats, title)
    names = frozenset(s.SHEET for s in chosen if forms.single_key(s))
    for sheet in chosen:
        page = book.add_worksheet(sheet.SHEET)
        _sheet(page, sheet, (tables or {}).get(sheet), formats, names)
    write_checks(book.add_worksheet("Checks"), chosen, tables or {}, formats)
    _lists(book, book.add_worksheet("Lists"), formats)
    for sheet in chosen:
        if forms.single_key(sheet):
            book.define_name(forms.keys_name(sheet.SHEET), forms.keys_formula(sheet))
    if finish is not None:
        finish(book, formats)
    book.close()
    return stream.getvalue()


def _formats(book: Any) -> Formats:
    """Every cell format, made once."""
    cell = {"valign": "top", "border": 1, "border_color": "#D0D0D0", "bg_color": f"#{forms.INPUT}"}
    wrapped = {"text_wrap": True, "valign": "top"}
    make = book.add_format
    return {
        "title": make({"bold": True, "font_size": 14}),
        "text": make(wrapped),
        "right": make({"valign": "top", "align": "right"}),
        "bold": make({"bold": True, "valign": "top"}),
        "link": make({"font_color": "#0B5394", "underline": 1, "valign": "top"}),
        "purpose": make({"font_color": "#404040"}),
        "unit": make({**wrapped, "font_color": "#404040", "bg_color": "#F0F0F0", "font_size": 9}),
        "help": make({**wrapped, "font_color": "#202020", "font_size": 9}),
        "header": make(
            {
                "bold": True,
                "font_color": "#FFFFFF",
                "bg_color": f"#{forms.HEADER}",
                "text_wrap": True,
                "valign": "top",
                "border": 1,
            }
        ),
        "input": make({**cell, "num_format": "@"}),
        "key": make({**cell, "bold": True, "bg_color": f"#{forms.KEY}", "num_format": "@"}),
        "number": make({**cell, "num_format": "#,##0.######"}),
        "whole": make({**cell, "num_format": "#,##0"}),
        "share": make({**cell, "num_format": "0.0%"}),
        "date": make({**cell, "num_format": "yyyy-mm-dd", "align": "left"}),
        "moment": make({**cell, "num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}),
        "result": make({"num_format": "#,##0.##", "valign": "top", "align": "right"}),
        "verdict": make({"bold": True, "valign": "top"}),
        **{
            f"colour {name}": make(
                {
                    "bg_color": f"#{colour}",
                    "border": 1,
                    "bold": True,
                    "font_color": "#FFFFFF" if colour == forms.HEADER else "#000000",
                }
            )
            for name, colour, _ in forms.COLOUR_KEY
        },
    }


def _read_me(page: Any, chosen: tuple[type[Row], ...], formats: Formats, title: str) -> None:
    """First sheet: what this is, how to fill it in, the colours, the sheets."""
    page.hide_gridlines(2)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 100)
    page.write_string(0, 0, title or "Planner workbook", formats["title"])
    page.write_string(
        1, 0, "Inputs of a plan: money, staff, visas and places over countries, sites and phases.", formats["purpose"]
    )
    page.write_string(2, 0, f"Format version {FORMAT_VERSION}", formats["purpose"])
    row = 4
    page.write_string(row, 0, "How to fill it in", formats["bold"])
    for number, line in enumerate(forms.HOW_TO, 1):
        page.set_row(row + number, 15 * (1 + len(line) // 125))
        page.write_string(row + number, 0, f"{number}.", formats["right"])
        page.write_string(row + number, 1, line, formats["text"])
    row += len(forms.HOW_TO) + 2
    page.write_string(row, 0, "Colours, in words", formats["bold"])
    for number, (name, _, meaning) in enumerate(forms.COLOUR_KEY, 1):
        page.write_string(row + number, 0, name, formats[f"colour {name}"])
        page.write_string(row + number, 1, meaning, formats["text"])
    row += len(forms.COLOUR_KEY) + 2
    for group, words in forms.GROUPS.items():
        members = [s for s in chosen if group == s.GROUP]
        if members:
            page.write_string(row, 0, words, formats["bold"])
            for sheet in members:
                row += 1
                page.write_url(row, 0, f"internal:'{sheet.SHEET}'!A1", formats["link"], sheet.SHEET)
                page.write_string(row, 1, sheet.PURPOSE, formats["text"])
            row += 2
    page.write_string(row, 0, "Made by the planner", formats["bold"])
    for number, (name, purpose) in enumerate(
        (("Checks", "Counts and simple tests while you fill in."), ("Lists", "Words behind the drop-downs.")), 1
    ):
        page.write_url(row + number, 0, f"internal:'{name}'!A1", formats["link"], name)
        page.write_string(row + number, 1, purpose, formats["text"])


def _sheet(page: Any, sheet: type[Row], table: RawTable | None, formats: Formats, names: frozenset[str]) -> None:
    """One domain sheet: title, units, help, header, rows, validations."""
    cols = columns(sheet)
    page.write_string(0, 0, sheet.SHEET, formats["title"])
    page.write_url(0, 1, "internal:'Read me'!A1", formats["link"], "Back to Read me")
    page.write_string(0, 2, sheet.PURPOSE, formats["purpose"])
    page.set_row(1, 38)
    page.set_row(2, 52)
    page.set_row(HEADER_ROW - 1, 30)
    rows = table.rows if table else []
    last = HEADER_ROW + max(len(rows) + (ROOM if len(rows) else 2 * ROOM), 1)
    page.add_table(
        HEADER_ROW - 1,
        0,
        last - 1,
        len(cols) - 1,
        {
            "name": forms.table_name(sheet.SHEET),
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [{"header": c.name, "header_format": formats["header"]} for c in cols],
        },
    )
    for at, column in enumerate(cols):
        style = (
            formats["key"]
            if column.key and not column.numeric
            else formats["whole" if column.kind == "whole" else forms.look(column)]
        )
        page.set_column(at, at, forms.width(column))
        page.write_string(1, at, forms.unit_line(column), formats["unit"])
        page.write_string(2, at, column.help, formats["help"])
        for number in range(HEADER_ROW, last):
            value = rows[number - HEADER_ROW].values.get(column.field) if number - HEADER_ROW < len(rows) else None
            write_value(page, number, at, _as_date(value) if column.kind == "date" else value, style, formats)
        _validate(page, at, forms.validation(sheet, column, names))
    page.freeze_panes(HEADER_ROW, max(1, sum(1 for c in cols[:2] if c.key)))
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, HEADER_ROW - 1)


def _as_date(value: Value) -> Value:
    """Date of an ISO text, such as tables in text files hold; anything else as it is."""
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value.strip())
    return value


def write_value(page: Any, row: int, column: int, value: Value, style: Any, formats: Formats) -> None:
    """Write a cell so that text stays text: nothing that people typed becomes a formula or a link."""
    if blank(value):
        page.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        page.write_string(row, column, "yes" if value else "no", style)
    elif isinstance(value, (int, float)) and math.isfinite(value):
        page.write_number(row, column, value, style)
    elif isinstance(value, (datetime, date)):
        page.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["date"])
    else:
        page.write_string(row, column, str(value), style)


def _validate(page: Any, at: int, rule: forms.Validation) -> None:
    """Attach a drop-down, a range or only the help text to a column."""
    options: dict[str, Any] = {
        "input_title": rule.title,
        "input_message": rule.message,
        "error_title": rule.title,
        "error_message": rule.fault,
        "error_type": "stop" if rule.firm else "warning",
        "ignore_blank": True,
    }
    if rule.kind == "list":
        options |= {"validate": "list", "source": rule.source}
    elif rule.kind == "date":
        options |= {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1950, 1, 1),
            "maximum": date(2150, 12, 31),
        }
    elif rule.kind in ("decimal", "whole"):
        low, high = rule.low, rule.high
        options["validate"] = "integer" if rule.kind == "whole" else "decimal"
        if rule.above:
            options |= {"criteria": ">", "value": 0}
        elif low is not None and high is not None:
            options |= {"criteria": "between", "minimum": low, "maximum": high}
        elif low is not None:
            options |= {"criteria": ">=", "value": low}
        else:
            options |= {"criteria": "between", "minimum": -1e15, "maximum": 1e15}
    else:
        options["validate"] = "any"
    page.data_validation(FIRST_ROW - 1, at, LAST_ROW - 1, at, options)


def _lists(book: Any, page: Any, formats: Formats) -> None:
    """Sheet Lists: the words behind drop-downs, each with a defined name."""
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, "Lists", formats["title"])
    page.write_url(0, 1, "internal:'Read me'!A1", formats["link"], "Back to Read me")
    page.write_string(0, 2, "Words behind the drop-downs. Do not change.", formats["purpose"])
    for at, (name, words) in enumerate(forms.lists().items()):
        letter = column_letters(at + 1)
        page.set_column(at, at, 26)
        page.write_string(2, at, name, formats["header"])
        for number, word in enumerate(words):
            page.write_string(3 + number, at, word)
        book.define_name(name, f"=Lists!${letter}$4:${letter}${3 + len(words)}")


__all__ = ["SHEETS", "template_bytes", "write_template", "write_value"]
