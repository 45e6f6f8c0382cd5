"""Sheets Funding, Appropriations and Transfers: accounts, what flows into them, what they may pay."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.grid import FiscalYear
from models.network import Activity, Effect, Flow, Link, Payment, Rule, Stock, Term
from models.profiles import at_once
from planner.case import Case
from planner.case.payers import refusals
from planner.case.problems import InvalidCaseError, Problem
from planner.compile.draft import MONEY, Bill, Draft
from planner.compile.releases import release_flows, resolution_flows
from planner.sheets.address import Address
from planner.sheets.advanced import RawLedgers
from planner.sheets.funding import Appropriations, Funding, Transfers


def compile_accounts(draft: Draft) -> None:
    """Make each row of sheet Funding a stock of USD with its appropriations, and each transfer an activity.

    Unspent money stays in the closing balance; what a new fiscal year or the last available day does not keep lapses.
    The books of an account are closed at the end of each of its fiscal years, those of the settings where it has none.
    Appropriations that need a reform are released by it on the day that it is in force.
    """
    case = draft.case
    for row in case.of(Funding):
        first, _ = availability(case, row)
        closes = {first, *(year.start for year in case.fiscal_years(row.fiscal_year))}
        carry = _carry(case, row)
        draft.stock(
            Stock(
                id=f"account:{row.id}",
                unit="USD",
                flows=_flows(case, row),
                carry=carry,
                breaks=tuple(sorted(day for day in closes - {d for d, _ in carry} if 0.0 < day < case.horizon)),
                scale=MONEY,
                tags={"kind": "account", "sheet": row.SHEET, "row": row.id, "account": row.id},
                origin=row.origin(),
            )
        )
    for appropriation in case.of(Appropriations):
        if appropriation.needs:
            draft.effects.append(
                Effect(draft.switch_of(appropriation.needs), "release", f"account:{appropriation.account}",
                       appropriation.amount * MONEY, at_once(), appropriation.origin("amount"))
            )  # fmt: skip
    for transfer in case.of(Transfers):
        _compile_transfer(draft, transfer)


def availability(case: Case, row: Funding) -> tuple[float, float]:
    """Days [first, last) inside the plan on which an account may pay (empty if they do not meet the plan)."""
    first = 0.0 if row.available_from is None else max(0.0, case.day(row.available_from))
    last = case.horizon if row.available_until is None else min(case.horizon, case.day(row.available_until) + 1.0)
    return first, last


def _window(case: Case, row: Funding) -> tuple[float, float] | None:
    """Availability as a window, None where it is the whole plan."""
    span = availability(case, row)
    return None if span == (0.0, case.horizon) else span


def _flows(case: Case, row: Funding) -> tuple[Flow, ...]:
    """Appropriations that need no reform, USD."""
    flows = [
        flow
        for line in case.of(Appropriations)
        if line.account == row.account and not line.needs
        for flow in _released(case, line, row.fiscal_year)
    ]
    return tuple(sorted(flows, key=lambda f: (f.start, f.end, f.amount)))


def _released(case: Case, line: Appropriations, fiscal_year: str) -> tuple[Flow, ...]:
    """Inflows of one appropriation, USD."""
    amount = line.amount * MONEY
    if line.release != "resolution":
        return release_flows(case, line.phase, amount, line.release, fiscal_year)
    return resolution_flows(case, line.phase, amount, fiscal_year, line.enacted, (line.last_year or 0.0) * MONEY)


def _carry(case: Case, row: Funding) -> tuple[tuple[float, float], ...]:
    """Days on which only a share of the balance is kept: fiscal-year starts, and nothing after the last day."""
    kept: dict[float, float] = {}
    if row.fiscal_year and row.carry_over_share < 1.0:
        kept = dict.fromkeys(case.fiscal_edges(row.fiscal_year), row.carry_over_share)
    if row.available_until is not None and 0.0 < case.day(row.available_until) + 1.0 < case.horizon:
        kept[case.day(row.available_until) + 1.0] = 0.0
    return tuple(sorted(kept.items()))


def _compile_transfer(draft: Draft, row: Transfers) -> None:
    """Money from one account to another while the sender is available, at most a share of what it was appropriated."""
    transfer, origin = f"transfer:{row.id}", row.origin("limit_share")
    sender = draft.case.find(Funding, row.sender)
    limits = transfer_limits(draft.case, row)
    limit = math.fsum(most for _, most in limits)
    years = tuple(year for year, _ in limits if year is not None)
    tags = {"kind": "transfer", "sheet": row.SHEET, "row": row.id, "account": f"{row.sender}; {row.receiver}"}
    draft.activity(
        Activity(
            id=transfer,
            unit="USD",
            largest=limit,
            window=None if sender is None else _window(draft.case, sender),
            enabled_by=(draft.switch_of(row.needs),) if row.needs else (),
            timing="parts",
            scale=MONEY,
            tags=tags,
            origin=origin,
        )
    )
    draft.links.append(Link(transfer, f"account:{row.sender}", "use", 1.0, origin=origin))
    draft.links.append(Link(transfer, f"account:{row.receiver}", "make", 1.0, origin=origin))
    rule = Rule(transfer, (Term("level", transfer),), "<=", limit, scale=MONEY, tags=tags, origin=origin)
    if years:
        rule = replace(rule, scope="fiscal year", years=years, bounds=tuple(most for _, most in limits))
    draft.rules.append(rule)


def transfer_limits(case: Case, row: Transfers) -> list[tuple[FiscalYear | None, float]]:
    """Most that may be moved, USD, in each fiscal year of the sender; over the plan (None) where that is the measure.

    It is a share of the appropriations that come into the sender in that year, without those that wait for a reform.
    """
    sender = case.find(Funding, row.sender)
    flows = _flows(case, sender) if sender is not None else ()
    if sender is None or row.over == "whole plan" or not sender.fiscal_year:
        return [(None, row.limit_share * math.fsum(flow.within((0.0, case.horizon)) for flow in flows))]
    return [
        (year, row.limit_share * math.fsum(flow.within((year.start, year.end)) for flow in flows))
        for year in case.fiscal_years(sender.fiscal_year)
    ]


@dataclass(frozen=True)
class Match:
    """What a payer's spending is held against: USD per USD of what the basis has paid on the same bills."""

    rule: str
    payer: str
    ratio: float
    basis: tuple[str, ...]
    scale: float
    origin: str


def compile_payments(draft: Draft) -> None:
    """Lay out which account may pay which bill, and the matches. To be called when all bills are known.

    Raises InvalidCaseError that names every bill which no account may pay.
    """
    accounts, bills = draft.case.of(Funding), [draft.bills[name] for name in sorted(draft.bills)]
    payments = [
        Payment(f"account:{row.id}", bill.id, _window(draft.case, row))
        for row in accounts
        if _open(draft.case, row)
        for bill in bills
        if not refusals(row, bill.tags)
    ]
    ledgers = [row for row in draft.case.of(RawLedgers) if row.pays]
    payments += [Payment(f"raw:{row.id}", bill.id) for row in ledgers for bill in bills if _raw_pays(row, bill)]
    paid = {payment.bill for payment in payments}
    if unpaid := [bill for bill in bills if bill.id not in paid]:
        raise InvalidCaseError(_unpayable(draft.case, bill, accounts) for bill in unpaid)
    draft.payments += payments
    for match in _matches(accounts, ledgers):
        draft.rules.append(_match_rule(match, payments))


def _open(case: Case, row: Funding) -> bool:
    """Whether an account is available on any day of the plan."""
    first, last = availability(case, row)
    return first < last


def _raw_pays(row: RawLedgers, bill: Bill) -> bool:
    """Whether a raw money ledger may pay a bill: raw activities only."""
    kind, _, name = bill.id.partition(":")
    return kind == "raw" and (not row.pays_for or name in row.pays_for)


def _matches(accounts: Sequence[Funding], ledgers: Sequence[RawLedgers]) -> list[Match]:
    """Matches of accounts and of raw ledgers."""
    payers: list[tuple[str, Funding | RawLedgers, float]] = [("account", row, MONEY) for row in accounts]
    payers += [("raw", row, 1.0) for row in ledgers]
    return [
        Match(
            rule=f"match:{row.id}",
            payer=f"{kind}:{row.id}",
            ratio=row.match_ratio,
            basis=tuple(f"{kind}:{name}" for name in row.match_basis),
            scale=scale,
            origin=row.origin("match_ratio"),
        )
        for kind, row, scale in payers
        if row.match_ratio is not None
    ]


def _match_rule(match: Match, payments: Sequence[Payment]) -> Rule:
    r"""Hold a payer's spending on its bills b, :math:`\sum_b p_{f,b} - \mu \sum_{g \in basis} \sum_b p_{g,b} \le 0`."""
    own = [payment.bill for payment in payments if payment.account == match.payer]
    allowed = {(payment.account, payment.bill) for payment in payments}
    basis = tuple(f"{account}|{bill}" for account in match.basis for bill in own if (account, bill) in allowed)
    terms = [Term("payment", f"{match.payer}|{bill}") for bill in own]
    terms += [Term("payment", pair, -match.ratio) for pair in basis]
    compared = tuple(Term("payment", pair) for pair in basis)
    kind, _, row = match.payer.partition(":")
    sheet = RawLedgers.SHEET if kind == "raw" else Funding.SHEET
    tags = {"kind": "match", "sheet": sheet, "row": row}
    return Rule(match.rule, tuple(terms), "<=", scope="cumulative", scale=match.scale, category="agreement", tags=tags,
                origin=match.origin, compared=compared, share=match.ratio)  # fmt: skip


def _unpayable(case: Case, bill: Bill, accounts: Sequence[Funding]) -> Problem:
    """Make the finding that no account may pay a bill, with the account that comes nearest."""
    open_accounts = [row for row in accounts if _open(case, row)]
    suggestion = ""
    if not accounts:
        mend = "Add an account on sheet Funding that may pay it."
        if bill.id.startswith("raw:"):
            mend = "Let a row on sheet Raw ledgers pay it (column Pays), or add an account on sheet Funding."
    elif not open_accounts:
        mend = "No account is available on any day of the plan: mend Available from and until on sheet Funding."
    else:
        against = {row.id: refusals(row, bill.tags) for row in open_accounts}
        nearest = min(open_accounts, key=lambda row: (len(against[row.id]), "purpose" in against[row.id], row.id))
        refused = against[nearest.id]
        allows = _allows(nearest, refused)
        mend = f"Nearest is account '{nearest.id}' ({nearest.at()}), which {allows}: widen it, or add an account."
        if "purpose" in refused:
            known = sorted({purpose for row in accounts for purpose in row.purposes} - {bill.tags.get("purpose", "")})
            close = difflib.get_close_matches(bill.tags.get("purpose", ""), known, n=1)
            suggestion = close[0] if close else ""
    return Problem("unpayable", "error", _address(bill.origin), f"No account may pay it ({_shown(bill.tags)}).",
                   mend, bill.tags.get("row", bill.id), suggestion)  # fmt: skip


def _shown(tags: Mapping[str, str]) -> str:
    """What accounts look at, as words."""
    place, country = tags.get("place", ""), tags.get("country", "")
    where = f"{place} in {country}" if country and country != place else place
    parts = (("purpose", tags.get("purpose", "")), ("place", where), ("actor", tags.get("actor", "")))
    return ", ".join(f"{name} '{value}'" if value else f"no {name}" for name, value in parts)


def _allows(row: Funding, refused: tuple[str, ...]) -> str:
    """What the nearest account allows instead."""
    lists = {"purpose": row.purposes, "place": row.places, "actor": row.actors}
    return " and ".join(f"allows only {name} {' or '.join(repr(v) for v in lists[name])}" for name in refused)


def _address(origin: str) -> Address:
    """Read an address that was written by :meth:`planner.case.problems.Address.__str__`."""
    found = re.fullmatch(r"(.+)!([A-Z]+)(\d+)", origin)
    if found is None:
        return Address(origin)
    return Address(found[1], int(found[3]), found[2])
