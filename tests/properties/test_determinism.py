"""The same workbook, the same plan: again and again, on more threads, in another order, on another Python."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Plan
from planner.solve import solve
from planner.workbook import case_from, read
from tests.checks.edits import Tables, starter

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "inputs" / "blueprint.xlsx"
EXACT = Options(gap=0.0, grid="default")
COARSE = Options(gap=0.01, grid="phases")
DECIDED = ("activities", "switches", "in_force", "payments", "stocks", "capacities", "rules", "outcomes")
MADE = {"cell", "cells"}
"""Columns that say where a row stands, which another order of rows changes."""


def decisions(plan: Plan) -> dict[str, pd.DataFrame]:
    """Everything that a plan decides, in an order of its own, figures to nine digits."""
    found = {}
    for name in DECIDED:
        table = plan.tables[name].drop(columns=list(MADE & set(plan.tables[name].columns))).copy()
        for column in table.columns:
            if pd.api.types.is_float_dtype(table[column]):
                table[column] = [float(f"{v:.9g}") if abs(v) > 1e-7 else 0.0 for v in table[column]]
        text = table.astype(str)
        found[name] = text.sort_values(list(text.columns)).reset_index(drop=True)
    return found


def same(one: Plan, other: Plan) -> None:
    """The same objective to the last digit that is kept, and the same decisions."""
    assert one.objective is not None
    assert other.objective == pytest.approx(one.objective, rel=1e-12)
    before, after = decisions(one), decisions(other)
    for name in DECIDED:
        pd.testing.assert_frame_equal(before[name], after[name], obj=name)


def shuffled(tables: Tables, seed: int) -> Tables:
    """The same sheets, rows and columns in another order."""
    chance = random.Random(seed)
    names = list(tables)
    chance.shuffle(names)
    mixed: Tables = {}
    for name in names:
        rows = [dict(chance.sample(list(row.items()), len(row))) for row in tables[name]]
        # phases follow each other in time, and so do the rows that say so
        mixed[name] = rows if name == "Time" else chance.sample(rows, len(rows))
    return mixed


@pytest.fixture(scope="module")
def starter_plan() -> Plan:
    return solve(case_from(starter()), EXACT)


def test_five_times_the_same(starter_plan: Plan) -> None:
    case = case_from(starter())
    for _ in range(4):
        again = solve(case, EXACT)
        assert again.objective == starter_plan.objective
        for name in DECIDED:
            pd.testing.assert_frame_equal(again.tables[name], starter_plan.tables[name], check_exact=True)


def test_two_threads_decide_the_same(starter_plan: Plan) -> None:
    same(starter_plan, solve(case_from(starter()), Options(gap=0.0, grid="default", threads=2)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_sheets_rows_and_columns_decides_nothing(starter_plan: Plan, seed: int) -> None:
    same(starter_plan, solve(case_from(shuffled(starter(), seed)), EXACT))


def test_another_seed_of_the_solver_finds_the_same_plan(starter_plan: Plan) -> None:
    """Where the best plan is proven to the end, chance in the solver decides nothing."""
    same(starter_plan, solve(case_from(starter()), Options(gap=0.0, grid="default", seed=7)))


def reference_tables() -> Tables:
    """The reference case as plain rows."""
    from planner.sheets import columns
    from planner.workbook import read_folder

    tables: Tables = {}
    for sheet, table in read_folder(ROOT / "inputs" / "blueprint").items():
        names = {c.field: c.name for c in columns(sheet)}
        tables[sheet.SHEET] = [{names[field]: value for field, value in row.values.items()} for row in table.rows]
    return tables


@pytest.fixture(scope="module")
def reference_plan() -> Plan:
    return solve(case_from(reference_tables()), COARSE)


@pytest.mark.slow
def test_the_reference_case_twice_is_the_same(reference_plan: Plan) -> None:
    same(reference_plan, solve(case_from(reference_tables()), COARSE))


@pytest.mark.slow
def test_the_reference_case_in_another_order_is_the_same(reference_plan: Plan) -> None:
    same(reference_plan, solve(case_from(shuffled(reference_tables(), 5)), COARSE))


@pytest.mark.slow
def test_the_reference_case_on_two_threads_is_proven_to_the_same(reference_plan: Plan) -> None:
    """More threads prove the same optimum within the gap; which of the near-best plans comes back is not promised."""
    other = solve(case_from(reference_tables()), Options(gap=0.01, grid="phases", threads=2))
    for one, two in ((reference_plan, other), (other, reference_plan)):
        assert one.objective is not None
        assert two.bound is not None
        assert one.objective <= two.bound * (1.0 + 1e-9)


TOLD = """
import json, sys
from planner.golden import figures_of
from planner.options import Options
from planner.solve import solve
from planner.workbook import read
import dataclasses
case = read(sys.argv[1])
plan = solve(case, Options(gap=0.0, grid="default"))
print(json.dumps(dataclasses.asdict(figures_of(case, plan)), sort_keys=True))
"""


def told(python: str, environment: dict[str, str]) -> Any:
    """Figures of the starter as another interpreter finds them."""
    command = [python, "-c", TOLD, str(ROOT / "inputs" / "starter.xlsx")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True, env=environment)
    return json.loads(run.stdout)


def interpreters() -> list[str]:
    """Other interpreters on this machine: those named in PLANNER_PYTHONS, or of the versions that we run on."""
    named = os.environ.get("PLANNER_PYTHONS", "").split(os.pathsep)
    found = [path for path in named if path]
    own = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return found or [p for n in ("python3.11", "python3.12", "python3.13") if n != own and (p := shutil.which(n))]


def test_another_hash_seed_and_another_process_decide_the_same() -> None:
    results = [
        told(sys.executable, {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}) for seed in ("0", "4242")
    ]
    assert results[0] == results[1]


def test_other_pythons_decide_the_same() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    able = []
    for python in interpreters():
        probe = [python, "-c", "import highspy, pyomo, pandas, openpyxl, xlsxwriter"]
        if subprocess.run(probe, capture_output=True, timeout=120, check=False, env=environment).returncode == 0:
            able.append(python)
    if not able:
        pytest.skip("no other Python with the planner's packages is on this machine (PLANNER_PYTHONS names one)")
    here = told(sys.executable, environment)
    for python in able:
        assert told(python, environment) == here, python


def test_a_case_read_from_its_folder_is_the_case_of_its_workbook() -> None:
    """Two readers, one case: the plan may not depend on how the rows were kept."""
    from planner.golden.figures import inputs_of

    folder, book = (read(ROOT / "inputs" / name) for name in ("starter", "starter.xlsx"))
    assert isinstance(folder, Case)
    assert inputs_of(folder) == inputs_of(book)
    same(solve(folder, EXACT), solve(book, EXACT))
