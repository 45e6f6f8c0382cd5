"""Completes a workbook that exists: sheets and columns that it lacks are added, everything of its own stays."""

from __future__ import annotations

import io
from copy import copy
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table

from planner.cells.raw import folded
from planner.sheets import SHEETS, Row, columns
from planner.workbook.copies import open_copy
from planner.workbook.forms import FIRST_ROW, HEADER_ROW, LAST_ROW, table_name
from planner.workbook.marker import put
from planner.workbook.reader import FORMAT_VERSION
from planner.workbook.renamed import header_of, rename
from planner.workbook.scan import VERSION_PROPERTY
from planner.workbook.template import template_bytes


def complete(source: Path, out: Path) -> list[str]:
    """Write a completed copy of the workbook `source` to `out`; returns what it lacks besides cells, in words.

    Raises:
        InvalidCaseError: the file is refused or damaged.
    """
    copied = open_copy(source)
    rename(copied)
    book = copied.book
    fresh = openpyxl.load_workbook(io.BytesIO(template_bytes()))
    there = {folded(name): name for name in book.sheetnames}
    looks: dict[int, Any] = {}
    for sheet in SHEETS:
        if folded(sheet.SHEET) in there:
            _add_columns(book[there[folded(sheet.SHEET)]], sheet, fresh[sheet.SHEET], looks)
    order = [name for name in fresh.sheetnames if folded(name) not in there]
    for name in order:
        _copy_sheet(fresh[name], book.create_sheet(name, 0 if name == "Read me" else None), looks)
    _names(fresh, book)
    if VERSION_PROPERTY in book.custom_doc_props.names:
        del book.custom_doc_props[VERSION_PROPERTY]
    book.custom_doc_props.append(StringProperty(name=VERSION_PROPERTY, value=str(FORMAT_VERSION)))
    return copied.save(out)


def _copy_sheet(old: Any, new: Any, looks: dict[int, Any]) -> None:
    """Copy a sheet from one workbook into another with its looks."""
    for row in old.iter_rows():
        for cell in row:
            copied = new.cell(cell.row, cell.column)
            _copy_cell(cell, copied, looks)
    for letter, size in old.column_dimensions.items():
        new.column_dimensions[letter].width = size.width
    for number, size in old.row_dimensions.items():
        if size.height:
            new.row_dimensions[number].height = size.height
    new.freeze_panes = old.freeze_panes
    new.sheet_view.showGridLines = old.sheet_view.showGridLines
    new.page_setup.orientation, new.page_setup.fitToHeight = "landscape", 0
    new.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for rule in old.data_validations.dataValidation:
        new.add_data_validation(copy(rule))
    for table in old.tables.values():
        copied_table = Table(displayName=table.displayName, ref=table.ref, tableStyleInfo=copy(table.tableStyleInfo))
        new.add_table(copied_table)


def _copy_cell(old: Any, new: Any, looks: dict[int, Any]) -> None:
    """Copy one cell; text stays text, and formulas are those that our own template wrote."""
    if old.data_type == "s" and isinstance(old.value, str):
        put(new, old.value)
    else:
        new.value = old.value
    if old.hyperlink is not None and old.hyperlink.location:
        new.hyperlink = Hyperlink(ref=new.coordinate, location=old.hyperlink.location)
    if old.has_style:
        known = looks.get(old.style_id)
        if known is None:
            new.font, new.fill, new.border = copy(old.font), copy(old.fill), copy(old.border)
            new.alignment, new.number_format = copy(old.alignment), old.number_format
            looks[old.style_id] = new
        else:
            new._style = copy(known._style)  # copying the parts of a style again for each cell takes seconds


def _add_columns(page: Any, sheet: type[Row], fresh: Any, looks: dict[int, Any]) -> None:
    """Add the columns that a sheet lacks at its right end, with help and drop-downs."""
    header = header_of(page, sheet)
    if not header:
        return
    names = {folded(str(cell.value)) for cell in page[header] if cell.value is not None}
    lacking = [at for at, column in enumerate(columns(sheet), 1) if folded(column.name) not in names]
    free = max((cell.column for cell in page[header] if cell.value is not None), default=0)
    for number, at in enumerate(lacking, 1):
        target = free + number
        for row in range(2, HEADER_ROW + 1):
            shifted = header - (HEADER_ROW - row)
            if shifted >= 1 and page.cell(shifted, target).value is None:
                _copy_cell(fresh.cell(row, at), page.cell(shifted, target), looks)
        page.column_dimensions[get_column_letter(target)].width = fresh.column_dimensions[get_column_letter(at)].width
        _copy_validation(fresh, at, page, target, header)
    table = page.tables.get(table_name(sheet.SHEET))
    if lacking and table is not None:
        _widen(table, page, header, free + len(lacking))


def _copy_validation(fresh: Any, at: int, page: Any, target: int, header: int) -> None:
    """Give a new column the drop-down that it has in the template."""
    probe = f"{get_column_letter(at)}{FIRST_ROW}"
    for rule in fresh.data_validations.dataValidation:
        if probe in rule.sqref:
            letter = get_column_letter(target)
            moved = DataValidation(
                **{
                    name: getattr(rule, name)
                    for name in (
                        "type",
                        "formula1",
                        "formula2",
                        "operator",
                        "allow_blank",
                        "showErrorMessage",
                        "showInputMessage",
                        "errorStyle",
                        "errorTitle",
                        "error",
                        "promptTitle",
                        "prompt",
                    )
                }
            )
            moved.sqref = type(rule.sqref)(f"{letter}{header + 1}:{letter}{LAST_ROW}")
            page.add_data_validation(moved)


def _widen(table: Any, page: Any, header: int, last: int) -> None:
    """Let the sheet's Excel table reach over the new columns."""
    first, _, bottom = table.ref.partition(":")
    bottom_row = "".join(sign for sign in bottom if sign.isdigit())
    left = "".join(sign for sign in first if sign.isalpha())
    table.ref = f"{left}{header}:{get_column_letter(last)}{bottom_row}"
    table.autoFilter = None
    table.tableColumns = []
    table._initialise_columns()
    for column, cell in zip(table.tableColumns, page[header][page[f"{left}{header}"].column - 1 : last], strict=True):
        column.name = str(cell.value)


def _names(fresh: Any, book: Any) -> None:
    """Defined names behind the drop-downs; those that the workbook has stay."""
    for name, defined in fresh.defined_names.items():
        if name not in book.defined_names and "Lists!" not in str(defined.value):
            book.defined_names[name] = DefinedName(name, attr_text=defined.value)
    missing = {name: d for name, d in fresh.defined_names.items() if name not in book.defined_names}
    lists = book["Lists"]
    free = lists.max_column
    for name, defined in missing.items():
        source = fresh["Lists"][defined.value.removeprefix("Lists!").replace("$", "")]
        same = _same_list(lists, name)
        if same is None:
            free += 1
            same = free
            put(lists.cell(3, same), name)
            for number, (cell,) in enumerate(source, 4):
                put(lists.cell(number, same), str(cell.value))
        letter = get_column_letter(same)
        book.defined_names[name] = DefinedName(name, attr_text=f"Lists!${letter}$4:${letter}${3 + len(source)}")


def _same_list(lists: Any, name: str) -> int | None:
    """Column of sheet Lists that holds the list already."""
    return next((cell.column for cell in lists[3] if cell.value == name), None)
