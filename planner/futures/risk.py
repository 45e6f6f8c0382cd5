r"""What a hedged plan is after: the mean, the mean and the worst part together, or the smallest largest regret.

* mean: :math:`\max \sum_s \pi_s y_s`
* tail: :math:`\max (1-\lambda) \sum_s \pi_s y_s + \lambda\,\mathrm{CVaR}_\beta`,
  :math:`\mathrm{CVaR}_\beta = \eta - \frac{1}{1-\beta} \sum_s \pi_s \xi_s,\ \xi_s \ge \eta - y_s,\ \xi_s \ge 0`: the
  mean of the worst :math:`1-\beta` of all futures (Rockafellar and Uryasev 2000)
* regret: :math:`\min r,\ r \ge y^*_s - y_s` for every future (Savage 1951), then the best mean with that regret
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from models.matrix import Floats
from planner.futures.tree import Tree
from planner.options import Options
from planner.run.progress import OnProgress, Progress
from planner.solver.answers import Answer
from planner.solver.runs import Interrupt, interrupted
from planner.solver.session import Session

Kind: TypeAlias = Literal["mean", "tail", "regret"]


@dataclass(frozen=True)
class Aim:
    """What is sought. `weight` is lambda, `worst` the share of futures that make the tail (1 - beta)."""

    kind: Kind = "mean"
    weight: float = 0.0
    worst: float = 0.2


class GapReached:
    """Asks a search to stop once its plan is near enough to what nothing can pass; keeps listening to others."""

    def __init__(self, interrupt: Interrupt | None, tell: OnProgress | None, ceiling: float, gap: float) -> None:
        """`ceiling` is what no plan can pass, known beforehand; `gap` the share of the plan that is near enough."""
        self.interrupt, self.tell, self.ceiling, self.gap = interrupt, tell, ceiling, gap
        self.reached = False

    def is_set(self) -> bool:
        """Whether to stop."""
        return self.reached or interrupted(self.interrupt)

    def hear(self, progress: Progress) -> None:
        """Look at the best plan so far, and pass the news on with the better of the two bounds."""
        best = progress.incumbent
        if best is not None and self.ceiling - best <= self.gap * abs(best):
            self.reached = True
        if self.tell is not None:
            bound = self.ceiling if progress.bound is None else min(self.ceiling, progress.bound)
            self.tell(replace(progress, bound=bound))


def tail_mean(points: Sequence[float], probabilities: Sequence[float], worst: float) -> float:
    """Mean of the worst `worst` of the probability (CVaR), exactly: the last future counts with the part that fits."""
    left, total = worst, 0.0
    for value, probability in sorted(zip(points, probabilities, strict=True)):
        part = min(left, probability)
        total += part * value
        left -= part
        if left <= 1e-12:
            break
    return total / (worst - left) if worst > left else math.nan


class StochasticSolver:
    """A session on the tree of all futures that can be asked for one aim after another."""

    def __init__(self, tree: Tree, probabilities: Floats, options: Options, size: float) -> None:
        """Hold the tree. `size` is about how many points are at stake: rows of points are divided by it."""
        self.tree, self.probabilities = tree, probabilities
        self.session = Session(tree.matrix, options)
        self.n = len(tree.matrix.cost)
        self.size = 10.0 ** math.floor(math.log10(max(size, 1e-6)))
        self.eta: int | None = None
        self.short: list[int] = []
        self.regret: int | None = None

    def _row(self, extra: dict[int, float], s: int, lower: float, upper: float = math.inf) -> None:
        """A row with the points of one future: `lower / size <= extra + y_s / size <= upper / size`."""
        cost, offset = self.tree.costs[s], self.tree.offsets[s]
        terms = {int(n): float(cost[n]) / self.size for n in np.flatnonzero(cost)}
        if terms or extra:
            self.session.add_terms(terms | extra, (lower - offset) / self.size, (upper - offset) / self.size)

    def _tail(self) -> None:
        """Lay out eta and the shortfalls below it, once."""
        if self.eta is not None:
            return
        self.eta = self.session.add_column(0.0, -np.inf)
        for s in range(len(self.probabilities)):
            short = self.session.add_column(0.0)
            self.short.append(short)
            self._row({short: 1.0, self.eta: -1.0}, s, 0.0)

    def _regrets(self, best: Sequence[float]) -> None:
        """Lay out the largest regret, once."""
        if self.regret is not None:
            return
        self.regret = self.session.add_column(0.0)
        for s, value in enumerate(best):
            self._row({self.regret: 1.0}, s, value)

    def cost(self, aim: Aim) -> Floats:
        """Points of an aim for the session's columns; those of the tail and of regret count `size` points each."""
        cost = np.zeros(self.session.columns)
        if aim.kind == "regret":
            assert self.regret is not None
            cost[self.regret] = -self.size
            return cost
        share = 1.0 - aim.weight if aim.kind == "tail" else 1.0
        cost[: self.n] = share * self.tree.matrix.cost
        if aim.kind == "tail" and aim.weight > 0.0:
            assert self.eta is not None
            cost[self.eta] = aim.weight * self.size
            for short, probability in zip(self.short, self.probabilities.tolist(), strict=True):
                cost[short] = -aim.weight * self.size * probability / aim.worst
        return cost

    def run(
        self,
        aim: Aim,
        *,
        start: Floats | None = None,
        best: Sequence[float] = (),
        interrupt: Interrupt | None = None,
        limit: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Answer:
        """Search for the plan of an aim; `start` are columns of the tree of a plan that is known.

        The answer's objective and bound are in points: of the mean, of the weighted sum, or the negative of the regret.
        """
        if aim.kind == "tail" and aim.weight > 0.0:
            self._tail()
        if aim.kind == "regret":
            self._regrets(best)
        share = {"mean": 1.0, "tail": 1.0 - aim.weight, "regret": 0.0}[aim.kind]
        if self.session.integer:  # a regret near nothing has no relative gap that could close
            near = self.session.options.gap * max((abs(v) for v in best), default=0.0)
            self.session.set_gaps(absolute=max(1e-9, near if aim.kind == "regret" else 0.0))
        self.session.set_cost(self.cost(aim), share * self.tree.matrix.offset)
        if start is not None and self.session.integer:
            self.session.forget()
            self.session.start_from(self._complete(start, aim, best))
        answer = self.session.run(on_progress, interrupt, time_limit=limit)
        return replace(answer, values=None if answer.values is None else answer.values[: self.n])

    def with_decisions(self, whole: Floats, limit: float) -> Floats | None:
        """Columns of the best mean with every binary decision as in `whole`: a linear programme."""
        session = Session(self.tree.matrix, self.session.options)
        session.fix_integers(whole)
        return session.run(time_limit=limit).values

    def points(self, columns: Floats) -> list[float]:
        """Points of every future under columns of the tree."""
        pairs = zip(self.tree.costs, self.tree.offsets, strict=True)
        return [float(cost @ columns[: self.n]) + offset for cost, offset in pairs]

    def _complete(self, start: Floats, aim: Aim, best: Sequence[float]) -> Floats:
        """Columns of a known plan with the figures of the aims."""
        full = np.zeros(self.session.columns)
        full[: self.n] = start[: self.n]
        points = self.points(full)
        if self.eta is not None:
            order = sorted(zip(points, self.probabilities.tolist(), strict=True))
            reached, eta = 0.0, order[-1][0]
            for value, probability in order:
                reached += probability
                eta = value
                if reached >= aim.worst - 1e-12:
                    break
            full[self.eta] = eta / self.size
            full[self.short] = [max(0.0, eta - value) / self.size for value in points]
        if self.regret is not None:
            known = best or points
            full[self.regret] = max(0.0, *(y - p for y, p in zip(known, points, strict=True))) / self.size
        return full

    def hold_regret(self, regret: float) -> None:
        """Keep the largest regret at no more than this many points."""
        assert self.regret is not None
        self.session.bound_column(self.regret, 0.0, regret / self.size)
