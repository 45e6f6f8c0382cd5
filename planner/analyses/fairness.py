"""One outcome shared out by several principles of fairness, and what each costs in the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from planner.analyses.declare import Analysis, Answer, Question, Subject, Verdicts, gap_option, pairs, time_option
from planner.analyses.telling import Block, Sentence, Table
from planner.declaring import figure_of, option
from planner.solver.runs import RunContext
from planner.wording.figures import share

if TYPE_CHECKING:
    from planner.case import Case
    from planner.tradeoffs.model_extension import Solution

ACROSS = ("country", "origin", "group")
"""Between whom an outcome can be shared out."""
MEANINGS = {
    "utilitarian": "greatest total, whoever gets it",
    "max-min": "best for the worst-off, then the total",
    "leximin": "best for the worst-off, then for the next, and so on",
    "least Gini": "most even, keeping a share of the total",
    "alpha-fair": "the more alpha, the more a gain of those who have little counts",
}


def outcome_option() -> Any:
    """What is shared out."""
    return option(
        "", "The outcome that is shared out; more of it is better.", needed=True, label="Outcome that is shared out"
    )


def across_option() -> Any:
    """Between whom it is shared out."""
    return option("country", "Between whom: country, origin or group.", choices=ACROSS, label="between")


@dataclass(frozen=True)
class FairnessQuestion(Question):
    """What is shared out, between whom, and over which needs."""

    outcome: str = outcome_option()
    across: str = across_option()
    part: tuple[str, ...] = option(
        (), "Only between these; may be repeated.", each=str, metavar="NAME", label="Only between these"
    )
    need: tuple[str, ...] = option(
        (), "Fair over needs of parts.", each=str, metavar="'NAME=NUMBER'", label="Needs of parts"
    )
    alpha: tuple[float, ...] = option(
        (), "Alpha-fairness; default 1 and 2.", each=float, low=0.0, label="Alpha of alpha-fairness"
    )
    keep: str = option(
        "95%", "Share of the total that the most even plan keeps.", label="Share of the total that the most even keeps"
    )
    gap: float = gap_option("Gap to which each plan is proven.")
    time_limit: float = time_option(120.0, "Time for each search.")

    def check(self) -> None:
        """Needs and shares can be read."""
        assert self.needs is not None
        assert self.share is not None

    @cached_property
    def needs(self) -> dict[str, float]:
        """Needs by part."""
        return pairs(self.need, "--need")

    @cached_property
    def share(self) -> float:
        """Share of the total that the most even plan keeps."""
        return figure_of(self.keep, "--keep", "95% or 0.95")


def fairness(subject: Subject, asked: FairnessQuestion, run: RunContext) -> Answer:
    """A plan by every principle, the greatest total first."""
    from planner.plan import Status
    from planner.solve import prepare
    from planner.tradeoffs import fairness as ways
    from planner.tradeoffs.divisions import division
    from planner.tradeoffs.errors import TradeoffError

    model = prepare(subject.case, run)
    problem, notes = division(model, asked.outcome, asked.across, run, only=asked.part)
    needs = asked.needs
    todo = [
        partial(ways.utilitarian, problem),
        partial(ways.max_min, problem, needs=needs),
        partial(ways.leximin, problem, needs=needs),
        partial(ways.least_gini, problem, needs=needs, keep=asked.share),
        *(partial(ways.alpha_fair, problem, alpha=a, needs=needs) for a in asked.alpha or (1.0, 2.0)),
    ]
    found: list[Solution] = []
    for do in todo:
        run.say(f"{len(found)} of {len(todo)} principles", kept=len(found) > 1)
        try:
            found.append(do(options=run))
        except TradeoffError:
            if len(found) < 2 or not run.interrupted:
                raise
            break
    rows = [_row(s, found[0].total, needs) for s in found]
    content = {
        "outcome": asked.outcome, "across": asked.across, "needs": needs, "plans": rows, "notes": list(notes),
    }  # fmt: skip
    status = Status.OPTIMAL if len(found) == len(todo) else Status.FEASIBLE
    return Answer(content, partial(_told, content, subject.case), status)


def _row(solution: Solution, best: float, needs: Mapping[str, float]) -> dict[str, Any]:
    """One principle: what each part gets, and what it costs."""
    from planner.tradeoffs.fairness import gini, price_of_fairness

    ratios = [value / needs.get(name, 1.0) for name, value in solution.values.items()]
    return {
        "principle": solution.principle, "parts": dict(solution.values), "total": solution.total,
        "worst": min(ratios), "gini": gini(ratios), "price of fairness": price_of_fairness(best, solution.total),
        "status": str(solution.status), "gap": solution.gap, "notes": list(solution.notes),
    }  # fmt: skip


def _told(content: Mapping[str, Any], case: Case, _: Verdicts) -> Iterator[Block]:
    """Answer first: what the best for the worst-off costs; then all principles."""
    from planner.ordering import place
    from planner.sheets import Outcomes
    from planner.wording.figures import figure, within

    rows, outcome = content["plans"], content["outcome"]
    unit = next(o.unit for o in case.of(Outcomes) if o.outcome == outcome)
    worst = min(rows[0]["parts"], key=lambda name: place(rows[0]["parts"][name]))
    yield Sentence(
        f"The greatest total of '{outcome}' is {figure(rows[0]['total'], unit)} {unit}; {worst} then gets least "
        f"({figure(rows[0]['parts'][worst], unit)})."
    )
    costs = max(0.0, rows[1]["price of fairness"])
    yield Sentence(f"The best for the worst-off {content['across']} costs {share(costs)} of the total.")
    cells = []
    for row in rows:
        gap = "open" if row["gap"] is None else within(row["gap"])
        cells.append([row["principle"], *(figure(v) for v in row["parts"].values()), figure(row["total"]),
                      figure(row['gini']), share(max(0.0, row['price of fairness'])), gap])  # fmt: skip
    yield Table(["Principle", *rows[0]["parts"], "Total", "Gini", "Costs", "Proven within"], cells)
    for name, words in MEANINGS.items():
        if any(r["principle"].startswith(name) for r in rows):
            yield Sentence(f"{name}: {words}.")
    for note in content["notes"]:
        yield Sentence(note)


FAIRNESS = Analysis(
    "fairness",
    "Fair shares by principles",
    "Share one outcome out by several principles of fairness, and say what each costs in the total.",
    FairnessQuestion,
    fairness,
)
