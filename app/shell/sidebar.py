"""The side of the frame: levers, undo and redo, how it is solved, holds, other cells, link and command."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence

import streamlit as st
from streamlit.errors import StreamlitAPIException

from app.charts.widgets import plain
from app.session import coarse, settings
from app.session.levers import NEUTRAL, Lever
from app.session.store import Source
from app.shell import first_answer, links, sign_in, state
from planner.case import Case
from planner.explain.holds import held, hold_country, holdable
from planner.options import GAP as DEFAULT_GAP
from planner.sheets import Scenarios
from planner.wording.figures import figure
from planner.wording.units import counted

ANSWERS = ["live", "said", "count", "tail", "gauges"]
"""Parts of the frame that answer a lever at once; the page waits for the proof."""


def draw(case: Case, found: Sequence[Lever]) -> None:
    """Levers of the case and the buttons."""
    st.markdown(f"**{plain(case.name)}**")
    _buttons(found)
    _count()
    _settings(case)
    st.markdown("**What if** (100 % = current policy, as the workbook says)")
    for group in dict.fromkeys(lever.group for lever in found):
        _group(group, [lever for lever in found if lever.group == group], found)
    _holds(case)
    _others()
    with st.expander("Copy link, or the same by command", key="group_link"):
        _tail()
    sign_in.control()


@st.fragment(key="tail")
def _tail() -> None:
    """The link, and the command that does the same."""
    source: Source = st.session_state.source
    st.markdown("This link opens the app as it stands now. It carries settings, never data.")
    st.code(f"{_address()}?{links.link()}", language=None, wrap_lines=True)
    st.markdown("The same from the command line:")
    st.code(state.command(source, state.wish_now()), language="bash", wrap_lines=True)


@st.fragment(key="count")
def _count() -> None:
    """How many levers and other cells are changed."""
    found = state.present_levers()
    away, others = state.away(), len(state.extra())
    said = f"{away} of {len(found)} levers changed" if away else "No lever changed"
    said += f", {counted(others, 'more cell')}" if others else ""
    st.markdown(f":small[{said}]")


def _address() -> str:
    """Address of the page that is open."""
    url = st.context.url or ""
    return url.partition("?")[0]


def _buttons(found: Sequence[Lever]) -> None:
    """Solve, undo, redo and reset, and how many levers are changed."""
    job = st.session_state.get("job")
    busy = job is not None and job.active
    st.button(
        "Solve", type="primary", width="stretch", disabled=busy or not state.stale(), on_click=_solve, key="solve"
    )
    row = st.container(horizontal=True, gap="small")
    for name, by in (("Undo", -1), ("Redo", +1)):
        row.button(name, key=name.lower(), disabled=not settings.can_go(by), on_click=_go, args=(by, found))
    clean = not state.away() and not state.extra()
    row.button("Reset", key="reset", disabled=clean, on_click=state.reset, help="Back to current policy")


def _go(by: int, found: Sequence[Lever]) -> None:
    """Undo or redo a step; other levers may belong to another scenario."""
    settings.go(by, found)
    st.session_state.changed_at = time.monotonic()


def _solve() -> None:
    """Make the plan that the widgets ask for."""
    state.ask(state.wish_now())


def _settings(case: Case) -> None:
    """Scenario, periods and proof."""
    labels = {row.scenario: row.label for row in case.of(Scenarios)}
    names = [settings.AS_WRITTEN, *labels]
    chosen = st.selectbox(
        "Scenario (a possible future)", names, key=settings.SCENARIO, bind="query-params", on_change=state.changed,
        help="Rows of sheet Scenarios: other values of some cells.",
    )  # fmt: skip
    if labels.get(chosen):
        st.markdown(f":small[{plain(labels[chosen])}]")
    grids = coarse.grids_of(case, st.session_state.get(settings.GRID, settings.AS_WRITTEN))
    others = ", ".join(coarse.counted(case, grid) for grid in grids if grid != settings.AS_WRITTEN)
    with st.expander("How it is solved"):
        grid = st.selectbox(
            "Periods in which the plan counts", grids, key=settings.GRID, bind="query-params",
            on_change=state.changed,
            help=f"The workbook says {coarse.counted(case)}, as every command takes it too. Others: {others}. "
            "More periods follow queues, staff and money more closely and take longer.",
        )  # fmt: skip
        st.markdown(f":small[{plain(coarse.counted(case, '' if grid == settings.AS_WRITTEN else grid))}]")
        st.selectbox(
            "Wanted distance from the best (share)", settings.GAPS, index=settings.GAPS.index(DEFAULT_GAP),
            key=settings.GAP, bind="query-params", on_change=state.changed,
            help="A plan is returned once no other plan can score more than this share higher: 0.001 is 0.1 %.",
        )  # fmt: skip
        st.toggle(
            "Prove each change by itself", value=True, key="auto", persist_state="session",
            help="The first answer comes at once. The search for the proven plan begins when the levers rest.",
        )  # fmt: skip


def _group(group: str, members: Sequence[Lever], found: Sequence[Lever]) -> None:
    """One group of levers; folded, it says how many are changed."""
    away = sum(abs(float(st.session_state.get(lever.key, NEUTRAL)) - NEUTRAL) > 1e-6 for lever in members)
    said = f"{group} · {away} changed" if away else group
    with st.expander(said, expanded=group == found[0].group, key=f"group_{members[0].key}"):
        for lever in members:
            _lever(lever, found)


def _lever(lever: Lever, found: Sequence[Lever]) -> None:
    """Draw one lever: its percentage, its exact value in its own unit, what is said of it."""
    st.slider(
        f"{plain(lever.name)}, % of {figure(lever.total(), lever.unit)} {lever.unit}",
        lever.low, lever.high, lever.neutral,
        step=lever.step, key=lever.key, bind="query-params", format="%.4g %%", help=plain_help(lever),
        on_change=_slid, args=(lever, found),
    )  # fmt: skip
    st.number_input(
        f"{lever.name}: exact value, {lever.unit}", value=None, placeholder="exact value",
        key=settings.box_key(lever), label_visibility="collapsed", step=lever.total() / 100.0, format="%.7g",
        on_change=_typed, args=(lever, found),
    )  # fmt: skip
    _said(lever)


@st.fragment(key="said")
def _said(lever: Lever) -> None:
    """What a lever does now: from what to what, how large a change, what one more is worth, what was refused."""
    answer = first_answer.ask(state.present_levers())
    percent = float(st.session_state.get(lever.key, NEUTRAL))
    now, then = figure(lever.total()), figure(lever.total(percent))
    if abs(percent - NEUTRAL) < 1e-6:
        said = f":small[{now} {lever.unit}: current policy]"
    else:
        said = f":orange-badge[changed] :small[{now} → **{then}** {lever.unit}: {lever.scale(percent)}]"
    st.markdown("  \n".join([said, *first_answer.worth_words(lever, answer)]))
    refused = st.session_state.get("refused", {}).get(lever.key)
    if refused:
        st.error(plain(refused))


def plain_help(lever: Lever) -> str:
    """What a lever does, current policy, range with its reason, word scale, source and grade."""
    weakest = f"; weakest: {state.base_case().grades[lever.grade]}" if lever.grade else ""
    behind = f"Source: {lever.source or 'none named'}{weakest}"
    return plain(
        f"{lever.help} Current policy: {figure(lever.total(), lever.unit)} {lever.unit}, as sheet {lever.sheet} says. "
        f"{settings.allowed(lever)} Up to 10 % is modest, up to 25 % strong. {behind}. "
        "Arrow keys move it by 1 %; release it to see the answer."
    )


def _slid(lever: Lever, found: Sequence[Lever]) -> None:
    """Take note of a lever that was moved."""
    settings.slid(lever, found)
    _moved()


def _typed(lever: Lever, found: Sequence[Lever]) -> None:
    """Take over or refuse a value that was typed: the slider must follow, so all is drawn anew."""
    settings.typed(lever, found)
    st.session_state.changed_at = time.monotonic()


def _moved() -> None:
    """Answer at once, without the page: that is drawn anew with the proof, or at once where no proof will come.

    A page whose drawing this change has interrupted is drawn to its end: its parts that run by themselves would stop.
    """
    st.session_state.changed_at = time.monotonic()
    if not st.session_state.get("auto", True) or not st.session_state.get("drawn"):
        return
    with contextlib.suppress(StreamlitAPIException):  # no frame to answer in: everything is drawn anew
        st.rerun(ANSWERS)


def _holds(case: Case) -> None:
    """Countries whose money is held where the plan shown has it, whatever else is moved."""
    countries, held_now = holdable(case), [c for c in holdable(case) if held(state.extra(), c)]
    st.session_state.held = held_now
    with st.expander(f"Hold a country · {len(held_now)} held" if held_now else "Hold a country", key="group_held"):
        st.multiselect(
            "Countries whose money (USD million a phase) stays as in the plan shown", countries, key="held",
            disabled=st.session_state.get("shown") is None or state.first_shown(), on_change=_hold, args=(case,),
            help="Each is held by a rule 'money for ... in ...', which has a price on page Explain like any other.",
        )  # fmt: skip


def _hold(case: Case) -> None:
    """Hold and release countries as the widget says."""
    wanted, found = set(st.session_state.held), state.shown()
    drop = tuple(c for country in holdable(case) if country not in wanted for c in held(state.extra(), country))
    if drop:
        state.drop_changes(drop)
    new = [c for c in holdable(case) if c in wanted and not held(state.extra(), c)]
    if new and found is not None and found[2].found:
        state.add_changes(tuple(line for country in new for line in hold_country(found[1], found[2], country)))


def _others() -> None:
    """Cells changed one by one, each with a way to put it back."""
    if not state.extra():
        return
    st.markdown("**Other cells changed**")
    for number, one in enumerate(state.extra()):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(f":orange-badge[changed] :small[{plain(one)}]")
        right.button("✕", key=f"drop_{number}", help="Put it back", on_click=state.drop_change, args=(one,))
