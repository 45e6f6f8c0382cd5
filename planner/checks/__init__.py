"""Checks of a whole case: what single cells cannot show. Each module has one `check(case) -> list[Problem]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from planner.case import Case
from planner.case.problems import Problem, sort_key
from planner.checks import (
    advanced,
    arithmetic,
    changes,
    frame,
    magnitudes,
    money,
    people,
    recommendations,
    references,
    reforms,
    rights,
    rules,
    selections,
    slots,
    sources,
    work,
)  # fmt: skip

Check: TypeAlias = Callable[[Case], list[Problem]]

STRUCTURE: tuple[Check, ...] = (
    references.check,
    selections.check,
    sources.check,
    magnitudes.check,
    recommendations.check,
)
"""Checks of names and cells. They make sense, and must not fail, whatever else is wrong."""

DOMAIN: tuple[Check, ...] = (
    frame.check, people.check, rights.check, work.check, money.check, slots.check, reforms.check, rules.check,
    changes.check, advanced.check,
)  # fmt: skip
"""Checks of meaning: conservation, rights, logic. They may count on typed cells and on references that exist."""

_MISLED = (ArithmeticError, AttributeError, LookupError, StopIteration, TypeError, ValueError)


def check_case(case: Case, *, complete: bool = True, unsure: frozenset[tuple[str, int]] = frozenset()) -> list[Problem]:
    """Run every check and return the findings in their stable order.

    With `complete` false some cells could not be read and hold stand-ins: rows in `unsure` (sheet, row number) do.
    Checks of meaning then still run, so that everything is reported in one pass, but what they say about unsure rows
    is left out, and one that trips over a stand-in or an unknown name stays silent. A finding of meaning at a cell that
    is already wrong by itself says nothing new and is left out. Only a case without any error is tried by arithmetic:
    what that shows to be impossible is a conflict, not an error, since the solver can prove it.
    """
    problems = [problem for check in STRUCTURE for problem in check(case)]
    whole = complete and not any(p.severity == "error" for p in problems)
    for check in DOMAIN:
        try:
            found = check(case)
        except _MISLED:
            if whole:
                raise
            continue
        wrong = {p.address for p in problems if p.severity == "error" and p.address.row}
        fresh = [p for p in found if p.address not in wrong]
        problems += fresh if whole else [p for p in fresh if (p.address.sheet, p.address.row) not in unsure]
    if complete and not any(p.severity == "error" for p in problems):
        problems += arithmetic.check(case)
    return sorted(set(problems), key=sort_key)


__all__ = ["DOMAIN", "STRUCTURE", "Check", "check_case"]
