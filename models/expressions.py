"""What a case measures, as named Expressions of its Pyomo model, with what else somebody who reads it wants to know.

They are laid down where a model is handed to somebody, not for every search: they cost as much as the model itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.builder import keyed
from models.linear import Form, LinearModel

if TYPE_CHECKING:
    from models.build import Nouns


def dress(nouns: Nouns, read: LinearModel) -> None:
    """Add measures as Expressions, dates as Params, row scale factors, and a Suffix `origin` with everything's cell."""
    model, laid = nouns.model, nouns.builder.laid
    _dates(nouns)
    for name, (doc, index, keys, form_of) in _measures(nouns).items():
        forms = {key: form_of(*key) for key in keys}
        found = {key: laid.expression(form, form.constant) for key, form in forms.items()}
        over = f"{index.replace(', ', '_')}s"
        if model.component(over) is None:
            model.add_component(over, keyed(index, found))
        model.add_component(name, pyo.Expression(model.component(over), initialize=found, doc=doc))
    model.origin = pyo.Suffix(direction=pyo.Suffix.LOCAL, datatype=None)
    for constraint, row in zip(laid.constraints, read.rows, strict=True):
        if row.scale != 1.0:
            model.scaling_factor[constraint] = 1.0 / row.scale
        if row.origin:
            model.origin[constraint] = row.origin
    for variable, column in zip(laid.variables, laid.columns, strict=True):
        if column.origin:
            model.origin[variable] = column.origin


def _dates(nouns: Nouns) -> None:
    """When periods and steps are."""
    model, grid, steps = nouns.model, nouns.builder.grid, nouns.ledgers.steps
    begins = {t: grid.date(grid.start(t)).isoformat() for t in grid.periods}
    holds = {(stock, step.number): step.period for stock, found in steps.items() for step in found}
    texts, numbers = {"within": pyo.Any}, {"within": pyo.NonNegativeReals}
    model.period_name = pyo.Param(
        model.periods, initialize=dict(enumerate(grid.names)), doc="name of a period in a plan", **texts
    )
    model.begins = pyo.Param(model.periods, initialize=begins, doc="first day of a period", **texts)
    model.days = pyo.Param(
        model.periods, initialize={t: grid.days(t) for t in grid.periods}, doc="length of a period [days]", **numbers
    )
    model.period_of = pyo.Param(model.steps, initialize=holds, doc="period that holds a step of a stock", **numbers)


def _measures(nouns: Nouns) -> dict[str, tuple[str, str, Iterable[Any], Callable[..., Form]]]:
    """Name, meaning with unit, parts of the key, keys and form of every family of Expressions."""
    acts, ledgers, payments, rules = nouns.activities, nouns.ledgers, nouns.payments, nouns.rules
    periods = nouns.builder.grid.periods
    bills = list(product(sorted(payments.pairs), periods))
    stocks = list(product(ledgers.stocks, periods))
    people = [key for key in stocks if ledgers.stocks[key[0]].tags.get("kind") == "people"]
    capacities = list(product(ledgers.capacities, periods))
    switches = product(nouns.switches.by_id, periods)
    return {
        "done": ("level of an activity in a period [its unit]", "activity, period", acts.level, form_in(acts.level)),
        "effective": ("its level past the curve [its unit]", "activity, period", acts.level, form_in(acts.effective)),
        "spending": ("cost of a bill in a period [USD]", "bill, period", bills, payments.cost),
        "people_in": ("people in a stock as a period ends [people]", "people, period", people, ledgers.at_end),
        "held": ("what a stock holds as a period ends [its unit]", "stock, period", stocks, ledgers.at_end),
        "presence": ("unit-days in a stock in a period [unit-days]", "stock, period", stocks, ledgers.presence),
        "entered": ("what entered a stock in a period [its unit]", "stock, period", stocks, ledgers.entered),
        "available": ("what a capacity offers [unit-days]", "capacity, period", capacities, ledgers.available),
        "occupied": ("what is taken of a capacity [unit-days]", "capacity, period", capacities, ledgers.occupied),
        "in_force": (
            "days on which a switch is in force [days]", "switch, period", switches, nouns.switches.in_force_days
        ),
        "measured": ("left side of a rule [its unit]", "rule, scope", rules.left, form_in(rules.left)),
    }  # fmt: skip


def form_in(forms: dict[tuple[str, Any], Form]) -> Callable[..., Form]:
    """The form of a key in a table."""
    return lambda *key: forms[key]
