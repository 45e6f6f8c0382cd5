"""Curves, ramps, running, whole numbers, decisions per phase."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.grid import Grid, default_grid, even_grid, month_grid, phase_grid
from models.network import Activity, Flow, Network, Outcome, Payment, Priority, Running, Segment, Stock, Term
from models.profiles import growth_share
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
    assert not any(c.integer for c in solved.built.frame.columns)


@pytest.mark.parametrize(("budget", "effect"), [(20, 2.0), (50, 5.0), (75, 55.0), (100, 105.0), (150, 130.0)])
def test_rising_returns_cannot_skip_the_first_stretch(budget: float, effect: float) -> None:
    solved = solve(spend(budget, Activity("a", "units", cost=1.0, curve=S_SHAPE)), even(365, 365))
    assert solved.outcome("y") == pytest.approx(effect)


def test_growth_in_whole_years_by_hand() -> None:
    """100 to begin with, then 4 times the pace reached and 100 more: 100, 500, 2100."""
    activity = Activity("a", "units", cost=1.0, growth=4.0, growth_base=100.0)
    solved = solve(spend(1e9, activity, measure="level"), even(1095, 365))
    assert solved.level("a") == pytest.approx([100.0, 500.0, 2100.0])


FRAME = phases(100.0, 265.0, 1096.0)
GRIDS = (phase_grid(ORIGIN, FRAME), default_grid(ORIGIN, FRAME), month_grid(ORIGIN, FRAME), even_grid(ORIGIN, FRAME, 7))


def grown(years: float, factor: float, base: float = 100.0) -> float:
    """Pace `years` after the starting pace: growth without steps, r' = ln(g) (r + r0 / (g - 1)), solved by hand."""
    if factor == 1.0:
        return base * (1.0 + years)
    extra = base / (factor - 1.0)
    return (base + extra) * factor**years - extra


@pytest.mark.parametrize("factor", [1.0, 1.1, 2.0, 4.0])
@pytest.mark.parametrize("grid", GRIDS, ids=lambda g: g.name)
def test_a_growing_row_reaches_the_same_pace_on_every_grid(grid: Grid, factor: float) -> None:
    """The pace of a period is what steady growth gives from the first middle to its own: a grid can shift only that.

    The middle of the first period is day 50 on phases, 16.5 on the default grid, 6 on months and 3.5 on weeks. Pace
    plus r0 / (g - 1) at a given day differs between grids by no more than g to the power of that shift: at most
    46.5 days, 9.2 percent a year of doubling.
    """
    activity = Activity("a", "units", cost=1.0, growth=factor, growth_base=100.0)
    solved = solve(spend(1e12, activity, measure="level"), grid)
    middles = [sum(grid.span(t)) / 2.0 for t in grid.periods]
    for t, level in enumerate(solved.level("a")):
        pace = level * 365.0 / grid.days(t)
        assert pace == pytest.approx(grown((middles[t] - middles[0]) / 365.0, factor))
        latest, soonest = (grown((middles[t] - first) / 365.0, factor) for first in (50.0, 3.5))
        assert latest * (1.0 - 1e-9) <= pace <= soonest * (1.0 + 1e-9)


def test_a_year_later_it_is_the_factor_times_the_pace_reached_and_the_starting_pace_more() -> None:
    activity = Activity("a", "units", cost=1.0, growth=2.0, growth_base=100.0)
    for step in (365.0, 73.0, 36.5, 7.3):
        solved = solve(spend(1e12, activity, measure="level"), even(1095, step))
        paces, year = [level * 365.0 / step for level in solved.level("a")], round(365.0 / step)
        assert paces[0] == pytest.approx(100.0)
        assert paces[year] == pytest.approx(2.0 * paces[0] + 100.0)
        assert paces[2 * year] == pytest.approx(2.0 * paces[year] + 100.0)


@pytest.mark.parametrize(
    ("factor", "second", "third"), [(0.5, 100.0 * (0.5**0.5 + (1 - 0.5**0.5) / 0.5), 150.0), (0.0, 100.0, 100.0)]
)
def test_a_factor_below_one_keeps_a_share_of_the_pace(factor: float, second: float, third: float) -> None:
    """Half a year on half the square root stays and its complement is added; with 0 only the starting pace remains."""
    activity = Activity("a", "units", cost=1.0, growth=factor, growth_base=100.0)
    solved = solve(spend(1e9, activity, measure="level"), even(547.5, 182.5))
    assert [2.0 * level for level in solved.level("a")] == pytest.approx([100.0, second, third])


@pytest.mark.parametrize("factor", [0.0, 0.3, 1.0, 1.0 + 1e-12, 1.0 + 1e-7, 2.0, 1e6])
def test_shares_of_the_starting_pace_add_up_over_any_cut_of_time(factor: float) -> None:
    assert growth_share(factor, 1.0) == pytest.approx(1.0)
    for first, then in ((0.25, 0.75), (1.0, 2.0), (1e-3, 0.4)):
        joined = factor**then * growth_share(factor, first) + growth_share(factor, then)
        assert growth_share(factor, first + then) == pytest.approx(joined)


def test_without_a_starting_pace_growth_begins_with_what_must_be_done() -> None:
    assert solve(spend(1e9, Activity("a", "units", cost=1.0, growth=2.0), measure="level"), even(730, 365)).level(
        "a"
    ) == pytest.approx([0.0, 0.0])
    must = Activity("a", "units", lower=((0.0, 40.0), (365.0, 0.0)), cost=1.0, growth=2.0)
    assert solve(spend(1e9, must, measure="level"), even(730, 365)).level("a") == pytest.approx([40.0, 80.0])


def test_the_first_period_in_which_it_can_happen_has_the_starting_pace_alone() -> None:
    """A window that opens on day 100 of a period, and a year in which nothing may be done, leave no history."""
    late = Activity("a", "units", cost=1.0, growth=2.0, growth_base=365.0, window=(465.0, 1095.0))
    levels = solve(spend(1e9, late, measure="level"), even(1095, 365)).level("a")
    assert levels == pytest.approx([265.0, 365.0 * grown((912.5 - 597.5) / 365.0, 2.0, 1.0)])
    shut = Activity(
        "a", "units", upper=((0.0, 1e9), (365.0, 0.0), (730.0, 1e9)), cost=1.0, growth=2.0, growth_base=100.0
    )
    assert solve(spend(1e9, shut, measure="level"), even(1095, 365)).level("a") == pytest.approx([100.0, 100.0])


def test_not_having_run_is_no_history() -> None:
    """A least scale of 90 can be begun in the third fifth of a year; climbing from nought it would never be reached."""
    late = Activity(
        "a", "units", upper=((0.0, 1e4),), cost=1.0, growth=2.0, growth_base=100.0, running=Running(minimum=90.0)
    )
    money = Stock("account", "USD", 0.0, flows=(Flow(146.0, 146.0, 1e6),))
    network = replace(spend(0.0, late, measure="level"), stocks=(money,))
    paces = [5.0 * level for level in solve(network, even(365, 73)).level("a")]
    assert paces == pytest.approx([0.0, 0.0, 100.0, grown(0.2, 2.0), grown(0.4, 2.0)])


def test_a_pace_that_holds_through_a_phase_grows_from_phase_to_phase() -> None:
    """Decided once a phase, it grows as on a grid of phases, whatever the periods."""
    activity = Activity("a", "units", cost=1.0, growth=2.0, growth_base=100.0, decided="phase")
    for grid in GRIDS:
        solved = solve(spend(1e12, activity, measure="level"), grid)
        paces: dict[int, float] = {}
        for t, level in enumerate(solved.level("a")):
            paces[grid.phase_of[t]] = level * 365.0 / grid.days(t)
        assert list(paces.values()) == pytest.approx([grown((m - 50.0) / 365.0, 2.0) for m in (50.0, 232.5, 913.0)])


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
    assert solve(
        spend(7.9, Activity("a", "teams", cost=1.0, integer_unit=2.0), measure="level"), even(365, 365)
    ).outcome("y") == pytest.approx(6.0)


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
