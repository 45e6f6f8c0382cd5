"""Trade-offs: whole fronts, fairness, and measures of fronts. Each is a plain function with a typed result.

Names load when they are used, so that a worker process, which needs none of them, starts quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.tradeoffs.cases import front_of_case
    from planner.tradeoffs.errors import TradeoffError
    from planner.tradeoffs.fronts import front, front_of_problem
    from planner.tradeoffs.points import Cell, Front, Point, Rate

__all__ = ["Cell", "Front", "Point", "Rate", "TradeoffError", "front", "front_of_case", "front_of_problem"]

_HOMES = {
    "Cell": "points", "Front": "points", "Point": "points", "Rate": "points", "TradeoffError": "errors",
    "front": "fronts", "front_of_case": "cases", "front_of_problem": "fronts",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a name from its module on first use."""
    if name in _HOMES:
        return getattr(import_module(f"planner.tradeoffs.{_HOMES[name]}"), name)
    message = f"module 'planner.tradeoffs' has no attribute '{name}'"
    raise AttributeError(message)
