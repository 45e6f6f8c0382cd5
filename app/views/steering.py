"""Trade-offs: steering from the plan on the screen: what is to improve, stay or may worsen; how far each can go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import AXIS, plain, reading_table, small
from app.shell import forms, state
from app.tasks import questions
from app.views.send_to_compare import send, values_of
from planner.analyses.fronts import FRONT
from planner.analyses.steering import STEER, SteerQuestion
from planner.case import Case
from planner.plan import Plan, Status
from planner.sheets import Outcomes
from planner.tradeoffs.steering import KINDS, Classification, refusal
from planner.wording.figures import change, figure, share

MOST = FRONT.option("outcomes").most
"""Outcomes that are steered at once: as many as are weighed against each other."""
SMALL = 1_000
"""Columns of a model whose ranges are proven without being asked for."""
WORDS = {
    "improve": "improve", "improve to": "improve to ...", "keep": "stay as it is", "may worsen to": "may worsen to ...",
    "free": "free: may become anything",
}  # fmt: skip


def part(shown: state.Shown, case: Case, plan: Plan) -> None:
    """Say what is wanted of each outcome, see how far each can go, find the next plan."""
    st.markdown(
        "Start from the plan on the screen. Say which outcomes are to **improve**, which are to **stay**, and what you "
        "would **give up** for it: the ranges below show how far each can go, and the next plan goes there."
    )
    rows = {row.outcome: row for row in case.of(Outcomes)}
    if len(rows) < 2:
        st.markdown("This workbook has only one outcome, so there is nothing to give up for it.")
        return
    names = st.multiselect(
        "Outcomes to steer, two to five", list(rows), default=usual(case), max_selections=MOST, key="steer_outcomes"
    )
    if len(names) < 2:
        st.markdown("Choose at least two outcomes.")
        return
    now = values_of(plan)
    turns = {name: _wanted(name, n, rows[name], now[name]) for n, name in enumerate(names)}
    _ranges(shown, plan, turns, now)
    _next(shown, case, plan, turns, now)


def usual(case: Case) -> list[str]:
    """The outcomes shown first: one of each kind of headline, at most four."""
    rows = case.of(Outcomes)
    first = {row.headline: row.outcome for row in reversed(rows) if row.headline}
    found = [row.outcome for row in rows if first.get(row.headline) == row.outcome]
    return (found if len(found) >= 2 else [row.outcome for row in rows])[:4]


def _wanted(name: str, place: int, row: Outcomes, now: float) -> Classification:
    """One line: the outcome as it is now, what is wanted of it, and the value where it takes one."""
    left, middle, right = st.columns([4, 3, 3], vertical_alignment="bottom")
    better = "more is better" if row.better == "more" else "less is better"
    left.markdown(f"**{plain(name)}**  \nnow {figure(now, row.unit)} {plain(row.unit)}; {better}")
    kind = middle.selectbox(
        f"{name} is to", KINDS, index=KINDS.index("improve" if place == 0 else "free"), key=f"steer_kind_{name}",
        format_func=WORDS.__getitem__,
    )  # fmt: skip
    assert kind is not None
    if kind not in ("improve to", "may worsen to"):
        return Classification(kind)
    ahead = (1.0 if row.better == "more" else -1.0) * (1.0 if kind == "improve to" else -1.0)
    first = float(f"{now * (1.0 + 0.05 * ahead * (1.0 if now >= 0 else -1.0)):.4g}")
    value = right.number_input(
        f"{name}, {row.unit}", value=first, key=f"steer_value_{kind}_{name}", format="%.6g",
        step=float(f"{max(abs(now) * 0.01, 0.001):.1g}"),
    )  # fmt: skip
    return Classification(kind, float(value))


def asks(shown: state.Shown, turns: Mapping[str, Classification], **more: Any) -> questions.Question:
    """The question with these wishes, about the plan on the screen."""
    wishes = {name: (turn.kind, turn.value) for name, turn in turns.items()}
    wanted = SteerQuestion.of(wishes, first_gap=shown.wish.gap, **more)
    return questions.asks(STEER, wanted, shown.source, shown.wish, shown.key)


def _ranges(shown: state.Shown, plan: Plan, turns: Mapping[str, Classification], now: Mapping[str, float]) -> None:
    """How far each outcome can go, within what the wishes allow and without any."""
    st.header("How far each outcome can go", anchor=False)
    limited = any(turn.kind != "free" for turn in turns.values())
    quick = plan.record.columns <= SMALL
    proven = quick or bool(st.session_state.get(forms.key_of(STEER, "proven", usual=False)))
    asked = asks(shown, turns, ranges=True, proven=proven)
    whole = asks(shown, dict.fromkeys(turns, Classification("free")), ranges=True, proven=proven)
    first = questions.follow("ranges_whole", whole)
    found = first if not limited else questions.follow("ranges", asked)
    if not quick:
        forms.field(STEER, "proven", usual=False)
    if found.answer is None:
        return
    questions.say_if_earlier(found)
    answer = found.answer
    if not answer["possible"]:
        st.error("No plan keeps all of these limits at once. Let one more outcome worsen, or set it free.")
        return
    st.markdown(range_sentence(answer, first.answer, limited=limited))
    if answer["proven"]:
        range_chart(answer["ranges"], (first.answer or answer)["ranges"], now)
    _range_table(answer, now)
    small(answer["notes"])


def range_sentence(answer: Mapping[str, Any], whole: Mapping[str, Any] | None, *, limited: bool) -> str:
    """What the ranges mean."""
    within = "Within what you allow" if limited else "With nothing held"
    if not answer["proven"]:
        return (
            f"{within}, **no plan can be better** than these values. Whether a plan gets all the way there is not "
            "shown yet: for these figures yes-or-no decisions may be taken in part."
        )
    rows = {r["outcome"]: r for r in (whole or answer)["ranges"]}
    narrowed = [
        r["outcome"] for r in answer["ranges"] if r["outcome"] in rows and _width(r) < 0.99 * _width(rows[r["outcome"]])
    ]
    told = f" Your limits narrow {plain(', '.join(narrowed))}." if limited and narrowed else ""
    return (
        f"{within}, each outcome ends between the two values: the **best** that a plan reaches, and the **worst** that "
        f"becomes of it when one of the others is made best.{told}"
    )


def _width(row: Mapping[str, Any]) -> float:
    """Length of a range."""
    return abs(row["best"] - row["worst"]) if row["best"] is not None and row["worst"] is not None else 0.0


def range_chart(rows: list[dict[str, Any]], whole: list[dict[str, Any]], now: Mapping[str, float]) -> None:
    """Every range as a bar on its own scale, better to the right: thin without limits, thick within them."""
    wide = {r["outcome"]: r for r in whole}
    drawn = []
    for row in rows:
        name, other = row["outcome"], wide.get(row["outcome"], row)
        values = [v for v in (row["best"], row["worst"], other["best"], other["worst"], now[name]) if v is not None]
        if row["best"] is None or row["worst"] is None or len(values) < 5:
            continue
        low, high = (min(values), max(values)) if row["more"] else (max(values), min(values))
        length = (high - low) or 1.0
        drawn.append(
            {"outcome": f"{name}, {row['unit']}", "now": (now[name] - low) / length,
             "from": (row["worst"] - low) / length, "to": (row["best"] - low) / length,
             "far_from": (other["worst"] - low) / length, "far_to": (other["best"] - low) / length,
             "worst": figure(row["worst"]), "best": figure(row["best"]), "at": f"now {figure(now[name])}"}
        )  # fmt: skip
    if not drawn:
        return
    y = {"field": "outcome", "type": "nominal", "sort": None, "title": None, "axis": AXIS}
    x = {"type": "quantitative", "title": "worse  \u2190   each on its own scale   \u2192  better",
         "scale": {"domain": [-0.16, 1.16]}, "axis": {"labels": False, "ticks": False, "grid": False,
                                                     "titleFontWeight": "normal"}}  # fmt: skip
    tip = [{"field": f, "title": t} for f, t in (("outcome", "Outcome"), ("worst", "Worst"), ("best", "Best"),
                                                 ("at", "Plan on the screen"))]  # fmt: skip
    text = {"type": "text", "fontSize": 12, "color": "#808080"}
    spec = {
        "height": {"step": 62},
        "encoding": {"y": y},
        "layer": [
            {"mark": {"type": "bar", "height": 5, "color": "#8C8C8C", "opacity": 0.55},
             "encoding": {"x": {"field": "far_from", **x}, "x2": {"field": "far_to"}, "tooltip": tip}},
            {"mark": {"type": "bar", "height": 17, "color": "#0072B2"},
             "encoding": {"x": {"field": "from", **x}, "x2": {"field": "to"}, "tooltip": tip}},
            {"mark": {"type": "tick", "thickness": 4, "height": 28, "color": "#D55E00"},
             "encoding": {"x": {"field": "now", **x}, "tooltip": tip}},
            {"mark": {**text, "align": "right", "dx": -4, "dy": 18},
             "encoding": {"x": {"field": "from", **x}, "text": {"field": "worst"}}},
            {"mark": {**text, "align": "left", "dx": 4, "dy": 18},
             "encoding": {"x": {"field": "to", **x}, "text": {"field": "best"}}},
            {"mark": {**text, "dy": -22, "color": "#D55E00", "fontWeight": "bold"},
             "encoding": {"x": {"field": "now", **x}, "text": {"field": "at"}}},
        ],
    }  # fmt: skip
    first = rows[0]
    alt = (
        f"Reachable ranges of {len(drawn)} outcomes. {first['outcome']}: from "
        f"{figure(first['worst'], first['unit'])} to "
        f"{figure(first['best'], first['unit'])} {first['unit']}, now {figure(now[first['outcome']], first['unit'])}."
    )
    st.vega_lite_chart(pd.DataFrame(drawn), spec, width="stretch", key="steer_ranges", alt=alt)
    st.markdown(":small[Blue: within what you allow. Grey: with nothing held. The mark is the plan on the screen.]")


def _range_table(answer: Mapping[str, Any], now: Mapping[str, float]) -> None:
    """The same as figures."""
    rows = answer["ranges"]
    table = pd.DataFrame({"Outcome": [r["outcome"] for r in rows], "Now": [now[r["outcome"]] for r in rows]})
    if answer["proven"]:
        table["Worst"] = [r["worst"] for r in rows]
        table["Best that a plan reaches"] = [r["best"] for r in rows]
    table["No plan can pass"] = ["no limit" if r["bound"] is None else figure(r["bound"]) for r in rows]
    table["Unit"] = [r["unit"] for r in rows]
    reading_table(table)


def _next(
    shown: state.Shown, case: Case, plan: Plan, turns: Mapping[str, Classification], now: Mapping[str, float]
) -> None:
    """Find the next plan, or say why these wishes lead nowhere."""
    st.header("The next plan", anchor=False)
    more = {row.outcome: row.better == "more" for row in case.of(Outcomes)}
    refused = refusal(turns, now, more)
    if refused:
        st.warning(plain(refused), icon=":material/block:")
    asked = asks(shown, turns)
    st.button(
        "Find the next plan", type="primary", key="steer_go", on_click=questions.ask, args=("steer", asked),
        disabled=bool(refused) or questions.done("steer", asked),
    )  # fmt: skip
    if not questions.asked("steer"):
        return
    found = questions.follow("steer", asked, start=False)
    if found.answer is None:
        return
    questions.say_if_earlier(found)
    _tell(found.answer, found.of, case, plan)


def _tell(answer: Mapping[str, Any], asked: questions.Question, case: Case, plan: Plan) -> None:
    """The next plan: what moved, what it cost, where it can be sent."""
    rows = {row.outcome: row for row in case.of(Outcomes)}
    st.markdown(steered_sentence(answer, {n: r.unit for n, r in rows.items()}))
    table = pd.DataFrame(
        [
            {"Outcome": name, "You wanted": _said(answer["turns"].get(name)), "Before": answer["before"][name],
             "Next plan": answer["after"][name],
             "Difference": _difference(answer["after"][name] - answer["before"][name], answer["before"][name],
                                       more=rows[name].better == "more"),
             "Unit": rows[name].unit}
            for name in [*answer["turns"], *(n for n in answer["after"] if n not in answer["turns"])]
        ]
    )  # fmt: skip
    reading_table(table)
    small(answer["notes"])
    told = "; ".join(f"{name}: {_said(pair)}" for name, pair in answer["turns"].items())
    sent = state.Shown(asked.source, asked.wish, answer["plan"], f"steered to ({told})", state.remake(asked))
    send(sent, "steer", "The next plan", plan)


def _said(pair: Any) -> str:
    """What was wanted of an outcome, in words."""
    if not pair:
        return "not steered"
    kind, value = pair["kind"], pair["value"]
    return str(kind) + (f" {figure(value)}" if value is not None else "")


def _difference(value: float, before: float, *, more: bool) -> str:
    """A difference with better or worse in words."""
    if abs(value) <= 1e-5 * max(1.0, abs(before)):
        return "no change"
    return f"{change(value)}, {'better' if (value > 0) == more else 'worse'}"


def steered_sentence(answer: Mapping[str, Any], units: Mapping[str, str]) -> str:
    """What the next plan gains, in one or two sentences."""
    moved = [
        f"**{plain(name)} {plain(change(answer['after'][name] - answer['before'][name]))} {plain(units[name])}**"
        for name, turn in answer["turns"].items() if turn["kind"] in ("improve", "improve to")
    ]  # fmt: skip
    missed = [name for name, reached in answer["reached"].items() if not reached]
    told = f"{', '.join(moved)}."
    kinds = [turn["kind"] for turn in answer["turns"].values() if turn["kind"] in ("improve", "improve to")]
    if answer["status"] == Status.OPTIMAL and kinds == ["improve"]:
        told += " Within what you allow, no plan brings more of it."
    elif answer["share"] is not None and answer["share"] < 1.0 - 1e-6 and len(kinds) > 1:
        told += f" Each went {share(answer['share'])} of its way; more of one would cost another."
    if missed:
        told += f" Not reached within what you allow: {plain(', '.join(missed))}."
    return told
