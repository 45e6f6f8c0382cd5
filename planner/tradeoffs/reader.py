"""Read any linear or mixed-integer Pyomo model, with named objectives, into arrays. The model is only looked at."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.core.base.component import ComponentData
from pyomo.repn import generate_standard_repn

from models.matrix import Floats, Matrix
from planner.tradeoffs.errors import TradeoffError, meant
from planner.tradeoffs.problem import Objectives, Problem, assemble

_SENSES = {"max": 1, "maximize": 1, "maximise": 1, "more": 1, "min": -1, "minimize": -1, "minimise": -1, "less": -1}
_UNREADABLE = ("SOSConstraint", "Disjunction", "LogicalConstraint", "Complementarity")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.,()\[\]]")
MOST = 5
"""Objectives that one front can show."""


def read_model(model: Any, objectives: Objectives, *, fewest: int = 2, most: int | None = MOST) -> Problem:
    """Read a Pyomo model with named objectives.

    Deactivated components and objectives of the model's own are left out, fixed variables count as numbers. Raises
    TradeoffError for an unknown or nonlinear part, with its name.
    """
    _check_count(objectives, fewest, most)
    if not getattr(model, "is_constructed", lambda: True)():
        message = "The model is not constructed yet: call create_instance() on it first."
        raise TradeoffError(message)
    _refuse_unreadable(model)
    chosen = [_objective(model, name, spec) for name, spec in objectives.items()]
    reading = _Reading()
    for constraint in model.component_data_objects(pyo.Constraint, active=True, descend_into=True):
        reading.row(constraint)
    named = zip(objectives, chosen, strict=True)
    forms = [reading.form(expression, f"objective '{name}'") for name, (_, expression) in named]
    matrix = reading.matrix()
    rows, constants = [], []
    for terms, constant in forms:
        row = np.zeros(len(matrix.cost))
        for column, coefficient in terms.items():
            row[column] += coefficient
        rows.append(row)
        constants.append(constant)
    labels = [v.name for v in reading.variables]
    return assemble(matrix, list(objectives), [sense for sense, _ in chosen], rows, constants, labels)


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


def _refuse_unreadable(model: Any) -> None:
    """Refuse kinds of components that arrays cannot hold."""
    for kind in model.collect_ctypes(active=True, descend_into=True):
        if kind.__name__ in _UNREADABLE:
            first = next(iter(model.component_objects(kind, active=True, descend_into=True)))
            message = f"'{first.name}' is a {kind.__name__}: transform it to linear constraints first."
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


class _Reading:
    """Collects columns and rows in the order in which they are met."""

    def __init__(self) -> None:
        self.variables: list[Any] = []
        self.number: dict[int, int] = {}
        self.starts, self.columns, self.values = [0], [], []  # type: list[int], list[int], list[float]
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.names: list[str] = []

    def column(self, variable: Any) -> int:
        """Number of a variable, new ones at the end."""
        known = self.number.get(id(variable))
        if known is None:
            known = self.number[id(variable)] = len(self.variables)
            self.variables.append(variable)
        return known

    def form(self, expression: Any, where: str) -> tuple[dict[int, float], float]:
        """Coefficients by column, and constant, of a linear expression."""
        found = generate_standard_repn(expression, compute_values=True, quadratic=False)
        if not found.is_linear():
            message = f"The {where} is not linear: this planner works with linear and mixed-integer linear models."
            raise TradeoffError(message)
        terms: dict[int, float] = {}
        for variable, coefficient in zip(found.linear_vars, found.linear_coefs, strict=True):
            column = self.column(variable)
            terms[column] = terms.get(column, 0.0) + float(coefficient)
        return terms, float(found.constant)

    def row(self, constraint: ComponentData) -> None:
        """Read one constraint; its constant moves to the bounds."""
        terms, constant = self.form(constraint.body, f"constraint '{constraint.name}'")
        self.columns += terms.keys()
        self.values += terms.values()
        self.starts.append(len(self.columns))
        self.lower.append(-math.inf if constraint.lower is None else float(pyo.value(constraint.lower)) - constant)
        self.upper.append(math.inf if constraint.upper is None else float(pyo.value(constraint.upper)) - constant)
        self.names.append(constraint.name)

    def matrix(self) -> Matrix:
        """Everything read so far, without cost."""
        size = len(self.variables)
        lower, upper, whole = np.empty(size), np.empty(size), np.zeros(size, dtype=bool)
        for number, variable in enumerate(self.variables):
            lower[number] = -math.inf if variable.lb is None else variable.lb
            upper[number] = math.inf if variable.ub is None else variable.ub
            whole[number] = _is_whole(variable)
        names = tuple(f"c{n}_{_UNSAFE.sub('_', v.name)}"[:200] for n, v in enumerate(self.variables))
        rows = tuple(f"r{n}_{_UNSAFE.sub('_', name)}"[:200] for n, name in enumerate(self.names))
        return Matrix(
            np.zeros(size), 0.0, lower, upper, whole, _floats(self.lower), _floats(self.upper),
            np.array(self.starts, dtype=np.int32), np.array(self.columns, dtype=np.int32), _floats(self.values),
            names, rows,
        )  # fmt: skip


def _floats(values: list[float]) -> Floats:
    """As an array of floats."""
    return np.array(values, dtype=float)


def _is_whole(variable: Any) -> bool:
    """Whether a variable takes whole numbers only; refuses domains with other holes."""
    if variable.is_continuous():
        return False
    if variable.is_integer() or variable.is_binary():
        return True
    message = f"Variable '{variable.name}' has domain {variable.domain}: only continuous, integer and binary are read."
    raise TradeoffError(message)
