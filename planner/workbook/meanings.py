"""What people mean by what they type: numbers, dates, months and days."""

from __future__ import annotations

import re
from datetime import date, datetime

from planner.workbook.raw import clean

PLAIN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_GROUPED_COMMA = re.compile(r"[-+]?\d{1,3}(?:[, ']\d{3})+(?:\.\d+)?")
_GROUPED_POINT = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+,\d+|[-+]?\d{1,3}(?:\.\d{3}){2,}")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
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


def meant_number(text: str) -> float | None:
    """The number that a person means by a text, None if nobody can tell."""
    plain = clean(text).lstrip("$€£ ").removeprefix("USD").removesuffix("USD").strip()
    if PLAIN.fullmatch(plain):
        return float(plain)
    if plain.endswith("%"):
        inner = meant_number(plain[:-1])
        return None if inner is None else inner / 100.0
    scaled = _SCALED.fullmatch(plain)
    if scaled:
        inner = meant_number(scaled[1])
        return None if inner is None else inner * _SCALES[scaled[2].lower()]
    if plain.startswith("(") and plain.endswith(")"):
        inner = meant_number(plain[1:-1])
        return None if inner is None else -inner
    if _GROUPED_COMMA.fullmatch(plain):
        return float(re.sub(r"[, ']", "", plain))
    if _GROUPED_POINT.fullmatch(plain):
        return float(plain.replace(".", "").replace(",", "."))
    if _DECIMAL_COMMA.fullmatch(plain):
        return float(plain.replace(",", "."))
    return None


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
