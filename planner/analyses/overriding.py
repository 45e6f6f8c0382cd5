"""Decisions changed by hand: which limits break at once, and the best plan around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from planner.analyses.comparing import side_by_side
from planner.analyses.declare import Analysis, Answer, Out, Question, Subject, WholePlan, gap_option
from planner.analyses.telling import Block, Listing, Sentence
from planner.declaring import OptionError, figure_of, option
from planner.solver.runs import RunContext
from planner.wording.data import as_json

if TYPE_CHECKING:
    from planner.case import Case
    from planner.explain import Hand
    from planner.plan import Plan

HAND = "SHEET!ROW[=PACE][@PHASE]"
AROUND = "The best plan around them"
SECONDS = 60.0
"""Time for saying what stands against decisions that leave no plan."""


def _hands_option(help_text: str, flag: str = "") -> Any:
    """Decisions of one kind."""
    return option((), help_text, flag, each=str, metavar=HAND)


@dataclass(frozen=True)
class OverrideQuestion(Question):
    """Which decisions are changed, and whether a plan is sought around them."""

    fix: tuple[str, ...] = _hands_option("Do exactly this much a year; or take it.")
    forbid: tuple[str, ...] = _hands_option("Do not do, or take, it at all.")
    raised: tuple[str, ...] = _hands_option("Do at least this much a year.", "--raise")
    lower: tuple[str, ...] = _hands_option("Do at most this much a year.")
    solve_around: bool = option(
        False, "Find the best plan around the decisions too.", "--solve", label="Find the best plan around them"
    )
    gap: float = gap_option("Gap to which the best plan is proven.")

    def check(self) -> None:
        """Something is decided."""
        if not (self.fix or self.forbid or self.raised or self.lower):
            message = "Name at least one decision, such as --forbid 'Programmes!recruitment support'."
            raise OptionError(message)

    def hands(self, phases: Sequence[str]) -> list[Hand]:
        """The decisions, in a case with these phases. Raises OptionError."""
        kinds = {"fix": self.fix, "forbid": self.forbid, "at least": self.raised, "at most": self.lower}
        return [read_hand(words, action, phases) for action, many in kinds.items() for words in many]


def read_hand(words: str, action: str, phases: Sequence[str]) -> Hand:
    """Read one decision, 'SHEET!ROW', 'SHEET!ROW=PACE' or with '@PHASE' behind. Raises OptionError."""
    from planner.explain import Hand

    rest, mark, last = words.rpartition("@")
    phase = next((p for p in phases if mark and p.casefold() == last.strip().casefold()), "")
    body = rest if phase else words
    value: float | None = None
    name, equals, number = body.rpartition("=")
    if equals:
        hint = f" (phases are {', '.join(phases)})" if "@" in number else ""
        value, body = figure_of(number, f"'{words}'", f"{HAND}{hint}"), name
    sheet, mark, row = body.partition("!")
    if not mark or not row.strip():
        message = f"'{words}' names no row. Write it as 'Programmes!recruitment support=1200' ({HAND})."
        raise OptionError(message)
    if action in ("at least", "at most") and value is None:
        message = f"'{words}' needs a pace a year: write '{words}=1200'."
        raise OptionError(message)
    return Hand(sheet.strip(), row.strip(), action, value, phase)  # type: ignore[arg-type]


def override(subject: Subject, asked: OverrideQuestion, run: RunContext) -> Answer:
    """What breaks if the decisions are made and nothing else; if asked, the best plan around them too."""
    from planner.explain import check_hands, open_case
    from planner.plan import Status
    from planner.solve import solve
    from planner.tradeoffs.errors import TradeoffError

    case, hands = subject.case, asked.hands([p.name for p in subject.case.phases])
    before = subject.plan or solve(case, run)
    if not before.found:
        said = f"There is no plan to change: {before.status}."
        if before.status is not Status.INFEASIBLE:
            raise TradeoffError(said, before.status)
        return Answer({}, lambda _: [Sentence(said), _why_none(case, run)], before.status)
    run = run.anew(replace(run.options, grid=before.record.grid))
    try:
        solved = open_case(case, run.options, before)
        verdict = check_hands(solved, hands)
    except ValueError as error:
        raise TradeoffError(str(error)) from error
    told: list[Block] = [Listing("If these decisions are made and nothing else", [verdict.sentence])]
    content = {name: as_json(getattr(verdict, name)) for name in ("hands", "broken", "outcomes", "sentence")}
    if not asked.solve_around:
        return Answer(content, lambda _: told, Status.OPTIMAL)
    found, around, status, plans = _around(case, before, verdict.hands, run)
    return Answer({**content, "around": found}, lambda _: [*told, *around], status, plans)


def _around(
    case: Case, before: Plan, hands: Sequence[Hand], run: RunContext
) -> tuple[dict[str, Any], Sequence[Block], Any, tuple[WholePlan, ...]]:
    """The best plan around the decisions, and how it differs; or why there is none."""
    from planner.case.problems import InvalidCaseError
    from planner.explain import ComparedCase, explain_conflict, with_hands
    from planner.plan import Status
    from planner.solve import solve

    try:
        changed = with_hands(case, hands)
    except InvalidCaseError as error:
        faults = [f"{p.found} {p.mend}" for p in error.problems if p.severity == "error"]
        lines = ["There is none: the workbook would be refused with them.", *faults]
        found = explain_conflict(with_hands(case, hands, beyond=True), run.options, seconds=SECONDS)
        why = [] if found.feasible else [Listing("Why there is no plan", [found.sentence])]
        return {}, [Listing(AROUND, lines), *why], Status.INFEASIBLE, ()
    run.say("")
    after = solve(changed, run)
    if not after.found:
        why = [_why_none(changed, run)] if after.status is Status.INFEASIBLE else []
        return {}, [Listing(AROUND, [f"There is none: {after.status}."]), *why], after.status, ()
    names = ("the plan before", "the plan around the decisions")
    sides = [ComparedCase(names[0], case, before), ComparedCase(names[1], changed, after)]
    content, blocks = side_by_side(sides)
    plan = WholePlan("plan", names[1], lambda: after, {}, changed)
    return content, [Sentence(AROUND, strong=True), *blocks], after.status, (plan,)


def _why_none(case: Case, run: RunContext) -> Listing:
    """What cannot hold together, and the smallest repairs."""
    from planner.explain import explain_conflict

    return Listing("Why there is no plan", [explain_conflict(case, run.options, seconds=SECONDS).sentence])


OVERRIDE = Analysis(
    "override",
    "Decisions by hand",
    "Change decisions by hand: which rules break, at once; with --solve the best plan around them and what differs.",
    OverrideQuestion,
    override,
    Out("Write that plan (with --solve).", checked=True, needs="solve_around"),
    takes="plan",
)
