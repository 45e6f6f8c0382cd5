"""The same matrix built with Pyomo from finished rows: what objects cost, beside what the equations cost."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from models.builder import Laid
from planner.solve import Model


def pyomo_model(model: Model) -> tuple[pyo.ConcreteModel, Laid]:
    """A Pyomo model with the rows and columns of ours, one Var and one Constraint a family, as ours has them."""
    frame, own = model.built.frame, model.built.builder
    other, laid = pyo.ConcreteModel(), Laid(columns=own.laid.columns, rows=own.laid.rows, units=own.laid.units)
    laid.variables = [None] * len(frame.columns)
    for family in own.families:
        block = pyo.Var(list(family), within=pyo.Reals)
        other.add_component(family.name, block)
        for variable, n in zip(block.values(), family.numbers, strict=True):
            variable.setlb(frame.columns[n].lower)
            variable.setub(frame.columns[n].upper)
            laid.variables[n] = variable
    own.laid, kept = laid, own.laid
    try:
        _constraints(model, other, laid)
    finally:
        own.laid = kept
    return other, laid


def _constraints(model: Model, other: pyo.ConcreteModel, laid: Laid) -> None:
    """One Constraint a family, by a rule that looks the finished row up."""
    from models.linear import Limits

    rows: dict[str, dict[Any, Limits]] = defaultdict(dict)
    for row in model.built.frame.rows:
        rows[row.family][row.key if len(row.key) > 1 else row.key[0]] = Limits(row.form, row.lower, row.upper)
    for name, found in rows.items():

        def rule(_: pyo.Block, *key: Any, found: dict[Any, Limits] = found) -> Any:
            return model.built.builder.relation(found[key if len(key) > 1 else key[0]])

        block = pyo.Constraint(list(found), rule=rule)
        other.add_component(name, block)
        laid.constraints += block.values()
    if len(laid.constraints) != len(model.built.frame.rows):
        message = "a finished row was skipped"
        raise RuntimeError(message)
