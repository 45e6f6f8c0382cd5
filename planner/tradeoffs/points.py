"""A front as people use it: points in natural units, what is proven, exchange rates, knees, and what is left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from models.matrix import Floats
from planner.plan import Plan, Status
from planner.run.stops import Stop
from planner.tradeoffs.problem import by_label
from planner.wording.data import picked

Kind = Literal["corner", "breakpoint", "point", "between"]


@dataclass(frozen=True)
class Rate:
    """What another outcome costs in the first one, in units of the first for a unit of the other.

    `improve`: change of the first when the other is made one unit better; `relax`: when it may be one unit worse. They
    differ where the front has a corner. `kind` is 'marginal' (a price at the point) or 'step' (to the neighbouring
    point, where decisions are whole and nothing lies between).
    """

    improve: float | None
    relax: float | None
    kind: Literal["marginal", "step"] = "marginal"


@dataclass(frozen=True)
class Point:
    """One plan of the front. `bound` limits the `sought` outcome for the floors at which the plan was found."""

    values: Mapping[str, float]
    status: Status
    gap: float | None
    sought: str
    bound: float | None
    rates: Mapping[str, Rate]
    kind: Kind
    knee: bool
    columns: Floats = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    units: Floats = field(default_factory=lambda: np.ones(0), repr=False)

    @cached_property
    def decisions(self) -> Mapping[str, float]:
        """Value of every decision of the model by its name."""
        return by_label(self.labels, self.columns, self.units)


@dataclass(frozen=True)
class OpenRegion:
    """Part of the outcome space in which further points may lie; ends not known are infinite."""

    lower: Mapping[str, float]
    upper: Mapping[str, float]


@dataclass(frozen=True)
class Front:
    """Non-dominated points, best in the first outcome first.

    `complete`: every non-dominated value is here (for a linear programme with two outcomes: lies on the line through
    `breakpoints`). Else `cells` holds what is not proven empty and `unproven` says in words what that means, first
    (`between` sentences) where further points may lie. `payoff` are the lexicographic corners, `ideal` the best of
    each, `nadir` the worst among the points here. `tolerance`: values nearer than this count as equal; zero where
    outcomes are whole multiples of a step.
    """

    names: tuple[str, ...]
    senses: Mapping[str, str]
    points: tuple[Point, ...]
    complete: bool
    cells: tuple[OpenRegion, ...]
    breakpoints: tuple[Mapping[str, float], ...]
    payoff: tuple[Mapping[str, float], ...]
    ideal: Mapping[str, float]
    nadir: Mapping[str, float]
    tolerance: Mapping[str, float]
    unproven: tuple[str, ...]
    runs: int
    linear_runs: int
    seconds: float
    solver_seconds: float
    stopped: Stop = Stop.NONE
    notes: tuple[str, ...] = ()
    between: int = 0
    planner: Callable[[Point], Plan] | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        """Number of points."""
        return len(self.points)

    @property
    def sub_problems(self) -> int:
        """Integer and linear programmes solved, presolved bounds included."""
        return self.runs + self.linear_runs

    @property
    def knees(self) -> tuple[Point, ...]:
        """Points at which a gain in one outcome begins to cost most in the others."""
        return tuple(p for p in self.points if p.knee)

    def plan(self, point: Point | int) -> Plan:
        """The whole plan of a point, with all its tables; only for fronts of a case."""
        if self.planner is None:
            message = (
                "This front comes from a Pyomo model: its points hold `decisions`; only fronts of a case hold plans."
            )
            raise ValueError(message)
        return self.planner(self.points[point] if isinstance(point, int) else point)

    def values(self) -> list[tuple[float, ...]]:
        """Points as rows of numbers in the order of `names`."""
        return [tuple(p.values[name] for name in self.names) for p in self.points]

    def table(self) -> pd.DataFrame:
        """One row a point: outcomes, status, gap, bound, rates, knee."""
        first = self.names[0]
        rows = []
        for number, point in enumerate(self.points, start=1):
            row: dict[str, Any] = {"point": number, **point.values, "kind": point.kind, "status": str(point.status)}
            row |= {"gap": point.gap, "sought": point.sought, "bound": point.bound, "knee": point.knee}
            for other in self.names[1:]:
                rate = point.rates.get(other)
                row[f"{first} for one better {other}"] = None if rate is None else rate.improve
                row[f"{first} for one worse {other}"] = None if rate is None else rate.relax
            rows.append(row)
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Everything but the decisions, for a file."""
        of_point = ("values", "status", "gap", "sought", "bound", "kind", "knee", "rates")
        return {
            **picked(self, "names", "senses", "complete", "stopped"),
            "points": [picked(p, *of_point) for p in self.points],
            "cells": [picked(c, "lower", "upper") for c in self.cells],
            **picked(self, "breakpoints", "payoff", "ideal", "nadir", "tolerance", "unproven", "between", "notes",
                     "runs", "linear_runs", "seconds", "solver_seconds"),
        }  # fmt: skip
