"""What goes on without a decision, as the sheets say it: the last level that is known, or the level stated instead.

Differences between a plan and what would happen anyway are taken against this: :mod:`planner.solve.continuation`
computes it on the plan's own model, and :mod:`planner.verify.continuation` works it out anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from planner.case import Case
from planner.sheets import (
    Deployments,
    Pipelines,
    PreviousPlan,
    Programmes,
    RawActivities,
    Row,
    Staff,
    Transfers,
    Visas,
)

Continued: TypeAlias = Pipelines | Programmes | Visas | RawActivities | Transfers | Deployments
"""Rows that have a last level."""
SHEETS: tuple[type[Continued], ...] = (Pipelines, Programmes, Visas, RawActivities, Transfers, Deployments)
KINDS: dict[type[Row], str] = {
    Pipelines: "stage",
    Programmes: "programme",
    Visas: "visa",
    RawActivities: "raw",
    Transfers: "transfer",
    Deployments: "deploy",
    Staff: "hire",
}
"""Kind of the activity that a row of each sheet decides."""
UNITS: dict[type[Row], float] = {Transfers: 1_000_000.0, Deployments: 365.0}
"""Units of the activity that one of the sheet's unit a year is: USD, and FTE-days."""


def continued(case: Case) -> Iterator[Continued]:
    """Every row that has a last level, filled in or not."""
    for sheet in SHEETS:
        yield from case.of(sheet)


def level_of(row: Continued) -> float | None:
    """Level at which a row goes on, in its sheet's unit a year; None where nothing is said."""
    return row.last_actual if row.goes_on_at is None else row.goes_on_at


def level_field(row: Continued) -> str:
    """Field that says at which level a row goes on."""
    return "goes_on_at" if row.goes_on_at is not None else "last_actual"


def posts_of(row: Staff) -> float:
    """Posts that are filled again without a decision as people leave, FTE."""
    return row.on_board if row.goes_on_at is None else row.goes_on_at


def anything_goes_on(case: Case) -> bool:
    """Whether the case says of anything that it goes on; else its continuation is doing nothing."""
    if any(level_of(row) for row in continued(case)) or any(row.goes_on_at for row in case.of(Staff)):
        return True
    return any(row.level for row in case.of(PreviousPlan))


def activity_of(row: Continued | Staff) -> str:
    """Kernel id of the activity that a row decides."""
    return f"{KINDS[type(row)]}:{row.id}"
