"""Reasons: prices, why and why not, conflicts and repairs, decisions by hand, comparisons.

Each is a plain function with a typed result whose rows name their cell and have a `sentence`. Those that look at a plan
take a :class:`~planner.explain.solved_case.SolvedCase`, made once by :func:`~planner.explain.solved_case.open_case`.
"""

from __future__ import annotations

from planner.callable_modules import make_callable
from planner.case import Case
from planner.explain.attribution import attribute
from planner.explain.audit import rule_costs
from planner.explain.compare import ComparedCase, Comparison, change_ledger, compare
from planner.explain.conflicts import explain_conflict
from planner.explain.gains import gains_between, who_gains
from planner.explain.override import Hand, check_hands, reoptimise, with_hands
from planner.explain.prices import cost_ranges, price_of, prices
from planner.explain.repairs import apply_repair
from planner.explain.solved_case import NoPlanError, SolvedCase, open_case
from planner.explain.switches import switch_worth
from planner.explain.thresholds import what_would_change
from planner.explain.timing import timing_story, unused
from planner.explain.why import UnknownRowError, why, why_not_more
from planner.options import Options
from planner.plan import Plan

__all__ = [
    "ComparedCase", "Comparison", "Hand", "NoPlanError", "SolvedCase", "UnknownRowError", "apply_repair", "attribute",
    "change_ledger", "check_hands", "compare", "cost_ranges", "explain", "explain_conflict", "gains_between",
    "open_case", "price_of", "prices", "reoptimise", "rule_costs", "switch_worth", "timing_story", "unused",
    "what_would_change", "who_gains", "why", "why_not_more", "with_hands",
]  # fmt: skip


def explain(case: Case, plan: Plan | None = None, options: Options | None = None) -> SolvedCase:
    """Open a plan for questions: :func:`prices`, :func:`why`, :func:`what_would_change` and others take the answer.

    Args:
        case: The case of the plan.
        plan: Its plan; None: the case is solved for it. Of a plan that is given only a linear programme is solved, at
            its binary decisions: prices are the dual values there.
        options: As for :func:`planner.solve`; the grid is the plan's.

    Returns:
        The solved case that questions are asked of.

    Raises:
        NoPlanError: There is no plan: ask :func:`explain_conflict` why.
        ValueError: The plan does not belong to the case.

    Example:
        >>> import planner
        >>> case = planner.read("inputs/starter.xlsx")
        >>> study = planner.explain(case, options=planner.Options(grid="phases"))
        >>> dearest = planner.explain.prices(study, top=1).rows[0]
        >>> print(f"{dearest.cell}: {dearest.price:.2f} points for one {dearest.unit} more")
        Programmes!M5: 15.53 points for one family supported a year more
    """
    return open_case(case, options, plan)


make_callable(__name__)
