"""Explain, second part: why a row gets what it gets, what would change it, what rules and decisions are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import bars, bullets, plain, reading_table
from app.shell import forms, state
from app.tasks import questions
from app.views.explain_words import Better, asks, effects_words
from planner.analyses.explaining import EXPLAIN, RULES, WORTH
from planner.case import Case
from planner.explain.numbers import Number, numbers_of
from planner.wording.figures import change, figure, share

EVENTS = {"enters": "comes into the plan", "leaves": "drops out of the plan", "halves": "is halved"}


def row(answer: Mapping[str, Any], shown: state.Shown, case: Case) -> None:
    """Ask about one row of the workbook."""
    st.header("Why this much, why not more, what would change it", anchor=False)
    rows = {(sheet, name): (unit, total) for sheet, name, unit, total in answer["rows"]}
    sheets = list(dict.fromkeys(sheet for sheet, _ in rows))
    left, right = st.columns([2, 5])
    preferred = sheets.index("Programmes") if "Programmes" in sheets else 0
    sheet = left.selectbox("Sheet", sheets, index=preferred, key="why_sheet")
    names = [name for s, name in rows if s == sheet]
    name = right.selectbox(
        "Row", names, key=f"why_row_{sheet}", format_func=lambda n: f"{n}: {_amount(*rows[sheet, n])}"
    )
    if sheet is None or name is None:
        return
    found = questions.follow("why", asks(shown, why=f"{sheet}!{name}"))
    if found.answer is None:
        return
    why, *more = found.answer[found.of.asked.why]
    if not found.current:
        st.warning(f"This is the answer about '{plain(why['row'])}'.", icon=":material/hourglass_top:")
    _reasons(why, more, Better(case))
    if found.current:
        _threshold(shown, case, sheet, name, rows[sheet, name][1])


def _amount(unit: str, total: float) -> str:
    """How much of a row the plan does."""
    if unit == "decision":
        return "yes" if total else "no"
    return f"{figure(total, unit)} {unit}" if total > 1e-6 else "nothing"


def _reasons(why: Mapping[str, Any], more: Sequence[Mapping[str, Any]], better: Better) -> None:
    """What holds the row in each period, what one more brings and takes, what a tenth more would do."""
    reasons = why["reasons"]
    if not reasons:
        st.markdown(plain(why["sentence"]))
        return
    st.markdown(f"**{plain(why['row'])}** ({plain(why['cell'])})")
    bullets([f"{r['period']}: {r['sentence']}" for r in reasons])
    if any(r["margin"] for r in reasons):
        st.markdown(":small[In brackets: points that one unit more takes from elsewhere.]")
    with_margin = [r for r in reasons if r["margin"]]
    if with_margin:
        table = pd.DataFrame(
            {
                "Period": [r["period"] for r in with_margin],
                "One more brings": [sum(max(0.0, p[2]) for p in _parts(r["margin"])) for r in with_margin],
                "and takes from elsewhere": [-sum(min(0.0, p[2]) for p in _parts(r["margin"])) for r in with_margin],
            }
        )
        left, right = st.columns([3, 4])
        with left:
            st.subheader("One more: what it brings and takes, points", anchor=False)
            reading_table(table)
        with right:
            _ledger(with_margin)
    for answer in more:
        st.subheader("A little more of it", anchor=False)
        st.markdown(plain(answer["sentence"]))
        if answer["effects"]:
            st.markdown(effects_words(answer["effects"], better, most=8))


def _parts(margin: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """What one unit more brings and takes: words, cell and points of each part."""
    own = ("what it counts for by itself", "", margin["direct"])
    return [p for p in (own, *((p["words"], p["cell"], p["points"]) for p in margin["parts"])) if abs(p[2]) > 1e-9]


def _ledger(reasons: list[dict[str, Any]]) -> None:
    """Item by item for one period."""
    period = st.selectbox("Item by item, for one unit more in", [r["period"] for r in reasons], key="why_period")
    chosen = next((r for r in reasons if r["period"] == period), reasons[0])
    parts = sorted(_parts(chosen["margin"]), key=lambda p: -abs(p[2]))[:10]
    reading_table(
        pd.DataFrame({"What": [p[0] for p in parts], "Points": [p[2] for p in parts], "Cell": [p[1] for p in parts]}),
        signed=("Points",),
    )


def _threshold(shown: state.Shown, case: Case, sheet: str, name: str, total: float) -> None:
    """From which value of a number on the row enters, leaves or halves."""
    numbers: dict[str, Number] = {n.column: n for n in numbers_of(case, sheet, name)}
    if not numbers:
        return
    st.subheader("What would change it", anchor=False)
    st.markdown("From which value of one number on would this row come in, drop out or be halved?")
    first, second = st.columns([2, 3], vertical_alignment="bottom")
    third, fourth = st.columns([3, 2], vertical_alignment="center")
    events = ["enters"] if total <= 1e-6 else ["leaves", "halves"]
    event = first.selectbox("When it ...", events, key=f"event_{sheet}_{name}", format_func=EVENTS.__getitem__)
    column = second.selectbox(
        "as this number changes", list(numbers), key=f"column_{sheet}_{name}",
        format_func=lambda c: f"{c} (now {figure(numbers[c].value)} {numbers[c].unit})".replace(" )", ")"),
    )  # fmt: skip
    free = forms.field(EXPLAIN, "free", third)
    asked = asks(shown, why=f"{sheet}!{name}", until=f"{event}:{sheet}!{name}.{column}", free=free)
    fourth.button("Find out", key="change", on_click=questions.ask, args=("change", asked), width="stretch")
    if not questions.asked("change"):
        return
    found = questions.follow("change", asked, start=False)
    if found.answer is not None and found.current:
        answer = found.answer[found.of.asked.why][-1]
        st.info(
            f"{plain(answer['sentence'])} {answer['solves']} other values were solved, "
            f"{'with decisions free' if free else 'with the yes-or-no decisions as in the plan'}."
        )


def rules(shown: state.Shown, case: Case) -> None:
    """What each rule, earmark and condition costs; what each decision is worth."""
    found = questions.follow("rules", asks(shown, rules=True, switches=True))
    if found.answer is None:
        return
    if not found.current:
        st.warning("These figures belong to the plan from before.", icon=":material/hourglass_top:")
    better = Better(case)
    _costs(found.answer, better)
    _worth(found.answer, better)


def _costs(answer: Mapping[str, Any], better: Better) -> None:
    """Rules by what the plan would gain without them."""
    st.header("What each rule costs", anchor=False)
    costs = answer[RULES]
    dear = [c for c in costs if c["gain"] is not None and c["gain"] > c["uncertain"]]
    free = [c for c in costs if c not in dear]
    st.markdown(
        "What the plan would gain if one rule, right, earmark or condition were left out and everything else stayed, "
        "found by solving again. A cost is no reason to drop a rule: it says what keeping it takes. "
        f"**{len(dear)}** of {len(costs)} cost something now."
    )
    if dear:
        table = pd.DataFrame({"Rule": [_short(c["words"]) for c in dear], "Cost": [c["gain"] for c in dear]})
        bars(table[:12], "Rule", ["Cost"], "points", f"Costs of {len(dear)} rules.", "bars_rules")
        reading_table(
            pd.DataFrame(
                {
                    "Rule": [c["words"] for c in dear],
                    "Kind": [f"{c['kind']}, {c['category']}" if c["category"] else c["kind"] for c in dear],
                    "Costs, points": [c["gain"] for c in dear],
                    "Share of the plan": [_share(c["gain"], answer["objective"]) for c in dear],
                    "Without it": [effects_words(c["effects"], better, marks=False) for c in dear],
                    "Authority": [c["authority"] for c in dear],
                    "Cell": [c["cell"] for c in dear],
                }
            )
        )
    if free:
        with st.expander(f"These cost nothing now: {len(free)}", expanded=not dear):
            bullets([c["sentence"] for c in free])


def _short(words: str) -> str:
    """A label that fits beside a bar."""
    return words if len(words) <= 44 else f"{words[:43].rstrip()}…"


def _share(gain: float, objective: float) -> str:
    """A cost as a share of the plan's points."""
    return share(gain / abs(objective)) if objective else ""


def _worth(answer: Mapping[str, Any], better: Better) -> None:
    """Decisions by what they are worth."""
    st.header("What each decision is worth", anchor=False)
    rows = answer[WORTH]
    if not rows:
        st.markdown("The plan takes no yes-or-no decision.")
        return
    st.markdown(
        "The best plan with a reform or an opening against the best plan without it, both searched anew. Differences "
        "smaller than what the searches left open are called no difference."
    )
    reading_table(
        pd.DataFrame(
            {
                "Decision": [w["words"] for w in rows],
                "Worth, points": [_worth_words(w) for w in rows],
                "With it": [
                    effects_words(w["effects"], better, marks=False) if _told(w) else "" for w in rows
                ],
                "Cell": [w["cell"] for w in rows],
            }
        )
    )  # fmt: skip


def _value(worth: Mapping[str, Any]) -> float | None:
    """Points with a decision more than without it; None where one of the two has no plan."""
    return None if worth["on"] is None or worth["off"] is None else float(worth["on"] - worth["off"])


def _told(worth: Mapping[str, Any]) -> bool:
    """Whether a worth is larger than what is not certain about it."""
    value = _value(worth)
    return value is not None and abs(value) > worth["uncertain"]


def _worth_words(worth: Mapping[str, Any]) -> str:
    """The worth with what is certain of it."""
    value = _value(worth)
    if value is None:
        return "without it there is no plan" if worth["off"] is None else "with it there is no plan"
    if not _told(worth):
        return f"no difference (less than {figure(worth['uncertain'])})"
    sure = f" ± {figure(worth['uncertain'])}" if worth["uncertain"] > 1e-3 * abs(value) else ""
    return f"{change(value)}{sure}"
