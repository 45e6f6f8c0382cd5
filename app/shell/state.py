"""What one browser tab works on: a workbook, how it is to be solved, the plan that is shown, the work under way."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from app.session import coarse, settings
from app.session.levers import NEUTRAL, Lever, levers
from app.session.settings import AS_WRITTEN, Settings
from app.session.store import Source, Wish, key_of, load_plan, plan_path, use
from app.tasks import jobs, questions, workbooks
from planner.analyses import ANALYSES
from planner.case import Case
from planner.options import GAP as DEFAULT_GAP
from planner.plan import Plan
from planner.plan.frames import tidy
from planner.sheets import Settings as SettingsRow
from planner.wording.figures import digits, typed, typed_share
from planner.wording.units import counted


@dataclass(frozen=True)
class Shown:
    """A plan on the screen: the workbook and wish that it was made from, and where it is kept.

    `origin` says where it comes from if it is not the best plan of that wish, `remake` what makes it again. `instead`
    is the wish whose plan will replace it: it is a first answer then, in coarser periods than were asked for.
    """

    source: Source
    wish: Wish
    key: str
    origin: str = ""
    remake: str = ""
    instead: Wish | None = None


MOST_SHELF = 24
"""Plans of this tab that can be compared."""
MOST_OPEN = 48
"""Cases and plans that the server keeps open for everybody: about three for each of ten people at once."""


@st.cache_resource(max_entries=MOST_OPEN, show_spinner="Reading the workbook ...")
def case_of(path: str, sha256: str, scenario: str, sets: tuple[str, ...]) -> Case:  # noqa: ARG001 - the hash is the key
    """The case of a workbook that was checked before. Raises InvalidCaseError if changes break it."""
    return workbooks.case(path, scenario=scenario, sets=sets)


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


def ask(wish: Wish) -> None:
    """Show the plan of this wish: from the cache, else once it is solved.

    Where that takes long, a first answer in coarser periods is shown as soon as there is one; the plan replaces it.
    """
    stop()
    source: Source = st.session_state.source
    st.session_state.job = None
    st.session_state.first_job = None
    key = key_of(source, wish)
    if kept(key):
        show(Shown(source, wish, key))
        return
    quick = coarse.first_of(base_of(source, wish), wish)
    if quick is not None and not kept(key_of(source, quick)):
        st.session_state.first_job = jobs.solve(source, quick)
    st.session_state.job = jobs.solve(source, wish)
    st.session_state.job_wish = wish
    if quick is not None and st.session_state.first_job is None:
        _show_first(source, quick)


def stop() -> None:
    """End the work under way, if there is any."""
    for job in (st.session_state.get("job"), st.session_state.get("first_job")):
        if job is not None and job.active:
            job.discard()


def settle() -> bool:
    """Take over the plan of a job that has ended; True if one was taken over."""
    job, source, wish = st.session_state.get("job"), st.session_state.source, st.session_state.get("job_wish")
    first = st.session_state.get("first_job")
    if first is not None and not first.active:
        st.session_state.first_job = None
        if first.shareable and wish is not None and job is not None and job.active:
            return _show_first(source, coarse.first_of(base_of(source, wish), wish))
    if job is None or wish is None or not job.found:
        return False
    stop()  # the first answer, if it has not come yet
    st.session_state.job = None
    st.session_state.first_job = None
    key = str(job.answer["key"])
    if not kept(key):
        return False
    show(Shown(source, wish, key))
    return True


def _show_first(source: Source, quick: Wish | None) -> bool:
    """Put a first answer on the screen, marked as one; not on the shelf, since it will be replaced."""
    if quick is None:
        return False
    key = key_of(source, quick)
    if not kept(key) or not plan_at(key).found:
        return False
    st.session_state.shown = Shown(source, quick, key, instead=st.session_state.job_wish)
    return True


def first_shown() -> bool:
    """Whether a first answer to what the widgets ask for is on the screen."""
    found: Shown | None = st.session_state.get("shown")
    return found is not None and found.instead is not None and not away_from(found)


def away_from(found: Shown) -> bool:
    """Whether a plan, or the plan that will replace it, is another one than the widgets ask for."""
    return found.source.sha256 != st.session_state.source.sha256 or (found.instead or found.wish) != wish_now()


def stale() -> bool:
    """Whether the plan on the screen is another one than the widgets ask for; a first answer is."""
    found: Shown | None = st.session_state.get("shown")
    if found is None or found.instead is not None or away_from(found):
        return True
    return bool(not found.origin and found.key != key_of(found.source, found.wish))


def show(plan: Shown) -> None:
    """Put a plan on the screen, and on the shelf of plans that can be compared."""
    before: Shown | None = st.session_state.get("shown")
    if before is not None and before.source == plan.source and before.instead == plan.wish:
        st.session_state.setdefault("replaced", {})[plan.key] = before.key
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
    parts += [f"{names[key].lower()} {typed(percent)} %" for key, percent in stood.levers]
    others = len(stood.extra)
    parts += [f"{counted(others, 'more cell')} changed"] if others else []
    parts += [f"scenario {wish.scenario}"] if wish.scenario else []
    parts += [f"grid {wish.grid}"] if wish.grid else []
    parts += [f"gap {typed_share(wish.gap)}"] if wish.gap != DEFAULT_GAP else []
    parts += [plan.origin] if plan.origin else []
    parts += ["search stopped early"] if plan.key.endswith("-stopped") else []
    return f"{plan.source.title}: {', '.join(parts) or 'as the workbook says'}"


def take_up(plan: Shown) -> None:
    """Show a plan with every setting at the side as it was when the plan was asked for."""
    source, wish = plan.source, plan.wish
    if source.sha256 != st.session_state.source.sha256:
        questions.stop_all()
    stop()
    st.session_state.job = None
    st.session_state.first_job = None
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


def to_own_grid() -> None:
    """Count in the workbook's own periods from now on."""
    st.session_state[settings.GRID] = AS_WRITTEN
    changed()
    ask(wish_now())


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


def base_of(source: Source, wish: Wish) -> Case:
    """The case of a wish as far as its grids are concerned: without levers, and without other cells than settings."""
    sets = tuple(change for change in wish.sets if change.startswith(f"{SettingsRow.SHEET}!"))
    return case_of(source.path, source.sha256, wish.scenario, sets)


def grid_of(source: Source, wish: Wish) -> str:
    """Name of the grid in which a wish counts."""
    return base_of(source, wish).grid(wish.grid).name


def command(source: Source, wish: Wish, remake: str = "") -> str:
    """The command that makes the same plan, one change a line; `remake` where it is not the best plan of the wish."""
    return remake or command_of(
        source, wish, "solve", "--gap", digits(wish.gap, 6), "--time-limit", digits(wish.options.time_limit, 6)
    )


def command_of(source: Source, wish: Wish, verb: str, *parts: str) -> str:
    """The command of a verb on a workbook under a wish, with its grid, one change a line."""
    words = ["planner", verb, source.name, "--grid", grid_of(source, wish)]
    words += ["--scenario", wish.scenario] if wish.scenario else []
    line = " ".join(shlex.quote(word) for word in (*words, *parts))
    return " \\\n  ".join([line, *(f"--set {shlex.quote(change)}" for change in wish.sets)])


def remake(asked: questions.Question) -> str:
    """The command that asks the same of a declared analysis."""
    wish = asked.wish if ANALYSES[asked.do].scenarios else replace(asked.wish, scenario="")
    return command_of(asked.source, wish, asked.do, *asked.asked.words())
