"""Funding, Appropriations, Transfers, Slots and Allotments: balances of money and of visa numbers."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from planner.sheets import Allotments, Appropriations, Funding, RawActivities, RawLedgers, Slots, Transfers
from planner.verify.calendar import Flow
from planner.verify.report import Array
from planner.verify.world import MONEY, PEOPLE, Account, Deed, Effect, Line, Stock, Tags, World


def read_funding(world: World) -> None:
    """Accounts as stocks of money, with what flows into them and what may be passed on."""
    case, calendar = world.case, world.calendar
    for row in case.of(Funding):
        stock = Stock(f"account:{row.account}", world.subject("account", row, account=row.account), unit=MONEY)
        if row.carry_over_share < 1.0:
            stock.carry = dict.fromkeys(calendar.fiscal(row.fiscal_year), row.carry_over_share)
        closes = calendar.day(row.available_until, math.inf) + 1.0
        if 0.0 < closes < calendar.horizon:
            stock.carry[closes] = 0.0
        world.stocks[stock.id] = stock
    for given in case.of(Appropriations):
        account = f"account:{given.account}"
        if given.needs:
            world.effects.append(Effect(world.switch_named(given.needs), "release", account, given.amount * MONEY))
            continue
        holder = case.find(Funding, given.account)
        fiscal = holder.fiscal_year if holder is not None else ""
        world.stocks[account].flows += calendar.release(given.amount * MONEY, given.release, given.phase, fiscal)
    for move in case.of(Transfers):
        tags = world.subject("transfer", move, account=f"{move.sender}; {move.receiver}")
        deed = Deed(f"transfer:{move.id}", tags, world.rates(0.0, 0.0), world.rates(None, np.inf), scale=MONEY)
        deed.lines = [Line(f"account:{move.sender}", "use", 1.0), Line(f"account:{move.receiver}", "make", 1.0)]
        deed.needs = (world.switch_named(move.needs),) if move.needs else ()
        sender = case.find(Funding, move.sender)
        if sender is not None:
            deed.window = calendar.span(sender.available_from, sender.available_until)
        world.deeds[deed.id] = deed


def read_payers(world: World) -> None:
    """Who may pay what; to be read when all bills are known."""
    for row in world.case.of(Funding):
        window = world.calendar.span(row.available_from, row.available_until)
        bills = {
            bill
            for bill, tags in world.bills.items()
            if _allowed(row.purposes, tags.get("purpose", ""))
            and (_allowed(row.places, tags.get("place", "")) or _allowed(row.places, tags.get("country", "")))
            and _allowed(row.actors, tags.get("actor", ""))
        }
        basis = tuple(f"account:{name}" for name in row.match_basis)
        account = f"account:{row.account}"
        world.accounts[account] = Account(account, window, frozenset(bills), row.match_ratio, basis)
    every = frozenset(f"raw:{row.activity}" for row in world.case.of(RawActivities)) & frozenset(world.bills)
    for ledger in world.case.of(RawLedgers):
        if ledger.pays:
            named = frozenset(f"raw:{name}" for name in ledger.pays_for)
            basis = tuple(f"raw:{name}" for name in ledger.match_basis)
            account = f"raw:{ledger.ledger}"
            window = (-math.inf, math.inf)
            world.accounts[account] = Account(
                account, window, every & named if named else every, ledger.match_ratio, basis
            )


def _allowed(listed: tuple[str, ...], value: str) -> bool:
    """Whether a list is blank or names the value."""
    return not listed or value.casefold() in {name.casefold() for name in listed}


def read_slots(world: World) -> None:
    """Pools of numbers: allotments, what set-asides take from the pool around them, what flows back."""
    pools = {row.pool: row for row in world.case.of(Slots)}
    for row in pools.values():
        stock = Stock(f"pool:{row.pool}", _pool_tags(world, row, "pool"), unit=PEOPLE, disposable=True)
        if row.carry_over_share < 1.0:
            stock.carry = dict.fromkeys(world.calendar.fiscal(row.fiscal_year), row.carry_over_share)
        world.stocks[stock.id] = stock
    for given in world.case.of(Allotments):
        pool = pools[given.pool]
        targets = [(f"pool:{pool.pool}", 1.0)] + ([(f"pool:{pool.inside}", -1.0)] if pool.inside else [])
        for target, sign in targets:
            amount = sign * given.amount
            if given.needs:
                world.effects.append(Effect(world.switch_named(given.needs), "release", target, amount))
            else:
                flows = world.calendar.release(amount, given.release, given.phase, pool.fiscal_year)
                world.stocks[target].flows += flows
    for row in pools.values():
        if row.inside and row.released_on:
            deed = Deed(
                f"release:{row.pool}", _pool_tags(world, row, "release"), world.rates(0.0, 0.0), _open(world, row)
            )
            deed.scale = PEOPLE
            deed.lines = [Line(f"pool:{row.pool}", "use", 1.0), Line(f"pool:{row.inside}", "make", 1.0)]
            world.deeds[deed.id] = deed


def _pool_tags(world: World, row: Slots, kind: str) -> Tags:
    """Tags of a pool or of what it gives back."""
    return world.subject(kind, row, pool=row.pool)


def _open(world: World, row: Slots) -> Array:
    """Unlimited in periods that touch the days from the release to the fiscal year's end, else nothing."""
    calendar = world.calendar
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
    month, day = (int(part) for part in month_day.replace("/", "-").split("-"))
    return float((date(year, month, day) - origin).days)
