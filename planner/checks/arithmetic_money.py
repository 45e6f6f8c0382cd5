"""Money: what must be paid in a phase against what can be there to pay it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.case.problems import Problem
from planner.checks.bounds import Bounds, Phases
from planner.checks.finding import address_of, amount, exceeds, millions
from planner.checks.limits import HardLimit, floors
from planner.compile.draft import MONEY
from planner.sheets import Appropriations, Transfers


@dataclass(frozen=True)
class Item:
    """Money that must be paid: on which bills, by which accounts, and where it is written."""

    label: str
    origin: str
    bills: frozenset[str]
    accounts: frozenset[str]
    floor: HardLimit | None = None


def check_money(bounds: Bounds) -> list[Problem]:
    """Compare floors, salaries and other sure spending with what the accounts that may pay them have."""
    items = [*_floors(bounds), *_sure(bounds)]
    problems: list[Problem] = []
    told: list[frozenset[str]] = []
    groups = {item.accounts for item in items} | {frozenset(a for item in items for a in item.accounts)}
    for accounts in sorted(groups, key=lambda g: (len(g), sorted(g))):
        if any(known <= accounts for known in told):
            continue
        inside = [item for item in items if item.accounts <= accounts]
        found = next(_short(bounds, inside, accounts), None)
        if found is not None:
            told.append(accounts)
            problems.append(found)
    return problems


def _payers(bounds: Bounds) -> dict[str, frozenset[str]]:
    """Accounts that may pay each bill."""
    payers: dict[str, set[str]] = {}
    for payment in bounds.draft.payments:
        payers.setdefault(payment.bill, set()).add(payment.account)
    return {bill: frozenset(accounts) for bill, accounts in payers.items()}


def _known(accounts: frozenset[str]) -> bool:
    """Whether what the accounts have is bounded here: raw ledgers are not looked at."""
    return bool(accounts) and all(name.startswith("account:") for name in accounts)


def _floors(bounds: Bounds) -> Iterator[Item]:
    """Hard floors in money, over all accounts or over some."""
    payers = _payers(bounds)
    for floor in floors(bounds.draft):
        kinds = {measure for measure, _ in floor.terms}
        if floor.measure != "money" or not kinds:
            continue
        if kinds == {"spending"}:
            bills = frozenset(subject for _, subject in floor.terms)
            accounts = frozenset(a for bill in bills for a in payers.get(bill, frozenset()))
        else:
            pairs = [subject.partition("|") for _, subject in floor.terms]
            bills, accounts = frozenset(bill for _, _, bill in pairs), frozenset(account for account, _, _ in pairs)
        if _known(accounts):
            yield Item(f"rule '{floor.name}'", floor.origin, bills, accounts, floor)


_WORDS = {"headcount": "salaries of", "open": "running cost of"}


def _sure(bounds: Bounds) -> Iterator[Item]:
    """Spending that no decision can avoid."""
    whole = (0.0, bounds.draft.case.horizon)
    payers = _payers(bounds)
    for bill in bounds.draft.bills.values():
        accounts = payers.get(bill.id, frozenset())
        if bounds.forced_spending(bill.id, whole) > 0.0 and _known(accounts):
            kind, _, name = bill.id.partition(":")
            yield Item(
                f"{_WORDS.get(kind, 'the least of')} '{name}'", bounds.billed(bill.id), frozenset((bill.id,)), accounts
            )


def _asked(bounds: Bounds, item: Item, stretch: Phases) -> float:
    """USD that an item asks for over a stretch of phases: a floor counts at least what is sure on its bills."""
    sure = math.fsum(bounds.forced_spending(bill, stretch.span) for bill in item.bills)
    if item.floor is None:
        return sure
    floor = item.floor.least(stretch) * MONEY
    alone = all(measure == "spending" for measure, _ in item.floor.terms)
    return max(floor, sure) if alone else floor


def _short(bounds: Bounds, items: Sequence[Item], accounts: frozenset[str]) -> Iterator[Problem]:
    """Stretches of phases over which a group of accounts cannot pay what it alone may pay."""
    for stretch in bounds.stretches:
        chosen: list[tuple[Item, float]] = []
        taken: set[str] = set()
        ranked = sorted(
            ((item, _asked(bounds, item, stretch)) for item in items),
            key=lambda pair: (pair[0].floor is None, -pair[1], pair[0].label),
        )
        for item, usd in ranked:
            if usd > 0.0 and not item.bills & taken:
                chosen.append((item, usd))
                taken |= item.bills
        asked = math.fsum(usd for _, usd in chosen)
        if asked <= 0.0:
            continue
        given = math.fsum(bounds.usable(account, stretch.span) for account in accounts) + _moved(
            bounds, accounts, stretch
        )
        if exceeds(asked, given + 1.0):
            yield _problem(bounds, stretch, chosen, asked, accounts, given)


def _moved(bounds: Bounds, accounts: frozenset[str], stretch: Phases) -> float:
    """USD that transfers can bring: from outside, and inside from what an account kept from before."""
    case, total = bounds.draft.case, 0.0
    for row in case.of(Transfers):
        inside = f"account:{row.sender}" in accounts
        if f"account:{row.receiver}" in accounts and (not inside or stretch.first > 0):
            total += (
                row.limit_share
                * math.fsum(a.amount for a in case.of(Appropriations) if a.account == row.sender and not a.needs)
                * MONEY
            )
    return total


def _problem(
    bounds: Bounds,
    stretch: Phases,
    chosen: Sequence[tuple[Item, float]],
    asked: float,
    accounts: frozenset[str],
    given: float,
) -> Problem:
    """Say both numbers with their cells."""
    largest = sorted(chosen, key=lambda pair: -pair[1])
    parts = [f"{item.label} {amount(usd / MONEY)} ({item.origin})" for item, usd in largest[:6]]
    more = f" and {len(chosen) - 6} more" if len(chosen) > 6 else ""
    names = sorted(accounts)
    having = ", ".join(
        f"'{name.partition(':')[2]}' {amount(bounds.usable(name, stretch.span) / MONEY)}"
        f" ({bounds.draft.stocks[name].origin})"
        for name in names[:6]
    )
    what = "the floors ask" if any(item.floor is not None for item, _ in chosen) else "what must be paid asks"
    return Problem(
        "impossible-money",
        "conflict",
        address_of(largest[0][0].origin),
        f"{what} for {millions(asked / MONEY)} in {stretch.label}: {', '.join(parts)}{more}; the accounts that may pay"
        f" it have {millions(given / MONEY)}: {having}.",
        "Lower the floors or what must be done, or raise the amounts on sheet Appropriations.",
        largest[0][0].floor.name if largest[0][0].floor is not None else largest[0][0].label,
    )
