"""Plain HiGHS on an exported file: what solving costs without a planner around it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import highspy

from planner.options import Options
from planner.solver.answers import relative_gap


@dataclass(frozen=True)
class Answer:
    """How plain HiGHS ended: seconds of its run alone, of reading the file, objective and relative gap."""

    seconds: float
    reading: float
    ended: str
    objective: float
    gap: float


def solve_file(path: Path, options: Options) -> Answer:
    """Read a model file and solve it with the options of a planner's session."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    for name, value in {
        "threads": options.threads,
        "random_seed": options.seed,
        "mip_rel_gap": options.gap,
        "mip_abs_gap": 1e-9,
        "mip_feasibility_tolerance": 1e-6,
        "primal_feasibility_tolerance": 1e-8,
        "dual_feasibility_tolerance": 1e-8,
        "time_limit": options.time_limit,
    }.items():
        highs.setOptionValue(name, value)
    begin = time.perf_counter()
    if highs.readModel(str(path)) == highspy.HighsStatus.kError:
        message = f"HiGHS cannot read {path}"
        raise ValueError(message)
    read = time.perf_counter()
    highs.run()
    seconds = time.perf_counter() - read
    info = highs.getInfo()
    ended = highs.modelStatusToString(highs.getModelStatus())
    objective, bound = float(info.objective_function_value), float(info.mip_dual_bound)
    whole = any(kind != highspy.HighsVarType.kContinuous for kind in highs.getLp().integrality_)
    return Answer(seconds, read - begin, ended, objective, relative_gap(objective, bound) if whole else 0.0)
