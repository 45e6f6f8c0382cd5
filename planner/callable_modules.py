"""Modules that are called like what they are for: `planner.solve(case)` works beside `planner.solve.prepare`."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class CallableModule(ModuleType):
    """A module that may be called: the call goes to the function of the module's own name."""

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the module's function."""
        return getattr(self, self.__name__.rpartition(".")[2])(*args, **named)


def make_callable(module: str) -> None:
    """Let a module be called like its function of the same name."""
    sys.modules[module].__class__ = CallableModule
