"""Directions in which an objective grows without end, recomputed: such a claim is made on a proof only."""

from __future__ import annotations

import highspy
import numpy as np

from models.matrix import Floats

STRAIGHT = 1e-9
"""Share of its parts by which a direction may leave a limit: rounding."""


def grows_without_end(lp: highspy.HighsLp) -> bool:
    """Whether HiGHS shows a direction of a programme, its integer columns relaxed, that bears the claim out."""
    lp.integrality_ = []
    relaxed = highspy.Highs()
    relaxed.setOptionValue("log_to_console", False)
    for name, value in {"presolve": "off", "solver": "simplex", "small_matrix_value": 1e-12}.items():
        relaxed.setOptionValue(name, value)
    relaxed.passModel(lp)
    relaxed.run()
    _, has, found = relaxed.getPrimalRay()
    return bool(has) and is_ray(lp, np.array(found))


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
