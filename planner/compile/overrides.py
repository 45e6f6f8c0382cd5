"""Overrides and Previous plan: decisions made by hand, laid over the compiled network at the very end.

Every override acts, is refused, or leaves a note that says why it changes nothing: none is passed over in silence.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from models.network import Activity, Previous, Steps, Switch, value_at
from planner.case.problems import Problem
from planner.compile.draft import Draft
from planner.compile.names import refusal, refuse_all, remark
from planner.sheets.changes import Overrides, PreviousPlan
from planner.sheets.sites import Sites

ACTIVITY_KINDS = {
    "Pipelines": "stage",
    "Programmes": "programme",
    "Visas": "visa",
    "Staff": "hire",
    "Deployments": "deploy",
}
"""Kind of the activity that a row of each sheet decides."""
SWITCH_KINDS = {"Reforms": "reform", "Sites": "open"}
"""Kind of the switch that a row of each sheet decides."""
AT_START = {"Reforms": "In force at start", "Sites": "Open at start"}
"""Column that says whether a row of each sheet holds from day one."""

Window = tuple[float, float]


def restrict(steps: Steps, begin: float, end: float, value: float, how: Literal["set", "lower", "raise"]) -> Steps:
    """Change a limit over [begin, end) and leave it as it was elsewhere.

    `set` puts the value there, `lower` the smaller of the value and the limit in force, `raise` the larger. Where no
    limit holds, both put the value. A missing limit after `end` is written as infinity, because a limit that has
    begun can only be replaced by another.
    """
    if end <= begin:
        return steps
    pieces: list[tuple[float, float]] = [(day, level) for day, level in steps if day < begin]
    for day in [begin, *(day for day, _ in steps if begin < day < end)]:
        before = value_at(steps, day)
        if how == "set" or before is None:
            level = value
        else:
            level = min(before, value) if how == "lower" else max(before, value)
        pieces.append((day, level))
    after = value_at(steps, end)
    if not math.isinf(end) and after is not None:
        pieces.append((end, after))
    elif not math.isinf(end):
        pieces.append((end, math.inf))
    pieces += [(day, level) for day, level in steps if day > end]
    return _joined(pieces)


def _joined(pieces: list[tuple[float, float]]) -> Steps:
    """Leave out steps that repeat the level before them."""
    kept: list[tuple[float, float]] = []
    for day, level in pieces:
        if not kept or kept[-1][1] != level:
            kept.append((day, level))
    return tuple(kept)


def compile_overrides(draft: Draft) -> None:
    """Lay every override over its activity or switch; what changes nothing is noted in the draft.

    Raises InvalidCaseError with all that cannot be laid.
    """
    problems: list[Problem] = []
    for row in draft.case.of(Overrides):
        if row.sheet in ACTIVITY_KINDS:
            problems += _on_activity(draft, row)
        elif row.sheet in SWITCH_KINDS:
            problems += _on_switch(draft, row)
        else:
            known = ", ".join([*ACTIVITY_KINDS, *SWITCH_KINDS])
            found = f"Nothing is decided on sheet '{row.sheet}'."
            problems.append(refusal(row, "sheet", "override-sheet", found, f"Name one of {known}."))
    refuse_all(problems)


def _span(draft: Draft, phase: str) -> Window:
    """Days of a phase, of the whole plan where none is named."""
    return next(((p.start, p.end) for p in draft.case.phases if p.name == phase), (0.0, draft.case.horizon))


def _idle(draft: Draft, row: Overrides, field: str, found: str, mend: str = "Delete this row.") -> list[Problem]:
    """Note that an override changes nothing."""
    draft.notes.append(remark(row, field, "override-idle", f"this row changes nothing: {found}", mend))
    return []


def _on_activity(draft: Draft, row: Overrides) -> list[Problem]:
    """Set the pace of an activity by hand."""
    activity = f"{ACTIVITY_KINDS[row.sheet]}:{row.row}"
    forbidden = row.action == "forbid" or (row.action in ("fix", "at most") and row.value == 0.0)
    if activity not in draft.activities:
        found = f"'{row.row}' on sheet {row.sheet} gives the plan nothing to decide."
        if forbidden:
            return _idle(draft, row, "row", found)  # as a cadre without hiring
        mend = "Check the key of the row, and whether its limit is 0 there."
        return [refusal(row, "row", "override-row", found, mend)]
    if row.value is None and row.action != "forbid":
        found = f"'{row.action}' needs a pace."
        return [refusal(row, "value", "override-value", found, "Fill in 'Value', in units a year.")]
    value = 0.0 if row.action == "forbid" else row.value or 0.0
    begin, end = _span(draft, row.phase)
    old = draft.activities[activity]
    if old.window is not None and not max(begin, old.window[0]) < min(end, old.window[1]):
        found = f"the dates of '{row.row}' on sheet {row.sheet} leave it no day in {row.phase or 'the plan'}."
        if row.action in ("fix", "at least") and value > 0.0:
            return [refusal(row, "phase", "override-window", found, "Widen its dates there, or name another phase.")]
        return _idle(draft, row, "phase", found)
    changed = _paced(old, row.action, value, (begin, end))
    if _same(old, changed, begin, end):
        limit = {"at least": "'At least'", "at most": "'At most'"}.get(row.action, "the limit")
        return _idle(draft, row, "value", f"{limit} of '{row.row}' is as tight without it.")
    draft.change(activity, lambda _: changed)
    return []


def _paced(old: Activity, action: str, value: float, span: Window) -> Activity:
    """An activity whose pace is set by hand over a span of days."""
    begin, end = span
    lower, upper = old.lower, old.upper
    if action in ("fix", "forbid"):
        lower, upper = _floor(lower, begin, end, value, "set"), restrict(upper, begin, end, value, "set")
    elif action == "at least":
        lower = _floor(lower, begin, end, value, "raise")
    else:
        upper = restrict(upper, begin, end, value, "lower")
    return replace(old, lower=lower, upper=upper)


def _same(one: Activity, other: Activity, begin: float, end: float) -> bool:
    """Whether two activities have the same limits on every day of a span."""
    days = {begin, *(d for a in (one, other) for s in (a.lower, a.upper) for d, _ in s if begin < d < end)}
    limits = [
        {(d, value_at(a.lower, d) or 0.0, math.inf if (most := value_at(a.upper, d)) is None else most) for d in days}
        for a in (one, other)
    ]
    return limits[0] == limits[1]


def _floor(steps: Steps, begin: float, end: float, value: float, how: Literal["set", "raise"]) -> Steps:
    """Change a lower limit; where none is stated it is 0."""
    return restrict(steps or ((0.0, 0.0),), begin, end, value, how)


def _on_switch(draft: Draft, row: Overrides) -> list[Problem]:
    """Take a reform or open a site at a phase, at some time, or never."""
    switch = draft.switches.get(f"{SWITCH_KINDS[row.sheet]}:{row.row}")
    if row.action not in ("fix", "forbid"):
        found = f"'{row.action}' says nothing about a yes or no."
        return [refusal(row, "action", "override-action", found, "Choose fix or forbid.")]
    if switch is None or switch.already:
        return _in_force(draft, row)
    changed = _decided(switch, row, _span(draft, row.phase))
    if changed.must and not changed.windows:
        where = f"in phase {row.phase}" if row.phase else "at all"
        found = f"'{row.row}' must be taken, but its window leaves no day for it {where} once this row is heeded."
        mend = f"Widen its window on sheet {row.sheet}, or name another phase."
        return [refusal(row, "phase", "override-window", found, mend)]
    if changed == switch:
        if row.action == "fix":
            return _idle(draft, row, "action", f"'{row.row}' must be taken then without it.")
        where = f"in phase {row.phase}" if row.phase else "at all"
        return _idle(draft, row, "phase", f"nothing leaves '{row.row}' a day {where} without it.")
    return _on_dates(draft, row, switch, changed)


def _on_dates(draft: Draft, row: Overrides, switch: Switch, changed: Switch) -> list[Problem]:
    """Lay a decision about a yes or no; note what it comes to on the dates of the grid, where days let it act."""
    grid = draft.case.grid()
    before, after = grid.dates_of(switch), grid.dates_of(changed)
    where = f"in phase {row.phase}" if row.phase else "at all"
    shut = f"no period of grid '{grid.name}' on which it may be taken begins inside its window"
    if changed.must and not after:
        found = f"'{row.row}' must be taken {where}, and {shut} then."
        mend = f"Widen its window on sheet {row.sheet}, name another phase, or plan on a finer grid (--grid months)."
        draft.notes.append(replace(remark(row, "phase", "override-window", found, mend), severity="conflict"))
    elif before == after and row.action == "forbid":
        return _idle(draft, row, "phase", f"'{row.row}' could not be taken {where} without it: {shut} then.")
    elif before == after and switch.must:
        return _idle(draft, row, "phase", f"'{row.row}' must be taken then without it, on the dates of the grid.")
    draft.switches[switch.id] = changed
    return []


def _in_force(draft: Draft, row: Overrides) -> list[Problem]:
    """What is open or in force from day one is neither taken in a phase nor kept from it."""
    title = AT_START[row.sheet]
    site = draft.case.find(Sites, row.row) if row.sheet == Sites.SHEET else None
    if row.action == "fix":
        found = f"'{row.row}' is in force from the start ('{title}'), so nothing is decided about it."
        if site is not None and site.may_close:
            found += " It may still be closed."
            return _idle(
                draft, row, "row", found, f"Write no under 'May close' ({site.at('may_close')}) to keep it open."
            )
        return _idle(draft, row, "row", found)
    when = f" in phase {row.phase}" if row.phase else ""
    found = f"'{row.row}' is in force at the start and cannot be forbidden{when} here."
    mend = f"Write no under '{title}' there first (--set '{row.sheet}!{row.row}.{title}=no'), then forbid it."
    return [refusal(row, "row", "override-in-force", found, mend)]


def _decided(switch: Switch, row: Overrides, phase: Window) -> Switch:
    """Apply a fix or a forbid to the windows of a switch."""
    if row.action == "fix":
        windows = tuple(w for w in (_within(w, phase) for w in switch.windows) if w) if row.phase else switch.windows
        return replace(switch, windows=windows, must=True)
    return replace(switch, windows=tuple(p for w in switch.windows for p in _without(w, phase)) if row.phase else ())


def _within(window: Window, phase: Window) -> Window | None:
    """Part of a window of days, both included, that lies in a phase; None where there is none."""
    first, last = max(window[0], phase[0]), min(window[1], phase[1] - 1.0)
    return (first, last) if first <= last else None


def _without(window: Window, phase: Window) -> tuple[Window, ...]:
    """Parts of a window of days, both included, that lie outside a phase."""
    parts = ((window[0], min(window[1], phase[0] - 1.0)), (max(window[0], phase[1]), window[1]))
    return tuple((first, last) for first, last in parts if first <= last)


def compile_previous(draft: Draft) -> None:
    """Remember what an earlier plan decided. Rows of which nothing is decided any more are left out."""
    for row in draft.case.of(PreviousPlan):
        activity = f"{ACTIVITY_KINDS.get(row.sheet, '')}:{row.row}"
        if activity in draft.activities:
            begin, end = _span(draft, row.phase)
            draft.previous.append(Previous(activity, begin, end, row.level))
