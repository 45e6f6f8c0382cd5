"""The verbs `explain` and `front`: what limits are worth, why a row is in the plan or not, why there is no plan."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.commands import CaseArgument, GridOption, QuietOption, ScenarioOption, SetOption, load_case
from planner.cli.consoles import console_of, say
from planner.cli.files import STANDARD_OUTPUT, Output, check_outputs, locate, write_json
from planner.cli.guard import Code, StopError, code_of
from planner.cli.telling import say_list
from planner.options import Options, declaration
from planner.plan import Status
from planner.progress import Display, Progress
from planner.standing import Standing, standing_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from planner.case import Case
    from planner.explain import Study

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
        from planner.explain import NoPlanError, open_study

        try:
            study = open_study(known, options)
        except NoPlanError as error:
            if error.status is not Status.INFEASIBLE:
                raise StopError(str(error), code_of(error.status)) from error
            study = None
    told = _Told(console_of(stderr=json == STANDARD_OUTPUT), standing_of(known, grid))
    if study is None:
        from planner.explain import explain_conflict

        told.say("Why there is no plan", [explain_conflict(known, options, seconds=seconds)])
    elif why:
        _why(study, why, until, told)
    elif rules or who or switches:
        _costs(study, told, rules=rules, who=who, switches=switches)
    else:
        _overview(study, top, told)
    if json is not None:
        write_json(told.written, json)
    if study is None:
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


def _overview(study: Study, top: int, told: _Told) -> None:
    """Print prices, the timing story and what lies unused."""
    from planner.explain import prices, timing_story, unused

    listed = prices(study, top=top)
    told.say("What one more would be worth", listed.rows[:top], [listed.note], head=listed.order)
    told.say("Which limits bind when", timing_story(study)[:top])
    told.say("What is left unused, and why", unused(study)[:top])


def _costs(study: Study, told: _Told, *, rules: bool, who: str, switches: bool) -> None:
    """Print what rules cost, who gains and loses, what switches are worth."""
    from planner.explain import rule_costs, switch_worth, who_gains

    if rules:
        told.say("What each rule, right, earmark and condition costs", rule_costs(study))
    if switches:
        told.say("What the reforms and openings of the plan are worth", switch_worth(study, top=1000))
    if who:
        try:
            told.say("Who gains and who loses", who_gains(study, across=who))
        except ValueError as error:
            raise StopError(str(error)) from error


def _why(study: Study, name: str, until: str, told: _Told) -> None:
    """Print why one row is in the plan or not, and what would change it."""
    from planner.explain import switch_worth, what_would_change, why, why_not_more
    from planner.explain.why import is_switch, subject

    sheet, mark, row = name.partition("!")
    if not mark:
        message = f"--why '{name}' names no row. Write it as 'Programmes!Family case management'."
        raise StopError(message)
    sheet, row = sheet.strip(), row.strip()
    try:
        answers: list[Any] = [why(study, sheet, row)]
        if not is_switch(study, sheet, row):
            answers.append(why_not_more(study, sheet, row))
        elif not study.built.switches.by_id[subject(study, sheet, row)].already:
            answers += switch_worth(study, [subject(study, sheet, row)])
        if until:
            event, cell = _event(until)
            answers.append(what_would_change(study, sheet, row, event, cell))
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


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("explain")(explain)
