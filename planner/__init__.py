"""The planner as a library: read a workbook, solve it, check the plan, ask for reasons and trade-offs.

    >>> import planner
    >>> case = planner.read("inputs/starter.xlsx")
    >>> plan = planner.solve(case, planner.Options(grid="phases"))
    >>> planner.verify(case, plan).ok
    True

========================  ==============================================================================
`read`, `validate`        a workbook as a checked :class:`Case`, or everything that is wrong with it
`build`                   the Pyomo model of a case
`solve`, `Options`        the best plan, a :class:`Plan`, and how it is looked for
`verify`                  the independent check of a plan against its workbook
`explain`                 a plan opened for questions: prices, why and why not, what would change it
`front`                   trade-offs between two to five outcomes
========================  ==============================================================================

Everything is loaded when it is first used. In the examples of what the packages offer, `case`, `options`, `plan` and
`solved` are the starter on phases, its plan, and that plan opened by `explain`; `folder` is one to write into.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

import models  # noqa: F401 - sees to it that Pyomo can be loaded under python -OO

if TYPE_CHECKING:
    from planner.case import Case
    from planner.options import Options
    from planner.plan import Plan
    from planner.solve.extending import model_of as build
    from planner.tradeoffs import front_of_case as front
    from planner.workbook import read, validate

# openpyxl writes with lxml where something else has brought it, and then tells of a full disk in lxml's own words.
os.environ.setdefault("OPENPYXL_LXML", "False")

__version__ = "0.1.0"

_HOMES = {
    "Case": ("case", "Case"),
    "Options": ("options", "Options"),
    "Plan": ("plan", "Plan"),
    "build": ("solve.extending", "model_of"),
    "explain": ("explain", ""),
    "front": ("tradeoffs", "front_of_case"),
    "read": ("workbook", "read"),
    "solve": ("solve", ""),
    "validate": ("workbook", "validate"),
    "verify": ("verify", ""),
}
"""Where each name lives; those without a name are modules that may be called."""

__all__ = ["Case", "Options", "Plan", "build", "explain", "front", "read", "solve", "validate", "verify"]


def __getattr__(name: str) -> Any:
    """Load what the front door offers on first use."""
    if name not in _HOMES:
        message = f"module 'planner' has no attribute '{name}'"
        raise AttributeError(message)
    home, attribute = _HOMES[name]
    module = import_module(f"planner.{home}")
    return getattr(module, attribute) if attribute else module


def __dir__() -> list[str]:
    """What the front door offers."""
    return sorted([*globals(), *_HOMES])
