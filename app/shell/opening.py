"""The workbook that the app opens with, and its plan before anybody asks."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from app.session import coarse
from app.session.store import Source, Wish, key_of, plan_path, source_of
from app.tasks import jobs, workbooks
from planner.case.problems import InvalidCaseError
from planner.inputs_path import inputs_path

PACKAGED = ("blueprint", "starter")
"""Workbooks that come with the planner; a link names them."""
CASE_VARIABLE, NAME_VARIABLE = "PLANNER_APP_CASE", "PLANNER_APP_NAME"
"""Environment variables with the workbook to open, and with what people call it."""


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


def look_ahead() -> None:
    """Search for the plan that the first visitor will ask for, while the browser still opens; nobody's turn is used.

    Where it takes long, the first answer in coarser periods is searched for beside it.
    """
    try:
        source, wish = first_source(), Wish()
        if plan_path(key_of(source, wish)).is_file():
            return
        first = coarse.first_of(workbooks.case(source.path), wish)
    except (OSError, InvalidCaseError):
        return  # the page says what is wrong with it
    for wanted in (first, wish):
        if wanted is not None and not plan_path(key_of(source, wanted)).is_file():
            jobs.solve(source, wanted)


def name_in_links(source: Source) -> str:
    """What a link says of a workbook: the name of one that everybody has, else a fingerprint of its content."""
    return source.kind if source.kind in PACKAGED else source.sha256[:16]
