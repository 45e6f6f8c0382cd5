"""What the worker process answers about futures: a hedged plan with all it is compared with, risk, samples.

The answer about the hedged plan keeps its column values, so that the questions after it need not search again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.session.store import answer_path, load_answer, save_plan
from app.tasks.answers import Asked, RefusedError
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.futures import Hedge, Outlook, hedge, outlook_of, reserve_front, try_out
from planner.futures.plans import plan_in
from planner.futures.serialisation import restored, serialised
from planner.futures.writing import hedge_json, reserve_json, trial_json
from planner.options import Options
from planner.run.progress import Progress
from planner.sheets import Scenarios
from planner.workbook import read

GAP = 0.005
"""Gap of every search, as the command line has it."""
SECONDS = 1_200.0
"""Longest search of one question, as the command line has it."""


def _outlook(asked: Asked) -> Outlook:
    """The futures that the question is about. A policy regime chosen at the side holds in all of them."""
    request = asked.request
    path, sets = Path(request["path"]), tuple(request["sets"])
    chosen = asked.case.find(Scenarios, request["scenario"])
    if chosen is not None and chosen.probability is None:
        sets = (*sets, f"Settings!policy regime.Value={chosen.scenario}")

    def reader(scenario: str) -> Case:
        try:
            return read(path, scenario=scenario, sets=sets)
        except InvalidCaseError as error:
            first = next((p for p in error.problems if p.severity == "error"), error.problems[0])
            message = f"Future '{scenario or 'as it stands'}' cannot be planned: {first}"
            raise RefusedError(message) from error

    return outlook_of(
        reader, branch=request["branch"], common=request["common"],
        options=Options(gap=GAP, grid=asked.options.grid, time_limit=SECONDS), on_progress=_news(asked),
    )  # fmt: skip


def _news(asked: Asked, *, keep: bool = False) -> Any:
    """Pass progress on to the page."""

    def tell(progress: Progress) -> None:
        some = keep or progress.kept
        asked.tell(
            {"kind": "progress", "stage": progress.stage, "message": progress.message or None, "keep": some or None}
        )

    return tell


def futures(asked: Asked) -> dict[str, Any]:
    """The hedged plan, hindsight, regret, what to do now; every future's plan written down and checked."""
    found = hedge(_outlook(asked), on_progress=_news(asked), interrupt=asked.stop)
    return {**hedge_json(found), "plan_keys": _plans(asked, found), "kept": serialised(found)}


def _plans(asked: Asked, found: Hedge) -> list[str]:
    """Keys of the hedged plan in every future; blank where it was stopped before."""
    row = found.hedged
    if row is None or not row.whole:
        return []
    keys, stem = [], Path(asked.request["out"]).stem
    for s, future in enumerate(found.outlook.futures):
        if asked.stop.is_set():
            keys.append("")
            continue
        asked.say(f"Writing down and checking the plan for '{future.title}'", keep=True)
        plan, key = plan_in(found, row, s), f"{stem}-f{s + 1:02d}"
        save_plan(plan, Path(asked.request["plans"]) / f"{key}.json")
        keys.append(key if plan.verified else "")
    return keys


def _again(asked: Asked) -> Hedge:
    """The hedge that was found before."""
    content = load_answer(answer_path(asked.request["hedge"]))
    if content is None or "kept" not in content:
        message = "The hedged plan is no longer kept: find it again first."
        raise RefusedError(message)
    return restored(_outlook(asked), content["kept"])


def reserve(asked: Asked) -> dict[str, Any]:
    """What better worst futures cost."""
    found = _again(asked)
    front = reserve_front(
        found, worst=float(asked.request["worst"]), on_progress=_news(asked, keep=True), interrupt=asked.stop
    )
    return reserve_json(front, found)


def trial(asked: Asked) -> dict[str, Any]:
    """The hedged plan in futures drawn by chance."""
    found = _again(asked)
    met = try_out(
        found, samples=int(asked.request["samples"]), on_progress=_news(asked, keep=True), interrupt=asked.stop
    )
    return trial_json(met)
