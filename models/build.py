"""From a network and a grid to a Pyomo model, in reading order."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pyomo.core as pyo
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression
from pyomo.core.expr.relational_expr import (
    EqualityExpression,
    InequalityExpression,
    RangedExpression,
    RelationalExpression,
)

from models.activities import Activities
from models.grid import Grid
from models.ledgers import Ledgers
from models.linear import ColumnSpec, Form, Frame, Key, RowSpec
from models.network import Condition, Network
from models.outcomes import Outcomes
from models.payments import Payments
from models.rules import Measures, Rules
from models.switches import Switches


@dataclass(frozen=True)
class Built:
    """A model with the nouns that it was built from; `variables` and `constraints` follow the frame's order."""

    model: pyo.ConcreteModel
    variables: list[pyo.Var]
    constraints: list[pyo.Constraint]
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
    model, variables, constraints = realise(frame, outcomes.objective(0))
    return Built(
        model, variables, constraints, frame, activities, switches, ledgers, payments, measures, rules, outcomes
    )


def _conditions(frame: Frame, switches: Switches, ledgers: Ledgers) -> None:
    r"""K8, milestones: :math:`z_{\ell,u-1} \ge target\; w_{e,u}`: a switch waits for a stock to reach a level.

    A stock that falls by nothing but its natural loss at rate :math:`\delta` (a year) still holds a known share of the
    target after an earlier start, so earlier starts count too:
    :math:`z_{\ell,u-1} \ge target \sum_{v \le u} e^{-\delta (s_u - s_v)/365} w_{e,v}`. The same plans satisfy both; the
    second keeps the relaxation from starting a tenth of a reform on each of ten dates for a tenth of the effort.
    """
    for switch in frame.network.switches:
        starts = sorted(switches.starts[switch.id].items())
        for condition in switch.conditions:
            rate = ledgers.only_loss(condition.ledger)
            for at, (u, taken) in enumerate(starts):
                so_far = taken.times(1.0)
                for v, earlier in starts[:at] if rate is not None else []:
                    days = frame.grid.start(u) - frame.grid.start(v)
                    so_far.add(earlier, math.exp(-(rate or 0.0) * days / 365.0))
                _condition(frame, ledgers, condition, (switch.id, condition.ledger, u), so_far, u)


def _condition(frame: Frame, ledgers: Ledgers, condition: Condition, key: Key, taken: Form, u: int) -> None:
    r"""One milestone row: :math:`z_{\ell,u-1} \ge target` if taken; as the first period begins, the opening counts."""
    stock = ledgers.stocks[condition.ledger]
    reached = Form(constant=stock.opening) if u == 0 else ledgers.at_end(condition.ledger, u - 1)
    row = reached.times(1.0).add(taken, -condition.at_least)
    frame.row("milestone", key, row, 0.0, origin=condition.origin)


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
