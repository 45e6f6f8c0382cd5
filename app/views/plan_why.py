"""Plan: from any figure to the rows behind it, and from a row to the page Explain."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.charts.widgets import plain, reading_table
from app.shell import state
from app.shell.navigation import go
from planner.case import Case
from planner.explain.why import KINDS
from planner.ordering import steps
from planner.plan import Plan
from planner.plan.frames import table
from planner.results import views
from planner.results.division import PARTS, UNITS, WHOLE
from planner.results.frames import name_of, phases
from planner.results.headlines import TITLES
from planner.sheets import Staff
from planner.wording.figures import figure, share

WHY, WORTH, RULES = "Why this much?", "One more of what?", "What rules cost"
"""Questions of the page Explain."""
MOST = 12
"""Rows behind a figure that are listed one by one."""


def ask(sheet: str, row: str) -> None:
    """Go to Explain with a row of the workbook chosen."""
    st.session_state.question = WHY
    st.session_state.why_sheet = sheet
    st.session_state[f"why_row_{sheet}"] = row
    go("Explain")


def can_ask(case: Case, plan: Plan, sheet: str, row: str) -> bool:
    """Whether the plan decides anything about a row, so that Explain can say why."""
    if sheet not in KINDS:
        return False
    if sheet == "Staff":
        post = case.find(Staff, row)
        return post is not None and post.hiring_limit != 0.0
    if sheet in ("Reforms", "Sites"):
        found = table(plan, "switches")
        mine = found[found["switch"] == f"{KINDS[sheet]}:{row}"]
        return bool(len(mine)) and not bool((mine["taken"] & mine["period"].isna()).iloc[0])
    return True


def pick(label: str, rows: Sequence[tuple[str, str]], key: str) -> None:
    """Choose one of these rows (sheet, row) and ask Explain about it."""
    known = list(dict.fromkeys(rows))
    if not known:
        return
    left, right = st.columns([5, 2], vertical_alignment="bottom")
    chosen = left.selectbox(label, known, key=f"pick_{key}", format_func=lambda pair: f"{pair[1]} (sheet {pair[0]})")
    if right.button("Why this much?", key=f"ask_{key}", icon=":material/help:", width="stretch") and chosen:
        ask(*chosen)


def worth(words: str, question: str, key: str) -> None:
    """Go to Explain with a question about limits."""
    if st.button(words, key=f"worth_{key}", icon=":material/help:"):
        st.session_state.question = question
        go("Explain")


def cell(case: Case, plan: Plan) -> None:
    """Take one figure of the division apart: part, country, phase."""
    with st.expander("Why this number? Take any figure of the division apart", icon=":material/help:"):
        first, second, third = st.columns(3)
        part = first.selectbox("Figure", PARTS, key="cell_part", format_func=lambda p: TITLES[p])
        laid = views.division(case, plan)[part]
        total = "Plan average" if part == "officers" else "Plan total"
        some = [str(c) for c in laid.sort_values(total, ascending=False, kind="stable", key=steps)["Country"]]
        if not some:
            return
        country = second.selectbox("Country", some, key="cell_country")
        phase = third.selectbox("Phase", [WHOLE, *phases(plan)], key="cell_phase")
        found = views.behind(case, plan, part, country, phase)
        _parts(case, plan, found, UNITS[part], f"cell_{part}")


def _parts(case: Case, plan: Plan, found: pd.DataFrame, unit: str, key: str) -> None:
    """The rows behind a figure, and the question why about one of them."""
    if found.empty:
        st.markdown("Nothing: the figure is nought.")
        return
    whole = float(found["Amount"].sum())
    st.markdown(
        f"**{figure(whole, unit)} {unit}** is the sum of {len(found)} rows of the workbook; the largest is "
        f"**{plain(found['Row'].iloc[0])}**."
    )
    top = found.head(MOST)
    shown = pd.DataFrame(
        {
            "Row": top["Row"],
            "Amount": [figure(v, unit) for v in top["Amount"]],
            "Share": [share(v / whole) if whole else "" for v in top["Amount"]],
            "Cell": top["Cell"],
        }
    )
    reading_table(shown)
    if len(found) > MOST:
        rest = float(found["Amount"].iloc[MOST:].sum())
        st.markdown(f"{len(found) - MOST} smaller rows add up to {figure(rest, unit)} {unit}.")
    pairs = [(str(s), str(r)) for s, r in zip(found["Sheet"], found["Row"], strict=True)]
    pick("Ask about one of them", [p for p in pairs if can_ask(case, plan, *p)], key)


def outcome(shown: state.Shown, case: Case, plan: Plan) -> None:
    """Take one outcome apart: what counts in it, the largest first."""
    del shown
    with st.expander("Why these numbers? Take any outcome apart", icon=":material/help:"):
        terms = table(plan, "outcome_terms")
        names = [str(n) for n in table(plan, "outcomes")["outcome"]]
        chosen = st.selectbox("Outcome", names, key="outcome_apart")
        units = dict(zip(table(plan, "outcomes")["outcome"], table(plan, "outcomes")["unit"], strict=True))
        mine = terms[terms["outcome"] == chosen]
        sums = mine.groupby("subject", as_index=False).agg({"value": "sum", "country": "first"})
        sums = sums.sort_values("value", ascending=False, key=abs, kind="stable")
        if sums.empty:
            st.markdown("Nothing counts in it.")
            return
        unit, total = str(units.get(chosen, "")), float(sums["value"].sum())
        st.markdown(
            f"{len(sums)} things count in it; they add up to **{figure(total, unit)}** {plain(unit)}. The largest: "
            f"**{plain(name_of(str(sums['subject'].iloc[0])))}**."
        )
        top = sums.head(MOST)
        reading_table(
            pd.DataFrame(
                {
                    "What counts": [name_of(str(s)) for s in top["subject"]],
                    "Country": list(top["country"]),
                    "Amount": [figure(v, unit) for v in top["value"]],
                    "Share": [share(v / total) if total else "" for v in top["value"]],
                }
            )
        )
        movers(case, [str(s) for s in sums["subject"]])


def movers(case: Case, subjects: Sequence[str]) -> None:
    """Rows that bring people to these compartments, or are counted themselves."""
    touched = views.touches(case)
    pairs = []
    for name, things in touched.items():
        if things & set(subjects):
            sheet = {"stage": "Pipelines", "visa": "Visas", "programme": "Programmes"}[name.partition(":")[0]]
            pairs.append((sheet, name_of(name)))
    pick("Ask about a stage, visa or programme that moves it", pairs, "outcome_row")
