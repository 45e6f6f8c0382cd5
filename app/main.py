"""Entry script: the frame with its levers around the page that is open."""

from __future__ import annotations

import logging

import streamlit as st

from app.charts.widgets import bullets
from app.shell import links, opening, page_frame, sign_in
from app.views import compare, data, explain, futures, library, method, plan, report, start, tradeoffs
from planner.case.problems import InvalidCaseError


def run() -> None:
    """Draw the frame and the page."""
    pages = {
        "Start": st.Page(start.page, title="Start", url_path="start", default=True),
        "Data": st.Page(data.page, title="Data", url_path="data"),
        "Plan": st.Page(plan.page, title="Plan", url_path="plan"),
        "Trade-offs": st.Page(tradeoffs.page, title="Trade-offs", url_path="tradeoffs"),
        "Futures": st.Page(futures.page, title="Futures", url_path="futures"),
        "Compare": st.Page(compare.page, title="Compare", url_path="compare"),
        "Explain": st.Page(explain.page, title="Explain", url_path="explain"),
        "Report": st.Page(report.page, title="Report", url_path="report"),
        "Library": st.Page(library.page, title="Library", url_path="library"),
        "Method": st.Page(method.page, title="Method", url_path="method"),
    }
    st.session_state.pages = pages
    open_page = st.navigation(list(pages.values()), position="top")
    st.set_page_config(page_title=f"{open_page.title} · Migration planner", page_icon="🧭", layout="wide")
    sign_in.required()
    try:
        links.begin()
        st.set_page_config(page_title=page_frame.tab_title(open_page.title))
        page_frame.draw(open_page.title)
        open_page.run()
    except InvalidCaseError as error:
        st.error("This workbook cannot be planned with, because it has errors:")
        bullets([str(problem) for problem in error.problems[:20]])
        st.button("Open the reference case", on_click=lambda: links.choose(opening.packaged("blueprint")))
    except OSError as error:
        st.error(f"A file could not be read or written: {error.strerror or 'unknown reason'}.")
    except Exception:
        logging.getLogger("planner.app").exception("page %s", open_page.title)
        st.error("This part of the page could not be drawn: an internal error. The server's log says more.")
    else:
        page_frame.footer()


run()
