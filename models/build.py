"""From a network and a grid to a Pyomo model, in reading order."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from models.activities import Activities
from models.grid import Grid
from models.ledgers import Ledgers
from models.linear import Form, Frame, Key
from models.network import Condition, Network
from models.outcomes import Outcomes
from models.payments import Payments
from models.rules import Measures, Rules
from models.switches import Switches


@dataclass(frozen=True)
class Built:
    """A model with the nouns that it was built from; `variables` and `constraints` follow the frame's order."""

    model: pyo.ConcreteModel
    frame: Frame
    activities: Activities
    switches: Switches
    ledgers: Ledgers
    payments: Payments
    measures: Measures
    rules: Rules
    outcomes: Outcomes


def build(network: Network, grid: Grid) -> Built:
    """Lay out decisions and constraint families of a case on a grid and make the Pyomo model of it.

    Raises ValueError where a switchable or start-cost activity has no largest pace.
    """
    frame = Frame(network, grid)
    activities = Activities(frame)
    switches = Switches(frame)
    ledgers = Ledgers(frame, activities, switches)
    activities.constrain()
    switches.constrain(activities)
    payments = Payments(frame, activities, switches, ledgers)
    ledgers.constrain(payments.paid())
    payments.constrain()
    _conditions(frame, switches, ledgers)
    measures = Measures(frame, activities, switches, ledgers, payments)
    rules = Rules(frame, measures)
    rules.constrain()
    outcomes = Outcomes(frame, measures, rules)
    outcomes.constrain()
    model = realise(frame, outcomes.objective(0))
    return Built(model, frame, activities, switches, ledgers, payments, measures, rules, outcomes)


def _conditions(frame: Frame, switches: Switches, ledgers: Ledgers) -> None:
    r"""K8, milestones: :math:`z_{\ell,u-1} \ge target\; w_{e,u}`: a switch waits for a stock to reach a level."""
    for switch in frame.network.switches:
        for condition in switch.conditions:
            for u, taken in switches.starts[switch.id].items():
                _condition(frame, ledgers, condition, (switch.id, condition.ledger, u), taken, u)


def _condition(frame: Frame, ledgers: Ledgers, condition: Condition, key: Key, taken: Form, u: int) -> None:
    """One milestone row: the stock as period u begins against the target."""
    stock = ledgers.stocks[condition.ledger]
    reached = Form(constant=stock.opening) if u == 0 else ledgers.at_end(condition.ledger, u - 1)
    row = reached.times(1.0).add(taken, -condition.at_least)
    frame.row("milestone", key, row, 0.0, origin=condition.origin)


def realise(frame: Frame, objective: Form) -> pyo.ConcreteModel:
    """Make the Pyomo model: one indexed variable and one indexed constraint a family, all in scaled units."""
    model = pyo.ConcreteModel(name="plan")
    columns: dict[str, list[int]] = defaultdict(list)
    for number, column in enumerate(frame.columns):
        columns[column.family].append(number)
    variables: list[pyo.Var] = [None] * len(frame.columns)
    for family, numbers in columns.items():
        index = [frame.columns[n].key for n in numbers]
        block = pyo.Var(index, within=pyo.Reals)
        model.add_component(f"{family}_", block)
        for key, n in zip(index, numbers, strict=True):
            variables[n] = _bound(block[key], frame, n)
    rows: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(frame.rows):
        rows[row.family].append(number)
    for family, numbers in rows.items():
        by_key = {frame.rows[n].key: n for n in numbers}
        if len(by_key) != len(numbers):
            message = f"two rows of family {family} have one key"
            raise RuntimeError(message)

        def rule(_: pyo.ConcreteModel, *key: str | int, by_key: dict[Key, int] = by_key) -> tuple[object, ...]:
            spec = frame.rows[by_key[key]]
            body = _body(spec.form, variables, spec.scale)
            return _side(spec.lower / spec.scale), body, _side(spec.upper / spec.scale)

        model.add_component(family, pyo.Constraint(list(by_key), rule=rule))
    model.points = pyo.Objective(expr=_body(objective, variables, 1.0), sense=pyo.maximize)
    return model


def _bound(variable: pyo.Var, frame: Frame, number: int) -> pyo.Var:
    """Set domain and scaled bounds of one variable."""
    spec = frame.columns[number]
    if spec.whole:
        variable.domain = pyo.Integers
    variable.setlb(None if spec.lower == -math.inf else spec.lower / spec.scale)
    variable.setub(None if spec.upper == math.inf else spec.upper / spec.scale)
    return variable


def _side(value: float) -> float | None:
    """Bound of a row as Pyomo wants it."""
    return None if math.isinf(value) else value


def _body(form: Form, variables: list[pyo.Var], scale: float) -> LinearExpression:
    """Form as a Pyomo expression in scaled units.

    Natural coefficients already hold the column's scale, since columns enter forms multiplied by it.
    """
    return LinearExpression(
        constant=form.constant / scale,
        linear_coefs=[v / scale for v in form.terms.values()],
        linear_vars=[variables[c] for c in form.terms],
    )
