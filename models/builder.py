"""The Pyomo model of a case in the making: Sets, variables in natural units, and a constraint family at a time.

Whoever knows Pyomo finds a case in it: `model.periods`, `model.stocks` and the like are Sets, every family of
:mod:`models.families` is one `Var` or one `Constraint` over a Set, with its equation and unit as `doc`. Variables are
in persons, USD, days; the standard Suffix `scaling_factor` says by what a solver should multiply them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pyomo.core as pyo
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression
from pyomo.core.expr.relational_expr import (
    EqualityExpression,
    InequalityExpression,
    RangedExpression,
    RelationalExpression,
)

from models.families import CONSTRAINTS, VARIABLES, Family
from models.grid import Grid
from models.linear import ZERO, ColumnSpec, Form, Key
from models.network import Network

POINTS, LATER = "points", "priority_{}"
"""Names of the first objective, which is active, and of those that come after it."""


class Column(ColumnSpec):
    """A variable to be made. `scale` of its unit are one of the solver's; whole ones are counted in lots of `scale`."""

    __slots__ = ()

    @property
    def lot(self) -> float:
        """Natural units that one of the Pyomo variable stands for: one, unless it counts lots."""
        return self.scale if self.whole else 1.0


class Row(NamedTuple):
    """Name and cell of a constraint."""

    family: str
    key: Key
    origin: str


@dataclass
class Laid:
    """What a case put into its Pyomo model, in the order in which a solver gets it."""

    columns: list[Column] = field(default_factory=list)
    variables: list[pyo.Var] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    constraints: list[pyo.Constraint] = field(default_factory=list)
    objectives: list[pyo.Objective] = field(default_factory=list)

    def expression(self, form: Form, constant: float = 0.0) -> LinearExpression:
        """A form as a Pyomo expression in natural units, once the variables are made."""
        terms = []
        for c, value in form.terms.items():
            column = self.columns[c]
            each = value if column.whole or column.scale == 1.0 else natural(value, column.scale)
            terms.append(MonomialTermExpression((each, self.variables[c])))
        return LinearExpression([constant, *terms] if constant else terms)


class Builder:
    """Lays down variables and constraints of a network on a grid, and makes the Pyomo model of them."""

    def __init__(self, network: Network, grid: Grid) -> None:
        """Begin with nothing."""
        self.network, self.grid = network, grid
        self.laid = Laid()
        self._bodies: list[tuple[Form, float, float]] = []
        self._number: dict[tuple[str, Key], int] = {}

    def variable(
        self,
        family: str,
        key: Key,
        lower: float = 0.0,
        upper: float = math.inf,
        *,
        whole: bool = False,
        scale: float = 1.0,
        origin: str = "",
    ) -> Form:
        """Add a variable with bounds in natural units, and return it as a form."""
        number = len(self.laid.columns)
        self.laid.columns.append(Column(family, key, lower, upper, whole, scale, origin))
        return Form({number: scale})

    def constraint(
        self,
        family: str,
        key: Key,
        form: Form,
        lower: float = -math.inf,
        upper: float = math.inf,
        *,
        origin: str = "",
    ) -> None:
        """Add `lower <= form <= upper`, natural units; one without any variable that holds is left out."""
        terms = form.terms
        if terms and min(map(abs, terms.values())) <= ZERO:
            columns = self.laid.columns
            terms = {c: v for c, v in terms.items() if abs(v) > ZERO * min(1.0, columns[c].scale)}
            form = Form(terms, form.constant)
        slack = 1e-9 * max(1.0, abs(form.constant))
        if not terms and lower - slack <= form.constant <= upper + slack:
            return
        self.laid.rows.append(Row(family, key, origin))
        self._bodies.append((form, lower - form.constant, upper - form.constant))

    def model(self, objectives: Iterable[Form]) -> pyo.ConcreteModel:
        """Make the Pyomo model; the first of the objectives is active, all are to be made most of."""
        model = pyo.ConcreteModel(name="plan")
        _sets(model, self.network, self.grid)
        self._variables(model)
        self._constraints(model)
        for level, form in enumerate(objectives):
            objective = pyo.Objective(
                expr=self.laid.expression(form, form.constant),
                sense=pyo.maximize,
                doc=f"K13: points of priority level {level + 1}, less the penalties of broken soft rules [points]",
            )
            model.add_component(LATER.format(level + 1) if level else POINTS, objective)
            if level:
                objective.deactivate()
            self.laid.objectives.append(objective)
        return model

    def _variables(self, model: pyo.ConcreteModel) -> None:
        """One Var a family, and the scale factors; a family's commonest factor stands for the family."""
        model.scaling_factor = pyo.Suffix(direction=pyo.Suffix.EXPORT)
        columns = self.laid.columns
        self.laid.variables = variables = [None] * len(columns)
        for family, numbers in _by_family(c.family for c in columns).items():
            known = VARIABLES.get(family, Family(family, "", ""))
            index = _index(model, known, [columns[n].key for n in numbers])
            block = pyo.Var(index, within=pyo.Reals, doc=known.doc)
            model.add_component(known.component, block)
            factors = Counter(columns[n].lot / columns[n].scale for n in numbers)
            common = max(factors, key=factors.__getitem__)
            if common != 1.0 or len(factors) > 1:
                model.scaling_factor[block] = common
            for variable, n in zip(block.values(), numbers, strict=True):
                variables[n] = _bounded(variable, columns[n])
                if len(factors) > 1 and (factor := columns[n].lot / columns[n].scale) != common:
                    model.scaling_factor[variable] = factor

    def _constraints(self, model: pyo.ConcreteModel) -> None:
        """One Constraint a family, in the order of its keys."""
        rows, bodies = self.laid.rows, self._bodies
        self.laid.constraints = constraints = [None] * len(rows)
        for family, numbers in _by_family(r.family for r in rows).items():
            keys = [rows[n].key for n in numbers]
            if len(set(keys)) != len(keys):
                message = f"two rows of family {family} have one key"
                raise RuntimeError(message)
            known = CONSTRAINTS.get(family, Family(family, "", ""))
            relations = self._relations(numbers)
            index = _index(model, known, keys)
            block = pyo.Constraint(index, rule=lambda *_, relations=relations: next(relations), doc=known.doc)
            model.add_component(known.component, block)
            for constraint, n in zip(block.values(), numbers, strict=True):
                constraints[n] = constraint
        bodies.clear()

    def _relations(self, numbers: list[int]) -> Iterator[RelationalExpression]:
        """Relations of a family in the order of its index, in natural units."""
        for n in numbers:
            form, lower, upper = self._bodies[n]
            yield _relation(self.laid.expression(form), lower, upper)


def natural(value: float, scale: float) -> float:
    """Coefficient per natural unit of one per `scale` units, so that it comes back the same where it can."""
    each = value / scale
    if each * scale != value:
        for other in (math.nextafter(each, math.inf), math.nextafter(each, -math.inf)):
            if other * scale == value:
                return other
    return each


def _index(model: pyo.ConcreteModel, family: Family, keys: list[Key]) -> pyo.Set:
    """The Set that a family is indexed by, named after it."""
    index = pyo.Set(initialize=keys, dimen=len(keys[0]), doc=family.index)
    model.add_component(f"{family.component}_set", index)
    return index


def _by_family(families: Iterable[str]) -> dict[str, list[int]]:
    """Numbers of each family's columns or rows."""
    numbers: dict[str, list[int]] = {}
    for number, family in enumerate(families):
        numbers.setdefault(family, []).append(number)
    return numbers


def _bounded(variable: pyo.Var, column: Column) -> pyo.Var:
    """Set domain and bounds of one variable."""
    if column.whole:
        variable.domain = pyo.Integers
    if column.lower != -math.inf:
        variable.setlb(column.lower / column.lot)
    if column.upper != math.inf:
        variable.setub(column.upper / column.lot)
    return variable


def _relation(body: LinearExpression, lower: float, upper: float) -> RelationalExpression:
    """Limits on both sides, or on one, as Pyomo writes them."""
    if lower == upper:
        return EqualityExpression((body, upper))
    if lower == -math.inf:
        return InequalityExpression((body, upper), strict=False)
    if upper == math.inf:
        return InequalityExpression((lower, body), strict=False)
    return RangedExpression((lower, body, upper), strict=False)


def _sets(model: pyo.ConcreteModel, network: Network, grid: Grid) -> None:
    """The Sets that families are indexed by."""
    bills = sorted({p.bill for p in network.payments})
    members = {
        "periods": (list(grid.periods), "periods of the grid, from 0"),
        "phases": ([p.name for p in grid.phases], "phases of the plan"),
        "stocks": ([s.id for s in network.stocks], "stocks: money, people, numbers, capital, indices"),
        "capacities": ([c.id for c in network.capacities], "capacities: officers, places, beds"),
        "activities": ([a.id for a in network.activities], "activities: what is done at a rate"),
        "switches": ([e.id for e in network.switches], "switches: reforms, openings, partners' decisions"),
        "accounts": (sorted({p.account for p in network.payments}), "stocks of money that pay bills"),
        "bills": (bills, "whatever is paid for: activities, switches, stocks with a holding cost"),
        "rules": ([r.id for r in network.rules], "rules: linear limits over a selection"),
        "outcomes": ([o.id for o in network.outcomes], "outcomes: what is scored"),
    }
    for name, (ids, doc) in members.items():
        model.add_component(name, pyo.Set(initialize=ids, doc=doc))
