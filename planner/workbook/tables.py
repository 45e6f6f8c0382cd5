"""Rows as a folder of CSV files, one a sheet: reviewable text that makes the same case as the workbook."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from planner.beside import write_beside
from planner.problems import Address, InvalidCaseError, Problem
from planner.sheets import SHEETS, Row, columns
from planner.workbook.locate import locate, match_sheets
from planner.workbook.meanings import plain_number
from planner.workbook.raw import PlainTables, RawTable, RawTables, Value, as_raw, as_text
from planner.workbook.reader import RawBook
from planner.workbook.scan import Scan
from planner.workbook.words import nearest

if TYPE_CHECKING:
    from planner.workbook.frozen import Layout

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""First signs that a spreadsheet would take for a formula."""


def file_name(sheet: str) -> str:
    """Name of a sheet's CSV file."""
    return sheet.lower().replace(" ", "_") + ".csv"


def load_folder(folder: Path | str) -> RawBook:
    """Raw tables of a folder with what was found on the way; rows are numbered as in the file."""
    folder = Path(folder)
    known = {file_name(sheet.SHEET): sheet for sheet in SHEETS}
    book = RawBook({}, stem=folder.name)
    layout = _layout(book, folder)
    book.starts_1904 = layout is not None and layout.starts_1904
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        data = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + data)
        sheet = known.get(path.name.lower())
        if sheet is None:
            hint = nearest(path.name, known)
            book.problems.append(
                Problem(
                    "sheet-unknown",
                    "warning",
                    Address(path.name),
                    f"no sheet belongs to the file '{path.name}'; it is not read.",
                    "Name it after a sheet, in lower case with _ for spaces.",
                    suggestion=hint,
                )
            )
            continue
        _load_file(book, sheet, data, frozen=layout is not None)
    _, problems = match_sheets([sheet.SHEET for sheet in book.tables])
    book.problems += [p for p in problems if p.check == "sheet-missing"]
    book.sha256 = digest.hexdigest()
    return book


def _layout(book: RawBook, folder: Path) -> Layout | None:
    """What a frozen workbook keeps beside its tables; that it is damaged is noted in the book."""
    from planner.workbook.frozen import ThawError, read_layout  # noqa: PLC0415 - only for folders

    try:
        return read_layout(folder)
    except ThawError as error:
        mend = "Delete it where no day is written as a number: the tables are a case by themselves."
        book.problems.append(Problem("file-damaged", "error", Address("frozen.json"), str(error), mend))
        return None


def _load_file(book: RawBook, sheet: type[Row], data: bytes, *, frozen: bool) -> None:
    """Read one CSV file into the book."""
    try:
        text = data.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        book.problems.append(
            Problem(
                "file-damaged",
                "error",
                Address(sheet.SHEET),
                f"the file {file_name(sheet.SHEET)} cannot be read ({error}).",
                "Save it as CSV with commas, in UTF-8.",
            )
        )
        book.tables[sheet] = RawTable(sheet, {}, [])
        return
    located = locate(sheet, [[unquoted(cell) for cell in line] for line in lines], Scan())
    _numbers(located.table, days=frozen)
    book.tables[sheet] = located.table
    book.missing[sheet] = located.missing
    book.problems += located.problems


def unquoted(cell: str) -> str:
    """Undo the apostrophe that :func:`quoted` puts before what looks like a formula."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(DANGEROUS) else cell


def _numbers(table: RawTable, *, days: bool) -> None:
    """A CSV file has only text: plain figures in numeric columns become numbers, and in a frozen one day numbers."""
    numeric = [c.field for c in columns(table.sheet) if c.numeric or (days and c.kind == "date")]
    for row in table.rows:
        for name in numeric:
            value = row.values.get(name)
            if isinstance(value, str) and (number := plain_number(value)) is not None:
                row.values[name] = number


def read_folder(folder: Path | str) -> RawTables:
    """Raw tables of a folder of CSV files, for :func:`write_template` or :func:`case_from`.

    Raises:
        InvalidCaseError: a file that cannot be read, or an unknown column that would be lost.
    """
    book = load_folder(folder)
    serious = [
        p
        for p in book.problems
        if (p.severity == "error" and p.check != "sheet-missing") or p.check in ("column-unknown", "sheet-unknown")
    ]
    if serious:
        raise InvalidCaseError(serious)
    return book.tables


def write_folder(folder: Path | str, tables: PlainTables | RawTables) -> None:
    """Write tables as CSV files, leaving out columns that are blank throughout; texts never become formulas."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for table in as_raw(tables).values():
        used = [
            c for c in columns(table.sheet) if c.key or c.required or any(c.field in row.values for row in table.rows)
        ]
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([c.name for c in used])
        writer.writerows([_cell(row.values.get(c.field)) for c in used] for row in table.rows)
        write_beside(folder / file_name(table.name), stream.getvalue())


def _cell(value: Value) -> str:
    """A value as CSV text."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    return quoted(value) if isinstance(value, str) else as_text(value)


def quoted(text: str) -> str:
    """Text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + text if text.lstrip("'").startswith(DANGEROUS) else text
