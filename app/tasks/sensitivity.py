"""What the worker process answers about uncertain figures: what each does to the plan at both ends of its range."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any

from planner.explain.sensitivity import RangeEnd, TornadoBar, one_at_a_time
from planner.options import Options
from planner.run.progress import Progress

if TYPE_CHECKING:
    from app.tasks.answers import Asked


def uncertain(asked: Asked) -> dict[str, Any]:
    """Figures moved to the ends of their ranges, with the decisions held and searched anew."""
    request = asked.request

    def tell(progress: Progress) -> None:
        asked.tell(
            {"kind": "progress", "stage": progress.stage, "message": progress.message, "keep": progress.kept or None}
        )

    options = Options(gap=asked.options.gap, grid=asked.options.grid, time_limit=asked.options.time_limit)
    found = one_at_a_time(
        asked.case, asked.plan(), inputs=int(request["inputs"]), searched=int(request["searched"]), options=options,
        on_progress=tell, interrupt=asked.stop,
    )  # fmt: skip
    return {
        "base": dict(found.base), "best": dict(found.best), "best_gap": found.best_gap,
        "swings": [_swing(s) for s in found.bars], "untied": len(found.untied), "left_out": found.left_out,
        "complete": found.complete,
    }  # fmt: skip


def _swing(bar: TornadoBar) -> dict[str, Any]:
    """A figure with its cells and its ends as plain data."""
    one = bar.input
    cells = Counter(f"{c.sheet.SHEET}, {c.column}" for c in one.cells)
    first = {f"{c.sheet.SHEET}, {c.column}": c.cell for c in reversed(one.cells)}
    return {
        "id": one.id, "statement": one.statement, "grade": one.grade, "unit": one.unit, "central": one.central,
        "ends": [one.low, one.high],
        "cells": [f"{where}: {first[where]}" + (f" and {n - 1} more" if n > 1 else "") for where, n in cells.items()],
        "proportion": sum(c.how == "in proportion" for c in one.cells), "count": len(one.cells),
        "low": _end(bar.low), "high": _end(bar.high), "low_free": _end(bar.low_free),
        "high_free": _end(bar.high_free),
    }  # fmt: skip


def _end(end: RangeEnd | None) -> dict[str, Any] | None:
    """One end as plain data."""
    return None if end is None else dataclasses.asdict(end)
