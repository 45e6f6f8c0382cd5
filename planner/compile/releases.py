"""How an amount that is typed for a phase becomes available day by day: shared by Appropriations and Allotments."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from models.grid import Phase
from models.network import Flow
from planner.case import Case
from planner.case.case import month_and_day

QUARTER = 365.0 / 4.0
"""Days in a quarter of a year."""


def release_flows(case: Case, phase_name: str, amount: float, how: str, fiscal_year: str) -> tuple[Flow, ...]:
    """Inflows of `amount` (natural units) over one phase.

    `at once` on the phase's first day; `even` over the phase; `quarterly` in equal parts every 365/4 days from the
    phase's first day, as many as begin inside the phase; `yearly` over the fiscal years (starting on `fiscal_year`,
    'MM-DD') that overlap the phase, in proportion to days, each part on the later of the two starts. Without a fiscal
    year, `yearly` is `at once`. Raises ValueError for an unknown phase or kind of release.
    """
    phase = phase_of(case, phase_name)
    if amount == 0.0:
        return ()
    if how == "at once":
        return (Flow(phase.start, phase.start, amount),)
    if how == "even":
        return (Flow(phase.start, phase.end, amount),)
    if how == "quarterly":
        return _quarterly(phase, amount)
    if how == "yearly":
        return _yearly(phase, amount, case.fiscal_edges(fiscal_year) if fiscal_year else ())
    message = f"'{how}' is no kind of release: at once, even, quarterly or yearly"
    raise ValueError(message)


def resolution_flows(
    case: Case, phase_name: str, amount: float, fiscal_year: str, enacted: str, rate: float
) -> tuple[Flow, ...]:
    """Inflows of `amount` over one phase, divided by days over its fiscal years, under continuing resolutions.

    From the start of each year's part to the day of enactment (`enacted`, 'MM-DD') money comes evenly at `rate` a year,
    up to the part; the rest comes on that day, even where it lies after the phase. A part that begins after that day
    comes at once.
    """
    phase = phase_of(case, phase_name)
    flows: list[Flow] = []
    for part in _yearly(phase, amount, case.fiscal_edges(fiscal_year)) if amount else ():
        begin = part.start
        end = min([phase.end, *(day for day in case.fiscal_edges(fiscal_year) if day > begin)])
        opened = max(d for d in _days(fiscal_year, case.date(begin)) if d <= case.date(begin))
        day = case.day(min(d for d in _days(enacted, opened) if d >= opened))
        until = min(day, end)
        early = min(part.amount, rate * max(0.0, until - begin) / 365.0)
        flows += [Flow(begin, until, early)] if early else []
        flows += [Flow(max(day, begin), max(day, begin), part.amount - early)] if part.amount > early else []
    return tuple(flows)


def _days(month_day: str, near: date) -> list[date]:
    """Days that fall on 'MM-DD' in the year of a day and in those beside it."""
    month, day = month_and_day(month_day)
    return [date(near.year + k, month, day) for k in (-1, 0, 1)]


def phase_of(case: Case, name: str) -> Phase:
    """Phase of this name. Raises ValueError where sheet Time has none."""
    for phase in case.phases:
        if phase.name == name:
            return phase
    message = f"sheet Time has no phase '{name}'"
    raise ValueError(message)


def _quarterly(phase: Phase, amount: float) -> tuple[Flow, ...]:
    """Equal parts every quarter of a year from the phase's first day."""
    days = [phase.start]
    while days[-1] + QUARTER < phase.end - 1e-9:
        days.append(phase.start + len(days) * QUARTER)
    return tuple(Flow(day, day, amount / len(days)) for day in days)


def _yearly(phase: Phase, amount: float, edges: tuple[float, ...]) -> tuple[Flow, ...]:
    """Parts in proportion to each fiscal year's days inside the phase."""
    inside = [edge for edge in edges if phase.start < edge < phase.end]
    length = phase.end - phase.start
    return tuple(
        Flow(begin, begin, amount * (end - begin) / length)
        for begin, end in pairwise([phase.start, *inside, phase.end])
    )
