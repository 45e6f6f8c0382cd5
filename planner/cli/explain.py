"""The verbs `explain` and `front`: what limits are worth, why a row is in the plan or not, why there is no plan."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.commands import CaseArgument, GridOption, QuietOption, ScenarioOption, SetOption, load_case
from planner.cli.consoles import console_of, say
from planner.cli.figures import figure_of
from planner.cli.files import STANDARD_OUTPUT, Output, check_outputs, locate, write_json
from planner.cli.guard import Code, StopError, code_of, refused
from planner.options import GAP, Options, declaration
from planner.plan import Status
from planner.plan.standing import Standing, standing_of
from planner.run.progress import Display, Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from planner.case import Case
    from planner.explain import SolvedCase
    from planner.tradeoffs import Front

WHY = typer.Option(
    "--why", metavar="SHEET!ROW", help="Say why one row is in the plan, or not, and what would change it."
)
SECONDS = typer.Option("--seconds", min=1.0, help="Time for explaining a conflict.")
GAIN = typer.Option("--who", metavar="WHAT", help="Who gains and loses against doing nothing: country, origin, group.")
RULES = typer.Option("--rules", help="What each rule, right, earmark and condition costs (a solve for each).")
SWITCHES = typer.Option("--switches", help="What the reforms and openings of the plan are worth (a search for each).")
IF = typer.Option(
    "--until", metavar="EVENT:CELL",
    help="With --why: the smallest change of a cell until the row 'enters', 'leaves' or 'halves', such as "
    "'leaves:Programmes!Family case management.Unit cost'.",
)  # fmt: skip
LIMIT = typer.Option(
    "--limit", metavar="'OUTCOME=FROM..TO'", help="Hold an outcome in a range; either end may be blank."
)
FOLDER = typer.Option("--out", metavar="DIR", help="Write every point as a plan workbook into this folder.")
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write JSON too; '-' prints it.")]


def explain(
    case: CaseArgument,
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    why: Annotated[str, WHY] = "",
    until: Annotated[str, IF] = "",
    rules: Annotated[bool, RULES] = False,
    who: Annotated[str, GAIN] = "",
    switches: Annotated[bool, SWITCHES] = False,
    top: Annotated[int, typer.Option("--top", min=1, help="How many prices to list.")] = 12,
    seconds: Annotated[float, SECONDS] = 60.0,
    gap: Annotated[float, typer.Option("--gap", help="Gap to which the plan is proven first.")] = declaration(
        "gap"
    ).default,
    json: JsonFile = None,
    quiet: QuietOption = False,
) -> None:
    """Say what the limits are worth, what is unused and why; or, where no plan can be, what cannot hold together."""
    options = Options(gap=gap, grid=grid)
    check_outputs((locate(case),), Output(json))
    if until and not why:
        message = "--until says what would change one row: name it with --why."
        raise StopError(message)
    with Display(console_of(stderr=True), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        display.show(Progress("solve"))
        from planner.explain import NoPlanError, open_case

        try:
            solved = open_case(known, options)
        except NoPlanError as error:
            if error.status is not Status.INFEASIBLE:
                raise StopError(str(error), code_of(error.status)) from error
            solved = None
    told = _Told(console_of(stderr=json == STANDARD_OUTPUT), standing_of(known, grid))
    if solved is None:
        from planner.explain import explain_conflict

        told.say("Why there is no plan", [explain_conflict(known, options, seconds=seconds)])
    elif why:
        _why(solved, why, until, told)
    elif rules or who or switches:
        _costs(solved, told, rules=rules, who=who, switches=switches)
    else:
        _overview(solved, top, told)
    if json is not None:
        write_json(told.written, json)
    if solved is None:
        raise typer.Exit(Code.INFEASIBLE)


class _Told:
    """Prints answers and keeps them for the JSON file."""

    def __init__(self, console: Console, standing: Standing) -> None:
        self.console, self.written = console, standing.to_json()
        say(console, standing.line)

    def say(self, title: str, rows: Sequence[Any], notes: Sequence[str] = (), *, head: str = "") -> None:
        """Print the sentences of rows under a heading, `head` right under it."""
        sentences = [*(row.sentence for row in rows), *notes]
        self.written[title] = [plain(row) for row in rows]
        say_list(self.console, f"{title}\n{head}".strip(), sentences)


def plain(row: Any) -> Any:
    """A typed result as JSON: fields by name, numbers that JSON cannot hold as null."""
    if dataclasses.is_dataclass(row) and not isinstance(row, type):
        return {f.name: plain(getattr(row, f.name)) for f in dataclasses.fields(row) if f.name != "case"}
    if isinstance(row, dict):
        return {str(k): plain(v) for k, v in row.items()}
    if isinstance(row, list | tuple | set | frozenset):
        return [plain(x) for x in row]
    if isinstance(row, float):
        return float(row) if math.isfinite(row) else None
    return row if isinstance(row, str | int | bool) or row is None else str(row)


def tell_conflict(case: Case, options: Options, seconds: float, console: Console) -> None:
    """Print what cannot hold together and the smallest repairs."""
    from planner.explain import explain_conflict

    say_list(console, "Why there is no plan", [explain_conflict(case, options, seconds=seconds).sentence])


def _overview(solved: SolvedCase, top: int, told: _Told) -> None:
    """Print prices, the timing story and what lies unused."""
    from planner.explain import prices, timing_story, unused

    listed = prices(solved, top=top)
    told.say("What one more would be worth", listed.rows[:top], [listed.note], head=listed.order)
    told.say("Which limits bind when", timing_story(solved)[:top])
    told.say("What is left unused, and why", unused(solved)[:top])


def _costs(solved: SolvedCase, told: _Told, *, rules: bool, who: str, switches: bool) -> None:
    """Print what rules cost, who gains and loses, what switches are worth."""
    from planner.explain import rule_costs, switch_worth, who_gains

    if rules:
        told.say("What each rule, right, earmark and condition costs", rule_costs(solved))
    if switches:
        told.say("What the reforms and openings of the plan are worth", switch_worth(solved, top=1000))
    if who:
        try:
            told.say("Who gains and who loses", who_gains(solved, across=who))
        except ValueError as error:
            raise StopError(str(error)) from error


def _why(solved: SolvedCase, name: str, until: str, told: _Told) -> None:
    """Print why one row is in the plan or not, and what would change it."""
    from planner.explain import switch_worth, what_would_change, why, why_not_more
    from planner.explain.why import is_switch, subject

    sheet, mark, row = name.partition("!")
    if not mark:
        message = f"--why '{name}' names no row. Write it as 'Programmes!Family case management'."
        raise StopError(message)
    sheet, row = sheet.strip(), row.strip()
    try:
        answers: list[Any] = [why(solved, sheet, row)]
        if not is_switch(solved, sheet, row):
            answers.append(why_not_more(solved, sheet, row))
        elif not solved.built.switches.by_id[subject(solved, sheet, row)].already:
            answers += switch_worth(solved, [subject(solved, sheet, row)])
        if until:
            event, cell = _event(until)
            answers.append(what_would_change(solved, sheet, row, event, cell))
    except (KeyError, LookupError, ValueError) as error:
        raise StopError(str(error.args[0] if error.args else error)) from error
    told.say(name, answers)


def _event(until: str) -> tuple[Any, tuple[str, str, str]]:
    """Read 'leaves:Programmes!Family case management.Unit cost'."""
    event, colon, cell = until.partition(":")
    sheet, mark, rest = cell.partition("!")
    row, dot, column = rest.rpartition(".")
    event = event.strip().casefold()
    if not (colon and mark and dot) or event not in ("enters", "leaves", "halves"):
        message = (
            f"--until '{until}' is not understood: write enters, leaves or halves, a colon and a cell, such as "
            "'leaves:Programmes!Family case management.Unit cost'."
        )
        raise StopError(message)
    return event, (sheet.strip(), row.strip(), column.strip())


def front(
    case: CaseArgument,
    outcomes: Annotated[list[str], typer.Option("--outcome", help="An outcome to trade off; two to five of them.")],
    points: Annotated[int, typer.Option("--points", min=2, help="How many plans to look for.")] = 12,
    everything: Annotated[bool, typer.Option("--all", help="Exact: the whole front, where that can be.")] = False,
    limits: Annotated[list[str] | None, LIMIT] = None,
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    gap: Annotated[float, typer.Option("--gap", min=0.0, max=1.0, help="Gap of each plan.")] = GAP,
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.1, help="Seconds for all of it.")] = 3600.0,
    json: JsonFile = None,
    out: Annotated[Path | None, FOLDER] = None,
    quiet: QuietOption = False,
) -> None:
    """List the best plans between two to five outcomes: what more of one costs in another."""
    from planner.cli.stopping import kept_on_interrupt

    check_outputs((locate(case),), Output(json), Output(out, many="front_*.xlsx"))
    ranges = dict(_range(words) for words in limits or ())
    options = Options(gap=gap, grid=grid, time_limit=time_limit)
    with Display(console_of(stderr=True), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        from planner.tradeoffs import TradeoffError, front_of_case

        try:
            found = kept_on_interrupt(
                lambda stop: front_of_case(
                    known, outcomes, options=options, points=None if everything else points, limits=ranges,
                    on_progress=display.show, interrupt=stop,
                ), display,
            )  # fmt: skip
        except TradeoffError as error:
            raise refused(error) from error
        files = _front_plans(known, found, out, display)
    if json is not None:
        write_json(standing_of(known, grid).to_json() | found.to_json(), json)
    if not quiet:
        say(console_of(stderr=json == STANDARD_OUTPUT), standing_of(known, grid).line)
        _print_front(known, found, files, console_of(stderr=json == STANDARD_OUTPUT))
    if found.stopped:
        raise typer.Exit(Code.GAP_OPEN if len(found) else Code.NO_PLAN)


def _range(words: str) -> tuple[str, tuple[float | None, float | None]]:
    """Read 'OUTCOME=FROM..TO'."""
    name, equals, ends = words.rpartition("=")
    low, dots, high = ends.partition("..")
    try:
        if not (equals and dots and name.strip()):
            raise ValueError
        low_end, high_end = (figure_of(x, "--limit", "..60") if x.strip() else None for x in (low, high))
    except ValueError as error:
        message = f"--limit '{words}' is no range: write 'OUTCOME=FROM..TO', such as 'public money=..60'."
        raise StopError(message) from error
    return name.strip(), (low_end, high_end)


def _front_plans(case: Case, found: Front, out: Path | None, display: Display) -> list[Path]:
    """Check every point as a whole plan and write it, where a folder is named."""
    from planner.cli.solving import verified, write_plan

    if out is None:
        return []
    out.mkdir(exist_ok=True)
    files = []
    for number in range(len(found)):
        plan, report = verified(case, found.plan(number), display)
        if not report.ok:
            display.say(f"Plan {number + 1} failed its check: do not use it.")
        files.append(write_plan(case, plan, out / f"front_{number + 1}.xlsx", display)[1])
    return files


def _print_front(case: Case, found: Front, files: list[Path], console: Console) -> None:
    """The points with their exchange rates, knees marked; then what is not proven."""
    from planner.cli.wide import tables
    from planner.explain.words import figure, within
    from planner.sheets import Outcomes
    from planner.tradeoffs.indicators import relative_hypervolume

    units = {o.outcome: o.unit for o in case.of(Outcomes)}
    first = found.names[0]
    heads = ["Plan", *(f"{name}, {units[name]}" for name in found.names)]
    heads += [f"{first} for one better {name}" for name in found.names[1:]]
    rows = []
    for number, point in enumerate(found.points, 1):
        cells = [figure(point.values[name]) for name in found.names]
        rates = (point.rates.get(name) for name in found.names[1:])
        costs = ["" if rate is None or rate.improve is None else figure(rate.improve) for rate in rates]
        apart = None if point.bound is None else point.bound - point.values[point.sought]
        gap = "open" if point.gap is None else within(point.gap, apart)
        rows.append([f"{number} knee" if point.knee else str(number), *cells, *costs, gap])
    console.print(*tables([*heads, "Proven within"], rows, console.width))
    state = (
        "The front is complete."
        if found.complete
        else f"Between the points listed there are more ({len(found.cells)} parts are not searched)."
    )
    spread = f"The points take in {relative_hypervolume(found):.1%} of the box between the best and the worst values."
    say_list(console, state, [*found.unproven, *found.notes, spread if len(found) > 1 else ""])
    for path in files:
        console.print(f"Written: {path}", highlight=False, markup=False, soft_wrap=True)


def say_list(console: Console, title: str, lines: Iterable[str]) -> None:
    """Print a heading and its sentences."""
    console.print(title, style="bold", highlight=False, markup=False)
    for line in lines:
        if line:
            console.print(f"- {line}" if "\n" not in line else line, highlight=False, markup=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    app.command("explain")(explain)
    app.command("front")(front)
