"""The frame around every page: levers and the button at the side, the state of the work on top, versions below."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import state
from app.levers import Lever, levers
from app.show import figure, plain
from app.store import Source, key_of
from planner import __version__
from planner.case import Case
from planner.plan import Plan, Status
from planner.progress import STAGES
from planner.results import status_sentence
from planner.results.views import check_sentence
from planner.sheets import Scenarios

GAPS = (0.05, 0.01, 0.005, 0.001)
GRIDS = ("phases", "default")
PAUSE = 0.6
"""Seconds between two looks at the work under way."""


def sidebar() -> None:
    """Levers of the case, the button, the command that does the same."""
    source: Source = st.session_state.source
    case = state.base_case(_scenario())
    found = levers(case)
    with st.sidebar:
        st.markdown(f"**{plain(case.name)}**")
        _buttons(found)
        _settings(case)
        st.markdown("**What if** (100 % = as the workbook says)")
        for lever in found:
            _lever(lever)
        _others()
        with st.expander("The same from the command line"):
            st.code(state.command(source, state.wish_now()), language="bash", wrap_lines=True)


def _scenario() -> str:
    """Scenario that is chosen now."""
    chosen = st.session_state.get("scenario", state.AS_WRITTEN)
    return "" if chosen == state.AS_WRITTEN else chosen


def _settings(case: Case) -> None:
    """Scenario, periods and proof."""
    labels = {state.AS_WRITTEN: "As the workbook says"}
    labels |= {
        row.scenario: f"{row.scenario}: {row.label}" if row.label else row.scenario for row in case.of(Scenarios)
    }
    st.selectbox(
        "Scenario (a possible future)", list(labels), key="scenario", format_func=lambda name: labels.get(name, name),
        help="Rows of sheet Scenarios: other values of some cells.",
    )  # fmt: skip
    periods = {name: len(case.grid(name)) for name in GRIDS}
    speed = {"phases": "seconds", "default": "minutes for a large case"}
    st.selectbox(
        "Periods", GRIDS, key="grid",
        format_func=lambda g: f"{'Phases' if g == 'phases' else 'Finer'}: {periods[g]} periods, {speed[g]}",
        help="Finer periods follow queues and staff more closely; phases answer fast.",
    )  # fmt: skip
    st.session_state.setdefault("gap", 0.01)
    st.selectbox(
        "Stop when proven within", GAPS, key="gap", format_func=lambda g: f"{100 * g:g} %",
        help="A plan is returned once no other plan can score more than this higher.",
    )  # fmt: skip


def _lever(lever: Lever) -> None:
    """Draw one lever: its percentage, and what that is in its own unit."""
    key = state.lever_key(lever)
    st.session_state.setdefault(key, 100)
    percent = st.slider(
        lever.label, lever.low, lever.high, step=lever.step, key=key, format="%d %%",
        help=f"{lever.help} 100 % = {figure(lever.total())} {lever.unit}, as sheet {lever.sheet} says.",
    )  # fmt: skip
    now, then = figure(lever.total()), figure(lever.total(percent))
    if percent == 100:
        st.markdown(f":small[{now} {lever.unit}]")
    else:
        st.markdown(f":orange-badge[changed] :small[{now} → **{then}** {lever.unit}]")


def _others() -> None:
    """Cells changed one by one, each with a way to put it back."""
    if not state.extra():
        return
    st.markdown("**Other cells changed**")
    for number, one in enumerate(state.extra()):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(f":orange-badge[changed] :small[{plain(one)}]")
        right.button("✕", key=f"drop_{number}", help="Put it back", on_click=state.drop_change, args=(one,))


def _buttons(found: list[Lever]) -> None:
    """Solve and reset, and how many levers are changed."""
    job = st.session_state.get("job")
    busy = job is not None and job.active
    changed = sum(int(st.session_state.get(state.lever_key(lever), 100)) != 100 for lever in found)
    left, right = st.columns([3, 2])
    left.button("Solve", type="primary", width="stretch", disabled=busy or not stale(), on_click=_solve, key="solve")
    others = len(state.extra())
    right.button("Reset", width="stretch", disabled=not changed and not others, on_click=state.reset, key="reset")
    said = f"{changed} of {len(found)} levers changed" if changed else "No lever changed"
    said += f", {others} more {'cell' if others == 1 else 'cells'}" if others else ""
    st.markdown(f":small[{said}]")


def _solve() -> None:
    """Make the plan that the widgets ask for."""
    state.ask(state.wish_now())


def stale() -> bool:
    """Whether the plan on the screen is another one than the widgets ask for."""
    found = st.session_state.get("shown")
    if found is None or found.source.sha256 != st.session_state.source.sha256 or found.wish != state.wish_now():
        return True
    return bool(not found.origin and found.key != key_of(found.source, found.wish))


def status() -> None:
    """What is being done and whether the plan shown is the one asked for; on top of every page."""
    job = st.session_state.get("job")
    if job is not None and job.active:
        watch()
        return
    if job is not None:
        _ended(job)
    found = st.session_state.get("shown")
    if found is not None and found.origin and not stale():
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.info(f"The plan shown is {plain(found.origin)}. It is not the best by the workbook's weights.")
        right.button("Best plan", on_click=state.ask, args=(found.wish,), key="to_best", width="stretch")
    if found is None or not stale():
        return
    if found.key.endswith("-stopped") and found.wish == state.wish_now():
        st.info("This search was stopped before its end. Press **Solve** to search again.")
    else:
        st.warning(
            "The plan shown was made before your last changes at the side. Press **Solve** to see their effect.",
            icon=":material/hourglass_top:",
        )


def _ended(job: Any) -> None:
    """Say how work without a plan ended."""
    if job.answer.get("kind") == "invalid":
        st.error("With these changes the workbook cannot be solved:")
        for problem in job.answer["problems"][:12]:
            if problem["severity"] == "error":
                st.markdown(f"- **{plain(problem['cell'])}** {plain(problem['found'])} {plain(problem['mend'])}")
    elif job.state == "cancelled":
        old = (
            " The plan below is the one from before." if st.session_state.get("shown") else " Press **Solve** to start."
        )
        st.info(f"Cancelled; no plan had been found yet.{old}")
    elif job.state == "failed":
        st.error(plain(job.sentence))


@st.fragment(run_every=PAUSE)
def watch() -> None:
    """Follow the work under way: stage, best plan, bound, gap, time, and a way to stop it."""
    job = st.session_state.get("job")
    if job is None or not job.active:
        state.settle()
        st.rerun()
    with st.container(border=True, key="progress"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(f"**{_doing(job)}** · {job.elapsed:.0f} s")
        right.button("Cancel", on_click=job.cancel, key="cancel", width="stretch")
        news = job.news
        if news.get("incumbent") is not None:
            cells = st.columns(3)
            cells[0].markdown(f"Best plan so far  \n**{figure(news['incumbent'])}** points")
            cells[1].markdown(f"No plan can pass  \n**{figure(news.get('bound'))}** points")
            cells[2].markdown(f"Distance (gap)  \n**{_gap(news.get('gap'))}**")
        if st.session_state.get("shown") is not None:
            st.markdown("The plan below is the one from before.")


def _gap(gap: float | None) -> str:
    """Write a gap."""
    return "not known yet" if gap is None or gap > 10 else f"{gap:.2%}"


def _doing(job: Any) -> str:
    """Say what the work is at."""
    if job.state == "waiting":
        return f"Waiting for a free place; {job.ahead} ahead of you" if job.ahead else "Waiting for a free place"
    if job.stopping is not None:
        return "Stopped; writing down the best plan found"
    return STAGES.get(job.news.get("stage"), "Starting the solver")


def title(words: str, lead: str) -> None:
    """Open a page: its title, one sentence, the state of the work."""
    st.title(words, anchor=False)
    st.markdown(lead)
    status()


def verdict(plan: Plan) -> None:
    """Say how sure the plan is, in one box."""
    found = st.session_state.get("shown")
    if found is not None and found.origin and plan.found and plan.verified:
        st.info(plain(f"{' '.join(plan.unproven)} {check_sentence(plan)}"), icon=":material/verified:")
        return
    said = plain(f"{status_sentence(plan)} {check_sentence(plan)}".strip())
    if not plan.found or plan.verified is False:
        st.error(said)
    elif plan.status.value.startswith("optimal"):
        st.success(said, icon=":material/verified:")
    else:
        st.warning(said)


def no_plan(plan: Plan) -> None:
    """Say what to do where there is no plan."""
    if plan.status is Status.INFEASIBLE:
        st.markdown("Which limits clash, and the smallest changes that would mend it:")
        st.page_link(
            st.session_state.pages["Explain"], label="**See what clashes, and mend it**", icon=":material/build:"
        )
        return
    for line in [*plan.unproven, *plan.warnings] or ["Try wider limits, or more money, staff or time."]:
        st.markdown(f"- {plain(line)}")


def footer() -> None:
    """Versions and what the app is not."""
    source: Source = st.session_state.source
    st.divider()
    st.markdown(
        f"Planner {__version__} · workbook *{plain(source.name)}*, fingerprint {source.sha256[:10]} · "
        "This app advises; people decide."
    )
