"""Policy regimes chosen in one cell, and plans side by side."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli import app
from planner.options import Options
from planner.plan import Status
from planner.reference.sides import Side, across_grids, across_regimes, differing, regimes
from planner.sheets import Arrivals, Programmes, Rules, Scenarios
from planner.solve import prepare, solve
from planner.workbook import check, read
from tests.reference.conftest import INPUTS

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
    def side(name: str, value: float) -> Side:
        return Side(name, "", Status.OPTIMAL, 1.0, 0.0, {"one": 100.0, "two": value, "nothing": 0.0}, 1, 1.0)

    assert differing((side("a", 100.0), side("b", 104.0))) == ()
    assert differing((side("a", 100.0), side("b", 90.0))) == (("two", pytest.approx(0.1)),)
    assert differing(()) == ()


def test_the_first_case_solves_on_all_three_grids() -> None:
    sides = across_grids(read(INPUTS / "starter.xlsx"))
    assert [side.name for side in sides] == ["phases", "default", "months"]
    assert all(side.status is Status.OPTIMAL for side in sides)
    done = CliRunner().invoke(app, ["grids", str(INPUTS / "starter.xlsx")])
    assert done.exit_code == 0, done.output
    assert "percent" in done.stdout


@pytest.mark.slow
def test_regimes_of_mexican_policy_differ_side_by_side() -> None:
    sides = across_regimes(CASE, Options(grid="phases", gap=0.03), names=PAIRS[0])
    assert [side.name for side in sides] == ["as it stands", *PAIRS[0]]
    assert all(side.status is Status.OPTIMAL for side in sides)
    stands, cooperation, enforcement = sides
    assert enforcement.outcomes["Unsafe person-years"] > cooperation.outcomes["Unsafe person-years"]
    assert cooperation.objective is not None
    assert stands.objective is not None
    assert enforcement.objective is not None
    assert enforcement.objective < min(cooperation.objective, stands.objective)


@pytest.mark.slow
def test_the_reference_case_is_proven_on_the_coarser_grids_and_built_on_months() -> None:
    """Months take longer to prove than a test may: there the model is built and its size is looked at."""
    case = read(CASE)
    for grid, most in (("phases", 4_000), ("default", 12_500)):
        plan = solve(case, Options(grid=grid, gap=0.05, time_limit=600.0))
        assert plan.status is Status.OPTIMAL, grid
        assert plan.record.columns < most
    months = prepare(case, Options(grid="months"))
    assert 40_000 < len(months.matrix.cost) < 60_000
