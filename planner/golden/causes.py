"""Why a figure may have moved: the input cells that differ, nearest first; else options, packages, or our own code."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from planner.case import Case
from planner.cells.names import sheet_named, titles_of
from planner.cells.raw import folded
from planner.golden.compare import FigureChange, InputChange
from planner.golden.figures import Inputs
from planner.ordering import place
from planner.sheets import BY_NAME, columns

MOST = 3
"""Causes that are named with one change."""

SHEETS_OF: Mapping[str, tuple[str, ...]] = {
    "money": ("Funding", "Appropriations", "Transfers"),
    "outcomes": ("Outcomes", "Outcome terms"),
    "rules": ("Rules", "Coalition"),
    "switches": ("Reforms", "Effects", "Milestones", "Sites"),
}
"""Sheets whose cells are the first to be suspected for a group of figures."""


def changed_inputs(before: Inputs, after: Inputs, case: Case) -> tuple[InputChange, ...]:
    """Every input cell that differs, by sheet and row; a row new or gone is told once."""
    found: list[InputChange] = []
    before = _of_today(before)
    for sheet in [*BY_NAME, *sorted(set(before) - set(BY_NAME))]:
        old, new = before.get(sheet, {}), after.get(sheet, {})
        for row in sorted({*old, *new}):
            found += _changed_row(sheet, row, old.get(row), new.get(row), case)
    return tuple(found)


def _of_today(inputs: Inputs) -> Inputs:
    """Inputs that an earlier form of the workbook gave, with the names of today."""
    found: Inputs = {}
    for name, rows in inputs.items():
        sheet = sheet_named(name)
        if sheet is None:
            found[name] = rows
            continue
        titles = titles_of(sheet)
        found[sheet.SHEET] = {
            row: {titles[t].name if (t := folded(title)) in titles else title: text for title, text in cells.items()}
            for row, cells in rows.items()
        }
    return found


def _changed_row(
    sheet: str, row: str, old: Mapping[str, str] | None, new: Mapping[str, str] | None, case: Case
) -> Iterator[InputChange]:
    """Cells of one row that differ."""
    typed = case.find(BY_NAME[sheet], row) if sheet in BY_NAME else None
    if old is None or new is None:
        cell = typed.origin() if typed is not None else ""
        yield InputChange(sheet, row, "", cell, "" if old is None else "there", "" if new is None else "there")
        return
    fields = {c.name: c.field for c in columns(BY_NAME[sheet])} if sheet in BY_NAME else {}
    for column in [*fields, *sorted((set(old) | set(new)) - set(fields))]:
        was, now = old.get(column, ""), new.get(column, "")
        if was != now:
            cell = typed.origin(fields[column]) if typed is not None and column in fields else ""
            yield InputChange(sheet, row, column, cell, was, now)


def changed_around(
    before: Mapping[str, Any], after: Mapping[str, Any], versions: tuple[Mapping[str, str], Mapping[str, str]]
) -> tuple[str, ...]:
    """Options and packages that differ, in words."""
    lines = [
        f"option {name}: {before.get(name)} -> {after.get(name)}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    old, new = versions
    lines += [
        f"{name} {old.get(name, 'absent')} -> {new.get(name, 'absent')}"
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]
    return tuple(lines)


def with_causes(
    changes: Iterable[FigureChange], inputs: Sequence[InputChange], around: Sequence[str], rows: Sequence[Inputs]
) -> tuple[FigureChange, ...]:
    """Each change with the cells that most likely moved it, or what else differs where no cell does.

    A cell is near a figure when its row bears the figure's name (an account, a country, an outcome, a decision, a
    rule), when another cell of its row does, or when it stands on the sheet that such figures come from; among equally
    near ones the cell that moved most is named first. Where a single cell differs, nothing else can be the cause.
    """
    told = []
    for change in changes:
        if inputs:
            near = sorted(
                inputs, key=lambda cell: (-_nearness(change, cell, rows), -place(_moved(cell)), cell.sentence)
            )
            causes = tuple(cell.sentence for cell in near[:MOST])
        elif around:
            causes = tuple(around[:MOST])
        else:
            causes = ("no input cell, option or package differs: the planner's own code has changed",)
        told.append(dataclasses.replace(change, causes=causes))
    return tuple(told)


def _nearness(change: FigureChange, cell: InputChange, rows: Sequence[Inputs]) -> int:
    """How near a cell is to a figure, from 0 (same workbook) to 4 (the row of that name)."""
    names = [name.partition(" [")[0].partition(":")[2] or name.partition(" [")[0] for name in change.path]
    if cell.sheet in SHEETS_OF.get(change.group, ()) and any(_within(name, cell.row) for name in names):
        return 4
    if any(_within(name, cell.row) for name in names):
        return 3
    mentions = {text for side in rows for text in side.get(cell.sheet, {}).get(cell.row, {}).values()}
    if any(_within(name, text) for name in names for text in mentions):
        return 2
    return int(cell.sheet in SHEETS_OF.get(change.group, ()))


def _within(name: str, text: str) -> bool:
    """Whether a name stands in a text as a part of its own."""
    name = name.strip().casefold()
    parts = {part.strip() for mark in (" / ", ";", ",") for part in text.casefold().split(mark)}
    return len(name) > 1 and (name == text.casefold() or name in parts)


def _moved(cell: InputChange) -> float:
    """Share by which a figure in a cell moved; a changed word or row counts as all of it."""
    try:
        old, new = float(cell.before), float(cell.after)
    except ValueError:
        return 1.0
    size = max(abs(old), abs(new))
    return abs(new - old) / size if size > 0.0 and math.isfinite(size) else 0.0
