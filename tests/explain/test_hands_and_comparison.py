"""Decisions by hand, comparisons, attribution, the change ledger."""

from __future__ import annotations

import numpy as np
import pytest

from planner.explain.attribution import attribute
from planner.explain.compare import ComparedCase, change_ledger, changed_inputs, compare
from planner.explain.override import Hand, check_hands, reoptimise, with_hands
from planner.explain.propagation import propagate
from planner.explain.solved_case import NoPlanError, SolvedCase
from planner.explain.why import UnknownRowError
from planner.plan import Plan, Status
from planner.sheets import Overrides, Programmes
from planner.solve import solve
from planner.workbook import case_from
from tests.checks.edits import starter as given
from tests.explain.small import EXACT, PHASES, published, solved_of, starter, two

OFFICERS = "Staff!asylum officer / Border post.In post=20"
MONEY = "Appropriations!asylum budget / P1.Amount=5"


@pytest.fixture(scope="module")
def solved() -> SolvedCase:
    return solved_of(starter(), PHASES)


def test_the_books_of_a_plan_come_out_as_the_plan(solved: SolvedCase) -> None:
    values = solved.values.copy()
    propagate(solved, values)
    levels = [
        n
        for n, c in enumerate(solved.built.frame.columns)
        if c.family in ("balance", "level", "payment", "entries", "stretch")
    ]
    assert np.abs(values - solved.values)[levels].max() < 1e-6


def test_nothing_changed_breaks_nothing(solved: SolvedCase) -> None:
    assert check_hands(solved, []).holds


def test_what_breaks_and_by_how_much() -> None:
    """6,500 visas are 500 numbers and 3,600 officer-days more than there are; nothing else breaks."""
    found = check_hands(solved_of(published("t06_set_aside")), [Hand("Visas", "H-2B Guatemala", "fix", 6500.0)])
    by = {b.cell: b.by for b in found.broken}
    assert by == {"Quotas!A2": pytest.approx(500.0), "Staff!D2": pytest.approx(3600.0)}
    assert "USD" not in found.sentence
    assert {name: new for name, _, _, new in found.outcomes} == {"issued": pytest.approx(6500.0)}


@pytest.mark.parametrize(
    ("hand", "said"),
    [
        (Hand("Sites", "Harbour centre", "forbid"), "place-days"),
        (Hand("Programmes", "recruitment support", "fix", 4000.0, "P1"), "workers prepared"),
        (Hand("Programmes", "safe houses and local protection", "fix", 10.0), "USD million"),
        (Hand("Visas", "seasonal work from Southland", "fix", 5000.0, "P1"), "people"),
    ],
)
def test_every_breach_has_its_unit_and_its_period_once(solved: SolvedCase, hand: Hand, said: str) -> None:
    found = check_hands(solved, [hand])
    assert any(said in b.sentence for b in found.broken)
    for broken in found.broken:
        assert broken.unit
        assert not broken.period or broken.sentence.count(f" in {broken.period}") == 1


def test_a_forbidden_row_breaks_what_counts_on_it(solved: SolvedCase) -> None:
    found = check_hands(solved, [Hand("Visas", "seasonal work from Southland", "forbid")])
    assert found.holds
    outcomes = {name: new - old for name, _, old, new in found.outcomes}
    assert outcomes["legal admissions"] < 0.0


def test_an_earlier_reform_charges_money(solved: SolvedCase) -> None:
    found = check_hands(solved, [Hand("Pipelines", "interview at the border", "fix", 20_000.0, "P2")])
    cells = {b.cell for b in found.broken}
    assert {"Staff!D2", "Sites!E2"} <= cells
    assert all(b.period == "P2" for b in found.broken if b.cell == "Staff!D2")


def test_bad_hands_are_refused(solved: SolvedCase) -> None:
    with pytest.raises(ValueError, match="There is no phase 'P9'"):
        check_hands(solved, [Hand("Programmes", "recruitment support", "fix", 1.0, "P9")])
    with pytest.raises(ValueError, match="needs a pace"):
        check_hands(solved, [Hand("Programmes", "recruitment support", "fix")])
    with pytest.raises(ValueError, match="yes or no"):
        check_hands(solved, [Hand("Reforms", "labour agreement", "at least", 1.0)])
    with pytest.raises(UnknownRowError, match="the plan decides nothing about"):
        check_hands(solved, [Hand("Programmes", "no such thing", "forbid")])


def test_the_best_plan_around_a_decision(solved: SolvedCase) -> None:
    hand = Hand("Reforms", "wider refugee definition", "forbid")
    around = reoptimise(solved, [hand])
    assert around.objective < solved.objective
    assert around.number(around.built.switches.taken("reform:wider refugee definition")) == pytest.approx(0.0, abs=1e-6)
    same = reoptimise(solved, [Hand("Programmes", "recruitment support", "at most", 4000.0)])
    assert same.objective == pytest.approx(solved.objective, rel=1e-5)


def test_a_later_decision_replaces_an_older_one(solved: SolvedCase) -> None:
    case = with_hands(with_hands(solved.case, [Hand("Programmes", "recruitment support", "fix", 10.0, "P1")]), [
        Hand("Programmes", "recruitment support", "fix", 20.0, "P1")])  # fmt: skip
    assert [(o.value, o.reason) for o in case.of(Overrides)] == [(20.0, "decided by hand")]
    assert case.sets[-1] == "Overrides!Programmes / recruitment support / P1.Value=20"


def test_what_cannot_be_kept_is_said() -> None:
    small = solved_of(published("t06_set_aside"))
    with pytest.raises(NoPlanError, match="infeasible"):
        reoptimise(small, [Hand("Visas", "H-2B Guatemala", "fix", 6500.0)])


@pytest.fixture(scope="module")
def plans() -> tuple[ComparedCase, ComparedCase]:
    before, after = starter(), starter(OFFICERS, MONEY)
    return ComparedCase("now", before, solve(before, PHASES)), ComparedCase(
        "more officers", after, solve(after, PHASES)
    )


@pytest.mark.parametrize("before", [True, False])
def test_a_cell_of_a_column_that_one_side_lacks_is_named_where_it_stands(before: bool) -> None:
    tables = given()
    with_column = case_from(tables)
    for row in tables["Programmes"]:
        row.pop("Last actual", None)
    sides = (with_column, case_from(tables))
    found = changed_inputs(*(sides if before else sides[::-1]))
    row = next(r for r in with_column.of(Programmes) if r.last_actual is not None)
    assert row.origin("last_actual") in {change.cell for change in found}
    assert all(change.cell.rstrip("0123456789") == row.origin("last_actual").rstrip("0123456789") for change in found)


def test_a_comparison_names_cells_decisions_and_outcomes(plans: tuple[ComparedCase, ComparedCase]) -> None:
    found = compare(plans)
    assert {(c.cell, c.before, c.after) for c in found.inputs} == {
        ("Staff!D2", "12", "20"),
        ("Appropriations!C2", "6", "5"),
    }
    assert any(d.row == "wider refugee definition" and d.kind == "moved" for d in found.decisions)
    assert all(d.cell for d in found.decisions)
    objective = next(o for o in found.outcomes if o.outcome == "objective")
    assert objective.better
    admissions = next(o for o in found.outcomes if o.outcome == "legal admissions")
    assert admissions.same
    assert "no difference" in admissions.sentence


def test_a_difference_within_the_gap_is_none(plans: tuple[ComparedCase, ComparedCase]) -> None:
    from dataclasses import replace

    assert plans[0].plan is not None
    wide = tuple(ComparedCase(e.name, e.case, replace(e.plan, gap=0.5) if e.plan else None) for e in plans)
    assert next(o for o in compare(wide).outcomes if o.outcome == "objective").same


def test_the_same_plan_twice_differs_in_nothing(plans: tuple[ComparedCase, ComparedCase]) -> None:
    twin = ComparedCase("twin", plans[0].case, plans[0].plan)
    found = compare([plans[0], twin])
    assert (found.inputs, found.decisions) == ((), ())
    assert found.notes == ("twin: no cell differs from now.",)


def test_the_ledger_gives_the_changed_cell_as_reason() -> None:
    before, after = starter(), starter("Programmes!recruitment support.At most=1000")
    found = compare(
        [ComparedCase("now", before, solve(before, PHASES)), ComparedCase("less", after, solve(after, PHASES))]
    )
    less = [d for d in found.decisions if d.row == "recruitment support" and d.phase == "P3"]
    assert less[0].kind == "less"
    assert less[0].reason == "At most 4000 -> 1000 (Programmes!H3)"


def test_a_ledger_can_ask_for_reasons(plans: tuple[ComparedCase, ComparedCase]) -> None:
    assert plans[0].plan is not None
    assert plans[1].plan is not None
    told = change_ledger(plans[0].plan, plans[1].plan, reasons=lambda *place: f"because of {place[1]}")
    assert any(d.reason.startswith("because of") for d in told)


def test_bad_comparisons_are_refused(plans: tuple[ComparedCase, ComparedCase]) -> None:
    with pytest.raises(ValueError, match="at least two"):
        compare(plans[:1])
    with pytest.raises(ValueError, match="name of its own"):
        compare([plans[0], plans[0]])


def test_fair_parts_add_up_to_the_whole(plans: tuple[ComparedCase, ComparedCase]) -> None:
    found = attribute(plans[0].case, plans[1].case, PHASES)
    assert sum(s.fair for s in found.shares if s.fair is not None) == pytest.approx(found.together, abs=1e-6)
    assert [s.name for s in found.shares] == [
        "Staff: asylum officer / Border post",
        "Appropriations: asylum budget / P1",
    ]
    assert found.shares[0].cells == ("Staff!D2",)
    assert found.interaction == pytest.approx(found.together - sum(s.alone or 0.0 for s in found.shares))


def test_attribution_by_hand() -> None:
    """Two hours and one of x more: 2 each for the hours, 1 for x; together the same, so nothing comes of both."""
    from planner.explain.coefficient_limits import with_rows
    from planner.sheets import RawActivities, RawLedgers

    before = two("more")
    after = with_rows(before, {(RawLedgers, "hours"): {"opening": 12.0}, (RawActivities, "x"): {"at_most": 5.0}})
    found = attribute(before, after, EXACT)
    assert {s.name: (s.alone, s.fair) for s in found.shares} == {
        "Raw ledgers: hours": pytest.approx((4.0, 4.0)), "Raw activities: x": pytest.approx((1.0, 1.0))}  # fmt: skip
    assert found.note == "Together +5 points."


def test_nothing_to_attribute() -> None:
    with pytest.raises(ValueError, match="No cell differs"):
        attribute(two("more"), two("more"), EXACT)


def test_attribution_needs_two_plans() -> None:
    with pytest.raises(ValueError, match="Both cases need a plan"):
        attribute(two("more"), two("more", floor=12.0), EXACT)


def test_plans_that_were_not_found_are_noted() -> None:
    case = two("more", floor=12.0)
    plan: Plan = solve(case, EXACT)
    assert plan.status is Status.INFEASIBLE
    found = compare([ComparedCase("now", two("more"), solve(two("more"), EXACT)), ComparedCase("floor", case, plan)])
    assert found.notes == ("floor: infeasible.",)
    assert found.outcomes == ()


def test_a_site_that_is_open_at_the_start_cannot_be_forbidden_and_the_mend_works(solved: SolvedCase) -> None:
    hand = Hand("Sites", "Border post", "forbid")
    with pytest.raises(ValueError, match="in force at the start") as refused:
        check_hands(solved, [hand])
    mend = str(refused.value).partition("(--set '")[2].partition("'), then forbid it")[0]
    assert mend == "Sites!Border post.Open at start=no"
    case = starter(mend)
    assert check_hands(solved_of(case, PHASES), [hand]) is not None
    assert solve(with_hands(case, [hand]), PHASES).found


def test_rows_and_sheets_are_found_in_any_letters(solved: SolvedCase) -> None:
    upper = check_hands(solved, [Hand("VISAS", "Seasonal Work from Southland", "forbid")])
    plain = check_hands(solved, [Hand("Visas", "seasonal work from Southland", "forbid")])
    assert upper.outcomes == plain.outcomes
    with pytest.raises(UnknownRowError, match="Did you mean 'Sites'"):
        check_hands(solved, [Hand("Site", "Border post", "forbid")])
