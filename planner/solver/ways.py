"""Ways of running the solver, so that no claim stands on one chain of rounding alone, and what bears a claim out."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from models.matrix import Floats

FAR_APART = "Its figures may lie too far apart: look for one that is far larger or smaller than others of its column."
"""What a planner can do where the solver fails."""
STRAIGHT = 1e-9
"""Share of its parts by which a direction may leave a limit: rounding."""


class SolverFailedError(RuntimeError):
    """HiGHS ended with an error, however it was asked."""


@dataclass(frozen=True)
class Way:
    """A way of running the solver; a claim that is made in two ways stands on more than one chain of rounding.

    `presolve` and `method` stand for what was asked where they are None; `scaling` is HiGHS's number of a strategy,
    `seed` is added to the seed that was asked for.
    """

    name: str
    presolve: bool | None = None
    scaling: int = 2
    seed: int = 0
    method: str | None = None


AS_ASKED = Way("as asked")
OTHERWISE = Way("without presolve, scaled otherwise, with another seed", presolve=False, scaling=4, seed=1)
OTHER_METHOD = Way("by another method, not scaled, with another seed", scaling=0, seed=2, method="ipm")
WAYS = (AS_ASKED, OTHERWISE, OTHER_METHOD)
"""In the order in which they are tried."""


def is_ray(lp: highspy.HighsLp, ray: Floats) -> bool:
    """Whether a direction keeps every limit of a programme to :data:`STRAIGHT` of its parts, and earns points."""
    if not ray.any():
        return False
    matrix = lp.a_matrix_
    outer = np.repeat(np.arange(len(matrix.start_) - 1), np.diff(np.array(matrix.start_)))
    inner, value = np.array(matrix.index_, dtype=int), np.array(matrix.value_, dtype=float)
    by_row = matrix.format_ == highspy.MatrixFormat.kRowwise
    row, column = (outer, inner) if by_row else (inner, outer)
    parts = value * ray[column]
    sums = np.bincount(row, weights=parts, minlength=lp.num_row_)
    room = STRAIGHT * (np.bincount(row, weights=np.abs(parts), minlength=lp.num_row_))
    held = np.isfinite(np.array(lp.row_upper_)) & (sums > room) | np.isfinite(np.array(lp.row_lower_)) & (sums < -room)
    most = STRAIGHT * float(np.abs(ray).max())
    held_too = np.isfinite(np.array(lp.col_upper_)) & (ray > most) | np.isfinite(np.array(lp.col_lower_)) & (
        ray < -most
    )
    gains = np.array(lp.col_cost_) * ray
    up = float(gains.sum()) * (1.0 if lp.sense_ == highspy.ObjSense.kMaximize else -1.0)
    return not held.any() and not held_too.any() and up > STRAIGHT * float(np.abs(gains).sum())
