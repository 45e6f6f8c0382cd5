"""Programmes, Needs and Indicators: what can be bought, what must go with it, what it raises.

Curves stand in :mod:`planner.compile.rates`, because stages and visa streams may have them too.
"""

from __future__ import annotations

import math
from typing import Literal, cast

from models.network import Activity, Link, Requirement, Running, Stock
from models.profiles import after
from planner.compile.draft import MONEY, PEOPLE, Draft
from planner.compile.names import activity_id, compartment_tags, row_tags, yearly_rate
from planner.compile.rates import (
    curve_of,
    has_running,
    largest_level,
    largest_pace,
    least_pace,
    limit_cell,
    limit_in_all,
    steps_of,
)
from planner.compile.sites import occupy_site
from planner.compile.staff import occupy_staff
from planner.sheets.programmes import Indicators, Needs, Programmes


def compile_programmes(draft: Draft) -> None:
    """Turn every programme into an activity `programme:<programme>` with its recipe."""
    for row in draft.case.of(Programmes):
        activity = f"programme:{row.programme}"
        station = (row.station or row.place) if row.cadre else row.station
        draft.activity(
            Activity(
                id=activity,
                unit=row.unit,
                lower=least_pace(row),
                upper=largest_pace(draft, row),
                largest=largest_level(draft, row),
                growth=row.growth,
                growth_base=row.growth_base,
                curve=curve_of(draft.case, row.id),
                running=_running(row),
                cost=row.unit_cost,
                decided=cast(Literal["period", "phase", "horizon"], row.decided),
                enabled_by=tuple(sorted(draft.switch_of(name) for name in row.needs)),
                scale=_scale(row),
                tags=_tags(draft, row, station),
                origin=limit_cell(row),
            )
        )
        limit_in_all(draft, row, activity, row_tags("total", row))
        _recipe(draft, row, activity)
        if row.cadre and row.units_per_year:
            occupy_staff(draft, activity, row.cadre, station, row.units_per_year, row.origin("units_per_year"))
        if row.site:
            occupy_site(draft, activity, row.site, row.days_at_site, row.origin("days_at_site"))


def _recipe(draft: Draft, row: Programmes, activity: str) -> None:
    """Move people and raise the indicator, both after the lag and by effective units."""
    profile = after(row.lag, row.spread)
    if row.people_per_unit > 0.0:
        origin = row.origin("people_per_unit")
        if row.moves_from:
            ledger = f"people:{row.moves_from}"
            draft.links.append(Link(activity, ledger, "use", row.people_per_unit, profile, "effective", origin))
        if row.moves_to:
            ledger = f"people:{row.moves_to}"
            draft.links.append(Link(activity, ledger, "make", row.people_per_unit, profile, "effective", origin))
    if row.raises and row.raise_per_unit > 0.0:
        ledger, origin = f"indicator:{row.raises}", row.origin("raise_per_unit")
        draft.links.append(Link(activity, ledger, "make", row.raise_per_unit, profile, "effective", origin))


def _scale(row: Programmes) -> float:
    """Units that move about a thousand people, as a power of ten; one where nobody moves."""
    if not (row.moves_from or row.moves_to) or row.people_per_unit <= 0.0:
        return 1.0
    return float(10.0 ** round(math.log10(PEOPLE / row.people_per_unit)))


def _running(row: Programmes) -> Running | None:
    """Being open at all, where that has a least scale or a price."""
    return Running(row.least_scale, row.running_cost, row.start_cost * MONEY) if has_running(row) else None


def _tags(draft: Draft, row: Programmes, station: str) -> dict[str, str]:
    """Tags of a programme; the origin is that of the people whom it moves."""
    return row_tags(
        "programme",
        row,
        lane=row.lane,
        place=row.place,
        country=draft.country(row.place),
        group=row.group,
        actor=row.actor,
        purpose=row.purpose,
        cadre=row.cadre,
        station=station,
        origin=compartment_tags(draft, row.moves_from)["origin"],
    )


def compile_needs(draft: Draft) -> None:
    """Turn the rows that ask for the same thing into one co-requisite `need:<needed>`: its supply serves them all."""
    asking: dict[str, list[Needs]] = {}
    for row in draft.case.of(Needs):
        asking.setdefault(row.needed, []).append(row)
    for needed, rows in asking.items():
        draft.requirements.append(
            Requirement(
                id=f"need:{needed}",
                supply=((activity_id(draft.case, needed), 1.0),),
                demand=tuple(sorted((activity_id(draft.case, row.row), row.ratio) for row in rows)),
                origin=rows[0].origin("ratio"),
            )
        )


def compile_indicators(draft: Draft) -> None:
    """Turn every indicator into a stock `indicator:<indicator>` that wears down."""
    for row in draft.case.of(Indicators):
        draft.stock(
            Stock(
                id=f"indicator:{row.indicator}",
                unit=row.unit,
                opening=row.at_start,
                loss=yearly_rate(row.wear),
                upper=steps_of(row.at_most),
                tags=row_tags("indicator", row),
                origin=row.origin("at_most" if row.at_most is not None else "indicator"),
            )
        )
