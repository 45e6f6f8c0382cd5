"""Explain: prices that solving again confirms, reasons for a row, clashes with repairs that one click applies.

Numbers in the names are those of the acceptance checks that a demanding analyst makes.
"""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.session.store import Source, Wish, load_plan, plan_path
from planner.explain import open_case
from planner.explain.numbers import numbers_of
from planner.plan import Plan
from planner.wording.figures import change
from planner.workbook import read
from tests.app.conftest import asked, settle, solve, wait_for_plan, words

Open = Callable[..., AppTest]
JARGON = re.compile(
    r"\b(dual|shadow price|rhs|right-hand side|infeasib\w*|reduced cost|slack variable|simplex)\b", re.I
)
QUESTIONS = ("One more of what?", "Why this much?", "What binds when", "What rules cost", "Who gains")


@pytest.fixture
def explained(opened: Open) -> Callable[..., AppTest]:
    """Open the page at a question and wait for its answer."""

    def open_question(question: str = QUESTIONS[0]) -> AppTest:
        at = opened("Explain", question=question)
        settle(at, "rules" if question == QUESTIONS[3] else "explain")
        if question == QUESTIONS[1]:
            settle(at, "why")
        assert not at.exception
        assert not at.error
        return at

    return open_question


def no_plan(opened: Open) -> AppTest:
    """Half of the money: the starter has no plan then."""
    at = opened("Explain")
    at.slider(key="funds").set_value(50).run()
    at.run()  # the first answers at once; the page is drawn after it
    return settle(solve(at), "conflict")


@pytest.mark.parametrize("question", QUESTIONS)
def test_57_no_page_speaks_as_mathematicians_do(explained: Callable[..., AppTest], question: str) -> None:
    said = words(explained(question))
    assert not JARGON.search(said), JARGON.search(said)


def test_56_a_price_is_what_one_unit_more_brings_when_the_workbook_itself_is_changed(
    explained: Callable[..., AppTest], source: Source, solved: Plan
) -> None:
    at = explained()
    rows = at.session_state["works"]["explain"].answer["prices"]
    base = open_case(read(source.path), Wish().options, solved).fixed.objective
    looked = 0
    for price in rows:
        if not price["name"] or not price["unique"] or price["high"] is None or price["high"] < price["value"] + 1.0:
            continue
        sets = (f"{price['name']}={price['now'] + price['step']:.12g}",)
        after = open_case(read(source.path, sets=sets), Wish().options, solved).fixed.objective
        assert after - base == pytest.approx(price["price"], rel=0.02, abs=1e-3), price["sentence"]
        looked += 1
    assert looked >= 4
    said = words(at)
    dearest = max(rows, key=lambda p: abs(p["price"]))
    assert f"{change(dearest['price'])} points" in said
    assert "confirmed by solving again" in said


def test_56_the_range_in_which_a_price_holds_is_said(explained: Callable[..., AppTest]) -> None:
    said = words(explained())
    assert re.search(r"from [\d.,]+ to [\d.,]+ \\?\(now [\d.,]+\\?\); then ", said)


def test_a_number_is_tried_out_and_taken_over(explained: Callable[..., AppTest]) -> None:
    at = explained()
    name = "People!waiting at the border.Time limit"  # its price holds for one more day
    at.selectbox(key="try_name").set_value(name).run()
    at.button(key="try").click().run()
    settle(at, "try")
    answer = at.session_state["works"]["try"].answer
    price = next(p for p in at.session_state["works"]["explain"].answer["prices"] if p["name"] == name)
    assert answer["held"] == pytest.approx(price["price"], rel=1e-4)
    assert "The price says" in words(at)
    at.button(key="try_take").click().run()
    wait_for_plan(at)
    assert at.session_state["shown"].wish.sets[0].startswith(f"{name}=")
    assert "1 more cell" in "\n".join(m.value for m in at.sidebar.markdown)
    at.button(key="drop_0").click().run()
    assert at.session_state["extra"] == ()


def test_a_row_is_explained_and_a_question_about_another_replaces_it(explained: Callable[..., AppTest]) -> None:
    at = explained(QUESTIONS[1])
    assert "recruitment support" in words(at)
    at.selectbox(key="why_sheet").set_value("Reforms").run()
    settle(at, "why")
    said = words(at)
    assert "labour agreement" in said
    assert "A little more of it" in said or "worth" in said


def test_what_would_change_it_is_searched_on_demand(explained: Callable[..., AppTest]) -> None:
    at = explained(QUESTIONS[1])
    assert not asked(at, "change")
    at.button(key="change").click().run()
    settle(at, "change")
    assert "other values were solved" in words(at)


def test_58_a_clash_is_named_and_one_click_mends_it(opened: Open) -> None:
    at = no_plan(opened)
    said = words(at)
    assert "These cannot all hold" in said
    assert "money of asylum budget".lower() in said.lower()
    assert not JARGON.search(said), JARGON.search(said)
    answer = at.session_state["works"]["conflict"].answer
    assert len(answer["repairs"]) >= 2
    number = max(
        (n for n, r in enumerate(answer["repairs"]) if r["whole"]), key=lambda n: len(answer["repairs"][n]["changes"])
    )
    at.button(key=f"repair_{number}").click().run()
    wait_for_plan(at)
    plan = load_plan(plan_path(at.session_state["shown"].key))
    assert plan.found
    assert plan.verified
    assert set(answer["repairs"][number]["sets"]) <= set(at.session_state["shown"].wish.sets)
    assert "These cannot all hold" not in words(at)
    at.button(key="reset").click().run()
    assert at.session_state["extra"] == ()


def test_59_the_nearest_plan_is_shown_in_grey_with_what_it_breaks(opened: Open) -> None:
    at = no_plan(opened)
    said = words(at)
    assert "The nearest plan that there is" in said
    assert said.count(":gray[") >= 4
    assert re.search(r"It becomes one with repair \d", said)


@pytest.mark.parametrize("name", ["Start", "Plan"])
def test_58_pages_without_a_plan_lead_to_the_clash(opened: Open, name: str) -> None:
    at = opened(name)
    at.slider(key="funds").set_value(50).run()
    at.run()  # the first answers at once; the page is drawn after it
    solve(at)
    assert not at.exception
    said = words(at)
    assert "No plan keeps all limits at once" in said
    assert not JARGON.search(said)


def test_every_number_of_a_case_is_named_as_changes_are_written(source: Source) -> None:
    case = read(source.path)
    numbers = list(numbers_of(case))
    assert len({n.name for n in numbers}) == len(numbers) > 50
    one = next(n for n in numbers if n.column == "Hiring limit")
    changed = read(source.path, sets=(one.change(one.value + 1.0),))
    (same,) = (n for n in numbers_of(changed) if n.name == one.name)
    assert same.value == one.value + 1.0
