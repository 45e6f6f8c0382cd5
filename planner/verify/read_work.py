"""Staff, Deployments, Teams, Sites, Pipelines, Programmes, Visas and Curves: who does what, with whom, where."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.sheets import Curves, Deployments, Pipelines, Programmes, Sites, Staff, Teams, Visas
from planner.verify.inputs import MONEY, PEOPLE, Activity, Capacity, Effect, Inputs, RecipeLine, Stock, Switch, rate_of
from planner.verify.integrals import Delay, Lasting
from planner.verify.read_people import who
from planner.verify.report import Array

Doing = Pipelines | Programmes | Visas
KINDS: tuple[tuple[type[Pipelines] | type[Programmes] | type[Visas], str], ...] = (
    (Pipelines, "stage"), (Programmes, "programme"), (Visas, "visa"),
)  # fmt: skip


def deed_named(inputs: Inputs, key: str) -> str:
    """Id of the stage, programme or visa stream with this key."""
    return next((f"{kind}:{key}" for sheet, kind in KINDS if inputs.case.find(sheet, key) is not None), "")


def read_staff(inputs: Inputs) -> None:
    """Staff: capacity, headcount and hires."""
    for row in inputs.case.of(Staff):
        tags = {
            "cadre": row.cadre, "station": row.station, "place": row.station, "country": inputs.country(row.station),
            "actor": row.actor, "purpose": row.purpose,
        }  # fmt: skip
        loss = rate_of(row.attrition)
        staff, heads = f"staff:{row.id}", f"headcount:{row.id}"
        inputs.capacities[staff] = Capacity(
            staff, inputs.subject("staff", row, **tags), row.on_board, loss, row.working_share
        )
        stock = Stock(
            heads, inputs.subject("headcount", row, **tags), opening=row.on_board, loss=loss, upper=row.ceiling
        )
        stock.holding_cost = row.salary / 365.0
        inputs.stocks[heads] = stock
        if row.hiring_limit == 0.0:
            continue
        most = inputs.rates(row.hiring_limit, np.inf)
        activity = Activity(f"hire:{row.id}", inputs.subject("hire", row, **tags), inputs.rates(0.0, 0.0), most)
        activity.unit_cost, activity.integer = row.hiring_cost, row.whole_people
        activity.lines = [
            RecipeLine(staff, "provide", 1.0, Lasting(row.hiring_lag + row.training, row.ramp, loss)),
            RecipeLine(heads, "make", 1.0, Delay(row.hiring_lag)),
            RecipeLine(staff, "occupy", row.trainer_days, Delay(row.hiring_lag)),
        ]
        inputs.activities[activity.id] = activity


def read_deployments(inputs: Inputs) -> None:
    """Lending of staff, and the training for it. A paid day lent takes its working share from the sender."""
    for row in inputs.case.of(Deployments):
        sender, receiver = f"{row.cadre} / {row.from_station}", f"{row.to_cadre or row.cadre} / {row.to_station}"
        tags = {
            "cadre": row.cadre, "station": row.from_station, "place": row.to_station,
            "country": inputs.country(row.to_station), "purpose": row.purpose, "actor": "government",
        }  # fmt: skip
        home = inputs.case.find(Staff, sender)
        working = 1.0 if home is None else home.working_share
        if f"staff:{receiver}" not in inputs.capacities:
            borrowed = Capacity(f"staff:{receiver}", inputs.subject("staff", row, **tags), ceiling=working)
            inputs.capacities[borrowed.id] = borrowed
        activity = Activity(
            f"deploy:{row.id}",
            inputs.subject("deploy", row, **tags),
            inputs.rates(0.0, 0.0),
            inputs.rates(None, np.inf),
        )
        activity.unit_cost = row.per_diem
        activity.needs = (inputs.switch_named(row.needs),) if row.needs else ()
        activity.lines = [
            RecipeLine(f"staff:{sender}", "occupy", working),
            RecipeLine(f"staff:{receiver}", "provide", 1.0 - row.loss),
        ]
        inputs.activities[activity.id] = activity
        if not row.training_days:
            continue
        trained, days = f"trained:{row.id}", row.training_days
        inputs.capacities[trained] = Capacity(trained, inputs.subject("trained", row, **tags))
        activity.lines.append(RecipeLine(trained, "occupy", 1.0))
        school = Activity(
            f"train:{row.id}", inputs.subject("train", row, **tags), inputs.rates(0.0, 0.0), inputs.rates(None, np.inf)
        )
        school.needs = activity.needs
        school.lines = [
            RecipeLine(f"staff:{sender}", "occupy", days, Delay(0.0, days)),
            RecipeLine(
                trained, "provide", 1.0, Lasting(days, 0.0, rate_of(home.attrition) if home is not None else 0.0)
            ),
        ]
        inputs.activities[school.id] = school


def read_sites(inputs: Inputs) -> None:
    """Sites: capacity, opening, closing. One that may close is billed for its days open as `run:<site>`."""
    for row in inputs.case.of(Sites):
        site, opening, closing = f"site:{row.site}", f"open:{row.site}", f"close:{row.site}"
        tags = {"place": row.site, "country": inputs.country(row.site), "purpose": row.purpose, "actor": row.actor}
        capacity = Capacity(site, inputs.subject("site", row, **tags), ceiling=row.use_ceiling)
        inputs.capacities[site] = capacity
        switch = Switch(opening, inputs.subject("site", row, **tags), running_cost=row.running_cost)
        if row.open_at_start:
            capacity.opening, switch.already = row.capacity, True
        else:
            calendar = inputs.calendar
            switch.windows = [(calendar.day(row.opens_from, 0.0), calendar.day(row.opens_until, calendar.horizon))]
            switch.by_phase, switch.lead, switch.cost = row.dates == "phase", row.lead, row.opening_cost * MONEY
            switch.after = [(inputs.switch_named(name), 0.0) for name in row.needs]
            inputs.effects.append(Effect(opening, "provide", site, row.capacity, Lasting(0.0, row.build_up)))
        inputs.switches[opening] = switch
        if row.may_close:
            end = Switch(closing, inputs.subject("site", row, **tags))
            end.windows, end.by_phase = [(0.0, inputs.calendar.horizon)], row.dates == "phase"
            end.after = [(opening, 0.0 if row.open_at_start else row.build_up)]
            inputs.switches[closing] = end
            inputs.effects.append(Effect(closing, "provide", site, -row.capacity, Lasting()))
            if row.running_cost:
                switch.running_cost = 0.0
                run = Activity(
                    f"run:{row.site}",
                    inputs.subject("site", row, **tags),
                    inputs.rates(0.0, 0.0),
                    inputs.rates(365.0, 0.0),
                )
                run.unit_cost = row.running_cost
                inputs.activities[run.id] = run
                inputs.open_days.append((run.id, opening, closing))


def support(inputs: Inputs, cadre: str, station: str, above: tuple[str, ...] = ()) -> Iterator[tuple[str, float]]:
    """Every cadre that works with this one at a station, with its days for each day of this one; itself first."""
    if not above:
        yield cadre, 1.0
    above = (*above, cadre)
    chosen: dict[str, tuple[bool, float]] = {}
    for team in inputs.case.of(Teams):
        there = team.station == station or (
            not team.station and inputs.case.find(Staff, f"{team.support} / {station}") is not None
        )
        if team.cadre == cadre and there and (team.station or team.support not in chosen):
            chosen[team.support] = (bool(team.station), team.ratio)
    for helper, (_, ratio) in chosen.items():
        if helper in above or ratio == 0.0:
            continue
        yield helper, ratio
        for further, more in support(inputs, helper, station, above):
            yield further, ratio * more


def _work(inputs: Inputs, row: Doing, place: str, output: float | None) -> list[RecipeLine]:
    """Staff and site that one unit takes."""
    lines = []
    station = row.station or place
    if row.cadre and output:
        for cadre, ratio in support(inputs, row.cadre, station):
            lines.append(RecipeLine(f"staff:{cadre} / {station}", "occupy", 365.0 / output * ratio))
    if not isinstance(row, Visas) and row.site and row.days_at_site > 0.0:
        held = Delay(0.0, row.days_at_site) if row.days_at_site > 1.0 else Delay()
        lines.append(RecipeLine(f"site:{row.site}", "occupy", row.days_at_site, held))
    return lines


def _curve(inputs: Inputs, key: str) -> tuple[tuple[float, float], ...]:
    """Stretches (width a year, effect) in order."""
    rows = sorted((c for c in inputs.case.of(Curves) if c.row == key), key=lambda c: c.stretch)
    return tuple((c.width, c.effect) for c in rows)


def _most(inputs: Inputs, row: Doing, stated: float | None) -> Array:
    """Largest pace: as stated, never beyond the curve nor beyond what others carry on without the plan."""
    widths = [width for width, _ in _curve(inputs, row.id)]
    others = (row.last_actual if row.goes_on_at is None else row.goes_on_at) if row.runs_without_plan else None
    limits = [x for x in (stated, sum(widths) if widths else None, others) if x is not None]
    return inputs.rates(min(limits) if limits else None, np.inf)


def _deed(inputs: Inputs, row: Doing, kind: str, most: float | None, tags: dict[str, str]) -> Activity:
    """What stages, programmes and visas have in common."""
    known = {
        **tags, "lane": row.lane, "actor": row.actor, "purpose": row.purpose, "cadre": row.cadre,
    }  # fmt: skip
    activity = Activity(
        f"{kind}:{row.id}",
        inputs.subject(kind, row, **known),
        inputs.rates(row.at_least, 0.0),
        _most(inputs, row, most),
    )
    activity.unit_cost, activity.growth, activity.growth_base = row.unit_cost, row.growth, row.growth_base
    activity.curve = _curve(inputs, row.id)
    activity.needs = tuple(inputs.switch_named(name) for name in row.needs)
    activity.scale = PEOPLE
    inputs.activities[activity.id] = activity
    return activity


def read_pipelines(inputs: Inputs) -> None:
    """Stages of procedures."""
    for row in inputs.case.of(Pipelines):
        station = (row.station or row.place) if row.cadre else row.station
        tags = {
            "place": row.place, "country": inputs.country(row.place), "pipeline": row.pipeline, "station": station,
            "pool": "; ".join(row.slots), **who(inputs, row.takes_from),
        }  # fmt: skip
        activity = _deed(inputs, row, "stage", row.at_most, tags)
        after, curved = Delay(row.lag, row.spread), bool(activity.curve)
        activity.lines = [RecipeLine(f"people:{row.takes_from}", "use", 1.0, Delay(), curved)]
        activity.lines += [
            RecipeLine(f"people:{to}", "make", share, after, curved) for to, share in row.destinations if share
        ]
        activity.lines += [RecipeLine(f"pool:{pool}", "use", 1.0) for pool in row.slots]
        activity.lines += _work(inputs, row, row.place, row.cases_per_year)


def read_programmes(inputs: Inputs) -> None:
    """Programmes: what moves people and raises indicators."""
    for row in inputs.case.of(Programmes):
        station = (row.station or row.place) if row.cadre else row.station
        tags = {
            "place": row.place, "country": inputs.country(row.place), "group": row.group, "station": station,
            "origin": who(inputs, row.moves_from).get("origin", ""),
        }  # fmt: skip
        activity = _deed(inputs, row, "programme", row.at_most, tags)
        activity.least_scale, activity.start_cost, activity.running_cost = (
            row.least_scale,
            row.start_cost * MONEY,
            row.running_cost,
        )
        activity.decided = row.decided
        after = Delay(row.lag, row.spread)
        if row.moves_from:
            activity.lines.append(
                RecipeLine(f"people:{row.moves_from}", "use", row.people_per_unit, after, effective=True)
            )
        if row.moves_to:
            activity.lines.append(
                RecipeLine(f"people:{row.moves_to}", "make", row.people_per_unit, after, effective=True)
            )
        if row.raises:
            activity.lines.append(
                RecipeLine(f"indicator:{row.raises}", "make", row.raise_per_unit, after, effective=True)
            )
        activity.scale = PEOPLE / row.people_per_unit if activity.lines and row.people_per_unit else 1.0
        activity.lines += _work(inputs, row, row.place, row.units_per_year)


def read_visas(inputs: Inputs) -> None:
    """Streams of visas and departures."""
    for row in inputs.case.of(Visas):
        country = inputs.country(row.nationality)
        tags = {
            "place": row.place or row.nationality, "country": inputs.country(row.place or row.nationality),
            "origin": country, "class": row.visa_class,
            "station": (row.station or country) if row.cadre else row.station, "pool": "; ".join(row.slots),
            "group": who(inputs, row.takes_from).get("group", ""),
        }  # fmt: skip
        activity = _deed(inputs, row, "visa", row.demand, tags)
        curved = bool(activity.curve)
        activity.lines = [RecipeLine(f"pool:{pool}", "use", 1.0) for pool in row.slots]
        for people, share in ((row.takes_from, row.share_from), (row.otherwise_from, 1.0 - row.share_from)):
            if people and share > 0.0:
                activity.lines.append(RecipeLine(f"people:{people}", "use", share, Delay(), curved))
        if row.goes_to:
            activity.lines.append(RecipeLine(f"people:{row.goes_to}", "make", 1.0, Delay(row.lag, row.spread), curved))
        activity.lines += _work(inputs, row, country, row.cases_per_year)
