"""One sheet's cells as its XML has them: values, formulas and their results, errors, merged cells, what is hidden.

The XML is read once, as a stream, by a real parser: a figure in a CDATA section, with character references or with a
comment inside, is the figure. Cells without anything in them are read over wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from planner.cells.letters import column_letters, column_number
from planner.wording.figures import count
from planner.workbook.formats import Disguise, Shape, moment_from, moment_of
from planner.workbook.guard import MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from planner.workbook.package import EnoughError, Package, damage, local, refuse

VERSION_PROPERTY = "planner format version"

Key: TypeAlias = tuple[int, str]
"""Row number and column letters."""

MOST_MERGED = 20_000
"""Ranges of merged cells of a sheet."""
MOST_IN_ROW = 16_384
MOST_TEXT = 1_000_000
"""Signs of one cell, and of one formula."""

_NAMES = local(
    "worksheet", "chartsheet", "dialogsheet", "row", "c", "v", "f", "t", "rPh", "mergeCell", "col",
    "hyperlink",
)  # fmt: skip
_ROOTS = ("worksheet", "chartsheet", "dialogsheet")
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_RANGE = re.compile(rf"{_PLACE.pattern}(?::{_PLACE.pattern})?")
_FIGURE = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_YES = ("1", "true", "on")
SPACE = "http://www.w3.org/XML/1998/namespace space"
NARROWEST = 0.5
"""Points of height, or letters of width, below which a row or column cannot be seen."""
BLANKS = " \t\r\n"
"""Blanks around a text count only where it says that they are to be kept."""


@dataclass
class Scan:
    """What a sheet has besides values, by (row, column letters).

    `formulas` has the text of each formula; `shared` leads from a cell that shares another's formula to that one.
    `disguised` are figures that their number format shows otherwise, or not at all.
    `zeros` are formulas whose stored result is nought or an empty text: some programs write that without calculating.
    """

    uncalculated: set[Key] = field(default_factory=set)
    formulas: dict[Key, str] = field(default_factory=dict)
    shared: dict[Key, Key] = field(default_factory=dict)
    zeros: set[Key] = field(default_factory=set)
    errors: dict[Key, str] = field(default_factory=dict)
    merged: list[tuple[str, int, str, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    hidden_columns: list[str] = field(default_factory=list)
    disguised: dict[Key, Disguise] = field(default_factory=dict)


@dataclass
class Sheet:
    """A sheet's values by row and column, both from 0 as a grid, and what else its XML says.

    `results` are the kinds and texts of formulas' results as the file stores them; `joined` counts the cells that
    merged ranges and links over ranges reach, `placed` all cells, blank ones too; `loose` tells of drop-downs that
    Excel keeps apart for other sheets.
    """

    name: str
    rows: dict[int, dict[int, Any]] = field(default_factory=dict)
    scan: Scan = field(default_factory=Scan)
    results: dict[Key, tuple[str, str]] = field(default_factory=dict)
    joined: int = 0
    placed: int = 0
    loose: bool = False

    @property
    def grid(self) -> list[list[Any]]:
        """Rows of values from cell A1; blanks are None, rows end with their last value."""
        last = max(self.rows, default=-1)
        return [self._line(self.rows.get(number)) for number in range(last + 1)]

    @staticmethod
    def _line(cells: Mapping[int, Any] | None) -> list[Any]:
        """One row of the grid."""
        if not cells:
            return []
        line: list[Any] = [None] * (max(cells) + 1)
        for at, value in cells.items():
            line[at] = value
        return line


@dataclass
class ScanState:
    """What the cells of all sheets of a workbook need: its texts and styles, and how many cells were read so far."""

    strings: Sequence[str] = ()
    shapes: Sequence[Shape] = ()
    starts_1904: bool = False
    disguises: Mapping[int, Disguise] = field(default_factory=dict)
    most: int = MOST_CELLS
    cells: int = 0


def read_sheet(package: Package, part: str, name: str, book: ScanState, *, until: int = 0) -> Sheet:
    """Read a sheet's part; with `until` no row below that one.

    Raises:
        InvalidCaseError: the part is no sheet, is damaged, or has cells beyond what is read.
    """
    reader = _SheetReader(name, book, until)
    package.stream(part, reader.start, reader.end, reader.text)
    if not reader.root:
        damage(f"the part '{part}' of the sheet holds no worksheet.", name)
    return reader.sheet


class _SheetReader:
    """The handlers of a sheet's elements."""

    def __init__(self, name: str, book: ScanState, until: int) -> None:
        """Begin above the first row."""
        self.sheet, self.book, self.until = Sheet(name), book, until
        self.scan = self.sheet.scan
        self.root = ""
        self.row = self.column = 0
        self.cell: Mapping[str, str] | None = None
        self.parts: list[str] | None = None
        self.length = 0
        self.value: str | None = None
        self.inline: str | None = None
        self.kept = True
        self.formula: Mapping[str, str] | None = None
        self.formula_text = ""
        self.phonetic = False
        self.masters: dict[str, Key] = {}
        self.numbered = True
        self.placed = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        name = _NAMES.get(tag)
        if not self.root:
            if name not in _ROOTS:
                damage("the sheet's part cannot be read: it is no worksheet of any known form.", self.sheet.name)
            self.root = name
        elif self.parts is not None or {"v": self.value, "f": self.formula}.get(name or "") is not None:
            damage(f"a cell in row {self.row} has more than one value, or an element inside one.", self.sheet.name)
        elif name == "c":
            self._place(attributes)
            self.cell, self.value, self.inline, self.formula, self.formula_text = attributes, None, None, None, ""
        elif name in ("v", "t") and self.cell is not None and not self.phonetic:
            self.parts, self.kept = [], name == "v" or attributes.get(SPACE) == "preserve"
        elif name == "f" and self.cell is not None:
            self.parts, self.formula = [], attributes
        elif name == "row":
            self._begin_row(attributes)
        elif name == "rPh":
            self.phonetic = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "hyperlink":
            self._reach(attributes.get("ref", ""))
        elif name is None and tag.endswith(" dataValidation"):
            self.sheet.loose = True
        elif name == "col" and (attributes.get("hidden", "") in _YES or _unseen(attributes.get("width"))):
            self._hide(attributes)

    def text(self, text: str) -> None:
        """Collect the text of a value or a formula."""
        if self.parts is not None:
            self.length += len(text)
            if self.length > MOST_TEXT:
                damage(
                    f"a cell in row {self.row} has more than {MOST_TEXT // 1_000_000} million signs.", self.sheet.name
                )
            self.parts.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        name = _NAMES.get(tag)
        if name == "c" and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None
        elif name in ("v", "t") and self.parts is not None:
            text = "".join(self.parts)
            if name == "v":
                self.value = text
            else:
                self.inline = (self.inline or "") + (text if self.kept else text.strip(BLANKS))
            self.parts, self.length = None, 0
        elif name == "f" and self.parts is not None:
            self.formula_text, self.parts, self.length = "".join(self.parts), None, 0
        elif name == "rPh":
            self.phonetic = False

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        """Go to a row: the one it names, or the next."""
        stated = attributes.get("r", "").strip()
        if stated and not (stated.isdecimal() and 0 < int(stated[:8]) <= 1_048_576):
            damage(f"a row calls itself '{stated[:20]}'.", self.sheet.name)
        self.row, self.column, self.placed = int(stated) if stated else self.row + 1, 0, 0
        self.numbered = bool(stated)
        if self.until and self.row > self.until:
            raise EnoughError
        unseen = attributes.get("hidden", "") in _YES or _unseen(attributes.get("ht"))
        if unseen and self.row <= MOST_ROWS:
            self.scan.hidden.append(self.row)

    def _place(self, attributes: Mapping[str, str]) -> None:
        """Go to a cell: the one it names, or the next."""
        self.sheet.placed += 1
        self.placed += 1
        if self.placed > MOST_IN_ROW:
            damage(f"row {self.row} has more cells than a sheet has columns.", self.sheet.name)
        stated = attributes.get("r")
        if stated is None:
            self.column += 1
            return
        found = _PLACE.fullmatch(stated.strip())
        if found is None:
            damage(f"a cell calls itself '{stated[:20]}'.", self.sheet.name)
        row = int(found[2])
        if not self.numbered:
            self.row, self.numbered = row, True
        if row != self.row:
            damage(f"cell {stated[:20]} stands in row {self.row} of the file.", self.sheet.name)
        self.column = column_number(found[1].upper())

    def _end_cell(self, attributes: Mapping[str, str]) -> None:
        """Keep a cell that holds anything."""
        kind = attributes.get("t", "n")
        text = self.inline if kind == "inlineStr" else self.value
        if self.formula is None and text is None:
            return
        key = self.row, column_letters(self.column)
        where = f"{key[1]}{self.row}"
        if self.column > MOST_COLUMNS or self.row > MOST_ROWS:
            refuse(
                "file-far-cell",
                f"cell {where} is filled; row {count(MOST_ROWS)} and column {column_letters(MOST_COLUMNS)} are the "
                "last.",
                "Delete the rows below and the columns right of the tables (Ctrl+End shows the last one), and save.",
                self.sheet.name,
            )
        known = self.sheet.rows.get(self.row - 1, {})
        if self.column - 1 in known or key in self.scan.formulas or key in self.scan.errors:
            damage(f"two cells call themselves {where}.", self.sheet.name)
        self.book.cells += 1
        if self.book.cells > self.book.most:
            refuse(
                "file-too-many-cells",
                f"the workbook has more than {count(self.book.most)} filled cells; no more are read.",
                "Remove sheets and rows that the planner does not need.",
            )
        if self.formula is not None:
            self._keep_formula(key, self.formula, kind, text)
        value = self._valued(kind, text, attributes, key) if text is not None else None
        if value is not None and value != "":
            self.sheet.rows.setdefault(self.row - 1, {})[self.column - 1] = value
            if self.book.disguises and type(value) is float:
                self._disguise(key, attributes.get("s", ""))

    def _disguise(self, key: Key, style: str) -> None:
        """Keep a figure that its style shows otherwise."""
        how = self.book.disguises.get(int(style)) if style.isdecimal() and len(style) < 10 else None
        if how is not None:
            self.scan.disguised[key] = how

    def _keep_formula(self, key: Key, formula: Mapping[str, str], kind: str, text: str | None) -> None:
        """Keep a formula, and whether it has a result."""
        self.scan.formulas[key] = self.formula_text
        if text is not None and (text.strip() or kind == "str"):
            self.sheet.results[key] = kind, text
        if formula.get("t") == "shared":
            master = self.masters.setdefault(formula.get("si", ""), key)
            if not self.formula_text and master != key:
                self.scan.shared[key] = master
        if not (text or "").strip():
            if kind == "str":
                self.scan.zeros.add(key)
            else:
                self.scan.uncalculated.add(key)
        elif kind == "n" and _FIGURE.fullmatch((text or "").strip()) and float(text or "1") == 0.0:
            self.scan.zeros.add(key)

    def _valued(self, kind: str, text: str, attributes: Mapping[str, str], key: Key) -> Any:
        """Value of a cell's text, by the cell's kind."""
        if kind == "e":
            self.scan.errors[key] = text.strip() or "an error"
            return None
        if kind not in _KINDS:
            damage(f"cell {key[1]}{key[0]} is of an unknown kind '{kind[:20]}'.", self.sheet.name)
        if not text.strip() and kind not in _TEXTS:
            return None
        try:
            return _KINDS[kind](self.book, text, attributes)
        except (ValueError, IndexError):
            damage(f"cell {key[1]}{key[0]} holds what it cannot hold ('{text[:20]}').", self.sheet.name)

    def _merge(self, ref: str) -> None:
        """Keep a range of merged cells."""
        found = _RANGE.fullmatch(ref.strip())
        if found is None or len(self.scan.merged) >= MOST_MERGED:
            what = (
                f"merges '{ref[:40]}', which is no range"
                if found is None
                else f"has more than {count(MOST_MERGED)} merged cells"
            )
            damage(f"the sheet {what}.", self.sheet.name)
        self._reach(ref)
        if found[3] is not None:
            self.scan.merged.append((found[1].upper(), int(found[2]), found[3].upper(), int(found[4])))

    def _reach(self, ref: str) -> None:
        """Count the cells of a range that belongs together."""
        found = _RANGE.fullmatch(ref.strip())
        if found is not None and found[3] is not None:
            wide = abs(column_number(found[3].upper()) - column_number(found[1].upper())) + 1
            self.sheet.joined += wide * (abs(int(found[4]) - int(found[2])) + 1)

    def _hide(self, attributes: Mapping[str, str]) -> None:
        """Keep the letters of hidden columns, as far as columns are read."""
        low, high = attributes.get("min", ""), attributes.get("max", "")
        if low.isdecimal() and high.isdecimal() and len(low + high) < 20:
            known = set(self.scan.hidden_columns)
            reach = range(max(1, int(low)), min(int(high), MOST_COLUMNS) + 1)
            self.scan.hidden_columns += [letters for n in reach if (letters := column_letters(n)) not in known]


def _unseen(size: str | None) -> bool:
    """Whether a row is so low, or a column so narrow, that nothing of it can be seen."""
    return size is not None and bool(_FIGURE.fullmatch(size.strip())) and float(size) < NARROWEST


def _number(book: ScanState, text: str, attributes: Mapping[str, str]) -> Any:
    """A figure, or what it means in the cell's style; a text that is no figure stays text."""
    plain = text.strip()
    if not _FIGURE.fullmatch(plain):
        return plain
    value = float(plain)
    style = attributes.get("s", "")
    shape = book.shapes[int(style)] if style.isdecimal() and int(style) < len(book.shapes) else ""
    return moment_of(value, shape, starts_1904=book.starts_1904) if shape else value


def unescaped(text: str) -> str:
    """Text with the signs that XML cannot hold, which spreadsheets write as _x0007_."""
    return _ESCAPED.sub(_sign, text) if "_x" in text else text


def _sign(found: re.Match[str]) -> str:
    """One such sign; half a sign stays as it is written."""
    number = int(found[1], 16)
    return found[0] if 0xD800 <= number < 0xE000 else chr(number)


def _string(book: ScanState, text: str, _: Mapping[str, str]) -> str:
    """A text that stands among the workbook's texts."""
    number = int(text)
    if number < 0:
        raise IndexError
    return book.strings[number]


def _yes(_book: ScanState, text: str, _: Mapping[str, str]) -> bool:
    """A truth value."""
    return {"1": True, "true": True, "0": False, "false": False}.get(text.strip().lower(), bool(text.strip()))


def _text(_book: ScanState, text: str, _: Mapping[str, str]) -> str:
    """A text in the cell itself."""
    return unescaped(text)


def _moment(_book: ScanState, text: str, _: Mapping[str, str]) -> Any:
    """A date in ISO form."""
    return moment_from(text)


_KINDS: Mapping[str, Callable[[ScanState, str, Mapping[str, str]], Any]] = {
    "n": _number,
    "s": _string,
    "b": _yes,
    "str": _text,
    "inlineStr": _text,
    "d": _moment,
}
_TEXTS = ("str", "inlineStr")
