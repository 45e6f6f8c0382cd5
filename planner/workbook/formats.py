"""Which cells of a workbook are dates: told by their number formats; and the day that a number means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, TypeAlias

from planner.wording.figures import count
from planner.workbook.package import Package, damage, local

Shape: TypeAlias = Literal["", "date", "duration"]
"""What a number in a cell means: a figure, a moment, or a time span."""

Disguise: TypeAlias = Literal["hidden", "scaled"]
DISGUISES: Mapping[Disguise, str] = {
    "hidden": "does not show it",
    "scaled": "shows thousands or millions of it",
}
"""How a number format may show a figure otherwise than it is."""
MOST_STYLES = 100_000
_NAMES = local("numFmt", "cellXfs", "xf")
_DATES = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
"""Numbers of Excel's own formats that show dates or times."""
_SPAN = 46
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
    return "scaled" if re.search(r"[0#?],+(?![0#?,])", text) else None


def read_shapes(package: Package, part: str) -> tuple[list[Shape], dict[int, Disguise]]:
    """What a number means in each cell style of the workbook, and styles that disguise it. Raises InvalidCaseError."""
    codes: dict[str, Shape] = {}
    otherwise: dict[str, Disguise] = {}
    shapes: list[Shape] = []
    disguises: dict[int, Disguise] = {}
    inside = False

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        name = _NAMES.get(tag)
        if name == "numFmt":
            code = attributes.get("formatCode", "")
            codes[attributes.get("numFmtId", "")] = shape_of(code)
            if (how := disguise_of(code)) is not None:
                otherwise[attributes.get("numFmtId", "")] = how
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            if number in otherwise:
                disguises[len(shapes)] = otherwise[number]
            shapes.append(_shape(number, codes))
        if len(codes) > MOST_STYLES or len(shapes) > MOST_STYLES:
            damage(f"the workbook has more than {count(MOST_STYLES)} cell styles.")

    def end(tag: str) -> None:
        nonlocal inside
        if _NAMES.get(tag) == "cellXfs":
            inside = False

    package.stream(part, start, end)
    return shapes, disguises


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
