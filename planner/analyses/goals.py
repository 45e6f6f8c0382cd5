"""What reaching outcomes takes: the least of a resource, the most of one outcome, or what is attainable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from planner.analyses.declare import Analysis, Answer, Question, Subject, Verdicts, WholePlan, gap_option, time_option
from planner.analyses.sweeps import SECONDS, from_option, to_option
from planner.analyses.telling import Block, Sentence, Table, listing
from planner.declaring import OptionError, option
from planner.solver.runs import RunContext
from planner.wording.figures import typed

if TYPE_CHECKING:
    from planner.case import Case
    from planner.plan import Plan, Status
    from planner.tradeoffs.goal_seeking.needs import Need
    from planner.tradeoffs.goal_seeking.targets import Goal, Target


@dataclass(frozen=True)
class GoalQuestion(Question):
    """What has to be reached, and with the least of what, or the most."""

    targets: tuple[str, ...] = option(
        (), "What has to be reached; may be repeated.", "--target", each=str, metavar="'OUTCOME>=VALUE'",
        label="What has to be reached",
    )  # fmt: skip
    least: str = option(
        "", "money, officers, visas or capital; or cells of the workbook.", metavar="WHAT", label="With the least of"
    )
    most: str = option("", "The outcome to have most of.", metavar="OUTCOME", label="With the most of")
    low: str = from_option()
    high: str = to_option()
    gap: float = gap_option("Gap to which each plan is proven.")
    time_limit: float = time_option(SECONDS, "Time for all of it.")

    def check(self) -> None:
        """One thing is sought, and every target can be read."""
        if bool(self.least) == bool(self.most):
            message = "Say either --least money|officers|visas|capital, or --most OUTCOME."
            raise OptionError(message)
        assert self.read is not None

    @cached_property
    def read(self) -> tuple[Target, ...]:
        """The targets."""
        from planner.tradeoffs.errors import TradeoffError
        from planner.tradeoffs.goal_seeking.targets import parse_target

        try:
            return tuple(parse_target(text) for text in self.targets)
        except TradeoffError as error:
            raise OptionError(str(error)) from error


def goal(subject: Subject, asked: GoalQuestion, run: RunContext) -> Answer:
    """The plan that reaches the targets; where they are out of reach, how much more of the resource it would take."""
    from planner.tradeoffs.sweeping.telling import goal_answer, goal_changes

    found, needed = _seek(subject.case, asked, run)
    content: dict[str, Any] = {} if needed is None else {"needed": needed.to_json()}
    plans: tuple[WholePlan, ...] = ()
    if found is not None:
        content = {**found.to_json(), "sentence": goal_answer(found), "changes": list(goal_changes(found)), **content}
        if found.columns is not None:
            plans = (WholePlan("goal", "the plan", partial(_plan, subject.case, found, run), content),)
    return Answer(content, partial(_told, found, needed), _status(found, needed), plans)


def _seek(case: Case, asked: GoalQuestion, run: RunContext) -> tuple[Goal | None, Need | None]:
    """The goal, and where it is out of reach how much more of the resource there would have to be."""
    from planner.tradeoffs.goal_seeking import seeking
    from planner.tradeoffs.goal_seeking.needs import need, need_of
    from planner.tradeoffs.goal_seeking.resources import RESOURCES

    if "!" in asked.least:
        return None, need(case, asked.least, asked.read, asked.low or None, asked.high or None, options=run)
    if asked.most:
        return seeking.most(case, asked.most, asked.read, options=run), None
    found = seeking.least(case, asked.least, asked.read, options=run)
    if found.reached or run.interrupted or not found.complete:
        return found, None
    return found, need_of(case, next(r for r in RESOURCES if r == asked.least), asked.read, options=run)


def _plan(case: Case, found: Goal, run: RunContext) -> Plan:
    """The whole plan."""
    from planner.tradeoffs.full_plans import plan_of_columns

    assert found.columns is not None
    told = f"This plan has the {'most' if found.most else 'least'} {found.sought} for its targets"
    said = f"{told}; it is not the best by the workbook's weights."
    return plan_of_columns(case, run.options, found.columns, said)


def _status(found: Goal | None, needed: Need | None) -> Status:
    """How it ended: reached, out of reach, stopped."""
    from planner.plan import Status

    if found is None:
        return Status.OPTIMAL if needed is not None and needed.place is not None else Status.INFEASIBLE
    if found.reached:
        return Status.OPTIMAL if found.status is Status.OPTIMAL else Status.FEASIBLE
    return Status.INFEASIBLE if found.status is Status.INFEASIBLE else Status.NO_PLAN


def _told(found: Goal | None, needed: Need | None, _: Verdicts) -> Iterator[Block]:
    """The answer, the targets, what the plan uses."""
    from planner.tradeoffs.sweeping.telling import goal_answer, goal_changes

    if found is None:
        assert needed is not None
        yield Sentence(needed.sentence, strong=True)
        return
    yield Sentence(goal_answer(found), strong=True)
    if found.targets:
        yield _targets(found)
    if found.used_after:
        yield _uses(found)
        yield from listing("What changes", goal_changes(found))
    if needed is not None:
        yield from listing("What would be needed", [needed.sentence])
    stopped = [f"Stopped ({found.stopped}): everything found until then is above."] if found.stopped else []
    yield from listing("How sure", [*stopped, *found.notes])


def _targets(found: Goal) -> Table:
    """What was asked, what there is now, what can be had."""
    from planner.wording.figures import figure

    rows = []
    for a in found.targets:
        alone = "no limit" if a.alone is not None and abs(a.alone) == float("inf") else figure(a.alone or 0.0, a.unit)
        now, reached = ("" if value is None else figure(value, a.unit) for value in (a.now, a.reached))
        sign = "at least" if a.target.sense == ">=" else "at most"
        rows.append([f"{a.target.outcome}, {a.unit}", f"{sign} {typed(a.target.value)}", now, alone, reached])
    return Table(["Target", "Asked", "Now", "Attainable alone", "In this plan"], rows)


def _uses(found: Goal) -> Table:
    """Outcomes and resources now and in this plan."""
    from planner.wording.figures import figure

    pairs = [(n, v, found.after.outcomes[n]) for n, v in found.before.outcomes.items()]
    pairs += [(n, v, found.used_after[n]) for n, v in found.used_before.items()]
    rows = [
        [", ".join(x for x in (name, unit) if x), figure(before, unit), figure(after, unit)]
        for name, before, after in pairs
        for unit in [found.units.get(name, "")]
    ]
    return Table(["Outcome or resource", "Now", "This plan"], rows)


GOAL = Analysis(
    "goal",
    "What a goal takes",
    "Say what reaching outcomes takes: the least of a resource, the most of one outcome, or what is attainable.",
    GoalQuestion,
    goal,
)
