"""The raw sheets, read as typed."""

from __future__ import annotations

import numpy as np

from planner.sheets import Curves, RawActivities, RawEffects, RawLedgers, RawRecipes
from planner.verify.integrals import Delay, Lasting
from planner.verify.world import MONEY, PLAIN, Capacity, Deed, Effect, Line, Stock, World, rate_of


def read_raw(world: World) -> None:
    """Raw ledgers, activities, recipes and effects."""
    horizon, calendar = world.calendar.horizon, world.calendar
    for row in world.case.of(RawLedgers):
        name, tags, loss = f"raw:{row.ledger}", world.subject("raw", row), rate_of(row.loss_share, row.loss_days)
        if row.kind == "capacity":
            world.capacities[name] = Capacity(name, tags, row.opening, loss, row.use_ceiling)
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
        world.stocks[name] = stock
    curved = {row.row for row in world.case.of(Curves)}
    for act in world.case.of(RawActivities):
        _activity(world, act)
    for recipe in world.case.of(RawRecipes):
        _recipe(world, recipe, curved=recipe.activity in curved)
    for effect in world.case.of(RawEffects):
        profile: Delay | Lasting = Delay(effect.lag, effect.spread)
        if effect.verb == "provide":
            profile = Lasting(effect.lag, effect.spread)
        verb = effect.verb
        world.effects.append(Effect(f"reform:{effect.reform}", verb, f"raw:{effect.ledger}", effect.quantity, profile))


def _activity(world: World, row: RawActivities) -> None:
    """Read one raw activity."""
    stretches = sorted((c for c in world.case.of(Curves) if c.row == row.activity), key=lambda c: c.stretch)
    most = world.rates(row.at_most, np.inf)
    if stretches:
        most = np.minimum(most, sum(c.width for c in stretches))
    deed = Deed(f"raw:{row.activity}", world.subject("raw", row), world.rates(row.at_least, 0.0), most)
    deed.window = world.calendar.span(row.starts, row.ends)
    deed.curve = tuple((c.width, c.effect) for c in stretches)
    deed.unit_cost, deed.growth, deed.growth_base, deed.decline = (
        row.unit_cost,
        row.growth,
        row.growth_base,
        row.decline,
    )
    deed.least_scale, deed.start_cost = row.least_scale, row.start_cost
    deed.whole, deed.at_start, deed.decided = row.whole_units, row.timing == "start", row.decided
    deed.needs = tuple(f"reform:{name}" for name in row.needs)
    world.deeds[deed.id] = deed


def _recipe(world: World, row: RawRecipes, *, curved: bool) -> None:
    """Read one recipe line; a place that is held so many days is that many unit-days, spread over them."""
    quantity, profile = row.quantity, Delay(row.lag, row.spread)
    if row.stays is not None and row.verb in ("occupy", "provide"):
        quantity, profile = row.quantity * row.stays, Delay(row.lag, row.spread, row.stays)
    line = Line(f"raw:{row.ledger}", row.verb, quantity, profile, curved and row.verb in ("make", "provide"))
    world.deeds[f"raw:{row.activity}"].lines.append(line)
