"""How tables, charts and texts are put on a page: figures with separators, texts as text, charts as Vega-Lite."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from textwrap import wrap
from typing import Any

import pandas as pd
import streamlit as st

from planner.signs import replaced
from planner.wording.figures import MISSING, change, figure, share

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+!|$~:&])")
_LINKS = re.compile(r"(?<=www)(?=\.)|(?<=http)(?=s?:)|(?=@)", re.IGNORECASE)
"""Places where Markdown would make a link of an address; a sign of no width there keeps it a text."""


def plain(text: object) -> str:
    """Make a text that Markdown shows as it is written."""
    return _MARKS.sub(r"\\\1", _LINKS.sub("\u2060", replaced(str(text), "\n\u2060"))).replace("\n", " ")


def is_share(name: object) -> bool:
    """Whether a column holds shares, by its header."""
    return bool(re.search(r"\bshare\b", str(name), re.IGNORECASE))


def table(
    frame: pd.DataFrame,
    key: str,
    *,
    height: int | None = None,
    widths: Mapping[str, Any] | None = None,
    unit: str = "",
    alt: str = "",
) -> None:
    """Show a table that can be sorted and searched: figures right, of the unit that their header names or of `unit`.

    `alt` says to who cannot see it what it holds; without it, its length and its columns are said.
    """
    if frame.empty:
        st.markdown("Nothing to list.")
        return
    numbers = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c]) and frame[c].dtype != bool]
    style = frame.style.format({c: _writer(str(c), unit) for c in numbers}, na_rep=MISSING)
    config = {c: st.column_config.Column(width=w) for c, w in (widths or {}).items() if c in frame.columns}
    rows = min(len(frame), 14)
    st.dataframe(
        style,
        hide_index=True,
        width="stretch",
        key=key,
        column_config=config,
        height=height or 38 + 35 * rows,
        placeholder=MISSING,
        alt=alt or f"Table with {len(frame)} rows; columns: {', '.join(str(c) for c in frame.columns)}",
    )


def _writer(column: str, unit: str) -> Callable[[Any], str]:
    """What writes the figures of one column: its header says whether they are shares, and may name their unit."""
    if is_share(column):
        return share
    _, comma, own = column.rpartition(", ")
    return partial(figure, unit=own if comma else unit)


def reading_table(frame: pd.DataFrame, signed: Sequence[str] = ()) -> None:
    """Show a short table as plain HTML with its texts wrapped; columns in `signed` are differences."""
    if frame.empty:
        st.markdown("Nothing to list.")
        return
    numbers = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    texts = {c: frame[c].map(lambda v: plain(v) if v else MISSING) for c in frame.columns if c not in numbers}
    laid = frame.assign(**texts).set_index(frame.columns[0])
    laid = laid.set_axis(pd.Index(_apart(list(laid.index)), name=laid.index.name))
    units = frame["Unit"].tolist() if "Unit" in frame else [""] * len(frame)
    style = laid.style
    for unit in dict.fromkeys(units):
        rows = [name for name, own in zip(laid.index, units, strict=True) if own == unit]
        written: dict[Any, str | Callable[[object], str] | None] = {
            c: partial(change if c in signed else figure, unit=unit) for c in numbers
        }
        style = style.format(written, subset=pd.IndexSlice[rows, numbers])
    st.table(style)


def _apart(names: list[str]) -> list[str]:
    """Names as they are, equal ones told apart by invisible signs: a styled table needs them unique."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        made.append(name + "\u200b" * seen.get(name, 0))
        seen[name] = seen.get(name, 0) + 1
    return made


def bullets(lines: Sequence[str]) -> None:
    """List sentences."""
    st.markdown("\n".join(f"- {plain(line)}" for line in lines))


def small(notes: Iterable[str], *, stopped: bool = False) -> None:
    """What is to be known of an answer, small; and that its search was stopped."""
    for note in notes:
        st.markdown(f":small[{plain(note)}]")
    if stopped:
        st.markdown("The search was stopped; what was found until then is here.")


AXIS = {"labelLimit": 260, "titleFontWeight": "normal"}
POLICY = "Continuation"
"""What the marks of the plan's comparison are called in every legend."""
PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C8C", "#B8A200", "#6A51A3", "#A6761D",
)  # fmt: skip
"""Colours of series (Okabe and Ito 2008, with four more), the same as in the theme."""
MARK = "#E6194B"
"""Colour of the continuation's marks, on light and on dark."""
STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Ends of an axis, times a power of ten."""


def axis_top(key: str, top: float) -> float:
    """End of an axis that does not jump: the one from before, unless a figure leaves it or shrinks to a third."""
    if not math.isfinite(top) or top <= 0.0:
        return 1.0
    kept: dict[str, float] = st.session_state.setdefault("axis_tops", {})
    before = kept.get(key, 0.0)
    if not top <= before <= 3.0 * top:
        wanted = 1.05 * top
        power = 10.0 ** math.floor(math.log10(wanted))
        kept[key] = next(step * power for step in STEPS if step * power >= wanted * (1 - 1e-9))
    return kept[key]


def source_line(words: str = "") -> None:
    """Say under a chart where its figures come from."""
    source = st.session_state.get("source")
    book = f"workbook {plain(source.title)}, fingerprint {source.sha256[:10]}" if source is not None else "the workbook"
    said = f"Source: {words or 'the plan shown'}, from {book}."
    st.markdown(f":small[{said} Show data, PNG and full screen stand at the chart's corner.]")


def _colours(series: Sequence[str], *, policy: bool, legend: Mapping[str, Any]) -> dict[str, Any]:
    """Colours of the series in their order, and of the continuation after them."""
    names = [*series, *([POLICY] if policy else [])]
    shades = [PALETTE[i % len(PALETTE)] for i in range(len(series))] + ([MARK] if policy else [])
    return {
        "type": "nominal", "sort": names, "title": None, "scale": {"domain": names, "range": shades},
        "legend": dict(legend),
    }  # fmt: skip


def _long(frame: pd.DataFrame, label: str, series: Sequence[str], name: str) -> pd.DataFrame:
    """Rows for a chart: label, series and value, with the order of the series."""
    data = frame[[label, *series]].melt(label, var_name="series", value_name="value").rename(columns={label: name})
    data["value"] = data["value"].astype(float).fillna(0.0)
    return data.assign(order=data["series"].map({s: i for i, s in enumerate(series)}))


def bars(
    frame: pd.DataFrame, rows: str, series: Sequence[str], unit: str, alt: str, key: str, *,
    policy: str = "", source: str = "",
) -> None:  # fmt: skip
    """Draw stacked bars, one a row: `rows` names the column of their labels, `series` the columns that add up.

    The column `policy` holds what the continuation gives in all; it is drawn as a mark across each bar.
    """
    data = _long(frame, rows, series, "row")
    marks = frame[[rows, policy]].set_axis(["row", "value"], axis=1) if policy else pd.DataFrame()
    drawn = data.groupby("row")["value"].transform(lambda v: v.abs().sum()) > 0
    if policy:
        drawn |= data["row"].isin(marks.loc[marks["value"].fillna(0.0) > 0, "row"])
    data = data[drawn]
    if data.empty:
        st.markdown("Nothing to draw: every figure is nought.")
        return
    tops = data.groupby("row")["value"].sum().max()
    top = max(float(tops), float(marks["value"].max())) if policy else float(tops)
    low = min(0.0, float(data["value"].min()))
    domain = [low, axis_top(key, top)] if low == 0.0 else None
    scale = {"scale": {"domain": domain}} if domain else {}
    colour = _colours(series, policy=bool(policy), legend={"orient": "top", "labelLimit": 400, "columns": 4})
    y = {"field": "row", "type": "nominal", "sort": list(dict.fromkeys(data["row"])), "title": None, "axis": AXIS}
    x = {"field": "value", "type": "quantitative", "title": unit, "axis": AXIS | {"format": ",.0f"}, **scale}
    told = [{"field": "row", "title": rows}, {"field": "value", "title": unit, "format": ",.1f"}]
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar"},
            "encoding": {
                "y": y, "x": x, "color": {"field": "series", **colour},
                "order": {"field": "order", "type": "quantitative"},
                "tooltip": [told[0], {"field": "series", "title": "Part"}, told[1]],
            },
        }
    ]  # fmt: skip
    if policy:
        kept = marks[marks["row"].isin(data["row"])].fillna(0.0)
        layers.append(
            {
                "data": {"values": kept.assign(series=POLICY).to_dict("records")},
                "mark": {"type": "tick", "thickness": 4, "size": 22},
                "encoding": {"y": y, "x": x, "color": {"field": "series", **colour},
                             "tooltip": [told[0], {"field": "series", "title": "Part"}, told[1]]},
            }
        )  # fmt: skip
    st.vega_lite_chart(
        data, {"layer": layers, "height": {"step": 26}}, width="stretch", key=key, alt=alt
    )  # fmt: skip
    source_line(source)


def signed_bars(frame: pd.DataFrame, rows: str, value: str, unit: str, alt: str, key: str) -> None:
    """Draw one bar a row to either side of nought, in the order given: gains and costs differ in colour and side."""
    data = frame[[rows, value]].set_axis(["row", "value"], axis=1)
    data = data.assign(value=data["value"].astype(float), row=["|".join(wrap(str(r), 56)) for r in data["row"]])
    labels = {"labelLimit": 360, "labelExpr": "split(datum.label, '|')", "labelLineHeight": 13, "labelOffset": -6}
    data["sign"] = ["brings" if v >= 0 else "costs" for v in data["value"]]
    spec = {
        "mark": {"type": "bar"},
        "height": {"step": 34},
        "encoding": {
            "y": {"field": "row", "type": "nominal", "sort": None, "title": None, "axis": AXIS | labels},
            "x": {"field": "value", "type": "quantitative", "title": unit, "axis": AXIS | {"format": ",.4~r"}},
            "color": {
                "field": "sign", "type": "nominal", "title": None, "legend": {"orient": "top"},
                "scale": {"domain": ["brings", "costs"], "range": ["#0072B2", "#E69F00"]},
            },
            "tooltip": [{"field": "row", "title": rows}, {"field": "value", "title": unit, "format": ",.4~r"}],
        },
    }  # fmt: skip
    st.vega_lite_chart(data, spec, width="stretch", key=key, alt=alt)
    source_line()


def over_time(
    frame: pd.DataFrame, when: str, series: Sequence[str], unit: str, alt: str, key: str, *,
    policy: Sequence[float] | None = None, source: str = "",
) -> None:  # fmt: skip
    """Draw columns over the periods, stacked by series; `policy` holds what the continuation gives in each period."""
    data = _long(frame, when, series, "when")
    if not len(data) or not (float(data["value"].abs().sum()) or any(policy or ())):
        st.markdown("Nothing to draw: every figure is nought.")
        return
    top = max(float(data.groupby("when")["value"].sum().max()), *(policy or (0.0,)))
    low = float(data["value"].min())
    scale = {"scale": {"domain": [0.0, axis_top(key, top)]}} if low >= 0.0 else {}
    colour = _colours(series, policy=policy is not None, legend={"orient": "right", "labelLimit": 260})
    x = {
        "field": "when", "type": "ordinal", "sort": list(dict.fromkeys(data["when"])), "title": None,
        "axis": AXIS | {"labelAngle": 0 if len(frame) <= 6 else -45},
    }  # fmt: skip
    y = {"field": "value", "type": "quantitative", "title": unit, "axis": AXIS | {"format": ",.0f"}, **scale}
    width = 46 if len(frame) <= 6 else 18
    told = [
        {"field": "when", "title": "Period"}, {"field": "series", "title": "What"},
        {"field": "value", "title": unit, "format": ",.1f"},
    ]  # fmt: skip
    both = {"x": x, "y": y, "color": {"field": "series", **colour}, "tooltip": told}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "size": width},
            "encoding": both | {"order": {"field": "order", "type": "quantitative"}},
        }
    ]
    if policy is not None:
        kept = [
            {"when": w, "value": v, "series": POLICY}
            for w, v in zip(dict.fromkeys(data["when"]), policy, strict=True)
        ]  # fmt: skip
        layers.append(
            {"data": {"values": kept}, "mark": {"type": "tick", "thickness": 4, "size": width + 8}, "encoding": both}
        )
    st.vega_lite_chart(data, {"layer": layers, "height": 320}, width="stretch", key=key, alt=alt)
    source_line(source)


def spans(frame: pd.DataFrame, alt: str, key: str) -> None:
    """Draw decisions on a time line: columns Decision, Stage, from, until (dates)."""
    data = frame.assign(**{c: pd.to_datetime(frame[c]).dt.strftime("%Y-%m-%d") for c in ("from", "until")})
    stages = [s for s in ("decided", "in force") if s in set(data["Stage"])]
    spec = {
        "mark": {"type": "bar", "height": 13},
        "height": {"step": 20},
        "encoding": {
            "y": {"field": "Decision", "type": "nominal", "sort": None, "title": None, "axis": AXIS},
            "x": {"field": "from", "type": "temporal", "title": None, "axis": {"format": "%b %Y", "orient": "top"}},
            "x2": {"field": "until"},
            "color": {
                "field": "Stage", "type": "nominal", "title": None, "legend": {"orient": "top"},
                "scale": {"domain": stages, "range": ["#A9CCE3", "#0072B2"] if len(stages) > 1 else ["#0072B2"]},
            },
            "tooltip": [
                {"field": "Decision"}, {"field": "Stage"},
                {"field": "from", "type": "temporal", "title": "From"},
                {"field": "until", "type": "temporal", "title": "Until"},
            ],
        },
    }  # fmt: skip
    st.vega_lite_chart(data, spec, width="stretch", key=key, alt=alt)
    source_line()
