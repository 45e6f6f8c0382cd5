"""Figures of sheet Evidence with a range, and the cells that rest on them: one rule for all who move or draw them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.case import Case
from planner.sheets import BY_NAME, Column, Evidence, Pipelines, Recommendations, Row, Settings, columns

How = Literal["as it stands", "in proportion"]
SAME = 1e-6
"""Relative distance at which a cell holds the figure itself."""


@dataclass(frozen=True)
class AffectedCell:
    """A cell that rests on a figure. `how`: it holds the figure itself, or moves in proportion to it."""

    sheet: type[Row]
    row: str
    field: str
    column: str
    cell: str
    now: float
    low: float
    high: float
    how: How


@dataclass(frozen=True)
class UncertainInput:
    """A figure with a range and the cells that rest on it."""

    id: str
    statement: str
    grade: str
    unit: str
    central: float
    low: float
    high: float
    cells: tuple[AffectedCell, ...]


def uncertain_inputs(case: Case) -> tuple[tuple[UncertainInput, ...], tuple[str, ...]]:
    """Figures with a range that cells rest on, and the ids of figures with a range that no cell could be tied to.

    A cell rests on a figure if its row cites it in Source, for its column or for the whole row, if it counts the same
    kind of thing (money, shares, days, people ...), and if either it holds the figure itself or it is the only such
    cell that is meant; then it moves in proportion. Shares of one stage move together, so that they still add up. A
    range that such cells themselves fill says how kinds differ, not how far the figure is in doubt, and moves nothing.
    """
    ranged = {
        e.evidence.casefold(): e
        for e in case.of(Evidence)
        if e.value is not None and e.low is not None and e.high is not None and e.low < e.high
    }
    tied: dict[str, list[AffectedCell]] = {name: [] for name in ranged}
    for kind in BY_NAME.values():
        if kind in (Evidence, Recommendations, Settings):
            continue
        for row in case.of(kind):
            for name, meant in _cited(row):
                if name in ranged:
                    tied[name] += _affected(row, ranged[name], meant)
    tied = {name: [] if _fills(ranged[name], cells) else cells for name, cells in tied.items()}
    found = tuple(
        UncertainInput(
            e.evidence, e.statement, e.grade, e.unit, float(e.value), float(e.low), float(e.high), tuple(cells)
        )
        for name, e in ranged.items()
        if (cells := tied[name]) and e.value is not None and e.low is not None and e.high is not None
    )
    known = {one.id for one in found}
    return found, tuple(e.evidence for e in ranged.values() if e.evidence not in known)


def _fills(figure: Evidence, cells: Sequence[AffectedCell]) -> bool:
    """Whether cells of one column spread over most of the range already."""
    assert figure.low is not None
    assert figure.high is not None
    values: dict[tuple[str, str], list[float]] = {}
    for cell in cells:
        if figure.low <= cell.now <= figure.high:
            values.setdefault((cell.sheet.SHEET, cell.field), []).append(cell.now)
    return any(max(v) - min(v) > 0.5 * (figure.high - figure.low) for v in values.values())


def _cited(row: Row) -> Iterator[tuple[str, list[Column] | None]]:
    """Figures that a row cites, folded, with the columns named for them; None where no column is named."""
    own = {column.name.casefold(): column for column in columns(type(row))}
    for clause in row.source.split(";"):
        head, _, ids = clause.rpartition(":")
        meant = [own[head.strip().casefold()]] if head.strip().casefold() in own else None
        for name in re.split(r"[,\s]\s*", ids.strip()):
            if name:
                yield name.casefold(), meant


def _affected(row: Row, figure: Evidence, meant: list[Column] | None) -> list[AffectedCell]:
    """Cells of a row that rest on a figure."""
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    central = float(figure.value)
    numbers = [c for c in meant or columns(type(row)) if c.kind in ("number", "share") and row.cells.get(c.field)]
    held = [(c, float(v)) for c in numbers if (v := getattr(row, c.field)) is not None]
    same = [(c, v) for c, v in held if meant or not figure.unit or _kind(c.unit) == _kind(figure.unit)]
    exact = [(c, v) for c, v in same if math.isclose(v, central, rel_tol=SAME, abs_tol=1e-12)]
    if exact:
        cells = [_cell(row, c, v, float(figure.low), float(figure.high), "as it stands") for c, v in exact]
        return [*cells, *_balanced(row, cells)]
    if not central or (isinstance(row, Pipelines) and meant and meant[0].field.startswith("share")):
        return []
    alike = [(c, v) for c, v in held if _kind(c.unit) == _kind(figure.unit) and v]
    if len(alike) != 1:
        return []
    column, value = alike[0]
    low, high = (value * float(end) / central for end in (figure.low, figure.high))
    return [_cell(row, column, value, low, high, "in proportion")]


def _cell(row: Row, column: Column, value: float, low: float, high: float, how: How) -> AffectedCell:
    """A cell with both ends of its range, within what may stand there."""
    least = -math.inf if column.low is None else column.low
    most = math.inf if column.high is None else column.high
    bottom, top = (min(max(end, least), most) for end in (low, high))
    return AffectedCell(type(row), row.id, column.field, column.name, row.origin(column.field), value, bottom, top, how)


def _balanced(row: Row, cells: Sequence[AffectedCell]) -> list[AffectedCell]:
    """The other shares of a stage, moved against those that move so that their sum stays."""
    if not isinstance(row, Pipelines):
        return []
    shares = {c.field: c for c in columns(type(row)) if c.field.startswith("share")}
    moved = [c for c in cells if c.field in shares]
    rest = [(c, float(v)) for f, c in shares.items() if f not in {m.field for m in moved} and (v := getattr(row, f))]
    total = math.fsum(v for _, v in rest)
    if not moved or not total:
        return []
    low, high = (math.fsum(getattr(m, end) - m.now for m in moved) for end in ("low", "high"))
    return [_cell(row, c, v, v - low * v / total, v - high * v / total, "in proportion") for c, v in rest]


def _kind(unit: str) -> str:
    """What a unit counts."""
    words = unit.casefold()
    for kind in ("usd million", "usd", "share", "day", "factor", "point", "vote"):
        if words.startswith(kind):
            return kind
    return "number" if words else ""
