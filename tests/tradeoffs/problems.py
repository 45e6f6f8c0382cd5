"""Small models whose fronts are known by counting or by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyomo.environ as pyo

Objectives = dict[str, Any]


def knapsack(
    items: int, objectives: int, seed: int = 0
) -> tuple[pyo.ConcreteModel, Objectives, np.ndarray, np.ndarray]:
    """Random knapsack; returns also all feasible choices and their worth, for counting (only up to 14 items)."""
    chance = np.random.default_rng(seed)
    worth = chance.integers(1, 40, (objectives, items))
    weights = chance.integers(5, 30, items)
    room = int(weights.sum() // 2)
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(items), domain=pyo.Binary)
    model.room = pyo.Constraint(expr=sum(int(w) * model.x[j] for j, w in enumerate(weights)) <= room)
    named = {f"worth {i}": ("max", sum(int(c) * model.x[j] for j, c in enumerate(worth[i]))) for i in range(objectives)}
    choices = np.array(list(itertools.product([0, 1], repeat=items))) if items <= 14 else np.empty((0, items))
    choices = choices[choices @ weights <= room]
    return model, named, choices, choices @ worth.T


def rows(points: Iterable[Mapping[str, float]]) -> np.ndarray:
    """Points as a table of numbers."""
    return np.array([list(p.values()) for p in points])


def best_of(values: np.ndarray) -> set[tuple[float, ...]]:
    """Non-dominated rows, more is better."""
    rows = np.unique(values.astype(float), axis=0)
    beaten = [bool(np.any(np.all(rows >= r, axis=1) & np.any(rows > r, axis=1))) for r in rows]
    return {tuple(r) for r, b in zip(rows.tolist(), beaten, strict=True) if not b}


def triangle() -> tuple[pyo.ConcreteModel, Objectives]:
    """Linear programme whose front has the breakpoints (5, 0), (4.25, 2.25), (3, 3.5) and (0, 5)."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, None))
    model.y = pyo.Var(bounds=(0, None))
    model.first = pyo.Constraint(expr=model.x + 2 * model.y <= 10)
    model.second = pyo.Constraint(expr=3 * model.x + model.y <= 15)
    model.third = pyo.Constraint(expr=model.x + model.y <= 6.5)
    return model, {"x": ("max", model.x), "y": ("max", model.y)}


def three_modes() -> tuple[pyo.ConcreteModel, Objectives]:
    """One of three modes is chosen; the middle one ends in points that no weights find.

    Front: from (10, 0.5) to (9.5, 1) in the first mode, (4, 3) to (3, 4) in the second, (1, 9.5) to (0.5, 10) in the
    third.
    """
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1, 2], bounds=(0, 10))
    model.mode = pyo.Var([0, 1, 2], domain=pyo.Binary)
    model.one = pyo.Constraint(expr=sum(model.mode[i] for i in range(3)) == 1)
    model.c1 = pyo.Constraint(expr=model.x[1] <= 10 * model.mode[0] + 4 * model.mode[1] + model.mode[2])
    model.c2 = pyo.Constraint(expr=model.x[2] <= model.mode[0] + 4 * model.mode[1] + 10 * model.mode[2])
    model.c3 = pyo.Constraint(expr=model.x[1] + model.x[2] <= 10.5 - 3.5 * model.mode[1])
    return model, {"a": ("max", model.x[1]), "b": ("max", model.x[2])}


def division() -> tuple[pyo.ConcreteModel, Objectives, dict[str, float]]:
    """T9: needs 100 and 300, unit cost 1 and 2, budget 300."""
    model = pyo.ConcreteModel()
    model.helped = pyo.Var(["A", "B"], bounds=(0, None))
    model.helped["A"].setub(100)
    model.helped["B"].setub(300)
    model.budget = pyo.Constraint(expr=model.helped["A"] + 2 * model.helped["B"] <= 300)
    return model, {c: ("max", model.helped[c]) for c in "AB"}, {"A": 100.0, "B": 300.0}
