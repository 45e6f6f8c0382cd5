"""Sheets Slots and Allotments: pools of numbers, what comes into them, what is set aside and given back."""

from __future__ import annotations

from datetime import date

from models.network import Activity, Effect, Flow, Link, Steps, Stock
from models.profiles import at_once
from planner.case import Case
from planner.case.case import month_and_day
from planner.compile.draft import PEOPLE, Draft
from planner.compile.releases import release_flows
from planner.sheets.reforms import Effects
from planner.sheets.slots import Allotments, Slots


def compile_slots(draft: Draft) -> None:
    """Make each row of sheet Slots a stock that loses all but its carry-over share at each new fiscal year.

    What a set-aside gets is taken from the pool that it lies inside, on the same days; a reform that releases numbers
    into a set-aside through sheet Allotments takes them from the outer pool too.
    """
    for row in draft.case.of(Slots):
        edges = draft.case.fiscal_edges(row.fiscal_year) if row.fiscal_year else ()
        draft.stock(
            Stock(
                id=f"pool:{row.id}",
                unit="people",
                flows=_flows(draft.case, row),
                carry=tuple((day, row.carry_over_share) for day in edges if row.carry_over_share < 1.0),
                scale=PEOPLE,
                tags={"kind": "pool", "sheet": row.SHEET, "row": row.id, "pool": row.id},
                origin=row.origin(),
            )
        )
        if row.inside and row.released_on:
            _compile_release(draft, row)
    for allotment in draft.case.of(Allotments):
        if allotment.needs:
            _compile_gated(draft, allotment)


def _flows(case: Case, pool: Slots) -> tuple[Flow, ...]:
    """Numbers into a pool without those that wait for a reform, less what its set-asides get."""
    flows = list(_allotted(case, pool))
    for inner in case.of(Slots):
        if inner.inside == pool.pool:
            flows += [Flow(f.start, f.end, -f.amount) for f in _allotted(case, inner)]
    return tuple(sorted(flows, key=lambda f: (f.start, f.end, f.amount)))


def _allotted(case: Case, pool: Slots) -> tuple[Flow, ...]:
    """Inflows from a pool's own rows on sheet Allotments that need no reform."""
    return tuple(
        flow
        for row in case.of(Allotments)
        if row.pool == pool.pool and not row.needs
        for flow in release_flows(case, row.phase, row.amount, row.release, pool.fiscal_year)
    )


def _compile_gated(draft: Draft, row: Allotments) -> None:
    """Numbers that a reform releases on the day that it is in force."""
    switch, origin = draft.switch_of(row.needs), row.origin("amount")
    draft.effects.append(Effect(switch, "release", f"pool:{row.pool}", row.amount, at_once(), origin))
    pool = draft.case.find(Slots, row.pool)
    if pool is not None and pool.inside:
        draft.effects.append(Effect(switch, "release", f"pool:{pool.inside}", -row.amount, at_once(), origin))


def _compile_release(draft: Draft, row: Slots) -> None:
    """Unused numbers of a set-aside may flow to the outer pool from a day of the year to the fiscal year's end."""
    release, origin = f"release:{row.id}", row.origin("released_on")
    # a single day must be able to carry everything, and limits are rates a year
    pace = most_numbers(draft.case, row.pool) * 365.0
    draft.activity(
        Activity(
            id=release,
            unit="people",
            upper=_open_steps(draft.case, row, pace),
            scale=PEOPLE,
            tags={"kind": "release", "sheet": row.SHEET, "row": row.id, "pool": row.id},
            origin=origin,
        )
    )
    draft.links.append(Link(release, f"pool:{row.id}", "use", 1.0, origin=origin))
    draft.links.append(Link(release, f"pool:{row.inside}", "make", 1.0, origin=origin))


def most_numbers(case: Case, pool: str, seen: frozenset[str] = frozenset()) -> float:
    """Most numbers that can ever come into a pool: allotments, reforms' releases, and what its set-asides give back."""
    own = sum(row.amount for row in case.of(Allotments) if row.pool == pool)
    own += sum(row.amount for row in case.of(Effects) if row.effect == "releases" and row.target == pool)
    inner = [row.pool for row in case.of(Slots) if row.inside == pool and row.released_on and row.pool not in seen]
    return own + sum(most_numbers(case, name, seen | {pool}) for name in inner)


def _open_steps(case: Case, row: Slots, pace: float) -> Steps:
    """Limit that is `pace` from each release day to the end of its fiscal year, else zero.

    Without a fiscal year it stays open from the first release day on.
    """
    spans = [span for span in _open_spans(case, row) if span[1] > 0.0 and span[0] < case.horizon]
    steps: list[tuple[float, float]] = []
    last = 0.0
    for begin, end in spans:
        start = max(0.0, begin)
        if start > last:
            steps.append((last, 0.0))
        if start > last or not steps:
            steps.append((start, pace))
        last = end
    if last < case.horizon:
        steps.append((last, 0.0))
    return tuple(steps)


def _open_spans(case: Case, row: Slots) -> list[tuple[float, float]]:
    """Days [release day, next fiscal year's start), in order, from the year before the plan on."""
    years = range(case.origin.year - 1, case.date(case.horizon).year + 2)
    releases = [_day_in(case, year, row.released_on) for year in years]
    if not row.fiscal_year:
        first = next((day for day in releases if day >= 0.0), case.horizon)
        return [(first, case.horizon)]
    starts = [_day_in(case, year, row.fiscal_year) for year in years]
    return [(day, next(s for s in starts if s > day)) for day in releases if day < starts[-1]]


def _day_in(case: Case, year: int, month_day: str) -> float:
    """Day from the origin of 'MM-DD' in a year."""
    month, day = month_and_day(month_day)
    return case.day(date(year, month, day))
