r"""Fair plans: who gets what, when the parts are countries or groups, and what fairness costs in the total.

Parts are linear expressions, more is better (people helped in each country). With `needs`, fairness looks at each part
over its need, :math:`u_i = f_i / n_i`; totals stay sums of the parts. Methods as surveyed by Chen & Hooker (2023),
Annals of Operations Research 326.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from models.matrix import Floats
from planner.solver.answers import Answer
from planner.solver.runs import Given
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.model_extension import ModelExtension, Solution, Terms, as_problem, number_of, plus
from planner.tradeoffs.problem import MultiObjectiveProblem, Objectives
from planner.wording.figures import share, typed

EQUAL = 1e-7
"""Ratios nearer than this share of the largest count as equal."""

Needs = Mapping[str, float]


def gini(values: Sequence[float]) -> float:
    r"""Gini coefficient :math:`\sum_{i<j} |u_i - u_j| / (n \sum_i u_i)`, ratios weighted equally; 0 if all are 0."""
    numbers = np.asarray(values, dtype=float)
    apart = float(np.abs(numbers[:, None] - numbers[None, :]).sum()) / 2.0
    below = len(numbers) * float(numbers.sum())
    return apart / below if below else 0.0


def price_of_fairness(best: float, fair: float) -> float:
    """Share of the greatest total that a fair plan gives up (Bertsimas, Farias & Trichakis 2011)."""
    return (best - fair) / best if best else 0.0


@dataclass
class _Parts:
    """A model extension with the ratios of the parts as forms."""

    extension: ModelExtension
    names: tuple[str, ...]
    needs: Floats

    def ratio(self, k: int) -> tuple[Terms, float]:
        """Form and constant of one ratio."""
        return plus((self.extension.form(k), 1.0 / self.needs[k])), self.extension.constant(k) / float(self.needs[k])

    def total(self) -> Terms:
        """Sum of all parts."""
        return plus(*((self.extension.form(k), 1.0) for k in range(len(self.names))))

    def ratios(self, answer: Answer) -> Floats:
        """Ratios of an answer."""
        return np.asarray(self.extension.natural(answer) / self.needs)

    def finish(
        self, principle: str, answer: Answer, figures: Mapping[str, float] | None = None, notes: tuple[str, ...] = ()
    ) -> Solution:
        """Solution with the figures that every fair plan has."""
        ratios = self.ratios(answer)
        total = float(self.extension.natural(answer).sum())
        common = {"total": total, "worst": float(ratios.min()), "gini": gini(ratios.tolist())}
        return self.extension.solution(principle, answer, common | dict(figures or {}), notes)


def _start(
    source: Any,
    parts: Objectives | None,
    needs: Needs | None,
    options: Given | None,
) -> _Parts:
    """Read, check and hold the model."""
    problem: MultiObjectiveProblem = as_problem(source, parts)
    if np.any(problem.senses < 0):
        worse = next(n for n, s in zip(problem.names, problem.senses, strict=True) if s < 0)
        message = f"Part '{worse}' is minimised: parts of a fair division are goods (more is better); turn its sign."
        raise TradeoffError(message)
    for name, need in (needs or {}).items():
        number_of(problem, name)
        if not need > 0.0:
            message = (
                f"Part '{name}' has need {typed(need)}: needs are larger than zero; leave parts without a need out."
            )
            raise TradeoffError(message)
    sizes = np.array([(needs or {}).get(n, 1.0) for n in problem.names])
    return _Parts(ModelExtension(problem, options), problem.names, sizes)


def utilitarian(
    source: Any,
    parts: Objectives | None = None,
    *,
    options: Given | None = None,
) -> Solution:
    """Greatest total, whoever gets it."""
    held = _start(source, parts, None, options)
    return held.finish("utilitarian", held.extension.maximise(held.total()))


def max_min(
    source: Any,
    parts: Objectives | None = None,
    *,
    needs: Needs | None = None,
    compared: Sequence[str] = (),
    options: Given | None = None,
) -> Solution:
    """Best for the worst-off (Rawls), then the greatest total among those plans.

    `compared` names the parts among which the worst-off is sought; all parts count in the total.
    """
    held = _start(source, parts, needs, options)
    extension, floor = held.extension, held.extension.column(-np.inf)
    places = [held.names.index(name) for name in compared] or list(range(len(held.names)))
    for k in places:
        form, constant = held.ratio(k)
        extension.row(plus((form, 1.0), ({floor: 1.0}, -1.0)), lower=-constant)
    first = extension.maximise({floor: 1.0})
    extension.hold({floor: 1.0}, float(held.ratios(first)[places].min()))
    return held.finish("max-min", extension.maximise(held.total()))


def with_least_ratio(
    source: Any,
    floor: float,
    parts: Objectives | None = None,
    *,
    needs: Needs | None = None,
    start: Floats | None = None,
    options: Given | None = None,
) -> Solution:
    """Greatest total where no ratio falls below a floor: those of the parts in `needs`, else all.

    `start` are columns of a plan that keeps it. Raises TradeoffError where no plan keeps it.
    """
    held = _start(source, parts, needs, options)
    room = held.extension.room * max(abs(floor), 1e-6)
    for k in range(len(held.names)):
        if needs and held.names[k] not in needs:
            continue
        form, constant = held.ratio(k)
        held.extension.row(form, lower=floor - constant - room)
    return held.finish("least ratio", held.extension.maximise(held.total(), start), {"floor": floor})


def leximin(
    source: Any,
    parts: Objectives | None = None,
    *,
    needs: Needs | None = None,
    options: Given | None = None,
) -> Solution:
    """Best for the worst-off, then for the next, and so on.

    Linear programmes: progressive filling, in which the parts that can rise no further are fixed and the others go on
    (Bertsekas & Gallager 1992, max-min fair flows). With integer decisions that is not exact, so the sums of the m
    smallest ratios are maximised in order of m instead (Ogryczak & Sliwinski 2006).
    """
    held = _start(source, parts, needs, options)
    answer, levels = _by_sums(held) if held.extension.problem.integer else _by_filling(held)
    return held.finish("leximin", answer, {f"level {n}": level for n, level in enumerate(levels, start=1)})


def _by_filling(held: _Parts) -> tuple[Answer, list[float]]:
    """Progressive filling; the levels are those at which parts were fixed."""
    extension, size = held.extension, len(held.names)
    floor = extension.column(-np.inf)
    rows, free, levels = [], set(range(size)), []
    for k in range(size):
        form, constant = held.ratio(k)
        rows.append(extension.row(plus((form, 1.0), ({floor: 1.0}, -1.0)), lower=-constant))
    while free:
        answer = extension.maximise({floor: 1.0})
        assert answer.values is not None
        level = float(answer.values[floor])
        room = extension.room * max(abs(level), 1e-6)
        extension.session.bound_column(floor, level - room, level)
        stuck = []
        for k in sorted(free):
            form, constant = held.ratio(k)
            most = held.ratios(extension.maximise(form))[k]
            if most <= level + EQUAL * max(abs(level), 1e-6):
                stuck.append(k)
        for k in stuck or sorted(free):
            form, constant = held.ratio(k)
            extension.session.set_coefficient(rows[k], floor, 0.0)
            extension.session.bound_row(rows[k], level - room - constant, np.inf)
            free.discard(k)
        levels.append(level)
        extension.session.bound_column(floor, level - room, np.inf)
        if not free:
            extension.session.bound_column(floor, 0.0, 0.0)
    return extension.maximise(held.total()), levels


def _by_sums(held: _Parts) -> tuple[Answer, list[float]]:
    r"""Maximise :math:`\theta_m = \max_t\, m t - \sum_i (t - u_i)_+`, the sum of the m smallest, in order of m."""
    extension, size, sums = held.extension, len(held.names), [0.0]
    answer: Answer | None = None
    for m in range(1, size + 1):
        level = extension.column(-np.inf)
        sought = {level: float(m)}
        for k in range(size):
            form, constant = held.ratio(k)
            below = extension.column()
            sought[below] = -1.0
            extension.row(plus((form, 1.0), ({below: 1.0, level: -1.0}, 1.0)), lower=-constant)
        answer = extension.maximise(sought)
        reached = float(np.sort(held.ratios(answer))[:m].sum())
        extension.row(sought, lower=reached - extension.room * max(abs(reached), 1e-6))
        sums.append(reached)
    assert answer is not None
    return answer, np.diff(sums).tolist()


def least_gini(
    source: Any,
    parts: Objectives | None = None,
    *,
    needs: Needs | None = None,
    keep: float = 1.0,
    options: Given | None = None,
) -> Solution:
    r"""Least Gini coefficient of the ratios among plans that keep a share of the greatest total.

    A ratio of two linear forms, minimised exactly by Dinkelbach's method (1967): solve
    :math:`\min \sum d_{ij} - \lambda\, n \sum u_i`, set :math:`\lambda` to the ratio reached, until it stands still.
    """
    held = _start(source, parts, needs, options)
    if not 0.0 < keep <= 1.0:
        message = f"keep is the share of the greatest total to hold, above 0 and at most 1, not {typed(keep)}."
        raise TradeoffError(message)
    extension, size = held.extension, len(held.names)
    best = extension.maximise(held.total())
    constants = sum(extension.constant(k) for k in range(size))
    most = float(extension.natural(best).sum())
    extension.row(held.total(), lower=keep * most - constants - extension.room * max(abs(most), 1e-6))
    apart: Terms = {}
    for i, j in combinations(range(size), 2):
        gap = extension.column()
        apart[gap] = -1.0
        (one, a), (other, b) = held.ratio(i), held.ratio(j)
        for sign in (1.0, -1.0):
            extension.row(plus(({gap: 1.0}, 1.0), (one, -sign), (other, sign)), lower=sign * (a - b))
    answer, value, steps = best, gini(held.ratios(best).tolist()), 0
    while steps < 50:
        steps += 1
        sought = plus((apart, 1.0), *((held.ratio(k)[0], value * size) for k in range(size)))
        trial = extension.maximise(sought)
        reached = gini(held.ratios(trial).tolist())
        if reached >= value - 1e-9:
            break
        answer, value = trial, reached
    return held.finish("least Gini", answer, {"iterations": float(steps), "kept": keep})


def alpha_fair(
    source: Any,
    parts: Objectives | None = None,
    *,
    alpha: float,
    needs: Needs | None = None,
    tangents: int = 12,
    rounds: int = 20,
    options: Given | None = None,
) -> Solution:
    r"""Greatest sum of :math:`u^{1-\alpha}/(1-\alpha)` (logarithm for 1), written by tangents (Mo & Walrand 2000).

    Tangents stand at geometric steps first; each round adds one where the last plan lies. `largest error` is the
    greatest distance between tangent and curve, as a share of the part's own value: what the plan could misjudge.
    """
    if alpha < 0.0:
        message = f"alpha must be 0 (total) or more (1: proportional, large: max-min), not {typed(alpha)}."
        raise TradeoffError(message)
    held = _start(source, parts, needs, options)
    extension, size = held.extension, len(held.names)
    highest = [float(held.ratios(extension.maximise(held.ratio(k)[0]))[k]) for k in range(size)]
    scale = max(*highest, 1e-12)
    utility, slope = _curve(alpha)
    worth = [extension.column(-np.inf) for _ in range(size)]

    def touch(k: int, at: float) -> None:
        form, constant = held.ratio(k)
        tilt, shift = slope(at) / scale, utility(at) - slope(at) * at
        large = max(1.0, slope(at))
        line = plus(({worth[k]: 1.0}, 1.0 / large), (form, -tilt / large))
        extension.row(line, upper=(shift + tilt * constant) / large)

    lowest = 1e-2
    for k in range(size):
        for at in np.geomspace(lowest, 1.0, max(2, tangents)):
            touch(k, float(at))
    sought = dict.fromkeys(worth, 1.0)
    error, used = np.inf, 0
    for used in range(1, max(1, rounds) + 1):
        answer = extension.maximise(sought)
        assert answer.values is not None
        now = np.maximum(held.ratios(answer) / scale, lowest * 10.0**-used)
        drawn = [float(answer.values[w]) for w in worth]
        marks = [(d - utility(float(u))) / (slope(float(u)) * float(u)) for d, u in zip(drawn, now, strict=True)]
        error = max(0.0, *marks)
        if error <= 1e-6 or used == rounds:
            break
        for k in range(size):
            if marks[k] > 1e-7:
                touch(k, float(now[k]))
    notes = (f"Tangents misjudge no part by more than {share(error)} of its own value.",)
    return held.finish(f"alpha-fair {typed(alpha)}", answer, {"largest error": error, "rounds": float(used)}, notes)


def _curve(alpha: float) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Utility and its slope."""
    if abs(alpha - 1.0) < 1e-12:
        return (lambda u: float(np.log(u))), (lambda u: 1.0 / u)
    return (lambda u: u ** (1.0 - alpha) / (1.0 - alpha)), (lambda u: u**-alpha)


def compare(
    source: Any,
    parts: Objectives | None = None,
    *,
    needs: Needs | None = None,
    alphas: Sequence[float] = (1.0, 2.0),
    options: Given | None = None,
) -> pd.DataFrame:
    """One row a principle: what each part gets, the total, the worst ratio, the Gini and the price of fairness."""
    problem = as_problem(source, parts)
    best = utilitarian(problem, options=options)
    held = _start(problem, None, needs, options)
    ratios = np.array([best.values[n] for n in problem.names]) / held.needs
    best = replace(best, figures={**best.figures, "worst": float(ratios.min()), "gini": gini(ratios.tolist())})
    fair = [max_min(problem, needs=needs, options=options), leximin(problem, needs=needs, options=options)]
    fair += [alpha_fair(problem, alpha=a, needs=needs, options=options) for a in alphas]
    total = best.figures["total"]
    rows = []
    for solution in (best, *fair):
        figures = {key: solution.figures[key] for key in ("total", "worst", "gini")}
        price = price_of_fairness(total, figures["total"])
        rows.append({"principle": solution.principle, **solution.values, **figures, "price of fairness": price})
    return pd.DataFrame(rows)
