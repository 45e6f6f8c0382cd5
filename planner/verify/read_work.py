"""Staff, Deployments, Teams, Sites, Pipelines, Programmes, Visas and Curves: who does what, with whom, where."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.sheets import Curves, Deployments, Pipelines, Programmes, Sites, Staff, Teams, Visas
from planner.verify.integrals import Delay, Lasting
from planner.verify.read_people import who
from planner.verify.report import Array
from planner.verify.world import MONEY, PEOPLE, Capacity, Deed, Effect, Line, Stock, Switch, World, rate_of

Doing = Pipelines | Programmes | Visas
KINDS: tuple[tuple[type[Pipelines] | type[Programmes] | type[Visas], str], ...] = (
    (Pipelines, "stage"), (Programmes, "programme"), (Visas, "visa"),
)  # fmt: skip


def deed_named(world: World, key: str) -> str:
    """Id of the stage, programme or visa stream with this key."""
    return next((f"{kind}:{key}" for sheet, kind in KINDS if world.case.find(sheet, key) is not None), "")


def read_staff(world: World) -> None:
    """Staff: capacity, headcount and hires."""
    for row in world.case.of(Staff):
        tags = {
            "cadre": row.cadre, "station": row.station, "place": row.station, "country": world.country(row.station),
            "actor": row.actor, "purpose": row.purpose,
        }  # fmt: skip
        loss = rate_of(row.attrition)
        staff, heads = f"staff:{row.id}", f"headcount:{row.id}"
        world.capacities[staff] = Capacity(
            staff, world.subject("staff", row, **tags), row.on_board, loss, row.working_share
        )
        stock = Stock(
            heads, world.subject("headcount", row, **tags), opening=row.on_board, loss=loss, upper=row.ceiling
        )
        stock.holding_cost = row.salary / 365.0
        world.stocks[heads] = stock
        if row.hiring_limit == 0.0:
            continue
        most = world.rates(row.hiring_limit, np.inf)
        deed = Deed(f"hire:{row.id}", world.subject("hire", row, **tags), world.rates(0.0, 0.0), most)
        deed.unit_cost, deed.whole = row.hiring_cost, row.whole_people
        deed.lines = [
            Line(staff, "provide", 1.0, Lasting(row.hiring_lag + row.training, row.ramp, loss)),
            Line(heads, "make", 1.0, Delay(row.hiring_lag)),
            Line(staff, "occupy", row.trainer_days, Delay(row.hiring_lag)),
        ]
        world.deeds[deed.id] = deed


def read_deployments(world: World) -> None:
    """Lending of staff, and the training for it. A paid day lent takes its working share from the sender."""
    for row in world.case.of(Deployments):
        sender, receiver = f"{row.cadre} / {row.from_station}", f"{row.to_cadre or row.cadre} / {row.to_station}"
        tags = {
            "cadre": row.cadre, "station": row.from_station, "place": row.to_station,
            "country": world.country(row.to_station), "purpose": row.purpose, "actor": "government",
        }  # fmt: skip
        home = world.case.find(Staff, sender)
        working = 1.0 if home is None else home.working_share
        if f"staff:{receiver}" not in world.capacities:
            borrowed = Capacity(f"staff:{receiver}", world.subject("staff", row, **tags), ceiling=working)
            world.capacities[borrowed.id] = borrowed
        deed = Deed(
            f"deploy:{row.id}", world.subject("deploy", row, **tags), world.rates(0.0, 0.0), world.rates(None, np.inf)
        )
        deed.unit_cost = row.per_diem
        deed.needs = (world.switch_named(row.needs),) if row.needs else ()
        deed.lines = [Line(f"staff:{sender}", "occupy", working), Line(f"staff:{receiver}", "provide", 1.0 - row.loss)]
        world.deeds[deed.id] = deed
        if not row.training_days:
            continue
        trained, days = f"trained:{row.id}", row.training_days
        world.capacities[trained] = Capacity(trained, world.subject("trained", row, **tags))
        deed.lines.append(Line(trained, "occupy", 1.0))
        school = Deed(
            f"train:{row.id}", world.subject("train", row, **tags), world.rates(0.0, 0.0), world.rates(None, np.inf)
        )
        school.needs = deed.needs
        school.lines = [
            Line(f"staff:{sender}", "occupy", days, Delay(0.0, days)),
            Line(trained, "provide", 1.0, Lasting(days, 0.0, rate_of(home.attrition) if home is not None else 0.0)),
        ]
        world.deeds[school.id] = school


def read_sites(world: World) -> None:
    """Sites: capacity, opening, closing. One that may close is billed for its days open as `run:<site>`."""
    for row in world.case.of(Sites):
        site, opening, closing = f"site:{row.site}", f"open:{row.site}", f"close:{row.site}"
        tags = {"place": row.site, "country": world.country(row.site), "purpose": row.purpose, "actor": row.actor}
        capacity = Capacity(site, world.subject("site", row, **tags), ceiling=row.use_ceiling)
        world.capacities[site] = capacity
        switch = Switch(opening, world.subject("site", row, **tags), running_cost=row.running_cost)
        if row.open_at_start:
            capacity.opening, switch.already = row.capacity, True
        else:
            calendar = world.calendar
            switch.windows = [(calendar.day(row.opens_from, 0.0), calendar.day(row.opens_until, calendar.horizon))]
            switch.by_phase, switch.lead, switch.cost = row.dates == "phase", row.lead, row.opening_cost * MONEY
            switch.after = [(world.switch_named(name), 0.0) for name in row.needs]
            world.effects.append(Effect(opening, "provide", site, row.capacity, Lasting(0.0, row.build_up)))
        world.switches[opening] = switch
        if row.may_close:
            end = Switch(closing, world.subject("site", row, **tags))
            end.windows, end.by_phase = [(0.0, world.calendar.horizon)], row.dates == "phase"
            end.after = [(opening, 0.0 if row.open_at_start else row.build_up)]
            world.switches[closing] = end
            world.effects.append(Effect(closing, "provide", site, -row.capacity, Lasting()))
            if row.running_cost:
                switch.running_cost = 0.0
                run = Deed(
                    f"run:{row.site}",
                    world.subject("site", row, **tags),
                    world.rates(0.0, 0.0),
                    world.rates(365.0, 0.0),
                )
                run.unit_cost = row.running_cost
                world.deeds[run.id] = run
                world.open_days.append((run.id, opening, closing))


def support(world: World, cadre: str, station: str, above: tuple[str, ...] = ()) -> Iterator[tuple[str, float]]:
    """Every cadre that works with this one at a station, with its days for each day of this one; itself first."""
    if not above:
        yield cadre, 1.0
    above = (*above, cadre)
    chosen: dict[str, tuple[bool, float]] = {}
    for team in world.case.of(Teams):
        there = team.station == station or (
            not team.station and world.case.find(Staff, f"{team.support} / {station}") is not None
        )
        if team.cadre == cadre and there and (team.station or team.support not in chosen):
            chosen[team.support] = (bool(team.station), team.ratio)
    for helper, (_, ratio) in chosen.items():
        if helper in above or ratio == 0.0:
            continue
        yield helper, ratio
        for further, more in support(world, helper, station, above):
            yield further, ratio * more


def _work(world: World, row: Doing, place: str, output: float | None) -> list[Line]:
    """Staff and site that one unit takes."""
    lines = []
    station = row.station or place
    if row.cadre and output:
        for cadre, ratio in support(world, row.cadre, station):
            lines.append(Line(f"staff:{cadre} / {station}", "occupy", 365.0 / output * ratio))
    if not isinstance(row, Visas) and row.site and row.days_at_site > 0.0:
        held = Delay(0.0, row.days_at_site) if row.days_at_site > 1.0 else Delay()
        lines.append(Line(f"site:{row.site}", "occupy", row.days_at_site, held))
    return lines


def _curve(world: World, key: str) -> tuple[tuple[float, float], ...]:
    """Stretches (width a year, effect) in order."""
    rows = sorted((c for c in world.case.of(Curves) if c.row == key), key=lambda c: c.stretch)
    return tuple((c.width, c.effect) for c in rows)


def _most(world: World, row: Doing, stated: float | None) -> Array:
    """Largest pace: as stated, never beyond the curve nor beyond what others carry on without the plan."""
    widths = [width for width, _ in _curve(world, row.id)]
    others = (row.last_actual if row.goes_on_at is None else row.goes_on_at) if row.runs_without_plan else None
    limits = [x for x in (stated, sum(widths) if widths else None, others) if x is not None]
    return world.rates(min(limits) if limits else None, np.inf)


def _deed(world: World, row: Doing, kind: str, most: float | None, tags: dict[str, str]) -> Deed:
    """What stages, programmes and visas have in common."""
    known = {
        **tags, "lane": row.lane, "actor": row.actor, "purpose": row.purpose, "cadre": row.cadre,
    }  # fmt: skip
    deed = Deed(
        f"{kind}:{row.id}",
        world.subject(kind, row, **known),
        world.rates(row.at_least, 0.0),
        _most(world, row, most),
    )
    deed.unit_cost, deed.growth, deed.growth_base = row.unit_cost, row.growth, row.growth_base
    deed.curve = _curve(world, row.id)
    deed.needs = tuple(world.switch_named(name) for name in row.needs)
    deed.scale = PEOPLE
    world.deeds[deed.id] = deed
    return deed


def read_pipelines(world: World) -> None:
    """Stages of procedures."""
    for row in world.case.of(Pipelines):
        station = (row.station or row.place) if row.cadre else row.station
        tags = {
            "place": row.place, "country": world.country(row.place), "pipeline": row.pipeline, "station": station,
            "pool": "; ".join(row.slots), **who(world, row.takes_from),
        }  # fmt: skip
        deed = _deed(world, row, "stage", row.at_most, tags)
        after, curved = Delay(row.lag, row.spread), bool(deed.curve)
        deed.lines = [Line(f"people:{row.takes_from}", "use", 1.0, Delay(), curved)]
        deed.lines += [Line(f"people:{to}", "make", share, after, curved) for to, share in row.destinations if share]
        deed.lines += [Line(f"pool:{pool}", "use", 1.0) for pool in row.slots]
        deed.lines += _work(world, row, row.place, row.cases_per_year)


def read_programmes(world: World) -> None:
    """Programmes: what moves people and raises indicators."""
    for row in world.case.of(Programmes):
        station = (row.station or row.place) if row.cadre else row.station
        tags = {
            "place": row.place, "country": world.country(row.place), "group": row.group, "station": station,
            "origin": who(world, row.moves_from).get("origin", ""),
        }  # fmt: skip
        deed = _deed(world, row, "programme", row.at_most, tags)
        deed.least_scale, deed.start_cost, deed.running_cost = row.least_scale, row.start_cost * MONEY, row.running_cost
        deed.decided = row.decided
        after = Delay(row.lag, row.spread)
        if row.moves_from:
            deed.lines.append(Line(f"people:{row.moves_from}", "use", row.people_per_unit, after, effective=True))
        if row.moves_to:
            deed.lines.append(Line(f"people:{row.moves_to}", "make", row.people_per_unit, after, effective=True))
        if row.raises:
            deed.lines.append(Line(f"indicator:{row.raises}", "make", row.raise_per_unit, after, effective=True))
        deed.scale = PEOPLE / row.people_per_unit if deed.lines and row.people_per_unit else 1.0
        deed.lines += _work(world, row, row.place, row.units_per_year)


def read_visas(world: World) -> None:
    """Streams of visas and departures."""
    for row in world.case.of(Visas):
        country = world.country(row.nationality)
        tags = {
            "place": row.place or row.nationality, "country": world.country(row.place or row.nationality),
            "origin": country, "class": row.visa_class,
            "station": (row.station or country) if row.cadre else row.station, "pool": "; ".join(row.slots),
            "group": who(world, row.takes_from).get("group", ""),
        }  # fmt: skip
        deed = _deed(world, row, "visa", row.demand, tags)
        curved = bool(deed.curve)
        deed.lines = [Line(f"pool:{pool}", "use", 1.0) for pool in row.slots]
        for people, share in ((row.takes_from, row.share_from), (row.otherwise_from, 1.0 - row.share_from)):
            if people and share > 0.0:
                deed.lines.append(Line(f"people:{people}", "use", share, Delay(), curved))
        if row.goes_to:
            deed.lines.append(Line(f"people:{row.goes_to}", "make", 1.0, Delay(row.lag, row.spread), curved))
        deed.lines += _work(world, row, country, row.cases_per_year)
