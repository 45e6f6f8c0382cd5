"""Words of page Futures that several of its views use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.wording.figures import share


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
