"""Sweeps against cases solved by hand, in both senses, and what must hold of any sweep."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Status
from planner.run.progress import Progress
from planner.solve import solve
from planner.solver.runs import RunContext
from planner.tradeoffs.sweeping.bands import allocation_bands
from planner.tradeoffs.sweeping.curves import Sweep
from planner.tradeoffs.sweeping.sweeps import sweep
from planner.tradeoffs.sweeping.telling import nested_answer, part_sentences, sweep_answer
from planner.wording.figures import part_of, within
from planner.workbook import case_from, read, read_folder
from tests.solve.test_solve import tables

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "inputs" / "starter"
EXACT = Options(gap=0.0, grid="phases")
BUDGET = "Raw ledgers!budget.Opening"
FUNDS = "Appropriations!*.Amount"


def published(name: str) -> Case:
    """A textbook case."""
    return case_from(read_folder(ROOT / "tests" / "cases" / name))


def turns(found: Sweep) -> list[tuple[float, float | None, float | None]]:
    """Kinks of the objective: place, worth of one more before and after."""
    return [(k.low, k.before, k.after) for k in found.kinks if not k.what.startswith("only")]


def knapsack() -> Case:
    """One of A (costs 3, worth 3), one of B (costs 4, worth 5), or both; whole or not at all."""
    rows = [
        {"Activity": "A", "At most": 1, "Unit cost": 3, "Whole units": "yes"},
        {"Activity": "B", "At most": 1, "Unit cost": 4, "Whole units": "yes"},
    ]
    terms = [
        {"Outcome": "worth", "Line": 1, "Measure": "units", "Where": "row: A", "Per unit": 3},
        {"Outcome": "worth", "Line": 2, "Measure": "units", "Where": "row: B", "Per unit": 5},
    ]
    return case_from(
        {
            "Time": [{"Phase": "P1", "From": "2025-01-01", "Until": "2025-12-31"}],
            "Raw ledgers": [{"Ledger": "budget", "Unit": "USD", "Opening": 7, "Pays": "yes"}],
            "Raw activities": rows,
            "Outcomes": [{"Outcome": "worth", "Unit": "points", "Weight": 1}],
            "Outcome terms": terms,
        }
    )


def test_a_growing_limit_by_hand() -> None:
    """Cheap help first (a person a dollar, up to 100), dear help next (half a person, up to 300), then nothing."""
    found = sweep(case_from(tables()), BUDGET, 50, 350, points=7, options=EXACT)
    assert turns(found) == [
        (pytest.approx(100.0, abs=1e-6), pytest.approx(1.0), pytest.approx(0.5)),
        (pytest.approx(300.0, abs=1e-6), pytest.approx(0.5), pytest.approx(0.0, abs=1e-9)),
    ]
    assert (found.exact, found.complete, found.kind, found.builds) == (True, True, "limits", 5)
    assert [p.objective for p in found.points] == pytest.approx([50, 100, 125, 150, 175, 200, 200])
    assert found.parts[0].rates["helped"] == pytest.approx(1.0)
    dear = next(b for b in allocation_bands(found).rows if b.row == "dear")
    assert dear.enters is not None
    assert (dear.enters.low, dear.enters.exact, dear.leaves, dear.trend) == (
        pytest.approx(100.0, abs=1e-6),
        True,
        None,
        "comes in",
    )


def test_shares_of_what_stands_there() -> None:
    found = sweep(case_from(tables()), f"{BUDGET}=50%..250%", options=EXACT)
    assert [k for k, *_ in turns(found)] == [pytest.approx(100 / 150, abs=1e-6), pytest.approx(2.0, abs=1e-6)]
    assert found.kinks[0].before == pytest.approx(1.0)  # for one dollar more, not for one percent
    assert found.base is not None
    assert (found.base.place, found.base.amount, found.base.objective) == (1.0, 150.0, pytest.approx(125.0))


def test_a_growing_floor_by_hand_and_where_it_ends() -> None:
    """Help costs a dollar for the first 100 people, then two; 150 dollars are there, so at most 125 can be asked for."""
    rule = {"Rule": "floor", "Measure": "units", "Where": "kind: raw", "Relation": "at least", "Value": 20}
    cost = {"Outcome": "spent", "Unit": "USD", "Better": "less", "Weight": 1}
    terms = [
        {"Outcome": "spent", "Line": 1, "Measure": "units", "Where": "row: cheap", "Per unit": 1},
        {"Outcome": "spent", "Line": 2, "Measure": "units", "Where": "row: dear", "Per unit": 2},
    ]
    base = tables(Rules=[rule], Outcomes=[cost], Outcome_terms=terms)
    base["Outcomes"][0]["Weight"] = 0
    found = sweep(case_from(base), "Rules!floor.Value", 0, 200, points=5, options=EXACT)
    assert turns(found) == [(pytest.approx(100.0, abs=1e-6), pytest.approx(-1.0), pytest.approx(-2.0))]
    assert [(b.low, b.high, b.exact) for b in found.blanks] == [(pytest.approx(125.0, abs=1e-6), 200.0, True)]
    assert [p.status is Status.OPTIMAL for p in found.points] == [True, True, True, True, False, False]
    assert "No plan exists above 125" in sweep_answer(found)


def test_points_of_an_outcome_by_hand() -> None:
    """Below half a point a person cheap help is not worth its dollar; from there on it is: a convex line."""
    more = [{"Outcome": "cheap", "Unit": "people", "Weight": 0.25}, {"Outcome": "dear", "Unit": "people", "Weight": 1}]
    terms = [{"Outcome": name, "Line": 1, "Measure": "units", "Where": f"row: {name}"} for name in ("cheap", "dear")]
    base = tables(Outcomes=more, Outcome_terms=terms)
    base["Outcomes"][0]["Weight"] = 0
    found = sweep(case_from(base), "Outcomes!cheap.Weight", 0, 2, points=3, options=EXACT)
    assert (found.kind, found.exact) == ("points", True)
    assert turns(found) == [(pytest.approx(0.5, abs=1e-6), pytest.approx(0.0, abs=1e-9), pytest.approx(100.0))]
    first, last = found.parts
    assert (first.last.outcomes["cheap"], last.first.outcomes["cheap"]) == (pytest.approx(0.0), pytest.approx(100.0))


def test_two_limits_of_a_textbook() -> None:
    """Wyndor Glass: plant 3 is worth 5/2 an hour up to 12, then 1 up to 24; doors come in at 12."""
    found = sweep(published("v08_wyndor"), "Raw ledgers!plant 3.Opening", 3, 30, options=EXACT)
    assert turns(found) == [
        (pytest.approx(12.0, abs=1e-6), pytest.approx(2.5), pytest.approx(1.0)),
        (pytest.approx(24.0, abs=1e-6), pytest.approx(1.0), pytest.approx(0.0, abs=1e-9)),
    ]
    assert "From 12 to 24: one hour more is worth 1 point (+1 thousand USD of 'profit')." in part_sentences(found)


@pytest.mark.parametrize(
    ("name", "cell", "low", "high"),
    [
        ("t04_earmark", "Raw ledgers!own.Opening", 20.0, 200.0),
        ("t04_earmark", "Raw ledgers!donor.Opening", 0.0, 120.0),
        ("v03_capital_budgeting", "Raw ledgers!outlay in year 2.Opening", 5.0, 60.0),
        ("t09_fairness", FUNDS, 100.0, 900.0),
        ("v04_manpower", "Raw ledgers!unskilled at work.Opening", 1000.0, 3000.0),
    ],
)
def test_parts_agree_with_plans_solved_afresh(name: str, cell: str, low: float, high: float) -> None:
    found = sweep(published(name), cell, low, high, points=2, options=EXACT)
    assert found.exact
    assert found.kind == "limits"
    for place in [low + (high - low) * share for share in (0.03, 0.21, 0.5, 0.77, 0.98)]:
        part = next(p for p in found.parts if p.low <= place <= p.high)
        fresh = solve(found.case_at(place), EXACT)
        assert part.points_at(place) == pytest.approx(fresh.objective, rel=1e-7)
    for one, two in pairwise(found.parts):  # concave
        assert two.marginal <= one.marginal + 1e-7
        assert two.low_points == pytest.approx(one.high_points, rel=1e-9)


def test_a_coefficient_is_changed_in_the_session_and_known_at_points_only() -> None:
    """100 for 100 dollars, then 50 dollars at the price c: 100 + 50 / c, so one dollar more on c loses 50 / c²."""
    found = sweep(case_from(tables()), "Raw activities!dear.Unit cost", 1.25, 4, points=2, options=EXACT)
    assert (found.kind, found.exact, found.parts) == ("recipes", False, ())
    assert [p.objective for p in found.points] == pytest.approx([140.0, 125.0, 112.5])
    assert [p.marginal for p in found.points] == pytest.approx([-32.0, -12.5, -3.125])
    assert "coefficients were changed in one solver session" in found.method
    assert any("not a broken line" in note for note in found.notes)


@pytest.mark.parametrize(
    "cell", ["Staff!*.Attrition=0.05..0.3", "Movements!*.Share a year=20%..180%", "Pipelines!*.Lag=10..190"]
)
def test_what_is_not_a_straight_line_is_compiled_at_each_place(cell: str) -> None:
    near = Options(gap=1e-5, grid="phases")
    found = sweep(read(STARTER), cell, points=4, options=near)
    assert found.kind == "recipes"
    assert "compiled at each place" in found.method
    assert found.builds > 5
    for point in found.found:
        fresh = solve(found.case_at(point.place), near)
        assert point.objective == pytest.approx(fresh.objective, rel=3e-5)
        for name, value in point.allocation.outcomes.items():
            assert value == pytest.approx(fresh.outcome(name), rel=0.02, abs=1.0)


def test_numbers_that_come_with_a_reform_are_changed_in_the_session() -> None:
    """400 slots, and 100 more with a reform: 1,000 applicants fill 500 of them."""
    case = case_from(
        read_folder(ROOT / "tests" / "cases" / "t05_bottleneck"), sets=["Settings!political capital at start.Value=12"]
    )
    found = sweep(case, "Quota by phase!*.Places", "50%", "150%", points=5, options=EXACT)
    assert (found.kind, found.builds) == ("gates", 5)
    assert [p.objective for p in found.points] == pytest.approx([250, 375, 500, 500, 500])
    held = sweep(case, "Quota by phase!*.Places", "50%", "150%", points=5, held=True, options=EXACT)
    assert held.exact
    assert turns(held) == [(pytest.approx(1.0, abs=1e-6), pytest.approx(1.0), pytest.approx(0.0, abs=1e-9))]


def test_rows_that_appear_are_compiled_afresh_and_said() -> None:
    """A blank limit is no limit; the workbook's own value is not in a range that begins beside it."""
    case = case_from(tables())
    found = sweep(case, "Raw activities!*.At most", 10, 60, points=3, options=EXACT)
    assert [p.objective for p in found.points] == pytest.approx([20.0, 70.0, 105.0])
    assert found.base is None


def test_yes_or_no_by_hand() -> None:
    """Interpretation costs 6, slots 5 and alone add nothing: 200 up to 5, 400 from 6, 500 at 11."""
    cell = "Settings!political capital at start.Value"
    found = sweep(published("t05_bottleneck"), cell, 0, 12, points=13, options=EXACT)
    assert [p.objective for p in found.points] == pytest.approx([200] * 6 + [400] * 5 + [500] * 2)
    assert found.integer
    assert not found.exact
    brackets = [(k.low, k.high) for k in found.kinks]
    assert (5.0, 6.0) in brackets
    assert (10.0, 11.0) in brackets
    bands = {b.row: b for b in allocation_bands(found).rows}
    enters = bands["interpretation"].enters
    assert enters is not None
    assert (enters.low, enters.high, enters.exact) == (5.0, 6.0, False)


def test_nested_plans_by_hand() -> None:
    """Three dollars buy A; four would buy the better B, but A is not taken back; seven buy both."""
    found = sweep(knapsack(), BUDGET, 3, 7, points=5, nested=True, options=EXACT)
    assert [p.objective for p in found.points] == pytest.approx([3, 5, 5, 5, 8])
    assert [n.objective for n in found.nested] == pytest.approx([3, 3, 3, 3, 8])
    assert [n.cost for n in found.nested] == pytest.approx([0, 2, 2, 2, 0])
    assert "costs at most 2 points" in nested_answer(found)


def two_limits() -> Case:
    """A: a dollar and two days, worth 2. B: three dollars and a day, worth 3. Ten days are there."""
    return case_from(
        {
            "Time": [{"Phase": "P1", "From": "2025-01-01", "Until": "2025-12-31"}],
            "Raw ledgers": [
                {"Ledger": "budget", "Unit": "USD", "Opening": 10, "Pays": "yes"},
                {"Ledger": "days", "Unit": "days", "Opening": 10},
            ],
            "Raw activities": [{"Activity": "A", "Unit cost": 1}, {"Activity": "B", "Unit cost": 3}],
            "Raw recipes": [
                {"Activity": "A", "Verb": "use", "Ledger": "days", "Quantity": 2},
                {"Activity": "B", "Verb": "use", "Ledger": "days", "Quantity": 1},
            ],
            "Outcomes": [{"Outcome": "worth", "Unit": "points", "Weight": 1}],
            "Outcome terms": [
                {"Outcome": "worth", "Line": 1, "Measure": "units", "Where": "row: A", "Per unit": 2},
                {"Outcome": "worth", "Line": 2, "Measure": "units", "Where": "row: B", "Per unit": 3},
            ],
        }
    )


def test_what_is_dropped_as_money_grows_by_hand() -> None:
    """Up to 5 dollars only A; then days are short and B takes its place, A + 3 B = b and 2 A + B = 10, until 30."""
    found = sweep(two_limits(), BUDGET, 1, 40, points=4, options=EXACT)
    assert turns(found) == [
        (pytest.approx(5.0, abs=1e-6), pytest.approx(2.0), pytest.approx(0.8)),
        (pytest.approx(30.0, abs=1e-6), pytest.approx(0.8), pytest.approx(0.0, abs=1e-9)),
    ]
    bands = allocation_bands(found)
    rows = {b.row: b for b in bands.rows}
    leaves, enters = rows["A"].leaves, rows["B"].enters
    assert leaves is not None
    assert enters is not None
    assert (leaves.low, leaves.high) == (pytest.approx(30.0, abs=1e-6), pytest.approx(30.0, abs=1e-6))
    assert (enters.low, enters.high) == (pytest.approx(5.0, abs=1e-6), pytest.approx(5.0, abs=1e-6))
    assert (rows["A"].trend, rows["B"].trend) == ("goes out", "comes in")
    assert any("1 row is dropped: 'A' (at 30)" in line for line in bands.sentences)


def test_the_price_of_taking_nothing_back_by_hand() -> None:
    """Five dollars give five A and use every day: whoever keeps them has no day left for B, however much money comes."""
    found = sweep(two_limits(), BUDGET, 5, 30, points=6, nested=True, options=EXACT)
    free = [10 + 0.8 * (b - 5) for b in (5, 10, 15, 20, 25, 30)]
    assert [p.objective for p in found.points] == pytest.approx(free)
    assert [n.objective for n in found.nested] == pytest.approx([10.0] * 6, rel=1e-4)
    assert [n.cost for n in found.nested] == pytest.approx([v - 10 for v in free], abs=1e-3)
    assert found.nested[-1].kept == (("Raw activities", "A"),)
    assert "mostly for keeping 'A'" in nested_answer(found)


def test_the_base_point_is_the_plan_of_the_workbook() -> None:
    case = read(STARTER)
    plan = solve(case, Options(gap=1e-3, grid="phases"))
    found = sweep(case, FUNDS, "90%", "110%", points=3, options=Options(gap=1e-3, grid="phases"))
    assert found.base is not None
    assert found.base.objective == pytest.approx(plan.objective, rel=1e-9)
    for name, value in found.base.allocation.outcomes.items():
        assert value == pytest.approx(plan.outcome(name), rel=1e-9)
    levels = plan.tables["activities"].groupby(["sheet", "row"])["level"].sum()
    for (sheet, row), level in levels.items():
        if sheet == "Programmes":
            assert found.base.allocation.amounts[sheet, row] == pytest.approx(level, rel=1e-9)


def test_more_money_never_hurts_and_nested_plans_never_shrink() -> None:
    found = sweep(read(STARTER), FUNDS, "60%", "140%", points=9, nested=True, options=Options(gap=1e-4, grid="phases"))
    values = [p.objective for p in found.found]
    assert all(b >= a * (1 - 1e-4) for a, b in pairwise(values))
    assert found.blanks[0].exact
    assert found.blanks[0].high == pytest.approx(0.61917607, abs=1e-6)
    assert found.builds == 5  # both ends, two between, the workbook itself: no place is compiled again
    assert all(n.cost is not None and 0.0 <= n.cost <= 1e-3 * (n.objective or 0.0) for n in found.nested)
    for one, two in pairwise(found.nested):
        assert two.objective >= one.objective * (1 - 1e-6)
        for subject, amount in one.allocation.amounts.items():
            if subject[0] in ("Programmes", "Reforms", "Sites", "Visas"):
                assert two.allocation.amounts[subject] >= amount * (1 - 1e-4) - 1e-4
    for point in found.found:
        fresh = solve(found.case_at(point.place), Options(gap=1e-4, grid="phases"))
        assert point.objective == pytest.approx(fresh.objective, rel=2e-4)


def test_held_decisions_give_a_concave_line_through_the_plan() -> None:
    case = read(STARTER)
    found = sweep(case, FUNDS, "50%", "150%", points=11, held=True, options=Options(gap=1e-4, grid="phases"))
    assert found.exact
    assert found.held
    slopes = [p.marginal for p in found.parts]
    assert all(b <= a + 1e-6 * abs(slopes[0]) for a, b in pairwise(slopes))
    assert all(one.high == two.low for one, two in pairwise(found.parts))
    for point in found.found:
        part = next(p for p in found.parts if p.low <= point.place <= p.high)
        assert part.points_at(point.place) == pytest.approx(point.objective, rel=1e-7)
        share = (point.place - part.low) / (part.high - part.low)
        for name, value in point.allocation.outcomes.items():
            straight = part.first.outcomes[name] + share * (part.last.outcomes[name] - part.first.outcomes[name])
            assert straight == pytest.approx(value, rel=1e-5, abs=1e-3)


def test_an_interruption_keeps_what_was_found() -> None:
    stop = threading.Event()
    seen: list[str] = []

    def tell(progress: Progress) -> None:
        seen.append(progress.message)
        if progress.message.startswith("point 3"):
            stop.set()

    found = sweep(knapsack(), BUDGET, 3, 9, points=7, options=RunContext(EXACT, tell, stop))
    assert (found.complete, found.stopped) == (False, "interrupted")
    assert 2 <= len(found.found) < 7
    assert found.to_json()["stopped"] == "interrupted"
    assert any(m.startswith("point 1 of 6") for m in seen)


def test_a_workbook_without_a_plan_is_swept_all_the_same() -> None:
    """130 people need 160 dollars; 150 are there."""
    rule = {"Rule": "floor", "Measure": "units", "Where": "kind: raw", "Relation": "at least", "Value": 130}
    found = sweep(case_from(tables(Rules=[rule])), BUDGET, 100, 300, points=3, options=EXACT)
    assert found.base is not None
    assert found.base.status is Status.INFEASIBLE
    assert [(b.low, b.high) for b in found.blanks] == [(100.0, pytest.approx(160.0, abs=1e-6))]
    assert [p.found for p in found.points] == [False, False, True, True]
    assert any("The workbook as it stands has no plan" in note for note in found.notes)


def test_nothing_possible_anywhere_is_an_answer() -> None:
    rule = {"Rule": "floor", "Measure": "units", "Where": "kind: raw", "Relation": "at least", "Value": 500}
    found = sweep(case_from(tables(Rules=[rule])), BUDGET, 100, 300, points=3, options=EXACT)
    assert not found.found
    assert "No plan exists anywhere in this range" in sweep_answer(found)


def test_cells_that_matter_to_nothing_say_so() -> None:
    found = sweep(case_from(tables()), "Outcomes!helped.Target", 1, 9, points=2, options=EXACT)
    assert found.kind == "nothing"
    assert any("Nothing in the model depends" in note for note in found.notes)


def test_tables_and_files_hold_everything() -> None:
    found = sweep(knapsack(), BUDGET, 3, 7, points=3, nested=True, options=EXACT)
    table = found.table()
    assert list(table["points"]) == pytest.approx([3, 5, 8])
    assert "cost of taking nothing back" in table
    content = found.to_json()
    assert content["cells"][0]["address"].startswith("Raw ledgers!")
    assert [p["status"] for p in content["points"]] == ["optimal within gap"] * 3
    assert len(allocation_bands(found).table()) == 2


def test_no_percentage_is_said_of_nothing() -> None:
    """A rest of rounding at one end, five thousand points at the other: the amounts are said, no percentage."""
    assert part_of(5_000.0, 1e-16) == ""
    assert part_of(0.5, 10.0) == "5 %"
    assert part_of(-3.0, -2.0, sign=True) == "-150 %"
    assert within(0.0123) == "1.23 %"
    assert within(2.966e13, 4_200.0) == "4,200"
    assert within(2.966e13) == "more than the figure itself"
