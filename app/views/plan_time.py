"""Plan: officers by station over time with the limits of hiring and growth, and the queues."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import over_time, source_line, table
from app.shell.compared import Compared, say
from app.views import plan_why
from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.results import views
from planner.results.frames import period_names, periods, say_date
from planner.wording.figures import figure

EVERY = "All cadres"
MEASURED = {"FTE": "full-time equivalents", "people": "people hired"}
"""What the columns of the table of officers count, by the unit in their header."""


def until(plan: Plan, table_: pd.DataFrame) -> pd.DataFrame:
    """Name each period with its last day."""
    known = periods(plan)
    days = {str(n): f"{n}, until {say_date(d)}" for n, d in zip(known["name"], known["until"], strict=True)}
    return table_.assign(Period=table_["Period"].astype(str).map(days))


def officers(case: Case, plan: Plan, against: Compared) -> None:
    """Staff by cadre or station over time."""
    st.header("Officers and other staff over time", anchor=False)
    st.markdown(
        "*Effective*: trained and in post, with staff lent to the station. *Used*: what cases and courses took of it."
    )
    found = views.officers(case, plan)
    left, right = st.columns(2)
    cadre = left.selectbox("Cadre", [EVERY, *dict.fromkeys(found["Cadre"])], key="cadre") or EVERY
    measures = [c for c in found.columns if c.rpartition(", ")[2] in MEASURED]
    measure = right.selectbox("What is shown", measures, index=measures.index("Effective, FTE"), key="measure")
    assert measure is not None
    laid, names = _laid(until(plan, found), cadre, measure)
    policy = None
    if against.policy is not None:
        before = _laid(until(plan, views.officers(case, against.policy)), cadre, measure)[0].set_index("Period")
        policy = [float(v) for v in before.sum(axis=1).reindex(laid["Period"]).fillna(0.0)]
    unit = MEASURED[measure.rpartition(", ")[2]]
    series = "cadre" if cadre == EVERY else "station"
    last = float(laid[names].iloc[-1].sum()) if names else 0.0
    over_time(
        laid, "Period", names, unit,
        f"{measure} by period and {series}: {figure(last, unit)} {unit} in the last period.",
        f"time_officers_{cadre}_{measure}", policy=policy, source="the plan shown, sheet Officers of the plan workbook",
    )  # fmt: skip
    say(against)
    st.header("By cadre and duty station", anchor=False)
    full = views.officers_by_phase(case, plan)
    busy = full[full["Use, share of usable"] >= 0.98]
    st.markdown(f"{len(busy)} of {len(full)} posts of duty are fully used over the plan.")
    table(full, key="officers", height=480)
    pairs = [("Staff", f"{c} / {s}") for c, s in zip(full["Cadre"], full["Duty station"], strict=True)]
    plan_why.pick("Ask about hiring at one of them", [p for p in pairs if plan_why.can_ask(case, plan, *p)], "staff")
    plan_why.worth("What would one more officer bring?", plan_why.WORTH, "staff")
    ramp(case, plan)


def _laid(found: pd.DataFrame, cadre: str, measure: str) -> tuple[pd.DataFrame, list[str]]:
    """Periods down, cadres or stations across, the largest first."""
    chosen = found if cadre == EVERY else found[found["Cadre"] == cadre]
    series = "Cadre" if cadre == EVERY else "Duty station"
    laid = chosen.pivot_table(index="Period", columns=series, values=measure, aggfunc="sum", sort=False)
    names = [str(c) for c in laid.sum().sort_values(ascending=False, kind="stable", key=steps).index]
    return laid.fillna(0.0).reset_index(), names


def ramp(case: Case, plan: Plan) -> None:
    """How fast things may start and grow, and where that holds them."""
    st.header("Limits of hiring and of growth, and where they hold", anchor=False)
    found = views.ramps(case, plan)
    if found.empty:
        st.markdown("No row that the plan uses has a hiring limit or a limit of growth.")
        return
    held = found[found["At the limit"] != ""]
    st.markdown(
        f"{found['What'].nunique()} rows may only grow or hire so fast; **{held['What'].nunique()}** of them are at "
        "that limit in some period. An open circle is the fastest pace allowed, a bar the pace of the plan; a red "
        "cross marks where the limit holds the plan back."
    )
    first = list(dict.fromkeys([*held["What"], *found["What"]]))
    counts, many = held["What"].value_counts().to_dict(), len(period_names(plan))
    name = st.selectbox(
        "Row", first, key="ramp_row", format_func=lambda n: f"{n}: at its limit in {counts.get(n, 0)} of {many} periods"
    )
    mine = until(plan, found[found["What"] == name])
    unit = str(mine["Unit"].iloc[0])
    st.vega_lite_chart(
        ramp_spec(mine, unit), width="stretch", key=f"ramp_{name}",
        alt=f"Pace of {name} by period against the fastest allowed, {unit}; at the limit in "
        f"{int((mine['At the limit'] != '').sum())} periods.",
    )  # fmt: skip
    source_line("the plan shown; limits from the row's own cells")
    with st.expander("Every row and period"):
        table(until(plan, found.drop(columns="phase")), key="ramps", widths={"What": "large"})
    pairs = [(str(s), str(w)) for s, w in zip(held["Sheet"], held["What"], strict=True)]
    plan_why.pick("Ask about a row at its limit", [p for p in pairs if plan_why.can_ask(case, plan, *p)], "ramp")


def ramp_spec(mine: pd.DataFrame, unit: str) -> dict[str, Any]:
    """Bars of the pace, circles of the limit, crosses where it holds."""
    rows = [
        {"when": w, "pace": float(p), "limit": float(m), "held": bool(a)}
        for w, p, m, a in zip(
            mine["Period"], mine["Pace"], mine["Fastest pace allowed"], mine["At the limit"], strict=True
        )
    ]  # fmt: skip
    x = {
        "field": "when", "type": "ordinal", "sort": None, "title": None,
        "axis": {"labelAngle": 0 if len(rows) <= 6 else -45},
    }  # fmt: skip
    names = ["pace of the plan", "fastest allowed", "limit holds"]
    colour = {
        "type": "nominal", "title": None, "scale": {"domain": names, "range": ["#0072B2", "#E69F00", "#D55E00"]},
        "legend": {"orient": "top"},
    }  # fmt: skip
    told = [
        {"field": "when", "title": "Period"}, {"field": "pace", "title": "Pace", "format": ",.0f"},
        {"field": "limit", "title": "Fastest allowed", "format": ",.0f"},
    ]  # fmt: skip

    def layer(mark: dict[str, Any], field: str, name: str, **more: Any) -> dict[str, Any]:
        y = {
            "field": field,
            "type": "quantitative",
            "title": unit,
            "axis": {"format": ",.0f", "titleFontWeight": "normal"},
        }
        return {"mark": mark, "encoding": {"x": x, "y": y, "color": {"datum": name, **colour}, "tooltip": told}, **more}

    return {
        "height": 300,
        "data": {"values": rows},
        "layer": [
            layer({"type": "bar", "size": 46 if len(rows) <= 6 else 18}, "pace", names[0]),
            layer({"type": "point", "shape": "circle", "size": 140, "strokeWidth": 2.5}, "limit", names[1]),
            layer({"type": "point", "shape": "cross", "size": 120, "filled": True}, "limit", names[2],
                  transform=[{"filter": "datum.held"}]),
        ],
    }  # fmt: skip


def queues(case: Case, plan: Plan, against: Compared) -> None:
    """Who waits, who is over the limit."""
    waiting = until(plan, views.waiting_by_period(plan))
    names = [c for c in waiting.columns if c not in ("Period", "All who wait")]
    last = float(waiting["All who wait"].iloc[-1]) if len(waiting) else 0.0
    policy = _all(views.waiting_by_period(against.policy), "All who wait") if against.policy is not None else None
    st.header(f"People who wait: {figure(last, 'people')} when the plan ends", anchor=False)
    if policy:
        st.markdown(f"Without the plan **{figure(policy[-1], 'people')}** would wait on that day.")
    over_time(
        waiting, "Period", names, "people waiting",
        f"People who wait at each period's end: {figure(last, 'people')} when the plan ends.", "time_waiting",
        policy=policy, source="the plan shown, sheet Queues of the plan workbook",
    )  # fmt: skip
    say(against)
    found, late = _late(case, plan)
    before = _late(case, against.policy)[0] if against.policy is not None else None
    st.header(f"Over their time limit: at most {figure(late, 'people')} people at once", anchor=False)
    if found.size:
        order = [str(c) for c in found.sum().sort_values(ascending=False, kind="stable", key=steps).index]
        marks = None
        if before is not None:
            marks = [float(v) for v in before.sum(axis=1).reindex(found.index).fillna(0.0)]
        over_time(
            until(plan, found.reset_index()), "Period", order, "people over the limit",
            f"People over their time limit at each period's end, at most {figure(late, 'people')}.", "time_over",
            policy=marks, source="the plan shown, sheet Queues of the plan workbook",
        )  # fmt: skip
    else:
        st.markdown("Nobody waits longer than a limit allows at any period's end.")
    st.header("Every queue", anchor=False)
    st.markdown(
        "*Limit is*: a **right** always holds; a **target** counts who is over it. On time: share of those who left "
        "who had waited no longer than the limit, first in, first out."
    )
    table(views.queues_summary(case, plan), key="queues", height=480, unit="people")
    movers(case, plan)


def movers(case: Case, plan: Plan) -> None:
    """Stages that take people off a queue."""
    names = [f"people:{name}" for name in views.queues_summary(case, plan)["Caseload"]]
    plan_why.movers(case, names)


def _all(frame: pd.DataFrame, column: str) -> list[float]:
    """One column as figures."""
    return [float(v) for v in frame[column]]


def _late(case: Case, plan: Plan) -> tuple[pd.DataFrame, float]:
    """Periods down, compartments across: people over their limit; and the most at once."""
    found = views.queues(case, plan)
    over = found.pivot_table(index="Period", columns="Caseload", values="Over the limit", aggfunc="sum", sort=False)
    over = over.loc[:, over.sum() > 0.5]
    return over, float(over.sum(axis=1).max()) if over.size else 0.0
