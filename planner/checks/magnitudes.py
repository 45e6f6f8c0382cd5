"""Magnitudes: a figure a thousand times its neighbours is more often a wrong unit than a fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from planner.case import Case
from planner.case.problems import Problem
from planner.sheets import Column, Row, columns
from planner.wording.figures import typed, whole

FEWEST = 4
"""Rows with a figure other than zero that are needed for a judgement."""
FREE_SCALE = frozenset(
    (
        "Evidence",
        "Rules",
        "Outcomes",
        "Outcome terms",
        "Coalition",
        "Effects",
        "Overrides",
        "Previous plan",
        "Milestones",
    )
)
"""Sheets whose numeric columns hold different units from row to row."""


def check(case: Case) -> list[Problem]:
    """Warn of every outlier with its neighbours' range."""
    problems: list[Problem] = []
    factor = case.policy("outlier factor")
    for sheet, rows in case.rows.items():
        if sheet.SHEET in FREE_SCALE or sheet.GROUP == "advanced":
            continue
        for column in columns(sheet):
            if column.numeric and column.kind != "share" and not column.key:
                for alike in _same_unit(rows, column):
                    problems += _column(alike, column, factor)
    return problems


def _same_unit(rows: Sequence[Row], column: Column) -> Iterable[Sequence[Row]]:
    """Rows whose figures can be compared: those of one unit where the column counts in units that rows name."""
    if "unit" not in column.unit or not any(hasattr(row, "unit") for row in rows):
        return [rows]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(getattr(row, "unit", "")).casefold(), []).append(row)
    return groups.values()


def _column(rows: Sequence[Row], column: Column, factor: float) -> Iterator[Problem]:
    """Compare each figure of a column with the others."""
    figures = [
        (row, abs(float(value)))
        for row in rows
        if column.field not in row.defaulted and (value := getattr(row, column.field))
    ]
    if len(figures) < FEWEST:
        return
    ranked = sorted(range(len(figures)), key=lambda at: figures[at][1])
    sizes = [figures[at][1] for at in ranked]
    for rank, at in enumerate(ranked):
        row, size = figures[at]
        middle = _median_without(sizes, rank)
        if middle / factor <= size <= middle * factor:
            continue
        more = size > middle
        how = f"{whole(size / middle)} times" if more else f"1/{whole(middle / size)} of"
        yield Problem(
            "magnitude",
            "warning",
            row.at(column.field),
            f"column '{column.name}': {typed(size)} is {how} the middle of the other rows, "
            f"which lie between {typed(sizes[rank == 0])} and {typed(sizes[-1 - (rank == len(sizes) - 1)])}.",
            f"Check the unit ({column.unit})." if column.unit else "Check the unit.",
            row.id,
        )


def _median_without(sizes: Sequence[float], rank: int) -> float:
    """Median of a sorted list without one of its members."""
    count = len(sizes) - 1
    lower, upper = (count - 1) // 2, count // 2
    return (sizes[lower + (lower >= rank)] + sizes[upper + (upper >= rank)]) / 2.0
