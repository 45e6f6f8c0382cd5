"""A plan that was found somewhere: all its outcomes, and where it can be sent."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.charts.widgets import reading_table
from app.session.store import plan_path
from app.shell import navigation, state
from planner.plan import Plan
from planner.results.summary import against


def send(plan: state.Shown, key: str, name: str, other: Plan | None = None) -> None:
    """Two buttons: show the plan on Plan, or put it on the shelf of Compare; then its outcomes beside the `other`'s.

    `key` begins the keys of the buttons.
    """
    left, right = st.columns(2)
    if left.button("Show it on Plan", key=f"{key}_to_plan", type="primary", width="stretch", on_click=state.take_up,
                   args=(plan,)):  # fmt: skip
        navigation.go("Plan")
    if right.button("Put it on Compare", key=f"{key}_to_compare", width="stretch", on_click=state.put_aside,
                    args=(plan,)):  # fmt: skip
        st.toast(f"{name} can be compared now.")
    if other is not None:
        with st.expander("All its outcomes"):
            _all_outcomes(plan.key, other)


def _all_outcomes(key: str, plan: Plan) -> None:
    """Every outcome of a kept plan beside the plan on the screen and what goes on without one."""
    table = state.plan_of(str(plan_path(key))).tables["outcomes"]
    other = values_of(plan)
    reading_table(
        pd.DataFrame(
            {
                "Outcome": table["outcome"],
                "This plan": table["value"].astype(float),
                "Plan on the screen": [other.get(o) for o in table["outcome"]],
                against(plan).capitalize(): [plan.compared_with.get(o) for o in table["outcome"]],
                "Unit": table["unit"],
            }
        )
    )


def values_of(plan: Plan) -> dict[str, float]:
    """Outcomes of a plan by name."""
    table = plan.tables["outcomes"]
    return {str(o): float(v) for o, v in zip(table["outcome"], table["value"], strict=True)}
