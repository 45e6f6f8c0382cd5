"""Fronts of linear and mixed models: exact lines, unsupported points, even gaps, exchange rates."""

from __future__ import annotations

import itertools

import numpy as np
import pyomo.environ as pyo
import pytest

from planner.options import Options
from planner.tradeoffs import Point, front
from tests.tradeoffs.problems import rows, three_modes, triangle

LINE = [(5.0, 0.0), (4.25, 2.25), (3.0, 3.5), (0.0, 5.0)]


def test_the_breakpoints_of_a_linear_front_are_exact() -> None:
    found = front(*triangle())
    assert rows(found.breakpoints) == pytest.approx(np.array(LINE))
    assert found.complete
    assert len(found) == 20
    slopes = {-1 / 3, -1.0, -2.0}
    for point in found.points:
        rate = point.rates["y"]
        for value in (rate.improve, None if rate.relax is None else -rate.relax):
            assert value is None or min(abs(value - s) for s in slopes) < 1e-9
    corner = next(p for p in found.points if p.kind == "breakpoint")
    assert (corner.rates["y"].improve, corner.rates["y"].relax) == pytest.approx((-1.0, 1 / 3))


def test_minimising_turns_the_line_round() -> None:
    model, _ = triangle()
    found = front(model, {"x": ("max", model.x), "cost": ("min", 100 - 10 * model.y)})
    assert rows(found.breakpoints) == pytest.approx(np.array([(x, 100 - 10 * y) for x, y in LINE]))
    assert found.points[0].rates["cost"].improve == pytest.approx(-1 / 30)


def test_a_random_line_has_all_its_vertices() -> None:
    """Cutting planes of a circle: every tangent is a segment, every crossing a breakpoint."""
    angles = np.linspace(0.1, np.pi / 2 - 0.1, 12)
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 2))
    model.y = pyo.Var(bounds=(0, 2))
    model.cut = pyo.ConstraintList()
    for a in angles:
        model.cut.add(float(np.cos(a)) * model.x + float(np.sin(a)) * model.y <= 1)
    found = front(model, {"x": ("max", model.x), "y": ("max", model.y)})
    half = (angles[1] - angles[0]) / 2
    crossings = [(np.cos(a + half) / np.cos(half), np.sin(a + half) / np.cos(half)) for a in angles[:-1]]
    ends = [(1 / np.cos(0.1), 0.0), (0.0, 1 / np.cos(0.1))]
    assert rows(found.breakpoints) == pytest.approx(np.array([ends[0], *crossings, ends[1]]), abs=1e-7)
    assert found.complete


def test_marginal_rates_are_finite_differences() -> None:
    model, objectives = triangle()
    for point in front(model, objectives, points=9).points[1:-1]:
        model.floor = pyo.Constraint(expr=model.y >= point.values["y"] + 1e-3)
        moved = front(model, objectives, points=2).points[0].values["x"]
        model.del_component("floor")
        assert point.rates["y"].improve == pytest.approx((moved - point.values["x"]) / 1e-3, rel=1e-3)


def test_unsupported_points_are_found() -> None:
    found = front(*three_modes(), points=15)
    for point in found.points:
        a, b = point.values["a"], point.values["b"]
        assert a + b == pytest.approx(7.0 if 2.0 < a < 5.0 else 10.5)
    middle = [p for p in found.points if 2.0 < p.values["a"] < 5.0]
    assert middle, "no weights find these"
    assert (middle[0].values["a"], middle[0].values["b"]) == pytest.approx((4.0, 3.0))
    assert middle[-1].rates["b"].improve is None, "nothing more of b in this mode"
    corners = [p.values for p in (found.points[0], found.points[-1])]
    assert rows(corners) == pytest.approx(np.array([(10.0, 0.5), (0.5, 10.0)]))
    assert not found.complete
    assert len(found.points) == 15


def apart(points: tuple[Point, ...]) -> np.ndarray:
    """Distances of neighbours over the ranges."""
    table = np.array([list(p.values.values()) for p in points])
    table = table / (table.max(axis=0) - table.min(axis=0))
    return np.linalg.norm(np.diff(table, axis=0), axis=1)


def test_more_points_hold_the_fewer_ones_and_the_gaps_are_even() -> None:
    few, many = (front(*triangle(), points=n) for n in (5, 12))
    assert {tuple(np.round(v, 7)) for v in few.values()} <= {tuple(np.round(v, 7)) for v in many.values()}
    gaps = apart(many.points)
    assert gaps.max() <= 2.9 * gaps.min()


def test_three_objectives_of_a_linear_programme_are_spread() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var([0, 1, 2], bounds=(0, 10))
    model.room = pyo.Constraint(expr=model.x[0] + 2 * model.x[1] + 3 * model.x[2] <= 12)
    found = front(model, {str(i): ("max", model.x[i]) for i in range(3)}, points=25)
    assert len(found) == 25
    for point in found.points:
        x = [point.values[str(i)] for i in range(3)]
        assert x[0] + 2 * x[1] + 3 * x[2] == pytest.approx(12.0)
        if 0.0 < x[0] < 10.0 and min(x) > 0.0:
            assert (point.rates["1"].improve, point.rates["2"].improve) == pytest.approx((-2.0, -3.0))
    assert [c["0"] for c in found.payoff][:1] == pytest.approx([10.0])
    assert not found.complete


def test_three_objectives_with_whole_and_continuous_decisions() -> None:
    model, objectives = three_modes()
    model.spare = pyo.Var(bounds=(0, 1))
    model.link = pyo.Constraint(expr=model.x[1] + model.x[2] + 2 * model.spare <= 11)
    found = front(model, objectives | {"spare": ("max", model.spare)}, points=12)
    table = np.array(found.values())
    for row in table:
        assert not np.any(np.all(table >= row - 1e-6, axis=1) & np.any(table > row + 1e-5, axis=1))
    assert len(found) >= 8


def test_no_point_is_dominated_or_twice_there_with_a_gap() -> None:
    found = front(*three_modes(), points=12, options=Options(gap=0.01))
    for one, other in itertools.permutations(found.values(), 2):
        assert not all(a >= b - 1e-9 for a, b in zip(one, other, strict=True))


def test_a_single_point_is_a_front_too() -> None:
    model, _ = triangle()
    found = front(model, {"x": ("max", model.x), "twice": ("max", 2 * model.x)})
    assert found.values() == [pytest.approx((5.0, 10.0))]
    assert found.complete
