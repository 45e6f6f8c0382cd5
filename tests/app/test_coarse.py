"""Plans count in the workbook's own grid; a first answer in coarser periods is marked, and replaced by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.session import coarse, settings
from app.session.store import Source, Wish
from app.tasks import jobs
from app.views import compare
from planner.case import Case
from planner.inputs_path import inputs_path
from planner.options import Options
from planner.plan import Plan
from planner.plan.frames import tidy
from planner.sheets import Settings
from planner.solve import solve
from planner.workbook import read
from tests.app.conftest import read_words, wait_for_plan

Open = Callable[..., AppTest]
ROUGH = "These figures count in phases (3 periods); the workbook's own grid is default (10 periods)."
FIRST = "First answer, counted in phases (3 periods)."


@pytest.fixture(scope="module")
def plans() -> tuple[Case, Plan, Plan]:
    """The starter on phases and on its own grid."""
    case = read(inputs_path("starter"))
    rough, fine = (tidy(solve(case, Options(grid=grid, gap=1e-4))) for grid in ("phases", ""))
    return case, rough, fine


def test_a_coarse_plan_is_marked_and_the_workbooks_own_is_not(plans: tuple[Case, Plan, Plan]) -> None:
    case, rough, fine = plans
    assert coarse.rough(case, rough.record.grid) == ROUGH
    assert coarse.rough(case, fine.record.grid) == coarse.rough(case, "") == ""
    assert coarse.standing_line(case, rough).replace("\\", "").endswith("(grid phases, no scenario, no changes)")


def test_how_far_the_two_differ_is_told_by_outcome(plans: tuple[Case, Plan, Plan]) -> None:
    case, rough, fine = plans
    told = coarse.differences(case, rough, fine)
    assert told.count("instead of") in (1, 2, 3)
    share = fine.outcome("safe years") / rough.outcome("safe years") - 1.0
    assert (
        f"({100.0 * share:+.1f} %)".replace("-", "\u2212") in told
        or abs(share) < coarse.NOTEWORTHY
        or told.count(";") == 2
    )
    assert coarse.told(case, rough, fine) == f"On default: {told}."
    assert coarse.differences(case, fine, fine) == ""
    assert coarse.told(case, fine, fine) == "On default no headline outcome differs by half a percent."


def test_the_workbooks_own_grid_is_the_usual_one_by_whatever_name(plans: tuple[Case, Plan, Plan]) -> None:
    case = plans[0]
    own = replace(
        case, rows={**case.rows, Settings: (*case.of(Settings), Settings(setting="grid", value="every 50 days"))}
    )
    assert coarse.grids_of(case) == (settings.AS_WRITTEN, "phases")
    assert coarse.grids_of(case, "months") == (settings.AS_WRITTEN, "phases", "months")
    assert coarse.grids_of(own) == (settings.AS_WRITTEN, *settings.GRIDS)
    for name, said in (("every 50 days", settings.AS_WRITTEN), ("default", "default")):
        found, told = settings.read_link({"grid": [name]}, (), (), "every 50 days")
        assert (found.grid, told) == (said, [])
    assert settings.read_link({"grid": ["every 50 days"]}, (), (), "default")[1]


def test_a_first_answer_goes_before_slow_plans_alone(
    plans: tuple[Case, Plan, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, wish = plans[0], Wish(scenario="surge", sets=("a!b.c=1",))
    assert coarse.first_of(case, wish) is None, "the starter's own grid is quick"
    blueprint = read(inputs_path("blueprint"))
    assert coarse.first_of(blueprint, wish) == replace(wish, grid="phases")
    assert coarse.first_of(blueprint, replace(wish, grid="months")) == replace(wish, grid="phases")
    assert coarse.first_of(blueprint, replace(wish, grid="phases")) is None
    monkeypatch.setattr(coarse, "SLOW", 0)
    assert coarse.first_of(case, wish) == replace(wish, grid="phases")


@pytest.mark.parametrize("page", ["Start", "Plan", "Explain", "Trade-offs", "Futures"])
def test_every_page_says_that_a_coarser_grid_was_chosen(opened: Open, page: str) -> None:
    at = opened(page, grid="phases")
    wait_for_plan(at)
    assert not at.exception
    said = read_words(at)
    assert f":orange-badge[coarse] {ROUGH}" in said
    assert page == "Futures" or "(grid phases, no scenario, no changes)" in said
    assert page == "Futures" or "On default: " in said
    assert at.button(key="to_own_grid").label == "Count in default"


@pytest.mark.parametrize("page", ["Start", "Plan", "Explain", "Trade-offs", "Futures"])
def test_the_starter_opens_on_its_own_grid_without_a_first_answer(opened: Open, page: str) -> None:
    at = opened(page)
    said = read_words(at)
    assert "coarse" not in said
    assert "First answer" not in said
    assert page == "Futures" or "(grid default, no scenario, no changes)" in said
    assert at.selectbox(key="grid").value == settings.AS_WRITTEN
    assert "planner solve starter --grid default" in at.sidebar.code[-1].value


def test_the_workbooks_own_grid_is_a_press_away_from_a_coarser_one(opened: Open) -> None:
    at = opened("Plan", grid="phases")
    wait_for_plan(at)
    at.button(key="to_own_grid").click().run()
    assert at.session_state["shown"].wish == Wish()
    assert "coarse" not in read_words(at)


class Held:
    """A search that goes on until it is let go, with its plan or without."""

    def __init__(self, search: jobs.Job) -> None:
        self.search = search
        self.told, self.active, self.found, self.state = self, True, False, "running"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.search, name)

    def end(self, state: str = "done") -> None:
        """Let it end."""
        self.search.wait(120)
        self.active, self.found, self.state = False, state == "done", state
        self.answer = self.search.answer if self.found else {}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[Held]:
    """Every plan takes long: a first answer goes before it, and a search on the own grid ends when a test lets it."""
    held: list[Held] = []
    search = jobs.solve

    def begin(source: Source, wish: Wish) -> Any:
        if wish.grid:
            return search(source, wish)
        held.append(Held(search(source, wish)))
        return held[-1]

    monkeypatch.setattr(coarse, "SLOW", 0)
    monkeypatch.setattr(jobs, "solve", begin)
    return held


def first_answer(at: AppTest) -> AppTest:
    """Wait for the first answer."""
    first = at.session_state["first_job"]
    if first is not None:
        first.wait(120)
    return at.run()


def begun(opened: Open, page: str, more: str) -> AppTest:
    """Open a page on a change of which no plan is known, and wait for its first answer."""
    return first_answer(opened(page, set=f"Arrivals!waiting at the border / P1.Arrivals={more}"))


def test_a_first_answer_is_marked_and_replaced_by_itself(opened: Open, slow: list[Held]) -> None:
    at = begun(opened, "Start", "5501")
    assert not at.exception
    shown = at.session_state["shown"]
    assert (shown.wish.grid, shown.instead) == ("phases", replace(shown.wish, grid=""))
    said = read_words(at)
    assert f"**{FIRST}** The plan on the workbook's own grid, default (10 periods), is being worked out" in said
    assert "replaces it by itself" in said
    assert "(grid phases, no scenario, changed: " in said
    assert "before your last changes" not in said
    assert any("First answer, counted in phases" in str(one.proto.body) for one in at.get("html")), "meters too"
    assert not at.success, "that it is proven in its own periods would mislead"
    assert "--grid default" in at.sidebar.code[-1].value
    assert "shelf" not in at.session_state, "it is not among the plans that can be compared"
    slow[-1].end()
    at.run()
    assert at.session_state["shown"].wish == shown.instead
    said = read_words(at)
    assert "First answer" not in said
    assert "(grid default, no scenario, changed: " in said
    assert "This plan has replaced the first answer, counted in phases. It has " in said


@pytest.mark.parametrize("page", ["Plan", "Explain", "Trade-offs", "Report"])
def test_a_first_answer_is_looked_at_and_not_handed_on(opened: Open, slow: list[Held], page: str) -> None:
    at = begun(opened, page, str(5600 + len(page)))  # another one each: a plan that is known comes at once
    assert not at.exception
    assert FIRST in read_words(at)
    assert not [one for one in at.get("download_button") if "template" not in str(one.proto.label).casefold()]
    assert not at.session_state["works"], "no question is asked about a plan that is about to go"


def test_a_moved_lever_has_a_first_answer_too_and_the_plan_follows(opened: Open, slow: list[Held]) -> None:
    at = opened()
    at.slider(key="funds").set_value(93.0).run()
    assert "before your last changes" in read_words(at)
    at.button(key="solve").click().run()
    first_answer(at)
    assert FIRST in read_words(at)
    slow[-1].end()
    at.run()
    assert FIRST not in read_words(at)
    assert at.session_state["shown"].wish.grid == ""
    assert len(at.session_state["shown"].wish.sets) == 1


def test_a_search_that_was_given_up_leaves_the_first_answer_marked(opened: Open, slow: list[Held]) -> None:
    at = begun(opened, "Start", "5504")
    slow[-1].end("cancelled")
    at.run()
    said = read_words(at)
    assert f"**{FIRST}** The plan on the workbook's own grid, default (10 periods), was not found." in said
    assert not at.button(key="solve").disabled


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
