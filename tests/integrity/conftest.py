"""The starter's plan in phases, as workbook and as JSON, each as `planner solve` writes it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from planner.case import Case
from planner.inputs_path import inputs_path
from planner.integrity import Findings, check_plan, open_plan
from planner.integrity.pages import compare_books
from planner.options import Options
from planner.plan import Plan
from planner.plan.seal import examine
from planner.results import OutputError, to_json
from planner.results.workbook import workbook_bytes
from planner.solve import solve
from planner.verify import Report, verify
from planner.verify.report import CheckLog
from planner.workbook import read
from tests.integrity.files import Paper


@dataclass(frozen=True)
class Filed:
    """A case, its plan, and the files that say it."""

    case: Case
    plan: Plan
    paper: Paper
    said: dict[str, Any]
    folder: Path

    def checked(self, data: bytes, **options: bool) -> Findings:
        """What the check says of a plan workbook with these bytes."""
        path = self.folder / "plan.xlsx"
        path.write_bytes(data)
        return check_plan(self.case, open_plan(path), **options)

    def differs(self, data: bytes) -> bool:
        """Whether the seal of a plan workbook or one of its pages gives a change away (quicker than the whole check)."""
        path = self.folder / "plan.xlsx"
        path.write_bytes(data)
        try:
            found = open_plan(path)
        except OutputError:
            return True
        if examine(found.seal, found.plan, found.link).faults:
            return True
        report = Report()
        compare_books(data, self.paper.data, CheckLog(report, "pages", "", ()))
        return not report.ok

    def checked_json(self, said: dict[str, Any]) -> Findings:
        """What the check says of a plan's JSON."""
        path = self.folder / "plan.json"
        path.write_text(json.dumps(said), encoding="utf-8")
        return check_plan(self.case, open_plan(path))


@pytest.fixture(scope="session")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Filed:
    """The starter with a rule that it breaks and one that is switched off."""
    case = read(inputs_path("starter"), sets=("Rules!no abrupt cuts in protection at home.On=no",))
    plan = solve(case, Options(grid="phases"))
    plan = replace(plan, verified=verify(case, plan).ok)
    data = workbook_bytes(case, plan)
    said = json.loads(json.dumps(to_json(case, plan), default=str))
    return Filed(case, plan, Paper(data), said, tmp_path_factory.mktemp("filed"))
