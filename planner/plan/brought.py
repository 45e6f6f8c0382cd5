"""A plan that came in a file: what only its maker can know of it is not believed."""

from __future__ import annotations

from dataclasses import replace

from planner.plan import Plan, Status

NOT_PROVEN = (
    "This plan was taken in from a file: its decisions were recomputed from its workbook, but not whether another plan "
    "is better. Search again for that."
)
NOT_FOUND = "That no plan was found was taken in from a file and not examined. Search again for that."


def unproven(plan: Plan) -> Plan:
    """The plan without what only its maker can know: how good it is, what cannot be recomputed, that it was checked."""
    status, words = (Status.FEASIBLE, NOT_PROVEN) if plan.found else (Status.NO_PLAN, NOT_FOUND)
    return replace(
        plan, status=status, bound=None, gap=None, verified=None, doing_nothing={}, previous={}, defaults=(),
        warnings=(), unproven=(words,),
    )  # fmt: skip
