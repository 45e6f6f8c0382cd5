"""Money and numbers that lapse inside a period pay and serve until that day, on every grid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Plan, Status
from planner.results.lapses import lapses_inside, lapses_note
from planner.sheets import (
    Allotments,
    Appropriations,
    Funding,
    Outcomes,
    OutcomeTerms,
    People,
    Places,
    Programmes,
    Slots,
    Time,
    Visas,
)
from planner.solve import solve
from planner.verify import verify
from tests.verify.everything import case_of
from tests.verify.tampering import changed

DAY_0 = date(2025, 1, 1)


def phases() -> tuple[Time, ...]:
    """A hundred days, the rest of the year, a second year."""
    spans = (("P1", 0, 100), ("P2", 100, 365), ("P3", 365, 730))
    return tuple(
        Time(phase=name, starts=DAY_0 + timedelta(days=a), ends=DAY_0 + timedelta(days=b - 1)) for name, a, b in spans
    )


def canadian(canada: float = 46.0) -> Case:
    """Canada gives 46 M from 1 January that lapse on 1 April, inside the last period of the first hundred days.

    Another fund pays what Canada does not.
    """
    return case_of(
        *phases(),
        Places(place="Port"),
        Funding(account="canada", purposes=("help",), fiscal_year="04-01", carry_over_share=0.0),
        Funding(account="fund", purposes=("help",)),
        Appropriations(account="canada", phase="P1", amount=canada),
        Appropriations(account="fund", phase="P1", amount=100.0),
        Programmes(programme="help", place="Port", purpose="help", unit="unit", unit_cost=1e6, at_most=365.0),
        Outcomes(outcome="done", unit="units", weight=1.0),
        OutcomeTerms(outcome="done", line="1", measure="units", where="kind: programme"),
    )


def visas(demand: float | None = 365.0) -> Case:
    """46 numbers from 1 January that lapse on 1 April."""
    return case_of(
        *phases(),
        Places(place="North"),
        People(people="home", place="North", state="at home", at_start=1e4),
        People(people="away", place="North", state="protected"),
        Slots(pool="numbers", fiscal_year="04-01"),
        Allotments(pool="numbers", phase="P1", amount=46.0, release="at once"),
        Visas(stream="work", nationality="North", slots=("numbers",), takes_from="home", goes_to="away", demand=demand),
        Outcomes(outcome="moved", unit="people", weight=1.0),
        OutcomeTerms(outcome="moved", line="1", measure="units", where="kind: visa"),
    )


def paid_by(plan: Plan, account: str) -> float:
    """USD million that an account pays."""
    frame = plan.tables["payments"]
    return float(frame[frame["account"] == f"account:{account}"]["amount"].sum()) / 1e6


def outcome(plan: Plan) -> float:
    """Value of the only outcome."""
    return float(plan.tables["outcomes"]["value"].iloc[0])


GRIDS = ("default", "months", "every 30 days", "every 7 days", "phases")


@pytest.mark.parametrize("grid", GRIDS)
def test_46_million_are_spent_before_they_lapse(grid: str) -> None:
    """One unit a day at a million each: 90 days cost 90 M before 1 April, so all 46 M can be spent, on every grid."""
    case = canadian()
    plan = solve(case, Options(grid=grid, gap=1e-6))
    assert plan.status is Status.OPTIMAL
    assert paid_by(plan, "canada") == pytest.approx(46.0)
    assert outcome(plan) == pytest.approx(146.0)
    report = verify(case, plan)
    assert report.ok, str(report)
    assert lapses_inside(case, plan) == ()


@pytest.mark.parametrize("grid", GRIDS)
def test_no_more_is_paid_than_falls_before_the_day(grid: str) -> None:
    """Of 95 M only the 90 days before 1 April can be paid, at a million a day; 5 M lapse.

    Told is what the rest of the period would have cost, where the day lies inside one: a day of seven, else all 5 M.
    """
    case = canadian(95.0)
    plan = solve(case, Options(grid=grid, gap=1e-6))
    assert paid_by(plan, "canada") == pytest.approx(90.0)
    assert verify(case, plan).ok
    expected = {"default": 5.0, "phases": 5.0, "every 7 days": 1.0}.get(grid)
    told = lapses_inside(case, plan)
    assert [one.name for one in told] == ([] if expected is None else ["canada"])
    assert [one.amount for one in told] == pytest.approx([] if expected is None else [expected])
    assert bool(lapses_note(case, plan)) == bool(expected)


@pytest.mark.parametrize("grid", GRIDS)
def test_46_numbers_are_used_before_they_lapse(grid: str) -> None:
    case = visas()
    plan = solve(case, Options(grid=grid, gap=1e-6))
    assert outcome(plan) == pytest.approx(46.0)
    report = verify(case, plan)
    assert report.ok, str(report)


@pytest.mark.parametrize("grid", GRIDS)
def test_numbers_are_used_no_faster_than_the_largest_pace(grid: str) -> None:
    """A tenth of a person a day: nine by 1 April."""
    case = visas(36.5)
    plan = solve(case, Options(grid=grid, gap=1e-6))
    assert outcome(plan) == pytest.approx(9.0)
    assert verify(case, plan).ok


def test_payments_and_numbers_moved_behind_the_day_are_found() -> None:
    """A division over the steps that the days do not allow fails the check, in the money and in the numbers."""
    case = canadian(95.0)
    plan = solve(case, Options(grid="phases", gap=1e-6))
    early = changed(plan, "stocks", "paid", lambda v: v + 4e6, stock="account:canada", step=0)
    assert "payments before money lapses" in verify(case, early).failed
    case = visas(36.5)
    plan = solve(case, Options(grid="phases", gap=1e-6))
    early = changed(plan, "stocks", "used", lambda v: v + 1.0, stock="pool:numbers", step=0)
    assert "places before they lapse" in verify(case, early).failed
