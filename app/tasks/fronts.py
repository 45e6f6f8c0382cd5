"""What the worker process answers about trade-offs: a front with all its plans, and a ladder of one resource."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.session.store import save_plan
from planner.options import GAP, Options
from planner.plan import Status
from planner.run.progress import Progress
from planner.tradeoffs import front_of_case
from planner.tradeoffs.sweeping.curves import Sweep
from planner.tradeoffs.sweeping.sweeps import sweep
from planner.tradeoffs.sweeping.telling import sweep_answer
from planner.verify import verify

if TYPE_CHECKING:
    from app.tasks.answers import Asked
    from planner.tradeoffs.points import Front

AFTER_STOP = 1.0
"""Seconds for which plans are still written down after somebody has pressed Cancel."""


def front(asked: Asked) -> dict[str, Any]:
    """Plans between two outcomes, none of which beats another in both; each kept as a whole plan, checked."""
    request = asked.request
    names, points = list(request["outcomes"]), int(request["points"])

    def news(progress: Progress) -> None:
        words = progress.message.replace("sub-problems", "searches").replace(" of the front", "")
        asked.tell(
            {"kind": "progress", "stage": progress.stage, "message": words or None, "keep": progress.kept or None}
        )

    options = Options(gap=GAP, grid=asked.options.grid)  # as the command line has it, so that it finds the same plans
    found = front_of_case(asked.case, names, options=options, points=points, on_progress=news, interrupt=asked.stop)
    keys = _plans(asked, found)
    return {
        "names": names,
        "senses": dict(found.senses),
        "points": [
            {"number": n, "values": dict(p.values), "gap": p.gap, "sought": p.sought, "bound": p.bound, "knee": p.knee,
             "kind": p.kind, "status": str(p.status), "plan": key,
             "rates": {o: dataclasses.asdict(r) for o, r in p.rates.items()}}
            for n, (p, key) in enumerate(zip(found.points, keys, strict=True), 1)
        ],
        "complete": found.complete, "unproven": list(found.unproven[found.between :]), "notes": list(found.notes),
        "stopped": found.stopped, "seconds": found.seconds, "searches": found.sub_problems,
    }  # fmt: skip


def _plans(asked: Asked, found: Front) -> list[str]:
    """Keys of the plans of all points; blank for those that a stop left no time for."""
    keys: list[str] = []
    stem, stopped = Path(asked.request["out"]).stem, 0.0
    for number in range(len(found.points)):
        if asked.stop.is_set():
            stopped = stopped or time.monotonic()
            if time.monotonic() - stopped > AFTER_STOP:
                keys.append("")
                continue
        asked.say(f"Writing down and checking plan {number + 1} of {len(found.points)}", keep=True)
        plan = found.plan(number)
        # its gap is that of one outcome, not of the workbook's points: it must not pass for proven best by those
        plan = dataclasses.replace(plan, verified=verify(asked.case, plan).ok, status=Status.FEASIBLE, gap=None)
        key = f"{stem}-p{number + 1:02d}"
        save_plan(plan, Path(asked.request["plans"]) / f"{key}.json")
        keys.append(key)
    return keys


def ladder(asked: Asked) -> dict[str, Any]:
    """Everything that the plan gives as a group of cells goes through a range."""
    request = asked.request

    def news(progress: Progress) -> None:
        asked.tell({"kind": "progress", "stage": progress.stage, "message": progress.message or None})

    options = Options(gap=GAP, grid=asked.options.grid, time_limit=asked.options.time_limit)
    found = sweep(
        asked.case, request["cells"], request["low"], request["high"], points=int(request["points"]), options=options,
        on_progress=news, interrupt=asked.stop,
    )  # fmt: skip
    return {
        "points": [
            {"place": p.place, "shown": p.shown, "amount": p.amount, "found": p.found, "objective": p.objective,
             "bound": p.bound, "gap": p.gap, "marginal": p.marginal, "base": p.base,
             "outcomes": dict(p.allocation.outcomes)}
            for p in found.points
        ],
        "units": dict(found.units), "better": dict(found.better), "unit": found.group.step_unit,
        "kinks": [dataclasses.asdict(k) for k in found.kinks], "exact": found.exact, "complete": found.complete,
        "notes": list(found.notes), "method": found.method, "answer": _said(found),
    }  # fmt: skip


def _said(found: Sweep) -> str:
    """The answer in sentences."""
    return sweep_answer(found)
