"""The first answer to a moved lever: a plan found at once, how far it can be from the best, what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app import live, settings, state
from app.levers import Lever
from app.show import change, figure, plain
from app.store import Source, Wish, key_of
from planner.live import Dial, LiveAnswer
from planner.plan import Plan
from planner.results import headline

CARDS = ("protection", "legal pathways", "waiting", "cost")
MOST_SEEN = 20
"""Answers of this tab that are remembered, to say what the last change did."""
COLOURS = {"doing nothing": "#8C8C8C", "plan before": "#56B4E9", "first answer": "#0072B2"}


def _setup(found: Sequence[Lever]) -> live.Setup:
    """What the engine of this tab is built from."""
    source: Source = st.session_state.source
    present = settings.now(found)
    dials = tuple(Dial(v.key, v.changes, v.low, v.high, v.neutral, "percent") for v in found)
    scenario = "" if present.scenario == settings.AS_WRITTEN else present.scenario
    return live.Setup(source, scenario, present.grid, dials, present.extra)


def _plans(found: Sequence[Lever]) -> tuple[str, ...]:
    """Key of the proven plan whose yes-or-no decisions the first answer holds.

    It is the plan at current policy, so that the answer does not depend on the way to it; the one shown where that is
    not there, as in a tab that a link has opened.
    """
    source: Source = st.session_state.source
    present = settings.now(found)
    scenario = "" if present.scenario == settings.AS_WRITTEN else present.scenario
    keys = [key_of(source, Wish(scenario, present.grid, present.gap))]
    shown = st.session_state.get("shown")
    if shown is not None and shown.source.sha256 == source.sha256 and shown.wish.grid == present.grid:
        keys += [shown.key] if not shown.origin else []
    return tuple(key for key in keys if state.kept(key) and state.plan_at(key).found)[:1]


def ask(found: Sequence[Lever]) -> LiveAnswer | None:
    """Answer what the levers say now; None while the engine is being built or where no plan is there to start from.

    Asked by every part of the frame, worked out once.
    """
    setup, present = _setup(found), settings.now(found)
    live.prepare(setup)
    keys = _plans(found)
    if not keys:
        return None
    if live.status(setup) != "ready":
        return None
    asked = (setup.key, keys, present)
    seen: dict[Any, LiveAnswer] = st.session_state.setdefault("answered", {})
    if asked not in seen:
        last = settings.step_before()
        before = seen.get((setup.key, keys, last)) or _shown_plan()
        answer = live.answer(setup, [state.plan_at(key) for key in keys], dict(present.levers), before)
        if answer is None:
            return None
        seen[asked] = answer
        while len(seen) > MOST_SEEN:
            del seen[next(iter(seen))]
    return seen[asked]


def _shown_plan() -> Plan | None:
    """The plan on the screen, if there is one."""
    plan = state.shown()
    return plan[2] if plan is not None and plan[2].found else None


def worth_words(lever: Lever, answer: LiveAnswer | None) -> list[str]:
    """What one more unit of a lever is worth at the margin, in its own unit."""
    if answer is None or answer.status != "found" or lever.key not in answer.worth:
        return []
    worth, unit = answer.worth[lever.key], lever.total() / 100.0
    points = worth.points / unit
    if abs(points) < 5e-4:
        return [":small[One more now: no change]"]
    said = f":small[One more now: {plain(change(points))} points"
    if worth.low is not None and worth.high is not None:
        low, high = (lever.total() * end / 100.0 for end in (max(worth.low, lever.low), min(worth.high, lever.high)))
        said += f", from {figure(low)} to {figure(high)}" if high - low > 1e-6 * lever.total() else ""
    return [said + "]"]


def draw(answer: LiveAnswer | None, proof_comes: bool) -> None:
    """The first answer to a change: its sentence, four headline figures, the five largest differences."""
    if answer is None:
        told = {"getting ready": "The first answer comes in a moment: the model is being made ready."}
        said = told.get(live.status(_setup(state.present_levers())), "")
        if said:
            st.markdown(f":small[{said}]")
        return
    with st.container(border=True, key="first_answer"):
        head = "First answer to your change" if answer.status == "found" else "The nearest plan to your change"
        said = plain(answer.sentence)
        st.markdown(f"**{head}.** {said}" + ("" if not proof_comes else " The proof follows by itself."))
        for shortage in answer.shortages[:5]:
            if shortage.sentence not in answer.sentence:
                st.markdown(f"- :orange-badge[short] {plain(shortage.sentence)}")
        plan = state.shown()
        if plan is None or not plan[2].found or answer.status == "failed":
            return
        _cards(answer, headline(plan[2], plan[1]))
        _moves(answer)


def _cards(answer: LiveAnswer, head: pd.DataFrame) -> None:
    """The first outcome of each headline: now, against the plan before, against doing nothing."""
    rows = [some.iloc[0] for wanted in CARDS if len(some := head[head["Headline"] == wanted])]
    rows = [row for row in rows if row["Outcome"] in answer.outcomes]
    if not rows:
        return
    for column, row in zip(st.columns(len(rows)), rows, strict=True):
        name, value = plain(row["Outcome"]), answer.outcomes[row["Outcome"]]
        with column:
            st.markdown(f"**{name[:1].upper()}{name[1:]}**  \n{plain(row['Unit'])}")
            st.markdown(f"### {figure(value)}")
            st.markdown(f"**{change(value - float(row['Plan total']))}** against the plan before")
            _chart(row, value)


def _chart(row: Any, value: float) -> None:
    """Doing nothing, the plan before, the first answer; the axis does not jump while a lever moves."""
    figures = dict(zip(COLOURS, (row["Doing nothing"], row["Plan total"], value), strict=True))
    known = {what: float(figure_) for what, figure_ in figures.items() if not pd.isna(figure_)}
    reach = 1.5 * max([abs(v) for what, v in known.items() if what != "first answer"] + [1.0])
    low = -reach if min(known.values()) < 0 else 0.0
    spec = {
        "height": {"step": 18},
        "mark": {"type": "bar", "clip": True},
        "encoding": {
            "y": {
                "field": "what", "type": "nominal", "sort": list(COLOURS), "title": None,
                "axis": {"labelOverlap": False},
            },
            "x": {
                "field": "value", "type": "quantitative", "title": str(row["Unit"]), "scale": {"domain": [low, reach]},
                "axis": {"format": "~s", "tickCount": 4, "titleFontWeight": "normal"},
            },
            "color": {
                "field": "what", "type": "nominal", "legend": None,
                "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())},
            },
            "tooltip": [{"field": "what", "title": "Which"}, {"field": "value", "format": ",.0f"}],
        },
    }  # fmt: skip
    alt = f"{row['Outcome']}: " + ", ".join(f"{what} {figure(v)}" for what, v in known.items()) + f" {row['Unit']}."
    data = pd.DataFrame({"what": list(known), "value": list(known.values())})
    st.vega_lite_chart(data, spec, width="stretch", key=f"first_{row['Headline']}", alt=alt)


def _moves(answer: LiveAnswer) -> None:
    """What the last change did: the five largest differences."""
    if not answer.moves:
        st.markdown("What your last change does: **nothing that shows**.")
        return
    said = [
        f"{plain(m.label)}: **{plain(change(m.change))}** {plain(m.unit)} ({figure(m.before)} → {figure(m.after)})"
        for m in answer.moves[:5]
    ]
    with st.expander("What did my last change do?", expanded=True, key="last_change"):
        st.markdown("\n".join(f"- {line}" for line in said))
