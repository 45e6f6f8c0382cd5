"""The one way from a Pyomo model to what a solver gets: a case's model, with what somebody did to it, or anybody's.

What counts is the model as it stands: active constraints and the active objective, bounds and domains, variables that
are fixed (they keep their column, held at their value), expressions that were written anew. In a case's model the
columns and rows of the case come first, in the case's order; a deactivated row stays as one without limits, so that its
neighbours keep their places. What was added comes after them and is named by its name in Pyomo.

Coefficients are multiplied by the standard Suffix `scaling_factor`, see :class:`pyomo.core.base.suffix.SuffixFinder`:
a component's own factor, else its family's, else one. In a model with factors, rows that have none are scaled by the
power of ten nearest to the geometric middle of their coefficients (:func:`models.conditioning.scale_of`).
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from typing import Any

import pyomo.core as pyo
from pyomo.common.log import LoggingIntercept
from pyomo.core.base.component import ComponentData
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression
from pyomo.repn import generate_standard_repn

from models.builder import Laid
from models.conditioning import scale_of
from models.errors import UnreadableModelError
from models.grid import Grid
from models.linear import BY_HAND, ColumnSpec, Form, Key, LinearModel, RowSpec
from models.network import Network

ADDED = "added in Pyomo: {}"
"""Where a row or column that no cell of a workbook stands behind comes from."""
UNREADABLE = ("SOSConstraint", "Disjunction", "LogicalConstraint", "Complementarity")
"""Kinds of components that rows and columns cannot hold."""


def read(model: pyo.ConcreteModel, laid: Laid, network: Network, grid: Grid) -> LinearModel:
    """Read a case's model with everything that was done to it. Raises UnreadableModelError."""
    reading = ModelReader(model, laid)
    for row, constraint in zip(laid.rows, laid.constraints, strict=True):
        reading.row(row.family, row.key, row.origin, constraint)
    own = {id(c) for c in laid.constraints}
    if sum(map(len, model.component_objects(pyo.Constraint))) > len(own):
        for constraint in active(model):
            if id(constraint) not in own:
                reading.added(constraint)
    objectives = [reading.objective(objective) for objective in _objectives(model, laid)]
    columns = reading.columns()
    names = {(c.family, c.key): n for n, c in enumerate(columns)}
    return LinearModel(network, grid, columns, reading.rows, objectives, names)


def quietly() -> LoggingIntercept:
    """While it lasts Pyomo does not write about failures by itself: what is wrong is said in a sentence."""
    return LoggingIntercept(io.StringIO(), "pyomo")


def active(model: pyo.ConcreteModel) -> Iterable[ComponentData]:
    """Active constraints of a model and its active blocks, in the order of its components."""
    found: Iterable[ComponentData] = model.component_data_objects(pyo.Constraint, active=True, descend_into=True)
    return found


def refuse_unreadable(model: pyo.ConcreteModel) -> None:
    """Refuse kinds of components that rows and columns cannot hold. Raises UnreadableModelError with the name."""
    for kind in model.collect_ctypes(active=True, descend_into=True):
        if kind.__name__ in UNREADABLE:
            first = next(iter(model.component_objects(kind, active=True, descend_into=True)))
            message = f"'{first.name}' is a {kind.__name__}: transform it to linear constraints first."
            raise UnreadableModelError(message)


def _objectives(model: pyo.ConcreteModel, laid: Laid) -> list[Any]:
    """The active objective, then the case's later priorities."""
    first, *later = laid.objectives
    others = {id(objective) for objective in later}
    every = model.component_data_objects(pyo.Objective, active=True, descend_into=True)
    found = [o for o in every if id(o) not in others]
    if len(found) != 1:
        names = ", ".join(f"'{o.name}'" for o in found) or "none"
        message = (
            f"A model needs exactly one active objective, here it is {names}: deactivate the case's own with "
            f"model.{first.name}.deactivate() where another is to count instead."
        )
        raise UnreadableModelError(message)
    return [found[0], *later]


class ModelReader:
    """Collects the columns and rows of a model: those of `laid` first, others as they are met."""

    def __init__(self, model: pyo.ConcreteModel, laid: Laid | None = None) -> None:
        """Begin with the case's columns, if it is a case's model."""
        self.laid = laid or Laid()
        self.variables: list[Any] = list(self.laid.variables)
        self.number: dict[int, int] = {id(v): n for n, v in enumerate(self.variables)}
        self.rows: list[RowSpec] = []
        self._integer: dict[int, bool] = {}
        suffix = model.component("scaling_factor")
        self._scaled = isinstance(suffix, pyo.Suffix)
        self._factors = _factors(suffix) if self._scaled else {}
        self._rows_too = self._scaled and any(part.ctype is pyo.Constraint for part in suffix)
        self.scales = [self._scale(n) for n in range(len(self.variables))]

    def row(self, family: str, key: Key, origin: str, constraint: ComponentData) -> None:
        """Read one constraint; its constant moves to the bounds. One that is not active has no limits."""
        lower, body, upper = constraint.to_bounded_expression(evaluate_bounds=True)
        form = self.form(body, constraint)
        holds = constraint.active
        low = -math.inf if lower is None or not holds else float(lower) - form.constant
        high = math.inf if upper is None or not holds else float(upper) - form.constant
        form.constant = 0.0
        factor = self._factor(constraint) if self._rows_too else None
        if factor is not None:
            scale = power(1.0 / factor)
        else:
            scale = scale_of(map(abs, form.terms.values())) if self._scaled else 1.0
        self.rows.append(RowSpec(family, key, form, low, high, scale, origin))

    def added(self, constraint: ComponentData) -> None:
        """Read a constraint that is none of a case's."""
        self.row(*self._named(constraint), constraint)

    def _named(self, component: ComponentData) -> tuple[str, Key, str]:
        """Family, key and origin of what is none of a case's; in a model that is no case's there is no other."""
        if self.laid.columns:
            return BY_HAND, (component.name,), ADDED.format(component.name)
        index = component.index()
        key = () if index is None else index if isinstance(index, tuple) else (index,)
        name = component.parent_component().name
        return name, tuple(k if isinstance(k, int) else str(k) for k in key), component.name

    def objective(self, objective: Any) -> Form:
        """Points of an objective, to be made most of."""
        form = self.form(objective.expr, objective)
        return form if objective.sense == pyo.maximize else form.times(-1.0)

    def form(self, expression: Any, stands_in: Any) -> Form:
        """A linear expression as a form. Raises UnreadableModelError, which names what it stands in, for others."""
        if expression.__class__ is LinearExpression:
            found = self._linear(expression)
            if found is not None:
                return found
        where = stands_in if isinstance(stands_in, str) else f"{stands_in.ctype.__name__.lower()} '{stands_in.name}'"
        try:
            repn = generate_standard_repn(expression, compute_values=True, quadratic=False)
        except ValueError as error:
            words = str(error).split("\n", maxsplit=1)[0].rstrip(": ")
            message = f"The {where} holds something without a value ({words}): give every parameter in it a number."
            raise UnreadableModelError(message) from None
        if not repn.is_linear():
            message = f"The {where} is not linear: this planner works with linear and mixed-integer linear models."
            raise UnreadableModelError(message)
        form = Form(constant=_figure(repn.constant, where))
        for variable, coefficient in zip(repn.linear_vars, repn.linear_coefs, strict=True):
            self._add(form.terms, variable, _figure(coefficient, where))
        return form

    def _linear(self, expression: LinearExpression) -> Form | None:
        """A sum of products of numbers and variables, as the builder writes it; None where anything else is in it."""
        form, number, scales = Form(), self.number, self.scales
        terms = form.terms
        for term in expression.args:
            if term.__class__ is MonomialTermExpression:
                coefficient, variable = term.args
                if coefficient.__class__ is not float and coefficient.__class__ is not int:
                    return None
                n = number.get(id(variable))
                if n is None or n in terms:
                    self._add(terms, variable, float(coefficient))
                else:
                    terms[n] = coefficient * scales[n]
            elif term.__class__ is float or term.__class__ is int:
                form.constant += term
            else:
                return None
        return form

    def _add(self, terms: dict[int, float], variable: Any, coefficient: float) -> None:
        """Add a term per natural unit of a variable; a new variable gets the next column."""
        n = self.number.get(id(variable))
        if n is None:
            n = self.number[id(variable)] = len(self.variables)
            self.variables.append(variable)
            self.scales.append(self._scale(n))
        terms[n] = terms.get(n, 0.0) + coefficient * self.scales[n]

    def _scale(self, number: int) -> float:
        """Units of a Pyomo variable that are one of the solver's. Integer variables are never scaled."""
        variable = self.variables[number]
        own = self.laid.columns[number] if number < len(self.laid.columns) else None
        factor = self._factor(variable) if self._factors else None
        if own is not None and factor is not None and factor == own.lot / own.scale:
            return 1.0 if own.integer else own.scale  # as it was laid down, to the last bit
        return 1.0 if factor is None or not variable.is_continuous() else power(1.0 / factor)

    def _factor(self, component: Any) -> float | None:
        """Scale factor of a variable or constraint, or of its family; None without one."""
        factor = self._factors.get(id(component))
        return self._factors.get(id(component.parent_component())) if factor is None else factor

    def columns(self) -> list[ColumnSpec]:
        """Every variable that was met, in order."""
        return [self._column(n) for n in range(len(self.variables))]

    def _column(self, number: int) -> ColumnSpec:
        """A variable with its bounds; one that is fixed is held at its value."""
        variable, scale = self.variables[number], self.scales[number]
        lower, upper = (variable.value, variable.value) if variable.fixed else variable.bounds
        if variable.fixed and lower is None:
            message = f"Variable '{variable.name}' is fixed at no value: fix it at a number, or unfix it."
            raise UnreadableModelError(message)
        lot, (family, key, origin) = 1.0, ("", (), "")  # type: float, tuple[str, Key, str]
        if number < len(self.laid.columns):
            own = self.laid.columns[number]
            lot, family, key, origin = own.lot, own.family, own.key, own.origin
        else:
            family, key, origin = self._named(variable)
        low = -math.inf if lower is None else lower * lot
        high = math.inf if upper is None else upper * lot
        domain = id(variable.domain)  # a few domains serve all variables, each of which stays in the model
        integer = self._integer.get(domain)
        if integer is None:
            integer = self._integer[domain] = is_integer(variable)
        return ColumnSpec(family, key, low, high, integer, scale * lot, origin)


def _factors(suffix: pyo.Suffix) -> dict[int, float]:
    """Scale factors by component. Raises UnreadableModelError for one that is no number above nought."""
    for component, factor in suffix.items():
        if not (isinstance(factor, float | int) and math.isfinite(factor) and factor > 0.0):
            message = f"The scaling_factor of '{component.name}' is {factor!r}: it must be a number above nought."
            raise UnreadableModelError(message)
    return {id(component): float(factor) for component, factor in suffix.items()}


def power(scale: float) -> float:
    """A scale as the power of ten that it is but for rounding, else as it is."""
    nearest = float(10.0 ** round(math.log10(scale)))
    return nearest if abs(scale - nearest) <= 1e-12 * nearest else scale


def _figure(value: Any, where: str) -> float:
    """A coefficient as a finite number. Raises UnreadableModelError."""
    number = float(value)
    if not math.isfinite(number):
        message = f"The {where} has the coefficient {number}: write finite numbers."
        raise UnreadableModelError(message)
    return number


def is_integer(variable: Any) -> bool:
    """Whether a variable takes whole numbers only; refuses domains with other holes. Raises UnreadableModelError."""
    if variable.is_continuous():
        return False
    if variable.is_integer() or variable.is_binary():
        return True
    message = f"Variable '{variable.name}' has domain {variable.domain}: only continuous, integer and binary are read."
    raise UnreadableModelError(message)
