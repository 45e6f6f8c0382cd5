"""The Pyomo model of a case in the making: Sets and variables first, then one `Constraint` over a Set a family.

Whoever knows Pyomo finds a case in it: `model.periods`, `model.stocks` and the like are Sets, every family of the
kernel is one `Var` or one `Constraint` with its equation and unit as `doc`. Variables are in persons, USD, days; the
standard Suffix `scaling_factor` says by what a solver should multiply them.

A noun's rules are written with forms (:class:`models.linear.Form`), which add up much faster than Pyomo's expressions
do; :func:`stated` makes of what such a rule says the relation that Pyomo gets.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias, TypeVar

import pyomo.core as pyo
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression
from pyomo.core.expr.relational_expr import (
    EqualityExpression,
    InequalityExpression,
    RangedExpression,
    RelationalExpression,
)

from models.grid import Grid
from models.linear import ZERO, ColumnSpec, Form, Key, Limits
from models.network import Network

POINTS, LATER = "points", "priority_{}"
"""Names of the first objective, which is active, and of those that come after it."""

Place: TypeAlias = Callable[[int, Key], tuple[Any, ...]]
"""Where a row stands among others, from the number of its family among those that are taken up, and its key."""
Cell: TypeAlias = Callable[[int, Key], str]
"""The cell that a row comes from, from the same."""
T = TypeVar("T")
H = TypeVar("H", bound=Hashable)
K = TypeVar("K", bound=Key)


class VariableSpec(ColumnSpec):
    """A variable to be made. `scale` of its unit are one of the solver's; integer ones count lots of `scale`."""

    __slots__ = ()

    @property
    def lot(self) -> float:
        """Natural units that one of the Pyomo variable stands for: one, unless it counts lots."""
        return self.scale if self.integer else 1.0


class ConstraintLabel(NamedTuple):
    """Name and cell of a constraint."""

    family: str
    key: Key
    origin: str


@dataclass
class Laid:
    """What a case put into its Pyomo model, in the order in which a solver gets it.

    `units` are the natural units that one of the solver's columns has of the Pyomo variable.
    """

    columns: list[VariableSpec] = field(default_factory=list)
    variables: list[pyo.Var] = field(default_factory=list)
    units: list[float] = field(default_factory=list)
    rows: list[ConstraintLabel] = field(default_factory=list)
    constraints: list[pyo.Constraint] = field(default_factory=list)
    objectives: list[pyo.Objective] = field(default_factory=list)

    def expression(self, form: Form, constant: float = 0.0) -> LinearExpression:
        """A form as a Pyomo expression in natural units, once the variables are made."""
        variables, units = self.variables, self.units
        terms = [
            MonomialTermExpression(
                (each if (each := value / (unit := units[c])) * unit == value else natural(value, unit), variables[c])
            )
            for c, value in form.terms.items()
        ]
        return LinearExpression([constant, *terms] if constant else terms)


class Variables(dict[K, Form]):
    """A family of variables, as forms by key: `name` in Pyomo, `family` in exported models, over a Set named `over`."""

    def __init__(self, columns: list[VariableSpec], name: str, over: str, index: str, doc: str, family: str) -> None:
        """Begin without any; `index` says what the parts of a key are."""
        super().__init__()
        self.columns, self.name, self.over, self.index, self.doc, self.family = columns, name, over, index, doc, family
        self.numbers: list[int] = []

    def add(
        self,
        key: K,
        lower: float = 0.0,
        upper: float = math.inf,
        *,
        integer: bool = False,
        scale: float = 1.0,
        origin: str = "",
    ) -> Form:
        """Add a variable with bounds in natural units, and return it as a form."""
        number = len(self.columns)
        self.columns.append(VariableSpec(self.family, key, lower, upper, integer, scale, origin))
        self.numbers.append(number)
        form = self[key] = Form({number: scale})
        return form


class Builder:
    """Makes the Pyomo model of a network on a grid: variables are declared, then made, then constraints are added."""

    def __init__(self, network: Network, grid: Grid) -> None:
        """Begin with nothing."""
        self.network, self.grid = network, grid
        self.laid = Laid()
        self.families: list[Variables[Any]] = []

    def variables(self, name: str, over: str, index: str, doc: str, family: str = "") -> Variables[Any]:
        """Declare a family of variables; `family` is its name in exported models, where it has another."""
        self.families.append(Variables(self.laid.columns, name, over, index, doc, family or name))
        return self.families[-1]

    def model(self) -> pyo.ConcreteModel:
        """Make the Pyomo model with its Sets, the variables declared by now, and their scale factors."""
        model = pyo.ConcreteModel(name="plan")
        _sets(model, self.network, self.grid)
        model.scaling_factor = pyo.Suffix(direction=pyo.Suffix.LOCAL)  # of one to export LP writers would warn
        laid = self.laid
        laid.units = [1.0 if c.integer else c.scale for c in laid.columns]
        laid.variables = [None] * len(laid.columns)
        for family in self.families:
            self._make(model, family)
        return model

    def _make(self, model: pyo.ConcreteModel, family: Variables[Any]) -> None:
        """One Var; a family's commonest scale factor stands for the family."""
        columns, variables = self.laid.columns, self.laid.variables
        if model.component(family.over) is None:
            model.add_component(family.over, keyed(family.index, family))
        block = pyo.Var(model.component(family.over), within=pyo.Reals, doc=family.doc)
        model.add_component(family.name, block)
        factors = Counter(columns[n].lot / columns[n].scale for n in family.numbers)
        common = max(factors, key=factors.__getitem__, default=1.0)
        if common != 1.0 or len(factors) > 1:
            model.scaling_factor[block] = common
        for variable, n in zip(block.values(), family.numbers, strict=True):
            variables[n] = _bounded(variable, columns[n])
            if len(factors) > 1 and (factor := columns[n].lot / columns[n].scale) != common:
                model.scaling_factor[variable] = factor

    def rows(self, *families: pyo.Constraint, cell: Cell, place: Place | None = None) -> None:
        """Take up constraints in the order in which a solver gets them, with the `cell` that each comes from.

        One family keeps the order of its Set. Several stand noun by noun, those of a noun family by family, unless
        `place` says otherwise.
        """
        place = place or (lambda rank, key: (key[0], rank))
        found = []
        for rank, family in enumerate(families):
            name = family.local_name
            for index, constraint in family.items():
                key = index if isinstance(index, tuple) else (index,)
                found.append((place(rank, key), ConstraintLabel(name, key, cell(rank, key)), constraint))
        if len(families) > 1:
            found.sort(key=itemgetter(0))
        self.laid.rows += [row for _, row, _ in found]
        self.laid.constraints += [constraint for *_, constraint in found]

    def relation(self, limits: Limits | None) -> Any:
        """Limits as Pyomo writes them, in natural units; those without any variable that hold are skipped."""
        if limits is None:
            return pyo.Constraint.Skip
        form, lower, upper = limits.form, limits.lower, limits.upper
        terms, constant = form.terms, form.constant
        if terms and min(map(abs, terms.values())) <= ZERO:
            columns = self.laid.columns
            form = Form({c: v for c, v in terms.items() if abs(v) > ZERO * min(1.0, columns[c].scale)}, constant)
        slack = 1e-9 * max(1.0, abs(constant))
        if not form.terms and lower - slack <= constant <= upper + slack:
            return pyo.Constraint.Skip
        return _relation(self.laid.expression(form), lower - constant, upper - constant)

    def objective(self, model: pyo.ConcreteModel, form: Form) -> None:
        """Add what is to be made most of: the first objective is active, later priorities are not."""
        level = len(self.laid.objectives)
        objective = pyo.Objective(
            expr=self.laid.expression(form, form.constant),
            sense=pyo.maximize,
            doc=f"K13: points of priority level {level + 1}, less the penalties of broken soft rules [points]",
        )
        model.add_component(LATER.format(level + 1) if level else POINTS, objective)
        if level:
            objective.deactivate()
        self.laid.objectives.append(objective)


def keyed(index: str, keys: Iterable[Any]) -> pyo.Set:
    """A Set of keys; `index` says what their parts are."""
    return pyo.Set(initialize=list(keys), dimen=index.count(",") + 1, doc=index)


def one_each(items: Iterable[tuple[H, T]]) -> dict[H, T]:
    """Items by keys of which each stands for one row. Raises RuntimeError where two have one key."""
    found: dict[H, T] = {}
    for key, item in items:
        if key in found:
            message = f"two rows have the key {key}"
            raise RuntimeError(message)
        found[key] = item
    return found


def stated(rule: Callable[..., Limits | None]) -> Callable[..., Any]:
    """Make a rule for a `Constraint` of a noun's method that says by key what limits forms have; None skips the key."""

    @wraps(rule)
    def relation(noun: Any, _model: pyo.Block, *key: str | int) -> Any:
        return noun.builder.relation(rule(noun, *key))

    return relation


def natural(value: float, scale: float) -> float:
    """Coefficient per natural unit of one per `scale` units, so that it comes back the same where it can."""
    each = value / scale
    if each * scale != value:
        for other in (math.nextafter(each, math.inf), math.nextafter(each, -math.inf)):
            if other * scale == value:
                return other
    return each


def _bounded(variable: pyo.Var, column: VariableSpec) -> pyo.Var:
    """Set domain and bounds of one variable."""
    if column.integer:
        variable.domain = (
            pyo.Binary if (column.lower, column.upper) == (0.0, column.lot) == (0.0, 1.0) else pyo.Integers
        )
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
    """The Sets of a case's nouns."""
    members = {
        "periods": (list(grid.periods), "periods of the grid, from 0"),
        "phases": ([p.name for p in grid.phases], "phases of the plan"),
        "stocks": ([s.id for s in network.stocks], "money, people, numbers, capital, indices"),
        "capacities": ([c.id for c in network.capacities], "officers, places, beds"),
        "activities": ([a.id for a in network.activities], "what is done at a rate"),
        "switches": ([e.id for e in network.switches], "reforms, openings, partners' decisions"),
        "accounts": (sorted({p.account for p in network.payments}), "stocks of money that pay bills"),
        "bills": (
            sorted({p.bill for p in network.payments}),
            "whatever is paid for: activities, switches, stocks with a holding cost",
        ),
        "rules": ([r.id for r in network.rules], "linear limits over a selection"),
        "outcomes": ([o.id for o in network.outcomes], "what is scored"),
    }
    for name, (ids, doc) in members.items():
        model.add_component(name, pyo.Set(initialize=ids, doc=doc))
