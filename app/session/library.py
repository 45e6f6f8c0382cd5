"""The library of this server, opened once for all tabs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from planner.library import Library


def library() -> Library:
    """The library of this server. Raises LibraryError where it cannot be opened."""
    from planner.library import place_of

    settings = tuple(sorted(item for item in os.environ.items() if item[0].startswith("PLANNER_LIBRARY")))
    return _opened(str(place_of().url.render_as_string(hide_password=True)), settings)


@st.cache_resource(show_spinner="Opening the library ...", max_entries=4)
def _opened(place: str, settings: tuple[tuple[str, str], ...]) -> Library:  # noqa: ARG001 - what it is known by
    """One library for all tabs of a server."""
    from planner.library import open_library

    return open_library()
