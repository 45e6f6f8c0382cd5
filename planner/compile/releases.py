"""How an amount that is typed for a phase becomes available day by day: shared by Appropriations and Allotments."""

from __future__ import annotations

from itertools import pairwise

from models.grid import Phase
from models.network import Flow
from planner.case import Case

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
