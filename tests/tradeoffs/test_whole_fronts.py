"""Fronts of whole decisions are complete: against published sets and against counting."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pyomo.environ as pyo
import pytest

from planner.options import Options
from planner.plan import Status
from planner.run.progress import Progress
from planner.tradeoffs import front, worker
from tests.tradeoffs.problems import best_of, knapsack

TWO_KP = Path(__file__).parents[3] / "shared" / "cases" / "2kp50"


@pytest.mark.skipif(not (TWO_KP / "a.csv").exists(), reason="the data of 2kp50 are not part of this repository")
def test_2kp50_has_its_35_published_points() -> None:
    from bench.fronts import knapsack as from_tables

    model, objectives = from_tables(TWO_KP)
    found = front(model, objectives, processes=2)
    published = pd.read_csv(TWO_KP / "pareto_sols.csv", index_col=0).to_numpy(float)
    assert found.values() == [tuple(row) for row in published.tolist()]
    assert (found.values()[0], found.values()[-1]) == ((2103.0, 1529.0), (1547.0, 2020.0))
    assert found.complete
    assert not found.cells
    assert found.sub_problems <= 37
    assert all(p.status is Status.OPTIMAL and p.gap == 0.0 for p in found.points)
    assert len(found.knees) == 1


@pytest.mark.parametrize(("items", "objectives", "seed"), [(12, 2, 1), (12, 3, 0), (9, 4, 2), (8, 5, 3)])
def test_the_front_of_a_knapsack_is_the_one_counted(items: int, objectives: int, seed: int) -> None:
    model, named, _, values = knapsack(items, objectives, seed)
    found = front(model, named)
    assert set(found.values()) == best_of(values)
    assert len(set(found.values())) == len(found)
    assert found.complete


def test_an_assignment_with_two_costs() -> None:
    chance = np.random.default_rng(5)
    costs = chance.integers(1, 20, (2, 5, 5))
    model = pyo.ConcreteModel()
    model.pair = pyo.Var(range(5), range(5), domain=pyo.Binary)
    model.row = pyo.Constraint(range(5), rule=lambda m, i: sum(m.pair[i, j] for j in range(5)) == 1)
    model.column = pyo.Constraint(range(5), rule=lambda m, j: sum(m.pair[i, j] for i in range(5)) == 1)
    named = {
        f"cost {k}": ("min", sum(int(costs[k, i, j]) * model.pair[i, j] for i in range(5) for j in range(5)))
        for k in range(2)
    }
    sums = [[sum(costs[k, i, p[i]] for i in range(5)) for k in range(2)] for p in itertools.permutations(range(5))]
    found = front(model, named)
    counted = {tuple(-v for v in row) for row in best_of(-np.array(sums))}
    assert set(found.values()) == counted
    assert found.points[0].values["cost 0"] == min(row[0] for row in counted)
    assert any(found.points[0].decisions.values())


def test_senses_may_differ_and_constants_count() -> None:
    model, named, choices, values = knapsack(10, 2, 4)
    named["worth 1"] = ("min", 100 - 0.5 * named["worth 1"][1])
    found = front(model, named)
    counted = {(a, 100 - 0.5 * b) for a, b in best_of(values)}
    assert set(found.values()) == counted
    assert len(choices)


def test_worth_in_odd_numbers_is_complete_too() -> None:
    """Coefficients without a common step: the set is finite all the same."""
    chance = np.random.default_rng(8)
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(8), domain=pyo.Binary)
    worth = chance.random((2, 8)) * np.pi
    model.room = pyo.Constraint(expr=sum(model.x[j] for j in range(8)) <= 4)
    named = {f"o{k}": ("max", sum(float(worth[k, j]) * model.x[j] for j in range(8))) for k in range(2)}
    choices = np.array([c for c in itertools.product([0, 1], repeat=8) if sum(c) <= 4])
    found = front(model, named)
    assert np.array(sorted(found.values())) == pytest.approx(np.array(sorted(best_of(choices @ worth.T))))
    assert found.complete


def test_a_total_kept_in_a_variable_is_still_whole() -> None:
    """Objectives that are continuous variables defined by whole ones: the front is complete as well."""
    model, named, _, values = knapsack(10, 2, 6)
    model.total = pyo.Var([0, 1])
    model.define = pyo.Constraint([0, 1], rule=lambda m, i: m.total[i] == named[f"worth {i}"][1] + 7)
    found = front(model, {"a": ("max", model.total[0]), "b": ("max", model.total[1])})
    assert set(found.values()) == {(a + 7, b + 7) for a, b in best_of(values)}
    assert found.complete


@pytest.mark.parametrize("size", [2, 3])
def test_a_constant_objective_takes_nothing_away(size: int) -> None:
    model, named, _, values = knapsack(9, 2, 7)
    objectives = dict(list(named.items())[: size - 1]) | {"constant": ("max", 0 * model.x[0] + 3)}
    found = front(model, objectives)
    counted = best_of(values[:, : size - 1])
    assert {row[:-1] for row in found.values()} == counted
    assert found.complete


def test_workers_find_the_same_points_as_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    model, named, _, _ = knapsack(32, 2, 9)
    one = front(model, named, processes=2)
    monkeypatch.setattr(worker, "HEAVY", 0.0)  # every sub-problem counts as large
    begun, start = [], worker.Workers
    monkeypatch.setattr(worker, "Workers", lambda *setting: begun.append(1) or start(*setting))
    two = front(model, named, processes=2)
    assert begun == [1]
    assert one.values() == two.values()
    assert one.complete
    assert two.complete


def test_an_interrupted_front_keeps_its_points_and_says_what_is_open() -> None:
    model, named, _, values = knapsack(12, 2, 1)
    stop, heard = threading.Event(), []

    def listen(progress: Progress) -> None:
        heard.append(progress.message)
        if len(heard) == 3:
            stop.set()

    found = front(model, named, on_progress=listen, interrupt=stop, processes=1)
    assert found.stopped == "interrupted"
    assert not found.complete
    assert found.cells
    assert "interrupted" in found.unproven[0]
    assert 0 < len(found) < len(best_of(values))
    assert set(found.values()) <= best_of(values)
    missing = best_of(values) - set(found.values())
    for point in missing:
        inside = [
            all(c.lower[n] <= v <= c.upper[n] for n, v in zip(found.names, point, strict=True)) for c in found.cells
        ]
        assert any(inside)


def test_no_time_leaves_an_honest_front() -> None:
    model, named, _, _ = knapsack(40, 3, 2)
    found = front(model, named, options=Options(gap=0.0, time_limit=0.4), processes=1)
    assert found.stopped == "time limit"
    assert not found.complete
    assert found.cells


def test_so_many_points_and_no_more() -> None:
    model, named, _, values = knapsack(12, 2, 1)
    found = front(model, named, points=4)
    assert len(found) <= 4
    assert set(found.values()) <= best_of(values)
    assert {found.values()[0], found.values()[-1]} <= best_of(values)
    every = front(model, named, points=100)
    assert set(every.values()) == best_of(values)
    assert every.complete


def test_limits_hold_and_cut_the_front() -> None:
    model, named, _, values = knapsack(12, 2, 1)
    middle = sorted(best_of(values))[len(best_of(values)) // 2][0]
    found = front(model, named, limits={"worth 0": (middle, None)})
    assert set(found.values()) == {row for row in best_of(values) if row[0] >= middle}


def test_steps_between_whole_points_are_their_exchange_rates() -> None:
    model, named, _, _ = knapsack(12, 2, 1)
    found = front(model, named)
    for here, after in itertools.pairwise(found.points):
        rate = here.rates["worth 1"]
        change = {n: after.values[n] - here.values[n] for n in found.names}
        assert rate.kind == "step"
        assert rate.improve == pytest.approx(change["worth 0"] / change["worth 1"])
        assert after.rates["worth 1"].relax == pytest.approx(-change["worth 0"] / change["worth 1"])
