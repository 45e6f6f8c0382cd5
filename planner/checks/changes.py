"""Overrides, scenarios and the plan before: changes that fit the cells that they change."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.case import Case
from planner.case.problems import Problem
from planner.cells.cells import type_cell
from planner.cells.meanings import plain_number
from planner.cells.names import column_named, sheet_named
from planner.cells.raw import Value, folded
from planner.checks.finding import TINY, error, exceeds, warning
from planner.checks.work import curve_rows, limit_field, limit_of
from planner.sheets import (
    BY_NAME,
    Column,
    Deployments,
    Overrides,
    Pipelines,
    Programmes,
    Reforms,
    Row,
    ScenarioChanges,
    Scenarios,
    Sites,
    Staff,
    Visas,
)
from planner.wording.figures import typed

PACED = {"Pipelines": Pipelines, "Programmes": Programmes, "Visas": Visas}
SWITCHED = {"Reforms": Reforms, "Sites": Sites}


def check(case: Case) -> list[Problem]:
    """All findings about changes."""
    return [*_overrides(case), *_contradictions(case), *_probabilities(case), *_values(case)]


def _overrides(case: Case) -> Iterator[Problem]:
    """Each override against the limits of the row that it sets."""
    for row in case.of(Overrides):
        sheet = BY_NAME.get(row.sheet)
        target = case.find(sheet, row.row) if sheet is not None else None
        if target is None:
            continue
        if row.sheet in SWITCHED:
            yield from _switch(row, target)
        elif row.action != "forbid" and row.value is None:
            yield error(
                row, "value", "override-value", f"'{row.action}' needs a pace.", "Fill in 'Value', in units a year."
            )
        elif row.value is not None and row.action != "forbid":
            yield from _pace(case, row, target, row.value)
        elif row.action == "forbid" and row.value:
            yield warning(
                row,
                "value",
                "override-unused",
                f"'forbid' sets the pace to nothing, so {typed(row.value)} does not count.",
                "Clear the value.",
            )
        if row.action == "forbid" and isinstance(target, Pipelines | Programmes | Visas) and target.at_least:
            yield warning(
                row,
                "action",
                "override-below-least",
                f"it forbids what must be done at {typed(target.at_least)} a year at least ({target.at('at_least')});"
                " the override counts.",
                "Lower 'At least' there if that is meant for good.",
            )


def _pace(case: Case, row: Overrides, target: Row, value: float) -> Iterator[Problem]:
    """A pace set by hand within the limits of the row."""
    most: float | None = None
    where = ""
    if isinstance(target, Pipelines | Programmes | Visas):
        field, name = limit_field(target)
        curve = curve_rows(case, target.id)
        most, where = limit_of(target), f"'{name}' ({target.at(field)})"
        widths = math.fsum(line.width for line in curve)
        if curve and (most is None or widths < most):
            most, where = widths, f"the curve ({curve[-1].at('width')})"
        if row.action == "at most" and target.at_least and exceeds(target.at_least, value):
            yield error(
                row,
                "value",
                "override-below-least",
                f"at most {typed(value)} a year, and 'At least' is {typed(target.at_least)} ({target.at('at_least')}).",
                "Raise the value, or lower 'At least' there.",
            )
    elif isinstance(target, Staff):
        most, where = target.hiring_limit, f"'Hiring limit' ({target.at('hiring_limit')})"
        if most == 0.0 and row.action in ("fix", "at least") and value > 0.0:
            yield error(
                row,
                "row",
                "override-row",
                f"'{row.row}' on sheet {row.sheet} gives the plan nothing to decide.",
                "Check the key of the row, and whether its limit is 0 there.",
            )
            return
    elif isinstance(target, Deployments):
        return
    if most is not None and row.action in ("fix", "at least") and exceeds(value, most):
        yield error(
            row,
            "value",
            "override-above-limit",
            f"'{row.action}' {typed(value)} a year is above {where} of {typed(most)}.",
            "Lower the value, or raise the limit there.",
        )


def _switch(row: Overrides, target: Row) -> Iterator[Problem]:
    """A yes or no has no pace; what must happen cannot be forbidden."""
    if row.action not in ("fix", "forbid"):
        yield error(
            row, "action", "override-action", f"'{row.action}' says nothing about a yes or no.", "Choose fix or forbid."
        )
    elif row.value is not None:
        yield warning(
            row, "value", "override-unused", "a reform or site has no pace, so the value does not count.", "Clear it."
        )
    if row.action == "forbid" and not row.phase and isinstance(target, Reforms) and target.must and not target.in_force:
        yield error(
            row,
            "action",
            "override-must",
            f"'{row.row}' must happen ({target.at('must')}) and is forbidden here.",
            "Say no in 'Must happen', or delete this row.",
        )


def _contradictions(case: Case) -> Iterator[Problem]:
    """Two paces of the same row, one for every phase and one for a phase; of a yes or no both count."""
    whole = {(row.sheet, row.row): row for row in case.of(Overrides) if not row.phase}
    for row in case.of(Overrides):
        other = whole.get((row.sheet, row.row))
        if (
            row.phase
            and row.sheet not in SWITCHED
            and other is not None
            and {row.action, other.action} & {"fix", "forbid"}
            and (row.action, row.value) != (other.action, other.value)
        ):
            yield warning(
                row,
                "phase",
                "override-twice",
                f"'{row.row}' is set for every phase in {other.at()} and again for {row.phase}: the lower row counts.",
                "Write one row for each phase.",
            )


def _probabilities(case: Case) -> Iterator[Problem]:
    """Probabilities that add up to no more than one; scenarios in which something happens."""
    rows = [row for row in case.of(Scenarios) if row.probability is not None]
    total = math.fsum(row.probability or 0.0 for row in rows)
    if total > 1.0 + TINY:
        listed = ", ".join(f"'{row.scenario}' {typed(row.probability or 0.0)}" for row in rows)
        yield error(
            rows[-1],
            "probability",
            "probabilities-sum",
            f"the probabilities add up to {typed(total)}, more than 1: {listed}.",
            "Lower them; what is left to 1 is the case as it stands.",
        )
    changed = {row.scenario for row in case.of(ScenarioChanges)}
    same = [row for row in case.of(Scenarios) if row.scenario not in changed]
    for scenario in same[1:]:
        yield warning(
            scenario,
            "scenario",
            "scenario-same",
            f"nothing on sheet Scenario changes differs in '{scenario.scenario}', nor in '{same[0].scenario}'"
            f" ({same[0].at()}).",
            "Add what differs, or delete the scenario.",
        )


def _values(case: Case) -> Iterator[Problem]:
    """A scenario's new value must be one that the cell could hold."""
    for line in case.of(ScenarioChanges):
        sheet = sheet_named(line.sheet)
        column = column_named(sheet, line.column) if sheet is not None else None
        if sheet is None or column is None:
            continue
        if line.change == "set":
            fault = _fault(column, line.value) if folded(line.value) != "blank" else _blanked(column)
            if fault:
                yield error(
                    line,
                    "value",
                    "change-value",
                    f"column '{column.name}' of sheet {sheet.SHEET} cannot be '{line.value}': {fault[0]}",
                    fault[1],
                )
            continue
        for row in case.of(sheet):
            old, by = getattr(row, column.field), _number(line.value)
            if not _meant(row, line.row) or by is None or isinstance(old, bool) or not isinstance(old, int | float):
                continue
            fault = _fault(column, old * by if line.change == "multiply" else old + by)
            if fault:
                done = "times" if line.change == "multiply" else "plus"
                yield error(
                    line,
                    "value",
                    "change-value",
                    f"column '{column.name}' of '{row.id}' ({row.at(column.field)}) would be {typed(old)} {done}"
                    f" {line.value}: {fault[0]}",
                    fault[1],
                )
                break


def _number(text: str) -> float | None:
    """A plain figure, None for anything else."""
    return plain_number(text)


def _meant(row: Row, wanted: str) -> bool:
    """Whether a change is about this row."""
    plain = folded(wanted)
    return row.id.casefold().startswith(plain[:-1]) if plain.endswith("*") else row.id.casefold() == plain


def _blanked(column: Column) -> tuple[str, str] | None:
    """Whether the column may be blank."""
    return ("it must not be blank.", "Write a value.") if column.required else None


def _fault(column: Column, value: Value) -> tuple[str, str] | None:
    """Why a value does not fit a column, and what would."""
    if isinstance(value, str) and column.numeric and (number := plain_number(value)) is not None:
        value = number
    remark = type_cell(column, value).remark
    return (remark.found, remark.mend) if remark is not None and remark.severity == "error" else None
