"""The verbs `sweep` and `goal`: what changes as cells go through a range, and what it takes to reach given outcomes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

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
from planner.cli.files import STANDARD_OUTPUT, Output, check_outputs, locate, write_json
from planner.cli.guard import Code, StopError, refused
from planner.cli.stopping import kept_on_interrupt
from planner.cli.tradeoff_tables import bands_table, sweep_table, targets_table, uses_table, write_tables
from planner.options import GAP, Options, declaration
from planner.plan.standing import standing_of
from planner.run.progress import Display

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from planner.tradeoffs.goal_seeking.needs import Need
    from planner.tradeoffs.goal_seeking.targets import Goal
    from planner.tradeoffs.sweeping.bands import Bands
    from planner.tradeoffs.sweeping.curves import Sweep

AnswerT = TypeVar("AnswerT")
GapOption = Annotated[float, typer.Option("--gap", min=0.0, max=1.0, help="Gap to which each plan is proven.")]
LimitOption = Annotated[float, typer.Option("--time-limit", min=0.1, metavar="SECONDS", help="Time for all of it.")]
SECONDS: float = 6.0 * declaration("time_limit").default
"""A sweep or a goal is many searches, so it may take longer than one."""

CELL = typer.Option(
    "--cell", metavar="'SHEET!ROW.COLUMN'",
    help="The cell to vary, or with * several rows; may be repeated. '=50%..150%' after it gives the range.",
)  # fmt: skip
FROM = typer.Option("--from", metavar="NUMBER", help="Where the range begins: a number, or a share such as 50%.")
TO = typer.Option("--to", metavar="NUMBER", help="Where the range ends.")


def sweep(
    case: CaseArgument,
    cells: Annotated[list[str], CELL],
    low: Annotated[str, FROM] = "",
    high: Annotated[str, TO] = "",
    points: Annotated[int, typer.Option("--points", min=2, max=1000, help="How many places to solve.")] = 11,
    nested: Annotated[bool, typer.Option("--nested", help="Also: never take back what a smaller one gave.")] = False,
    hold: Annotated[
        bool, typer.Option("--hold", help="Keep yes-or-no decisions as now; kinks are exact then.")
    ] = False,
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    gap: GapOption = GAP,
    time_limit: LimitOption = SECONDS,
    json: JsonOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write tables: .xlsx or .csv.")] = None,
    quiet: QuietOption = False,
) -> None:
    """Take cells through a range: outcomes, what one more is worth, what comes in and what is dropped."""
    path = locate(case)
    check_outputs((path,), Output(json), Output(out, (".xlsx", ".csv")))
    options = Options(gap=gap, grid=grid, time_limit=time_limit)
    with Display(console_of(stderr=True), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        from planner.tradeoffs.sweeping.bands import allocation_bands
        from planner.tradeoffs.sweeping.sweeps import sweep as sweep_case

        def work(interrupt: threading.Event) -> Sweep:
            return sweep_case(
                known, cells, low or None, high or None, points=points, held=hold, nested=nested, options=options,
                on_progress=display.show, interrupt=interrupt,
            )  # fmt: skip

        found = _alive(work, display)
        bands = allocation_bands(found)
    if json is not None:
        write_json(standing_of(known, grid).to_json() | found.to_json() | {"bands": bands.to_json()}, json)
    if out is not None:
        write_tables(found, bands, out)
    if not quiet:
        console = console_of(stderr=json == STANDARD_OUTPUT)
        say(console, standing_of(known, grid).line)
        _tell_sweep(found, bands, console)
        _written(console, out, json)
    raise typer.Exit(_sweep_code(found))


def _sweep_code(found: Sweep) -> Code:
    """Exit code: no plan anywhere, stopped, a gap left open, or done."""
    if not found.found:
        return Code.NO_PLAN if found.stopped else Code.INFEASIBLE
    return Code.DONE if found.complete else Code.GAP_OPEN


def goal(
    case: CaseArgument,
    targets: Annotated[
        list[str] | None,
        typer.Option("--target", metavar="'OUTCOME>=VALUE'", help="What has to be reached; may be repeated."),
    ] = None,
    least: Annotated[
        str,
        typer.Option("--least", metavar="WHAT", help="money, officers, visas or capital; or cells of the workbook."),
    ] = "",
    most: Annotated[str, typer.Option("--most", metavar="OUTCOME", help="The outcome to have most of.")] = "",
    low: Annotated[str, FROM] = "",
    high: Annotated[str, TO] = "",
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    gap: GapOption = GAP,
    time_limit: LimitOption = SECONDS,
    json: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Say what reaching outcomes takes: the least of a resource, the most of one outcome, or what is attainable."""
    if bool(least) == bool(most):
        message = "Say either --least money|officers|visas|capital, or --most OUTCOME."
        raise StopError(message)
    check_outputs((locate(case),), Output(json))
    options = Options(gap=gap, grid=grid, time_limit=time_limit)
    from planner.tradeoffs.goal_seeking.targets import parse_target

    asked = [_refused(parse_target, text) for text in targets or ()]
    with Display(console_of(stderr=True), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        answer: Goal | None = None
        needed: Need | None = None

        def work(interrupt: threading.Event) -> tuple[Goal | None, Need | None]:
            return _seek(known, asked, least, most, (low, high), options, display, interrupt)

        answer, needed = _alive(work, display)
    if json is not None:
        content = standing_of(known, grid).to_json() | ({} if answer is None else answer.to_json())
        write_json(content | ({} if needed is None else {"needed": needed.to_json()}), json)
    if not quiet:
        console = console_of(stderr=json == STANDARD_OUTPUT)
        say(console, standing_of(known, grid).line)
        _tell_goal(answer, needed, console)
        _written(console, None, json)
    raise typer.Exit(_goal_code(answer, needed))


def _seek(
    case: Any, targets: list[Any], least: str, most: str, ends: tuple[str, str], options: Options, display: Display,
    interrupt: threading.Event,
) -> tuple[Goal | None, Need | None]:  # fmt: skip
    """The goal, and where it is out of reach how much more of the resource there would have to be."""
    from planner.tradeoffs.goal_seeking import seeking
    from planner.tradeoffs.goal_seeking.needs import need, need_of
    from planner.tradeoffs.goal_seeking.resources import RESOURCES

    if "!" in least:
        low, high = (ends[0] or None, ends[1] or None)
        return None, need(
            case, least, targets, low, high, options=options, on_progress=display.show, interrupt=interrupt
        )
    if most:
        found = seeking.most(case, most, targets, options=options, on_progress=display.show, interrupt=interrupt)
        return found, None
    found = seeking.least(case, least, targets, options=options, on_progress=display.show, interrupt=interrupt)
    resource = next(r for r in RESOURCES if r == least)
    if found.reached or interrupt.is_set() or not found.complete:
        return found, None
    return found, need_of(case, resource, targets, options=options, on_progress=display.show, interrupt=interrupt)


def _goal_code(found: Goal | None, needed: Need | None) -> Code:
    """Exit code: reached, out of reach, stopped."""
    from planner.plan import Status

    if found is None:
        return Code.DONE if needed is not None and needed.place is not None else Code.INFEASIBLE
    if found.reached:
        return Code.DONE if found.status is Status.OPTIMAL else Code.GAP_OPEN
    return Code.INFEASIBLE if found.status is Status.INFEASIBLE else Code.NO_PLAN


def _alive(work: Callable[[threading.Event], AnswerT], display: Display) -> AnswerT:
    """Work so that Ctrl-C is heard and what was found is kept; refusals become sentences."""
    from planner.tradeoffs.errors import TradeoffError

    try:
        return kept_on_interrupt(work, display)
    except TradeoffError as error:
        raise refused(error) from error


def _refused(read: Callable[[str], AnswerT], text: str) -> AnswerT:
    """Read an argument; what cannot be read ends the command with its sentence."""
    from planner.tradeoffs.errors import TradeoffError

    try:
        return read(text)
    except TradeoffError as error:
        raise refused(error) from error


def _tell_sweep(found: Sweep, bands: Bands, console: Console) -> None:
    """The answer, the table, then the reasons."""
    from planner.tradeoffs.sweeping.telling import nested_answer, part_sentences, sweep_answer

    _say(console, sweep_answer(found))
    if found.points:
        console.print(*sweep_table(found, console.width))
    if found.nested:
        _say(console, nested_answer(found))
    _list(console, "What one more is worth" if found.parts else "Where decisions change", part_sentences(found))
    _list(console, "What grows and what is dropped", bands.sentences)
    if any(b.enters or b.leaves for b in bands.rows):
        console.print(bands_table(bands))
    notes = [*found.notes, f"How: {found.method}."]
    if found.stopped:
        notes.insert(0, f"Stopped ({found.stopped}): everything found until then is above.")
    _list(console, "How sure", notes)


def _tell_goal(found: Goal | None, needed: Need | None, console: Console) -> None:
    """The answer, the targets, what the plan uses."""
    from planner.tradeoffs.sweeping.telling import goal_answer, goal_changes

    if found is None:
        assert needed is not None
        _say(console, needed.sentence)
        return
    _say(console, goal_answer(found))
    if found.targets:
        console.print(*targets_table(found, console.width))
    if found.used_after:
        console.print(*uses_table(found, console.width))
        _list(console, "What changes", list(goal_changes(found)))
    if needed is not None:
        _list(console, "What would be needed", [needed.sentence])
    stopped = [f"Stopped ({found.stopped}): everything found until then is above."] if found.stopped else []
    _list(console, "How sure", [*stopped, *found.notes])


def _say(console: Console, sentence: str) -> None:
    """Print the answer."""
    console.print(sentence, style="bold", highlight=False, markup=False, soft_wrap=True)


def _list(console: Console, title: str, lines: Iterable[str]) -> None:
    """Print a heading and its sentences, if there are any."""
    kept = [line for line in lines if line]
    if not kept:
        return
    console.print(title, style="bold", highlight=False, markup=False)
    for line in kept:
        console.print(f"- {line}", highlight=False, markup=False, soft_wrap=True)


def _written(console: Console, *files: Path | None) -> None:
    """Say what was written."""
    for path in files:
        if path is not None and path != STANDARD_OUTPUT:
            console.print(f"Written: {path}", highlight=False, markup=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    app.command("sweep")(sweep)
    app.command("goal")(goal)
