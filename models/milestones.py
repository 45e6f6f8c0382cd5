r"""Milestones: switches that wait for a stock to reach a level (part of family K8)."""

from __future__ import annotations

import math

from pyomo.core import ConcreteModel, Constraint

from models.builder import Builder, keyed, one_each, stated
from models.ledgers import Ledgers
from models.linear import Form, Limits
from models.switches import Switches


class Milestones:
    """What stocks must have reached before switches are taken."""

    def __init__(self, builder: Builder, switches: Switches, ledgers: Ledgers) -> None:
        """Keep whom it concerns."""
        self.builder, self.switches, self.ledgers = builder, switches, ledgers
        every = ((e.id, condition) for e in builder.network.switches for condition in e.conditions)
        self.conditions = one_each(((switch, condition.ledger), condition) for switch, condition in every)

    def constrain(self, model: ConcreteModel) -> None:
        """Add a row for each condition and date on which its switch may be taken."""
        model.milestone_dates = keyed(
            "switch, stock, period",
            [(e, stock, u) for e, stock in self.conditions for u in sorted(self.switches.starts[str(e)])],
        )
        model.milestone = Constraint(
            model.milestone_dates,
            rule=self._milestone,
            doc="K8: what the stock holds >= target * taken by now [unit of the stock]",
        )
        self.builder.rows(model.milestone, cell=lambda _, key: self.conditions[str(key[0]), str(key[1])].origin)

    @stated
    def _milestone(self, switch: str, stock: str, u: int) -> Limits:
        r"""K8: :math:`z_{\ell,u-1} \ge target\; w_{e,u}`; as the first period begins, the opening counts.

        A stock that falls by nothing but its natural loss at rate :math:`\delta` (a year) still holds a known share of
        the target after an earlier start, so earlier starts count too:
        :math:`z_{\ell,u-1} \ge target \sum_{v \le u} e^{-\delta (s_u - s_v)/365} w_{e,v}`. The same plans satisfy
        both; the second keeps the relaxation from starting a tenth of a reform on each of ten dates for a tenth of the
        effort.
        """
        starts, grid = self.switches.starts[switch], self.builder.grid
        taken, rate = starts[u].times(1.0), self.ledgers.only_loss(stock)
        for v in sorted(starts) if rate is not None else ():
            if v < u:
                taken.add(starts[v], math.exp(-(rate or 0.0) * (grid.start(u) - grid.start(v)) / 365.0))
        opening = Form(constant=self.ledgers.stocks[stock].opening)
        reached = opening if u == 0 else self.ledgers.at_end(stock, u - 1)
        return reached >= self.conditions[switch, stock].at_least * taken
