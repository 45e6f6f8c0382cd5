"""Trade-offs beyond two outcomes: axes and ranges, steering, targets, equal merit, fairness; each answer a whole plan."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.charts.widgets import figure
from app.session.store import Source, Wish, load_plan, plan_path
from app.shell import state
from app.tasks import questions
from app.views import axes
from app.views.front import Front, against, points_for
from planner.analyses.alternatives import ALTERNATIVES
from planner.analyses.fronts import FRONT, FrontQuestion
from planner.options import GAP, Options
from planner.plan import Plan
from planner.solve import solve
from planner.tradeoffs.goal_seeking.seeking import least
from planner.tradeoffs.goal_seeking.targets import Target
from planner.workbook import read
from tests.app.conftest import asked, press, read_words, settle

Open = Callable[..., AppTest]
NAMES = ["safe years", "years waiting", "public money"]
OWN = Options(gap=GAP)


def answer_of(at: AppTest, work: str) -> dict[str, Any]:
    """The answer to a question of the page."""
    found: dict[str, Any] = at.session_state["works"][work].answer
    return found


def table_of(at: AppTest) -> pd.DataFrame:
    """The table of the front's plans."""
    return next(d.value for d in at.main.dataframe if "Plan" in d.value.columns)


@pytest.fixture
def three(opened: Open) -> AppTest:
    """The page with a front of three outcomes."""
    at = opened("Trade-offs")
    at.multiselect(key="front_outcomes").set_value(NAMES).run()
    return press(at, "front_go", "front")


@pytest.fixture
def steering(opened: Open) -> AppTest:
    """The page that steers, with its ranges."""
    at = opened("Trade-offs", trade="Steer")
    return ranged(at)


def ranged(at: AppTest) -> AppTest:
    """Wait for the ranges."""
    for work in ("ranges_whole", "ranges"):
        if asked(at, work):
            settle(at, work)
    assert not at.exception
    return at


def range_of(at: AppTest, outcome: str) -> dict[str, Any]:
    """The range of an outcome as the page has it."""
    return next(r for r in answer_of(at, "ranges")["ranges"] if r["outcome"] == outcome)


def test_44_three_outcomes_have_plans_none_of_which_beats_another(three: AppTest) -> None:
    found = answer_of(three, "front")
    senses, points = found["senses"], found["points"]
    assert found["names"] == NAMES
    assert 12 <= len(points) <= 2 * points_for(NAMES)
    for one in points:
        for other in points:
            steps = [
                (other["values"][n] - one["values"][n]) * (1 if senses[n] == "max" else -1) / abs(one["values"][n])
                for n in NAMES
            ]
            assert not (min(steps) > -1e-7 and max(steps) > 1e-4), (one, other)
    assert load_plan(plan_path(points[3]["plan"])).verified
    assert set(table_of(three).columns) >= {"safe years, person-years", "years waiting, person-years"}


def test_50_a_range_filters_chart_and_table_together_and_is_cleared(three: AppTest) -> None:
    whole = len(table_of(three))
    key = next(k for k in (f"axes_range_{'_'.join(NAMES)}_{n}" for n in NAMES) if k.endswith("public money"))
    low, high = three.slider(key=key).value
    three.slider(key=key).set_value((low, (low + high) / 2.0)).run()
    table = table_of(three)
    wanted = [
        number for number, p in enumerate(answer_of(three, "front")["points"], 1)
        if low <= p["values"]["public money"] <= (low + high) / 2.0
    ]  # fmt: skip
    assert 0 < len(wanted) < whole
    assert list(table["Plan"]) == wanted
    assert f"{len(wanted)} of {whole} plans" in read_words(three)
    charts = [c.proto.alt for c in three.main.get("vega_lite_chart")]
    assert any(alt.startswith(f"{len(wanted)} of {whole} plans on 3 axes") for alt in charts)
    three.button(key="axes_clear").click().run()
    assert len(table_of(three)) == whole
    assert three.button(key="axes_clear").disabled


@pytest.fixture
def front(three: AppTest) -> Front:
    """The front as the axes draw it."""
    units = dict(zip(NAMES, ("person-years", "person-years", "USD million"), strict=True))
    return Front(answer_of(three, "front"), NAMES[1], NAMES[0], units, Wish())


def test_50_a_box_drawn_on_an_axis_is_a_range_of_that_axis_alone(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", kept)
    low, high = axes.spans(front)["public money"]
    axes.take(front, [1.9, 2.1], [0.5, 1.0])  # the upper half: less is better
    assert set(axes.chosen_ranges(front)) == {"public money"}
    assert axes.chosen_ranges(front)["public money"] == (low, pytest.approx((low + high) / 2.0, rel=1e-3))
    axes.take(front, [-0.1, 0.2], [0.0, 0.25])  # the lowest quarter: more is better
    bottom, top = axes.spans(front)["safe years"]
    assert axes.chosen_ranges(front)["safe years"] == (bottom, pytest.approx(bottom + (top - bottom) / 4.0, rel=1e-3))
    assert all(axes.inside(p, {n: axes.spans(front)[n] for n in NAMES}) for p in front.points)


def test_49_several_outcomes_are_told_as_what_is_better_and_what_is_worse(front: Front, source: Source) -> None:
    one, two = {"safe years": 10.0, "years waiting": 5.0, "public money": 3.0}, {"safe years": 12.0, "years waiting": 6.0,
                                                                               "public money": 3.0}  # fmt: skip
    said = against(front, one, two)
    assert said == "better safe years +2 person-years; worse years waiting +1 person-years"
    asked = questions.asks(FRONT, FrontQuestion(tuple(NAMES)), source, Wish())
    assert state.remake(asked).count("--outcome") == 3


def test_47_ranges_stand_for_every_outcome_and_narrow_with_the_wishes(steering: AppTest) -> None:
    before = range_of(steering, "safe years")
    said = read_words(steering)
    assert "each outcome ends between the two values" in said
    assert figure(before["best"]) in said
    steering.selectbox(key="steer_kind_public money").set_value("keep").run()
    ranged(steering)
    money = range_of(steering, "public money")
    after = range_of(steering, "safe years")
    assert after["best"] < before["best"] - 1.0
    assert money["worst"] <= 70.7
    steering.selectbox(key="steer_kind_public money").set_value("free").run()
    ranged(steering)
    assert range_of(steering, "safe years")["best"] == pytest.approx(before["best"])


def test_48_improving_everything_is_refused_with_a_sentence(steering: AppTest) -> None:
    for name in ("legal admissions", "years waiting", "public money"):
        steering.selectbox(key=f"steer_kind_{name}").set_value("improve").run()
    ranged(steering)
    assert "Nothing may be given up: all outcomes are to improve" in read_words(steering)
    assert steering.button(key="steer_go").disabled
    steering.selectbox(key="steer_kind_public money").set_value("free").run()
    assert not steering.button(key="steer_go").disabled


def test_48_the_next_plan_is_whole_and_can_be_sent_on(steering: AppTest, solved: Plan) -> None:
    at = press(steering, "steer_go", "steer")
    found = answer_of(at, "steer")
    plan = load_plan(plan_path(found["plan"]))
    assert plan.verified
    assert plan.gap is None
    assert plan.outcome("safe years") > solved.outcome("safe years") + 500.0
    assert "no plan brings more of it" in read_words(at)
    at.button(key="steer_to_plan").click().run()
    assert at.session_state["shown"].key == found["plan"]
    assert "planner steer starter --grid default --improve 'safe years'" in at.session_state["shown"].remake
    assert "steered to" in at.session_state["shown"].origin


def test_a_target_is_reached_with_the_least_money(opened: Open, source: Source, solved: Plan) -> None:
    at = opened("Trade-offs", trade="Reach a target")
    at.number_input(key="goal_value_safe years").set_value(60_000.0).run()
    press(at, "goal_go", "goal")
    found = answer_of(at, "goal")
    again = least(read(source.path), "money", [Target("safe years", ">=", 60_000.0)], options=OWN)
    assert found["value"] == pytest.approx(again.value, rel=2e-3)
    assert found["value"] < solved.outcome("public money")
    plan = load_plan(plan_path(found["plan"]))
    assert plan.verified
    assert plan.outcome("public money") == pytest.approx(found["value"], rel=1e-4)
    assert "reached" in read_words(at)
    at.button(key="goal_to_compare").click().run()
    assert found["plan"] in at.session_state["shelf"]


def test_a_target_out_of_reach_says_the_most_that_can_be_had(opened: Open) -> None:
    at = opened("Trade-offs", trade="Reach a target")
    at.number_input(key="goal_value_safe years").set_value(110_000.0).run()
    press(at, "goal_go", "goal")
    found = answer_of(at, "goal")
    assert found["value"] is None
    assert "plan" not in found
    said = read_words(at)
    assert "out of reach, proven" in said
    assert figure(found["targets"][0]["attainable"]) in said
    assert "What would be needed" in said


def test_equally_good_plans_are_whole_and_within_the_distance(opened: Open, solved: Plan) -> None:
    at = press(opened("Trade-offs", trade="Equally good plans"), "merit_go", "merit")
    found = answer_of(at, "merit")
    verdicts = {c["row"]: c["verdict"] for c in found["choices"]}
    assert verdicts["labour agreement"] == "must have"
    assert len(found["plans"]) == ALTERNATIVES.option("plans").default
    for one in found["plans"]:
        plan = load_plan(plan_path(one["plan"]))
        assert plan.verified
        assert plan.objective is not None
        assert solved.objective is not None
        assert plan.objective >= 0.98 * solved.objective * (1 - 2e-3)
    assert "9 are in all" in read_words(at)
    at.selectbox(key="merit_pick").set_value(3).run()
    assert "It differs from the best plan in this" in read_words(at)


def test_62_coverage_and_what_a_minimum_share_costs(opened: Open, solved: Plan) -> None:
    at = press(opened("Trade-offs", trade="Who gets how much"), "fair_go", "fair")
    found = answer_of(at, "fair")
    said = read_words(at)
    terms = solved.tables["outcome_terms"]
    mine = terms[terms["outcome"] == "safe years"].groupby("country")["value"].sum()
    assert f"**Southland** gets least: {figure(mine['Southland'])}" in said
    assert f"**Northland** gets most: {figure(mine['Northland'])}" in said
    assert "People in need are known for fewer than two" in said
    totals = [f["total"] for f in found["floors"]]
    assert totals == sorted(totals, reverse=True)
    assert "Fairness costs nothing here" in said
    best = load_plan(plan_path(found["principles"][0]["plan"]))
    assert best.outcome("safe years") == pytest.approx(found["principles"][0]["total"], rel=1e-4)


def test_62_a_minimum_share_that_costs_something_is_said_with_its_price() -> None:
    from app.views.fair import floor_sentence

    floors = [{"floor": 0.25 + 0.0625 * n, "total": 125.0 - 6.25 * n, "costs": 0.05 * n} for n in range(5)]
    answer = {"floors": floors, "needs": {"a": 1.0, "b": 2.0}, "unit": "people"}
    said = floor_sentence(answer)
    assert "500 people for each 1,000 people in need" in said
    assert "costs **20 % of the total** (25 people)" in said
    assert "Half of that rise costs 10 %" in said


def test_60_results_are_ranges_with_what_moves_them_most(opened: Open, source: Source) -> None:
    at = press(opened("Explain", question="How sure?"), "uncertain_go", "uncertain")
    found = answer_of(at, "uncertain")
    values = [s[e]["outcomes"]["safe years"] for s in found["figures"] for e in ("low", "high") if s[e]["outcomes"]]
    said = read_words(at)
    assert f"between {figure(min(values))} and {figure(max(values))}" in said
    assert "What moves it most: People at risk in Southland" in said
    assert "It is no probability" in said
    assert "**E02** at 50 USD million (Budget of the asylum office): with these decisions no plan" in said
    swing = next(s for s in found["figures"] if s["id"] == "E01")
    high = read(
        source.path, sets=["Places!Southland.People in need=80000", "People!at risk in Southland.At start=80000"]
    )
    assert swing["high, searched anew"]["outcomes"][""] == pytest.approx(solve(high, OWN).objective, rel=0.011)


def test_61_bars_are_sorted_and_both_ends_are_labelled(opened: Open) -> None:
    from app.views.explain_uncertain import ends_of, ranked

    at = press(opened("Explain", question="How sure?"), "uncertain_go", "uncertain")
    found = answer_of(at, "uncertain")
    base = found["base"]["years waiting"]
    sizes = [
        max(*(v for v in ends_of(s, "years waiting", free=False) if v is not None), base)
        - min(*(v for v in ends_of(s, "years waiting", free=False) if v is not None), base)
        for s in ranked(found, "years waiting", free=False)
    ]
    assert sizes == sorted(sizes, reverse=True)
    at.selectbox(key="uncertain_outcome").set_value("years waiting").run()
    (chart,) = at.main.get("vega_lite_chart")
    assert "200 cases a year" in chart.proto.spec or "at its low end" in chart.proto.spec
    assert chart.proto.alt.startswith(f"{len(sizes)} figures by how far they move years waiting")
    at.segmented_control(key="uncertain_question").set_value("Best plan, had it been known").run()
    assert "Had we known the figure" in read_words(at)


@pytest.mark.parametrize(
    ("part", "name", "says"),
    [("One aim out of several", "weigh", "Best plan by weighted"),
     ("Fair shares by principles", "fairness", "The greatest total of")],
)  # fmt: skip
def test_an_analysis_without_a_page_of_its_own_is_drawn_from_its_declaration(
    opened: Callable[..., AppTest], part: str, name: str, says: str
) -> None:
    at = press(opened("Trade-offs", trade=part), f"{name}_go", name)
    assert not at.exception
    assert says in read_words(at)
    assert any(f"planner {name} " in code.value for code in at.code)
