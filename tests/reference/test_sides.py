"""Policy regimes chosen in one cell, and plans side by side."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.case import Case
from planner.cli import app
from planner.options import Options
from planner.plan import Plan, Status
from planner.reference.side_by_side import PlanAlongside, across_grids, across_regimes, differing, regimes, unproven
from planner.sheets import Arrivals, Programmes, Rules, Scenarios
from planner.solve import prepare, solve
from planner.workbook import check, read, write_template
from tests.reference.conftest import GAP, INPUTS
from tests.reference.small import frame, outcome

CASE = INPUTS / "blueprint.xlsx"
CELL = "Settings!policy regime.Value="
PAIRS = (
    ("cooperation-led Mexico", "enforcement-led Mexico"),
    ("centres complement", "centres divert"),
    ("conditional aid", "humanitarian aid"),
    ("durable pathways first", "temporary pathways first"),
    ("deterrence permitted",),
)


def test_five_conflicts_stand_as_regimes() -> None:
    names = {row.scenario for row in regimes(read(CASE))}
    assert names == {name for pair in PAIRS for name in pair}


@pytest.mark.parametrize("name", [name for pair in PAIRS for name in pair])
def test_every_regime_makes_a_sound_case(name: str) -> None:
    case, problems = check(CASE, scenario=name)
    assert case is not None, [str(p) for p in problems if p.severity == "error"]
    assert case.changes


def test_one_cell_chooses_a_regime() -> None:
    by_cell = read(CASE, sets=(CELL + "deterrence permitted",))
    rule = by_cell.find(Rules, "No money for deterrence")
    assert rule is not None
    assert not rule.on
    programme = by_cell.find(Programmes, "Deterrence operations at the border")
    assert programme is not None
    assert programme.at_least == 52
    plain = read(CASE).find(Rules, "No money for deterrence")
    assert plain is not None
    assert plain.on


def test_a_future_comes_on_top_of_the_regime_and_another_regime_replaces_it() -> None:
    def arrivals(scenario: str, regime: str) -> float:
        case = read(CASE, scenario=scenario, sets=(CELL + regime,))
        row = case.find(Arrivals, "Mexico asylum claims / P3")
        assert row is not None
        rule = case.find(Rules, "No money for deterrence")
        assert rule is not None
        return row.rate if rule.on else -row.rate

    plain = arrivals("", "none")
    assert arrivals("surge", "deterrence permitted") == pytest.approx(-1.35 * plain)
    assert arrivals("conditional aid", "deterrence permitted") == plain


def test_an_unknown_regime_is_an_error_with_its_cell(tmp_path: Path) -> None:
    case, problems = check(CASE, sets=(CELL + "deterence permitted",))
    assert case is None
    wrong = [p for p in problems if p.check == "regime-unknown"]
    assert [p.suggestion for p in wrong] == ["deterrence permitted"]


def test_the_regime_in_the_workbook_itself_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    for path in (INPUTS / "blueprint").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text.replace("policy regime,none", "policy regime,nowhere"), encoding="utf-8")
    _, problems = check(folder)
    assert [(p.check, p.address.sheet, p.address.column) for p in problems if p.severity == "error"] == [
        ("regime-unknown", "Settings", "B")
    ]
    assert "nowhere" in next(str(p) for p in problems if p.severity == "error")


def test_probabilities_leave_room_for_the_case_as_it_stands() -> None:
    total = sum(row.probability or 0.0 for row in read(CASE).of(Scenarios))
    assert 0.5 <= total < 1.0


def test_differences_of_more_than_five_percent_are_named() -> None:
    def side(name: str, value: float) -> PlanAlongside:
        return PlanAlongside(name, "", Status.OPTIMAL, 1.0, 0.0, {"one": 100.0, "two": value, "nothing": 0.0}, 1, 1.0)

    assert differing((side("a", 100.0), side("b", 104.0)), 0.05) == ()
    assert differing((side("a", 100.0), side("b", 90.0)), 0.05) == (("two", pytest.approx(0.1)),)
    assert differing((), 0.05) == ()


def test_what_was_not_proven_is_said_with_its_gap() -> None:
    sides = (
        PlanAlongside("phases", "", Status.OPTIMAL, 1.0, 0.009, {"one": 100.0}, 1, 5.0),
        PlanAlongside("default", "", Status.FEASIBLE, 1.0, 0.034, {"one": 90.0}, 1, 600.0),
        PlanAlongside("months", "", Status.NO_PLAN, None, None, {}, 1, 600.0),
    )
    told = unproven(sides, 0.01)
    assert len(told) == 2
    assert told[0].startswith("default: stopped after 600 seconds with a plan proven within 3.4 %")
    assert told[1].startswith("months: no plan")
    assert differing(sides, 0.05) == (("one", pytest.approx(0.1)),)


def test_grids_that_run_out_of_time_do_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.reference.side_by_side.GRIDS", ("phases",))
    done = CliRunner().invoke(app, ["reference", "grids", str(CASE), "--time-limit", "0.1"])
    assert done.exit_code == 0, done.output
    assert "phases: no plan" in done.stdout or "phases: stopped" in done.stdout


def test_the_first_case_solves_on_all_three_grids() -> None:
    sides = across_grids(read(INPUTS / "starter.xlsx"))
    assert [side.name for side in sides] == ["phases", "default", "months"]
    assert all(side.status is Status.OPTIMAL for side in sides)
    done = CliRunner().invoke(app, ["reference", "grids", str(INPUTS / "starter.xlsx")])
    assert done.exit_code == 0, done.output
    assert "5 %" in done.stdout


def test_every_regime_is_solved_beside_the_case_without_one(tmp_path: Path) -> None:
    tables = frame()
    tables["People"] = [
        {"People": "waiting", "Place": "Guatemala", "State": "waiting", "At start": 1_000},
        {"People": "safe", "Place": "United States", "State": "protected"},
    ]
    tables["Pipelines"] = [
        {"Stage": "way", "Takes from": "waiting", "Place": "Guatemala", "To 1": "safe", "Share 1": 1, "At most": 500}
    ]
    outcome(tables, "people entering", "state: protected")
    tables["Settings"].append({"Setting": "policy regime", "Value": "open door"})
    tables["Scenarios"] = [
        {"Scenario": "open door", "Label": "More"},
        {"Scenario": "shut door", "Label": "Less"},
        {"Scenario": "surge", "Label": "A future", "Probability": 0.2},
    ]
    tables["Scenario changes"] = [
        {"Scenario": name, "Sheet": "Pipelines", "Row": "way", "Column": "At most", "Change": "set", "Value": value}
        for name, value in (("open door", "800"), ("shut door", "100"))
    ]
    path = tmp_path / "small.xlsx"
    write_template(path, raw_tables=tables)
    found = across_regimes(read(path), Options(gap=1e-9, grid="phases"))
    assert [side.name for side in found] == ["as it stands", "open door", "shut door"]
    assert [side.outcomes["goal"] for side in found] == pytest.approx([500.0, 800.0, 100.0])
    assert [side.name for side in across_regimes(read(path), names=("shut door",))] == ["as it stands", "shut door"]


@pytest.mark.slow
def test_enforcement_led_policy_leaves_more_people_unsafe_and_scores_less(plan: Plan) -> None:
    """Both by more than either search left open."""
    led = solve(read(CASE, scenario="enforcement-led Mexico"), Options(grid="phases", gap=GAP))
    assert led.status is Status.OPTIMAL
    assert led.outcome("Unsafe person-years") > 1.05 * plan.outcome("Unsafe person-years")
    assert led.objective is not None
    assert led.gap is not None
    assert plan.objective is not None
    assert led.objective * (1.0 + led.gap) < plan.objective


@pytest.mark.slow
def test_the_reference_case_is_proven_on_the_default_grid_and_built_on_months(case: Case) -> None:
    """Phases are proven by every other test here; months take longer than a test may: their size is looked at."""
    plan = solve(case, Options(grid="default", gap=0.05, time_limit=600.0))
    assert plan.status is Status.OPTIMAL
    assert plan.record.columns < 12_500
    months = prepare(case, Options(grid="months"))
    assert 40_000 < len(months.matrix.cost) < 60_000
