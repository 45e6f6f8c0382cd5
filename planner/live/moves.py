"""What the last change did: the figures that moved most, outcomes first by points, then rows by money."""

from __future__ import annotations

from collections.abc import Mapping

from planner.live.answers import LiveAnswer, Move
from planner.live.base import ModelStructure
from planner.live.readings import Line
from planner.ordering import place
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import MILLION

MOST, OUTCOMES = 5, 3
"""Figures that are listed, and how many of them are outcomes where there are rows to list too."""
SAME = 1e-6
"""Relative difference below which a figure has not moved."""


def figures_of_plan(plan: Plan) -> dict[Line, float]:
    """The same figures as an answer has, read from a plan's tables."""
    found: dict[Line, float] = {}
    for name, value in table(plan, "outcomes")[["outcome", "value"]].itertuples(index=False):
        found["outcome", str(name)] = float(value)
    for sheet, row, level in table(plan, "activities")[["sheet", "row", "level"]].itertuples(index=False):
        key = ("amount", str(sheet), str(row))
        found[key] = found.get(key, 0.0) + float(level)
    for sheet, row, taken in table(plan, "switches")[["sheet", "row", "taken"]].itertuples(index=False):
        key = ("amount", str(sheet), str(row))
        found[key] = found.get(key, 0.0) + float(taken)
    for sheet, row, cost in table(plan, "bills")[["sheet", "row", "cost"]].itertuples(index=False):
        key = ("money", str(sheet), str(row))
        found[key] = found.get(key, 0.0) + float(cost) / MILLION
    return found


def moves_between(
    structure: ModelStructure, before: Mapping[Line, float], after: Mapping[Line, float]
) -> tuple[Move, ...]:
    """The largest differences: outcomes by their points, rows by their money, other rows by their share."""
    outcomes: list[tuple[float, Move]] = []
    rows: dict[tuple[str, str], tuple[tuple[float, float], Move]] = {}
    for line, label in structure.labels.items():
        one, two = before.get(line, 0.0), after.get(line, 0.0)
        if abs(two - one) <= SAME * max(abs(one), abs(two), 1e-3):
            continue
        size = abs(two - one) / max(abs(one), abs(two))
        if line[0] == "outcome":
            points = abs(structure.weights.get(line[1], 0.0) * (two - one))
            outcomes.append((points or 1e-12 * size, Move("outcome", line[1], label.name, label.unit, one, two)))
            continue
        subject = (line[1], line[2])
        move = Move("row", f"{line[1]}!{line[2]}", label.name, label.unit, one, two)
        weight = (abs(two - one), size) if line[0] == "money" else (0.0, size)
        if subject not in rows or weight > rows[subject][0]:
            rows[subject] = (weight, move)
    outcomes.sort(key=lambda pair: (-place(pair[0]), pair[1].name))
    others = [
        move
        for _, move in sorted(rows.values(), key=lambda pair: (-place(pair[0][0]), -place(pair[0][1]), pair[1].name))
    ]
    first = [move for _, move in outcomes]
    shown = max(OUTCOMES, MOST - len(others))
    return tuple((*first[:shown], *others)[:MOST])


def moves_of(
    structure: ModelStructure, before: LiveAnswer | Plan | None, after: Mapping[Line, float]
) -> tuple[Move, ...]:
    """The largest differences to an answer or a plan; none where there is nothing to compare with."""
    if before is None:
        return ()
    earlier = before.figures if isinstance(before, LiveAnswer) else figures_of_plan(before)
    return moves_between(structure, earlier, after) if earlier else ()
