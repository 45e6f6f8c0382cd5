"""What a case measures, as named Expressions of its Pyomo model, with the scale factors of rows and everything's cell.

They are laid down where a model is handed to somebody, not for every search: they cost as much as the model itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import pyomo.core as pyo

from models.linear import Form, Key, LinearModel

if TYPE_CHECKING:
    from models.build import Nouns

Entries = Iterable[tuple[Key, Form]]


def dress(nouns: Nouns, read: LinearModel) -> None:
    """Add measures as Expressions, row scale factors to the Suffix, and a Suffix `origin` with the cells."""
    model, laid = nouns.model, nouns.builder.laid
    for name, (doc, entries) in _measures(nouns).items():
        found = {key: laid.expression(form, form.constant) for key, form in entries()}
        model.add_component(name, pyo.Expression(list(found), initialize=found, doc=doc))
    model.origin = pyo.Suffix(direction=pyo.Suffix.LOCAL)
    for constraint, row in zip(laid.constraints, read.rows, strict=True):
        if row.scale != 1.0:
            model.scaling_factor[constraint] = 1.0 / row.scale
        if row.origin:
            model.origin[constraint] = row.origin
    for variable, column in zip(laid.variables, laid.columns, strict=True):
        if column.origin:
            model.origin[variable] = column.origin


def _measures(nouns: Nouns) -> dict[str, tuple[str, Callable[[], Entries]]]:
    """Name, meaning with unit, and entries of every family of Expressions."""
    acts, ledgers, payments = nouns.activities, nouns.ledgers, nouns.payments
    network, periods = nouns.builder.network, nouns.builder.grid.periods
    people = [s for s in network.stocks if s.tags.get("kind") == "people"]

    def stocks(of: Callable[[str, int], Form], chosen: Iterable[str]) -> Callable[[], Entries]:
        return lambda: (((name, t), of(name, t)) for name in chosen for t in periods)

    ids = [s.id for s in network.stocks]
    capacities = [c.id for c in network.capacities]
    switches = [e.id for e in network.switches]
    return {
        "done": ("level of an activity in a period [its unit]", acts.level.items),
        "effective": ("its level past the curve [its unit]", acts.effective.items),
        "spending": ("cost of a bill in a period [USD]", stocks(payments.cost, sorted(payments.pairs))),
        "people_in": ("people in a stock as a period ends [people]", stocks(ledgers.at_end, [s.id for s in people])),
        "held": ("what a stock holds as a period ends [its unit]", stocks(ledgers.at_end, ids)),
        "presence": ("unit-days in a stock in a period [unit-days]", stocks(ledgers.presence, ids)),
        "entered": ("what entered a stock in a period [its unit]", stocks(ledgers.entered, ids)),
        "available": ("what a capacity offers [unit-days]", stocks(ledgers.available, capacities)),
        "occupied": ("what is taken of a capacity [unit-days]", stocks(ledgers.occupied, capacities)),
        "in_force": ("days on which a switch is in force [days]", stocks(nouns.switches.in_force_days, switches)),
        "measured": ("left side of a rule [its unit]", nouns.rules.left.items),
    }
