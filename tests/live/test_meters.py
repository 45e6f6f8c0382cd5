"""Meters: what is used and what is left add up, and are what the result sheets say."""

from __future__ import annotations

import pytest

from planner.live import Meter, meters_of
from planner.results.capacities import staff_use
from planner.results.money import unspent
from planner.results.slots import pools
from planner.workbook import read
from tests.live.conftest import Lab


def _equal(live: dict[str, Meter], shown: dict[str, Meter]) -> None:
    """Every row of every meter."""
    assert list(live) == list(shown)
    for key, meter in live.items():
        other = shown[key]
        assert meter.used == pytest.approx(other.used, rel=1e-9, abs=1e-6)
        assert meter.available == pytest.approx(other.available, rel=1e-9, abs=1e-6)
        assert {r.name for r in meter.rows} == {r.name for r in other.rows}
        rows = {r.name: r for r in other.rows}
        for row in meter.rows:
            assert row.used == pytest.approx(rows[row.name].used, rel=1e-8, abs=1e-5)
            assert row.available == pytest.approx(rows[row.name].available, rel=1e-8, abs=1e-5)


def test_33_meters_of_an_answer_are_those_of_the_plans_tables(starter: Lab) -> None:
    """Used and unused make what is available, row by row and in all."""
    found = dict(starter.engine().answer({}).meters)
    _equal(found, meters_of(read(starter.path), starter.plan))
    for meter in found.values():
        assert meter.used + meter.unused == pytest.approx(meter.available, rel=1e-12)
        assert sum(row.used for row in meter.rows) == pytest.approx(meter.used, rel=1e-12, abs=1e-9)
        assert meter.short is not None
        assert all(row.share <= meter.short.share for row in meter.rows)


def test_33_meters_of_a_plan_are_the_totals_of_the_result_sheets(starter: Lab) -> None:
    """Money to the cent, officers by the day, numbers by the piece."""
    case, plan = read(starter.path), starter.plan
    found = meters_of(case, plan)
    money = unspent(case, plan)
    assert found["money"].used == pytest.approx(float(money["Paid"].sum()), abs=1e-8)
    assert found["money"].unused == pytest.approx(float((money["Lapsed"] + money["Left at the end"]).sum()), abs=1e-8)
    use = staff_use(plan)
    days = float(plan.tables["periods"]["days"].sum())
    assert found["officers"].used == pytest.approx(float((use["occupied"] - use["lent_out"]).sum()) / days)
    numbers = pools(plan)
    assert found["visas"].used == pytest.approx(float(numbers["Used"].sum()))
    last = numbers.groupby("Quota")["Left"].last().sum()
    assert found["visas"].unused == pytest.approx(float(numbers["Lapsed"].sum() + last), abs=1e-6)


def test_after_a_change_meters_are_those_of_the_whole_plan(starter: Lab) -> None:
    """The same, where dials have moved."""
    engine = starter.engine()
    settings = {"money": 93.0, "arrivals": 110.0, "hiring": 80.0}
    answer = engine.answer(settings)
    case = starter.base.spec.case(settings)
    _equal(dict(answer.meters), meters_of(case, engine.plan_of(answer)))


@pytest.mark.slow
def test_33_meters_of_the_reference(reference: Lab) -> None:
    """Accounts that move money, officers lent, set-asides inside caps: all of it."""
    engine = reference.engine()
    answer = engine.answer({})
    _equal(dict(answer.meters), meters_of(read(reference.path), reference.plan))
    moved = engine.answer({"hiring": 130.0, "visas": 80.0})
    assert moved.status == "found"
    case = reference.base.spec.case(moved.settings)
    _equal(dict(moved.meters), meters_of(case, engine.plan_of(moved)))
