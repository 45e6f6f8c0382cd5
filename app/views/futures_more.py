"""Futures, second part: over time with its fan, futures drawn by chance, and reserve against risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import AXIS, bullets, plain, reading_table, table
from app.shell import forms
from app.tasks import questions
from planner.analyses.futures import FUTURES
from planner.wording.figures import figure, share, typed_share

SAMPLES = 60
"""Futures drawn by chance that the page begins with."""
KINDS = {"outcome": "so far", "people": "at the end of the period"}


def over_time(found: Mapping[str, Any], asked: questions.Question, key: str) -> None:
    """One measure over the periods: a line a future, and the fan of sampled futures once they were tried."""
    st.header("Over time, future by future", anchor=False)
    fans = found["fans"]
    if not fans:
        st.markdown("There is nothing to draw: no plan was found.")
        return
    names = [f"{f['name']} ({KINDS[f['kind']]})" for f in fans]
    picked = st.selectbox("Show", range(len(fans)), format_func=lambda n: names[n], key="futures_fan")
    fan = fans[picked or 0]
    _lines(fan)
    st.header("In futures drawn by chance", anchor=False)
    left, right = st.columns(2)
    samples = forms.field(FUTURES, "samples", left, usual=SAMPLES)
    tried = further(asked, key, samples=samples, seed=forms.field(FUTURES, "seed", right))
    if tried is None:
        return
    st.markdown(
        f"{samples} futures are drawn: one of those above by its probability, and in it every figure with a range on "
        "sheet Evidence anew between its low and high end. What the hedged plan has committed stands; all else answers."
    )
    label, ready = f"Try the plan in {samples} futures", _hedged(found) and bool(samples)
    answer = questions.on_demand("trial", tried, label, ready=ready, type="secondary")
    if answer is not None and answer.answer is not None:
        _trial(answer.answer["samples"], fan)


def further(asked: questions.Question, key: str, **more: Any) -> questions.Question | None:
    """A further question about the hedged plan that was found; the reason on the page where it cannot be asked."""
    wanted = forms.question(FUTURES, **{**asked.asked.to_json(), **more})
    return None if wanted is None else questions.asks(FUTURES, wanted, asked.source, asked.wish, before=key)


def _hedged(found: Mapping[str, Any]) -> bool:
    """Whether there is a hedged plan."""
    return any(p["kind"] == "hedged" and p["whole"] for p in found["plans"])


def _axes(periods: Sequence[str], name: str, unit: str) -> dict[str, Any]:
    """Periods across, the measure up."""
    return {
        "x": {"field": "period", "type": "ordinal", "sort": list(periods), "title": None,
              "axis": AXIS | {"labelAngle": 0 if len(periods) <= 6 else -45}},
        "y": {"field": "value", "type": "quantitative", "title": f"{name}, {unit}",
              "axis": AXIS | {"format": ",.4~r"}, "scale": {"zero": False}},
    }  # fmt: skip


def _lines(fan: Mapping[str, Any]) -> None:
    """A line a future, told apart by colour, by dashes and by its name."""
    rows = [
        {"period": period, "value": value, "future": title}
        for title, line in fan["lines"].items() for period, value in zip(fan["periods"], line, strict=True)
    ]  # fmt: skip
    by_future = {"field": "future", "type": "nominal", "sort": list(fan["lines"]), "title": "Future"}
    spec = {
        "height": 360,
        "mark": {"type": "line", "point": {"filled": True, "size": 70}, "strokeWidth": 2},
        "encoding": {
            **_axes(fan["periods"], fan["name"], fan["unit"]),
            "color": by_future | {"legend": {"orient": "right", "labelLimit": 220}},
            "strokeDash": by_future,
            "tooltip": [{"field": "future", "title": "Future"}, {"field": "period", "title": "Period"},
                        {"field": "value", "title": fan["unit"], "format": ",.0f"}],
        },
    }  # fmt: skip
    ends = {title: line[-1] for title, line in fan["lines"].items()}
    low, high = min(ends, key=lambda t: ends[t]), max(ends, key=lambda t: ends[t])
    least, most = (figure(ends[title], fan["unit"]) for title in (low, high))
    apart = f"from {least} in '{low}' to {most} {fan['unit']} in '{high}'"
    if least == most:
        apart = f"{least} {fan['unit']} in every future (the lines lie on each other)"
    alt = f"{fan['name']} over time under the hedged plan: at the end {apart}."
    st.vega_lite_chart(pd.DataFrame(rows), spec, width="stretch", key=f"futures_lines_{fan['name']}", alt=alt)
    st.markdown(f":small[{plain(alt)}]")
    with st.expander("Show data"):
        wide = pd.DataFrame({"Period": fan["periods"], **fan["lines"]})
        table(wide, key=f"futures_lines_table_{fan['name']}")


def _trial(found: Mapping[str, Any], fan: Mapping[str, Any]) -> None:
    """How often commitments are kept, what they bring, and the fan of the chosen measure."""
    st.markdown(f"**{plain(found['answer'])}**")
    rows = [
        {"Plan": p["name"], "Kept": _interval(p["kept"]), "Cut back": _interval(p["cut_back"]),
         "Some limit breaks": _interval(p["broken"]), "Points on average": _between(p["mean"]),
         "Points in the worst 20 %": _between(p["tail"])} for p in found["plans"]
    ]  # fmt: skip
    reading_table(pd.DataFrame(rows))
    st.markdown(":small[In brackets: where the true figure lies with 95 % confidence.]")
    band = next((b for b in found["bands"] if b["name"] == fan["name"] and b["kind"] == fan["kind"]), None)
    if band is not None:
        _fan(band)
    bullets(found["sentences"])
    with st.expander("Which figures were drawn"):
        reading_table(
            pd.DataFrame(
                [{"Source": d["evidence"], "What": d["statement"], "Low": d["low"], "Central": d["central"],
                  "High": d["high"], "Cells": len(d["cells"])} for d in found["drawn"]]
            )
        )  # fmt: skip


def _interval(estimate: Mapping[str, float | None]) -> str:
    """A share with its interval."""
    return f"{share(estimate['value'])} ({share(estimate['low'])} to {share(estimate['high'])})"


def _between(estimate: Mapping[str, float | None]) -> str:
    """A figure with its interval."""
    return f"{figure(estimate['value'])} ({figure(estimate['low'])} to {figure(estimate['high'])})"


def _fan(band: Mapping[str, Any]) -> None:
    """Percentiles over the periods: the middle as a line, half and nine tenths of the samples as bands."""
    bands = band["bands"]
    rows = [
        {"period": period, "value": bands["50"][n], "p5": bands["5"][n], "p25": bands["25"][n], "p75": bands["75"][n],
         "p95": bands["95"][n]} for n, period in enumerate(band["periods"])
    ]  # fmt: skip
    axes = _axes(band["periods"], band["name"], band["unit"])

    def area(low: str, high: str, opacity: float) -> dict[str, Any]:
        return {
            "mark": {"type": "area", "color": "#0072B2", "opacity": opacity},
            "encoding": {"x": axes["x"], "y": axes["y"] | {"field": low}, "y2": {"field": high}},
        }

    spec = {
        "height": 340,
        "layer": [
            area("p5", "p95", 0.18), area("p25", "p75", 0.3),
            {"mark": {"type": "line", "color": "#0072B2", "point": True, "strokeWidth": 2}, "encoding": {
                **axes, "tooltip": [{"field": f, "title": t, "format": ",.0f"} for f, t in (
                    ("p5", "5 of 100 lie below"), ("value", "middle"), ("p95", "5 of 100 lie above"))]}},
        ],
    }  # fmt: skip
    last = {q: line[-1] for q, line in bands.items()}
    alt = (
        f"{band['name']} in sampled futures: at the end {figure(last['50'], band['unit'])} {band['unit']} in the "
        "middle, 90 of 100 "
        f"between {figure(last['5'], band['unit'])} and {figure(last['95'], band['unit'])}."
    )
    st.vega_lite_chart(pd.DataFrame(rows), spec, width="stretch", key=f"futures_fan_{band['name']}", alt=alt)
    st.markdown(f":small[{plain(alt)} Dark: half of the samples; light: nine tenths.]")


def reserve(found: Mapping[str, Any], asked: questions.Question, key: str) -> None:
    """What better worst futures cost: the mean of all against the mean of the worst."""
    st.header("Reserve against risk", anchor=False)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    worst = forms.field(FUTURES, "worst", left)
    weight = forms.field(FUTURES, "weight", left)
    wanted = further(asked, key, reserve=True, worst=worst, weight=weight)
    if wanted is None:
        return
    waiting = (
        "The hedged plan seeks the best mean of all futures. Here the worst futures get more and more weight: what "
        "they gain, what the mean loses, and what is then held in reserve."
    )
    answer = questions.on_demand(
        "reserve", wanted, "See what it costs", waiting, right, ready=_hedged(found), width="stretch"
    )
    if answer is not None and answer.answer is not None:
        _steps(answer.answer["reserve"])


def _steps(front: Mapping[str, Any]) -> None:
    """Sentence, chart, table, and what changes."""
    st.markdown(f"**{plain(front['answer'])}**")
    steps, worst = front["steps"], share(front["worst"])
    if not steps:
        return
    frame = pd.DataFrame([{"mean": s["mean"], "tail": s["tail"], "weight": typed_share(s["weight"])} for s in steps])
    x = {"field": "tail", "type": "quantitative", "title": f"mean of the worst {worst}, points",
         "scale": {"zero": False}, "axis": AXIS | {"format": ",.4~r"}}  # fmt: skip
    y = {"field": "mean", "type": "quantitative", "title": "mean of all futures, points", "scale": {"zero": False},
         "axis": AXIS | {"format": ",.4~r"}}  # fmt: skip
    tips = [{"field": "weight", "title": "Weight of the worst"}, {"field": "mean", "title": "Mean", "format": ",.0f"},
            {"field": "tail", "title": "Worst", "format": ",.0f"}]  # fmt: skip
    spec = {
        "height": 340,
        "mark": {"type": "line", "point": {"filled": True, "size": 130}, "color": "#0072B2"},
        "encoding": {"x": x, "y": y, "order": {"field": "tail", "type": "quantitative"}, "tooltip": tips},
    }
    if len({round(s["tail"], 3) for s in steps}) > 1:
        st.vega_lite_chart(frame, spec, width="stretch", key="futures_reserve", alt=str(front["answer"]))
    rows = [
        {"Weight of the worst, %": 100 * s["weight"], "Mean of all, points": s["mean"],
         f"Mean of the worst {worst}, points": s["tail"], "Proven within": share(s["gap"])} for s in steps
    ]  # fmt: skip
    reading_table(pd.DataFrame(rows))
    changes = steps[-1]["changes"]
    if changes:
        st.markdown("What is committed differently, with most weight on the worst futures, before futures show:")
        bullets([f"{c['what']}: {figure(c['before'])} becomes {figure(c['after'])}" for c in changes[:12]])
