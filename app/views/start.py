"""Start: the plan of the reference case, three ways to begin, what the model does not know."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import streamlit as st

from app.charts.widgets import bullets, plain, reading_table
from app.shell import links, opening, page_frame, state, verdicts
from app.shell.compared import NOTHING_WORDS, PREVIOUS_WORDS
from app.shell.navigation import go
from app.views.headlines import cards, comparison
from planner.case import Case
from planner.plan import Plan
from planner.results import headline, held_back
from planner.results.bridges import bridge_table, bridges
from planner.sheets import Places

LIMITS = (
    "It does not forecast. Arrivals, yields, costs and time limits are inputs, each with a source and a grade.",
    "It knows one future at a time: what is uncertain must be tried, with the scenarios and levers at the side.",
    "People are counted in fractions and in groups. It knows nobody's case, and must not decide anybody's case.",
    "'Better' is what sheet Outcomes says it is. Rights are hard limits there, not weights to be traded.",
    "It does not see what is not in the workbook: politics between dates, courts, disasters, how people feel.",
)


def page() -> None:
    """Draw the page."""
    found = state.shown()
    name = state.base_case().name if found is None else found[1].name
    page_frame.title(
        plain(name),
        "How to divide money, officers, visas and resettlement places over countries and time, so that as many people "
        "as possible are protected or move by legal pathways, within every limit of a workbook.",
    )
    if found is None:
        st.markdown("The plan appears here as soon as it is found.")
    else:
        result(found[1], found[2])
    begin()
    st.header("What the model does not know", anchor=False)
    bullets(LIMITS)


def result(case: Case, plan: Plan) -> None:
    """The answer first."""
    verdicts.verdict(plan)
    if not plan.found:
        verdicts.no_plan(plan)
        return
    head = headline(plan, case)
    cards(head, plan)
    st.header("What the plan achieves", anchor=False)
    st.markdown(
        f"Over {_span(case)}, in {len([p for p in case.of(Places) if p.kind == 'country'])} countries. "
        f"{PREVIOUS_WORDS if plan.previous else NOTHING_WORDS}"
    )
    reading_table(comparison(head, plan))
    totals(case, plan)
    st.header("What held the plan back", anchor=False)
    bullets(held_back(case, plan) or ["Nothing in particular: no limit is reached for long."])
    st.page_link(
        st.session_state.pages["Plan"],
        label="**See the whole plan: who gets what, when**",
        icon=":material/arrow_forward:",
    )


def totals(case: Case, plan: Plan) -> None:
    """What lies between totals that go by nearly the same name, where a plan has such totals."""
    joined = bridge_table(bridges(case, plan))
    if not joined.empty:
        with st.expander("Totals that go by nearly the same name, and what lies between them"):
            reading_table(joined)


def _span(case: Case) -> str:
    """First and last day in words."""
    first, last = case.origin, case.date(case.horizon - 1.0)
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


def begin() -> None:
    """Three ways to begin."""
    st.header("Three ways to begin", anchor=False)
    first, second, third = st.columns(3)
    with first.container(border=True, height="stretch"):
        st.markdown("**1. An example**")
        st.markdown(
            "The reference case: nine countries from 2021 to 2025; move a lever at the side and see what changes. The "
            "starter: two invented countries, every kind of sheet once, ten minutes to read."
        )
        st.button("Open the reference case", on_click=_open, args=("blueprint",), key="open_blueprint", width="stretch")
        st.button("Open the starter", on_click=_open, args=("starter",), key="open_starter", width="stretch")
    with second.container(border=True, height="stretch"):
        st.markdown("**2. Your own numbers**")
        st.markdown(
            "Download a form, fill it in, upload it. Every problem is shown by sheet and cell, with its mend. A plan "
            "workbook from here brings back everything it was made with."
        )
        if st.button("Go to Data", key="go_data", width="stretch"):
            go("Data")
    with third.container(border=True, height="stretch"):
        st.markdown("**3. A link**")
        st.markdown(
            "A link that somebody copied here brings back scenario, levers and changed cells. It never carries data: "
            "for another workbook it says which one to upload first."
        )
        st.text_input("Paste the link", key="pasted", on_change=_follow, placeholder="https://...?scenario=...")
        if st.session_state.get("pasted_wrong"):
            st.error("This is no link of this app: nothing behind a question mark was found in it.")


def _open(name: str) -> None:
    """Work on a packaged case."""
    links.choose(opening.packaged(name))


def _follow() -> None:
    """Take over the settings of a link that was pasted."""
    text = str(st.session_state.pasted).strip()
    asked = parse_qs(urlsplit(text).query)
    st.session_state.pasted_wrong = bool(text) and not asked
    if asked:
        st.session_state.pasted = ""
        links.open_link(asked)
