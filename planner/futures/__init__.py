"""Futures: plans hedged over several scenarios, what knowing in advance is worth, regret, risk, and what can wait.

Names load when they are used, so that nothing heavy is imported for help texts.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.futures.branching import Branching
    from planner.futures.errors import FuturesError
    from planner.futures.found import Hedge
    from planner.futures.hedging import hedge
    from planner.futures.outlook import Future, Outlook, outlook_of
    from planner.futures.reserve import Reserve, reserve_front
    from planner.futures.sampling import Trial, try_out

__all__ = [
    "Branching",
    "Future",
    "FuturesError",
    "Hedge",
    "Outlook",
    "Reserve",
    "Trial",
    "hedge",
    "outlook_of",
    "reserve_front",
    "try_out",
]

_HOMES = {
    "Branching": "branching", "FuturesError": "errors", "Future": "outlook", "Outlook": "outlook",
    "outlook_of": "outlook", "Hedge": "found", "hedge": "hedging", "Reserve": "reserve",
    "reserve_front": "reserve", "Trial": "sampling", "try_out": "sampling",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a name from its module on first use."""
    if name in _HOMES:
        return getattr(import_module(f"planner.futures.{_HOMES[name]}"), name)
    message = f"module 'planner.futures' has no attribute '{name}'"
    raise AttributeError(message)
