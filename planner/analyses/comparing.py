"""Plans and cases side by side: what differs, and which changed input made how much of it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.analyses.declare import Analysis, Answer, Out, Question, Subject, WholePlan, gap_option
from planner.analyses.telling import Block, Listing, Sentence, Table
from planner.declaring import option
from planner.solver.runs import RunContext
from planner.wording.data import as_json

if TYPE_CHECKING:
    from planner.case import Case
    from planner.explain import ComparedCase, Comparison
    from planner.explain.attribution import Attribution
    from planner.plan import Plan

ROW, COLUMN = "row", "column"
"""What changed inputs are put together by."""


@dataclass(frozen=True)
class CompareQuestion(Question):
    """What is to be said of a difference."""

    attribution: bool = option(
        False, "Say which changed input made how much of the difference.", "--why", label="What made the difference"
    )
    by: str = option(
        ROW, "With --why: what is one changed input, a row or a column of a sheet.", choices=(ROW, COLUMN),
        label="Changed inputs are put together by",
    )  # fmt: skip
    gap: float = gap_option("Gap to which each case is solved.")


def compare(subject: Subject, asked: CompareQuestion, run: RunContext) -> Answer:
    """Every side held against the first; those without a plan are solved on the grid of the first plan."""
    from planner.plan import Status

    entries: list[ComparedCase] = []
    plans: tuple[WholePlan, ...] = ()
    for side in subject.sides:
        plan = side.plan
        if plan is None:
            plan = _solved(side, _on_the_grid_of(entries, run))
            plans = (WholePlan("plan", side.name, partial(replace, plan), {}, side.case),)
        entries.append(replace(side, plan=plan))
    content, blocks = side_by_side(entries)
    made: dict[str, Attribution] = {}
    if asked.attribution:
        made, told = _made_by(entries, asked.by, _on_the_grid_of(entries[:1], run))
        content["made by"] = {name: as_json(one.shares) for name, one in made.items()}
        blocks += told
    return Answer(content, lambda _: blocks, Status.OPTIMAL, plans, keep=lambda: {"attribution": as_json(made)})


def _on_the_grid_of(entries: Sequence[ComparedCase], run: RunContext) -> RunContext:
    """The run on the grid that is asked for, else on that of the first side's plan."""
    grid = entries[0].plan.record.grid if entries and entries[0].plan is not None else ""
    return run.anew(replace(run.options, grid=run.options.grid or grid))


def _solved(side: ComparedCase, run: RunContext) -> Plan:
    """The checked plan of a case. Raises TradeoffError where it has none."""
    from planner.solve import solve
    from planner.tradeoffs.errors import TradeoffError
    from planner.verify import verify

    run.say(side.name)
    plan = solve(side.case, run)
    if not plan.found:
        message = f"{side.name} has no plan ({plan.status}): 'planner explain' says why."
        raise TradeoffError(message, plan.status)
    run.say("", "verify")
    started = time.perf_counter()
    report = verify(side.case, plan)
    if not report.ok:
        message = f"The plan of {side.name} failed its independent check; nothing was compared.\n{report}"
        raise TradeoffError(message, plan.status, verified=False)
    return replace(plan.timed(verify=time.perf_counter() - started), verified=True)


def side_by_side(entries: Sequence[ComparedCase]) -> tuple[dict[str, Any], list[Block]]:
    """What differs of each side from the first, for machines and for people: what they are, outcomes, then lists."""
    from planner import explain
    from planner.explain.difference import sections

    found = explain.compare(entries)
    told = {e.name: list(sections(found, entries[0], e)) for e in entries[1:]}
    content = {f.name: as_json(getattr(found, f.name)) for f in dataclasses.fields(found)}
    content["told"] = {name: as_json(dict(lists)) for name, lists in told.items()}
    return content, list(_blocks(entries, found, told))


def _blocks(
    entries: Sequence[ComparedCase], found: Comparison, told: Mapping[str, Sequence[tuple[str, list[str]]]]
) -> Iterator[Block]:
    """The sides; the outcomes of each as a table, and a list a kind of difference."""
    from planner.plan.standing import standing_of_plan

    for number, entry in enumerate(entries):
        assert entry.plan is not None
        line = replace(standing_of_plan(entry.plan), name=entry.name).line
        yield Sentence(f"{'Now:' if number else 'Compared with'} {line}", strong=True)
    for entry in entries[1:]:
        yield _outcomes(found, entry.name)
        yield from (Listing(title, lines) for title, lines in told[entry.name])
    yield from (Sentence(f"- {note}") for note in found.notes)


def _outcomes(found: Comparison, name: str) -> Table:
    """Outcomes of a side beside those of the first."""
    from planner.wording.figures import figure, signed

    rows = []
    for change in found.outcomes:
        if change.name == name:
            verdict = "within the gap" if change.same else "better" if change.better else "worse"
            sizes = [figure(change.before, change.unit), figure(change.after, change.unit)]
            sizes.append(signed(change.after - change.before, change.unit))
            rows.append([f"{change.outcome}, {change.unit}", *sizes, verdict])
    return Table(["Outcome", "Before", "After", "Difference", ""], rows, f"What {name} achieves", texts=("",))


def _made_by(entries: Sequence[ComparedCase], by: str, run: RunContext) -> tuple[dict[str, Attribution], list[Block]]:
    """Which input made how much of the difference of each side from the first."""
    from planner.explain import attribute

    first = entries[0].case
    made: dict[str, Attribution] = {}
    blocks: list[Block] = []
    for entry in entries[1:]:
        groups = columns_of(first, entry.case) if by == COLUMN else None
        try:
            found = made[entry.name] = attribute(first, entry.case, run, groups=groups)
        except ValueError as error:
            blocks.append(Sentence(f"{entry.name}: {error}"))
            continue
        lines = [*(share.sentence for share in found.shares), found.note]
        blocks.append(Listing(f"What made the difference of {entry.name}", lines))
    return made, blocks


def columns_of(before: Case, after: Case) -> Mapping[str, list[tuple[str, str]]]:
    """Rows that differ, by sheet, named with the columns that differ."""
    from planner.explain.compare import changed_inputs

    rows: dict[str, dict[str, None]] = {}
    headers: dict[str, dict[str, None]] = {}
    for change in changed_inputs(before, after):
        rows.setdefault(change.sheet, {})[change.row] = None
        headers.setdefault(change.sheet, {})[change.column or "new or gone"] = None
    return {f"{sheet} ({', '.join(headers[sheet])})": [(sheet, row) for row in found] for sheet, found in rows.items()}


COMPARE = Analysis(
    "compare",
    "Plans and cases side by side",
    "Say what differs between plans or cases: who gains and loses, what stops, shrinks, grows and starts, which cells."
    "\n\n--set and --scenario change the last side only: 'planner compare mine_plan.xlsx --set "
    '"Appropriations!*.Amount=*0.8"\' holds the plan against the same workbook with a fifth less.',
    CompareQuestion,
    compare,
    Out("Write the plan of the changed side as a workbook."),
    takes="sides",
)
