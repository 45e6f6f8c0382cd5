"""Limits of balances from a day on, and the most of a row over the whole plan: model and check alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.case import Case
from planner.explain import open_case, prices
from planner.options import Options
from planner.plan import Plan, Status
from planner.results.rules import rules
from planner.sheets import (
    Appropriations,
    Funding,
    Outcomes,
    OutcomeTerms,
    Places,
    Programmes,
    RawActivities,
    RawLedgers,
    RawRecipes,
    Row,
    Time,
)
from planner.solve import solve
from planner.verify import verify
from tests.verify.everything import case_of
from tests.verify.tampering import changed

DAY_0 = date(2025, 1, 1)
YEAR_2 = date(2026, 1, 1)
"""First day of the second phase."""


def case(*rows: Row, better: str = "less") -> Case:
    """Two years, a store that is filled by one activity at 100 a year and more, and what is done counts against it, the earlier the more."""
    years = (("Y1", DAY_0), ("Y2", YEAR_2))
    return case_of(
        *(Time(phase=name, starts=day, ends=day + timedelta(days=364)) for name, day in years),
        RawActivities(activity="fill", at_most=100.0),
        RawRecipes(activity="fill", verb="make", ledger="store", quantity=1.0),
        Outcomes(
            outcome="filled",
            unit="units",
            weight=1.0 if better == "more" else -1.0,
            discount=0.0 if better == "more" else 0.1,
        ),
        OutcomeTerms(outcome="filled", line="1", measure="units", where="kind: raw"),
        *rows,
    )


def closing(plan: Plan) -> list[float]:
    """Balance of the store as each period ends."""
    stocks = plan.tables["stocks"]
    return [float(x) for x in stocks[stocks["stock"] == "raw:store"]["closing"]]


def solved(known: Case, grid: str = "phases") -> Plan:
    """The best plan, checked."""
    plan = solve(known, Options(grid=grid, gap=1e-6))
    if plan.found:
        report = verify(known, plan)
        assert report.ok, str(report)
    return plan


def test_a_lower_limit_from_a_day_on_does_not_bind_the_day_before() -> None:
    """80 from the first day of year two: year one may end with nothing, year two ends with 80."""
    assert closing(solved(case(RawLedgers(ledger="store", lower=80.0, lower_from=YEAR_2)))) == pytest.approx(
        [0.0, 80.0]
    )
    before = date(2025, 12, 31)
    found = closing(solved(case(RawLedgers(ledger="store", lower=80.0, lower_from=before))))
    assert found == pytest.approx([80.0, 80.0])


def test_a_limit_from_the_day_after_the_last_holds_as_the_plan_ends() -> None:
    ended = date(2027, 1, 1)
    found = closing(solved(case(RawLedgers(ledger="store", lower=80.0, lower_from=ended))))
    assert found == pytest.approx([0.0, 80.0])


def test_a_lower_limit_inside_a_period_binds_as_it_ends() -> None:
    store = RawLedgers(ledger="store", lower=20.0, lower_from=date(2025, 6, 1))
    found = closing(solved(case(store), "every 73 days"))
    assert found[:2] == pytest.approx([0.0, 0.0])
    assert found[2:] == pytest.approx([20.0] * 8)


def test_an_upper_limit_from_a_day_on() -> None:
    """100 a year: 100 in store after year one; at most 40 after year two, where 70 a year may be taken out."""
    use = (
        RawActivities(activity="empty", at_most=70.0),
        RawRecipes(activity="empty", verb="use", ledger="store", quantity=1.0),
        OutcomeTerms(outcome="filled", line="1", measure="units", where="row: fill"),
    )
    free = case(RawLedgers(ledger="store"), *use[:2], better="more")
    free = replace(free, rows={**free.rows, OutcomeTerms: use[2:]})
    assert solved(free).objective == pytest.approx(200.0)
    held = replace(free, rows={**free.rows, RawLedgers: (RawLedgers(ledger="store", upper=40.0, upper_from=YEAR_2),)})
    plan = solved(held)
    assert plan.objective == pytest.approx(40.0 + 140.0)
    assert closing(plan)[1] <= 40.0 + 1e-6
    at_once = replace(free, rows={**free.rows, RawLedgers: (RawLedgers(ledger="store", upper=40.0),)})
    plan = solved(at_once)
    assert max(closing(plan)) <= 40.0 + 1e-6
    late = replace(held.rows[RawLedgers][0], upper_from=date(2025, 12, 31))
    assert not verify(replace(held, rows={**held.rows, RawLedgers: (late,)}), solved(free)).ok


def test_the_most_in_all_holds_over_the_whole_plan_on_every_grid() -> None:
    """130 of the 200 that the largest pace allows; the next unit is worth one point."""
    for grid in ("phases", "default", "months"):
        known = case(RawLedgers(ledger="store"), better="more")
        row = RawActivities(
            activity="fill", at_most=100.0, at_most_in_all=130.0, cells={"at_most_in_all": "E"}, row_number=2
        )
        known = replace(known, rows={**known.rows, RawActivities: (row,)})
        plan = solved(known, grid)
        assert plan.objective == pytest.approx(130.0)
        more = changed(plan, "activities", "level", lambda v: 1.02 * v, activity="raw:fill", period=0)
        assert not verify(known, more).ok
    shown = rules(known, plan)
    assert list(shown["In words"]) == ["130 units; at most 130; reached"]
    price = next(p for p in prices(open_case(known, Options(gap=0.0), plan)).rows if p.cell.endswith("E2"))
    assert price.price == pytest.approx(1.0)


def test_programmes_have_it_too() -> None:
    known = case_of(
        Time(phase="Y1", starts=DAY_0, ends=DAY_0 + timedelta(days=364)),
        Places(place="Port"),
        Funding(account="fund", purposes=("help",)),
        Appropriations(account="fund", phase="Y1", amount=10.0),
        Programmes(
            programme="help", place="Port", purpose="help", unit="family", unit_cost=1.0, at_most=100.0,
            at_most_in_all=60.0,
        ),
        Outcomes(outcome="done", unit="families", weight=1.0),
        OutcomeTerms(outcome="done", line="1", measure="units", where="kind: programme"),
    )  # fmt: skip
    plan = solved(known, "default")
    assert plan.status is Status.OPTIMAL
    assert plan.objective == pytest.approx(60.0)
    assert list(rules(known, plan)["In words"]) == ["60 family; at most 60; reached"]
