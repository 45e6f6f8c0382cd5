"""Fronts: sub-problems and time, beside pyaugmecon and beside cold solves one after another.

The knapsack needs two environment variables: KNAPSACK, a folder with a.csv (weights), b.csv (rooms) and c.csv (worth)
of 2kp50, and PYAUGMECON_PYTHON, an interpreter with pyaugmecon and highspy. What is not there is left out.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyomo.environ as pyo

from bench.measure import ROOT, run
from bench.table import Table
from planner.options import Options
from planner.solve import prepare
from planner.solver.session import Session
from planner.tradeoffs import Front, front
from planner.tradeoffs.cases import problem_of_case
from planner.tradeoffs.fronts import front_of_problem
from planner.workbook import read

OUTCOMES = {"blueprint": ("Safe person-years", "Public and donor spending"), "starter": ("safe years", "public money")}
POINTS = 20
ROUNDS = 3


def measure(*, quick: bool) -> list[Table]:
    """The knapsack's whole front, and a spread front of a case."""
    tables = [_case("starter" if quick else "blueprint")]
    folder = Path(os.environ.get("KNAPSACK", ROOT.parent / "shared" / "cases" / "2kp50"))
    if (folder / "a.csv").exists():
        tables.insert(0, _knapsack(folder))
    return tables


def knapsack(folder: Path) -> tuple[pyo.ConcreteModel, dict[str, Any]]:
    """A knapsack with several rooms and objectives from its tables."""
    weights, rooms, worth = (pd.read_csv(folder / f"{name}.csv", index_col=0).to_numpy(float) for name in "abc")
    model = pyo.ConcreteModel()
    model.take = pyo.Var(range(weights.shape[1]), domain=pyo.Binary)
    model.room = pyo.ConstraintList()
    for row, most in zip(weights, rooms.ravel(), strict=True):
        model.room.add(sum(w * model.take[j] for j, w in enumerate(row)) <= most)
    return model, {
        f"worth {n}": ("max", sum(c * model.take[j] for j, c in enumerate(row))) for n, row in enumerate(worth, start=1)
    }


def _knapsack(folder: Path) -> Table:
    """Ours, and pyaugmecon in one and two processes."""
    columns = ("front of the knapsack", "points", "integer runs", "linear runs", "seconds", "seconds in the solver")
    table = Table(f"All points of {folder.name}", columns)
    model, objectives = knapsack(folder)
    table.add("ours", *_figures(front(model, objectives)))
    other = os.environ.get("PYAUGMECON_PYTHON")
    if other is None:
        table.notes.append("PYAUGMECON_PYTHON is not set: no yardstick.")
        return table
    for processes in (1, 2):
        told = json.loads(_foreign(other, folder, processes))
        name = f"pyaugmecon {told['version']}, {processes} at once"
        table.add(name, told["points"], told["sub_problems"], 0, told["seconds"], told["solver_seconds"])
    table.notes.append("Both with HiGHS, exact, one thread a process; every call of the solver is counted.")
    return table


def _foreign(interpreter: str, folder: Path, processes: int) -> str:
    """Last line that the yardstick prints."""
    script = str(ROOT / "bench" / "with_pyaugmecon.py")
    done = run(
        "-c", f"import subprocess; subprocess.run({[interpreter, script, str(folder), str(processes)]!r}, check=True)"
    )
    if done.code:
        raise RuntimeError(done.err)
    return done.out.strip().splitlines()[-1]


def _figures(done: Front) -> tuple[object, ...]:
    return len(done), done.runs, done.linear_runs, done.seconds, done.solver_seconds


def _case(name: str) -> Table:
    """A front of two outcomes against the same points asked one after another, each from nothing."""
    options = Options(gap=1e-3, grid="phases", time_limit=3_600.0)
    model = prepare(read(ROOT / "inputs" / name), options)
    problem, _ = problem_of_case(model, OUTCOMES[name], options)
    columns = ("way", "points", "integer runs", "linear runs", "seconds", "in the solver", "outside it", "faster")
    table = Table(f"{POINTS} points of {' and '.join(OUTCOMES[name])} on {name}, grid phases, gap 0.1 %", columns)
    ours: list[Front] = []
    cold: list[float] = []
    for _ in range(ROUNDS):  # by turns, so that what else the machine does falls on both
        ours.append(front_of_problem(problem, options=options, points=POINTS))
        begin = time.perf_counter()
        for point in ours[-1].points:
            _cold(problem, problem.values(point.columns)[1], options)
        cold.append(time.perf_counter() - begin)
    for done, slow in zip(ours, cold, strict=True):
        outside = done.seconds / done.solver_seconds - 1
        table.add("ours", *_figures(done), f"{outside:.0%}", slow / done.seconds)
        table.add("cold, one after another", len(done), 2 * len(done), 0, slow, None, "", 1.0)
    table.notes.append("Cold: a new session a point, the best of one outcome, then of the other within the gap.")
    return table


def _cold(problem: Any, floor: float, options: Options) -> None:
    """One point the plain way: a new session, the best of one outcome, then the best of the other."""
    first, second = problem.coefficients
    session = Session(problem.matrix, options)
    session.add_row(second, float(floor) - 1e-6, np.inf)
    session.set_cost(first)
    best = session.run()
    again = Session(problem.matrix, options)
    assert best.objective is not None
    again.add_row(first, best.objective - 1e-3 * abs(best.objective), np.inf)
    again.add_row(second, float(floor) - 1e-6, np.inf)
    again.set_cost(second)
    again.run()
