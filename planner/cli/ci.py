"""The verbs of version control and CI: check, diff, textconv, freeze, thaw."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.commands import CaseArgument, GridOption, QuietOption, ScenarioOption, SetOption, load_case
from planner.cli.consoles import console_of, say
from planner.cli.files import Output, check_outputs, locate
from planner.cli.guard import Code, StopError, code_of
from planner.options import declaration
from planner.plan.standing import Standing, standing_of_plan
from planner.run.progress import Display
from planner.signs import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from planner.case import Case
    from planner.golden import Golden, GoldenReport, Tolerances
    from planner.options import Options
    from planner.plan import Plan

GOLDEN = typer.Option("--golden", metavar="FILE", help="Golden file (.json) with the accepted figures.")
UPDATE = typer.Option("--update", help="Accept the plan as it is now; needs --reason.")
REASON = typer.Option("--reason", metavar="TEXT", help="Why the figures change; kept in the golden file's history.")
TOLERANCE = typer.Option(
    "--tolerance",
    metavar="'NAME=SHARE'",
    help="How far figures may move: 'outcomes=1%', 'money/asylum budget=0.05', 'switches=30' (days), 'size=ignore'; "
    "may be repeated. With --update it is kept in the file.",
)
STRICT = typer.Option("--strict", help="Count what moved by less than the open gaps as a difference too.")
JUNIT = typer.Option("--junit", metavar="FILE", help="Write the result for CI systems (JUnit XML).")
MARKDOWN = typer.Option("--markdown", metavar="FILE", help="Write the result for a pull request comment.")


@dataclass(frozen=True)
class Outputs:
    """Files that a check writes, whatever comes out."""

    case: str
    junit: Path | None
    markdown: Path | None
    started: float

    def report(self, report: GoldenReport) -> None:
        """Write the files of a report."""
        from planner.atomic_files import write_atomically
        from planner.golden.report import junit, markdown

        if self.junit is not None:
            write_atomically(self.junit, junit(report, time.perf_counter() - self.started))
        if self.markdown is not None:
            write_atomically(self.markdown, markdown(report))

    def no_verdict(self, sentence: str) -> None:
        """Write the files of a check that could not be made."""
        from planner.atomic_files import write_atomically
        from planner.golden.report import junit_error

        if self.junit is not None:
            write_atomically(self.junit, junit_error(self.case, sentence, time.perf_counter() - self.started))
        if self.markdown is not None:
            write_atomically(self.markdown, f"### ❌ {self.case}: no verdict\n\n{sentence}\n")


def check(
    case: CaseArgument,
    golden: Annotated[Path, GOLDEN],
    update: Annotated[bool, UPDATE] = False,
    reason: Annotated[str, REASON] = "",
    tolerance: Annotated[list[str] | None, TOLERANCE] = None,
    strict: Annotated[bool, STRICT] = False,
    junit: Annotated[Path | None, JUNIT] = None,
    markdown: Annotated[Path | None, MARKDOWN] = None,
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    gap: Annotated[float | None, typer.Option("--gap", help="Gap of the search; blank: as in the golden file.")] = None,
    threads: Annotated[int | None, typer.Option("--threads", help="Threads; blank: as in the golden file.")] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", help="Stop the search after so many seconds.")] = (
        declaration("time_limit").default
    ),
    quiet: QuietOption = False,
) -> None:
    """Solve a case and compare the plan with accepted figures; exit code 6 where it differs.

    The plan is solved as the golden file says (grid, scenario, gap, seed). What moved is told with the largest change
    first and the input cells that most likely moved it. --update --reason '...' accepts the plan as it is now.
    """
    _usage(golden, update, reason, (junit, markdown), locate(case))
    from planner.golden.tolerances import parse

    outputs = Outputs(Path(case).stem, junit, markdown, time.perf_counter())
    with _told(outputs):
        tolerances = parse(tolerance or ())
        accepted = _accepted(golden, update)
        given: dict[str, object] = {"grid": grid, "gap": gap, "threads": threads, "time_limit": time_limit}
        options = _options(accepted, given, anew=update)
        like, asked = None, (scenario, tuple(sets or ()))
        if accepted is not None and not update:  # as the golden file says, whatever a plan that is CASE stands on
            like = Standing("", options.grid, scenario or accepted.scenario, tuple(sets or accepted.sets))
        known, plan = _plan(case, asked, like, options, quiet)
        if update:
            _update(known, plan, accepted, golden, reason, tolerances, _console(quiet))
            return
        assert accepted is not None
        report = _report(known, plan, accepted, tolerances, strict)
    outputs.report(report)
    if not (quiet and report.ok):
        say(_console(quiet=False), standing_of_plan(plan, known).line)
    _tell(report, case, golden, quiet)
    if not report.ok:
        raise typer.Exit(Code.UNVERIFIED)


def _usage(golden: Path, update: bool, reason: str, files: tuple[Path | None, ...], keep: Path) -> None:
    """Refuse, before any work is done, what cannot end well."""
    if update and not reason.strip():
        message = "--update needs --reason '...': it is written into the golden file's history."
        raise StopError(message)
    if reason and not update:
        message = "--reason says why figures are accepted: add --update, or leave it away."
        raise StopError(message)
    written = (Output(path) for path in files)
    if update:
        check_outputs((keep,), Output(golden, (".json",)), *written)
    else:
        check_outputs((keep, golden), *written)


@contextmanager
def _told(outputs: Outputs) -> Iterator[None]:
    """Write the CI files also where the check cannot be made, and turn our errors into sentences."""
    from planner.golden.file import GoldenError
    from planner.golden.tolerances import ToleranceError

    try:
        yield
    except (GoldenError, ToleranceError) as error:
        outputs.no_verdict(str(error))
        raise StopError(str(error)) from error
    except StopError as error:
        outputs.no_verdict(str(error))
        raise


def _accepted(golden: Path, update: bool) -> Golden | None:
    """The golden file; None where an update makes the first one."""
    from planner.golden.file import read_golden

    return None if update and not golden.exists() else read_golden(golden)


def _options(accepted: Golden | None, given: dict[str, object], *, anew: bool) -> Options:
    """Options of the solve."""
    from planner.golden.check import options_of

    return options_of(accepted, anew=anew, **given)


def _plan(
    case: str, asked: tuple[str, tuple[str, ...]], like: Standing | None, options: Options, quiet: bool
) -> tuple[Case, Plan]:
    """Read, solve and verify. A plan that is not proven, or fails its check, ends the command."""
    from planner.cli.solving import solve, verified
    from planner.plan import Status

    with Display(_error_console(), quiet) as display:
        known, _ = load_case(case, *asked, display, like)
        plan = solve(known, options, display)
        if plan.found:
            plan, report = verified(known, plan, display)
            if not report.ok:
                message = f"The plan failed its independent check; nothing was compared.\n{report}"
                raise StopError(message, Code.UNVERIFIED)
    if plan.status not in (Status.OPTIMAL, Status.INFEASIBLE):
        message = (
            f"Nothing was compared: the search ended with '{plan.status}'. Give it more time with --time-limit, or a "
            "wider --gap."
        )
        raise StopError(message, code_of(plan.status))
    return known, plan


def _report(case: Case, plan: Plan, golden: Golden, tolerances: Tolerances, strict: bool) -> GoldenReport:
    """The plan against the accepted figures."""
    from planner.golden.check import check_golden

    return check_golden(case, plan, golden, tolerances=tolerances, strict=strict)


def _update(
    case: Case, plan: Plan, old: Golden | None, path: Path, reason: str, tolerances: Tolerances, console: Console
) -> None:
    """Accept the plan and say what that changes."""
    from planner.golden.check import update_golden
    from planner.golden.file import write_golden

    made, differs = update_golden(case, plan, old, reason, tolerances=tolerances)
    if not differs:
        say(console, f"{path} is left as it is: nothing differs.")
        return
    write_golden(made, path)
    say(console, f"Accepted: {path}", *(f"  {line}" for line in made.history[0].changes))


def _tell(report: GoldenReport, case: str, golden: Path, quiet: bool) -> None:
    """Print the report; under --quiet only differences."""
    from planner.golden.report import text

    if quiet and report.ok:
        return
    console = _console(quiet=False)
    say(console, text(report))
    if not report.ok:
        say(
            console,
            "",
            f"To accept this plan: planner check '{case}' --golden '{golden}' --update --reason 'why it changes'",
        )


def diff(
    before: Annotated[Path, typer.Argument(metavar="A.xlsx", help="A workbook, a plan workbook or a folder.")],
    after: Annotated[Path, typer.Argument(metavar="B.xlsx", help="Another one.")],
) -> None:
    """List the cells in which two workbooks differ: sheet, row by its key, column, old and new value.

    The order of sheets, rows and columns makes no difference. Of two plan workbooks decisions and outcomes come first,
    as 'compare' tells them, then the cells of their tables.
    """
    paths = [locate(path) for path in (before, after)]
    from planner.results.reader import plan_at
    from planner.workbook.textual import compared

    cells = list(compared((paths[0], paths[1]), (str(before), str(after))))
    if paths[0].resolve() != paths[1].resolve() and all(plan_at(path) for path in paths):
        from planner.analyses.comparing import COMPARE
        from planner.cli.declared import carry_out
        from planner.cli.subjects import Asked

        carry_out(COMPARE, Asked(COMPARE.question(), tuple(paths)))
        say(_console(quiet=False), "", "Cells of the plans' tables that differ")
    say(_console(quiet=False), *cells)


def textconv(
    workbook: Annotated[Path, typer.Argument(metavar="FILE", help="A workbook, a plan workbook or a folder.")],
) -> None:
    """Print a workbook as stable text, one cell a line, for git: 'git config diff.planner.textconv "planner textconv"'.

    With the line '*.xlsx diff=planner' in .gitattributes, git then shows workbooks as text. A file that cannot be read
    is told in one line, so that git goes on with the others. Charts, macros and comments are counted in the last line.
    """
    path = locate(workbook)
    from planner.case.problems import InvalidCaseError
    from planner.workbook.textual import shown

    try:
        told = list(shown(path))
    except InvalidCaseError as error:
        told = [f"(not readable as a workbook: {'; '.join(p.found for p in error.problems)})"]
    typer.echo(visible("\n".join(told)))


def freeze(
    case: Annotated[Path, typer.Argument(metavar="CASE.xlsx", help="Workbook to turn into text.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for its tables; made if it is not there.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a folder that holds a frozen workbook.")] = False,
) -> None:
    """Turn a workbook into a folder of CSV tables without loss (colours and comments apart); 'thaw' turns it back."""
    path = locate(case)
    if path.is_dir():
        message = f"'{path}' is a folder already; give a workbook (.xlsx)."
        raise StopError(message)
    from planner.workbook.freeze import freeze as freeze_book
    from planner.workbook.freeze import refusal

    reason = refusal(folder, force=force)
    if reason:
        raise StopError(reason)
    notes = freeze_book(path, folder)
    say(_console(quiet=False), *notes, f"Written: {folder}")


def thaw(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that 'freeze' wrote, or any folder of tables.")],
    out: Annotated[Path, typer.Argument(metavar="OUT.xlsx", help="Workbook to write.")],
    force: Annotated[bool, typer.Option("--force", help="Write over OUT if it exists.")] = False,
) -> None:
    """Turn a folder of CSV tables back into a workbook."""
    path = locate(folder)
    if not path.is_dir():
        message = f"'{path}' is no folder; give the one that 'planner freeze' wrote."
        raise StopError(message)
    check_outputs((path,), Output(out, (".xlsx",)))
    if out.exists() and not force:
        message = f"'{out}' exists already; choose another name, or add --force to write over it."
        raise StopError(message)
    from planner.workbook.thaw import ThawError
    from planner.workbook.thaw import thaw as thaw_folder

    try:
        notes = thaw_folder(path, out)
    except ThawError as error:
        raise StopError(str(error)) from error
    say(_console(quiet=False), *notes, f"Written: {out}")


def _console(quiet: bool) -> Console:
    """Console for results."""
    return console_of(stderr=False, quiet=quiet)


def _error_console() -> Console:
    """Console for progress."""
    return console_of(stderr=True)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    for name, verb in (("check", check), ("diff", diff), ("textconv", textconv), ("freeze", freeze), ("thaw", thaw)):
        app.command(name)(verb)
