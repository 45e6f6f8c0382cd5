"""Words of page Futures that several of its views use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.charts.widgets import NOTHING


def share(value: float | None) -> str:
    """A share as people write it."""
    if value is None:
        return NOTHING
    if value < 5e-5:
        return "0 %"
    return f"{100 * value:.2g} %" if value < 0.1 else f"{100 * value:.0f} %"


def lost_words(plan: Mapping[str, Any], s: int) -> str:
    """What a plan loses in a future, or why it cannot be kept there."""
    kept, lost = plan["kept"][s], plan["regret_share"][s]
    if kept == "broken":
        return "breaks"
    if kept == "not found" or lost is None:
        return "not tried"
    if kept == "cut back":
        return f"cut, {share(lost)}"
    if not plan["regret_told"][s]:
        return "no difference"
    return share(lost)
