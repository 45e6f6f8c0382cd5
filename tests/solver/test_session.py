"""Scopes put back what they found; snapshots move a session there and back; optima, slopes and decisions are right."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.matrix import Floats, Integers, Matrix
from planner.options import Options
from planner.plan import Status
from planner.run.progress import Progress
from planner.run.stops import Stop
from planner.solve import Model, prepare
from planner.solver import scopes
from planner.solver.basis import Shift, shifted
from planner.solver.carrying import carried_to, decided
from planner.solver.iis import irreducible_system
from planner.solver.linear import LinearSession, RunEnd
from planner.solver.loaded import LoadedModel
from planner.solver.runs import RunContext
from planner.solver.session import Session
from planner.solver.snapshots import ModelSnapshot, SparsityPattern, value_slope
from planner.workbook import finish, load

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
QUICK = Options(grid="phases", gap=0.0)


def model(*changes: str) -> Model:
    case, problems = finish(load(STARTER), "", changes)
    assert case is not None, problems
    return prepare(case, QUICK)


@pytest.fixture(scope="module")
def starter() -> Model:
    return model()


def small() -> Matrix:
    """max 3x + 2y, x + y <= 4, x + 3y <= 6, x at most 3 and whole, y from nought up: x = 3, y = 1."""
    return Matrix(
        cost=np.array([3.0, 2.0]), offset=1.0, column_lower=np.zeros(2), column_upper=np.array([3.0, np.inf]),
        integer=np.array([True, False]), row_lower=np.full(2, -np.inf), row_upper=np.array([4.0, 6.0]),
        starts=np.array([0, 2, 4], dtype=np.int32), columns=np.array([0, 1, 0, 1], dtype=np.int32),
        values=np.array([1.0, 1.0, 1.0, 3.0]), column_names=("x", "y"), row_names=("sum", "bend"),
    )  # fmt: skip


def state(held: LoadedModel) -> list[Floats]:
    """Everything of a model but its entries."""
    return [held.costs(), np.array([held.offset]), *held.column_bounds(), *held.row_bounds()]


def one(*numbers: int) -> Integers:
    return np.array(numbers, dtype=np.int32)


SCOPES: dict[str, Callable[[Session], AbstractContextManager[object]]] = {
    "columns": lambda s: scopes.bounded_columns(s, one(1), np.array([0.5]), np.array([0.5])),
    "rows": lambda s: scopes.bounded_rows(s, one(0), np.array([-np.inf]), np.array([2.0])),
    "row": lambda s: scopes.added_row(s, {0: 1.0}, -np.inf, 1.0),
    "cost": lambda s: scopes.costed(s, np.array([0.0, 1.0]), 5.0),
    "relaxed": scopes.relaxed,
    "fixed": lambda s: scopes.fixed_integers(s, np.array([1.0, 0.0])),
    "shifted": lambda s: shifted(s, Shift(row_upper={0: 1.0}, column_upper={0: -1.0}), 2.0),
}
INSIDE = {"columns": 11.0, "rows": 7.0, "row": 3.0 + 10.0 / 3.0 + 1.0, "cost": 7.0, "relaxed": 12.0,
          "fixed": 3.0 + 10.0 / 3.0 + 1.0, "shifted": 3.0 + 10.0 / 3.0 + 1.0}  # fmt: skip
"""What is best inside each scope, by hand."""


@pytest.mark.parametrize("name", SCOPES)
def test_a_scope_changes_the_model_inside_and_only_there(name: str) -> None:
    session = Session(small(), QUICK)
    before = state(session)
    assert session.run().objective == pytest.approx(12.0)
    with SCOPES[name](session):
        assert session.run().objective == pytest.approx(INSIDE[name])
        if name in ("relaxed", "fixed"):
            assert not session.integer
    assert session.integer
    assert session.rows == 2
    for was, now in zip(before, state(session), strict=True):
        np.testing.assert_array_equal(was, now)
    assert session.run().objective == pytest.approx(12.0)


@pytest.mark.parametrize("name", SCOPES)
def test_a_scope_that_ends_in_an_error_is_put_back_too(name: str) -> None:
    session = Session(small(), QUICK)
    before = state(session)
    with pytest.raises(KeyError), SCOPES[name](session):
        raise KeyError
    assert session.integer
    for was, now in zip(before, state(session), strict=True):
        np.testing.assert_array_equal(was, now)


def test_scopes_lie_in_one_another() -> None:
    session = Session(small(), QUICK)
    before = state(session)
    with SCOPES["columns"](session), SCOPES["row"](session), SCOPES["cost"](session), SCOPES["relaxed"](session):
        assert session.run().objective == pytest.approx(5.5)
    for was, now in zip(before, state(session), strict=True):
        np.testing.assert_array_equal(was, now)


def test_an_optimum_tells_duals_reduced_costs_and_ranges() -> None:
    session = Session(replace(small(), row_upper=np.array([5.0, 6.0])), QUICK)
    session.relax()
    answer, best = session.run(), session.optimum()
    assert answer.objective == pytest.approx(12.0)
    assert best.objective == pytest.approx(12.0)
    assert best.values == pytest.approx([3.0, 1.0])
    assert best.row_values == pytest.approx([4.0, 6.0])
    assert best.row_duals == pytest.approx([0.0, 2.0 / 3.0])
    assert best.reduced_costs == pytest.approx([7.0 / 3.0, 0.0])
    assert (best.held.tolist(), best.tight.tolist()) == ([True, False], [False, True])
    found = session.cost_ranges()
    assert found is not None
    assert found[0] == pytest.approx([2.0 / 3.0, 0.0])
    assert found[1] == pytest.approx([np.inf, 9.0])


def test_the_optimal_face_keeps_the_best_value_whatever_is_sought_on_it() -> None:
    flat = replace(small(), cost=np.array([1.0, 1.0]), offset=0.0, integer=np.zeros(2, dtype=bool))
    session = Session(flat, QUICK)
    snapshot = ModelSnapshot(flat.cost, 0.0, flat.column_lower, flat.column_upper, flat.row_lower, flat.row_upper,
                             flat.values)  # fmt: skip
    session.follow(snapshot, one(0, 0, 1, 1), one(0, 1, 0, 1))
    assert session.run().objective == pytest.approx(4.0)
    face = snapshot.face(session.optimum())
    for direction, x in (([1.0, 0.0], 3.0), ([-1.0, 0.0], 3.0)):
        session.put(replace(face, cost=np.array(direction)))
        values = session.run().values
        assert values is not None
        assert values.sum() == pytest.approx(4.0)
        assert values[0] == pytest.approx(x)
    session.put(snapshot)
    assert session.run().objective == pytest.approx(4.0)
    session.keep_optimal()
    session.set_cost(np.array([0.0, 1.0]))
    assert session.run().objective == pytest.approx(1.0)


def test_a_session_follows_snapshots_there_and_back(starter: Model) -> None:
    other = model("Quota by phase!*.Places=100")
    pattern = SparsityPattern(starter.built, [other.built])
    here, there = pattern.numbers_of(starter.built), pattern.numbers_of(other.built)
    assert here is not None
    assert there is not None
    answers = []
    session = Session(pattern.matrix_of(here, starter.matrix), QUICK)
    session.follow(here, pattern.entry_rows, pattern.entry_columns)
    for snapshot in (here, there, here):
        session.put(snapshot)
        answers.append(session.run().objective)
    fresh = [Session(m.matrix, QUICK).run().objective for m in (starter, other)]
    assert answers[0] == pytest.approx(fresh[0])
    assert answers[1] == pytest.approx(fresh[1])
    assert answers[2] == pytest.approx(fresh[0])


def test_the_slope_of_the_best_value_is_what_a_small_step_brings() -> None:
    matrix = replace(small(), integer=np.zeros(2, dtype=bool), row_upper=np.array([3.5, 6.0]))
    here = ModelSnapshot(matrix.cost, 1.0, matrix.column_lower, matrix.column_upper, matrix.row_lower,
                         matrix.row_upper, matrix.values)  # fmt: skip
    there = replace(here, cost=np.array([3.5, 2.0]), row_upper=np.array([3.7, 6.0]),
                    entries=np.array([1.0, 1.1, 1.0, 3.0]), offset=2.0)  # fmt: skip
    rows, columns = one(0, 0, 1, 1), one(0, 1, 0, 1)
    rate = here.rate_towards(there, 1.0)
    session = LinearSession(10.0)
    session.load(matrix)
    session.follow(here, rows, columns)
    assert session.run() is RunEnd.OPTIMAL
    best = session.optimum()
    step = 1e-6
    session.put(here.towards(there, step))
    assert session.run() is RunEnd.OPTIMAL
    brought = (session.optimum().objective - best.objective) / step
    assert value_slope(rate, best, rows, columns) == pytest.approx(brought, rel=1e-3)


def test_a_linear_session_begins_from_its_stored_basis_and_says_that_there_is_no_plan() -> None:
    session = LinearSession(10.0)
    session.load_relaxed(small(), one(0))
    assert session.run() is RunEnd.OPTIMAL
    session.remember()
    with scopes.bounded_rows(session, one(0), np.array([9.0]), np.array([np.inf])):
        session.restart()
        assert session.run() is RunEnd.EMPTY
    session.restart()
    assert session.run() is RunEnd.OPTIMAL
    assert session.effort()[0] == 0, "the stored basis is optimal already"


def test_an_irreducible_system_names_what_cannot_hold_together() -> None:
    torn = replace(small(), row_lower=np.array([3.9, -np.inf]), row_upper=np.array([4.0, 3.0]))
    torn = replace(torn, column_lower=np.array([0.0, 1.0]))
    rows, columns = irreducible_system(torn, QUICK, 5.0)
    assert set(rows) == {0, 1}
    assert columns
    assert irreducible_system(small(), QUICK, 5.0) == ([], [])


def test_decisions_are_carried_by_name(starter: Model) -> None:
    answer = Session(starter.matrix, QUICK).run()
    assert answer.values is not None
    np.testing.assert_array_equal(carried_to(answer.values, starter.built, starter.built), answer.values)
    from planner.solve import solve

    plan = solve(starter.case, QUICK)
    held = Session(starter.matrix, QUICK)
    held.fix_integers(decided(starter.built, starter.matrix, plan))
    found = held.run()
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(plan.objective, rel=1e-6)


class Wish:
    """Somebody who may want to stop."""

    asked = False

    def is_set(self) -> bool:
        return self.asked


def test_a_run_context_keeps_the_first_reason_to_stop() -> None:
    heard: list[Progress] = []
    wish = Wish()
    run = RunContext(Options(time_limit=1000.0), heard.append, wish)
    assert not run.over()
    assert run.stopped is Stop.NONE
    run.say("one", "build", kept=True)
    assert (heard[0].stage, heard[0].message, heard[0].kept) == ("build", "one", True)
    wish.asked = True
    assert run.interrupted
    assert run.over()
    wish.asked = False
    run.seconds = -1.0
    assert run.over()
    assert run.stopped is Stop.INTERRUPTED
    late = RunContext(Options(time_limit=1000.0), seconds=-1.0)
    assert late.over()
    assert late.stopped is Stop.TIME
    assert math.isclose(late.left, -1.0 - late.elapsed, abs_tol=1.0)
