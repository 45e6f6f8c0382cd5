r"""Paces of activities: limits from the sheet, curves, and the physical largest pace of rows that wait for a reform.

A row that needs a reform is opened by :math:`x_t \le \bar x_t y_t`, so it must have a largest pace. Where its sheet has
none, the level of each period is bounded by declared data alone, never by a large number: nobody can do more cases than
there are people (or visa numbers) in the whole case.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.network import Activity, Rule, Segment, Steps, Term
from planner.case import Case
from planner.case.continuing import level_of
from planner.compile.draft import PEOPLE, Draft
from planner.compile.names import refusal, refuse_all
from planner.compile.slots import most_numbers
from planner.sheets.advanced import RawActivities
from planner.sheets.people import Arrivals, People
from planner.sheets.pipelines import Pipelines
from planner.sheets.programmes import Curves, Programmes
from planner.sheets.reforms import Effects, Reforms
from planner.sheets.slots import Visas

Doing = Pipelines | Programmes | Visas


def curve_of(case: Case, key: str) -> tuple[Segment, ...]:
    """Stretches of the row with this key, in order; empty without a curve."""
    rows = sorted((row for row in case.of(Curves) if row.row == key), key=lambda row: row.stretch)
    return tuple(Segment(row.width, row.effect) for row in rows)


def steps_of(value: float | None) -> Steps:
    """Make a limit that holds from day 0 on; blank is no limit."""
    return () if value is None else ((0.0, value),)


def serve(draft: Draft, row: Pipelines | Visas, activity: str, tags: dict[str, str], origin: str) -> None:
    """Add the activity with which a row serves people; `origin` is the cell of its largest pace."""
    draft.activity(
        Activity(
            id=activity,
            unit="people",
            lower=least_pace(row),
            upper=largest_pace(draft, row),
            largest=largest_level(draft, row),
            growth=row.growth,
            growth_base=row.growth_base,
            curve=curve_of(draft.case, row.id),
            cost=row.unit_cost,
            enabled_by=tuple(sorted(draft.switch_of(name) for name in row.needs)),
            scale=PEOPLE,
            tags=tags,
            origin=origin,
        )
    )


def limit_cell(row: Doing) -> str:
    """Cell that holds a row's largest pace: that others carry it on, else what is stated, else its key."""
    stated = "demand" if isinstance(row, Visas) else "at_most"
    if row.runs_without_plan:
        return row.origin("runs_without_plan")
    return row.origin(stated if getattr(row, stated) is not None else "")


def least_pace(row: Doing) -> Steps:
    """Lower limit in units a year."""
    return steps_of(row.at_least or None)


def largest_pace(draft: Draft, row: Doing) -> Steps:
    """Upper limit in units a year: as stated, no more than the widths of the curve and than others carry on."""
    stated = row.demand if isinstance(row, Visas) else row.at_most
    curve = curve_of(draft.case, row.id)
    limits = [stated, sum(segment.width for segment in curve) if curve else None]
    limits += [level_of(row)] if row.runs_without_plan else []
    return steps_of(min((limit for limit in limits if limit is not None), default=None))


def largest_level(draft: Draft, row: Doing) -> float | None:
    """Physical bound on the level of any period, for a row that needs a bound and states none; None elsewhere.

    Raises InvalidCaseError where a bound is needed and cannot be derived.
    """
    runs = isinstance(row, Programmes) and has_running(row)
    if largest_pace(draft, row) or not (runs or waits(draft.case, row)):
        return None
    physical = None if runs else physical_level(draft.case, row)
    if physical is None:
        field, name = ("demand", "Demand") if isinstance(row, Visas) else ("at_most", "At most")
        why = "has a least scale or a start-up or running cost" if runs else "waits for a reform"
        found = f"'{row.id}' {why}, and '{name}' is blank."
        refuse_all([refusal(row, field, "largest-pace-missing", found, f"Fill in '{name}' or give it a curve.")])
    return physical


def limit_in_all(draft: Draft, row: Programmes | RawActivities, activity: str, tags: Mapping[str, str]) -> None:
    r"""Hold what a row does over the whole plan, :math:`\sum_t x_t \le X`, where 'At most in all' is filled in."""
    if row.at_most_in_all is None:
        return
    limit, origin = row.at_most_in_all, row.origin("at_most_in_all")
    scale = draft.activities[activity].scale
    tags = {**tags, "kind": "total"}
    terms = (Term("level", activity),)
    draft.rules.append(Rule(f"total:{activity}", terms, "<=", limit, scale=scale, tags=tags, origin=origin))


def has_running(row: Programmes) -> bool:
    """Whether being open at all matters for a programme."""
    return bool(row.least_scale or row.running_cost or row.start_cost)


def waits(case: Case, row: Doing) -> bool:
    """Whether the row needs a reform that does not hold from day one."""
    reforms = (case.find(Reforms, name) for name in row.needs)
    return any(reform is None or not reform.in_force for reform in reforms)


def physical_level(case: Case, row: Doing) -> float | None:
    """Largest level of a period that declared data allow, None where they bound nothing."""
    total: float | None = None
    if isinstance(row, Pipelines):
        total = everyone(case)
    elif isinstance(row, Visas) and row.slots:
        total = min(most_numbers(case, pool) for pool in row.slots)
    elif isinstance(row, Visas) and row.takes_from and row.share_from > 0.0:
        total = everyone(case) / row.share_from
    return total


def everyone(case: Case) -> float:
    """Everyone who can ever be in the books: at the start, arriving, set in motion by reforms, let in from outside."""
    days = {phase.name: phase.end - phase.start for phase in case.phases}
    total = sum(row.at_start for row in case.of(People))
    total += sum(row.rate * days[row.phase] / 365.0 for row in case.of(Arrivals))
    moved = (row for row in case.of(Effects) if row.effect in ("releases", "pulse"))
    total += sum(row.amount for row in moved if case.find(People, row.target) is not None)
    entering = (row for row in case.of(Visas) if row.goes_to and row.demand is not None)
    return total + sum((row.demand or 0.0) * case.horizon / 365.0 for row in entering)
