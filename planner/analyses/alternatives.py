"""Plans of equal merit: what all have in common, what is a free choice, and plans that differ most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from planner.analyses.declare import Analysis, Answer, Out, Question, Subject, Verdicts, WholePlan, gap_option
from planner.analyses.telling import Block, Listing, Sentence
from planner.declaring import OptionError, option
from planner.solver.runs import RunContext

if TYPE_CHECKING:
    from planner.tradeoffs.near_optimal.alternatives import Alternatives


@dataclass(frozen=True)
class AlternativesQuestion(Question):
    """How near the best plans are, and how many are shown."""

    within: str = option(
        "2%", "How far from the best: '2%' or '300 points'.", metavar="DISTANCE", label="How far from the best"
    )
    plans: int = option(8, "How many plans that differ most.", low=1, high=200, label="Plans that differ most")
    gap: float = gap_option("Gap to which the best plan is proven.")
    seconds: float = option(300.0, "Time for the questions after the best plan is found.", low=1.0, of_run=True)

    def check(self) -> None:
        """The distance can be read."""
        from planner.tradeoffs.errors import TradeoffError
        from planner.tradeoffs.near_optimal.near_optimal_set import Tolerance

        try:
            Tolerance.parse(self.within)
        except TradeoffError as error:
            raise OptionError(str(error)) from error


def alternatives(subject: Subject, asked: AlternativesQuestion, run: RunContext) -> Answer:
    """The least and most of every row among the plans near the best, and plans that differ most."""
    from planner.plan import Status
    from planner.tradeoffs.near_optimal.alternatives import alternatives as find

    found = find(subject.case, within=asked.within, plans=asked.plans, options=run, seconds=asked.seconds)
    content = found.to_json()
    plans = tuple(
        WholePlan(
            f"alternative_{p.number}", f"plan {p.number} of {len(found.plans)}", partial(found.plan, p.number), row
        )
        for p, row in zip(found.plans, content["plans"], strict=True)
    )
    return Answer(content, partial(_told, found), Status.FEASIBLE if found.stopped else Status.OPTIMAL, plans)


def _told(found: Alternatives, verdicts: Verdicts) -> Iterator[Block]:
    """The answer first, then the reasons, then the plans."""
    from planner.tradeoffs.near_optimal.alternatives import VERDICTS
    from planner.wording.figures import figure, within

    yield Sentence(found.sentence)
    for note in found.notes:
        yield Sentence(note)
    yield Sentence("")
    for verdict in VERDICTS:
        rows = found.of(verdict)
        if rows:
            yield Listing(f"{verdict[0].upper()}{verdict[1:]} ({len(rows)})", [row.sentence for row in rows])
    lines = []
    for plan, passed in zip(found.plans, verdicts, strict=True):
        short = f", {figure(plan.short)} less than the best" if plan.number > 1 else ", the best plan found"
        gap = "" if plan.gap is None else f", proven within {within(plan.gap, plan.gap * plan.points)}"
        differs = f" Different: {'; '.join(plan.differs)}." if plan.differs else ""
        check = "passed its check" if passed else "FAILED its check: do not use it"
        lines.append(f"Plan {plan.number}: {figure(plan.points)} points{short}{gap}; {check}.{differs}")
    yield Listing("Plans that differ most", lines)


ALTERNATIVES = Analysis(
    "alternatives",
    "Equally good plans",
    "Say what all plans near the best have in common, what is a free choice, and show plans that differ most.",
    AlternativesQuestion,
    alternatives,
    Out("Write every plan as a workbook into this folder.", many="alternative_*.xlsx", checked=True),
)
