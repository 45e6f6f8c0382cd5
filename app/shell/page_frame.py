"""The frame around every page: levers at the side, the first answer to a change, meters below that never leave."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import streamlit as st

from app.charts.widgets import plain
from app.session import settings
from app.session.store import Source
from app.shell import first_answer, links, meters, progress, sidebar, state
from app.shell.versions import versions


def draw(page: str) -> None:
    """Draw the frame; the page writes its title above the state of the work with :func:`title`.

    Levers stand outside the parts that answer them: what is moved while the page is being drawn is kept.
    """
    st.session_state.head = st.container()
    st.session_state.drawn = False
    links.keep_address(page)
    found = state.present_levers()
    settings.remember(found)
    scenario = settings.now(found).scenario
    case = state.base_case("" if scenario == settings.AS_WRITTEN else scenario)
    with st.sidebar:
        sidebar.draw(case, found)
    live()
    with st.bottom:
        gauges()


@st.fragment(key="live")
def live() -> None:
    """Notices, the first answer, the work under way."""
    with _guarded():
        progress.notices()
        progress.draw(first_answer.ask(state.present_levers()))


@st.fragment(key="gauges")
def gauges() -> None:
    """Meters below the page."""
    with _guarded():
        moved = state.stale() and not state.first_shown()
        answer = first_answer.ask(state.present_levers()) if moved else None
        meters.draw(answer, first_answer.coarse_grid() if answer is not None else _coarse_grid())


def _coarse_grid() -> str:
    """The grid of the plan on the screen where it is a first answer; blank else."""
    found: state.Shown | None = st.session_state.get("shown")
    return found.wish.grid if found is not None and found.instead is not None else ""


@contextlib.contextmanager
def _guarded() -> Iterator[None]:
    """Say in words that a part of the frame could not be drawn."""
    try:
        yield
    except Exception:
        logging.getLogger("planner.app").exception("frame")
        st.error("The answer to the levers could not be drawn: an internal error. The server's log says more.")


def title(words: str, lead: str) -> None:
    """Open a page: its title and one sentence, above the state of the work."""
    with st.session_state.head:
        st.title(words, anchor=False)
        st.markdown(lead)


def tab_title(page: str) -> str:
    """Name of the browser's tab: the page, the workbook, the scenario, how much is changed."""
    scenario = st.session_state.get(settings.SCENARIO, settings.AS_WRITTEN)
    parts = [page, str(st.session_state.source.title)]
    parts += [scenario] if scenario != settings.AS_WRITTEN else []
    changes = state.away() + len(state.extra())
    parts += [f"{changes} changed"] if changes else []
    return " · ".join([*parts, "Migration planner"])


def footer() -> None:
    """Versions of app, model, data and solver, and what the app is not; the page is drawn."""
    source: Source = st.session_state.source
    known = versions()
    st.divider()
    st.markdown(
        f"Planner {known['app']} · model {known['model']} · solver HiGHS {known['highspy']} with Pyomo "
        f"{known['pyomo']} · workbook *{plain(source.title)}*, fingerprint {source.sha256[:10]} · "
        "This app advises; people decide."
    )
    st.session_state.drawn = True
