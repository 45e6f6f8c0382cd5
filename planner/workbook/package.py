"""The container of a workbook: its parts by name, the relations between them, and their XML as a stream.

A workbook is a zip of parts. Which part is the workbook, and which a sheet, is told by relations and not by names; the
names of parts are the same in capitals. XML is streamed past handlers and never kept: no document types, no entities,
no endless pieces, no deep nests, no more tags than any workbook needs. Whatever goes beyond is a sentence.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, NoReturn
from urllib.parse import unquote
from xml.parsers import expat

from planner.case.problems import InvalidCaseError, Problem
from planner.sheets.address import Address

MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""Namespace of spreadsheets: transitional, and strict (Excel's 'Strict Open XML Spreadsheet')."""
RELATION_ID = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
MOST_TAGS = 5_000_000
"""Tags of all parts together that are read; the plan of the largest case has fewer."""
MOST_DEEP = 100
"""Elements that may lie within each other."""
MOST_PIECE = 1 << 20
"""Bytes of one tag, comment or instruction."""
MOST_RELATIONS = 20_000
CHUNK = 1 << 16
ENCODINGS = ("utf-8", "utf8", "us-ascii", "ascii")
ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)

MEND = "Open the file in Excel or LibreOffice, save it again as .xlsx, and try again."

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class EnoughError(Exception):
    """Raised by a handler that has seen all it wants; the rest of the part is not read."""


def refuse(check: str, found: str, mend: str, sheet: str = "") -> NoReturn:
    """Raise InvalidCaseError for a file, or one of its sheets, that is not read."""
    raise InvalidCaseError([Problem(check, "error", Address(sheet), found, mend)])


def damage(found: str, sheet: str = "") -> NoReturn:
    """Raise InvalidCaseError for a part that is not what it must be."""
    refuse(
        "file-damaged", found, "Open the file in Excel or LibreOffice, save it again as .xlsx, and try again.", sheet
    )


def local(*names: str) -> dict[str, str]:
    """Names of elements of spreadsheets, as the parser gives them, to their plain names."""
    return {f"{space} {name}": name for space in MAIN for name in names}


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a part leads: the last word of the relation's kind, and the part's name; '' for what lies outside."""

    kind: str
    target: str


class Package:
    """The parts of a zip, found without regard to case; tags are counted over all of them."""

    def __init__(self, data: bytes) -> None:
        """Open the zip. Raises InvalidCaseError."""
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except ZIP_FAULTS:
            damage("the file is damaged: its zip container cannot be unpacked.")
        self.parts = {plain(info.filename): info for info in self.archive.infolist()}
        self.tags = 0

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return plain(name) in self.parts

    def relations(self, name: str) -> dict[str, Relation]:
        """Relations of a part by their ids ('' for those of the whole package)."""
        folder, _, base = name.rpartition("/")
        path = posixpath.join(folder, "_rels", f"{base}.rels")
        found: dict[str, Relation] = {}

        def start(tag: str, attributes: Mapping[str, str]) -> None:
            if tag.rpartition(" ")[2] != "Relationship":
                return
            if len(found) >= MOST_RELATIONS:
                damage(f"part '{path}' has more than {MOST_RELATIONS:,} relations.")
            target = attributes.get("Target", "")
            outside = attributes.get("TargetMode", "") == "External"
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = Relation(kind, "" if outside else self._target(folder, target))

        if self.has(path):
            self.stream(path, start)
        return found

    def _target(self, folder: str, target: str) -> str:
        """Name of the part that a relation leads to, from the folder of the part that has it."""
        written, meant = (
            posixpath.normpath("/" + (path if path.startswith("/") else posixpath.join(folder, path))).lstrip("/")
            for path in (target.replace("\\", "/"), unquote(target.replace("\\", "/")))
        )
        return written if self.has(written) else meant

    def stream(self, name: str, start: Start, end: End | None = None, text: Text | None = None) -> None:
        """Send a part's XML past the handlers, piece by piece.

        Element names are 'namespace name'. Raises InvalidCaseError for what cannot be read, or is beyond the limits.
        """
        info = self.parts.get(plain(name))
        if info is None:
            damage(f"part '{name}' is missing.")
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _no_declarations(name)
        parser.XmlDeclHandler = _only_utf_8(name)
        parser.StartElementHandler, parser.EndElementHandler = _within(name, start, end)
        if text is not None:
            parser.CharacterDataHandler = text
        try:
            with self.archive.open(info) as stream:
                self._feed(parser, stream, name)
        except EnoughError:
            return
        except InvalidCaseError:
            raise
        except expat.ExpatError as error:
            damage(f"part '{name}' cannot be read ({error}).")
        except (MemoryError, RecursionError):
            raise
        except ZIP_FAULTS:
            damage(f"part '{name}' cannot be unpacked.")

    def _feed(self, parser: expat.XMLParserType, stream: IO[bytes], name: str) -> None:
        """Feed a part to the parser; a piece that does not end is not waited for, because it would be read again."""
        fed = 0
        while chunk := stream.read(CHUNK):
            if not fed and (chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in chunk[:512]):
                refuse_encoding(name, "UTF-16")
            fed += len(chunk)
            self.tags += chunk.count(b"<")
            if self.tags > MOST_TAGS:
                refuse(
                    "file-too-many-cells",
                    f"the workbook has more than {MOST_TAGS // 1_000_000} million tags; no more are read.",
                    "Remove sheets and rows that the planner does not need, and formatting of empty cells.",
                )
            parser.Parse(chunk, False)
            if fed - max(parser.CurrentByteIndex, 0) > MOST_PIECE + CHUNK:
                damage(f"part '{name}' has a tag or a comment of more than {MOST_PIECE // 1_000_000} MB.")
        parser.Parse(b"", True)


def _within(name: str, start: Start, end: End | None) -> tuple[Start, End]:
    """The handlers, with an eye on how deep elements lie within each other."""
    depth = 0

    def deeper(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEEP:
            damage(f"part '{name}' has more than {MOST_DEEP} elements within each other.")
        start(tag, attributes)

    def back(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(tag)

    return deeper, back


def _no_declarations(name: str) -> Callable[..., None]:
    """A handler that refuses document types and entities."""

    def declared(*_: object) -> None:
        refuse_entities(name)

    return declared


def _only_utf_8(name: str) -> Callable[..., None]:
    """A handler that refuses other encodings than UTF-8."""

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            refuse_encoding(name, encoding)

    return declared


def refuse_entities(name: str) -> NoReturn:
    """Raise InvalidCaseError for a part that declares entities."""
    refuse(
        "file-entities",
        f"Part '{name}' declares document types or entities, which no workbook needs.",
        "Do not trust this file; ask its sender for a copy saved with Excel.",
    )


def refuse_encoding(name: str, encoding: str) -> NoReturn:
    """Raise InvalidCaseError for a part in another encoding than UTF-8."""
    refuse(
        "file-encoding",
        f"Part '{name}' is written in {encoding}, not UTF-8.",
        "Save it again with Excel or LibreOffice.",
    )


def plain(name: str) -> str:
    """A part's name for finding it: as a path, in small letters."""
    return name.replace("\\", "/").lstrip("/").lower()
