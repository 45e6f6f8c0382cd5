"""Days and months as people write them, in English whatever the machine's language is."""

from __future__ import annotations

from datetime import date, datetime

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def day(when: date) -> str:
    """'1 January 2027'."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def short_day(when: date) -> str:
    """'1 Jan 2027', for tables and brackets."""
    return f"{when.day} {MONTHS[when.month - 1][:3]} {when.year}"


def month(when: date) -> str:
    """'January 2027'."""
    return f"{MONTHS[when.month - 1]} {when.year}"


def days(first: date, last: date) -> str:
    """'1 January 2025 to 31 December 2027'."""
    return f"{day(first)} to {day(last)}"


def moment(when: datetime) -> str:
    """'2027-01-01 13:05': a moment that something was done, as it is sorted."""
    return f"{when:%Y-%m-%d %H:%M}"
