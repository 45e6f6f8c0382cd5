"""Evidence, review and persona on a plan of the reference case, and on changed copies of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.case import Case
from planner.cli import app
from planner.plan import Plan
from planner.reference.persona import persons, ways
from planner.reference.review import History, review, without_history
from planner.results.evidence import weigh
from planner.sheets import Evidence, Pipelines, Ways
from tests.reference.conftest import INPUTS


def test_money_and_points_add_up_over_grades(case: Case, plan: Plan) -> None:
    weighing = weigh(case, plan)
    assert sum(weighing.money.values()) == pytest.approx(float(plan.tables["bills"]["cost"].sum()))
    assert sum(weighing.points.values()) > 0.0
    assert weighing.money["A"] > weighing.money["S"]
    assert weighing.points["S"] > 0.0


def test_the_weakest_numbers_are_assumptions_with_ranges(case: Case, plan: Plan) -> None:
    weakest = weigh(case, plan).weakest
    assert len(weakest) == 10
    assert all(item.grade in "AU" and 0.0 < item.points <= 1.0 for item in weakest)
    assert [item.weight for item in weakest] == sorted((item.weight for item in weakest), reverse=True)


def test_every_assumed_or_unverified_number_has_a_range(case: Case) -> None:
    assert weigh(case).without_range == ()


def test_without_a_plan_rows_count(case: Case) -> None:
    weighing = weigh(case)
    assert not weighing.money
    assert weighing.rows["A"] > 0
    assert weighing.weakest[0].rows > 1


def test_review_holds_the_plan_against_every_kind_of_history(case: Case, plan: Plan) -> None:
    findings = review(case, plan)
    assert {f.kind for f in findings} == {"uptake", "growth", "output", "rate", "disbursement"}
    assert without_history(case) == ()
    assert all(f.source and f.sentence for f in findings)
    worrying = [f for f in findings if f.worrying]
    assert worrying == list(findings[: len(worrying)])
    assert all(f.planned > f.seen for f in worrying)


def test_protection_is_never_granted_above_decisions_times_the_rate_seen(case: Case, plan: Plan) -> None:
    rates = [f for f in review(case, plan) if f.kind == "rate"]
    assert rates
    assert not [f for f in rates if f.worrying]


def test_a_rate_above_all_experience_is_a_warning(case: Case, plan: Plan) -> None:
    generous = tuple(
        replace(r, share_1=0.99, share_2=0.01) if r.stage == "COMAR decision" else r for r in case.of(Pipelines)
    )
    found = review(replace(case, rows={**case.rows, Pipelines: generous}), plan)
    assert [f.subject for f in found if f.kind == "rate" and f.worrying] == ["COMAR decision"]


def test_history_is_found_by_name_and_by_beginning(case: Case) -> None:
    history = History(case)
    assert history.find("growth", "COMAR decision") is history.find("growth", "COMAR merged procedure")
    assert history.find("uptake", "Refugee ceiling") is not None
    assert history.find("uptake", "no such pool") is None


def test_without_history_rows_review_says_so(case: Case, plan: Plan) -> None:
    bare = replace(case, rows={**case.rows, Evidence: tuple(r for r in case.of(Evidence) if " / " not in r.evidence)})
    assert review(bare, plan) == ()
    assert without_history(bare) == ("uptake", "growth", "output", "rate", "disbursement")


def test_five_ways_of_a_threatened_young_person(case: Case, plan: Plan) -> None:
    people = persons(case)
    assert len(people) == 3
    found = ways(case, plan, people[0])
    assert len(found) == 5
    assert [way.name for way in found] == [row.way for row in case.of(Ways) if row.person == people[0]]
    assert [way.everyone for way in found] == [False, True, False, False, True]
    assert all(way.open and way.open_from >= "2021-01-20" for way in found)
    assert all(sum(amount for _, amount in way.by_phase) == pytest.approx(way.people) for way in found)
    assert any(way.held_by for way in found)
    resettled = found[3]
    assert resettled.people < found[0].people


@pytest.mark.parametrize("words", [("evidence",), ("review",), ("persona",)])
def test_the_commands_answer(words: tuple[str, ...], plan_file: object) -> None:
    done = CliRunner().invoke(app, ["reference", *words, str(INPUTS / "blueprint.xlsx"), str(plan_file)])
    assert done.exit_code == 0, done.output
    assert done.stdout.strip()


def test_a_case_without_ways_says_so(tmp_path: Path) -> None:
    """Another region has other ways, or none: nothing of the reference case stands in the code."""
    plan = tmp_path / "plan.xlsx"
    starter = str(INPUTS / "starter.xlsx")
    assert CliRunner().invoke(app, ["solve", starter, "--grid", "phases", "--out", str(plan), "--quiet"]).exit_code == 0
    done = CliRunner().invoke(app, ["reference", "persona", starter, str(plan)])
    assert done.exit_code == 0, done.output
    assert "Sheet Ways is empty" in done.stdout


def test_a_person_who_is_not_described_is_refused(plan_file: object) -> None:
    done = CliRunner().invoke(
        app, ["reference", "persona", str(INPUTS / "blueprint.xlsx"), str(plan_file), "--person", "nobody"]
    )
    assert done.exit_code == 2
    assert "threatened young person from Honduras" in done.output


def test_a_plan_of_another_workbook_is_refused(plan_file: Path) -> None:
    starter = str(INPUTS / "starter.xlsx")
    for verb in ("coverage", "evidence", "review", "persona"):
        done = CliRunner().invoke(app, ["reference", verb, starter, str(plan_file)])
        assert done.exit_code == 2, (verb, done.output)
        assert "is the plan of another workbook" in done.output
        alone = CliRunner().invoke(app, ["reference", verb, str(plan_file)])
        assert alone.exception is None or isinstance(alone.exception, SystemExit), (verb, alone.output)
        assert "another workbook" not in alone.output
