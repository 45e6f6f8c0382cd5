"""The plan's tables on sheets of their own, so that a plan can be checked and taken up again from its file alone."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import pandas as pd
from xlsxwriter import Workbook

from planner.plan import TABLES, Plan
from planner.plan.frames import table
from planner.plan.seal import Seal, plan_values
from planner.results.headlines import Headlines, dumps
from planner.results.layout import Formats
from planner.workbook.exact import ExactWorksheet

PREFIX = "Table "
PLAN_SHEET = "Table plan"
HEADLINE_SHEET = "Table headline"
INPUT_SHEET = "Table inputs"
PIECE = 32_000
"""Signs of text in one cell, which holds 32,767 at most."""
HEADER = 2
"""Row of the header, counted from 0, under title and explanation."""


def write_tables(book: Workbook, formats: Formats, plan: Plan, head: Headlines, link: str, sealed: Seal) -> None:
    """Write the plan's values with their seal, its headline and all its tables, one sheet each, at the end."""
    sheet = _sheet(
        book,
        formats,
        PLAN_SHEET,
        "Values of the plan for other programs, as JSON text; the sheets before say the same in words.",
    )
    for position, header in enumerate(("part", "name", "value")):
        sheet.write_string(HEADER, position, header, formats.header)
    more = [("link", "", json.dumps(link)), *(("seal", k, json.dumps(v)) for k, v in asdict(sealed).items())]
    for row, values in enumerate([*plan_values(plan), *more], HEADER + 1):
        for position, text in enumerate(values):
            sheet.write_string(row, position, text)
    sheet = _sheet(book, formats, HEADLINE_SHEET, "What sheet 'Summary' says, as JSON text; 'planner show' prints it.")
    for row, pair in enumerate([("part", "value"), *dumps(head).items()], HEADER):
        for position, text in enumerate(pair):
            sheet.write_string(row, position, text, formats.header if row == HEADER else None)
    for name, columns in TABLES.items():
        lead = f"Machine table '{name}' in people, USD and FTE-days with every digit; 'planner verify' reads it."
        sheet = _sheet(book, formats, PREFIX + name, lead)
        frame = table(plan, name)
        for position, column in enumerate(columns):
            sheet.write_string(HEADER, position, column, formats.header)
            if column in frame.columns:
                _column(sheet, position, frame[column].tolist())


def write_inputs(book: Workbook, formats: Formats, data: bytes) -> None:
    """Write the workbook that the plan was made from as text in cells, piece by piece."""
    sheet = _sheet(book, formats, INPUT_SHEET, "The input workbook, so that this file alone restores all of it.")
    sheet.write_string(HEADER, 0, "base64", formats.header)
    text = base64.b64encode(data).decode("ascii")
    for row, start in enumerate(range(0, len(text), PIECE), HEADER + 1):
        sheet.write_string(row, 0, text[start : start + PIECE])
    sheet.hide()


def _sheet(book: Workbook, formats: Formats, name: str, lead: str) -> ExactWorksheet:
    """Start a machine sheet: title, explanation, frozen header, grey tab."""
    sheet: ExactWorksheet = book.add_worksheet(name, ExactWorksheet)
    sheet.write_string(0, 0, name, formats.title)
    sheet.write_string(1, 0, lead, formats.lead)
    sheet.freeze_panes(HEADER + 1, 1)
    sheet.set_tab_color("#BFBFBF")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 40, 14)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER)
    return sheet


def _column(sheet: ExactWorksheet, position: int, values: list[Any]) -> None:
    """Write a column as it is: numbers with every digit, true and false, dates as ISO text, text never as a formula."""
    number, string = sheet.write_number, sheet.write_string
    for row, value in enumerate(values, HEADER + 1):
        if isinstance(value, str):
            if value:
                string(row, position, value)
        elif value is None or value is pd.NA or value is pd.NaT:
            continue
        elif isinstance(value, bool):
            sheet.write_boolean(row, position, value)
        elif isinstance(value, int | float):
            if math.isfinite(value):
                number(row, position, value)
            elif math.isinf(value):
                string(row, position, "inf" if value > 0 else "-inf")
        elif isinstance(value, datetime | date):
            string(row, position, value.isoformat()[:10])
        else:
            string(row, position, str(value))
