"""Solving in a thread of its own, so that the terminal stays alive and Ctrl-C keeps the best plan found."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.cli.files import Output, check_outputs, free_name, is_open_elsewhere, locate
from planner.cli.guard import Code, StopError
from planner.cli.stopping import kept_on_interrupt
from planner.progress import Display, Progress

if TYPE_CHECKING:
    from planner.case import Case
    from planner.options import Options
    from planner.plan import Plan, Record
    from planner.problems import Problem
    from planner.verify import Report


@dataclass(frozen=True)
class Loaded:
    """A case as read: `case` is None where `problems` hold errors; `seconds` by stage.

    `extended` says what was done in Pyomo to the plan that stands for it; no plan workbook holds the file that did it.
    """

    path: Path
    case: Case | None
    problems: tuple[Problem, ...]
    seconds: Mapping[str, float]
    extended: str = ""


class InvalidInputError(StopError):
    """The workbook has errors; they have been printed."""

    def __init__(self, path: Path) -> None:
        """Point to the ways of seeing the errors in the workbook itself."""
        sentence = f"Nothing was solved. 'planner validate \"{path}\" --annotate OUT.xlsx' marks the cells in a copy."
        super().__init__(sentence, Code.INVALID)


def load(name: str, scenario: str = "", sets: tuple[str, ...] = ()) -> Loaded:
    """Read and check the workbook that CASE names; a plan workbook stands for the case that it was made from.

    The scenario and the changes of a plan hold beneath those that are asked for now.
    """
    path = locate(name)
    from planner import workbook
    from planner.plan import EXTENDED
    from planner.results.reader import is_plan

    started, extended = time.perf_counter(), ""
    if path.is_file() and is_plan(path):
        data, record = _inside(path)
        scenario, sets = scenario or record.scenario, (*record.changes, *sets)
        extended = str(record.health.get(EXTENDED, ""))
        book = workbook.load_bytes(data, path.stem)
    else:
        book = workbook.load(path)
    parsed = time.perf_counter()
    case, problems = workbook.finish(book, scenario, sets)
    return Loaded(
        path, case, tuple(problems), {"read": parsed - started, "validate": time.perf_counter() - parsed}, extended
    )


def _inside(path: Path) -> tuple[bytes, Record]:
    """The workbook inside a plan workbook, and the plan's record. Raises StopError where it has none."""
    from planner.results import read_inputs, read_plan

    record, data = read_plan(path).record, read_inputs(path)
    if not data:
        message = (
            f"{path.name} is a plan that does not hold the workbook that it was made from. Give that workbook instead, "
            "or write the plan again with 'planner solve'."
        )
        raise StopError(message)
    return data, record


def solve(case: Case, options: Options, display: Display) -> Plan:
    """Solve with a living display; the first Ctrl-C keeps the best plan found, a second one leaves at once.

    HiGHS works without Python's lock: what comes after it loads meanwhile.
    """
    from planner.solve import solve as solve_case

    def work(interrupt: threading.Event) -> Plan:
        return solve_case(case, options, on_progress=display.show, interrupt=interrupt)

    return kept_on_interrupt(work, display, meanwhile=("planner.verify", "planner.results"))


def verified(case: Case, plan: Plan, display: Display) -> tuple[Plan, Report]:
    """Check a plan independently; returns it with the verdict and time noted, and the report of the check."""
    from planner.verify import verify

    display.show(Progress("verify"))
    started = time.perf_counter()
    report = verify(case, plan)
    plan = with_seconds(plan, verify=time.perf_counter() - started)
    return dataclasses.replace(plan, verified=report.ok), report


def with_seconds(plan: Plan, **seconds: float) -> Plan:
    """The plan with further times in its record."""
    record = dataclasses.replace(plan.record, seconds={**plan.record.seconds, **seconds})
    return dataclasses.replace(plan, record=record)


def write_plan(case: Case, plan: Plan, path: Path, display: Display) -> tuple[Plan, Path]:
    """Write the plan workbook; under a free name beside it where the wanted one is held by another program.

    Minutes of solving are not thrown away for a file that somebody opened meanwhile.
    """
    from planner.results import OutputError, write_workbook
    from planner.results.frames import tidy

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
    return with_seconds(plan, write=time.perf_counter() - started), path
