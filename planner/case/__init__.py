"""What a workbook says: the case, what is wrong with it, its defaults and its uncertain inputs.

Its names are those of :mod:`planner.case.case`, loaded when they are used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.case.case import SETTINGS, Case, Changed, Setting

__all__ = ["SETTINGS", "Case", "Changed", "Setting"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load a name on first use."""
        module = import_module("planner.case.case")
        if name.startswith("__") or not hasattr(module, name):
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(module, name)
