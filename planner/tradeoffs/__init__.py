"""Trade-offs: fronts, fairness, sweeps, goals, options of equal merit; each a plain function with a typed result.

Names load when they are used, so that a worker process, which needs none of them, starts quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.tradeoffs.cases import front_of_case
    from planner.tradeoffs.errors import TradeoffError
    from planner.tradeoffs.fronts import front, front_of_problem
    from planner.tradeoffs.goal_seeking.needs import Need, need, need_of
    from planner.tradeoffs.goal_seeking.seeking import least, most
    from planner.tradeoffs.goal_seeking.targets import Goal, Target, parse_target
    from planner.tradeoffs.near_optimal.alternatives import alternatives
    from planner.tradeoffs.points import Front, OpenRegion, Point, Rate
    from planner.tradeoffs.sweeping.bands import Bands, allocation_bands
    from planner.tradeoffs.sweeping.curves import Sweep
    from planner.tradeoffs.sweeping.sweeps import sweep

__all__ = [
    "Bands",
    "Front",
    "Goal",
    "Need",
    "OpenRegion",
    "Point",
    "Rate",
    "Sweep",
    "Target",
    "TradeoffError",
    "allocation_bands",
    "alternatives",
    "front",
    "front_of_case",
    "front_of_problem",
    "least",
    "most",
    "need",
    "need_of",
    "parse_target",
    "sweep",
]

_HOMES = {
    "OpenRegion": "points", "Front": "points", "Point": "points", "Rate": "points", "TradeoffError": "errors",
    "front": "fronts", "front_of_case": "cases", "front_of_problem": "fronts",
    "Bands": "sweeping.bands", "allocation_bands": "sweeping.bands", "Sweep": "sweeping.curves",
    "sweep": "sweeping.sweeps", "alternatives": "near_optimal.alternatives", "Goal": "goal_seeking.targets",
    "Target": "goal_seeking.targets", "parse_target": "goal_seeking.targets", "least": "goal_seeking.seeking",
    "most": "goal_seeking.seeking", "Need": "goal_seeking.needs", "need": "goal_seeking.needs",
    "need_of": "goal_seeking.needs",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a name from its module on first use."""
    if name in _HOMES:
        return getattr(import_module(f"planner.tradeoffs.{_HOMES[name]}"), name)
    message = f"module 'planner.tradeoffs' has no attribute '{name}'"
    raise AttributeError(message)
