"""A plan in coarser periods than the workbook asks for is marked, with what the two differ by where both are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app import coarse, settings, state
from app.views import compare
from planner.case import Case
from planner.inputs_path import inputs_path
from planner.options import Options
from planner.plan import Plan
from planner.results.frames import tidy
from planner.sheets import Settings
from planner.solve import solve
from planner.workbook import read
from tests.app.conftest import read_words


@pytest.fixture(scope="module")
def plans() -> tuple[Case, Plan, Plan]:
    """The starter on phases and on its own grid."""
    case = read(inputs_path("starter"))
    rough, fine = (tidy(solve(case, Options(grid=grid, gap=1e-4))) for grid in ("phases", ""))
    return case, rough, fine


def test_a_coarse_plan_is_marked_and_the_workbooks_own_is_not(
    plans: tuple[Case, Plan, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, rough, fine = plans
    monkeypatch.setattr(state, "shown", lambda: None)
    told = coarse.note(case, rough)
    assert "count in **phases** (3 periods)" in told
    assert f"own grid is **default** ({len(case.grid())} periods)" in told
    assert coarse.note(case, fine) == ""
    assert coarse.standing_line(case, rough).replace("\\", "").endswith("(grid phases, no scenario, no changes)")


def test_how_far_the_two_differ_is_told_by_outcome(plans: tuple[Case, Plan, Plan]) -> None:
    case, rough, fine = plans
    told = coarse.differences(case, rough, fine)
    assert told.count("instead of") in (1, 2, 3)
    share = fine.outcome("safe years") / rough.outcome("safe years") - 1.0
    assert f"({share:+.1%})" in told or abs(share) < coarse.NOTEWORTHY or told.count(";") == 2
    assert coarse.differences(case, fine, fine) == ""


def test_the_workbooks_own_grid_can_be_chosen_and_linked_to(plans: tuple[Case, Plan, Plan]) -> None:
    case = plans[0]
    own = replace(
        case, rows={**case.rows, Settings: (*case.of(Settings), Settings(setting="grid", value="every 50 days"))}
    )
    assert coarse.grids_of(case) == settings.GRIDS
    assert coarse.grids_of(own) == (*settings.GRIDS, "every 50 days")
    found, told = settings.read_link({"grid": ["every 50 days"]}, (), (), coarse.grids_of(own))
    assert (found.grid, told) == ("every 50 days", [])
    assert settings.read_link({"grid": ["every 50 days"]}, (), ())[1]


@pytest.mark.parametrize("page", ["Start", "Plan", "Explain", "Trade-offs", "Futures"])
def test_every_page_with_figures_says_that_they_are_coarse(opened: Callable[..., AppTest], page: str) -> None:
    at = opened(page)
    assert not at.exception
    said = read_words(at)
    assert ":orange-badge[coarse] These figures count in **phases** (3 periods)" in said
    assert page == "Futures" or "(grid phases, no scenario, no changes)" in said


def test_plans_side_by_side_name_the_periods_in_which_they_count(
    plans: tuple[Case, Plan, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, rough, fine = plans
    said: list[str] = []
    monkeypatch.setattr(compare.st, "markdown", said.append)
    compare.legend(
        [compare.Side("A", "x", rough, case), compare.Side("B", "y", fine, case), compare.Side("C", "z", rough, None)]
    )
    first, second, third = said[0].splitlines()
    assert first.endswith("counted in phases :orange-badge[coarse] (the workbook's own grid is default)")
    assert second.endswith("counted in default")
    assert third.endswith("counted in phases")
