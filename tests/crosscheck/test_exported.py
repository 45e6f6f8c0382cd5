"""Exported models mean the same elsewhere: to CBC, to plain HiGHS, and to a reader."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from planner.plan import Status
from planner.solver.answers import relative_gap
from tests.crosscheck.exported import Exported, export_case, read_back, solve_with_cbc, worst_row

CASES = [
    pytest.param(("starter", "phases", 1e-4), id="starter-phases"),
    pytest.param(("starter", "default", 1e-4), id="starter-default"),
    pytest.param(("blueprint", "phases", 1e-2), id="blueprint-phases", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module", params=CASES)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    name, grid, gap = request.param
    return export_case(name, grid, gap, tmp_path_factory.mktemp("exported"))


def test_another_solver_finds_the_same_objective(exported: Exported) -> None:
    other, plan = solve_with_cbc(exported), exported.plan
    assert plan.status is Status.OPTIMAL
    assert plan.objective is not None
    assert plan.bound is not None
    size = max(abs(plan.objective), abs(other.objective))
    assert other.objective <= plan.bound + 1e-6 * size, "CBC found a plan better than our bound"
    if other.ended == "Optimal":
        assert other.objective == pytest.approx(plan.objective, abs=2.0 * exported.options.gap * size)
    matrix = exported.matrix
    assert float(matrix.cost @ other.values) + matrix.offset == pytest.approx(other.objective, rel=1e-5)
    assert worst_row(matrix, other.values) < 1e-5
    assert np.abs(other.values - np.round(other.values))[matrix.integer].max() < 1e-5


@pytest.mark.parametrize("ending", ["mps", "lp"])
def test_plain_highs_reads_the_same_model_back(exported: Exported, ending: str) -> None:
    highs, matrix = read_back(getattr(exported, ending), exported.options), exported.matrix
    lp = highs.getLp()
    assert (lp.num_row_, lp.num_col_) == (len(matrix.row_lower), len(matrix.cost))
    assert lp.offset_ == pytest.approx(matrix.offset)
    order = [{name: n for n, name in enumerate(lp.col_names_)}[name] for name in matrix.column_names]
    assert np.allclose(np.array(lp.col_cost_)[order], matrix.cost)
    assert np.allclose(np.array(lp.col_lower_)[order], matrix.column_lower)
    assert np.allclose(np.array(lp.col_upper_)[order], matrix.column_upper)
    if ending == "lp":
        return  # the same model: solved once is enough
    highs.run()
    found = float(highs.getInfo().objective_function_value)
    assert exported.plan.objective is not None
    assert relative_gap(found, exported.plan.objective) <= 2.0 * exported.options.gap


@pytest.mark.parametrize("ending", ["mps", "lp"])
def test_names_survive(exported: Exported, ending: str) -> None:
    lp, matrix = read_back(getattr(exported, ending), exported.options).getLp(), exported.matrix
    for back, ours in ((lp.row_names_, matrix.row_names), (lp.col_names_, matrix.column_names)):
        assert sorted(back) == sorted(ours)
        assert len(set(ours)) == len(ours)
        assert all(re.fullmatch(r"[\x21-\x7e]{1,255}", name) for name in ours)


def test_an_lp_file_reads_like_the_workbook(exported: Exported) -> None:
    text = exported.lp.read_text()
    assert "\nmax\n" in text
    named = re.findall(r"^ ([a-z_]+)\(([^:\n]*)\):", text, flags=re.MULTILINE)
    assert len(named) == len(exported.matrix.row_names), "every constraint is named family(row)"
    families = {family for family, _ in named}
    assert families == {name.partition("(")[0] for name in exported.matrix.row_names}
    assert {"balance", "bill", "occupancy", "outcome", "once"} <= families


def test_a_balance_shows_its_row_and_step(tmp_path: Path) -> None:
    text = export_case("starter", "phases", 1e-2, tmp_path).lp.read_text()
    line = next(x for x in text.splitlines() if x.startswith(" balance(people_waiting_at_the_border,0):"))
    assert "level(stage_interview_at_the_border,0)" in line
