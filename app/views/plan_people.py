"""Plan, first part: what people get, who gains and who loses, what rests on weak evidence."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.charts.widgets import POLICY, bullets, plain, reading_table, table
from app.shell import state
from app.shell.compared import Compared, say
from app.views import plan_why
from app.views.headlines import cards, comparison
from planner.case import Case
from planner.explain.gains import ACROSS, Gain, gains_between
from planner.plan import Plan
from planner.results import headline, held_back
from planner.results.weak import WEAK, weak_rows
from planner.wording.figures import change, figure, share

MOST = 8
"""Rows that are shown before the rest is folded away."""


def gets(shown: state.Shown, case: Case, plan: Plan, against: Compared) -> None:
    """The answer: headline numbers, gains and losses, weak evidence."""
    head = headline(plan, case)
    st.header("What people get", anchor=False)
    cards(head, plan)
    say(against)
    reading_table(comparison(head, plan))
    plan_why.outcome(shown, case, plan)
    who(case, plan, against)
    st.header("What held the plan back", anchor=False)
    bullets(held_back(case, plan) or ["Nothing in particular: no limit is reached for long."])
    weak(case, plan)


def who(case: Case, plan: Plan, against: Compared) -> None:
    """Gainers and losers, the biggest loser first."""
    st.header("Who gains and who loses", anchor=False)
    found = against.both()
    if not found:
        st.markdown("This appears as soon as the comparison with what goes on is worked out.")
        return
    left, right = st.columns(2)
    names = [name for name, _ in found]
    word = left.segmented_control("Against", names, default=names[0], required=True, key="gains_against")
    across = right.segmented_control(
        "Divided by", list(ACROSS), default=ACROSS[0], required=True, key="gains_across", format_func=_across
    )
    word, across = word or names[0], across or ACROSS[0]
    other = dict(found)[word]
    rows = gains_between(
        case, plan.tables["outcome_terms"], other.tables["outcome_terms"], across=across, word=word.lower()
    )
    if not rows:
        st.markdown(f"No outcome that is divided by {across} changes against {word.lower()}.")
        return
    _losers(rows, across)
    gains_table(rows, word, across)


def _across(name: str) -> str:
    """How a division is called."""
    return {"country": "country", "origin": "country of origin", "group": "group of people"}[name]


def biggest_loss(rows: tuple[Gain, ...]) -> Gain | None:
    """The largest loss, as a share of what all have of that outcome."""
    losers = [g for g in rows if not g.better]
    return max(losers, key=lambda g: loss_share(rows, g)) if losers else None


def loss_share(rows: tuple[Gain, ...], loss: Gain) -> float:
    """A loss as a share of the outcome's whole, with or without the plan, whichever is larger."""
    mine = [g for g in rows if g.outcome == loss.outcome]
    whole = max(sum(abs(g.value) for g in mine), sum(abs(g.before) for g in mine))
    return abs(loss.value - loss.before) / whole if whole else 0.0


def _losers(rows: tuple[Gain, ...], across: str) -> None:
    """Say who loses, and who loses most."""
    worst = biggest_loss(rows)
    if worst is None:
        st.success(f"Nobody is worse off in any outcome that is divided by {_across(across)}.")
        return
    losers = list(dict.fromkeys(g.name for g in rows if not g.better))
    st.warning(
        f"Worse off in something: {plain(', '.join(losers))}. **The biggest loser**: {plain(worst.sentence)} "
        f"That is {share(loss_share(rows, worst))} of what all who change have of it."
    )


def gains_table(rows: tuple[Gain, ...], word: str, across: str) -> None:
    """Every gain and loss, losses first."""
    frame = pd.DataFrame(
        {
            _across(across).capitalize(): [g.name for g in rows],
            "Outcome": [g.outcome for g in rows],
            "Plan": [figure(g.value, g.unit) for g in rows],
            word if word == POLICY else word.capitalize(): [figure(g.before, g.unit) for g in rows],
            "Difference": [change(g.value - g.before, g.unit) for g in rows],
            "Unit": [g.unit for g in rows],
            "So it": ["gains" if g.better else "LOSES" for g in rows],
        }
    )
    losers = sum(not g.better for g in rows)
    shown = max(losers, MOST)
    reading_table(frame.iloc[:shown])
    if len(frame) > shown:
        with st.expander(f"{len(frame) - shown} more gains"):
            reading_table(frame.iloc[shown:])


def weak(case: Case, plan: Plan) -> None:
    """Inputs with weak evidence on which much of the plan rests."""
    st.header("What rests on weak evidence", anchor=False)
    found = weak_rows(case, plan)
    words = " or ".join(f"*{plain(case.setting(f'grade {grade}'))}*" for grade in WEAK)
    least = share(case.policy("weak evidence from"))
    if found.empty:
        st.markdown(f"No row graded {words} carries {least} of the plan's money or moves of people.")
        return
    first = found.iloc[0]
    st.markdown(
        f"**{len(found)} rows** of the workbook are graded {words} and carry at least {least} of the "
        f"plan's money or of its moves of people. The heaviest is **{plain(first['Row'])}** on sheet "
        f"{plain(first['Sheet'])}: {share(first['Share of all money'])} of the money, "
        f"{share(first['Share of all people moved'])} of the moves. Find these figures out first."
    )
    table(found, key="weak", widths={"Row": "large"})
