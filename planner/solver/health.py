"""Numeric health: how far apart the figures of a matrix lie, and how exactly a plan keeps it.

A solver computes with sixteen digits and keeps limits to a tolerance. Where figures lie further apart than that can
carry, its claims (best, impossible, without end) may be wrong. Health is measured in one place, here, and where it is
poor a claim is repeated in another way before it is made (:mod:`planner.solve.claims`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from models.conditioning import Struck
from models.matrix import Floats, Matrix

RANGE = 1e10
"""Ratio of the largest to the smallest coefficient from which health is poor."""
LARGEST = {"limits": 1e8, "sides": 1e8, "costs": 1e9}
"""Largest bound of a column, side of a row and cost, in the solver's units, beyond which health is poor."""
RESIDUAL = {"rows": 1e-6, "columns": 1e-6, "wholes": 1e-5}
"""Largest residual of rows and columns, in the solver's units, and of whole numbers, beyond which health is poor."""


@dataclass(frozen=True)
class Health:
    """What was measured. Pairs are the smallest and the largest size, in the solver's units; residuals are the largest.

    `limits` are the bounds of columns, `sides` those of rows; `natural` is the largest residual of a row in its own
    units (people, USD, days). `struck` counts what conditioning took out, `held` names what it holds at nought, with
    the cell. `poor` says in words why claims had to be repeated, `repeated` how and with which result.
    """

    coefficients: tuple[float, float] = (0.0, 0.0)
    limits: tuple[float, float] = (0.0, 0.0)
    sides: tuple[float, float] = (0.0, 0.0)
    costs: tuple[float, float] = (0.0, 0.0)
    rows: float = 0.0
    columns: float = 0.0
    wholes: float = 0.0
    natural: float = 0.0
    struck: Mapping[str, int] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    poor: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """Every figure and sentence under a name, for the record of a plan."""
        pairs = {name: getattr(self, name) for name in ("coefficients", "limits", "sides", "costs")}
        ends = {
            f"{end} {name}": pair[k] for name, pair in pairs.items() for k, end in enumerate(("smallest", "largest"))
        }
        residuals = {f"residual of {name}": getattr(self, name) for name in ("rows", "columns", "wholes")}
        residuals["residual in natural units"] = self.natural
        return {
            **ends,
            **{name: float(f"{value:.0e}") for name, value in residuals.items()},  # rounding has no more to say
            **{f"struck {name}": number for name, number in self.struck.items()},
            "held at nought": "; ".join(self.held) or "nothing",
            "poor": "; ".join(self.poor) or "no",
            "repeated": "; ".join(self.repeated) or "no",
        }


def _range(values: Floats) -> tuple[float, float]:
    """Smallest and largest size of what is finite and not nought."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0.0)])
    return (float(sizes.min()), float(sizes.max())) if sizes.size else (0.0, 0.0)


def measured(matrix: Matrix, struck: Struck | None = None) -> Health:
    """Health of a matrix before anybody has solved it."""
    found = Health(
        coefficients=matrix.coefficient_range,
        limits=_range(np.concatenate([matrix.column_lower, matrix.column_upper])),
        sides=_range(np.concatenate([matrix.row_lower, matrix.row_upper])),
        costs=_range(matrix.cost),
        struck={} if struck is None else counted(struck),
        held=() if struck is None else tuple(told(struck)),
    )
    return _judged(found)


def with_point(health: Health, matrix: Matrix, values: Floats, row_scales: Floats | None = None) -> Health:
    """Health with the residuals of a point: how far it is from keeping rows, columns and whole numbers."""
    if len(matrix.starts) > 1:
        products = matrix.values * values[matrix.columns]
        sums = np.add.reduceat(np.append(products, 0.0), matrix.starts[:-1])
        sums[np.diff(matrix.starts) == 0] = 0.0
    else:
        sums = np.zeros(0)
    over = np.maximum(0.0, np.maximum(matrix.row_lower - sums, sums - matrix.row_upper))
    beside = np.maximum(0.0, np.maximum(matrix.column_lower - values, values - matrix.column_upper))
    apart = np.abs(values - np.round(values))[matrix.integer]
    natural = over if row_scales is None else over * row_scales
    return _judged(
        replace(
            health,
            rows=float(over.max(initial=0.0)),
            columns=float(beside.max(initial=0.0)),
            wholes=float(apart.max(initial=0.0)),
            natural=float(natural.max(initial=0.0)),
        )
    )


def _judged(health: Health) -> Health:
    """Health with the reasons why it is poor."""
    return replace(health, poor=tuple(_reasons(health)))


def _reasons(health: Health) -> Iterator[str]:
    """Why health is poor, in words."""
    low, high = health.coefficients
    if high > RANGE * low:
        yield f"coefficients lie {high / low:.0e} apart"
    words = {"limits": "a limit is", "sides": "a right-hand side is", "costs": "a weight is"}
    for name, most in LARGEST.items():
        largest = getattr(health, name)[1]
        if largest > most:
            yield f"{words[name]} {largest:.0e} in the solver's units"
    for name, most in RESIDUAL.items():
        largest = getattr(health, name)
        if largest > most:
            yield f"the plan leaves {largest:.0e} of its {name} open"


def counted(struck: Struck) -> dict[str, int]:
    """How much conditioning struck, by kind."""
    return {
        "coefficients": struck.coefficients.total(),
        "big-Ms": struck.shrunk.total(),
        "far limits": struck.limits.total(),
        "columns": len(struck.impossible) + len(struck.unfelt),
    }


def never_done(struck: Struck) -> Iterator[str]:
    """A sentence for each row of the workbook that can never be done, for planners."""
    for cell in struck.never:
        yield f"{cell}: this can never be done: one start or one unit of it takes more than there can ever be."


def told(struck: Struck) -> Iterator[str]:
    """What is held at nought, by its cell."""
    for cells, why in ((struck.never, "can never be"), (struck.unfelt.values(), "could only be too little to be felt")):
        for cell in sorted({cell for cell in cells if cell}):
            yield f"{cell} {why}"
