"""What an answer stands on: the grid, the scenario and the changes, in the one line with which every output begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.case import Case
    from planner.plan import Plan

MOST = 3
"""Changes that are named; the rest are counted."""


@dataclass(frozen=True)
class Standing:
    """The name of a case, the grid in which it is counted, its scenario (blank: none), its changes as for ``--set``.

    `extended` is the name of the function or file that extends its Pyomo model, if one does.
    """

    name: str
    grid: str
    scenario: str = ""
    changes: tuple[str, ...] = ()
    extended: str = ""

    @property
    def line(self) -> str:
        """Say it in one line: 'Starter (grid default, scenario surge, changed: Staff!x.On board=20)'."""
        parts = [f"grid {self.grid}", f"scenario {self.scenario}" if self.scenario else "no scenario"]
        named, more = self.changes[:MOST], len(self.changes) - MOST
        rest = f" and {more} more" if more > 0 else ""
        parts.append(f"changed: {'; '.join(named)}{rest}" if named else "no changes")
        if self.extended:
            parts.append(f"extended in Pyomo by {self.extended}")
        return f"{self.name} ({', '.join(parts)})"

    def to_json(self) -> dict[str, Any]:
        """The line and its parts, for machines, under `stands_on`."""
        parts = {"line": self.line, "grid": self.grid, "scenario": self.scenario, "changes": list(self.changes)}
        return {"stands_on": parts | ({"extended": self.extended} if self.extended else {})}


def standing_of(case: Case, grid: str = "") -> Standing:
    """What an answer about a case stands on; a blank grid is the workbook's own."""
    from models.build import name_of_function  # noqa: PLC0415 - the command line answers before numpy is loaded

    extended = name_of_function(case.extend) if case.extend is not None else ""
    return Standing(case.name or "Case", case.grid(grid).name, case.scenario, case.sets, extended)


def standing_of_plan(plan: Plan, case: Case | None = None) -> Standing:
    """What a plan stands on, from its record."""
    record = plan.record
    name = (case.name if case is not None else "") or record.case_name or "Plan"
    from planner.plan import EXTENDED  # noqa: PLC0415 - as above

    extended = str(record.health.get(EXTENDED, "")).partition(": ")[0]
    return Standing(name, record.grid, record.scenario, tuple(record.changes), extended)
