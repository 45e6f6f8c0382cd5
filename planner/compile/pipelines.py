"""Pipelines: one activity a stage, which takes people up, works on them and hands them on.

People leave `takes_from` with the work and enter the next compartments after the lag. Along a curve the effective level
counts people on both sides, so that nobody is lost; staff, sites, numbers and costs go with the work itself.
"""

from __future__ import annotations

from typing import Literal

from models.network import Link
from models.profiles import after
from planner.compile.draft import Draft
from planner.compile.names import compartment_tags, row_tags
from planner.compile.rates import limit_cell, serve
from planner.compile.sites import occupy_site
from planner.compile.staff import occupy_staff
from planner.sheets.pipelines import Pipelines


def compile_pipelines(draft: Draft) -> None:
    """Turn every stage into an activity `stage:<stage>` with its recipe."""
    for row in draft.case.of(Pipelines):
        activity = f"stage:{row.stage}"
        station = (row.station or row.place) if row.cadre else row.station
        serve(draft, row, activity, _tags(draft, row, station), limit_cell(row))
        _recipe(draft, row, activity)
        if row.cadre and row.cases_per_year:
            occupy_staff(draft, activity, row.cadre, station, row.cases_per_year, row.origin("cases_per_year"))
        if row.site:
            occupy_site(draft, activity, row.site, row.days_at_site, row.origin("days_at_site"))


def _recipe(draft: Draft, row: Pipelines, activity: str) -> None:
    """Take people up, hand them on after the lag, use up numbers."""
    basis: Literal["level", "effective"] = "effective" if draft.activities[activity].curve else "level"
    draft.links.append(
        Link(activity, f"people:{row.takes_from}", "use", 1.0, basis=basis, origin=row.origin("takes_from"))
    )
    for number, (people, share) in enumerate(row.destinations, start=1):
        if share > 0.0:
            profile, origin = after(row.lag, row.spread), row.origin(f"share_{number}")
            draft.links.append(Link(activity, f"people:{people}", "make", share, profile, basis, origin))
    for pool in row.slots:
        draft.links.append(Link(activity, f"pool:{pool}", "use", 1.0, origin=row.origin("slots")))


def _tags(draft: Draft, row: Pipelines, station: str) -> dict[str, str]:
    """Tags of a stage: its own, and those of the people that it takes up."""
    return row_tags(
        "stage",
        row,
        lane=row.lane,
        place=row.place,
        country=draft.country(row.place),
        actor=row.actor,
        purpose=row.purpose,
        pipeline=row.pipeline,
        cadre=row.cadre,
        station=station,
        pool="; ".join(row.slots),
        **compartment_tags(draft, row.takes_from),
    )
