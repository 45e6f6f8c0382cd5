"""Scenarios and --set: what they change, how they tell it, what they refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.sheets import Funding, Overrides, People, Places, Rules, Settings, Staff
from planner.workbook import case_from, read
from tests.workbook.small import changed, found, small


def only(problems: tuple[Any, ...]) -> tuple[str, str]:
    (problem,) = [p for p in problems if p.severity == "error"]
    return problem.check, problem.suggestion


def test_a_scenario_changes_every_row_that_it_names() -> None:
    case = case_from(small(), scenario="Fewer Officers")
    assert [s.on_board for s in case.of(Staff)] == [10.0, 7.5]
    assert len(case.changes) == 2
    assert "20 -> 10" in str(case.changes[0])
    assert "scenario 'fewer officers'" in str(case.changes[0])
    assert case_from(small()).changes == ()
    assert case.sha256 != case_from(small()).sha256


@pytest.mark.parametrize(
    ("text", "sheet", "row", "field", "value"),
    [
        ("Staff!asylum officer / El Paso.In post=12", Staff, "asylum officer / El Paso", "on_board", 12.0),
        ("staff!ASYLUM officer / el paso.on board = 12 ", Staff, "asylum officer / El Paso", "on_board", 12.0),
        ("Places!Honduras.People in need=blank", Places, "Honduras", "need", None),
        (
            "Funding!operations.Places=El Paso; United States",
            Funding,
            "operations",
            "places",
            ("El Paso", "United States"),
        ),
        ("Funding!operations.Label=a=b", Funding, "operations", "label", "a=b"),
        ("Funding!operations.Available until=2021-12-31", Funding, "operations", "available_until", None),
        ("Rules!ports.On=no", Rules, "ports", "on", False),
        ("People!waiting*.At start=7", People, "waiting at El Paso", "at_start", 7.0),
    ],
)
def test_set_changes_one_cell(text: str, sheet: Any, row: str, field: str, value: Any) -> None:
    case = case_from(small(), sets=[text])
    changed_row = case.find(sheet, row)
    assert changed_row is not None
    if value is not None:
        assert getattr(changed_row, field) == value
    assert field not in changed_row.defaulted or value is None
    assert len(case.changes) == 1


def test_keys_may_hold_dots_and_slashes() -> None:
    tables = small()
    tables["Places"].append({"Place": "St. Louis / Mo.Label=1", "Kind": "city"})
    case = case_from(tables, sets=["Places!St. Louis / Mo.Label=1.Country=United States"])
    row = case.find(Places, "St. Louis / Mo.Label=1")
    assert row is not None
    assert row.country == "United States"


@pytest.mark.parametrize("name", ["grid", "Grid", " political capital at start"])
def test_a_known_setting_that_the_workbook_leaves_out_can_be_set(name: str) -> None:
    value = "phases" if "rid" in name else "12"
    case = case_from(small(), sets=[f"Settings!{name}.Value={value}"])
    assert case.setting(name.strip().lower()) == value
    assert case.sets == (f"Settings!{name}.Value={value}",)
    (told,) = case.changes
    assert told.words.startswith("Settings!B4 (")
    assert f"blank -> {value}" in told.words
    twice = ["Settings!grid.Value=months", "Settings!grid.Value=phases"]
    assert case_from(small(), sets=twice).setting("grid") == "phases"


def test_a_scenario_may_set_a_setting_that_the_workbook_leaves_out() -> None:
    tables = small()
    tables["Scenario changes"][0] |= {"Sheet": "Settings", "Row": "grid", "Column": "Value", "Change": "set"}
    tables["Scenario changes"][0]["Value"] = "phases"
    assert case_from(tables, scenario="fewer officers").setting("grid") == "phases"
    assert case_from(tables).setting("grid") == "default"
    assert len(case_from(tables).of(Settings)) == 2


def test_only_known_settings_are_added() -> None:
    assert only(found(small(), sets=["Settings!gird.Value=phases"])) == ("change-row", "")


def test_a_star_means_every_row() -> None:
    case = case_from(small(), sets=["Staff!*.Salary=1", "Staff!*.Ramp=30"])
    assert {(s.salary, s.ramp) for s in case.of(Staff)} == {(1.0, 30.0)}


def test_changes_apply_after_the_scenario_and_in_order() -> None:
    case = case_from(
        small(),
        scenario="fewer officers",
        sets=["Staff!asylum officer / El Paso.In post=1", "Staff!asylum officer / El Paso.In post=2"],
    )
    assert [s.on_board for s in case.of(Staff)] == [2.0, 7.5]


def test_multiply_uses_the_default_of_a_blank_cell() -> None:
    tables = small()
    tables["Scenario changes"] = [
        {
            "Scenario": "fewer officers",
            "Sheet": "Staff",
            "Row": "*",
            "Column": "Working share",
            "Change": "multiply",
            "Value": "0.8",
        },
        {"Scenario": "fewer officers", "Sheet": "Staff", "Row": "*", "Column": "Salary", "Change": "add", "Value": 5.0},
    ]
    case = case_from(tables, scenario="fewer officers")
    assert {(s.working_share, s.salary) for s in case.of(Staff)} == {(0.8, 120_005.0)}


@pytest.mark.parametrize(
    ("text", "check", "hint"),
    [
        ("Staf!x.In post=1", "change-sheet", "Staff"),
        ("Staff!asylum officer / El Pasoo.In post=1", "change-row", "asylum officer / El Paso"),
        ("Staff!asylum officer / El Paso.In pst=1", "change-column", "In post"),
        ("Staff=1", "change-form", ""),
        ("Staff!asylum officer", "change-form", ""),
        ("Indicators!x.At start=1", "change-row", ""),
        ("Scenario changes!*.Value=1", "change-sheet", ""),
    ],
)
def test_set_that_leads_nowhere_is_an_error(text: str, check: str, hint: str) -> None:
    assert only(found(small(), sets=[text])) == (check, hint)


def test_an_unknown_scenario_is_an_error() -> None:
    assert only(found(small(), scenario="fewer oficers")) == ("change-scenario", "fewer officers")


def test_a_changed_cell_is_typed_like_any_other() -> None:
    (problem,) = found(small(), sets=["Staff!asylum officer / El Paso.In post=many"])
    assert problem.check == "number-kind"
    assert "--set" in problem.found


@pytest.mark.parametrize(
    ("column", "value", "check"),
    [
        ("Sheet", "Stff", "change-sheet"),
        ("Row", "asylum oficer", "change-row"),
        ("Column", "On bord", "change-column"),
        ("Value", "half", "change-value"),
    ],
)
def test_broken_scenario_rows_are_found_before_they_are_used(column: str, value: str, check: str) -> None:
    (problem,) = changed("Scenario changes", 0, column, value)
    assert (problem.check, problem.severity, str(problem.address)) == (check, "error", "Scenario changes!F2")


def test_multiplying_a_text_column_is_an_error() -> None:
    (problem,) = changed("Scenario changes", 0, "Column", "Purpose")
    assert problem.check == "change-value"


def test_a_factor_multiplies_every_row_it_names() -> None:
    from pathlib import Path

    from planner.sheets import Appropriations
    from planner.workbook import read

    starter = Path(__file__).parents[2] / "inputs" / "starter"
    before, after = read(starter), read(starter, sets=("Appropriations!*.Amount=*0.85",))
    pairs = zip(before.of(Appropriations), after.of(Appropriations), strict=True)
    assert all(new.amount == 0.85 * old.amount for old, new in pairs)


@pytest.mark.parametrize(
    ("text", "row", "phase", "action", "value"),
    [
        (
            "Overrides!Staff / asylum officer / Border post / P1.Value=12",
            "asylum officer / Border post",
            "P1",
            "fix",
            12.0,
        ),
        ("Overrides!Staff / asylum officer / Border post.Value=12", "asylum officer / Border post", "", "fix", 12.0),
        (
            "Overrides!Staff / asylum officer / Border post / P1.Action=forbid",
            "asylum officer / Border post",
            "P1",
            "forbid",
            None,
        ),
    ],
)
def test_a_decision_by_hand_is_a_row_that_is_added(
    starter: Path, text: str, row: str, phase: str, action: str, value: float | None
) -> None:
    (made,) = read(starter, sets=[text]).of(Overrides)
    assert (made.sheet, made.row, made.phase, made.action, made.value) == ("Staff", row, phase, action, value)


def test_two_changes_of_one_decision_are_one_row(starter: Path) -> None:
    name = "Overrides!Staff / asylum officer / Border post / P1"
    (made,) = read(starter, sets=[f"{name}.Value=12", f"{name}.Action=at most"]).of(Overrides)
    assert (made.action, made.value) == ("at most", 12.0)


@pytest.mark.parametrize("row", ["Staff", "Nowhere / asylum officer", "Staff / *"])
def test_a_decision_by_hand_names_a_sheet_and_a_row(row: str) -> None:
    problems = found(small(), sets=[f"Overrides!{row}.Value=12"])
    assert only(problems)[0] == "change-row"
