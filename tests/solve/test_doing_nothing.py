"""Doing nothing decides nothing, raw activities neither, so that it never beats a plan but by rules that it breaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.matrix import Floats
from planner.options import Options
from planner.plan import Status
from planner.solve import Model, prepare, search, solve
from planner.solve.baseline import nothing_values
from planner.solver.session import Session
from planner.workbook import case_from, read

ROOT = Path(__file__).parents[2]
EXACT = Options(gap=1e-9)
FOLDERS = sorted(path.parent for path in (ROOT / "tests" / "cases").glob("*/expected.toml"))


def broken_rules(model: Model, values: Floats) -> set[str]:
    """Rules and time limits whose rows do not hold at column values."""
    found = set()
    for row in model.built.frame.rows:
        level = row.form.value(values)
        room = 1e-6 * max(1.0, abs(level)) + 1e-9 * row.scale
        if level < row.lower - room or level > row.upper + room:
            found.add(f"{row.family}: {row.key[0]}")
    return found


def check_baseline(model: Model, options: Options) -> tuple[float, float, set[str]]:
    """Points of doing nothing, the proven bound, and what doing nothing breaks, which may be rules only."""
    values = nothing_values(model.built, model.matrix, options)
    assert values is not None
    broken = broken_rules(model, values)
    assert all(name.partition(":")[0] in ("rule", "on_time") for name in broken)
    found = search(model, options)
    bound = np.inf if found.bound is None else found.bound
    return float(model.matrix.cost @ values) + model.matrix.offset, float(bound), broken


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_doing_nothing_beats_a_plan_only_by_rules_that_it_breaks(folder: Path) -> None:
    points, bound, broken = check_baseline(prepare(read(folder), EXACT), EXACT)
    assert broken or points <= bound + 1e-6 * max(1.0, abs(bound))


@pytest.mark.parametrize("name", ["starter", pytest.param("blueprint", marks=pytest.mark.slow)])
def test_in_our_own_cases_it_is_worse_than_the_plan(name: str) -> None:
    options = Options(grid="phases", gap=1e-2)
    points, bound, _ = check_baseline(prepare(read(ROOT / "inputs" / f"{name}.xlsx"), options), options)
    assert points < bound


def one_pond(
    *, at_least: float = 0.0, upper: float | None = None, rule: bool = True
) -> dict[str, list[dict[str, Any]]]:
    """Water flows into a pond, 10 a day; pumping it out earns a point a unit; a rule allows 500 units."""
    rules = [{"Rule": "pump little", "Measure": "units", "Where": "kind: raw", "Relation": "at most", "Value": 500}]
    return {
        "Time": [{"Phase": "Year", "From": "2021-01-01", "Until": "2021-12-31"}],
        "Raw ledgers": [{"Ledger": "pond", "Opening": 100, "Inflow": 10, **({} if upper is None else {"Upper": upper})}],
        "Raw activities": [{"Activity": "pump", "At least": at_least}],
        "Raw recipes": [{"Activity": "pump", "Verb": "use", "Ledger": "pond", "Quantity": 1}],
        "Rules": rules if rule else [],
        "Outcomes": [{"Outcome": "pumped", "Unit": "units", "Weight": 1}],
        "Outcome terms": [{"Outcome": "pumped", "Line": "1", "Measure": "units", "Where": "kind: raw"}],
    }  # fmt: skip


def test_a_raw_activity_is_a_decision() -> None:
    """The rule allows 500 units; without it 3,750 could be pumped, which doing nothing must not do."""
    plan = solve(case_from(one_pond()), EXACT)
    assert plan.outcome("pumped") == pytest.approx(500.0)
    assert plan.doing_nothing["pumped"] == pytest.approx(0.0, abs=1e-9)


def test_what_must_be_done_is_done() -> None:
    plan = solve(case_from(one_pond(at_least=40.0)), EXACT)
    assert plan.doing_nothing["pumped"] == pytest.approx(40.0)


def test_what_no_balance_can_do_without_is_done_and_no_more() -> None:
    """100 and 3,650 flow in, 1,000 may stay: 2,750 have to be pumped, whatever anybody decides."""
    plan = solve(case_from(one_pond(upper=1000.0, rule=False)), EXACT)
    assert plan.outcome("pumped") == pytest.approx(3750.0)
    assert plan.doing_nothing["pumped"] == pytest.approx(2750.0)


def test_a_session_is_right_after_it_found_that_there_is_no_plan() -> None:
    """A claim of 'infeasible' is repeated with other scaling; nothing of that may reach what is asked next."""
    model = prepare(case_from(one_pond(upper=1000.0, rule=False)), EXACT)
    pumps = np.array([c.family == "level" for c in model.built.frame.columns])
    lower, upper = model.matrix.column_lower.copy(), model.matrix.column_upper.copy()
    session = Session(model.matrix, EXACT)
    session.set_columns(lower, np.where(pumps, 0.0, upper))
    assert session.run().status is Status.INFEASIBLE
    session.set_columns(lower, upper)
    session.set_cost(np.where(pumps, -1.0, 0.0))
    answer = session.run()
    assert answer.objective == pytest.approx(-2750.0)
    assert answer.values is not None
    assert not broken_rules(model, answer.values)
