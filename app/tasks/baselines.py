"""What a plan is compared with, as whole plans: what goes on without it, and doing nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.session.store import save_plan
from app.tasks.analysed import Asked
from planner.plan import Plan
from planner.solve import prepare
from planner.solve.baseline import as_plan, nothing_values
from planner.solve.without_plan import Without, continuing


def baselines(asked: Asked) -> dict[str, Any]:
    """Keys of the kept plans: `nothing` and `continuation`, empty where there is none."""
    plan = asked.plan()
    asked.say("Working out what would happen without new decisions")
    model = prepare(asked.case, asked.options)
    nothing = nothing_values(model.built, model.matrix, asked.options)
    found = {"nothing": _keep(asked, Without("nothing", model.built, nothing), plan), "continuation": ""}
    goes_on = continuing(model, asked.options)
    if goes_on is not None:
        found["continuation"] = _keep(asked, goes_on, plan)
    return found


def _keep(asked: Asked, found: Without, plan: Plan) -> str:
    """Keep one comparison beside the plan and return its key."""
    if found.values is None:
        return ""
    path = Path(asked.request["plan"])
    path = path.with_stem(f"{path.stem}-{found.word}")
    save_plan(as_plan(plan, found.built, found.values, floors=found.floors), path)
    return path.stem
