"""What is being done, on top of every page: notices, the first answer to a lever, the search under way and its end."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from app.charts.widgets import plain
from app.session import coarse
from app.shell import first_answer, state
from app.shell.saved_plans import EARLIER, IMPORTED
from app.tasks import jobs, questions
from planner.run.progress import STAGES
from planner.wording.figures import figure, share, whole

PAUSE = 0.5
"""Seconds between two looks at the work under way."""
SETTLED = 0.9
"""Seconds that the levers must rest before the search for the proven plan begins."""


def notices() -> None:
    """What a link asked for that could not be."""
    told: list[str] = st.session_state.get("notices") or []
    for sentence in told:
        st.warning(plain(sentence), icon=":material/link_off:")
    if told:
        st.button("Understood", key="understood", on_click=lambda: st.session_state.update(notices=[]))


def draw(answer: Any) -> None:
    """What is being done and whether the plan shown is the one asked for; on top of every page."""
    job = st.session_state.get("job")
    busy = job is not None and job.active
    if job is not None and not busy:
        _ended(job)
    found = st.session_state.get("shown")
    if found is not None and found.origin and not state.stale():
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.info(f"The plan shown is {plain(found.origin)}. {_standing(found.origin)}")
        right.button("Best plan", on_click=state.ask, args=(found.wish,), key="to_best", width="stretch")
    waits = state.stale() and st.session_state.get("auto", True) and _failed_wish() != state.wish_now()
    if state.stale() and found is not None and not state.first_shown():
        first_answer.draw(answer, busy or waits)
        _say_stale(found, busy=busy, waits=waits)
    if busy or waits:
        watch()


def _standing(origin: str) -> str:
    """How a plan that was not just made for these settings stands to the best one."""
    if origin in (EARLIER, IMPORTED):
        return "Whether it is still the best, a new search says."
    return "It is not the best by the workbook's weights."


def _say_stale(found: state.Shown, *, busy: bool, waits: bool) -> None:
    """Mark the page as older than the settings at the side."""
    if found.key.endswith("-stopped") and found.wish == state.wish_now():
        st.info("This search was stopped before its end. Press **Solve** to search again.")
        return
    then = "" if busy else " The search for the proven plan begins when the levers rest." if waits else ""
    then = then or ("" if busy else " Press **Solve** for the proof.")
    st.warning(
        f"The page below shows the plan before your last changes at the side.{then}", icon=":material/hourglass_top:"
    )


def _failed_wish() -> Any:
    """The wish that ended without a plan, or was stopped: it is not asked for again by itself.

    A plan that has been found and is not on the page yet is none of these: :func:`watch` takes it over.
    """
    job, found = st.session_state.get("job"), st.session_state.get("shown")
    if job is not None and not job.active and not job.found:
        return st.session_state.get("job_wish")
    return found.wish if found is not None and found.key.endswith("-stopped") else None


def _ended(job: Any) -> None:
    """Say how work without a plan ended."""
    if job.answer.get("kind") == "invalid":
        questions.say_invalid(job, "solved")
    elif job.state == "cancelled":
        old = (
            " The plan below is the one from before." if st.session_state.get("shown") else " Press **Solve** to start."
        )
        st.info(f"Cancelled; no plan had been found yet.{old}")
    elif job.state == "failed":
        st.error(plain(job.sentence))


@st.fragment(run_every=PAUSE)
def watch() -> None:
    """Begin the proof when the levers rest; follow it: stage, best plan, bound, gap, time, and a way to stop it."""
    job = st.session_state.get("job")
    rested = time.monotonic() - st.session_state.get("changed_at", 0.0) > SETTLED
    if not rested and (job is None or not job.active):
        return  # nothing is drawn anew while somebody moves a lever: a whole rerun now could undo the last move
    wish = state.wish_now()
    asked_for = job is not None and st.session_state.get("job_wish") == wish
    if rested and not asked_for and state.stale() and st.session_state.get("auto", True):
        state.ask(wish)
        job = st.session_state.get("job")
    first = st.session_state.get("first_job")
    if job is None or not job.active or (first is not None and not first.active):
        state.settle()
        st.empty()  # whatever was moved meanwhile goes first
        st.rerun()
    assert job is not None
    with st.container(border=True, key="progress"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(f"**{_doing(job.told)}**{_aim()} · {whole(job.elapsed)} s")
        right.button("Cancel", on_click=job.cancel, key="cancel", width="stretch")
        news = job.told.news
        if news.get("incumbent") is not None:
            cells = st.columns(3)
            cells[0].markdown(f"Best plan so far  \n**{figure(news['incumbent'])}** points")
            cells[1].markdown(f"No plan can pass  \n**{figure(news.get('bound'))}** points")
            cells[2].markdown(f"Distance (gap)  \n**{_gap(news.get('gap'))}**")


def _aim() -> str:
    """In which periods the plan counts that is being worked out, where a first answer goes before it."""
    source, wish = st.session_state.source, st.session_state.job_wish
    case = state.base_of(source, wish)
    return f" · plan on {plain(coarse.counted(case, wish.grid))}" if coarse.first_of(case, wish) is not None else ""


def _gap(gap: float | None) -> str:
    """Write a gap."""
    return "not known yet" if gap is None or gap > 10 else share(gap)


def _doing(job: jobs.Job) -> str:
    """Say what the work is at."""
    if job.state == "waiting":
        return f"Waiting for a free place; {job.ahead} ahead of you" if job.ahead else "Waiting for a free place"
    if job.stopping is not None:
        return "Stopped; writing down the best plan found"
    return STAGES[job.news["stage"]] if "stage" in job.news else "Starting the solver"
