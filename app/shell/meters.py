"""Meters of money, officers, visas and places: what is used of what there is, and who is short; on every page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from app.charts.widgets import figure
from app.shell import state
from app.tasks import live
from planner.live import LiveAnswer, Meter

FULL = 0.98
"""Share from which on somebody is called short."""
BOX = "flex:1 1 8rem;min-width:0;font-size:0.8rem;line-height:1.25"
TRACK = "height:6px;border-radius:3px;background:rgba(128,128,128,.3);margin:2px 0"


def draw(answer: LiveAnswer | None, coarse: str = "") -> None:
    """Draw the meters of the first answer, else those of the plan shown; `coarse` names the grid of a first answer."""
    found = answer.meters if answer is not None and answer.status != "failed" else _of_plan()
    if not found:
        st.html("<p style='font-size:0.8rem;margin:0'>Meters appear with the first plan.</p>")
        return
    boxes = "".join(_box(meter) for meter in found.values())
    st.html(
        "<section aria-label='What is used of what there is' style='display:flex;flex-wrap:wrap;gap:0.3rem 1rem'>"
        f"{boxes}{_note(coarse)}</section>"
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _meters(key: str, _case: object, _plan: object) -> Mapping[str, Meter]:  # noqa: ARG001 - the key stands for both
    """Meters of a kept plan."""
    return live.meters_of(_case, _plan)  # type: ignore[arg-type]


def _of_plan() -> Mapping[str, Meter]:
    """Meters of the plan shown."""
    found = state.shown()
    return _meters(found[0].key, found[1], found[2]) if found is not None and found[2].found else {}


def _note(coarse: str) -> str:
    """Mark the meters of a first answer."""
    said = f"First answer, counted in {escape(coarse)}"
    return f"<span style='flex-basis:100%;font-size:0.8rem;line-height:1'>{said}</span>" if coarse else ""


def _box(meter: Meter) -> str:
    """One meter: name, used of available, a bar, who is short."""
    said = f"{figure(meter.used)} of {figure(meter.available)} {meter.unit}"
    short = meter.short
    tail = f"full: {short.name}" if short is not None and short.share >= FULL else "nobody is short"
    return (
        f"<div style='{BOX}' role='meter' aria-label='{escape(meter.label, quote=True)}' aria-valuemin='0' "
        f"aria-valuemax='100' aria-valuenow='{100 * meter.share:.0f}' aria-valuetext='{escape(said, quote=True)}'>"
        f"<b>{escape(meter.label)}</b> {meter.share:.0%}"
        f"<div style='{TRACK}'><div style='height:6px;border-radius:3px;background:#0B5C8A;"
        f"width:{max(0.0, min(1.0, meter.share)):.1%}'></div></div>"
        f"<span>{escape(said)}</span><br><span style='opacity:.85'>{escape(tail)}</span></div>"
    )
