"""A workbook opened: its sheets in their order, what it says about itself, and each sheet's cells when asked for.

This is the one way in: the guard looks at the container first, parts are found through relations, and everything is
read within limits. Cases, plan workbooks, comparisons and copies all come through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from planner.case.problems import InvalidCaseError
from planner.workbook.formats import read_shapes
from planner.workbook.guard import guard
from planner.workbook.package import RELATION_ID, EnoughError, Package, Relation, damage, local, refuse
from planner.workbook.scan import BLANKS, SPACE, VERSION_PROPERTY, ScanState, Sheet, read_sheet, unescaped

MOST_SHEETS = 1_000
MOST_STRINGS = 1_000_000
MOST_NAMES = 20_000
MOST_SHORT = 100_000
"""Signs of a text that is no cell: the value of a property, the formula of a name."""
_NAMES = local("workbook", "sheet", "workbookPr", "calcPr", "definedName", "si", "t", "rPh", "sst")
_YES = ("1", "true", "on")
OLD_ENGINES = 145_000
"""Versions of Excel's calculation before this one are stated by libraries, which calculate nothing."""
DUMMY_WRITERS = ("apache poi",)
"""Programs that store noughts for formulas, and say nothing of it in the file."""


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet in the workbook's list."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Calculation:
    """What the file says about the results of its formulas.

    `asks`: the file asks to be calculated when it is opened. `stale`: results may be older than the cells that they are
    made of. `dummies`: a result of nought may stand for one that was never calculated. `unfinished`: the file says that
    its results were not calculated to the end.
    """

    asks: bool = False
    stale: bool = False
    dummies: bool = False
    unfinished: bool = False


class Opened:
    """A workbook's bytes, past the guard. Raises InvalidCaseError where they are refused or damaged."""

    def __init__(self, data: bytes) -> None:
        """Look at the container, and read the workbook's own part."""
        guard(data)
        self.data = data
        self.package = Package(data)
        self.part = self._find()
        self.relations = self.package.relations(self.part)
        self.entries: list[SheetEntry] = []
        self.names: dict[str, str] = {}
        self.starts_1904 = False
        self._calculation: Mapping[str, str] = {}
        _WorkbookPart(self).read()

    def _find(self) -> str:
        """The workbook's part: the one that the package's relations lead to."""
        found = [r for r in self.package.relations("").values() if r.kind == "officeDocument" and r.target]
        if found:
            return found[0].target
        if not self.package.has("xl/workbook.xml"):
            refuse(
                "file-not-workbook",
                "It is a zip file but not an Excel workbook.",
                "Save the tables as an Excel workbook (.xlsx).",
            )
        return "xl/workbook.xml"

    def related(self, *kinds: str) -> str:
        """The part of a kind that the workbook leads to; '' where there is none."""
        return _related(self.relations, *kinds)

    @cached_property
    def reading(self) -> ScanState:
        """Texts and styles of all cells."""
        strings, styles = self.related("sharedStrings"), self.related("styles")
        shapes, disguises = read_shapes(self.package, styles) if styles else ([], {})
        return ScanState(_strings(self.package, strings) if strings else (), shapes, self.starts_1904, disguises)

    def sheet(self, name: str, *, until: int = 0) -> Sheet:
        """Cells of a sheet; with `until` no row below that one. Raises InvalidCaseError."""
        entry = next((e for e in self.entries if e.name == name), None)
        if entry is None or not entry.part or not self.package.has(entry.part):
            damage("the part of the sheet is missing.", name)
        return read_sheet(self.package, entry.part, name, self.reading, until=until)

    def rows(self, name: str) -> list[list[Any]]:
        """Values of a sheet as rows of one length; blanks are ''."""
        grid = self.sheet(name).grid
        width = max((len(line) for line in grid), default=0)
        return [["" if v is None else v for v in line] + [""] * (width - len(line)) for line in grid]

    @cached_property
    def version(self) -> str:
        """Our format version among the document's properties; '' where there is none."""
        part = _related(self.package.relations(""), "custom-properties", "customProperties")
        return _property(self.package, part or "docProps/custom.xml", VERSION_PROPERTY)

    @cached_property
    def calculation(self) -> Calculation:
        """What the file says about the results of its formulas."""
        said = self._calculation
        manual, asks = said.get("calcMode", "") == "manual", said.get("fullCalcOnLoad", "") in _YES
        engine = said.get("calcId", "")
        by_library = not engine.isdecimal() or int(engine[:9]) < OLD_ENGINES
        part = _related(self.package.relations(""), "extended-properties", "extendedProperties")
        program = _element(self.package, part or "docProps/app.xml", "Application").strip().casefold()
        return Calculation(
            asks=asks,
            stale=manual or asks,
            dummies=((manual or asks) and by_library) or program in DUMMY_WRITERS,
            unfinished=said.get("calcCompleted", "1") not in _YES,
        )


def _related(relations: Mapping[str, Relation], *kinds: str) -> str:
    """The part of a kind among relations."""
    return next((r.target for r in relations.values() if r.kind in kinds and r.target), "")


class _WorkbookPart:
    """Reads the list of sheets and the settings of the workbook's own part."""

    def __init__(self, book: Opened) -> None:
        """Begin with nothing read."""
        self.book, self.root = book, ""
        self.name, self.parts = "", list[str]()
        self.length = 0

    def read(self) -> None:
        """Read the part. Raises InvalidCaseError."""
        self.book.package.stream(self.book.part, self.start, self.end, self.text)
        if not self.book.entries:
            damage("the list of sheets cannot be read.")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        name = _NAMES.get(tag)
        if not self.root:
            if name != "workbook":
                damage("the list of sheets cannot be read.")
            self.root = name
        elif name == "sheet":
            self._sheet(attributes)
        elif name == "workbookPr":
            self.book.starts_1904 = attributes.get("date1904", "") in _YES
        elif name == "calcPr":
            self.book._calculation = attributes
        elif name == "definedName" and "localSheetId" not in attributes:
            self.name, self.parts, self.length = attributes.get("name", ""), [], 0

    def _sheet(self, attributes: Mapping[str, str]) -> None:
        """Take a sheet into the list."""
        if len(self.book.entries) >= MOST_SHEETS:
            refuse(
                "file-too-many-sheets",
                f"the workbook has more than {MOST_SHEETS:,} sheets; no more are read.",
                "Copy the planner's sheets into a new workbook and save it.",
            )
        number = next((attributes[name] for name in RELATION_ID if name in attributes), "")
        relation = self.book.relations.get(number, Relation("", ""))
        hidden = attributes.get("state", "visible") != "visible"
        self.book.entries.append(SheetEntry(attributes.get("name", ""), relation.target, hidden))

    def text(self, text: str) -> None:
        """Collect the formula of a name."""
        if self.name and self.length < MOST_SHORT:
            self.parts.append(text)
            self.length += len(text)

    def end(self, tag: str) -> None:
        """End an element."""
        if self.name and _NAMES.get(tag) == "definedName":
            if len(self.book.names) < MOST_NAMES:
                self.book.names[self.name] = "".join(self.parts)
            self.name = ""


def _strings(package: Package, part: str) -> list[str]:
    """The workbook's texts, in their order."""
    found: list[str] = []
    parts: list[str] = []
    run: list[str] = []
    inside = phonetic = kept = False

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside, phonetic, kept
        name = _NAMES.get(tag)
        if name == "t":
            inside, kept = not phonetic, attributes.get(SPACE) == "preserve"
        elif name == "rPh":
            phonetic = True

    def text(text: str) -> None:
        if inside:
            run.append(text)

    def end(tag: str) -> None:
        nonlocal inside, phonetic
        name = _NAMES.get(tag)
        if name == "t":
            parts.append("".join(run) if kept else "".join(run).strip(BLANKS))
            run.clear()
            inside = False
        elif name == "rPh":
            phonetic = False
        elif name == "si":
            found.append(unescaped("".join(parts)))
            parts.clear()
            if len(found) > MOST_STRINGS:
                refuse(
                    "file-too-many-cells",
                    f"the workbook has more than {MOST_STRINGS:,} different texts; no more are read.",
                    "Remove sheets and rows that the planner does not need.",
                )

    package.stream(part, start, end, text)
    return found


def _property(package: Package, part: str, wanted: str) -> str:
    """Value of a custom property of the document; '' where it has none."""
    value, inside = list[str](), False

    def start(_: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        inside = inside or attributes.get("name", "").casefold() == wanted

    def text(text: str) -> None:
        if inside and len(value) < MOST_SHORT:
            value.append(text)

    def end(tag: str) -> None:
        if inside and tag.rpartition(" ")[2] == "property":
            raise EnoughError

    if package.has(part):
        package.stream(part, start, end, text)
    return "".join(value).strip()


def _element(package: Package, part: str, wanted: str) -> str:
    """Text of the first element of a name; '' where there is none, or the part is damaged: nothing hangs on it."""
    value, inside = list[str](), False

    def start(tag: str, _: Mapping[str, str]) -> None:
        nonlocal inside
        inside = tag.rpartition(" ")[2] == wanted

    def text(text: str) -> None:
        if inside:
            value.append(text[:MOST_SHORT])

    def end(_: str) -> None:
        if inside:
            raise EnoughError

    try:
        if package.has(part):
            package.stream(part, start, end, text)
    except InvalidCaseError:
        return ""
    return "".join(value)
