"""Trade-offs: what it takes to reach a target, or the most of one outcome while the others keep their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import bullets, plain, reading_table, small
from app.shell import forms, state
from app.tasks import questions
from app.views.send_to_compare import send, values_of
from planner.analyses.goals import GOAL
from planner.case import Case
from planner.plan import Plan
from planner.sheets import Outcomes
from planner.tradeoffs.goal_seeking.resources import MEANING, RESOURCES, UNITS
from planner.wording.figures import digits, figure, typed

LEAST = {
    "money": "with the least money", "officers": "with the fewest officers", "visas": "with the fewest visas",
    "capital": "with the least political capital",
}  # fmt: skip


def part(shown: state.Shown, case: Case, plan: Plan) -> None:
    """Targets, what is to be least or most, and the plan that does it."""
    st.markdown(
        "Name what has to be reached. The planner finds the plan that reaches it with the **least** of a resource, or "
        "with the **most** of another outcome; where it is out of reach, it says what is the most that can be had."
    )
    rows = {row.outcome: row for row in case.of(Outcomes)}
    first = next((r.outcome for r in rows.values() if r.headline == "protection"), next(iter(rows)))
    left, right = st.columns(2)
    names = left.multiselect("What has to be reached", list(rows), default=[first], key="goal_outcomes")
    choices = [*RESOURCES, *(f"most:{n}" for n in rows if n not in names)]
    sought = right.selectbox("reached", choices, key="goal_sought", format_func=lambda c: _seek_words(c, rows))
    assert sought is not None
    now = values_of(plan)
    targets = [_target(rows[name], now[name]) for name in names]
    most = sought.startswith("most:")
    if not targets and not most:
        st.markdown("Name at least one outcome that has to be reached: without any, doing nothing takes least.")
        return
    what = sought.removeprefix("most:")
    wanted = forms.question(GOAL, targets=targets, least="" if most else what, most=what if most else "")
    if wanted is None:
        return
    asked = questions.asks(GOAL, wanted, shown.source, state.wish_now())
    place = st.container()
    if not most:
        st.markdown(f":small[{what.capitalize()}: {MEANING[next(r for r in RESOURCES if r == what)]}.]")
    found = questions.on_demand("goal", asked, "Find the plan", place=place)
    if found is not None and found.answer is not None:
        _tell(found.answer, found.of, plan)


def _seek_words(choice: str, rows: Mapping[str, Outcomes]) -> str:
    """What is sought, in words."""
    if choice in LEAST:
        return LEAST[choice]
    name = choice.removeprefix("most:")
    return f"with the {'most' if rows[name].better == 'more' else 'least'} {name}"


def _target(row: Outcomes, now: float) -> str:
    """One target, as it is written: outcome, sense, value."""
    more = row.better == "more"
    value = st.number_input(
        f"{row.outcome}, {row.unit}: {'at least' if more else 'at most'} (now {figure(now, row.unit)})",
        value=float(f"{now:.6g}"), key=f"goal_value_{row.outcome}", format="%.6g",
        step=float(f"{max(abs(now) * 0.01, 0.001):.1g}"),
    )  # fmt: skip
    return f"{row.outcome}{'>=' if more else '<='}{digits(float(value), 10)}"


def _tell(answer: Mapping[str, Any], asked: questions.Question, plan: Plan) -> None:
    """The answer first, then targets, resources, what changes, where the plan can be sent."""
    st.header("What it takes", anchor=False)
    (st.markdown if answer["value"] is not None else st.warning)(plain(answer["sentence"]))
    if answer.get("needed"):
        st.markdown(f"**What would be needed:** {plain(answer['needed']['sentence'])}")
    targets = [
        {"Target": f"{t['outcome']} {'at least' if t['sense'] == '>=' else 'at most'} {typed(t['asked'])} {t['unit']}",
         "Now": t["now"], "Best it can be by itself": t["attainable"], "In this plan": t["reached"],
         "So it is": _verdict(t)}
        for t in answer["targets"]
    ]  # fmt: skip
    if targets:
        reading_table(pd.DataFrame(targets).astype({"In this plan": float}))
    if answer["nearest"]:
        near = "; ".join(
            f"{name} {figure(value, answer['units'][name])} {answer['units'][name]}"
            for name, value in answer["nearest"].items()
        )
        st.markdown(f"Together they are out of reach. The plan that comes nearest to all has: {plain(near)}.")
    if answer["used"]:
        st.subheader("What the plan uses", anchor=False)
        reading_table(
            pd.DataFrame(
                {
                    "Resource": [str(r).capitalize() for r in RESOURCES],
                    "Plan of the workbook": [answer["used_now"].get(r) for r in RESOURCES],
                    "This plan": [answer["used"].get(r) for r in RESOURCES],
                    "Unit": [UNITS[r] for r in RESOURCES],
                }
            )
        )
        if answer["changes"]:
            with st.expander("What changes"):
                bullets(answer["changes"])
    small(answer["notes"], stopped=bool(answer["stopped"]))
    if answer.get("plan"):
        sent = state.Shown(asked.source, asked.wish, answer["plan"], _origin(answer), state.remake(asked))
        send(sent, "goal", "The plan for these targets", plan)


def _verdict(target: Mapping[str, Any]) -> str:
    """Whether a target is reached."""
    if target["out_of_reach"]:
        return "out of reach, proven"
    return "reached" if target["reached"] is not None else "not reached"


def _origin(answer: Mapping[str, Any]) -> str:
    """Where the plan comes from."""
    told = ", ".join(
        f"{t['outcome']} {'at least' if t['sense'] == '>=' else 'at most'} {typed(t['asked'])}"
        for t in answer["targets"]
    )
    return f"the plan with the {'most' if answer['most'] else 'least'} {answer['sought']}" + (
        f" for {told}" if told else ""
    )
