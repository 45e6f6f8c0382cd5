"""A level that is out by less than anybody would see frees nothing, however large the recipe that it multiplies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.options import Options
from planner.solve import solve
from planner.verify import READERS, verify
from planner.verify.calendar import read_calendar
from planner.verify.inputs import Inputs
from planner.verify.occupancy import Use
from planner.verify.replay import Replay, within
from planner.workbook import finish, load

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
ROW = "asylum officer / Harbour centre"


@pytest.fixture(scope="module")
def found():
    """The starter where training one officer takes 1e11 days of those who train."""
    case, _ = finish(load(STARTER), "", (f"Staff!{ROW}.Trainer days=100000000000",))
    assert case is not None
    return case, solve(case, Options())


def test_nobody_is_hired_where_training_takes_for_ever(found) -> None:
    case, plan = found
    report = verify(case, plan)
    assert report.ok, str(report)
    levels = plan.tables["activities"]
    hired = levels.loc[levels["activity"] == f"hire:{ROW}", "level"]
    assert float(hired.abs().sum()) * 1e11 <= 1e3
    without, _ = finish(load(STARTER), "", (f"Staff!{ROW}.Hiring limit=0",))
    assert without is not None
    other = solve(without, Options())
    assert plan.objective == pytest.approx(other.objective, rel=2e-2)
    assert plan.objective <= other.bound * (1.0 + 1e-6)
    assert other.objective <= plan.bound * (1.0 + 1e-6)


def test_minus_a_millionth_of_a_hire_frees_no_trainer(found, monkeypatch: pytest.MonkeyPatch) -> None:
    """-2.6e-8 hires would free thousands of staff-days: a plan whose tables reckon with that fails."""
    case, plan = found
    tables = dict(plan.tables)
    acts, caps = tables["activities"], tables["capacities"].copy()
    model = acts[acts["activity"].str.startswith("stage:")].iloc[0].to_dict()
    row = model | {"activity": f"hire:{ROW}", "kind": "hire", "period": 0, "level": -2.6e-8, "effective": -2.6e-8}
    tables["activities"] = pd.concat([acts, pd.DataFrame([row])], ignore_index=True)
    with monkeypatch.context() as patch:
        patch.setattr("planner.verify.replay.within", lambda values, *_: values)
        inputs = Inputs(case, read_calendar(case, tables["periods"])[0])
        for read in READERS:
            read(inputs)
        freed = Use(Replay(inputs, tables)).occupied[f"staff:{ROW}"]
    at = caps["capacity"] == f"staff:{ROW}"
    gain = caps.loc[at, "occupied"].to_numpy() - freed[caps.loc[at, "period"].to_numpy(int)]
    assert gain.max() > 1000.0
    caps.loc[at, "occupied"] = caps.loc[at, "occupied"] - gain
    tables["capacities"] = caps
    report = verify(case, replace(plan, tables=tables))
    assert "capacity" in report.failed


def test_within_takes_small_excesses_to_the_limit_and_leaves_large_ones() -> None:
    least, most = np.zeros(3), np.array([10.0, 10.0, 10.0])
    assert within(np.array([-1e-9, 10.0 + 1e-9, 5.0]), least, most, 1.0).tolist() == [0.0, 10.0, 5.0]
    assert within(np.array([-1.0, 12.0, 5.0]), least, most, 1.0).tolist() == [-1.0, 12.0, 5.0]
