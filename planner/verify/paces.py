"""Activities within their limits: pace, growth, least scale, curves, co-requisites, pulses (K4-K6, K9, K11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import cast

import numpy as np
import pandas as pd

from planner.sheets import Needs
from planner.verify.read_work import deed_named
from planner.verify.replay import Replay, best_fill
from planner.verify.report import Array, Opener
from planner.verify.world import Deed


def check_known(replay: Replay, opener: Opener) -> None:
    """Everything that the plan decides is a row of the workbook; levels are finite and not negative."""
    book = opener("known decisions", "Decisions: only rows of the workbook, whole and held where they must be")
    world = replay.world
    for kind, names, known in (
        ("activity", replay.stated, world.deeds), ("switch", replay.taken, world.switches),
    ):  # fmt: skip
        for name in names:
            if name in known:
                book.count()
            else:
                book.fail(name, f"no row of the workbook makes such a {'decision' if kind == 'switch' else kind}")
    for name, level in replay.stated.items():
        deed = world.deeds.get(name)
        if deed is None:
            continue
        scale = max(deed.scale, float(np.abs(level).max()))
        book.at_least(name, "its level", level, np.zeros(len(level)), scale)
        if not np.all(np.isfinite(level)):
            book.fail(name, "its level is no number")
        if deed.whole:
            book.equal(name, "its level, in whole units,", level, np.round(level), max(1.0, scale))
        if deed.decided != "period":
            _held(replay, deed, level, scale, opener)


def _held(replay: Replay, deed: Deed, level: Array, scale: float, opener: Opener) -> None:
    """Check that one pace holds through a phase or the whole plan."""
    book = opener("known decisions", "")
    days = replay.active_days(deed)
    phases = np.array(replay.calendar.phase) if deed.decided == "phase" else np.zeros(replay.periods, int)
    for phase in np.unique(phases):
        inside = (phases == phase) & (days > 0.0) & (deed.upper > 0.0)
        if not inside.any():
            continue
        even = np.where(inside, level[inside].sum() * days / days[inside].sum(), level)
        book.equal(deed.id, f"its level, at one pace through the {deed.decided},", level, even, scale)


def check_paces(replay: Replay, opener: Opener) -> None:
    """At least, at most, window, needs, requires."""
    book = opener("paces", "Activities between at least and at most, inside their days")
    gates = opener("enabled", "Nothing done before the reforms that it needs are in force")
    for deed in replay.world.deeds.values():
        level = replay.levels(deed.id)
        days = replay.active_days(deed)
        with np.errstate(invalid="ignore"):
            most = np.where(days > 0.0, deed.upper * days / 365.0, 0.0)
        least = np.where(days > 0.0, deed.lower * days / 365.0, 0.0)
        scale = max(deed.scale, float(np.abs(level).max()))
        if deed.id in replay.level:
            book.at_most(deed.id, "its level", replay.stated[deed.id], most, scale)
        if np.any(least > 0.0):
            book.at_least(deed.id, "its level", level, least, scale)
        for switch in deed.needs if deed.id in replay.level else ():
            share = replay.in_force(switch) / replay.calendar.days
            with np.errstate(invalid="ignore"):
                open_most = np.where(share > 0.0, most * share, 0.0)
            gates.at_most(deed.id, f"its level while it waits for {switch}", level, open_most, scale)
    for switch, name, rate in replay.world.requires:
        deed = replay.world.deeds[name]
        share = replay.active_days(deed) / replay.calendar.days
        least = rate / 365.0 * replay.in_force(switch) * share
        level = replay.levels(name)
        book.at_least(name, f"its level, which {switch} requires,", level, least, max(deed.scale, float(level.max())))
    for name, opening, closing in replay.world.open_days:
        open_days = replay.in_force(opening) - replay.in_force(closing)
        book.equal(name, "days open", replay.levels(name), open_days, 100.0)


def check_growth(replay: Replay, opener: Opener) -> None:
    """Paces that grow or fall no faster than they can."""
    book = opener("growth", "No faster growth and no deeper cuts than stated")
    for deed in replay.world.deeds.values():
        if deed.growth is None and deed.decline is None:
            continue
        level = replay.levels(deed.id)
        scale = max(deed.scale, float(level.max(initial=0.0)))
        runs = replay.running(deed) if deed.runs else np.ones(replay.periods)
        for stretch in _stretches(replay, deed):
            label = [replay.calendar.names[stretch.first]]
            done = np.array([level[list(stretch.periods)].sum()])
            before, since = stretch.pace_before, stretch.years
            if deed.growth is not None:
                if before is None or runs[stretch.first - 1] < 0.5:
                    pace = deed.growth_base
                    if before is None:
                        pace = max(pace, float(deed.lower[stretch.first]))
                else:
                    pace = 365.0 * before * deed.growth**since + deed.growth_base * _added(deed.growth, since)
                book.at_most(deed.id, "its level", done, np.array([pace * stretch.days / 365.0]), scale, labels=label)
            if deed.decline is not None and before is not None:
                least = before * (1.0 - deed.decline) ** since * stretch.days
                book.at_least(deed.id, "its level", done, np.array([least]), scale, labels=label)


@dataclass(frozen=True)
class _Stretch:
    """Periods of one pace: active days, the pace a day and the years since the middle of the stretch just before."""

    periods: tuple[int, ...]
    days: float
    middle: float
    pace: float
    pace_before: float | None
    years: float

    @property
    def first(self) -> int:
        """Number of the first period."""
        return self.periods[0]


def _stretches(replay: Replay, deed: Deed) -> Iterator[_Stretch]:
    """Stretches in which an activity holds one pace: periods, or phases where it is decided for each."""
    days, (begin, end) = replay.active_days(deed), replay.calendar.active(deed.window)
    middle = replay.calendar.mid if deed.at_start else (begin + end) / 2.0
    active = np.flatnonzero((days > 0.0) & ((deed.upper > 0.0) | (deed.lower > 0.0)))
    held = {"period": range(replay.periods), "phase": replay.calendar.phase, "horizon": [0] * replay.periods}
    level, last = replay.levels(deed.id), cast("_Stretch | None", None)
    for _, group in groupby((int(t) for t in active), key=lambda t: held[deed.decided][t]):
        periods = tuple(group)
        inside = list(periods)
        length = float(days[inside].sum())
        centre, pace = float((middle[inside] * days[inside]).sum()) / length, float(level[inside].sum()) / length
        if last is not None and last.periods[-1] == periods[0] - 1:
            last = _Stretch(periods, length, centre, pace, last.pace, (centre - last.middle) / 365.0)
        else:
            last = _Stretch(periods, length, centre, pace, None, 0.0)
        yield last


def _added(factor: float, years: float) -> float:
    """Share of the starting pace that comes with so many years: 1 + g + g**2 + ... over whole years, and between."""
    over = factor - 1.0
    if abs(over) < 1e-5:  # the quotient would cancel; two terms of its series are exact here
        return years * (1.0 + (years - 1.0) / 2.0 * over)
    return float((factor**years - 1.0) / over)


def check_running(replay: Replay, opener: Opener) -> None:
    """Nothing done by what does not run; what runs, runs at its least scale; starts are counted."""
    book = opener("running", "Least scale and start-up: running or not")
    table = replay.tables["activities"]
    claimed: dict[str, Array] = defaultdict(lambda: np.zeros(replay.periods))
    for name, period, value in zip(table["activity"], table["period"], table["started"], strict=True):
        if pd.notna(value):
            claimed[str(name)][int(period)] += float(value)
    for deed in replay.world.deeds.values():
        if not deed.runs:
            continue
        runs, level, days = replay.running(deed), replay.levels(deed.id), replay.active_days(deed)
        scale = max(deed.scale, float(level.max(initial=0.0)))
        book.equal(
            deed.id, "whether it runs, yes or no,", runs, np.asarray(np.clip(runs, 0.0, 1.0) > 0.5, dtype=float), 1.0
        )
        idle = np.where(runs > 0.5, 0.0, level)
        book.at_most(deed.id, "its level while it does not run", idle, np.zeros(len(idle)), scale)
        least = np.where(runs > 0.5, deed.least_scale * days / 365.0, 0.0)
        book.at_least(deed.id, "its level, to be worth running,", level, least, scale)
        if deed.start_cost:
            book.equal(deed.id, "starts", claimed[deed.id], replay.started(deed), 1.0)


def check_curves(replay: Replay, opener: Opener) -> None:
    """Effective levels: falling effects at most the best filling, rising ones filled strictly in order."""
    book = opener("curves", "Returns: no more effect than the stretches give")
    for deed in replay.world.deeds.values():
        if deed.id not in replay.level:
            continue
        level = replay.levels(deed.id)
        claimed = replay.stated_effective.get(deed.id, np.zeros(replay.periods))
        scale = max(deed.scale, float(np.abs(level).max()))
        if not deed.curve:
            book.equal(deed.id, "its effective level", claimed, level, scale)
            continue
        share = replay.active_days(deed) / 365.0
        effects = [effect for _, effect in deed.curve]
        in_order = best_fill(deed.curve, level, share)
        if any(later > earlier + 1e-12 for earlier, later in pairwise(effects)):
            book.equal(deed.id, "its effective level, stretches filled in order,", claimed, in_order, scale)
        else:
            worst = best_fill(tuple(sorted(deed.curve, key=lambda part: part[1])), level, share)
            book.at_most(deed.id, "its effective level", claimed, in_order, scale)
            book.at_least(deed.id, "its effective level", claimed, worst, scale)


def check_needs(replay: Replay, opener: Opener) -> None:
    """Co-requisites in every period; pulses softened by no more than the orderly work of their stages."""
    book = opener("co-requisites", "What must go with what; pulses softened by orderly work alone")
    asked: dict[str, Array] = {}
    for row in replay.world.case.of(Needs):
        demand = row.ratio * replay.levels(deed_named(replay.world, row.row))
        asked[row.needed] = asked.get(row.needed, np.zeros(replay.periods)) + demand
    for needed, demand in asked.items():
        name = deed_named(replay.world, needed)
        supply = replay.levels(name)
        scale = max(replay.world.deeds[name].scale, float(demand.max()), float(supply.max()))
        book.at_least(name, "its level, which others need,", supply, demand, scale)
    for name, softening, stages in replay.world.softened:
        soft = replay.levels(name)
        orderly = sum((softening * replay.levels(stage) for stage in stages), start=np.zeros(replay.periods))
        scale = max(replay.world.deeds[name].scale, float(soft.max()), float(orderly.max()))
        book.at_most(name, "people kept orderly", soft, orderly, scale)
