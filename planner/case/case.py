"""A case: the typed rows of one workbook, with its settings and its calendar."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from models.grid import (
    FiscalYear,
    Grid,
    Phase,
    default_grid,
    even_grid,
    fiscal_days,
    fiscal_years,
    month_grid,
    phase_grid,
)
from planner.case.problems import Problem
from planner.sheets import Row, Settings, Time

if TYPE_CHECKING:
    from models.build import Extend
    from planner.workbook.reader import RawBook

RowT = TypeVar("RowT", bound=Row)


def month_and_day(month_day: str) -> tuple[int, int]:
    """Month and day of 'MM-DD'."""
    month, day = month_day.split("-")
    return int(month), int(day)


@dataclass(frozen=True)
class Changed:
    """What a change did: the cell and its values in words, who asked for it, and the `--set` line if it was one."""

    words: str
    by: str
    line: str = ""

    def __str__(self) -> str:
        """Both in a line."""
        return f"{self.words} ({self.by})"


@dataclass(frozen=True, slots=True)
class Setting:
    """A known setting: its name, kind of value, default as text, unit, help, and the range of a number (inclusive)."""

    name: str
    kind: str
    default: str
    unit: str
    help: str
    low: float = 0.0
    high: float = math.inf


SETTINGS: tuple[Setting, ...] = (
    Setting("case name", "text", "Unnamed case", "", "Title on every page of the plan"),
    Setting("grid", "grid", "default", "", "phases, default, months, or 'every 30 days'"),
    Setting(
        "fiscal year starts",
        "month-day",
        "10-01",
        "month-day",
        "Fiscal year whose edges are period edges on default and months",
    ),
    Setting("political capital at start", "number", "", "points", "Political capital on day one; blank: not limited"),
    Setting("political capital a year", "number", "0", "points a year", "Political capital regained each year"),
    Setting("political capital at most", "number", "", "points", "Most that can be held; blank: not limited"),
    Setting("coalition quorum", "number", "", "votes", "Weight of partners that must be no worse off; blank: none"),
    Setting(
        "policy regime",
        "text",
        "none",
        "",
        "Scenario that holds throughout, beneath any other; none: the case as it stands",
    ),
    Setting(
        "outlier factor", "number", "1000", "times",
        "A figure so many times larger or smaller than the middle of its column draws a warning", low=2.0,
    ),
    Setting(
        "history margin", "number", "0.005", "share",
        "Share by which a plan may pass the best that sheet Evidence has seen before its review questions it",
    ),
    Setting(
        "weak evidence from", "number", "0.01", "share",
        "Share of a plan's money, or of its moves of people, from which a row graded A or U is listed", high=1.0,
    ),
    Setting(
        "noteworthy difference", "number", "0.05", "share",
        "Outcomes of one case on several grids that lie further apart than this share are pointed out", high=1.0,
    ),
    Setting(
        "futures that agree", "number", "0.95", "share",
        "Probability of the futures whose plans must do something for it to be listed as to be done now", high=1.0,
    ),
    Setting(
        "enforcement words", "text",
        "enforce; detention; deport; removal; interdiction; expulsion; border control; pushback; push-back", "",
        "Words by which spending that keeps people out is known: an outcome that rises with it draws a warning",
    ),
    Setting("grade S", "text", "sourced", "", "What grade S of a row is called"),
    Setting("grade D", "text", "derived", "", "What grade D is called"),
    Setting("grade A", "text", "assumption", "", "What grade A is called"),
    Setting("grade U", "text", "unverified", "", "What grade U is called"),
    Setting("format version", "text", "2", "", "Version of the workbook's form"),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Everything that a workbook says, checked.

    `sha256` is the hash of the file (with its changes, if any); `scenario` and `sets` are the changes as they were
    asked for, `changes` what they did. `book` is the workbook as read, before any change: it travels inside
    plan workbooks; where the case was read from a folder or from rows, `source` is what was read, before any change.
    `counted` is the grid of the plan that the case was taken from; blank: the workbook's own. `extend` changes the
    Pyomo model of the case whenever it is built (:mod:`planner.solve.extending`).

    Example:
        >>> from planner.sheets import Sites
        >>> [site.id for site in case.of(Sites)], case.find(Sites, "Border post").capacity
        (['Border post', 'Harbour centre'], 25.0)
        >>> case.setting("grid"), case.setting_number("coalition quorum"), case.policy("outlier factor")
        ('default', None, 1000.0)
        >>> str(case.origin), case.horizon, [phase.name for phase in case.phases]
        ('2025-01-01', 1095.0, ['P1', 'P2', 'P3'])
        >>> case.day(case.date(31.0)), case.fiscal_edges("01-01")
        (31.0, (365.0, 730.0))
        >>> len(case.fiscal_years("01-01"))
        3
        >>> case.grid("phases").name, case.grades["S"]
        ('phases', 'S sourced')
    """

    rows: Mapping[type[Row], tuple[Row, ...]]
    name: str = ""
    sha256: str = ""
    scenario: str = ""
    sets: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    changes: tuple[Changed, ...] = field(default_factory=tuple)
    book: bytes = field(default=b"", repr=False, compare=False)
    source: RawBook | None = field(default=None, repr=False, compare=False)
    counted: str = ""
    extend: Extend | None = field(default=None, repr=False, compare=False)

    def of(self, row_type: type[RowT]) -> tuple[RowT, ...]:
        """Rows of one sheet, in the order of the workbook.

        Args:
            row_type: Its class in :mod:`planner.sheets`.

        Returns:
            The typed rows; none where the sheet is not there.
        """
        return self.rows.get(row_type, ())  # type: ignore[return-value]

    def find(self, row_type: type[RowT], key: str) -> RowT | None:
        """Row with this key.

        Args:
            row_type: Class of its sheet in :mod:`planner.sheets`.
            key: Its key columns joined with ' / '.

        Returns:
            The row; None where there is none.
        """
        return self._index.get((row_type, key))  # type: ignore[return-value]

    @cached_property
    def _index(self) -> dict[tuple[type[Row], str], Row]:
        """Rows by sheet and key."""
        return {(kind, row.id): row for kind, rows in self.rows.items() for row in rows}

    def setting(self, name: str) -> str:
        """Value of a setting as text, its default where it is absent.

        Args:
            name: As on sheet Settings.

        Returns:
            What stands there.
        """
        row = self.find(Settings, name)
        if row is not None:
            return row.value
        return next(s.default for s in SETTINGS if s.name == name)

    def setting_number(self, name: str) -> float | None:
        """Value of a numeric setting.

        Args:
            name: As on sheet Settings.

        Returns:
            The number in the setting's unit; None where it is blank.
        """
        text = self.setting(name)
        return float(text) if text else None

    def policy(self, name: str) -> float:
        """Value of a numeric setting that has a default, which holds too where the cell is none (and is told).

        Args:
            name: As on sheet Settings.

        Returns:
            The number in the setting's unit.
        """
        declared = next(s for s in SETTINGS if s.name == name)
        with suppress(ValueError):
            if declared.low <= (value := float(self.setting(name))) <= declared.high:
                return value
        return float(declared.default)

    @cached_property
    def grades(self) -> dict[str, str]:
        """What each grade of a row is called, as 'S sourced'; rows without a grade stand under ''."""
        return {g: f"{g} {self.setting(f'grade {g}')}" for g in ("S", "D", "A", "U")} | {"": "no grade"}

    @cached_property
    def origin(self) -> date:
        """First day of the first phase: day 0."""
        return self.of(Time)[0].starts

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """Phases in days from the origin."""
        return tuple(
            Phase(row.phase, row.label or row.phase, self.day(row.starts), self.day(row.ends) + 1.0)
            for row in self.of(Time)
        )

    @property
    def horizon(self) -> float:
        """Day after the last day of the last phase."""
        return self.phases[-1].end

    def day(self, when: date) -> float:
        """Days from the origin.

        Args:
            when: A date.

        Returns:
            Whole days; 0 on the first day of the first phase.
        """
        return float((when - self.origin).days)

    def date(self, day: float) -> date:
        """Calendar date of a day.

        Args:
            day: Days from the origin.

        Returns:
            The date, to the nearest day.
        """
        return self.origin + timedelta(days=round(day))

    def fiscal_edges(self, month_day: str) -> tuple[float, ...]:
        """Days inside the horizon on which a fiscal year begins.

        Args:
            month_day: Its first day of every year, as '10-01'.

        Returns:
            Days from the origin.
        """
        month, day = month_and_day(month_day)
        return fiscal_days(self.origin, self.horizon, month, day)

    def fiscal_years(self, month_day: str = "") -> tuple[FiscalYear, ...]:
        """Fiscal years, as far as they lie in the plan.

        Args:
            month_day: Their first day of every year, as '10-01'; blank: as the settings say.

        Returns:
            Each with its days from the origin.
        """
        month, day = month_and_day(month_day or self.setting("fiscal year starts"))
        return fiscal_years(self.origin, self.horizon, month, day)

    def grid(self, name: str = "") -> Grid:
        """The periods in which a plan counts.

        Args:
            name: phases, default, months or 'every N days'; blank: that of the plan that the case was taken from, else
                of the settings.

        Returns:
            The grid.

        Raises:
            ValueError: Periods would last less than a day.
        """
        wanted = name or self.counted or self.setting("grid")
        fiscal = self.fiscal_edges(self.setting("fiscal year starts"))
        if wanted == "phases":
            return phase_grid(self.origin, self.phases)
        if wanted == "months":
            return month_grid(self.origin, self.phases, fiscal)
        if wanted.startswith("every "):
            days = float(wanted.split()[1])
            if not days >= 1.0:
                message = f"the grid '{wanted}' has no end: its periods must last a day or more."
                raise ValueError(message)
            return even_grid(self.origin, self.phases, days)
        return default_grid(self.origin, self.phases, fiscal)
