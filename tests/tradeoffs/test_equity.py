"""Coverage, least shares and what they cost, by hand."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from planner.options import Options
from planner.solve import prepare, solve
from planner.solver.runs import RunContext
from planner.tradeoffs.cases import problem_of_case
from planner.tradeoffs.equity import Equity, counted, coverage, equity, needs_of, plan_of_share
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.fairness import with_least_ratio
from planner.tradeoffs.problem import MultiObjectiveProblem
from planner.verify import verify
from planner.workbook import read
from tests.tradeoffs.test_goals import EXACT, two_programmes

STARTER = Path(__file__).parents[2] / "inputs" / "starter"
NEEDS = {"cheap": 100.0, "dear": 100.0}


def problem() -> MultiObjectiveProblem:
    """100 people at a dollar, 100 at two, 150 dollars."""
    return problem_of_case(prepare(two_programmes(), EXACT), ["cheap", "dear"], EXACT)[0]


def shared(options: Options | RunContext = EXACT) -> Equity:
    """The two shared out."""
    return equity(problem(), NEEDS, options=options, steps=4)


def test_principles_by_hand() -> None:
    found = {p.principle: p for p in shared().principles}
    most, fair = found["utilitarian"], found["max-min"]
    assert (most.total, most.least, most.most) == (pytest.approx(125.0), pytest.approx(0.25), pytest.approx(1.0))
    assert (fair.total, fair.least, fair.most) == (pytest.approx(100.0), pytest.approx(0.5), pytest.approx(0.5))
    assert (most.costs, fair.costs) == (0.0, pytest.approx(0.2))
    assert set(found) >= {"leximin", "alpha-fair 1"}


def test_62_the_total_falls_as_the_least_share_rises() -> None:
    floors = shared().floors
    assert [f.floor for f in floors] == pytest.approx([0.25, 0.3125, 0.375, 0.4375, 0.5])
    for one in floors:
        assert one.floor is not None
        assert one.total == pytest.approx(
            150.0 - 100.0 * one.floor, rel=1e-5
        )  # a dollar less for each half person more
        assert one.least >= one.floor - 1e-6


def test_parts_without_a_need_count_in_the_total_only() -> None:
    assert counted(["a", "b", "c"], {"a": 2.0, "b": 4.0}) == {"a": 2.0, "b": 4.0}
    assert counted(["a", "b"], {"a": 2.0}) == {"a": 1.0, "b": 1.0}
    alone = with_least_ratio(problem(), 0.3, needs={"dear": 100.0}, options=EXACT)
    assert alone.values["dear"] == pytest.approx(30.0, rel=1e-5)
    assert alone.total == pytest.approx(120.0, rel=1e-5)


def test_a_least_share_that_nobody_can_keep_is_refused() -> None:
    with pytest.raises(TradeoffError, match="no plan"):
        with_least_ratio(problem(), 0.6, needs=NEEDS, options=EXACT)


def test_what_was_found_before_a_stop_is_kept() -> None:
    stop = threading.Event()
    found = shared(options=RunContext(EXACT, lambda p: stop.set() if p.message.startswith("Even") else None, stop))
    assert [p.principle for p in found.principles] == ["utilitarian", "max-min"]
    assert not found.complete


def test_62_coverage_of_a_plan_adds_up_to_the_outcome() -> None:
    case = read(STARTER)
    plan = solve(case, Options(gap=1e-4, grid="phases"))
    shares = coverage(case, plan, "safe years")
    assert sum(s.value for s in shares) == pytest.approx(plan.outcome("safe years"))
    known = {s.name: s for s in shares}
    assert needs_of(case, "country")["Southland"] == 60_000.0
    assert known["Southland"].coverage == pytest.approx(known["Southland"].value / 60_000.0)
    assert known["Northland"].coverage is None


def test_a_way_of_sharing_out_is_a_whole_plan() -> None:
    case = two_programmes()
    model = prepare(case, EXACT)
    held, _ = problem_of_case(model, ["cheap", "dear"], EXACT)
    fair = next(p for p in equity(held, NEEDS, options=EXACT, steps=2).principles if p.principle == "max-min")
    plan = plan_of_share(model, held, EXACT, fair)
    assert verify(case, plan).ok
    assert (plan.outcome("cheap"), plan.outcome("dear")) == (pytest.approx(50.0), pytest.approx(50.0))
