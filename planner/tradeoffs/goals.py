"""One plan out of several objectives: weights, priorities with tolerances, targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from planner.plan import Status
from planner.solver.answers import Answer
from planner.solver.runs import Given
from planner.tradeoffs.errors import EndlessError, TradeoffError
from planner.tradeoffs.model_extension import ModelExtension, Solution, as_problem, number_of, plus
from planner.tradeoffs.problem import Objectives
from planner.wording.figures import typed


def weighted(
    source: Any, objectives: Objectives | None, weights: Mapping[str, float], *, options: Given | None = None
) -> Solution:
    """Best weighted sum: each weight is points for a unit of the outcome in its good direction (never negative)."""
    problem = as_problem(source, objectives)
    _check_not_negative(weights)
    extension = ModelExtension(problem, options)
    places = {name: number_of(problem, name) for name in weights}
    sought = plus(*((extension.form(k), weights[n] * float(problem.senses[k])) for n, k in places.items()))
    answer = extension.maximise(sought)
    natural = dict(zip(problem.names, (problem.senses * extension.natural(answer)).tolist(), strict=True))
    points = sum(w * natural[n] for n, w in weights.items())
    return extension.solution("weighted", answer, {"points": points})


def lexicographic(
    source: Any,
    objectives: Objectives | None,
    order: Sequence[str],
    *,
    tolerances: Mapping[str, float] | None = None,
    options: Given | None = None,
) -> Solution:
    """Settle outcomes in order; each later one may take from an earlier one its tolerance, a share of its value.

    The figures hold the best value of every level when it was settled. Preemptive goal programming (Charnes & Cooper
    1961) with tolerances as in formulation B.6.
    """
    problem = as_problem(source, objectives)
    tolerances = tolerances or {}
    _check_not_negative(tolerances)
    for name in tolerances:
        number_of(problem, name)
    extension = ModelExtension(problem, options)
    figures, answer, proven = {}, None, True
    for name in order:
        k = number_of(problem, name)
        sense, form = float(problem.senses[k]), extension.form(k)
        answer = extension.maximise(plus((form, sense)), None if answer is None else extension.plain(answer))
        proven = proven and answer.status is Status.OPTIMAL
        value = float(extension.natural(answer)[k])
        figures[f"best {name}"] = value
        reached = sense * (value - extension.constant(k))
        if tolerances.get(name, 0.0) > 0.0:
            extension.row(plus((form, sense)), lower=reached - tolerances[name] * abs(value))
        else:
            extension.hold(plus((form, sense)), reached)
    if answer is None:
        message = "Give at least one outcome to settle first."
        raise TradeoffError(message)
    notes = () if proven else ("Not every level was proven before time ended.",)
    return extension.solution("lexicographic", answer, figures, notes)


def reach_targets(
    source: Any,
    objectives: Objectives | None,
    targets: Mapping[str, float],
    *,
    weights: Mapping[str, float] | None = None,
    options: Given | None = None,
) -> Solution:
    """Least weighted shortfall from targets, then the best of all outcomes together (goal programming).

    Weights are a price for a unit of shortfall; left out, each shortfall counts as a share of its target. Beyond a
    target nothing is gained in the first step. The second step keeps the shortfalls and makes sure that nothing can
    be had for free (Tamiz, Jones & Romero 1998 on dominated goal-programming solutions).
    """
    problem = as_problem(source, objectives)
    if not targets:
        message = "Give a target for at least one outcome."
        raise TradeoffError(message)
    _check_not_negative(weights or {})
    extension = ModelExtension(problem, options)
    short, price = {}, {}
    for name, target in targets.items():
        k = number_of(problem, name)
        sense = float(problem.senses[k])
        short[name] = extension.column()
        price[name] = (weights or {}).get(name, 1.0 / max(abs(target), 1e-9) if weights is None else 0.0)
        extension.row(
            plus((extension.form(k), sense), ({short[name]: 1.0}, 1.0)), lower=sense * (target - extension.constant(k))
        )
    sought = {short[n]: -price[n] for n in targets}
    first = extension.maximise(sought)
    least = sum(price[n] * short for n, short in _shortfalls(extension, first, targets).items())
    extension.hold(sought, -least)
    sizes = np.maximum(np.abs(extension.natural(first)), 1e-6)
    try:
        answer = extension.maximise(
            plus(*((extension.form(k), float(problem.senses[k] / sizes[k])) for k in range(problem.size)))
        )
    except EndlessError:
        answer = first
    figures = {f"shortfall {n}": short for n, short in _shortfalls(extension, answer, targets).items()}
    return extension.solution("targets", answer, figures | {"weighted shortfall": float(least)})


def _shortfalls(extension: ModelExtension, answer: Answer, targets: Mapping[str, float]) -> dict[str, float]:
    """Shortfall of every target."""
    natural, problem = extension.natural(answer), extension.problem
    places = {name: number_of(problem, name) for name in targets}
    return {n: _short(float(problem.senses[k]), targets[n], float(natural[k])) for n, k in places.items()}


def _short(sense: float, target: float, value: float) -> float:
    """How far a value falls short of its target."""
    short = float(sense) * (target - float(value))
    return short if short > 1e-9 * max(1.0, abs(target)) else 0.0


def _check_not_negative(weights: Mapping[str, float]) -> None:
    """Refuse weights and tolerances below zero."""
    for name, weight in weights.items():
        if weight < 0.0:
            message = (
                f"'{name}' has {typed(weight)}: weights and tolerances are never negative; senses say which way is "
                "better."
            )
            raise TradeoffError(message)
