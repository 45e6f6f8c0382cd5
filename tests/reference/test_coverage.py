"""Every recommendation of the five documents is in the reference case, and a plan says what becomes of it."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.case import Case
from planner.cli import app
from planner.plan import Plan, Status
from planner.reference.carriers import carriers
from planner.reference.coverage import cover, uncovered
from planner.reference.fates import ORDER
from planner.sheets import Programmes, Recommendations
from planner.verify import verify
from planner.workbook import read
from planner.workbook.raw import as_text
from planner.workbook.reader import load
from tests.reference.conftest import INPUTS

IDS = tuple(Path(__file__).with_name("ids.txt").read_text(encoding="utf-8").split())


def test_every_recommendation_is_carried_once(case: Case) -> None:
    listed = [row.recommendation for row in case.of(Recommendations)]
    assert len(IDS) == 241
    assert sorted(listed) == sorted(IDS)
    assert uncovered(cover(case), IDS) == ()


def test_context_has_a_reason_and_is_rare(case: Case) -> None:
    context = [row for row in case.of(Recommendations) if not carriers(row)]
    assert all(row.kind == "context" and row.reason for row in context)
    assert len(context) <= 5


def test_an_id_that_is_not_on_the_sheet_is_missing(case: Case) -> None:
    assert uncovered(cover(case), (*IDS, "X-1")) == ("X-1",)


def test_a_row_that_is_taken_away_leaves_its_recommendations_uncovered(case: Case) -> None:
    lost = "Safe spaces on the route"
    rows = {**case.rows, Programmes: tuple(r for r in case.of(Programmes) if r.programme != lost)}
    found = {item.id: item for item in cover(replace(case, rows=rows))}
    assert found["B-Y4-07"].missing == (f"Programmes: {lost}",)
    assert uncovered(tuple(found.values())) == ("B-Y4-07",)


def test_the_plan_is_proven_and_verified(case: Case, plan: Plan) -> None:
    assert plan.status is Status.OPTIMAL
    assert verify(case, plan).ok


def test_a_plan_gives_every_recommendation_a_word(case: Case, plan: Plan) -> None:
    found = cover(case, plan)
    words = {item.id: item.word for item in found}
    assert set(words.values()) <= {*ORDER, "context"}
    assert all(item.in_plan.startswith(item.word) for item in found)
    assert words["B-F2-01"] == "enacted"
    assert words["B-F3-26"] == "funded"
    assert words["A21-01"] == "binding"
    assert words["B-FR-22"] == "context"
    idle = [item for item in found if item.word == "idle"]
    assert len(idle) < 40
    assert all("idle because" in item.in_plan for item in idle)


def test_the_command_writes_a_copy_with_the_column_filled_in(plan_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "filled.xlsx"
    done = CliRunner().invoke(app, ["coverage", str(INPUTS / "blueprint.xlsx"), str(plan_file), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "241 recommendations, 241 carried" in done.stdout
    table = load(out).tables[Recommendations]
    assert all(as_text(row.values.get("in_plan")) for row in table.rows)
    assert read(out).of(Recommendations)[0].in_plan


def test_the_command_writes_csv_without_a_plan(tmp_path: Path) -> None:
    out = tmp_path / "coverage.csv"
    done = CliRunner().invoke(app, ["coverage", str(INPUTS / "blueprint.xlsx"), "-q", "--out", str(out)])
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["Id"] for line in lines] == list(IDS) or sorted(line["Id"] for line in lines) == sorted(IDS)


def test_a_case_without_recommendations_fails() -> None:
    done = CliRunner().invoke(app, ["coverage", str(INPUTS / "starter.xlsx")])
    assert done.exit_code == 6
    assert "is empty" in done.stdout


@pytest.mark.parametrize(
    "kind", ["programme", "reform", "visa stream", "slots", "site", "cadre", "account", "milestone"]
)
def test_every_kind_of_carrier_is_used(case: Case, kind: str) -> None:
    assert any(row.kind == kind for row in case.of(Recommendations))
