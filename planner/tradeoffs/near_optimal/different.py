"""A few plans of equal merit that lie as far apart as possible, each a whole plan.

Candidates are all plans met on the way and those found by turning away from the ones chosen so far (hop, skip and jump:
Brill, Chang & Hopkins 1982); from them the plan farthest from all chosen is taken again and again (Gonzalez 1985).
Distance is the mean difference of amounts over their ranges.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from models.matrix import Floats
from planner.ordering import largest
from planner.plan import Plan, Status
from planner.tradeoffs.full_plans import Held, exact, plan_of, settled
from planner.tradeoffs.near_optimal.near_optimal_set import NearOptimalSet
from planner.wording.figures import within as gap_words

if TYPE_CHECKING:
    from planner.tradeoffs.near_optimal.survey import RangeSurvey

SAME = 1e-3
"""Plans nearer than this are the same."""


@dataclass(frozen=True)
class Chosen:
    """Settled columns of a plan, and its distance from the nearest plan chosen before it (0 for the first)."""

    columns: Floats = field(repr=False)
    distance: float = 0.0


def choose(survey: RangeSurvey, count: int) -> list[Chosen]:
    """Choose plans, the best one first; fewer where no further one differs."""
    chosen: list[tuple[int, float]] = [(0, 0.0)]
    while len(chosen) < count:
        _turn_away(survey, [n for n, _ in chosen])
        table = survey.scaled()
        apart = np.abs(table[:, None, :] - table[None, [n for n, _ in chosen], :]).mean(axis=2).min(axis=1) \
            if table.shape[1] else np.zeros(len(table))  # fmt: skip
        far = largest(apart)
        if apart[far] <= SAME:
            break
        chosen.append((far, float(apart[far])))
    return [Chosen(_whole(survey, n), distance) for n, distance in chosen]


def _turn_away(survey: RangeSurvey, chosen: list[int]) -> None:
    """Look for a plan that has what the chosen ones lack and lacks what they have."""
    tops = np.maximum(survey.high, 1e-12)
    mean = np.array([survey.amounts[n] / tops for n in chosen]).mean(axis=0)
    survey.seek(np.where(mean > 0.5, -1.0, 1.0) * (0.25 + np.abs(mean - 0.5)))


def _whole(survey: RangeSurvey, n: int) -> Floats:
    """Columns of a plan with the same choices, and the best of everything else."""
    near_optimal = survey.near_optimal
    if n == 0:
        return survey.plans[0]
    held: list[Held] = []
    for cost, amount in zip(survey.costs, survey.amounts[n], strict=True):
        room = 1e-6 * max(1.0, abs(float(amount)))
        held.append((cost, float(amount) - room, float(amount) + room))
    held += [(level, floor, np.inf) for level, floor in zip(near_optimal.levels, near_optimal.floors, strict=True)]
    return settled(near_optimal.model, near_optimal.model.matrix, near_optimal.context.options, survey.plans[n], held)


def plan_of_choice(
    near_optimal: NearOptimalSet,
    columns: Floats,
    status: Status,
    gap: float | None,
    bound: float | None,
    within: str,
    number: int,
) -> Plan:
    """The whole plan of an alternative, with what is not proven of it."""
    said = [
        f"Alternative {number} of plans within {within} of the best: chosen for being different, not for its points."
    ]
    if gap is not None:
        said.append(f"No plan can be better than this one by more than {gap_words(gap)}.")
    columns = exact(near_optimal.model, near_optimal.context.options, columns[: near_optimal.size])
    return plan_of(
        near_optimal.model,
        near_optimal.context.options,
        columns,
        status,
        gap=gap,
        bound=bound,
        unproven=said if number > 1 else said[1:],
    )
