"""Explain: how sure the figures are: what each uncertain input does to the plan at both ends of its range."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import AXIS, plain, reading_table
from app.shell import forms, state
from app.tasks import questions
from planner.analyses.uncertain import UNCERTAIN, UncertainQuestion
from planner.case import Case
from planner.sheets import Outcomes
from planner.wording.figures import change, figure, typed

POINTS = ""
POINTS_NAME = "points (all outcomes with their weights)"
MOST = 12
"""Bars that are drawn."""
HELD, FREE = "Decisions as in the plan", "Best plan, had it been known"
QUESTIONS = (HELD, FREE)
HELD_ENDS, FREE_ENDS = ("low", "high"), ("low, searched anew", "high, searched anew")
"""Names of the two ends of a figure's range in the answer."""


def part(shown: state.Shown, case: Case) -> None:
    """Headline results as ranges, then bars for one outcome, for two different questions."""
    st.header("How far may the results be off?", anchor=False)
    st.markdown(
        "Many figures of the workbook are estimates with a range (sheet Evidence). Here each of them is moved to the "
        "**low** and to the **high** end of its range, one at a time, and the plan is worked out again."
    )
    wanted = forms.question(UNCERTAIN, gap=shown.wish.gap)
    if not isinstance(wanted, UncertainQuestion):
        return
    asked = questions.asks(UNCERTAIN, wanted, shown.source, shown.wish, shown.key)
    if not questions.done("uncertain", asked) and not questions.known(asked):
        st.button("Move each figure", type="primary", key="uncertain_go", on_click=questions.ask,
                  args=("uncertain", asked))  # fmt: skip
        st.markdown(
            f"The {wanted.inputs} figures on which most of the plan stands are moved. It takes seconds for a small "
            "workbook and some minutes for a large one; cancelling keeps what was found."
        )
    found = questions.follow("uncertain", asked, start=questions.known(asked))
    if found.answer is None:
        return
    questions.say_if_earlier(found)
    answer = found.answer
    if not answer["figures"]:
        st.markdown("No figure with a range could be tied to a cell of this workbook, so nothing was moved.")
        return
    units = {row.outcome: row.unit for row in case.of(Outcomes)} | {POINTS: "points"}
    headlines(answer, case, units)
    broken(answer)
    tornado(answer, units, found.of.asked.searched, case.grades)
    _notes(answer)


def value_of(end: Mapping[str, Any] | None, outcome: str) -> float | None:
    """An outcome at one end, None where there is no plan."""
    if end is None or outcome not in end["outcomes"]:
        return None
    return float(end["outcomes"][outcome])


def ends_of(swing: Mapping[str, Any], outcome: str, *, free: bool) -> tuple[float | None, float | None]:
    """An outcome at the low and at the high end of a figure."""
    low, high = FREE_ENDS if free else HELD_ENDS
    return value_of(swing[low], outcome), value_of(swing[high], outcome)


def base_of(answer: Mapping[str, Any], outcome: str, *, free: bool) -> float:
    """An outcome with every figure as it stands."""
    return float(answer["best" if free else "base"][outcome])


def ranked(answer: Mapping[str, Any], outcome: str, *, free: bool) -> list[Mapping[str, Any]]:
    """Figures by how far they move an outcome, widest first."""
    base = base_of(answer, outcome, free=free)
    sized = []
    for swing in answer["figures"]:
        values = [v for v in ends_of(swing, outcome, free=free) if v is not None]
        size = max([*values, base]) - min([*values, base]) if values else 0.0
        if size > 1e-9 * max(1.0, abs(base)):
            sized.append((-size, str(swing["id"]), swing))
    return [swing for *_, swing in sorted(sized, key=lambda found: found[:2])]


def range_of(answer: Mapping[str, Any], outcome: str) -> tuple[float, float]:
    """Lowest and highest value over all figures, decisions held."""
    values = [base_of(answer, outcome, free=False)]
    for swing in answer["figures"]:
        values += [v for v in ends_of(swing, outcome, free=False) if v is not None]
    return min(values), max(values)


def headlines(answer: Mapping[str, Any], case: Case, units: Mapping[str, str]) -> None:
    """Every headline result as a range, with the figure that moves it most."""
    rows = [r.outcome for r in case.of(Outcomes) if r.headline] or [r.outcome for r in case.of(Outcomes)]
    first = rows[0]
    low, high = range_of(answer, first)
    base = base_of(answer, first, free=False)
    driver = next(iter(ranked(answer, first, free=False)), None)
    if driver is not None:
        st.markdown(
            f"**{plain(first)}: {figure(base, units[first])} {plain(units[first])}, between "
            f"{figure(low, units[first])} and {figure(high, units[first])}.** "
            f"What moves it most: {plain(_short(driver['statement']))} ({plain(driver['id'])}, "
            f"{case.grades[driver['grade']]})."
        )
    table = []
    for name in rows:
        low, high = range_of(answer, name)
        top = next(iter(ranked(answer, name, free=False)), None)
        table.append(
            {"Result": name, "Plan": figure(base_of(answer, name, free=False)),
             "Range": "no figure moves it" if top is None else f"{figure(low)} to {figure(high)}", "Unit": units[name],
             "Moved most by": "" if top is None else f"{_short(top['statement'])} ({top['id']})"}
        )  # fmt: skip
    reading_table(pd.DataFrame(table))
    st.markdown(
        "**What the range is**: the lowest and the highest value of the result when *one* figure at a time stands at "
        "an end of its own range, the yes-or-no decisions stay as in the plan, and amounts are adapted. It is no "
        "probability, and if several figures are off at once the result may lie outside."
    )


def broken(answer: Mapping[str, Any]) -> None:
    """Figures at an end of whose range the plan's decisions lead to no plan at all."""
    said = []
    for swing in answer["figures"]:
        for which, end in zip(HELD_ENDS, swing["range"], strict=True):
            if swing[which] and swing[which]["why"]:
                said.append(
                    f"- **{plain(swing['id'])}** at {typed(end)} {plain(swing['unit'])} "
                    f"({plain(_short(swing['statement']))}): {plain(swing[which]['why'])}."
                )
    if said:
        st.warning("At these values the plan cannot be carried out as it is; the ranges above are without them:\n\n"
                   + "\n".join(said))  # fmt: skip


def tornado(answer: Mapping[str, Any], units: Mapping[str, str], searched: int, grades: Mapping[str, str]) -> None:
    """Bars for one result, widest first, both ends labelled."""
    st.header("Which figures matter most?", anchor=False)
    left, right = st.columns([3, 4], vertical_alignment="bottom")
    names = [*(n for n in units if n in answer["base"] and n != POINTS), POINTS]
    first = next((n for n in names if ranked(answer, n, free=False)), POINTS)
    outcome = left.selectbox("Result", names, key="uncertain_outcome", index=names.index(first),
                             format_func=lambda n: n or POINTS_NAME)  # fmt: skip
    question = right.segmented_control("Question", QUESTIONS, default=HELD, required=True, key="uncertain_question")
    outcome = outcome or POINTS
    free = question == FREE
    st.markdown(
        "*If a figure turns out otherwise, what will this plan bring?* Its yes-or-no decisions stay, amounts adapt."
        if not free else
        "*Had we known the figure, what would the best plan bring?* Everything is planned anew, for the "
        f"{searched} figures that move the points most."
    )  # fmt: skip
    rows = ranked(answer, outcome, free=free)
    if not rows:
        st.markdown("No figure moves this result.")
        return
    _bars(answer, rows[:MOST], outcome, units[outcome], free=free)
    table = [{**row, "grade": grades[row["grade"]]} for row in rows]
    _table(answer, table, outcome, units[outcome], free=free)


def _bars(answer: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], outcome: str, unit: str, *, free: bool) -> None:
    """The chart: from the plan's value to each end, low and high told apart by colour and by their labels."""
    base = base_of(answer, outcome, free=free)
    data: list[dict[str, Any]] = []
    for row in rows:
        name = "|".join(wrap(f"{row['id']}: {_short(row['statement'])}", 44))
        for which, value, end in zip(("low", "high"), ends_of(row, outcome, free=free), row["range"], strict=True):
            if value is not None:
                data.append(
                    {"figure": name, "which": f"at its {which} end", "value": value, "base": base,
                     "label": f"{typed(end)} {row['unit']}", "side": "left" if value < base else "right"}
                )  # fmt: skip
    values = [d["value"] for d in data] + [base]
    room = 0.3 * (max(values) - min(values))
    x = {"field": "value", "type": "quantitative", "title": f"{outcome or 'points'}, {unit}" if outcome else "points",
         "scale": {"zero": False, "domain": [min(values) - room, max(values) + room], "nice": False},
         "axis": AXIS | {"format": ",.4~r"}}  # fmt: skip
    labels = {"labelLimit": 330, "labelExpr": "split(datum.label, '|')", "labelLineHeight": 13}
    y = {"field": "figure", "type": "nominal", "sort": None, "title": None, "axis": AXIS | labels}
    color = {"field": "which", "type": "nominal", "title": None, "legend": {"orient": "top"},
             "scale": {"domain": ["at its low end", "at its high end"], "range": ["#E69F00", "#0072B2"]}}  # fmt: skip
    tip = [{"field": "figure", "title": "Figure"}, {"field": "which", "title": "It stands"},
           {"field": "label", "title": "that is"}, {"field": "value", "title": unit, "format": ",.4~r"}]  # fmt: skip
    text = {"type": "text", "fontSize": 11, "color": "#808080"}
    spec = {
        "height": {"step": 44},
        "layer": [
            {"mark": {"type": "bar", "height": 20},
             "encoding": {"y": y, "x": x, "x2": {"field": "base"}, "color": color, "tooltip": tip}},
            {"mark": {"type": "rule", "color": "#808080", "strokeDash": [4, 3]},
             "encoding": {"x": {**x, "field": "base"}}},
            {"transform": [{"filter": "datum.side == 'left'"}], "mark": {**text, "align": "right", "dx": -5},
             "encoding": {"y": y, "x": x, "text": {"field": "label"}}},
            {"transform": [{"filter": "datum.side == 'right'"}], "mark": {**text, "align": "left", "dx": 5},
             "encoding": {"y": y, "x": x, "text": {"field": "label"}}},
        ],
    }  # fmt: skip
    first = rows[0]
    low, high = ends_of(first, outcome, free=free)
    alt = (
        f"{len(rows)} figures by how far they move {outcome or 'the points'}. First {first['id']}: from "
        f"{figure(low, unit)} to {figure(high, unit)} {unit}, plan {figure(base, unit)}."
    )
    st.vega_lite_chart(pd.DataFrame(data), spec, width="stretch", key=f"tornado_{free}", alt=alt)
    st.markdown(":small[The broken line is the plan. The words at the bars are the ends of the figure's own range.]")


def _table(
    answer: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], outcome: str, unit: str, *, free: bool
) -> None:
    """The same as figures, with what is moved."""
    base = base_of(answer, outcome, free=free)
    low, high = FREE_ENDS if free else HELD_ENDS
    title = f"The same as a table, with the cells that are moved: {len(rows)}"
    with st.expander(title):
        reading_table(
            pd.DataFrame(
                {
                    "Figure": [f"{r['id']}: {r['statement']}" for r in rows],
                    "Grade": [r["grade"] for r in rows],
                    "Now": [f"{typed(r['central'])} {r['unit']}" for r in rows],
                    "At its low end": [_told(r, low, 0, outcome, base) for r in rows],
                    "At its high end": [_told(r, high, 1, outcome, base) for r in rows],
                    "Cells moved": [_cells(r) for r in rows],
                }
            )
        )
        st.markdown(f"Differences are in {plain(unit)}, against {figure(base)} now.")


def _told(row: Mapping[str, Any], end: str, place: int, outcome: str, base: float) -> str:
    """What a figure at one end does to a result."""
    value, found = value_of(row[end], outcome), row[end]
    head = f"{figure(row['range'][place])}: "
    if value is None:
        return head + (found["why"] if found is not None else "not worked out")
    room = abs(value) * (found["gap"] or 0.0)
    if abs(value - base) <= max(1e-9 * max(1.0, abs(base)), room):
        return head + ("no change" if not room else "no change that is larger than what the searches left open")
    return head + change(value - base)


def _cells(row: Mapping[str, Any]) -> str:
    """Which cells rest on a figure, and how they move."""
    cells = row["cells"]
    by_column: dict[str, list[str]] = {}
    for cell in cells:
        by_column.setdefault(cell["column"], []).append(cell["cell"])
    said = "; ".join(
        f"{column}: {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else "")
        for column, names in by_column.items()
    )
    scaled = sum(cell["how"] == "in proportion" for cell in cells)
    return said + ("" if not scaled else " (in proportion)" if scaled == len(cells) else f" ({scaled} in proportion)")


def _short(statement: str) -> str:
    """The first part of a statement."""
    head = re.split(r": |; | \(", statement, maxsplit=1)[0]
    return head if len(head) <= 70 else f"{head[:69].rstrip()}…"


def _notes(answer: Mapping[str, Any]) -> None:
    """What was left out."""
    said = []
    if answer["left_out"]:
        said.append(f"{answer['left_out']} more figures with a range carry less of the plan and were not moved")
    if answer["untied"]:
        said.append(
            f"{len(answer['untied'])} figures with a range are not moved, because no cell holds them as they are or "
            "their range only says how kinds differ"
        )
    for line in said:
        st.markdown(f":small[{plain(line[0].upper() + line[1:])}.]")
    if not answer["complete"]:
        st.markdown("The work was stopped; what was found until then is here.")
