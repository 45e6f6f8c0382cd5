"""Fronts of a workbook: each point is a whole plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.options import Options
from planner.plan import Status
from planner.solve import solve
from planner.tradeoffs import TradeoffError, front_of_case
from planner.workbook import case_from, read
from tests.solve.test_solve import tables
from tests.tradeoffs.problems import rows

STARTER = Path(__file__).parents[2] / "inputs" / "starter"


def test_a_small_case_by_hand() -> None:
    """150 dollars (in thousands); 100 cheap at one, 100 dear at two: the front is a line with a bend at (100, 25)."""
    more = [{"Outcome": "dear", "Unit": "people"}, {"Outcome": "cheap", "Unit": "people"}]
    terms = [
        {"Outcome": "dear", "Line": 1, "Measure": "units", "Where": "row: dear"},
        {"Outcome": "cheap", "Line": 1, "Measure": "units", "Where": "row: cheap"},
    ]
    case = case_from(tables(Outcomes=more, Outcome_terms=terms))
    found = front_of_case(case, ["cheap", "dear"], options=Options(gap=0.0, grid="phases"))
    assert rows(found.breakpoints) == pytest.approx(np.array([(100.0, 25.0), (0.0, 75.0)]), abs=1e-6)
    assert found.points[3].rates["dear"].improve == pytest.approx(-2.0)
    assert found.complete
    plan = found.plan(0)
    assert (plan.outcome("cheap"), plan.outcome("dear")) == pytest.approx((100.0, 25.0), abs=1e-4)


def test_points_of_the_starter_are_whole_plans_that_pass_their_check() -> None:
    from planner.verify import verify

    case, options = read(STARTER), Options(gap=1e-4, grid="phases")
    found = front_of_case(case, ["safe years", "public money"], options=options, points=5, processes=1)
    assert len(found) == 5
    best = solve(case, options)
    assert found.ideal["safe years"] >= best.outcome("safe years") * (1 - 1e-3)
    assert found.senses == {"safe years": "max", "public money": "min"}
    for number in (0, 2, 4):
        plan = found.plan(number)
        assert found.points[number].status is Status.OPTIMAL
        # proven for the front and not by the weights, so the plan itself claims no proof
        assert (plan.status, plan.gap, plan.bound) == (Status.FEASIBLE, None, None)
        assert plan.found
        for name, value in found.points[number].values.items():
            assert plan.outcome(name) == pytest.approx(value, rel=1e-5)
        assert "point of a front" in plan.unproven[0]
        assert verify(case, plan).ok


def test_unknown_outcomes_are_named_with_the_nearest() -> None:
    case = read(STARTER)
    with pytest.raises(TradeoffError, match="Did you mean 'public money'"):
        front_of_case(case, ["safe years", "publik money"])
    with pytest.raises(TradeoffError, match="at least 2 different"):
        front_of_case(case, ["safe years"])


def test_a_case_without_a_plan_has_no_front() -> None:
    rule = {"Rule": "too much", "Measure": "units", "Where": "row: dear", "Relation": "at least", "Value": 90}
    more = [{"Outcome": "dear", "Unit": "people"}]
    terms = [{"Outcome": "dear", "Line": 1, "Measure": "units", "Where": "row: dear"}]
    case = case_from(tables(Rules=[rule], Outcomes=more, Outcome_terms=terms))
    with pytest.raises(TradeoffError, match="no plan at all"):
        front_of_case(case, ["helped", "dear"], options=Options(grid="phases"))
