"""Golden figures: what a case's plan was when somebody last accepted it, and what has moved since, and why."""

from planner.golden.check import check_golden, options_of, solved, update_golden
from planner.golden.compare import Change, Report, compare_figures
from planner.golden.figures import Figures, figures_of
from planner.golden.file import Golden, GoldenError, Mark, read_golden, write_golden
from planner.golden.report import junit, markdown, text
from planner.golden.tolerances import Tolerances

__all__ = [
    "Change",
    "Figures",
    "Golden",
    "GoldenError",
    "Mark",
    "Report",
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
