"""What the widgets of the frame say: scenario, periods, proof, levers, other cells; step by step, and in links.

Widgets are bound to the address of the page. Every change is a step that can be undone; a link is read once, when a tab
begins, and whatever it asks for that cannot be is told and left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from app.session.levers import NEUTRAL, RANGE_REASON, Lever
from app.session.store import Wish
from planner.options import GAP as DEFAULT_GAP
from planner.wording.figures import digits, figure

AS_WRITTEN = "as the workbook says"
GAPS = (0.01, 0.005, 0.001, 0.0001)
GRIDS = ("phases", "default")
"""Grids that can be chosen beside the workbook's own."""
MOST_STEPS = 100
"""Steps that can be undone."""
SCENARIO, GRID, GAP, SET, DATA = "scenario", "grid", "gap", "set", "data"
"""Names in the address beside the levers' own."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be set at the side; `levers` holds those away from 100 percent, `extra` lines for `--set`."""

    scenario: str = AS_WRITTEN
    grid: str = AS_WRITTEN
    gap: float = DEFAULT_GAP
    levers: tuple[tuple[str, float], ...] = ()
    extra: tuple[str, ...] = ()

    def wish(self, levers: Sequence[Lever]) -> Wish:
        """How the workbook is to be solved with these settings."""
        settings = dict(self.levers)
        made = [change for lever in levers for change in lever.changes(settings.get(lever.key, NEUTRAL))]
        scenario, grid = ("" if said == AS_WRITTEN else said for said in (self.scenario, self.grid))
        return Wish(scenario, grid, self.gap, (*made, *self.extra))

    def pairs(self, data: str) -> list[tuple[str, str]]:
        """Names and values of a link; `data` names the workbook."""
        plain = Settings()
        pairs: list[tuple[str, str]] = [(DATA, data)] if data else []
        pairs += [(SCENARIO, self.scenario)] if self.scenario != plain.scenario else []
        pairs += [(GRID, self.grid)] if self.grid != plain.grid else []
        pairs += [(GAP, digits(self.gap, 6))] if self.gap != plain.gap else []
        pairs += [(name, repr(float(value))) for name, value in self.levers]
        return [*pairs, *((SET, change) for change in self.extra)]


def of_wish(wish: Wish, levers: Sequence[Lever]) -> Settings:
    """The settings that ask for this wish."""
    found = [(lever.key, lever.setting_in(wish.sets)) for lever in levers]
    moved = tuple((key, percent) for key, percent in found if percent != NEUTRAL)
    made = {change for lever in levers for change in lever.changes(dict(moved).get(lever.key, NEUTRAL))}
    extra = tuple(change for change in wish.sets if change not in made)
    return Settings(wish.scenario or AS_WRITTEN, wish.grid or AS_WRITTEN, wish.gap, moved, extra)


def box_key(lever: Lever) -> str:
    """Key of the box in which a lever's exact value is typed."""
    return f"{lever.key}_exact"


def now(levers: Sequence[Lever]) -> Settings:
    """What the widgets say."""
    state = st.session_state
    moved = [(lever.key, float(state.get(lever.key, NEUTRAL))) for lever in levers]
    return Settings(
        state.get(SCENARIO, AS_WRITTEN), state.get(GRID, AS_WRITTEN), float(state.get(GAP, DEFAULT_GAP)),
        tuple((key, value) for key, value in moved if abs(value - NEUTRAL) > 1e-6), tuple(state.get("extra", ())),
    )  # fmt: skip


def put(settings: Settings, levers: Sequence[Lever]) -> None:
    """Set every widget."""
    state, moved = st.session_state, dict(settings.levers)
    state[SCENARIO], state[GRID], state[GAP] = settings.scenario, settings.grid, settings.gap
    state.extra = settings.extra
    state.refused = {}
    for lever in levers:
        value = moved.get(lever.key, NEUTRAL)
        # What is written before a widget is drawn is sent with every redrawing, over what was moved meanwhile.
        if lever.key in state or lever.key in st.query_params or value != NEUTRAL:
            state[lever.key] = value


def _total(lever: Lever, percent: float) -> float:
    """What a lever asks for, in its own unit."""
    return round(lever.total() * percent / 100.0, 6)


def slid(lever: Lever, levers: Sequence[Lever]) -> None:
    """Take note of a lever that was moved."""
    st.session_state.setdefault("refused", {}).pop(lever.key, None)
    remember(levers)


def typed(lever: Lever, levers: Sequence[Lever]) -> None:
    """Take over a value that was typed; outside the range it is refused, with the range and its reason.

    The box is empty again after it, so that it never shows another value than the lever.
    """
    state = st.session_state
    wanted, state[box_key(lever)] = state[box_key(lever)], None
    refused: dict[str, str] = state.setdefault("refused", {})
    refused.pop(lever.key, None)
    if wanted is None:
        return
    percent = lever.percent_of(wanted)
    if lever.low - 1e-9 <= percent <= lever.high + 1e-9:
        state[lever.key] = round(percent, 7)
        remember(levers)
        return
    refused[lever.key] = f"{figure(wanted, lever.unit)} {lever.unit} was not taken over. {allowed(lever)}"


def allowed(lever: Lever) -> str:
    """Say the range of a lever and its reason."""
    return (
        f"Allowed: {figure(_total(lever, lever.low), lever.unit)} to {figure(_total(lever, lever.high), lever.unit)} "
        f"{lever.unit}; "
        f"{RANGE_REASON}."
    )


def remember(levers: Sequence[Lever]) -> None:
    """Take note of a step, so that it can be undone; what had been undone before is forgotten."""
    steps, place = _steps()
    present = now(levers)
    if steps and steps[place] == present:
        return
    kept = [*steps[: place + 1], present][-MOST_STEPS:]
    st.session_state.steps, st.session_state.step = kept, len(kept) - 1


def _steps() -> tuple[list[Settings], int]:
    """Every step, and the one that the widgets are at."""
    return st.session_state.get("steps", []), int(st.session_state.get("step", -1))


def forget(levers: Sequence[Lever]) -> None:
    """Begin anew from what the widgets say."""
    st.session_state.steps, st.session_state.step = [now(levers)], 0


def can_go(by: int) -> bool:
    """Whether there is a step before (-1) or behind (+1) this one."""
    steps, place = _steps()
    return 0 <= place + by < len(steps)


def go(by: int, levers: Sequence[Lever]) -> None:
    """Undo (-1) or redo (+1) one step."""
    steps, place = _steps()
    if can_go(by):
        st.session_state.step = place + by
        put(steps[place + by], levers)


def step_before() -> Settings | None:
    """The settings before the last change."""
    steps, place = _steps()
    return steps[place - 1] if place > 0 else None


def read_link(
    asked: Mapping[str, Sequence[str]],
    levers: Sequence[Lever],
    scenarios: Sequence[str],
    own: str,
    grids: Sequence[str] = GRIDS,
) -> tuple[Settings, list[str]]:
    """The settings of a link, and what of it cannot be: sentences for people. `own` is the workbook's own grid."""
    told: list[str] = []
    found = Settings()
    scenario = _one(asked, SCENARIO)
    if scenario is not None and scenario not in (AS_WRITTEN, *scenarios):
        told.append(f"There is no scenario '{scenario}' in this workbook; it is shown as written.")
    elif scenario is not None:
        found = replace(found, scenario=scenario)
    for name, known in (
        (GRID, tuple(dict.fromkeys((AS_WRITTEN, *grids, own)))),
        (GAP, tuple(digits(gap, 6) for gap in GAPS)),
    ):
        value = _one(asked, name)
        if value is not None and value not in known:
            told.append(f"'{value}' is not known for '{name}' ({', '.join(known)}); the usual value is used.")
        elif value is not None:
            found = replace(found, gap=float(value)) if name == GAP else replace(found, grid=value)
    found = replace(found, grid=AS_WRITTEN) if found.grid == own else found
    moved: list[tuple[str, float]] = []
    for lever in levers:
        value = _one(asked, lever.key)
        if value is None:
            continue
        percent = _number(value)
        if lever.low - 1e-9 <= percent <= lever.high + 1e-9:
            moved += [(lever.key, percent)] if abs(percent - NEUTRAL) > 1e-6 else []
        else:
            told.append(
                f"'{value}' is not possible for '{lever.label}': {figure(lever.low)} to {figure(lever.high)} percent "
                "of the workbook's value. The workbook's value is used."
            )
    return replace(found, levers=tuple(moved), extra=tuple(asked.get(SET, ()))), told


def _one(asked: Mapping[str, Sequence[str]], name: str) -> str | None:
    """The last value of a name in a link."""
    values = asked.get(name)
    return values[-1] if values else None


def _number(text: str) -> float:
    """A number, or none."""
    try:
        return float(text)
    except ValueError:
        return math.nan
