"""Whether a plan file still says what was found: every table, page, figure and sentence of it, and its seal.

Three steps, each of another kind. *Recomputed*: :mod:`planner.verify` works every figure of the tables out anew from
the workbook's cells, with code that imports neither the model nor the solver nor the compiler. *Bound*: names, units,
cells, dates and states of the tables are held against the rows of the workbook, and every page that people read is made
again from the checked tables and the workbook, and compared cell by cell; this uses the compiler and the code that
writes plans. *Sealed*: what can be worked out by neither (the bound, the seed, times and dates, doing nothing) stands
under the seal. What is left is taken on trust, and said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planner.case import Case
from planner.integrity.claims import check_claims
from planner.integrity.pages import compare_books, compare_json
from planner.integrity.rows import check_rows
from planner.plan import EXTENDED, Plan
from planner.plan.seal import Seal, examine
from planner.results.frames import OutputError
from planner.results.json import plan_of, to_json
from planner.results.reader import PlanFile
from planner.results.workbook import workbook_bytes
from planner.verify import Report, verify
from planner.verify.report import CheckLog

SEALED = "bound, doing nothing, previous plan, seed and other options, times, versions, what was not proven"
TRUSTED = "that the solver's bound is right, and that the workbook says what is true of the world"


@dataclass(frozen=True)
class PlanJson:
    """A plan's JSON: its plan, its seal, and all that it says."""

    plan: Plan
    seal: Seal
    said: dict[str, Any]
    link: str = ""


@dataclass(frozen=True)
class Findings:
    """What was found: the report of all checks, and how far each kind of check reaches, in sentences."""

    report: Report
    reach: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing disagrees."""
        return self.report.ok

    def __str__(self) -> str:
        """One line a check, then the disagreements, then how far the checks reach."""
        return "\n".join([str(self.report), *self.reach])


def open_plan(path: Path) -> PlanFile | PlanJson:
    """Open a plan workbook, or read a plan's JSON. Raises OutputError with a sentence where the file is none."""
    if path.suffix.lower() != ".json":
        return PlanFile.open(path)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return PlanJson(plan_of(said), Seal(**said["seal"]), said)
    except (OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        message = f"{path} is no plan that 'planner solve --json' wrote, or it was damaged ({type(error).__name__})."
        raise OutputError(message) from error


def check_plan(case: Case, found: PlanFile | PlanJson, *, changed_input: bool = False) -> Findings:
    """Check all that a plan file says against a case. With `changed_input` another state of its workbook will do."""
    report = verify(case, found.plan)
    reach = ["Recomputed from the workbook's cells: every figure of the plan's tables."]
    same = case.sha256 == found.plan.record.input_sha256
    if not found.plan.found or report.failed[:1] == ("tables",) or report.failed[:1] == ("periods",):
        _seal(found, report, reach)
        return Findings(report, tuple(reach))
    book = CheckLog(report, "input", "The plan was made from this workbook as it is", ())
    book.count()
    if same:
        check_rows(case, found.plan, report)
        check_claims(case, found.plan, report)
        _pages(case, found, report)
        reach.append("Bound to them: names, units, cells and dates of the tables; every page, figure and sentence.")
    elif not changed_input:
        book.fail(
            "the input workbook",
            "it is another state of the workbook than the plan was made from (its fingerprint differs): give the one "
            "that the plan was made from, or add --allow-changed-input to hold the plan's tables against this one",
        )
    _seal(found, report, reach)
    trusted = TRUSTED if same else f"all pages, since the workbook was changed; {TRUSTED}"
    reach.append(f"Taken on trust: {trusted}.")
    told = str(found.plan.record.health.get(EXTENDED, ""))
    if told:
        reach.append(f"Not checked, since no workbook says it: what was done to the model in Pyomo by {told}.")
    return Findings(report, tuple(reach))


def _seal(found: PlanFile | PlanJson, report: Report, reach: list[str]) -> None:
    """Hold the plan against its seal."""
    book = CheckLog(report, "seal", "The seal is whole", ())
    held = examine(found.seal, found.plan, found.link)
    book.count()
    for fault in held.faults:
        book.fail("the plan", fault)
    if not held.faults:
        reach.append(f"Under the seal ({held.said}): {SEALED}.")


def _pages(case: Case, found: PlanFile | PlanJson, report: Report) -> None:
    """Make everything that people read again from the checked tables, and compare."""
    if isinstance(found, PlanJson):
        book = CheckLog(report, "pages", "Every figure and sentence of the JSON follows from the tables", ())
        compare_json(found.said, json.loads(json.dumps(to_json(case, found.plan), default=str)), book)
        return
    book = CheckLog(report, "pages", "Every page follows from the tables and the workbook", ())
    made = workbook_bytes(replace(case, book=found.inputs), found.plan, link=found.link, sealed=found.seal)
    compare_books(found.book.data, made, book)
    if found.inputs:
        book.count()
        if _fingerprint(found.inputs, case) != case.sha256:
            book.fail("Table inputs", "the workbook inside the plan is not the one that the plan was made from")


def _fingerprint(inputs: bytes, case: Case) -> str:
    """Fingerprint of the workbook inside a plan under the scenario and changes of the case."""
    from planner.workbook import finish, load_bytes  # noqa: PLC0415 - only plans that carry their workbook

    read, _ = finish(load_bytes(inputs), case.scenario, case.sets)
    return read.sha256 if read is not None else ""
