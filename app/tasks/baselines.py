"""What a plan is compared with, as whole plans: doing nothing new, and the plan before where the workbook has one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.session.store import save_plan
from planner.explain import open_case
from planner.plan import Plan
from planner.solve import Model, prepare
from planner.solve.baseline import as_plan, nothing_values, previous_values

if TYPE_CHECKING:
    from app.tasks.answers import Asked


def baselines(asked: Asked) -> dict[str, Any]:
    """Keys of the kept plans: `nothing` and `previous`, empty where there is none."""
    plan = asked.plan()
    asked.say("Working out what would happen without new decisions")
    model = prepare(asked.case, asked.options)
    nothing = nothing_values(model.built, model.matrix, asked.options)
    found = {"nothing": _keep(asked, model, plan, "nothing", nothing), "previous": ""}
    if model.built.frame.network.previous:
        asked.say("Working out what the plan before would do today")
        solved = open_case(asked.case, asked.options, plan)
        before = previous_values(solved.built, solved.matrix, asked.options, solved.values)
        found["previous"] = _keep(asked, model, plan, "previous", before)
    return found


def _keep(asked: Asked, model: Model, plan: Plan, name: str, values: Any) -> str:
    """Keep one comparison beside the plan and return its key."""
    if values is None:
        return ""
    path = Path(asked.request["plan"])
    path = path.with_stem(f"{path.stem}-{name}")
    save_plan(as_plan(plan, model.built, values), path)
    return path.stem
