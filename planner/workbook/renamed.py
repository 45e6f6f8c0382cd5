"""A copy of a workbook with the names of today: of sheets and headers, and wherever formulas and cells name them."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from planner.cells.names import column_named, titles_in
from planner.cells.raw import folded
from planner.sheets import SHEETS, Column, Row, Settings
from planner.workbook.copies import Copy
from planner.workbook.earlier import names_in, todays
from planner.workbook.forms import keys_name, single_key, table_name, validation
from planner.workbook.locate import HEADER_WITHIN, generated
from planner.workbook.marker import put
from planner.workbook.reader import FORMAT_VERSION

Rewrite = Callable[[str], str]


def header_of(page: Any, sheet: type[Row]) -> int:
    """Row of a sheet's header: the first of those with the most of its columns; 0 where there is none."""
    best, most = 0, 0
    for number in range(1, HEADER_WITHIN + 1):
        there = {column_named(sheet, str(cell.value)) for cell in page[number] if cell.value is not None}
        if len(there - {None}) > most:
            best, most = number, len(there - {None})
    return best


def rename(copied: Copy) -> None:
    """Give sheets, headers, tables, formulas and cells of a copy the names of today."""
    book = copied.book
    rewrites: list[Rewrite] = []
    names: dict[str, str] = {}
    for sheet, title in titles_in(book.sheetnames).items():
        page = book[title]
        headers = _headers(page, sheet)
        table = page.tables.get(table_name(sheet.WAS)) or page.tables.get(table_name(sheet.SHEET))
        if folded(title) == folded(sheet.WAS):
            copied.rename(title, sheet.SHEET)
            if page["A1"].value == title:
                put(page["A1"], sheet.SHEET)
            names[title] = sheet.SHEET
            rewrites.append(_of_sheet(title, sheet))
            if table is not None and table.displayName == table_name(sheet.WAS):
                del page.tables[table.displayName]
                table.displayName = table.name = table_name(sheet.SHEET)
                page.add_table(table)
        if table is not None and headers:
            for column in table.tableColumns:
                column.name = headers.get(column.name, column.name)
            rewrites.append(_of_columns(table.displayName, headers))
    if rewrites:
        _everywhere(book, lambda text: _all(text, rewrites))
    for page in book.worksheets:
        for cell in (cell for row in page.iter_rows() for cell in row) if generated(page.title) else ():
            head, colon, rest = str(cell.value or "").partition(":")
            if cell.data_type == "s" and head in names:
                put(cell, f"{names[head]}{colon}{rest}")


def _headers(page: Any, sheet: type[Row]) -> dict[str, str]:
    """Put today's names into the header and the cells below; returns the headers that were others."""
    header = header_of(page, sheet)
    found: dict[str, str] = {}
    for cell in page[header] if header else ():
        column = column_named(sheet, str(cell.value)) if cell.value is not None else None
        if column is None:
            continue
        if folded(str(cell.value)) == folded(column.was):
            found[str(cell.value)] = column.name
            _help(page, header, cell, sheet, column)
            put(cell, column.name)
        for row in range(header + 1, page.max_row + 1) if names_in(column, sheet) else ():
            below = page.cell(row, cell.column)
            if isinstance(below.value, str) and below.data_type == "s":
                text = todays(sheet, column, below.value)
                if text != below.value:
                    put(below, text)
    if sheet is Settings and header:
        for cells in page.iter_rows(min_row=header + 1):
            for name, value in pairwise(cells):
                if folded(str(name.value or "")) == "format version" and value.value not in (None, ""):
                    put(value, str(FORMAT_VERSION))
    return found


def _help(page: Any, header: int, cell: Any, sheet: type[Row], column: Column) -> None:
    """Put today's help above a header, and into what shows beside its cells."""
    above = page.cell(header - 1, cell.column) if header > 1 else None
    if above is not None and above.data_type == "s" and above.value:
        put(above, column.help)
    rule = validation(sheet, column, frozenset(s.SHEET for s in SHEETS if single_key(s)))
    for shown in page.data_validations.dataValidation:
        if shown.promptTitle == cell.value:
            shown.promptTitle, shown.prompt = rule.title, rule.message
            shown.errorTitle, shown.error = rule.title, rule.fault


def _of_sheet(title: str, sheet: type[Row]) -> Rewrite:
    """References to a sheet, its table and its keys, with its new name."""
    reference = re.compile(rf"(?:'{re.escape(title)}'|(?<![\w.'\]!]){re.escape(title)})!", re.IGNORECASE)
    names = {make(sheet.WAS): make(sheet.SHEET) for make in (table_name, keys_name)}
    known = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    return lambda text: known.sub(lambda m: names[m[0]], reference.sub(f"'{sheet.SHEET}'!", text))


def _of_columns(table: str, headers: dict[str, str]) -> Rewrite:
    """References to columns of a table, with their new names."""
    reference = re.compile(rf"\b{re.escape(table)}\[(?:[^\[\]]|\[[^\]]*\])*\]")

    def column(found: re.Match[str]) -> str:
        text = found[0]
        for was, now in headers.items():
            text = text.replace(f"[{was}]", f"[{now}]")
        return text

    return lambda text: reference.sub(column, text)


def _all(text: str, rewrites: list[Rewrite]) -> str:
    """A formula after every rewriting."""
    for rewrite in rewrites:
        text = rewrite(text)
    return text


def _everywhere(book: Any, rewrite: Rewrite) -> None:
    """Rewrite formulas of cells, of drop-downs and of formats, links and defined names."""
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    if isinstance(cell.value, str):
                        cell.value = rewrite(cell.value)
                    elif hasattr(cell.value, "text"):
                        cell.value.text = rewrite(cell.value.text)
                if cell.hyperlink is not None and cell.hyperlink.location:
                    cell.hyperlink.location = rewrite(cell.hyperlink.location)
        for rule in page.data_validations.dataValidation:
            rule.formula1 = rewrite(rule.formula1) if rule.formula1 else rule.formula1
            rule.formula2 = rewrite(rule.formula2) if rule.formula2 else rule.formula2
        for area in page.conditional_formatting:
            for rule in area.rules:
                rule.formula = [rewrite(text) for text in rule.formula]
    for owner in (book, *book.worksheets):
        for name, defined in list(owner.defined_names.items()):
            defined.attr_text = rewrite(defined.attr_text)
            if rewrite(name) != name and rewrite(name) not in owner.defined_names:
                del owner.defined_names[name]
                defined.name = rewrite(name)
                owner.defined_names[defined.name] = defined
