"""What the worker process answers with a declared analysis: its content, and the plans found, each kept and checked."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.session.store import answer_path, load_answer, save_plan
from planner.analyses import ANALYSES
from planner.analyses.declare import Answer, Subject
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.plan import Status
from planner.run.progress import Progress
from planner.sheets import Scenarios
from planner.solver.runs import RunContext
from planner.verify import verify
from planner.workbook import read

if TYPE_CHECKING:
    from app.tasks.answers import Asked

AFTER_STOP = 1.0
"""Seconds for which plans are still written down after somebody has pressed Cancel."""


def analysed(asked: Asked) -> dict[str, Any]:
    """Answer a question as the command line does; each row of a plan gets the key under which the plan is kept."""
    request = asked.request
    analysis = ANALYSES[request["do"]]
    question = analysis.question(**request["asked"])

    def news(progress: Progress) -> None:
        asked.tell({"kind": "progress", "stage": progress.stage, "message": progress.message or None,
                    "keep": progress.kept or bool(before) or None})  # fmt: skip

    before = _before(asked)
    subject = Subject(asked.case, asked.plan() if request["plan"] else None, lambda name: _read(asked, name), before)
    answer = analysis.answer(subject, question, RunContext(question.options(asked.options.grid), news, asked.stop))
    _keep(asked, answer)
    return {**answer.to_json(), **(answer.keep() if answer.keep is not None else {})}


def _before(asked: Asked) -> dict[str, Any] | None:
    """The answer that this question goes on from, if it does."""
    from app.tasks.answers import RefusedError

    if not asked.request.get("before"):
        return None
    content = load_answer(answer_path(asked.request["before"]))
    if content is None:
        message = "The answer before is no longer kept: ask for it again first."
        raise RefusedError(message)
    return content


def _read(asked: Asked, scenario: str) -> Case:
    """The workbook under another scenario. A policy regime chosen at the side holds in all of them."""
    from app.tasks.answers import RefusedError

    request = asked.request
    sets = tuple(request["sets"])
    chosen = asked.case.find(Scenarios, request["scenario"])
    if chosen is not None and chosen.probability is None:
        sets = (*sets, f"Settings!policy regime.Value={chosen.scenario}")
    try:
        return read(Path(request["path"]), scenario=scenario, sets=sets)
    except InvalidCaseError as error:
        first = next((p for p in error.problems if p.severity == "error"), error.problems[0])
        message = f"Future '{scenario or 'as it stands'}' cannot be planned: {first}"
        raise RefusedError(message) from error


def _keep(asked: Asked, answer: Answer) -> None:
    """Check every plan, write it down, and put its key into its row; blank where a stop left no time for it.

    Its proof is not about the workbook's points, unless it was checked where it was made.
    """
    stem, stopped = Path(asked.request["out"]).stem, 0.0
    for number, found in enumerate(answer.plans, 1):
        found.row["plan"] = ""
        if asked.stop.is_set():
            stopped = stopped or time.monotonic()
            if time.monotonic() - stopped > AFTER_STOP:
                continue
        asked.say(f"Writing down and checking {found.words}", keep=True)
        plan = found.make()
        if plan.verified is None:
            verdict = verify(found.case or asked.case, plan).ok
            plan = dataclasses.replace(plan, verified=verdict, status=Status.FEASIBLE, gap=None)
        key = f"{stem}-p{number:02d}"
        save_plan(plan, Path(asked.request["plans"]) / f"{key}.json")
        found.row["plan"] = key if plan.verified or found.case is None else ""
