"""Raw rows: verbs that fit their ledger, limits that leave room."""

from __future__ import annotations

from collections.abc import Iterator

from planner.case import Case
from planner.case.problems import Problem
from planner.checks.finding import amount, error, exceeds, warning
from planner.sheets import RawActivities, RawEffects, RawLedgers, RawRecipes

KIND_OF: dict[str, str] = {
    "use": "stock",
    "make": "stock",
    "occupy": "capacity",
    "release": "stock",
    "raise": "stock",
    "charge": "stock",
}
"""Kind of ledger that a verb acts on ('provide' is looked at with the others below)."""


def check(case: Case) -> list[Problem]:
    """All findings about raw rows."""
    return [*_verbs(case), *_ledgers(case), *_activities(case)]


def _verbs(case: Case) -> Iterator[Problem]:
    """Stocks are used and made, capacities occupied and provided."""
    rows: list[RawRecipes | RawEffects] = [*case.of(RawRecipes), *case.of(RawEffects)]
    for row in rows:
        ledger = case.find(RawLedgers, row.ledger)
        wanted = "capacity" if row.verb == "provide" else KIND_OF.get(row.verb)
        if ledger is None or wanted is None:
            continue
        if ledger.kind != wanted:
            verbs = {
                "stock": "use or make" if isinstance(row, RawRecipes) else "release, raise or charge",
                "capacity": "occupy or provide" if isinstance(row, RawRecipes) else "provide",
            }
            yield error(
                row,
                "verb",
                "raw-verb",
                f"'{row.verb}' acts on a {wanted}, and '{row.ledger}' is a {ledger.kind} ({ledger.at('kind')}).",
                f"Write {verbs[ledger.kind]}, or change the ledger's kind.",
            )
        elif row.verb == "raise" and ledger.upper is None:
            yield error(
                row,
                "ledger",
                "no-limit-to-raise",
                f"'{row.ledger}' has no 'Upper' ({ledger.at('upper')}), so there is no limit to raise.",
                "Fill in 'Upper' there, or delete this row.",
            )


def _ledgers(case: Case) -> Iterator[Problem]:
    """Balances that can hold on day one."""
    for row in case.of(RawLedgers):
        lower = row.lower if row.lower is not None else 0.0
        if row.upper is not None and exceeds(lower, row.upper):
            yield error(
                row,
                "lower",
                "least-above-most",
                f"'Lower' is {amount(lower)} and 'Upper' {amount(row.upper)} ({row.at('upper')}).",
                "Lower one or raise the other.",
            )
        if row.loss_to:
            other = case.find(RawLedgers, row.loss_to)
            if row.loss_to == row.ledger or (other is not None and other.kind == "capacity") or row.kind == "capacity":
                yield error(
                    row,
                    "loss_to",
                    "raw-loss",
                    f"what '{row.ledger}' loses cannot go to '{row.loss_to}'.",
                    "Name another ledger of kind stock, and lose from a stock.",
                )
            elif row.loss_share <= 0.0:
                yield warning(
                    row,
                    "loss_to",
                    "raw-unused",
                    "'Loss to' counts only with a 'Loss share'.",
                    "Fill in the share, or clear it.",
                )
        if row.kind == "capacity" and (row.pays or row.inflow or row.upper is not None):
            yield warning(
                row,
                "kind",
                "raw-unused",
                "'Pays', 'Inflow' and 'Upper' count for stocks only.",
                "Make it a stock, or clear them.",
            )


def _activities(case: Case) -> Iterator[Problem]:
    """Paces that can be kept."""
    for row in case.of(RawActivities):
        least = row.at_least or 0.0
        if row.at_most is not None and exceeds(least, row.at_most):
            yield error(
                row,
                "at_least",
                "least-above-most",
                f"'At least' is {amount(least)} a year and 'At most' {amount(row.at_most)} ({row.at('at_most')}).",
                "Lower 'At least' or raise 'At most'.",
            )
        if row.at_most is not None and exceeds(row.least_scale, row.at_most):
            yield error(
                row,
                "least_scale",
                "scale-above-most",
                f"'Least scale' is {amount(row.least_scale)} a year and 'At most' {amount(row.at_most)}"
                f" ({row.at('at_most')}): it can never run.",
                "Lower one or raise the other.",
            )
        if row.growth is not None and not row.growth_base and not least:
            yield error(
                row,
                "growth_base",
                "growth-without-start",
                "growth is limited, 'Starting pace' is 0 and 'At least' is 0: it can never start.",
                "Write in 'Starting pace' which pace is possible from the first day.",
            )
