"""Whether everything in a plan that was read is of its kind: a figure a figure, a date a date, a text a text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from planner.plan.frames import DATES, FIGURES, FLAGS, WHOLE

MOST_TEXT = 10_000
"""Letters of a text in a plan."""
_TEXTS = ("input_sha256", "case_name", "grid", "scenario", "solved_at")
_COUNTS = ("rows", "columns", "nonzeros", "binaries")
_LISTS = ("defaults", "warnings", "unproven")


def wrong_in(content: Mapping[str, Any]) -> str:
    """What in a plan as JSON is not of its kind, the first thing; empty if all is."""
    record = content["record"]
    outcomes = [content.get(name) or {} for name in ("doing_nothing", "previous")]
    tests = (
        ("objective", _number(content.get("objective"), finite=True)),
        ("bound", _number(content.get("bound"))),
        ("gap", _number(content.get("gap"))),
        ("verified", _flag(content.get("verified"))),
        *((name, _texts(content.get(name) or ())) for name in _LISTS),
        ("doing_nothing", all(isinstance(one, Mapping) and all(map(_figure, one.values())) for one in outcomes)),
        *((name, isinstance(record.get(name, ""), str) and len(record.get(name, "")) <= MOST_TEXT) for name in _TEXTS),
        *((name, type(record.get(name)) is int) for name in _COUNTS),
        ("changes", _texts(record["changes"])),
        ("coefficient_range", len(record["coefficient_range"]) == 2 and all(map(_figure, record["coefficient_range"]))),
        ("versions", isinstance(record["versions"], Mapping) and _texts(record["versions"].values())),
        ("seconds", isinstance(record["seconds"], Mapping) and all(map(_figure, record["seconds"].values()))),
        ("options", isinstance(record["options"], Mapping) and all(map(_plain, record["options"].values()))),
    )  # fmt: skip
    wrong = next((name for name, sound in tests if not sound), "")
    return wrong or next(
        (found for name, table in content["tables"].items() if (found := _wrong_column(name, table))), ""
    )


def _wrong_column(name: str, table: Mapping[str, Sequence[Any]]) -> str:
    """The first column of a table with a value that is not of its kind."""
    columns, rows = table["columns"], table["data"]
    if not _texts(columns) or len(set(columns)) != len(columns) or any(len(row) != len(columns) for row in rows):
        return f"the columns of table {name}"
    for place, column in enumerate(columns):
        sound = _kind_of(column)
        if not all(sound(row[place]) for row in rows):
            return f"column {column} of table {name}"
    return ""


def _kind_of(column: str) -> Any:
    """What a value of a column must be."""
    if column in FIGURES or column in WHOLE:
        return _number
    if column in FLAGS:
        return _flag
    return _date if column in DATES else _text


def _figure(value: object) -> bool:
    """A figure."""
    return type(value) in (int, float) and not math.isnan(value)  # type: ignore[arg-type]


def _number(value: object, *, finite: bool = False) -> bool:
    """A figure or nothing."""
    return value is None or (_figure(value) and not (finite and math.isinf(value)))  # type: ignore[arg-type]


def _flag(value: object) -> bool:
    """Yes, no or nothing."""
    return value is None or type(value) is bool


def _text(value: object) -> bool:
    """A text or nothing."""
    return value is None or (isinstance(value, str) and len(value) <= MOST_TEXT)


def _texts(values: Iterable[object]) -> bool:
    """Texts alone."""
    return all(isinstance(one, str) and len(one) <= MOST_TEXT for one in values)


def _plain(value: object) -> bool:
    """A value of an option."""
    return value is None or isinstance(value, bool | str) or _figure(value)


def _date(value: object) -> bool:
    """A date or nothing."""
    if value is None or value == "":
        return True
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False
