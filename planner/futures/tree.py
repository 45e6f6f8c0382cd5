r"""All futures in one model: the deterministic equivalent, put together from the matrices of the futures.

With columns :math:`x` held in common and :math:`z_s` of each future, and probabilities :math:`\pi_s`:
:math:`\max \sum_s \pi_s (c_s x + d_s z_s)` subject to :math:`l_s \le A_s x + B_s z_s \le u_s` for every *s* (Birge and
Louveaux 2011, chapter 2). Futures that have not shown by the day of a decision share its column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, vstack

from models.matrix import Floats, Integers, Matrix
from planner.futures.branching import Decision
from planner.futures.outlook import Future


@dataclass(frozen=True)
class Tree:
    """The model of all futures. `places` and `factors` lead from its columns to those of each future.

    A column of future s is `factors[s]` times the column `places[s]` of the whole. `costs` are the points of each
    future on the whole's columns, `impossible` what some future rules out before it shows, so that no future has it.
    """

    matrix: Matrix
    places: tuple[Integers, ...]
    factors: tuple[Floats, ...]
    costs: tuple[Floats, ...]
    offsets: tuple[float, ...]
    impossible: tuple[Decision, ...]

    def values(self, columns: Floats, s: int) -> Floats:
        """Column values of one future."""
        return np.asarray(columns[self.places[s]] * self.factors[s])

    def columns(self, plans: Sequence[Floats]) -> Floats:
        """Columns of the whole from plans of all futures that agree on what is common."""
        whole = np.zeros(len(self.matrix.cost))
        for values, places, factors in zip(plans, self.places, self.factors, strict=True):
            whole[places] = values / factors
        return whole


class _Columns:
    """Columns of the whole in the making."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Decision, int], int] = {}
        self.scales: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.integer: list[bool] = []
        self.names: list[str] = []
        self.members: dict[int, int] = {}

    def place(self, future: Future, s: int) -> tuple[Integers, Floats]:
        """Numbers and factors of a future's columns; those decided before it shows are shared."""
        matrix, early = future.matrix, future.early
        numbers = np.empty(len(matrix.cost), dtype=np.int32)
        factors = np.ones(len(matrix.cost))
        for n, decision in enumerate(future.decisions):
            group = -1 if early[n] else s
            scale, at = float(future.scales[n]), self.numbers.get((decision, group))
            if at is None:
                at = len(self.scales)
                self.numbers[decision, group] = at
                self.scales.append(scale)
                self.lower.append(float(matrix.column_lower[n]))
                self.upper.append(float(matrix.column_upper[n]))
                self.integer.append(bool(matrix.integer[n]))
                self.names.append(matrix.column_names[n] + ("" if group < 0 else f"@{s}"))
            else:
                factor = scale / self.scales[at]
                self.lower[at] = max(self.lower[at], float(matrix.column_lower[n]) * factor)
                self.upper[at] = min(self.upper[at], float(matrix.column_upper[n]) * factor)
            if group < 0:
                self.members[at] = self.members.get(at, 0) + 1
            numbers[n] = at
            factors[n] = self.scales[at] / scale
        return numbers, factors


def merge(futures: Sequence[Future]) -> Tree:
    """Put the models of all futures together; the cost is the expected number of points.

    A common decision keeps the limits of every future. One that a future does not have at all while it has not shown
    cannot be taken in any.
    """
    columns = _Columns()
    laid = [columns.place(future, s) for s, future in enumerate(futures)]
    impossible = _impossible(columns, futures)
    size = len(columns.scales)
    blocks, costs = [], []
    for future, (numbers, factors) in zip(futures, laid, strict=True):
        m = future.matrix
        shape = (len(m.row_lower), size)
        blocks.append(csr_matrix((m.values * factors[m.columns], numbers[m.columns], m.starts), shape=shape))
        cost = np.zeros(size)
        np.add.at(cost, numbers, m.cost * factors)
        costs.append(cost)
    body = csr_matrix(vstack(blocks, format="csr"))
    weights = [f.probability for f in futures]
    matrix = Matrix(
        cost=np.asarray(np.sum([p * c for p, c in zip(weights, costs, strict=True)], axis=0)),
        offset=float(np.sum([p * f.offset for p, f in zip(weights, futures, strict=True)])),
        column_lower=np.array(columns.lower),
        column_upper=np.array(columns.upper),
        integer=np.array(columns.integer, dtype=bool),
        row_lower=np.concatenate([f.matrix.row_lower for f in futures]),
        row_upper=np.concatenate([f.matrix.row_upper for f in futures]),
        starts=body.indptr.astype(np.int32),
        columns=body.indices.astype(np.int32),
        values=body.data,
        column_names=tuple(columns.names),
        row_names=tuple(f"{name}@{s}" for s, f in enumerate(futures) for name in f.matrix.row_names),
    )
    places, factors_of = tuple(p for p, _ in laid), tuple(f for _, f in laid)
    return Tree(matrix, places, factors_of, tuple(costs), tuple(f.offset for f in futures), impossible)


def _impossible(columns: _Columns, futures: Sequence[Future]) -> tuple[Decision, ...]:
    """Close common decisions that a future does not have though it has not shown by then."""
    days = {d: day for f in futures for d, day in zip(f.decisions, f.days.tolist(), strict=True)}
    found = []
    for (decision, group), at in columns.numbers.items():
        if group >= 0:
            continue
        hidden = sum(1 for f in futures if days[decision] < f.shows - 1e-9)
        if columns.members[at] < hidden:
            columns.upper[at] = min(columns.upper[at], 0.0)
            found.append(decision)
    return tuple(found)
