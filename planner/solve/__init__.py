"""One search of a case: the search itself, what it is compared with, and what is claimed of its plan.

Its names are those of :mod:`planner.solve.solving`, loaded when they are used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from planner.callable_modules import make_callable

if TYPE_CHECKING:
    from planner.solve.solving import (
        KEPT,
        Model,
        StageClock,
        export,
        goes_on_without,
        prepare,
        record,
        search,
        solve,
        undecided,
    )

__all__ = [
    "KEPT",
    "Model",
    "StageClock",
    "export",
    "goes_on_without",
    "prepare",
    "record",
    "search",
    "solve",
    "undecided",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load a name on first use."""
        if name not in __all__:  # a module of this package is asked for before it is loaded: it needs no search
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(import_module("planner.solve.solving"), name)


make_callable(__name__)
