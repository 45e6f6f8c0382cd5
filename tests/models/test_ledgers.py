"""Balances, natural loss, carry-over, time limits, occupancy: cases solved by hand."""

from __future__ import annotations

import math
from datetime import date

import pytest

from models.grid import even_grid, phase_grid
from models.network import (
    Activity,
    Capacity,
    Effect,
    Flow,
    Link,
    Network,
    Outcome,
    Payment,
    Priority,
    Stock,
    Switch,
    Term,
    TimeLimit,
)  # fmt: skip
from models.profiles import Mass, Profile, after, lasting, stay, steps
from planner.plan import Status
from tests.models.kernel import ORIGIN, even, phases, solve


def seek(term: Term, sign: float = 1.0) -> dict[str, tuple]:
    """An objective of one term."""
    return {"outcomes": (Outcome("y", "units", (term,)),), "priorities": (Priority((("y", sign),)),)}


def queue(limit: TimeLimit | None, opening: float = 0.0, arrivals: float = 10_000.0) -> Network:
    """100 arrivals a day against 80 a day of capacity over 100 days."""
    return Network(
        stocks=(
            Stock("queue", "people", opening, flows=(Flow(0, 100, arrivals),), limit=limit),
            Stock("seen", "people"),
        ),
        activities=(Activity("see", "people", upper=((0, 80 * 365),)),),
        links=(Link("see", "queue", "use", 1.0), Link("see", "seen", "make", 1.0)),
        **seek(Term("presence", "queue"), -1.0),
    )


@pytest.mark.parametrize(("days", "over"), [(10, 1000.0), (30, 0.0)])
def test_t1_backlog_and_people_over_the_limit(days: float, over: float) -> None:
    solved = solve(queue(TimeLimit("limit", days, hard=False)), even(100, 1))
    assert solved.closing("queue")[-1] == pytest.approx(2000.0)
    assert solved.outcome("y") == pytest.approx(100_000.0)
    ledgers = solved.built.ledgers
    entries_due = 100.0 * (100 - days)
    assert max(0.0, entries_due - (10_000 - 2000)) == pytest.approx(over)
    assert solved.of(ledgers.queues.over["queue", 99]) == pytest.approx(over, abs=1e-6)


def test_a_right_that_capacity_cannot_keep_is_infeasible() -> None:
    assert solve(queue(TimeLimit("limit", 10, hard=True)), even(100, 1)).status is Status.INFEASIBLE
    assert solve(queue(TimeLimit("limit", 30, hard=True)), even(100, 1)).status is Status.OPTIMAL


def test_the_opening_queue_counts_from_its_age() -> None:
    """50 people waiting for up to 20 days, limit 10: on day 0, half of them are over it already."""
    limit = TimeLimit("limit", 10, hard=False, opening_age=20)
    solved = solve(queue(limit, opening=50.0, arrivals=0.0), even(100, 1))
    assert solved.of(solved.built.ledgers.queues.over["queue", 0]) == pytest.approx(0.0)
    over = solved.built.measures.flow(Term("over_limit", "queue"), 0)
    assert solved.of(over) == pytest.approx(0.5 * 25.0)


def test_t7_natural_departures_and_protection() -> None:
    month = 365.0 / 30.0
    network = Network(
        stocks=(
            Stock("away", "people"),
            Stock(
                "protected",
                "people",
                loss=-math.log(0.998) * month,
                loss_convention="opening",
                loss_to=(("away", 1.0),),
            ),
            Stock(
                "unprotected",
                "people",
                100_000,
                loss=-math.log(0.99) * month,
                loss_convention="opening",
                loss_to=(("away", 1.0),),
            ),
        ),
        activities=(Activity("protect", "people", upper=((0, 5000 * month), (60, 0.0))),),
        links=(Link("protect", "unprotected", "use", 1.0), Link("protect", "protected", "make", 1.0)),
        **seek(Term("closing", "away"), -1.0),
    )
    solved = solve(network, even(90, 30))
    assert solved.outcome("y") == pytest.approx(2850.58)
    assert solved.closing("unprotected")[-1] == pytest.approx(87_179.4)
    assert solved.closing("protected")[-1] == pytest.approx(9_970.02)


def test_continuous_loss_does_not_depend_on_the_grid() -> None:
    """Arrivals of 365 a year that leave at rate 2 a year: the exact balance, on one period and on fifty."""
    network = Network(
        stocks=(
            Stock("here", "people", 100.0, flows=(Flow(0, 730, 730.0),), loss=2.0, loss_to=(("gone", 1.0),)),
            Stock("gone", "people"),
        ),
        **seek(Term("closing", "here")),
    )
    exact = 182.5 + (100.0 - 182.5) * math.exp(-4.0)
    for step in (730.0, 14.6):
        solved = solve(network, even(730, step))
        assert solved.closing("here")[-1] == pytest.approx(exact, rel=1e-9)
        assert solved.closing("gone")[-1] == pytest.approx(830.0 - exact, rel=1e-9)


def account(kept: float, opening: float = 100.0) -> Network:
    """A fiscal-year account that can spend 60 before 1 October and nothing after."""
    return Network(
        stocks=(Stock("account", "USD", opening, carry=((30.0, kept),)),),
        activities=(Activity("spend", "USD", upper=((0, 60 * 365 / 30), (30, 0.0)), cost=1.0),),
        payments=(Payment("account", "spend"),),
        **seek(Term("level", "spend")),
    )


@pytest.mark.parametrize(("kept", "opens_with"), [(0.0, 0.0), (0.5, 20.0), (1.0, 40.0)])
def test_t15_carry_over_at_the_fiscal_edge(kept: float, opens_with: float) -> None:
    solved = solve(account(kept), even_grid(date(2021, 9, 1), phases(60), 30.0))
    assert solved.closing("account")[-1] == pytest.approx(opens_with)


def test_a_fiscal_edge_inside_a_period_is_exact_for_even_spending() -> None:
    """Ninety days, edge after thirty: of 100 a third of spending can come before; with nothing kept, that is all."""
    network = Network(
        stocks=(Stock("account", "USD", 100.0, carry=((30.0, 0.0),), flows=(Flow(30, 30, 40.0),)),),
        activities=(Activity("spend", "USD", cost=1.0),),
        payments=(Payment("account", "spend"),),
        **seek(Term("level", "spend")),
    )
    solved = solve(network, even(90, 90))
    assert solved.outcome("y") == pytest.approx(60.0), (
        "40 after the edge over 60 days is 60 over 90, of which 20 before"
    )


def test_an_account_that_opens_late_pays_only_its_share_of_a_period() -> None:
    network = Network(
        stocks=(Stock("account", "USD", 100.0, breaks=(50.0,)),),
        activities=(Activity("spend", "USD", cost=1.0, lower=((0, 3.65),)),),
        payments=(Payment("account", "spend", (50.0, 1e6)),),
        **seek(Term("level", "spend")),
    )
    assert solve(network, even(100, 100)).status is Status.INFEASIBLE


def test_t3_hires_with_ramp_and_attrition_typed_as_steps() -> None:
    survive = 0.98
    profile = steps(
        ((60, 90, 0.5 * survive**2), (90, 120, 0.5 * survive**3), (120, 150, survive**4), (150, 180, survive**5))
    )
    network = Network(
        stocks=(Stock("done", "interviews", lower=((0, 0.0), (180, 1000.0))),),
        capacities=(Capacity("officers", "days"),),
        activities=(Activity("hire", "people", timing="start", window=(0, 1)), Activity("interview", "interviews")),
        links=(
            Link("hire", "officers", "provide", 1.0, profile),
            Link("interview", "officers", "occupy", 30.0 / 20.0),
            Link("interview", "done", "make", 1.0),
        ),
        **seek(Term("level", "hire"), -1.0),
    )
    assert solve(network, even(180, 30)).outcome("y") == pytest.approx(18.0045, abs=1e-4)


def test_beds_are_taken_for_as_long_as_people_stay() -> None:
    """Ten beds, seven-day stays, over a year: 10 * 365 / 7 people, plus those whose stay runs past the end."""
    network = Network(
        stocks=(Stock("sheltered", "people"),),
        capacities=(Capacity("beds", "places", 10.0),),
        activities=(Activity("shelter", "people", decided="horizon"),),
        links=(Link("shelter", "beds", "occupy", 1.0, stay(7.0)), Link("shelter", "sheltered", "make", 1.0)),
        **seek(Term("level", "shelter")),
    )
    assert solve(network, even(365, 1)).outcome("y") == pytest.approx(10 * 365 / 7)


def test_use_ceiling_and_attrition_shrink_what_a_capacity_gives() -> None:
    network = Network(
        stocks=(Stock("done", "cases"),),
        capacities=(Capacity("staff", "days", 10.0, loss=0.5, use_ceiling=0.8),),
        activities=(Activity("work", "cases"),),
        links=(Link("work", "staff", "occupy", 1.0), Link("work", "done", "make", 1.0)),
        **seek(Term("level", "work")),
    )
    days = 10.0 * 365.0 / 0.5 * (1 - math.exp(-0.5))
    for step in (365.0, 36.5):
        assert solve(network, even(365, step)).outcome("y") == pytest.approx(0.8 * days, rel=1e-9)


def test_a_site_that_opens_gives_capacity_from_its_lead_time() -> None:
    network = Network(
        stocks=(Stock("seen", "people"),),
        capacities=(Capacity("port", "people a day"),),
        switches=(Switch("open", windows=((0, 0),), lead=20.0),),
        effects=(Effect("open", "provide", "port", 100.0, lasting(0.0, 40.0)),),
        activities=(Activity("see", "people"),),
        links=(Link("see", "port", "occupy", 1.0), Link("see", "seen", "make", 1.0)),
        **seek(Term("level", "see")),
    )
    assert solve(network, even(100, 100)).outcome("y") == pytest.approx(100 * (20 + 40))


def test_what_is_under_way_at_the_end_is_terminal_credit() -> None:
    network = Network(
        stocks=(Stock("arrived", "people"),),
        activities=(Activity("send", "people", upper=((0, 365.0),), lower=((0, 365.0),)),),
        links=(Link("send", "arrived", "make", 0.5, after(30.0)),),
        **seek(Term("undelivered", "arrived")),
    )
    solved = solve(network, even(100, 50))
    assert solved.outcome("y") == pytest.approx(15.0)
    assert solved.closing("arrived")[-1] == pytest.approx(35.0)


def test_lumps_and_charges_of_a_switch() -> None:
    network = Network(
        stocks=(Stock("capital", "points", 5.0), Stock("money", "USD")),
        switches=(Switch("law", windows=((0, 99),), dates="period", lead=15.0),),
        effects=(
            Effect("law", "charge", "capital", 4.0),
            Effect("law", "release", "money", 10.0, Profile((Mass(10.0, 1.0),))),
        ),
        **seek(Term("presence", "money")),
    )
    solved = solve(network, even(100, 10))
    assert solved.taken("law") == 0
    assert solved.closing("capital")[0] == pytest.approx(1.0)
    assert [round(v) for v in solved.closing("money")[:4]] == [0, 0, 10, 10]


def test_persons_are_conserved_to_the_last_digit() -> None:
    solved = solve(queue(None), phase_grid(ORIGIN, phases(20, 30, 50)))
    everyone = solved.closing("queue")[-1] + solved.closing("seen")[-1]
    assert everyone == pytest.approx(10_000.0, rel=1e-12)
