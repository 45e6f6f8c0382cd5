"""The reference case and one plan of it, solved once a session on the coarsest grid."""

from pathlib import Path

import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Plan
from planner.reference.causes import Causes, open_causes
from planner.results import write_workbook
from planner.solve import solve
from planner.workbook import read

INPUTS = Path(__file__).parents[2] / "inputs"
GAP = 0.03


@pytest.fixture(scope="session")
def case() -> Case:
    return read(INPUTS / "blueprint.xlsx")


@pytest.fixture(scope="session")
def plan(case: Case) -> Plan:
    return solve(case, Options(grid="phases", gap=GAP))


@pytest.fixture(scope="session")
def causes(case: Case, plan: Plan) -> Causes:
    return open_causes(case, plan)


@pytest.fixture(scope="session")
def plan_file(case: Case, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reference") / "plan.xlsx"
    write_workbook(case, plan, path)
    return path
