"""Goals against cases solved by hand: the least of a resource, the most of an outcome, and what is attainable."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Status
from planner.run.progress import Progress
from planner.solve import solve
from planner.solver.runs import RunContext
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.goal_seeking.needs import need, need_of
from planner.tradeoffs.goal_seeking.resources import RESOURCES
from planner.tradeoffs.goal_seeking.seeking import least, most
from planner.tradeoffs.goal_seeking.targets import Target, parse_target
from planner.tradeoffs.sweeping.telling import goal_answer, goal_changes
from planner.workbook import case_from, read, read_folder
from tests.solve.test_solve import tables

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "inputs" / "starter"
EXACT = Options(gap=0.0, grid="phases")
NEAR = Options(gap=1e-5, grid="phases")


def two_programmes() -> Case:
    """100 people at a dollar, 100 at two, 150 dollars; people are counted together and apart."""
    more = [{"Outcome": name, "Unit": "people"} for name in ("cheap", "dear")]
    terms = [{"Outcome": name, "Line": 1, "Measure": "units", "Where": f"row: {name}"} for name in ("cheap", "dear")]
    return case_from(tables(Outcomes=more, Outcome_terms=terms))


def bottleneck(capital: float) -> Case:
    """Interpretation (6) and slots (5): 200 people without, 400 with the first, 500 with both."""
    raw = read_folder(ROOT / "tests" / "cases" / "t05_bottleneck")
    return case_from(raw, sets=[f"Settings!political capital at start.Value={capital}"])


def test_the_least_money_by_hand() -> None:
    """110 people: 100 for a dollar each, ten for two."""
    goal = least(two_programmes(), "money", [Target("helped", ">=", 110)], options=EXACT)
    assert goal.value == pytest.approx(120e-6, rel=1e-6)
    assert goal.now == pytest.approx(150e-6)
    assert (goal.status, goal.reached, goal.complete) == (Status.OPTIMAL, True, True)
    assert goal.targets[0].reached == pytest.approx(110.0, rel=1e-5)
    assert goal.after.outcomes["cheap"] == pytest.approx(100.0, rel=1e-4)
    assert goal.worse == ("dear", "helped")  # 25 to 10, and 125 to 110
    assert next(goal_changes(goal)).startswith("Other outcomes pay for it: 'dear' (25 to 10)")


def test_the_least_money_with_two_targets() -> None:
    goal = least(two_programmes(), "money", [Target("helped", ">=", 80), Target("dear", ">=", 30)], options=EXACT)
    assert goal.value == pytest.approx(110e-6, rel=1e-6)


def test_the_most_of_one_under_a_floor_on_another() -> None:
    """Thirty dear people take 60 dollars; the other 90 help 90 cheap ones."""
    goal = most(two_programmes(), "cheap", [Target("dear", ">=", 30)], options=EXACT)
    assert goal.value == pytest.approx(90.0)
    assert goal.unit == "people"
    assert "The most of 'cheap' with 'dear' at least 30 is 90 people" in goal_answer(goal)
    assert most(two_programmes(), "dear", options=EXACT).value == pytest.approx(75.0)


def test_least_where_less_is_better() -> None:
    goal = most(read(STARTER), "public money", [Target("safe years", ">=", 70000)], options=NEAR)
    money = least(read(STARTER), "money", [Target("safe years", ">=", 70000)], options=NEAR)
    assert not goal.most
    assert goal.value == pytest.approx(money.value, rel=1e-4)


@pytest.mark.parametrize(("asked", "capital"), [(150, 0), (200, 0), (201, 6), (400, 6), (450, 11), (500, 11)])
def test_the_least_political_capital_by_hand(asked: float, capital: float) -> None:
    goal = least(bottleneck(12), "capital", [Target("resettled", ">=", asked)], options=EXACT)
    assert goal.value == pytest.approx(capital, abs=1e-6)


def test_out_of_reach_says_the_most_attainable_and_keeps_it() -> None:
    goal = least(two_programmes(), "money", [Target("helped", ">=", 200), Target("dear", ">=", 10)], options=EXACT)
    assert (goal.reached, goal.status) == (False, Status.INFEASIBLE)
    helped, dear = goal.targets
    assert (helped.alone, helped.out_of_reach, helped.status) == (pytest.approx(125.0), True, Status.OPTIMAL)
    assert (dear.alone, dear.out_of_reach) == (pytest.approx(75.0), False)
    assert "the most attainable is 125" in goal_answer(goal)
    assert goal.to_json()["targets"][0]["attainable"] == pytest.approx(125.0)


def test_each_alone_but_not_together_gives_the_nearest() -> None:
    """70 dear take 140 dollars and leave ten cheap; 120 people in all cannot be had with them."""
    goal = most(two_programmes(), "cheap", [Target("helped", ">=", 120), Target("dear", ">=", 70)], options=EXACT)
    assert goal.status is Status.INFEASIBLE
    assert not any(a.out_of_reach for a in goal.targets)
    # one dollar moves half a dear person (1/140 of that target) or one person in all (1/120 of the other), less half
    assert goal.nearest["helped"] + goal.nearest["dear"] == pytest.approx(150.0, rel=1e-6)
    assert "not all together" in goal_answer(goal)


def test_how_much_would_be_needed_by_hand() -> None:
    """140 people take 100 + 80 dollars; 200 take 300; more than 200 nobody can help."""
    case, cell = two_programmes(), "Raw ledgers!budget.Opening"
    found = need(case, cell, [Target("helped", ">=", 140)], 150, 400, options=EXACT)
    assert (found.place, found.more, found.proven) == (pytest.approx(180.0), pytest.approx(30.0), True)
    assert "30 USD more than now" in found.sentence
    assert need(case, cell, [Target("helped", ">=", 200)], 150, 400, options=EXACT).place == pytest.approx(300.0)
    beyond = need(case, cell, [Target("helped", ">=", 201)], 150, 400, options=EXACT)
    assert beyond.place is None
    assert "something else is in the way" in beyond.sentence
    with pytest.raises(TradeoffError, match="changes more than limits"):
        need(case, "Raw activities!dear.Unit cost", [Target("helped", ">=", 100)], 1, 3, options=EXACT)


def test_how_much_capital_would_be_needed() -> None:
    found = need_of(bottleneck(5), "capital", [Target("resettled", ">=", 500)], options=EXACT)
    assert found is not None
    assert found.place == pytest.approx(11.0)
    assert need_of(two_programmes(), "visas", [Target("helped", ">=", 1)], options=EXACT) is None


@pytest.mark.parametrize(
    ("cell", "low", "high", "place"),
    [
        ("Quota by phase!*.Places", "50%", "150%", 0.9),
        ("Quota by phase!refugee slots / Year / further.Places", 10, 200, 50.0),
    ],
)
def test_how_many_slots_would_be_needed_where_a_reform_opens_some(
    cell: str, low: float | str, high: float | str, place: float
) -> None:
    """450 people take 450 of the 400 slots and the 100 that the reform adds: nine tenths of each, or 50 of the 100."""
    found = need(bottleneck(12), cell, [Target("resettled", ">=", 450)], low, high, options=EXACT)
    assert found.place == pytest.approx(place)
    assert found.proven


def test_what_is_needed_is_proven_by_solving_with_it() -> None:
    """The cells at the place found give a plan with the target; a little less does not."""
    case, target = read(STARTER), Target("safe years", ">=", 76000)
    found = need_of(case, "officers", [target], options=NEAR)
    assert found is not None
    assert found.place is not None
    assert found.proven
    enough = most(found.group.case_at(case, found.place * 1.0001), "safe years", options=NEAR)
    short = most(found.group.case_at(case, found.place * 0.999), "safe years", options=NEAR)
    assert enough.value is not None
    assert short.bound is not None
    assert enough.value >= 76000 * (1 - 1e-6)
    assert short.bound < 76000


@pytest.mark.parametrize("resource", RESOURCES)
def test_less_of_a_resource_does_not_do(resource: str) -> None:
    """The plan reaches the target; its use is what the value says, and no more than that of the workbook's plan."""
    goal = least(read(STARTER), resource, [Target("safe years", ">=", 70000)], options=NEAR)
    assert goal.value is not None
    assert goal.bound is not None
    assert goal.used_after[resource] == pytest.approx(goal.value, rel=1e-5)
    assert goal.after.outcomes["safe years"] >= 70000 * (1 - 1e-5)
    assert goal.bound <= goal.value * (1 + 1e-9)
    assert goal.value <= goal.used_before[resource] * (1 + 1e-5)
    harder = least(read(STARTER), resource, [Target("safe years", ">=", 73000)], options=NEAR)
    assert harder.value is not None
    assert harder.value >= goal.value * (1 - 1e-4)


def test_uses_agree_with_the_tables_of_the_plan() -> None:
    from planner.results.capacities import staff_use
    from planner.results.division import visas_division

    case = read(STARTER)
    plan = solve(case, NEAR)
    goal = least(case, "money", [Target("safe years", ">=", 70000)], options=NEAR)
    assert goal.used_before["money"] == pytest.approx(plan.tables["bills"]["cost"].sum() / 1e6, rel=1e-6)
    use = staff_use(plan)
    assert goal.used_before["officers"] == pytest.approx(
        (use["occupied"] - 0.85 * use["lent_out"]).sum() / 365, rel=1e-6
    )
    assert goal.used_before["visas"] == pytest.approx(visas_division(case, plan)["Plan total"].sum(), rel=1e-6)
    assert goal.used_before["capital"] == pytest.approx(10.0)
    assert list(goal_changes(goal))


def test_an_interruption_keeps_what_is_known_of_targets() -> None:
    stop = threading.Event()

    def tell(progress: Progress) -> None:
        if progress.message.startswith("target 2"):
            stop.set()

    asked = [Target("helped", ">=", 100), Target("dear", ">=", 10)]
    goal = least(two_programmes(), "money", asked, options=RunContext(EXACT, tell, stop))
    assert (goal.complete, goal.stopped, goal.reached) == (False, "interrupted", False)
    assert goal.targets[0].alone == pytest.approx(125.0)
    assert "stopped (interrupted)" in goal_answer(goal)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("safe years>=70000", Target("safe years", ">=", 70000.0)),
        (" safe years >= 1,070,000 ", Target("safe years", ">=", 1_070_000.0)),
        ("years waiting<=9e3", Target("years waiting", "<=", 9000.0)),
        ("a = b>=1", Target("a = b", ">=", 1.0)),
    ],
)
def test_targets_are_read(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    ("text", "says"),
    [("safe years", "is not a target"), (">=5", "is not a target"), ("x>=much", "'much' is not a number"),
     ("x=5", "reached (>=) or not to be passed (<=)"), ("x>=", "is not a number"),
     ("x>=70,000", "'70,000' may mean 70000 or 70")],
)  # fmt: skip
def test_what_is_no_target_is_said(text: str, says: str) -> None:
    with pytest.raises(TradeoffError) as error:
        parse_target(text)
    assert says in str(error.value)


def test_unknown_names_are_said_with_the_nearest() -> None:
    case = two_programmes()
    with pytest.raises(TradeoffError, match="Did you mean 'helped'"):
        least(case, "money", [Target("helpd", ">=", 1)], options=EXACT)
    with pytest.raises(TradeoffError, match="Did you mean 'officers'"):
        least(case, "officer", [Target("helped", ">=", 1)], options=EXACT)
    with pytest.raises(TradeoffError, match="Did you mean 'cheap'"):
        most(case, "cheep", options=EXACT)
    with pytest.raises(TradeoffError, match="at least one target"):
        least(case, "money", [], options=EXACT)


def test_a_workbook_without_a_plan_has_no_goals() -> None:
    rule = {"Rule": "floor", "Measure": "units", "Where": "kind: raw", "Relation": "at least", "Value": 500}
    with pytest.raises(TradeoffError, match="no plan at all"):
        most(case_from(tables(Rules=[rule])), "helped", options=EXACT)
    free = {"Activity": "free lunch", "Unit cost": 0}
    with pytest.raises(TradeoffError, match="no limit"):
        most(case_from(tables(Raw_activities=[free])), "helped", options=EXACT)
