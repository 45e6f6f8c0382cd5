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
"""Price of a unit's change from the previous plan, against one for doing a unit on the last day instead of the first."""


def settle(built: Built, matrix: Matrix, options: Options, values: Floats, objective: Floats, kept: float) -> Floats:
    """Return the plan of equal value that the stated rule prefers.

    The yes-or-no decisions stay. Among the linear programmes' optima the rule takes the least sum of changes from the
    previous plan, then work as early as it can be (each unit's start day over the horizon), then the order of names.
    Every earlier priority level is kept as well, since its outcome cannot fall.
    """
    session = Session(matrix, options)
    session.fix_whole(values)
    for level in range(max(1, len(built.frame.network.priorities))):
        session.add_row(_cost(built, level), _floor(float(_cost(built, level) @ values), kept), np.inf)
    cost = preference(built, matrix)
    session.set_cost(cost)
    hold_to_previous(session, built)
    answer = session.run(time_limit=options.time_limit)
    if answer.status is not Status.OPTIMAL or answer.values is None:
        return values
    better = float(objective @ answer.values[: len(values)]) >= _floor(float(objective @ values), 2.0 * kept)
    return answer.values[: len(values)] if better else values


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


def _floor(value: float, kept: float) -> float:
    """Value less a rounding allowance."""
    return value - kept * max(1.0, abs(value))


def _cost(built: Built, level: int) -> Floats:
    """Cost vector of a priority level."""
    cost = np.zeros(len(built.frame.columns))
    for column, points in built.outcomes.objective(level).terms.items():
        cost[column] += points
    return cost


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
