"""Files that nobody should upload, and what is said to whoever does."""

import io
import zipfile
from pathlib import Path

SHEET = "xl/worksheets/sheet2.xml"  # Settings: a sheet that is read (what stands far away on Read me harms nobody)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def _with(path: Path, replace: dict[str, bytes] | None = None, extra: dict[str, bytes] | None = None) -> bytes:
    """A workbook with some of its parts replaced and others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, (replace or {}).get(part, old.read(part)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return stream.getvalue()


def _far(path: Path) -> bytes:
    """The sheet Settings with one cell in the last corner of the grid."""
    with zipfile.ZipFile(path) as book:
        sheet = book.read(SHEET)
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return sheet.replace(b"</sheetData>", cell)


def _declared(path: Path) -> bytes:
    """The sheet Settings with entities that multiply."""
    with zipfile.ZipFile(path) as book:
        sheet = book.read(SHEET)
    head, mark, rest = sheet.partition(b"?>")
    return head + mark + b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>' + rest


def _word() -> bytes:
    """A Word document that calls itself a workbook."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as document:
        document.writestr("[Content_Types].xml", "<Types/>")
        document.writestr("word/document.xml", "<document/>")
    return stream.getvalue()


def hostile(path: Path) -> dict[str, tuple[str, bytes, str]]:
    """Name of the trick: name of the file, its content, what must be said. `path` is a healthy workbook."""
    locked = OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512
    return {
        "far cell": ("far.xlsx", _with(path, {SHEET: _far(path)}), "XFD1048576 is filled"),
        "entities": ("entities.xlsx", _with(path, {SHEET: _declared(path)}), "declares document types or entities"),
        "macros": ("macros.xlsx", _with(path, extra={"xl/vbaProject.bin": b"\0"}), "holds macros"),
        "links": (
            "links.xlsx",
            _with(path, extra={"xl/externalLinks/externalLink1.xml": b"<x/>"}),
            "links to other workbooks",
        ),
        "old Excel": ("old.xlsx", OLE, "old Excel or Office file"),
        "CSV": ("table.xlsx", b"Site,People\nBorder post,12\n", "text or CSV file"),
        "Word": ("letter.xlsx", _word(), "Word document"),
        "password": ("locked.xlsx", locked, "protected with a password"),
        "empty": ("empty.xlsx", b"", "The file is empty"),
        "half": ("half.xlsx", path.read_bytes()[:2_000], "damaged"),
    }
