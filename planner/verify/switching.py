"""Yes-or-no decisions: when they may be taken, what must come first, what they rule out (K7, K8)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.verify.balances import Ledger
from planner.verify.costs import grid_of
from planner.verify.inputs import Switch
from planner.verify.replay import Replay
from planner.verify.report import CheckLog, Opener
from planner.wording.figures import typed

HALF_A_DAY = 0.5
"""What writing a day as a date may round away."""


def check_switches(ledger: Ledger, opener: Opener) -> None:
    """Timing, must, prerequisites, exclusions, milestones."""
    dates = opener("switch dates", "Decisions taken at most once, on dates and inside windows that allow them")
    order = opener("switch order", "Decisions after what they need, and never with what they exclude")
    gates = opener("milestones", "Decisions only once their milestones are reached")
    replay = ledger.replay
    rows = [str(name) for name in replay.tables["switches"]["switch"]]
    for name in sorted({name for name in rows if rows.count(name) > 1}):
        dates.fail(name, "the plan lists it more than once")
    _claims(replay, dates)
    for switch in replay.inputs.switches.values():
        taken = replay.taken.get(switch.id)
        dates.count()
        if taken is None:
            if switch.must and not switch.already:
                dates.fail(switch.id, "it must be taken, and is not")
            continue
        if switch.already:
            continue
        if not 0 <= taken < replay.periods:
            dates.fail(switch.id, f"it is taken in period {taken}, which the plan does not have")
            continue
        _dates(replay, switch, taken, dates)
        _order(replay, switch, taken, order)
        for stock, least in switch.levels:
            opening = ledger.inputs.stocks[stock].opening
            level = opening if taken == 0 else float(ledger.closing(stock)[taken - 1])
            scale = max(ledger.inputs.stocks[stock].unit, ledger.balances[stock].size)
            gates.at_least(
                switch.id, f"{stock} as it is taken", np.array([level]), np.array([least]), scale,
                labels=[replay.calendar.names[taken]],
            )  # fmt: skip


def _claims(replay: Replay, book: CheckLog) -> None:
    """Columns taken, date and in_force_from agree with the period that is claimed."""
    table = replay.tables["switches"]
    for name, taken, period, first in zip(
        table["switch"], table["taken"], table["period"], table["in_force_from"], strict=True
    ):
        switch = replay.inputs.switches.get(str(name))
        if switch is None:
            continue
        dated = bool(pd.notna(period)) and str(period) != ""
        if bool(taken) != dated and not switch.already:
            book.fail(str(name), "it is said to be taken without a period, or has a period without being taken")
        day = replay.in_force_from(str(name))
        if day is not None and pd.notna(first) and str(first) != "":
            value = _day(replay, first)
            due = (
                value if abs(value - day) <= HALF_A_DAY else day
            )  # a date says whole days, a lead time may hold halves
            book.equal(str(name), "its first day in force", np.array([value]), np.array([due]), 1.0)


def _day(replay: Replay, value: object) -> float:
    """Day from the origin of a number or a date."""
    if isinstance(value, (int, float, np.integer, np.floating)):
        return float(value)
    return float((pd.Timestamp(str(value)) - pd.Timestamp(replay.calendar.origin)).days)


def _dates(replay: Replay, switch: Switch, taken: int, book: CheckLog) -> None:
    """Inside a window, as a phase or a period begins, in the phase that was fixed by hand."""
    calendar = replay.calendar
    day, name = float(calendar.start[taken]), calendar.names[taken]
    first, last = switch.windows[0] if switch.windows else (0.0, calendar.horizon)
    if not any(begin <= day <= end for begin, end in switch.windows):
        book.fail(
            switch.id,
            f"day {typed(day)} lies outside its window, days {typed(first)} to {typed(last)}",
            name,
            day,
            first,
        )
    if switch.by_phase and day not in {begin for _, begin, _ in calendar.phases}:
        book.fail(switch.id, "it may be taken only as a phase begins", name, day)
    for begin, end in switch.forced:
        if not begin <= day < end:
            book.fail(switch.id, "sheet Overrides fixes it in another phase", name, day)
    for begin, end in switch.barred:
        if begin <= day < end:
            book.fail(switch.id, "sheet Overrides forbids it then", name, day)


def _order(replay: Replay, switch: Switch, taken: int, book: CheckLog) -> None:
    """What it needs has been in force long enough; what it excludes is not taken."""
    day, name = float(replay.calendar.start[taken]), replay.calendar.names[taken]
    for other, wait in switch.after:
        known = replay.inputs.switches.get(other)
        since = replay.in_force_from(other)
        book.count()
        if since is None:
            book.fail(switch.id, f"it needs {other}, which is never in force", name, day)
        elif known is not None and since + wait > day + 1e-9:
            sentence = f"it needs {other} in force for {typed(wait)} days; that is so from day {typed(since + wait)}"
            book.fail(switch.id, sentence, name, day, since + wait)
    for other in switch.excludes:
        book.count()
        item = replay.inputs.switches.get(other)
        if item is not None and (item.already or replay.taken.get(other) is not None):
            book.fail(switch.id, f"it excludes {other}, which is taken as well", name, day)


def check_in_force(replay: Replay, opener: Opener) -> None:
    """Days in force by period."""
    book = opener("in force", "Days in force of every decision")
    claimed = grid_of(replay.tables["in_force"], "switch", "days", replay.periods)
    nothing = np.zeros(replay.periods)
    listed = {str(name) for name in replay.tables["switches"]["switch"]}
    for name, switch in replay.inputs.switches.items():
        if switch.already and name not in listed and name not in claimed:
            continue  # a site that is simply there costs nothing and opens nothing by being decided
        book.equal(name, "days in force", claimed.get(name, nothing), replay.in_force(name), 100.0)
    for name in claimed.keys() - replay.inputs.switches.keys():
        book.fail(name, "no row of the workbook makes such a decision")
