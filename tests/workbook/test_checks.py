"""Checks of a whole case: each with a case that trips it and one that it must leave alone."""

from __future__ import annotations

from typing import Any

import pytest

import planner.checks as checks_module
from planner.case.problems import Problem
from planner.checks import check_case, magnitudes
from planner.sheets.address import Address
from planner.workbook import case_from, check_tables
from tests.workbook.small import SOURCED, changed, found, small


def said(problems: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    return [(p.check, str(p.address), p.suggestion) for p in problems]


def spoken(tables: dict[str, list[dict[str, Any]]], check: str) -> list[tuple[str, str, str]]:
    """Findings whose check begins so, where compiling refuses the same cell in its own words."""
    return [finding for finding in said(found(tables)) if finding[0].startswith(check)]


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "expected"),
    [
        ("Places", 4, "Country", "Hondurs", ("reference-unknown", "Places!C6", "Honduras")),
        ("Funding", 0, "Places", "United States; Honduras; Mexco", ("reference-unknown", "Funding!E2", "")),
        ("Pipelines", 0, "To 2", "refusd", ("reference-unknown", "Pipelines!W2", "refused")),
        ("Pipelines", 0, "Needs", "reopen port", ("reference-unknown", "Pipelines!AC2", "reopen ports")),
        ("Pipelines", 0, "Cadre", "asylum oficer", ("staff-unknown", "Pipelines!I2", "asylum officer / El Paso")),
        ("Pipelines", 0, "Duty station", "Honduras", ("staff-unknown", "Pipelines!I2", "")),
        ("Settings", 0, "Setting", "case nam", ("setting-unknown", "Settings!A2", "case name")),
        ("Settings", 1, "Value", "31-12", ("setting-value", "Settings!B3", "")),
        ("Settings", 1, "Value", "02-29", ("setting-value", "Settings!B3", "")),
        ("Rules", 0, "Where", "lane border", ("selection-form", "Rules!D2", "")),
        ("Rules", 0, "Where", "line of acton: border", ("selection-field", "Rules!D2", "line of action")),
        ("Rules", 0, "Where", "line of action: borders", ("selection-nothing", "Rules!D2", "border")),
        ("Rules", 0, "Where", "line of action: not bordr", ("selection-nothing", "Rules!D2", "border")),
        ("Rules", 0, "Where", "country: United Staes", ("selection-nothing", "Rules!D2", "United States")),
        ("Rules", 0, "Where", "place: Honduras", ("selection-nothing", "Rules!D2", "")),
        ("Rules", 0, "Where", "group: families", ("selection-nothing", "Rules!D2", "")),
        ("Rules", 0, "Of where", "row: intervew", ("selection-nothing", "Rules!I2", "interview")),
        ("Rules", 0, "Where", "kind: stages", ("selection-nothing", "Rules!D2", "stage")),
        ("Rules", 0, "Where", "account: operation", ("selection-nothing", "Rules!D2", "operations")),
        ("Rules", 0, "Source", "E002", ("source-unknown", "Rules!R2", "E001")),
        ("Staff", 0, "Source", "in pst: E001", ("source-column", "Staff!R2", "In post")),
        ("Staff", 0, "Source", "in post: E001; salary: E003", ("source-unknown", "Staff!R2", "E001")),
    ],
)
def test_names_that_lead_nowhere_are_errors(
    sheet: str, row: int, column: str, value: str, expected: tuple[str, str, str]
) -> None:
    problems = changed(sheet, row, column, value)
    assert said(tuple(p for p in problems if p.severity == "error")) == [expected]


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value"),
    [
        ("Funding", 0, "Places", "Honduras;El Paso;San Ysidro"),
        ("Settings", 1, "Value", "02-28"),
        ("Settings", 1, "Value", "01-01"),
        ("Rules", 0, "Where", "LANE: Border; place: el paso, SAN YSIDRO; kind: stage, not hire"),
        ("Rules", 0, "Where", "row: asylum officer / El Paso, interview"),
        (
            "Rules",
            0,
            "Where",
            "origin: Honduras; duty station: El Paso; cadre: asylum officer; purpose: care, processing; actor: government",
        ),
        ("Rules", 0, "Where", ""),
        ("Rules", 0, "Where", "account: operations"),
        ("Staff", 0, "Source", "On board: E001; salary: E001, e001"),
        ("Staff", 0, "Source", "E001; E001"),
    ],
)
def test_names_that_lead_somewhere_are_left_alone(sheet: str, row: int, column: str, value: str) -> None:
    assert changed(sheet, row, column, value) == ()


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("grid", "phases", "phase"),
        ("grid", "every 30 days", "every day"),
        ("grid", "every 7.5 days", "every 0 days"),
        ("political capital at start", "100", "much"),
        ("political capital at most", 50.0, "-1"),
        ("coalition quorum", "2", "nan"),
    ],
)
def test_settings_are_typed(name: str, good: Any, bad: str) -> None:
    tables = small()
    tables["Settings"].append({"Setting": name.upper(), "Value": good})
    if name == "coalition quorum":
        tables["Coalition"] = [{"Partner": "senators", "Measure": "units", "Status quo": 0.0, "Weight": 3.0, **SOURCED}]
    assert case_from(tables).setting(name) == (good if isinstance(good, str) else "50")
    tables["Settings"][-1]["Value"] = bad
    assert [p.check for p in found(tables)] == ["setting-value"]


def test_effects_may_act_on_political_capital_and_staff() -> None:
    tables = small()
    tables["Settings"].append({"Setting": "political capital at start", "Value": 10.0})
    tables["Effects"] = [
        {"Reform": "reopen ports", "Effect": "releases", "On": "political capital", "Amount": 1.0, **SOURCED},
        {
            "Reform": "reopen ports",
            "Effect": "adds capacity",
            "On": "asylum officer / El Paso",
            "Amount": 1.0,
            **SOURCED,
        },
    ]
    assert found(tables) == ()
    tables["Effects"][1]["On"] = "operations"
    assert set(said(found(tables))) == {("effect-target", "Effects!C3", "")}  # reading and compiling both refuse it
    tables["Effects"][1]["On"] = "asylum officer / El Pas"
    assert spoken(tables, "reference-unknown") == [("reference-unknown", "Effects!C3", "asylum officer / El Paso")]


@pytest.mark.parametrize("sheet", ["Overrides", "Previous plan"])
def test_pointers_to_rows(sheet: str) -> None:
    tables = small()
    tables["Pipelines"][0]["Needs"] = None  # a pace before the reform would be impossible
    row: dict[str, Any] = {"Sheet": "pipelines", "Row": "Interview", "Phase": "P1", **SOURCED}
    row |= {"Action": "fix", "Value": 100.0} if sheet == "Overrides" else {"Level": 100.0}
    tables[sheet] = [row]
    assert found(tables) == ()
    row["Row"] = "intervew"
    assert spoken(tables, "pointer-") == [("pointer-row", f"{sheet}!B2", "interview")]
    row["Sheet"] = "Pipeline"
    assert spoken(tables, "pointer-") == [("pointer-sheet", f"{sheet}!A2", "Pipelines")]


def test_raw_verbs() -> None:
    tables = small()
    tables["Raw ledgers"] = [{"Ledger": "hours"}]
    tables["Raw activities"] = [{"Activity": "door"}]
    tables["Raw recipes"] = [{"Activity": "door", "Verb": "use", "Ledger": "hours", "Quantity": 2.0, **SOURCED}]
    assert found(tables) == ()
    tables["Raw recipes"][0]["Verb"] = "uses"
    assert said(found(tables)) == [("choice-unknown", "Raw recipes!B2", "use")]


def test_teams_and_deployments_need_their_cadres() -> None:
    tables = small()
    tables["Staff"] += [{**row, "Cadre": "interpreter"} for row in tables["Staff"]]
    tables["Teams"] = [{"Cadre": "asylum officer", "Support cadre": "interpreters", "Ratio": 0.5, **SOURCED}]
    tables["Deployments"] = [
        {
            "Cadre": "asylum officer",
            "From duty station": "El Paso",
            "To duty station": "Honduras",
            "At most": 0.1,
            **SOURCED,
        }
    ]
    assert [(c, a) for c, a, _ in said(found(tables))] == [
        ("staff-unknown", "Deployments!C2"),
        ("staff-unknown", "Teams!B2"),
    ]
    tables["Teams"][0]["Support cadre"] = "Interpreter"
    tables["Deployments"][0]["To duty station"] = "San Ysidro"
    assert found(tables) == ()


@pytest.mark.parametrize(("name", "severity"), [("a; b", "error"), ("a|b", "error"), ("Washington, D.C.", "warning")])
def test_names_with_separators(name: str, severity: str) -> None:
    tables = small()
    tables["Places"].append({"Place": name})
    assert [(p.check, p.severity) for p in found(tables)] == [("name-separator", severity)]


@pytest.mark.parametrize(
    ("column", "value", "check"),
    [("Purposes", "processing; car", "purpose-unused"), ("Actors", "government; goverment", "actor-unused")],
)
def test_purposes_that_nobody_has_are_warnings(column: str, value: str, check: str) -> None:
    problems = changed("Funding", 0, column, value)
    assert [(p.check, p.severity) for p in problems] == [(check, "warning")]


def test_numbers_without_source_or_grade_are_one_warning_a_row() -> None:
    tables = small()
    tables["Staff"][0] |= {"Source": None, "Grade": None}
    tables["Staff"][1] |= {"Grade": None}
    assert [(p.check, str(p.address), p.severity) for p in found(tables)] == [
        ("source-missing", "Staff!R2", "warning"),
        ("grade-missing", "Staff!S3", "warning"),
    ]


def test_sources_without_an_evidence_sheet_are_one_warning() -> None:
    tables = small()
    del tables["Evidence"]
    assert [(p.check, p.severity) for p in found(tables)] == [("evidence-missing", "warning")]


def outliers(*figures: float) -> list[Problem]:
    tables = small()
    tables["People"] += [
        {"People": f"p{n}", "Place": "El Paso", "State": "waiting", "At start": x, **SOURCED}
        for n, x in enumerate(figures)
    ]
    return [p for p in found(tables) if p.check == "magnitude"]


def test_outliers_name_their_neighbours() -> None:
    (high,) = outliers(3000.0, 0.0, 5000.0, 4_000_001_000.0)
    assert str(high.address) == "People!G8"
    assert "3,000 and 5,000" in high.found
    (low,) = outliers(3000.0, 5000.0, 0.5)
    assert str(low.address) == "People!G7"
    assert low.severity == "warning"


def test_ordinary_spread_is_left_alone() -> None:
    assert outliers(3000.0, 5.0, 5000.0, 1_000_000.0) == []
    assert outliers(9e9) == []
    assert outliers(0.0, 0.0, 0.0, 9e9) == []


def unit_costs(*costs: tuple[str, float]) -> list[str]:
    """Cells of unit costs that stand out, among programmes of these units."""
    tables = small()
    tables["Programmes"] = [
        {"Programme": f"q{n}", "Place": "El Paso", "Unit": unit, "Unit cost": cost, "Purpose": "care", **SOURCED}
        for n, (unit, cost) in enumerate(costs)
    ]
    return [str(p.address) for p in magnitudes.check(case_from(tables)) if "'Unit cost'" in p.found]


def test_outliers_are_sought_among_rows_of_one_unit() -> None:
    cases = [("case", 1_000.0), ("case", 1_100.0), ("case", 900.0), ("case", 1_000.0)]
    messages = [("message", 0.01), ("message", 0.02), ("message", 0.03), ("message", 0.01)]
    assert unit_costs(*cases, *messages) == []
    assert len(unit_costs(*cases, ("case", 5_000_000.0), *messages)) == 1


def test_outliers_are_not_sought_where_units_differ() -> None:
    tables = small()
    tables["Rules"] = [{**tables["Rules"][0], "Rule": f"r{n}", "Value": 10.0 ** (2 * n)} for n in range(8)]
    assert magnitudes.check(case_from(tables)) == []


def test_checks_of_meaning_run_on_unsure_cases_and_stay_silent_about_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def speak(case: Any) -> list[Problem]:
        return [Problem("meaning", "error", Address("People", n, "A"), "wrong.", "Mend it.") for n in (2, 3)]

    def trip(case: Any) -> list[Problem]:
        name = "Hondurass"
        raise KeyError(name)

    monkeypatch.setattr(checks_module, "DOMAIN", (speak, trip))
    tables = small()
    tables["People"][0]["At start"] = "a lot"
    _, problems = check_tables(tables)
    assert [(p.check, p.address.row) for p in problems] == [("number-kind", 2), ("meaning", 3)]
    with pytest.raises(KeyError):
        check_tables(small())


def test_findings_come_sorted_and_once() -> None:
    case = case_from(small())
    assert check_case(case) == []


def test_a_wrong_unit_is_told_without_an_exponent() -> None:
    (high,) = outliers(3000.0, 4000.0, 5000.0, 40_000_000.0)
    assert "40,000,000 is 10,000 times the middle of the other rows" in high.found
