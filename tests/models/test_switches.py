"""Windows, leads, prerequisites, exclusions, milestones, enabling: cases solved by hand."""

from __future__ import annotations

import math

import pytest

from models.build import build
from models.matrix import extract
from models.network import (
    Activity,
    Condition,
    Demand,
    Effect,
    Flow,
    Link,
    Network,
    Outcome,
    Priority,
    Stock,
    Switch,
    Term,
)  # fmt: skip
from planner.options import Options
from planner.plan import Status
from planner.solver.session import Session
from tests.models.kernel import even, solve

LATE = (Outcome("y", "days", (Term("in_force", "b"),)),)
SEEK = (Priority((("y", 1.0),)),)


def pair(**options: object) -> Network:
    """Two switches, b wanted as early as can be."""
    a = Switch("a", windows=((0, 100),), dates="period", lead=15.0)
    b = Switch("b", windows=((0, 100),), dates="period", **options)  # type: ignore[arg-type]
    return Network(switches=(a, b), outcomes=LATE, priorities=SEEK)


def test_alone_it_starts_at_once() -> None:
    solved = solve(pair(), even(100, 10))
    assert (solved.taken("b"), solved.outcome("y")) == (0, pytest.approx(100.0))


def test_a_prerequisite_must_be_in_force_first() -> None:
    """a takes 15 days, so b can be taken on day 20, ten further days later on day 30."""
    assert solve(pair(prerequisites=(("a", 0.0),)), even(100, 10)).taken("b") == 2
    assert solve(pair(prerequisites=(("a", 10.0),)), even(100, 10)).taken("b") == 3


def test_exclusion_leaves_one() -> None:
    network = pair(excludes=("a",))
    both = Network(
        switches=network.switches,
        outcomes=(Outcome("y", "", (Term("in_force", "a", 0.9), Term("in_force", "b"))),),
        priorities=SEEK,
    )
    solved = solve(both, even(100, 10))
    assert (solved.taken("a"), solved.taken("b")) == (None, 0)


def test_windows_and_phase_dates() -> None:
    assert solve(pair(), even(100, 10)).built.switches.starts["b"].keys() == set(range(10))
    late = Network(switches=(Switch("b", windows=((35, 60),), dates="period"),), outcomes=LATE, priorities=SEEK)
    assert solve(late, even(100, 10)).taken("b") == 4
    phase_only = Network(switches=(Switch("b", windows=((0, 60),)),), outcomes=LATE, priorities=SEEK)
    assert list(solve(phase_only, even(100, 10)).built.switches.starts["b"]) == [0]


def test_must_without_a_window_is_infeasible() -> None:
    network = Network(switches=(Switch("b", must=True),), outcomes=LATE, priorities=SEEK)
    assert solve(network, even(100, 10)).status is Status.INFEASIBLE


def test_already_in_force() -> None:
    network = Network(switches=(Switch("b", already=True, lead=50.0),), outcomes=LATE, priorities=SEEK)
    assert solve(network, even(100, 10)).outcome("y") == pytest.approx(100.0)


def test_a_milestone_waits_for_the_level_of_the_period_before() -> None:
    """Effort of 1 a day, target 25: reached at the end of the third ten-day period, so b on day 30."""
    network = Network(
        stocks=(Stock("effort", "points", flows=(Flow(0, 100, 100.0),)),),
        switches=(Switch("b", windows=((0, 100),), dates="period", conditions=(Condition("effort", 25.0),)),),
        outcomes=LATE, priorities=SEEK,
    )  # fmt: skip
    assert solve(network, even(100, 10)).taken("b") == 3


def started_at_most(stock: Stock, use: float) -> float:
    """Largest sum of starts in the relaxation, of a switch that waits for 40 points; `use` points a year are used."""
    links = (Link("use it", "effort", "use", 1.0),) if use else ()
    network = Network(
        stocks=(stock,), links=links,
        activities=(Activity("use it", "points", lower=((0, use),), upper=((0, use),)),) if use else (),
        switches=(Switch("b", windows=((10, 100),), dates="period", conditions=(Condition("effort", 40.0),)),),
        outcomes=(Outcome("y", "", (Term("started", "b"),)),), priorities=SEEK,
    )  # fmt: skip
    built = build(network, even(100, 10))
    session = Session(extract(built), Options())
    session.relax()
    answer = session.run()
    assert answer.values is not None
    return built.switches.taken("b").value(answer.values)


def test_a_milestone_half_reached_starts_half_a_switch_and_no_more() -> None:
    """20 of 40 points stand all the time: half a start in the relaxation, however many dates there are."""
    assert started_at_most(Stock("effort", "points", opening=20.0), 0.0) == pytest.approx(0.5)


def test_wear_lets_an_earlier_start_count_for_what_is_left_of_it() -> None:
    """Of 20 points d = exp(-loss 10/365) is left ten days later; the row of each date allows z_u/40 in all by then."""
    wear = started_at_most(Stock("effort", "points", opening=20.0, loss=1.0), 0.0)
    assert wear == pytest.approx(0.5 * math.exp(-10.0 / 365.0))


def test_a_stock_that_is_used_lets_every_date_stand_alone() -> None:
    """2 points are used in ten days: each date allows z_u/40 by itself, 90/40 together, so once at most binds."""
    assert started_at_most(Stock("effort", "points", opening=20.0), 73.0) == pytest.approx(1.0)


def test_enabled_only_while_in_force_and_demanded_then() -> None:
    work = Activity("work", "units", upper=((0, 365.0),), enabled_by=("b",))
    costly = (Outcome("y", "", (Term("in_force", "b", 0.5), Term("level", "work", -0.1))),)
    network = Network(
        switches=(Switch("b", windows=((40, 40),), dates="period", lead=5.0),),
        activities=(work,), demands=(Demand("b", "work", 182.5),), outcomes=costly, priorities=SEEK,
    )  # fmt: skip
    solved = solve(network, even(100, 10))
    assert solved.level("work") == pytest.approx([0, 0, 0, 0, 2.5, 5, 5, 5, 5, 5])


def test_a_released_lump_can_be_used_only_after_it_arrives() -> None:
    network = Network(
        stocks=(Stock("slots", "people"),),
        switches=(Switch("b", windows=((20, 20),), dates="period"),),
        effects=(Effect("b", "release", "slots", 100.0),),
        activities=(Activity("use", "people", upper=((0, 3650.0),)),),
        links=(Link("use", "slots", "use", 1.0),),
        outcomes=(Outcome("y", "", (Term("level", "use"),)),), priorities=SEEK,
    )  # fmt: skip
    solved = solve(network, even(100, 10))
    assert solved.outcome("y") == pytest.approx(100.0)
    assert solved.level("use")[:2] == pytest.approx([0.0, 0.0])


def test_a_limit_lifted_by_a_switch() -> None:
    network = Network(
        stocks=(Stock("camp", "people", flows=(Flow(0, 100, 100.0),), upper=((0, 45.0),)),),
        switches=(Switch("b", windows=((0, 100),), dates="period", must=False),),
        effects=(Effect("b", "raise", "camp", 100.0),),
        outcomes=(Outcome("y", "", (Term("in_force", "b", -1.0),)),), priorities=SEEK,
    )  # fmt: skip
    assert solve(network, even(100, 10)).taken("b") == 4, (
        "people pass 45 in the fifth period, so it opens as that begins"
    )


def test_effects_of_a_switch_already_in_force_count_from_day_0_without_its_charge() -> None:
    network = Network(
        stocks=(Stock("capital", "points", 5.0), Stock("money", "USD")),
        switches=(Switch("b", already=True),),
        effects=(Effect("b", "charge", "capital", 4.0), Effect("b", "release", "money", 10.0)),
        outcomes=LATE, priorities=SEEK,
    )  # fmt: skip
    solved = solve(network, even(100, 10))
    assert (solved.closing("capital")[0], solved.closing("money")[0]) == pytest.approx((5.0, 10.0))
