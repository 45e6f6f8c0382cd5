"""Funding, Appropriations and Transfers: accounts, what flows into them, what they may pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from planner.sheets.declare import (
    REQUIRED,
    Row,
    choice,
    day,
    goes_on_at,
    key,
    last_actual,
    number,
    reference,
    references,
    share,
    text,
)


@dataclass(frozen=True, kw_only=True)
class Funding(Row):
    """An account. It may pay every bill whose purpose, place and actor it allows, while it is available.

    A bill's place is allowed if the list is blank, names the place, or names its country. At each start of the fiscal
    year only the carry-over share of the balance is kept; after the last available day nothing is. Match: what the
    account pays on its purposes stays, at every period end, at or below `match_ratio` times what the accounts in
    `match_basis` have paid on the same bills. The plan obligates money; *spent* (outlays) follows by the share that is
    paid out in the same fiscal year, and changes no decision.
    """

    SHEET: ClassVar[str] = "Funding"
    PURPOSE: ClassVar[str] = "Accounts: what each may pay for, where, how long, and what carries over."
    GROUP = "basic"

    account: str = key("Account", help="Short name of the account")
    label: str = text("Label", help="Its full name")
    owner: str = text("Owner", help="Agency or donor that holds it")
    purposes: tuple[str, ...] = references(
        "Purposes", help="Purposes it may pay, as named on the other sheets", blank="any purpose"
    )
    places: tuple[str, ...] = references(
        "Places", "Places", help="Where it may pay; a country includes its places", blank="anywhere"
    )
    actors: tuple[str, ...] = references(
        "Actors", help="Kinds of actor it may pay (government, civil society, ...)", blank="any actor"
    )
    available_from: date | None = day("Available from", help="First day on which it may pay", blank="start of the plan")
    available_until: date | None = day("Available until", help="Last day on which it may pay", blank="end of the plan")
    fiscal_year: str = text("Fiscal year starts", help="Month and day, as 10-01", blank="no fiscal year")
    carry_over_share: float = share(
        "Carry-over share", help="Share of the balance kept at each new fiscal year", default=1.0, blank="1"
    )
    match_ratio: float | None = number(
        "Match ratio",
        "USD per USD",
        low=0,
        blank="no match",
        help="At most this much for each dollar that the match accounts pay",
    )
    match_basis: tuple[str, ...] = references("Match accounts", "Funding", help="Accounts whose spending is matched")
    budget_class: str = choice(
        "Budget class",
        "",
        "mandatory",
        "discretionary",
        help="Whether law or each year's appropriation gives the money",
    )
    spent_in_year: float = share(
        "Spent in the year",
        help="Share of what it obligates in a fiscal year that is paid out in the same year; the rest in the next",
        default=1.0,
        blank="1",
        unit="share of obligations",
    )


@dataclass(frozen=True, kw_only=True)
class Appropriations(Row):
    """Money that flows into an account in a phase.

    `at once`: on the phase's first day. `even`: spread over the phase. `quarterly`: equal parts every quarter of a
    year (365/4 days) from the phase's first day, the last parts falling inside the phase. `yearly`: split over the
    fiscal years that overlap the phase in proportion to days, each part on the later of phase start and fiscal-year
    start. `resolution` (a continuing resolution): as `yearly`, but from each fiscal year's start to the day on which
    its appropriation is enacted money comes day by day at last year's rate, and the rest on that day. With `needs`, the
    amount arrives only once that reform is in force (at once, on that day) instead.
    """

    SHEET: ClassVar[str] = "Appropriations"
    PURPOSE: ClassVar[str] = "Money into each account by phase."
    GROUP = "basic"

    account: str = key("Account", refers=("Funding",), help="Account that receives it")
    phase: str = key("Phase", refers=("Time",), help="Phase in which it arrives")
    line: str = key("Line", help="Tells apart several rows of one account and phase", blank="one row only")
    amount: float = number("Amount", "USD million", low=0, help="Over the whole phase", default=REQUIRED, blank="")
    release: str = choice(
        "Release", "at once", "even", "quarterly", "yearly", "resolution", help="How it becomes available"
    )
    needs: str = reference("Needs", "Reforms", help="Reform that must be in force before the money is there")
    enacted: str = text(
        "Enacted on", help="For release 'resolution': month and day on which each year's money is enacted, as 02-15"
    )
    last_year: float | None = number(
        "Last year", "USD million a year", low=0, blank="none",
        help="For release 'resolution': rate of the year before, at which money comes until then",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Transfers(Row):
    """Money that may be moved between accounts.

    In each fiscal year of the sending account at most `limit_share` of the appropriations that come into it in that
    year: neither what it carried in, nor what was moved into it, nor appropriations that wait for a reform count. Where
    the account has no fiscal year, or `over` says so, the same share of its appropriations over the plan.
    """

    SHEET: ClassVar[str] = "Transfers"
    PURPOSE: ClassVar[str] = "Which account may pass money to which, and how much."

    sender: str = key("From account", refers=("Funding",), help="Account that gives")
    receiver: str = key("To account", refers=("Funding",), help="Account that receives")
    limit_share: float = share(
        "At most",
        help="Share of the sender's appropriations of a fiscal year that may be moved in it",
        default=REQUIRED,
        blank="",
        unit="share of appropriations",
    )
    needs: str = reference("Needs", "Reforms", help="Reform (for instance a notification) that permits it")
    last_actual: float | None = last_actual("USD million a year")
    goes_on_at: float | None = goes_on_at("USD million a year")
    over: str = choice(
        "Over",
        "fiscal year if any",
        "fiscal year",
        "whole plan",
        help="Over what 'At most' counts: the sender's fiscal year if it has one, that in any case, or the plan",
    )
