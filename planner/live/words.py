"""Sentences of first answers. Nothing here is called proven: that word belongs to the whole search."""

from __future__ import annotations

from planner.explain.soft_limits import Relaxation, SoftLimit
from planner.live.answers import Shortage
from planner.wording.figures import figure, share
from planner.wording.lists import in_a_row
from planner.wording.units import plural

EXACT = 5e-6
"""Gap from which on a plan is called as good as any."""


def found_sentence(gap: float | None) -> str:
    """How good a first answer is."""
    if gap is None:
        return "Best found at once; how far it is from the best possible is not known yet."
    if gap < EXACT:
        return "Best found at once, and no plan can be better."
    return f"Best found at once, at most {share(gap)} below the best possible."


def short_sentence(shortages: tuple[Shortage, ...], *, never: bool) -> str:
    """Why there is no plan, and what the nearest plan breaks."""
    head = (
        "These limits cannot all hold."
        if never
        else "With the yes-or-no decisions of the last plan these limits cannot all hold; others may do."
    )
    if not shortages:
        return f"{head} Which of them clash is not known yet."
    return f"{head} The nearest plan breaks: {in_a_row((s.sentence for s in shortages), 3, between='; ')}."


def failed_sentence(reason: str) -> str:
    """Why nothing can be said."""
    return f"With these changes the workbook cannot be solved: {reason}"


def shortage_of(soft_limit: SoftLimit, relaxation: Relaxation, amount: float) -> Shortage:
    """One limit that gives way, in words."""
    unit = "" if relaxation.unit == "decision" else plural(relaxation.unit, amount)
    where = f" ({relaxation.label})" if relaxation.label else ""
    if relaxation.unit == "decision":
        said = f"{soft_limit.words} is given up"
    else:
        said = f"{soft_limit.words}{where} short by {figure(amount, relaxation.unit)} {unit}".rstrip()
    if relaxation.sign < 0.0 and relaxation.unit != "decision":
        said = f"{soft_limit.words}{where} missed by {figure(amount, relaxation.unit)} {unit}".rstrip()
    return Shortage(soft_limit.words, amount, unit, said)
