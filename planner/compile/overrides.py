"""Overrides and Previous plan: decisions made by hand, laid over the compiled network at the very end."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from models.network import Activity, Previous, Steps, Switch, value_at
from planner.compile.draft import Draft
from planner.compile.names import refusal, refuse_all
from planner.problems import Problem
from planner.sheets.changes import Overrides, PreviousPlan

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
    """Lay every override over its activity or switch. Raises InvalidCaseError with all that cannot be laid."""
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


def _on_activity(draft: Draft, row: Overrides) -> list[Problem]:
    """Set the pace of an activity by hand."""
    activity = f"{ACTIVITY_KINDS[row.sheet]}:{row.row}"
    forbidden = row.action == "forbid" or (row.action in ("fix", "at most") and row.value == 0.0)
    if activity not in draft.activities:
        if forbidden:
            return []  # it cannot happen anyway, as a cadre without hiring
        found = f"'{row.row}' on sheet {row.sheet} gives the plan nothing to decide."
        mend = "Check the key of the row, and whether its limit is 0 there."
        return [refusal(row, "row", "override-row", found, mend)]
    if row.value is None and row.action != "forbid":
        found = f"'{row.action}' needs a pace."
        return [refusal(row, "value", "override-value", found, "Fill in 'Value', in units a year.")]
    value = 0.0 if row.action == "forbid" else row.value or 0.0
    begin, end = _span(draft, row.phase)

    def change(old: Activity) -> Activity:
        lower, upper = old.lower, old.upper
        if row.action in ("fix", "forbid"):
            lower, upper = _floor(lower, begin, end, value, "set"), restrict(upper, begin, end, value, "set")
        elif row.action == "at least":
            lower = _floor(lower, begin, end, value, "raise")
        else:
            upper = restrict(upper, begin, end, value, "lower")
        return replace(old, lower=lower, upper=upper)

    draft.change(activity, change)
    return []


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
        if row.action == "fix" or row.phase:
            return []  # it is in force from day one, so it is neither taken in a phase nor in need of it
        found = f"'{row.row}' is in force at the start and cannot be forbidden here."
        title = AT_START[row.sheet]
        mend = f"Write no under '{title}' there first (--set '{row.sheet}!{row.row}.{title}=no'), then forbid it."
        return [refusal(row, "row", "override-in-force", found, mend)]
    changed = _decided(switch, row, _span(draft, row.phase))
    if changed.must and not changed.windows:
        where = f"in phase {row.phase}" if row.phase else "at all"
        found = f"'{row.row}' must be taken, but its window leaves no day for it {where} once this row is heeded."
        mend = f"Widen its window on sheet {row.sheet}, or name another phase."
        return [refusal(row, "phase", "override-window", found, mend)]
    draft.switches[switch.id] = changed
    return []


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
