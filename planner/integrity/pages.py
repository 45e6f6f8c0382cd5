"""Pages of a plan file against the same pages made again: values, formulas, formats that mislead, what is hidden.

A plan is written byte by byte the same wherever the same libraries run, so most files are compared part by part in a
moment. Where a part differs, because a program saved the file again or because somebody changed it, every cell is read:
texts must be the same, figures to 1e-9 (the last bits of a sum differ between processors), formulas are never ours.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from planner.verify.report import CheckLog
from planner.wording.figures import exact

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

NEAR = 1e-9
"""Relative difference of two figures that are the same but for the last bits of a sum."""
DRAWN = re.compile(rb"<(?:c:f|a:t|c:v)>([^<]*)</")
SHAPE = re.compile(rb"<(?:xdr:)?(?:sp|pic|graphicFrame|cxnSp)\b[^>]*>")
THEME = re.compile(rb'<a:(dk1|lt1)>.*?(?:srgbClr val|lastClr)="([0-9A-Fa-f]{6})"', re.DOTALL)
PROPERTIES = ("title", "subject", "creator", "description", "keywords", "category")
READ = (
    "xl/worksheets/",
    "xl/charts/",
    "xl/drawings/",
    "xl/sharedStrings",
    "xl/styles",
    "xl/theme/",
    "xl/workbook.xml",
    "docProps/core",
)
"""Parts that decide what a reader sees; the others are the library's own."""


def compare_books(given: bytes, made: bytes, book: CheckLog) -> None:
    """Compare a plan workbook with the one made again from its tables and the input workbook."""
    mine, theirs = _parts(made), _parts(given)
    book.count(sum(len(re.findall(rb"<c[ >]", text)) for name, text in mine.items() if "worksheets/sheet" in name))
    if mine == theirs:
        return
    from openpyxl import load_workbook  # noqa: PLC0415 - most plans are compared without

    from planner.workbook.guard import guard  # noqa: PLC0415

    guard(given)
    for sheet, fault in _drawings(theirs, mine):
        book.fail(sheet, fault)
    try:
        read = load_workbook(io.BytesIO(given))
    except Exception as error:  # whatever a part that was changed by hand makes the library raise
        book.fail(
            "the file", f"a sheet, style or drawing in it is damaged, so that its pages cannot be compared ({error})"
        )
        return
    _compare(read, load_workbook(io.BytesIO(made)), book)


def _parts(data: bytes) -> dict[str, bytes]:
    """Parts of a workbook that decide what a reader sees."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [i.filename for i in archive.infolist() if i.filename.startswith(READ) or "comments" in i.filename]
        return {name: archive.read(name) for name in names}


def _drawings(theirs: Mapping[str, bytes], mine: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """What charts draw and say, and how many things are drawn."""
    for what, pattern, start in (
        ("a chart draws or says something else", DRAWN, "xl/charts/"),
        ("something was drawn on a page or taken off", SHAPE, "xl/drawings/"),
    ):
        one, other = (_seen(parts, pattern, start) for parts in (theirs, mine))
        if one != other:
            yield "the charts", what
    if _theme(theirs) not in ({}, _theme(mine)):
        yield "the theme", "its colours of text and page were changed, so that texts may not be seen"


def _seen(parts: Mapping[str, bytes], pattern: re.Pattern[bytes], start: str) -> Counter[bytes]:
    """What a pattern finds in some parts, without the caches that programs keep of cells."""
    found: Counter[bytes] = Counter()
    for name, text in parts.items():
        if name.startswith(start) and name.endswith(".xml"):
            plain = re.sub(rb"<c:(num|str)Cache>.*?</c:(?:num|str)Cache>", b"", text, flags=re.DOTALL)
            if pattern is SHAPE:
                found[b"shapes"] += len(pattern.findall(plain))
            else:
                found.update(piece.replace(b"$", b"") for piece in pattern.findall(plain))
    return found


def _theme(parts: Mapping[str, bytes]) -> dict[bytes, bytes]:
    """Colours of the theme for text and page; none where a program that saved the file again keeps no theme."""
    themes = (text for name, text in parts.items() if name.startswith("xl/theme/"))
    return {which: colour.upper() for text in themes for which, colour in THEME.findall(text)}


def _compare(given: Workbook, made: Workbook, book: CheckLog) -> None:
    """Compare sheets, and in each what is seen."""
    if given.sheetnames != made.sheetnames:
        missing = [n for n in made.sheetnames if n not in given.sheetnames]
        added = [n for n in given.sheetnames if n not in made.sheetnames]
        said = [f"'{n}' was taken out" for n in missing] + [f"'{n}' was added" for n in added]
        book.fail("the sheets", "; ".join(said) or "they were put in another order")
    for name in PROPERTIES:
        if getattr(given.properties, name) != getattr(made.properties, name):
            book.fail("the file's properties", f"its {name} is '{getattr(given.properties, name)}'")
    for name in made.sheetnames:
        if name in given.sheetnames:
            _sheet(given[name], made[name], book)


def _sheet(given: Worksheet, made: Worksheet, book: CheckLog) -> None:
    """Compare one sheet: its state, what is hidden or merged, every cell."""
    name = made.title
    if given.sheet_state != made.sheet_state:
        book.fail(name, f"the sheet is {given.sheet_state}")
    for fault in _hidden(given, made):
        book.fail(name, fault)
    if given.merged_cells.ranges:
        book.fail(name, "cells are merged, which hides all but the first")
    if len(given.conditional_formatting):
        book.fail(name, "a conditional format was added, which may show a figure otherwise")
    if given.data_validations.dataValidation:
        book.fail(name, "a prompt or check of entries was added, which may say anything")
    for part in ("oddHeader", "oddFooter"):
        one, other = (_printed(getattr(sheet, part)) for sheet in (given, made))
        if one != other:
            book.fail(name, f"what is printed above or below the page was changed to '{one}'")
    mine: dict[tuple[int, int], Cell] = {(c.row, c.column): c for row in made.iter_rows() for c in row}
    for row in given.iter_rows():
        for cell in row:
            fault = _cell(cell, mine.pop((cell.row, cell.column), None))
            if fault:
                book.fail(f"{name}!{cell.coordinate}", fault)
    for cell in mine.values():
        if cell.value not in (None, ""):
            book.fail(f"{name}!{cell.coordinate}", f"it is empty, and should say {_say(cell.value)}")


def _printed(part: Any) -> str:
    """Text of a header or footer."""
    return "|".join(str(getattr(part, side).text or "") for side in ("left", "center", "right"))


def _hidden(given: Worksheet, made: Worksheet) -> Iterator[str]:
    """Rows and columns that are not to be seen, or are too narrow to be."""
    for number, row in given.row_dimensions.items():
        low = row.height is not None and row.height < 2.0
        if (row.hidden or low) and not made.row_dimensions[number].hidden:
            yield f"row {number} is hidden"
    for letter, column in given.column_dimensions.items():
        narrow = column.width is not None and column.customWidth and column.width < 1.0
        if (column.hidden or narrow) and not made.column_dimensions[letter].hidden:
            yield f"column {letter} is hidden"


def _cell(given: Any, made: Any) -> str:
    """What is wrong with a cell, nothing if it is as it should be."""
    value, right = given.value, made.value if made is not None else None
    if given.comment is not None:
        return "a comment was added"
    if _leads(given) and _leads(given) != _leads(made):
        return f"it leads to {_leads(given)}"
    if not _same(value, right):
        if given.data_type == "f":
            return f"it holds a formula, and should say {_say(right)}"
        return f"it says {_say(value)}, and should say {_say(right)}"
    if right in (None, "") or made is None:
        return ""
    if isinstance(value, int | float | datetime | date) and _shape(given.number_format) != _shape(made.number_format):
        return f"its number format is {given.number_format!r}, which shows another figure"
    if _colour(given) != _colour(made) and _colour(given) in (_fill(given), ""):
        return "its colour is that of the page, so that it cannot be seen"
    return ""


def _leads(cell: Any) -> str:
    """Where a cell leads outside the workbook."""
    link = cell.hyperlink if cell is not None else None
    return str((link and link.target) or "")


def _same(one: Any, other: Any) -> bool:
    """Whether two values of cells are the same but for the last bits."""
    if one in (None, "") or other in (None, ""):
        return one in (None, "") and other in (None, "")
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=NEAR, abs_tol=1e-12)
    return bool(type(one) is type(other) and one == other)


def _say(value: Any) -> str:
    """A value for people, not too long."""
    text = exact(value) if isinstance(value, float) else f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 70 else f"{text[:66]}...'"


def _shape(code: str) -> str:
    """A number format without what does not change the figure: quotes, escapes, blanks."""
    plain = re.sub(r"\[\$-[0-9A-Fa-f]+\]", "", code)
    return re.sub(r"[\\\"\s]", "", plain).casefold()


def _colour(cell: Any) -> str:
    """Colour of a cell's text, 'FFFFFF' for white."""
    colour = cell.font.color
    return str(colour.rgb)[-6:] if colour is not None and isinstance(colour.rgb, str) else "000000"


def _fill(cell: Any) -> str:
    """Colour behind a cell's text."""
    fill = cell.fill
    return str(fill.fgColor.rgb)[-6:] if fill is not None and fill.fill_type == "solid" else "FFFFFF"


def compare_json(given: Any, made: Any, book: CheckLog, where: str = "") -> None:
    """Compare JSON with the same made again, field by field; the seal is held against the plan elsewhere."""
    book.count()
    if isinstance(given, dict) and isinstance(made, dict):
        for name in made.keys() | given.keys():
            if not where and name == "seal":
                continue
            if name not in given or name not in made:
                book.fail(f"{where}{name}", "it was taken out" if name not in given else "no plan says this")
            else:
                compare_json(given[name], made[name], book, f"{where}{name}.")
        return
    if isinstance(given, list) and isinstance(made, list):
        if len(given) != len(made):
            book.fail(where.rstrip("."), f"it has {len(given)} entries, and should have {len(made)}")
        for number, (one, other) in enumerate(zip(given, made, strict=False)):
            compare_json(one, other, book, f"{where}{number}.")
        return
    if not _same(given, made) or (given is None) != (made is None):
        book.fail(where.rstrip("."), f"it says {_say(given)}, and should say {_say(made)}")
