"""What the worker process answers about two plans: which changed inputs made the difference."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.case import Case
from planner.explain import attribute
from planner.explain.compare import changed_inputs
from planner.options import Options
from planner.plan import Plan
from planner.solve import solve
from planner.workbook import check as check_workbook

if TYPE_CHECKING:
    from app.tasks.answers import Asked


def groups_of(before: Case, after: Case) -> Mapping[str, list[tuple[str, str]]]:
    """Rows that differ, by sheet, named with the columns that differ."""
    rows: dict[str, dict[str, None]] = {}
    headers: dict[str, dict[str, None]] = {}
    for change in changed_inputs(before, after):
        rows.setdefault(change.sheet, {})[change.row] = None
        headers.setdefault(change.sheet, {})[change.column or "new or gone"] = None
    return {f"{sheet} ({', '.join(headers[sheet])})": [(sheet, row) for row in found] for sheet, found in rows.items()}


def attribution(asked: Asked) -> dict[str, Any]:
    """What each group of changed inputs makes of the difference between the reference and another case."""
    from app.tasks.answers import RefusedError

    other = asked.request["other"]
    case, _ = check_workbook(Path(other["path"]), scenario=other["scenario"], sets=other["sets"])
    if case is None:
        message = "The other workbook cannot be read any more."
        raise RefusedError(message)
    groups = groups_of(asked.case, case)
    total = 2 ** len(groups) if len(groups) <= 4 else len(groups) + 2
    made = 0

    def solver(one: Case, options: Options) -> Plan:
        nonlocal made
        made += 1
        asked.say(f"Solving mixture {made} of {total}")
        return solve(one, options, interrupt=asked.stop)

    try:
        found = attribute(asked.case, case, asked.options, groups=groups, solver=solver)
    except ValueError as error:
        message = "One of the two cases has no plan, so there is no difference to divide."
        raise RefusedError(message) from error
    return {**dataclasses.asdict(found), "groups": {name: len(cells) for name, cells in groups.items()}}
