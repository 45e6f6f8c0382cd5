"""What fair plans, and a minimum share that rises for everybody in need, cost in the total of one outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from planner.analyses.declare import (
    Analysis,
    Answer,
    Out,
    Question,
    Subject,
    Verdicts,
    WholePlan,
    gap_option,
    pairs,
    time_option,
)
from planner.analyses.fairness import across_option, outcome_option
from planner.analyses.telling import Block, Sentence, Table
from planner.declaring import option
from planner.options import Options
from planner.solver.runs import RunContext
from planner.wording.data import picked
from planner.wording.figures import share

if TYPE_CHECKING:
    from planner.tradeoffs.equity import FairPlan


@dataclass(frozen=True)
class EquityQuestion(Question):
    """What is shared out, between whom, and by which needs."""

    outcome: str = outcome_option()
    across: str = across_option()
    need: tuple[str, ...] = option(
        (), "People in need of a part; else those on sheets Places and Groups.", each=str, metavar="'NAME=NUMBER'",
        label="Needs, if not those of the workbook",
    )  # fmt: skip
    steps: int = option(
        8, "Steps in which the minimum share rises.", low=1, high=100, label="Steps of the minimum share"
    )
    gap: float = gap_option("Gap to which each plan is proven.")
    time_limit: float = time_option(Options().time_limit, "Time for each search.")

    def check(self) -> None:
        """Needs can be read."""
        assert self.needs is not None

    @cached_property
    def needs(self) -> dict[str, float]:
        """Needs by part; none for those of the workbook."""
        return pairs(self.need, "--need")


def equity(subject: Subject, asked: EquityQuestion, run: RunContext) -> Answer:
    """Plans by several principles, and the total as a minimum share rises."""
    from planner.plan import Status
    from planner.sheets import Outcomes
    from planner.solve import prepare
    from planner.tradeoffs.divisions import division
    from planner.tradeoffs.equity import equity as share_out
    from planner.tradeoffs.equity import needs_of, plan_of_share

    run.say("Opening the workbook", "read")
    model = prepare(subject.case, run.options)
    problem, notes = division(model, asked.outcome, asked.across, run)
    needs = asked.needs or needs_of(subject.case, asked.across)
    found = share_out(problem, needs, options=run, steps=asked.steps)
    content: dict[str, Any] = {
        "outcome": asked.outcome, "across": asked.across,
        "unit": next(row.unit for row in subject.case.of(Outcomes) if row.outcome == asked.outcome),
        "needs": {name: needs[name] for name in problem.names if name in needs},
        "principles": [_row(p) for p in found.principles], "floors": [_row(f) for f in found.floors],
        "notes": list(notes), "complete": found.complete,
    }  # fmt: skip
    plans = tuple(
        WholePlan(f"equity_{n}", f"plan {n} of {len(found.principles)}",
                  partial(plan_of_share, model, problem, run.options, p), content["principles"][n - 1])
        for n, p in enumerate(found.principles, 1)
    )  # fmt: skip
    status = Status.OPTIMAL if found.complete else Status.FEASIBLE
    return Answer(content, partial(_told, content), status, plans)


def _row(found: FairPlan) -> dict[str, Any]:
    """A way of sharing out for machines."""
    from planner.tradeoffs.equity import PRINCIPLES

    name, meaning = PRINCIPLES.get(found.principle, (found.principle, ""))
    figures = picked(found, "floor", "values", "coverage", "total", "costs", "gap", "least", "most")
    return {"principle": name, "meaning": meaning, **figures}


def _told(content: Mapping[str, Any], verdicts: Verdicts) -> Iterator[Block]:
    """What a minimum share costs, the principles, then the steps."""
    from planner.wording.figures import figure, within

    unit, floors, rows = content["unit"], content["floors"], content["principles"]
    each = f"{unit} for each person in need" if len(content["needs"]) >= 2 else unit
    if len(floors) == 1:
        yield Sentence(
            f"Fairness costs nothing here: the worst-off get {figure(floors[0]['least'])} {each} in the plan with the "
            "greatest total, and no plan gives them more.",
            strong=True,
        )
    elif floors:
        yield Sentence(
            f"A minimum share of {figure(floors[-1]['floor'])} {each} for everybody, the most that there can be, costs "
            f"{share(floors[-1]['costs'])} of the greatest total ({figure(floors[0]['total'], unit)} {unit}).",
            strong=True,
        )
    cells = []
    for row in rows:
        gap = "open" if row["gap"] is None else within(row["gap"])
        cells.append([row["principle"], figure(row["total"]), share(row['costs']), figure(row["least"]),
                      figure(row["most"]), gap])  # fmt: skip
    yield Table(["Way of sharing out", "Total", "Costs", "Least", "Most", "Proven within"], cells)
    if len(floors) > 1:
        steps = [[figure(f["floor"]), figure(f["total"]), share(f["costs"])] for f in floors]
        yield Table([f"Minimum share, {each}", "Total", "Costs"], steps)
    for row in rows:
        yield Sentence(f"{row['principle']}: {row['meaning']}.")
    for note in content["notes"]:
        yield Sentence(note)
    if not content["complete"]:
        yield Sentence("Stopped before all was found.")
    for number, passed in enumerate(verdicts, 1):
        if not passed:
            yield Sentence(f"Plan {number} failed its check: do not use it.")


EQUITY = Analysis(
    "equity",
    "Who gets how much",
    "Say what fair plans cost in the total of one outcome, and what a minimum share for everybody in need costs.",
    EquityQuestion,
    equity,
    Out("Write the plan of every way of sharing out as a workbook into this folder.", many="equity_*.xlsx"),
)
