"""What the worker process answers about fairness: one outcome shared out by several principles."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.store import save_plan
from planner.options import GAP, Options
from planner.plan import Plan, Status
from planner.sheets import Outcomes
from planner.solve import prepare
from planner.solver.runs import RunContext
from planner.tradeoffs.divisions import division
from planner.tradeoffs.equity import PRINCIPLES, FairPlan, equity, needs_of, plan_of_share
from planner.verify import verify

if TYPE_CHECKING:
    from app.answers import Asked


def _options(asked: Asked) -> Options:
    """As the command line has them, so that it finds the same plans."""
    return Options(gap=GAP, grid=asked.options.grid, time_limit=asked.options.time_limit)


def _kept(asked: Asked, plan: Plan, name: str) -> str:
    """Check a plan, write it down, give its key. Its proof is not about the workbook's points."""
    plan = dataclasses.replace(plan, verified=verify(asked.case, plan).ok, status=Status.FEASIBLE, gap=None)
    key = f"{Path(asked.request['out']).stem}-{name}"
    save_plan(plan, Path(asked.request["plans"]) / f"{key}.json")
    return key


def fair(asked: Asked) -> dict[str, Any]:
    """One outcome shared out by several principles, what each costs in the total, and what a least share costs."""
    request, options = asked.request, _options(asked)
    outcome, across = request["outcome"], request["across"]
    asked.say("Opening the workbook")
    model = prepare(asked.case, options)
    run = RunContext(options, lambda p: asked.say(p.message, keep=p.kept), asked.stop)
    problem, notes = division(model, outcome, across, run)
    needs = needs_of(asked.case, across)

    found = equity(problem, needs, options=run)
    rows = []
    for number, principle in enumerate(found.principles):
        asked.say(f"Writing down and checking plan {number + 1} of {len(found.principles)}", keep=True)
        key = _kept(asked, plan_of_share(model, problem, options, principle), f"f{number}")
        rows.append({**_fair(principle), "plan": key})
    unit = next(row.unit for row in asked.case.of(Outcomes) if row.outcome == outcome)
    return {
        "outcome": outcome, "across": across, "unit": unit, "needs": {n: needs[n] for n in problem.names if n in needs},
        "principles": rows, "floors": [_fair(f) for f in found.floors], "notes": list(notes),
        "complete": found.complete,
    }  # fmt: skip


def _fair(found: FairPlan) -> Mapping[str, Any]:
    """A way of sharing out as plain data."""
    name, meaning = PRINCIPLES.get(found.principle, (found.principle, ""))
    gap = found.gap if found.gap is not None and math.isfinite(found.gap) else None
    return {
        "principle": name, "meaning": meaning, "floor": found.floor, "values": dict(found.values),
        "coverage": dict(found.coverage), "total": found.total, "costs": found.costs, "gap": gap,
        "least": found.least, "most": found.most,
    }  # fmt: skip
