"""Commands about a reference case: coverage, evidence, review, persona, grids, compare-regimes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.commands import CaseArgument, load_case
from planner.cli.consoles import copy_lacks, progress_console, results_console, say
from planner.cli.files import Output, check_outputs, locate
from planner.cli.guard import Code, GuardedGroup, StopError
from planner.cli.solving import workbook_at
from planner.options import GAP, Options
from planner.plan.standing import standing_of, standing_of_plan
from planner.run.progress import Display
from planner.wording.figures import count, decimal, figure, share, whole

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from planner.case import Case
    from planner.plan import Plan
    from planner.reference.causes import Causes
    from planner.reference.side_by_side import PlanAlongside
    from planner.results import PlanFile

PlanArgument = Annotated[Path | None, typer.Argument(metavar="[PLAN]", help="A plan workbook of this case.")]
NeededPlan = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan workbook of this case.")]
GridOption = Annotated[str, typer.Option("--grid", metavar="WORD", help="Periods: phases, default, months.")]
GapOption = Annotated[float, typer.Option("--gap", metavar="NUMBER", min=0.0, max=1.0, help="Proven gap of each plan.")]
TimeOption = Annotated[
    float, typer.Option("--time-limit", metavar="NUMBER", min=0.1, help="Seconds after which each search is stopped.")
]
ACROSS = 3
"""Sides in one table, besides the first."""
ROOM = 400
"""Longest line of a plan's fate that is printed; --out writes all of it."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(
        cls=GuardedGroup,
        no_args_is_help=True,
        rich_markup_mode=None,
        help="A reference case under the glass: coverage, evidence, history, ways, grids, regimes.",
    )
    for command in (coverage, evidence, review, persona, grids):
        group.command()(command)
    group.command("compare-regimes")(compare_regimes)
    app.add_typer(group, name="reference")


def coverage(
    case: CaseArgument,
    plan: PlanArgument = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write a copy (.xlsx) with the column filled in, or CSV."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but what is missing.")] = False,
) -> None:
    """Show which rows carry each recommendation, and what a plan does with it."""
    path = locate(case)
    check_outputs((path, plan), Output(out, (".xlsx", ".csv")))
    from planner.reference.coverage import cover, uncovered, write_copy, write_csv

    known, found_plan, file = _both(case, plan)
    found = cover(known, found_plan, _causes(known, found_plan))
    missing = uncovered(found)
    console = results_console()
    if not quiet:
        _say_standing(console, found_plan, known)
        for item in found:
            line = item.in_plan or (item.carried_by if item.rows else "")
            say(console, f"{item.id}  {item.kind}  {line[:ROOM]}{'...' if len(line) > ROOM else ''}")
    counts = _tally([item.word for item in found if item.word])
    say(console, f"{len(found)} recommendations, {len(found) - len(missing)} carried{': ' if counts else ''}{counts}.")
    if out is not None:
        if out.suffix == ".csv":
            write_csv(found, out)
            lacking = []
        else:
            with workbook_at(path, file) as workbook:
                lacking = write_copy(workbook, found, out)
        say(console, f"Written: {out}", *copy_lacks(lacking))
    if not found:
        say(console, "Sheet Recommendations is empty: nothing is claimed, and nothing is covered.")
    if missing or not found:
        for name in missing:
            lost = next((", ".join(i.missing) for i in found if i.id == name), "")
            say(console, f"Missing: {name}{' (no row ' + lost + ')' if lost else ''}")
        raise typer.Exit(Code.UNVERIFIED)


def evidence(case: CaseArgument, plan: PlanArgument = None) -> None:
    """Show how much of a plan rests on each grade, and its ten weakest numbers."""
    from planner.results.evidence import weigh

    known, found_plan, _ = _both(case, plan)
    weighing = weigh(known, found_plan)
    table = _table("How firm the ground is", "Grade", "Rows", *(("Money", "Points") if weighing.money else ()))
    totals = [sum(part.values()) or 1.0 for part in (weighing.rows, weighing.money, weighing.points)]
    for grade, name in known.grades.items():
        shares = [weighing.money.get(grade, 0.0) / totals[1], weighing.points.get(grade, 0.0) / totals[2]]
        table.add_row(name, whole(weighing.rows[grade]), *(share(s) for s in shares if weighing.money))
    console = results_console()
    _say_standing(console, found_plan, known)
    console.print(table)
    what = "points" if weighing.points else "rows"
    weak = _table(
        "The weakest numbers by weight", "Id", "Grade", "Central", "Low", "High", f"Share of {what}", "What it says"
    )
    for item in weighing.weakest:
        low, high = ("" if v is None else decimal(v, 6) for v in (item.low, item.high))
        weak.add_row(item.id, item.grade, decimal(item.value, 6), low, high, share(item.points), item.statement)
    console.print(weak)
    say(
        console, f"Weight: the share of the plan's {what} whose rows stand on the number, times the width of its range."
    )
    if weighing.without_range:
        say(console, f"Graded A or U without a range: {', '.join(weighing.without_range)}.")


def review(case: CaseArgument, plan: NeededPlan) -> None:
    """Hold a plan against history: uptake, growth, output, rates of protection, speed of spending."""
    from planner.reference.review import review as look
    from planner.reference.review import without_history

    known, found_plan, _ = _both(case, plan)
    assert found_plan is not None
    findings = look(known, found_plan)
    console = results_console()
    _say_standing(console, found_plan, known)
    for item in findings:
        if item.worrying:
            say(console, f"Warning ({item.kind}): {item.sentence} Source: {item.source}")
    worrying = sum(item.worrying for item in findings)
    say(
        console,
        f"{len(findings)} comparisons with history: {worrying} go beyond it, {len(findings) - worrying} stay within.",
    )
    missing = without_history(known)
    if missing:
        say(console, f"No history on sheet Evidence for: {', '.join(missing)} (ids such as '{missing[0]} / name').")


def persona(
    case: CaseArgument,
    plan: NeededPlan,
    person: Annotated[
        str, typer.Option("--person", metavar="NAME", help="Whose ways (sheet Ways); else the first one's.")
    ] = "",
) -> None:
    """Show the ways that a person of sheet Ways has in a plan: when open, for how many, what holds them."""
    from planner.reference.persona import persons, ways

    known, found_plan, _ = _both(case, plan)
    assert found_plan is not None
    console = results_console()
    _say_standing(console, found_plan, known)
    names = persons(known)
    if not names:
        say(console, "Sheet Ways is empty: this case describes no person and no ways. Its columns say what to write.")
        return
    chosen = next((n for n in names if n.casefold() == person.strip().casefold()), "") if person else names[0]
    if not chosen:
        message = f"Sheet Ways describes no '{person}'. Name one of: {'; '.join(names)}."
        raise StopError(message)
    found = ways(known, found_plan, chosen, _causes(known, found_plan))
    say(console, f"{chosen[0].upper()}{chosen[1:]}: {sum(way.open for way in found)} of {len(found)} ways are open.")
    if len(names) > 1 and not person:
        say(console, f"Other persons (--person): {'; '.join(n for n in names if n != chosen)}.")
    for way in found:
        phases = ", ".join(f"{name} {figure(amount, 'people')}" for name, amount in way.by_phase)
        who = " of all who stand in that line" if way.everyone else ""
        opened = (
            f"open from {way.open_from}, {figure(way.people, 'people')} people{who} ({phases})"
            if way.open
            else "closed"
        )
        say(console, f"\n{way.name}: {opened}")
        for reason in way.held_by[:6]:
            say(console, f"  held by  {reason}")


def grids(case: CaseArgument, gap: GapOption = GAP, time_limit: TimeOption = 600.0) -> None:
    """Solve a case on all three grids and say which outcomes differ noticeably."""
    from planner.reference.side_by_side import across_grids, differing, unproven

    known, _, _ = _both(case, None)
    console = results_console()
    sides = across_grids(
        known,
        Options(gap=gap, time_limit=time_limit),
        told=lambda name: say(progress_console(), f"Solving on grid {name} ..."),
    )
    say(console, dataclasses.replace(standing_of(known), grid=", ".join(side.name for side in sides)).line)
    _beside(console, "The same case on three grids", sides)
    most = known.policy("noteworthy difference")
    apart = differing(sides, most)
    if apart:
        named = ", ".join(f"{name} ({share(by)})" for name, by in apart)
        say(console, f"More than {share(most)} apart: {named}.")
    else:
        say(console, f"No headline outcome differs by more than {share(most)}.")
    for line in unproven(sides, gap):
        say(console, line)


def compare_regimes(
    case: CaseArgument,
    grid: GridOption = "",
    gap: GapOption = GAP,
    time_limit: TimeOption = 600.0,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="REGIME", help="Only this regime; may be repeated.")
    ] = None,
) -> None:
    """Solve a case under each policy regime (scenario without probability) and show them side by side."""
    from planner.reference.side_by_side import across_regimes, unproven

    known, _, _ = _both(case, None)
    sides = across_regimes(
        known, Options(grid=grid, gap=gap, time_limit=time_limit), names=tuple(only or ()),
        told=lambda name: say(progress_console(), f"Solving under {name} ..."),
    )  # fmt: skip
    console = results_console()
    say(console, standing_of(known, grid).line)
    _beside(console, "Policy regimes side by side", sides)
    for side in sides[1:]:
        say(console, f"{side.name}: {side.label}")
    for line in unproven(sides, gap):
        say(console, line)
    say(console, "To choose one, write its name into Settings, 'policy regime'.")


def _both(case: str, plan: Path | None) -> tuple[Case, Plan | None, PlanFile | None]:
    """A case and its plan, with the grid, scenario and changes of that plan: the one that is named, or CASE itself.

    The file is that of CASE where it is a plan workbook.
    """
    silent = Display(progress_console(), quiet=True)
    if plan is None:
        known, loaded = load_case(case, "", (), silent)
        return known, loaded.file.plan if loaded.file is not None else None, loaded.file
    locate(plan)
    from planner.results import PlanFile

    found = PlanFile.open(plan).plan
    known, loaded = load_case(case, "", (), silent, like=standing_of_plan(found))
    if found.record.input_sha256 != known.sha256:
        message = (
            f"{plan.name} is the plan of another workbook ('{found.record.case_name}'), or of {case} before it was "
            f"changed. Give the plan alone, in the place of CASE: the workbook that it was made from lies inside it."
        )
        raise StopError(message)
    return known, found, loaded.file


def _say_standing(console: Console, plan: Plan | None, case: Case) -> None:
    """The first line: what the plan stands on, where one is named."""
    if plan is not None:
        say(console, standing_of_plan(plan, case).line)


def _causes(case: Case, plan: Plan | None) -> Causes | None:
    """The plan opened for the causes of what stays idle; None, with a note, where it cannot be."""
    if plan is None or not plan.found:
        return None
    from planner.reference.causes import ClosedPlanError, open_causes

    try:
        return open_causes(case, plan)
    except ClosedPlanError as error:
        say(progress_console(), f"Note: reasons for what is idle are read from the plan's tables only: {error}.")
        return None


def _beside(console: Console, title: str, sides: tuple[PlanAlongside, ...]) -> None:
    """Print outcomes down, sides across; many sides in several tables, each beside the first."""
    rest = sides[1:]
    groups = [rest[n : n + ACROSS] for n in range(0, len(rest), ACROSS)] or [()]
    for group in groups:
        some = (sides[0], *group)
        table = _table(title, "Outcome", *(side.name for side in some))
        table.add_row("Status", *(str(side.status) for side in some))
        table.add_row("Points", *(figure(side.objective) for side in some))
        table.add_row("Proven within", *("" if side.gap is None else share(side.gap) for side in some))
        for outcome in next((side.outcomes for side in some if side.outcomes), {}):
            table.add_row(outcome, *(figure(side.outcomes.get(outcome)) for side in some))
        table.add_row("Columns of the model", *(count(side.columns) for side in some))
        table.add_row("Seconds", *(whole(side.seconds) for side in some))
        console.print(table)


def _table(title: str, *headers: str) -> Table:
    """A table whose figures stand to the right."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for number, header in enumerate(headers):
        table.add_column(
            header, justify="left" if number == 0 or header == "What it says" else "right", overflow="fold"
        )
    return table


def _tally(words: list[str]) -> str:
    """Count words: '136 funded, 55 enacted'."""
    return ", ".join(
        f"{words.count(word)} {word}" for word in dict.fromkeys(sorted(words, key=lambda w: -words.count(w)))
    )
