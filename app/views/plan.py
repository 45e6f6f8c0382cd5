"""Plan: who gets what, when; what it costs; who waits; what held it back; and the plan to take away."""

from __future__ import annotations

import json
from collections.abc import Callable

import pandas as pd
import streamlit as st

from app import frame, state
from app.show import bars, figure, over_time, plain, reading_table, table
from app.views import plan_more as more
from app.views.data import XLSX
from planner.case import Case
from planner.plan import Plan
from planner.results import to_json, views
from planner.results.division import PARTS, UNITS
from planner.results.frames import periods, say_date
from planner.results.pages import DIVISION_TITLES
from planner.results.workbook import workbook_bytes
from planner.sheets import Time

Part = Callable[[Case, Plan], None]


def page() -> None:
    """Draw the page."""
    found = state.shown()
    frame.title("Plan", "Who gets what, when; what it costs; who waits; what held it back.")
    if found is None:
        st.markdown("The plan appears here as soon as it is found.")
        return
    shown, case, plan = found
    frame.verdict(plan)
    if not plan.found:
        frame.no_plan(plan)
        return
    take_away(shown, case, plan)
    parts: dict[str, Part] = {
        "The division": division, "Money": money, "Officers": officers, "Queues": queues,
        "Visas and slots": more.slots, "Reforms": more.reforms, "People": more.people, "Rules": more.rules,
    }  # fmt: skip
    chosen = st.segmented_control(
        "Part of the plan", list(parts), default="The division", required=True, key="part", bind="query-params"
    )
    phases_line(case)
    parts[chosen or "The division"](case, plan)


def take_away(shown: state.Shown, case: Case, plan: Plan) -> None:
    """Downloads and the command that gives the same numbers."""
    with st.expander("Take it away: workbook, JSON, command line", icon=":material/download:"):
        left, right = st.columns(2)
        left.download_button(
            "Download the plan workbook (.xlsx)", lambda: _book(shown.key, case, plan), "plan.xlsx", XLSX,
            on_click="ignore", key="get_plan", width="stretch",
        )  # fmt: skip
        right.download_button(
            "Download the plan as JSON", lambda: _json(case, plan), "plan.json", "application/json",
            on_click="ignore", key="get_json", width="stretch",
        )  # fmt: skip
        st.markdown("The same plan from the command line:")
        st.code(state.command(shown.source, shown.wish, shown.remake), language="bash", wrap_lines=True)
        sets = f", {len(shown.wish.sets)} cells changed by levers" if shown.wish.sets else ", no lever changed"
        scenario = plain(shown.wish.scenario or "as the workbook says")
        st.markdown(f"Workbook *{plain(shown.source.name)}*, scenario {scenario}, {len(periods(plan))} periods{sets}.")


@st.cache_data(max_entries=4, show_spinner=False)
def _book(key: str, _case: Case, _plan: Plan) -> bytes:  # noqa: ARG001 - the key stands for case and plan
    """The plan workbook."""
    return workbook_bytes(_case, _plan)


def _json(case: Case, plan: Plan) -> str:
    """The plan for machines."""
    return json.dumps(to_json(case, plan), indent=1, ensure_ascii=False, allow_nan=False, default=str)


def phase_names(case: Case) -> list[str]:
    """Names of the phases in order."""
    return [row.phase for row in case.of(Time)]


def phases_line(case: Case) -> None:
    """Say what P1, P2, ... are."""
    said = [f"**{plain(r.phase)}** {plain(r.label)}, {say_date(r.starts)} to {say_date(r.ends)}" for r in case.of(Time)]
    st.markdown(f":small[{' · '.join(said)}]")


def until(plan: Plan, table_: pd.DataFrame) -> pd.DataFrame:
    """Name each period with its last day."""
    known = periods(plan)
    days = {str(n): f"{n}, until {say_date(d)}" for n, d in zip(known["name"], known["until"], strict=True)}
    return table_.assign(Period=table_["Period"].astype(str).map(days))


def division(case: Case, plan: Plan) -> None:
    """Four tables, country by phase, each with its chart."""
    st.header("The division: country by phase", anchor=False)
    found = views.division(case, plan)
    for part in PARTS:
        with st.container(border=True):
            _part(part, found[part], phase_names(case))


def _part(part: str, laid: pd.DataFrame, names: list[str]) -> None:
    """One table of the division beside its chart."""
    heading, note = DIVISION_TITLES[part]
    whole = "Plan average" if part == "officers" else "Plan total"
    st.subheader(f"{heading}: {figure(laid[whole].sum())} {UNITS[part]}", anchor=False)
    some = laid[laid[whole].abs() > 1e-9].sort_values(whole, ascending=False, kind="stable")
    st.markdown(_division_words(some, whole, note))
    if some.empty:
        return
    left, right = st.columns(2)
    with left:
        if part == "officers":
            bars(some, "Country", [whole], "full-time equivalents", heading, f"bars_{part}")
        else:
            bars(some, "Country", names, UNITS[part], heading, f"bars_{part}")
    with right:
        order = ["Country", *names, whole, "Share"] + (["Used"] if part == "officers" else [])
        table(views.with_total(some[order]), key=f"division_{part}", digits=1 if part == "money" else 0)
    none = [str(country) for country in laid["Country"] if country not in set(some["Country"])]
    if none:
        st.markdown(f":small[Nothing for: {plain(', '.join(none))}.]")


def _division_words(some: pd.DataFrame, whole: str, note: str) -> str:
    """Say who gets most."""
    if some.empty:
        return "Nothing is given."
    top = some.iloc[0]
    share = float(top[whole]) / float(some[whole].sum())
    return f"Most to **{plain(top['Country'])}**: {figure(top[whole])} ({share:.0%}). {plain(note)}"


def money(case: Case, plan: Plan) -> None:
    """Accounts, lanes, payments."""
    unit = "USD million"
    left = views.unspent(case, plan)
    came, paid = float(left["Came in"].sum()), float(left["Paid"].sum())
    rest = float(left["Lapsed"].sum() + left["Left at the end"].sum())
    st.header(f"Money: {figure(paid)} of {figure(came)} {unit} is spent", anchor=False)
    st.markdown(f"{figure(rest)} {unit} lapses or is left; the table says why for each account.")
    bars(
        left.sort_values("Came in", ascending=False), "Account", ["Paid", "Lapsed", "Left at the end"], unit,
        f"Every account: paid, lapsed, left. {figure(paid)} million paid in all.", "bars_accounts",
    )  # fmt: skip
    moved = left["Moved in or out"]
    left = left.assign(**{"Moved in or out": moved.where(moved.abs() > 5e-4)})
    columns = ["Account", "Came in", "Moved in or out", "Paid", "Lapsed", "Left at the end", "Why"]
    reading_table(left[columns].sort_values("Came in", ascending=False), signed=("Moved in or out",))
    st.header("By lane of action", anchor=False)
    lanes = views.money_by_lane(plan)
    bars(lanes, "Lane", phase_names(case), unit, "Money by lane and phase.", "bars_lanes")
    st.header("Every payment: account, what for, country", anchor=False)
    table(views.payments(plan), key="payments", height=480, digits=1)


def officers(case: Case, plan: Plan) -> None:
    """Staff by cadre or station over time."""
    found = until(plan, views.officers(case, plan))
    st.header("Officers and other staff over time", anchor=False)
    st.markdown(
        "*Effective*: trained and in post, with staff lent to the station. *Used*: what cases and courses took of it."
    )
    left, right = st.columns(2)
    cadres = list(dict.fromkeys(found["Cadre"]))
    every = "All cadres"
    cadre = left.selectbox("Cadre", [every, *cadres], key="cadre")
    measures = [c for c in found.columns if c.endswith(("FTE", "people"))]
    measure = right.selectbox("What is shown", measures, index=measures.index("Effective, FTE"), key="measure")
    assert measure is not None
    chosen = found if cadre == every else found[found["Cadre"] == cadre]
    series = "Cadre" if cadre == every else "Station"
    laid = chosen.pivot_table(index="Period", columns=series, values=measure, aggfunc="sum", sort=False)
    names = [str(c) for c in laid.sum().sort_values(ascending=False).index]
    laid = laid.fillna(0.0).reset_index()
    unit = "people hired" if measure.startswith("Hired") else "full-time equivalents"
    over_time(
        laid, "Period", names, unit, f"{measure} by period and {series.lower()}.", f"time_officers_{cadre}_{measure}"
    )
    st.header("By cadre and station", anchor=False)
    full = views.officers_by_phase(case, plan)
    busy = full[full["Use, share of usable"] >= 0.98]
    st.markdown(f"{len(busy)} of {len(full)} posts of duty are fully used over the plan.")
    table(full, key="officers", height=480, digits=1)


def queues(case: Case, plan: Plan) -> None:
    """Who waits, who is over the limit."""
    waiting = until(plan, views.waiting_by_period(plan))
    names = [c for c in waiting.columns if c not in ("Period", "All who wait")]
    last = float(waiting["All who wait"].iloc[-1]) if len(waiting) else 0.0
    st.header(f"People who wait: {figure(last)} when the plan ends", anchor=False)
    over_time(waiting, "Period", names, "people waiting", "People who wait at each period's end.", "time_waiting")
    found = views.queues(case, plan)
    over = found.pivot_table(index="Period", columns="Compartment", values="Over the limit", aggfunc="sum", sort=False)
    over = over.loc[:, over.sum() > 0.5]
    late = float(over.sum(axis=1).max()) if over.size else 0.0
    st.header(f"Over their time limit: at most {figure(late)} people at once", anchor=False)
    if over.size:
        order = [str(c) for c in over.sum().sort_values(ascending=False).index]
        over_time(
            until(plan, over.reset_index()), "Period", order, "people over the limit",
            "People over their time limit at each period's end.", "time_over",
        )  # fmt: skip
    else:
        st.markdown("Nobody waits longer than a limit allows at any period's end.")
    st.header("Every queue", anchor=False)
    st.markdown(
        "*Limit is*: a **right** always holds; a **target** counts who is over it. On time: first in, first out."
    )
    table(views.queues_summary(case, plan), key="queues", height=480)
