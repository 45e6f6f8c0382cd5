"""One plan out of several objectives: weights, priorities with tolerances, targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from planner.options import Options
from planner.plan import Status
from planner.tradeoffs.desk import Desk, Solution, as_problem, number_of, plus
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.reader import Objectives

KEPT = 1e-9
"""Relative room that a settled level leaves to rounding."""


def weighted(
    source: Any, objectives: Objectives | None, weights: Mapping[str, float], *, options: Options | None = None
) -> Solution:
    """Best weighted sum: each weight is points for a unit of the outcome in its good direction (never negative)."""
    problem = as_problem(source, objectives)
    _check_not_negative(weights)
    desk = Desk(problem, options)
    sought = plus(*((desk.form(number_of(problem, n)), w * float(problem.senses[number_of(problem, n)])) for n, w in weights.items()))
    answer = desk.maximise(sought)
    natural = dict(zip(problem.names, (problem.senses * desk.natural(answer)).tolist(), strict=True))
    points = sum(w * natural[n] for n, w in weights.items())
    return desk.solution("weighted", answer, {"points": points})


def lexicographic(
    source: Any,
    objectives: Objectives | None,
    order: Sequence[str],
    *,
    tolerances: Mapping[str, float] | None = None,
    options: Options | None = None,
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
    desk = Desk(problem, options)
    figures, answer, proven = {}, None, True
    for name in order:
        k = number_of(problem, name)
        sense, form = float(problem.senses[k]), desk.form(k)
        answer = desk.maximise(plus((form, sense)), None if answer is None else desk.plain(answer))
        proven = proven and answer.status is Status.OPTIMAL
        value = float(desk.natural(answer)[k])
        figures[f"best {name}"] = value
        room = (tolerances.get(name, 0.0) + KEPT) * max(abs(value), 1e-6)
        desk.row(plus((form, sense)), lower=sense * (value - desk.constant(k)) - room)
    if answer is None:
        message = "Give at least one outcome to settle first."
        raise TradeoffError(message)
    notes = () if proven else ("Not every level was proven before time ended.",)
    return desk.solution("lexicographic", answer, figures, notes)


def reach_targets(
    source: Any,
    objectives: Objectives | None,
    targets: Mapping[str, float],
    *,
    weights: Mapping[str, float] | None = None,
    options: Options | None = None,
) -> Solution:
    """Least weighted shortfall from targets, then the best of all outcomes together (goal programming).

    Weights are a price for a unit of shortfall; left out, each shortfall counts as a share of its target. Beyond a
    target nothing is gained in the first step. The second step keeps the shortfalls and makes sure that nothing can be had
    for free (Tamiz, Jones & Romero 1998 on dominated goal-programming solutions).
    """
    problem = as_problem(source, objectives)
    if not targets:
        message = "Give a target for at least one outcome."
        raise TradeoffError(message)
    _check_not_negative(weights or {})
    desk = Desk(problem, options)
    short, price = {}, {}
    for name, target in targets.items():
        k = number_of(problem, name)
        sense = float(problem.senses[k])
        short[name] = desk.column()
        price[name] = (weights or {}).get(name, 1.0 / max(abs(target), 1e-9) if weights is None else 0.0)
        desk.row(plus((desk.form(k), sense), ({short[name]: 1.0}, 1.0)), lower=sense * (target - desk.constant(k)))
    sought = {short[n]: -price[n] for n in targets}
    first = desk.maximise(sought)
    least = sum(price[n] * _short(problem.senses[number_of(problem, n)], t, desk.natural(first)[number_of(problem, n)]) for n, t in targets.items())
    desk.row(sought, lower=-least - KEPT * max(1.0, least))
    sizes = np.maximum(np.abs(desk.natural(first)), 1e-6)
    forms = ((desk.form(k), float(problem.senses[k] / sizes[k])) for k in range(problem.size))
    answer = desk.maximise(plus(*forms)) if _bounded(desk) else first
    natural = desk.natural(answer)
    figures = {f"shortfall {n}": _short(problem.senses[number_of(problem, n)], t, natural[number_of(problem, n)]) for n, t in targets.items()}
    return desk.solution("targets", answer, figures | {"weighted shortfall": float(least)})


def _short(sense: float, target: float, value: float) -> float:
    """How far a value falls short of its target."""
    short = float(sense) * (target - float(value))
    return short if short > 1e-9 * max(1.0, abs(target)) else 0.0


def _bounded(desk: Desk) -> bool:
    """Whether all objectives together have an end; goal programmes need not have one."""
    try:
        desk.maximise(plus(*((desk.form(k), float(desk.problem.senses[k])) for k in range(desk.problem.size))))
    except TradeoffError:
        return False
    return True


def _check_not_negative(weights: Mapping[str, float]) -> None:
    """Refuse weights and tolerances below zero."""
    for name, weight in weights.items():
        if weight < 0.0:
            message = f"'{name}' has {weight:g}: weights and tolerances are not negative; the sense says which way is better."
            raise TradeoffError(message)
