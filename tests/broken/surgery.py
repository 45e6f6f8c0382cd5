"""Cuts into a workbook's zip and XML: quick, and able to make files that no spreadsheet program would write."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from planner.cells.letters import column_letters, column_number
from planner.workbook.opened import Opened

FIRST_SHEET = "xl/worksheets/sheet1.xml"
_CELL = re.compile(r'<c r="([A-Z]+)\d+"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_ROW = re.compile(r'(<row r="(\d+)"[^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)


class Book:
    """A workbook as its parts."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.homes = {entry.name: entry.part for entry in Opened(data).entries}

    def bytes(self) -> bytes:
        """The file."""
        return packed(self.parts)

    def sheet(self, name: str) -> str:
        """A sheet's XML."""
        return self.parts[self.homes[name]].decode("utf-8")

    def write(self, name: str, xml: str) -> None:
        """Put a sheet's XML back."""
        self.parts[self.homes[name]] = xml.encode("utf-8")

    def cells(self, sheet: str, row: int) -> dict[str, str]:
        """XML of a row's cells by column letters."""
        found = next((m for m in _ROW.finditer(self.sheet(sheet)) if int(m[2]) == row), None)
        return {m[1]: m[0] for m in _CELL.finditer(found[3] or "")} if found else {}

    def put(self, sheet: str, row: int, cells: Mapping[str, str]) -> None:
        """Write a row's cells."""
        xml = self.sheet(sheet)
        inside = "".join(cells[letters] for letters in sorted(cells, key=column_number))
        for found in _ROW.finditer(xml):
            if int(found[2]) == row:
                self.write(sheet, f"{xml[: found.start()]}{found[1]}>{inside}</row>{xml[found.end() :]}")
                return
        self.write(sheet, xml.replace("</sheetData>", f'<row r="{row}">{inside}</row></sheetData>'))

    def set(self, sheet: str, row: int, letters: str, value: Any) -> None:
        """Write one cell."""
        cells = self.cells(sheet, row)
        style = re.search(r' s="\d+"', cells.get(letters, ""))
        cells[letters] = cell_xml(f"{letters}{row}", value, style[0] if style else "")
        self.put(sheet, row, cells)

    def format(self, sheet: str, place: str, code: str) -> None:
        """Give a cell a number format of its own."""
        styles = self.parts["xl/styles.xml"].decode("utf-8")
        known = re.search(r"<cellXfs count=\"(\d+)\"", styles)
        assert known is not None
        number = int(known[1])
        made = f'<numFmt numFmtId="999" formatCode="{escape(code, {chr(34): "&quot;"})}"/></numFmts>'
        xf = '<xf numFmtId="999" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
        styles = styles.replace(known[0], f'<cellXfs count="{number + 1}"').replace("</cellXfs>", xf)
        self.parts["xl/styles.xml"] = styles.replace("</numFmts>", made).encode("utf-8")
        assert made in self.parts["xl/styles.xml"].decode("utf-8")
        self.write(sheet, re.sub(rf'(<c r="{place}")(?: s="\d+")?', rf'\1 s="{number}"', self.sheet(sheet)))

    def rows(self, sheet: str) -> list[int]:
        """Numbers of the rows that are written."""
        return [int(m[2]) for m in _ROW.finditer(self.sheet(sheet))]

    def list(self, change: Callable[[str], str]) -> None:
        """Change the list of sheets."""
        self.parts["xl/workbook.xml"] = change(self.parts["xl/workbook.xml"].decode("utf-8")).encode("utf-8")

    def rename_sheet(self, old: str, new: str) -> None:
        """Give a sheet another name."""
        self.list(lambda xml: xml.replace(f'<sheet name="{old}"', f'<sheet name="{new}"'))

    def drop_sheet(self, name: str) -> None:
        """Take a sheet out of the list, and the names that lead to it."""
        self.list(lambda xml: re.sub(rf'<sheet name="{name}"[^>]*/>', "", xml))

    def copy_sheet(self, old: str, new: str) -> None:
        """Name a sheet a second time."""
        entry = f'<sheet name="{new}" sheetId="999"'
        self.list(lambda xml: re.sub(rf'(<sheet name="{old}" sheetId="\d+"( [^>]*/>))', rf"\1{entry}\2", xml))

    def reverse_sheets(self) -> None:
        """Put the sheets in the opposite order."""

        def turned(xml: str) -> str:
            sheets = re.findall(r"<sheet [^>]*/>", xml)
            return re.sub(r"<sheets>.*</sheets>", f"<sheets>{''.join(reversed(sheets))}</sheets>", xml)

        self.list(turned)


def packed(parts: Mapping[str, bytes], *more: tuple[str, bytes]) -> bytes:
    """A zip of parts, and of some more that may have the same names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*parts.items(), *more]:
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def cell_xml(place: str, value: Any, style: str = "") -> str:
    """A cell: text, number, tick, date, `{'formula': ...}`, `{'error': ...}`; '' is blank, `{'plain': ...}` unformatted."""
    if isinstance(value, dict) and "plain" in value:
        return f'<c r="{place}"><v>{value["plain"]}</v></c>'
    if isinstance(value, dict) and "formula" in value:
        return f'<c r="{place}"{style}><f>{escape(value["formula"])}</f></c>'
    if isinstance(value, dict):
        return f'<c r="{place}"{style} t="e"><v>{escape(value["error"])}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{place}"{style} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}"{style}><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"{style}><v>{value!r}</v></c>'
    if value == "":
        return f'<c r="{place}"{style}/>'
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _far(book: Book, place: str) -> bytes:
    """A cell far out."""
    row = re.sub("[A-Z]", "", place)
    xml = book.sheet("Staff")
    cell = f'<row r="{row}"><c r="{place}"><v>1</v></c></row></sheetData>'
    return packed({**book.parts, book.homes["Staff"]: xml.replace("</sheetData>", cell).encode("utf-8")})


def _entity(book: Book) -> bytes:
    """The billion laughs, or their first one."""
    xml = book.parts[FIRST_SHEET].decode("utf-8")
    head = '<!DOCTYPE worksheet [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    return packed({**book.parts, FIRST_SHEET: re.sub(r"(\?>\s*)", rf"\1{head}", xml, count=1).encode("utf-8")})


def _utf16(book: Book) -> bytes:
    """A sheet in another encoding, which would hide markup from a search for bytes."""
    xml = book.parts[FIRST_SHEET].decode("utf-8").replace('encoding="UTF-8"', 'encoding="UTF-16"')
    return packed({**book.parts, FIRST_SHEET: xml.encode("utf-16")})


def _encrypted(book: Book) -> bytes:
    """A zip whose first part says that it is encrypted."""
    data = bytearray(book.bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        data[at + offset] |= 1
    return bytes(data)


def _flipped(book: Book) -> bytes:
    """One byte changed in the packed data of the first sheet."""
    data = bytearray(book.bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo(FIRST_SHEET)
    middle = info.header_offset + 30 + len(FIRST_SHEET) + info.compress_size // 2
    data[middle] ^= 0xFF
    return bytes(data)


def _newer(book: Book) -> bytes:
    """A workbook of a later form."""
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="planner format version">'
        "<vt:lpwstr>99</vt:lpwstr></property></Properties>"
    )
    return packed({**book.parts, "docProps/custom.xml": xml.encode("utf-8")})


def _shuffled(book: Book) -> bytes:
    """Sheets in another order."""
    book.reverse_sheets()
    return book.bytes()


def _without(book: Book, *more: tuple[str, bytes]) -> bytes:
    """The parts of another kind of file."""
    del book
    return packed(dict(more))


def _formula(book: Book, result: str, calculation: str, program: str = "Microsoft Excel") -> bytes:
    """A formula among the figures of sheet Staff, and what the file says about calculating."""
    xml = book.sheet("Staff")
    book.write("Staff", re.sub(r'<c r="(E5)"([^>]*)><v>[^<]*</v>', rf'<c r="\1"\2><f>4*3</f><v>{result}</v>', xml))
    book.list(lambda text: re.sub(r"<calcPr[^>]*/>", f"<calcPr {calculation}/>", text))
    app = book.parts["docProps/app.xml"].decode("utf-8").replace("Microsoft Excel", program)
    return packed({**book.parts, "docProps/app.xml": app.encode("utf-8")})


def _lost_part(book: Book) -> bytes:
    """A sheet in the list whose part is not there."""
    return packed({name: data for name, data in book.parts.items() if name != book.homes["Staff"]})


def _in_staff(book: Book, old: str, new: str) -> bytes:
    """A change in the XML of sheet Staff."""
    xml = book.sheet("Staff")
    assert re.search(old, xml)
    book.write("Staff", re.sub(old, new, xml, count=1))
    return book.bytes()


def _query(book: Book) -> bytes:
    """What Power Query leaves in a workbook."""
    return packed(
        book.parts, ("customXml/item1.xml", '<?xml version="1.0" encoding="utf-16"?><Data/>'.encode("utf-16"))
    )


FILES: dict[str, Callable[[Book], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"Phase,From,Until\nP1,2025-01-01,2025-04-10\n",
    "pdf": lambda _: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "old excel": lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "password": lambda _: b"\xd0\xcf\x11\xe0" + bytes(60) + "EncryptedPackage".encode("utf-16-le"),
    "encrypted zip": _encrypted,
    "truncated": lambda book: book.bytes()[: len(book.bytes()) // 2],
    "flipped": _flipped,
    "macros": lambda book: packed(book.parts, ("xl/vbaProject.bin", b"\x01")),
    "external link": lambda book: packed(book.parts, ("xl/externalLinks/externalLink1.xml", b"<externalLink/>")),
    "far row": lambda book: _far(book, "A1048576"),
    "far column": lambda book: _far(book, "XFD30"),
    "bomb": lambda book: packed(book.parts, ("xl/media/picture.xml", b"<x>" + b" " * 30_000_000 + b"</x>")),
    "entity": _entity,
    "utf-16": _utf16,
    "part twice": lambda book: packed(book.parts, (FIRST_SHEET, b"<worksheet/>")),
    "many parts": lambda book: packed(book.parts, *((f"xl/more/{n}.xml", b"<x/>") for n in range(600))),
    "word": lambda book: _without(book, ("word/document.xml", b"<document/>")),
    "opendocument": lambda book: _without(book, ("content.xml", b"<content/>")),
    "other zip": lambda book: _without(book, ("holiday.txt", b"sun")),
    "broken list": lambda book: packed({**book.parts, "xl/workbook.xml": b"<workbook><sheets>"}),
    "broken sheet": lambda book: packed({**book.parts, book.homes["Staff"]: b"<worksheet><sheetData><row r='1'>"}),
    "newer": _newer,
    "shuffled": _shuffled,
    "formula of a library": lambda book: _formula(book, "0", 'calcId="124519" fullCalcOnLoad="1"'),
    "formula by hand": lambda book: _formula(book, "0", 'calcId="124519" calcMode="manual"'),
    "formula of POI": lambda book: _formula(book, "0.0", 'calcId="0"', "Apache POI"),
    "formula unfinished": lambda book: _formula(book, "12", 'calcId="191029" calcCompleted="0"'),
    "formula old": lambda book: _formula(book, "12", 'calcId="191029" calcMode="manual"'),
    "formula fresh": lambda book: _formula(book, "12", 'calcId="191029"'),
    "lost part": _lost_part,
    "cell twice": lambda book: _in_staff(book, r'(<c r="E5".*?</c>)', r"\1\1"),
    "cell astray": lambda book: _in_staff(book, r'<c r="E5"', '<c r="E6"'),
    "comments without end": lambda book: _in_staff(book, "<sheetData>", "<sheetData>" + "<!-- " * 30_000),
    "merges without end": lambda book: _in_staff(book, "</sheetData>", "</sheetData>" + "<mergeCell " * 30_000),
    "hidden without end": lambda book: _in_staff(book, "<sheetData>", "<sheetData>" + '<row hidden="1" ' * 30_000),
    "blanks first": lambda book: packed(book.parts, ("xl/odd.bin", b" " * 600 + b'<!DOCTYPE x [<!ENTITY a "b">]><x/>')),
    "power query": _query,
    "formatted last row": lambda book: _in_staff(book, "</sheetData>", '<row r="1048576" ht="20"/></sheetData>'),
}
"""Defects of the file as a whole."""

__all__ = ["FILES", "Book", "cell_xml", "column_letters", "packed"]
