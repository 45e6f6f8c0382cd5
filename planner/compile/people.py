r"""People, Arrivals and Movements: one stock a compartment, its inflows and its natural rates.

Natural rates of one compartment compete: with shares :math:`s_i` a year, each destination draws at
:math:`\delta_i = -\ln(1 - s_i)`, together :math:`\delta = \sum_i \delta_i`, and gains :math:`\delta_i / \delta` of
those who leave.
"""

from __future__ import annotations

import math

from models.network import Flow, Stock, TimeLimit
from planner.case import Case
from planner.compile.draft import PEOPLE, Draft
from planner.compile.names import compartment_tags, row_tags, yearly_rate
from planner.compile.rates import steps_of
from planner.sheets.people import Arrivals, Movements, People


def compile_people(draft: Draft) -> None:
    """Turn every compartment, with its arrivals and movements, into a stock `people:<people>`."""
    arrivals = _arrivals(draft.case)
    movements = _movements(draft.case)
    for row in draft.case.of(People):
        loss, loss_to = movements.get(row.people, (0.0, ()))
        draft.stock(
            Stock(
                id=f"people:{row.people}",
                unit="people",
                opening=row.at_start,
                flows=arrivals.get(row.people, ()),
                loss=loss,
                loss_to=loss_to,
                upper=steps_of(row.at_most),
                holding_cost=row.care_cost,
                limit=_limit(row),
                scale=PEOPLE,
                tags=_tags(draft, row),
                origin=row.origin("at_most" if row.at_most is not None else "people"),
            )
        )


def _tags(draft: Draft, row: People) -> dict[str, str]:
    """Tags of a compartment and of the bill for its care."""
    return row_tags(
        "people",
        row,
        place=row.place,
        country=draft.country(row.place),
        pipeline=row.pipeline,
        purpose=row.purpose,
        actor=row.actor,
        **compartment_tags(draft, row.people),
    )


def _limit(row: People) -> TimeLimit | None:
    """First in, first out: a right always holds, a target counts people over it."""
    if row.time_limit is None:
        return None
    return TimeLimit(
        id=f"limit:{row.people}",
        days=row.time_limit,
        hard=row.limit_is == "right",
        opening_age=row.age_at_start,
        origin=row.origin("time_limit"),
    )


def _arrivals(case: Case) -> dict[str, tuple[Flow, ...]]:
    """Steady inflows by compartment, in the order of time."""
    spans = {phase.name: (phase.start, phase.end) for phase in case.phases}
    flows: dict[str, list[Flow]] = {}
    for row in case.of(Arrivals):
        start, end = spans[row.phase]
        flows.setdefault(row.people, []).append(Flow(start, end, row.rate * (end - start) / 365.0))
    return {people: tuple(sorted(found, key=lambda f: (f.start, f.amount))) for people, found in flows.items()}


def _movements(case: Case) -> dict[str, tuple[float, tuple[tuple[str, float], ...]]]:
    """Loss a year and where the lost go, by compartment."""
    rates: dict[str, dict[str, float]] = {}
    for row in case.of(Movements):
        rate = yearly_rate(row.share_a_year)
        if rate > 0.0:
            rates.setdefault(row.leaves, {})[f"people:{row.enters}"] = rate
    moves = {}
    for people, parts in rates.items():
        total = math.fsum(parts.values())
        moves[people] = (total, tuple((to, rate / total) for to, rate in sorted(parts.items())))
    return moves
