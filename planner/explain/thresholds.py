"""What would change it: the smallest change of one cell after which a row enters, leaves or halves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from planner.case import Case
from planner.cells.names import column_named, sheet_named
from planner.explain.coefficient_limits import with_rows
from planner.explain.solved_case import SolvedCase
from planner.explain.why import UnknownRowError, subject
from planner.ordering import place
from planner.sheets import Column, Row
from planner.solve import prepare, search
from planner.solver.carrying import carried_to
from planner.solver.session import Session
from planner.wording.figures import figure

Event = Literal["enters", "leaves", "halves"]


@dataclass(frozen=True)
class Threshold:
    """The smallest change of one cell after which a row enters, leaves or halves; None if no change tried does it."""

    sheet: str
    row: str
    event: Event
    cell: str
    column: str
    unit: str
    now: float
    found: float | None
    tried: tuple[float, float]
    solves: int
    sentence: str


def what_would_change(
    solved: SolvedCase,
    sheet: str,
    row: str,
    event: Event,
    cell: tuple[str, str, str],
    *,
    tolerance: float = 0.01,
    free: bool = False,
    factor: float = 16.0,
) -> Threshold:
    """Search one cell, up and down, for the nearest value after which a row enters, leaves or halves.

    Args:
        solved: An opened plan.
        sheet: Sheet of the row.
        row: Its key.
        event: 'enters', 'leaves' or 'halves'.
        cell: (sheet, row key, column) of a number.
        tolerance: Share of the present value to which the nearer end is found, by bisection.
        free: Whether yes-or-no decisions are searched anew each time; else they stay.
        factor: Values up to so many times as large and as small are tried (shares up to one).

    Returns:
        The value in the column's unit; None where no value that was tried does it.

    Raises:
        UnknownRowError: There is no such row or cell, or the cell holds no number.

    Example:
        >>> found = planner.explain.what_would_change(
        ...     solved, "Programmes", "recruitment support", "leaves", ("Programmes", "recruitment support", "At most"))
        >>> (found.event, found.cell, found.now)
        ('leaves', 'Programmes!J6', 4000.0)
    """
    name = subject(solved, sheet, row)
    source, field, low, high = _number_cell(solved.case, cell)
    now = float(getattr(source, field.field))
    solves = 0

    def reached(value: float) -> bool:
        nonlocal solves
        solves += 1
        level = _level_with(solved, source, field.field, value, name, free=free)
        return level is not None and _happened(event, before, level)

    start = _level_with(solved, source, field.field, now, name, free=free)
    before = start if start is not None else 0.0
    base = abs(now) if now else 1.0
    ends = [min(high, now + base * (factor - 1.0)), max(low, now / factor if now else low)]
    found: list[float] = []
    for end in ends:
        if end != now and reached(end):
            near, far = now, end
            while abs(far - near) > tolerance * base:
                middle = (near + far) / 2.0
                near, far = (near, middle) if reached(middle) else (middle, far)
            found.append(far)
    best = min(found, key=lambda v: place(abs(v - now)), default=None)
    result = Threshold(
        sheet, row, event, source.origin(field.field), field.name, field.unit, now, best, (ends[1], ends[0]), solves, ""
    )
    return replace(result, sentence=_say_threshold(result))


def _happened(event: Event, before: float, level: float) -> bool:
    """Whether the level has crossed the line."""
    tiny = max(1e-6, 1e-6 * abs(before))
    if event == "enters":
        return before <= tiny < level
    return level <= tiny if event == "leaves" else level <= before / 2.0 + tiny


def _number_cell(case: Case, cell: tuple[str, str, str]) -> tuple[Row, Column, float, float]:
    """The row and column of a cell with a number in it, and the range that it may take."""
    sheet, key, title = cell
    kind = sheet_named(sheet)
    source = case.find(kind, key) if kind is not None else None
    column = column_named(kind, title) if kind is not None else None
    if source is None or column is None or not column.numeric:
        message = f"There is no number at '{sheet}!{key}.{title}'."
        raise UnknownRowError(message)
    if getattr(source, column.field) is None:
        message = f"'{sheet}!{key}.{title}' is blank (read as: {column.blank}), so there is no number to change."
        raise UnknownRowError(message)
    return (
        source,
        column,
        -math.inf if column.low is None else column.low,
        math.inf if column.high is None else column.high,
    )


def _level_with(solved: SolvedCase, source: Row, field: str, value: float, name: str, *, free: bool) -> float | None:
    """Level of an activity (or whether a switch is taken) with another number in one cell; None without a plan."""
    case = with_rows(solved.case, {(type(source), source.id): {field: value}})
    model = prepare(case, solved.options)
    if free:
        answer = search(model, solved.options)
    else:
        session = Session(model.matrix, solved.options)
        session.fix_integers(carried_to(solved.values, solved.built, model.built))
        answer = session.run()
    if answer.values is None:
        return None
    built = model.built
    if name in built.switches.by_id:
        return built.switches.taken(name).value(answer.values)
    return math.fsum(built.activities.level[name, t].value(answer.values) for t in built.activities.active[name])


def _say_threshold(result: Threshold) -> str:
    """What would change it, in a sentence."""
    word = {"enters": "comes in", "leaves": "drops out", "halves": "is halved"}[result.event]
    unit = f" {result.unit}" if result.unit else ""
    name, where, now = f"'{result.row}'", f"{result.column} ({result.cell})", figure(result.now)
    if result.found is None:
        ends = f"{figure(result.tried[0])} and {figure(result.tried[1])}{unit}"
        return f"{name} never {word} while {where} lies between {ends} (now {now})."
    beyond = "over" if result.found > result.now else "under"
    return f"{name} {word} only if {where} is {beyond} about {figure(result.found)}{unit}; it is {now} now."
