"""What one browser tab works on: a workbook, how it is to be solved, the plan that is shown, the work under way."""

from __future__ import annotations

import os
import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from app import books, jobs, settings, works
from app.levers import NEUTRAL, Lever, levers
from app.settings import AS_WRITTEN, DATA, SET, Settings
from app.store import Source, Wish, key_of, load_plan, plan_path, prune, source_of, use
from planner.case import Case
from planner.inputs_path import inputs_path
from planner.options import GAP as DEFAULT_GAP
from planner.plan import Plan
from planner.problems import InvalidCaseError
from planner.results.frames import tidy
from planner.sheets import Scenarios

PACKAGED = ("blueprint", "starter")
"""Workbooks that come with the planner; a link names them."""
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
MOST_OPEN = 48
"""Cases and plans that the server keeps open for everybody: about three for each of ten people at once."""


@st.cache_resource(max_entries=MOST_OPEN, show_spinner="Reading the workbook ...")
def case_of(path: str, sha256: str, scenario: str, sets: tuple[str, ...]) -> Case:  # noqa: ARG001 - the hash is the key
    """The case of a workbook that was checked before. Raises InvalidCaseError if changes break it."""
    return books.case(path, scenario=scenario, sets=sets)


@st.cache_resource(max_entries=MOST_OPEN, show_spinner="Opening the plan ...")
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
    use(path)
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
    """Set up a new tab with the workbook and settings of its link; take over a plan that was finished meanwhile."""
    if "source" in st.session_state:
        use(Path(st.session_state.source.path)) if books.brought(st.session_state.source.path) else None
    else:
        prune()
        open_link({name: st.query_params.get_all(name) for name in st.query_params})
    settle()


def look_ahead() -> None:
    """Search for the plan that the first visitor will ask for, while the browser still opens; nobody's turn is used."""
    try:
        source, wish = first_source(), Wish()
    except (OSError, InvalidCaseError):
        return  # the page says what is wrong with it
    if not plan_path(key_of(source, wish)).is_file():
        jobs.solve(source, wish)


def open_link(asked: dict[str, list[str]]) -> None:
    """Begin with the workbook that a link names and the settings that it asks for; what cannot be is told."""
    source, told = first_source(), []
    data = (asked.get(DATA) or [""])[-1]
    if data in PACKAGED:
        source = packaged(data)
    elif data and data != name_in_links(source) and (own := _kept_source(data)) is not None:
        source = own
    elif data and data != name_in_links(source):
        st.session_state.awaited = asked
        told.append(
            f"This link belongs to a workbook with the fingerprint {data}, which is not here: links never carry data. "
            "Upload that workbook on page Data; its levers then stand as the link says. Until then you see another one."
        )
        asked = {}
    found, wrong = _settings_of(source, asked)
    choose(source, found)
    st.session_state.notices = [*told, *wrong]
    if "awaited" in st.session_state:  # its levers are another workbook's: they must not seed the widgets here
        st.query_params.clear()
        st.rerun()


def _kept_source(fingerprint: str) -> Source | None:
    """The workbook of a link, if the person who opened it keeps a plan of it in the library."""
    from app.kept import source_named

    return source_named(fingerprint)


def _settings_of(source: Source, asked: dict[str, list[str]]) -> tuple[Settings, list[str]]:
    """The settings of a link for this workbook, and what of it cannot be."""
    case, known = case_of(source.path, source.sha256, "", ()), levers_of(source.path, source.sha256, "")
    found, told = settings.read_link(
        asked, known, [row.scenario for row in case.of(Scenarios)], [*settings.GRIDS, case.grid().name]
    )
    if found.extra or found.levers:
        try:
            wish = found.wish(known)
            case_of(source.path, source.sha256, wish.scenario, wish.sets)
        except InvalidCaseError as error:
            first = next((p for p in error.problems if p.severity == "error"), error.problems[0])
            told.append(f"The changes of this link cannot be made here: {first.found} They are left out.")
            found = Settings(found.scenario, found.grid, found.gap)
    return found, told


def name_in_links(source: Source) -> str:
    """What a link says of a workbook: the name of one that everybody has, else a fingerprint of its content."""
    return source.kind if source.kind in PACKAGED else source.sha256[:16]


def link_pairs() -> list[tuple[str, str]]:
    """Names and values of the link that restores workbook, scenario, levers and other cells."""
    source: Source = st.session_state.source
    data = "" if source.sha256 == first_source().sha256 else name_in_links(source)
    return settings.now(present_levers()).pairs(data)


def link() -> str:
    """The part of that link behind the question mark."""
    return urlencode(link_pairs())


def keep_address(page: str) -> None:
    """Keep the parts of the address that no widget is bound to; take over what the way back in the browser restored."""
    source: Source = st.session_state.source
    state = st.session_state
    written = tuple(state.get("written", ()))
    found = tuple(st.query_params.get_all(SET))
    if found != written and state.get("page_before") == page and extra() == written:
        state.extra = found
    if state.get("page_before") != page:
        _write_again()
    state.page_before = page
    state.written = extra()
    if found != extra():
        st.query_params[SET] = list(extra())
    data = "" if source.sha256 == first_source().sha256 else name_in_links(source)
    if data and st.query_params.get(DATA) != data:
        st.query_params[DATA] = data
    elif not data and DATA in st.query_params and "awaited" not in state:
        del st.query_params[DATA]


def _write_again() -> None:
    """Let the widgets of the frame write themselves into the address of a page that was opened without them."""
    state = st.session_state
    present = settings.now(present_levers())
    plain = Settings()
    values: dict[str, Any] = dict(present.levers)
    values |= {settings.SCENARIO: present.scenario} if present.scenario != plain.scenario else {}
    values |= {settings.GRID: present.grid} if present.grid != plain.grid else {}
    values |= {settings.GAP: present.gap} if present.gap != plain.gap else {}
    for name, value in values.items():
        if name in state and name not in st.query_params:
            state[name] = value


def choose(source: Source, wanted: Settings | None = None) -> None:
    """Work on this workbook from now on, with these settings or those of a link that waits for it; show its plan."""
    stop()
    works.stop_all()
    state = st.session_state
    state.source = source
    state.pop("shown", None)
    awaited: dict[str, list[str]] | None = state.get("awaited")
    if wanted is None and awaited is not None and (awaited.get(DATA) or [""])[-1] == name_in_links(source):
        wanted, state.notices = _settings_of(source, awaited)
        del state.awaited
    wanted = wanted or Settings()
    found = levers_of(source.path, source.sha256, "" if wanted.scenario == AS_WRITTEN else wanted.scenario)
    settings.put(wanted, found)
    settings.forget(found)
    ask(wanted.wish(found))


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
    if job is None or not job.found:
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
    named = st.session_state.get("kept_names", {}).get(plan.key)
    if named:
        return str(named)
    wish, parts = plan.wish, []
    known = levers_of(plan.source.path, plan.source.sha256, wish.scenario)
    stood = settings.of_wish(wish, known)
    names = {lever.key: lever.name for lever in known}
    parts += [f"{names[key].lower()} {percent:g} %" for key, percent in stood.levers]
    others = len(stood.extra)
    parts += [f"{others} more {'cell' if others == 1 else 'cells'} changed"] if others else []
    parts += [f"scenario {wish.scenario}"] if wish.scenario else []
    parts += [f"grid {wish.grid}"] if wish.grid != Settings().grid else []
    parts += [f"gap {100 * wish.gap:g} %"] if wish.gap != DEFAULT_GAP else []
    parts += [plan.origin] if plan.origin else []
    parts += ["search stopped early"] if plan.key.endswith("-stopped") else []
    return f"{plan.source.name}: {', '.join(parts) or 'as the workbook says'}"


def take_up(plan: Shown) -> None:
    """Show a plan with every setting at the side as it was when the plan was asked for."""
    source, wish = plan.source, plan.wish
    if source.sha256 != st.session_state.source.sha256:
        works.stop_all()
    stop()
    st.session_state.job = None
    st.session_state.source = source
    found = levers_of(source.path, source.sha256, wish.scenario)
    settings.put(settings.of_wish(wish, found), found)
    settings.remember(found)
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
    changed()
    if solve:
        ask(wish_now())


def drop_change(change: str) -> None:
    """Put one cell back."""
    drop_changes((change,))


def drop_changes(changes: tuple[str, ...]) -> None:
    """Put these cells back."""
    st.session_state.extra = tuple(c for c in extra() if c not in changes)
    changed()


def changed() -> None:
    """Take note of a change at the side: it can be undone, and the search for the plan begins when it stays."""
    settings.remember(present_levers())
    st.session_state.changed_at = time.monotonic()


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


@st.cache_resource(max_entries=24, show_spinner=False)
def levers_of(path: str, sha256: str, scenario: str) -> list[Lever]:
    """The levers of a workbook under a scenario."""
    return levers(case_of(path, sha256, scenario, ()))


def present_levers() -> list[Lever]:
    """The levers of the workbook under the scenario that is chosen now."""
    source: Source = st.session_state.source
    scenario = st.session_state.get(settings.SCENARIO, AS_WRITTEN)
    return levers_of(source.path, source.sha256, "" if scenario == AS_WRITTEN else scenario)


def reset() -> None:
    """Put every lever and every other cell back to the workbook's values."""
    found = present_levers()
    present = settings.now(found)
    settings.put(Settings(present.scenario, present.grid, present.gap), found)
    changed()


def away() -> int:
    """How many levers stand elsewhere than the workbook says."""
    return sum(abs(float(st.session_state.get(lever.key, NEUTRAL)) - NEUTRAL) > 1e-6 for lever in present_levers())


def wish_now() -> Wish:
    """What the frame's widgets say now."""
    found = present_levers()
    return settings.now(found).wish(found)


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
