"""Solve a hand-made network: what the kernel tests share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from models.build import Built, build
from models.grid import Grid, Phase, even_grid
from models.linear import Form
from models.matrix import extract
from models.network import Network
from planner.options import Options
from planner.plan import Status
from planner.solver.session import Session

ORIGIN = date(2021, 1, 20)


def phases(*days: float) -> list[Phase]:
    """Phases of these lengths, one after another."""
    edges = np.cumsum([0.0, *days])
    return [Phase(f"P{i + 1}", f"Phase {i + 1}", float(a), float(b)) for i, (a, b) in enumerate(pairwise(edges))]


def even(total: float, step: float) -> Grid:
    """One phase cut into even periods."""
    return even_grid(ORIGIN, phases(total), step)


@dataclass
class Solved:
    """A solved network, with values of forms on demand."""

    built: Built
    status: Status
    objective: float | None
    values: np.ndarray | None

    def of(self, form: Form) -> float:
        """Value of a form in natural units."""
        assert self.values is not None, f"no plan: {self.status}"
        return form.value(self.values)

    def level(self, activity: str) -> list[float]:
        """Level of an activity by period."""
        acts = self.built.activities
        return [self.of(acts.level[activity, t]) for t in acts.active[activity]]

    def closing(self, stock: str) -> list[float]:
        """Closing balance of a stock by period."""
        return [self.of(self.built.ledgers.at_end(stock, t)) for t in self.built.frame.grid.periods]

    def outcome(self, name: str) -> float:
        """Value of an outcome."""
        return self.of(self.built.outcomes.value[name])

    def taken(self, switch: str) -> int | None:
        """Period in which a switch is taken."""
        starts = self.built.switches.starts[switch]
        return next((u for u, form in starts.items() if self.of(form) > 0.5), None)


def solve(network: Network, grid: Grid, gap: float = 0.0) -> Solved:
    """Build and solve a network exactly."""
    built = build(network, grid)
    answer = Session(extract(built), Options(gap=gap)).run()
    return Solved(built, answer.status, answer.objective, answer.values)


def by_id(items: Sequence[object]) -> tuple:
    """Items sorted as a compiled network has them."""
    return tuple(sorted(items, key=lambda i: i.id))
