"""The pytest plugin as a budget office uses it: in a repository of its own, with tests of five lines."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planner.golden import read_golden
from planner.workbook import write_template
from tests.checks.edits import edited
from tests.robustness.processes import ENVIRONMENT

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "budget_office"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A copy of the example repository of the documentation."""
    folder = tmp_path / "office"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    return folder


def pytest_in(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a repository, with the plugin named in case the package is not installed."""
    command = [sys.executable, "-m", "pytest", "-p", "planner.testing", "-p", "no:cacheprovider", "-q", *words]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False, env=ENVIRONMENT
    )


def test_the_example_of_the_documentation_passes(office: Path) -> None:
    result = pytest_in(office)
    assert result.returncode == 0, result.stdout
    assert "4 passed" in result.stdout


def test_the_example_is_the_workbook_that_its_golden_file_says(office: Path) -> None:
    """By hand: two thirds of the money shelter people in East at 100 USD, a third in West at 160."""
    golden = read_golden(office / "budget.golden.json")
    assert golden.figures.money["shelter fund"] == {"P1": 0.5, "P2": 0.4}
    assert golden.figures.countries["money"]["West"]["plan"] == pytest.approx(0.3, abs=1e-6)
    assert set(golden.figures.rules) == {"West at least a third [P1]", "West at least a third [P2]"}


def test_a_moved_plan_fails_with_the_cell_and_can_be_accepted(office: Path) -> None:
    from openpyxl import load_workbook

    book = load_workbook(office / "budget.xlsx")
    page = book["Programmes"]
    for row in page.iter_rows(min_row=5):
        for cell in row:
            if cell.value == 100:
                cell.value = 90
    book.save(office / "budget.xlsx")
    result = pytest_in(office)
    assert result.returncode == 1
    assert "Unit cost: 100 -> 90" in result.stdout
    assert "figures differ" in result.stdout
    assert "Traceback" not in result.stdout
    assert "planner/testing.py" not in result.stdout
    accepted = pytest_in(office, "--planner-update", "East has become cheaper")
    assert accepted.returncode == 0, accepted.stdout
    assert read_golden(office / "budget.golden.json").history[0].reason == "East has become cheaper"
    assert pytest_in(office).returncode == 0


TESTS = """
def test_no_such_workbook(planner_workbook):
    planner_workbook("nothing.xlsx").case

def test_no_golden_file(planner_workbook):
    planner_workbook("small.xlsx", grid="phases").matches("none.json")

def test_wrong_outcome(planner_workbook):
    planner_workbook("small.xlsx", grid="phases").outcome("luck")

def test_wrong_account(planner_workbook):
    planner_workbook("small.xlsx", grid="phases").money("luck")

def test_wrong_phase(planner_workbook):
    planner_workbook("small.xlsx", grid="phases").money("partner fund", "P9")

def test_invalid(planner_workbook):
    planner_workbook("broken.xlsx").plan

def test_invalid_as_asked(planner_workbook):
    planner_workbook("broken.xlsx").is_valid()

def test_is_fine(planner_workbook):
    book = planner_workbook("small.xlsx", grid="phases")
    assert book.objective > 0
    assert book.money("partner fund") == sum(book.money("partner fund", p) for p in ("P1", "P2", "P3"))
    assert book.money() > book.money("partner fund")
    assert book.plan is planner_workbook("small.xlsx", grid="phases").plan
    assert planner_workbook("small.xlsx", grid="phases", scenario="surge").case.scenario == "surge"
    book.is_valid()
"""


def test_everything_that_goes_wrong_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "test_small.py").write_text(TESTS, encoding="utf-8")
    write_template(tmp_path / "small.xlsx", raw_tables=edited())
    broken = edited(("Appropriations", "partner fund / P1", {"Amount": "lots"}))
    write_template(tmp_path / "broken.xlsx", raw_tables=broken)
    result = pytest_in(tmp_path, "-rA")
    told = result.stdout
    assert result.returncode == 1
    for sentence in (
        "There is no workbook",
        "There is no golden file",
        "has no outcome 'luck', only",
        "Nothing is paid from 'luck', only from",
        "There is no phase 'P9'",
        "broken.xlsx is no valid case",
        "Appropriations!",
    ):
        assert sentence in told, told
    assert "PASSED test_small.py::test_is_fine" in told
    assert "planner/testing.py" not in told


def test_the_plugin_loads_nothing_heavy() -> None:
    heavy = ("pandas", "numpy", "pyomo", "highspy", "openpyxl", "xlsxwriter")
    code = f"import sys, planner.testing; print([n for n in {heavy} if n in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, env=ENVIRONMENT
    )
    assert run.stdout.strip() == "[]"


def test_pytest_finds_the_plugin_where_the_planner_is_installed() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"planner.testing": "planner.testing"}
