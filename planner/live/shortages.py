"""The nearest plan where there is none: every limit that people chose may give way at a price, accounts may not.

The elastic model of planner.explain, laid out once, follows the settings like the plan's own programme, with the
decisions held, so that it answers at once. The smallest sets of limits that clash are found in the background
(planner.explain.conflicts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.matrix import Floats, Integers, Matrix
from planner.explain.repairs import WEIGHT
from planner.explain.soft_limits import Relaxation, SoftLimit
from planner.live.answers import Shortage
from planner.live.layout import ArrayLayout
from planner.live.words import shortage_of
from planner.ordering import place
from planner.solver.elastic import NOTHING, extend, let_down
from planner.solver.linear import LinearSession, RunEnd
from planner.solver.loaded import Start
from planner.solver.snapshots import ModelSnapshot

SECONDS = 5.0
"""Longest search for the nearest plan."""
ROOM = 1e-7
"""Share of its size by which a limit may give way further while the outcomes are served."""


@dataclass(frozen=True)
class ElasticModel:
    """The elastic model in arrays: the extended matrix at home, rows made of bounds, and what every column relaxes."""

    matrix: Matrix
    own_columns: Integers
    own_rows: Integers
    own_upper: np.ndarray
    named: tuple[tuple[SoftLimit, Relaxation], ...]

    @property
    def prices(self) -> Floats:
        """Points lost per scaled unit that each relaxation gives way."""
        return np.array([WEIGHT[soft_limit.rank] / relaxation.scale for soft_limit, relaxation in self.named])


def elastic_model_of(layout: ArrayLayout, home: ModelSnapshot, soft_limits: Sequence[SoftLimit]) -> ElasticModel:
    """Lay out the elastic model; integer columns are held by who asks, so none is integer here."""
    matrix = replace(layout.matrix(home), integer=np.zeros(len(home.cost), dtype=bool))
    named = tuple((soft_limit, relaxation) for soft_limit in soft_limits for relaxation in soft_limit.relaxations)
    extended = extend(matrix, [relaxation for _, relaxation in named])
    own = sorted(extended.own.items(), key=lambda pair: pair[1])
    plain = replace(extended.matrix, column_names=(), row_names=())
    return ElasticModel(
        plain,
        np.array([column for (column, _), _ in own], dtype=np.int32),
        np.array([row for _, row in own], dtype=np.int32),
        np.array([side == "upper" for (_, side), _ in own], dtype=bool),
        named,
    )


class NearestFeasible:
    """Finds the plan that breaks least, from one stored basis; belongs to one engine."""

    def __init__(self, elastic: ElasticModel, layout: ArrayLayout, home: ModelSnapshot) -> None:
        """Pass the elastic model's matrix, with nothing giving way."""
        self.elastic = elastic
        self.n, self.m = len(home.cost), len(home.row_lower)
        count = len(elastic.named)
        self.relaxations = np.arange(self.n, self.n + count, dtype=np.int32)
        self.most = np.array([relaxation.most for _, relaxation in elastic.named])
        self.session = LinearSession(SECONDS)
        self.session.load(elastic.matrix)
        self.session.follow(home, layout.entry_rows, layout.entry_columns)
        self.found: Start | None = None

    def begin(self, numbers: ModelSnapshot) -> None:
        """Find the basis that every search begins from, at numbers that do not depend on what is asked."""
        self.session.start = None
        if self.find(numbers) is not None:
            self.session.start = self.found

    def find(self, numbers: ModelSnapshot) -> tuple[Floats, tuple[Shortage, ...]] | None:
        """Columns of the plan that breaks least, and what it breaks, worst first; None where none was found in time.

        `numbers` have the integer columns held.
        """
        self._put(numbers)
        self.session.restart()
        self._open(np.zeros(self.n), -self.elastic.prices, self.most)
        least = self._run()
        if least is None:
            return None
        self.found = self.session.basis()
        scale = np.array([relaxation.scale for _, relaxation in self.elastic.named])
        amounts = np.where(least[self.n :] > NOTHING * scale, least[self.n :], 0.0)
        self._open(numbers.cost, np.zeros(len(amounts)), np.where(amounts > 0.0, amounts + ROOM * scale, 0.0))
        best = self._run()
        columns = (least if best is None else best)[: self.n]
        return columns, tuple(self._told(amounts / scale, amounts))

    def _open(self, cost: Floats, price: Floats, most: Floats) -> None:
        """Set what is sought, and how far each relaxation may go."""
        everything = np.arange(self.n + len(price), dtype=np.int32)
        self.session.price(everything, np.concatenate([cost, price]))
        self.session.bound_columns(self.relaxations, np.zeros(len(most)), most)

    def _put(self, numbers: ModelSnapshot) -> None:
        """Move to other numbers: bounds that may give way are rows here."""
        lower, upper = numbers.column_lower.copy(), numbers.column_upper.copy()
        columns, is_upper = self.elastic.own_columns, self.elastic.own_upper
        rows = self.elastic.own_rows
        row_lower = np.where(is_upper, -np.inf, numbers.column_lower[columns])
        row_upper = np.where(is_upper, numbers.column_upper[columns], np.inf)
        upper[columns[is_upper]] = np.inf
        lower[columns[~is_upper]] = let_down(numbers.column_lower[columns[~is_upper]])
        if len(rows):
            self.session.bound_rows(rows, row_lower, row_upper)
        now = self.session.now
        assert now is not None
        moved = replace(numbers, column_lower=lower, column_upper=upper, cost=now.cost, offset=now.offset)
        self.session.put(moved)

    def _run(self) -> Floats | None:
        """Solve; column values, or None where it cannot be."""
        return self.session.optimum().values if self.session.run() is RunEnd.OPTIMAL else None

    def _told(self, sizes: Floats, amounts: Floats) -> list[Shortage]:
        """What gives way, in words, the weightiest for its size first."""
        told = []
        for (soft_limit, relaxation), size, amount in zip(
            self.elastic.named, sizes.tolist(), amounts.tolist(), strict=True
        ):
            if amount > 0.0:
                told.append((WEIGHT[soft_limit.rank] * size, shortage_of(soft_limit, relaxation, amount)))
        return [shortage for _, shortage in sorted(told, key=lambda pair: (-place(pair[0]), pair[1].name))]
