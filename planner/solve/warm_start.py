"""A first plan for a fine grid, from the plan of the coarser default grid.

On months the linear programmes are large and HiGHS is long in finding any plan. The dates of the default grid's plan
are nearly right: with every switch kept to the dates around them (and left alone where that plan leaves it alone) a
plan of the fine grid is found soon. It is a place to start from and nothing else: the search that follows is free in
every choice, and its bound is of the whole case.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.build import Built
from models.grid import Grid
from models.matrix import Floats, Matrix
from planner.solver.runs import RunContext
from planner.solver.session import LARGE, Session

COARSE = "default"
"""The grid whose plan shows the dates."""
COARSE_GAP, START_GAP = 0.02, 0.1
"""How near to the best the coarse plan and the first fine plan have to be."""
AROUND = 95.0
"""Days around a coarse date on which the fine plan may decide: one date of decision earlier or later."""
SHARE = 0.2
"""Share of the time limit that each of the two searches may take."""


def wanted(matrix: Matrix, fine: Grid, coarse: Grid) -> bool:
    """Whether a first plan is worth looking for: a large case with binary decisions on a much finer grid."""
    return len(matrix.cost) >= LARGE and bool(matrix.integer.any()) and len(fine) >= 2 * len(coarse)


def warm_start(coarse: Built, coarse_matrix: Matrix, fine: Built, matrix: Matrix, run: RunContext) -> Floats | None:
    """Column values of a plan of the fine model, None where none was found in its share of the time."""
    options, limit = run.options, SHARE * run.options.time_limit
    shown = run.solve(Session(coarse_matrix, replace(options, gap=max(options.gap, COARSE_GAP))), limit)
    if shown.values is None:
        return None
    near = Session(matrix, replace(options, gap=max(options.gap, START_GAP)))
    near.set_columns(matrix.column_lower, _near(fine, matrix, _dates(coarse, shown.values)))
    return run.solve(near, limit).values


def _dates(built: Built, values: Floats) -> dict[str, float]:
    """Day on which each switch is taken, those only that are."""
    grid, starts = built.frame.grid, built.switches.starts
    return {
        switch: grid.start(u)
        for switch, dates in starts.items()
        for u, taken in dates.items()
        if taken.value(values) > 0.5
    }


def _near(built: Built, matrix: Matrix, dates: dict[str, float]) -> Floats:
    """Upper bounds that keep every switch to the dates around its coarse one."""
    upper = matrix.column_upper.copy()
    grid = built.frame.grid
    for switch, starts in built.switches.starts.items():
        for u, taken in starts.items():
            if abs(grid.start(u) - dates.get(switch, -np.inf)) > AROUND:
                upper[list(taken.terms)] = 0.0
    return upper
