"""Solving in a thread of its own, so that the terminal stays alive and Ctrl-C keeps the best plan found."""

from __future__ import annotations

import dataclasses
import shlex
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.atomic_files import write_atomically
from planner.cli.files import Output, check_outputs, free_name, is_open_elsewhere, locate
from planner.cli.guard import Code, StopError
from planner.cli.stopping import kept_on_interrupt
from planner.plan.standing import Standing, standing_of_plan
from planner.run.progress import Display, Progress
from planner.solver.runs import RunContext

NO_SCENARIO = "none"
"""What --scenario says where no scenario is to hold, also none of the plan that CASE is."""

if TYPE_CHECKING:
    from planner.case import Case
    from planner.case.problems import Problem
    from planner.options import Options
    from planner.plan import Plan
    from planner.results.reader import PlanFile
    from planner.verify import Report


@dataclass(frozen=True)
class Loaded:
    """A case as read: `case` is None where `problems` hold errors; `file` where CASE is a plan; `seconds` by stage."""

    path: Path
    case: Case | None
    problems: tuple[Problem, ...]
    seconds: Mapping[str, float]
    file: PlanFile | None = None


class InvalidInputError(StopError):
    """The workbook has errors; they have been printed."""

    def __init__(self, name: str, scenario: str, sets: tuple[str, ...]) -> None:
        """Point to the way of seeing the errors in the workbook itself, with the changes of this run."""
        command = validating(name, scenario, sets, "--annotate", "OUT.xlsx")
        marks = (
            f"to mark the cells in a copy: {command}" if scenario or sets else f"'{command}' marks the cells in a copy."
        )
        super().__init__(f"Nothing was solved{'; ' if scenario or sets else '. '}{marks}", Code.INVALID)


def validating(name: str, scenario: str, sets: tuple[str, ...], *more: str) -> str:
    """The command that lists what was found: with the changes of this run, without which it would find other things."""
    if not (scenario or sets):
        return " ".join(["planner validate", f'"{name}"', *more])
    options = [("--scenario", scenario)] * bool(scenario) + [("--set", change) for change in sets]
    return shlex.join(["planner", "validate", name, *(word for option in options for word in option), *more])


def load(name: str, scenario: str = "", sets: tuple[str, ...] = (), like: Standing | None = None) -> Loaded:
    """Read and check the workbook that CASE names; a plan workbook stands for the case that it was made from.

    Such a case keeps the grid of the plan, its scenario and, beneath the changes that are asked for now, its changes;
    the scenario `none` asks for none. With `like` the case is read as an answer that stands on it was: with its grid,
    scenario and changes, and nothing else.
    """
    path = locate(name)
    from planner import workbook
    from planner.results.reader import open_case

    started = time.perf_counter()
    book, file = open_case(path)
    parsed = time.perf_counter()
    own = like or (standing_of_plan(file.plan) if file is not None else Standing("", ""))
    scenario = own.scenario if like is not None else scenario or own.scenario
    scenario = "" if scenario.strip().casefold() == NO_SCENARIO else scenario
    case, problems = workbook.finish(book, scenario, own.changes if like is not None else (*own.changes, *sets))
    if case is not None:
        case = dataclasses.replace(case, counted=own.grid)
    seconds = {"read": parsed - started, "validate": time.perf_counter() - parsed}
    return Loaded(path, case, tuple(problems), seconds, file)


@contextmanager
def workbook_at(path: Path, file: PlanFile | None) -> Iterator[Path]:
    """Where the workbook that CASE stands for lies, to be copied: the file itself, or the one inside a plan."""
    if file is None:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder) / path.name
        write_atomically(inside, file.workbook(), private=True)
        yield inside


def solve(case: Case, options: Options, display: Display) -> Plan:
    """Solve with a living display; the first Ctrl-C keeps the best plan found, a second one leaves at once.

    HiGHS works without Python's lock: what comes after it loads meanwhile.
    """
    from planner.solve import solve as solve_case

    def work(interrupt: threading.Event) -> Plan:
        return solve_case(case, RunContext(options, display.show, interrupt))

    return kept_on_interrupt(work, display, meanwhile=("planner.verify", "planner.results"))


def verified(case: Case, plan: Plan, display: Display) -> tuple[Plan, Report]:
    """Check a plan independently; returns it with the verdict and time noted, and the report of the check."""
    from planner.verify import verify

    display.show(Progress("verify"))
    started = time.perf_counter()
    report = verify(case, plan)
    plan = plan.timed(verify=time.perf_counter() - started)
    return dataclasses.replace(plan, verified=report.ok), report


def write_plan(case: Case, plan: Plan, path: Path, display: Display) -> tuple[Plan, Path]:
    """Write the plan workbook; under a free name beside it where the wanted one is held by another program.

    Minutes of solving are not thrown away for a file that somebody opened meanwhile.
    """
    from planner.plan.frames import tidy
    from planner.results import OutputError, write_workbook

    display.show(Progress("write"))
    started = time.perf_counter()
    plan = tidy(plan)  # once for the workbook, the JSON and the screen
    try:
        write_workbook(case, plan, path)
    except (PermissionError, OutputError):
        check_outputs((), Output(path.parent / "x.xlsx"))
        path = free_name(path)
        write_workbook(case, plan, path)
    if is_open_elsewhere(path):
        display.say(f"'{path}' seems to be open in a spreadsheet program; open it again there to see this plan.")
    return plan.timed(write=time.perf_counter() - started), path
