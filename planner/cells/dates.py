"""Types a date: as the file holds it, as a day number, as text; nothing is guessed that could mean two days."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta

from planner.cells.meanings import meant_dates
from planner.cells.raw import Value, as_text, clean
from planner.cells.remarks import FIRST_DAY, LAST_DAY, ROUNDING, Remark, Typed, fail
from planner.sheets import Column

MIDNIGHT = timedelta(seconds=5)
"""What a formula's rounding may miss midnight by: a share of 1e-9 of a day number of this century."""


def type_date(column: Column, value: Value, *, starts_1904: bool) -> Typed:
    """Type a date."""
    if isinstance(value, datetime):
        return _day(value)
    if isinstance(value, date):
        return Typed(value)
    if type(value) is float or (isinstance(value, int) and not isinstance(value, bool)):
        return _serial(column, float(value), starts_1904=starts_1904)
    if isinstance(value, str):
        return _text_date(column, clean(value))
    return fail(column, "date-kind", f"'{as_text(value)}' is not a date.", "Write a date such as 2021-01-20.")


def _day(value: datetime) -> Typed:
    """The day of a moment; a formula's rounding just before or after midnight is midnight."""
    midnight = datetime.combine((value + timedelta(hours=12)).date(), time())
    if abs(value - midnight) <= MIDNIGHT:
        value = midnight
    return Typed(value.date(), _clock(value.time()))


def _clock(moment: time) -> Remark | None:
    """Say that a time of day is not used."""
    if moment == time():
        return None
    return Remark(
        "date-time",
        "warning",
        f"the date carries a time of day ({moment}), which is not used.",
        "Write the date alone.",
    )


def _serial(column: Column, value: float, *, starts_1904: bool) -> Typed:
    """Read Excel's day number in a cell that was not formatted as a date."""
    base = date(1904, 1, 1) if starts_1904 else date(1899, 12, 30)
    if math.isfinite(value) and abs(value - round(value)) <= ROUNDING * abs(value):
        value = float(round(value))
    if math.isfinite(value) and 0 < value < 200_000:
        meant = base + timedelta(days=int(value))
        if FIRST_DAY <= meant <= LAST_DAY:
            return Typed(
                meant,
                Remark(
                    "date-serial",
                    "warning",
                    f"{value:.10g} is a number, not a date; read as {meant.isoformat()}.",
                    "Format the cell as a date.",
                ),
            )
    hint = f" Is it a year? Write a day in it, as {int(value)}-01-20." if 1950 <= value <= 2150 else ""
    mend = f"Write a date such as 2021-01-20.{hint}"
    return fail(column, "date-kind", f"{value:.10g} is a number, not a date.", mend)


def _text_date(column: Column, text: str) -> Typed:
    """Read a date typed as text: ISO passes, other forms are errors with the readings that are possible."""
    try:
        return Typed(date.fromisoformat(text[:10] if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]00:00(:00)?", text) else text))
    except ValueError:
        pass
    readings = meant_dates(text)
    if readings:
        shown = " or ".join(day.isoformat() for day in readings)
        return fail(
            column,
            "date-text",
            f"'{text}' is text, not a date; it may mean {shown}.",
            "Write the date as year-month-day.",
            readings[0] if len(readings) == 1 else None,
            readings[0].isoformat() if len(readings) == 1 else "",
        )
    return fail(column, "date-kind", f"'{text}' is not a date.", "Write a date such as 2021-01-20.")


def month_day(value: date) -> Typed:
    """Read a month and day that the spreadsheet turned into a date."""
    meant = f"{value.month:02d}-{value.day:02d}"
    return Typed(
        meant,
        Remark(
            "month-day-date",
            "warning",
            f"the spreadsheet turned the month and day into the date {value:%Y-%m-%d}; read as {meant}.",
            "Format the cell as text and write month-day, as 10-01.",
        ),
    )
