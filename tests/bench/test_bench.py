"""The benchmarks' parts at their smallest; nothing here looks at a clock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import growth
from bench.__main__ import main
from bench.synthetic import SIZES, region
from bench.table import Table
from planner.options import Options
from planner.plan import Status
from planner.solve import prepare, solve
from planner.verify import verify
from planner.workbook import case_from, check_tables


@pytest.mark.parametrize("detail", sorted(SIZES))
def test_a_region_raises_no_problem_and_grows_with_its_countries(detail: str) -> None:
    options = Options(grid="phases")
    columns = []
    for countries in (2, 3, 4):
        case, problems = check_tables(region(countries, detail))
        assert not problems
        assert case is not None
        columns.append(len(prepare(case, options).matrix.cost))
    assert columns[1] - columns[0] == pytest.approx(columns[2] - columns[1], rel=0.05)


def test_the_same_seed_gives_the_same_region() -> None:
    assert region(2, "lite", seed=7) == region(2, "lite", seed=7)
    assert region(2, "lite", seed=7) != region(2, "lite", seed=8)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_region_has_a_plan_that_passes_its_check(seed: int) -> None:
    case = case_from(region(2, "lite", seed))
    plan = solve(case, Options(grid="phases"))
    assert plan.status is Status.OPTIMAL
    assert verify(case, plan).ok


def test_linopy_builds_the_same_model() -> None:
    pytest.importorskip("linopy", reason="linopy belongs to make bench")
    from bench.with_linopy import as_highspy, linopy_model

    model = prepare(case_from(region(2, "lite")), Options(grid="phases"))
    highs, matrix = as_highspy(linopy_model(model)), model.matrix
    assert (highs.getNumRow(), highs.getNumCol(), highs.getNumNz()) == (
        len(matrix.row_lower),
        len(matrix.cost),
        len(matrix.values),
    )
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", 1e-6)
    highs.run()
    plan = solve(model.case, Options(grid="phases", gap=1e-6))
    assert highs.getInfo().objective_function_value == pytest.approx(plan.objective, rel=1e-5)


def test_the_command_prints_its_tables_and_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(growth, "QUICK", (("lite", "phases", (2, 3)),))
    kept = tmp_path / "bench.json"
    main(["--quick", "--only", "growth", "--json", str(kept)])
    assert "Growth: lite detail" in capsys.readouterr().out
    told = json.loads(kept.read_text())
    assert told["setting"]["highspy"]
    assert [row[0] for row in told["tables"][0]["rows"]] == [2, 3]


def test_a_table_is_rounded_for_people_and_exact_in_the_file() -> None:
    table = Table("t", ("what", "seconds"))
    table.add("build", 1.23456)
    assert table.as_json()["rows"] == [("build", 1.23456)]
