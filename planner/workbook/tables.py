"""Rows as a folder of CSV files, one a sheet: reviewable text that makes the same case as the workbook."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from planner.atomic_files import write_atomically
from planner.case.problems import InvalidCaseError, Problem
from planner.cells.meanings import plain_number
from planner.cells.names import titles_of
from planner.cells.plain import as_raw
from planner.cells.raw import PlainTables, RawTable, RawTables, Value, as_text, folded
from planner.cells.words import nearest
from planner.sheets import SHEETS, Row, columns
from planner.sheets.address import Address
from planner.workbook.earlier import rename
from planner.workbook.locate import HEADER_WITHIN, locate, match_sheets
from planner.workbook.lookalikes import looks_like
from planner.workbook.reader import RawBook
from planner.workbook.scan import Scan

if TYPE_CHECKING:
    from planner.workbook.frozen import FrozenLayout

OTHERS = (".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods")
"""Endings of files that may hold a table and are not read in a folder."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""First signs that a spreadsheet would take for a formula."""


def file_name(sheet: str) -> str:
    """Name of a sheet's CSV file."""
    return sheet.lower().replace(" ", "_") + ".csv"


def load_folder(folder: Path | str) -> RawBook:
    """Raw tables of a folder with what was found on the way; rows are numbered as in the file."""
    folder = Path(folder)
    known = {file_name(name): sheet for sheet in SHEETS for name in (sheet.WAS, sheet.SHEET) if name}
    book = RawBook({}, stem=folder.name)
    layout = _layout(book, folder)
    book.starts_1904 = layout is not None and layout.starts_1904
    digest = hashlib.sha256()
    strange: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        if not path.name.casefold().endswith(".csv"):
            book.problems += _of_another_kind(path, known)
            continue
        try:
            data = path.read_bytes()
        except OSError as error:
            found = f"the file cannot be read ({error.strerror})."
            mend = "Put a CSV file in its place, or take it out of the folder."
            book.problems.append(Problem("file-unreadable", "error", Address(path.name), found, mend))
            continue
        digest.update(path.name.encode() + b"\0" + data)
        sheet = known.get(path.name.casefold())
        if sheet is None:
            strange[path.name] = data
        elif sheet in book.tables:
            found, mend = f"sheet '{sheet.SHEET}' has two files.", "Put all rows into one of them."
            book.problems.append(Problem("sheet-twice", "error", Address(path.name), found, mend))
        else:
            if path.name.casefold() != file_name(sheet.SHEET):
                book.earlier.append((path.name, file_name(sheet.SHEET)))
            _load_file(book, sheet, data, frozen=layout is not None)
    book.problems += [_stranger(name, data, book, known) for name, data in strange.items()]
    _, problems = match_sheets([sheet.SHEET for sheet in book.tables])
    book.problems += [p for p in problems if p.check == "sheet-missing"]
    book.sha256 = digest.hexdigest()
    return book


def _stranger(name: str, data: bytes, book: RawBook, known: Mapping[str, type[Row]]) -> Problem:
    """Say that a file is not read; an error where it has the columns of a sheet that is missing."""
    try:
        like = looks_like(_lines(data))
    except (UnicodeDecodeError, csv.Error):
        like = None
    if like is not None and like not in book.tables:
        right = file_name(like.SHEET)
        found = f"it has the columns of sheet '{like.SHEET}', which is missing; under this name its rows are not read."
        mend = f"Name it {right}. If its rows shall not count, take it out of the folder."
        return Problem("sheet-misnamed", "error", Address(name), found, mend, suggestion=right)
    found = f"no sheet belongs to the file '{name}'; it is not read."
    mend = "Name it after a sheet, in lower case with _ for spaces."
    return Problem("sheet-unknown", "warning", Address(name), found, mend, suggestion=nearest(name, known))


def _lines(data: bytes) -> list[list[str]]:
    """Lines of a CSV file. Raises UnicodeDecodeError, csv.Error."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def _of_another_kind(path: Path, known: Mapping[str, type[Row]]) -> list[Problem]:
    """Say that a file which bears the name of a sheet is not read, because it is no CSV file."""
    if path.suffix.casefold() not in OTHERS or f"{path.stem.casefold()}.csv" not in known:
        return []
    found = f"'{path.name}' bears the name of a sheet and is no CSV file; it is not read."
    mend = "Save it as CSV with commas, in UTF-8, or take it out of the folder."
    return [Problem("sheet-unknown", "warning", Address(path.name), found, mend)]


def _layout(book: RawBook, folder: Path) -> FrozenLayout | None:
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
        lines = _lines(data)
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
    if sign := _separator(sheet, lines):
        found = f"the columns of {file_name(sheet.SHEET)} are separated by {sign}, not by commas."
        mend = "Save it as CSV with commas (and points in figures), in UTF-8."
        book.problems.append(Problem("file-damaged", "error", Address(sheet.SHEET), found, mend))
        book.tables[sheet] = RawTable(sheet, {}, [])
        return
    located = locate(sheet, [[unquoted(cell) for cell in line] for line in lines], Scan())
    _numbers(located.table, days=frozen)
    book.tables[sheet] = located.table
    book.missing[sheet] = located.missing
    book.problems += located.problems
    book.earlier += located.earlier


def _separator(sheet: type[Row], lines: Sequence[Sequence[str]]) -> str:
    """What stands between the columns of a file whose header is no list of names with commas; '' for commas."""
    known = titles_of(sheet)
    for line in lines[:HEADER_WITHIN]:
        for sign, name in ((";", "semicolons"), ("\t", "tabulators"), ("|", "strokes")):
            if len(line) < len(parts := ",".join(line).split(sign)) and sum(folded(p) in known for p in parts) > 1:
                return name
    return ""


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

    Args:
        folder: With one CSV file a sheet.

    Returns:
        {row class: table}.

    Raises:
        InvalidCaseError: A file cannot be read, or an unknown column would be lost.

    Example:
        >>> len(planner.workbook.read_folder("inputs/starter")[planner.sheets.Sites].rows)
        2
    """
    book = load_folder(folder)
    serious = [
        p
        for p in book.problems
        if (p.severity == "error" and p.check != "sheet-missing") or p.check in ("column-unknown", "sheet-unknown")
    ]
    if serious:
        raise InvalidCaseError(serious)
    rename(book.tables)
    return book.tables


def write_folder(folder: Path | str, tables: PlainTables | RawTables) -> None:
    r"""Write tables as CSV files, leaving out columns that are blank throughout; texts never become formulas.

    Args:
        folder: Made if it is not there.
        tables: As for :func:`case_from`.

    Raises:
        OSError: A file cannot be written.

    Example:
        >>> planner.workbook.write_folder(folder / "tables", {"Groups": [{"Group": "children"}]})
        >>> (folder / "tables" / "groups.csv").read_text()
        'Group\nchildren\n'
    """
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
        write_atomically(folder / file_name(table.name), stream.getvalue())


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
