"""Measures of fronts: directions are the front's own, so that a better front never scores worse."""

from __future__ import annotations

import pytest

from planner.tradeoffs import TradeoffError, front
from planner.tradeoffs.indicators import additive_epsilon, hypervolume, igd_plus, largest_gap, measures
from tests.tradeoffs.problems import knapsack, triangle


def test_the_hypervolume_of_a_triangle_by_hand() -> None:
    """Three points (5, 0), (3, 3.5), (0, 5) from (0, 0): 3 x 3.5."""
    model, objectives = triangle()
    found = front(model, objectives, points=3)
    by_hand = sorted(found.values(), reverse=True)
    area = sum(x * (y - below) for (x, y), below in zip(by_hand, [0.0, *(y for _, y in by_hand)], strict=False))
    assert hypervolume(found, {"x": 0.0, "y": 0.0}) == pytest.approx(area)


def test_a_better_front_scores_higher_whichever_way_is_better() -> None:
    model, objectives = triangle()
    costs = {"less x": ("min", -model.x), "less y": ("min", -model.y)}
    for named in (objectives, costs):
        few, many = front(model, named, points=3), front(model, named, points=12)
        corner = few.nadir
        assert hypervolume(many, corner) > hypervolume(few, corner)
        assert additive_epsilon(many, few) == pytest.approx(0.0, abs=1e-9)
        assert additive_epsilon(few, many) > 0.05
        assert igd_plus(few, many) > igd_plus(many, many) == pytest.approx(0.0)
        assert largest_gap(many) < largest_gap(few)


def test_measures_of_three_objectives() -> None:
    model, named, _, _ = knapsack(10, 3, 0)
    found = measures(front(model, named))
    assert found["points"] > 3
    assert 0.0 < found["relative hypervolume"] < 1.0


def test_fronts_of_other_outcomes_are_not_compared() -> None:
    model, named, _, _ = knapsack(8, 2, 0)
    one, other = front(*triangle(), points=3), front(model, named)
    with pytest.raises(TradeoffError, match="different outcomes"):
        igd_plus(one, other)
    with pytest.raises(TradeoffError, match="reference point needs a value for 'y'"):
        hypervolume(one, {"x": 0.0})
