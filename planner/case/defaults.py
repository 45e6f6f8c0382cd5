"""Which blank cells of a case took a default, in words."""

from __future__ import annotations

from collections.abc import Iterator

from planner.case import Case
from planner.sheets import columns


def defaults_used(case: Case) -> Iterator[str]:
    """List every blank cell that took a default, by sheet and column."""
    for row_type, rows in case.rows.items():
        for column in columns(row_type):
            blank = [row for row in rows if column.field in row.defaulted]
            if blank and column.field not in ("source", "grade", "note") and column.blank:
                cells = f"blank in {len(blank)} of {len(rows)} rows"
                yield f"{row_type.SHEET}, {column.name}: {cells}, read as {column.blank}."
