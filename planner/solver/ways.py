"""Ways of running the solver, so that no claim stands on one chain of rounding alone."""

from __future__ import annotations

from dataclasses import dataclass

FAR_APART = "Its figures may lie too far apart: look for one that is far larger or smaller than others of its column."
"""What a planner can do where the solver fails."""


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
REDUCED = Way("with presolve, scaled otherwise, with another seed", presolve=True, scaling=4, seed=1)
OTHER_METHOD = Way("by another method, not scaled, with another seed", scaling=0, seed=2, method="ipm")
WAYS = (AS_ASKED, OTHERWISE, OTHER_METHOD)
"""In the order in which they are tried."""


def other_than(*, presolve: bool) -> Way:
    """The way that repeats a claim made with presolve, or without."""
    return OTHERWISE if presolve else REDUCED
