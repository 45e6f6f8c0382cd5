"""Impossibilities that arithmetic shows before any solver is asked: both numbers, and both cells.

Only what is certainly impossible on every grid is said. Nothing is said while something else is wrong, because most of
it would follow from that.
"""

from __future__ import annotations

from planner.case import Case
from planner.checks import advanced, changes, frame, money, people, reforms, rights, rules, slots, work
from planner.checks.arithmetic_money import check_money
from planner.checks.arithmetic_work import check_work
from planner.checks.bounds import Bounds
from planner.checks.compiled import compiled, unused
from planner.checks.limits import check_limits
from planner.problems import Problem

PREMISES = (
    frame.check,
    people.check,
    rights.check,
    work.check,
    money.check,
    slots.check,
    reforms.check,
    rules.check,
    changes.check,
    advanced.check,
)
"""Checks without whose blessing nothing is added up."""


def check(case: Case) -> list[Problem]:
    """Compile the case and add up."""
    if any(problem.severity == "error" for premise in PREMISES for problem in premise(case)):
        return []
    draft, refused = compiled(case)
    if refused:
        return refused
    bounds = Bounds(draft)
    return [*unused(draft), *check_limits(bounds), *check_money(bounds), *check_work(bounds)]
