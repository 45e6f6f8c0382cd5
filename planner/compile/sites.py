"""Sheet Sites: ports of entry, processing centres, shelters, hubs."""

from __future__ import annotations

from typing import Literal, cast

from models.network import Activity, Capacity, Effect, Link, Rule, Switch, Term
from models.profiles import at_once, lasting, stay
from planner.case import Case
from planner.compile.draft import MONEY, Draft
from planner.sheets.reforms import Reforms
from planner.sheets.sites import Sites


def compile_sites(draft: Draft) -> None:
    """Make each row of sheet Sites a capacity with the switches that open and close it.

    A site that is open at the start keeps its capacity as the opening level; it gets a switch already in force where
    it costs money, may close, or something else needs it. Running cost is billed with `open:<site>`. Where the site
    may close, it is billed with activity `run:<site>` instead (site-days, exactly the days open), because a bill can
    never be negative and so closing cannot pay back what opening charges.
    """
    needed = _needed(draft.case)
    for row in draft.case.of(Sites):
        tags = _tags(draft, row)
        draft.capacity(
            Capacity(
                id=f"site:{row.site}",
                unit="places",
                opening=row.capacity if row.open_at_start else 0.0,
                use_ceiling=row.use_ceiling,
                tags=tags,
                origin=row.origin("capacity"),
            )
        )
        if row.open_at_start:
            if row.running_cost or row.may_close or row.site in needed:
                draft.switch(Switch(f"open:{row.site}", already=True, running_cost=_running_cost(row), tags=tags,
                                    origin=row.origin("running_cost")))  # fmt: skip
        else:
            _compile_opening(draft, row)
        if row.may_close:
            _compile_closing(draft, row)


def _compile_opening(draft: Draft, row: Sites) -> None:
    """Opening: inside its window, after what it needs, with a straight build-up from the day in force."""
    case, opening = draft.case, f"open:{row.site}"
    first = 0.0 if row.opens_from is None else case.day(row.opens_from)
    last = case.horizon if row.opens_until is None else case.day(row.opens_until)
    draft.switch(
        Switch(
            id=opening,
            windows=((first, last),),
            dates=_dates(row),
            lead=row.lead,
            prerequisites=tuple((draft.switch_of(name), 0.0) for name in row.needs),
            cost=row.opening_cost * MONEY,
            running_cost=_running_cost(row),
            tags=_tags(draft, row),
            origin=row.origin("opening_cost"),
        )
    )
    build_up = lasting(0.0, row.build_up)
    draft.effects.append(Effect(opening, "provide", f"site:{row.site}", row.capacity, build_up, row.origin("capacity")))


def _compile_closing(draft: Draft, row: Sites) -> None:
    """Closing: takes the whole capacity away at once, never before it is built up, and ends the running cost."""
    closing, run, origin = f"close:{row.site}", f"run:{row.site}", row.origin("may_close")
    tags = _tags(draft, row)
    draft.switch(
        Switch(
            id=closing,
            windows=((0.0, draft.case.horizon),),
            dates=_dates(row),
            prerequisites=((f"open:{row.site}", 0.0 if row.open_at_start else row.build_up),),
            tags=tags,
            origin=origin,
        )
    )
    draft.effects.append(Effect(closing, "provide", f"site:{row.site}", -row.capacity, lasting(0.0), origin))
    if not row.running_cost:
        return
    cell = row.origin("running_cost")
    draft.activity(Activity(run, "site-days", upper=((0.0, 365.0),), cost=row.running_cost, tags=tags, origin=cell))
    opening = f"open:{row.site}"
    shut = (Term("in_force", opening, -1.0), Term("in_force", closing))
    days_open = (Term("in_force", opening), Term("in_force", closing, -1.0))
    terms = (Term("level", run), *shut)
    draft.rules.append(Rule(run, terms, "==", scope="period", tags=tags, origin=cell, compared=days_open))


def _dates(row: Sites) -> Literal["phase", "period"]:
    """When the site can open or close."""
    return cast("Literal['phase', 'period']", row.dates)


def _running_cost(row: Sites) -> float:
    """Running cost that the opening switch bills, USD a day."""
    return 0.0 if row.may_close else row.running_cost


def _tags(draft: Draft, row: Sites) -> dict[str, str]:
    """Tags of everything that a Sites row makes."""
    return {
        "kind": "site", "sheet": row.SHEET, "row": row.id, "place": row.site, "country": draft.country(row.site),
        "actor": row.actor, "purpose": row.purpose,
    }  # fmt: skip


def _needed(case: Case) -> frozenset[str]:
    """Names that stand in a Needs column which may name a site."""
    sites = (name for row in case.of(Sites) for name in row.needs)
    return frozenset(sites) | {name for row in case.of(Reforms) for name in row.needs}


def occupy_site(draft: Draft, activity_id: str, site: str, days: float, origin: str) -> None:
    """Let each unit of an activity take a place at a site for `days` days from the day of the work on.

    Up to one day it is plain place-days on that day; without a site or days nothing is occupied.
    """
    if not site or days <= 0.0:
        return
    quantity, profile = (1.0, stay(days)) if days > 1.0 else (days, at_once())
    draft.links.append(Link(activity_id, f"site:{site}", "occupy", quantity, profile, origin=origin))
