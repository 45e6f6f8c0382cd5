"""What everything costs and who pays it: bills, allowed pairs, availability, match, transfers (K10)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.sheets import Appropriations, Transfers
from planner.verify.balances import Ledger
from planner.verify.inputs import MONEY
from planner.verify.report import Array, Opener


class Costs:
    """Cost of every bill by period, USD."""

    def __init__(self, ledger: Ledger) -> None:
        """Price activities, switches and stays."""
        self.ledger, self.replay, self.inputs = ledger, ledger.replay, ledger.inputs
        self.cost: dict[str, Array] = {bill: self._cost(bill) for bill in self.inputs.bills}

    def _cost(self, bill: str) -> Array:
        """Unit, running and start-up cost; cost of a decision and of its days in force; holding cost."""
        replay, inputs = self.replay, self.inputs
        if bill in inputs.activities:
            activity = inputs.activities[bill]
            cost = activity.unit_cost * replay.levels(bill)
            if activity.runs:
                cost = cost + activity.running_cost * replay.active_days(activity) * replay.running(activity)
                cost = cost + activity.start_cost * replay.started(activity)
            return cost
        if bill in inputs.switches:
            switch = inputs.switches[bill]
            cost = switch.running_cost * replay.in_force(bill)
            taken = replay.taken.get(bill)
            if taken is not None and not switch.already:
                cost[taken] += switch.cost
            return cost
        return inputs.stocks[bill].holding_cost * self.ledger.presence(bill)

    def payment(self, account: str, bill: str) -> Array:
        """What an account pays for a bill."""
        return self.replay.payments.get((account, bill), np.zeros(self.replay.periods))


def grid_of(table: pd.DataFrame, key: str, value: str, periods: int) -> dict[str, Array]:
    """Column of a table as one row of numbers a subject."""
    found: dict[str, Array] = {}
    for name, period, amount in zip(table[key], table["period"], table[value], strict=True):
        found.setdefault(str(name), np.zeros(periods))[int(period)] += float(amount)
    return found


def check_bills(costs: Costs, opener: Opener) -> None:
    """Table bills against what levels, decisions and stays cost."""
    book = opener("bills", "Bills: what everything costs")
    claimed = grid_of(costs.replay.tables["bills"], "bill", "cost", costs.replay.periods)
    nothing = np.zeros(costs.replay.periods)
    for bill, cost in costs.cost.items():
        book.equal(bill, "its cost", claimed.get(bill, nothing), cost, max(MONEY, float(np.abs(cost).max())))
    for bill in claimed.keys() - costs.cost.keys():
        book.fail(bill, "nothing in the workbook has this bill")


def check_paid(costs: Costs, opener: Opener) -> None:
    """Every bill is paid in full, and no more than in full."""
    book = opener("payments", "Payments: every bill paid in full")
    nothing = np.zeros(costs.replay.periods)
    for bill, cost in costs.cost.items():
        paid = costs.replay.paid_for.get(bill, nothing)
        book.equal(bill, "what is paid for it", paid, cost, max(MONEY, float(np.abs(cost).max())))
    for bill in costs.replay.paid_for.keys() - costs.cost.keys():
        book.fail(
            bill, "it is paid, but nothing in the workbook costs that", claimed=float(costs.replay.paid_for[bill].sum())
        )


def check_payers(costs: Costs, opener: Opener) -> None:
    """Only accounts that may pay do pay: purpose, place, actor, days available; nothing negative."""
    book = opener("allowed payments", "Payments only by accounts that may: purpose, place, actor, availability")
    replay = costs.replay
    for (account, bill), amounts in sorted(replay.stated_payments.items()):
        holder = costs.inputs.accounts.get(account)
        scale = max(MONEY, float(np.abs(amounts).max()))
        if holder is None:
            book.fail(account, f"it pays '{bill}', but the workbook has no such account", claimed=float(amounts.sum()))
            continue
        if bill not in holder.bills:
            if np.abs(amounts).max() > 1e-6 * MONEY:
                book.fail(
                    account,
                    f"it pays '{bill}', which its purposes, places and actors do not allow",
                    claimed=float(amounts.sum()),
                )
            continue
        begin, end = replay.calendar.active(holder.window)
        open_days = end - begin
        book.at_least(account, f"what it pays for '{bill}'", amounts, np.zeros(len(amounts)), scale)
        closed = np.where(open_days > 0.0, 0.0, amounts)
        book.at_most(
            account, f"what it pays for '{bill}' while it is not available", closed, np.zeros(len(amounts)), scale
        )
    for account, holder in costs.inputs.accounts.items():
        begin, end = replay.calendar.active(holder.window)
        share = (end - begin) / replay.calendar.days
        payable = sum((costs.cost[bill] for bill in holder.bills), start=np.zeros(replay.periods))
        paid = replay.paid_by.get(account, np.zeros(replay.periods))
        partly = (share > 0.0) & (share < 1.0 - 1e-9)
        limit = np.where(partly, share * payable, np.inf)
        book.at_most(
            account,
            "what it pays in a period in which it is open for a part only",
            paid,
            limit,
            max(MONEY, float(paid.max())),
        )


def check_steps(costs: Costs, opener: Opener) -> None:
    """Money that lapses inside a period pays no more than what falls before that day, and all steps add up."""
    book = opener("payments before money lapses", "Payments before and after money lapses inside a period")
    replay = costs.replay
    for account, holder in costs.inputs.accounts.items():
        stock = costs.inputs.stocks[account]
        several = replay.several(stock, holder.window)
        if not several.any():
            continue
        steps, of = replay.steps(stock), replay.steps(stock).period.astype(int)
        stated = costs.ledger.balances[account].paid * several
        due = replay.paid_by.get(account, np.zeros(replay.periods))
        due = np.where(steps.by_period(several, replay.periods) > 0.0, due, 0.0)
        payable = sum((costs.cost[bill] for bill in holder.bills), start=np.zeros(replay.periods))
        days = np.minimum(steps.edges[1:], holder.window[1]) - np.maximum(steps.edges[:-1], holder.window[0])
        share = np.maximum(0.0, days) / replay.calendar.days[of]
        scale = max(MONEY, float(np.abs(due).max()))
        book.equal(
            account, "what it pays in the steps of a period", steps.by_period(stated, replay.periods), due, scale
        )
        labels = [replay.calendar.names[t] for t in of]
        book.at_least(account, "what it pays in a step", stated, np.zeros(len(steps)), scale, labels=labels)
        limit = np.where(several > 0.0, share * payable[of], np.inf)
        book.at_most(account, "what it pays before or after its money lapses", stated, limit, scale, labels=labels)


def match_sides(costs: Costs, account: str) -> tuple[Array, Array]:
    """What an account has paid, and what its match is held against, by period's end, USD."""
    holder = costs.inputs.accounts[account]
    own = sum((costs.payment(account, bill) for bill in sorted(holder.bills)), start=np.zeros(costs.replay.periods))
    basis = np.zeros(costs.replay.periods)
    for other in holder.match_basis:
        for bill in holder.bills:
            basis = basis + costs.payment(other, bill)
    return np.asarray(np.cumsum(own)), np.asarray(np.cumsum(basis))


def match_margin(costs: Costs, account: str) -> Array:
    """What an account has paid less what its match allows, by period's end, USD."""
    own, basis = match_sides(costs, account)
    return own - (costs.inputs.accounts[account].match_ratio or 0.0) * basis


def transfer_limit(costs: Costs, row: Transfers) -> float:
    """Most that may be passed on over the plan, USD."""
    given = (a.amount for a in costs.inputs.case.of(Appropriations) if a.account == row.sender and not a.needs)
    return row.limit_share * sum(given) * MONEY


def check_matches(costs: Costs, opener: Opener) -> None:
    """Donors stay within their match; transfers within their share of the appropriations."""
    book = opener("match and transfers", "Match of donors and limits of transfers")
    replay = costs.replay
    for account, holder in costs.inputs.accounts.items():
        if holder.match_ratio is not None:
            margin = match_margin(costs, account)
            scale = max(MONEY, float(np.cumsum(replay.paid_by.get(account, np.zeros(replay.periods)))[-1]))
            book.at_most(account, "what it has paid beyond its match", margin, np.zeros(len(margin)), scale)
    for row in costs.inputs.case.of(Transfers):
        moved = float(replay.levels(f"transfer:{row.id}").sum())
        limit = transfer_limit(costs, row)
        book.at_most(f"transfer:{row.id}", "what is passed on", np.array([moved]), np.array([limit]), max(MONEY, limit))
