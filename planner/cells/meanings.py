"""What people mean by what they type: numbers, dates, months and days."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime

from planner.cells.raw import as_text, clean

_PLAIN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_EITHER = re.compile(r"([-+]?[1-9]\d{0,2})[.,](\d{3})")
"""One to three digits, a point or comma, three digits: thousands to some, a fraction to others."""
_GROUPED_COMMA = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPED_BLANK = re.compile(r"[-+]?\d{1,3}(?:[ '\u2019\u02bc\u066c]\d{3})+(?:[.,]\d+)?")
_GROUPED_POINT = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+,\d+|[-+]?\d{1,3}(?:\.\d{3}){2,}")
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+")
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (_PLAIN, str),
    (_GROUPED_COMMA, lambda text: text.replace(",", "")),
    (_GROUPED_BLANK, lambda text: re.sub(r"[^\d.+-]", "", text.replace(",", "."))),
    (_GROUPED_POINT, lambda text: text.replace(".", "").replace(",", ".")),
    (_DECIMAL_COMMA, lambda text: text.replace(",", ".")),
)
"""Ways of writing a number, and how each is put as digits and a point."""
_SCALED = re.compile(r"([-+]?[\d.,' ]+?)\s*(k|m|mn|mln|bn|b|thousand|million|billion)\.?", re.IGNORECASE)
_SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "b": 1e9,
    "billion": 1e9,
}
_DATE_FORMS = (
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d-%m-%Y",
    "%Y%m%d",
)
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")


def _figures(text: str) -> str:
    """Text cleaned, with the digits of any script as 0 to 9."""
    plain = clean(text)
    return plain if plain.isascii() else "".join(str(int(c)) if c.isdecimal() else c for c in plain)


def plain_number(text: str) -> float | None:
    """The number that a text is beyond doubt: digits, a point, an exponent. None for everything else."""
    plain = _figures(text)
    return float(plain) if _PLAIN.fullmatch(plain) and not _EITHER.fullmatch(plain) else None


def readings(text: str) -> tuple[float, ...]:
    """The numbers that a person may mean by a text: one, two ('1.500': 1500 or 1.5), or none that anybody can tell."""
    plain = _figures(text).replace("\u2212", "-").lstrip("$€£ ").removeprefix("USD").removesuffix("USD").strip()
    if plain.endswith("%"):
        return tuple(inner / 100.0 for inner in readings(plain[:-1]))
    if scaled := _SCALED.fullmatch(plain):
        return tuple(inner * _SCALES[scaled[2].lower()] for inner in readings(scaled[1]))
    if plain.startswith("(") and plain.endswith(")"):
        return tuple(-inner for inner in readings(plain[1:-1]))
    if either := _EITHER.fullmatch(plain):
        return float(either[1] + either[2]), float(f"{either[1]}.{either[2]}")
    return next(((float(put(plain)),) for form, put in _FORMS if form.fullmatch(plain)), ())


def two_readings(text: str) -> str:
    """'1500 or 1.5', each written so that it has no other meaning; '' where a text has one reading or none."""
    both = readings(text)
    return " or ".join(as_text(value) for value in both) if len(both) > 1 else ""


def number_of(text: str) -> float:
    """The number that a text of the command line says, with '%', signs for thousands and all.

    Raises:
        ValueError: the sentence says that it is no number, or both numbers that it may be.
    """
    found = readings(text)
    if len(found) > 1:
        message = f"'{text.strip()}' may mean {two_readings(text)}: write one of them."
        raise ValueError(message)
    if not found or not math.isfinite(found[0]):
        message = f"'{text.strip()}' is not a number."
        raise ValueError(message)
    return found[0]


def meant_dates(text: str) -> list[date]:
    """The days that a person may mean by a text, in order."""
    return sorted({found for form in _DATE_FORMS if (found := _strptime(text, form)) is not None})


def _strptime(text: str, form: str) -> date | None:
    """Read a date in one form."""
    try:
        return datetime.strptime(text, form).date()
    except ValueError:
        return None


def is_month_day(text: str) -> bool:
    """Whether a text is a month and day that exists every year."""
    match = _MONTH_DAY.fullmatch(text)
    if match is None:
        return False
    try:
        date(2001, int(match[1]), int(match[2]))
    except ValueError:
        return False
    return True
