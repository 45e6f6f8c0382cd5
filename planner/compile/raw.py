r"""Raw sheets as kernel rows.

A share lost per stated period, :math:`\pi` in D days, is the yearly rate :math:`-\ln(1-\pi)\,365/D` that falls on
what a period opens with. Raw rows are scaled by the size of their own figures, because textbook cases count in ones.
"""

from __future__ import annotations

import math
from typing import Literal

from models.network import Activity, Capacity, Effect, Flow, Link, Running, Steps, Stock, TimeLimit
from models.profiles import Piece, Profile, after, at_once, lasting, stay
from planner.compile.draft import MONEY, PEOPLE, Draft
from planner.compile.names import refusal, refuse_all
from planner.compile.rates import curve_of, limit_in_all, steps_of
from planner.sheets.advanced import RawActivities, RawEffects, RawLedgers, RawRecipes

VERBS: dict[str, Literal["use", "make", "occupy", "provide"]] = {
    "use": "use", "make": "make", "occupy": "occupy", "provide": "provide",
}  # fmt: skip
EFFECTS: dict[str, Literal["release", "raise", "provide", "charge"]] = {
    "release": "release", "raise": "raise", "provide": "provide", "charge": "charge",
}  # fmt: skip


def compile_raw(draft: Draft) -> None:
    """Add raw ledgers, activities, recipes and effects; payments by raw ledgers are made with the other payments."""
    for ledger in draft.case.of(RawLedgers):
        if ledger.kind == "capacity":
            draft.capacity(_capacity(ledger))
        else:
            draft.stock(_stock(draft, ledger))
    for activity in draft.case.of(RawActivities):
        draft.activity(_activity(draft, activity))
        limit_in_all(draft, activity, f"raw:{activity.activity}", _tags(activity))
    for recipe in draft.case.of(RawRecipes):
        draft.links.append(_link(recipe, curved=bool(curve_of(draft.case, recipe.activity))))
    for effect in draft.case.of(RawEffects):
        draft.effects.append(_effect(effect))


def _size(*figures: float | None) -> float:
    """Scale that brings figures near one: 1, a thousand or a million."""
    largest = max((abs(figure) for figure in figures if figure is not None), default=0.0)
    return 1.0 if largest < PEOPLE else PEOPLE if largest < MONEY else MONEY


def _tags(row: RawLedgers | RawActivities) -> dict[str, str]:
    """Tags by which rules select: only the kind and the name."""
    return {"kind": "raw", "sheet": row.SHEET, "row": row.id}


def _stock(draft: Draft, row: RawLedgers) -> Stock:
    """Build a ledger that is used up."""
    horizon = draft.case.horizon
    limit = None
    if row.time_limit is not None:
        hard, origin = row.limit_is == "right", row.origin("time_limit")
        limit = TimeLimit(f"limit:raw:{row.ledger}", row.time_limit, hard, row.age_at_start, origin)
    carry = ((draft.case.day(row.carry_on), row.carry_share),) if row.carry_on is not None else ()
    return Stock(
        id=f"raw:{row.ledger}",
        unit="USD" if row.pays else row.unit,
        opening=row.opening,
        flows=(Flow(0.0, horizon, row.inflow * horizon),) if row.inflow else (),
        loss=_rate(row),
        loss_convention="opening",
        loss_to=((f"raw:{row.loss_to}", 1.0),) if row.loss_to else (),
        carry=carry,
        lower=_lower(draft, row),
        upper=_upper(draft, row),
        disposable=row.disposable,
        limit=limit,
        scale=_size(row.opening, row.inflow * horizon, row.lower, row.upper),
        tags=_tags(row),
        origin=row.origin("opening"),
    )


def _capacity(row: RawLedgers) -> Capacity:
    """Build a ledger that is occupied and given back."""
    return Capacity(
        id=f"raw:{row.ledger}",
        unit=row.unit,
        opening=row.opening,
        loss=_rate(row),
        use_ceiling=row.use_ceiling,
        tags=_tags(row),
        origin=row.origin("opening"),
    )


def _rate(row: RawLedgers) -> float:
    """Yearly loss rate of a share lost per stated period."""
    return -math.log1p(-row.loss_share) * 365.0 / row.loss_days if row.loss_share else 0.0


def _lower(draft: Draft, row: RawLedgers) -> Steps:
    """Least balance over time."""
    lower = row.lower if row.lower is not None else 0.0
    if row.lower_from is None or draft.case.day(row.lower_from) <= 0.0:
        return ((0.0, lower),)
    return ((0.0, 0.0), (draft.case.day(row.lower_from), lower))


def _upper(draft: Draft, row: RawLedgers) -> Steps:
    """Largest balance over time; none before the day from which it holds."""
    first = 0.0 if row.upper_from is None else max(0.0, draft.case.day(row.upper_from))
    return () if row.upper is None else ((first, row.upper),)


def _activity(draft: Draft, row: RawActivities) -> Activity:
    """Build an activity with its curve and its limits. Raises InvalidCaseError where a largest pace is missing."""
    window = None
    if row.starts is not None or row.ends is not None:
        begin = draft.case.day(row.starts) if row.starts is not None else 0.0
        end = draft.case.day(row.ends) + 1.0 if row.ends is not None else draft.case.horizon
        window = (begin, end)
    curve = curve_of(draft.case, row.id)
    most = math.fsum(part.width for part in curve) if row.at_most is None and curve else row.at_most
    if most is None and (row.needs or row.least_scale or row.start_cost):
        why = "has a least scale or a start-up cost" if row.least_scale or row.start_cost else "waits for a reform"
        found = f"'{row.id}' {why}, and 'At most' is blank."
        refuse_all([refusal(row, "at_most", "largest pace missing", found, "Fill in 'At most' or give it a curve.")])
    running = Running(row.least_scale, 0.0, row.start_cost) if row.least_scale or row.start_cost else None
    return Activity(
        id=f"raw:{row.activity}",
        unit=row.unit,
        lower=steps_of(row.at_least or None),
        upper=steps_of(most),
        window=window,
        growth=row.growth,
        growth_base=row.growth_base,
        decline=row.decline,
        curve=curve,
        running=running,
        cost=row.unit_cost,
        integer_unit=1.0 if row.whole_units else None,
        timing="start" if row.timing == "start" else "spread",
        decided=row.decided,  # type: ignore[arg-type]
        enabled_by=tuple(f"reform:{need}" for need in row.needs),
        scale=_size(row.at_least, most),
        tags=_tags(row),
        origin=row.origin("at_most"),
    )


def _link(row: RawRecipes, *, curved: bool) -> Link:
    """Build a recipe line; what a curved activity makes or provides counts in effective units."""
    verb = VERBS[row.verb]
    holds = verb in ("occupy", "provide") and row.stays is not None
    profile = _standing(row.lag, row.spread, row.stays or 0.0) if holds else after(row.lag, row.spread)
    return Link(
        activity=f"raw:{row.activity}",
        ledger=f"raw:{row.ledger}",
        verb=verb,
        quantity=row.quantity,
        profile=profile,
        basis="effective" if curved and verb in ("make", "provide") else "level",
        origin=row.origin("quantity"),
    )


def _standing(lag: float, spread: float, days: float) -> Profile:
    """One place held for `days`, taken up evenly over `spread` days after the lag: a trapezoid."""
    if spread <= 0.0:
        return stay(days, lag)
    climb, full = min(spread, days), max(spread, days)
    top = climb / spread
    rise = Piece(lag, lag + climb, 0.0, top / climb)
    fall = Piece(lag + full, lag + full + climb, top, -top / climb)
    level = (Piece(lag + climb, lag + full, top),) if full > climb else ()
    return Profile((rise, *level, fall))


def _effect(row: RawEffects) -> Effect:
    """Build what a reform does to a raw ledger."""
    verb = EFFECTS[row.verb]
    if verb == "charge":
        profile = at_once()
    else:
        profile = lasting(row.lag, row.spread) if verb == "provide" else after(row.lag, row.spread)
    return Effect(f"reform:{row.reform}", verb, f"raw:{row.ledger}", row.quantity, profile, row.origin("quantity"))
