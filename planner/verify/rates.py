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
from planner.verify.inputs import Activity
from planner.verify.read_work import deed_named
from planner.verify.replay import Replay, best_fill
from planner.verify.report import Array, Opener


def check_known(replay: Replay, opener: Opener) -> None:
    """Everything that the plan decides is a row of the workbook; levels are finite and not negative."""
    book = opener("known decisions", "Decisions: only rows of the workbook, whole and held where they must be")
    inputs = replay.inputs
    for kind, names, known in (
        ("activity", replay.stated, inputs.activities), ("switch", replay.taken, inputs.switches),
    ):  # fmt: skip
        for name in names:
            if name in known:
                book.count()
            else:
                book.fail(name, f"no row of the workbook makes such a {'decision' if kind == 'switch' else kind}")
    for name, level in replay.stated.items():
        activity = inputs.activities.get(name)
        if activity is None:
            continue
        scale = max(activity.scale, float(np.abs(level).max()))
        book.at_least(name, "its level", level, np.zeros(len(level)), scale)
        if not np.all(np.isfinite(level)):
            book.fail(name, "its level is no number")
        if activity.integer:
            book.equal(name, "its level, in whole units,", level, np.round(level), max(1.0, scale))
        if activity.decided != "period":
            _held(replay, activity, level, scale, opener)


def _held(replay: Replay, activity: Activity, level: Array, scale: float, opener: Opener) -> None:
    """Check that one pace holds through a phase or the whole plan."""
    book = opener("known decisions", "")
    days = replay.active_days(activity)
    phases = np.array(replay.calendar.phase) if activity.decided == "phase" else np.zeros(replay.periods, int)
    for phase in np.unique(phases):
        inside = (phases == phase) & (days > 0.0) & (activity.upper > 0.0)
        if not inside.any():
            continue
        even = np.where(inside, level[inside].sum() * days / days[inside].sum(), level)
        book.equal(activity.id, f"its level, at one pace through the {activity.decided},", level, even, scale)


def check_paces(replay: Replay, opener: Opener) -> None:
    """At least, at most, window, needs, requires."""
    book = opener("paces", "Activities between at least and at most, inside their days")
    gates = opener("enabled", "Nothing done before the reforms that it needs are in force")
    for activity in replay.inputs.activities.values():
        level = replay.levels(activity.id)
        days = replay.active_days(activity)
        with np.errstate(invalid="ignore"):
            most = np.where(days > 0.0, activity.upper * days / 365.0, 0.0)
        least = np.where(days > 0.0, activity.lower * days / 365.0, 0.0)
        scale = max(activity.scale, float(np.abs(level).max()))
        if activity.id in replay.level:
            book.at_most(activity.id, "its level", replay.stated[activity.id], most, scale)
        if np.any(least > 0.0):
            book.at_least(activity.id, "its level", level, least, scale)
        for switch in activity.needs if activity.id in replay.level else ():
            share = replay.in_force(switch) / replay.calendar.days
            with np.errstate(invalid="ignore"):
                open_most = np.where(share > 0.0, most * share, 0.0)
            gates.at_most(activity.id, f"its level while it waits for {switch}", level, open_most, scale)
    for switch, name, rate in replay.inputs.requires:
        activity = replay.inputs.activities[name]
        share = replay.active_days(activity) / replay.calendar.days
        least = rate / 365.0 * replay.in_force(switch) * share
        level = replay.levels(name)
        book.at_least(
            name, f"its level, which {switch} requires,", level, least, max(activity.scale, float(level.max()))
        )
    for name, opening, closing in replay.inputs.open_days:
        open_days = replay.in_force(opening) - replay.in_force(closing)
        book.equal(name, "days open", replay.levels(name), open_days, 100.0)


def check_growth(replay: Replay, opener: Opener) -> None:
    """Paces that grow or fall no faster than they can."""
    book = opener("growth", "No faster growth and no deeper cuts than stated")
    for activity in replay.inputs.activities.values():
        if activity.growth is None and activity.decline is None:
            continue
        level = replay.levels(activity.id)
        scale = max(activity.scale, float(level.max(initial=0.0)))
        runs = replay.running(activity) if activity.runs else np.ones(replay.periods)
        for stretch in _stretches(replay, activity):
            label = [replay.calendar.names[stretch.first]]
            done = np.array([level[list(stretch.periods)].sum()])
            before, since = stretch.pace_before, stretch.years
            if activity.growth is not None:
                if before is None or runs[stretch.first - 1] < 0.5:
                    pace = activity.growth_base
                    if before is None:
                        pace = max(pace, float(activity.lower[stretch.first]))
                else:
                    pace = 365.0 * before * activity.growth**since + activity.growth_base * _added(
                        activity.growth, since
                    )
                book.at_most(
                    activity.id, "its level", done, np.array([pace * stretch.days / 365.0]), scale, labels=label
                )
            if activity.decline is not None and before is not None:
                least = before * (1.0 - activity.decline) ** since * stretch.days
                book.at_least(activity.id, "its level", done, np.array([least]), scale, labels=label)


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


def _stretches(replay: Replay, activity: Activity) -> Iterator[_Stretch]:
    """Stretches in which an activity holds one pace: periods, or phases where it is decided for each."""
    days, (begin, end) = replay.active_days(activity), replay.calendar.active(activity.window)
    middle = replay.calendar.mid if activity.at_start else (begin + end) / 2.0
    active = np.flatnonzero((days > 0.0) & ((activity.upper > 0.0) | (activity.lower > 0.0)))
    held = {"period": range(replay.periods), "phase": replay.calendar.phase, "horizon": [0] * replay.periods}
    level, last = replay.levels(activity.id), cast("_Stretch | None", None)
    for _, group in groupby((int(t) for t in active), key=lambda t: held[activity.decided][t]):
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
    for activity in replay.inputs.activities.values():
        if not activity.runs:
            continue
        runs, level, days = replay.running(activity), replay.levels(activity.id), replay.active_days(activity)
        scale = max(activity.scale, float(level.max(initial=0.0)))
        book.equal(
            activity.id,
            "whether it runs, yes or no,",
            runs,
            np.asarray(np.clip(runs, 0.0, 1.0) > 0.5, dtype=float),
            1.0,
        )
        idle = np.where(runs > 0.5, 0.0, level)
        book.at_most(activity.id, "its level while it does not run", idle, np.zeros(len(idle)), scale)
        least = np.where(runs > 0.5, activity.least_scale * days / 365.0, 0.0)
        book.at_least(activity.id, "its level, to be worth running,", level, least, scale)
        if activity.start_cost:
            book.equal(activity.id, "starts", claimed[activity.id], replay.started(activity), 1.0)


def check_curves(replay: Replay, opener: Opener) -> None:
    """Effective levels: falling effects at most the best filling, rising ones filled strictly in order."""
    book = opener("curves", "Returns: no more effect than the stretches give")
    for activity in replay.inputs.activities.values():
        if activity.id not in replay.level:
            continue
        level = replay.levels(activity.id)
        claimed = replay.stated_effective.get(activity.id, np.zeros(replay.periods))
        scale = max(activity.scale, float(np.abs(level).max()))
        if not activity.curve:
            book.equal(activity.id, "its effective level", claimed, level, scale)
            continue
        share = replay.active_days(activity) / 365.0
        effects = [effect for _, effect in activity.curve]
        in_order = best_fill(activity.curve, level, share)
        if any(later > earlier + 1e-12 for earlier, later in pairwise(effects)):
            book.equal(activity.id, "its effective level, stretches filled in order,", claimed, in_order, scale)
        else:
            worst = best_fill(tuple(sorted(activity.curve, key=lambda part: part[1])), level, share)
            book.at_most(activity.id, "its effective level", claimed, in_order, scale)
            book.at_least(activity.id, "its effective level", claimed, worst, scale)


def check_needs(replay: Replay, opener: Opener) -> None:
    """Co-requisites in every period; pulses softened by no more than the orderly work of their stages."""
    book = opener("co-requisites", "What must go with what; pulses softened by orderly work alone")
    asked: dict[str, Array] = {}
    for row in replay.inputs.case.of(Needs):
        demand = row.ratio * replay.levels(deed_named(replay.inputs, row.row))
        asked[row.needed] = asked.get(row.needed, np.zeros(replay.periods)) + demand
    for needed, demand in asked.items():
        name = deed_named(replay.inputs, needed)
        supply = replay.levels(name)
        scale = max(replay.inputs.activities[name].scale, float(demand.max()), float(supply.max()))
        book.at_least(name, "its level, which others need,", supply, demand, scale)
    for name, softening, stages in replay.inputs.softened:
        soft = replay.levels(name)
        orderly = sum((softening * replay.levels(stage) for stage in stages), start=np.zeros(replay.periods))
        scale = max(replay.inputs.activities[name].scale, float(soft.max()), float(orderly.max()))
        book.at_most(name, "people kept orderly", soft, orderly, scale)
