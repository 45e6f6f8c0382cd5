"""Cases whose Pyomo model an analyst extends: where the function comes from, and what is said of such plans."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from models.errors import ExtensionError
from planner.plan import EXTENDED, POINTS_ADDED, Record

if TYPE_CHECKING:
    import pyomo.core as pyo

    from models.build import Built, Extend
    from models.extension import Extended
    from planner.case import Case


def model_of(case: Case, grid: str = "") -> pyo.ConcreteModel:
    """Hand over a case's Pyomo model.

    Args:
        case: A checked case.
        grid: Periods: phases, default, months or 'every N days'; blank: the workbook's own.

    Returns:
        A `ConcreteModel`, ready for any solver of Pyomo's.

    Variables are in natural units (persons, USD, days), every family of constraints is one `Constraint` over a named
    Set with its equation as `doc`, measures are named Expressions (`model.spending[bill, t]`). The Params `begins` and
    `days` say when periods are, the Suffix `scaling_factor` how a solver should scale, the Suffix `origin` names the
    cell of each row and variable. Any solver of Pyomo's finds the optimum of the first priority level.

    Raises:
        InvalidCaseError: The case cannot be built.

    Example:
        >>> import planner
        >>> model = planner.build(planner.read("inputs/starter.xlsx"), "phases")
        >>> print(model.occupancy.doc)
        K3: occupied <= use ceiling * available [unit-days]
    """
    from models.build import handed_over  # noqa: PLC0415 - the front door loads quickly
    from planner.compile import compile_case  # noqa: PLC0415 - as above

    return handed_over(compile_case(case), case.grid(grid))


def extended(case: Case, extend: Extend) -> Case:
    """The case with a function that extends its Pyomo model whenever it is built: for a plan, prices, fronts, files."""
    return replace(case, extend=extend)


def from_file(path: Path) -> Extend:
    """The function `extend(model)` of a Python file. Raises ExtensionError where there is none, OSError without it."""
    source = path.read_bytes()
    spec = importlib.util.spec_from_file_location(f"extension_{path.stem}", path)
    if spec is None or spec.loader is None:
        message = f"{path.name} is no Python file: an extension is a file FILE.py with a function 'extend(model)'."
        raise ExtensionError(message)
    module = importlib.util.module_from_spec(spec)
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102 - the analyst's own file, asked for
    except (Exception, SystemExit) as error:
        words = " ".join(str(error).split()) or "no words"
        message = f"{path.name} cannot be loaded: {type(error).__name__}: {words}"
        raise ExtensionError(message) from error
    function = getattr(module, "extend", None)
    if not callable(function):
        message = (
            f"{path.name} has no function 'extend': write 'def extend(model):' in it, which changes the Pyomo model "
            "that it is given and returns nothing."
        )
        raise ExtensionError(message)

    extend: Any = partial(function)  # takes a name, whatever was called 'extend' in the file
    extend.extension_name = path.name
    return cast("Extend", extend)


def unchecked(built: Built) -> tuple[str, ...]:
    """What the independent check cannot say of a plan of an extended model, in a sentence; nothing of any other."""
    told = built.extended
    if told is None or told.changed_nothing:
        return ()
    parts = [f"The model was extended in Pyomo by {told.name}: {told.words}."]
    what = "what was added" if told.rows or told.columns else "what was changed"
    parts.append(
        f"The check recomputes the plan from the workbook, so it cannot say whether {what} is kept; "
        "it does say where the plan breaks the workbook."
    )
    if told.objectives:
        parts.append("Points beyond those of the workbook are taken on trust.")
    return (" ".join(parts),)


def recorded(record: Record, told: Extended | None, points: float) -> Record:
    """The record of a plan with what was done to its model, and the points beyond those of the workbook."""
    if told is None:
        return record
    return replace(record, health={**record.health, EXTENDED: f"{told.name}: {told.words}", POINTS_ADDED: points})


def without_plan(told: Extended, *, possible: bool | None) -> str:
    """What is said where an extended model has no plan; `possible`: whether the case has one without the extension."""
    if possible is None:
        return f"Whether the case has a plan without the extension {told.name} was not found in the time."
    if possible:
        why = f"what was done in Pyomo makes it impossible ({told.words})"
        return f"The case has a plan without the extension {told.name}: {why}."
    return f"The case has no plan without the extension {told.name} either."
