"""A whole plan for each future: commitments kept, the rest settled as in any other plan, checked independently."""

from __future__ import annotations

from dataclasses import replace

from planner.futures.errors import FuturesError
from planner.futures.found import CommittedPlan, Hedge
from planner.futures.recourse import held
from planner.plan import Plan, Status
from planner.solver.answers import relative_gap
from planner.solver.tie_breaking import break_ties
from planner.tradeoffs.full_plans import plan_of
from planner.verify import verify

KEPT = 1e-9


def plan_in(found: Hedge, row: CommittedPlan, s: int) -> Plan:
    """The plan of some commitments in one future, with its independent check.

    Its bound is that of hindsight, so its gap is what may be lost for not having known. Raises FuturesError where the
    commitments cannot be kept there.
    """
    future, followed = found.outlook.futures[s], row.followed[s]
    if followed.values is None or not followed.whole:
        message = f"In future '{future.title}' the commitments of the {row.name} cannot be kept, so there is no plan."
        raise FuturesError(message)
    matrix, _ = held(future, row.committed[s])
    options = found.outlook.options
    values = break_ties(future.model.built, matrix, options, followed.values, KEPT)
    bound = found.hindsight[s].bound
    said = (
        f"Whether this is the best for '{future.title}' alone: it is made for {len(found.outlook.futures)} futures, "
        "and what is decided before they show is the same in all of them.",
    )
    plan = plan_of(future.model, options, values, Status.FEASIBLE, gap=None, bound=None, unproven=said)
    bound = max(bound, plan.objective or bound)
    gap = None if plan.objective is None else relative_gap(plan.objective, bound)
    plan = replace(plan, bound=bound, gap=gap)
    return replace(plan, verified=verify(future.model.case, plan).ok)
