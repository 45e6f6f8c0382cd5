"""The pages' logic, without a browser."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.session.store import Source
from app.views.plan import page as plan_page
from planner.plan import Plan
from planner.results import headline, status_sentence
from planner.wording.figures import figure
from planner.workbook import read
from tests.app.conftest import solve, words

PARTS = [
    "What people get", "Map", "The division", "Money", "Officers", "Queues", "Visas and quotas", "Reforms", "People",
    "Rules",
]  # fmt: skip
Open = Callable[..., AppTest]


def test_the_start_page_shows_the_plan_that_was_made(opened: Open, solved: Plan, source: Source) -> None:
    at = opened()
    assert not at.exception
    said = words(at)
    assert status_sentence(solved).split(":")[0] in said
    head = headline(solved, read(source.path))
    first = head[head["Headline"] == "protection"].iloc[0]
    assert figure(first["Plan total"]) in said
    assert "against continuation" in said
    assert "What the model does not know" in said


@pytest.mark.parametrize("name", ["Data", "Plan", "Trade-offs", "Compare", "Explain", "Report", "Method"])
def test_every_page_opens(opened: Open, name: str) -> None:
    at = opened(name)
    assert not at.exception
    assert at.title[0].value == name
    assert not at.error


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_plan_is_drawn(opened: Open, part: str) -> None:
    at = opened("Plan", part=part)
    assert not at.exception
    assert not at.error
    assert at.header


def test_the_parts_tested_are_the_parts_there_are(opened: Open) -> None:
    assert plan_page is not None
    group = next(g for g in opened("Plan").get("button_group") if g.key == "part")
    assert list(group.options) == PARTS


def test_a_moved_lever_marks_the_plan_as_old_and_is_in_the_command(opened: Open) -> None:
    at = opened()
    assert at.button(key="solve").disabled
    at.slider(key="funds").set_value(120).run()
    assert "before your last changes" in words(at)
    assert "--set 'Appropriations!" in at.sidebar.code[-1].value
    assert not at.button(key="solve").disabled
    at.button(key="reset").click().run()
    assert "before your last changes" not in words(at)
    assert "--set" not in at.sidebar.code[-1].value


def test_solve_makes_the_plan_of_the_levers(opened: Open, solved: Plan) -> None:
    at = opened()
    at.slider(key="places").set_value(50).run()
    solve(at)
    assert not at.exception
    shown = at.session_state["shown"]
    assert shown.wish.sets
    assert "before your last changes" not in words(at)
    at.button(key="reset").click().run()
    solve(at)
    assert at.session_state["shown"].wish.sets == ()
    assert at.session_state["job"] is None


def test_a_scenario_moves_what_the_levers_start_from(opened: Open) -> None:
    at = opened()
    at.selectbox(key="scenario").set_value("surge").run()
    assert "--scenario surge" in at.sidebar.code[-1].value
    assert "before your last changes" in words(at)


def test_a_healthy_upload_can_be_used(opened: Open, starter: Path) -> None:
    at = opened("Data")
    at.file_uploader(key="upload").set_value(("../../my <b>plan</b>.xlsx", starter.read_bytes(), "")).run()
    assert not at.exception
    assert "can be used" in words(at)
    assert "<b>plan" not in words(at).replace("\\<", "")


def test_a_broken_upload_is_explained_and_the_plan_stays(opened: Open) -> None:
    at = opened("Data")
    at.file_uploader(key="upload").set_value(("plan.xlsx", b"%PDF-1.7 nothing", "")).run()
    assert not at.exception
    assert "PDF" in words(at)
    assert at.session_state["shown"].source.name == "starter"


def test_the_pages_do_without_pyomo() -> None:
    """Models are built in processes of their own; loading Pyomo would double the time until the first page stands."""
    pages = ["compare", "data", "explain", "futures", "library", "method", "plan", "report", "start", "tradeoffs"]
    loaded = "import sys, app.shell.page_frame, " + ", ".join(f"app.views.{name}" for name in pages)
    said = subprocess.run(
        [sys.executable, "-c", f"{loaded}; print('pyomo.core' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "False"
