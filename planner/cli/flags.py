"""Declared options as options and arguments of the command line."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer

from planner.declaring import Declaration
from planner.options import declaration

METAVARS = {float: "NUMBER", int: "N", str: "WORD"}
"""What stands for a value of an option of a solve."""


def option_of(declared: Declaration, metavar: str | None = None) -> Any:
    """A declared option as one of the command line (Any: Typer's classes are private)."""
    return typer.Option(
        declared.flag, min=declared.low, max=declared.high, metavar=declared.metavar or metavar, help=declared.sentence
    )


def solve_option(name: str) -> Any:
    """An option of a solve as one of the command line."""
    declared = declaration(name)
    return option_of(declared, None if declared.choices else METAVARS.get(declared.kind))


def parameter_of(declared: Declaration) -> inspect.Parameter:
    """A declared option as an argument of a verb."""
    kind: Any = declared.kind
    default: Any = declared.default
    if declared.many:
        kind, default = (list[kind], inspect.Parameter.empty) if declared.needed else (list[kind] | None, None)
    elif declared.needed:
        default = inspect.Parameter.empty
    return inspect.Parameter(
        declared.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option_of(declared)]
    )
