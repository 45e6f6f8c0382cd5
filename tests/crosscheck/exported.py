"""Exports a case and solves the file elsewhere: with CBC, and with plain HiGHS."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import highspy
import numpy as np
import pytest

from models.matrix import Floats, Matrix
from planner.case import Case
from planner.options import Options
from planner.plan import Plan
from planner.solve import export, solve
from planner.workbook import read

INPUTS = Path(__file__).parent.parent.parent / "inputs"
SECONDS = 120.0
"""Longest search of either solver."""


@dataclass(frozen=True)
class Found:
    """What another solver found: how it ended, its objective, its column values."""

    ended: str
    objective: float
    values: Floats


@dataclass(frozen=True)
class Exported:
    """A case on a grid, with its model as MPS and LP files."""

    case: Case
    options: Options
    matrix: Matrix
    mps: Path
    lp: Path

    @cached_property
    def plan(self) -> Plan:
        """Our own plan."""
        return solve(self.case, self.options)


def input_case(name: str) -> Case:
    """A packaged case by name; the test is skipped where it is absent."""
    workbook = INPUTS / f"{name}.xlsx"
    if workbook.exists():
        return read(workbook)
    if name == "starter":
        return read(INPUTS / name)
    pytest.skip(f"inputs/{name}.xlsx is not there")


def export_case(name: str, grid: str, gap: float, folder: Path) -> Exported:
    """Export a packaged case both ways."""
    case, options = input_case(name), Options(grid=grid, gap=gap, time_limit=SECONDS)
    mps, lp = folder / "model.mps", folder / "model.lp"
    model = export(case, mps, options)
    export(case, lp, options)
    return Exported(case, options, model.matrix, mps, lp)


def solve_with_cbc(exported: Exported) -> Found:
    """Solve the MPS file with CBC. It reads past the file's OBJSENSE, so it has to be told to maximise."""
    program = shutil.which("cbc")
    if program is None:
        pytest.skip("CBC is not installed (Debian and Ubuntu: apt-get install coinor-cbc)")
    solution = exported.mps.with_suffix(".sol")
    command = [
        program,
        str(exported.mps),
        "-maximize",
        "-ratio",
        str(exported.options.gap),
        "-sec",
        str(SECONDS),
        "-solve",
        "-printingOptions",
        "all",
        "-solu",
        str(solution),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=3 * SECONDS).stdout
    head, *lines = solution.read_text().splitlines()
    ended = re.match(r"(.*) - objective value (\S+)", head)
    assert ended, head + told[-1000:]
    places = {name: place for place, name in enumerate(exported.matrix.column_names)}
    values = np.zeros(len(places))
    for line in lines:
        match line.removeprefix("**").split():
            case [_, name, value, _] if name in places:
                values[places[name]] = float(value)
    return Found(ended[1], float(ended[2]), values)


def read_back(path: Path, options: Options) -> highspy.Highs:
    """A plain HiGHS that holds an exported file."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", options.gap)
    highs.setOptionValue("time_limit", options.time_limit)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    return highs


def worst_row(matrix: Matrix, values: Floats) -> float:
    """How far the worst row is from holding, relative to the size of its terms."""
    terms = matrix.values * values[matrix.columns]
    left = np.add.reduceat(np.append(terms, 0.0), matrix.starts[:-1])
    size = 1.0 + np.add.reduceat(np.append(np.abs(terms), 0.0), matrix.starts[:-1])
    return float(np.max(np.maximum(matrix.row_lower - left, left - matrix.row_upper) / size, initial=0.0))
