"""Trade-offs: what more of one outcome costs in another, and what more or less of a resource brings."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd
import streamlit as st

from app import frame, state, works
from app.show import NOTHING, bullets, figure, plain, reading_table
from app.store import plan_path
from app.views import ladder
from app.views.front import POINTS, Front, chart, exchange, proven, remake
from planner.case import Case
from planner.plan import Plan
from planner.sheets import Outcomes

PARTS = ("Two outcomes", "More or less of something")


def page() -> None:
    """Draw the page."""
    frame.title(
        "Trade-offs",
        "What more of one outcome costs in another: plans none of which beats another in both. Each is a whole plan.",
    )
    found = state.shown()
    if found is None:
        st.markdown("This page needs a plan to start from; it is being made.")
        return
    shown, case, plan = found
    chosen = st.segmented_control("Question", PARTS, default=PARTS[0], required=True, key="trade", bind="query-params")
    if chosen == PARTS[1]:
        ladder.part(shown.source, case)
        return
    front_part(shown, case, plan)


def front_part(shown: state.Shown, case: Case, plan: Plan) -> None:
    """Two outcomes against each other."""
    rows = case.of(Outcomes)
    if len(rows) < 2:
        st.markdown("This workbook has only one outcome, so there is nothing to trade off.")
        return
    names = [row.outcome for row in rows]
    first, second = _usual(case)
    left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    y = left.selectbox("This outcome", names, index=names.index(first), key="front_y")
    others = [n for n in names if n != y]
    x = middle.selectbox(
        "against this one", others, index=others.index(second) if second in others else 0, key=f"front_x_{y}"
    )  # fmt: skip
    assert x is not None
    assert y is not None
    wish = state.wish_now()
    asked = works.question("front", shown.source, wish, outcomes=[y, x], points=POINTS)
    right.button(
        "Find the plans", type="primary", key="front_go", width="stretch", on_click=works.ask,
        args=("front", asked), disabled=works.done("front", asked),
    )  # fmt: skip
    found = works.follow("front", asked, start=works.known(asked))
    if found.answer is None:
        st.markdown(
            f"Press **Find the plans**: {POINTS} whole plans between the most of one and the most of the other. "
            "It takes seconds for a small workbook and minutes for a large one; you can go on with other pages."
        )
        return
    answered = st.session_state.works["front"].answered
    if not found.current:
        works.say_earlier()
    ys, xs = found.answer["names"]
    front = Front(found.answer, xs, ys, {row.outcome: row.unit for row in rows}, answered.wish)
    _summary(front)
    picked = _pick(front)
    left, right = st.columns([3, 2])
    with left:
        chart(front, picked, plan, _from_chart)
    with right:
        _chosen(front, picked, shown, plan)
    _table(front, picked)
    _rates(front)


def _usual(case: Case) -> tuple[str, str]:
    """The outcomes shown first: the first about protection, against the first about cost, else about waiting."""
    rows = case.of(Outcomes)
    first = next((r for r in rows if r.headline == "protection"), rows[0])
    rest = [r for r in rows if r.outcome != first.outcome]
    wanted = [r for kind in ("cost", "waiting") for r in rest if r.headline == kind] or list(rest)
    return first.outcome, wanted[0].outcome


def _summary(front: Front) -> None:
    """What was found, in sentences."""
    points = front.points
    if not points:
        st.markdown("No plan was found before the search was stopped.")
        return
    first, last = points[0]["values"], points[-1]["values"]
    up, down = _apart(front, first, last)
    st.header(f"{len(points)} plans between the two", anchor=False)
    st.markdown(
        f"From **{plain(front.said(front.y, first[front.y]))}** of {plain(front.y)} with "
        f"{plain(front.said(front.x, first[front.x]))} of {plain(front.x)} to "
        f"**{plain(front.said(front.y, last[front.y]))}** with {plain(front.said(front.x, last[front.x]))}. "
        f"Going all the way costs {plain(up)} and {'saves' if not front.more(front.x) else 'brings'} {plain(down)}."
    )
    stopped = front.answer["stopped"]
    if front.answer["complete"]:
        st.markdown("**Complete**: there is no other plan that is not beaten by one of these.")
    else:
        why = f"The search was stopped ({plain(stopped)}); what was found until then is here. " if stopped else ""
        rest = " ".join(line for line in front.answer["unproven"] if "cells listed" not in line)
        st.markdown(
            f"{why}**Not complete**: these are spread evenly, and between neighbours lie more plans, none of which "
            f"beats one that is listed in both. {plain(rest)}"
        )
    st.markdown(
        "Only these two outcomes are traded off here: the others become what they may. Look at *All its outcomes* "
        "before you choose a plan."
    )
    for note in front.answer["notes"]:
        st.markdown(plain(note))


def _apart(front: Front, first: Mapping[str, float], last: Mapping[str, float]) -> tuple[str, str]:
    """How far two plans are apart in both outcomes."""
    return (
        front.said(front.y, abs(first[front.y] - last[front.y])),
        front.said(front.x, abs(first[front.x] - last[front.x])),
    )


def _pick(front: Front) -> int:
    """Number of the plan that is chosen, kept in the state of the list."""
    count = len(front.points)
    now = st.session_state.get("front_pick")
    if now is None or now > count:
        knee = next((p["number"] for p in front.points if p["knee"]), (count + 1) // 2)
        st.session_state.front_pick = knee
    return int(st.session_state.front_pick)


def _from_chart(key: str) -> None:
    """Take over a click on the chart."""
    picked = st.session_state[key]["selection"].get("pick") or []
    numbers = [p["plan"] for p in picked if p.get("plan")]
    if numbers:
        st.session_state.front_pick = int(numbers[0])


def _from_table(key: str) -> None:
    """Take over a row of the table."""
    rows = st.session_state[key]["selection"]["rows"]
    if rows:
        st.session_state.front_pick = int(rows[0]) + 1


def _chosen(front: Front, picked: int, shown: state.Shown, plan: Plan) -> None:
    """The chosen plan: its numbers, its neighbours, where it can be sent."""
    points = front.points
    st.selectbox(
        "Chosen plan", [p["number"] for p in points], key="front_pick",
        format_func=lambda n: f"Plan {n} of {len(points)}{' (the knee)' if points[n - 1]['knee'] else ''}",
    )  # fmt: skip
    point = points[picked - 1]
    with st.container(border=True):
        for name in (front.y, front.x):
            wanted = "more is better" if front.more(name) else "less is better"
            st.markdown(f"**{plain(front.said(name, point['values'][name]))}**  \n{plain(name)} ({wanted})")
        for other in (picked - 1, picked + 1):
            if 1 <= other <= len(points):
                st.markdown(plain(exchange(front, picked, other)))
        st.markdown(f":small[{plain(proven(front, point))}]")
    if not point["plan"]:
        st.markdown("The search was stopped before this plan was written down: press **Find the plans** again.")
        return
    sent = state.Shown(
        shown.source, front.wish, point["plan"], _origin(front, picked), remake(front, shown.source, picked)
    )
    left, right = st.columns(2)
    if left.button("Show it on Plan", key="front_to_plan", type="primary", width="stretch", on_click=state.take_up,
                   args=(sent,)):  # fmt: skip
        st.switch_page(st.session_state.pages["Plan"])
    if right.button("Put it on Compare", key="front_to_compare", width="stretch", on_click=state.put_aside,
                    args=(sent,)):  # fmt: skip
        st.toast(f"Plan {picked} can be compared now.")
    with st.expander("All its outcomes"):
        _outcomes(state.plan_of(str(plan_path(point["plan"]))), plan)


def _origin(front: Front, picked: int) -> str:
    """Where a plan of a front comes from."""
    return f"plan {picked} of {len(front.points)} between {front.y} and {front.x}"


def _outcomes(chosen: Plan, plan: Plan) -> None:
    """Every outcome of the chosen plan beside the plan on the screen and doing nothing."""
    table = chosen.tables["outcomes"]
    other = dict(zip(plan.tables["outcomes"]["outcome"], plan.tables["outcomes"]["value"], strict=True))
    reading_table(
        pd.DataFrame(
            {
                "Outcome": table["outcome"],
                "This plan": table["value"].astype(float),
                "Plan on the screen": [other.get(o) for o in table["outcome"]],
                "Doing nothing": [plan.doing_nothing.get(o) for o in table["outcome"]],
                "Unit": table["unit"],
            }
        )
    )


def _table(front: Front, picked: int) -> None:
    """The same plans as a table in which a row can be chosen."""
    st.header("The same plans as a table", anchor=False)
    digits = {n: 0 if max(abs(p["values"][n]) for p in front.points) >= 1000 else 2 for n in (front.y, front.x)}
    columns = {n: f"{n}, {front.units[n]}" for n in (front.y, front.x)}
    table = pd.DataFrame(
        {
            "Plan": [p["number"] for p in front.points],
            **{columns[n]: [round(p["values"][n], digits[n]) for p in front.points] for n in columns},
            "Remark": [_remark(p, picked) for p in front.points],
            "Proven": [_proven(p) for p in front.points],
        }
    )
    key = f"front_table_{front.y}_{front.x}_{picked}"
    style = table.style.format({columns[n]: f"{{:,.{digits[n]}f}}" for n in columns})
    st.dataframe(
        style, hide_index=True, width="stretch", key=key, height=38 + 35 * len(table),
        on_select=lambda: _from_table(key), selection_mode="single-row",
        selection_default={"selection": {"rows": [picked - 1]}}, placeholder=NOTHING,
        column_config={
            "Plan": st.column_config.Column(width=60), "Remark": st.column_config.Column(width=170),
            "Proven": st.column_config.Column(width=280),
        },
        alt="The plans of the front; choose a row to choose a plan.",
    )  # fmt: skip


def _proven(point: Mapping[str, Any]) -> str:
    """How near the best a plan is known to be."""
    gap = point["gap"] or 0.0
    return f"best {point['sought']}" if gap < 5e-5 else f"within {gap:.2%} of the best {point['sought']}"


def _remark(point: Mapping[str, Any], picked: int) -> str:
    """What is special about a plan."""
    said = ["chosen"] if point["number"] == picked else []
    said += ["knee"] if point["knee"] else []
    said += ["end of the front"] if point["kind"] == "corner" else []
    return ", ".join(said)


def _rates(front: Front) -> None:
    """All exchange rates between neighbours."""
    with st.expander("What each step costs"):
        numbers = [p["number"] for p in front.points]
        bullets([exchange(front, b, a) for a, b in pairwise(numbers)])
    st.markdown(f":small[{front.answer['searches']:,} searches in {figure(front.answer['seconds'])} s.]")
