"""What everything costs and who pays it: bills, allowed pairs, availability, match, transfers (K10)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.sheets import Funding, Transfers
from planner.verify.balances import Ledger
from planner.verify.inputs import MONEY
from planner.verify.integrals import Delay, arrived
from planner.verify.report import Array, CheckLog, Opener


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


def transfer_limits(costs: Costs, row: Transfers) -> list[tuple[str, float, float]]:
    """What is passed on in each fiscal year of the sender, or in all, and the most that may be, USD."""
    calendar, activity = costs.replay.calendar, f"transfer:{row.id}"
    sender = costs.inputs.case.find(Funding, row.sender)
    fiscal = sender.fiscal_year if sender is not None and row.over != "whole plan" else ""
    years = calendar.fiscal_years(fiscal) if fiscal else [("whole plan", 0.0, calendar.horizon)]
    given = np.zeros(len(years))
    edges = np.array([0.0, *(end for _, _, end in years)])
    for begin, end, amount in costs.inputs.stocks[f"account:{row.sender}"].flows:
        given += amount * np.diff(arrived(Delay(), np.array([begin]), np.array([end]), edges), axis=1)[0]
    moved = costs.replay.moved_in(activity, edges)
    return [
        (name, float(m), row.limit_share * float(g)) for (name, _, _), m, g in zip(years, moved, given, strict=True)
    ]


def check_matches(costs: Costs, opener: Opener) -> None:
    """Donors stay within their match; transfers within their share of the appropriations."""
    book = opener("match and transfers", "Match of donors and limits of transfers")
    replay = costs.replay
    for account, holder in costs.inputs.accounts.items():
        if holder.match_ratio is not None:
            margin = match_margin(costs, account)
            scale = max(MONEY, float(np.cumsum(replay.paid_by.get(account, np.zeros(replay.periods)))[-1]))
            book.at_most(account, "what it has paid beyond its match", margin, np.zeros(len(margin)), scale)
    for stray in {str(name) for name in replay.tables["moved"]["activity"]} - set(replay.moved):
        book.fail(stray, "it is passed on in parts, and no row of the workbook passes it on")
    for row in costs.inputs.case.of(Transfers):
        _check_parts(costs, f"transfer:{row.id}", book)
        for year, moved, limit in transfer_limits(costs, row):
            name, most = f"transfer:{row.id}", np.array([limit])
            book.at_most(name, "what is passed on", np.array([moved]), most, max(MONEY, limit), labels=[year])


def _check_parts(costs: Costs, name: str, book: CheckLog) -> None:
    """What is moved in the parts of a period is no less than nothing, and in all what is moved in it."""
    replay = costs.replay
    if name in replay.moved:
        begin, _, amounts = replay.moved[name]
        scale = max(MONEY, float(np.abs(amounts).max()))
        book.at_least(name, "what is passed on in a part of a period", amounts, np.zeros(len(amounts)), scale)
        of = np.searchsorted(replay.calendar.end, begin, side="right")
        sums = np.bincount(np.minimum(of, replay.periods - 1), weights=amounts, minlength=replay.periods).astype(float)
        book.equal(name, "what is passed on in the parts of a period", sums, replay.levels(name), scale)
