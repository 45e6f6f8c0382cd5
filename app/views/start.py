"""Start: the plan of the reference case, three ways to begin, what the model does not know."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import frame, state
from app.show import bullets, change, figure, plain, reading_table
from planner.case import Case
from planner.plan import Plan
from planner.results import headline, held_back
from planner.results.summary import DIFFERENCE
from planner.sheets import Places

CARDS = ("protection", "legal pathways", "waiting", "cost")
WORDS = {"more": "more is better", "less": "less is better"}
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
    frame.title(
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
    frame.verdict(plan)
    if not plan.found:
        frame.no_plan(plan)
        return
    head = headline(plan, case)
    cards(head)
    st.header("What the plan achieves", anchor=False)
    st.markdown(
        f"Over {_span(case)}, in {len([p for p in case.of(Places) if p.kind == 'country'])} countries. "
        "*Doing nothing* is the same model with no decision taken: only what is already under way goes on."
    )
    reading_table(comparison(head), signed=("Difference",))
    st.header("What held the plan back", anchor=False)
    bullets(held_back(case, plan) or ["Nothing in particular: no limit is reached for long."])
    st.page_link(
        st.session_state.pages["Plan"],
        label="**See the whole plan: who gets what, when**",
        icon=":material/arrow_forward:",
    )


def _span(case: Case) -> str:
    """First and last day in words."""
    first, last = case.origin, case.date(case.horizon - 1.0)
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


def cards(head: pd.DataFrame) -> None:
    """The first outcome of each headline, with its difference in words."""
    chosen = [rows.iloc[0] for wanted in CARDS if len(rows := head[head["Headline"] == wanted])]
    if not chosen:
        return
    for column, row in zip(st.columns(len(chosen)), chosen, strict=True):
        with column.container(border=True, height="stretch"):
            name = plain(row["Outcome"])
            st.markdown(f"**{name[:1].upper()}{name[1:]}**  \n{plain(row['Unit'])}")
            st.markdown(f"### {figure(row['Plan total'])}")
            difference = row[DIFFERENCE]
            said = change(None if pd.isna(difference) else float(difference))
            st.markdown(f"**{said}** against doing nothing  \n*{_judge(row['Wanted'], difference)}*")


def _judge(wanted: str, difference: float) -> str:
    """Say in words whether a difference is for the better."""
    if pd.isna(difference) or abs(difference) < 5e-4 or wanted not in WORDS:
        return WORDS.get(wanted, "")
    return "better" if (difference > 0) == (wanted == "more") else "worse: the price of the rest"


def comparison(head: pd.DataFrame) -> pd.DataFrame:
    """Headline outcomes: plan, doing nothing, difference."""
    rows = head[head["Headline"] != ""] if (head["Headline"] != "").any() else head
    return pd.DataFrame(
        {
            "Outcome": rows["Outcome"],
            "Plan": rows["Plan total"],
            "Doing nothing": rows["Doing nothing"],
            "Difference": rows[DIFFERENCE],
            "Unit": rows["Unit"],
            "Better": rows["Wanted"],
            "What it is": rows["What it is"],
        }
    )


def begin() -> None:
    """Three ways to begin."""
    st.header("Three ways to begin", anchor=False)
    first, second, third = st.columns(3)
    with first.container(border=True, height="stretch"):
        st.markdown("**1. Look at the reference case**")
        st.markdown("Eight countries from 2021 to 2025. Move a lever at the side, press Solve. About a minute.")
        st.button("Open the reference case", on_click=_open, args=("blueprint",), key="open_blueprint", width="stretch")
    with second.container(border=True, height="stretch"):
        st.markdown("**2. Learn with the starter**")
        st.markdown("Two invented countries, every kind of sheet once. Solved in two seconds. Ten minutes to read.")
        st.button("Open the starter", on_click=_open, args=("starter",), key="open_starter", width="stretch")
    with third.container(border=True, height="stretch"):
        st.markdown("**3. Bring your own numbers**")
        st.markdown("Download a form, fill it in, upload it. Every problem is shown by sheet and cell, with its mend.")
        if st.button("Go to Data", key="go_data", width="stretch"):
            st.switch_page(st.session_state.pages["Data"])


def _open(name: str) -> None:
    """Work on a packaged case."""
    state.choose(state.packaged(name))
