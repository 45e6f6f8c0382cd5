"""How far results may be off: each figure with a range moved to both of its ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.analyses.declare import Analysis, Answer, Question, Subject, gap_option, plan_of, time_option
from planner.analyses.telling import Block, Listing, listing
from planner.declaring import option
from planner.options import Options
from planner.solver.runs import RunContext
from planner.wording.data import picked
from planner.wording.figures import typed

if TYPE_CHECKING:
    from planner.case import Case
    from planner.explain.sensitivity import Sensitivity, TornadoBar


@dataclass(frozen=True)
class UncertainQuestion(Question):
    """Which figures are moved."""

    inputs: int = option(24, "Figures that are moved, heaviest first.", low=1, label="Figures that are moved")
    searched: int = option(
        6, "Those for which plans are searched anew.", low=0, label="Of these, figures with new searches"
    )
    gap: float = gap_option("Gap of each plan.")
    time_limit: float = time_option(Options().time_limit, "Time for each search.")


def uncertain(subject: Subject, asked: UncertainQuestion, run: RunContext) -> Answer:
    """Move figures to the ends of their ranges, with the plan's decisions held and for some of them searched anew."""
    from planner.explain.sensitivity import one_at_a_time
    from planner.plan import Status

    plan = plan_of(subject, run.options, run)
    found = one_at_a_time(subject.case, plan, inputs=asked.inputs, searched=asked.searched, options=run)
    content = picked(found, "base", "best", "best_gap", "complete", "untied", "left_out")
    content["figures"] = [_swing(s) for s in found.bars]
    status = Status.OPTIMAL if found.complete else Status.FEASIBLE
    return Answer(content, lambda _: _told(found, subject.case), status)


def _swing(swing: TornadoBar) -> dict[str, Any]:
    """One figure for machines."""
    one = swing.input
    ends = {"low": swing.low, "high": swing.high, "low, searched anew": swing.low_free,
            "high, searched anew": swing.high_free}  # fmt: skip
    return {
        **picked(one, "id", "statement", "grade", "unit", "central"), "range": [one.low, one.high],
        "cells": [{"cell": c.cell, "now": c.now, "low": c.low, "high": c.high, "how": c.how,
                   "column": f"{c.sheet.SHEET}, {c.column}"} for c in one.cells],
        **{name: None if end is None else picked(end, "outcomes", "gap", "why") for name, end in ends.items()},
    }  # fmt: skip


def _told(found: Sensitivity, case: Case) -> Iterator[Block]:
    """Results as ranges with what moves them most; figures that break the plan."""
    from planner.sheets import Outcomes
    from planner.wording.figures import figure

    lines = []
    for row in case.of(Outcomes):
        first = next(iter(found.of(row.outcome)), None)
        low, high = found.range_of(row.outcome)
        head = f"{row.outcome}: {figure(found.base[row.outcome], row.unit)} {row.unit}"
        told = "no figure moves it" if first is None else (
            f"between {figure(low, row.unit)} and {figure(high, row.unit)}, moved most by {first.input.id} "
            f"({first.input.statement})"
        )  # fmt: skip
        lines.append(f"{head}, {told}.")
    yield Listing("How far results may be off, decisions as in the plan", lines)
    yield from listing(
        "Where the plan cannot be carried out",
        (f"{s.input.id} at {typed(value)} {s.input.unit}: {end.why}."
         for s in found.bars for value, end in ((s.input.low, s.low), (s.input.high, s.high)) if end.why),
    )  # fmt: skip
    sure = ["Each range is what one figure at a time does at an end of its own range; it is no probability."]
    sure += [f"{found.left_out} more figures with a range were not moved."] if found.left_out else []
    sure += [f"{len(found.untied)} figures with a range are tied to no cell."] if found.untied else []
    yield Listing("How sure", sure)


UNCERTAIN = Analysis(
    "uncertain",
    "How sure results are",
    "Move each figure with a range (sheet Evidence) to both ends: how far results may be off, and what drives them.",
    UncertainQuestion,
    uncertain,
)
