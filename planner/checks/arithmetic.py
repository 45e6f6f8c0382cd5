"""Impossibilities that arithmetic shows before any solver is asked: both numbers, and both cells.

Only what is certainly impossible on every grid is said, and only of a case in which nothing else is wrong, because most
of it would follow from that (:func:`planner.checks.check_case` sees to it).
"""

from __future__ import annotations

from planner.case import Case
from planner.case.problems import Problem
from planner.checks.arithmetic_money import check_money
from planner.checks.arithmetic_work import check_work
from planner.checks.bounds import Bounds
from planner.checks.compiled import compiled, unused
from planner.checks.limits import check_limits
from planner.checks.queues import check_queues


def check(case: Case) -> list[Problem]:
    """Compile the case and add up."""
    draft, refused = compiled(case)
    if refused:
        return [*refused, *draft.notes]
    bounds = Bounds(draft)
    return [
        *draft.notes,
        *unused(draft),
        *check_limits(bounds),
        *check_money(bounds),
        *check_work(bounds),
        *check_queues(bounds),
    ]
