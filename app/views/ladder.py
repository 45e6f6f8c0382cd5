"""Trade-offs, second part: what more or less of money, officers, visas or arrivals brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import AXIS, plain, reading_table, small
from app.session.levers import Lever, levers
from app.session.store import Source
from app.shell import forms, state
from app.tasks import questions
from planner.analyses.sweeps import SWEEP, SweepQuestion
from planner.case import Case
from planner.wording.figures import change, figure, share

USUAL = {"low": "50%", "high": "150%"}
"""The range that is offered, as shares of what stands in the cells."""
POINTS_NAME = "points (all outcomes with their weights)"


def part(source: Source, case: Case) -> None:
    """Choose what goes up and down, and show what the plan gives at each step."""
    found = {lever.name: lever for lever in levers(case)}
    if not found:
        st.markdown("This workbook has no group of cells to move.")
        return
    left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    name = left.selectbox("What goes through a range", list(found), key="ladder_what")
    assert name is not None
    lever = found[name]
    wanted = forms.question(SWEEP, usual=USUAL, cells=(lever.cells_named,))
    if not isinstance(wanted, SweepQuestion):
        return
    asked = questions.asks(SWEEP, wanted, source, state.wish_now())
    waiting = (
        f"Press **Go through the range**: the workbook is solved {wanted.points} times, with this at "
        f"{plain(wanted.low)} to {plain(wanted.high)} of what it is now, everything else as it is."
    )
    answer = questions.on_demand("ladder", asked, "Go through the range", waiting, right, width="stretch")
    if answer is None or answer.answer is None:
        return
    names = [POINTS_NAME, *answer.answer["units"]]
    outcome = middle.selectbox("Show", names, key="ladder_outcome")
    _draw(answer.answer, str(outcome), name if answer.current else "share of what it is now", lever)


def value_of(point: Mapping[str, Any], outcome: str) -> float | None:
    """Points or an outcome at one step."""
    if point["objective"] is None:
        return None
    return float(point["objective"] if outcome == POINTS_NAME else point["outcomes"][outcome])


def _draw(answer: Mapping[str, Any], outcome: str, name: str, lever: Lever) -> None:
    """Sentence, chart, table."""
    ends = [_place(answer, answer["range"][end]) for end in ("low", "high")]
    sign = " %" if answer["range"]["share"] else ""
    st.header(f"{plain(name)} from {figure(ends[0])} to {figure(ends[1])}{sign}", anchor=False)
    st.markdown(_steps(answer, outcome))
    unit = "points" if outcome == POINTS_NAME else answer["units"][outcome]
    rows = [
        {"percent": _place(answer, p["place"]), "value": value_of(p, outcome), "what": "now" if p["now"] else "solved"}
        for p in answer["points"] if p["objective"] is not None
    ]  # fmt: skip
    if not rows:
        st.markdown("There is no plan anywhere in this range.")
        return
    across = f"{name}, % of now" if answer["range"]["share"] else f"{lever.column}, {answer['unit_of_one_more']}"
    _chart(pd.DataFrame(rows), across, f"{'' if outcome == POINTS_NAME else outcome + ', '}{unit}", ends)
    _table(answer, outcome, unit, lever)
    st.markdown(plain(answer["answer"]))
    for kink in answer["kinks"]:
        between = " and ".join(figure(_place(answer, kink[end])) for end in ("low", "high"))
        st.markdown(f"- Between {between}{sign}: {plain(kink['what'])}.")
    small(answer["notes"])


def _steps(answer: Mapping[str, Any], outcome: str) -> str:
    """What ten per cent less and more would do: the first sentence that people need."""
    points = answer["points"]
    base = next((n for n, p in enumerate(points) if p["now"]), None)
    if base is None or points[base]["objective"] is None:
        return "As it is now there is no plan."
    unit = "points" if outcome == POINTS_NAME else answer["units"][outcome]
    now = value_of(points[base], outcome)
    assert now is not None
    said = []
    for other, word in ((base - 1, "less"), (base + 1, "more")):
        if not 0 <= other < len(points):
            continue
        step = abs(points[other]["place"] - points[base]["place"])
        size = share(step) if answer["range"]["share"] else figure(step)
        value = value_of(points[other], outcome)
        if value is None:
            said.append(f"{size} {word}: no plan keeps all limits")
            continue
        room = _open(points[other]) + _open(points[base]) if outcome == POINTS_NAME else 0.0
        difference = "no difference" if abs(value - now) <= room else f"{change(value - now, unit)} {unit}"
        said.append(f"**{size} {word}: {difference}**")
    return f"Now: {figure(now, unit)} {unit}. {'; '.join(said)}."


def _open(point: Mapping[str, Any]) -> float:
    """Points that a search left open."""
    return abs(float(point["objective"])) * float(point["gap"] or 0.0)


def _place(answer: Mapping[str, Any], place: float) -> float:
    """A place of the range as it is shown: percent of now, or the amount itself."""
    return place * (100.0 if answer["range"]["share"] else 1.0)


def _chart(table: pd.DataFrame, across: str, title: str, ends: Sequence[float]) -> None:
    """The curve with the present place marked."""
    x = {
        "field": "percent", "type": "quantitative", "title": across,
        "scale": {"domain": list(ends)}, "axis": AXIS,
    }  # fmt: skip
    y = {
        "field": "value", "type": "quantitative", "title": title, "scale": {"zero": False},
        "axis": AXIS | {"format": ",.4~r"},
    }  # fmt: skip
    names = {"domain": ["solved", "now"], "range": ["#0072B2", "#D55E00"]}
    spec = {
        "height": 360,
        "layer": [
            {"mark": {"type": "line", "color": "#0072B2"}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "point", "filled": True, "opacity": 1.0},
                "encoding": {
                    "x": x, "y": y,
                    "color": {"field": "what", "type": "nominal", "title": None, "scale": names,
                              "legend": {"orient": "bottom"}},
                    "shape": {"field": "what", "type": "nominal", "title": None,
                              "scale": {"domain": ["solved", "now"], "range": ["circle", "diamond"]},
                              "legend": {"orient": "bottom"}},
                    "size": {"condition": {"test": "datum.what == 'now'", "value": 260}, "value": 90},
                    "tooltip": [
                        {"field": "percent", "title": across},
                        {"field": "value", "title": title, "format": ",.4~r"},
                    ],
                },
            },
        ],
    }  # fmt: skip
    values = table["value"].iloc[[0, -1]].tolist()
    alt = (
        f"{title} by {across}, from {figure(ends[0])} to {figure(ends[1])}: from {figure(values[0])} to "
        f"{figure(values[1])}."
    )
    st.vega_lite_chart(table, spec, width="stretch", key="ladder_chart", alt=alt)


def _table(answer: Mapping[str, Any], outcome: str, unit: str, lever: Lever) -> None:
    """Each step with what it adds to the step before."""
    points = answer["points"]
    values = [value_of(p, outcome) for p in points]
    added = [None, *[b - a if a is not None and b is not None else None for a, b in pairwise(values)]]
    reading_table(
        pd.DataFrame(
            {
                "Of now": [p["shown"] + (" (now)" if p["now"] else "") for p in points],
                f"{lever.column}, {answer['unit_of_one_more']}": pd.Series([p["amount"] for p in points], dtype=float),
                unit.capitalize(): [figure(v) if v is not None else "no plan keeps all limits" for v in values],
                "Added by this step": [change(v) if v is not None else "" for v in added],
                "One more is worth, points": pd.Series([p["worth_of_one_more"] for p in points], dtype=float),
                "Proven within": [share(p["gap"] or 0.0) if p["objective"] is not None else "" for p in points],
            }
        )
    )
