"""The nearest plan where there is none: every limit that people chose may give way at a price, accounts may not.

The elastic twin of planner.explain, laid out once, follows the settings like the plan's own programme, with the
decisions held, so that it answers at once. The smallest sets of limits that clash are found in the background
(planner.explain.conflicts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np

from models.matrix import Floats, Integers, Matrix
from planner.explain.elastic import NOTHING, extend, let_down
from planner.explain.policies import Give, Policy
from planner.explain.repairs import WEIGHT
from planner.live.answers import Shortage
from planner.live.layout import Layout
from planner.live.words import shortage_of
from planner.ordering import place
from planner.solver.session import as_lp
from planner.solver.snapshots import ModelSnapshot, apply_diff
from planner.solver.threads import using

SECONDS = 5.0
"""Longest search for the nearest plan."""
ROOM = 1e-7
"""Share of its size by which a limit may give way further while the outcomes are served."""


@dataclass(frozen=True)
class Twin:
    """The elastic twin in arrays: the extended matrix at home, rows made of bounds, and what every column gives."""

    matrix: Matrix
    own_columns: Integers
    own_rows: Integers
    own_upper: np.ndarray
    named: tuple[tuple[Policy, Give], ...]

    @property
    def prices(self) -> Floats:
        """Points lost per scaled unit that each give gives way."""
        return np.array([WEIGHT[policy.rank] / give.scale for policy, give in self.named])


def twin_of(layout: Layout, home: ModelSnapshot, policies: Sequence[Policy]) -> Twin:
    """Lay out the twin of a model; whole columns are held by who asks, so none is whole here."""
    matrix = replace(layout.matrix(home), whole=np.zeros(len(home.cost), dtype=bool))
    named = tuple((policy, give) for policy in policies for give in policy.gives)
    extended = extend(matrix, [give for _, give in named])
    own = sorted(extended.own.items(), key=lambda pair: pair[1])
    plain = replace(extended.matrix, column_names=(), row_names=())
    return Twin(
        plain,
        np.array([column for (column, _), _ in own], dtype=np.int32),
        np.array([row for _, row in own], dtype=np.int32),
        np.array([side == "upper" for (_, side), _ in own], dtype=bool),
        named,
    )


class Nearest:
    """Finds the plan that breaks least, from one stored basis; belongs to one engine."""

    def __init__(self, twin: Twin, layout: Layout, home: ModelSnapshot) -> None:
        """Pass the twin's matrix, with nothing giving way."""
        self.twin, self.layout, self.home = twin, layout, home
        self.n, self.m = len(home.cost), len(home.row_lower)
        count = len(twin.named)
        self.gives = np.arange(self.n, self.n + count, dtype=np.int32)
        self.most = np.array([give.most for _, give in twin.named])
        self.highs = highspy.Highs()
        for name, value in {
            "output_flag": False, "log_to_console": False, "random_seed": 1, "solver": "simplex", "presolve": "off",
            "primal_feasibility_tolerance": 1e-8, "dual_feasibility_tolerance": 1e-8,
        }.items():  # fmt: skip
            self.highs.setOptionValue(name, value)
        self.highs.passModel(as_lp(twin.matrix))
        self.now = home
        self.basis: highspy.HighsBasis | None = None
        self.found: highspy.HighsBasis | None = None

    def begin(self, numbers: ModelSnapshot) -> None:
        """Find the basis that every search begins from, at numbers that do not depend on what is asked."""
        self.basis = None
        if self.find(numbers) is not None:
            self.basis = self.found

    def find(self, numbers: ModelSnapshot) -> tuple[Floats, tuple[Shortage, ...]] | None:
        """Columns of the plan that breaks least, and what it breaks, worst first; None where none was found in time.

        `numbers` have the whole columns held.
        """
        self._put(numbers)
        self.highs.clearSolver()
        if self.basis is not None:
            self.highs.setBasis(self.basis)
        self._open(np.zeros(self.n), -self.twin.prices, self.most)
        least = self._run()
        if least is None:
            return None
        self.found = self.highs.getBasis()
        scale = np.array([give.scale for _, give in self.twin.named])
        amounts = np.where(least[self.n :] > NOTHING * scale, least[self.n :], 0.0)
        self._open(numbers.cost, np.zeros(len(amounts)), np.where(amounts > 0.0, amounts + ROOM * scale, 0.0))
        best = self._run()
        columns = (least if best is None else best)[: self.n]
        return columns, tuple(self._told(amounts / scale, amounts))

    def _open(self, cost: Floats, price: Floats, most: Floats) -> None:
        """Set what is sought, and how far each give may go."""
        everything = np.arange(self.n + len(price), dtype=np.int32)
        self.highs.changeColsCost(len(everything), everything, np.concatenate([cost, price]))
        self.highs.changeColsBounds(len(self.gives), self.gives, np.zeros(len(most)), most)

    def _put(self, numbers: ModelSnapshot) -> None:
        """Move to other numbers: bounds that may give way are rows here."""
        lower, upper = numbers.column_lower.copy(), numbers.column_upper.copy()
        columns, is_upper = self.twin.own_columns, self.twin.own_upper
        rows = self.twin.own_rows
        row_lower = np.where(is_upper, -np.inf, numbers.column_lower[columns])
        row_upper = np.where(is_upper, numbers.column_upper[columns], np.inf)
        upper[columns[is_upper]] = np.inf
        lower[columns[~is_upper]] = let_down(numbers.column_lower[columns[~is_upper]])
        if len(rows):
            self.highs.changeRowsBounds(len(rows), rows, row_lower, row_upper)
        moved = replace(numbers, column_lower=lower, column_upper=upper, cost=self.now.cost, offset=self.now.offset)
        apply_diff(self.highs, self.now, moved, self.layout.entry_rows, self.layout.entry_columns)
        self.now = moved

    def _run(self) -> Floats | None:
        """Solve; column values, or None where it cannot be."""
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + SECONDS)
        with using(1) as threads:
            self.highs.setOptionValue("threads", threads)
            self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self.highs.getSolution().col_value)

    def _told(self, sizes: Floats, amounts: Floats) -> list[Shortage]:
        """What gives way, in words, the weightiest for its size first."""
        told = []
        for (policy, give), size, amount in zip(self.twin.named, sizes.tolist(), amounts.tolist(), strict=True):
            if amount > 0.0:
                told.append((WEIGHT[policy.rank] * size, shortage_of(policy, give, amount)))
        return [shortage for _, shortage in sorted(told, key=lambda pair: (-place(pair[0]), pair[1].name))]
