"""The same workbook in other forms that a file may have: whatever its form, the same must be read from it."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.broken.surgery import Book, packed

_STRICT = (
    ("http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument"),
    ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"),
)
_FIGURE = re.compile(r"<v>([0-9.]+)</v>")


def _each(book: Book, change: Callable[[str], str], where: str = "") -> bytes:
    """Every XML part changed."""
    return packed(
        {
            name: change(data.decode("utf-8")).encode("utf-8") if name.endswith((".xml", ".rels")) and where in name else data
            for name, data in book.parts.items()
        }
    )  # fmt: skip


def _strict(book: Book) -> bytes:
    """As Excel's 'Strict Open XML Spreadsheet'."""

    def change(xml: str) -> str:
        for usual, strict in _STRICT:
            xml = xml.replace(usual, strict)
        return xml

    return _each(book, change)


def _capitals(book: Book) -> bytes:
    """Part names in capitals, in the zip alone."""
    return packed({name if name.startswith("[") else name.upper(): data for name, data in book.parts.items()})


def _elsewhere(book: Book) -> bytes:
    """Sheets under names that no program gives them, which only the relations tell."""
    parts = {re.sub(r"^xl/worksheets/sheet(\d+)\.xml$", r"xl/leaves/leaf \1.data", n): d for n, d in book.parts.items()}
    rels = r"^xl/worksheets/_rels/sheet(\d+)\.xml\.rels$"
    parts = {re.sub(rels, r"xl/leaves/_rels/leaf \1.data.rels", n): d for n, d in parts.items()}
    for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        xml = parts[name].decode("utf-8")
        parts[name] = re.sub(r"worksheets/sheet(\d+)\.xml", r"leaves/leaf%20\1.data", xml).encode("utf-8")
    return packed(parts)


def _prefixed(book: Book) -> bytes:
    """Elements with a prefix."""

    def change(xml: str) -> str:
        xml = re.sub(r"<(/?)(?![?!])(\w+)(?=[\s/>])", r"<\1x:\2", xml)
        return xml.replace('xmlns="', 'xmlns:x="')

    return _each(book, change, "xl/worksheets/sheet")


FORMS: dict[str, Callable[[Book], bytes]] = {
    "strict": _strict,
    "capitals": _capitals,
    "elsewhere": _elsewhere,
    "prefixed": _prefixed,
    "cdata": lambda book: _each(book, lambda xml: _FIGURE.sub(r"<v><![CDATA[\1]]></v>", xml), "worksheets/sheet"),
    "references": lambda book: _each(
        book, lambda xml: _FIGURE.sub(lambda m: "<v>" + "".join(f"&#{ord(c)};" for c in m[1]) + "</v>", xml), "worksheets/sheet"
    ),
    "comments": lambda book: _each(
        book, lambda xml: _FIGURE.sub(lambda m: f"<v>{m[1][:1]}<!-- x -->{m[1][1:]}</v>", xml), "worksheets/sheet"
    ),
    "instructions": lambda book: _each(
        book, lambda xml: _FIGURE.sub(lambda m: f"<v><?x y?>{m[1]}<?x?></v>", xml), "worksheets/sheet"
    ),
}  # fmt: skip
