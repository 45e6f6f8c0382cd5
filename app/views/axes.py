"""Plans of a front on parallel axes: one axis an outcome, a line a plan; ranges drawn or typed choose among them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import figure, plain
from app.views.front import CHOSEN, Front

Point = Mapping[str, Any]
SHAPES = {"kept": "#0072B2", "outside": "#A8A8A8", "chosen": CHOSEN, "shown": "#009E73"}
NAMES = {
    "kept": "plans in the ranges", "outside": "plans outside", "chosen": "chosen plan", "shown": "plan on the screen",
}  # fmt: skip
NEAR = 0.3
"""How far from an axis a drawn box still means it, in distances of axes."""


def spans(front: Front) -> dict[str, tuple[float, float]]:
    """Least and most of every outcome over the plans, rounded outwards so that both ends can be typed."""
    found = {}
    for name in front.names:
        values = [p["values"][name] for p in front.points]
        low, high = min(values), max(values)
        digits = _digits(low, high)
        step = 10.0**-digits
        found[name] = (round(math.floor(low / step) * step, digits), round(math.ceil(high / step) * step, digits))
        if found[name][0] == found[name][1]:
            found[name] = (found[name][0] - step, found[name][1] + step)
    return found


def _digits(low: float, high: float) -> int:
    """Digits after the point that a range needs."""
    length = high - low
    return max(0, 2 - math.floor(math.log10(length))) if length > 0 else 2


def chosen_ranges(front: Front) -> dict[str, tuple[float, float]]:
    """The ranges that are asked for: those that differ from the whole."""
    whole, found = spans(front), {}
    for name in front.names:
        value = st.session_state.get(_key(front, name))
        if value is not None and (value[0] > whole[name][0] or value[1] < whole[name][1]):
            found[name] = (float(value[0]), float(value[1]))
    return found


def inside(point: Point, ranges: Mapping[str, tuple[float, float]]) -> bool:
    """Whether a plan lies in all ranges."""
    return all(low <= point["values"][name] <= high for name, (low, high) in ranges.items())


def draw(front: Front, picked: int, values: Mapping[str, float]) -> None:
    """Axes, ranges, and a way to clear them. `values` are the outcomes of the plan on the screen."""
    st.header("All outcomes side by side", anchor=False)
    ranges = chosen_ranges(front)
    kept = [p for p in front.points if inside(p, ranges)]
    left, right = st.columns([5, 1], vertical_alignment="center")
    if ranges:
        left.markdown(
            f"**{len(kept)} of {len(front.points)} plans** lie in the ranges; chart and table show only those."
        )
    else:
        left.markdown(
            "One line a plan; up is better on every axis. **Drag over a part of an axis**, or set a range below it: "
            "the chart above and the table show only the plans in it."
        )
    right.button("Clear ranges", key="axes_clear", on_click=_clear, args=(front,), disabled=not ranges, width="stretch")
    key = f"axes_{'_'.join(front.names)}_{st.session_state.get('axes_turn', 0)}"
    st.vega_lite_chart(
        _lines(front, picked, ranges, values), _spec(front, ranges), width="stretch", key=key,
        on_select=lambda: _brushed(front, key), selection_mode="brush", alt=_alt(front, kept),
    )  # fmt: skip
    _sliders(front)


def _alt(front: Front, kept: Sequence[Point]) -> str:
    """The chart in a sentence."""
    first = front.names[0]
    if not kept:
        return f"No plan lies in the ranges; {len(front.points)} plans on {len(front.names)} axes."
    values = [p["values"][first] for p in kept]
    return (
        f"{len(kept)} of {len(front.points)} plans on {len(front.names)} axes; {first} from "
        f"{front.said(first, min(values))} to {front.said(first, max(values))}."
    )


def _key(front: Front, name: str) -> str:
    """Key of the range of an outcome."""
    return f"axes_range_{'_'.join(front.names)}_{name}"


def _clear(front: Front) -> None:
    """Let every plan in again."""
    for name in front.names:
        st.session_state.pop(_key(front, name), None)
    st.session_state.axes_turn = st.session_state.get("axes_turn", 0) + 1


def _brushed(front: Front, key: str) -> None:
    """Take over a box drawn on the axes as ranges of the axes that it crosses."""
    box = st.session_state[key]["selection"].get("brush") or {}
    if "place" not in box or "height" not in box:
        return
    take(front, box["place"], box["height"])
    st.session_state.axes_turn = st.session_state.get("axes_turn", 0) + 1  # the box goes, the ranges stay


def take(front: Front, places: Sequence[float], heights: Sequence[float]) -> None:
    """Set the ranges of the axes between two places to the part between two heights (0 worst, 1 best)."""
    whole = spans(front)
    low, high = min(places), max(places)
    meant = [n for n in range(len(front.names)) if low - NEAR <= n <= high + NEAR]
    for n in meant:
        name = front.names[n]
        ends = sorted(_at(front, name, h) for h in (min(heights), max(heights)))
        bottom, top = whole[name]
        digits = _digits(bottom, top)
        value = (round(min(max(ends[0], bottom), top), digits), round(max(min(ends[1], top), bottom), digits))
        st.session_state[_key(front, name)] = value


def _at(front: Front, name: str, height: float) -> float:
    """The value of an outcome at a height of its axis."""
    low, high = spans(front)[name]
    share = height if front.more(name) else 1.0 - height
    return low + share * (high - low)


def _height(front: Front, name: str, value: float) -> float:
    """The height of a value on its axis."""
    low, high = spans(front)[name]
    share = (value - low) / (high - low)
    return share if front.more(name) else 1.0 - share


def _lines(
    front: Front, picked: int, ranges: Mapping[str, tuple[float, float]], values: Mapping[str, float]
) -> pd.DataFrame:
    """Every plan at every axis; the plan on the screen where it lies between the ends of the axes."""
    rows = []
    lines: list[tuple[str, str, Mapping[str, float]]] = []
    for point in front.points:
        kind = "chosen" if point["number"] == picked else "kept" if inside(point, ranges) else "outside"
        lines.append((f"plan {point['number']}", kind, point["values"]))
    if all(name in values and -0.02 <= _height(front, name, values[name]) <= 1.02 for name in front.names):
        lines.append(("plan on the screen", "shown", values))
    for name, kind, found in lines:
        for place, outcome in enumerate(front.names):
            rows.append(
                {"plan": name, "kind": NAMES[kind], "place": place, "height": _height(front, outcome, found[outcome]),
                 "outcome": outcome, "value": front.said(outcome, found[outcome])}
            )  # fmt: skip
    for place, outcome in enumerate(front.names):
        low, high = spans(front)[outcome]
        best, worst = (high, low) if front.more(outcome) else (low, high)
        ends = ranges.get(outcome)
        rows.append(
            {"plan": "", "kind": "", "place": place, "height": 0.0, "top": 1.0, "outcome": outcome,
             "best": figure(best), "worst": figure(worst),
             "from": _height(front, outcome, ends[0]) if ends else None,
             "to": _height(front, outcome, ends[1]) if ends else None}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _spec(front: Front, ranges: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    """The picture."""
    count = len(front.names)
    titles = [["|".join(wrap(f"{n}, {front.units[n]}", 24))] for n in front.names]
    label = f"split({json.dumps([t[0] for t in titles])}[datum.value], '|')"
    x = {
        "field": "place", "type": "quantitative", "title": None,
        "scale": {"domain": [-0.35, count - 0.65], "nice": False},
        "axis": {"values": list(range(count)), "labelExpr": label, "grid": False, "ticks": False, "domain": False,
                 "labelFontSize": 12, "labelLineHeight": 15, "labelPadding": 24, "labelLimit": 260},
    }  # fmt: skip
    y = {
        "field": "height", "type": "quantitative", "axis": None, "scale": {"domain": [-0.08, 1.08], "nice": False},
    }  # fmt: skip
    used = ["kept", "outside", "chosen", "shown"] if ranges else ["kept", "chosen", "shown"]
    color = {
        "field": "kind", "type": "nominal", "title": None, "sort": None,
        "scale": {"domain": [NAMES[k] for k in used], "range": [SHAPES[k] for k in used]},
        "legend": {"orient": "top", "labelLimit": 300, "symbolType": "stroke", "symbolStrokeWidth": 3},
    }  # fmt: skip
    axis_only, line_only = [{"filter": "datum.kind == ''"}], [{"filter": "datum.kind != ''"}]
    width = {"condition": {"test": f"datum.kind == '{NAMES['chosen']}' || datum.kind == '{NAMES['shown']}'",
                           "value": 3.5}, "value": 1.6}  # fmt: skip
    faint = {"condition": {"test": f"datum.kind == '{NAMES['outside']}'", "value": 0.3}, "value": 0.85}
    dash = {"condition": {"test": f"datum.kind == '{NAMES['shown']}'", "value": [6, 4]}, "value": [1, 0]}
    tip = [{"field": "plan", "title": "Plan"}, {"field": "outcome", "title": "Outcome"},
           {"field": "value", "title": "Value"}]  # fmt: skip
    text = {"type": "text", "color": "#808080", "fontSize": 12}
    return {
        "height": 380,
        "encoding": {"x": x, "y": y},
        "layer": [
            {"transform": axis_only, "mark": {"type": "rule", "color": "#808080", "strokeWidth": 1.5},
             "encoding": {"y2": {"field": "top"}}},
            {"transform": [*axis_only, {"filter": "isValid(datum.from)"}],
             "mark": {"type": "rule", "color": CHOSEN, "strokeWidth": 12, "opacity": 0.35},
             "encoding": {"y": {**y, "field": "from"}, "y2": {"field": "to"}}},
            {"transform": line_only, "mark": {"type": "line"},
             "encoding": {"detail": {"field": "plan"}, "color": color, "strokeWidth": width, "opacity": faint,
                          "strokeDash": dash, "order": {"field": "place", "type": "quantitative"}}},
            {"params": [{"name": "brush", "select": {"type": "interval", "encodings": ["x", "y"]}}],
             "transform": line_only, "mark": {"type": "point", "filled": True, "size": 55},
             "encoding": {"color": {**color, "legend": None}, "opacity": faint, "tooltip": tip}},
            {"transform": axis_only, "mark": {**text, "dy": -12},
             "encoding": {"y": {**y, "field": "top"}, "text": {"field": "best"}}},
            {"transform": axis_only, "mark": {**text, "dy": 14}, "encoding": {"text": {"field": "worst"}}},
        ],
    }  # fmt: skip


def _sliders(front: Front) -> None:
    """The same ranges for the keyboard, one an axis."""
    whole = spans(front)
    for place, column in enumerate(st.columns(len(front.names))):
        name = front.names[place]
        low, high = whole[name]
        digits = _digits(low, high)
        key = _key(front, name)
        if key not in st.session_state:
            st.session_state[key] = (low, high)
        column.slider(
            f"{plain(name)}, {front.units[name]}", low, high, step=10.0**-digits if digits else 1.0, key=key,
            format=f"%.{digits}f" if digits else "localized",
        )  # fmt: skip
