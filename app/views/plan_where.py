"""Plan: people by place and state, everybody accounted for."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.charts.widgets import POLICY, bars, over_time, table
from app.shell.compared import Compared, beside, say
from app.views.plan_time import until
from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.results import views
from planner.sheets.people import STATES
from planner.wording.figures import figure

CHECK = "Check: should be 0"
EVERYWHERE = "All countries"
START = "At the start"


def people(case: Case, plan: Plan, against: Compared) -> None:
    """Everybody is somewhere."""
    del case
    conserved(plan)
    where(plan, against)
    st.header("By state over the whole plan", anchor=False)
    st.markdown("*Moved*: decided. *Came, went*: by themselves.")
    table(views.with_total(views.flows_by_state(plan)), key="states", unit="people")
    st.header("Still under way when the plan ends", anchor=False)
    st.markdown("They have left one place and have not yet arrived at the next; they are counted in neither.")
    table(views.under_way(plan), key="under_way", unit="people")
    st.header("Every caseload and period", anchor=False)
    table(views.flows(plan), key="flows", height=480, unit="people")


def conserved(plan: Plan) -> None:
    """Opening, what came, what went, closing, period by period, to the last person."""
    found = views.balance(plan)
    wrong = float(found[CHECK].sum()) if len(found) else 0.0
    st.header("Everybody is in exactly one place", anchor=False)
    said = "Opening + arrivals + moved in + came by themselves - moved out - went by themselves = closing"
    if wrong < 0.5:
        st.success(f"{said}: in every caseload and period it balances to 0 persons.")
    else:
        st.error(f"{said} does not hold: {figure(wrong, 'people')} people are not accounted for.")
    table(until(plan, found), key="balance", unit="people", height=38 + 35 * min(len(found), 8))


def where(plan: Plan, against: Compared) -> None:
    """People by country and state at each period's end."""
    st.header("Where people are, and in which state", anchor=False)
    found = views.whereabouts(plan)
    moments = [c for c in found.columns if c not in ("Country", "Place", "State")]
    left, right = st.columns(2)
    names = [EVERYWHERE, *dict.fromkeys(str(c) for c in found["Country"])]
    country = left.selectbox("Country", names, key="where_country") or EVERYWHERE
    moment = right.selectbox("Moment", moments, index=len(moments) - 1, key="where_moment") or moments[-1]
    mine = found if country == EVERYWHERE else found[found["Country"] == country]
    _over_time(mine, moments, country, against)
    _by_place(found, country, moment, against)


def _sums(found: pd.DataFrame, moments: list[str]) -> pd.DataFrame:
    """Moments down, states across."""
    laid = found.groupby("State")[moments].sum().T
    laid.columns.name = None
    order = [state for state in STATES if state in laid.columns]
    return laid[[*order, *(c for c in laid.columns if c not in order)]]


def _over_time(mine: pd.DataFrame, moments: list[str], country: str, against: Compared) -> None:
    """States over time, stacked."""
    laid = _sums(mine, moments)
    states = [str(c) for c in laid.columns if float(laid[c].max()) >= 0.5]
    policy = None
    if against.policy is not None:
        other = views.whereabouts(against.policy)
        other = other if country == EVERYWHERE else other[other["Country"] == country]
        policy = [float(v) for v in _sums(other, moments).sum(axis=1)]
    last = float(laid.iloc[-1].sum())
    over_time(
        laid.rename_axis("Moment").reset_index(), "Moment", states, "people",
        f"People in {country} by state at the start and at each period's end: {figure(last, 'people')} at the end.",
        f"where_{country}", policy=policy, source="the plan shown, sheet People of the plan workbook",
    )  # fmt: skip
    say(against)


def _by_place(found: pd.DataFrame, country: str, moment: str, against: Compared) -> None:
    """Countries, or the places of one, by state at one moment."""
    label = "Country" if country == EVERYWHERE else "Place"
    mine = found if country == EVERYWHERE else found[found["Country"] == country]
    laid = mine.pivot_table(index=label, columns="State", values=moment, aggfunc="sum", fill_value=0.0)
    states = [s for s in STATES if s in laid.columns and float(laid[s].max()) >= 0.5]
    laid = laid.assign(whole=laid.sum(axis=1)).sort_values("whole", ascending=False, kind="stable", key=steps)
    frame = laid.rename(columns={"whole": "All"}).reset_index()
    frame.columns.name = None
    if against.policy is not None:
        other = views.whereabouts(against.policy)
        other = other if country == EVERYWHERE else other[other["Country"] == country]
        sums = other.groupby(label, as_index=False).agg({moment: "sum"})
        frame = beside(frame, label, sums, moment)
    whole = float(frame["All"].sum())
    bars(
        frame, label, states, "people",
        f"People by {label.lower()} and state, {moment}: {figure(whole, 'people')} in all.",
        f"where_{country}_{moment}", policy=POLICY if POLICY in frame else "",
        source="the plan shown, sheet People of the plan workbook",
    )  # fmt: skip
    order = [label, *states, "All"] + ([POLICY] if POLICY in frame else [])
    table(views.with_total(frame[order]), key=f"where_table_{label}", unit="people")
