"""The verbs `steer` and `uncertain`: from a plan to the next by what is to improve, and how far results may be off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
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
from planner.cli.explain import say_list
from planner.cli.figures import figure_of
from planner.cli.files import STANDARD_OUTPUT, Output, check_outputs, locate, write_json
from planner.cli.guard import Code, StopError, code_of, refused
from planner.cli.solving import verified, write_plan
from planner.cli.stopping import kept_on_interrupt
from planner.options import GAP, Options, declaration
from planner.plan.standing import standing_of, standing_of_plan
from planner.run.progress import Display

if TYPE_CHECKING:
    from rich.console import Console

    from planner.case import Case
    from planner.explain.sensitivity import Sensitivity, TornadoBar
    from planner.plan import Plan
    from planner.tradeoffs.steering import Classification, Kind, Ranges, Steered

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
            return reachable(known, list(turns), limits, plan=before, options=options, on_progress=display.show,
                             interrupt=stop)  # fmt: skip

        def move(stop: threading.Event) -> Steered:
            return go(known, before, turns, options=options, on_progress=display.show, interrupt=stop)

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


def _turns(given: Mapping[str, Names]) -> dict[str, Classification]:
    """Wishes by outcome. Raises StopError where one is named twice or has no value."""
    from planner.tradeoffs.steering import KINDS, Classification

    turns: dict[str, Classification] = {}
    for kind in KINDS:
        for text in given[kind] or ():
            name, value = _named(text, kind)
            if name in turns:
                message = f"'{name}' is named twice: '{turns[name].kind}' and '{kind}'. Say one thing of each outcome."
                raise StopError(message)
            turns[name] = Classification(kind, value)
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


def _limits(turns: Mapping[str, Classification], before: Plan, case: Case) -> list[Any]:
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
    turns = {n: {"kind": t.kind, "value": t.value} for n, t in found.wishes.items()}
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
        one, two, turn = found.before[row.outcome], found.values[row.outcome], found.wishes.get(row.outcome)
        wanted = "not steered" if turn is None else turn.kind + (f" {figure(turn.value)}" if turn.value else "")
        missed = ", not reached" if found.reached.get(row.outcome) is False else ""
        lines.append(
            f"{row.outcome} ({wanted}{missed}): {figure(one)} to {figure(two)} {row.unit} ({signed(two - one)})"
        )
    say_list(console, "The next plan", lines)
    if found.notes:
        say_list(console, "How sure", found.notes)


def uncertain(
    case: CaseArgument,
    inputs: Annotated[int, typer.Option("--inputs", min=1, help="Figures that are moved, heaviest first.")] = 24,
    searched: Annotated[int, typer.Option("--searched", min=0, help="Those for which plans are searched anew.")] = 6,
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    gap: Annotated[float, typer.Option("--gap", min=0.0, max=1.0, help="Gap of each plan.")] = FIRST,
    time_limit: LimitOption = SECONDS,
    json: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Move each figure with a range (sheet Evidence) to both ends: how far results may be off, and what drives them."""
    check_outputs((locate(case),), Output(json))
    options = Options(gap=gap, grid=grid, time_limit=time_limit)
    with Display(console_of(stderr=True), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        plan = _plan(known, options, display)
        from planner.explain.sensitivity import one_at_a_time

        work: Callable[[threading.Event], Sensitivity] = lambda stop: one_at_a_time(  # noqa: E731 - passed on at once
            known, plan, inputs=inputs, searched=searched, options=options, on_progress=display.show, interrupt=stop
        )
        found = kept_on_interrupt(work, display)
    if json is not None:
        write_json(standing_of(known, grid).to_json() | _doubt(found), json)
    if not quiet:
        say(console_of(stderr=json == STANDARD_OUTPUT), standing_of(known, grid).line)
        _say_doubt(found, known, console_of(stderr=json == STANDARD_OUTPUT))
    if not found.complete:
        raise typer.Exit(Code.GAP_OPEN)


def _doubt(found: Sensitivity) -> dict[str, Any]:
    """The answer for a file."""
    return {
        "base": dict(found.base), "best": dict(found.best), "best_gap": found.best_gap, "complete": found.complete,
        "untied": list(found.untied), "left_out": found.left_out, "figures": [_swing(s) for s in found.bars],
    }  # fmt: skip


def _swing(bar: TornadoBar) -> dict[str, Any]:
    """One figure for a file."""
    one = bar.input
    ends = {"low": bar.low, "high": bar.high, "low, searched anew": bar.low_free,
            "high, searched anew": bar.high_free}  # fmt: skip
    return {
        "id": one.id, "statement": one.statement, "grade": one.grade, "unit": one.unit, "central": one.central,
        "range": [one.low, one.high],
        "cells": [{"cell": c.cell, "now": c.now, "low": c.low, "high": c.high, "how": c.how} for c in one.cells],
        **{
            name: None if end is None else {"outcomes": dict(end.outcomes), "gap": end.gap, "why": end.why}
            for name, end in ends.items()
        },
    }  # fmt: skip


def _say_doubt(found: Sensitivity, case: Case, console: Console) -> None:
    """Results as ranges with what moves them most; figures that break the plan."""
    from planner.explain.words import figure
    from planner.sheets import Outcomes

    lines = []
    for row in case.of(Outcomes):
        first = next(iter(found.of(row.outcome)), None)
        low, high = found.range_of(row.outcome)
        head = f"{row.outcome}: {figure(found.base[row.outcome])} {row.unit}"
        told = "no figure moves it" if first is None else (
            f"between {figure(low)} and {figure(high)}, moved most by {first.input.id} ({first.input.statement})"
        )  # fmt: skip
        lines.append(f"{head}, {told}.")
    say_list(console, "How far results may be off, decisions as in the plan", lines)
    broken = [
        f"{s.input.id} at {figure(value)} {s.input.unit}: {end.why}."
        for s in found.bars for value, end in ((s.input.low, s.low), (s.input.high, s.high)) if end.why
    ]  # fmt: skip
    if broken:
        say_list(console, "Where the plan cannot be carried out", broken)
    sure = ["Each range is what one figure at a time does at an end of its own range; it is no probability."]
    sure += [f"{found.left_out} more figures with a range were not moved."] if found.left_out else []
    sure += [f"{len(found.untied)} figures with a range are tied to no cell."] if found.untied else []
    say_list(console, "How sure", sure)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    app.command("steer")(steer)
    app.command("uncertain")(uncertain)
