"""Analyses of a case, each declared once; see :mod:`planner.analyses.declare`.

Importing them loads nothing heavy: what an answer needs is loaded when it is asked for.
"""

from planner.analyses.alternatives import ALTERNATIVES
from planner.analyses.comparing import COMPARE
from planner.analyses.declare import Analysis
from planner.analyses.equity import EQUITY
from planner.analyses.explaining import EXPLAIN
from planner.analyses.fairness import FAIRNESS
from planner.analyses.fronts import FRONT
from planner.analyses.futures import FUTURES
from planner.analyses.goals import GOAL
from planner.analyses.overriding import OVERRIDE
from planner.analyses.packages import PACKAGES
from planner.analyses.steering import STEER
from planner.analyses.sweeps import SWEEP
from planner.analyses.uncertain import UNCERTAIN
from planner.analyses.weighing import WEIGH

ANALYSES: dict[str, Analysis] = {
    analysis.name: analysis
    for analysis in (
        COMPARE, EXPLAIN, OVERRIDE, SWEEP, PACKAGES, GOAL, UNCERTAIN, FUTURES, FRONT, STEER, WEIGH, FAIRNESS, EQUITY,
        ALTERNATIVES,
    )
}  # fmt: skip
"""Every analysis by its name."""

__all__ = ["ANALYSES", "Analysis"]
