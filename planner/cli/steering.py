"""The verbs `steer` and `uncertain`: from a plan to the next by what is to improve, and how far results may be off."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.commands import (
    CaseArgument,
    GridOption,
    JsonOption,
    QuietOption,
    ScenarioOption,
    SetOption,
    load_case,
)
from planner.cli.consoles import console_of, say
from planner.cli.figures import figure_of
from planner.cli.files import STANDARD_OUTPUT, Output, check_outputs, locate, write_json
from planner.cli.guard import Code, StopError, code_of, refused
from planner.cli.solving import verified, write_plan
from planner.cli.stopping import kept_on_interrupt
from planner.cli.telling import say_list
from planner.options import GAP, Options, declaration
from planner.progress import Display
from planner.solver.runs import RunContext
from planner.standing import standing_of_plan

if TYPE_CHECKING:
    from rich.console import Console

    from planner.case import Case
    from planner.plan import Plan
    from planner.tradeoffs.steering import Kind, Ranges, Steered, Turn

Names = list[str] | None
GapOption = Annotated[float, typer.Option("--gap", min=0.0, max=1.0, help="Gap to which the next plan is proven.")]
FirstOption = Annotated[float, typer.Option("--first-gap", min=0.0, max=1.0, help="Gap of the plan steered from.")]
LimitOption = Annotated[float, typer.Option("--time-limit", min=0.1, metavar="SECONDS", help="Time for each search.")]
FIRST: float = declaration("gap").default
SECONDS: float = declaration("time_limit").default


def steer(
    case: CaseArgument,
    improve: Annotated[Names, typer.Option("--improve", metavar="OUTCOME", help="Is to improve; repeatable.")] = None,
    improve_to: Annotated[
        Names, typer.Option("--improve-to", metavar="'OUTCOME=VALUE'", help="Is to improve to a value.")
    ] = None,
    keep: Annotated[Names, typer.Option("--keep", metavar="OUTCOME", help="Is to stay as it is.")] = None,
    worsen: Annotated[
        Names, typer.Option("--may-worsen-to", metavar="'OUTCOME=VALUE'", help="May worsen to a value.")
    ] = None,
    free: Annotated[Names, typer.Option("--free", metavar="OUTCOME", help="May become anything.")] = None,
    ranges: Annotated[bool, typer.Option("--ranges", help="Say how far each can go; make no plan.")] = False,
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    gap: GapOption = GAP,
    first_gap: FirstOption = FIRST,
    time_limit: LimitOption = SECONDS,
    json: JsonOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the next plan (.xlsx).")] = None,
    quiet: QuietOption = False,
) -> None:
    """Find the next plan: what is to improve, to stay, may worsen or is free; or how far each outcome can go."""
    path = locate(case)
    check_outputs((path,), Output(json), Output(out, (".xlsx",)))
    turns = _turns({"improve": improve, "improve to": improve_to, "keep": keep, "may worsen to": worsen, "free": free})
    options = Options(gap=gap, grid=grid, time_limit=time_limit)
    with Display(console_of(stderr=True), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        before = _plan(known, Options(gap=first_gap, grid=grid, time_limit=time_limit), display)
        from planner.tradeoffs.errors import TradeoffError
        from planner.tradeoffs.steering import reachable
        from planner.tradeoffs.steering import steer as go

        def look(stop: threading.Event) -> Ranges:
            limits = _limits(turns, before, known)
            run = RunContext(options, display.show, stop)
            return reachable(known, list(turns), limits, plan=before, options=run)

        def move(stop: threading.Event) -> Steered:
            return go(known, before, turns, options=RunContext(options, display.show, stop))

        try:
            found: Ranges | Steered = kept_on_interrupt(look, display) if ranges else kept_on_interrupt(move, display)
        except TradeoffError as error:
            raise refused(error) from error
        plan = None
        if not ranges:
            plan = _checked(known, _steered(found).plan, out, display)
    _answer(found, before, known, json, quiet=quiet)
    if plan is not None and not plan.verified:
        raise typer.Exit(Code.UNVERIFIED)


def _steered(found: Ranges | Steered) -> Steered:
    """The next plan."""
    from planner.tradeoffs.steering import Steered

    assert isinstance(found, Steered)
    return found


def _turns(given: Mapping[str, Names]) -> dict[str, Turn]:
    """Wishes by outcome. Raises StopError where one is named twice or has no value."""
    from planner.tradeoffs.steering import KINDS, Turn

    turns: dict[str, Turn] = {}
    for kind in KINDS:
        for text in given[kind] or ():
            name, value = _named(text, kind)
            if name in turns:
                message = f"'{name}' is named twice: '{turns[name].kind}' and '{kind}'. Say one thing of each outcome."
                raise StopError(message)
            turns[name] = Turn(kind, value)
    if not turns:
        message = "Say what is wanted: --improve OUTCOME, and what may be given up for it, such as --free OUTCOME."
        raise StopError(message)
    return turns


def _named(text: str, kind: Kind) -> tuple[str, float | None]:
    """An outcome, and its value where the wish has one."""
    if kind not in ("improve to", "may worsen to"):
        return text.strip(), None
    name, equals, value = text.rpartition("=")
    flag = f"--{kind.replace(' ', '-')} '{text}'"
    if not equals or not name.strip():
        message = f"{flag} has no value: write 'OUTCOME=VALUE'."
        raise StopError(message)
    return name.strip(), figure_of(value, flag, "'OUTCOME=VALUE'")


def _limits(turns: Mapping[str, Turn], before: Plan, case: Case) -> list[Any]:
    """What the wishes allow, as limits."""
    from planner.sheets import Outcomes
    from planner.tradeoffs.goal_seeking.targets import Target

    more = {row.outcome: row.better == "more" for row in case.of(Outcomes)}
    found = []
    for name, turn in turns.items():
        if turn.kind != "free" and name in more:
            value = turn.value if turn.kind == "may worsen to" and turn.value is not None else before.outcome(name)
            room = 1e-6 * abs(value) * (-1.0 if more[name] else 1.0)
            found.append(Target(name, ">=" if more[name] else "<=", value + room))
    return found


def _plan(case: Case, options: Options, display: Display) -> Plan:
    """The plan of the workbook. Raises StopError where there is none."""
    from planner.solve import solve

    plan = kept_on_interrupt(lambda stop: solve(case, options, on_progress=display.show, interrupt=stop), display)
    if not plan.found:
        message = f"The workbook has no plan to start from ({plan.status}): run planner explain to see why."
        raise StopError(message, code_of(plan.status))
    return plan


def _checked(case: Case, plan: Plan, out: Path | None, display: Display) -> Plan:
    """The plan with the verdict of the independent check, written where a file is named."""
    plan, _ = verified(case, plan, display)
    if out is not None:
        write_plan(case, plan, out, display)
    return plan


def _answer(found: Ranges | Steered, before: Plan, case: Case, json: Path | None, *, quiet: bool) -> None:
    """Print and write what was found."""
    from planner.tradeoffs.steering import Ranges

    if json is not None:
        write_json(standing_of_plan(before, case).to_json() | _told(found), json)
    if quiet:
        return
    console = console_of(stderr=json == STANDARD_OUTPUT)
    say(console, standing_of_plan(before, case).line)
    if isinstance(found, Ranges):
        _say_ranges(found, before, console)
    else:
        _say_steered(found, case, console)


def _told(found: Ranges | Steered) -> dict[str, Any]:
    """The answer for a file."""
    from dataclasses import asdict

    from planner.tradeoffs.steering import Ranges

    if isinstance(found, Ranges):
        rows = [{**asdict(r), "status": str(r.status)} for r in found.rows]
        return {"possible": found.possible, "complete": found.complete, "ranges": rows, "notes": list(found.notes)}
    turns = {n: {"kind": t.kind, "value": t.value} for n, t in found.turns.items()}
    return {
        "turns": turns, "before": dict(found.before), "after": dict(found.values), "reached": dict(found.reached),
        "share": found.share, "status": str(found.status), "gap": found.gap, "notes": list(found.notes),
    }  # fmt: skip


def _say_ranges(found: Ranges, before: Plan, console: Console) -> None:
    """Ranges as sentences."""
    from planner.explain.words import figure

    if not found.possible:
        console.print("No plan keeps all of these limits at once.", style="bold", highlight=False, markup=False)
        return
    lines = []
    for row in found.rows:
        worst = "not known" if row.worst is None else figure(row.worst)
        best = "not found" if row.best is None else figure(row.best)
        bound = "no limit" if row.bound is None else figure(row.bound)
        lines.append(
            f"{row.outcome}: from {worst} to {best} {row.unit}, now {figure(before.outcome(row.outcome))}; no plan can "
            f"pass {bound}."
        )
    say_list(console, "How far each outcome can go", lines)
    sure = [*found.notes, *(() if found.complete else ("Stopped before all was found.",))]
    if sure:
        say_list(console, "How sure", sure)


def _say_steered(found: Steered, case: Case, console: Console) -> None:
    """The next plan in sentences."""
    from planner.explain.words import figure, signed
    from planner.sheets import Outcomes

    lines = []
    for row in case.of(Outcomes):
        one, two, turn = found.before[row.outcome], found.values[row.outcome], found.turns.get(row.outcome)
        wanted = "not steered" if turn is None else turn.kind + (f" {figure(turn.value)}" if turn.value else "")
        missed = ", not reached" if found.reached.get(row.outcome) is False else ""
        lines.append(
            f"{row.outcome} ({wanted}{missed}): {figure(one)} to {figure(two)} {row.unit} ({signed(two - one)})"
        )
    say_list(console, "The next plan", lines)
    if found.notes:
        say_list(console, "How sure", found.notes)


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("steer")(steer)
