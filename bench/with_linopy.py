"""The same matrix built with linopy: one variable and one constraint block a family, filled from arrays.

This is the fastest way that linopy offers for sparse rows: terms as padded (row, term) arrays, no per-row Python.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from bench.measure import silence
from planner.solve import Model


def _families(names: Iterable[str]) -> dict[str, np.ndarray]:
    """Positions of each family."""
    groups: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(names):
        groups[name].append(position)
    return {name: np.array(positions) for name, positions in groups.items()}


def linopy_model(model: Model) -> Any:
    """A linopy model with the rows, columns and objective of ours."""
    import linopy
    import pandas as pd
    import xarray as xr

    matrix, frame = model.matrix, model.built.frame
    other = linopy.Model()
    labels = np.empty(len(matrix.cost), dtype=np.int64)
    for family, members in _families(c.family for c in frame.columns).items():
        for integer in (False, True):
            chosen = members[matrix.integer[members] == integer]
            if len(chosen):
                variable = other.add_variables(
                    lower=matrix.column_lower[chosen],
                    upper=matrix.column_upper[chosen],
                    coords=[pd.Index(chosen, name="n")],
                    name=f"{family}_whole" if integer else family,
                    integer=integer,
                )
                labels[chosen] = variable.labels.values
    for family, members in _families(r.family for r in frame.rows).items():
        lower, upper = matrix.row_lower[members], matrix.row_upper[members]
        index = pd.Index(members, name="n")
        sign = np.where(lower == upper, "=", np.where(np.isfinite(upper), "<=", ">="))
        right = np.where(np.isfinite(upper), upper, lower)
        along = {"dims": "n", "coords": {"n": index}}
        left = linopy.LinearExpression(_padded(model, members, labels, index), other)
        other.add_constraints(left, xr.DataArray(sign, **along), xr.DataArray(right, **along), name=family)
    used = np.flatnonzero(matrix.cost)
    terms = xr.Dataset({"coeffs": ("_term", matrix.cost[used]), "vars": ("_term", labels[used])})
    other.add_objective(linopy.LinearExpression(terms, other), sense="max")
    return other


def _padded(model: Model, members: np.ndarray, labels: np.ndarray, index: Any) -> Any:
    """Terms of some rows as the rectangular arrays that linopy holds; -1 pads."""
    import xarray as xr

    matrix = model.matrix
    begins, ends = matrix.starts[members], matrix.starts[members + 1]
    width = int((ends - begins).max())
    filled = np.arange(width) < (ends - begins)[:, None]
    places = (begins[:, None] + np.arange(width))[filled]
    columns = np.full((len(members), width), -1, dtype=np.int64)
    values = np.full((len(members), width), np.nan)
    columns[filled], values[filled] = labels[matrix.columns[places]], matrix.values[places]
    return xr.Dataset({"coeffs": (("n", "_term"), values), "vars": (("n", "_term"), columns)}, coords={"n": index})


def as_highspy(model: Any) -> Any:
    """Linopy's own way to a HiGHS object."""
    import linopy

    with silence():
        return linopy.io.to_highspy(model)
