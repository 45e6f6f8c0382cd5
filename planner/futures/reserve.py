"""Reserve against risk: how much of the mean it costs to do better in the worst futures, step by step.

Each step seeks (1 - weight) times the mean plus weight times the mean of the worst futures
(:mod:`planner.futures.risk`). Among all plans met on the way each step keeps the best for its own weight, so that with
more weight the worst futures never get worse and the mean never better, whatever gap was left open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from models.matrix import Floats
from planner.futures.branching import Decision
from planner.futures.errors import FuturesError
from planner.futures.found import Hedge
from planner.futures.recourse import commitments_of
from planner.futures.risk import Aim, StochasticSolver, tail_mean
from planner.futures.tree import Tree, merge
from planner.ordering import place
from planner.plan import Status
from planner.run.stops import Stop
from planner.solver.runs import RunContext
from planner.wording.figures import share

WEIGHTS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.95)
"""Weights of the worst futures unless others are asked for. At 1 the other futures would not count at all."""
SAME = 1e-6
"""Plans whose mean and tail differ by less than this share are one step."""


@dataclass(frozen=True)
class RiskStep:
    """A plan for one weight: its mean, the mean of its worst futures, its points in every future."""

    weight: float
    mean: float
    tail: float
    points: tuple[float, ...]
    gap: float | None
    columns: Floats = field(repr=False)

    def worth(self, weight: float) -> float:
        """Value of the plan for a weight."""
        return (1.0 - weight) * self.mean + weight * self.tail


@dataclass(frozen=True)
class Reserve:
    """Steps in rising weight; `worst` is the share of futures that make the tail."""

    steps: tuple[RiskStep, ...]
    worst: float
    tree: Tree = field(repr=False)
    stopped: Stop = Stop.NONE
    seconds: float = 0.0

    @property
    def distinct(self) -> tuple[RiskStep, ...]:
        """Steps whose plans differ, the first of each."""
        kept: list[RiskStep] = []
        for step in self.steps:
            if not kept or abs(step.tail - kept[-1].tail) > SAME * max(1.0, abs(step.tail)):
                kept.append(step)
        return tuple(kept)

    def committed(self, found: Hedge, step: RiskStep) -> dict[Decision, float]:
        """Commitments of a step before futures show, in natural units."""
        future = found.outlook.futures[0]
        values = commitments_of(future, self.tree.values(step.columns, 0))
        early = {d for n, d in enumerate(future.decisions) if future.early[n]}
        return {d: v for d, v in values.items() if d in early}


def reserve_front(
    found: Hedge,
    *,
    weights: Sequence[float] = WEIGHTS,
    worst: float = 0.2,
    run: RunContext | None = None,
) -> Reserve:
    """Plans between the best mean and the best worst futures, from a hedge that was found.

    Args:
        found: The hedge.
        weights: How much the worst futures count, each from 0 to 1.
        worst: Share of futures, by probability, that count as the worst.
        run: As for :func:`hedge`.

    Returns:
        For each weight the mean and the mean of the worst futures, in points, and what is held back.

    Raises:
        FuturesError: A weight or the share lies outside 0 to 1, or no commitments hold in all futures.

    Source: R. T. Rockafellar and S. Uryasev, Optimization of conditional value-at-risk, 2000.

    Example:
        >>> read = lambda scenario: planner.read("inputs/starter.xlsx", scenario=scenario)
        >>> outlook = planner.futures.outlook_of(read, options=options)
        >>> hedged = planner.futures.hedge(outlook, matrix=False, least_regret=False)
        >>> found = planner.futures.reserve_front(hedged, weights=(0.0, 0.5))
        >>> len(found.steps)
        2
    """
    if not 0.0 < worst <= 1.0:
        message = f"The worst futures must be more than 0 % and at most 100 % of all, not {share(worst)}."
        raise FuturesError(message)
    if not weights or any(not 0.0 <= w <= 1.0 for w in weights):
        message = "Every weight of the worst futures must lie between 0 and 1."
        raise FuturesError(message)
    row = found.hedged
    if row is None or not row.whole:
        message = "No commitments hold in all futures, so there is no plan whose risk could be weighed."
        raise FuturesError(message)
    outlook = found.outlook
    run = RunContext.of(run, outlook.options)
    tree = merge(outlook.futures)
    solver = StochasticSolver(tree, outlook.probabilities, outlook.options, max(abs(h.points) for h in found.hindsight))
    known = [tree.columns([f.values for f in row.followed if f.values is not None])]
    regret = found.row("least regret")
    if regret is not None and regret.whole:
        known.append(tree.columns([f.values for f in regret.followed if f.values is not None]))
    asked: list[tuple[float, float | None]] = []
    for number, weight in enumerate(sorted(set(weights)), 1):
        run.say(f"reserve against risk: step {number} of {len(set(weights))}")
        left = run.left
        if run.over():
            break
        start = max(known, key=lambda c: place(_step(solver, c, weight, worst, outlook.probabilities).worth(weight)))
        part = left / max(1, len(set(weights)) - number + 1)
        answer = solver.run(Aim("tail", weight, worst), replace(run, tell=None), part, start=start)
        if answer.values is not None:
            known.append(answer.values)
        asked.append((weight, answer.bound if answer.status in (Status.OPTIMAL, Status.FEASIBLE) else None))
    steps = []
    for weight, bound in asked:
        made = [_step(solver, c, weight, worst, outlook.probabilities) for c in known]
        best = max(made, key=lambda s: (place(s.worth(weight)), place(s.tail)))
        reached = best.worth(weight)
        gap = None if bound is None or not math.isfinite(bound) else max(0.0, bound - reached) / max(abs(reached), 1e-9)
        steps.append(RiskStep(weight, best.mean, best.tail, best.points, gap, best.columns))
    return Reserve(tuple(steps), worst, tree, run.stopped, run.elapsed)


def _step(solver: StochasticSolver, columns: Floats, weight: float, worst: float, probabilities: Floats) -> RiskStep:
    """A plan of the tree as a step."""
    points = solver.points(columns)
    mean = math.fsum(p * v for p, v in zip(probabilities.tolist(), points, strict=True))
    tail = tail_mean(points, probabilities.tolist(), worst)
    return RiskStep(weight, mean, tail, tuple(points), None, columns)
