"""What the style of a cell says of its figure: a date, a percentage, nothing to be seen; and the day a number means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, TypeAlias

from planner.wording.figures import count
from planner.workbook.package import Package, damage, local

Shape: TypeAlias = Literal["", "date", "duration"]
"""What a number in a cell means: a figure, a moment, or a time span."""

Disguise: TypeAlias = Literal["hidden", "scaled", "percent", "struck", "white"]
DISGUISES: Mapping[Disguise, tuple[str, str]] = {
    "hidden": ("its number format does not show it", "Give the cell the number format General"),
    "scaled": ("its number format shows thousands or millions of it", "Give the cell the number format General"),
    "percent": ("its number format shows it as a percentage", "Give the cell the number format General"),
    "struck": ("it is struck out", "Clear the cell if it is not meant, or take the line through it away"),
    "white": ("it is written in white on white", "Give it another colour"),
}
"""How a style may show a figure otherwise than it is, and what to do about it."""
MOST_STYLES = 100_000
_NAMES = local("numFmt", "cellXfs", "xf", "font", "strike", "color", "fill", "patternFill")
_DATES = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
"""Numbers of Excel's own formats that show dates or times."""
_SPAN = 46
_PERCENT = frozenset(("9", "10"))
"""Excel's own formats of percentages."""
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETS = re.compile(r"\[([^\]]*)\]")
_SPANS = re.compile(r"h+|m+|s+", re.IGNORECASE)
_WORDS = frozenset(("general", "standard", "@"))


def shape_of(code: str) -> Shape:
    """What a number format shows."""
    text = _QUOTED.sub("", code[:1_000])
    if any(_SPANS.fullmatch(inside) for inside in _BRACKETS.findall(text)):
        return "duration"
    text = _BRACKETS.sub("", text).partition(";")[0].strip().casefold()
    return "date" if text not in _WORDS and re.search("[dmyhs]", text.replace("general", "")) else ""


def disguise_of(code: str) -> Disguise | None:
    """How a number format shows a figure otherwise than it is; None where it shows it."""
    text = _BRACKETS.sub("", _QUOTED.sub("", code[:1_000])).partition(";")[0].strip().casefold()
    if any(word in text for word in _WORDS) or shape_of(code):
        return None
    if not re.search("[0#?]", text):
        return "hidden"
    if "%" in text:
        return "percent"
    return "scaled" if re.search(r"[0#?],+(?![0#?,])", text) else None


def read_shapes(package: Package, part: str) -> tuple[list[Shape], dict[int, Disguise]]:
    """What a number means in each cell style of the workbook, and styles that disguise it. Raises InvalidCaseError."""
    styles = _Styles()
    package.stream(part, styles.start, styles.end)
    return styles.shapes, styles.disguises


class _Styles:
    """Number formats, fonts, fills and cell styles in the order of the part."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self.shapes: list[Shape] = []
        self.disguises: dict[int, Disguise] = {}
        self.codes: dict[str, Shape] = {}
        self.formats: dict[str, Disguise] = dict.fromkeys(_PERCENT, "percent")
        self.fonts: list[Disguise | None] = []
        self.filled: list[bool] = []
        self.inside = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an element in."""
        name = _NAMES.get(tag)
        if name == "numFmt":
            self._format(attributes.get("numFmtId", ""), attributes.get("formatCode", ""))
        elif name == "xf":
            if self.inside == "cellXfs":
                self._style(attributes)
        elif name == "font":
            self.inside = name
            self.fonts.append(None)
        elif name == "fill":
            self.inside = name
            self.filled.append(False)
        elif name == "cellXfs":
            self.inside = name
        elif name == "patternFill" and self.inside == "fill":
            self.filled[-1] = attributes.get("patternType", "none") != "none"
        elif self.inside == "font" and name == "strike" and attributes.get("val", "1") not in ("0", "false"):
            self.fonts[-1] = "struck"
        elif self.inside == "font" and name == "color" and self.fonts[-1] is None and _white(attributes):
            self.fonts[-1] = "white"
        if max(len(self.codes), len(self.shapes), len(self.fonts), len(self.filled)) > MOST_STYLES:
            damage(f"the workbook has more than {count(MOST_STYLES)} cell styles.")

    def end(self, tag: str) -> None:
        """An element ends."""
        if _NAMES.get(tag, "") == self.inside:
            self.inside = ""

    def _format(self, number: str, code: str) -> None:
        """A number format of the file's own."""
        self.codes[number] = shape_of(code)
        self.formats.pop(number, None)
        if (how := disguise_of(code)) is not None:
            self.formats[number] = how

    def _style(self, attributes: Mapping[str, str]) -> None:
        """A cell style: what a number in it means, and the first thing that disguises it."""
        number = attributes.get("numFmtId", "0")
        font, fill = (_numbered(attributes.get(part, "0")) for part in ("fontId", "fillId"))
        how = self.fonts[font] if font < len(self.fonts) else None
        if how == "white" and fill < len(self.filled) and self.filled[fill]:
            how = None
        if (found := self.formats.get(number) or how) is not None:
            self.disguises[len(self.shapes)] = found
        self.shapes.append(_shape(number, self.codes))


def _white(attributes: Mapping[str, str]) -> bool:
    """Whether a colour is plain white: by its name, or as the first of the theme, the paper's own."""
    tint = attributes.get("tint", "0").strip("0.")
    return attributes.get("rgb", "")[-6:].upper() == "FFFFFF" or (attributes.get("theme") == "0" and not tint)


def _numbered(text: str) -> int:
    """The number of a font or fill; one that no file has where it is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else MOST_STYLES + 1


def _shape(number: str, codes: Mapping[str, Shape]) -> Shape:
    """What a format shows, by its number: one of the file's own, or one of Excel's."""
    if number in codes:
        return codes[number]
    if not number.isdecimal():
        return ""
    return "date" if int(number) in _DATES else "duration" if int(number) == _SPAN else ""


def moment_of(value: float, shape: Shape, *, starts_1904: bool) -> Any:
    """The date, moment, time of day or time span that a number means; the number where it can mean none."""
    try:
        span = timedelta(milliseconds=round(value * 86_400_000))
        if shape == "duration":
            return span
        if value < 0:
            return value
        if value < 1.0 and not (starts_1904 and value == 0.0):
            return (datetime.min + span).time() if span < timedelta(days=1) else value
        base = datetime(1904, 1, 1) if starts_1904 else datetime(1899, 12, 30 if value >= 60.0 else 31)
        moment = base + span
    except (OverflowError, ValueError):
        return value
    return moment.date() if moment.time() == time() else moment


def moment_from(text: str) -> Any:
    """The date, moment or time of day of an ISO text, as strict workbooks may hold them; else the text."""
    written = text.strip().removesuffix("Z")
    for read in (_day, datetime.fromisoformat, time.fromisoformat):
        try:
            found = read(written)
        except ValueError:
            continue
        return found.date() if isinstance(found, datetime) and found.time() == time() else found
    return text


def _day(text: str) -> date:
    """Read a date that carries no time of day."""
    return date.fromisoformat(text if len(text) == 10 else "")


def day_number(value: date, *, starts_1904: bool) -> float:
    """The number that stands for a date or a moment in a cell."""
    base = datetime(1904, 1, 1) if starts_1904 else datetime(1899, 12, 30)
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (moment - base) / timedelta(days=1)
