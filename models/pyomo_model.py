"""From rows and columns to Pyomo: one variable a column, one constraint a row, in the order of the frame."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import pyomo.core as pyo
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression
from pyomo.core.expr.relational_expr import (
    EqualityExpression,
    InequalityExpression,
    RangedExpression,
    RelationalExpression,
)

from models.linear import ColumnSpec, Form, Frame, RowSpec


def realise(frame: Frame, objective: Form) -> tuple[pyo.ConcreteModel, list[pyo.Var], list[pyo.Constraint]]:
    """Make the Pyomo model: one indexed variable and one indexed constraint a family, all in scaled units.

    Its variables and constraints come along in the frame's order, so that nobody has to look them up by key.
    """
    model = pyo.ConcreteModel(name="plan")
    variables: list[pyo.Var] = [None] * len(frame.columns)
    for family, numbers in _by_family(frame.columns).items():
        block = pyo.Var([frame.columns[n].key for n in numbers], within=pyo.Reals)
        model.add_component(f"{family}_", block)
        for variable, n in zip(block.values(), numbers, strict=True):
            variables[n] = _bound(variable, frame, n)
    constraints: list[pyo.Constraint] = [None] * len(frame.rows)
    for family, numbers in _by_family(frame.rows).items():
        keys = [frame.rows[n].key for n in numbers]
        if len(set(keys)) != len(keys):
            message = f"two rows of family {family} have one key"
            raise RuntimeError(message)
        specs = map(frame.rows.__getitem__, numbers)  # Pyomo asks for the rows in the order of their index
        block = pyo.Constraint(keys, rule=lambda *_, specs=specs: _relation(next(specs), variables))
        model.add_component(family, block)
        for constraint, n in zip(block.values(), numbers, strict=True):
            constraints[n] = constraint
    model.points = pyo.Objective(expr=_body(objective, variables, 1.0), sense=pyo.maximize)
    return model, variables, constraints


def _by_family(specs: Sequence[ColumnSpec | RowSpec]) -> dict[str, list[int]]:
    """Numbers of each family's columns or rows."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, spec in enumerate(specs):
        numbers[spec.family].append(number)
    return numbers


def _bound(variable: pyo.Var, frame: Frame, number: int) -> pyo.Var:
    """Set domain and scaled bounds of one variable."""
    spec = frame.columns[number]
    if spec.whole:
        variable.domain = pyo.Integers
    if spec.lower != -math.inf:
        variable.setlb(spec.lower / spec.scale)
    if spec.upper != math.inf:
        variable.setub(spec.upper / spec.scale)
    return variable


def _relation(spec: RowSpec, variables: list[pyo.Var]) -> RelationalExpression:
    """One row as a Pyomo relation in scaled units."""
    body = _body(spec.form, variables, spec.scale)
    lower, upper = spec.lower / spec.scale, spec.upper / spec.scale
    if lower == upper:
        return EqualityExpression((body, upper))
    if lower == -math.inf:
        return InequalityExpression((body, upper), strict=False)
    if upper == math.inf:
        return InequalityExpression((lower, body), strict=False)
    return RangedExpression((lower, body, upper), strict=False)


def _body(form: Form, variables: list[pyo.Var], scale: float) -> LinearExpression:
    """Form as a Pyomo expression in scaled units.

    Natural coefficients already hold the column's scale, since columns enter forms multiplied by it.
    """
    terms = [MonomialTermExpression((v / scale, variables[c])) for c, v in form.terms.items()]
    return LinearExpression([form.constant / scale, *terms] if form.constant else terms)
