"""Irreducible infeasible systems: rows and columns of a model that cannot hold together, as HiGHS finds them."""

from __future__ import annotations

import highspy
import numpy as np

from models.matrix import Matrix
from planner.options import Options
from planner.solver.session import Session

_WHAT = highspy.IisStrategy


def irreducible_system(matrix: Matrix, options: Options, seconds: float) -> tuple[list[int], list[int]]:
    """Rows and columns of an irreducible system of the relaxation; empty where none is found in the seconds."""
    session = Session(matrix, options)
    if matrix.integer.any():
        session.relax()
    for name, value in {
        "iis_strategy": int(_WHAT.kIisStrategyFromLp) + int(_WHAT.kIisStrategyIrreducible),
        "iis_time_limit": seconds,
    }.items():
        session.highs.setOptionValue(name, value)
    session.set_cost(np.zeros(len(matrix.cost)))
    _, iis = session.highs.getIis()
    return (list(iis.row_index_), list(iis.col_index_)) if iis.valid_ else ([], [])
