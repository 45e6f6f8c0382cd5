"""A first plan from the default grid: it is a plan, it stays near the dates, and it never changes the answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.options import Options
from planner.plan import Status
from planner.solve import prepare, solve, warm_start
from planner.solver.runs import RunContext
from planner.solver.session import Session
from planner.workbook import read

STARTER = Path(__file__).parents[2] / "inputs" / "starter"


def test_the_first_plan_is_a_plan_near_the_coarse_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_start, "AROUND", 60.0)
    case, options = read(STARTER), Options(gap=0.0, grid="months")
    coarse, fine = prepare(case, Options(grid="default")), prepare(case, options)
    found = warm_start.warm_start(coarse.built, coarse.matrix, fine.built, fine.matrix, RunContext(options))
    assert found is not None
    best = Session(fine.matrix, options).run()
    fixed = Session(fine.matrix, options)
    fixed.fix_integers(found)
    reached = fixed.run()
    assert reached.status is Status.OPTIMAL
    assert best.objective is not None
    assert reached.objective is not None
    assert (1.0 - warm_start.START_GAP) * best.objective <= reached.objective <= best.objective + 1e-6
    shown = Session(coarse.matrix, Options(gap=warm_start.COARSE_GAP)).run()
    assert shown.values is not None
    dates = warm_start._dates(coarse.built, shown.values)
    for switch, day in warm_start._dates(fine.built, found).items():
        assert abs(day - dates[switch]) <= 60.0
    assert dates, "the starter takes a reform"


def test_it_is_sought_only_for_large_cases_on_a_finer_grid() -> None:
    case = read(STARTER)
    months = prepare(case, Options(grid="months"))
    assert not warm_start.wanted(months.matrix, case.grid("months"), case.grid("default"))
    wide = months.matrix.__class__(**{**months.matrix.__dict__, "cost": np.zeros(warm_start.LARGE)})
    assert warm_start.wanted(wide, case.grid("months"), case.grid("default"))
    assert not warm_start.wanted(wide, case.grid("default"), case.grid("default"))
    assert not warm_start.wanted(wide, case.grid("phases"), case.grid("default"))


def test_the_answer_is_the_same_with_a_first_plan_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    case, options = read(STARTER), Options(gap=0.0, grid="months")
    without = solve(case, options)
    monkeypatch.setattr(warm_start, "LARGE", 1)
    heard: list[str] = []
    with_one = solve(case, RunContext(options, lambda news: heard.append(news.message)))
    assert any("first plan" in message for message in heard)
    assert with_one.status is without.status is Status.OPTIMAL
    assert with_one.objective == pytest.approx(without.objective, rel=1e-9)
    for name in without.tables:
        assert with_one.tables[name].to_string() == without.tables[name].to_string()
