"""Any linear Pyomo model is read, and left exactly as it was; what cannot be read is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from planner.options import Options
from planner.tradeoffs import TradeoffError, front
from planner.tradeoffs.reader import read_model
from tests.tradeoffs.problems import three_modes, triangle


def everything(model: Any) -> list[tuple[Any, ...]]:
    """All that can be seen of a model."""
    parts = [(c.name, id(c), type(c).__name__, c.active) for c in model.component_objects(descend_into=True)]
    variables, constraints, objectives = (
        model.component_data_objects(kind, descend_into=True) for kind in (pyo.Var, pyo.Constraint, pyo.Objective)
    )
    return [
        *parts,
        *((v.name, id(v), v.value, v.lb, v.ub, v.fixed, v.stale, str(v.domain)) for v in variables),
        *((c.name, c.active, str(c.expr), pyo.value(c.lower), pyo.value(c.upper)) for c in constraints),
        *((o.name, o.active, str(o.expr), o.sense) for o in objectives),
    ]


def rich() -> tuple[pyo.ConcreteModel, dict[str, Any]]:
    """A model with blocks, parameters, fixed variables, ranges, deactivated parts and values already there."""
    model, _ = three_modes()
    model.price = pyo.Param(initialize=2.0, mutable=True)
    model.inner = pyo.Block()
    model.inner.z = pyo.Var(domain=pyo.Integers, bounds=(-3, 4), initialize=2)
    model.inner.range = pyo.Constraint(expr=(-2, model.inner.z - model.x[1], 5))
    model.off = pyo.Constraint(expr=model.x[1] == 99)
    model.off.deactivate()
    model.held = pyo.Var(initialize=1.5)
    model.held.fix()
    model.total = pyo.Objective(expr=model.price * model.x[1] + model.held + model.inner.z, sense=pyo.maximize)
    model.cost = pyo.Objective(expr=model.x[1] - 3 * model.x[2] + 4, sense=pyo.minimize)
    model.cost.deactivate()
    model.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    return model, {"total": model.total, "cost": model.cost}


@pytest.mark.parametrize("processes", [1, 2])
def test_the_model_is_left_as_it_was(processes: int) -> None:
    model, objectives = rich()
    before = everything(model)
    found = front(model, objectives, points=5, processes=processes)
    assert len(found) >= 3
    assert everything(model) == before


def test_values_are_those_of_the_model() -> None:
    model, objectives = rich()
    for point in front(model, objectives, points=6).points:
        for v in model.component_data_objects(pyo.Var, descend_into=True):
            if not v.fixed:
                v.set_value(point.decisions.get(v.name, 0.0), skip_validation=True)
        assert pyo.value(model.total) == pytest.approx(point.values["total"])
        assert pyo.value(model.cost) == pytest.approx(point.values["cost"])
        for c in model.component_data_objects(pyo.Constraint, active=True, descend_into=True):
            assert c.lslack() >= -1e-6
            assert c.uslack() >= -1e-6


def test_an_objective_brings_its_own_sense_and_may_be_named() -> None:
    model, _ = rich()
    problem = read_model(model, {"a": model.total, "b": model.cost, "c": ("min", "total")})
    assert problem.senses.tolist() == [1.0, -1.0, -1.0]


def test_whole_steps_are_recognised() -> None:
    model = pyo.ConcreteModel()
    model.n = pyo.Var([0, 1], domain=pyo.Integers, bounds=(0, 9))
    third = 0.5 * model.n[0] + 0.75 * model.n[1]
    problem = read_model(model, {"steps": ("max", third), "odd": ("max", np.pi * model.n[0] + model.n[1])})
    assert problem.lattice.tolist() == [True, False]
    assert problem.units[0] == pytest.approx(0.25)
    assert problem.discrete


def reversed_range() -> None:
    front(*triangle(), limits={"x": (3.0, 1.0)})


def unknown_limit() -> None:
    front(*triangle(), limits={"xx": (3.0, None)})


def one_objective() -> None:
    model, named = triangle()
    front(model, {"x": named["x"]})


def six_objectives() -> None:
    model, named = triangle()
    front(model, {str(n): named["x"] for n in range(6)})


def unknown_component() -> None:
    model, _ = rich()
    front(model, {"a": ("max", "totl"), "b": model.cost})


def bad_sense() -> None:
    model, named = triangle()
    front(model, {"x": ("up", model.x), "y": named["y"]})


def not_linear() -> None:
    model, named = triangle()
    front(model, {"x": ("max", model.x * model.y), "y": named["y"]})


def nonlinear_constraint() -> None:
    model, named = triangle()
    model.round = pyo.Constraint(expr=model.x**2 + model.y**2 <= 4)
    front(model, named)


def infeasible() -> None:
    model, named = triangle()
    model.never = pyo.Constraint(expr=model.x >= 50)
    front(model, named)


def infeasible_whole() -> None:
    model, named = three_modes()
    model.half = pyo.Constraint(expr=model.mode[0] + 0.5 * model.mode[1] == 0.25)
    front(model, named)


def limits_too_tight() -> None:
    front(*triangle(), limits={"x": (4.0, None), "y": (4.0, None)})


def without_end() -> None:
    model, named = triangle()
    model.z = pyo.Var(bounds=(0, None))
    front(model, named | {"z": ("max", model.z)})


def too_few_points() -> None:
    front(*triangle(), points=1)


def special_sets() -> None:
    model, named = triangle()
    model.parts = pyo.Var([1, 2])
    model.sets = pyo.SOSConstraint(var=model.parts, sos=1)
    front(model, named)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (reversed_range, "range of 'x' is reversed"),
        (unknown_limit, "Did you mean 'x'"),
        (one_objective, "at least 2 objectives, 1 given"),
        (six_objectives, "at most 5"),
        (unknown_component, "Did you mean 'total'"),
        (bad_sense, "must be 'max' or 'min', not 'up'"),
        (not_linear, "objective 'x' is not linear"),
        (nonlinear_constraint, "constraint 'round' is not linear"),
        (infeasible, "no plan at all"),
        (infeasible_whole, "no plan at all"),
        (limits_too_tight, "limits given for 'x', 'y'"),
        (without_end, "'z' can grow without end"),
        (too_few_points, "2 corners"),
        (special_sets, "SOSConstraint"),
    ],
)
def test_a_question_without_an_answer_says_why(wrong: Callable[[], None], words: str) -> None:
    with pytest.raises(TradeoffError, match=words):
        wrong()


def test_points_of_a_model_hold_no_plan() -> None:
    found = front(*triangle(), points=3, options=Options(gap=0.0))
    with pytest.raises(ValueError, match="fronts of a case"):
        found.plan(0)
    assert set(found.points[0].decisions) == {"x", "y"}
    assert found.to_json()["points"][0]["values"] == dict(found.points[0].values)
    assert list(found.table()["x"]) == [p.values["x"] for p in found.points]
