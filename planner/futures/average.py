r"""The averaged future: every number of the model is its probability-weighted mean.

It is what a planner has in mind who puts expected values into one workbook. Solving it gives the expected-value plan
whose result in the futures as they come (EEV) is compared with the hedged plan (Birge and Louveaux 2011, chapter 4).
A limit that some future does not have is averaged over those that have it; one that some future lifts is lifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from models.matrix import Floats, Matrix
from planner.futures.branching import Decision
from planner.futures.outlook import Future


@dataclass(frozen=True)
class Averaged:
    """The averaged model: its columns are `decisions`, in units of `scales`."""

    matrix: Matrix
    decisions: tuple[Decision, ...]
    scales: Floats

    def natural(self, columns: Floats) -> dict[Decision, float]:
        """Value of every decision in natural units."""
        return dict(zip(self.decisions, (columns * self.scales).tolist(), strict=True))


def average(futures: Sequence[Future]) -> Averaged:
    """Average the models of all futures, column by column and row by row, by their keys."""
    columns: dict[Decision, int] = {}
    rows: dict[Decision, int] = {}
    column_scales: list[float] = []
    row_scales: list[float] = []
    for future in futures:
        for decision, scale in zip(future.decisions, future.scales.tolist(), strict=True):
            if decision not in columns:
                columns[decision] = len(columns)
                column_scales.append(scale)
        for spec in future.model.built.frame.rows:
            if (spec.family, spec.key) not in rows:
                rows[spec.family, spec.key] = len(rows)
                row_scales.append(spec.scale)
    sums = _Sums(np.array(column_scales), np.array(row_scales))
    for future in futures:
        at_column = np.array([columns[d] for d in future.decisions], dtype=np.int32)
        at_row = np.array([rows[r.family, r.key] for r in future.model.built.frame.rows], dtype=np.int32)
        sums.add(future, at_column, at_row)
    return Averaged(sums.matrix(), tuple(columns), sums.column_scales)


class _Sums:
    """Weighted sums of everything in the making."""

    def __init__(self, column_scales: Floats, row_scales: Floats) -> None:
        self.column_scales, self.row_scales = column_scales, row_scales
        n, m = len(column_scales), len(row_scales)
        self.column_weight, self.row_weight = np.zeros(n), np.zeros(m)
        self.cost, self.offset = np.zeros(n), 0.0
        self.lower, self.upper, self.integer = np.zeros(n), np.zeros(n), np.zeros(n, dtype=bool)
        self.row_lower, self.row_upper = np.zeros(m), np.zeros(m)
        self.body = csr_matrix((m, n))

    def add(self, future: Future, at_column: np.ndarray, at_row: np.ndarray) -> None:
        """Add a future's model with its probability as weight."""
        matrix, weight = future.matrix, future.probability
        wide = self.column_scales[at_column] / future.scales
        rows = future.model.built.frame.rows
        high = np.array([r.scale for r in rows], dtype=float) / self.row_scales[at_row] if rows else np.zeros(0)
        own = csr_matrix((matrix.values, matrix.columns, matrix.starts), shape=(len(rows), len(matrix.cost))).tocoo()
        data = weight * own.data * high[own.row] * wide[own.col]
        self.body = self.body + csr_matrix((data, (at_row[own.row], at_column[own.col])), shape=self.body.shape)
        self.column_weight[at_column] += weight
        self.row_weight[at_row] += weight
        self.cost[at_column] += weight * matrix.cost * wide
        self.offset += weight * matrix.offset
        self.lower[at_column] += weight * matrix.column_lower / wide
        self.upper[at_column] += weight * matrix.column_upper / wide
        self.integer[at_column] |= matrix.integer
        self.row_lower[at_row] += weight * matrix.row_lower * high
        self.row_upper[at_row] += weight * matrix.row_upper * high

    def matrix(self) -> Matrix:
        """The averaged model."""
        share = 1.0 / np.where(self.row_weight > 0.0, self.row_weight, 1.0)
        body = csr_matrix(self.body.multiply(share[:, None]))
        body.sum_duplicates()
        kept = 1.0 / np.where(self.column_weight > 0.0, self.column_weight, 1.0)
        names = tuple(f"c{n}" for n in range(len(self.cost)))
        return Matrix(
            cost=self.cost, offset=self.offset, column_lower=self.lower * kept, column_upper=self.upper * kept,
            integer=self.integer, row_lower=self.row_lower * share, row_upper=self.row_upper * share,
            starts=body.indptr.astype(np.int32), columns=body.indices.astype(np.int32), values=body.data,
            column_names=names, row_names=tuple(f"r{n}" for n in range(len(share))),
        )  # fmt: skip
