"""What is said of one cell, and the value that goes on from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.case.problems import Severity
from planner.cells.words import listed
from planner.sheets import Column

ROUNDING = 1e-9
"""Share of itself by which a figure may miss a limit or a whole number and still be it: what formulas leave behind."""
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2150, 12, 31)
"""Between these days a number is taken for a date that was not formatted as one."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a cell: `check` names it, `suggestion` is the value that we think is meant."""

    check: str
    severity: Severity
    found: str
    mend: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell's value and what there is to say; `certain` is false where the value is only a stand-in."""

    value: Any
    remark: Remark | None = None
    certain: bool = True


def stand_in(column: Column) -> Any:
    """A harmless value for a cell that could not be read, so that the other cells can still be checked."""
    if column.default is not None:
        return column.default
    if column.kind in ("number", "share", "whole"):
        if not column.required:
            return None
        return max(column.low or 0.0, 0.0) if column.kind != "whole" else int(column.low or 1)
    if column.kind == "date":
        return FIRST_DAY if column.required else None
    if column.kind == "choice":
        return column.choices[0]
    return False if column.kind == "yes" else () if column.kind == "references" else ""


def fail(column: Column, check: str, found: str, mend: str, meant: Any = None, shown: str = "") -> Typed:
    """Make an error; `meant` is the reading that we offer, `shown` how it is written."""
    remark = Remark(check, "error", found, mend, shown)
    return Typed(stand_in(column) if meant is None else meant, remark, certain=meant is not None)


def expected(column: Column) -> str:
    """What belongs into a column, as the end of a sentence."""
    unit = f" in {column.unit}" if column.unit not in ("", "number") and column.kind in ("number", "whole") else ""
    names = {
        "number": f"a number{unit}",
        "whole": f"a whole number{unit}",
        "share": "a share such as 0.25 (or 25% formatted as a percentage)",
        "date": "a date such as 2021-01-20",
        "yes": "yes or no",
    }
    if column.kind == "choice":
        return "one of " + listed((c for c in column.choices if c), 20)
    return names.get(column.kind, "text")
