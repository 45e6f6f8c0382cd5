"""Golden figures: what a case's plan was when somebody last accepted it, and what has moved since, and why."""

from planner.golden.check import check_golden, options_of, solved, update_golden
from planner.golden.compare import FigureChange, GoldenReport, compare_figures
from planner.golden.figures import Figures, figures_of
from planner.golden.file import Acceptance, Golden, GoldenError, read_golden, write_golden
from planner.golden.report import junit, markdown, text
from planner.golden.tolerances import Tolerances

__all__ = [
    "Acceptance",
    "FigureChange",
    "Figures",
    "Golden",
    "GoldenError",
    "GoldenReport",
    "Tolerances",
    "check_golden",
    "compare_figures",
    "figures_of",
    "junit",
    "markdown",
    "options_of",
    "read_golden",
    "solved",
    "text",
    "update_golden",
    "write_golden",
]
