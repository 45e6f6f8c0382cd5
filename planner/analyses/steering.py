"""From a plan to the next: what is to improve, to stay, may worsen or is free; or how far each outcome can go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from planner.analyses.declare import (
    Analysis,
    Answer,
    Out,
    Question,
    Subject,
    Verdicts,
    WholePlan,
    gap_option,
    plan_of,
    time_option,
)
from planner.analyses.telling import Block, Listing, Sentence, listing
from planner.declaring import OptionError, figure_of, option
from planner.options import Options
from planner.solver.runs import RunContext
from planner.wording.data import as_json, picked
from planner.wording.figures import typed

if TYPE_CHECKING:
    from planner.case import Case
    from planner.plan import Plan
    from planner.tradeoffs.steering import Kind, Ranges, Steered

FIELDS: dict[Kind, str] = {
    "improve": "improve", "improve to": "improve_to", "keep": "keep", "may worsen to": "may_worsen_to", "free": "free",
}  # fmt: skip
"""Wishes, and the options that hold them."""


@dataclass(frozen=True)
class SteerQuestion(Question):
    """What is wanted of which outcome."""

    improve: tuple[str, ...] = option((), "Is to improve; repeatable.", each=str, metavar="OUTCOME")
    improve_to: tuple[str, ...] = option((), "Is to improve to a value.", each=str, metavar="'OUTCOME=VALUE'")
    keep: tuple[str, ...] = option((), "Is to stay as it is.", each=str, metavar="OUTCOME")
    may_worsen_to: tuple[str, ...] = option((), "May worsen to a value.", each=str, metavar="'OUTCOME=VALUE'")
    free: tuple[str, ...] = option((), "May become anything.", each=str, metavar="OUTCOME")
    ranges: bool = option(False, "Say how far each can go; make no plan.", label="Only say how far each can go")
    proven: bool = option(
        True, "With --ranges: find the plans at both ends, or only say what no plan can pass.", "--proven/--bounds",
        label="Prove the ranges: find the plans at their ends",
    )  # fmt: skip
    gap: float = gap_option("Gap to which the next plan is proven.")
    first_gap: float = gap_option("Gap of the plan steered from.")
    time_limit: float = time_option(Options().time_limit, "Time for each search.")

    def check(self) -> None:
        """Something is wanted, and one thing of each outcome."""
        assert self.wishes

    @cached_property
    def wishes(self) -> dict[str, tuple[Kind, float | None]]:
        """What is wanted by outcome, with a value where the wish has one. Raises OptionError."""
        found: dict[str, tuple[Kind, float | None]] = {}
        for kind, field in FIELDS.items():
            for text in getattr(self, field):
                name, value = _named(text, kind)
                if name in found:
                    message = (
                        f"'{name}' is named twice: '{found[name][0]}' and '{kind}'. Say one thing of each outcome."
                    )
                    raise OptionError(message)
                found[name] = (kind, value)
        if not found:
            message = "Say what is wanted: --improve OUTCOME, and what may be given up for it, such as --free OUTCOME."
            raise OptionError(message)
        return found

    @classmethod
    def of(cls, wishes: dict[str, tuple[Kind, float | None]], **more: object) -> SteerQuestion:
        """The question with these wishes."""
        from planner.wording.figures import digits

        fields: dict[str, list[str]] = {field: [] for field in FIELDS.values()}
        for name, (kind, value) in wishes.items():
            fields[FIELDS[kind]].append(name if value is None else f"{name}={digits(value, 10)}")
        return cls(**fields, **more)  # type: ignore[arg-type]


def _named(text: str, kind: Kind) -> tuple[str, float | None]:
    """An outcome, and its value where the wish has one."""
    if kind not in ("improve to", "may worsen to"):
        return text.strip(), None
    name, equals, value = text.rpartition("=")
    flag = f"--{kind.replace(' ', '-')} '{text}'"
    if not equals or not name.strip():
        message = f"{flag} has no value: write 'OUTCOME=VALUE'."
        raise OptionError(message)
    return name.strip(), figure_of(value, flag, "'OUTCOME=VALUE'")


def steer(subject: Subject, asked: SteerQuestion, run: RunContext) -> Answer:
    """The next plan, or how far each outcome can go within the wishes."""
    from planner.plan import Status
    from planner.sheets import Outcomes
    from planner.tradeoffs.steering import Classification, floor_of, reachable
    from planner.tradeoffs.steering import steer as go

    case, turns = subject.case, {name: Classification(kind, value) for name, (kind, value) in asked.wishes.items()}
    before = plan_of(subject, replace(run.options, gap=asked.first_gap), run)
    if asked.ranges:
        more = {row.outcome: row.better == "more" for row in case.of(Outcomes)}
        floors = [floor_of(n, t, before.outcome(n), more[n]) for n, t in turns.items() if n in more]
        limits = [floor for floor in floors if floor is not None]
        ranges = reachable(case, list(turns), limits, plan=before, proven=asked.proven, options=run)
        rows = as_json(ranges.rows)
        told = picked(ranges, "possible", "complete", "notes", "proven") | {"ranges": rows}
        return Answer(told, partial(_ranges, ranges, before), Status.OPTIMAL)
    found = go(case, before, turns, options=run)
    content = {
        "turns": as_json(found.wishes), "after": dict(found.values),
        **picked(found, "before", "reached", "share", "status", "gap", "notes"),
    }  # fmt: skip
    plan = WholePlan("next", "the next plan", lambda: found.plan, content)
    return Answer(content, partial(_steered, found, case), Status.OPTIMAL, (plan,))


def _ranges(found: Ranges, before: Plan, _: Verdicts) -> Iterator[Block]:
    """Ranges as sentences."""
    from planner.wording.figures import figure

    if not found.possible:
        yield Sentence("No plan keeps all of these limits at once.", strong=True)
        return
    lines = []
    for row in found.rows:
        worst = "not known" if row.worst is None else figure(row.worst, row.unit)
        best = "not found" if row.best is None else figure(row.best, row.unit)
        bound = "no limit" if row.bound is None else figure(row.bound, row.unit)
        lines.append(
            f"{row.outcome}: from {worst} to {best} {row.unit}, now "
            f"{figure(before.outcome(row.outcome), row.unit)}; no plan can "
            f"pass {bound}."
        )
    yield Listing("How far each outcome can go", lines)
    yield from listing("How sure", [*found.notes, "" if found.complete else "Stopped before all was found."])


def _steered(found: Steered, case: Case, _: Verdicts) -> Iterator[Block]:
    """The next plan in sentences."""
    from planner.sheets import Outcomes
    from planner.wording.figures import figure, signed

    lines = []
    for row in case.of(Outcomes):
        one, two, turn = found.before[row.outcome], found.values[row.outcome], found.wishes.get(row.outcome)
        wanted = "not steered" if turn is None else turn.kind + (f" {typed(turn.value)}" if turn.value else "")
        missed = ", not reached" if found.reached.get(row.outcome) is False else ""
        lines.append(
            f"{row.outcome} ({wanted}{missed}): {figure(one, row.unit)} to {figure(two, row.unit)} {row.unit} "
            f"({signed(two - one, row.unit)})"
        )
    yield Listing("The next plan", lines)
    yield from listing("How sure", found.notes)


STEER = Analysis(
    "steer",
    "From a plan to the next",
    "Find the next plan: what is to improve, to stay, may worsen or is free; or how far each outcome can go.",
    SteerQuestion,
    steer,
    Out("Write the next plan (.xlsx).", checked=True),
)
