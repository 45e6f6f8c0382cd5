"""Trade-offs: what more of one outcome costs in another, and what more or less of a resource brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import bullets, plain
from app.shell import forms, page_frame, state, verdicts
from app.tasks import questions
from app.views import axes, declared, fair, goals, ladder, merit, packages, steering
from app.views.front import Front, against, chart, exchange, points_for, proven
from app.views.send_to_compare import send, values_of
from planner.analyses.fairness import FAIRNESS
from planner.analyses.fronts import FRONT, FrontQuestion
from planner.analyses.weighing import WEIGH
from planner.case import Case
from planner.plan import Plan
from planner.sheets import Outcomes
from planner.wording.figures import MISSING, count, digits, figure, share

AGAINST, STEER, TARGET, RANGE, PACKAGED, MERIT, FAIR, AIM, PRINCIPLES = PARTS = (
    "Against each other", "Steer", "Reach a target", "More or less of something", "Decision packages",
    "Equally good plans", "Who gets how much", "One aim out of several", "Fair shares by principles",
)  # fmt: skip


def page() -> None:
    """Draw the page."""
    page_frame.title(
        "Trade-offs", "What do you give up for more? Choose a question; every plan found here is a whole plan."
    )
    found = state.shown()
    if found is None:
        st.markdown("This page needs a plan to start from; it is being made.")
        return
    shown, case, plan = found
    if verdicts.waits(case, plan, "Trade-offs are weighed"):
        return
    if plan.found:
        verdicts.stands_on(case, plan)
        verdicts.quicker(case, shown.wish)
    chosen = st.segmented_control("Question", PARTS, default=PARTS[0], required=True, key="trade", bind="query-params")
    if chosen == RANGE:
        ladder.part(shown.source, case)
        return
    if not plan.found:
        verdicts.verdict(plan)
        verdicts.no_plan(plan)
        return
    parts = {STEER: steering.part, TARGET: goals.part, PACKAGED: packages.part, MERIT: merit.part, FAIR: fair.part,
             AIM: _aim, PRINCIPLES: _principles}  # fmt: skip
    parts.get(chosen or AGAINST, front_part)(shown, case, plan)


def _aim(shown: state.Shown, case: Case, _: Plan) -> None:
    """Weights, an order or targets; the workbook's own weights to begin with."""
    weights = tuple(f"{row.outcome}={digits(row.weight)}" for row in case.of(Outcomes) if row.weight)
    declared.part(WEIGH, {"weight": weights}, shown)


def _principles(shown: state.Shown, case: Case, plan: Plan) -> None:
    """Principles of fairness, for the outcome about which most is known."""
    declared.part(FAIRNESS, {"outcome": next(iter(fair.divided(case, plan)), "")}, shown)


def front_part(shown: state.Shown, case: Case, plan: Plan) -> None:
    """Two to five outcomes against each other."""
    rows = case.of(Outcomes)
    if len(rows) < 2:
        st.markdown("This workbook has only one outcome, so there is nothing to trade off.")
        return
    left, right = st.columns([6, 2], vertical_alignment="bottom")
    names = left.multiselect(
        "Outcomes to weigh against each other, two to five", [row.outcome for row in rows], default=list(_usual(case)),
        max_selections=FRONT.option("outcomes").most, key="front_outcomes",
    )  # fmt: skip
    if len(names) < 2:
        st.markdown("Choose at least two outcomes.")
        return
    wanted = forms.question(FRONT, usual={"points": points_for(names)}, outcomes=names)
    if not isinstance(wanted, FrontQuestion):
        return
    asked = questions.asks(FRONT, wanted, shown.source, state.wish_now())
    waiting = (
        f"Press **Find the plans**: {wanted.points} whole plans, none of which beats another in all of these "
        "outcomes. It takes seconds for a small workbook and minutes for a large one; you can go on with other pages."
    )
    found = questions.on_demand("front", asked, "Find the plans", waiting, right, width="stretch")
    if found is not None and found.answer is not None:
        _front(found.answer, found.of, {row.outcome: row.unit for row in rows}, shown, plan)


def _front(
    answer: Mapping[str, Any], answered: questions.Question, units: Mapping[str, str], shown: state.Shown, plan: Plan
) -> None:
    """Sentence, chart, the chosen plan, all axes, the table, the rates."""
    names = [str(n) for n in answer["names"]]
    up, across = names[0], names[1]
    front = Front(answer, across, up, units, answered.wish)
    _summary(front)
    if not front.points:
        return
    if len(names) > 2:
        left, right = st.columns(2)
        up = left.selectbox("Up in the chart", names, key="front_up") or names[0]
        rest = [n for n in names if n != up]
        across = right.selectbox("and across", rest, key=f"front_across_{up}") or rest[0]
        front = Front(answer, across, up, units, answered.wish)
    picked = _pick(front)
    ranges = axes.chosen_ranges(front)
    kept = [p["number"] for p in front.points if axes.inside(p, ranges)]
    left, right = st.columns([3, 2])
    with left:
        chart(front, picked, plan, _from_chart, kept)
    with right:
        _chosen(front, picked, answered, shown, plan)
    axes.draw(front, picked, values_of(plan))
    _table(front, picked, kept)
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
    if len(front.names) > 2:
        st.header(f"{len(points)} plans between the best of each", anchor=False)
        st.markdown(_ends(front))
        _sureness(front)
        return
    st.header(f"{len(points)} plans between the two", anchor=False)
    st.markdown(
        f"From **{plain(front.said(front.y, first[front.y]))}** of {plain(front.y)} with "
        f"{plain(front.said(front.x, first[front.x]))} of {plain(front.x)} to "
        f"**{plain(front.said(front.y, last[front.y]))}** with {plain(front.said(front.x, last[front.x]))}. "
        f"Going all the way costs {plain(up)} and {'saves' if not front.more(front.x) else 'brings'} {plain(down)}."
    )
    _sureness(front)


def _ends(front: Front) -> str:
    """From the worst to the best of every outcome."""
    said = []
    for name in front.names:
        values = [p["values"][name] for p in front.points]
        worst, best = (min(values), max(values)) if front.more(name) else (max(values), min(values))
        said.append(f"**{plain(name)}** from {plain(figure(worst))} to {plain(front.said(name, best))}")
    return f"{'; '.join(said)}. None of these plans beats another in all of them."


def _sureness(front: Front) -> None:
    """Whether these are all plans, and what is left out of sight."""
    stopped = front.answer["stopped"]
    if front.answer["complete"]:
        st.markdown("**Complete**: there is no other plan that is not beaten by one of these.")
    else:
        why = f"The search was stopped ({plain(stopped)}); what was found until then is here. " if stopped else ""
        rest = " ".join(front.answer["unproven"][front.answer["between"] :])
        st.markdown(
            f"{why}**Not complete**: these are spread evenly, and between neighbours lie more plans, none of which "
            f"beats one that is listed. {plain(rest)}"
        )
    many = "two" if len(front.names) == 2 else "few"
    st.markdown(
        f"Only these {many} outcomes are traded off here: the others become what they may. Look at *All its outcomes* "
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


def _from_table(key: str, numbers: Sequence[int]) -> None:
    """Take over a row of the table."""
    rows = st.session_state[key]["selection"]["rows"]
    if rows:
        st.session_state.front_pick = numbers[int(rows[0])]


def _chosen(front: Front, picked: int, asked: questions.Question, shown: state.Shown, plan: Plan) -> None:
    """The chosen plan: its numbers, its neighbours, where it can be sent."""
    points = front.points
    st.selectbox(
        "Chosen plan", [p["number"] for p in points], key="front_pick",
        format_func=lambda n: f"Plan {n} of {len(points)}{' (the knee)' if points[n - 1]['knee'] else ''}",
    )  # fmt: skip
    point = points[picked - 1]
    with st.container(border=True):
        for name in front.names:
            wanted = "more is better" if front.more(name) else "less is better"
            st.markdown(f"**{plain(front.said(name, point['values'][name]))}**  \n{plain(name)} ({wanted})")
        if len(front.names) == 2:
            for other in (picked - 1, picked + 1):
                if 1 <= other <= len(points):
                    st.markdown(plain(exchange(front, picked, other)))
        else:
            told = against(front, values_of(plan), point["values"])
            st.markdown(f"Against the plan on the screen: {plain(told)}.")
        st.markdown(f":small[{plain(proven(front, point))}]")
    if not point["plan"]:
        st.markdown("The search was stopped before this plan was written down: press **Find the plans** again.")
        return
    remake = f"{state.remake(asked)}\n# plan {picked} of the list"
    sent = state.Shown(shown.source, front.wish, point["plan"], _origin(front, picked), remake)
    send(sent, "front", f"Plan {picked}", plan)


def _origin(front: Front, picked: int) -> str:
    """Where a plan of a front comes from."""
    names = front.names
    return f"plan {picked} of {len(front.points)} between {', '.join(names[:-1])} and {names[-1]}"


def _table(front: Front, picked: int, kept: Sequence[int]) -> None:
    """The same plans as a table in which a row can be chosen; those in the ranges only."""
    st.header("The same plans as a table", anchor=False)
    rows = [p for p in front.points if p["number"] in kept]
    if not rows:
        st.markdown("No plan lies in these ranges: widen one of them, or clear them.")
        return
    columns = {n: f"{n}, {front.units[n]}" for n in front.names}
    table = pd.DataFrame(
        {
            "Plan": [p["number"] for p in rows],
            **{columns[n]: [p["values"][n] for p in rows] for n in columns},
            "Remark": [_remark(p, picked) for p in rows],
            "Proven": [_proven(p) for p in rows],
        }
    )
    numbers = [int(p["number"]) for p in rows]
    key = f"front_table_{'_'.join(front.names)}_{picked}_{'_'.join(map(str, numbers))}"
    style = table.style.format({columns[n]: partial(figure, unit=front.units[n]) for n in columns})
    first: Any = {"selection": {"rows": [numbers.index(picked)] if picked in numbers else []}}
    st.dataframe(
        style, hide_index=True, width="stretch", key=key, height=38 + 35 * len(table),
        on_select=lambda: _from_table(key, numbers), selection_mode="single-row", selection_default=first,
        placeholder=MISSING,
        column_config={
            "Plan": st.column_config.Column(width=60), "Remark": st.column_config.Column(width=170),
            "Proven": st.column_config.Column(width=280),
        },
        alt="The plans of the front; choose a row to choose a plan.",
    )  # fmt: skip


def _proven(point: Mapping[str, Any]) -> str:
    """How near the best a plan is known to be."""
    gap = point["gap"] or 0.0
    return f"best {point['sought']}" if gap < 5e-5 else f"within {share(gap)} of the best {point['sought']}"


def _remark(point: Mapping[str, Any], picked: int) -> str:
    """What is special about a plan."""
    said = ["chosen"] if point["number"] == picked else []
    said += ["knee"] if point["knee"] else []
    said += ["end of the front"] if point["kind"] == "corner" else []
    return ", ".join(said)


def _rates(front: Front) -> None:
    """All exchange rates between neighbours."""
    if len(front.names) == 2:
        with st.expander("What each step costs"):
            numbers = [p["number"] for p in front.points]
            bullets([exchange(front, b, a) for a, b in pairwise(numbers)])
    searches = front.answer["runs"] + front.answer["linear_runs"]
    st.markdown(f":small[{count(searches)} searches in {figure(front.answer['seconds'])} s.]")
