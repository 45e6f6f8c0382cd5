"""The verbs `explain` and `compare`: what limits are worth, why a row is in the plan or not, why there is no plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.commands import CaseArgument, GridOption, QuietOption, ScenarioOption, SetOption, load_case
from planner.cli.files import write_json
from planner.cli.guard import Code, StopError
from planner.options import Options, declaration
from planner.progress import Display, Progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from planner.case import Case
    from planner.explain import Study

WHY = typer.Option(
    "--why", metavar="SHEET!ROW", help="Say why one row is in the plan, or not, and what would change it."
)
SECONDS = typer.Option("--seconds", min=1.0, help="Time for explaining a conflict.")


def explain(
    case: CaseArgument,
    grid: GridOption = "phases",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    why: Annotated[str, WHY] = "",
    top: Annotated[int, typer.Option("--top", min=1, help="How many prices to list.")] = 12,
    seconds: Annotated[float, SECONDS] = 60.0,
    gap: Annotated[float, typer.Option("--gap", help="Gap to which the plan is proven first.")] = declaration(
        "gap"
    ).default,
    quiet: QuietOption = False,
) -> None:
    """Say what the limits are worth, what is unused and why; or, where no plan can be, what cannot hold together."""
    options = Options(gap=gap, grid=grid)
    with Display(_console(stderr=True), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        display.show(Progress("solve"))
        from planner.explain import NoPlanError, open_study

        try:
            study = open_study(known, options)
        except NoPlanError:
            study = None
    console = _console()
    if study is None:
        tell_conflict(known, options, seconds, console)
        raise typer.Exit(Code.INFEASIBLE)
    if why:
        _why(study, why, console)
    else:
        _overview(study, top, console)


def tell_conflict(case: Case, options: Options, seconds: float, console: Console) -> None:
    """Print what cannot hold together and the smallest repairs."""
    from planner.explain import explain_conflict

    _say(console, "Why there is no plan", [explain_conflict(case, options, seconds=seconds).sentence])


def _overview(study: Study, top: int, console: Console) -> None:
    """Print prices, the timing story and what lies unused."""
    from planner.explain import prices, timing_story, unused

    listed = prices(study, top=top)
    _say(console, "What one more would be worth", [*(row.sentence for row in listed.rows[:top]), listed.note])
    _say(console, "Which limits bind when", [part.sentence for part in timing_story(study)][:top])
    _say(console, "What is left unused, and why", [part.sentence for part in unused(study)][:top])


def _why(study: Study, name: str, console: Console) -> None:
    """Print why one row is in the plan or not."""
    from planner.explain import why, why_not_more

    sheet, mark, row = name.partition("!")
    if not mark:
        message = f"--why '{name}' names no row. Write it as 'Programmes!Family case management'."
        raise StopError(message)
    try:
        sentences = [
            why(study, sheet.strip(), row.strip()).sentence,
            why_not_more(study, sheet.strip(), row.strip()).sentence,
        ]
    except (KeyError, LookupError, ValueError) as error:
        raise StopError(str(error.args[0] if error.args else error)) from error
    _say(console, name, sentences)


def compare(
    cases: Annotated[
        list[Path],
        typer.Argument(metavar="CASE CASE...", help="Workbooks to solve and compare; the first is the reference."),
    ],
    grid: GridOption = "phases",
    gap: Annotated[float, typer.Option("--gap", help="Gap to which each plan is proven.")] = declaration("gap").default,
    quiet: QuietOption = False,
) -> None:
    """Solve several workbooks and say what differs: inputs, decisions, outcomes. Less than the gap is no difference."""
    if len(cases) < 2:
        message = "Comparing takes two workbooks or more."
        raise StopError(message)
    entries = []
    with Display(_console(stderr=True), quiet) as display:
        from planner.explain import Entry
        from planner.explain import compare as compare_plans
        from planner.solve import solve

        for path in cases:
            known, _ = load_case(str(path), "", (), display)
            plan = solve(known, Options(gap=gap, grid=grid), on_progress=display.show)
            if not plan.found:
                message = f"{path.name} has no plan ({plan.status}): 'planner explain' says why."
                raise StopError(message, Code.INFEASIBLE)
            alone = [other.stem for other in cases].count(path.stem) == 1
            entries.append(Entry(path.stem if alone else str(path), known, plan))
    _say(_console(), "What differs", [compare_plans(entries).sentence])


def front(
    case: CaseArgument,
    outcomes: Annotated[list[str], typer.Option("--outcome", help="An outcome to trade off; two to five of them.")],
    points: Annotated[int, typer.Option("--points", min=2, help="How many plans to look for.")] = 12,
    grid: GridOption = "phases",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write the front for machines.")] = None,
    quiet: QuietOption = False,
) -> None:
    """List the best plans between two to five outcomes: what more of one costs in another."""
    with Display(_console(stderr=True), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        from planner.tradeoffs import TradeoffError, front_of_case

        try:
            found = front_of_case(
                known, outcomes, options=Options(gap=1e-3, grid=grid), points=points, on_progress=display.show
            )
        except TradeoffError as error:
            raise StopError(str(error)) from error
    if json is not None:
        write_json(found.to_json(), json)
    from rich.box import SIMPLE
    from rich.table import Table

    from planner.sheets import Outcomes

    console = _console()
    units = {o.outcome: o.unit for o in known.of(Outcomes)}
    shown = Table("Plan", *(f"{name}, {units[name]}" for name in found.names), "", box=SIMPLE)
    for number, point in enumerate(found.points, 1):
        figures = [point.values[name] for name in found.names]
        cells = [f"{v:,.0f}" if abs(v) >= 1000.0 else f"{v:,.4g}" for v in figures]
        shown.add_row(str(number), *cells, "knee" if point.knee else "")
    console.print(shown)
    state = (
        "The front is complete."
        if found.complete
        else "Between the points listed there are more; each listed point is proven."
    )
    _say(console, state, found.unproven)


def _say(console: Console, title: str, lines: Iterable[str]) -> None:
    """Print a heading and its sentences."""
    console.print(title, style="bold", highlight=False, markup=False)
    for line in lines:
        if line:
            console.print(f"- {line}" if "\n" not in line else line, highlight=False, markup=False, soft_wrap=True)


def _console(*, stderr: bool = False) -> Console:
    """Console for results or for progress."""
    from rich.console import Console

    return Console(stderr=stderr)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    app.command("explain")(explain)
    app.command("compare")(compare)
    app.command("front")(front)
