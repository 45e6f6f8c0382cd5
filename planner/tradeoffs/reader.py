"""Read any linear or mixed-integer Pyomo model, with named objectives, into arrays. The model is only looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo

from models.errors import UnreadableModelError
from models.linear import Form
from models.matrix import matrix_of
from models.reader import ModelReader, active, refuse_unreadable
from planner.tradeoffs.errors import TradeoffError, meant
from planner.tradeoffs.problem import MultiObjectiveProblem, Objectives, assemble

_SENSES = {"max": 1, "maximize": 1, "maximise": 1, "more": 1, "min": -1, "minimize": -1, "minimise": -1, "less": -1}
MOST = 5
"""Objectives that one front can show."""


def read_model(
    model: Any, objectives: Objectives, *, fewest: int = 2, most: int | None = MOST
) -> MultiObjectiveProblem:
    """Read a Pyomo model with named objectives.

    Deactivated components and objectives of the model's own are left out, fixed variables count as numbers. Raises
    TradeoffError for an unknown or nonlinear part, with its name.
    """
    _check_count(objectives, fewest, most)
    if not getattr(model, "is_constructed", lambda: True)():
        message = "The model is not constructed yet: call create_instance() on it first."
        raise TradeoffError(message)
    chosen = [_objective(model, name, spec) for name, spec in objectives.items()]
    try:
        refuse_unreadable(model)
        reading = ModelReader(model)
        for constraint in active(model):
            reading.added(constraint)
        named = zip(objectives, chosen, strict=True)
        forms = [reading.form(expression, f"objective '{name}'") for name, (_, expression) in named]
        columns = reading.columns()
    except UnreadableModelError as error:
        raise TradeoffError(str(error)) from None
    matrix = matrix_of(columns, reading.rows, Form())
    rows = np.zeros((len(forms), len(columns)))
    for row, form in zip(rows, forms, strict=True):
        row[list(form.terms)] = list(form.terms.values())
    senses, constants = [sense for sense, _ in chosen], [form.constant for form in forms]
    problem = assemble(matrix, list(objectives), senses, list(rows), constants, [c.origin for c in columns])
    return replace(problem, column_units=np.array([c.scale for c in columns]))


def _check_count(objectives: Objectives, fewest: int, most: int | None) -> None:
    """Refuse too few or too many objectives."""
    count = len(objectives)
    if count < fewest:
        message = (
            f"A front needs at least {fewest} objectives, {count} given: a single one has no trade-off; "
            "solve the model for it, or add a second one."
        )
        raise TradeoffError(message)
    if most is not None and count > most:
        message = f"A front shows at most {most} objectives, {count} given: join some into a weighted sum."
        raise TradeoffError(message)


def _objective(model: Any, name: str, spec: Any) -> tuple[int, Any]:
    """Sense and expression of one objective as given."""
    sense: Any = None
    what = spec
    if isinstance(spec, tuple):
        if len(spec) != 2:
            message = f"Objective '{name}': give ('max' or 'min', expression), not {len(spec)} values."
            raise TradeoffError(message)
        sense, what = spec
    if isinstance(what, str):
        what = _component(model, what)
    own = getattr(what, "sense", None) if getattr(what, "ctype", None) is pyo.Objective else None
    sense = own if sense is None else sense
    if isinstance(sense, str) and sense.lower() in _SENSES:
        direction = _SENSES[sense.lower()]
    elif sense in (pyo.maximize, pyo.minimize):
        direction = 1 if sense == pyo.maximize else -1
    else:
        message = f"Objective '{name}': its sense must be 'max' or 'min', not {sense!r}."
        raise TradeoffError(message)
    return direction, what.expr if own is not None else what


def _component(model: Any, name: str) -> Any:
    """Find an objective, expression or variable of the model by its name."""
    found = model.find_component(name)
    if found is None:
        known = [c.name for kind in (pyo.Objective, pyo.Expression) for c in model.component_data_objects(kind)]
        message = f"The model has no objective '{name}'.{meant(name, known)}"
        raise TradeoffError(message)
    return found
