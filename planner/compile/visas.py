"""Visas: one activity a stream, which uses numbers of its pools and takes people from one country to another.

Blank compartments are outside the books. Along a curve the effective level counts travellers on both sides.
"""

from __future__ import annotations

from typing import Literal

from models.network import Link
from models.profiles import after
from planner.compile.draft import Draft
from planner.compile.names import compartment_tags, row_tags
from planner.compile.rates import limit_cell, serve
from planner.compile.staff import occupy_staff
from planner.sheets.slots import Visas


def compile_visas(draft: Draft) -> None:
    """Turn every stream into an activity `visa:<stream>` with its recipe."""
    for row in draft.case.of(Visas):
        activity = f"visa:{row.stream}"
        station = (row.station or draft.country(row.nationality)) if row.cadre else row.station
        serve(draft, row, activity, _tags(draft, row, station), limit_cell(row))
        _recipe(draft, row, activity)
        if row.cadre and row.cases_per_year:
            occupy_staff(draft, activity, row.cadre, station, row.cases_per_year, row.origin("cases_per_year"))


def _recipe(draft: Draft, row: Visas, activity: str) -> None:
    """Use a number of every pool; people leave with the visa and arrive after the lag."""
    basis: Literal["level", "effective"] = "effective" if draft.activities[activity].curve else "level"
    for pool in row.slots:
        draft.links.append(Link(activity, f"pool:{pool}", "use", 1.0, origin=row.origin("slots")))
    leaving = (
        (row.takes_from, row.share_from, "share_from"),
        (row.otherwise_from, 1.0 - row.share_from, "otherwise_from"),
    )
    for people, share, field in leaving:
        if people and share > 0.0:
            draft.links.append(Link(activity, f"people:{people}", "use", share, basis=basis, origin=row.origin(field)))
    if row.goes_to:
        profile, origin = after(row.lag, row.spread), row.origin("goes_to")
        draft.links.append(Link(activity, f"people:{row.goes_to}", "make", 1.0, profile, basis, origin))


def _tags(draft: Draft, row: Visas, station: str) -> dict[str, str]:
    """Tags of a stream: its place is where it is booked, its origin the nationality's country."""
    return row_tags(
        "visa",
        row,
        lane=row.lane,
        place=row.booked,
        country=draft.country(row.booked),
        origin=draft.country(row.nationality),
        group=compartment_tags(draft, row.takes_from)["group"],
        actor=row.actor,
        purpose=row.purpose,
        cadre=row.cadre,
        station=station,
        pool="; ".join(row.slots),
        **{"class": row.visa_class},
    )
