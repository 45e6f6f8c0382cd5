"""Decision packages against cases that are solved by hand, and what must hold of any chain of them."""

from __future__ import annotations

import threading
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Plan, Status
from planner.results.answer_pages import Page, Part
from planner.solve import solve
from planner.solver.runs import RunContext
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.packaging.packages import Package, Packages, packages
from planner.tradeoffs.packaging.pages import Told
from planner.tradeoffs.sweeping.nested import GIVEN
from planner.verify import verify
from planner.workbook import case_from, read

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "inputs" / "starter"
EXACT = Options(gap=0.0, grid="phases")
Tables = dict[str, list[dict[str, Any]]]


def table(rows: list[tuple[str, float, float]], amount: float, **more: Any) -> Tables:
    """Activities (name, USD a unit, worth a unit), 1,000 of each at most, for USD million of one account."""
    found: Tables = {
        "Time": [{"Phase": "P1", "From": "2025-01-01", "Until": "2025-12-31"}],
        "Funding": [{"Account": "main", "Owner": "Office"}],
        "Appropriations": [{"Account": "main", "Phase": "P1", "Amount": amount}],
        "Raw activities": [{"Activity": n, "Unit": "people", "At most": 1000, "Unit cost": c} for n, c, _ in rows],
        "Outcomes": [{"Outcome": "worth", "Unit": "people", "Weight": 1}],
        "Outcome terms": [
            {"Outcome": "worth", "Line": n, "Measure": "units", "Where": f"row: {name}", "Per unit": worth}
            for n, (name, _, worth) in enumerate(rows, 1)
        ],
    }
    for name, extra in more.items():
        found.setdefault(name, []).extend(extra)
    return found


LADDER = [("A", 4000, 10), ("B", 3000, 6), ("C", 3000, 3), ("D", 2000, 1)]
"""Worth for USD 1,000: 2.5, 2, 1, 0.5. Ten million pay A, B and C in full."""


def found_for(case: Case, *steps: float, options: Options = EXACT, **more: Any) -> Packages:
    """Packages of a case, its plan solved first."""
    return packages(case, steps, plan=solve(case, options), run=RunContext(options), **more)


def at(found: Packages, name: str) -> Package:
    """A package by its name."""
    return next(p for p in found.rows if p.name == name)


def given(package: Package, row: str) -> float:
    """Units of a row over the plan."""
    assert package.plan is not None
    done = package.plan.tables["activities"]
    return float(done[done["row"] == row]["level"].sum())


def test_what_goes_first_and_comes_first_by_hand() -> None:
    """C has the least worth for its money, then B; D waits for more money."""
    found = found_for(case_from(table(LADDER, 10)), -0.15, -0.05, -0.35, 0.1)
    assert [p.name for p in found.rows] == ["-35 %", "-15 %", "-5 %", "base", "+10 %"]
    assert [p.objective for p in found.rows] == pytest.approx([15000, 17500, 18500, 19000, 19500], rel=1e-6)
    assert [p.regret for p in found.rows if p.part != 1.0] == pytest.approx([0.0] * 4, abs=1e-3)
    assert given(at(found, "-15 %"), "C") == pytest.approx(500, rel=1e-4)
    assert (given(at(found, "-35 %"), "C"), given(at(found, "-35 %"), "A")) == pytest.approx((0, 1000), abs=0.1)
    assert given(at(found, "-35 %"), "B") == pytest.approx(2500 / 3, rel=1e-4)
    told = Told(found)
    first = {name: [m.row for m in told.moved[at(found, name).part]] for name in ("-5 %", "-15 %", "-35 %", "+10 %")}
    assert first == {"-5 %": ["C"], "-15 %": ["C"], "-35 %": ["C", "B"], "+10 %": ["D"]}
    freed = [m.money for m in told.moved[at(found, "-35 %").part]]
    assert freed == pytest.approx([-1.5, -0.5], rel=1e-3)


def test_average_and_marginal_cost_by_hand() -> None:
    """Ten million for 19,000 points; C's cost 1,000 dollars a point, D's 2,000."""
    found = found_for(case_from(table(LADDER, 10)), -0.1, 0.1)
    (row,) = Told(found).costs().to_dict("records")
    assert row["Average in the base, USD"] == pytest.approx(10e6 / 19000, rel=1e-6)
    assert row["Marginal -10 %, USD"] == pytest.approx(1000, rel=1e-3)
    assert row["Marginal +10 %, USD"] == pytest.approx(2000, rel=1e-3)


def test_points_and_shares_have_no_cost_of_one_more() -> None:
    tables = table(LADDER, 10)
    tables["Outcomes"][0]["Unit"] = "points"
    titles = [part.title for part in Told(found_for(case_from(tables), -0.1)).pages()[0].parts]
    assert "Outcomes of each package" in titles
    assert "What one more costs" not in titles


def whole() -> Case:
    """All or nothing: X (6 million, worth 7), Y (4, worth 4), Z (3, worth 3.5); ten million pay X and Y."""
    rows = [("X", 6e6, 7.0), ("Y", 4e6, 4.0), ("Z", 3e6, 3.5)]
    found = table(rows, 10)
    found["Raw activities"] = [row | {"At most": 1, "Whole units": "yes"} for row in found["Raw activities"]]
    return case_from(found)


def test_what_being_nested_costs_by_hand() -> None:
    """Nine million would pay X and Z, but Z is not in the base: inside it X alone is left."""
    package = at(found_for(whole(), -0.1), "-10 %")
    assert (given(package, "X"), given(package, "Y"), given(package, "Z")) == pytest.approx((1, 0, 0), abs=1e-4)
    assert (package.objective, package.free) == pytest.approx((7.0, 10.5))
    assert (package.regret, package.most_regret) == pytest.approx((3.5, 3.5))
    assert package.plan is not None
    assert "costs 3.5 points against the best plan" in package.plan.unproven[0]


RULE = {"Rules": [{"Rule": "cared for", "Measure": "units", "Where": "row: A, E", "Relation": "at least",
                   "Value": 1000, "Category": "right"}]}  # fmt: skip
CARE = [("A", 4000, 10), ("B", 3000, 6), ("E", 1000, 0)]
"""A thousand people have to be cared for, by A or, worth nothing, by E."""


def test_a_cut_that_cannot_be_kept_says_why_and_the_others_go_on() -> None:
    """Half a million does not even pay E for everybody; two thirds less still do, but with what is not in the base."""
    found = found_for(case_from(table(CARE, 7, **RULE)), -0.4, -0.6, -0.95)
    assert at(found, "-40 %").status is Status.OPTIMAL
    inside = at(found, "-60 %")  # 2.8 million: 4 a + (1 - a) = 2.8, so 600 by A and 400 by E
    assert (inside.status, inside.plan) == (Status.INFEASIBLE, None)
    assert inside.cannot[0].endswith("would have to grow: E in P1 400 people more than 0 (Raw activities!D4).")
    assert inside.free == pytest.approx(6000, rel=1e-6)
    never = at(found, "-95 %")
    assert never.plan is None
    said = " ".join(never.cannot)
    assert "cared for" in said
    assert "Appropriations!D2" in said
    assert Told(found).pages()[1].parts[0].title == "What cannot hold"


def decisions(plan: Plan) -> tuple[dict[tuple[str, str], float], dict[str, int]]:
    """Levels by activity and phase, and the period of every yes; worked out from the tables alone."""
    phase = plan.tables["periods"].set_index("period")["phase"].to_dict()
    levels: dict[tuple[str, str], float] = defaultdict(float)
    for row in plan.tables["activities"].to_dict("records"):
        if row["kind"] in GIVEN:
            levels[row["activity"], phase[row["period"]]] += row["level"]
    taken = plan.tables["switches"].dropna(subset=["period"])
    taken = taken[taken["kind"].isin(GIVEN)]
    return levels, dict(zip(taken["switch"], taken["period"].astype(int), strict=True))


def held(found: Packages) -> None:
    """Of every two neighbours the larger package gives at least as much, and takes no yes back or later."""
    for small, large in pairwise(found.found):
        assert small.plan is not None
        assert large.plan is not None
        (less, early), (more, soon) = decisions(small.plan), decisions(large.plan)
        for key, level in less.items():
            assert level <= more[key] + 2e-5 * max(1.0, level), (small.name, large.name, key)
        for switch, period in early.items():
            assert soon.get(switch, 10**6) <= period, (small.name, large.name, switch)


@pytest.mark.parametrize("base", ["plan", "continuation"])
def test_packages_of_the_starter_are_nested_verified_and_never_better_with_less(base: Any) -> None:
    found = found_for(read(STARTER), -0.35, -0.1, -0.2, 0.1, options=Options(grid="phases"), base=base)
    assert [p.part for p in found.found] == ([0.65, 0.8, 0.9, 1.0, 1.1] if base == "plan" else [1.0, 1.1])
    held(found)
    for package in found.found:
        assert package.plan is not None
        if base == "plan" or package.part != 1.0:
            assert verify(package.case, package.plan).ok, package.name
    scores = [p.objective for p in found.found if p.objective is not None]
    assert all(b >= a - 1e-6 * abs(a) for a, b in pairwise(scores))
    for package in found.rows:
        if package.held_to is not None and package.plan is not None and package.free_bound is not None:
            assert package.objective is not None
            assert package.objective <= package.free_bound + 1e-6 * abs(package.free_bound)


def test_what_is_closed_with_less_money_is_closed_sooner_with_still_less() -> None:
    """A takes four million, the site six a year and is worth a little. 8.8 close it at half-time, 5.5 at once."""
    tables = table([("A", 4000, 10)], 11)
    tables["Time"] = [
        {"Phase": "P1", "From": "2025-01-01", "Until": "2025-07-01"},
        {"Phase": "P2", "From": "2025-07-02", "Until": "2025-12-31"},
    ]
    tables["Places"] = [{"Place": "N", "Kind": "country"}, {"Place": "S", "Kind": "city", "Country": "N"}]
    tables["Sites"] = [{"Site": "S", "Capacity": 10, "Open at start": "yes", "May close": "yes",
                        "Running cost": 6e6 / 365, "Purpose": "sites"}]  # fmt: skip
    tables["Outcome terms"].append({"Outcome": "worth", "Line": 2, "Measure": "units", "Where": "row: S"})
    found = found_for(case_from(tables), -0.5, -0.2)
    plans = {p.name: p.plan for p in found.rows if p.plan is not None}
    closed = {name: decisions(plan)[1].get("close:S") for name, plan in plans.items()}
    assert closed == {"-50 %": 0, "-20 %": 1, "base": None}
    (closing,) = (m for m in Told(found).moved[0.8] if m.closing)
    assert (closing.name, closing.dates, closing.grows) == ("closing S", ("", "2025-07-02"), False)


def test_whose_money_is_cut_is_chosen_by_account_or_owner() -> None:
    found = found_for(read(STARTER), -0.1, accounts=["northland with*"], options=Options(grid="phases"))
    assert (found.accounts, found.left_out, found.group.total) == (("partner fund",), ("asylum budget",), 26.0)
    with pytest.raises(TradeoffError, match=r"is called 'partner'\. Did you mean 'partner fund'"):
        found_for(read(STARTER), -0.1, accounts=["partner"], options=Options(grid="phases"))


def test_money_that_only_comes_beside_other_money_is_not_cut_unless_it_is_named() -> None:
    tables = table(LADDER, 10)
    tables["Funding"].append({"Account": "gift", "Match ratio": 0.5, "Match accounts": "main"})
    tables["Appropriations"].append({"Account": "gift", "Phase": "P1", "Amount": 2})
    case = case_from(tables)
    assert found_for(case, -0.1).accounts == ("main",)
    assert found_for(case, -0.1, accounts=["*"]).accounts == ("main", "gift")


def test_nothing_to_take_a_share_of_is_a_sentence() -> None:
    tables = table(LADDER, 10)
    plan = solve(case_from(tables), EXACT)
    del tables["Appropriations"]
    tables["Raw ledgers"] = [{"Ledger": "budget", "Unit": "USD", "Opening": 150, "Pays": "yes"}]
    with pytest.raises(
        TradeoffError, match="gives no account money that pays by itself, so there is no budget to take a share of"
    ):
        packages(case_from(tables), [-0.1], plan=plan, run=RunContext(EXACT))
    with pytest.raises(TradeoffError, match="gives main no money, so there is no budget to take a share of"):
        found_for(case_from(table(LADDER, 0)), -0.1)
    with pytest.raises(TradeoffError, match="Nothing goes on without the plan"):
        found_for(case_from(table(LADDER, 10)), -0.1, base="continuation")


def test_a_stop_keeps_what_was_found() -> None:
    case, stop = case_from(table(LADDER, 10)), threading.Event()
    plan = solve(case, EXACT)
    stop.set()
    found = packages(case, [-0.1, 0.1], plan=plan, run=RunContext(EXACT, interrupt=stop))
    assert found.stopped
    assert [p.name for p in found.rows] == ["base"]


def test_pages_are_plain_data_and_come_back() -> None:
    page = Told(found_for(case_from(table(LADDER, 10)), -0.1)).pages()[0]
    again = Page.from_json(page.to_json())
    assert again.to_json() == page.to_json()
    assert [p.told() for p in again.parts if p.frame is not None] == [
        p.told() for p in page.parts if p.frame is not None
    ]
    assert Part("", ["a"]).to_json() == {"title": "", "lines": ["a"], "strong": False}
