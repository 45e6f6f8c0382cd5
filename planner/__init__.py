"""Everything around the mathematics: workbook, case, compiler, solver session, plan, check, command line."""

import os
from importlib import import_module
from typing import Any

import models  # noqa: F401 - sees to it that Pyomo can be loaded under python -OO

# openpyxl writes with lxml where something else has brought it, and then tells of a full disk in lxml's own words.
os.environ.setdefault("OPENPYXL_LXML", "False")

__version__ = "0.1.0"

_DOORS = {
    "build": ("planner.extending", "model_of"),
    "solve": ("planner.solve", ""),
    "read": ("planner.workbook", "read"),
}


def __getattr__(name: str) -> Any:
    """Load what the front door offers on first use: `planner.read(path)`, `build(case)`, `solve(case)`."""
    if name not in _DOORS:
        message = f"module 'planner' has no attribute '{name}'"
        raise AttributeError(message)
    module, attribute = _DOORS[name]
    found = import_module(module)
    return getattr(found, attribute) if attribute else found
