"""Decisions by hand about a yes or no are judged on the dates of the grid on which the plan is made, not by days."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.analyses.overriding import read_hand
from planner.case import Case
from planner.case.problems import Problem
from planner.cli import app
from planner.explain import Hand, check_hands, open_case
from planner.options import Options
from planner.solve import solve
from planner.workbook import check, read

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
REFORM = "labour agreement"
WINDOW = (f"Reforms!{REFORM}.Dates=period", f"Reforms!{REFORM}.From=2025-04-20", f"Reforms!{REFORM}.Until=2026-02-10")
PHASES = "Settings!grid.Value=phases"


def found(*sets: str) -> tuple[Case | None, list[Problem]]:
    """What validation says at sheet Overrides."""
    case, problems = check(STARTER, sets=(*WINDOW, *sets))
    return case, [p for p in problems if p.address.sheet == "Overrides"]


def hand(action: str, phase: str) -> str:
    """A decision about the reform as a change."""
    return f"Overrides!Reforms / {REFORM} / {phase}.Action={action}"


def test_a_date_inside_a_period_is_no_date_of_the_grid() -> None:
    """On three phases nothing begins between 20 April and the end of the second phase; on finer grids periods do."""
    for sets, checks in ((PHASES,), ["override-idle"]), ((), []):
        case, said = found(*sets, hand("forbid", "P2"))
        assert case is not None
        assert [p.check for p in said] == checks
    assert "no period of grid 'phases'" in found(PHASES, hand("forbid", "P2"))[1][0].found


def test_what_must_be_taken_on_no_date_is_a_conflict_and_the_mend_helps() -> None:
    _, (said,) = found(PHASES, hand("fix", "P2"))
    assert (said.check, said.severity) == ("override-window", "conflict")
    assert "--grid months" in said.mend
    case = read(STARTER, sets=(*WINDOW, PHASES, hand("fix", "P2")))
    assert not solve(case, Options(grid="phases")).found
    assert solve(case, Options(grid="months", gap=0.05)).found


def test_a_window_that_opens_after_the_last_period_has_begun_leaves_no_date() -> None:
    late = (f"Reforms!{REFORM}.From=2027-12-20", f"Reforms!{REFORM}.Until=blank")
    _, problems = check(STARTER, sets=(WINDOW[0], *late, hand("forbid", "P3")))
    assert {"override-idle"} <= {p.check for p in problems}


@pytest.mark.parametrize(("grid", "told"), [("phases", True), ("default", False)])
def test_another_grid_than_the_workbooks_is_heeded(grid: str, told: bool) -> None:
    case = read(STARTER, sets=(*WINDOW, hand("forbid", "P2")))
    plan = solve(case, Options(grid=grid))
    assert any("this row changes nothing" in text for text in plan.warnings) == told
    solved = open_case(read(STARTER, sets=WINDOW), Options(grid=grid))
    said = check_hands(solved, [Hand("Reforms", REFORM, "forbid", None, "P2")]).sentence
    assert ("changes nothing" in said) == told


@pytest.mark.parametrize("words", ["Reforms!labour agreement@p2", "Reforms!labour agreement@P2"])
def test_a_phase_is_known_in_small_letters(words: str) -> None:
    assert read_hand(words, "forbid", ["P1", "P2"]).phase == "P2"


def test_names_that_are_nearly_right_are_offered() -> None:
    for change, meant in {
        "Overrides!Programme / recruitment support.Action=forbid": "Did you mean 'Programmes / recruitment support'?",
        "Overrides!Programmes / recruitment suport.Action=forbid": "Did you mean 'recruitment support'?",
        "Overrides!Programmes / recruitment support / P9.Action=forbid": "there is no 'P9' on sheet Time",
    }.items():
        result = CliRunner().invoke(app, ["validate", str(STARTER), "--set", change])
        assert result.exit_code == 3
        assert meant in " ".join(result.output.split())
    assert read(STARTER, sets=("Overrides!PROGRAMMES / Recruitment Support / p2.Action=forbid",))
