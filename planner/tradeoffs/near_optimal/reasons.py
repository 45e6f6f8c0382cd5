"""Why a row is in every plan of equal merit, or in none; and which two rows stand for each other."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from planner.plan import Status
from planner.solver.answers import Answer
from planner.tradeoffs.near_optimal.near_optimal_set import Decision
from planner.wording.figures import figure, part_of

if TYPE_CHECKING:
    from planner.tradeoffs.near_optimal.survey import RangeSurvey

MOST_PAIRS = 12
"""Pairs that are looked at."""


def pairs_of(survey: RangeSurvey) -> tuple[tuple[Decision, Decision], ...]:
    """Pairs of yes-or-no rows of a kind of which every plan has exactly one: seen in all plans, then proven."""
    table = np.array(survey.amounts)
    free = [n for n, item in enumerate(survey.items) if item.binary and survey.verdict(n) == "free choice"]
    seen = [
        (a, b)
        for a, b in combinations(free, 2)
        if survey.items[a].kind == survey.items[b].kind and bool(np.all(table[:, a] + table[:, b] == 1.0))
    ]
    proven = []
    for a, b in seen[:MOST_PAIRS]:
        if survey.context.over():
            break
        both = survey.costs[a] + survey.costs[b]
        if _end(survey, both) < 2.0 and _end(survey, -both) < 0.0:
            proven.append((survey.items[a], survey.items[b]))
    return tuple(proven)


def _end(survey: RangeSurvey, cost: np.ndarray) -> float:
    """Most of a whole-number cost that is not ruled out: by the relaxation, else by a search."""
    bound = float(np.floor(survey.near_optimal.relaxed(cost) + 1e-5))
    if bound in (1.0, -1.0):
        return bound
    answer = survey.near_optimal.most(cost, survey.plans[0], min(20.0, survey.context.left), 0.0)
    return np.inf if answer.bound is None else float(np.floor(answer.bound + 1e-5))


def reason(survey: RangeSurvey, n: int) -> str:
    """What having it not, or having it, would cost; empty where time has ended."""
    item, near_optimal, cost = survey.items[n], survey.near_optimal, survey.costs[n]
    needed = survey.verdict(n) == "must have"
    if not item.terms:
        return "It cannot be done at all: its window leaves no day."
    if survey.context.over() and n not in survey.forced:
        return ""
    if needed and -near_optimal.relaxed(-cost, anywhere=True) > survey.tiny(n):
        return "The workbook itself asks for it: no plan at all can do without."
    top = near_optimal.relaxed(cost, anywhere=True) if not needed else np.inf
    if not needed and top <= survey.tiny(n):
        return "It cannot be done at all: limits, means or conditions leave no room for it."
    what = "Doing without" if needed else "Having it" if item.binary else "Even a little of it"
    low, high = (-np.inf, 0.0) if needed else (survey.least_amount(n), np.inf)
    if n not in survey.forced:
        survey.forced[n] = near_optimal.best_with(item, low, high, min(20.0, survey.context.left))
        survey.runs += 1
    return _costs(survey, survey.forced[n], what)


def _costs(survey: RangeSurvey, answer: Answer, what: str) -> str:
    """Points lost by having, or not having, an item; between what was found and what is proven."""
    near_optimal = survey.near_optimal
    if answer.status is Status.INFEASIBLE:
        return f"{what} leaves no plan at all."
    best = float(near_optimal.levels[0] @ survey.plans[0])
    size = max(abs(near_optimal.objectives[0]), 1e-9)
    proven = -np.inf if answer.bound is None else best - answer.bound
    if answer.values is None:
        return f"{what} costs at least {_share(proven, size)}." if proven > 0.0 else ""
    lost = best - float(near_optimal.levels[0] @ answer.values[: near_optimal.size])
    if lost - max(proven, 0.0) > 0.1 * abs(lost):
        return f"{what} costs between {_share(max(proven, 0.0), size)} and {_share(lost, size)}."
    return f"{what} costs {_share(lost, size)}."


def _share(points: float, size: float) -> str:
    """Points with their share of the best."""
    part = part_of(points, size)
    return f"{figure(points)} points" + (f" ({part})" if part else "")
