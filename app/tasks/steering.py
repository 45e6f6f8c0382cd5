"""What the worker process answers about steering: reachable ranges, the next plan, goals, equal merit, fairness."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.session.store import save_plan
from planner.options import GAP, Options
from planner.plan import Plan, Status
from planner.run.progress import OnProgress, Progress
from planner.sheets import Outcomes
from planner.solve import prepare
from planner.tradeoffs.divisions import division
from planner.tradeoffs.equity import PRINCIPLES, FairPlan, equity, needs_of, plan_of_share
from planner.tradeoffs.full_plans import plan_of_columns
from planner.tradeoffs.goal_seeking.needs import need_of
from planner.tradeoffs.goal_seeking.resources import RESOURCES
from planner.tradeoffs.goal_seeking.seeking import least, most
from planner.tradeoffs.goal_seeking.targets import Goal, Target
from planner.tradeoffs.near_optimal.alternatives import alternatives
from planner.tradeoffs.steering import Classification, Ranges, reachable, steer
from planner.tradeoffs.sweeping.telling import goal_answer, goal_changes
from planner.verify import verify

if TYPE_CHECKING:
    from app.tasks.answers import Asked


def _options(asked: Asked) -> Options:
    """As the command line has them, so that it finds the same plans."""
    return Options(gap=GAP, grid=asked.options.grid, time_limit=asked.options.time_limit)


def _news(asked: Asked, *, keep: bool = False) -> OnProgress:
    """Pass on what is being done; with `keep` there is something that outlives a stop."""

    def tell(progress: Progress) -> None:
        asked.tell(
            {"kind": "progress", "stage": progress.stage, "message": progress.message or None, "keep": keep or None}
        )

    return tell


def _kept(asked: Asked, plan: Plan, name: str) -> str:
    """Check a plan, write it down, give its key. Its proof is not about the workbook's points."""
    plan = dataclasses.replace(plan, verified=verify(asked.case, plan).ok, status=Status.FEASIBLE, gap=None)
    key = f"{Path(asked.request['out']).stem}-{name}"
    save_plan(plan, Path(asked.request["plans"]) / f"{key}.json")
    return key


def _limits(asked: Asked) -> list[Target]:
    """Limits or targets of a request: outcome, sense, value."""
    return [Target(name, sense, float(value)) for name, sense, value in asked.request["limits"]]


def ranges(asked: Asked) -> dict[str, Any]:
    """How far each outcome can go within limits on them."""
    request = asked.request
    found = reachable(
        asked.case, list(request["outcomes"]), _limits(asked), plan=asked.plan(), proven=bool(request["proven"]),
        options=_options(asked), on_progress=_news(asked), interrupt=asked.stop,
    )  # fmt: skip
    return {
        "rows": _ranged(found), "possible": found.possible, "proven": found.proven, "notes": list(found.notes),
        "complete": found.complete, "seconds": found.seconds, "limits": list(request["limits"]),
    }  # fmt: skip


def _ranged(found: Ranges) -> list[dict[str, Any]]:
    """Ranges as plain data."""
    return [{**dataclasses.asdict(r), "status": r.status.value} for r in found.rows]


def steered(asked: Asked) -> dict[str, Any]:
    """The next plan after the one on the screen: what is to improve, to stay, may worsen, is free."""
    turns = {name: Classification(kind, value) for name, kind, value in asked.request["turns"]}
    found = steer(asked.case, asked.plan(), turns, options=_options(asked), on_progress=_news(asked),
                  interrupt=asked.stop)  # fmt: skip
    asked.say("Checking the plan independently")
    return {
        "plan": _kept(asked, found.plan, "steered"), "share": found.share, "gap": found.gap,
        "before": dict(found.before), "values": dict(found.values), "reached": dict(found.reached),
        "turns": {name: [t.kind, t.value] for name, t in turns.items()}, "notes": list(found.notes),
        "status": found.status.value, "seconds": found.seconds,
    }  # fmt: skip


def goal(asked: Asked) -> dict[str, Any]:
    """The least of a resource, or the most of one outcome, for targets; how much more there would have to be."""
    request, options, tell = asked.request, _options(asked), _news(asked)
    targets, sought = _limits(asked), request["sought"]
    if request["most"]:
        found = most(asked.case, sought, targets, options=options, on_progress=tell, interrupt=asked.stop)
    else:
        found = least(asked.case, sought, targets, options=options, on_progress=tell, interrupt=asked.stop)
    answer = {**found.to_json(), "sentence": goal_answer(found), "changes": list(goal_changes(found))}
    answer["plan"] = _plan_of_goal(asked, found, options)
    answer["need"] = None
    if not found.reached and found.complete and not request["most"] and not asked.stop.is_set():
        asked.say("Seeking how much more there would have to be")
        resource = next(r for r in RESOURCES if r == sought)
        need = need_of(asked.case, resource, targets, options=options, on_progress=tell, interrupt=asked.stop)
        answer["need"] = None if need is None else need.sentence
    return answer


def _plan_of_goal(asked: Asked, found: Goal, options: Options) -> str:
    """Key of the whole plan; blank where there is none."""
    if found.columns is None:
        return ""
    asked.say("Writing down and checking the plan", keep=True)
    told = f"This plan has the {'most' if found.most else 'least'} {found.sought} for its targets"
    plan = plan_of_columns(asked.case, options, found.columns, f"{told}; it is not the best by the workbook's weights.")
    return _kept(asked, plan, "goal")


def merit(asked: Asked) -> dict[str, Any]:
    """What all plans near the best have in common, what is a free choice, and whole plans that differ most."""
    request = asked.request

    def tell(progress: Progress) -> None:
        asked.tell({"kind": "progress", "stage": progress.stage, "message": progress.message or None,
                    "keep": progress.kept or None})  # fmt: skip

    found = alternatives(
        asked.case, within=request["within"], plans=int(request["count"]), options=_options(asked),
        seconds=float(request["seconds"]), on_progress=tell, interrupt=asked.stop,
    )  # fmt: skip
    keys = []
    for alternative in found.plans:
        asked.say(f"Writing down and checking plan {alternative.number} of {len(found.plans)}", keep=True)
        keys.append(_kept(asked, found.plan(alternative.number), f"m{alternative.number:02d}"))
    answer = found.to_json()
    for plan, key in zip(answer["plans"], keys, strict=True):
        plan["plan"] = key
    return answer


def fair(asked: Asked) -> dict[str, Any]:
    """One outcome shared out by several principles, what each costs in the total, and what a least share costs."""
    request, options = asked.request, _options(asked)
    outcome, across = request["outcome"], request["across"]
    asked.say("Opening the workbook")
    model = prepare(asked.case, options)
    problem, notes = division(model, outcome, across, options, interrupt=asked.stop)
    needs = needs_of(asked.case, across)

    def tell(words: str, kept: bool) -> None:
        asked.say(words, keep=kept)

    found = equity(problem, needs, options=options, tell=tell, interrupt=asked.stop)
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
