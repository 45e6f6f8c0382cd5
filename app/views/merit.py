"""Trade-offs: plans that are equally good: what all of them have, what is a free choice, what none has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import bullets, plain, reading_table, small
from app.shell import forms, state
from app.tasks import questions
from app.views.send_to_compare import send
from planner.analyses.alternatives import ALTERNATIVES, AlternativesQuestion
from planner.case import Case
from planner.plan import Plan
from planner.sheets import Outcomes
from planner.wording.figures import figure, share
from planner.wording.units import plural, quantity

NEAR = ("1%", "2%", "5%")
"""Distances from the best that are offered."""
KINDS = {
    "must have": ("Must have", "in every plan that is nearly as good", ":material/check_circle:"),
    "free choice": ("Free choice", "nearly as good with or without, or in other amounts", ":material/swap_horiz:"),
    "must avoid": ("Must avoid", "in no plan that is nearly as good", ":material/cancel:"),
    "not settled": ("Not settled", "time did not allow to prove it either way", ":material/help:"),
}
"""Verdicts, their meaning and their sign."""


def part(shown: state.Shown, case: Case, plan: Plan) -> None:
    """How far from the best, the three lists, and whole plans that differ most."""
    st.markdown(
        "Many plans are nearly as good as the best. What do **all** of them have, where is there a **free choice**, "
        "and what has **none** of them? Free choices can be made for reasons that are not in the workbook."
    )
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    within = left.segmented_control(
        "How much may be given up, % of the points of the best plan", NEAR, required=True, key="merit_within",
        default=ALTERNATIVES.option("within").default,
    )  # fmt: skip
    wanted = forms.question(ALTERNATIVES, within=within)
    if not isinstance(wanted, AlternativesQuestion):
        return
    asked = questions.asks(ALTERNATIVES, wanted, shown.source, state.wish_now())
    waiting = (
        f"Every row of the workbook is asked for its least and most; then {wanted.plans} plans that differ most are "
        "kept. It takes seconds for a small workbook and some minutes for a large one; cancelling keeps what was found."
    )
    found = questions.on_demand("merit", asked, "Find what is free", waiting, right, width="stretch")
    if found is None or found.answer is None:
        return
    answer = found.answer
    _summary(answer)
    for verdict in KINDS:
        _list(verdict, [c for c in answer["choices"] if c["verdict"] == verdict])
    _plans(answer, found.of, case, plan)


def _summary(answer: Mapping[str, Any]) -> None:
    """How many of each, and what the distance means."""
    counts = {v: sum(c["verdict"] == v for c in answer["choices"]) for v in KINDS}
    st.header("What is settled, and what is free", anchor=False)
    floor = answer["objective"] - answer["tolerance"]
    st.markdown(
        f"Of {len(answer['choices'])} rows that can be chosen, **{counts['must have']} are in all** plans with at "
        f"least {figure(floor)} points (the best has {figure(answer['objective'])}), **{counts['free choice']} are "
        f"free**, and **{counts['must avoid']} are in none**."
        + (f" {counts['not settled']} could not be settled." if counts["not settled"] else "")
    )
    for one, other in answer["pairs"]:
        st.markdown(f"- Either **{plain(one)}** or **{plain(other)}**: every plan has exactly one of the two.")
    small(answer["notes"])


def _list(verdict: str, rows: list[dict[str, Any]]) -> None:
    """The rows with one verdict."""
    if not rows:
        return
    title, meaning, icon = KINDS[verdict]
    with st.expander(f"**{title}**: {len(rows)}, {meaning}", icon=icon, expanded=verdict != "must avoid"):
        table = pd.DataFrame(
            {
                "Row": [f"{c['row']} ({c['sheet']}, {c['cell']})" for c in rows],
                "In the best plan": [_amount(c["in_best"], c) for c in rows],
                "In plans nearly as good": [_span(c) for c in rows],
                "Why": [c["reason"] for c in rows],
            }
        )
        reading_table(table if any(c["reason"] for c in rows) else table.drop(columns="Why"))


def _amount(value: float, choice: Mapping[str, Any]) -> str:
    """An amount of a row; yes or no where it is one."""
    if not choice["unit"]:
        return "yes" if value > 0.5 else "no"
    return quantity(value, choice["unit"])


def _span(choice: Mapping[str, Any]) -> str:
    """From least to most."""
    if not choice["unit"]:
        ends = {_amount(choice["least"], choice), _amount(choice["most"], choice)}
        return " or ".join(sorted(ends, reverse=True))
    unit = choice["unit"]
    said = f"{figure(choice['least'], unit)} to {figure(choice['most'], unit)} {plural(unit)}"
    return said if choice["settled"] else f"{said} in the plans found"


def _plans(answer: Mapping[str, Any], asked: questions.Question, case: Case, plan: Plan) -> None:
    """Whole plans that differ most, one of which can be sent on."""
    plans = [p for p in answer["plans"] if p["plan"]]
    if not plans:
        return
    st.header(f"{len(plans)} plans that differ most", anchor=False)
    st.markdown("All of them are whole plans and were checked; the first is the best one.")
    units = {row.outcome: row.unit for row in case.of(Outcomes)}
    table = pd.DataFrame(
        {
            "Plan": [str(p["number"]) for p in plans],
            "Points": [figure(p["points"]) for p in plans],
            "Given up": [share(p["short"] / max(abs(answer["objective"]), 1e-9)) for p in plans],
            **{
                f"{n}, {units.get(n, '')}": [figure(p["outcomes"][n], units.get(n, "")) for p in plans]
                for n in _headlines(case, plans)
            },
        }
    )
    reading_table(table)
    number = st.selectbox(
        "Look at", [p["number"] for p in plans], key="merit_pick", format_func=lambda n: f"Plan {n} of {len(plans)}"
    )
    chosen = next((p for p in plans if p["number"] == number), plans[0])
    if chosen["differs"]:
        st.markdown("It differs from the best plan in this:")
        bullets(chosen["differs"][:8])
    remake = f"{state.remake(asked)}\n# plan {chosen['number']} of the list"
    origin = f"plan {chosen['number']} of {len(plans)} within {answer['within']} of the best"
    send(state.Shown(asked.source, asked.wish, chosen["plan"], origin, remake), "merit",
         f"Plan {chosen['number']}", plan)  # fmt: skip


def _headlines(case: Case, plans: list[dict[str, Any]]) -> list[str]:
    """Outcomes that are shown in the table."""
    rows = [r.outcome for r in case.of(Outcomes) if r.headline] or [r.outcome for r in case.of(Outcomes)]
    return [n for n in rows if all(n in p["outcomes"] for p in plans)][:5]
