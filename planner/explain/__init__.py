"""Reasons: prices, why and why not, conflicts and repairs, decisions by hand, comparisons.

Each is a plain function with a typed result whose rows name their cell and have a `sentence`. Those that look at a plan
take a :class:`~planner.explain.study.Study`, made once by :func:`~planner.explain.study.open_study`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.explain.attribution import attribute
    from planner.explain.audit import rule_costs, who_gains
    from planner.explain.compare import Entry, change_ledger, compare
    from planner.explain.conflicts import explain_conflict, read_despite
    from planner.explain.override import Hand, check_hands, reoptimise
    from planner.explain.prices import cost_ranges, price_of, prices
    from planner.explain.study import NoPlanError, Study, open_study
    from planner.explain.switches import switch_worth
    from planner.explain.thresholds import what_would_change
    from planner.explain.timing import timing_story, unused
    from planner.explain.why import why, why_not_more

_HOMES = {
    "Entry": "compare",
    "Hand": "override",
    "NoPlanError": "study",
    "Study": "study",
    "attribute": "attribution",
    "change_ledger": "compare",
    "check_hands": "override",
    "compare": "compare",
    "cost_ranges": "prices",
    "explain_conflict": "conflicts",
    "open_study": "study",
    "price_of": "prices",
    "prices": "prices",
    "read_despite": "conflicts",
    "reoptimise": "override",
    "rule_costs": "audit",
    "switch_worth": "switches",
    "timing_story": "timing",
    "unused": "timing",
    "what_would_change": "thresholds",
    "who_gains": "audit",
    "why": "why",
    "why_not_more": "why",
}

__all__ = [
    "Entry",
    "Hand",
    "NoPlanError",
    "Study",
    "attribute",
    "change_ledger",
    "check_hands",
    "compare",
    "cost_ranges",
    "explain_conflict",
    "open_study",
    "price_of",
    "prices",
    "read_despite",
    "reoptimise",
    "rule_costs",
    "switch_worth",
    "timing_story",
    "unused",
    "what_would_change",
    "who_gains",
    "why",
    "why_not_more",
]


def __getattr__(name: str) -> Any:
    """Load the part that has the name; solver and frames are slow to load."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
