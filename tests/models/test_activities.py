"""Curves, ramps, running, whole numbers, decisions per phase."""

from __future__ import annotations

import pytest

from models.grid import even_grid
from models.network import Activity, Network, Outcome, Payment, Priority, Running, Segment, Stock, Term
from planner.plan import Status
from tests.models.kernel import ORIGIN, even, phases, solve


def spend(budget: float, activity: Activity, *, measure: str = "effective") -> Network:
    """One activity at one dollar a unit against a budget."""
    return Network(
        stocks=(Stock("account", "USD", budget),),
        activities=(activity,),
        payments=(Payment("account", activity.id),),
        outcomes=(Outcome("y", "units", (Term(measure, activity.id),)),),  # type: ignore[arg-type]
        priorities=(Priority((("y", 1.0),)),),
    )


FALLING = (Segment(50, 3.0), Segment(100, 0.2))
S_SHAPE = (Segment(50, 0.1), Segment(50, 2.0), Segment(100, 0.5))


@pytest.mark.parametrize(("budget", "effect"), [(20, 60.0), (50, 150.0), (80, 156.0), (500, 170.0)])
def test_falling_returns_fill_in_order_without_binaries(budget: float, effect: float) -> None:
    solved = solve(spend(budget, Activity("a", "units", cost=1.0, curve=FALLING)), even(365, 365))
    assert solved.outcome("y") == pytest.approx(effect)
    assert not any(c.whole for c in solved.built.frame.columns)


@pytest.mark.parametrize(("budget", "effect"), [(20, 2.0), (50, 5.0), (75, 55.0), (100, 105.0), (150, 130.0)])
def test_rising_returns_cannot_skip_the_first_stretch(budget: float, effect: float) -> None:
    solved = solve(spend(budget, Activity("a", "units", cost=1.0, curve=S_SHAPE)), even(365, 365))
    assert solved.outcome("y") == pytest.approx(effect)


def test_growth_is_a_yearly_factor_on_any_grid() -> None:
    activity = Activity("a", "units", cost=1.0, growth=4.0, growth_base=100.0)
    for step, periods in ((365.0, 2), (182.5, 4)):
        solved = solve(spend(1e9, activity, measure="level"), even(730, step))
        levels = solved.level("a")
        assert levels[0] == pytest.approx(100.0 * step / 365.0)
        assert levels[1] == pytest.approx(levels[0] * 4.0 ** (step / 365.0) + 100.0 * step / 365.0)
        assert len(levels) == periods


def test_cuts_are_limited_too() -> None:
    activity = Activity("a", "units", lower=((0, 100.0), (365, 0.0)), upper=((0, 100.0),), decline=0.25)
    network = Network(
        activities=(activity,),
        outcomes=(Outcome("y", "units", (Term("level", "a"),)),),
        priorities=(Priority((("y", -1.0),)),),
    )
    assert solve(network, even(730, 365)).level("a") == pytest.approx([100.0, 75.0])


def test_least_scale_and_start_cost() -> None:
    """Below the least scale nothing runs; each start is paid."""
    activity = Activity("a", "units", upper=((0, 1000.0),), cost=1.0, running=Running(minimum=100.0, start_cost=30.0))
    assert solve(spend(129.0, activity, measure="level"), even(365, 365)).outcome("y") == pytest.approx(0.0)
    assert solve(spend(131.0, activity, measure="level"), even(365, 365)).outcome("y") == pytest.approx(101.0)


def test_running_costs_by_the_day() -> None:
    activity = Activity("a", "units", upper=((0, 1000.0),), cost=1.0, running=Running(cost_per_day=1.0))
    assert solve(spend(465.0, activity, measure="level"), even(365, 365)).outcome("y") == pytest.approx(100.0)


def test_a_running_activity_without_a_largest_pace_is_refused() -> None:
    with pytest.raises(ValueError, match="largest pace"):
        solve(spend(1.0, Activity("a", "units", running=Running(minimum=1.0))), even(365, 365))


def test_whole_numbers() -> None:
    assert solve(spend(7.9, Activity("a", "teams", cost=1.0, whole=2.0), measure="level"), even(365, 365)).outcome(
        "y"
    ) == pytest.approx(6.0)


def test_a_rate_held_through_each_phase() -> None:
    """The account fills late: a rate held through the phase can only be what its first half affords."""
    grid = even_grid(ORIGIN, phases(100, 100), 50.0)
    for decided, expected in (("period", 40.0), ("phase", 40.0), ("horizon", 40.0)):
        solved = solve(spend(40.0, Activity("a", "units", cost=1.0, decided=decided), measure="level"), grid)  # type: ignore[arg-type]
        assert solved.outcome("y") == pytest.approx(expected)
    solved = solve(spend(40.0, Activity("a", "units", cost=1.0, decided="horizon"), measure="level"), grid)
    assert solved.level("a") == pytest.approx([10.0] * 4)
    solved = solve(spend(40.0, Activity("a", "units", cost=1.0, decided="phase"), measure="level"), grid)
    first, second, third, fourth = solved.level("a")
    assert (first, third) == pytest.approx((second, fourth))


def test_a_window_inside_a_period_shortens_the_deed() -> None:
    activity = Activity("a", "units", upper=((0, 365.0),), window=(60.0, 80.0))
    network = Network(
        activities=(activity,),
        outcomes=(Outcome("y", "units", (Term("level", "a"),)),),
        priorities=(Priority((("y", 1.0),)),),
    )
    assert solve(network, even(100, 100)).outcome("y") == pytest.approx(20.0)


def test_nothing_limits_it_is_unbounded() -> None:
    network = Network(
        activities=(Activity("a", "units"),),
        outcomes=(Outcome("y", "units", (Term("level", "a"),)),),
        priorities=(Priority((("y", 1.0),)),),
    )
    assert solve(network, even(100, 100)).status is Status.UNBOUNDED
