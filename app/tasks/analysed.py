"""What the worker process answers with a declared analysis: its content, and the plans found, each kept and checked."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.session.store import answer_path, load_answer, load_plan, save_plan
from planner.analyses import ANALYSES
from planner.analyses.declare import Answer, Subject
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.explain import ComparedCase
from planner.options import Options
from planner.plan import Plan, Status
from planner.run.progress import Progress
from planner.sheets import Scenarios
from planner.solver.runs import RunContext
from planner.verify import verify
from planner.wording.data import as_json
from planner.workbook import check as check_workbook
from planner.workbook import read

Tell = Callable[[dict[str, Any]], None]
AFTER_STOP = 1.0
"""Seconds for which plans are still written down after somebody has pressed Cancel."""


class RefusedError(ValueError):
    """The question cannot be answered; the message is for people."""


@dataclass(frozen=True)
class Asked:
    """A question as the worker sees it."""

    request: Mapping[str, Any]
    case: Case
    options: Options
    tell: Tell
    stop: threading.Event

    def say(self, words: str, *, keep: bool = False) -> None:
        """Tell what is being done; with `keep` there is something that outlives a stop."""
        self.tell({"kind": "progress", "message": words, "keep": keep or None})

    def plan(self) -> Plan:
        """The plan that the question is about."""
        return load_plan(Path(self.request["plan"]))


def analysed(asked: Asked) -> dict[str, Any]:
    """Answer a question as the command line does; each row of a plan gets the key under which the plan is kept."""
    request = asked.request
    analysis = ANALYSES[request["do"]]
    question = analysis.question(**request["asked"])

    def news(progress: Progress) -> None:
        asked.tell({"kind": "progress", "stage": progress.stage, "message": progress.message or None,
                    "keep": progress.kept or bool(before) or None})  # fmt: skip

    before, plan = _before(asked), asked.plan() if request["plan"] else None
    subject = Subject(asked.case, plan, lambda name: _read(asked, name), before, _sides(asked, plan))
    answer = analysis.answer(subject, question, RunContext(question.options(usual=asked.options), news, asked.stop))
    _keep(asked, answer)
    blocks = {"blocks": as_json(list(answer.tell(())))} if request.get("told") else {}
    return {**answer.to_json(), **(answer.keep() if answer.keep is not None else {}), **blocks}


def _before(asked: Asked) -> dict[str, Any] | None:
    """The answer that this question goes on from, if it does."""
    if not asked.request.get("before"):
        return None
    content = load_answer(answer_path(asked.request["before"]))
    if content is None:
        message = "The answer before is no longer kept: ask for it again first."
        raise RefusedError(message)
    return content


def _sides(asked: Asked, plan: Plan | None) -> list[ComparedCase]:
    """The plan that the question is about and the others that it is compared with, each with its workbook."""
    sides = [ComparedCase(asked.request.get("name", ""), asked.case, plan)]
    for other in asked.request.get("others", ()):
        case, _ = check_workbook(Path(other["path"]), scenario=other["scenario"], sets=other["sets"])
        if case is None:
            message = "The other workbook cannot be read any more."
            raise RefusedError(message)
        sides.append(ComparedCase(other["name"], case, load_plan(Path(other["plan"]))))
    return sides


def _read(asked: Asked, scenario: str) -> Case:
    """The workbook under another scenario. A policy regime chosen at the side holds in all of them."""
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
