"""Funding, Appropriations, Transfers, Slots and Allotments: balances of money and of visa numbers."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from planner.sheets import Allotments, Appropriations, Funding, RawActivities, RawLedgers, Slots, Transfers
from planner.verify.calendar import Flow, month_and_day, resolution
from planner.verify.inputs import MONEY, PEOPLE, Account, Activity, Effect, Inputs, RecipeLine, Stock, Tags
from planner.verify.report import Array


def read_funding(inputs: Inputs) -> None:
    """Accounts as stocks of money, with what flows into them and what may be passed on."""
    case, calendar = inputs.case, inputs.calendar
    for row in case.of(Funding):
        stock = Stock(f"account:{row.account}", inputs.subject("account", row, account=row.account), unit=MONEY)
        if row.carry_over_share < 1.0:
            stock.carry = dict.fromkeys(calendar.fiscal(row.fiscal_year), row.carry_over_share)
        closes = calendar.day(row.available_until, math.inf) + 1.0
        if 0.0 < closes < calendar.horizon:
            stock.carry[closes] = 0.0
        closes_year = calendar.fiscal(row.fiscal_year or case.setting("fiscal year starts"))
        opens = calendar.day(row.available_from, 0.0)
        stock.breaks = tuple(day for day in (*closes_year, opens) if 0.0 < day < calendar.horizon)
        inputs.stocks[stock.id] = stock
    for given in case.of(Appropriations):
        account = f"account:{given.account}"
        if given.needs:
            inputs.effects.append(Effect(inputs.switch_named(given.needs), "release", account, given.amount * MONEY))
            continue
        holder = case.find(Funding, given.account)
        fiscal = holder.fiscal_year if holder is not None else ""
        amount, rate = given.amount * MONEY, (given.last_year or 0.0) * MONEY
        inputs.stocks[account].flows += (
            resolution(calendar, amount, given.phase, fiscal, given.enacted, rate)
            if given.release == "resolution"
            else calendar.release(amount, given.release, given.phase, fiscal)
        )
    for move in case.of(Transfers):
        tags = inputs.subject("transfer", move, account=f"{move.sender}; {move.receiver}")
        activity = Activity(
            f"transfer:{move.id}", tags, inputs.rates(0.0, 0.0), inputs.rates(None, np.inf), scale=MONEY
        )
        activity.lines = [
            RecipeLine(f"account:{move.sender}", "use", 1.0),
            RecipeLine(f"account:{move.receiver}", "make", 1.0),
        ]
        activity.needs = (inputs.switch_named(move.needs),) if move.needs else ()
        sender = case.find(Funding, move.sender)
        if sender is not None:
            activity.window = calendar.span(sender.available_from, sender.available_until)
        inputs.activities[activity.id] = activity


def read_payers(inputs: Inputs) -> None:
    """Who may pay what; to be read when all bills are known."""
    for row in inputs.case.of(Funding):
        window = inputs.calendar.span(row.available_from, row.available_until)
        bills = {
            bill
            for bill, tags in inputs.bills.items()
            if _allowed(row.purposes, tags.get("purpose", ""))
            and (_allowed(row.places, tags.get("place", "")) or _allowed(row.places, tags.get("country", "")))
            and _allowed(row.actors, tags.get("actor", ""))
        }
        basis = tuple(f"account:{name}" for name in row.match_basis)
        account = f"account:{row.account}"
        inputs.accounts[account] = Account(account, window, frozenset(bills), row.match_ratio, basis)
    every = frozenset(f"raw:{row.activity}" for row in inputs.case.of(RawActivities)) & frozenset(inputs.bills)
    for ledger in inputs.case.of(RawLedgers):
        if ledger.pays:
            named = frozenset(f"raw:{name}" for name in ledger.pays_for)
            basis = tuple(f"raw:{name}" for name in ledger.match_basis)
            account = f"raw:{ledger.ledger}"
            window = (-math.inf, math.inf)
            inputs.accounts[account] = Account(
                account, window, every & named if named else every, ledger.match_ratio, basis
            )


def _allowed(listed: tuple[str, ...], value: str) -> bool:
    """Whether a list is blank or names the value."""
    return not listed or value.casefold() in {name.casefold() for name in listed}


def read_slots(inputs: Inputs) -> None:
    """Pools of numbers: allotments, what set-asides take from the pool around them, what flows back."""
    pools = {row.pool: row for row in inputs.case.of(Slots)}
    for row in pools.values():
        stock = Stock(f"pool:{row.pool}", _pool_tags(inputs, row, "pool"), unit=PEOPLE, disposable=True)
        if row.carry_over_share < 1.0:
            stock.carry = dict.fromkeys(inputs.calendar.fiscal(row.fiscal_year), row.carry_over_share)
        inputs.stocks[stock.id] = stock
    for given in inputs.case.of(Allotments):
        pool = pools[given.pool]
        targets = [(f"pool:{pool.pool}", 1.0)] + ([(f"pool:{pool.inside}", -1.0)] if pool.inside else [])
        for target, sign in targets:
            amount = sign * given.amount
            if given.needs:
                inputs.effects.append(Effect(inputs.switch_named(given.needs), "release", target, amount))
            else:
                flows = inputs.calendar.release(amount, given.release, given.phase, pool.fiscal_year)
                inputs.stocks[target].flows += flows
    for row in pools.values():
        if row.inside and row.released_on:
            activity = Activity(
                f"release:{row.pool}", _pool_tags(inputs, row, "release"), inputs.rates(0.0, 0.0), _open(inputs, row)
            )
            activity.scale = PEOPLE
            activity.lines = [RecipeLine(f"pool:{row.pool}", "use", 1.0), RecipeLine(f"pool:{row.inside}", "make", 1.0)]
            inputs.activities[activity.id] = activity


def _pool_tags(inputs: Inputs, row: Slots, kind: str) -> Tags:
    """Tags of a pool or of what it gives back."""
    return inputs.subject(kind, row, pool=row.pool)


def _open(inputs: Inputs, row: Slots) -> Array:
    """Unlimited in periods that touch the days from the release to the fiscal year's end, else nothing."""
    calendar = inputs.calendar
    spans: list[Flow] = []
    for year in range(calendar.origin.year - 1, calendar.origin.year + int(calendar.horizon // 365) + 3):
        begin = _day(calendar.origin, year, row.released_on)
        ends = [_day(calendar.origin, y, row.fiscal_year) for y in (year, year + 1)] if row.fiscal_year else [math.inf]
        spans.append((begin, next((end for end in ends if end > begin), math.inf), 0.0))
    spans = [span for span in spans if row.fiscal_year or span[0] >= 0.0]
    touched = [any(a < e and b > s for a, b, _ in spans) for s, e in zip(calendar.start, calendar.end, strict=True)]
    return np.where(touched, np.inf, 0.0)


def _day(origin: date, year: int, month_day: str) -> float:
    """Day of 'MM-DD' in a year."""
    month, day = month_and_day(month_day)
    return float((date(year, month, day) - origin).days)
