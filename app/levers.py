"""What-if levers made from a case's own cells: each moves a group of cells and is written as changes for `--set`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from planner.case import Case
from planner.sheets import Allotments, Appropriations, Arrivals, Row, Staff, columns

MOST = 5
"""Levers that are shown."""
RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True)
class Cell:
    """A cell that a lever moves; `most` is a limit that the workbook puts on it, `weight` its part in the total."""

    row: str
    value: float
    most: float | None = None
    weight: float = 1.0

    def held(self, percent: int) -> bool:
        """Whether its limit keeps it from following."""
        return self.most is not None and self.value * percent / 100.0 > max(self.most, self.value)

    def at(self, percent: int) -> float:
        """Value at a percentage of the present one."""
        if self.most is not None and self.held(percent):
            return max(self.most, self.value)
        return self.value * percent / 100.0


@dataclass(frozen=True)
class Lever:
    """A group of cells that move together, in percent of their present values."""

    key: str
    label: str
    unit: str
    help: str
    sheet: str
    column: str
    cells: tuple[Cell, ...]
    low: int = 50
    high: int = 150
    step: int = 5

    def total(self, percent: int = 100) -> float:
        """What the cells add up to."""
        return sum(cell.weight * cell.at(percent) for cell in self.cells)

    def sets(self, percent: int) -> tuple[str, ...]:
        """Changes for `--set`: one factor for the column, then the cells that a limit holds; none at 100 percent."""
        if percent == 100:
            return ()
        held = [cell for cell in self.cells if cell.held(percent)]
        return (
            f"{self.sheet}!*.{self.column}=*{percent / 100.0:g}",
            *(f"{self.sheet}!{cell.row}.{self.column}={cell.at(percent):.9g}" for cell in held),
        )


def levers(case: Case) -> list[Lever]:
    """Find the levers that this case has cells for, at most :data:`MOST`."""
    years = {phase.name: (phase.end - phase.start) / 365.0 for phase in case.phases}
    found = [
        _lever(case.of(Appropriations), "amount", "money", "All appropriations, %", "USD million over the plan",
               "Every amount on sheet Appropriations moves together."),
        _lever(case.of(Staff), "on_board", "officers", "Officers and staff on board, %", "FTE on day one",
               "Everybody in post on day one, every cadre and station; no cell goes above its ceiling of posts.",
               lambda row: row.ceiling),
        _lever(case.of(Staff), "hiring_limit", "hiring", "Hiring limit, %", "hires a year, all cadres",
               "How many can be hired in a year, every cadre and station."),
        _lever(case.of(Arrivals), "rate", "arrivals", "Arrivals, %", "people over the plan",
               "People who come by themselves, every row of sheet Arrivals.",
               weight=lambda row: years.get(row.phase, 1.0)),
        _lever(case.of(Allotments), "amount", "numbers", "Visas and resettlement places, %", "numbers over the plan",
               "Every allotment of every cap, ceiling and pledge; a set-aside is counted in its cap too."),
    ]  # fmt: skip
    return [lever for lever in found if lever is not None][:MOST]


def _lever(
    rows: Iterable[RowT],
    field: str,
    key: str,
    label: str,
    unit: str,
    help_text: str,
    most: Callable[[RowT], float | None] = lambda _row: None,
    weight: Callable[[RowT], float] = lambda _row: 1.0,
) -> Lever | None:
    """Make a lever of every row with a figure other than nought in the field; None if there is none."""
    found = [row for row in rows if getattr(row, field)]
    if not found:
        return None
    kind = type(found[0])
    column = next(c.name for c in columns(kind) if c.field == field)
    cells = tuple(Cell(row.id, float(getattr(row, field)), most(row), weight(row)) for row in found)
    return Lever(key, label, unit, help_text, kind.SHEET, column, cells)
