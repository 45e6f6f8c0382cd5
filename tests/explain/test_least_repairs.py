"""The least repair of every single cell, found here by halving over fresh solves, is what is offered."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.case import Case
from planner.explain.coefficient_limits import with_rows
from planner.explain.conflicts import Explanation, explain_conflict
from planner.explain.soft_limits import soft_limits
from planner.futures.outlook import Future
from planner.futures.recourse import breaking
from planner.inputs_path import inputs_path
from planner.plan import Status
from planner.solve import prepare, solve
from planner.workbook import case_from, read
from tests.explain.small import EXACT

FAR = 1e9
"""A change that no case here needs."""


def workshop(*, asked: float, material: float = 100.0, floor: float = 0.0, debt: float = 0.0, **more: Any) -> Case:
    """x takes one of the material and at most 40 are made, y takes two; a rule asks for so many of both."""
    ledgers: list[dict[str, Any]] = [{"Ledger": "material", "Opening": material, "Lower": floor}]
    if debt:
        ledgers.append({"Ledger": "overdraft", "Opening": 0, "Lower": -debt})
    return case_from({
        "Time": [{"Phase": "Year", "From": "2021-01-01", "Until": "2021-12-31"}],
        "Raw ledgers": ledgers,
        "Raw activities": [{"Activity": "x", "At most": 40}, {"Activity": "y"}, *more.get("activities", [])],
        "Raw recipes": [
            {"Activity": "x", "Verb": "use", "Ledger": "material", "Quantity": 1},
            {"Activity": "y", "Verb": "use", "Ledger": "material", "Quantity": 2},
            *more.get("recipes", []),
        ],
        "Rules": [
            {"Rule": "asked", "Measure": "units", "Where": "row: x, y", "Relation": "at least", "Value": asked},
            *more.get("rules", []),
        ],
        "Outcomes": [{"Outcome": "total", "Unit": "units", "Weight": 1}],
        "Outcome terms": [{"Outcome": "total", "Line": "1", "Measure": "units", "Where": "row: x", "Per unit": 1}],
    })  # fmt: skip


def borrowed(debt: float) -> Case:
    """y draws on an overdraft too, which may go so far below nothing."""
    draws = [{"Activity": "y", "Verb": "use", "Ledger": "overdraft", "Quantity": 1}]
    return workshop(asked=90.0, material=1000.0, debt=debt, recipes=draws)


def least_by_halving(case: Case) -> dict[str, float]:
    """Least change of each single cell after which there is a plan, for every policy that one number can move."""
    found = {}
    for soft_limit in soft_limits(prepare(case, EXACT), EXACT):
        targets = {
            (relaxation.apply, relaxation.sign) for relaxation in soft_limit.relaxations if relaxation.apply is not None
        }
        for target, sign in sorted(targets, key=str):
            assert target is not None
            sheet, row, field = target
            old = float(getattr(case.find(sheet, row), field))
            most = min([FAR, *(relaxation.most for relaxation in soft_limit.relaxations if relaxation.sign == sign)])

            def works(change: float, old: float = old, where: Any = target, sign: float = sign) -> bool:
                sheet, row, field = where
                changed = with_rows(case, {(sheet, row): {field: old + sign * change}})
                return solve(changed, EXACT).status is not Status.INFEASIBLE

            if not works(most):
                continue
            low, high = 0.0, most
            while high - low > 1e-7 * high:
                low, high = (low, half) if works(half := 0.5 * (low + high)) else (half, high)
            found[soft_limit.id] = high
    return found


def singles(found: Explanation) -> dict[str, float]:
    """Repairs of one cell: its policy and how far its number moves."""
    return {r.changes[0].policy: abs(r.changes[0].amount) for r in found.repairs if len(r.changes) == 1}


def drawn(seed: int) -> Case:
    """A workshop whose numbers differ by factors of thousands, with a rule against it and a floor."""
    draw = random.Random(seed)
    size = 10.0 ** draw.randint(0, 4)
    cap = [{"Rule": "cap", "Measure": "units", "Where": "row: y", "Relation": "at most",
            "Value": round(size * draw.uniform(5.0, 20.0), 2)}]  # fmt: skip
    return workshop(
        asked=round(size * draw.uniform(100.0, 3000.0), 1), material=round(size * draw.uniform(60.0, 4000.0), 1),
        floor=round(size * draw.uniform(0.0, 30.0), 1), rules=cap,
    )  # fmt: skip


CASES = {
    "a big rule": workshop(asked=1000.0),
    "a rule of a million": workshop(asked=1e6),
    "an idle ledger in debt": workshop(asked=1000.0, debt=10.0),
    "a floor of nothing but material": workshop(asked=71.0, floor=10.0),
    "a debt that is too small": borrowed(10.0),
} | {f"drawn {seed}": drawn(seed) for seed in range(6)}


@pytest.mark.parametrize("name", CASES)
def test_each_single_cell_is_offered_with_its_least_change(name: str) -> None:
    found = explain_conflict(CASES[name], EXACT, repairs=40)
    assert found.complete, found.sentence
    expected = least_by_halving(CASES[name])
    offered = singles(found)
    assert offered.keys() == expected.keys()
    for soft_limit, change in expected.items():
        assert offered[soft_limit] == pytest.approx(change, rel=1e-5), soft_limit
    assert all(r.proven for r in found.repairs)


def test_the_rule_of_a_thousand_goes_down_to_seventy() -> None:
    """40 of x take 40 of the material, the 60 that are left make 30 of y."""
    found = explain_conflict(CASES["a big rule"], EXACT)
    assert found.repairs[0].sets == ("Rules!asked.Value=70",)


def test_a_debt_may_become_larger() -> None:
    """Of 90 asked for 40 are x, so 50 of y draw 50 on the overdraft of 10."""
    found = explain_conflict(CASES["a debt that is too small"], EXACT, repairs=40)
    assert ("Raw ledgers!overdraft.Lower=-50",) in {r.sets for r in found.repairs}


def test_fewer_repairs_than_there_are_is_said() -> None:
    found = explain_conflict(CASES["a big rule"], EXACT, repairs=1)
    assert len(found.repairs) == 1
    assert not found.complete
    assert any("more repairs" in line for line in found.unfinished)


def test_a_little_in_two_years_stands_beside_very_much_in_one() -> None:
    """Half of the money is short in 2025 and again later; little of what is left of a year can be kept for the next."""
    case = read(inputs_path("starter"), sets=("Appropriations!*.Amount=*0.5",))
    found = explain_conflict(case, replace(EXACT, grid="phases"))
    alone = {r.changes[0].cell: r.total for r in found.repairs if len(r.changes) == 1}
    assert alone == {
        "Appropriations!D5": pytest.approx(228.475, abs=0.01),
        "Appropriations!D6": pytest.approx(228.475, abs=0.01),
    }
    (both,) = (r for r in found.repairs if len(r.changes) > 1)
    assert [c.cell for c in both.changes] == ["Appropriations!D6", "Appropriations!D7"]
    assert both.proven
    assert both.total < 20.0
    mended = read(inputs_path("starter"), sets=("Appropriations!*.Amount=*0.5", *both.sets))
    assert solve(mended, replace(EXACT, grid="phases", gap=0.01)).found


def test_a_little_in_two_years_is_offered_beside_a_rule_that_has_to_give_way_too() -> None:
    """The rule cannot hold with any money, and money is short as above: each repair lowers the one and raises some."""
    rule = "Rules!protection at home at least a tenth.Value=0.9"
    case = read(inputs_path("starter"), sets=("Appropriations!*.Amount=*0.5", rule))
    found = explain_conflict(case, replace(EXACT, grid="phases"))
    money = [sum(c.amount for c in r.changes if c.cell.startswith("Appropriations!")) for r in found.repairs]
    assert max(money) > 200.0
    assert min(money) < 30.0
    assert all(float(c.new) >= 0.0 and r.proven for r in found.repairs for c in r.changes)


def test_limits_that_miss_each_other_by_a_millionth_are_mended_by_a_millionth() -> None:
    """At most 10 of y, and at least 10.000001."""
    rules = [{"Rule": f"r{n}", "Measure": "units", "Where": "row: y", "Relation": relation, "Value": value}
             for n, (relation, value) in enumerate((("at most", 10), ("at least", 10.000001)))]  # fmt: skip
    found = explain_conflict(workshop(asked=1.0, rules=rules), EXACT)
    assert found.repairs
    assert all(r.proven and r.total <= 1.01e-6 for r in found.repairs)


def test_a_repair_that_the_checks_would_refuse_is_not_offered() -> None:
    """Care of a million dollars a day costs more millions than an account may hold; its cell is named."""
    care = "People!waiting at the border.Care cost=1e6"
    case = read(inputs_path("starter"), sets=(care, "Rules!protection at home at least a tenth.Value=0"))
    found = explain_conflict(case, replace(EXACT, grid="phases"))
    assert not found.repairs
    assert not found.complete
    assert "the checks of the workbook refuse" in found.sentence
    assert "care of 'waiting at the border'" in found.sentence


def test_a_future_that_cannot_be_names_what_breaks_beside_a_ledger_in_debt() -> None:
    model = prepare(CASES["an idle ledger in debt"], EXACT)
    undecided = np.full(len(model.matrix.cost), 1e9)
    told = breaking(Future("alone", "", 1.0, model, undecided, 0.0), None, EXACT)
    assert [(b.words.partition(" (")[0], round(b.amount, 6)) for b in told.breaks] == [("rule 'asked'", 930.0)]


def test_growth_that_is_too_slow_is_mended_by_the_cell_of_the_starting_pace() -> None:
    """From 10 a year twice as much a year is 20 in the second of two years: 60 are had by a start of 20 a year."""
    years = [{"Phase": f"Y{n}", "From": f"202{n}-01-01", "Until": f"202{n}-12-31"} for n in (5, 6)]
    slow = {"Activity": "x", "Growth": 2, "Starting pace": 10}
    rule = {"Rule": "enough", "Measure": "units", "Where": "row: x", "Relation": "at least", "Value": 60}
    outcome = {"Outcome": "worth", "Unit": "points", "Weight": 1}
    term = {"Outcome": "worth", "Line": "1", "Measure": "units", "Where": "row: x"}
    tables = {"Time": years, "Raw activities": [slow], "Rules": [rule], "Outcomes": [outcome], "Outcome terms": [term]}
    case = case_from(tables)
    found = explain_conflict(case, EXACT)
    (change,) = next(r for r in found.repairs if r.changes[0].policy.endswith("growth")).changes
    assert change.words == "the starting pace of 'x'"
    assert change.sets.startswith("Raw activities!x.Starting pace=")
    assert solve(case_from(tables, sets=(change.sets,)), EXACT).found
