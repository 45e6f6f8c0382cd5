"""A marked copy of a workbook: a first sheet with every problem, the cells coloured and commented."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from planner.case.problems import Problem, sort_key
from planner.cells.names import titles_in
from planner.sheets.address import Address
from planner.workbook.copies import open_copy
from planner.workbook.forms import ERROR, HEADER, WARNING

SHEET = "Problems"
AUTHOR = "planner"
FACE = "Calibri"
_COLUMNS = (
    ("Severity", 12),
    ("Where", 22),
    ("Row", 34),
    ("What is wrong", 70),
    ("How to mend it", 60),
    ("Did you mean", 24),
    ("Check", 20),
)


def annotate(path: Path | str, problems: Sequence[Problem], out: Path | str) -> list[str]:
    """Write a copy of a workbook with its problems listed first, cells coloured and commented.

    Args:
        path: The workbook.
        problems: As :func:`validate` returns them.
        out: File to write.

    Returns:
        What the copy lacks of what the original holds besides its cells, in words.

    Raises:
        InvalidCaseError: The file at `path` is refused or damaged.

    Example:
        >>> found = planner.validate("inputs/starter.xlsx", sets=["Sites!Border post.Capacity=-3"])
        >>> planner.workbook.annotate("inputs/starter.xlsx", found, folder / "marked.xlsx")
        []
    """
    copy = open_copy(path)
    book = copy.book
    if SHEET in book.sheetnames:
        del book[SHEET]
    ordered = sorted(set(problems), key=sort_key)
    titles = _titles(book)
    for where, group in groupby(
        sorted((p for p in ordered if p.address.row), key=lambda p: p.address), key=lambda p: p.address
    ):
        if where.sheet in titles:
            _mark(book[titles[where.sheet]], where, list(group))
    _list(book.create_sheet(SHEET, 0), ordered, titles)
    book.active = 0
    for sheet in book.worksheets[1:]:
        sheet.sheet_view.tabSelected = False
    return copy.save(out)


def _titles(book: Any) -> dict[str, str]:
    """Our name of a sheet -> its name in the file."""
    titles = {name: name for name in book.sheetnames}
    return titles | {sheet.SHEET: name for sheet, name in titles_in(book.sheetnames).items()}


def _mark(sheet: Any, where: Address, found: list[Problem]) -> None:
    """Colour a cell and say in a comment what is wrong."""
    cell = sheet[f"{where.column or 'A'}{where.row}"]
    if isinstance(cell, MergedCell):
        return
    worst = "warning" if all(p.severity == "warning" for p in found) else "error"
    cell.fill = PatternFill("solid", start_color=ERROR if worst == "error" else WARNING)
    lines = [
        f"{p.severity.upper()}: {p.found} {p.mend}" + (f" Did you mean '{p.suggestion}'?" if p.suggestion else "")
        for p in found
    ]
    before = [cell.comment.text] if cell.comment is not None else []
    comment = Comment("\n\n".join(before + lines), AUTHOR)
    comment.width, comment.height = 360, 60 + 60 * len(lines + before)
    cell.comment = comment


def put(cell: Any, text: str) -> None:
    """Write text that stays text."""
    cell.value = "".join(sign for sign in text if sign >= " " or sign in "\n\t")
    cell.data_type = "s"


def _list(sheet: Any, problems: Sequence[Problem], titles: dict[str, str]) -> None:
    """Fill the sheet of problems."""
    errors = sum(1 for p in problems if p.severity == "error")
    put(sheet["A1"], f"Errors: {errors}. Warnings: {len(problems) - errors}.")
    sheet["A1"].font = Font(name=FACE, bold=True, size=14)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    put(
        sheet["A2"],
        "Mend the errors on their sheets and save; click a cell's address to go there. This sheet may be deleted.",
    )
    for at, (name, width) in enumerate(_COLUMNS, 1):
        cell = sheet.cell(4, at)
        put(cell, name)
        cell.font, cell.fill = Font(name=FACE, bold=True, color="FFFFFF"), PatternFill("solid", start_color=HEADER)
        sheet.column_dimensions[cell.column_letter].width = width
    for number, problem in enumerate(problems, 5):
        texts = (
            problem.severity.upper(),
            str(problem.address),
            problem.label,
            problem.found,
            problem.mend,
            problem.suggestion,
            problem.check,
        )
        for at, text in enumerate(texts, 1):
            cell = sheet.cell(number, at)
            put(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        lines = max(1 + int(1.1 * len(text)) // width for text, (_, width) in zip(texts, _COLUMNS, strict=True))
        sheet.row_dimensions[number].height = 15.0 * lines
        colour = WARNING if problem.severity == "warning" else ERROR
        sheet.cell(number, 1).fill = PatternFill("solid", start_color=colour)
        title = titles.get(problem.address.sheet)
        if title is not None:
            quoted = title.replace("'", "''")
            place = f"{problem.address.column or 'A'}{max(1, problem.address.row)}"
            link = sheet.cell(number, 2)
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{quoted}'!{place}")
            link.font = Font(name=FACE, color="0B5394", underline="single")
    sheet.freeze_panes = "A5"
