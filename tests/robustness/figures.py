"""Solves the starter with single cells changed, one line of JSON a change: what the campaign of figures compares.

Run as a process of its own, `python -m tests.robustness.figures [CHANGE ...]`, because a solver that fails may end it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from planner.options import Options
from planner.solve import solve
from planner.verify import verify
from planner.workbook import finish, load

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
OPTIONS = Options(grid="phases", gap=1e-3)


def answered(change: str) -> dict[str, Any]:
    """How the case ends with one change, as `Sheet!row.Column=value` (nothing: as it stands)."""
    case, problems = finish(load(STARTER), "", (change,) if change else ())
    if case is None:
        errors = [str(p) for p in problems if p.severity == "error"]
        return {"change": change, "end": "refused", "words": errors}
    plan = solve(case, OPTIONS)
    found: dict[str, Any] = {"change": change, "end": plan.status.name, "words": list(plan.warnings)}
    if plan.found:
        report = verify(case, plan)
        found |= {"objective": plan.objective, "bound": plan.bound, "gap": plan.gap, "verified": report.ok}
    return found


if __name__ == "__main__":
    for line in sys.argv[1:]:
        sys.stdout.write(json.dumps(answered(line)) + "\n")
        sys.stdout.flush()
