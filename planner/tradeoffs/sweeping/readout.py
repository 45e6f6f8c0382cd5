"""Parts, kinks and parts without a plan, read from what a sweep has solved, and how it was computed in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from models.matrix import Floats
from planner.plan import Status
from planner.tradeoffs.sweeping.cellgroups import CellGroup
from planner.tradeoffs.sweeping.curves import Allocation, Blank, CurvePart, Kink, SweepPoint
from planner.tradeoffs.sweeping.parametric_model import ParametricModel, Readout
from planner.wording.lists import listed

DECIDED = ("reform", "site")
"""Kinds of rows that are decided with yes or no."""


def allocation_of(readout: Readout, values: Floats) -> Allocation:
    """What a plan gives."""
    amounts, money = readout.amounts(values)
    pairs = (dict(zip(readout.subjects, part.tolist(), strict=True)) for part in (amounts, money))
    return Allocation(readout.outcomes(values), *pairs)


def part_of(
    low: float,
    high: float,
    low_points: float,
    high_points: float,
    first: Allocation,
    last: Allocation,
    step: float,
    *,
    sure: bool,
) -> CurvePart:
    """A straight part with its slopes."""
    length = (high - low) * step
    rates = {k: (v - first.outcomes[k]) / length for k, v in last.outcomes.items()}
    rates = {k: 0.0 if abs(v * length) <= 1e-7 * max(1.0, abs(last.outcomes[k])) else v for k, v in rates.items()}
    return CurvePart(low, high, low_points, high_points, (high_points - low_points) / length, rates, first, last, sure)


def kinks_of(parts: list[CurvePart]) -> list[Kink]:
    """Exact kinks between neighbours: of the objective, or only of outcomes and amounts."""
    found = []
    for a, b in pairwise(parts):
        same = abs(a.marginal - b.marginal) <= 1e-7 * max(abs(a.marginal), abs(b.marginal), 1e-9)
        what = "only what the plan is made of" if same else "less for one more" if b.marginal < a.marginal else ""
        found.append(Kink(b.low, b.low, exact=a.sure and b.sure, before=a.marginal, after=b.marginal,
                          what=what or "more for one more"))  # fmt: skip
    return found


def with_slopes(points: Sequence[SweepPoint], parts: Sequence[CurvePart]) -> list[SweepPoint]:
    """Points with the worth of one more from the part that begins or goes on there, which is unique."""
    result = []
    for point in points:
        here = next((p for p in parts if p.low <= point.place < p.high), None)
        result.append(point if here is None or not point.found else replace(point, marginal=here.marginal))
    return result


def brackets_of(points: list[SweepPoint], parametric: ParametricModel, step: float) -> list[Kink]:
    """Neighbouring points whose binary decisions differ, with what comes in and what goes out between them."""
    integer, kinds = parametric.matrix.integer, parametric.readout.kinds
    found = []
    for a, b in pairwise([p for p in points if p.found]):
        if a.columns is None or b.columns is None or a.objective is None or b.objective is None:
            continue
        if np.all(np.round(a.columns[integer]) == np.round(b.columns[integer])):
            continue
        decided = [s for s in a.allocation.amounts if kinds.get(s) in DECIDED]
        comes = [f"'{s[1]}'" for s in decided if a.allocation.amounts[s] < 0.5 <= b.allocation.amounts.get(s, 0.0)]
        goes = [f"'{s[1]}'" for s in decided if b.allocation.amounts.get(s, 0.0) < 0.5 <= a.allocation.amounts[s]]
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


def method_of(parametric: ParametricModel) -> str:
    """How places were computed, in words."""
    if parametric.kind == "shape":
        return "the case was compiled and solved afresh at each place, since its rows or columns change"
    if parametric.levels > 1:
        return "the case was compiled and solved afresh at each place, since outcomes are settled in several priorities"
    if not parametric.straight:
        return "the case was compiled at each place, and what differs was put into the same solver session"
    changed = {
        "nothing": "nothing in the model depends on these cells", "limits": "only limits were changed",
        "gates": "limits, and money or places that come with a reform, were changed",
        "points": "only the points of outcomes were changed", "recipes": "coefficients were changed",
        "mixed": "limits, coefficients and points were changed",
    }[parametric.kind]  # fmt: skip
    return f"{changed} in one solver session; nothing was compiled again after the first {parametric.builds} places"


def notes_of(parametric: ParametricModel, group: CellGroup, settled: bool, parts: list[CurvePart]) -> list[str]:
    """What a reader has to know."""
    notes = []
    if parametric.kind == "nothing":
        notes.append("Nothing in the model depends on these cells: every place gives the same plan.")
    if group.skipped:
        notes.append(f"{group.skipped} blank cells among them stay blank: there is nothing to take a share of.")
    if parametric.integer and settled:
        notes.append("Yes-or-no decisions are held as in the workbook's plan; kinks are exact under that condition.")
    elif parametric.integer:
        notes.append(
            "Yes-or-no decisions are free, so each point is proven within its gap, and changes between two points are "
            "only known to lie between them."
        )
    elif not parts and parametric.kind in ("recipes", "mixed", "shape"):
        notes.append("These cells change coefficients, so the curve is not a broken line: it is known at its points.")
    if any(not p.sure for p in parts):
        notes.append("The search for kinks was stopped: parts marked unsure may hold more of them.")
    return notes
