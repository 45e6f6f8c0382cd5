"""What limits are worth, why a row is in the plan or not, what rules cost; or why there is no plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal

from planner.analyses.declare import Analysis, Answer, Question, Subject, gap_option
from planner.analyses.telling import Listing
from planner.declaring import OptionError, option
from planner.solver.runs import RunContext
from planner.wording.data import as_json

if TYPE_CHECKING:
    from planner.explain import SolvedCase
    from planner.explain.conflicts import Explanation
    from planner.explain.numbers import Number
    from planner.explain.prices import Price
    from planner.plan import Plan

Event = Literal["enters", "leaves", "halves"]
EVENTS: tuple[Event, ...] = ("enters", "leaves", "halves")
"""What may become of a row as a cell changes."""
ALL = 1_000
"""Reforms and openings whose worth is told."""
RULES = "What each rule, right, earmark and condition costs"
WORTH = "What the reforms and openings of the plan are worth"
"""Headings under which costs of rules and worths of decisions are told."""


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
    free: bool = option(
        False, "With --until: yes-or-no decisions may change too (it takes longer).",
        label="Yes-or-no decisions may change too",
    )  # fmt: skip
    change: str = option(
        "", "Change one cell and solve again: with the decisions of the plan, and with everything free.",
        metavar="'SHEET!ROW.COLUMN=VALUE'", label="Change one cell and solve again",
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
        if (self.until or self.free) and not self.why:
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
    more: Callable[[], Mapping[str, Any]] = dict

    def say(self, title: str, rows: Sequence[Any], notes: Sequence[str] = (), *, head: str = "") -> None:
        """Keep rows, whose sentences stand under a heading with `head` right under it."""
        self.content[title] = [as_json(row) for row in rows]
        self.blocks.append(Listing(f"{title}\n{head}".strip(), [*(row.sentence for row in rows), *notes]))


def explain(subject: Subject, asked: ExplainQuestion, run: RunContext) -> Answer:
    """Reasons of the plan; or what cannot hold together, where there is none."""
    from planner.explain import NoPlanError, explain_conflict, open_case
    from planner.plan import Status
    from planner.solve import solve
    from planner.tradeoffs.errors import TradeoffError

    told, plan = _Told(), subject.plan
    run.say("opening the plan" if plan is not None else "")
    try:
        if asked.change and plan is None:
            plan = solve(subject.case, run)
        study = open_case(subject.case, run.options, plan)
    except NoPlanError as error:
        if error.status is not Status.INFEASIBLE:
            raise TradeoffError(str(error), error.status) from error
        run.say("seeking the rules and limits that clash, and what would mend it")
        found = explain_conflict(subject.case, run.options, seconds=asked.seconds)
        told.say("Why there is no plan", [found])
        return Answer(told.content, lambda _: told.blocks, Status.INFEASIBLE, keep=partial(_clash, found, subject, run))
    try:
        if asked.change:
            assert plan is not None
            _changed(study, plan, asked.change, told, run)
        elif asked.why:
            _why(study, asked, told, run)
        elif asked.rules or asked.who or asked.switches:
            _costs(study, asked, told, run)
        else:
            _overview(study, asked.top, told, run)
    except (LookupError, ValueError) as error:
        raise TradeoffError(str(error.args[0] if error.args else error)) from error
    return Answer(told.content, lambda _: told.blocks, Status.OPTIMAL, keep=told.more)


def _overview(study: SolvedCase, top: int, told: _Told, run: RunContext) -> None:
    """Prices, the timing story and what lies unused."""
    from planner.explain import prices, timing_story, unused

    run.say("working out what each limit is worth, and solving again to confirm it")
    listed = prices(study, top=top)
    run.say("looking at what binds when, and at what is unused")
    story, idle = timing_story(study), unused(study)
    told.say("What one more would be worth", listed.rows[:top], [listed.note], head=listed.order)
    told.say("Which limits bind when", story[:top])
    told.say("What is left unused, and why", idle[:top])

    def more() -> Mapping[str, Any]:
        """All of it, with the cells that can be changed, who gains, and the rows that can be asked about."""
        from planner.explain import who_gains
        from planner.explain.numbers import numbers_of

        cells = {number.cell: number for number in numbers_of(study.case)}
        return {
            "prices": [_price(p, cells) for p in listed.rows if p.checked is not None],
            "free": as_json(listed.free[: 2 * top]), "counts": [len(listed.rows), len(listed.free)],
            "note": f"{listed.note} {listed.order}", "objective": study.objective, "story": as_json(story),
            "unused": as_json(idle), "gains": as_json(who_gains(study)), "rows": _rows(study),
        }  # fmt: skip

    told.more = more


def _price(price: Price, cells: Mapping[str, Number]) -> dict[str, Any]:
    """One price with the change of its cell that is one unit more, where there is a cell for it."""
    number = cells.get(price.cell)
    steps = [
        s for s in (1.0, 0.01)
        if number is not None and math.isclose(number.value / s, price.value, rel_tol=1e-9, abs_tol=1e-9)
    ]  # fmt: skip
    return {
        **as_json(price),
        "effects": [[e.outcome, e.unit, e.change] for e in price.effects], "least": price.least, "most": price.most,
        "unique": price.unique, "step": steps[0] if steps else None,
        "name": number.name if number is not None and steps else "", "now": None if number is None else number.value,
    }  # fmt: skip


def _rows(study: SolvedCase) -> list[list[Any]]:
    """Rows about which the plan decides: sheet, row, unit, how much over the whole plan (1 or 0 for a yes or no)."""
    from planner.explain.why import KINDS

    acts, switches = study.built.activities, study.built.switches
    sheets, order = {kind: sheet for sheet, kind in KINDS.items()}, list(KINDS)
    found: list[list[Any]] = []
    for name, activity in acts.by_id.items():
        kind, _, row = name.partition(":")
        if kind in sheets:
            total = math.fsum(study.number(acts.level[name, t]) for t in acts.active[name])
            found.append([sheets[kind], row, activity.unit, total])
    for name, switch in switches.by_id.items():
        kind, _, row = name.partition(":")
        if kind in sheets and not switch.already:
            found.append([sheets[kind], row, "decision", float(study.number(switches.taken(name)) > 0.5)])
    return sorted(found, key=lambda f: (order.index(f[0]), f[1]))


def _clash(found: Explanation, subject: Subject, run: RunContext) -> Mapping[str, Any]:
    """What cannot hold together in its parts, and what the plan with the first repair that can be made would give."""
    from planner.case.problems import InvalidCaseError
    from planner.solve import solve
    from planner.workbook import reread

    nearest = None
    repairs = [as_json(r) | {"sets": list(r.sets), "whole": all(c.sets for c in r.changes)} for r in found.repairs]
    for number, repair in enumerate(found.repairs):
        if nearest is not None or not (repair.proven and repairs[number]["whole"]):
            continue
        run.say("solving with the smallest repair, to see the nearest plan")
        try:
            plan = solve(reread(subject.case, repair.sets), run.unheard())
        except InvalidCaseError:
            continue
        if plan.found:
            table = plan.tables["outcomes"]
            rows = zip(table["outcome"], table["unit"], table["value"], strict=True)
            nearest = {"repair": number, "outcomes": [[o, u, float(v)] for o, u, v in rows], "gap": plan.gap}
    return {
        "arithmetic": [as_json(p) | {"cell": str(p.address)} for p in found.arithmetic],
        "conflicts": as_json(found.conflicts), "unfinished": list(found.unfinished), "feasible": found.feasible,
        "repairs": repairs, "nearest": nearest,
    }  # fmt: skip


def _changed(study: SolvedCase, plan: Plan, change: str, told: _Told, run: RunContext) -> None:
    """What one changed cell brings."""
    from planner.case.problems import InvalidCaseError
    from planner.explain.trying import try_change

    try:
        tried = try_change(study, plan, change, run)
    except InvalidCaseError as error:
        message = next(f"{p.found} {p.mend}" for p in error.problems if p.severity == "error")
        raise ValueError(message) from error
    told.say(change, [tried])
    told.more = lambda: as_json(tried)


def _costs(study: SolvedCase, asked: ExplainQuestion, told: _Told, run: RunContext) -> None:
    """What rules cost, who gains and loses, what switches are worth."""
    from planner.explain import rule_costs, switch_worth, who_gains

    if asked.rules:
        run.say("leaving out each rule in turn and solving again")
        told.say(RULES, rule_costs(study))
    if asked.switches:
        run.say("turning decisions round, one after another, and solving again")
        told.say(WORTH, switch_worth(study, top=ALL))
    if asked.who:
        told.say("Who gains and who loses", who_gains(study, across=asked.who))
    told.more = lambda: {"objective": study.objective}


def _why(study: SolvedCase, asked: ExplainQuestion, told: _Told, run: RunContext) -> None:
    """Why one row is in the plan or not, and what would change it."""
    from planner.explain import switch_worth, what_would_change, why, why_not_more
    from planner.explain.why import is_switch, subject

    sheet, row = asked.row
    run.say("taking apart what one more brings and takes")
    answers: list[Any] = [why(study, sheet, row)]
    run.say("solving again with a little more of it, or with the decision turned round")
    if not is_switch(study, sheet, row):
        answers.append(why_not_more(study, sheet, row))
    elif not study.built.switches.by_id[subject(study, sheet, row)].already:
        answers += switch_worth(study, [subject(study, sheet, row)])
    if asked.event:
        run.say("trying other values of the number, one after another")
        answers.append(what_would_change(study, sheet, row, *asked.event, free=asked.free))
    told.say(asked.why, answers)


EXPLAIN = Analysis(
    "explain",
    "Why the plan is as it is",
    "Say what the limits are worth, what is unused and why; or, where no plan can be, what cannot hold together.",
    ExplainQuestion,
    explain,
)
