"""Looks into an uploaded file before any parser does, and refuses with a reason.

A spreadsheet is a zip of XML parts. A few kilobytes can unpack to gigabytes, and XML entities multiply. Every part is
looked at by what it begins with, whatever its name; everything is streamed from the zip in pieces and nothing is
parsed. What is read afterwards is read within limits of its own (:mod:`planner.workbook.package`).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator

from planner.case.problems import InvalidCaseError, Problem
from planner.sheets.address import Address

MOST_BYTES = 20_000_000
MOST_PARTS = 500
MOST_UNPACKED = 200_000_000
MOST_RATIO = 200
RATIO_FLOOR = 2_000_000
"""Parts that unpack to less than this many bytes pass whatever their ratio."""
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_CELLS = 1_000_000
CHUNK = 1 << 20
OVERLAP = 256
"""Longest piece of markup that may lie across two chunks and still be seen."""

_CELL = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?c[\s/>]")
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']""")

_MARKS = (
    (b"%PDF", "It is a PDF document.", "Save the tables as an Excel workbook (.xlsx)."),
    (b"{\\rtf", "It is a text document (RTF).", "Save the tables as an Excel workbook (.xlsx)."),
)
_PARTS = (
    (
        "word/document.xml",
        "It is a Word document.",
        "Move its tables into a planner workbook (planner template OUT.xlsx).",
    ),
    ("ppt/presentation.xml", "It is a PowerPoint file.", "Give the planner an Excel workbook (.xlsx)."),
    ("xl/workbook.bin", "It is a binary workbook (.xlsb).", "In Excel choose Save As, Excel workbook (.xlsx)."),
    ("content.xml", "It is an OpenDocument file (.ods).", "In LibreOffice choose Save As, Excel 2007-365 (.xlsx)."),
)


def guard(data: bytes) -> None:
    """Refuse a file that no parser should see.

    Raises:
        InvalidCaseError: one problem for each reason.
    """
    problems = list(findings(data))
    if problems:
        raise InvalidCaseError(problems)


def findings(data: bytes) -> Iterator[Problem]:
    """Every reason why the file must not be parsed."""
    kind = list(_wrong_kind(data))
    if kind:
        yield from kind
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = list(_listing(archive))
            yield from listed
            if not listed:
                yield from _contents(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        yield _problem(
            "file-damaged",
            "The file is damaged: its zip container cannot be unpacked.",
            "Open it in Excel or LibreOffice, save it again as .xlsx, and try again.",
        )


def _problem(check: str, found: str, mend: str, sheet: str = "") -> Problem:
    """Make a finding about the whole file or one sheet's part."""
    return Problem(check, "error", Address(sheet), found, mend)


def _wrong_kind(data: bytes) -> Iterator[Problem]:
    """Say what the file is when it is not a zip."""
    if not data:
        yield _problem(
            "file-empty", "The file is empty.", "Choose the workbook that you saved, or make one with planner template."
        )
    elif len(data) > MOST_BYTES:
        yield _problem(
            "file-too-large",
            f"The file has {len(data) / 1e6:,.1f} MB; at most {MOST_BYTES // 1_000_000} MB are read.",
            "Remove pictures, unused sheets and formatting of empty cells, and save again.",
        )
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            yield _problem(
                "file-password",
                "The workbook is protected with a password to open it.",
                "In Excel choose File, Info, Protect Workbook, Encrypt with Password, clear it, and save.",
            )
        else:
            yield _problem(
                "file-old-excel",
                "It is an old Excel or Office file (.xls, .doc).",
                "In Excel choose Save As, Excel workbook (.xlsx).",
            )
    elif not data.startswith(b"PK"):
        named = next(((found, mend) for mark, found, mend in _MARKS if data.startswith(mark)), None)
        if named is None:
            text = b"\x00" not in data[:4096]
            named = (
                (
                    "It is a text or CSV file, not a workbook.",
                    "Open it in Excel and save it as an Excel workbook (.xlsx).",
                )
                if text
                else ("It is not an Excel workbook (.xlsx).", "Save the tables as an Excel workbook (.xlsx).")
            )
        yield _problem("file-not-workbook", *named)


def _listing(archive: zipfile.ZipFile) -> Iterator[Problem]:
    """Judge the zip by its table of contents alone."""
    parts = archive.infolist()
    lower = {part.filename.replace("\\", "/").lstrip("/").lower() for part in parts}
    if len(parts) > MOST_PARTS:
        yield _problem(
            "file-too-many-parts",
            f"The file has {len(parts):,} parts; at most {MOST_PARTS} are read.",
            "Copy the planner's sheets into a new workbook and save it.",
        )
    if any(count > 1 for count in Counter(part.filename.lower() for part in parts).values()):
        yield _problem(
            "file-damaged", "The file holds two parts of the same name.", "Save it again with Excel or LibreOffice."
        )
    if any(part.flag_bits & 1 for part in parts):
        yield _problem("file-password", "The zip container is encrypted.", "Save the workbook without a password.")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED:
        yield _problem(
            "file-unpacks-too-large",
            f"The file unpacks to {unpacked / 1e6:,.0f} MB; at most {MOST_UNPACKED // 1_000_000} MB are read.",
            "Remove formatting of empty rows, unused sheets and pictures.",
        )
    for part in parts:
        if part.file_size > RATIO_FLOOR and part.file_size > MOST_RATIO * max(1, part.compress_size):
            yield _problem(
                "file-ratio",
                f"Part '{part.filename}' unpacks to {part.file_size / max(1, part.compress_size):,.0f} times "
                f"its size; at most {MOST_RATIO} times is read.",
                "Copy the planner's sheets into a new workbook and save it.",
            )
    if any(name.endswith("vbaproject.bin") for name in lower):
        yield _problem(
            "file-macros",
            "The workbook holds macros.",
            "In Excel choose Save As, Excel workbook (.xlsx), without macros.",
        )
    if any("/externallinks/" in f"/{name}" for name in lower):
        yield _problem(
            "file-external-links",
            "The workbook links to other workbooks, whose values cannot be checked.",
            "In Excel choose Data, Edit Links, Break Link, and save.",
        )
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        yield _problem(
            "file-damaged",
            "The zip container is packed in a way that workbooks never are.",
            "Open it in Excel or LibreOffice, save it again as .xlsx, and try again.",
        )
    if "xl/workbook.xml" not in lower:
        other = next(((found, mend) for name, found, mend in _PARTS if name in lower), None)
        if other is None and "_rels/.rels" not in lower:
            other = "It is a zip file but not an Excel workbook.", "Save the tables as an Excel workbook (.xlsx)."
        if other is not None:
            yield _problem("file-not-workbook", *other)


def _contents(archive: zipfile.ZipFile) -> Iterator[Problem]:
    """Stream every part: no DTD, not too many cells, and no more bytes than announced."""
    cells = total = 0
    for part in archive.infolist():
        seen = _Seen()
        with archive.open(part) as stream:
            before = b""
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                if total > MOST_UNPACKED:
                    yield _problem(
                        "file-unpacks-too-large",
                        "The file unpacks to more than it announces.",
                        "Save it again with Excel.",
                    )
                    return
                seen.look(part.filename, before, chunk, first=not before)
                before = (before + chunk)[-OVERLAP:]
        cells += seen.cells
        yield from seen.problems(part.filename)
    if cells > MOST_CELLS:
        yield _problem(
            "file-too-many-cells",
            f"The workbook has {cells:,} cells; at most {MOST_CELLS:,} are read.",
            "Remove sheets and rows that the planner does not need, and formatting of empty cells.",
        )


class _Seen:
    """What was noticed in one part, chunk by chunk."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.cells = 0
        self.declaration = False
        self.encoding = ""
        self.markup: bool | None = None

    def look(self, name: str, before: bytes, chunk: bytes, *, first: bool) -> None:
        """Look at one chunk together with the tail of the one before; blanks at the beginning say nothing."""
        if first:
            self._encoding(name, chunk)
        if self.markup is None:
            head = chunk.removeprefix(b"\xef\xbb\xbf").lstrip()
            self.markup = head.startswith(b"<") if head else None
        if not self.markup or _is_foreign(name):
            return
        text = before + chunk
        self.cells += len(_CELL.findall(text)) - len(_CELL.findall(before))
        if not self.declaration and _DECLARATION.search(text):
            self.declaration = True

    def _encoding(self, name: str, chunk: bytes) -> None:
        """Only UTF-8 is read: other encodings would hide markup from this look."""
        named = name.lower().endswith((".xml", ".rels", ".vml"))
        stated = _ENCODING.search(chunk[:512])
        if _is_foreign(name):
            return
        if named and (chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in chunk[:512]):
            self.encoding = "UTF-16"
        elif stated and stated.group(1).decode("ascii", "replace").lower() not in (
            "utf-8",
            "utf8",
            "us-ascii",
            "ascii",
        ):
            self.encoding = stated.group(1).decode("ascii", "replace")

    def problems(self, name: str) -> Iterator[Problem]:
        """Findings about the part."""
        if self.encoding:
            yield _problem(
                "file-encoding",
                f"Part '{name}' is written in {self.encoding}, not UTF-8.",
                "Save it again with Excel or LibreOffice.",
            )
        if self.declaration:
            yield _problem(
                "file-entities",
                f"Part '{name}' declares document types or entities, which no workbook needs.",
                "Do not trust this file; ask its sender for a copy saved with Excel.",
            )


def _is_foreign(name: str) -> bool:
    """Whether a part belongs to other programs: queries and labels of theirs, and pictures. Nothing reads those."""
    path = "/" + name.replace("\\", "/").lstrip("/").lower()
    return path.startswith("/customxml/") or "/media/" in path or "/embeddings/" in path
