"""What a fast reader does not tell: formulas without results, error values, merged cells, hidden rows.

The sheet's XML is searched with patterns on bytes, and cell by cell only where a sheet has formulas or errors at all.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

VERSION_PROPERTY = "planner format version"

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_N = rb"(?:[A-Za-z_][\w.-]*:)?"
_CELL = re.compile(rb"<" + _N + rb"c\s([^>]*?)(?:/>|>(.*?)</" + _N + rb"c\s*>)", re.DOTALL)
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']\$?([A-Z]+)\$?(\d+)["']""")
_FORMULA = re.compile(rb"<" + _N + rb"f[\s/>]")
_RESULT = re.compile(rb"<" + _N + rb"v(?:\s[^>]*)?>[^<]")
_ERROR_TEXT = re.compile(rb"<" + _N + rb"v(?:\s[^>]*)?>([^<]*)<")
_ERROR = re.compile(rb"""(?:^|\s)t\s*=\s*["']e["']""")
_TEXT = re.compile(rb"""(?:^|\s)t\s*=\s*["']str["']""")
_MERGE = re.compile(rb"<" + _N + rb"""mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
_HIDDEN = re.compile(rb"<" + _N + rb"""row\s(?=[^>]*\bhidden\s*=\s*["'](?:1|true)["'])[^>]*?\br\s*=\s*["'](\d+)["']""")


@dataclass(frozen=True)
class Scan:
    """Findings in one sheet's XML, by (row, column letters)."""

    uncalculated: frozenset[tuple[int, str]] = frozenset()
    formulas: frozenset[tuple[int, str]] = frozenset()
    errors: dict[tuple[int, str], str] = field(default_factory=dict)
    merged: tuple[tuple[str, int, str, int], ...] = ()
    hidden: tuple[int, ...] = ()
    unaddressed: bool = False


@dataclass(frozen=True)
class BookScan:
    """The workbook's sheets with their parts, and what it says about itself."""

    parts: dict[str, str]
    hidden: frozenset[str]
    starts_1904: bool
    recalculates: bool
    version: str


def scan_book(archive: zipfile.ZipFile) -> BookScan:
    """Read the list of sheets and the workbook's properties.

    Raises:
        ValueError: the workbook's own parts are missing or not XML.
    """
    try:
        book = fromstring(archive.read("xl/workbook.xml"))
        relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        custom = (
            fromstring(archive.read("docProps/custom.xml")) if "docProps/custom.xml" in archive.namelist() else None
        )
    except (KeyError, ParseError) as error:
        message = "the list of sheets cannot be read"
        raise ValueError(message) from error
    targets = {r.get("Id", ""): _part(r.get("Target", "")) for r in relations}
    sheets = [s for s in book.iter() if _local(s) == "sheet"]
    properties = next((e for e in book.iter() if _local(e) == "workbookPr"), None)
    calculation = next((e for e in book.iter() if _local(e) == "calcPr"), None)
    return BookScan(
        {s.get("name", ""): targets.get(s.get(_REL, ""), "") for s in sheets},
        frozenset(s.get("name", "") for s in sheets if s.get("state", "visible") != "visible"),
        properties is not None and properties.get("date1904", "0") in ("1", "true"),
        calculation is not None and calculation.get("fullCalcOnLoad", "0") in ("1", "true"),
        _version(custom),
    )


def _local(element: Element) -> str:
    """Name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _part(target: str) -> str:
    """Path inside the zip of a relation's target."""
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _version(custom: Element | None) -> str:
    """Our format version among the custom document properties."""
    for item in custom if custom is not None else ():
        if item.get("name", "").casefold() == VERSION_PROPERTY:
            return "".join(item.itertext()).strip()
    return ""


def scan_sheet(xml: bytes) -> Scan:
    """Search one sheet's XML."""
    merged = (
        tuple((m[1].decode(), int(m[2]), m[3].decode(), int(m[4])) for m in _MERGE.finditer(xml))
        if b"mergeCell" in xml
        else ()
    )
    hidden = tuple(int(m[1]) for m in _HIDDEN.finditer(xml)) if b"hidden" in xml else ()
    uncalculated: set[tuple[int, str]] = set()
    formulas: set[tuple[int, str]] = set()
    errors: dict[tuple[int, str], str] = {}
    unaddressed = False
    if _FORMULA.search(xml) or re.search(rb"""\st\s*=\s*["']e["']""", xml):
        for match in _CELL.finditer(xml):
            attributes, inside = match[1], match[2] or b""
            place = _PLACE.search(attributes)
            if place is None:
                unaddressed = True
                continue
            cell = (int(place[2]), place[1].decode())
            if _ERROR.search(attributes):
                text = _ERROR_TEXT.search(inside)
                errors[cell] = text[1].decode("utf-8", "replace") if text else "an error"
            if _FORMULA.search(inside):
                formulas.add(cell)
                if not _RESULT.search(inside) and not _TEXT.search(attributes):
                    uncalculated.add(cell)
    return Scan(frozenset(uncalculated), frozenset(formulas), errors, merged, hidden, unaddressed)
