"""Going to another page from the code of a page."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from app import state


def go(page: str, **more: str) -> NoReturn:
    """Open another page of the app by its name, with the settings at the side in its address; `more` is added to it.

    Streamlit's own clearing of the address raises an error as soon as a widget is bound to it, unless a new address is
    given: so the whole of it is.
    """
    address: dict[str, list[str]] = {}
    for name, value in (*state.link_pairs(), *more.items()):
        address.setdefault(name, []).append(value)
    st.switch_page(st.session_state.pages[page], query_params=address)
