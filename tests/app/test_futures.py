"""Page Futures: a hedged plan, what it loses, what to do now, how it fares in sampled futures, and its risk."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.session.store import Source, load_plan, plan_path
from app.tasks.futures import GAP, SECONDS
from planner.futures import hedge, outlook_of
from planner.options import Options
from planner.workbook import read
from tests.app.conftest import press, read_words, settle

Open = Callable[..., AppTest]
BANNED = ("dual", "infeasible", "shadow price", "binary", "MILP", "RHS")


@pytest.fixture
def hedged(opened: Open) -> AppTest:
    """The page with its answer."""
    at = opened("Futures")
    return press(at, "futures_go", "futures")


def look(at: AppTest, view: str) -> AppTest:
    """Choose one of the views."""
    at.segmented_control(key="futures_view").set_value(view).run()
    assert not at.exception
    return at


def test_the_page_gives_the_numbers_of_the_command_line(hedged: AppTest, source: Source) -> None:
    found = hedged.session_state["works"]["futures"].answer
    outlook = outlook_of(lambda s: read(source.path, scenario=s), options=Options(gap=GAP, grid="", time_limit=SECONDS))
    again = hedge(outlook)
    assert found["expected"] == pytest.approx(again.expected, rel=1e-9)
    assert [f["title"] for f in found["futures"]] == list(outlook.titles)
    assert "planner futures starter --grid default --branch 2025-04-11" in hedged.code[0].value


def test_the_answer_comes_first_and_probabilities_are_named(hedged: AppTest) -> None:
    said = read_words(hedged)
    assert "'surge' (30 %), 'late budget' (20 %), as it stands (50 %)" in said
    assert "Hedged plan: never more than 0.1 % worse than hindsight" in said
    assert "Futures show on 11 April 2025" in said


def test_the_matrix_says_what_has_to_be_cut(hedged: AppTest) -> None:
    look(hedged, "Regret")
    said = read_words(hedged)
    assert "in 'late budget' it has to be cut back (Harbour centre by 100 %)" in said
    assert '"cut, 0' in said


def test_what_to_do_now_and_what_is_a_bet(hedged: AppTest) -> None:
    look(hedged, "Do now and wait")
    said = read_words(hedged)
    assert "'labour agreement'" in said
    assert said.index("Do now (4)") >= 0
    assert "'Harbour centre': begun in the plan for 'as it stands'; the hedged plan waits" in said


def test_sampled_futures_and_reserve_are_asked_for(hedged: AppTest) -> None:
    look(hedged, "Over time")
    hedged.button(key="trial_go").click().run()
    settle(hedged, "trial")
    assert not hedged.exception
    tried = hedged.session_state["works"]["trial"].answer
    assert tried["plans"][0]["samples"] == 60
    assert tried["plans"][0]["mean"]["low"] < tried["plans"][0]["mean"]["value"] < tried["plans"][0]["mean"]["high"]
    assert "The hedged plan can be kept in" in read_words(hedged)
    look(hedged, "Reserve against risk")
    hedged.button(key="reserve_go").click().run()
    settle(hedged, "reserve")
    assert not hedged.exception
    assert len(hedged.session_state["works"]["reserve"].answer["steps"]) == 6
    assert "the worst 20 %" in read_words(hedged)


def test_every_plan_of_the_hedge_was_checked_and_can_be_shown(hedged: AppTest) -> None:
    keys = hedged.session_state["works"]["futures"].answer["plan_keys"]
    assert len(keys) == 3
    assert all(load_plan(plan_path(key)).verified for key in keys)
    hedged.button(key="futures_to_compare").click().run()
    assert keys[0] in hedged.session_state["shelf"]


def test_57_no_jargon(hedged: AppTest) -> None:
    for view in ("Side by side", "Regret", "Do now and wait", "Over time", "Reserve against risk"):
        look(hedged, view)
        said = read_words(hedged).lower()
        assert not [word for word in BANNED if word.lower() in said], view


def test_another_day_asks_another_question(hedged: AppTest) -> None:
    hedged.selectbox(key="futures_branch").set_value("P3").run()
    assert "earlier question" in read_words(hedged)
    assert not hedged.button(key="futures_go").disabled
