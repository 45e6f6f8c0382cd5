"""A front on a page: its chart, and its exchange rates in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import AXIS, figure
from app.session.store import Source, Wish
from app.shell import state
from planner.explain.words import single
from planner.plan import Plan

POINTS = 14
"""Plans that are looked for between two outcomes."""
MANY = 24
"""Plans that are looked for between more."""
KINDS = {
    "front": ("plans of the front", "#0072B2", "circle"),
    "knee": ("knee: from here on it gets dear", "#0072B2", "diamond"),
    "shown": ("plan on the screen", "#009E73", "cross"),
    "nothing": ("doing nothing (current policy)", "#8C8C8C", "square"),
}
"""What a mark means, its colour and its shape."""
CHOSEN = "#D55E00"


@dataclass(frozen=True)
class Front:
    """A front as the page needs it: `x` stands across, `y` up; `more` says of each whether more is better."""

    answer: Mapping[str, Any]
    x: str
    y: str
    units: Mapping[str, str]
    wish: Wish

    @property
    def names(self) -> list[str]:
        """Every outcome that is weighed, the first one first."""
        return [str(n) for n in self.answer.get("names") or (self.y, self.x)]

    @property
    def points(self) -> list[dict[str, Any]]:
        """Plans, best in `y` first."""
        found: list[dict[str, Any]] = self.answer["points"]
        return found

    def more(self, name: str) -> bool:
        """Whether more of an outcome is better."""
        return bool(self.answer["senses"][name] == "max")

    def said(self, name: str, value: float) -> str:
        """A value with its unit."""
        return f"{figure(value)} {self.units[name]}"


def marks(front: Front, picked: int, plan: Plan, kept: Collection[int] | None = None) -> pd.DataFrame:
    """Every mark of the chart: plans of the front (those in `kept`, else all), the one on the screen, doing nothing."""
    rows = [
        {"x": p["values"][front.x], "y": p["values"][front.y], "plan": p["number"], "name": f"plan {p['number']}",
         "what": "knee" if p["knee"] and len(front.names) == 2 else "front", "chosen": p["number"] == picked}
        for p in front.points if kept is None or p["number"] in kept or p["number"] == picked
    ]  # fmt: skip
    table = plan.tables["outcomes"]
    values = dict(zip(table["outcome"], table["value"], strict=True))
    for name, found, kind in (
        ("doing nothing (current policy)", plan.doing_nothing, "nothing"), ("plan on the screen", values, "shown"),
    ):  # fmt: skip
        if front.x in found and front.y in found:
            rows.append(
                {"x": found[front.x], "y": found[front.y], "plan": None, "name": name, "what": kind, "chosen": False}
            )
    frame = pd.DataFrame(rows)
    return frame.assign(kind=[KINDS[what][0] for what in frame["what"]])


def _axis(front: Front, field: str, name: str, values: Sequence[float]) -> dict[str, Any]:
    """One axis with its unit; it stays as it is when ranges hide some of the marks."""
    room = 0.03 * ((max(values) - min(values)) or 1.0)
    scale = {"zero": False, "domain": [min(values) - room, max(values) + room], "nice": False}
    return {
        "field": field, "type": "quantitative", "title": f"{name}, {front.units[name]}", "scale": scale,
        "axis": AXIS | {"format": ",.4~r"},
    }  # fmt: skip


def chart(
    front: Front, picked: int, plan: Plan, on_pick: Callable[[str], None], kept: Collection[int] | None = None
) -> None:
    """The front as points, on a line between two outcomes; doing nothing and the plan on the screen beside it."""
    table = marks(front, picked, plan, kept)
    used = [k for k in KINDS if k in set(table["what"])]
    domain = [KINDS[k][0] for k in used]
    legend = {"orient": "bottom", "columns": 2, "labelLimit": 300, "symbolSize": 120}
    every = marks(front, picked, plan)
    x, y = (_axis(front, f, n, every[f].tolist()) for f, n in (("x", front.x), ("y", front.y)))
    by_kind = {"field": "kind", "type": "nominal", "title": None, "legend": legend}
    spec = {
        "height": 440,
        "layer": [
            {
                "transform": [{"filter": f"isValid(datum.plan) && {json.dumps(len(front.names) == 2)}"}],
                "mark": {"type": "line", "strokeWidth": 1.5, "color": KINDS["front"][1], "opacity": 0.5},
                "encoding": {"x": x, "y": y, "order": {"field": "plan", "type": "quantitative"}},
            },
            {
                "params": [{"name": "pick", "select": {"type": "point", "fields": ["plan"]}}],
                "mark": {"type": "point", "filled": True, "opacity": 1.0, "cursor": "pointer"},
                "encoding": {
                    "x": x, "y": y,
                    "color": by_kind | {"scale": {"domain": domain, "range": [KINDS[k][1] for k in used]}},
                    "shape": by_kind | {"scale": {"domain": domain, "range": [KINDS[k][2] for k in used]}},
                    "size": {"condition": {"test": "datum.what == 'knee'", "value": 240}, "value": 130},
                    "tooltip": [
                        {"field": "name", "title": "Plan"},
                        *({"field": f, "title": e["title"], "format": ",.4~r"} for f, e in (("y", y), ("x", x))),
                    ],
                },
            },
            {
                "transform": [{"filter": "datum.chosen"}],
                "mark": {"type": "point", "size": 520, "strokeWidth": 3, "color": CHOSEN, "opacity": 1.0},
                "encoding": {"x": x, "y": y},
            },
            {
                "transform": [{"filter": "datum.chosen"}],
                "mark": {"type": "text", "dy": 26, "color": CHOSEN, "fontWeight": "bold", "fontSize": 13},
                "encoding": {"x": x, "y": y, "text": {"field": "name"}},
            },
        ],
    }  # fmt: skip
    chosen = front.points[picked - 1]["values"]
    alt = (
        f"{len(front.points)} plans: {front.y} against {front.x}. Chosen: plan {picked} with "
        f"{front.said(front.y, chosen[front.y])} and {front.said(front.x, chosen[front.x])}."
    )
    key = f"front_chart_{front.y}_{front.x}_{len(front.names)}"
    st.vega_lite_chart(
        table, spec, width="stretch", key=key, alt=alt, on_select=lambda: on_pick(key), selection_mode="pick"
    )
    st.markdown(":small[Click a point, choose a row of the table, or choose from the list: all three mean the same.]")


def exchange(front: Front, start: int, end: int) -> str:
    """What is gained and what is given from one plan to a neighbour, and the rate between them."""
    one, two = front.points[start - 1]["values"], front.points[end - 1]["values"]
    if len(front.names) > 2:
        return f"From plan {start} to plan {end}: {against(front, one, two)}."
    steps = {name: two[name] - one[name] for name in (front.y, front.x)}
    gained = next((n for n in steps if (steps[n] > 0) == front.more(n) and steps[n]), front.y)
    given = front.x if gained == front.y else front.y
    said = [f"{n} {_signed(steps[n])} {front.units[n]}" for n in (gained, given)]
    if not steps[given] or not steps[gained]:
        return f"From plan {start} to plan {end}: {said[0]}, nothing given up."
    return (
        f"From plan {start} to plan {end}: {said[0]} for {said[1]}: "
        f"{_per(front, gained, given, abs(steps[gained] / steps[given]))}."
    )


def against(front: Front, one: Mapping[str, float], two: Mapping[str, float]) -> str:
    """What all outcomes gain and give up from one plan to another."""
    said: dict[bool, list[str]] = {True: [], False: []}
    for name in front.names:
        step = two[name] - one[name]
        if abs(step) > 1e-6 * max(1.0, abs(one[name])):
            said[(step > 0) == front.more(name)].append(f"{name} {_signed(step)} {front.units[name]}")
    parts = [f"{word} {', '.join(lines)}" for word, lines in (("better", said[True]), ("worse", said[False])) if lines]
    return "; ".join(parts) or "no difference"


def _signed(value: float) -> str:
    """A difference with its sign."""
    return ("+" if value > 0 else "\u2212") + figure(abs(value))


def _per(front: Front, gained: str, given: str, rate: float) -> str:
    """A rate, in dollars for one of the other where one side is money."""
    units = front.units
    if units[given] == "USD million":
        return f"USD {figure(1e6 / rate)} for each {single(units[gained])}"
    if units[gained] == "USD million":
        return f"USD {figure(1e6 * rate)} saved for each {single(units[given])} given up"
    return f"{figure(rate)} {units[gained]} for each {single(units[given])} given up"


def proven(front: Front, point: Mapping[str, Any]) -> str:
    """What is proven about a plan of the front."""
    sought, gap = str(point["sought"]), point["gap"] or 0.0
    other = " and ".join(n for n in front.names if n != sought)
    if gap < 5e-5:
        return f"Proven: with {other} no worse than here, {sought} cannot be better."
    return f"Proven: with {other} no worse than here, {sought} cannot be better by more than {gap:.2%}."


def points_for(names: Sequence[str]) -> int:
    """How many plans are looked for between so many outcomes."""
    return POINTS if len(names) == 2 else MANY


def remake(front: Front, source: Source, picked: int) -> str:
    """The command that finds the same plans."""
    parts = [word for name in front.names for word in ("--outcome", name)]
    command = state.command_of(source, front.wish, "front", *parts, "--points", str(points_for(front.names)))
    return f"{command}\n# plan {picked} of the list"
