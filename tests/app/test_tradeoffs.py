"""Trade-offs: a front whose plans none beats, its exchange rates, the plan sent on; a resource through its range."""

import re
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.session.levers import levers
from app.session.store import Source, Wish, load_answer, load_plan, plan_path
from app.tasks import jobs, questions
from app.views.front import Front, exchange, marks
from planner.analyses.fronts import FRONT, FrontQuestion
from planner.analyses.sweeps import SWEEP, SweepQuestion
from planner.options import GAP, Options
from planner.plan import Plan
from planner.tradeoffs import front_of_case
from planner.wording.figures import figure
from planner.workbook import read
from tests.app.conftest import press, read_words, settle, wait_for_plan

Open = Callable[..., AppTest]
Y, X = "safe years", "public money"


@pytest.fixture
def traded(opened: Open) -> AppTest:
    """The page with its front."""
    at = opened("Trade-offs")
    return press(at, "front_go", "front")


def points(at: AppTest) -> list[dict[str, Any]]:
    """The plans of the front."""
    found = at.session_state["works"]["front"].answer["points"]
    return [{"number": number, **point} for number, point in enumerate(found, 1)]


def test_44_at_least_twelve_plans_none_of_which_beats_another(traded: AppTest, source: Source) -> None:
    found = points(traded)
    assert len(found) >= 12
    for one in found:
        for other in found:
            better = other["values"][Y] > one["values"][Y] + 1e-3 and other["values"][X] < one["values"][X] - 1e-6
            assert not better, (one, other)
    again = front_of_case(read(source.path), [Y, X], options=Options(gap=GAP), points=FRONT.option("points").default)
    for one, other in zip(found, again.points, strict=True):
        assert one["values"] == pytest.approx(dict(other.values))


def test_44_what_goes_on_is_marked_and_not_on_the_line(traded: AppTest, solved: Plan) -> None:
    answer = traded.session_state["works"]["front"].answer
    front = Front(answer, X, Y, {Y: "person-years", X: "USD million"}, Wish())
    table = marks(front, 3, solved)
    nothing = table[table["what"] == "nothing"].iloc[0]
    assert nothing["y"] == solved.continuation[Y]
    assert nothing["plan"] != nothing["plan"] or nothing["plan"] is None
    assert list(table[table["chosen"]]["plan"]) == [3]


def test_44_every_point_is_a_whole_plan_that_was_checked(traded: AppTest) -> None:
    for point in points(traded):
        plan = load_plan(plan_path(point["plan"]))
        assert plan.verified
        assert plan.gap is None  # the proof is about one outcome, not about the workbook's points
        for name in (Y, X):
            assert plan.outcome(name) == pytest.approx(point["values"][name], rel=1e-5)


def test_49_exchange_rates_are_the_differences_of_neighbours(traded: AppTest) -> None:
    found = points(traded)
    answer = traded.session_state["works"]["front"].answer
    front = Front(answer, X, Y, {Y: "person-years", X: "USD million"}, Wish())
    one, two = found[7]["values"], found[6]["values"]
    dollars = 1e6 * (two[X] - one[X]) / (two[Y] - one[Y])
    said = exchange(front, 8, 7)
    assert said.startswith("From plan 8 to plan 7: safe years +")
    assert said.endswith(f"USD {figure(dollars)} for each person-year.")
    traded.selectbox(key="front_pick").set_value(8).run()
    assert "From plan 8 to plan 7" in read_words(traded)


def test_the_knee_is_named_and_whether_the_front_is_complete_is_said(traded: AppTest) -> None:
    knees = [p["number"] for p in points(traded) if p["knee"]]
    assert traded.selectbox(key="front_pick").value in knees
    assert "(the knee)" in "".join(traded.selectbox(key="front_pick").options)
    assert "Not complete" in read_words(traded)


def test_46_a_plan_is_sent_to_plan_and_the_levers_follow(opened: Open) -> None:
    at = opened("Trade-offs")
    at.slider(key="places").set_value(80).run()
    at.run()  # the first answers at once; the page is drawn after it
    at.button(key="front_go").click().run()
    settle(at, "front")
    at.slider(key="places").set_value(150).run()
    at.run()  # the first answers at once; the page is drawn after it
    assert "earlier settings" in read_words(at)
    at.selectbox(key="front_pick").set_value(5).run()
    key = points(at)[4]["plan"]
    at.button(key="front_to_compare").click().run()
    assert key in at.session_state["shelf"]
    at.button(key="front_to_plan").click().run()
    assert at.session_state["shown"].key == key
    assert at.slider(key="places").value == 80
    said = read_words(at)
    assert "plan 5 of 12 between safe years and public money" in said
    assert "Proven" not in said
    assert "before your last changes" not in said
    at.button(key="to_best").click().run()
    wait_for_plan(at)
    assert not at.session_state["shown"].origin
    assert "Proven" in read_words(at)


def test_51_a_ladder_shows_what_each_step_adds_with_now_marked(opened: Open, solved: Plan) -> None:
    at = opened("Trade-offs", trade="More or less of something")
    press(at, "ladder_go", "ladder")
    found = at.session_state["works"]["ladder"].answer["points"]
    assert [round(p["place"], 3) for p in found] == [round(0.5 + 0.1 * n, 3) for n in range(11)]
    (now,) = (p for p in found if p["now"])
    assert now["place"] == 1.0
    assert now["objective"] == pytest.approx(solved.objective, rel=1e-3)
    values = [p["objective"] for p in found if p["objective"] is not None]
    assert all(b >= a - 2e-3 * abs(a) for a, b in pairwise(values)), "more money never hurts"
    said = read_words(at)
    assert "no plan keeps all limits" in said
    assert "100 % (now)" in said


def test_decision_packages_are_made_told_and_sent_on(opened: Open, solved: Plan) -> None:
    at = opened("Trade-offs", trade="Decision packages")
    at.text_input(key="packages_steps").set_value("-50,-20").run()
    press(at, "packages_go", "packages")
    answer = at.session_state["works"]["packages"].answer
    assert [p["package"] for p in answer["packages"]] == ["-50 %", "-20 %", "base"]
    assert answer["packages"][2]["objective"] == solved.objective
    said = read_words(at)
    assert "-50 % (USD -43 million) cannot be kept" in said
    assert "What goes first, in this order" in said
    at.selectbox(key="packages_page").select_index(1).run()
    at.button(key="packages_to_compare").click().run()
    assert not at.exception
    (sent,) = (one for one in at.session_state["shelf"].values() if one.origin == "decision package -20 %")
    assert sent.wish.sets == tuple(answer["packages"][1]["sets"])
    assert load_plan(plan_path(sent.key)).verified


def test_every_lever_can_go_through_its_range(source: Source) -> None:
    for lever in levers(read(source.path)):
        asked = SweepQuestion((f"{lever.sheet}!*.{lever.column}",), "50%", "150%", points=3)
        wanted = questions.asks(SWEEP, asked, source, Wish())
        job = jobs.Job(wanted.request())
        job.wait(120)
        assert job.answer.get("kind") == "answered", (lever.key, job.sentence, job.answer)
        assert any(p["objective"] is not None for p in load_answer(asked_path(job))["points"])


def asked_path(job: jobs.Job) -> Any:
    """Where a job has put its answer."""
    return plan_path("x").parent.parent / "answers" / f"{job.answer['key']}.json"


def test_24_a_cancelled_front_keeps_the_plans_found_until_then(source: Source) -> None:
    wanted = questions.asks(FRONT, FrontQuestion((Y, "years waiting"), points=200), source, Wish())
    job = jobs.Job(wanted.request())
    until = time.monotonic() + 60
    while not job.news.get("keep") and time.monotonic() < until and job.active:
        time.sleep(0.02)
    job.cancel()
    job.wait(60)
    assert job.answer.get("kind") == "answered"
    assert job.answer["key"].endswith("-stopped")
    found = load_answer(asked_path(job))
    assert found is not None
    assert found["stopped"]
    assert 2 <= len(found["points"]) < 200


@pytest.mark.parametrize(("value", "words_"), [(1500.0, "USD 1,500"), (12.0, "USD 12")])
def test_a_rate_with_money_is_said_in_dollars(value: float, words_: str) -> None:
    answer = {
        "senses": {"a": "max", "b": "min"},
        "points": [
            {"number": 1, "values": {"a": 2000.0, "b": 1.0 + value / 1000}}, {"number": 2, "values": {"a": 1000.0, "b": 1.0}},
        ],
    }  # fmt: skip
    front = Front(answer, "b", "a", {"a": "people", "b": "USD million"}, Wish())
    assert re.search(rf"{words_} for each person\.$", exchange(front, 2, 1))
