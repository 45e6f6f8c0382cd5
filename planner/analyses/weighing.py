"""One plan out of several outcomes: by weights, by an order with tolerances, or nearest to targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from planner.analyses.declare import Analysis, Answer, Question, Subject, Verdicts, gap_option, pairs, time_option
from planner.analyses.telling import Block, Sentence
from planner.declaring import OptionError, option
from planner.solver.runs import RunContext
from planner.wording.data import picked

if TYPE_CHECKING:
    from planner.case import Case
    from planner.solve import Model
    from planner.tradeoffs.model_extension import Solution


@dataclass(frozen=True)
class WeighQuestion(Question):
    """How several outcomes become one aim."""

    weight: tuple[str, ...] = option(
        (), "Points for a unit.", each=str, metavar="'OUTCOME=POINTS'", label="Points for a unit"
    )
    order: tuple[str, ...] = option(
        (), "Settle in this order.", each=str, metavar="'OUTCOME[=TOLERANCE]'", label="Settle in this order"
    )
    target: tuple[str, ...] = option(
        (), "Come nearest to these.", each=str, metavar="'OUTCOME=VALUE'", label="Come nearest to these"
    )
    gap: float = gap_option("Gap to which each plan is proven.")
    time_limit: float = time_option(120.0, "Time for each search.")

    def check(self) -> None:
        """One of the three ways is asked for, and its numbers can be read."""
        if sum(bool(x) for x in (self.weight, self.order, self.target)) != 1:
            message = (
                "Give weights, an order or targets: one of --weight, --order and --target, each as often as needed."
            )
            raise OptionError(message)
        assert self.numbers is not None

    @cached_property
    def numbers(self) -> dict[str, float]:
        """Weights, targets or tolerances by outcome."""
        if self.order:
            return pairs([text for text in self.order if "=" in text], "--order")
        return pairs(self.weight, "--weight") if self.weight else pairs(self.target, "--target")

    @property
    def outcomes(self) -> list[str]:
        """Outcomes in the order of asking."""
        if self.order:
            return [text.rpartition("=")[0] if "=" in text else text for text in self.order]
        return list(self.numbers)


def weigh(subject: Subject, asked: WeighQuestion, run: RunContext) -> Answer:
    """The plan of the way that is asked for."""
    from planner.plan import Status
    from planner.solve import prepare
    from planner.tradeoffs.cases import problem_of_case

    model = prepare(subject.case, run)
    problem, notes = problem_of_case(model, asked.outcomes, run, fewest=1)
    run.say("")
    found = _solution(problem, asked, run)
    content = picked(found, "principle", "values", "figures", "status", "gap") | {"notes": [*found.notes, *notes]}
    told = partial(_told, content, _all_outcomes(model, found), subject.case)
    return Answer(content, told, Status.OPTIMAL if found.status is Status.OPTIMAL else Status.FEASIBLE)


def _solution(problem: Any, asked: WeighQuestion, run: RunContext) -> Solution:
    """Search by weights, by an order, or for what comes nearest to targets."""
    from planner.tradeoffs import goals

    if asked.weight:
        return goals.weighted(problem, None, asked.numbers, options=run)
    if asked.order:
        return goals.lexicographic(problem, None, asked.outcomes, tolerances=asked.numbers, options=run)
    return goals.reach_targets(problem, None, asked.numbers, options=run)


def _all_outcomes(model: Model, found: Solution) -> dict[str, float]:
    """Every outcome of the plan."""
    values = model.built.outcomes.value
    return {o.id: values[o.id].value(found.columns) for o in model.built.frame.network.outcomes}


def _told(content: Mapping[str, Any], rest: Mapping[str, float], case: Case, _: Verdicts) -> Iterator[Block]:
    """The outcomes asked for, what the principle says of them, then the other outcomes."""
    from planner.sheets import Outcomes
    from planner.wording.figures import figure, within

    units = {o.outcome: o.unit for o in case.of(Outcomes)}
    gap = "" if content["gap"] is None else f", proven within {within(content['gap'])}"
    yield Sentence(f"Best plan by {content['principle']}{gap}:")
    for name, value in content["values"].items():
        yield Sentence(f"- {name}: {figure(value, units[name])} {units[name]}")
    for name, value in content["figures"].items():
        yield Sentence(f"- {name}: {figure(value)}")
    rest = {name: v for name, v in rest.items() if name not in content["values"]}
    others = [f"{name} {figure(v, units[name])} {units[name]}" for name, v in rest.items()]
    if others:
        yield Sentence(f"Beside them, not sought: {'; '.join(others)}.")
    for note in content["notes"]:
        yield Sentence(note)


WEIGH = Analysis(
    "weigh",
    "One plan out of several outcomes",
    "Find one plan out of several outcomes: by weights, by an order with tolerances ('=2%'), or nearest to targets.",
    WeighQuestion,
    weigh,
)
