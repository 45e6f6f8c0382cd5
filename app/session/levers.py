"""What-if levers made from a case's own cells: each moves a group of cells and is written as changes for `--set`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from planner.case import Case
from planner.sheets import Allotments, Appropriations, Arrivals, Row, Staff, columns
from planner.wording.figures import digits
from planner.wording.lists import in_a_row

MOST_SINGLE = 3
"""Single accounts and single pools, the largest first, that have a lever of their own."""
NEUTRAL, LOW, HIGH, STEP = 100.0, 50.0, 150.0, 1.0
"""Settings of a lever, in percent of what the workbook says."""
RANGE_REASON = "further away from the workbook's figure its unit costs and yields have no source"
SCALE = ((0.05, "as now"), (10.0, "modest"), (25.0, "strong"))
BEYOND = "far from anything in the workbook"
GRADES = ("S", "D", "A", "U")
"""Grades of rows, the weakest last."""
RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True)
class LeverCell:
    """A cell that a lever moves; `most` is a limit that the workbook puts on it, `weight` its part in the total."""

    row: str
    value: float
    most: float | None = None
    weight: float = 1.0

    def held(self, percent: float) -> bool:
        """Whether its limit keeps it from following."""
        return self.most is not None and self.value * percent / 100.0 > max(self.most, self.value)

    def at(self, percent: float) -> float:
        """Value at a percentage of the present one."""
        if self.most is not None and self.held(percent):
            return max(self.most, self.value)
        return self.value * percent / 100.0


@dataclass(frozen=True)
class Lever:
    """A group of cells that move together, in percent of what the workbook says; they add up to so much of `unit`.

    `pattern` names the rows as `--set` does; `source` and `grade` say what stands behind the workbook's figures.
    """

    key: str
    group: str
    name: str
    unit: str
    help: str
    sheet: str
    column: str
    pattern: str
    cells: tuple[LeverCell, ...]
    source: str = ""
    grade: str = ""
    low: float = LOW
    high: float = HIGH
    step: float = STEP
    neutral: float = NEUTRAL

    @property
    def label(self) -> str:
        """Name with unit and period."""
        return f"{self.name} ({self.unit})"

    @property
    def cells_named(self) -> str:
        """The cells as `--set` and `planner sweep` name them."""
        return f"{self.sheet}!{self.pattern}.{self.column}"

    def total(self, percent: float = NEUTRAL) -> float:
        """What the cells add up to; limits of the workbook may hold some."""
        return sum(cell.weight * cell.at(percent) for cell in self.cells)

    def percent_of(self, total: float) -> float:
        """The setting that asks for this total."""
        return total / self.total() * 100.0

    def changes(self, percent: float) -> tuple[str, ...]:
        """Changes for `--set`: one factor for all cells, then the cells that a limit holds; none at 100 percent."""
        if abs(percent - NEUTRAL) < 1e-6:
            return ()
        held = [cell for cell in self.cells if cell.held(percent)]
        return (
            f"{self.cells_named}=*{digits(percent / 100.0, 9)}",
            *(f"{self.sheet}!{cell.row}.{self.column}={digits(cell.at(percent), 9)}" for cell in held),
        )

    def setting_in(self, changes: Sequence[str]) -> float:
        """The setting that made these changes; 100 if none did."""
        head = f"{self.cells_named}=*"
        for change in changes:
            if change.startswith(head):
                percent = round(float(change.removeprefix(head)) * 100.0, 7)
                if set(self.changes(percent)) <= set(changes):
                    return percent
        return NEUTRAL

    def scale(self, percent: float) -> str:
        """How large a change is, in a word."""
        moved = abs(percent - NEUTRAL)
        return next((word for limit, word in SCALE if moved <= limit), BEYOND)


class About(NamedTuple):
    """What a lever is called: its name in links, its group, its name, its unit, what it does."""

    key: str
    group: str
    name: str
    unit: str
    help: str


MILLIONS = "USD million over the plan"
NUMBERS = "places over the plan"


def levers(case: Case) -> list[Lever]:
    """Find the levers that this case has cells for: of every group first the whole, then its largest parts."""
    years = {phase.name: (phase.end - phase.start) / 365.0 for phase in case.phases}
    money, numbers = case.of(Appropriations), case.of(Allotments)
    funds = About("funds", "Money", "All appropriations", MILLIONS, "Every amount on sheet Appropriations.")
    officers = About(
        "officers", "Officers and staff", "In post on day one", "full-time staff",
        "Every cadre and duty station; no cell goes above its authorised posts.",
    )  # fmt: skip
    hiring = About(
        "hiring", "Officers and staff", "Hiring limit", "people a year",
        "How many can be hired in a year, every cadre and duty station.",
    )  # fmt: skip
    arrivals = About(
        "arrivals", "People who come", "Arrivals", "people over the plan",
        "People who come by themselves, every row of sheet Arrivals.",
    )  # fmt: skip
    places = About(
        "places", "Visas and places", "All visas and places", NUMBERS,
        "Every phase of every cap, ceiling and pledge; a set-aside is counted in its cap too.",
    )  # fmt: skip
    found = [
        _lever(money, "amount", funds),
        *_single(money, lambda row: row.account, "amount", funds, "This account alone, in every phase."),
        _lever(case.of(Staff), "on_board", officers, most=lambda row: row.ceiling),
        _lever(case.of(Staff), "hiring_limit", hiring),
        _lever(case.of(Arrivals), "rate", arrivals, weight=lambda row: years.get(row.phase, 1.0)),
        _lever(numbers, "amount", places),
        *_single(numbers, lambda row: row.pool, "amount", places, "This quota alone, in every phase."),
    ]
    return [lever for lever in found if lever is not None]


def _single(
    rows: Iterable[RowT], whose: Callable[[RowT], str], field: str, about: About, help_text: str
) -> list[Lever | None]:
    """Levers for the largest owners of the rows, where there are more owners than levers."""
    owned: dict[str, list[RowT]] = {}
    for row in rows:
        if getattr(row, field):
            owned.setdefault(whose(row), []).append(row)
    if len(owned) <= MOST_SINGLE:
        return []
    largest = sorted(owned, key=lambda name: (-sum(float(getattr(r, field)) for r in owned[name]), name))
    return [
        _lever(
            owned[name], field, about._replace(key=f"{about.key}{number}", name=name, help=help_text),
            pattern=f"{name} / *",
        )
        for number, name in enumerate(largest[:MOST_SINGLE], start=1)
    ]  # fmt: skip


def _lever(
    rows: Iterable[RowT],
    field: str,
    about: About,
    *,
    pattern: str = "*",
    most: Callable[[RowT], float | None] = lambda _row: None,
    weight: Callable[[RowT], float] = lambda _row: 1.0,
) -> Lever | None:
    """Make a lever of every row with a figure other than nought in the field; None if there is none."""
    found = [row for row in rows if getattr(row, field)]
    if not found:
        return None
    kind = type(found[0])
    column = next(c.name for c in columns(kind) if c.field == field)
    cells = tuple(LeverCell(row.id, float(getattr(row, field)), most(row), weight(row)) for row in found)
    source, grade = _behind(found, column)
    return Lever(*about, kind.SHEET, column, pattern, cells, source, grade)


def _behind(rows: Sequence[Row], column: str) -> tuple[str, str]:
    """Sources of a column of the rows, and the weakest grade among the rows."""
    found: list[str] = []
    for row in rows:
        for part in row.source.split(";"):
            named, colon, rest = part.rpartition(":")
            if not colon or named.strip().casefold() == column.casefold():
                found += [one.strip() for one in rest.split(",") if one.strip()]
    sources = list(dict.fromkeys(found))
    grades = [row.grade for row in rows if row.grade in GRADES]
    return in_a_row(sources, 4), max(grades, key=GRADES.index, default="")
