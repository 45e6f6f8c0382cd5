"""Types one cell: what it holds, what we think is meant, and a sentence for people where that is not the same."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from planner.cells.dates import month_day, type_date
from planner.cells.meanings import plain_number, readings, two_readings
from planner.cells.raw import SPACES, UnusableCell, Value, as_text, clean, folded
from planner.cells.remarks import ROUNDING, Remark, Typed, expected, fail
from planner.cells.words import nearest
from planner.sheets import Column
from planner.wording.figures import digits, exact, typed

_NOTHING = frozenset(
    (
        "n/a",
        "na",
        "none",
        "unlimited",
        "not limited",
        "no limit",
        "-",
        "--",
        "?",
        "tbd",
        "nil",
        "inf",
        "infinity",
        "nan",
        "null",
    )
)
_YES = frozenset(("yes", "y", "true"))
_NO = frozenset(("no", "n", "false"))
MONTH_DAY_FIELDS = frozenset(("fiscal_year", "released_on", "enacted"))
"""Text columns that hold a month and a day, which Excel likes to turn into dates."""
PROSE = frozenset(
    (
        "asks_for",
        "authority",
        "help",
        "in_plan",
        "label",
        "note",
        "published",
        "reason",
        "section",
        "statement",
        "value",
    )
)
"""Text columns that people read and nobody compares: they keep their lines and signs."""
ALL_OF_IT = 1.1
"""A share below this and above 1 is more likely all of it than one percent."""
_APART = re.compile(r"[\r\n\u2028\u2029|\u2022\u25cf\u25aa]|;")
"""What people put between names in a cell, semicolons too."""


def type_cell(column: Column, value: Value, *, starts_1904: bool = False) -> Typed:
    """Type a cell that is not blank."""
    if isinstance(value, UnusableCell):
        return _broken(column, value)
    if column.kind == "date":
        return type_date(column, value, starts_1904=starts_1904)
    return _TYPERS[column.kind](column, value)


def _broken(column: Column, value: UnusableCell) -> Typed:
    """Report an Excel error value or a formula that nobody calculated."""
    if value.formula:
        return fail(
            column,
            "cell-formula",
            "the formula has no stored result.",
            "Open the file in Excel or LibreOffice, save it, and try again; or type the value.",
        )
    return fail(column, "cell-error", f"the cell shows {value.what}.", "Mend the formula, or type the value.")


def _bounds(column: Column) -> str:
    """The allowed range in words."""
    low, high = column.low, column.high
    if column.positive:
        return "more than 0" + (f" and at most {typed(high)}" if high is not None else "")
    if low is not None and high is not None:
        return f"from {typed(low)} to {typed(high)}"
    return (
        f"{typed(low)} or more" if low is not None else f"{typed(high)} or less" if high is not None else "any number"
    )


def _number(column: Column, value: Value) -> Typed:
    """Type a figure."""
    if type(value) is float or (isinstance(value, int) and not isinstance(value, bool)):
        return _in_range(column, float(value), None)
    if isinstance(value, str):
        return _text_number(column, value)
    if isinstance(value, bool):
        return fail(
            column, "number-kind", f"'{'TRUE' if value else 'FALSE'}' is not a number.", f"Write {expected(column)}."
        )
    if isinstance(value, (date, time, timedelta)):
        return fail(
            column,
            "number-kind",
            f"the cell holds a date or time ({value}), not a number.",
            f"Format the cell as a number and write {expected(column)}.",
        )
    return fail(column, "number-kind", f"'{value}' is not a number.", f"Write {expected(column)}.")


def _in_range(column: Column, value: float, remark: Remark | None) -> Typed:
    """Check a figure's range and wholeness."""
    if not math.isfinite(value):
        return fail(
            column,
            "number-finite",
            "the number is not finite.",
            f"Write {expected(column)}, or leave the cell blank where that is allowed.",
        )
    if 0.0 < abs(value) <= column.rest:
        return _rest(column, value)
    value = _settled(column, value) + 0.0  # minus nought is nought
    low, high = column.low, column.high
    if (low is not None and value < low) or (high is not None and value > high) or (column.positive and value <= 0.0):
        if column.kind == "share" and high is not None and high <= 1.0 < value <= 100.0:
            meant = high if value < ALL_OF_IT else min(value / 100.0, high)
            percent = f"Write {_two(value / 100.0)} if {exact(value, 12)} % is meant"
            return fail(
                column,
                "share-percent",
                f"{exact(value, 12)} is more than 1, and the column is a share {_bounds(column)}.",
                f"{percent}, or {typed(high)}, which is the most.",
                meant,
                _two(meant),
            )
        return fail(
            column,
            "number-range",
            f"{exact(value, 12)} is out of range.",
            f"Write {expected(column)}, {_bounds(column)}.",
        )
    if column.kind == "whole":
        if not value.is_integer():
            return fail(
                column,
                "number-whole",
                f"{exact(value, 12)} is not a whole number.",
                f"Write {expected(column)}, such as {max(1, round(value))}.",
                max(1, round(value)),
                str(round(value)),
            )
        return Typed(int(value), remark)
    return Typed(value, remark)


def _settled(column: Column, value: float) -> float:
    """The limit or the whole number that a figure is but for the rounding of a formula.

    1.0000000000000002 in a column of shares is 1. That is done in silence: what changes is the tenth digit, nobody
    typed it, and nobody could mend it in the cell. (Rests beside nought are another matter: a limit of nought is met
    only by figures that are nought to the last digit here.)
    """
    near = [float(limit) for limit in (column.low, column.high) if limit]
    near += [float(round(value))] if column.kind == "whole" else [1.0] if column.kind == "share" else []
    return next((limit for limit in near if abs(value - limit) <= ROUNDING * abs(limit)), value)


def _rest(column: Column, value: float) -> Typed:
    """Read what a formula leaves instead of nought (``=0.3-(25000.3-25000)`` is 7.3e-13) as nought, and say so."""
    found = f"{digits(value, 3)} is so near to 0 that it can only be the rest of a formula"
    nought = _in_range(column, 0.0, None)
    if nought.remark is not None:
        return fail(column, "number-range", f"{found}; 0 is out of range.", nought.remark.mend)
    return Typed(nought.value, rest_remark(value))


def rest_remark(value: float) -> Remark:
    """Say that a rest is read as nought."""
    return Remark(
        "number-rest",
        "warning",
        f"{digits(value, 3)} is so near to 0 that it can only be the rest of a formula; read as 0.",
        "Write 0, or round the formula: =ROUND(..., 6).",
    )


def _two(value: float) -> str:
    """A share with two decimals at least."""
    whole, _, rest = digits(value, 6).partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"


def _text_number(column: Column, text: str) -> Typed:
    """Type a figure that was written as text: plain digits pass with a warning, all else is an error with an offer."""
    plain = clean(text)
    if (number := plain_number(plain)) is not None:
        remark = Remark(
            "number-text",
            "warning",
            f"'{text}' is a number written as text; read as {digits(number, 15)}.",
            "Type it as a number (without spaces or an apostrophe).",
        )
        return _in_range(column, number, remark)
    if both := two_readings(plain):
        return fail(column, "number-text", f"'{plain}' is text and may mean {both}.", f"Write {both}, as a number.")
    if plain.casefold() in _NOTHING:
        what = (
            f"for '{column.blank}' leave the cell blank."
            if column.blank and not column.required
            else f"Write {expected(column)}."
        )
        return fail(column, "number-kind", f"'{plain}' is not a number.", what[0].upper() + what[1:])
    meant = next(iter(readings(plain)), math.nan)
    if not math.isfinite(meant):
        return fail(column, "number-kind", f"'{plain}' is not a number.", f"Write {expected(column)}.")
    shown = digits(meant, 15)
    checked = _in_range(column, meant, None)
    found = f"'{plain}' is text, not a number; we read it as {shown}."
    if checked.remark is not None and not checked.certain:
        return fail(column, "number-text", found, f"Write {expected(column)}, {_bounds(column)}.", shown=shown)
    if checked.remark is not None and checked.remark.severity == "error":  # what was meant is refused as a number too
        return fail(column, "number-text", found, checked.remark.mend, checked.value, checked.remark.suggestion)
    return fail(column, "number-text", found, f"Write {shown} if that is meant.", checked.value, shown)


def _choice(column: Column, value: Value) -> Typed:
    """Type one of the listed words."""
    text = clean(as_text(value))
    if text in column.choices:
        return Typed(text)
    for choice in column.choices:
        if choice.casefold() == text.casefold():
            return Typed(choice)
    hint = nearest(text, column.choices)
    return fail(
        column, "choice-unknown", f"'{text}' is not in the list.", f"Write {expected(column)}.", hint or None, hint
    )


def _yes(column: Column, value: Value) -> Typed:
    """Type yes or no."""
    if isinstance(value, bool):
        return Typed(value)
    text = folded(as_text(value))
    if text in _YES or text in _NO:
        return Typed(text in _YES)
    hint = {"1": "yes", "0": "no", "x": "yes", "on": "yes", "off": "no"}.get(text) or nearest(text, ("yes", "no"))
    return fail(
        column,
        "choice-unknown",
        f"'{clean(as_text(value))}' is neither yes nor no.",
        "Write yes or no.",
        hint == "yes" if hint else None,
        hint,
    )


def _text(column: Column, value: Value) -> Typed:
    """Type free text; names lose stray spaces, notes keep their lines."""
    if isinstance(value, (date, datetime)):
        if column.field in MONTH_DAY_FIELDS:
            return month_day(value)
        return Typed(value.date().isoformat() if isinstance(value, datetime) and value.time() == time() else str(value))
    text = as_text(value)
    if column.key or column.kind in ("reference", "where") or column.field not in PROSE:
        return Typed(clean(text))
    return Typed(text if text.isascii() and text.strip() == text else text.translate(SPACES).strip())


def _references(column: Column, value: Value) -> Typed:
    """Type a list of names, separated by semicolons."""
    parts = tuple(part for part in (clean(p) for p in as_text(value).split(";")) if part)
    if any(_APART.search(part.strip()) for part in as_text(value).split(";")):
        pieces = tuple(piece for piece in (clean(p) for p in _APART.split(as_text(value))) if piece)
        right = "; ".join(pieces)
        found = "several names with line breaks, bullets or strokes between them."
        mend = f"Separate them with semicolons: {right}. A single name is written on one line."
        return fail(column, "name-separator", found, mend, pieces, right)
    seen: dict[str, str] = {}
    for part in parts:
        if part.casefold() in seen:
            remark = Remark("name-twice", "warning", f"'{part}' is named twice in the cell.", "Name it once.")
            return Typed(tuple({p.casefold(): p for p in reversed(parts)}.values())[::-1], remark)
        seen[part.casefold()] = part
    return Typed(parts or column.default)


_TYPERS: dict[str, Callable[[Column, Value], Typed]] = {
    "text": _text,
    "reference": _text,
    "where": _text,
    "references": _references,
    "number": _number,
    "whole": _number,
    "share": _number,
    "choice": _choice,
    "yes": _yes,
}
