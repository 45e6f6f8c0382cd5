"""How tables, charts and texts are put on a page: figures with separators, texts as text, charts as Vega-Lite."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import pandas as pd
import streamlit as st

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+!|$~:])")
NOTHING = "\u2013"


def plain(text: object) -> str:
    """Make a text that Markdown shows as it is written."""
    return _MARKS.sub(r"\\\1", str(text)).replace("\n", " ")


def figure(value: object, share: bool = False) -> str:
    """Write a figure with separators and as many digits as it needs."""
    if value is None or isinstance(value, str) or not math.isfinite(float(value)):  # type: ignore[arg-type]
        return NOTHING
    number = float(value)  # type: ignore[arg-type]
    if share:
        return f"{number:.1%}" if 0 < abs(number) < 0.1 else f"{number:.0%}"
    if abs(number) < 5e-4:
        return "0"
    digits = 3 if abs(number) < 1 else 1 if abs(number) < 100 else 0
    written = f"{number:,.{digits}f}"
    return written.rstrip("0").rstrip(".") if digits else written


def change(value: float | None) -> str:
    """Write a difference with its sign; no change is said in words."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if abs(value) < 5e-4:
        return "no change"
    return ("+" if value > 0 else "\u2212") + figure(abs(value))


def is_share(name: object) -> bool:
    """Whether a column holds shares, by its header."""
    return bool(re.search(r"\bshare\b", str(name), re.IGNORECASE))


def table(
    frame: pd.DataFrame,
    key: str,
    *,
    height: int | None = None,
    widths: Mapping[str, Any] | None = None,
    digits: int | None = None,
) -> None:
    """Show a table that can be sorted and searched: figures right with separators, `digits` of them after the point."""
    if frame.empty:
        st.markdown("Nothing to list.")
        return
    numbers = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c]) and frame[c].dtype != bool]
    style = frame.style.format({c: _writer(frame[c], is_share(c), digits) for c in numbers}, na_rep=NOTHING)
    config = {c: st.column_config.Column(width=w) for c, w in (widths or {}).items() if c in frame.columns}
    rows = min(len(frame), 14)
    st.dataframe(
        style,
        hide_index=True,
        width="stretch",
        key=key,
        column_config=config,
        height=height or 38 + 35 * rows,
        placeholder=NOTHING,
    )


def _writer(values: pd.Series[Any], share: bool, digits: int | None) -> Any:
    """How the figures of one column are written: the same digits in all rows."""
    if share:
        return "{:.0%}"
    if digits is not None:
        return f"{{:,.{digits}f}}"
    top = float(values.abs().max()) if values.notna().any() else 0.0
    whole = bool((values.dropna() % 1 == 0).all())
    digits = 0 if whole or top >= 1_000 else 1 if top >= 1 else 3
    return f"{{:,.{digits}f}}"


def reading_table(frame: pd.DataFrame, signed: Sequence[str] = ()) -> None:
    """Show a short table as plain HTML with its texts wrapped; columns in `signed` are differences."""
    if frame.empty:
        st.markdown("Nothing to list.")
        return
    numbers = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    texts = {c: frame[c].map(lambda v: plain(v) if v else NOTHING) for c in frame.columns if c not in numbers}
    laid = frame.assign(**texts).set_index(frame.columns[0])
    laid = laid.set_axis(pd.Index(_apart(list(laid.index)), name=laid.index.name))
    st.table(laid.style.format({c: change if c in signed else figure for c in numbers}))


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


AXIS = {"labelLimit": 260, "titleFontWeight": "normal"}


def bars(frame: pd.DataFrame, rows: str, series: Sequence[str], unit: str, alt: str, key: str) -> None:
    """Draw stacked bars, one a row: `rows` names the column of their labels, `series` the columns that add up."""
    data = frame[[rows, *series]].melt(rows, var_name="series", value_name="value").rename(columns={rows: "row"})
    data["value"] = data["value"].astype(float).fillna(0.0)
    kept = data.groupby("row")["value"].transform(lambda v: v.abs().sum()) > 0
    data = data[kept]
    if data.empty:
        st.markdown("Nothing to draw: every figure is nought.")
        return
    order = {name: i for i, name in enumerate(series)}
    data = data.assign(order=data["series"].map(order))
    spec = {
        "mark": {"type": "bar"},
        "height": {"step": 26},
        "encoding": {
            "y": {"field": "row", "type": "nominal", "sort": None, "title": None, "axis": AXIS},
            "x": {"field": "value", "type": "quantitative", "title": unit, "axis": AXIS | {"format": ",.0f"}},
            "color": {
                "field": "series", "type": "nominal", "sort": list(series), "title": None,
                "legend": {"orient": "top", "labelLimit": 400, "columns": 4},
            },
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": [
                {"field": "row", "title": rows}, {"field": "series", "title": "Part"},
                {"field": "value", "title": unit, "format": ",.1f"},
            ],
        },
    }  # fmt: skip
    st.vega_lite_chart(data, spec, width="stretch", key=key, alt=alt)


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


def over_time(frame: pd.DataFrame, when: str, series: Sequence[str], unit: str, alt: str, key: str) -> None:
    """Draw columns over the periods, stacked by series."""
    data = frame[[when, *series]].melt(when, var_name="series", value_name="value").rename(columns={when: "when"})
    data["value"] = data["value"].astype(float).fillna(0.0)
    if not len(data) or not float(data["value"].abs().sum()):
        st.markdown("Nothing to draw: every figure is nought.")
        return
    order = {name: i for i, name in enumerate(series)}
    data = data.assign(order=data["series"].map(order))
    spec = {
        "mark": {"type": "bar", "size": 46 if len(frame) <= 6 else 18},
        "height": 320,
        "encoding": {
            "x": {
                "field": "when", "type": "ordinal", "sort": None, "title": None,
                "axis": AXIS | {"labelAngle": 0 if len(frame) <= 6 else -45},
            },
            "y": {"field": "value", "type": "quantitative", "title": unit, "axis": AXIS | {"format": ",.0f"}},
            "color": {
                "field": "series", "type": "nominal", "sort": list(series), "title": None,
                "legend": {"orient": "right", "labelLimit": 260},
            },
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": [
                {"field": "when", "title": "Period"}, {"field": "series", "title": "What"},
                {"field": "value", "title": unit, "format": ",.1f"},
            ],
        },
    }  # fmt: skip
    st.vega_lite_chart(data, spec, width="stretch", key=key, alt=alt)


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
