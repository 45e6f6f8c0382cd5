"""Going to another page from the code of a page."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st


def go(page: str, **more: str) -> NoReturn:
    """Open another page of the app by its name; `more` are settings of that page for its address.

    Streamlit's own clearing of the address raises an error as soon as a widget is bound to it, unless a new address is
    given. The frame writes its own settings into it again: `links.keep_address`.
    """
    st.switch_page(st.session_state.pages[page], query_params=dict(more))
