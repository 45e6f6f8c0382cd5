"""A country's money stays where a plan has it, whatever else is moved."""

from pathlib import Path

import pytest

from planner.explain.holds import held, hold_country, holdable
from planner.options import Options
from planner.plan import Plan
from planner.sheets import Rules
from planner.solve import solve
from planner.verify import verify
from planner.workbook import check, read

PHASES = Options(grid="phases")
OTHERS = (
    (),
    ("Appropriations!*.Amount=*0.9",),
    ("Staff!*.Hiring limit=*1.3",),
    ("Arrivals!*.Arrivals=*0.9", "Staff!*.In post=*1.1"),
)


@pytest.fixture(scope="module")
def first(starter: Path) -> Plan:
    return solve(read(starter), PHASES)


@pytest.mark.parametrize("others", OTHERS)
def test_18_a_held_country_stays_exactly_put_while_others_move(
    starter: Path, first: Plan, others: tuple[str, ...]
) -> None:
    case = read(starter)
    assert holdable(case) == ["Northland", "Southland"]
    lines = hold_country(case, first, "Southland")
    changed = read(starter, sets=(*others, *lines))
    plan = solve(changed, PHASES)
    assert plan.found
    assert verify(changed, plan).ok
    assert hold_country(changed, plan, "Southland") == lines
    free = solve(read(starter, sets=others), PHASES)
    assert plan.objective is not None
    assert free.objective is not None
    assert plan.objective <= free.objective * 1.0001


def test_the_rule_of_a_hold_is_a_rule_like_any_other(starter: Path, first: Plan) -> None:
    lines = hold_country(read(starter), first, "Northland")
    rows = read(starter, sets=lines).of(Rules)[-3:]
    assert [r.rule for r in rows] == [f"money for Northland in P{n}" for n in (1, 2, 3)]
    assert all(r.relation == "equals" and r.scope == "phase" and r.strength == "hard" for r in rows)
    assert held(lines, "Northland") == lines
    assert held(lines, "Southland") == ()


def test_a_place_that_is_no_country_cannot_be_held(starter: Path, first: Plan) -> None:
    with pytest.raises(ValueError, match="no country 'Border post'"):
        hold_country(read(starter), first, "Border post")


@pytest.mark.parametrize("row", ["money for Nowhere in P1", "money for Southland in P9", "monies for Southland in P1"])
def test_only_known_countries_and_phases_make_a_rule(starter: Path, row: str) -> None:
    case, problems = check(starter, sets=[f"Rules!{row}.Value=1"])
    assert case is None
    assert any("has no row" in p.found for p in problems)
