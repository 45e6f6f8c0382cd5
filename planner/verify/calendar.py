"""Days, periods, fiscal years and phased releases, worked out from dates alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from planner.case import Case
from planner.verify.report import Array
from planner.wording.figures import typed

QUARTER = 365.0 / 4.0
Flow = tuple[float, float, float]
"""(start, end, amount): spread evenly over [start, end), at once where they coincide."""


@dataclass(frozen=True)
class Calendar:
    """Periods as days from the origin; `phase` numbers the phase of each period."""

    origin: date
    horizon: float
    phases: tuple[tuple[str, float, float], ...]
    start: Array
    end: Array
    phase: tuple[int, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of periods."""
        return len(self.start)

    @cached_property
    def days(self) -> Array:
        """Length of each period."""
        return self.end - self.start

    @cached_property
    def mid(self) -> Array:
        """Midpoint of each period."""
        return (self.start + self.end) / 2.0

    @cached_property
    def edges(self) -> Array:
        """Return the period edges, one more than periods."""
        return np.append(self.start, self.end[-1])

    def day(self, when: date | None, blank: float) -> float:
        """Days from the origin to a date; `blank` where there is none."""
        return blank if when is None else float((when - self.origin).days)

    def span(self, starts: date | None, ends: date | None) -> tuple[float, float]:
        """Window [first, day after the last] of two dates; blanks reach beyond the plan."""
        return self.day(starts, -math.inf), self.day(ends, math.inf) + 1.0

    def phase_span(self, name: str) -> tuple[float, float]:
        """First day and day after the last of a phase."""
        return next((start, end) for phase, start, end in self.phases if phase == name)

    def active(self, window: tuple[float, float]) -> tuple[Array, Array]:
        """Period ∩ window as starts and ends; empty stretches have end = start."""
        begin = np.clip(self.start, window[0], None)
        until = np.clip(self.end, None, window[1])
        return begin, np.maximum(begin, until)

    def fiscal(self, month_day: str) -> tuple[float, ...]:
        """Days strictly inside the plan on which a fiscal year starts; none where it is blank."""
        if not month_day.strip():
            return ()
        month, day = month_and_day(month_day)
        years = range(self.origin.year, self.origin.year + int(self.horizon // 365) + 3)
        found = (float(date(year, month, day).toordinal() - self.origin.toordinal()) for year in years)
        return tuple(f for f in found if 0.0 < f < self.horizon)

    def fiscal_years(self, month_day: str) -> list[tuple[str, float, float]]:
        """Name, first day and day after the last of each fiscal year, as far as it lies in the plan."""
        cuts = [0.0, *self.fiscal(month_day), self.horizon]
        month, day = month_and_day(month_day)
        found = []
        for begin, end in pairwise(cuts):
            last = self.origin + timedelta(days=begin)
            ends = date(last.year + ((last.month, last.day) >= (month, day)), month, day) - timedelta(days=1)
            found.append((f"FY{ends.year}", begin, end))
        return found

    def release(self, amount: float, how: str, phase: str, fiscal_year: str) -> list[Flow]:
        """Flows of an amount that comes in a phase, released *at once*, *even*, *quarterly* or *yearly*."""
        begin, end = self.phase_span(phase)
        if how == "even":
            return [(begin, end, amount)]
        if how == "quarterly":
            count = math.ceil((end - begin) / QUARTER - 1e-9)
            return [(begin + k * QUARTER, begin + k * QUARTER, amount / count) for k in range(count)]
        if how == "yearly":
            cuts = [begin, *(f for f in self.fiscal(fiscal_year) if begin < f < end), end]
            return [(a, a, amount * (b - a) / (end - begin)) for a, b in pairwise(cuts)]
        return [(begin, begin, amount)]


def month_and_day(month_day: str) -> tuple[int, int]:
    """Month and day of 'MM-DD'."""
    month, day = month_day.replace("/", "-").split("-")
    return int(month), int(day)


def resolution(
    calendar: Calendar, amount: float, phase: str, fiscal_year: str, enacted: str, rate: float
) -> list[Flow]:
    """Flows of an amount under continuing resolutions: at a rate a year until each year's enactment, then the rest."""
    begin, end = calendar.phase_span(phase)
    flows: list[Flow] = []
    for name, first, last in calendar.fiscal_years(fiscal_year):
        a, b = max(begin, first), min(end, last)
        if a >= b:
            continue
        part, closes = amount * (b - a) / (end - begin), _last_day(name, fiscal_year)
        month, day = month_and_day(enacted)
        when = date(closes.year, month, day)
        when = when if when <= closes else date(closes.year - 1, month, day)
        at = max(a, float((when - calendar.origin).days))
        early = min(part, rate * (min(at, b) - a) / 365.0)
        flows += [(a, min(at, b), early), (at, at, part - early)]
    return [flow for flow in flows if flow[2] > 0.0]


def _last_day(name: str, fiscal_year: str) -> date:
    """Last day of a fiscal year, by its name."""
    month, day = month_and_day(fiscal_year)
    opens = date(int(name[2:]), month, day)
    return (opens if (month, day) > (1, 1) else date(opens.year + 1, 1, 1)) - timedelta(days=1)


def read_calendar(case: Case, periods: pd.DataFrame) -> tuple[Calendar, list[str]]:
    """Periods of a plan with what is wrong about them, in words."""
    start = periods["start_day"].to_numpy(float)
    end = periods["end_day"].to_numpy(float)
    phases = tuple((p.name, float(p.start), float(p.end)) for p in case.phases)
    faults = _faults(case, periods, start, end, phases)
    number = tuple(
        next((i for i, (_, a, b) in enumerate(phases) if a <= middle < b), 0) for middle in (start + end) / 2.0
    )
    names = tuple(str(name) for name in periods["name"])
    return Calendar(case.origin, phases[-1][2], phases, start, end, number, names), faults


def _faults(
    case: Case, periods: pd.DataFrame, start: Array, end: Array, phases: Sequence[tuple[str, float, float]]
) -> list[str]:
    """What keeps the periods from being contiguous, inside the phases and rightly dated."""
    faults = []
    if [int(p) for p in periods["period"]] != list(range(len(periods))):
        faults.append("the periods are not numbered from 0 without gaps")
    if start[0] != 0.0 or end[-1] != phases[-1][2]:
        faults.append("the periods do not cover the plan from its first to its last day")
    if np.any(end <= start) or np.any(start[1:] != end[:-1]):
        faults.append("a period does not begin where the one before ends")
    edges = {float(e) for e in (*start, *end)}
    faults += [f"the start of phase {name} is no period edge" for name, begin, _ in phases if begin not in edges]
    if not np.allclose(periods["days"].to_numpy(float), end - start):
        faults.append("the days of a period are not its end less its start")
    stated = [str(p) for p in periods["phase"]]
    for i, middle in enumerate((start + end) / 2.0):
        phase = next((name for name, a, b in phases if a <= middle < b), "")
        if i < len(stated) and stated[i] != phase:
            faults.append(f"period {i} lies in phase {phase}, not in {stated[i]}")
    for column, day in (("from", start), ("until", end - 1.0)):
        for i, value in enumerate(periods[column]):
            when = pd.Timestamp(value)
            if abs((when - pd.Timestamp(case.origin)).days - day[i]) > 1e-9 + abs(day[i] - round(float(day[i]))):
                faults.append(f"period {i}: '{column}' is {when.date()}, which is not day {typed(day[i])} of the plan")
    return faults
