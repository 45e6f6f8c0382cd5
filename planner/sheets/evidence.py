"""Evidence: every figure's source, date, grade and range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from planner.sheets.declare import REQUIRED, Row, key, number, text


@dataclass(frozen=True, kw_only=True)
class Evidence(Row):
    """A figure with its publisher: what Source columns refer to.

    The row's own Source column names the publication, its Grade is S, D, A or U.
    """

    SHEET: ClassVar[str] = "Evidence"
    PURPOSE: ClassVar[str] = "Where the figures come from, how firm they are, between what bounds."
    GROUP = "basic"

    evidence: str = key("Id", help="Short id, as E012")
    statement: str = text("Statement", help="What the figure says", default=REQUIRED)
    value: float | None = number("Central", "as stated", help="The figure, or the central value", blank="in words only")
    unit: str = text("Unit", help="Unit of the figure")
    low: float | None = number("Low", "as stated", help="Low end of its range", blank="not given")
    high: float | None = number("High", "as stated", help="High end of its range", blank="not given")
    published: str = text("Published", help="Date of publication or reference period")
