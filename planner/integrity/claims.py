"""What a plan says of itself besides its tables: the case, the gap, the defaults, whether it was checked."""

from __future__ import annotations

import math

from planner.case import Case
from planner.case.defaults import defaults_used
from planner.plan import Plan, Status
from planner.plan.frames import table
from planner.verify.report import CheckLog, Report

NEAR = 1e-6
"""Difference, relative to the objective, within which two claims agree."""


def check_claims(case: Case, plan: Plan, report: Report) -> None:
    """Work out whatever of the plan's claims follows from the case and the checked tables."""
    agrees = report.ok
    book = CheckLog(report, "claims", "Status, gap, defaults and warnings are as they follow", ())
    record = plan.record
    for what, said, right in (
        ("case", record.case_name, case.name),
        ("scenario", record.scenario, case.scenario),
        ("changes", tuple(record.changes), tuple(case.sets)),
        ("defaults that were used", plan.defaults, tuple(defaults_used(case))),
    ):
        book.count()
        if said != right:
            book.fail(f"the {what}", "the plan does not say what the workbook gives")
    book.count()
    if any(str(problem) not in plan.warnings for problem in case.warnings):
        book.fail("the warnings", "one of those on the workbook is missing")
    _gap(plan, book)
    book.count()
    if plan.verified is False and agrees:
        book.fail("the verdict", "the plan says that its independent check failed, and it agrees")
    names = set(table(plan, "outcomes")["outcome"].astype(str))
    for compared in (plan.doing_nothing, plan.previous):
        book.count(len(compared))
        if not set(compared) <= names:
            book.fail("the comparisons", "they name an outcome that the plan does not have")


def _gap(plan: Plan, book: CheckLog) -> None:
    """The gap is the one between the objective and the bound, and the status goes with it."""
    from planner.solver.answers import relative_gap  # noqa: PLC0415 - loads the solver's library

    book.count(2)
    objective, bound, gap = plan.objective, plan.bound, plan.gap
    if objective is None:
        return
    if bound is None:
        if gap is not None:
            book.fail("the gap", "there is no bound that it could be measured to")
        if plan.status is Status.OPTIMAL:
            book.fail("the status", "it says proven, and there is no bound")
        return
    size = NEAR * max(1.0, abs(objective))
    if bound < objective - size:
        book.fail("the bound", f"it is {bound:.8g}, below the plan's own {objective:.8g}")
    wanted = relative_gap(objective, bound)
    if gap is None or not math.isclose(gap, wanted, rel_tol=NEAR, abs_tol=1e-9):
        book.fail("the gap", f"it is {gap}, and between objective and bound lie {wanted:.6g}")
    asked = plan.record.options.get("gap")
    if plan.status is Status.OPTIMAL and isinstance(asked, int | float) and wanted > float(asked) + 1e-6:
        book.fail("the status", f"it says proven within {asked:g}, and the gap is {wanted:.6g}")
