"""Reasons: prices, why and why not, conflicts and repairs, decisions by hand, comparisons.

Each is a plain function with a typed result whose rows name their cell and have a `sentence`. Those that look at a plan
take a :class:`~planner.explain.study.Study`, made once by :func:`~planner.explain.study.open_study`.
"""

from __future__ import annotations

from planner.explain.attribution import attribute
from planner.explain.audit import rule_costs
from planner.explain.compare import Comparison, Entry, change_ledger, compare
from planner.explain.conflicts import explain_conflict
from planner.explain.gains import gains_between, who_gains
from planner.explain.override import Hand, check_hands, reoptimise, with_hands
from planner.explain.prices import cost_ranges, price_of, prices
from planner.explain.repairs import apply_repair
from planner.explain.study import NoPlanError, Study, open_study
from planner.explain.switches import switch_worth
from planner.explain.thresholds import what_would_change
from planner.explain.timing import timing_story, unused
from planner.explain.why import UnknownRowError, why, why_not_more

__all__ = [
    "Comparison",
    "Entry",
    "Hand",
    "NoPlanError",
    "Study",
    "UnknownRowError",
    "apply_repair",
    "attribute",
    "change_ledger",
    "check_hands",
    "compare",
    "cost_ranges",
    "explain_conflict",
    "gains_between",
    "open_study",
    "price_of",
    "prices",
    "reoptimise",
    "rule_costs",
    "switch_worth",
    "timing_story",
    "unused",
    "what_would_change",
    "who_gains",
    "why",
    "why_not_more",
    "with_hands",
]
