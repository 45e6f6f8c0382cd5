"""The yardstick: pyaugmecon on a folder of knapsack tables, run by an interpreter that has it.

`python bench/with_pyaugmecon.py FOLDER` prints one line of JSON: points, sub-problems, seconds. It imports nothing of
ours, since pyaugmecon asks for other versions of numpy and pandas than we do.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pyomo.environ as pyo
from pyaugmecon import PyAugmecon

SOLVER = "highs_for_pyaugmecon"
calls, seconds = multiprocessing.Value("i", 0), multiprocessing.Value("d", 0.0)


@pyo.SolverFactory.register(SOLVER, doc="HiGHS through Pyomo's persistent interface, exact, on one thread")
class Highs:
    """pyaugmecon passes arguments that only Gurobi's interface takes; they are left out here."""

    def __init__(self, **_: object) -> None:
        self.options: dict[str, object] = {}

    def solve(self, model: pyo.ConcreteModel) -> object:
        begin = time.perf_counter()
        solver = pyo.SolverFactory("appsi_highs")
        solver.highs_options = {"mip_rel_gap": 0.0, "threads": 1}
        result = solver.solve(model, load_solutions=False)
        if result.solver.termination_condition == pyo.TerminationCondition.optimal:
            model.solutions.load_from(result)
        with calls.get_lock(), seconds.get_lock():
            calls.value += 1
            seconds.value += time.perf_counter() - begin
        return result


def knapsack(folder: Path) -> pyo.ConcreteModel:
    """The same model as ours, with the objectives as pyaugmecon wants them."""
    weights, rooms, worth = (pd.read_csv(folder / f"{name}.csv", index_col=0).to_numpy(float) for name in "abc")
    model = pyo.ConcreteModel()
    model.take = pyo.Var(range(weights.shape[1]), domain=pyo.Binary)
    model.room = pyo.ConstraintList()
    for row, most in zip(weights, rooms.ravel(), strict=True):
        model.room.add(sum(w * model.take[j] for j, w in enumerate(row)) <= most)
    model.obj_list = pyo.ObjectiveList()
    for row in worth:
        model.obj_list.add(sum(c * model.take[j] for j, c in enumerate(row)), sense=pyo.maximize)
    for objective in model.obj_list.values():
        objective.deactivate()
    return model


def main() -> None:
    folder, processes = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    payoff = pd.read_csv(folder / "payoff_table.csv", index_col=0).to_numpy(float)
    logging.disable(logging.CRITICAL)
    os.chdir(tempfile.mkdtemp())
    grid = int(payoff[:, 1].max() - payoff[:, 1].min()) + 1
    options = {
        "name": "knapsack", "grid_points": grid, "solver_name": SOLVER, "solver_io": None,
        "output_excel": False, "cpu_count": processes, "nadir_points": None,
    }  # fmt: skip
    begin = time.perf_counter()
    done = PyAugmecon(knapsack(folder), options, {"MIPGap": None, "NonConvex": None})
    done.solve()
    elapsed = time.perf_counter() - begin
    told = {
        "points": len(done.get_pareto_solutions()),
        "sub_problems": calls.value,
        "seconds": elapsed,
        "solver_seconds": seconds.value,
        "solver": SOLVER,
        "version": version("pyaugmecon"),
    }
    print("\n" + json.dumps(told))


if __name__ == "__main__":
    main()
