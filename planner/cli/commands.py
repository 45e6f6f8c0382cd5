"""Every command with its arguments; :mod:`planner.options` declares the options of a solve."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from planner import __version__
from planner.cli.consoles import copy_lacks, progress_console, results_console, say
from planner.cli.extending import extended_by_file, extension
from planner.cli.files import STANDARD_OUTPUT, Output, check_outputs, locate, write_json
from planner.cli.flags import solve_option
from planner.cli.guard import CODES, Code, RootGroup, StopError, code_of
from planner.cli.solving import InvalidInputError, Loaded, load, solve, validating, verified, workbook_at, write_plan
from planner.cli.supervised import supervise
from planner.options import Options, declaration
from planner.plan import EXTENDED
from planner.plan.standing import Standing, standing_of, standing_of_plan
from planner.run.progress import Display, Progress

if TYPE_CHECKING:
    from rich.console import Console

    from planner.case import Case
    from planner.plan import Plan
    from planner.verify import Report

app = typer.Typer(
    cls=RootGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=CODES,
    help="Turn a workbook of funds, officers, visas and rules into a proven plan.",
)


def main() -> None:
    """Run the command line.

    A run makes a case, a model and a plan that live to its end: looking for garbage among them takes a tenth of the
    time of a short run, so it is done rarely.
    """
    gc.set_threshold(200_000, 20, 20)
    supervise()
    app(prog_name="planner")


CaseArgument = Annotated[
    str,
    typer.Argument(
        metavar="CASE",
        help="A workbook (.xlsx), a plan (its workbook, grid, scenario and changes), a folder of CSV tables, or: "
        "blueprint, starter.",
    ),
]
ScenarioOption = Annotated[
    str, typer.Option("--scenario", help="Apply this row of sheet Scenarios with its changes; none: as it stands.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="'SHEET!ROW.COLUMN=VALUE'", help="Change one cell for this run; may be repeated."),
]
JsonOption = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write JSON too; '-' prints it.")]
GridOption = Annotated[str, solve_option("grid")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


@app.callback()
def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the details of an error; may stand anywhere.")] = False,
) -> None:
    """Turn a workbook of funds, officers, visas and rules into a proven plan."""


@app.command()
def template(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Workbook to write (.xlsx).")],
    source: Annotated[
        str, typer.Option("--from", metavar="CASE", help="Carry over the rows of a workbook or a folder of CSV tables.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over OUT if it exists.")] = False,
) -> None:
    """Write an empty workbook to fill in, or a fresh form with the rows of an old one."""
    folder = Path(source) if source and Path(source).is_dir() else None
    path = locate(source) if source and folder is None else None
    check_outputs((path, folder), Output(out, (".xlsx",)))
    if out.exists() and not force:
        message = f"'{out}' exists already; choose another name, or add --force to write over it."
        raise StopError(message)
    from planner.workbook import read_folder, write_template

    lost: list[str] = []
    if path is None:
        write_template(out, raw_tables=None if folder is None else read_folder(folder))
    else:
        from planner.results.reader import plan_at

        with workbook_at(path, plan_at(path)) as workbook:
            lost = write_template(out, from_path=workbook)
    say(results_console(), f"Written: {out}", *copy_lacks(lost))


@app.command()
def validate(
    case: CaseArgument,
    annotate: Annotated[
        Path | None, typer.Option("--annotate", metavar="OUT", help="Write a copy with the cells marked.")
    ] = None,
    json: JsonOption = None,
    scenario: ScenarioOption = "",
    sets: SetOption = None,
) -> None:
    """Check a workbook and list everything that is wrong with it, all at once."""
    path = locate(case)
    if annotate is not None and path.is_dir():
        message = "--annotate marks the cells of a workbook; a folder of CSV tables has none."
        raise StopError(message)
    check_outputs((path,), Output(annotate, (".xlsx",)), Output(json))
    loaded = load(case, scenario, tuple(sets or ()))
    from planner.cli.words import print_problems, problems_json

    not_marked, lost = _annotated(loaded, annotate) if annotate is not None else ("", [])
    if json is not None:
        write_json(problems_json(loaded.problems, loaded.case is not None), json)
    console = results_console(json)
    if loaded.file is not None and loaded.case is not None:
        say(console, standing_of(loaded.case).line)
    print_problems(console, loaded.problems)
    if annotate is not None:
        say(console, f"Not written: '{annotate}'. {not_marked}" if not_marked else f"Written: {annotate}")
        say(console, *copy_lacks(lost))
    if loaded.case is None:
        raise typer.Exit(Code.INVALID)
    if not_marked:
        raise typer.Exit(Code.USAGE)
    if any(p.severity == "conflict" for p in loaded.problems):
        raise typer.Exit(Code.INFEASIBLE)


def _annotated(loaded: Loaded, out: Path) -> tuple[str, list[str]]:
    """Write a marked copy: why none can be made, so that the findings are told nevertheless, and what it lacks."""
    from planner.case.problems import InvalidCaseError
    from planner.workbook import annotate

    problems = loaded.problems
    try:
        with workbook_at(loaded.path, loaded.file) as workbook:
            return "", annotate(workbook, problems, out)
    except InvalidCaseError as error:
        why = " ".join(f"{p.address}: {p.found} {p.mend}" for p in error.problems if p not in problems)
        return why or "No copy is made of a file that cannot be read.", []


@app.command("solve")
def solve_command(
    case: CaseArgument,
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    gap: Annotated[float, solve_option("gap")] = declaration("gap").default,
    time_limit: Annotated[float, solve_option("time_limit")] = declaration("time_limit").default,
    threads: Annotated[int, solve_option("threads")] = declaration("threads").default,
    seed: Annotated[int, solve_option("seed")] = declaration("seed").default,
    method: Annotated[Literal["auto", "simplex", "ipm"], solve_option("method")] = declaration("method").default,
    presolve: Annotated[bool, solve_option("presolve")] = declaration("presolve").default,
    sets: SetOption = None,
    json: JsonOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Plan workbook; default CASE_plan.xlsx, none with --json."),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Find the best plan, check it independently, and write it as a workbook."""
    options = Options(
        gap=gap, time_limit=time_limit, threads=threads, seed=seed, method=method, presolve=presolve, grid=grid
    )
    path = locate(case)
    if out is None and json is None:
        out = Path(f"{path.stem}_plan.xlsx")
    check_outputs((path,), Output(out, (".xlsx",)), Output(json))
    report: Report | None = None
    with Display(progress_console(), quiet) as display:
        known, loaded = load_case(case, scenario, tuple(sets or ()), display)
        plan = solve(known, options, display).timed(**loaded.seconds)
        if plan.found:
            plan, report = verified(known, plan, display)
        if plan.found and out is not None:
            plan, out = write_plan(known, plan, out, display)
    if json is not None:
        from planner.results import to_json

        write_json(to_json(known, plan), json)
    _tell(known, plan, report, [p for p in (out if plan.found else None, json) if p], results_console(json), quiet)
    if code_of(plan.status, plan.verified) is Code.INFEASIBLE and not quiet:
        from planner.cli.telling import tell_conflict

        tell_conflict(known, options, min(60.0, time_limit), results_console(json))
    raise typer.Exit(code_of(plan.status, plan.verified))


def _tell(case: Case, plan: Plan, report: Report | None, files: list[Path], console: Console, quiet: bool) -> None:
    """Print the plan's headline, what a failed check found, and what was written."""
    from planner.results import headlines, show

    if report is not None and not report.ok:
        progress_console().print(str(report), highlight=False, markup=False, soft_wrap=True)
    if quiet:
        return
    console.print(show(headlines(case, plan)))
    for path in files:
        if path != STANDARD_OUTPUT:
            console.print(f"Written: {path}", highlight=False, markup=False, soft_wrap=True)


@app.command()
def verify(
    case: CaseArgument,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="What 'planner solve' wrote: workbook or JSON.")],
    changed_input: Annotated[
        bool, typer.Option("--allow-changed-input", help="The workbook may have changed since: compare tables only.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Recompute a plan without the solver, compare all that it says, and say what is taken on trust."""
    locate(plan)
    locate(case)
    from planner.integrity import check_plan, open_plan

    found = open_plan(plan)
    with Display(progress_console(), quiet) as display:
        known, _ = load_case(case, "", (), display, like=standing_of_plan(found.plan))
        display.show(Progress("verify"))
        findings = check_plan(known, found, changed_input=changed_input)
    if not findings.ok or not quiet:
        say(results_console(), standing_of_plan(found.plan, known).line)
        results_console().print(str(findings), highlight=False, markup=False, soft_wrap=True)
    if not findings.ok:
        raise typer.Exit(Code.UNVERIFIED)


@app.command()
def export(
    case: CaseArgument,
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="File to write: .mps or .lp.")],
    grid: GridOption = "",
    scenario: ScenarioOption = "",
    sets: SetOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the mathematical model with readable names, for any other solver."""
    options = Options(grid=grid)
    check_outputs((locate(case),), Output(model, (".mps", ".lp")))
    with Display(progress_console(), quiet) as display:
        known, _ = load_case(case, scenario, tuple(sets or ()), display)
        display.show(Progress("build"))
        from planner.solve import export as write_model

        write_model(known, model, options)
    if not quiet:
        say(results_console(), standing_of(known, grid).line)
        results_console().print(f"Written: {model}", highlight=False, markup=False, soft_wrap=True)


@app.command()
def show(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan workbook, or a case.")],
    case: Annotated[
        str, typer.Option("--case", metavar="CASE", help="Work the headline out anew from this case.")
    ] = "",
) -> None:
    """Print the headline of a plan, or a case at a glance."""
    path = locate(plan)
    from planner.results import headlines
    from planner.results import show as picture
    from planner.results.reader import plan_at

    found, silent = plan_at(path), Display(progress_console(), quiet=True)
    if found is None:
        known, loaded = load_case(plan, "", (), silent)
        from planner.cli.words import print_case

        print_case(results_console(), known, loaded.problems)
        return
    of_plan = found.plan  # also where only the headline is shown: a damaged plan is shown to nobody
    if case:
        known, _ = load_case(case, "", (), silent, like=standing_of_plan(of_plan))
    results_console().print(picture(headlines(known, of_plan) if case else found.headlines))


@app.command()
def memo(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan workbook, as 'planner solve' wrote it.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A .docx or .html; default: PLAN_memo.docx and .html.")
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Write a memo of one page: what a plan gives people, costs, does not keep, rests on, and asks of whom by when."""
    path = locate(plan)
    files = [Path(f"{path.stem}_memo{suffix}") for suffix in (".docx", ".html")] if out is None else [out]
    check_outputs((path,), *(Output(file, (".docx", ".html")) for file in files))
    known, loaded = load_case(plan, "", (), Display(progress_console(), quiet=True))
    if loaded.file is None or not loaded.file.plan.found:
        why = f"holds no plan ({loaded.file.plan.status})" if loaded.file is not None else "is a case, not a plan"
        message = f"'{plan}' {why}: 'planner solve' makes one, then ask for its memo."
        raise StopError(message)
    from planner.atomic_files import write_atomically
    from planner.results.memo import memo as memo_of

    made = memo_of(known, loaded.file.plan)
    for file in files:
        write_atomically(file, made.html() if file.suffix.lower() == ".html" else made.word())
    if not quiet:
        say(results_console(), standing_of_plan(loaded.file.plan, known).line, *(f"Written: {file}" for file in files))


@app.command()
def version() -> None:
    """Print the versions of the planner and of what it stands on."""
    from importlib.metadata import version as version_of

    names = ("pyomo", "highspy", "pandas", "numpy", "openpyxl", "xlsxwriter", "typer")
    lines = [f"planner {__version__}", f"python {sys.version.split()[0]}", *(f"{n} {version_of(n)}" for n in names)]
    typer.echo("\n".join(lines))


def load_case(
    name: str, scenario: str, sets: tuple[str, ...], display: Display, like: Standing | None = None
) -> tuple[Case, Loaded]:
    """Read a case that can be solved (see :func:`load`); one with errors ends the command with all of them listed."""
    display.show(Progress("read"))
    loaded = load(name, scenario, sets, like)
    if loaded.case is None:
        display.__exit__(None, None, None)
        from planner.cli.words import print_problems

        print_problems(progress_console(), loaded.problems)
        raise InvalidInputError(name, scenario, sets)
    conflicts = [p for p in loaded.problems if p.severity == "conflict"]
    if conflicts:
        from planner.cli.words import print_problems

        print_problems(progress_console(), conflicts)
    elif loaded.problems:
        from planner.cli.words import tally

        display.say(f"{tally(loaded.problems)}{_listing(name, scenario, sets)}")
    done = loaded.file.plan.record.health.get(EXTENDED) if loaded.file is not None else None
    if done and extension() is None:
        display.say(f"Its model was extended in Pyomo by {done}; without --extend that does not count here.")
    return extended_by_file(loaded.case), loaded


def _listing(name: str, scenario: str, sets: tuple[str, ...]) -> str:
    """How what was found is listed."""
    command = validating(name, scenario, sets)
    return f"; to list them: {command}" if scenario or sets else f": '{command}' lists them."
