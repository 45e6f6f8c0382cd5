"""The first answer to a moved lever: a plan found at once, how far it can be from the best, what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import plain
from app.session import coarse, settings
from app.session.levers import Lever
from app.session.store import Source, Wish, key_of
from app.shell import state
from app.tasks import live
from planner.case import Case
from planner.live import Dial, LiveAnswer
from planner.plan import Plan
from planner.results import headline
from planner.wording.figures import change, figure

CARDS = ("protection", "legal pathways", "waiting", "cost")
BARS = {
    "continuation": "Continuation",
    "doing nothing": "Doing nothing",
    "plan before": "Plan total",
    "first answer": "",
}
"""Bars of a card and the columns of the headline table that they show; the last is what was just found."""
MOST_SEEN = 20
"""Answers of this tab that are remembered, to say what the last change did."""


def _counted(wish: Wish) -> Wish:
    """A wish in the grid in which first answers count: a quick one where the plan itself takes long."""
    return coarse.first_of(state.base_of(st.session_state.source, wish), wish) or wish


def coarse_grid() -> str:
    """The grid in which first answers count where it is a coarser one than that of the plan; blank else."""
    wish = state.wish_now()
    quick = _counted(wish)
    return quick.grid if quick != wish else ""


def _setup(found: Sequence[Lever]) -> live.Setup:
    """What the engine of this tab is built from."""
    source: Source = st.session_state.source
    present, wish = settings.now(found), _counted(state.wish_now())
    dials = tuple(Dial(v.key, v.changes, v.low, v.high, v.neutral, "percent", v.help) for v in found)
    return live.Setup(source, wish.scenario, state.grid_of(source, wish), dials, present.extra)


def _plans() -> tuple[str, ...]:
    """Key of the proven plan whose yes-or-no decisions the first answer holds.

    It is the plan at current policy, so that the answer does not depend on the way to it; the one shown where that is
    not there, as in a tab that a link has opened.
    """
    source: Source = st.session_state.source
    wish = _counted(state.wish_now())
    keys = [key_of(source, replace(wish, sets=()))]
    shown = st.session_state.get("shown")
    if shown is not None and shown.source.sha256 == source.sha256 and shown.wish.grid == wish.grid:
        keys += [shown.key] if not shown.origin else []
    return tuple(key for key in keys if state.kept(key) and state.plan_at(key).found)[:1]


def ask(found: Sequence[Lever]) -> LiveAnswer | None:
    """Answer what the levers say now; None while the engine is being built or where no plan is there to start from.

    Asked by every part of the frame, worked out once.
    """
    setup, present = _setup(found), settings.now(found)
    keys = _plans()
    if not keys:
        return None
    live.prepare(setup)
    if live.status(setup) != "ready":
        return None
    asked = (setup.key, keys, present)
    seen: dict[Any, LiveAnswer] = st.session_state.setdefault("answered", {})
    if asked not in seen:
        before = seen.get((setup.key, keys, settings.step_before())) or _before_plan()
        answer = live.answer(setup, [state.plan_at(key) for key in keys], dict(present.levers), before)
        if answer is None:
            return None
        seen[asked] = answer
        while len(seen) > MOST_SEEN:
            del seen[next(iter(seen))]
    return seen[asked]


def _before() -> tuple[str, Case, Plan] | None:
    """Key, case and plan of what is on the screen, in the grid in which first answers count; None if there is none."""
    found = state.shown()
    if found is None:
        return None
    shown, case, plan = found
    wish = replace(shown.wish, grid=_counted(state.wish_now()).grid)
    key = shown.key if wish == shown.wish else key_of(shown.source, wish)
    if key != shown.key:
        if shown.origin or not state.kept(key):
            return None
        plan = state.plan_at(key)
    return (key, case, plan) if plan.found else None


def _before_plan() -> Plan | None:
    """That plan alone."""
    found = _before()
    return found[2] if found is not None else None


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
        said = told.get(live.status(_setup(state.present_levers())), "") if _plans() else ""
        if said:
            st.markdown(f":small[{said}]")
        return
    with st.container(border=True, key="first_answer"):
        head = "First answer to your change" if answer.status == "found" else "The nearest plan to your change"
        said = plain(answer.sentence)
        st.markdown(f"**{head}.** {said}" + ("" if not proof_comes else " The proof follows by itself."))
        wish = state.wish_now()
        case = state.base_of(st.session_state.source, wish)
        rough = coarse.rough(case, _counted(wish).grid)
        if rough:
            st.markdown(
                f":orange-badge[coarse] :small[{plain(rough)} The plan before is counted in the same way here.]"
            )
        for shortage in answer.shortages[:5]:
            if shortage.sentence not in answer.sentence:
                st.markdown(f"- :orange-badge[short] {plain(shortage.sentence)}")
        before = _before()
        if before is None or answer.status == "failed":
            return
        _cards(answer, _headline(*before))
        _moves(answer)


@st.cache_data(max_entries=64, show_spinner=False)
def _headline(key: str, _case: object, _plan: object) -> pd.DataFrame:  # noqa: ARG001 - the key stands for both
    """Headline figures of a kept plan."""
    return headline(_plan, _case)  # type: ignore[arg-type]


def _cards(answer: LiveAnswer, head: pd.DataFrame) -> None:
    """The first outcome of each headline: now, against the plan before, against what goes on without one.

    One piece of HTML with bars: four charts that answer every step of a lever took twice as long as the answer itself.
    """
    rows = [some.iloc[0] for wanted in CARDS if len(some := head[head["Headline"] == wanted])]
    cards = "".join(_card(row, answer.outcomes[row["Outcome"]]) for row in rows if row["Outcome"] in answer.outcomes)
    if cards:
        st.html(f"<div class='first-cards'>{cards}</div>")


def _card(row: Any, value: float) -> str:
    """One outcome: its value, what changed, and bars whose scale does not jump while a lever moves."""
    known = {what: value if not column else float(row[column]) for what, column in BARS.items()}
    known = {what: figure_ for what, figure_ in known.items() if not pd.isna(figure_)}
    if "continuation" in known:
        known.pop("doing nothing", None)
    reach = 1.25 * max([abs(v) for what, v in known.items() if BARS[what]] + [1.0])
    low = -reach if min(known.values()) < 0.0 else 0.0
    name = f"{row['Outcome'][:1].upper()}{row['Outcome'][1:]}"
    bars = "".join(
        f"<tr><th scope='row'>{what}</th><td class='bar'><div class='{what.replace(' ', '-')}' "
        f"style='{_place(v, low, reach)}'></div></td><td class='n'>{escape(figure(v))}</td></tr>"
        for what, v in known.items()
    )
    return (
        f"<div><b>{escape(name)}</b><br>{escape(str(row['Unit']))}<br><strong>{escape(figure(value))}</strong><br>"
        f"<b>{escape(change(value - float(row['Plan total'])))}</b> against the plan before"
        f"<table><caption>{escape(name)}, {escape(str(row['Unit']))}</caption>{bars}</table></div>"
    )


def _place(value: float, low: float, reach: float) -> str:
    """Where a bar begins and how long it is, from nothing to the value."""
    begin, end = (min(1.0, max(0.0, (v - low) / (reach - low))) for v in (min(value, 0.0), max(value, 0.0)))
    return f"margin-left:{round(100 * begin, 1)}%;width:{round(100 * (end - begin), 1)}%"


def _moves(answer: LiveAnswer) -> None:
    """What the last change did: the five largest differences."""
    if not answer.moves:
        st.markdown("What your last change does: **nothing that shows**.")
        return
    said = [
        f"{plain(m.label)}: **{plain(change(m.change, m.unit))}** {plain(m.unit)} ({figure(m.before, m.unit)} → "
        f"{figure(m.after, m.unit)})"
        for m in answer.moves[:5]
    ]
    with st.expander("What did my last change do?", expanded=True, key="last_change"):
        st.markdown("\n".join(f"- {line}" for line in said))
