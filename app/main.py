"""Entry script: the frame with its levers around the page that is open."""

from __future__ import annotations

import streamlit as st

from app import frame, state
from app.views import data, method, plan, start
from planner.problems import InvalidCaseError
from app.show import bullets


def run() -> None:
    """Draw the frame and the page."""
    pages = st.navigation(
        [
            st.Page(start.page, title="Start", url_path="start", default=True),
            st.Page(data.page, title="Data", url_path="data"),
            st.Page(plan.page, title="Plan", url_path="plan"),
            st.Page(method.page, title="Method", url_path="method"),
        ]
    )
    st.set_page_config(page_title=f"{pages.title} · Migration planner", page_icon="🧭", layout="wide")
    try:
        state.begin()
        frame.sidebar()
        pages.run()
    except InvalidCaseError as error:
        st.error("This workbook cannot be planned with: it has errors. Page Data says how to mend a workbook.")
        bullets([str(problem) for problem in error.problems[:20]])
        st.button("Open the reference case instead", on_click=lambda: state.choose(state.packaged("blueprint")))
    except OSError as error:
        st.error(f"A file could not be read or written: {error.strerror or error}.")
    else:
        frame.footer()


run()
