"""A cell, or several, that a sweep turns: found by the words of `--set`, set to a value or scaled together.

Written `Sheet!row key.Column`, the row key with `*` at its end for all rows that begin so. A range is two values that
every cell takes (`10..40`), or two shares of what stands in each of them (`50%..150%`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.case import SETTINGS, Case
from planner.case.problems import Problem
from planner.cells.meanings import number_of
from planner.cells.names import column_named
from planner.cells.raw import folded
from planner.checks import check_case
from planner.explain.coefficient_limits import with_rows
from planner.sheets import BY_NAME, Column, Row, Settings, columns
from planner.tradeoffs.errors import TradeoffError, meant
from planner.wording.figures import digits, figure
from planner.wording.lists import listed
from planner.wording.units import single
from planner.workbook.changes import parse_set

_RANGE = re.compile(r"(?P<cell>.*)=\s*(?P<low>[^=]*?)\s*\.\.\s*(?P<high>[^=]*?)\s*")
OWN_UNIT = {"units": "", "unit of the outcome": "", "units a year": " a year", "units a day": " a day"}
"""Units of columns that stand for the unit of their row, and what follows it."""
FORM = "Write it as 'Sheet!row key.Column', for instance 'Appropriations!*.Amount' or 'Staff!clerk / Port.In post'."


@dataclass(frozen=True)
class InputCell:
    """One number of the workbook: its row, its column, and what stands there now (None: blank)."""

    sheet: type[Row]
    key: str
    column: Column
    now: float | None
    address: str

    @property
    def name(self) -> str:
        """Sheet, row and column in words."""
        return f"{self.sheet.SHEET}!{self.key}.{self.column.name}"


@dataclass(frozen=True)
class CellGroup:
    """Cells that move together over a range.

    `scaled`: a place in the range is a share of what stands in each cell (0.5 for half), else the number that every
    cell takes. `unit` is that of the cells where all have the same, else blank. `skipped` counts blank cells.
    """

    text: str
    cells: tuple[InputCell, ...]
    low: float
    high: float
    scaled: bool
    unit: str
    skipped: int = 0

    @property
    def length(self) -> float:
        """Length of the range."""
        return self.high - self.low

    @property
    def now(self) -> float | None:
        """Where the workbook stands in the range: 1 if scaled; None where the cells differ or are blank."""
        if self.scaled:
            return 1.0
        values = {cell.now for cell in self.cells}
        return values.pop() if len(values) == 1 else None

    @property
    def total(self) -> float | None:
        """Sum of the cells as they stand, where they have one unit."""
        if not self.unit or any(cell.now is None for cell in self.cells):
            return None
        return math.fsum(cell.now or 0.0 for cell in self.cells)

    @property
    def integer(self) -> bool:
        """Whether any cell takes whole numbers only."""
        return any(cell.column.kind == "whole" for cell in self.cells)

    @property
    def step(self) -> float:
        """How much of `step_unit` lies in one unit of the range: the price of one more is a slope divided by this."""
        if not self.scaled:
            return 1.0
        return self.total if self.total else 100.0

    @property
    def step_unit(self) -> str:
        """What one more is: a unit of the cell, of the cells' sum where they are scaled together, or one percent."""
        if not self.scaled:
            return (self.unit or "unit") + self._each
        return self.unit if self.total else "percent"

    @property
    def one_step(self) -> str:
        """The same for one of it, as a sentence says it: 'place in each cell'."""
        return self.step_unit if self.scaled and not self.total else single(self.unit or "unit") + self._each

    @property
    def _each(self) -> str:
        return " in each cell" if not self.scaled and len(self.cells) > 1 else ""

    def amount(self, place: float) -> float | None:
        """Sum of the cells at a place of the range, in their unit."""
        if not self.scaled:
            return place * len(self.cells) if self.unit else None
        return None if self.total is None else self.total * place

    def shown(self, place: float) -> str:
        """A place of the range as people write it."""
        return f"{figure(place * 100.0)} %" if self.scaled else figure(place)

    def value(self, cell: InputCell, place: float) -> float:
        """What a cell holds at a place of the range."""
        return (cell.now or 0.0) * place if self.scaled else place

    def case_at(self, case: Case, place: float) -> Case:
        """The case with the cells at a place of the range; the changes are noted as `--set` would write them."""
        changes: dict[tuple[type[Row], str], dict[str, object]] = {}
        for cell in self.cells:
            value = self.value(cell, place)
            typed = digits(value) if cell.sheet is Settings else int(value) if cell.column.kind == "whole" else value
            changes.setdefault((cell.sheet, cell.key), {})[cell.column.field] = typed
        sets = tuple(f"{cell.name}={digits(self.value(cell, place))}" for cell in self.cells)
        return replace(with_rows(case, changes), sets=(*case.sets, *sets))


def cell_group(
    case: Case, cells: str | Sequence[str], low: float | str | None = None, high: float | str | None = None
) -> CellGroup:
    """Find cells and their range. Raises TradeoffError that names what is wrong and what may have been meant.

    The range stands after each cell's name (`...=50%..150%`) or is given as `low` and `high`, numbers or texts.
    """
    texts = [cells] if isinstance(cells, str) else list(cells)
    if not texts:
        raise TradeoffError("Name at least one cell to vary. " + FORM)
    ends: set[tuple[float, float, bool]] = set()
    found: dict[tuple[str, str, str], InputCell] = {}
    for text in texts:
        within = _RANGE.fullmatch(text)
        name = within["cell"].strip() if within else text
        ends.add(_ends(within["low"], within["high"]) if within and low is None else _ends(low, high))
        for cell in _find(case, name):
            found[cell.sheet.SHEET, cell.key, cell.column.field] = cell
    if len(ends) > 1:
        message = "All cells move together, so they share one range; these differ: " + "; ".join(texts) + "."
        raise TradeoffError(message)
    bottom, top, scaled = ends.pop()
    used = [cell for cell in found.values() if cell.now is not None or not scaled]
    if not used:
        message = f"'{'; '.join(texts)}': every such cell is blank, so there is no number to take a share of."
        raise TradeoffError(message)
    units = {cell.column.unit for cell in used}
    group = CellGroup(
        "; ".join(texts), tuple(used), bottom, top, scaled, units.pop() if len(units) == 1 else "",
        len(found) - len(used),
    )  # fmt: skip
    _check_range(group)
    _check_values(case, group)
    return group


def _ends(low: float | str | None, high: float | str | None) -> tuple[float, float, bool]:
    """Both ends of a range, and whether they are shares."""
    if low is None or high is None or low == "" or high == "":
        message = "A range needs two ends, as in 50%..150% or 10..40."
        raise TradeoffError(message)
    (bottom, one), (top, other) = _number(low), _number(high)
    if one != other:
        message = f"The range {low}..{high} mixes a share with a number; write both ends with % or neither."
        raise TradeoffError(message)
    return bottom, top, one


def _number(end: float | str) -> tuple[float, bool]:
    """A figure, and whether it is a percentage."""
    text = str(end).strip()
    scaled = text.endswith("%")
    try:
        return number_of(text), scaled
    except ValueError as error:
        message = f"{error} Write the ends of a range as 50% and 150%, or as 10 and 40."
        raise TradeoffError(message) from error


def _find(case: Case, text: str) -> list[InputCell]:
    """Cells of one name."""
    problems: list[Problem] = []
    change = parse_set(f"{text}=0", problems)
    if change is None:
        problem = problems[0]
        said = problem.found.partition(": ")[2] or problem.found
        hint = f" Did you mean '{problem.suggestion}'?" if problem.suggestion else ""
        message = f"'{text}': {said}{hint} {FORM}"
        raise TradeoffError(message)
    sheet = BY_NAME[change.sheet]
    column = column_named(sheet, change.column)
    assert column is not None
    plain = folded(change.row)
    wild = plain.endswith("*")
    rows = [
        row
        for row in case.of(sheet)
        if (row.id.casefold().startswith(plain[:-1]) if wild else row.id.casefold() == plain)
    ]
    if not rows:
        message = (
            f"Sheet {sheet.SHEET} has no row '{change.row}'.{meant(change.row, [r.id for r in case.of(sheet)][:50])}"
        )
        raise TradeoffError(message)
    return [_cell(row, column) for row in rows]


def _cell(row: Row, column: Column) -> InputCell:
    """One cell; refuses what holds no number."""
    value = getattr(row, column.field)
    if isinstance(row, Settings):
        declared = next((s for s in SETTINGS if s.name == row.setting), None)
        if column.field == "value" and declared is not None and declared.kind == "number":
            number = replace(column, kind="number", unit=declared.unit, low=0.0)
            return InputCell(Settings, row.id, number, float(value) if value else None, row.origin(column.field))
    if not column.numeric:
        numbers = [c.name for c in columns(type(row)) if c.numeric]
        message = (
            f"{row.origin(column.field)} ('{row.id}', {column.name}) holds words ('{value}'), not a number, so it has "
            f"no range. Numbers on sheet {row.SHEET}: {listed(numbers)}."
        )
        raise TradeoffError(message)
    own = getattr(row, "unit", "")
    if own and column.unit in OWN_UNIT:
        column = replace(column, unit=f"{own}{OWN_UNIT[column.unit]}")
    return InputCell(type(row), row.id, column, None if value is None else float(value), row.origin(column.field))


def _check_range(group: CellGroup) -> None:
    """Refuse a range that is reversed, or one end of which no cell may take."""
    if group.high <= group.low:
        ends = f"{group.shown(group.low)} to {group.shown(group.high)}"
        turned = f"{group.shown(group.high)} to {group.shown(group.low)}"
        if group.high < group.low:
            message = f"The range from {ends} is reversed. Did you mean {turned}?"
        else:
            message = f"The range from {ends} has no length: both ends are the same."
        raise TradeoffError(message)
    if group.integer and group.scaled:
        message = (
            f"'{group.text}' takes whole numbers only, so it cannot be scaled; give two whole numbers as the range."
        )
        raise TradeoffError(message)
    for cell in group.cells:
        column = cell.column
        lowest = -math.inf if column.low is None else column.low
        highest = math.inf if column.high is None else column.high
        for place in (group.low, group.high):
            value = group.value(cell, place)
            if lowest <= value <= highest and not (column.positive and value <= 0.0):
                continue
            floor = "above 0" if column.positive else f"at least {figure(lowest)}" if lowest > -math.inf else ""
            ceiling = f"at most {figure(highest)}" if highest < math.inf else ""
            message = (
                f"The range leaves what may stand in {cell.address} ('{cell.key}', {column.name}): at "
                f"{group.shown(place)} it would be {figure(value)}, but it must be "
                f"{' and '.join(p for p in (floor, ceiling) if p)}. Choose a narrower range."
            )
            raise TradeoffError(message)


def _check_values(case: Case, group: CellGroup) -> None:
    """Refuse a range at whose ends the workbook would be refused, with the workbook's own message."""
    before = {(p.check, str(p.address)) for p in check_case(case) if p.severity == "error"}
    for place in (group.low, group.high):
        for problem in check_case(group.case_at(case, place)):
            if problem.severity == "error" and (problem.check, str(problem.address)) not in before:
                message = f"At {group.shown(place)} of the range the workbook would have an error: {problem}"
                raise TradeoffError(message)
