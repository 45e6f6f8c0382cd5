"""Reforms, Effects, Milestones, Coalition and Overrides."""

from __future__ import annotations

import numpy as np

from planner.sheets import (
    Coalition,
    Effects,
    Funding,
    Indicators,
    Milestones,
    Overrides,
    People,
    Pipelines,
    Reforms,
    Slots,
    Staff,
)  # fmt: skip
from planner.verify.inputs import MONEY, PEOPLE, Activity, Effect, Inputs, RecipeLine, Stock, Switch
from planner.verify.integrals import Delay, Lasting
from planner.verify.read_people import CAPITAL, who
from planner.verify.read_work import deed_named

DECIDED = {"Pipelines": "stage", "Programmes": "programme", "Visas": "visa", "Staff": "hire", "Deployments": "deploy",
           "Reforms": "reform", "Sites": "open"}  # fmt: skip


def read_reforms(inputs: Inputs) -> None:
    """Reforms, milestones and the partners of a coalition."""
    calendar = inputs.calendar
    for row in inputs.case.of(Reforms):
        tags = {"lane": row.lane, "place": row.place, "country": inputs.country(row.place), "purpose": row.purpose}
        switch = Switch(f"reform:{row.reform}", inputs.subject("reform", row, actor=row.actor, **tags))
        switch.windows = [(calendar.day(row.opens_from, 0.0), calendar.day(row.opens_until, calendar.horizon))]
        switch.by_phase, switch.lead, switch.must, switch.already = (
            row.dates == "phase",
            row.lead,
            row.must,
            row.in_force,
        )
        switch.cost, switch.running_cost = row.cost * MONEY, row.running_cost
        switch.after = [(inputs.switch_named(name), row.wait) for name in row.needs]
        switch.excludes = tuple(f"reform:{name}" for name in row.excludes)
        inputs.switches[switch.id] = switch
        if row.political_capital and CAPITAL in inputs.stocks:
            inputs.effects.append(Effect(switch.id, "charge", CAPITAL, row.political_capital))
    for gate in inputs.case.of(Milestones):
        kind = "indicator" if inputs.case.find(Indicators, gate.watches) is not None else "people"
        inputs.switches[f"reform:{gate.reform}"].levels.append((f"{kind}:{gate.watches}", gate.at_least))
    for partner in inputs.case.of(Coalition):
        switch = Switch(f"partner:{partner.partner}", inputs.subject("coalition", partner), windows=[(0.0, 0.0)])
        inputs.switches[switch.id] = switch


def read_effects(inputs: Inputs) -> None:
    """What reforms release, add, raise, require or set in motion."""
    for row in inputs.case.of(Effects):
        switch, after = f"reform:{row.reform}", Delay(row.lag, row.spread)
        if row.effect == "releases":
            target = _released(inputs, row)
            amount = row.amount * (MONEY if target.startswith("account:") else 1.0)
            if target in inputs.stocks:
                inputs.effects.append(Effect(switch, "release", target, amount, after))
        elif row.effect == "pulse":
            target = _softened(inputs, row) if row.softened_by and row.softening > 0.0 else f"people:{row.target}"
            inputs.effects.append(Effect(switch, "release", target, row.amount, after))
        elif row.effect == "adds capacity":
            kind = "staff" if inputs.case.find(Staff, row.target) is not None else "site"
            inputs.effects.append(
                Effect(switch, "provide", f"{kind}:{row.target}", row.amount, Lasting(row.lag, row.spread))
            )
        elif row.effect == "raises limit":
            inputs.effects.append(Effect(switch, "raise", f"people:{row.target}", row.amount, after))
        elif row.effect == "requires":
            inputs.requires.append((switch, deed_named(inputs, row.target), row.amount))


def _released(inputs: Inputs, row: Effects) -> str:
    """Stock that a release goes into."""
    if row.target.strip().casefold() in ("political capital", "political capital at start"):
        return CAPITAL
    sheets = ((Funding, "account"), (Slots, "pool"), (People, "people"), (Indicators, "indicator"))
    return next(
        (f"{kind}:{row.target}" for sheet, kind in sheets if inputs.case.find(sheet, row.target) is not None), ""
    )


def _softened(inputs: Inputs, row: Effects) -> str:
    """A pulse that orderly work softens passes, within each period, through a stock that must then be empty."""
    home = inputs.case.find(People, row.target)
    tags = who(inputs, row.target)
    if home is not None:
        tags |= {"place": home.place, "country": inputs.country(home.place), "pipeline": home.pipeline}
    pulse = Stock(f"pulse:{row.id}", inputs.subject("pulse", row, **tags), upper=0.0, unit=PEOPLE)
    inputs.stocks[pulse.id] = pulse
    for kind in ("arrive", "soften"):
        activity = Activity(
            f"{kind}:{row.id}", inputs.subject(kind, row, **tags), inputs.rates(0.0, 0.0), inputs.rates(None, np.inf)
        )
        activity.lines, activity.scale = [RecipeLine(pulse.id, "use", 1.0)], PEOPLE
        if kind == "arrive":
            activity.lines.append(RecipeLine(f"people:{row.target}", "make", 1.0))
        inputs.activities[activity.id] = activity
    stages = tuple(f"stage:{name}" for name in row.softened_by if inputs.case.find(Pipelines, name) is not None)
    inputs.softened.append((f"soften:{row.id}", row.softening, stages))
    return pulse.id


def read_overrides(inputs: Inputs) -> None:
    """Decisions made by hand: paces by phase, dates of reforms and sites."""
    calendar = inputs.calendar
    for row in inputs.case.of(Overrides):
        subject = f"{DECIDED.get(row.sheet, '')}:{row.row}"
        span = calendar.phase_span(row.phase) if row.phase else (0.0, calendar.horizon)
        if subject in inputs.switches:
            switch = inputs.switches[subject]
            if row.action == "fix":
                switch.must = not switch.already
                switch.forced += [span] if row.phase else []
            elif row.action == "forbid":
                switch.barred.append(span if row.phase else (0.0, calendar.horizon + 1.0))
        elif subject in inputs.activities:
            activity = inputs.activities[subject]
            where = (calendar.mid >= span[0]) & (calendar.mid < span[1])
            value = 0.0 if row.action == "forbid" or row.value is None else row.value
            if row.action in ("fix", "forbid", "at least"):
                floor = (
                    np.maximum(activity.lower, value)
                    if row.action == "at least"
                    else np.full_like(activity.lower, value)
                )
                activity.lower = np.where(where, floor, activity.lower)
            if row.action in ("fix", "forbid", "at most"):
                cap = (
                    np.minimum(activity.upper, value)
                    if row.action == "at most"
                    else np.full_like(activity.upper, value)
                )
                activity.upper = np.where(where, cap, activity.upper)
