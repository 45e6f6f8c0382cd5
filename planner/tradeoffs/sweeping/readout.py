"""Parts, kinks and parts without a plan, read from what a sweep has solved, and how it was computed in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from models.matrix import Floats
from planner.plan import Status
from planner.tradeoffs.sweeping.cellgroups import CellGroup
from planner.tradeoffs.sweeping.curves import Blank, Gift, Kink, Part, SweepPoint
from planner.tradeoffs.sweeping.family import Family, Reading
from planner.wording.lists import listed

DECIDED = ("reform", "site")
"""Kinds of rows that are decided with yes or no."""


def gift(reading: Reading, values: Floats) -> Gift:
    """What a plan gives."""
    amounts, money = reading.amounts(values)
    pairs = (dict(zip(reading.subjects, part.tolist(), strict=True)) for part in (amounts, money))
    return Gift(reading.outcomes(values), *pairs)


def part_of(
    low: float, high: float, low_points: float, high_points: float, first: Gift, last: Gift, step: float, *, sure: bool
) -> Part:
    """A straight part with its slopes."""
    length = (high - low) * step
    rates = {k: (v - first.outcomes[k]) / length for k, v in last.outcomes.items()}
    rates = {k: 0.0 if abs(v * length) <= 1e-7 * max(1.0, abs(last.outcomes[k])) else v for k, v in rates.items()}
    return Part(low, high, low_points, high_points, (high_points - low_points) / length, rates, first, last, sure)


def kinks_of(parts: list[Part]) -> list[Kink]:
    """Exact kinks between neighbours: of the objective, or only of outcomes and amounts."""
    found = []
    for a, b in pairwise(parts):
        same = abs(a.marginal - b.marginal) <= 1e-7 * max(abs(a.marginal), abs(b.marginal), 1e-9)
        what = "only what the plan is made of" if same else "less for one more" if b.marginal < a.marginal else ""
        found.append(Kink(b.low, b.low, exact=a.sure and b.sure, before=a.marginal, after=b.marginal,
                          what=what or "more for one more"))  # fmt: skip
    return found


def with_slopes(points: Sequence[SweepPoint], parts: Sequence[Part]) -> list[SweepPoint]:
    """Points with the worth of one more from the part that begins or goes on there, which is unique."""
    result = []
    for point in points:
        here = next((p for p in parts if p.low <= point.place < p.high), None)
        result.append(point if here is None or not point.found else replace(point, marginal=here.marginal))
    return result


def brackets_of(points: list[SweepPoint], family: Family, step: float) -> list[Kink]:
    """Neighbouring points whose yes-or-no decisions differ, with what comes in and what goes out between them."""
    whole, kinds = family.matrix.whole, family.reading.kinds
    found = []
    for a, b in pairwise([p for p in points if p.found]):
        if a.columns is None or b.columns is None or a.objective is None or b.objective is None:
            continue
        if np.all(np.round(a.columns[whole]) == np.round(b.columns[whole])):
            continue
        decided = [s for s in a.gift.amounts if kinds.get(s) in DECIDED]
        comes = [f"'{s[1]}'" for s in decided if a.gift.amounts[s] < 0.5 <= b.gift.amounts.get(s, 0.0)]
        goes = [f"'{s[1]}'" for s in decided if b.gift.amounts.get(s, 0.0) < 0.5 <= a.gift.amounts[s]]
        said = [f"{listed(names, 4)} {verb}" for names, verb in ((comes, "comes in"), (goes, "goes out")) if names]
        what = "; ".join(said) or "only the dates or the size of what is decided differ"
        between = (b.objective - a.objective) / ((b.place - a.place) * step)
        found.append(
            Kink(a.place, b.place, exact=False, before=a.marginal, after=b.marginal, what=what, between=between)
        )
    return found


def blanks_of(points: list[SweepPoint], known: list[Blank]) -> list[Blank]:
    """Runs of points without a plan that no exact limit covers."""
    found: list[Blank] = []
    for p in points:
        covered = any(b.low <= p.place <= b.high for b in known)
        if p.status is not Status.INFEASIBLE or covered:
            continue
        if found and not any(found[-1].high < q.place < p.place for q in points):
            found[-1] = Blank(found[-1].low, p.place, exact=False)
        else:
            found.append(Blank(p.place, p.place, exact=False))
    return found


def method_of(family: Family) -> str:
    """How places were computed, in words."""
    if family.kind == "shape":
        return "the case was compiled and solved afresh at each place, since its rows or columns change"
    if family.levels > 1:
        return "the case was compiled and solved afresh at each place, since outcomes are settled in several priorities"
    if not family.straight:
        return "the case was compiled at each place, and what differs was put into the same solver session"
    changed = {
        "nothing": "nothing in the model depends on these cells", "limits": "only limits were changed",
        "gates": "limits, and money or numbers that come with a reform, were changed",
        "points": "only the points of outcomes were changed", "recipes": "coefficients were changed",
        "mixed": "limits, coefficients and points were changed",
    }[family.kind]  # fmt: skip
    return f"{changed} in one solver session; nothing was compiled again after the first {family.builds} places"


def notes_of(family: Family, group: CellGroup, settled: bool, parts: list[Part]) -> list[str]:
    """What a reader has to know."""
    notes = []
    if family.kind == "nothing":
        notes.append("Nothing in the model depends on these cells: every place gives the same plan.")
    if group.skipped:
        notes.append(f"{group.skipped} blank cells among them stay blank: there is nothing to take a share of.")
    if family.whole and settled:
        notes.append("Yes-or-no decisions are held as in the workbook's plan; kinks are exact under that condition.")
    elif family.whole:
        notes.append(
            "Yes-or-no decisions are free, so each point is proven within its gap, and changes between two points are "
            "only known to lie between them."
        )
    elif not parts and family.kind in ("recipes", "mixed", "shape"):
        notes.append("These cells change coefficients, so the curve is not a broken line: it is known at its points.")
    if any(not p.sure for p in parts):
        notes.append("The search for kinks was stopped: parts marked unsure may hold more of them.")
    return notes
