"""What goes on in the reference case without the plan, on phases: as it was where it can be, and without any reform."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.case import Case
from planner.case.continuing import UNITS, activity_of, anything_goes_on, continued, level_of
from planner.options import Options
from planner.solve import Model, prepare
from planner.solve.baseline import free_rules, outcomes_of
from planner.solve.continuation import Kept, continuing_values, decisions
from planner.solver.session import Session
from planner.solver.tie_breaking import total_cost
from planner.workbook import read

ROOT = Path(__file__).parents[2]
PHASES = Options(grid="phases", gap=0.01)
SHORT = {"Refugee travel from Guatemala", "Refugee travel from Honduras", "Refugee travel from El Salvador",
         "Hearing with counsel on Regional docket"}  # fmt: skip
"""Rows that something runs short for from the first phase on: pipelines begin empty, and so do cases with a lawyer."""


@pytest.fixture(scope="module")
def case() -> Case:
    """The reference case."""
    return read(ROOT / "inputs" / "blueprint.xlsx")


@pytest.fixture(scope="module")
def model(case: Case) -> Model:
    """Its model."""
    return prepare(case, PHASES)


@pytest.fixture(scope="module")
def kept(model: Model) -> Kept:
    """What goes on."""
    found = continuing_values(model.built, model.matrix, PHASES)
    assert found is not None
    return found


def test_its_first_phase_is_as_the_year_before_where_nothing_runs_short(case: Case, model: Model, kept: Kept) -> None:
    assert anything_goes_on(case)
    table = decisions(model.built, kept)
    first = table[(table["item"] == "level") & (table["period"] == 0)].set_index("subject")["amount"]
    share = model.built.frame.grid.days(0) / 365.0
    apart = []
    for row in continued(case):
        wanted = (level_of(row) or 0.0) * UNITS.get(type(row), 1.0) * share
        done = float(first.get(activity_of(row), 0.0))
        if wanted and row.id not in SHORT and abs(done - wanted) > 1e-6 * wanted:
            apart.append((row.id, wanted, done))
    assert apart == []
    assert kept.beyond == {}


def test_it_needs_no_reform_and_opens_nothing(model: Model, kept: Kept) -> None:
    musts = {s.id for s in model.built.frame.network.switches if s.must}
    taken = {
        str(key[0])
        for (family, key), n in model.built.frame.column_of.items()
        if family == "taken" and kept.values[n] > 0.5
    }
    assert taken <= musts


def test_others_are_nobodys_gain(case: Case, model: Model) -> None:
    others = [row for row in continued(case) if getattr(row, "runs_without_plan", False)]
    assert {row.id for row in others} == {"Canada farm work Guatemala", "Canada decision"}
    for row in others:
        activity = model.built.activities.by_id[activity_of(row)]
        assert activity.upper == ((0.0, level_of(row)),)


def test_a_plan_free_of_its_promises_is_never_worse(model: Model, kept: Kept) -> None:
    """With floors and rules as free as they are in what goes on, it is itself a plan: the best is at least as good."""
    session = Session(model.matrix, PHASES)
    floors = np.array([c.family == "level" for c in model.built.frame.columns])
    session.set_columns(np.where(floors, 0.0, model.matrix.column_lower), model.matrix.column_upper)
    free_rules(session, model.built)
    session.relax()
    cost = total_cost(model.built)
    session.set_cost(cost)
    best = session.run()
    assert best.values is not None
    assert float(cost @ best.values) >= float(cost @ kept.values) - 1e-6 * abs(float(cost @ kept.values))


def test_nothing_in_it_is_absurd(model: Model, kept: Kept) -> None:
    """What an examiner found absurd in doing nothing: visas stop, aid stops, children stay in custody."""
    outcomes = outcomes_of(model.built, kept.values, floors=False)
    assert outcomes["Legal admissions"] > 4 * 13_000
    assert outcomes["People assisted"] > 2_000_000
    custody = model.built.ledgers.closing["people:Children in border custody", len(model.built.frame.grid) - 1]
    assert custody.value(kept.values) < 120_000
