"""Analyses of a case, each declared once; see :mod:`planner.analyses.declare`.

Importing them loads nothing heavy: what an answer needs is loaded when it is asked for.
"""

from planner.analyses.declare import Analysis
from planner.analyses.fronts import FRONT
from planner.analyses.uncertain import UNCERTAIN

ANALYSES: dict[str, Analysis] = {analysis.name: analysis for analysis in (UNCERTAIN, FRONT)}
"""Every analysis by its name."""

__all__ = ["ANALYSES", "Analysis"]
