"""Money: accounts that something flows into, matches with both their halves, transfers that go somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from planner.case import Case
from planner.case.problems import Problem
from planner.checks.finding import error, stated, warning
from planner.sheets import Appropriations, Effects, Funding, RawLedgers, Transfers
from planner.wording.figures import typed


def check(case: Case) -> list[Problem]:
    """All findings about accounts; what they may pay is looked at in :mod:`planner.checks.compiled`."""
    return [*_carry_over(case), *_resolutions(case), *_matches(case), *_transfers(case), *_empty(case)]


def _carry_over(case: Case) -> Iterator[Problem]:
    """A carry-over share counts at fiscal years only."""
    for row in case.of(Funding):
        if not row.fiscal_year and stated(row, "carry_over_share") and row.carry_over_share < 1.0:
            yield warning(
                row,
                "carry_over_share",
                "carry-over-unused",
                f"'Carry-over share' is {typed(row.carry_over_share)}, but 'Fiscal year starts' is blank: everything"
                " is kept.",
                "Fill in 'Fiscal year starts', as 10-01.",
            )


def _matches(case: Case) -> Iterator[Problem]:
    """A match needs a ratio and the accounts whose spending is matched."""
    rows: list[Funding | RawLedgers] = [*case.of(Funding), *case.of(RawLedgers)]
    for row in rows:
        what = "Match accounts" if isinstance(row, Funding) else "Match ledgers"
        if row.match_ratio is not None and not row.match_basis:
            yield error(
                row,
                "match_basis",
                "match-half",
                f"'Match ratio' is {typed(row.match_ratio)}, but '{what}' is blank.",
                "Name whose spending is matched, or clear the ratio.",
            )
        elif row.match_basis and row.match_ratio is None:
            yield error(
                row,
                "match_ratio",
                "match-half",
                f"'{what}' names {', '.join(row.match_basis)}, but 'Match ratio' is blank.",
                "Write how much may be paid for each dollar of theirs, or clear the accounts.",
            )
        if row.id in row.match_basis:
            yield error(row, "match_basis", "match-itself", f"'{row.id}' would match itself.", "Name other accounts.")
        elif row.match_ratio == 0.0 and row.match_basis:
            yield warning(
                row,
                "match_ratio",
                "match-nothing",
                "with 'Match ratio' 0 the account may pay nothing at all.",
                "Leave the ratio blank if nothing is matched.",
            )
        for name in row.match_basis:
            other = case.find(type(row), name)
            if (
                other is not None
                and row.id in other.match_basis
                and (row.match_ratio or 0.0) * (other.match_ratio or 0.0) < 1.0
                and row.id < name
            ):
                yield warning(
                    row,
                    "match_basis",
                    "match-circle",
                    f"'{row.id}' and '{name}' match each other ({other.at('match_basis')}), each with less than the"
                    " other's: neither may pay.",
                    "Let only one match the other.",
                )


def _resolutions(case: Case) -> Iterator[Problem]:
    """A continuing resolution has a day of enactment and a rate until then, in the fiscal year of its account."""
    for row in case.of(Appropriations):
        if row.release != "resolution":
            continue
        account = case.find(Funding, row.account)
        for field, blank, what in (
            ("enacted", not row.enacted, "Write under 'Enacted on' the month and day of enactment, as 02-15"),
            ("last_year", row.last_year is None, "Write under 'Last year' the rate until then (0 for new money)"),
        ):
            if blank:
                found = "the release is 'resolution', and this is blank."
                yield error(row, field, "resolution-lacks", found, f"{what}, or choose another release.")
        if account is not None and not account.fiscal_year:
            found = (
                f"a resolution ends inside a fiscal year, and '{row.account}' has none ({account.at('fiscal_year')})."
            )
            mend = "Fill in 'Fiscal year starts' of that account, or choose another release."
            yield error(row, "release", "resolution-no-year", found, mend)


def _transfers(case: Case) -> Iterator[Problem]:
    """Transfers go from one account with money to another."""
    for row in case.of(Transfers):
        sender = case.find(Funding, row.sender)
        if row.over == "fiscal year" and sender is not None and not sender.fiscal_year:
            yield error(
                row,
                "over",
                "transfer-no-year",
                f"'At most' is to count over each fiscal year of '{row.sender}', which has none"
                f" ({sender.at('fiscal_year')}).",
                "Fill in 'Fiscal year starts' of that account, or write 'whole plan' under 'Over'.",
            )
        if row.sender == row.receiver:
            yield error(
                row,
                "receiver",
                "transfer-itself",
                f"money would move from '{row.sender}' to itself.",
                "Name another account.",
            )
        elif not any(
            line.account == row.sender and line.amount > 0.0 and not line.needs for line in case.of(Appropriations)
        ):
            yield warning(
                row,
                "sender",
                "transfer-nothing",
                f"'{row.sender}' has no appropriations of its own (those that wait for a reform do not count), so"
                " nothing can be moved.",
                "Check the account.",
            )


def _empty(case: Case) -> Iterator[Problem]:
    """An account that no money ever reaches."""
    fed = {row.account for row in case.of(Appropriations) if row.amount > 0.0} | {
        row.receiver for row in case.of(Transfers)
    }
    fed |= {row.target for row in case.of(Effects) if row.effect == "releases"}
    for row in case.of(Funding):
        if row.account not in fed:
            yield warning(
                row,
                "account",
                "account-empty",
                f"no money ever comes into '{row.account}'.",
                "Add rows on sheet Appropriations.",
            )
