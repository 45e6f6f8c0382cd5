"""From a network and a grid to a Pyomo model, in reading order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import conditioning
from models.activities import Activities
from models.conditioning import Struck
from models.grid import Grid
from models.ledgers import Ledgers
from models.linear import Form, Frame, Key
from models.network import Condition, Network
from models.outcomes import Outcomes
from models.payments import Payments
from models.rules import Measures, Rules
from models.switches import Switches

if TYPE_CHECKING:
    import pyomo.core as pyo


@dataclass(frozen=True)
class Built:
    """A model with the nouns that it was built from; `variables` and `constraints` follow the frame's order.

    `struck` is what conditioning took out because no plan can feel it.
    """

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
    struck: Struck


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
    levels = range(max(1, len(network.priorities)))
    struck = conditioning.condition(frame, [outcomes.objective(level) for level in levels])
    from models.pyomo_model import realise  # noqa: PLC0415 - Pyomo is loaded where a model is built, not where one is read

    model, variables, constraints = realise(frame, outcomes.objective(0))
    return Built(
        model, variables, constraints, frame, activities, switches, ledgers, payments, measures, rules, outcomes, struck
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
