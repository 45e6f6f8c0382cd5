"""The raw sheets, read as typed."""

from __future__ import annotations

import numpy as np

from planner.sheets import Curves, RawActivities, RawEffects, RawLedgers, RawRecipes
from planner.verify.inputs import MONEY, PLAIN, Activity, Capacity, Effect, Inputs, RecipeLine, Stock, rate_of
from planner.verify.integrals import Delay, Lasting


def read_raw(inputs: Inputs) -> None:
    """Raw ledgers, activities, recipes and effects."""
    horizon, calendar = inputs.calendar.horizon, inputs.calendar
    for row in inputs.case.of(RawLedgers):
        name, tags, loss = f"raw:{row.ledger}", inputs.subject("raw", row), rate_of(row.loss_share, row.loss_days)
        if row.kind == "capacity":
            inputs.capacities[name] = Capacity(name, tags, row.opening, loss, row.use_ceiling)
            continue
        flows = [(0.0, horizon, row.inflow * horizon)] if row.inflow else []
        stock = Stock(name, tags, opening=row.opening, flows=flows, loss=loss, on_opening=True)
        stock.loss_to = ((f"raw:{row.loss_to}", 1.0),) if row.loss_to else ()
        stock.carry = {calendar.day(row.carry_on, 0.0): row.carry_share} if row.carry_on is not None else {}
        stock.lower = 0.0 if row.lower is None else row.lower
        stock.lower_from, stock.upper = calendar.day(row.lower_from, 0.0), row.upper
        stock.upper_from = calendar.day(row.upper_from, 0.0)
        stock.disposable, stock.unit = row.disposable, MONEY if row.pays and row.opening >= MONEY else PLAIN
        stock.limit, stock.right, stock.age = row.time_limit, row.limit_is == "right", row.age_at_start
        inputs.stocks[name] = stock
    curved = {row.row for row in inputs.case.of(Curves)}
    for act in inputs.case.of(RawActivities):
        _activity(inputs, act)
    for recipe in inputs.case.of(RawRecipes):
        _recipe(inputs, recipe, curved=recipe.activity in curved)
    for effect in inputs.case.of(RawEffects):
        profile: Delay | Lasting = Delay(effect.lag, effect.spread)
        if effect.verb == "provide":
            profile = Lasting(effect.lag, effect.spread)
        verb = effect.verb
        inputs.effects.append(Effect(f"reform:{effect.reform}", verb, f"raw:{effect.ledger}", effect.quantity, profile))


def _activity(inputs: Inputs, row: RawActivities) -> None:
    """Read one raw activity."""
    stretches = sorted((c for c in inputs.case.of(Curves) if c.row == row.activity), key=lambda c: c.stretch)
    most = inputs.rates(row.at_most, np.inf)
    if stretches:
        most = np.minimum(most, sum(c.width for c in stretches))
    activity = Activity(f"raw:{row.activity}", inputs.subject("raw", row), inputs.rates(row.at_least, 0.0), most)
    activity.window = inputs.calendar.span(row.starts, row.ends)
    activity.curve = tuple((c.width, c.effect) for c in stretches)
    activity.unit_cost, activity.growth, activity.growth_base, activity.decline = (
        row.unit_cost,
        row.growth,
        row.growth_base,
        row.decline,
    )
    activity.least_scale, activity.start_cost = row.least_scale, row.start_cost
    activity.integer, activity.at_start, activity.decided = row.whole_units, row.timing == "start", row.decided
    activity.needs = tuple(f"reform:{name}" for name in row.needs)
    inputs.activities[activity.id] = activity


def _recipe(inputs: Inputs, row: RawRecipes, *, curved: bool) -> None:
    """Read one recipe line; a place that is held so many days is that many unit-days, spread over them."""
    quantity, profile = row.quantity, Delay(row.lag, row.spread)
    if row.stays is not None and row.verb in ("occupy", "provide"):
        quantity, profile = row.quantity * row.stays, Delay(row.lag, row.spread, row.stays)
    line = RecipeLine(f"raw:{row.ledger}", row.verb, quantity, profile, curved and row.verb in ("make", "provide"))
    inputs.activities[f"raw:{row.activity}"].lines.append(line)
