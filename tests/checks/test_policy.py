"""What a planner may want to set stands on sheet Settings: it counts, and what it cannot be is told with its cell."""

from __future__ import annotations

import pytest

from planner.case import SETTINGS, Case
from planner.workbook import case_from, check_tables
from tests.checks.edits import Edit, edited

POLICY = [s for s in SETTINGS if s.kind == "number" and s.default and s.name != "political capital a year"]
REWARDED: tuple[Edit, ...] = (
    ("Programmes", "recruitment support", {"Line of action": "patrols"}),
    (
        "Outcome terms",
        "",
        {"Outcome": "safe years", "Line": "9", "Measure": "units", "Where": "line of action: patrols"},
    ),
)


def case_with(*settings: tuple[str, object], edits: tuple[Edit, ...] = ()) -> Case:
    """The starter with settings."""
    rows = tuple(("Settings", "", {"Setting": name, "Value": value}) for name, value in settings)
    return case_from(edited(*rows, *edits))


def checks_of(case: Case) -> set[str]:
    """Kinds of warnings of a case."""
    return {p.check for p in case.warnings}


def test_every_policy_has_its_default() -> None:
    case = case_with()
    assert {s.name: case.policy(s.name) for s in POLICY} == {
        "outlier factor": 1000.0, "history margin": 0.005, "weak evidence from": 0.01, "noteworthy difference": 0.05,
        "futures that agree": 0.95,
    }  # fmt: skip
    assert case.grades == {"S": "S sourced", "D": "D derived", "A": "A assumption", "U": "U unverified", "": "no grade"}


@pytest.mark.parametrize("setting", POLICY, ids=lambda s: s.name)
@pytest.mark.parametrize("beyond", [-1.0, "many", "high"])
def test_what_it_cannot_be_is_told_and_the_default_holds(setting: object, beyond: object) -> None:
    declared = next(s for s in SETTINGS if s is setting)
    if beyond == "high" and declared.high == float("inf"):
        pytest.skip("it has no upper end")
    value = declared.high + 1.0 if beyond == "high" else beyond
    case, problems = check_tables(edited(("Settings", "", {"Setting": declared.name, "Value": value})))
    assert case is None
    (problem,) = [p for p in problems if p.check == "setting-value"]
    assert problem.address.sheet == "Settings"
    assert declared.name in problem.found
    assert problem.mend.startswith("Write")


def test_figures_are_compared_by_the_workbooks_own_factor() -> None:
    assert "magnitude" not in checks_of(case_with())
    assert "magnitude" in checks_of(case_with(("outlier factor", 3)))


def test_enforcement_is_known_by_the_workbooks_own_words() -> None:
    assert "enforcement-rewarded" not in checks_of(case_with(edits=REWARDED))
    assert "enforcement-rewarded" in checks_of(case_with(("enforcement words", "Patrol; wall"), edits=REWARDED))


def test_grades_are_called_as_the_workbook_says() -> None:
    assert case_with(("grade A", "best guess")).grades["A"] == "A best guess"
