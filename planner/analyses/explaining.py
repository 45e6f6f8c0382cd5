"""What limits are worth, why a row is in the plan or not, what rules cost; or why there is no plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from planner.analyses.declare import Analysis, Answer, Question, Subject, gap_option
from planner.analyses.telling import Listing, as_json
from planner.declaring import OptionError, option
from planner.solver.runs import RunContext

if TYPE_CHECKING:
    from planner.explain import SolvedCase

Event = Literal["enters", "leaves", "halves"]
EVENTS: tuple[Event, ...] = ("enters", "leaves", "halves")
"""What may become of a row as a cell changes."""
ALL = 1_000
"""Reforms and openings whose worth is told."""


@dataclass(frozen=True)
class ExplainQuestion(Question):
    """What is to be explained: limits, unless one row, rules, gains or decisions are asked for."""

    why: str = option(
        "", "Say why one row is in the plan, or not, and what would change it.", metavar="SHEET!ROW",
        label="Why one row is in the plan, or not",
    )  # fmt: skip
    until: str = option(
        "",
        "With --why: the smallest change of a cell until the row 'enters', 'leaves' or 'halves', such as "
        "'leaves:Programmes!recruitment support.Unit cost'.",
        metavar="EVENT:CELL", label="The smallest change of a cell until",
    )  # fmt: skip
    rules: bool = option(
        False, "What each rule, right, earmark and condition costs (a solve for each).", label="What each rule costs"
    )
    who: str = option(
        "", "Who gains and loses against continuation: country, origin, group.", metavar="WHAT",
        label="Who gains and who loses",
    )  # fmt: skip
    switches: bool = option(
        False,
        "What the reforms and openings of the plan are worth (a search for each).",
        label="What decisions are worth",
    )  # fmt: skip
    top: int = option(12, "How many prices to list.", low=1, label="Prices that are listed")
    seconds: float = option(60.0, "Time for explaining a conflict.", low=1.0, of_run=True)
    gap: float = gap_option("Gap to which the plan is proven first.")

    def check(self) -> None:
        """What would change a row belongs to a row; the row, the event and the cell can be read."""
        if self.until and not self.why:
            message = "--until says what would change one row: name it with --why."
            raise OptionError(message)
        assert self.row is not None
        assert self.event is not None

    @cached_property
    def row(self) -> tuple[str, str]:
        """Sheet and name of the row that is asked about; blank without one."""
        sheet, mark, row = self.why.partition("!")
        if self.why and not mark:
            message = f"--why '{self.why}' names no row. Write it as 'Programmes!recruitment support'."
            raise OptionError(message)
        return sheet.strip(), row.strip()

    @cached_property
    def event(self) -> tuple[Event, tuple[str, str, str]] | tuple[()]:
        """What shall become of the row, and the cell that changes: sheet, row and column; nothing if not asked."""
        if not self.until:
            return ()
        event, colon, cell = self.until.partition(":")
        sheet, mark, rest = cell.partition("!")
        row, dot, column = rest.rpartition(".")
        known = next((e for e in EVENTS if e == event.strip().casefold()), None)
        if not (colon and mark and dot) or known is None:
            message = (
                f"--until '{self.until}' is not understood: write enters, leaves or halves, a colon and a cell, such "
                "as 'leaves:Programmes!recruitment support.Unit cost'."
            )
            raise OptionError(message)
        return known, (sheet.strip(), row.strip(), column.strip())


@dataclass
class _Told:
    """Answers as they are told, with their rows for machines."""

    content: dict[str, Any] = field(default_factory=dict)
    blocks: list[Listing] = field(default_factory=list)

    def say(self, title: str, rows: Sequence[Any], notes: Sequence[str] = (), *, head: str = "") -> None:
        """Keep rows, whose sentences stand under a heading with `head` right under it."""
        self.content[title] = [as_json(row) for row in rows]
        self.blocks.append(Listing(f"{title}\n{head}".strip(), [*(row.sentence for row in rows), *notes]))


def explain(subject: Subject, asked: ExplainQuestion, run: RunContext) -> Answer:
    """Reasons of the plan; or what cannot hold together, where there is none."""
    from planner.explain import NoPlanError, explain_conflict, open_case
    from planner.plan import Status
    from planner.tradeoffs.errors import TradeoffError

    told = _Told()
    run.say("")
    try:
        study = open_case(subject.case, run.options, subject.plan)
    except NoPlanError as error:
        if error.status is not Status.INFEASIBLE:
            raise TradeoffError(str(error), error.status) from error
        told.say("Why there is no plan", [explain_conflict(subject.case, run.options, seconds=asked.seconds)])
        return Answer(told.content, lambda _: told.blocks, Status.INFEASIBLE)
    if not asked.why and not (asked.rules or asked.who or asked.switches):
        _overview(study, asked.top, told)
        return Answer(told.content, lambda _: told.blocks, Status.OPTIMAL)
    try:
        (_why if asked.why else _costs)(study, asked, told)
    except (LookupError, ValueError) as error:
        raise TradeoffError(str(error.args[0] if error.args else error)) from error
    return Answer(told.content, lambda _: told.blocks, Status.OPTIMAL)


def _overview(study: SolvedCase, top: int, told: _Told) -> None:
    """Prices, the timing story and what lies unused."""
    from planner.explain import prices, timing_story, unused

    listed = prices(study, top=top)
    told.say("What one more would be worth", listed.rows[:top], [listed.note], head=listed.order)
    told.say("Which limits bind when", timing_story(study)[:top])
    told.say("What is left unused, and why", unused(study)[:top])


def _costs(study: SolvedCase, asked: ExplainQuestion, told: _Told) -> None:
    """What rules cost, who gains and loses, what switches are worth."""
    from planner.explain import rule_costs, switch_worth, who_gains

    if asked.rules:
        told.say("What each rule, right, earmark and condition costs", rule_costs(study))
    if asked.switches:
        told.say("What the reforms and openings of the plan are worth", switch_worth(study, top=ALL))
    if asked.who:
        told.say("Who gains and who loses", who_gains(study, across=asked.who))


def _why(study: SolvedCase, asked: ExplainQuestion, told: _Told) -> None:
    """Why one row is in the plan or not, and what would change it."""
    from planner.explain import switch_worth, what_would_change, why, why_not_more
    from planner.explain.why import is_switch, subject

    sheet, row = asked.row
    answers: list[Any] = [why(study, sheet, row)]
    if not is_switch(study, sheet, row):
        answers.append(why_not_more(study, sheet, row))
    elif not study.built.switches.by_id[subject(study, sheet, row)].already:
        answers += switch_worth(study, [subject(study, sheet, row)])
    if asked.event:
        answers.append(what_would_change(study, sheet, row, *asked.event))
    told.say(asked.why, answers)


EXPLAIN = Analysis(
    "explain",
    "Why the plan is as it is",
    "Say what the limits are worth, what is unused and why; or, where no plan can be, what cannot hold together.",
    ExplainQuestion,
    explain,
)
