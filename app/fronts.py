"""What the worker process answers about trade-offs: a front with all its plans, and a ladder of one resource."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from planner.options import GAP, Options
from planner.progress import Progress
from planner.solver.runs import RunContext
from planner.tradeoffs.sweeping.curves import Sweep
from planner.tradeoffs.sweeping.sweeps import sweep
from planner.tradeoffs.sweeping.telling import sweep_answer

if TYPE_CHECKING:
    from app.answers import Asked


def ladder(asked: Asked) -> dict[str, Any]:
    """Everything that the plan gives as a group of cells goes through a range."""
    request = asked.request

    def news(progress: Progress) -> None:
        asked.tell({"kind": "progress", "stage": progress.stage, "message": progress.message or None})

    options = Options(gap=GAP, grid=asked.options.grid, time_limit=asked.options.time_limit)
    found = sweep(
        asked.case, request["cells"], request["low"], request["high"], points=int(request["points"]),
        options=RunContext(options, news, asked.stop),
    )  # fmt: skip
    return {
        "points": [
            {"place": p.place, "shown": p.shown, "amount": p.amount, "found": p.found, "objective": p.objective,
             "bound": p.bound, "gap": p.gap, "marginal": p.marginal, "base": p.base, "outcomes": dict(p.gift.outcomes)}
            for p in found.points
        ],
        "units": dict(found.units), "better": dict(found.better), "unit": found.group.step_unit,
        "kinks": [dataclasses.asdict(k) for k in found.kinks], "exact": found.exact, "complete": found.complete,
        "notes": list(found.notes), "method": found.method, "answer": _said(found),
    }  # fmt: skip


def _said(found: Sweep) -> str:
    """The answer in sentences."""
    return sweep_answer(found)
