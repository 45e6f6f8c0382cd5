"""Explain: what one more of each thing is worth, why a row gets what it gets, what binds when, what rules cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import bullets, plain, reading_table, signed_bars
from app.shell import page_frame, state, verdicts
from app.tasks import questions
from app.views import explain_clash, explain_uncertain, explain_why
from app.views.explain_words import Better, asks, effects_words, holds_words, one_more
from planner.case import Case
from planner.plan import Plan, Status
from planner.results.summary import against
from planner.wording.figures import change, count, digits, figure

KINDS = {
    "staff": "Staff", "hiring": "Hiring", "lending": "Lending", "site": "Places", "money": "Money",
    "pool": "Visas and quotas", "rule": "Rules", "floor": "Floors", "pace": "Largest paces", "growth": "Starting paces",
    "curve": "Returns", "time limit": "Time limits", "milestone": "Milestones", "capital": "Political capital",
    "ceiling": "Authorised posts", "requirement": "Requirements",
}  # fmt: skip
MOST = 10
"""Prices that are shown first."""
QUESTIONS = ("One more of what?", "Why this much?", "What binds when", "What rules cost", "Who gains", "How sure?")


def page() -> None:
    """Draw the page."""
    found = state.shown()
    page_frame.title(
        "Explain",
        "Why the plan is as it is: what holds it back, what one more of each thing would be worth, and why a "
        "programme, a visa or a reform gets what it gets.",
    )  # fmt: skip
    if found is None:
        st.markdown("The reasons appear here as soon as there is a plan.")
        return
    shown, case, plan = found
    if verdicts.waits(case, plan, "The reasons come"):
        return
    if not plan.found:
        verdicts.verdict(plan)
        if plan.status is Status.INFEASIBLE:
            explain_clash.clash(shown)
        else:
            verdicts.no_plan(plan)
        return
    verdicts.stands_on(case, plan)
    chosen = st.segmented_control(
        "Question", QUESTIONS, default=None if "question" in st.session_state else QUESTIONS[0], required=True,
        key="question", bind="query-params",
    )  # fmt: skip
    if shown.origin:
        st.markdown(
            "These reasons are for the yes-or-no decisions of the plan shown, with all the rest chosen by the "
            "workbook's weights."
        )
    _draw(chosen or QUESTIONS[0], shown, case, plan)


def _draw(chosen: str, shown: state.Shown, case: Case, plan: Plan) -> None:
    """Draw the answer to one question."""
    if chosen == QUESTIONS[3]:
        explain_why.rules(shown, case)
        return
    if chosen == QUESTIONS[5]:
        explain_uncertain.part(shown, case)
        return
    found = questions.follow("explain", asks(shown))
    if found.answer is None:
        return
    old(current=found.current)
    if chosen == QUESTIONS[0]:
        prices(found.answer, shown, case, plan)
    elif chosen == QUESTIONS[1]:
        explain_why.row(found.answer, shown, case)
    elif chosen == QUESTIONS[2]:
        over_time(found.answer)
    else:
        gains(found.answer, against(plan))


def old(*, current: bool) -> None:
    """Mark an answer that belongs to another plan than the one shown."""
    if not current:
        st.warning("These reasons belong to the plan from before.", icon=":material/hourglass_top:")


def prices(answer: Mapping[str, Any], shown: state.Shown, case: Case, plan: Plan) -> None:
    """What one unit more of each limit is worth, confirmed by solving again."""
    rows: list[dict[str, Any]] = sorted(answer["prices"], key=lambda p: -abs(p["price"]))
    worth = [p for p in rows if abs(p["price"]) > 0.0]
    st.header("What one more would be worth", anchor=False)
    if not worth:
        st.markdown("Nothing: no limit that can be moved by one unit holds this plan back.")
        return
    better = Better(case)
    first = worth[0]
    st.markdown(
        f"{plain(one_more(first))} would change the plan by **{change(first['price'])} points**. "
        f"{effects_words(first['effects'], better)} Points are the outcomes times their weights on sheet Outcomes; "
        f"this plan has {figure(answer['objective'])}."
    )
    kinds = [k for k in KINDS if any(p["kind"] == k for p in worth)]
    kinds += sorted({p["kind"] for p in worth} - set(kinds))
    picked = st.pills(
        "Show only", kinds, selection_mode="multi", key="price_kinds",
        format_func=lambda k: KINDS.get(k, str(k).capitalize()),
    )  # fmt: skip
    kept = [p for p in worth if not picked or p["kind"] in picked]
    _price_chart(kept[:MOST])
    every = len(kept) > MOST and st.toggle(f"List all {len(kept)}, not only the first {MOST}", key="every_price")
    _price_table(kept if every else kept[:MOST], better)
    checks = [p for p in rows if p["checked"]]
    st.markdown(
        f"Each of these {len(checks)} was **confirmed by solving again** with a little more and a little less of it. "
        f"{count(answer['counts'][0] + answer['counts'][1])} limits were looked at; {count(answer['counts'][1])} "
        "cost nothing "
        f"now. {plain(answer['note'])}"
    )
    nothing = [p["sentence"] for p in [*answer["free"], *(r for r in rows if not r["price"])]]
    with st.expander(f"One more of these would bring nothing: {len(nothing)} of them"):
        bullets(nothing)
    tries(kept, shown, plan)


def _price_chart(rows: Sequence[Mapping[str, Any]]) -> None:
    """The dearest as bars."""
    table = pd.DataFrame({"One more": [one_more(p, short=True) for p in rows], "Points": [p["price"] for p in rows]})
    table["One more"] = [f"{n}. {words}" for n, words in enumerate(table["One more"], 1)]
    signed_bars(
        table, "One more", "Points", "points that one more brings (right) or costs (left)",
        f"What one more is worth: {one_more(rows[0])}, {figure(rows[0]['price'])} points.", "bars_prices",
    )  # fmt: skip


def _price_table(rows: Sequence[Mapping[str, Any]], better: Better) -> None:
    """The prices with what they mean, how far they hold, and how they were confirmed."""
    reading_table(
        pd.DataFrame(
            {
                "No.": [str(n) for n, _ in enumerate(rows, 1)],
                "One more of this": [one_more(p) + (f" ({p['cell']})" if p["cell"] else "") for p in rows],
                "Points": [_worth(p) for p in rows],
                "What that is": [effects_words(p["effects"], better, marks=False) for p in rows],
                "Holds": [holds_words(p) for p in rows],
                "Solved again": [_confirmed(p) for p in rows],
            }
        )
    )


def _worth(price: Mapping[str, Any]) -> str:
    """The price, or between what it lies."""
    if price["unique"]:
        return change(price["price"])
    return f"between {change(price['least'])} and {change(price['most'])}: several limits bind at once"


def _confirmed(price: Mapping[str, Any]) -> str:
    """What solving again with a little more and a little less gave, for one unit."""
    checked = price["checked"]
    said = []
    if checked["right"] is not None:
        said.append(f"{change(checked['right'])} a unit more")
    if checked["left"] is not None:
        said.append(f"{change(-checked['left'])} a unit less")
    return "; ".join(said) or "no plan on either side"


def tries(rows: Iterable[Mapping[str, Any]], shown: state.Shown, plan: Plan) -> None:
    """Change one of these cells and solve again."""
    known = {p["name"]: p for p in rows if p["name"]}
    if not known:
        return
    st.header("Try it", anchor=False)
    st.markdown("Change one of these numbers and solve again: does the price keep its word?")
    left, middle, right = st.columns([5, 2, 2], vertical_alignment="bottom")
    name = left.selectbox("Number to change", list(known), key="try_name")
    if name is None:
        return
    price = known[name]
    step, now = float(price["step"]), float(price["now"])
    value = middle.number_input(
        f"New value (now {figure(now)})", min_value=0.0, value=now + step, step=step, format="%.6g",
        key=f"try_value_{name}",
    )  # fmt: skip
    change_said = f"{name}={digits(value, 10)}"
    asked = asks(shown, change=change_said)
    right.button(
        "Solve again with it", key="try", width="stretch", disabled=value == now, on_click=questions.ask,
        args=("try", asked),
    )  # fmt: skip
    if not questions.asked("try"):
        return
    found = questions.follow("try", asked, start=False)
    if found.answer is not None and found.current:
        _tried(found.answer, price, (value - now) / step, plan)
        st.button(
            "Take this change over and solve", key="try_take", on_click=state.add_changes,
            args=((change_said,),), kwargs={"solve": True},
        )  # fmt: skip


def _tried(answer: Mapping[str, Any], price: Mapping[str, Any], units: float, plan: Plan) -> None:
    """Price, decisions held, everything free: three figures beside each other."""
    beyond = price["high"] is not None and price["value"] + units > price["high"] * (1 + 1e-9)
    under = price["low"] is not None and price["value"] + units < price["low"] * (1 - 1e-9)
    first, second, third = st.columns(3)
    with first.container(border=True, height="stretch"):
        st.markdown(f"**The price says**  \n**{change(price['price'] * units)}** points")
        if beyond or under:
            st.markdown("It holds only for a part of this change, so the true figure may be smaller.")
    with second.container(border=True, height="stretch"):
        held = "no plan" if answer["held"] is None else f"**{change(answer['held'])}** points"
        st.markdown(f"**Solved again, yes-or-no decisions held**  \n{held}")
    with third.container(border=True, height="stretch"):
        st.markdown(f"**Solved again, everything free**  \n{_free(answer, plan)}")


def _free(answer: Mapping[str, Any], plan: Plan) -> str:
    """The difference of the two best plans, as far as they are proven."""
    if not answer["found"]:
        return "no plan"
    difference = answer["free"] - answer["before"]
    points = abs(answer["before"]) * (plan.gap or 0.0) + abs(answer["free"]) * (answer["gap"] or 0.0)
    if abs(difference) <= points:
        return f"**no difference** that is larger than what the searches left open ({figure(points)} points)"
    sure = f", give or take {figure(points)} that the searches left open" if points > 1e-6 else ""
    return f"**{change(difference)}** points{sure}"


def over_time(answer: Mapping[str, Any]) -> None:
    """What binds when, and what lies unused."""
    st.header("What binds when", anchor=False)
    st.markdown("The dearest limits of each stretch of time, the dearest first.")
    for part in answer["story"]:
        bullets([part["sentence"]])
    st.header("What is left unused, and why", anchor=False)
    if not answer["unused"]:
        st.markdown("Nothing worth naming: everything that there is, is used.")
        return
    kinds = {"account": "Money", "pool": "Visas and quotas", "site": "Places", "staff": "Staff"}
    for kind in [*kinds, *sorted({u["kind"] for u in answer["unused"]} - set(kinds))]:
        rows = [u for u in answer["unused"] if u["kind"] == kind]
        if not rows:
            continue
        with st.expander(f"{kinds.get(kind, kind.capitalize())}: {len(rows)}", expanded=len(rows) <= 8):
            bullets([u["sentence"] for u in rows])


def gains(answer: Mapping[str, Any], word: str) -> None:
    """Who gains and who loses against what goes on without the plan; losers first."""
    st.header(f"Who gains and who loses, against {word}", anchor=False)
    rows = answer["gains"]
    if not rows:
        st.markdown("The outcomes of this workbook are not divided by country.")
        return
    losers = [g for g in rows if not g["better"]]
    if losers:
        worst = max(losers, key=lambda g: abs(g["value"] - g["before"]) / max(abs(g["before"]), 1.0))
        st.warning(f"Worse off in something: {plain(', '.join(dict.fromkeys(g['name'] for g in losers)))}. "
                   f"The largest loss for its size: {plain(worst['sentence'])}")  # fmt: skip
    else:
        st.success("No country is worse off in any outcome that is divided by country.")
    table = pd.DataFrame(
        {
            "Country": [g["name"] for g in rows],
            "Outcome": [g["outcome"] for g in rows],
            "Plan": [g["value"] for g in rows],
            word.capitalize(): [g["before"] for g in rows],
            "Difference": [g["value"] - g["before"] for g in rows],
            "Unit": [g["unit"] for g in rows],
            "So it": ["gains" if g["better"] else "loses" for g in rows],
        }
    )
    reading_table(table, signed=("Difference",))
