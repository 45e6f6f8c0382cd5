"""What shows only once the sheets are put together: bills without a payer, selections that pick nothing."""

from __future__ import annotations

from collections.abc import Iterator

from planner.case import Case
from planner.case.payers import refusals
from planner.case.problems import InvalidCaseError, Problem
from planner.cells.words import listed
from planner.checks.finding import amount, conflict, warning
from planner.checks.work import works
from planner.compile import STEPS
from planner.compile.draft import Bill, Draft
from planner.compile.measures import terms
from planner.compile.overrides import compile_overrides, compile_previous
from planner.compile.rates import largest_level
from planner.sheets import Coalition, Funding, Outcomes, OutcomeTerms, Rules

_AFTERWARDS = (compile_overrides, compile_previous)
"""Steps that look at everything before, and so would say wrong things about a draft with gaps."""


def compiled(case: Case) -> tuple[Draft, list[Problem]]:
    """Compile the case; with every refusal if it cannot be (the draft then has gaps).

    Raises LookupError, and whatever else a case with unknown names leads to.
    """
    draft = Draft(case)
    problems = list(_paces(draft))
    for step in STEPS:
        if problems and step in _AFTERWARDS:
            continue
        try:
            step(draft)
        except InvalidCaseError as refused:
            problems += refused.problems
        except RuntimeError as twice:  # a key that stands there twice, which is reported as such
            raise LookupError(str(twice)) from twice
        except (LookupError, ValueError):
            if problems:
                break  # a consequence of what was refused before
            raise
    return draft, problems


def _paces(draft: Draft) -> Iterator[Problem]:
    """Every row that needs a largest pace and has none (compiling stops at the first)."""
    for row in works(draft.case):
        try:
            largest_level(draft, row)
        except InvalidCaseError as refused:
            yield from refused.problems


def unused(draft: Draft) -> list[Problem]:
    """Accounts that can pay nothing, and selections that pick nothing."""
    return [*_accounts(draft), *_apart(draft), *_rules(draft), *_terms(draft)]


def _accounts(draft: Draft) -> Iterator[Problem]:
    """An account that may pay no bill at all."""
    paying = {payment.account for payment in draft.payments}
    for row in draft.case.of(Funding):
        if f"account:{row.id}" not in paying and draft.bills:
            limits = [
                name
                for name, value in (("purposes", row.purposes), ("places", row.places), ("actors", row.actors))
                if value
            ]
            because = f": nothing that costs money fits its {' and '.join(limits)}" if limits else ""
            field = limits[0] if limits else "account"
            yield warning(
                row,
                field,
                "account-pays-nothing",
                f"there is nothing that '{row.id}' may pay{because}.",
                "Widen what it may pay, or delete it.",
            )


def _apart(draft: Draft) -> Iterator[Problem]:
    """A purpose of an account that stands on bills, but never where and by whom the account may pay."""
    pays = {(payment.account, payment.bill) for payment in draft.payments}
    for row in draft.case.of(Funding):
        mine = [bill for bill in draft.bills.values() if (f"account:{row.id}", bill.id) in pays]
        if not mine:
            continue  # it pays nothing at all, which is said above
        for purpose in row.purposes:
            asking = [bill for bill in draft.bills.values() if _has(bill, "purpose", purpose)]
            if not asking or any(_has(bill, "purpose", purpose) for bill in mine):
                continue
            refused = sorted({name for bill in asking for name in refusals(row, bill.tags)} - {"purpose"})
            if not refused:
                continue
            column = f"{refused[0]}s"
            have = sorted({bill.tags.get(refused[0], "") or f"no {refused[0]}" for bill in asking})
            cells = ", ".join(sorted({bill.origin for bill in asking})[:4])
            booked = " (column Place of sheet Visas says where a stream is booked)" if _visas(asking) else ""
            yield warning(
                row,
                "purposes",
                "account-never-meets",
                f"'{row.id}' can pay nothing for '{purpose}': what has this purpose stands under {refused[0]} "
                f"{listed(have)} ({cells}), and the account pays only for "
                f"{listed(list(getattr(row, column)))} ({row.at(column)}).",
                f"Add {listed(have)} to its {column.capitalize()}, take '{purpose}' out of its Purposes, or mend the "
                f"rows{booked}.",
            )


def _has(bill: Bill, tag: str, value: str) -> bool:
    """Whether a bill carries this value of a tag, whatever its capital letters."""
    return value.casefold() in {word.strip().casefold() for word in bill.tags.get(tag, "").split(";")}


def _visas(bills: list[Bill]) -> bool:
    """Whether a stream of visas is among the bills."""
    return any(bill.id.startswith("visa:") for bill in bills)


def _rules(draft: Draft) -> Iterator[Problem]:
    """A rule over nothing says nothing, or cannot hold."""
    for row in draft.case.of(Rules):
        if not row.on:
            continue
        share = row.relation.endswith("share of")
        whole = not share or bool(terms(draft, row.of_measure or row.measure, row.of_where))
        if terms(draft, row.measure, row.where):
            if not whole:
                yield warning(
                    row,
                    "of_where",
                    "selection-empty",
                    f"nothing is picked by '{row.of_where}' for the measure '{row.of_measure or row.measure}': it is a"
                    " share of nothing.",
                    "Widen the selection, or choose another measure.",
                )
            continue
        asked = row.relation in ("at least", "equals") or (row.relation == "at least share of" and whole)
        found = f"nothing is picked by '{row.where}' for the measure '{row.measure}'"
        if asked and row.value > 0.0 and row.strength == "hard":
            yield conflict(
                row,
                "where",
                "selection-empty",
                f"{found}, so '{row.relation}' {amount(row.value)} cannot hold.",
                "Widen the selection, or choose another measure.",
            )
        else:
            yield warning(
                row,
                "where",
                "selection-empty",
                f"{found}, so the rule says nothing.",
                "Widen the selection, or choose another measure.",
            )


def _terms(draft: Draft) -> Iterator[Problem]:
    """A term or a partner's interest in nothing."""
    for line in draft.case.of(OutcomeTerms):
        if not terms(draft, line.measure, line.where):
            every = [other for other in draft.case.of(OutcomeTerms) if other.outcome == line.outcome]
            outcome = draft.case.find(Outcomes, line.outcome)
            alone = (
                outcome is not None
                and bool(outcome.weight)
                and not any(terms(draft, o.measure, o.where) for o in every)
            )
            more = f", and '{line.outcome}' is made of nothing else" if alone else ""
            yield warning(
                line,
                "where",
                "selection-empty",
                f"nothing is picked by '{line.where}' for the measure '{line.measure}'{more}.",
                "Widen the selection, or choose another measure.",
            )
    for partner in draft.case.of(Coalition):
        if not terms(draft, partner.measure, partner.where):
            yield warning(
                partner,
                "where",
                "selection-empty",
                f"nothing is picked by '{partner.where}' for the measure '{partner.measure}', so the partner cannot be"
                " won.",
                "Widen the selection, or choose another measure.",
            )
