r"""Payments: who pays what (family K10)."""

from __future__ import annotations

import math
from collections import defaultdict

from pyomo.core import ConcreteModel, Constraint

from models.activities import Activities
from models.builder import Builder, Variables, keyed, stated
from models.ledgers import Ledgers, Step
from models.linear import Form, Limits, total
from models.network import Payment
from models.switches import Switches


class Payments:
    """Costs of every bill and the payments of every account, over allowed pairs only."""

    def __init__(self, builder: Builder, activities: Activities, switches: Switches, ledgers: Ledgers) -> None:
        """Lay out one payment for each allowed pair and period in which both can occur."""
        self.builder, self.activities, self.switches, self.ledgers = builder, activities, switches, ledgers
        self.pairs: dict[str, list[Payment]] = defaultdict(list)
        self.payment: Variables[tuple[str, str, int]] = builder.variables(
            "payment", "payable", "account, bill, period", "p: what an account pays of a bill [USD]"
        )
        self.by_account: dict[tuple[str, int], list[tuple[Payment, Form]]] = defaultdict(list)
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
        account = self.ledgers.stocks[pair.account]
        form = self.payment.add((pair.account, pair.bill, t), scale=account.scale, origin=account.origin)
        self.by_account[pair.account, t].append((pair, form))

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

    def lay_steps(self) -> None:
        """Lay out what accounts pay in each step of a period that has several."""
        self.in_step: Variables[tuple[str, int]] = self.builder.variables(
            "paid_in_step", "paying_steps", "account, step",
            "what an account pays between two edges of its money [USD]", family="paid",
        )  # fmt: skip
        self.open = {key: self.open_steps(*key) for key in self.by_account}
        for (account, _), steps in self.open.items():
            stock = self.ledgers.stocks[account]
            for step, _ in steps if len(steps) > 1 else ():
                self.in_step.add((account, step.number), scale=stock.scale, origin=stock.origin)

    def paid(self) -> dict[tuple[str, int], Form]:
        """What each account pays in each of its steps."""
        return {
            (account, step.number): self.in_step[account, step.number]
            if len(steps) > 1
            else self.total_paid(account, t)
            for (account, t), steps in self.open.items()
            for step, _ in steps
        }

    def total_paid(self, account: str, t: int) -> Form:
        """What an account pays in a period."""
        return total(form for _, form in self.by_account[account, t])

    def constrain(self, model: ConcreteModel) -> None:
        r"""Add that bills are paid in full, and what an account pays in the steps of a period.

        Costs fall evenly over a period. In a step that has a share :math:`\sigma_{f,j}` of its days the account pays at
        most that share of what it may pay for. So money that lapses inside a period pays what falls before that day;
        what comes after is paid by what there is then, or by others.
        """
        dates = sorted(self.by_account)
        self.billed = {key: total(self.cost(pair.bill, key[1]) for pair, _ in self.by_account[key]) for key in dates}
        cut = [key for key in dates if len(self.open[key]) > 1]
        partly = [key for key in dates if len(self.open[key]) == 1 and self.open[key][0][1] < 1.0 - 1e-9]
        model.bill_periods = keyed("bill, period", [(bill, t) for bill in sorted(self.pairs) for t in model.periods])
        model.bill = Constraint(model.bill_periods, rule=self._bill, doc="K10: sum of payments = cost [USD]")
        model.cut_periods = keyed("account, period", cut)
        model.paid = Constraint(
            model.cut_periods, rule=self._paid, doc="K10: sum over the steps of a period = sum of its payments [USD]"
        )
        model.shared_steps = keyed(
            "account, step, period",
            [(account, step.number, t) for account, t in cut for step, _ in self.open[account, t]],
        )
        model.step_share = Constraint(
            model.shared_steps, rule=self._step_share, doc="K10: paid in a step <= its share of the days * costs [USD]"
        )
        model.partly_open_periods = keyed("account, period", partly)
        model.open_share = Constraint(
            model.partly_open_periods,
            rule=self._open_share,
            doc="K10: payments <= share of the days on which it is open * costs [USD]",
        )
        self.builder.rows(model.bill, cell=lambda _, key: self._bill_origin(str(key[0])))
        self.builder.rows(
            model.paid, model.step_share, model.open_share,
            cell=lambda _, key: self.ledgers.stocks[str(key[0])].origin,
            place=lambda rank, key: (key[0], key[-1], rank),
        )  # fmt: skip

    @stated
    def _bill(self, bill: str, t: int) -> Limits | None:
        r"""K10: :math:`\sum_{f:(f,a)\in\mathcal P} p_{f,a,t} = cost_{a,t}`: every bill is paid in full."""
        cost, keys = self.cost(bill, t), [(pair.account, bill, t) for pair in self.pairs[bill]]
        payers = [self.payment[key] for key in keys if key in self.payment]
        if not cost.terms and not cost.constant and not payers:
            return None
        return -cost + total(payers) == 0.0

    @stated
    def _paid(self, account: str, t: int) -> Limits:
        r"""K10: the steps of a period add up to its payments, :math:`\sum_{j \in t} p_{f,j} = \sum_a p_{f,a,t}`."""
        in_steps = total(self.in_step[account, step.number] for step, _ in self.open[account, t])
        return -self.total_paid(account, t) + in_steps == 0.0

    @stated
    def _step_share(self, account: str, number: int, t: int) -> Limits:
        r"""K10: a step pays its share of the period's costs, :math:`p_{f,j} \le \sigma_{f,j} \sum_a cost_{a,t}`."""
        share = next(share for step, share in self.open[account, t] if step.number == number)
        return self.in_step[account, number] <= share * self.billed[account, t]

    @stated
    def _open_share(self, account: str, t: int) -> Limits:
        r"""K10: so does a period with one open step, :math:`\sum_a p_{f,a,t} \le \sigma_{f,t} \sum_a cost_{a,t}`."""
        return self.total_paid(account, t) <= self.open[account, t][0][1] * self.billed[account, t]

    def _bill_origin(self, bill: str) -> str:
        """Cell of the bill."""
        for table in (self.activities.by_id, self.switches.by_id, self.ledgers.stocks):
            if bill in table:
                return str(table[bill].origin)
        return ""
