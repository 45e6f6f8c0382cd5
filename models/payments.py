r"""Payments: who pays what (family K10)."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from models.activities import Activities
from models.ledgers import Ledgers, Step
from models.linear import Form
from models.network import Payment
from models.switches import Switches

if TYPE_CHECKING:
    from models.builder import Builder


class Payments:
    """Costs of every bill and the payments of every account, over allowed pairs only."""

    def __init__(self, builder: Builder, activities: Activities, switches: Switches, ledgers: Ledgers) -> None:
        """Lay out one payment for each allowed pair and period in which both can occur."""
        self.builder, self.activities, self.switches, self.ledgers = builder, activities, switches, ledgers
        self.pairs: dict[str, list[Payment]] = defaultdict(list)
        self.payment: dict[tuple[str, str, int], Form] = {}
        self.by_account: dict[tuple[str, int], list[tuple[Payment, Form]]] = defaultdict(list)
        self.in_step: dict[tuple[str, int], Form] = {}
        self.costs: dict[tuple[str, int], Form] = {}
        for pair in builder.network.payments:
            self.pairs[pair.bill].append(pair)
        for bill, pairs in sorted(self.pairs.items()):
            for t in builder.grid.periods:
                if self.cost(bill, t).terms or self.cost(bill, t).constant:
                    for pair in pairs:
                        self._lay(pair, t)

    def _lay(self, pair: Payment, t: int) -> None:
        """Add the payment variable of one pair and period, if the account is open then."""
        if self.open_share(pair, t) <= 0.0:
            return
        scale = self.ledgers.stocks[pair.account].scale
        form = self.builder.variable(
            "payment", (pair.account, pair.bill, t), scale=scale, origin=self._origin(pair.account)
        )
        self.payment[pair.account, pair.bill, t] = form
        self.by_account[pair.account, t].append((pair, form))

    def _origin(self, account: str) -> str:
        """Cell of an account."""
        return self.ledgers.stocks[account].origin

    def open_share(self, pair: Payment, t: int) -> float:
        """Share of period t in which the account may pay."""
        begin, end = pair.window or (-math.inf, math.inf)
        grid = self.builder.grid
        return max(0.0, min(grid.end(t), end) - max(grid.start(t), begin)) / grid.days(t)

    def cost(self, bill: str, t: int) -> Form:
        r"""Cost of a bill in period t, USD: :math:`c_a x_{a,t} + F_a \Delta_t v_{a,t} + G_a g_{a,t}`.

        For switches the cost falls in the period of the decision, the running cost on the days in force; a stock's
        holding cost on its unit-days.
        """
        if (bill, t) not in self.costs:
            self.costs[bill, t] = self._cost(bill, t)
        return self.costs[bill, t]

    def _cost(self, bill: str, t: int) -> Form:
        activities, form = self.activities, Form()
        if bill in activities.by_id:
            activity = activities.by_id[bill]
            if (bill, t) in activities.level:
                form.add(activities.level[bill, t], activity.cost)
                begin, end = activities.spans[bill][t]
                if activity.running is not None and (bill, t) in activities.running:
                    form.add(activities.running[bill, t], activity.running.cost_per_day * (end - begin))
                if activity.running is not None and (bill, t) in activities.started:
                    form.add(activities.started[bill, t], activity.running.start_cost)
        elif bill in self.switches.by_id:
            switch = self.switches.by_id[bill]
            if t in self.switches.starts[bill]:
                form.add(self.switches.starts[bill][t], switch.cost)
            form.add(self.switches.in_force_days(bill, t), switch.running_cost)
        else:
            form.add(self.ledgers.presence(bill, t), self.ledgers.stocks[bill].holding_cost)
        return form

    def open_steps(self, account: str, t: int) -> list[tuple[Step, float]]:
        """Steps of period t in which an account may pay, with the share of the period's days that each has."""
        begin, end = self.by_account[account, t][0][0].window or (-math.inf, math.inf)
        found = []
        for step in self.ledgers.steps[account]:
            overlap = min(step.end, end) - max(step.start, begin)
            if step.period == t and overlap > 1e-9:
                found.append((step, overlap / self.builder.grid.days(t)))
        return found

    def paid(self) -> dict[tuple[str, int], Form]:
        """What each account pays in each of its steps, laid out where a period has several."""
        result: dict[tuple[str, int], Form] = defaultdict(Form)
        for (account, t), entries in self.by_account.items():
            steps = self.open_steps(account, t)
            for step, _ in steps:
                if len(steps) > 1:
                    key, scale = (account, step.number), self.ledgers.stocks[account].scale
                    self.in_step[key] = self.builder.variable("paid", key, scale=scale, origin=self._origin(account))
                    result[key].add(self.in_step[key])
                else:
                    for _, form in entries:
                        result[account, step.number].add(form)
        return result

    def constrain(self) -> None:
        r"""K10: :math:`\sum_{f:(f,a)\in\mathcal P} p_{f,a,t} = cost_{a,t}`: every bill is paid in full."""
        for bill, pairs in sorted(self.pairs.items()):
            origin = self._bill_origin(bill)
            for t in self.builder.grid.periods:
                cost = self.cost(bill, t)
                payers = [self.payment[p.account, bill, t] for p in pairs if (p.account, bill, t) in self.payment]
                if not cost.terms and not cost.constant and not payers:
                    continue
                row = cost.times(-1.0)
                for form in payers:
                    row.add(form)
                self.builder.constraint("bill", (bill, t), row, 0.0, 0.0, origin=origin)
        for account, t in sorted(self.by_account):
            self._share_out(account, t)

    def _share_out(self, account: str, t: int) -> None:
        r"""K10: what an account pays in the steps of a period that money's lapsing or opening cuts.

        Costs fall evenly over a period. In a step that has a share :math:`\sigma_{f,j}` of its days the account pays at
        most that share of what it may pay for, :math:`p_{f,j} \le \sigma_{f,j} \sum_a cost_{a,t}`, and its steps add
        up to its payments, :math:`\sum_{j \in t} p_{f,j} = \sum_a p_{f,a,t}`. So money that lapses inside a period
        pays what falls before that day; what comes after is paid by what there is then, or by others.
        """
        steps, entries, origin = self.open_steps(account, t), self.by_account[account, t], self._origin(account)
        if len(steps) == 1 and steps[0][1] >= 1.0 - 1e-9:
            return
        costs = Form()
        for pair, _ in entries:
            costs.add(self.cost(pair.bill, t))
        if len(steps) > 1:
            total = Form()
            for _, form in entries:
                total.add(form, -1.0)
            for step, _ in steps:
                total.add(self.in_step[account, step.number])
            self.builder.constraint("paid", (account, t), total, 0.0, 0.0, origin=origin)
        for step, share in steps:
            if len(steps) > 1:
                row = self.in_step[account, step.number].times(1.0).add(costs, -share)
                self.builder.constraint("step_share", (account, step.number, t), row, upper=0.0, origin=origin)
                continue
            row = Form()
            for _, form in entries:
                row.add(form)
            self.builder.constraint("open_share", (account, t), row.add(costs, -share), upper=0.0, origin=origin)

    def _bill_origin(self, bill: str) -> str:
        """Cell of the bill."""
        for table in (self.activities.by_id, self.switches.by_id, self.ledgers.stocks):
            if bill in table:
                return str(table[bill].origin)
        return ""
