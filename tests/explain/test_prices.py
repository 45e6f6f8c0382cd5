"""Prices: known duals, ranges, both senses, degenerate limits, outcomes, and the finite difference beside each."""

from __future__ import annotations

import math

import pytest

from planner.explain.prices import Price, cost_ranges, price_of, prices
from planner.explain.solved_case import NoPlanError, open_case
from planner.options import Options
from planner.solve import solve
from tests.explain.small import EXACT, PHASES, published, solved_of, starter, two

PLANTS = {n: f"raw:plant {n} at start" for n in (1, 2, 3)}


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-5, abs=1e-7)


def test_wyndor_prices_and_ranges_are_the_textbooks() -> None:
    solved = solved_of(published("v08_wyndor"))
    found = {n: price_of(solved, name) for n, name in PLANTS.items()}
    assert [found[n].price for n in (1, 2, 3)] == near([0.0, 1.5, 1.0])  # type: ignore[comparison-overlap]
    assert [(found[n].low, found[n].high) for n in (1, 2, 3)] == [
        (near(2.0), math.inf),
        (near(6.0), near(18.0)),
        (near(12.0), near(24.0)),
    ]
    assert [found[n].cell for n in (1, 2, 3)] == ["Raw ledgers!C2", "Raw ledgers!C3", "Raw ledgers!C4"]
    assert "holds for the next 6 hours" in found[2].sentence


def test_the_ratio_test_agrees_with_highs_ranging() -> None:
    solved = solved_of(published("v08_wyndor"))
    _, ranging = solved.fixed.session.highs.getRanging()
    rows = {str(row.key[0]): n for n, row in enumerate(solved.built.frame.rows) if row.family == "balance"}
    for n in (2, 3):
        number, price = rows[f"raw:plant {n}"], price_of(solved, PLANTS[n])
        scale = solved.built.frame.rows[number].scale
        assert ranging.row_bound_dn.value_[number] * scale == near(price.low)
        assert ranging.row_bound_up.value_[number] * scale == near(price.high)


def test_wyndor_cost_ranges() -> None:
    ranges = {r.activity: r for r in cost_ranges(solved_of(published("v08_wyndor")))}
    doors, windows = ranges["raw:doors"], ranges["raw:windows"]
    assert (doors.worth, doors.low, doors.high) == (near(3.0), near(0.0), near(7.5))
    assert (windows.worth, windows.low, windows.high) == (near(5.0), near(2.0), math.inf)


def test_capital_budgeting_prices() -> None:
    solved = solved_of(published("v03_capital_budgeting"))
    assert price_of(solved, "raw:outlay in year 1 at start").price == pytest.approx(0.13636, abs=1e-5)
    assert price_of(solved, "raw:outlay in year 2 at start").price == pytest.approx(1.86364, abs=1e-5)


def test_earmark_prices() -> None:
    solved = solved_of(published("t04_earmark"))
    found = [price_of(solved, f"raw:{name} at start").price for name in ("own", "B", "donor")]
    assert found == [near(0.5), near(0.2), near(0.5)]


def test_earmark_prices_of_accounts_are_for_a_million() -> None:
    solved = solved_of(published("t04_earmark_funding"))
    listed = prices(solved, kinds=("money",))
    assert {p.unit for p in listed.rows} == {"USD million"}
    assert all(p.cell.startswith("Appropriations!") for p in listed.rows)
    for price in listed.rows:
        assert price.checked is not None
        assert price.checked.right == pytest.approx(price.price, rel=1e-5)


def test_a_set_aside_has_no_price_while_processing_binds() -> None:
    solved = solved_of(published("t06_set_aside"))
    pool = price_of(solved, "pool:H-2B set-aside in Year")
    officer = price_of(solved, "staff:consular officer / Guatemala from Year")
    assert (pool.price, pool.low) == (0.0, near(2900.0))
    assert "nothing" in pool.sentence
    assert officer.price == near(365.0)
    assert officer.effects[0].change == near(365.0)
    assert (officer.unit, officer.cell) == ("consular officer", "Staff!D2")


def test_signs_where_more_is_better() -> None:
    solved = solved_of(two("more"))
    assert price_of(solved, "raw:hours at start").price == near(2.0)
    assert price_of(solved, "raw:x At most").price == near(1.0)
    assert price_of(solved, "raw:y At most").price == 0.0


def test_signs_where_less_is_better() -> None:
    """A floor of 5 units is met with the cheap y: each unit of the floor costs 2, more hours bring nothing."""
    solved = solved_of(two("less", floor=5.0))
    floor = price_of(solved, "Rules: enough")
    assert floor.price == near(-2.0)
    assert floor.effects[0].change == near(2.0), "the outcome itself grows"
    assert price_of(solved, "raw:hours at start").price == 0.0
    assert floor.checked is not None
    assert (floor.checked.right, floor.checked.left) == (near(-2.0), near(-2.0))


def test_a_floor_on_an_activity_costs() -> None:
    base = two("less", Raw_activities=[{"Activity": "z", "At least": 3, "At most": 9}], Outcome_terms=[
        {"Outcome": "worth", "Line": "3", "Measure": "units", "Where": "row: z", "Per unit": 7}])  # fmt: skip
    assert price_of(solved_of(base), "raw:z At least").price == near(-7.0)


def test_where_limits_bind_at_once_the_price_is_between() -> None:
    """Hours exactly for 4 of x: an hour more earns 2 by y, an hour less costs 3 by x."""
    solved = solved_of(two("more", Raw_ledgers=[]), EXACT)
    case = two("more")
    row = next(r for r in case.rows if r.SHEET == "Raw ledgers")
    from planner.explain.coefficient_limits import with_rows

    solved = solved_of(with_rows(case, {(row, "hours"): {"opening": 4.0}}))
    price = price_of(solved, "raw:hours at start")
    assert (price.least, price.most) == (near(2.0), near(3.0))
    assert "between +2 and +3" in price.sentence


def test_every_price_of_the_starter_equals_its_finite_difference() -> None:
    solved = solved_of(starter(), PHASES)
    listed = prices(solved, top=40)
    assert len(listed.rows) > 8
    size = max(abs(p.price) for p in listed.rows)
    for price in listed.rows:
        assert price.checked is not None
        assert price.cell
        if price.checked.right is not None and price.high > price.value:
            assert price.checked.right == pytest.approx(price.price, rel=1e-4, abs=1e-6 * size), price.id


def test_a_price_is_what_a_new_workbook_gives() -> None:
    """One hire a year more, typed into the workbook, with the yes-or-no decisions as they were."""
    solved = solved_of(starter(), PHASES)
    price = price_of(solved, "hire:asylum officer / Border post Hiring limit")
    more = solved_of(starter("Staff!asylum officer / Border post.Hiring limit=41"), PHASES)
    assert price.value == 40.0
    assert more.objective - solved.objective == pytest.approx(price.price, rel=1e-3)


def test_outcomes_move_as_the_objective_says() -> None:
    solved = solved_of(starter(), PHASES)
    weights = {o: w for p in solved.built.frame.network.priorities for o, w in p.weights}
    for price in prices(solved, top=5).rows[:5]:
        assert sum(weights.get(e.outcome, 0.0) * e.change for e in price.effects) == pytest.approx(
            price.price, rel=1e-3
        )


def test_a_list_leaves_the_model_as_it_was() -> None:
    solved = solved_of(starter(), PHASES)
    first = prices(solved, top=5)
    assert prices(solved, top=5) == first
    assert solved.fixed.session.run().objective == pytest.approx(solved.objective, rel=1e-9)


def test_an_unknown_limit_names_near_ones() -> None:
    with pytest.raises(KeyError, match=r"Did you mean raw:plant 2 at start"):
        price_of(solved_of(published("v08_wyndor")), "plant 2")


def test_without_a_plan_there_are_no_prices() -> None:
    from tests.explain.test_conflicts import impossible

    with pytest.raises(NoPlanError, match="infeasible"):
        open_case(impossible(), EXACT)


def test_a_plan_that_is_known_is_taken_up_without_a_search() -> None:
    case = starter()
    plan = solve(case, PHASES)
    solved = open_case(case, Options(), plan)
    assert solved.built.frame.grid.name == "phases"
    assert solved.objective == pytest.approx(plan.objective, rel=1e-6)


def _ids(listed: tuple[Price, ...]) -> set[str]:
    return {p.id for p in listed}


def test_kinds_pick() -> None:
    solved = solved_of(starter(), PHASES)
    hiring = prices(solved, kinds=("hiring",))
    assert _ids((*hiring.rows, *hiring.free)) == {
        f"hire:asylum officer / {s} Hiring limit" for s in ("Border post", "Harbour centre")
    }


def test_the_first_of_a_short_list_is_the_first_of_a_long_one() -> None:
    """Worth is counted as far as a price holds, which is known only of prices that were examined."""
    solved = open_case(starter(), PHASES)
    short, long = prices(solved, top=1), prices(solved, top=20)
    assert short.rows[0].id == long.rows[0].id
    assert [row.id for row in prices(solved, top=3).rows[:3]] == [row.id for row in long.rows[:3]]
