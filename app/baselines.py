"""What a plan is compared with, as whole plans: what goes on without it, and doing nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.store import save_plan
from planner.baseline import as_plan, nothing_values
from planner.plan import Plan
from planner.solve import prepare
from planner.without_plan import continuing

if TYPE_CHECKING:
    from app.answers import Asked
    from models.build import Built


def baselines(asked: Asked) -> dict[str, Any]:
    """Keys of the kept plans: `nothing` and `continuation`, empty where there is none."""
    plan = asked.plan()
    asked.say("Working out what would happen without new decisions")
    model = prepare(asked.case, asked.options)
    nothing = nothing_values(model.built, model.matrix, asked.options)
    found = {"nothing": _keep(asked, model.built, plan, "nothing", nothing), "continuation": ""}
    goes_on = continuing(model, asked.options)
    if goes_on is not None:
        found["continuation"] = _keep(asked, goes_on.built, plan, "continuation", goes_on.values)
    return found


def _keep(asked: Asked, built: Built, plan: Plan, name: str, values: Any) -> str:
    """Keep one comparison beside the plan and return its key."""
    if values is None:
        return ""
    path = Path(asked.request["plan"])
    path = path.with_stem(f"{path.stem}-{name}")
    save_plan(as_plan(plan, built, values), path)
    return path.stem
