"""What one browser tab works on: a workbook, how it is to be solved, the plan that is shown, the work under way."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from app import jobs, works
from app.levers import Lever, levers
from app.store import Source, Wish, key_of, load_plan, plan_path, prune, source_of
from planner.case import Case
from planner.inputs_path import inputs_path
from planner.plan import Plan
from planner.results.frames import tidy
from planner.workbook import read

AS_WRITTEN = "as the workbook says"
CASE_VARIABLE, NAME_VARIABLE = "PLANNER_APP_CASE", "PLANNER_APP_NAME"
"""Environment variables with the workbook to open, and with what people call it."""


@dataclass(frozen=True)
class Shown:
    """A plan on the screen: the workbook and wish that it was made from, and where it is kept.

    `origin` says where it comes from if it is not the best plan of that wish, `remake` what makes it again.
    """

    source: Source
    wish: Wish
    key: str
    origin: str = ""
    remake: str = ""


MOST_SHELF = 24
"""Plans of this tab that can be compared."""


@st.cache_resource(max_entries=12, show_spinner="Reading the workbook ...")
def case_of(path: str, sha256: str, scenario: str, sets: tuple[str, ...]) -> Case:  # noqa: ARG001 - the hash is the key
    """The case of a workbook that was checked before. Raises InvalidCaseError if changes break it."""
    return read(Path(path), scenario=scenario, sets=sets)


@st.cache_resource(max_entries=12, show_spinner="Opening the plan ...")
def plan_of(path: str) -> Plan:
    """A kept plan, tidy for the views."""
    return tidy(load_plan(Path(path)))


def plan_at(key: str) -> Plan:
    """The kept plan with this key."""
    return plan_of(str(plan_path(key)))


def kept(key: str) -> bool:
    """Whether the plan with this key is there already and can be read."""
    path = plan_path(key)
    if not path.is_file():
        return False
    try:
        plan_of(str(path))
    except (OSError, ValueError):
        path.unlink(missing_ok=True)
        return False
    return True


def first_source() -> Source:
    """The workbook that the app was started with, else the reference case."""
    named = os.environ.get(CASE_VARIABLE, "")
    if named:
        return source_of(Path(named), os.environ.get(NAME_VARIABLE) or named)
    return packaged("blueprint")


@st.cache_data(show_spinner=False)
def packaged(name: str) -> Source:
    """A workbook that comes with the planner."""
    return source_of(inputs_path(name), name, name)


def begin() -> None:
    """Set up a new tab with the first workbook; take over a plan that was finished meanwhile."""
    if "source" not in st.session_state:
        prune()
        jobs.warm()
        choose(first_source())
    settle()


def choose(source: Source) -> None:
    """Work on this workbook from now on: levers at their present values, its plan shown or being made."""
    stop()
    works.stop_all()
    st.session_state.source = source
    st.session_state.pop("shown", None)
    reset()
    for name in ("scenario", "grid", "gap"):
        st.session_state.pop(name, None)
    ask(Wish())


def ask(wish: Wish) -> None:
    """Show the plan of this wish: from the cache, else once it is solved."""
    stop()
    source: Source = st.session_state.source
    st.session_state.job = None
    key = key_of(source, wish)
    if kept(key):
        show(Shown(source, wish, key))
        return
    st.session_state.job = jobs.solve(source, wish)
    st.session_state.job_wish = wish


def stop() -> None:
    """End the work under way, if there is any."""
    job = st.session_state.get("job")
    if job is not None and job.active:
        job.discard()


def settle() -> bool:
    """Take over the plan of a job that has ended; True if one was taken over."""
    job, wish = st.session_state.get("job"), st.session_state.get("job_wish")
    if job is None or job.active or job.state != "done" or job.answer.get("kind") != "done":
        return False
    source: Source = st.session_state.source
    st.session_state.job = None
    key = str(job.answer["key"])
    if not kept(key):
        return False
    show(Shown(source, wish, key))
    return True


def show(plan: Shown) -> None:
    """Put a plan on the screen, and on the shelf of plans that can be compared."""
    st.session_state.shown = plan
    put_aside(plan)


def put_aside(plan: Shown) -> None:
    """Put a plan on the shelf; the oldest goes if there are too many."""
    shelf: dict[str, Shown] = st.session_state.setdefault("shelf", {})
    shelf[plan.key] = plan
    while len(shelf) > MOST_SHELF:
        del shelf[next(iter(shelf))]


def shelf() -> dict[str, Shown]:
    """Plans of this tab by key, those with a plan only."""
    found: dict[str, Shown] = st.session_state.get("shelf", {})
    return {key: plan for key, plan in found.items() if kept(key) and plan_of(str(plan_path(key))).found}


def name_of(plan: Shown) -> str:
    """What a plan on the shelf is called: its workbook, what was changed, where it comes from."""
    wish, parts = plan.wish, []
    case = case_of(plan.source.path, plan.source.sha256, wish.scenario, ())
    for lever in levers(case):
        percent = percent_of(lever, wish)
        parts += [f"{lever.label.removesuffix(', %').lower()} {percent} %"] if percent != 100 else []
    others = len(extra_of(case, wish))
    parts += [f"{others} more {'cell' if others == 1 else 'cells'} changed"] if others else []
    parts += [f"scenario {wish.scenario}"] if wish.scenario else []
    parts += ["finer periods"] if wish.grid != "phases" else []
    parts += [f"gap {100 * wish.gap:g} %"] if wish.gap != 0.01 else []
    parts += [plan.origin] if plan.origin else []
    parts += ["search stopped early"] if plan.key.endswith("-stopped") else []
    return f"{plan.source.name}: {', '.join(parts) or 'as the workbook says'}"


def percent_of(lever: Lever, wish: Wish) -> int:
    """Where a lever stood when a plan was asked for."""
    given = set(wish.sets)
    places = range(lever.low, lever.high + 1, lever.step)
    return next((p for p in places if p != 100 and lever.sets(p)[0] in given), 100)


def extra_of(case: Case, wish: Wish) -> tuple[str, ...]:
    """Changes of a wish that no lever makes."""
    made = {change for lever in levers(case) for change in lever.sets(percent_of(lever, wish))}
    return tuple(change for change in wish.sets if change not in made)


def take_up(plan: Shown) -> None:
    """Show a plan with every setting at the side as it was when the plan was asked for."""
    source, wish = plan.source, plan.wish
    if source.sha256 != st.session_state.source.sha256:
        works.stop_all()
    stop()
    st.session_state.job = None
    st.session_state.source = source
    case = case_of(source.path, source.sha256, wish.scenario, ())
    for lever in levers(case):
        st.session_state[lever_key(lever)] = percent_of(lever, wish)
    st.session_state.scenario = wish.scenario or AS_WRITTEN
    st.session_state.grid, st.session_state.gap = wish.grid, wish.gap
    st.session_state.extra = extra_of(case, wish)
    show(plan)


def extra() -> tuple[str, ...]:
    """Cells changed one by one, by a repair or a try, as `--set` takes them."""
    found: tuple[str, ...] = st.session_state.get("extra", ())
    return found


def add_changes(changes: tuple[str, ...], *, solve: bool = False) -> None:
    """Change more cells; a later change of the same cell replaces the earlier one."""
    names = {change.rpartition("=")[0] for change in changes}
    kept_ones = tuple(c for c in extra() if c.rpartition("=")[0] not in names)
    st.session_state.extra = (*kept_ones, *changes)
    if solve:
        ask(wish_now())


def drop_change(change: str) -> None:
    """Put one cell back."""
    st.session_state.extra = tuple(c for c in extra() if c != change)


def shown() -> tuple[Shown, Case, Plan] | None:
    """The plan on the screen with its case, if there is one."""
    found: Shown | None = st.session_state.get("shown")
    if found is None:
        return None
    case = case_of(found.source.path, found.source.sha256, found.wish.scenario, found.wish.sets)
    return found, case, plan_of(str(plan_path(found.key)))


def base_case(scenario: str = "") -> Case:
    """The case as the workbook and the scenario say, without levers."""
    source: Source = st.session_state.source
    return case_of(source.path, source.sha256, scenario, ())


def lever_key(lever: Lever) -> str:
    """Key of a lever's widget."""
    return f"lever_{lever.key}"


def reset() -> None:
    """Put every lever and every other cell back to the workbook's values."""
    st.session_state.extra = ()
    for name in list(st.session_state):
        if str(name).startswith("lever_"):
            st.session_state[name] = 100


def wish_now() -> Wish:
    """What the frame's widgets say now."""
    state = st.session_state
    scenario = state.get("scenario", AS_WRITTEN)
    scenario = "" if scenario == AS_WRITTEN else scenario
    sets: list[str] = []
    for lever in levers(base_case(scenario)):
        sets += lever.sets(int(state.get(lever_key(lever), 100)))
    sets += extra()
    return Wish(scenario, state.get("grid", "phases"), state.get("gap", 0.01), tuple(sets))


def command(source: Source, wish: Wish, remake: str = "") -> str:
    """The command that makes the same plan, one change a line; `remake` where it is not the best plan of the wish."""
    if remake:
        return remake
    options = wish.options
    parts = ["planner", "solve", source.name, "--grid", wish.grid]
    parts += ["--scenario", wish.scenario] if wish.scenario else []
    parts += ["--gap", f"{wish.gap:g}", "--time-limit", f"{options.time_limit:g}"]
    line = " ".join(shlex.quote(part) for part in parts)
    return " \\\n  ".join([line, *(f"--set {shlex.quote(change)}" for change in wish.sets)])
