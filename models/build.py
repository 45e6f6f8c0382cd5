"""From a network and a grid to a Pyomo model, in reading order."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from models import conditioning
from models.activities import Activities
from models.conditioning import Struck
from models.errors import ExtensionError, UnreadableModelError
from models.grid import Grid
from models.ledgers import Ledgers
from models.linear import Form, Key, LinearModel
from models.network import Condition, Network
from models.outcomes import Outcomes
from models.payments import Payments
from models.rules import Measures, Rules
from models.switches import Switches

Extend: TypeAlias = Callable[..., object]
"""A function that changes the Pyomo model that it is given, and returns nothing."""

if TYPE_CHECKING:
    import pyomo.core as pyo

    from models.builder import Builder, Laid
    from models.extension import Extended


@dataclass(frozen=True)
class Built:
    """A case's Pyomo model, the nouns that it was built from, and what was read out of it for a solver.

    `frame` has the columns and rows as the solver gets them: read from `model`, scaled, conditioned. `struck` is what
    conditioning took out because no plan can feel it, `extended` what somebody did to the model, if anybody did.
    """

    model: pyo.ConcreteModel
    laid: Laid
    frame: LinearModel
    activities: Activities
    switches: Switches
    ledgers: Ledgers
    payments: Payments
    measures: Measures
    rules: Rules
    outcomes: Outcomes
    struck: Struck
    extended: Extended | None = None


@dataclass(frozen=True)
class Nouns:
    """A case's nouns once they are laid down, in reading order."""

    builder: Builder
    activities: Activities
    switches: Switches
    ledgers: Ledgers
    payments: Payments
    measures: Measures
    rules: Rules
    outcomes: Outcomes


def build(network: Network, grid: Grid, extend: Extend | None = None) -> Built:
    """Lay out decisions and constraint families of a case on a grid as a Pyomo model, and read it for a solver.

    `extend` may change the Pyomo model before it is read.

    Raises:
        ValueError: a switchable or start-cost activity has no largest pace.
        ExtensionError: what `extend` did cannot be used.
    """
    from models import reader  # noqa: PLC0415 - Pyomo is loaded where a model is built, not where one is read

    nouns = lay_down(network, grid)
    model, laid = nouns.outcomes.model(), nouns.builder.laid
    frame = reader.read(model, laid, network, grid)
    extended = None
    if extend is not None:
        from models.expressions import dress  # noqa: PLC0415 - as above
        from models.extension import carry_out, compared, name_of_function  # noqa: PLC0415 - as above

        dress(model, laid, nouns, frame)
        carry_out(extend, model, laid)
        before, name = frame, name_of_function(extend)
        try:
            with reader.quietly():
                reader.refuse_unreadable(model)
                frame = reader.read(model, laid, network, grid)
        except UnreadableModelError as error:
            message = f"The extension {name} cannot be used. {error}"
            raise ExtensionError(message) from error
        extended = compared(name, before, frame, laid)
    nouns.outcomes.objectives = frame.objectives
    struck = conditioning.condition(frame, frame.objectives)
    return Built(
        model, laid, frame, nouns.activities, nouns.switches, nouns.ledgers, nouns.payments, nouns.measures,
        nouns.rules, nouns.outcomes, struck, extended,
    )  # fmt: skip


def handed_over(network: Network, grid: Grid) -> pyo.ConcreteModel:
    """The Pyomo model of a case for somebody to read, solve or change, with measures as named Expressions."""
    from models import reader  # noqa: PLC0415 - as in build
    from models.expressions import dress  # noqa: PLC0415 - as in build

    nouns = lay_down(network, grid)
    model = nouns.outcomes.model()
    dress(model, nouns.builder.laid, nouns, reader.read(model, nouns.builder.laid, network, grid))
    return model


def lay_down(network: Network, grid: Grid) -> Nouns:
    """Every noun of a network on a grid, with all its variables and constraints."""
    from models.builder import Builder  # noqa: PLC0415 - as in build

    builder = Builder(network, grid)
    activities = Activities(builder)
    switches = Switches(builder)
    ledgers = Ledgers(builder, activities, switches)
    activities.constrain()
    switches.constrain(activities)
    payments = Payments(builder, activities, switches, ledgers)
    ledgers.constrain(payments.paid())
    payments.constrain()
    _conditions(builder, switches, ledgers)
    measures = Measures(builder, activities, switches, ledgers, payments)
    rules = Rules(builder, measures)
    rules.constrain()
    outcomes = Outcomes(builder, measures, rules)
    outcomes.constrain()
    return Nouns(builder, activities, switches, ledgers, payments, measures, rules, outcomes)


def _conditions(builder: Builder, switches: Switches, ledgers: Ledgers) -> None:
    r"""K8, milestones: :math:`z_{\ell,u-1} \ge target\; w_{e,u}`: a switch waits for a stock to reach a level.

    A stock that falls by nothing but its natural loss at rate :math:`\delta` (a year) still holds a known share of the
    target after an earlier start, so earlier starts count too:
    :math:`z_{\ell,u-1} \ge target \sum_{v \le u} e^{-\delta (s_u - s_v)/365} w_{e,v}`. The same plans satisfy both; the
    second keeps the relaxation from starting a tenth of a reform on each of ten dates for a tenth of the effort.
    """
    for switch in builder.network.switches:
        starts = sorted(switches.starts[switch.id].items())
        for condition in switch.conditions:
            rate = ledgers.only_loss(condition.ledger)
            for at, (u, taken) in enumerate(starts):
                so_far = taken.times(1.0)
                for v, earlier in starts[:at] if rate is not None else []:
                    days = builder.grid.start(u) - builder.grid.start(v)
                    so_far.add(earlier, math.exp(-(rate or 0.0) * days / 365.0))
                _condition(builder, ledgers, condition, (switch.id, condition.ledger, u), so_far, u)


def _condition(builder: Builder, ledgers: Ledgers, condition: Condition, key: Key, taken: Form, u: int) -> None:
    r"""One milestone row: :math:`z_{\ell,u-1} \ge target` if taken; as the first period begins, the opening counts."""
    stock = ledgers.stocks[condition.ledger]
    reached = Form(constant=stock.opening) if u == 0 else ledgers.at_end(condition.ledger, u - 1)
    row = reached.times(1.0).add(taken, -condition.at_least)
    builder.constraint("milestone", key, row, 0.0, origin=condition.origin)
