"""A plan: its tables and record, how it is read from column values, written as JSON and sealed.

Its names are those of :mod:`planner.plan.plan`, loaded when they are used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.plan.plan import EXTENDED, LATER_TABLES, POINTS_ADDED, TABLES, WITH_PLAN, Plan, Record, Status

__all__ = ["EXTENDED", "LATER_TABLES", "POINTS_ADDED", "TABLES", "WITH_PLAN", "Plan", "Record", "Status"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load a name on first use."""
        module = import_module("planner.plan.plan")
        if name.startswith("__") or not hasattr(module, name):
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(module, name)
