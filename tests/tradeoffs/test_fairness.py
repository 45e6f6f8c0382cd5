"""Fair divisions and goals, on cases solved by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyomo.environ as pyo
import pytest

from planner.tradeoffs import TradeoffError
from planner.tradeoffs.fairness import (
    alpha_fair,
    compare,
    gini,
    least_gini,
    leximin,
    max_min,
    price_of_fairness,
    utilitarian,
)
from planner.tradeoffs.goals import lexicographic, reach_targets, weighted
from tests.tradeoffs.problems import division, knapsack


def test_t9_max_min_costs_a_seventh() -> None:
    model, parts, needs = division()
    best, fair = utilitarian(model, parts), max_min(model, parts, needs=needs)
    assert best.values == pytest.approx({"A": 100.0, "B": 100.0})
    assert fair.values == pytest.approx({"A": 42.857142857, "B": 128.571428571})
    assert fair.figures["total"] == pytest.approx(171.428571429)
    assert price_of_fairness(best.total, fair.total) == pytest.approx(0.142857143)
    table = compare(model, parts, needs=needs).set_index("principle")
    assert table.loc["max-min", "price of fairness"] == pytest.approx(1 / 7)
    assert table.loc["leximin", "worst"] == pytest.approx(3 / 7)


def test_t13_gini() -> None:
    assert gini([0.2, 0.4, 0.9]) == pytest.approx(0.3111, abs=5e-5)
    assert gini([0.0, 0.0]) == 0.0


def three(domain: object) -> tuple[pyo.ConcreteModel, dict[str, tuple[str, object]]]:
    """Leximin by hand: 2.5, 2.5, 6.5; in whole numbers 2, 3, 7."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1, 2, 3], domain=domain, bounds=(0, 10))
    model.c = pyo.Constraint(expr=model.x[1] + model.x[2] <= 5)
    model.d = pyo.Constraint(expr=model.x[2] + model.x[3] <= 9)
    return model, {str(i): ("max", model.x[i]) for i in (1, 2, 3)}


def test_leximin_goes_on_after_the_worst_off() -> None:
    found = leximin(*three(pyo.NonNegativeReals))
    assert list(found.values.values()) == pytest.approx([2.5, 2.5, 6.5], abs=1e-6)
    assert [found.figures[f"level {n}"] for n in (1, 2)] == pytest.approx([2.5, 6.5], abs=1e-6)


def test_leximin_with_whole_decisions() -> None:
    found = leximin(*three(pyo.NonNegativeIntegers))
    assert list(found.values.values()) == [3.0, 2.0, 7.0]


def test_leximin_of_a_knapsack_is_the_one_counted() -> None:
    model, parts, _, values = knapsack(10, 3, 11)
    best = max(tuple(sorted(row)) for row in values.tolist())
    assert tuple(sorted(leximin(model, parts).values.values())) == pytest.approx(best)
    assert min(max_min(model, parts).values.values()) == pytest.approx(best[0])


def test_the_least_gini_keeps_its_share_of_the_total() -> None:
    """Keep 180 of 200: x + y = 180 and x + 2y <= 300 leave (60, 120) as the most equal by need."""
    model, parts, needs = division()
    found = least_gini(model, parts, needs=needs, keep=0.9)
    assert found.values == pytest.approx({"A": 60.0, "B": 120.0}, abs=1e-4)
    assert found.figures["gini"] == pytest.approx(gini([0.6, 0.4]))
    assert least_gini(model, parts, needs=needs, keep=0.5).figures["gini"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0, 4.0])
def test_alpha_fairness_equalises_marginal_utility(alpha: float) -> None:
    """With u = f/need, cost 1 and 2: (f_B / f_A)^alpha = (n_B / n_A)^(alpha - 1) / 2."""
    model, parts, needs = division()
    model.helped["A"].setub(300)
    found = alpha_fair(model, parts, alpha=alpha, needs=needs)
    ratio = (3.0 ** (alpha - 1.0) / 2.0) ** (1.0 / alpha)
    assert found.values["B"] / found.values["A"] == pytest.approx(ratio, rel=0.01)
    assert found.figures["largest error"] < 1e-5
    assert "misjudge" in found.notes[0]


def test_few_tangents_admit_their_error() -> None:
    model, parts, needs = division()
    rough = alpha_fair(model, parts, alpha=2.0, needs=needs, tangents=3, rounds=1)
    assert rough.figures["largest error"] > 1e-4


def test_alpha_zero_is_the_total_and_a_large_one_nears_max_min() -> None:
    model, parts, needs = division()
    assert alpha_fair(model, parts, alpha=0.0).total == pytest.approx(200.0)
    assert alpha_fair(model, parts, alpha=12.0, needs=needs).figures["worst"] == pytest.approx(3 / 7, rel=0.03)


def test_weights_priorities_and_targets() -> None:
    model, parts, _ = division()
    assert weighted(model, parts, {"A": 1.0, "B": 3.0}).figures["points"] == pytest.approx(450.0)
    strict = lexicographic(model, parts, ["B", "A"])
    assert strict.values == pytest.approx({"A": 0.0, "B": 150.0})
    loose = lexicographic(model, parts, ["B", "A"], tolerances={"B": 0.1})
    assert loose.values == pytest.approx({"A": 30.0, "B": 135.0})
    goal = reach_targets(model, parts, {"A": 90.0, "B": 120.0})
    assert goal.values == pytest.approx({"A": 90.0, "B": 105.0})
    assert goal.figures["shortfall B"] == pytest.approx(15.0)
    other = reach_targets(model, parts, {"A": 90.0, "B": 120.0}, weights={"A": 1.0, "B": 5.0})
    assert other.values == pytest.approx({"A": 60.0, "B": 120.0})


def test_a_goal_within_reach_leaves_nothing_unused() -> None:
    model, parts, _ = division()
    goal = reach_targets(model, parts, {"A": 10.0, "B": 10.0})
    assert goal.figures["weighted shortfall"] == 0.0
    assert goal.values["A"] + 2 * goal.values["B"] == pytest.approx(300.0)


def test_goals_may_be_costs() -> None:
    model, parts, _ = division()
    objectives = parts | {"money": ("min", model.helped["A"] + 2 * model.helped["B"])}
    goal = reach_targets(model, objectives, {"money": 100.0, "B": 100.0}, weights={"money": 10.0, "B": 1.0})
    assert goal.values["money"] == pytest.approx(100.0)
    assert goal.values["B"] == pytest.approx(50.0)


def fair_cost() -> None:
    model, parts, _ = division()
    max_min(model, parts | {"cost": ("min", model.helped["A"])})


def no_need() -> None:
    model, parts, _ = division()
    max_min(model, parts, needs={"A": 0.0})


def unknown_need() -> None:
    model, parts, _ = division()
    max_min(model, parts, needs={"C": 1.0})


def below_zero() -> None:
    model, parts, _ = division()
    weighted(model, parts, {"A": -1.0})


def unknown_outcome() -> None:
    model, parts, _ = division()
    lexicographic(model, parts, ["AA"])


def odd_share() -> None:
    model, parts, _ = division()
    least_gini(model, parts, keep=1.5)


def negative_alpha() -> None:
    model, parts, _ = division()
    alpha_fair(model, parts, alpha=-1.0)


def impossible() -> None:
    model, parts, _ = division()
    model.never = pyo.Constraint(expr=model.helped["A"] >= 500)
    utilitarian(model, parts)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (fair_cost, "'cost' is minimised"),
        (no_need, "needs are larger than zero"),
        (unknown_need, "no outcome 'C'"),
        (below_zero, "never negative"),
        (unknown_outcome, "Did you mean 'A'"),
        (odd_share, "at most 1, not 1.5"),
        (negative_alpha, "alpha must be 0"),
        (impossible, "no plan at all"),
    ],
)
def test_a_wrong_question_says_why(wrong: Callable[[], None], words: str) -> None:
    with pytest.raises(TradeoffError, match=words):
        wrong()


def test_gini_of_a_plan_agrees_with_its_definition() -> None:
    values = np.random.default_rng(1).random(7)
    plain = sum(abs(a - b) for a in values for b in values) / (2 * len(values) * values.sum())
    assert gini(values.tolist()) == pytest.approx(plain)
