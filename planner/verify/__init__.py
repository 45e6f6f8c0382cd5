"""An independent check of a plan, from the workbook's cells and the plan's tables alone.

Nothing here imports the mathematics, Pyomo or HiGHS: the rows are read anew, dates and lags integrated anew. A plan's
decisions are taken from its tables (levels, how a falling curve is filled, running or not, decisions taken, payments,
what lapses); everything else is worked out from them and compared. So a wrong claim about what follows fails its own
check alone, while a wrong decision fails wherever its consequences do not add up.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from planner.callable_modules import make_callable
from planner.case import Case
from planner.plan import LATER_TABLES, TABLES, Plan
from planner.verify.balances import (
    Ledger,
    check_balances,
    check_bounds,
    check_conservation,
    check_portions,
    check_time_limits,
)
from planner.verify.calendar import read_calendar
from planner.verify.continuation import check_continuation
from planner.verify.costs import Costs, check_bills, check_matches, check_paid, check_payers, check_steps
from planner.verify.inputs import Inputs
from planner.verify.measures import Measures
from planner.verify.occupancy import Use, check_capacities
from planner.verify.outcomes import Scores, check_objective, check_outcomes
from planner.verify.rates import check_curves, check_growth, check_known, check_needs, check_paces, check_running
from planner.verify.read_money import read_funding, read_payers, read_slots
from planner.verify.read_people import read_indicators, read_people
from planner.verify.read_raw import read_raw
from planner.verify.read_reforms import read_effects, read_overrides, read_reforms
from planner.verify.read_work import (
    read_deployments,
    read_pipelines,
    read_programmes,
    read_sites,
    read_staff,
    read_visas,
)
from planner.verify.replay import Replay
from planner.verify.report import TOLERANCE, CheckLog, Disagreement, Opener, Report, Summary
from planner.verify.rules import all_laws, check_rules
from planner.verify.switching import check_in_force, check_switches

READERS = (
    read_people, read_indicators, read_slots, read_funding, read_staff, read_deployments, read_sites, read_pipelines,
    read_programmes, read_visas, read_reforms, read_raw, read_effects, read_overrides, read_payers,
)  # fmt: skip
"""In this order: balances first, then what moves them, then who pays."""


def verify(case: Case, plan: Plan) -> Report:
    """Check a plan against its workbook: everything that follows from its decisions is worked out anew and compared.

    Args:
        case: The case that the plan is said to be of.
        plan: A plan of :func:`planner.solve`, or one that was read from its file.

    Returns:
        A report: `ok`, a line a check with how many figures were compared, and one for every figure that disagrees,
        in its own unit. A plan without tables (none found) has one failing line and nothing else.

    Example:
        >>> import planner
        >>> case = planner.read("inputs/starter.xlsx")
        >>> plan = planner.solve(case, planner.Options(grid="phases"))
        >>> report = planner.verify(case, plan)
        >>> report.ok, report.failed
        (True, ())
    """
    report = Report()
    names: tuple[str, ...] = ()

    def opener(check: str, title: str) -> CheckLog:
        return CheckLog(report, check, title, names)

    complete = opener("tables", "The plan's tables are complete")
    later = {name: pd.DataFrame(columns=list(TABLES[name])) for name in LATER_TABLES if name not in plan.tables}
    plan = replace(plan, tables={**plan.tables, **later}) if later and plan.tables else plan
    for table, columns in TABLES.items():
        complete.count()
        missing = [c for c in columns if table not in plan.tables or c not in plan.tables[table].columns]
        if missing:
            complete.fail(table, f"columns {', '.join(missing)} are missing")
    if report.failed:
        return report
    if plan.tables["periods"].empty:
        complete.fail("periods", "the plan has no periods")
        return report
    tables = {name: plan.tables[name] for name in TABLES}
    calendar, faults = read_calendar(case, tables["periods"])
    names = calendar.names
    book = opener("periods", "Periods follow on each other, cover the plan and keep to the phases")
    book.count(len(calendar))
    for fault in faults:
        book.fail("periods", fault)
    for table, fault in _strays(tables, len(calendar)):
        complete.fail(table, fault)
    if report.failed:
        return report
    inputs = Inputs(case, calendar)
    for read in READERS:
        read(inputs)
    _check(inputs, plan, tables, opener)
    check_continuation(case, plan, calendar, READERS, opener)
    return report


NUMBERS = {
    "activities": ("period", "level", "effective"),
    "in_force": ("period", "days"),
    "bills": ("period", "cost"),
    "payments": ("period", "amount"),
    "moved": ("period", "start_day", "amount"),
    "stocks": ("period", "start_day", "opening", "closing", "lapsed"),
    "capacities": ("period", "available", "occupied"),
    "limits": ("period", "entered", "left", "over"),
    "rules": ("left", "right"),
    "outcomes": ("value",),
    "outcome_terms": ("period", "value"),
}
"""Columns that must hold numbers in every row."""


def _strays(tables: dict[str, pd.DataFrame], periods: int) -> list[tuple[str, str]]:
    """Tables with numbers that are none, or with rows of a period that does not exist."""
    faults = []
    for name, columns in NUMBERS.items():
        frame = tables[name]
        faults += [
            (name, f"column '{column}' has a cell that is no finite number")
            for column in columns
            if not np.isfinite(pd.to_numeric(frame[column], errors="coerce").to_numpy(float)).all()
        ]
    switched = tables["switches"]["period"]
    known = {name: tables[name]["period"] for name, columns in NUMBERS.items() if "period" in columns}
    known["switches"] = switched[switched.notna() & (switched.astype(str) != "")]
    for name, number in known.items():
        if not pd.to_numeric(number, errors="coerce").fillna(0.0).between(0, periods - 1).all():
            faults.append((name, "it names a period that the plan does not have"))
    return faults


def _check(inputs: Inputs, plan: Plan, tables: dict[str, pd.DataFrame], opener: Opener) -> None:
    """Replay the plan and run every check."""
    replay = Replay(inputs, tables)
    check_known(replay, opener)
    check_paces(replay, opener)
    check_growth(replay, opener)
    check_running(replay, opener)
    check_curves(replay, opener)
    check_needs(replay, opener)
    ledger = Ledger(replay)
    check_balances(ledger, opener)
    check_bounds(ledger, opener)
    check_portions(ledger, opener)
    check_conservation(ledger, opener)
    check_time_limits(ledger, opener)
    use = Use(replay)
    check_capacities(use, opener)
    costs = Costs(ledger)
    check_bills(costs, opener)
    check_paid(costs, opener)
    check_payers(costs, opener)
    check_steps(costs, opener)
    check_matches(costs, opener)
    check_switches(ledger, opener)
    check_in_force(replay, opener)
    measures = Measures(costs, use)
    laws = all_laws(measures)
    check_rules(measures, laws, opener)
    scores = Scores(measures)
    check_outcomes(scores, opener)
    check_objective(scores, laws, plan, opener)


make_callable(__name__)

__all__ = ["TOLERANCE", "Disagreement", "Report", "Summary", "verify"]
