"""What a session answers: how a search ended, and what an optimum of a linear programme tells beside its plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.matrix import Floats
from planner.plan import Status
from planner.run.stops import Stop

PRICE = 1e-7
"""Dual values and reduced costs below this are noise."""

ROUNDING = 1e-10
"""Gaps below this are rounding: a search that went on to the end, whose last bits hang on its path."""


@dataclass(frozen=True)
class Answer:
    """How a run ended. `values` are column values where a plan was found; `bound` is what no plan can pass.

    `disputed` says in words that another run claimed something else; `failure` that HiGHS failed in every way.
    `repaired` counts plans of HiGHS's reduced model that did not keep the model's own rows: where there are any, the
    answer is that of a search without presolve.
    """

    status: Status
    objective: float | None
    bound: float | None
    gap: float | None
    values: Floats | None
    stopped: Stop = Stop.NONE
    disputed: str = ""
    failure: str = ""
    repaired: int = 0


@dataclass(frozen=True)
class Optimum:
    """An optimum of a linear programme: objective in points, the rest in scaled units.

    `values` and `reduced_costs` are those of columns, `row_values` (activities) and `row_duals` (points for one more of
    the row's bound) those of rows.
    """

    objective: float
    values: Floats
    row_values: Floats
    row_duals: Floats
    reduced_costs: Floats

    def of(self, columns: int, rows: int) -> Optimum:
        """The part that speaks of the first columns and rows: those that a session has added are left out."""
        return Optimum(
            self.objective, self.values[:columns], self.row_values[:rows], self.row_duals[:rows],
            self.reduced_costs[:columns],
        )  # fmt: skip

    @property
    def held(self) -> np.ndarray:
        """Columns that stay where they are in every optimum: those with a reduced cost."""
        return np.asarray(np.abs(self.reduced_costs) > PRICE)

    @property
    def tight(self) -> np.ndarray:
        """Rows that stay as full as they are in every optimum: those with a dual value."""
        return np.asarray(np.abs(self.row_duals) > PRICE)


def relative_gap(objective: float, bound: float) -> float:
    """Distance between a plan and the bound, relative to the plan (absolute near zero)."""
    gap = abs(bound - objective) / max(abs(objective), 1e-9) if bound != objective else 0.0
    return gap if gap > ROUNDING else 0.0
