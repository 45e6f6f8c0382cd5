"""The verb `override`: decisions changed by hand."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.commands import (
    CaseArgument,
    GridOption,
    QuietOption,
    ScenarioOption,
    SetOption,
    load_case,
)
from planner.cli.comparing import Held, tell
from planner.cli.consoles import console_of, say
from planner.cli.files import Output, check_outputs, locate
from planner.cli.guard import Code, StopError, code_of
from planner.cli.solving import solve, verified, write_plan
from planner.cli.telling import say_list, tell_conflict
from planner.declaring import figure_of
from planner.options import GAP, Options
from planner.plan import Status
from planner.plan.standing import standing_of, standing_of_plan
from planner.run.progress import Display, Progress

if TYPE_CHECKING:
    from planner.case import Case
    from planner.case.problems import Problem
    from planner.explain import Hand, SolvedCase
    from planner.explain.override import Verdict
    from planner.plan import Plan

GapOption = Annotated[float, typer.Option("--gap", min=0.0, max=1.0, help="Gap to which the best plan is proven.")]
HAND = "SHEET!ROW[=PACE][@PHASE]"
Hands = list[str] | None


def override(
    case: CaseArgument,
    plan: Annotated[
        Path | None, typer.Argument(metavar="[PLAN]", help="A plan workbook; else the best is found.")
    ] = None,
    fix: Annotated[Hands, typer.Option("--fix", metavar=HAND, help="Do exactly this much a year; or take it.")] = None,
    forbid: Annotated[Hands, typer.Option("--forbid", metavar=HAND, help="Do not do, or take, it at all.")] = None,
    raised: Annotated[Hands, typer.Option("--raise", metavar=HAND, help="Do at least this much a year.")] = None,
    lower: Annotated[Hands, typer.Option("--lower", metavar=HAND, help="Do at most this much a year.")] = None,
    solve_around: Annotated[bool, typer.Option("--solve", help="Find the best plan around the decisions too.")] = False,
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    gap: GapOption = GAP,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write that plan (with --solve).")] = None,
    quiet: QuietOption = False,
) -> None:
    """Change decisions by hand: which rules break, at once; with --solve the best plan around them and what differs."""
    written = {"fix": fix, "forbid": forbid, "at least": raised, "at most": lower}
    if not any(written.values()):
        message = "Name at least one decision, such as --forbid 'Programmes!recruitment support'."
        raise StopError(message)
    if out is not None and not solve_around:
        message = "--out writes the plan found around the decisions: add --solve."
        raise StopError(message)
    check_outputs((locate(case), plan), Output(out, (".xlsx",)))
    with Display(console_of(stderr=True), quiet) as display:
        known, before = _case_before(case, plan, (grid, scenario, tuple(sets or ())), display)
        phases = [p.name for p in known.phases]
        hands = [read_hand(words, action, phases) for action, many in written.items() for words in many or ()]
        before = before or _best(known, Options(gap=gap, grid=grid), display)
        options = Options(gap=gap, grid=before.record.grid)
        solved, verdict = _check(known, before, hands, options)
    say(console_of(stderr=False), standing_of(known, before.record.grid).line)
    say_list(console_of(stderr=False), "If these decisions are made and nothing else", [verdict.sentence])
    if solve_around:
        raise typer.Exit(_around(known, before, list(verdict.hands), options, out, solved, quiet=quiet))


def read_hand(words: str, action: str, phases: list[str]) -> Hand:
    """Read one decision, 'SHEET!ROW', 'SHEET!ROW=PACE' or with '@PHASE' behind. Raises StopError."""
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
        raise StopError(message)
    if action in ("at least", "at most") and value is None:
        message = f"'{words}' needs a pace a year: write '{words}=1200'."
        raise StopError(message)
    return Hand(sheet.strip(), row.strip(), action, value, phase)  # type: ignore[arg-type]


def _case_before(
    name: str, path: Path | None, asked: tuple[str, str, tuple[str, ...]], display: Display
) -> tuple[Case, Plan | None]:
    """The case, and the plan that is changed: the one that is named, or CASE itself if nothing else is asked for."""
    grid, scenario, sets = asked
    if path is None:
        known, loaded = load_case(name, scenario, sets, display)
        mine = loaded.file is not None and not (scenario or sets) and known.grid(grid).name == known.counted
        return known, loaded.file.plan if mine and loaded.file is not None else None
    from planner.results import PlanFile

    locate(path)
    plan = PlanFile.open(path).plan
    own = standing_of_plan(plan)
    like = dataclasses.replace(own, scenario=scenario or own.scenario, changes=sets or own.changes)
    known, _ = load_case(name, "", (), display, like)
    if grid and known.grid(grid).name != own.grid:
        message = f"'{path}' counts in grid {own.grid}: leave --grid away, or leave the plan away."
        raise StopError(message)
    return known, plan


def _best(case: Case, options: Options, display: Display) -> Plan:
    """The best plan, to be changed."""
    plan = solve(case, options, display)
    if not plan.found:
        display.__exit__(None, None, None)
        if plan.status is Status.INFEASIBLE:
            tell_conflict(case, options, 60.0, console_of(stderr=False))
        message = f"There is no plan to change: {plan.status}."
        raise StopError(message, code_of(plan.status))
    return plan


def _check(case: Case, plan: Plan, hands: list[Hand], options: Options) -> tuple[SolvedCase, Verdict]:
    """Open the plan and say what breaks; bad decisions end the command with their sentence."""
    from planner.explain import check_hands, open_case

    try:
        solved = open_case(case, options, plan)
        return solved, check_hands(solved, hands)
    except ValueError as error:
        raise StopError(str(error)) from error


def _around(
    case: Case, before: Plan, hands: list[Hand], options: Options, out: Path | None, solved: SolvedCase, *, quiet: bool
) -> Code:
    """Find the best plan around the decisions, and say how it differs."""
    from planner.case.problems import InvalidCaseError
    from planner.explain import ComparedCase, with_hands

    try:
        changed = with_hands(case, hands)
    except InvalidCaseError as error:
        return _beyond(case, hands, options, [p for p in error.problems if p.severity == "error"])
    with Display(console_of(stderr=True), quiet) as display:
        display.show(Progress("solve"))
        after = solve(changed, dataclasses.replace(options, gap=min(options.gap, solved.options.gap)), display)
        if after.found:
            after, report = verified(changed, after, display)
            if out is not None:
                after, out = write_plan(changed, after, out, display)
    console = console_of(stderr=False)
    if not after.found:
        say_list(console, "The best plan around them", [f"There is none: {after.status}."])
        if after.status is Status.INFEASIBLE:
            tell_conflict(changed, options, 60.0, console)
        return code_of(after.status)
    entries = [
        ComparedCase("the plan before", case, before),
        ComparedCase("the plan around the decisions", changed, after),
    ]
    console.print("The best plan around them", style="bold")
    tell(console, Held.of(entries))
    if not report.ok:
        console.print(str(report), highlight=False, markup=False, soft_wrap=True)
    if out is not None:
        console.print(f"Written: {out}", highlight=False, markup=False, soft_wrap=True)
    return code_of(after.status, after.verified)


def _beyond(case: Case, hands: list[Hand], options: Options, faults: list[Problem]) -> Code:
    """Say why the workbook could not hold the decisions, and what would make room for them."""
    from planner.explain import explain_conflict, with_hands

    console = console_of(stderr=False)
    lines = ["There is none: the workbook would be refused with them.", *(f"{p.found} {p.mend}" for p in faults)]
    say_list(console, "The best plan around them", lines)
    found = explain_conflict(with_hands(case, hands, beyond=True), options, seconds=60.0)
    if not found.feasible:
        say_list(console, "Why there is no plan", [found.sentence])
    return Code.INFEASIBLE
