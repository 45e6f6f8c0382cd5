"""Addresses: a tab begins with the workbook and settings of its link, and keeps them in its address."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from app.session import settings
from app.session.settings import AS_WRITTEN, DATA, SET, Settings
from app.session.store import Source, prune, use
from app.shell import state
from app.shell.opening import PACKAGED, first_source, name_in_links, packaged
from app.tasks import questions, workbooks
from planner.case.problems import InvalidCaseError
from planner.sheets import Scenarios


def begin() -> None:
    """Set up a new tab with the workbook and settings of its link; take over a plan that was finished meanwhile."""
    if "source" in st.session_state:
        use(Path(st.session_state.source.path)) if workbooks.brought(st.session_state.source.path) else None
    else:
        prune()
        open_link({name: st.query_params.get_all(name) for name in st.query_params})
    state.settle()


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
    from app.shell.saved_plans import source_named

    return source_named(fingerprint)


def _settings_of(source: Source, asked: dict[str, list[str]]) -> tuple[Settings, list[str]]:
    """The settings of a link for this workbook, and what of it cannot be."""
    case, known = state.case_of(source.path, source.sha256, "", ()), state.levers_of(source.path, source.sha256, "")
    found, told = settings.read_link(asked, known, [row.scenario for row in case.of(Scenarios)], case.grid().name)
    if found.extra or found.levers:
        try:
            wish = found.wish(known)
            state.case_of(source.path, source.sha256, wish.scenario, wish.sets)
        except InvalidCaseError as error:
            first = next((p for p in error.problems if p.severity == "error"), error.problems[0])
            told.append(f"The changes of this link cannot be made here: {first.found} They are left out.")
            found = Settings(found.scenario, found.grid, found.gap)
    return found, told


def link_pairs() -> list[tuple[str, str]]:
    """Names and values of the link that restores workbook, scenario, levers and other cells."""
    source: Source = st.session_state.source
    data = "" if source.sha256 == first_source().sha256 else name_in_links(source)
    return settings.now(state.present_levers()).pairs(data)


def link() -> str:
    """The part of that link behind the question mark."""
    return urlencode(link_pairs())


def keep_address(page: str) -> None:
    """Keep the parts of the address that no widget is bound to; take over what the way back in the browser restored."""
    source: Source = st.session_state.source
    tab = st.session_state
    written = tuple(tab.get("written", ()))
    found = tuple(st.query_params.get_all(SET))
    if found != written and tab.get("page_before") == page and state.extra() == written:
        tab.extra = found
    if tab.get("page_before") != page:
        _write_again()
    tab.page_before = page
    tab.written = state.extra()
    if found != state.extra():
        st.query_params[SET] = list(state.extra())
    data = "" if source.sha256 == first_source().sha256 else name_in_links(source)
    if data and st.query_params.get(DATA) != data:
        st.query_params[DATA] = data
    elif not data and DATA in st.query_params and "awaited" not in tab:
        del st.query_params[DATA]


def _write_again() -> None:
    """Let the widgets of the frame write themselves into the address of a page that was opened without them."""
    present = settings.now(state.present_levers())
    plain = Settings()
    values: dict[str, Any] = dict(present.levers)
    values |= {settings.SCENARIO: present.scenario} if present.scenario != plain.scenario else {}
    values |= {settings.GRID: present.grid} if present.grid != plain.grid else {}
    values |= {settings.GAP: present.gap} if present.gap != plain.gap else {}
    for name, value in values.items():
        if name in st.session_state and name not in st.query_params:
            st.session_state[name] = value


def choose(source: Source, wanted: Settings | None = None) -> None:
    """Work on this workbook from now on, with these settings or those of a link that waits for it; show its plan."""
    state.stop()
    questions.stop_all()
    tab = st.session_state
    tab.source = source
    tab.pop("shown", None)
    awaited: dict[str, list[str]] | None = tab.get("awaited")
    if wanted is None and awaited is not None and (awaited.get(DATA) or [""])[-1] == name_in_links(source):
        wanted, tab.notices = _settings_of(source, awaited)
        del tab.awaited
    wanted = wanted or Settings()
    found = state.levers_of(source.path, source.sha256, "" if wanted.scenario == AS_WRITTEN else wanted.scenario)
    settings.put(wanted, found)
    settings.forget(found)
    state.ask(wanted.wish(found))
