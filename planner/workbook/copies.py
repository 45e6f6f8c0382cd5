"""Copies of a workbook with changes in them: opened with openpyxl, saved with what openpyxl would lose put back.

openpyxl forgets the stored results of formulas and drop-downs that look into other sheets, stumbles over strict
workbooks, empty fills and pictures of newer kinds, and fills every cell of a merged range. So the file is read by the
planner's own reader first, within its limits; openpyxl gets a plain copy of it; and results are put back at the end.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.packaging import manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet.datavalidation import DataValidation

from planner.atomic_files import write_atomically
from planner.case.problems import InvalidCaseError, Problem
from planner.sheets.address import Address
from planner.wording.figures import count
from planner.workbook.exact import NEW_ENGINE
from planner.workbook.extras import extras_of, lacking
from planner.workbook.opened import Opened
from planner.workbook.package import damage, plain, refuse
from planner.workbook.saving import saved_bytes
from planner.workbook.scan import Key

assert openpyxl.DEFUSEDXML, "openpyxl must parse with defusedxml"

MOST_JOINED = 500_000
"""Cells of merged ranges and of links over ranges in all sheets, because each of them is made."""
MOST_PLACED = 400_000
"""Cells of all sheets, blank ones too: each becomes an object."""
_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument", b"http://schemas.openxmlformats.org/officeDocument/2006"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml", b"http://schemas.openxmlformats.org/drawingml/2006"),
)
_FILL = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)fill\s*(?:/>|>\s*</(?:[A-Za-z_][\w.-]*:)?fill\s*>)")
_CELL = re.compile(r'<c r="([A-Z]+)([0-9]+)"([^<>]*)>(<f[^<>]*(?:/>|>[^<]*</f>))<v(?:\s*/>|></v>)</c>')
_ADDRESS = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
_LOOSE = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_RULE = (
    "type", "errorStyle", "operator", "allowBlank", "showDropDown", "showInputMessage", "showErrorMessage",
    "errorTitle", "error", "promptTitle", "prompt",
)  # fmt: skip
MOST_RULES = 5_000


class Copy:
    """A copy of a workbook, to be changed as an openpyxl book and saved."""

    def __init__(self, data: bytes) -> None:
        """Open a workbook's bytes. Raises InvalidCaseError where they are refused, damaged, or too much to copy."""
        self.opened = Opened(data)
        self.sheets = {entry.name: self.opened.sheet(entry.name) for entry in self.opened.entries}
        self._not_too_much()
        self.asks = self.opened.calculation.asks
        self.renamed: dict[str, str] = {}
        self.book = _book(plain_copy(self.opened))
        for name, sheet in self.sheets.items():
            if name in self.book.sheetnames and hasattr(self.book[name], "data_validations"):
                for rule in loose_rules(self.opened, name) if sheet.loose else ():
                    self.book[name].add_data_validation(rule)

    def rename(self, title: str, name: str) -> None:
        """Give a sheet another name, whatever refers to it."""
        self.book[title].title = name
        self.sheets[name] = self.sheets.pop(title)
        self.renamed[title] = name

    def _not_too_much(self) -> None:
        """Refuse what would fill the memory."""
        if (placed := sum(sheet.placed for sheet in self.sheets.values())) > MOST_PLACED:
            refuse(
                "file-too-large",
                f"the workbook has {count(placed)} cells, most of them blank; copies are made of "
                f"{count(MOST_PLACED)} at most.",
                "Remove sheets that the planner does not need, and formatting of empty cells.",
            )
        for name, sheet in self.sheets.items():
            if sheet.joined > MOST_JOINED:
                refuse(
                    "file-too-large",
                    f"merged cells, or links over ranges, reach over {count(sheet.joined)} cells; no copy is made of "
                    "that.",
                    "Unmerge them (select the sheet, Merge & Center off), remove such links, and save.",
                    name,
                )

        for entry in self.opened.entries:
            for relation in self.opened.package.relations(entry.part).values():
                if relation.kind == "comments" and self.opened.package.has(relation.target):
                    self.opened.package.stream(relation.target, _single_comments(entry.name))

    def save(self, out: Path | str, *, stale: bool = False) -> list[str]:
        """Write the copy beside its name and rename it; with `stale` its formulas are to be calculated anew.

        Returns what the copy lacks of what the workbook holds besides its cells, in words.

        Raises:
            OSError: it cannot be written.
        """
        calculation = self.book.calculation
        calculation.fullCalcOnLoad = self.asks or stale
        if stale and not self.opened.calculation.dummies:
            calculation.calcId = NEW_ENGINE
        for page in self.book.worksheets:
            for picture in getattr(page, "_images", ()):
                _known_kind(str(picture.format or "png").lower())
        data = saved_bytes(self.book)
        saved = Opened(data)
        write_atomically(out, self._with_results(data, saved))
        before = Counter({(kind, self.renamed.get(on, on)): n for (kind, on), n in extras_of(self.opened).items()})
        return lacking(before, extras_of(saved))

    def _with_results(self, data: bytes, saved: Opened) -> bytes:
        """Put the stored results of formulas back, which openpyxl has left out."""
        results = {name: sheet.results for name, sheet in self.sheets.items() if sheet.results}
        if not results:
            return data
        parts = {e.part: results[e.name] for e in saved.entries if e.name in results}
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                content = old.read(info)
                if info.filename in parts:
                    content = _filled(content.decode("utf-8"), parts[info.filename]).encode("utf-8")
                new.writestr(info, content, zipfile.ZIP_DEFLATED)
        return stream.getvalue()


def _single_comments(name: str) -> Callable[[str, Mapping[str, str]], None]:
    """A handler that refuses comments on more than a cell."""

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag.rpartition(" ")[2] == "comment" and not _ADDRESS.fullmatch(attributes.get("ref", "")):
            damage(f"a comment belongs to '{attributes.get('ref', '')[:20]}', which is no cell.", name)

    return start


def open_copy(path: Path | str) -> Copy:
    """Open a workbook to make a changed copy of it. Raises InvalidCaseError."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        found = f"'{Path(path).name}' cannot be opened as a workbook ({error.strerror})."
        raise InvalidCaseError([Problem("file-unreadable", "error", Address(), found, "Check the name.")]) from error
    return Copy(data)


def _filled(xml: str, results: Mapping[Key, tuple[str, str]]) -> str:
    """A saved sheet with the results of its formulas."""

    def put(found: re.Match[str]) -> str:
        letters, row, attributes, formula = found.groups()
        result = results.get((int(row), letters))
        if result is None:
            return found[0]
        kind, text = result
        stated = "" if kind == "n" else f' t="{kind}"'
        return f'<c r="{letters}{row}"{attributes}{stated}>{formula}<v>{escape(text)}</v></c>'

    return _CELL.sub(put, xml)


def _known_kind(kind: str) -> None:
    """Make a picture's kind known to openpyxl, which asks a list that older Pythons have without the newer kinds."""
    if f".{kind}" not in manifest.mimetypes.types_map[True]:
        manifest.mimetypes.add_type(f"image/{kind}", f".{kind}")


class _Names(list[str]):
    """Names of parts; a name is among them as OPC says: without regard to case, and written with or without %20."""

    def __contains__(self, name: object) -> bool:
        """Whether a part has the name."""
        return isinstance(name, str) and self.spelled(name) is not None

    def spelled(self, name: str) -> str | None:
        """The name as it stands in the zip."""
        wanted = plain(name), plain(unquote(name))
        return next((known for known in self if plain(known) in wanted), None)


class _Caseless(zipfile.ZipFile):
    """A zip whose parts are found as OPC says."""

    def namelist(self) -> list[str]:
        """Names of its parts."""
        return _Names(super().namelist())

    def getinfo(self, name: str) -> zipfile.ZipInfo:
        """Find a part."""
        return super().getinfo(name if name in self.NameToInfo else _Names(self.NameToInfo).spelled(name) or name)


def _book(data: bytes) -> Any:
    """Open plain bytes with openpyxl. Raises InvalidCaseError where it cannot."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = ExcelReader(io.BytesIO(data), rich_text=True)
            reader.archive = _Caseless(io.BytesIO(data))
            reader.valid_files = reader.archive.namelist()
            reader.read()
            return reader.wb
    except MemoryError:
        raise
    except Exception as error:  # whatever it stumbles over, the file is sound: our own reader has read all of it
        found = f"no copy of the workbook can be made ({type(error).__name__} in one of its parts)."
        mend = "Open it in Excel or LibreOffice, save it again as .xlsx, and try again."
        raise InvalidCaseError([Problem("file-not-copied", "error", Address(), found, mend)]) from error


def plain_copy(opened: Opened) -> bytes:
    """The workbook's bytes as openpyxl can take them: transitional, without empty fills and without foreign parts."""
    archive = opened.package.archive
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as copy:
        for info in archive.infolist():
            path = plain(info.filename)
            if path.startswith("customxml/") or info.is_dir():
                continue
            content = archive.read(info)
            if path.endswith((".xml", ".rels")):
                for strict, usual in _STRICT:
                    content = content.replace(strict, usual)
            if path == plain(opened.related("styles")):
                content = _FILL.sub(rb'<\1fill><\1patternFill patternType="none"/></\1fill>', content)
            copy.writestr(info.filename.replace("\\", "/").lstrip("/"), content)
    return stream.getvalue()


def loose_rules(opened: Opened, name: str) -> list[DataValidation]:
    """Drop-downs that look into other sheets, which Excel keeps apart from the others."""
    rules: list[DataValidation] = []
    rule: dict[str, Any] = {}
    texts: list[str] = []
    last = ""

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal last
        space, _, word = tag.rpartition(" ")
        if space == _LOOSE and word == "dataValidation":
            rule.clear()
            rule.update({key: attributes[key] for key in _RULE if key in attributes})
        elif space == _LOOSE and word in ("formula1", "formula2"):
            last = word
        texts.clear()

    def text(text: str) -> None:
        texts.append(text[:10_000])

    def end(tag: str) -> None:
        space, _, word = tag.rpartition(" ")
        if word == "f" and last and rule is not None:
            rule[last] = "".join(texts)
        elif word == "sqref":
            rule["sqref"] = "".join(texts)
        elif space == _LOOSE and word == "dataValidation" and rule.get("sqref") and len(rules) < MOST_RULES:
            flags = {k: v in ("1", "true") if k.startswith(("show", "allow")) else v for k, v in rule.items()}
            rules.append(DataValidation(**flags))

    entry = next(e for e in opened.entries if e.name == name)
    opened.package.stream(entry.part, start, end, text)
    return rules


__all__ = ["Copy", "open_copy", "plain_copy"]
