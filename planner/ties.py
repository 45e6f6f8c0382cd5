"""Equal merit: among plans of the same value take the one nearest to the previous plan, else the earliest."""

from __future__ import annotations

import numpy as np

from models.build import Built
from models.linear import Form
from models.matrix import Floats, Matrix
from planner.options import Options
from planner.plan import Status
from planner.session import Session

CHANGE = 100.0
"""Price of a unit's change from the previous plan, where doing a unit on the last day, not the first, costs 1."""


def settle(built: Built, matrix: Matrix, options: Options, values: Floats, kept: float) -> Floats:
    """Return the plan of equal value that the stated rule prefers.

    The yes-or-no decisions stay. With them fixed the rest is solved to the end, and among the optima of that linear
    programme the rule takes the least sum of changes from the previous plan, then the least work, as early as it can be
    done (each unit's start day over the horizon), then the order of names. Earlier priority levels keep their value.
    """
    session = Session(matrix, options)
    session.fix_whole(values)
    levels = max(1, len(built.frame.network.priorities))
    for level in range(levels - 1):
        earlier = cost_of(built, level)
        reached = float(earlier @ values)
        session.add_row(earlier, reached - kept * max(1.0, abs(reached)), np.inf)
    session.set_cost(cost_of(built, levels - 1))
    best = session.run(time_limit=options.time_limit)
    if best.status is not Status.OPTIMAL or best.values is None:
        return values
    session.keep_optimal()
    session.set_cost(preference(built, matrix))
    hold_to_previous(session, built)
    answer = session.run(time_limit=options.time_limit)
    found = answer.status is Status.OPTIMAL and answer.values is not None
    return (answer.values if found else best.values)[: len(values)]  # type: ignore[index]


def cost_of(built: Built, level: int) -> Floats:
    """Cost vector of one priority level, for the scaled columns."""
    cost = np.zeros(len(built.frame.columns))
    for column, points in built.outcomes.objective(level).terms.items():
        cost[column] += points
    return cost


def hold_to_previous(session: Session, built: Built) -> None:
    """Price every change from the previous plan far above being late: d >= x - previous and d >= previous - x."""
    activities = built.activities
    for previous in built.frame.network.previous:
        level, scale = Form(), activities.by_id[previous.activity].scale
        for t in activities.active[previous.activity]:
            begin, end = activities.spans[previous.activity][t]
            overlap = min(end, previous.end) - max(begin, previous.start)
            if overlap > 0.0:
                level.add(activities.level[previous.activity, t], overlap / (end - begin))
        change = session.add_column(-CHANGE)
        for sign in (1.0, -1.0):
            terms = {column: -sign * value / scale for column, value in level.terms.items()} | {change: 1.0}
            session.add_terms(terms, -sign * previous.level / scale, np.inf)


def preference(built: Built, matrix: Matrix) -> Floats:
    """Small costs that order plans of equal value: late work costs most, then names late in the alphabet."""
    cost = np.zeros(len(matrix.cost))
    grid, activities = built.frame.grid, built.activities
    names = {a.id: n for n, a in enumerate(built.frame.network.activities)}
    for (family, key), number in built.frame.column_of.items():
        if family == "level":
            start = activities.spans[str(key[0])][int(key[1])][0]
            cost[number] = -(1.0 + start / grid.horizon + 1e-3 * names[str(key[0])] / max(1, len(names)))
        elif family in ("payment", "lapse", "over_limit", "broken"):
            cost[number] = -1e-3
    return cost
