"""What an answer is held against: the changed workbook compiled afresh and solved from scratch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.options import Options
from planner.plan import Plan, Status
from planner.plan.extract import Extractor
from planner.solve import prepare, search
from planner.solver.carrying import decided
from planner.solver.session import Session
from planner.solver.tie_breaking import break_ties
from tests.live.conftest import Lab


def held(lab: Lab, settings: Mapping[str, float], plan: Plan | None = None) -> tuple[float, dict[str, float]] | None:
    """Best points and outcomes of the changed workbook with a plan's decisions held; None where there is none."""
    model = prepare(lab.base.spec.case(settings), lab.base.spec.options)
    session = Session(model.matrix, lab.base.spec.options)
    session.fix_integers(decided(model.built, model.matrix, plan or lab.plan))
    found = session.run()
    if found.status is not Status.OPTIMAL or found.values is None or found.objective is None:
        return None
    kept = break_ties(model.built, model.matrix, lab.base.spec.options, found.values, 1e-9, decisions=False)
    rows = Extractor(model.built, kept).outcomes()
    return found.objective, {str(row["outcome"]): float(row["value"]) for row in rows}


def best(lab: Lab, settings: Mapping[str, float], gap: float = 0.0) -> tuple[float, float]:
    """Points of the best plan of the changed workbook, with the search's own bound."""
    options = replace(Options(grid=lab.base.spec.grid), gap=gap)
    found = search(prepare(lab.base.spec.case(settings), options), options)
    assert found.objective is not None
    assert found.bound is not None
    return found.objective, found.bound
