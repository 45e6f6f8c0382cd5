"""The verb `futures`: a plan hedged over all futures of a workbook, regret, what to do now, risk, and samples."""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.commands import CaseArgument, GridOption, JsonOption, QuietOption, SetOption, load_case
from planner.cli.consoles import console_of, say
from planner.cli.figures import figure_of
from planner.cli.files import STANDARD_OUTPUT, Output, check_outputs, locate, write_json
from planner.cli.guard import Code, StopError, refused
from planner.cli.solving import NO_SCENARIO, write_plan
from planner.cli.stopping import kept_on_interrupt
from planner.options import Options, declaration
from planner.plan.standing import standing_of
from planner.run.progress import Display, Progress

if TYPE_CHECKING:
    from rich.console import Console

    from planner.case import Case
    from planner.futures.found import Hedge
    from planner.futures.reserve import Reserve
    from planner.futures.sampling import Trial

SECONDS: float = 2.0 * declaration("time_limit").default
"""A hedged plan is many searches, so it may take longer than one."""
BRANCH = typer.Option(
    "--branch", metavar="WHEN", help="When futures show: a phase, a date or a day; else the second phase."
)
SHOWS = typer.Option(
    "--shows", metavar="'FUTURE=WHEN'", help="When one future shows, if not with the others; may be repeated."
)
ONLY = typer.Option("--future", metavar="SCENARIO", help="Weigh only these scenarios; may be repeated.")
COMMON = typer.Option(
    "--common", metavar="commitments|activities",
    help="What is the same in all futures before they show: commitments, or casework too.",
)  # fmt: skip
REGRET = typer.Option(
    "--regret/--no-regret",
    help="Follow each future's own plan into every other future, and seek the plan whose largest regret is least; "
    "without it only the hedged and the averaged plan are sought.",
)
RESERVE = typer.Option("--reserve", help="Also: what better worst futures cost, step by step.")
WEIGHT = typer.Option(
    "--weight", min=0.0, max=1.0, metavar="SHARE",
    help="With --reserve: weight of the worst futures, from 0 (the mean alone) to 1; may be repeated.",
)  # fmt: skip
WORST = typer.Option("--worst", metavar="SHARE", help="Share of futures that count as the worst, such as 20%.")
SAMPLES = typer.Option("--samples", min=0, max=10_000, help="Also: try the plan in so many futures drawn by chance.")
SEED = typer.Option("--seed", min=0, help="Seed of the samples.")
FOLDER = typer.Option("--out", metavar="DIR", help="Write the hedged plan of every future as a workbook into it.")


@dataclass
class _Met:
    """What was found until now."""

    hedge: Hedge | None = None
    reserve: Reserve | None = None
    trial: Trial | None = None


def futures(
    case: CaseArgument,
    branch: Annotated[str, BRANCH] = "",
    shows: Annotated[list[str] | None, SHOWS] = None,
    only: Annotated[list[str] | None, ONLY] = None,
    common: Annotated[str, COMMON] = "commitments",
    regret: Annotated[bool, REGRET] = True,
    reserve: Annotated[bool, RESERVE] = False,
    weight: Annotated[list[float] | None, WEIGHT] = None,
    worst: Annotated[str, WORST] = "20%",
    samples: Annotated[int, SAMPLES] = 0,
    seed: Annotated[int, SEED] = 1,
    grid: GridOption = "",
    sets: SetOption = None,
    gap: Annotated[float, typer.Option("--gap", min=0.0, max=1.0, help="Gap to which each plan is proven.")] = 0.005,
    time_limit: Annotated[
        float,
        typer.Option(
            "--time-limit",
            min=0.1,
            metavar="SECONDS",
            help="Time for the hedged plan and all that it is compared with; --reserve and --samples may each take as "
            "long again.",
        ),
    ] = SECONDS,
    json: JsonOption = None,
    out: Annotated[Path | None, FOLDER] = None,
    quiet: QuietOption = False,
) -> None:
    """Find one plan for all futures, what it loses in each, what to do now and what can wait."""
    if common not in ("commitments", "activities"):
        message = f"--common must be commitments or activities, not '{common}'."
        raise StopError(message)
    check_outputs((locate(case),), Output(json), Output(out, many="future_*.xlsx"))
    if weight and not reserve:
        message = "--weight says how much the worst futures count: ask for --reserve too."
        raise StopError(message)
    weights = tuple(weight or ())
    tail, own = share_of(worst), dict(_shows(text) for text in shows or ())
    options = Options(gap=gap, grid=grid, time_limit=time_limit)
    with Display(console_of(stderr=True), quiet) as display:
        known, _ = load_case(case, NO_SCENARIO, tuple(sets or ()), display)

        def read(scenario: str) -> Case:
            from planner.workbook import reread

            return reread(known, scenario=scenario) if scenario else known

        def work(interrupt: threading.Event) -> _Met:
            from planner.futures import hedge, outlook_of

            outlook = outlook_of(
                read, names=tuple(only or ()), branch=branch, own=own, common=common,  # type: ignore[arg-type]
                options=options, on_progress=display.show,
            )  # fmt: skip
            met = _Met(
                hedge(outlook, matrix=regret, least_regret=regret, on_progress=display.show, interrupt=interrupt)
            )
            _go_on(met, (tail, weights) if reserve else None, samples, seed, display, interrupt)
            return met

        met = _alive(work, display)
        found = met.hedge
        assert found is not None
        checked, files = _plans(found, out, display)
    standing = dataclasses.replace(standing_of(found.outlook.case, grid), scenario="")
    if json is not None:
        write_json(standing.to_json() | _content(met, checked), json)
    if not quiet:
        from planner.cli.futures_tables import tell

        console = console_of(stderr=json == STANDARD_OUTPUT)
        say(console, standing.line)
        tell(console, found, met.reserve, met.trial, checked)
        _written(console, [*files, *([json] if json is not None and json != STANDARD_OUTPUT else [])])
    raise typer.Exit(_code(found, checked))


def _go_on(
    met: _Met,
    risk: tuple[float, tuple[float, ...]] | None,
    samples: int,
    seed: int,
    display: Display,
    interrupt: threading.Event,
) -> None:
    """The questions after the hedged plan, where they are asked for: reserve (share, weights) and samples."""
    from planner.futures import reserve_front, try_out
    from planner.futures.reserve import WEIGHTS

    found = met.hedge
    if found is None or found.hedged is None or not found.hedged.whole or interrupt.is_set():
        return
    if risk is not None:
        worst, weights = risk
        met.reserve = reserve_front(
            found, weights=weights or WEIGHTS, worst=worst, on_progress=display.show, interrupt=interrupt
        )
    if samples:
        met.trial = try_out(found, samples=samples, seed=seed, on_progress=display.show, interrupt=interrupt)


def share_of(text: str) -> float:
    """Read a share: '20%', '20 %' or 0.2. Raises StopError for anything else."""
    value = figure_of(text, "--worst", "20%")
    if not 0.0 < value <= 1.0:
        message = f"--worst must be a share above 0 % and up to 100 %, such as 20%, not '{text}'."
        raise StopError(message)
    return value


def _shows(text: str) -> tuple[str, str]:
    """Read `FUTURE=WHEN`."""
    name, mark, when = text.rpartition("=")
    if not mark or not when.strip():
        message = f"--shows '{text}': write it as 'surge=P3', a scenario and a phase, date or day."
        raise StopError(message)
    return ("" if name.strip() == "as it stands" else name.strip()), when.strip()


def _alive(work: Any, display: Display) -> _Met:
    """Work so that Ctrl-C is heard and what was found is kept; refusals become sentences."""
    from planner.case.problems import InvalidCaseError
    from planner.tradeoffs.errors import TradeoffError

    try:
        met: _Met = kept_on_interrupt(work, display)
    except InvalidCaseError as error:
        from planner.cli.words import print_problems

        display.__exit__(None, None, None)
        print_problems(console_of(stderr=True), error.problems)
        message = "Nothing was solved: with the changes of a scenario the workbook has errors."
        raise StopError(message, Code.INVALID) from error
    except TradeoffError as error:
        raise refused(error) from error
    return met


def _plans(found: Hedge, out: Path | None, display: Display) -> tuple[list[bool], list[Path]]:
    """Check the hedged plan of every future independently, and write it where a folder is named."""
    from planner.futures.plans import plan_in

    row = found.hedged
    if row is None or not row.whole:
        return [], []
    checked, files = [], []
    if out is not None:
        out.mkdir(exist_ok=True)
    for s, future in enumerate(found.outlook.futures):
        display.show(Progress("verify", f"future {s + 1} of {len(row.followed)}: {future.title}"))
        plan = plan_in(found, row, s)
        checked.append(bool(plan.verified))
        if out is not None:
            safe = "".join(c if c.isalnum() else "_" for c in future.title)
            _, path = write_plan(future.model.case, plan, out / f"future_{s + 1}_{safe}.xlsx", display)
            files.append(path)
    return checked, files


def _content(met: _Met, checked: list[bool]) -> dict[str, Any]:
    """Everything for machines."""
    from planner.futures.writing import hedge_json, reserve_json, trial_json

    assert met.hedge is not None
    content = {**hedge_json(met.hedge), "verified": checked}
    if met.reserve is not None:
        content["reserve"] = reserve_json(met.reserve, met.hedge)
    if met.trial is not None:
        content["samples"] = trial_json(met.trial)
    return content


def _written(console: Console, files: list[Path]) -> None:
    """Say what was written."""
    for path in files:
        console.print(f"Written: {path}", highlight=False, markup=False, soft_wrap=True)


def _code(found: Hedge, checked: list[bool]) -> Code:
    """Exit code: checked and proven, open, out of reach, or none in time."""
    if not all(checked):
        return Code.UNVERIFIED
    row = found.hedged
    if row is None or not row.whole:
        return Code.NO_PLAN if found.stopped or found.bound is not None else Code.INFEASIBLE
    proven = found.gap is not None and found.gap <= found.outlook.options.gap + 1e-9
    return Code.DONE if proven and not found.stopped else Code.GAP_OPEN


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("futures")(futures)
