"""The verbs of the declared analyses: their options, their course and their exit codes are made in one place."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.analyses import ANALYSES, Analysis
from planner.analyses.declare import Answer, Out, Subject, Takes
from planner.cli.commands import CaseArgument, GridOption, JsonOption, QuietOption, ScenarioOption, SetOption
from planner.cli.consoles import console_of, say
from planner.cli.files import STANDARD_OUTPUT, Output, check_outputs, locate, write_json
from planner.cli.flags import parameter_of
from planner.cli.guard import Code, StopError, code_of, refused
from planner.cli.solving import NO_SCENARIO, verified, write_plan
from planner.cli.stopping import kept_on_interrupt
from planner.cli.subjects import READERS, Asked
from planner.cli.telling import line, tell
from planner.plan.standing import standing_of
from planner.run.progress import Display, Progress
from planner.solver.runs import RunContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planner.case import Case


SIDES = typer.Argument(
    metavar="CASE|PLAN ...", help="Workbooks to solve, or plan workbooks that were written before; the first is what "
    "the others are compared with. One alone is compared with itself as --set and --scenario change it.",
)  # fmt: skip
PLAN = typer.Argument(metavar="[PLAN]", help="A plan workbook; else the best is found.")
TAKES: dict[Takes, dict[str, tuple[Any, Any]]] = {
    "case": {"case": (inspect.Parameter.empty, CaseArgument)},
    "plan": {"case": (inspect.Parameter.empty, CaseArgument), "plan": (None, Annotated[Path | None, PLAN])},
    "sides": {"sides": (inspect.Parameter.empty, Annotated[list[Path], SIDES])},
}
"""Arguments of a verb by what it takes: a default and how it is declared."""


def verb(analysis: Analysis) -> Callable[..., None]:
    """The verb of an analysis."""
    names = [declared.name for declared in analysis.options]

    def command(
        grid: str = "", scenario: str = "", sets: list[str] | None = None, json: Path | None = None,
        out: Path | None = None, quiet: bool = False, **given: Any,
    ) -> None:  # fmt: skip
        question = analysis.question(**{name: given[name] for name in names})
        named = [given[name] for name in TAKES[analysis.takes] if given[name] is not None]
        files = tuple(named[0] if analysis.takes == "sides" else named)
        chosen = scenario if analysis.scenarios else NO_SCENARIO
        raise typer.Exit(carry_out(analysis, Asked(question, files, grid, chosen, tuple(sets or ()), json, out, quiet)))

    parameters = list(_parameters(analysis))
    command.__name__, command.__doc__ = analysis.name, analysis.help
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


def _parameters(analysis: Analysis) -> Iterator[inspect.Parameter]:
    """The arguments of a verb: what is asked, on which case, how it is searched, where answers go."""

    def shared(name: str, default: Any, annotation: Any) -> inspect.Parameter:
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)

    for name, (default, annotation) in TAKES[analysis.takes].items():
        yield shared(name, default, annotation)
    yield from (parameter_of(declared) for declared in analysis.options if not declared.of_run)
    yield shared("grid", "", GridOption)
    if analysis.scenarios:
        yield shared("scenario", "", ScenarioOption)
    yield shared("sets", None, SetOption)
    yield from (parameter_of(declared) for declared in analysis.options if declared.of_run)
    yield shared("json", None, JsonOption)
    if analysis.out is not None:
        metavar = "DIR" if analysis.out.many else "FILE"
        yield shared(
            "out", None, Annotated[Path | None, typer.Option("--out", metavar=metavar, help=analysis.out.help)]
        )
    yield shared("quiet", False, QuietOption)


def carry_out(analysis: Analysis, asked: Asked) -> Code:
    """Read what it is about, answer, check and write plans, say what was found; the exit code that belongs."""
    out = analysis.out
    files = [] if out is None else [Output(asked.out, () if out.many else out.suffixes, out.many)]
    check_outputs(tuple(locate(name) for name in asked.named), Output(asked.json), *files)
    _refuse_out(analysis, asked)
    with Display(console_of(stderr=True), asked.quiet) as display:
        subject = READERS[analysis.takes](asked, display)
        answer = _answered(analysis, asked, subject, display)
        checked, written = _keep(analysis.out, asked.out, answer, subject.case, display)
    grid = asked.grid if subject.plan is None else subject.plan.record.grid
    standing = None if subject.sides else standing_of(subject.case, grid)
    if asked.json is not None:
        verdicts = {"verified": checked} if out is not None and out.checked and (out.many or out.tables) else {}
        write_json({**(standing.to_json() if standing else {}), **answer.to_json(), **verdicts}, asked.json)
    if not asked.quiet:
        console = console_of(stderr=asked.json == STANDARD_OUTPUT)
        say(console, *([standing.line] if standing else []))
        tell(console, answer.tell(checked))
        for path in written:
            line(console, f"Written: {path}")
    return code_of(answer.status, None if all(checked) else False)


def _refuse_out(analysis: Analysis, asked: Asked) -> None:
    """Refuse `--out` where nothing is asked for that could be written. Raises StopError."""
    needed = analysis.out.needs if analysis.out is not None else ""
    if asked.out is not None and needed and not getattr(asked.question, needed):
        message = f"--out writes the plan found with {analysis.option(needed).flag}: add it."
        raise StopError(message)


def _answered(analysis: Analysis, asked: Asked, subject: Subject, display: Display) -> Answer:
    """Answer so that Ctrl-C is heard and what was found is kept; refusals become sentences."""
    from planner.case.problems import InvalidCaseError
    from planner.tradeoffs.errors import TradeoffError

    options = asked.question.options(asked.grid)
    try:
        return kept_on_interrupt(
            lambda stop: analysis.answer(subject, asked.question, RunContext(options, display.show, stop)), display
        )
    except InvalidCaseError as error:
        from planner.cli.words import print_problems

        display.__exit__(None, None, None)
        print_problems(console_of(stderr=True), error.problems)
        message = "Nothing was solved: with the changes of a scenario the workbook has errors."
        raise StopError(message, Code.INVALID) from error
    except TradeoffError as error:
        raise refused(error) from error


def _keep(
    out: Out | None, folder: Path | None, answer: Answer, case: Case, display: Display
) -> tuple[list[bool], list[Path]]:
    """Check plans independently, and write what `--out` asks for."""
    if out is None or (folder is None and not out.checked):
        return [], []
    checked, files = [], []
    if out.tables and folder is not None:
        _write_frames(answer, folder, case)
        files = [folder]
    if folder is not None and out.many:
        folder.mkdir(exist_ok=True)
    for found in answer.plans:
        whose = found.case or case
        display.show(Progress("verify", found.words))
        plan = found.make()
        if plan.verified is None:
            plan, report = verified(whose, plan, display)
            if not report.ok:
                line(display.console, str(report))
        checked.append(bool(plan.verified))
        if folder is not None and not out.tables:
            path = folder / f"{found.name}.xlsx" if out.many else folder
            files.append(write_plan(whose, plan, path, display)[1])
    return checked, files


def _write_frames(answer: Answer, out: Path, case: Case) -> None:
    """Pages or tables as a workbook, or the first table as CSV; texts never become formulas."""
    import io

    import pandas as pd

    from planner.atomic_files import write_atomically
    from planner.results.csv_files import csv_text

    if answer.pages is not None:
        from planner.results.answer_pages import pages_workbook

        write_atomically(out, pages_workbook(answer.pages(), case.name or "Case"))
        return
    assert answer.frames is not None
    frames = answer.frames()
    if out.suffix.lower() == ".csv":
        write_atomically(out, csv_text(next(iter(frames.values()))))
        return
    keep = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    stream = io.BytesIO()
    with pd.ExcelWriter(stream, engine="xlsxwriter", engine_kwargs=keep) as book:
        for name, frame in frames.items():
            frame.to_excel(book, sheet_name=name, index=False)
    write_atomically(out, stream.getvalue())


def register(app: typer.Typer) -> None:
    """Add the verb of every analysis to the command."""
    for analysis in ANALYSES.values():
        app.command(analysis.name)(verb(analysis))
