"""Why, why not more, what would change it, when what binds, what is unused, what rules cost, who gains."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from planner.explain.audit import rule_costs
from planner.explain.gains import who_gains
from planner.explain.recipe import Margins
from planner.explain.solved_case import SolvedCase
from planner.explain.switches import switch_worth
from planner.explain.thresholds import what_would_change
from planner.explain.timing import bindings, timing_story, unused
from planner.explain.why import UnknownRowError, why, why_not_more
from planner.options import Options
from planner.workbook import case_from
from tests.explain.small import PHASES, published, solved_of, starter, two


@pytest.fixture(scope="module")
def solved() -> SolvedCase:
    return solved_of(starter(), PHASES)


def test_what_a_unit_brings_and_takes_adds_up_to_its_reduced_cost(solved: SolvedCase) -> None:
    margins = Margins(solved)
    for name, periods in solved.built.activities.active.items():
        for t in periods:
            margin = margins.of(name, t)
            assert margin is not None
            total = margin.direct + math.fsum(p.points for p in margin.parts)
            assert total == pytest.approx(margin.net, abs=1e-6 * max(1.0, margin.brings)), (name, t)


def test_two_activities_by_hand() -> None:
    """x earns 3 and takes an hour worth 2, at its most; y earns 2 and takes an hour worth 2."""
    small = solved_of(two("more"))
    x, y = why(small, "Raw activities", "x").reasons[0], why(small, "Raw activities", "y").reasons[0]
    assert (x.state, y.state) == ("at its most", "between")
    assert x.margin is not None
    assert (x.margin.brings, x.margin.takes, x.margin.net) == pytest.approx((3.0, 2.0, 1.0))
    assert [p.ledger for p in y.binding] == ["raw:hours"]
    assert "would gain 1 points" in x.sentence


def test_what_loses_points_by_itself_is_said_to() -> None:
    """z takes nothing that is scarce and costs 5: that nothing else is in its way is no reason."""
    worth = {"Outcome": "worth", "Line": "3", "Measure": "units", "Where": "row: z", "Per unit": -5}
    small = solved_of(two("more", Raw_activities=[{"Activity": "z", "At most": 4}], Outcome_terms=[worth]))
    reasons = why(small, "Raw activities", "z").reasons
    assert {reason.state for reason in reasons} == {"not done"}
    assert all("would lose 5 points by its own outcomes" in reason.sentence for reason in reasons)


def test_why_names_what_holds_a_row(solved: SolvedCase) -> None:
    found = why(solved, "Programmes", "recruitment support")
    assert found.cell.startswith("Programmes!")
    assert "how fast 'recruitment support' can grow" in found.reasons[0].sentence
    waits = why(solved, "Pipelines", "wider interview at the border")
    assert "waits for reform 'wider refugee definition'" in waits.reasons[0].sentence


def test_why_of_a_switch(solved: SolvedCase) -> None:
    found = why(solved, "Reforms", "wider refugee definition")
    assert "is taken in" in found.sentence
    assert "in force from day one" in why(solved, "Sites", "Border post").sentence


def test_unknown_rows_name_near_ones(solved: SolvedCase) -> None:
    with pytest.raises(UnknownRowError, match="Did you mean recruitment support"):
        why(solved, "Programmes", "recruitment")
    with pytest.raises(UnknownRowError, match="Nothing is decided on sheet 'Settings'"):
        why(solved, "Settings", "grid")
    with pytest.raises(UnknownRowError, match="yes or no"):
        why_not_more(solved, "Reforms", "labour agreement")


def test_a_tenth_more_of_what_does_not_pay(solved: SolvedCase) -> None:
    small = solved_of(two("more"))
    more = why_not_more(small, "Raw activities", "x")
    assert (more.extra, more.objective) == pytest.approx((0.4, 0.4)), "x gains 1 a unit more than the hour it takes"
    fewer = why_not_more(small, "Raw activities", "y")
    assert fewer.objective == pytest.approx(-0.6), "0.6 more of y leave 0.6 less of x"
    assert why_not_more(solved, "Programmes", "safe houses and local protection").objective is None


def test_what_would_change_it_by_hand() -> None:
    """y stays at 6 of 10 hours; with 7 hours it is halved, with 4 it drops out."""
    small = solved_of(two("more"))
    cell = ("Raw ledgers", "hours", "Opening")
    halved, gone = (what_would_change(small, "Raw activities", "y", event, cell) for event in ("halves", "leaves"))  # type: ignore[arg-type]
    assert halved.found == pytest.approx(7.0, abs=0.11)
    assert gone.found == pytest.approx(4.0, abs=0.11)
    assert halved.cell == "Raw ledgers!D2"
    assert "only if Opening (Raw ledgers!D2) is under about" in halved.sentence


def test_what_comes_in() -> None:
    """z earns 1: it comes in once it earns more than y's 2."""
    case = two("more", Raw_activities=[{"Activity": "z", "At most": 5}], Outcome_terms=[
        {"Outcome": "worth", "Line": "3", "Measure": "units", "Where": "row: z", "Per unit": 1}])  # fmt: skip
    found = what_would_change(
        solved_of(case), "Raw activities", "z", "leaves", ("Outcome terms", "worth / 3", "Per unit")
    )
    assert found.now == 1.0
    case = two("more", Raw_activities=[{"Activity": "z", "At most": 5}], Raw_recipes=[
        {"Activity": "z", "Verb": "use", "Ledger": "hours", "Quantity": 1}], Outcome_terms=[
        {"Outcome": "worth", "Line": "3", "Measure": "units", "Where": "row: z", "Per unit": 1}])  # fmt: skip
    found = what_would_change(
        solved_of(case), "Raw activities", "z", "enters", ("Outcome terms", "worth / 3", "Per unit")
    )
    assert found.found == pytest.approx(2.0, abs=0.02)
    never = what_would_change(solved_of(case), "Raw activities", "z", "enters", ("Raw activities", "z", "At most"))
    assert never.found is None
    assert "never comes in" in never.sentence


def test_a_cell_without_a_number_is_refused(solved: SolvedCase) -> None:
    with pytest.raises(UnknownRowError, match="no number"):
        what_would_change(
            solved,
            "Programmes",
            "recruitment support",
            "leaves",
            ("Programmes", "recruitment support", "Line of action"),
        )
    with pytest.raises(UnknownRowError, match="blank"):
        what_would_change(
            solved,
            "Programmes",
            "recruitment support",
            "leaves",
            ("Programmes", "recruitment support", "Units per staff-year"),
        )


def test_the_timing_story_covers_the_plan_without_gaps(solved: SolvedCase) -> None:
    story = timing_story(solved)
    grid = solved.built.frame.grid
    assert (story[0].start_day, story[-1].end_day) == (0.0, grid.horizon)
    assert all(a.end_day == b.start_day for a, b in pairwise(story))
    for found in bindings(solved).values():
        assert sum(b.share for b in found) == pytest.approx(1.0)
        assert all(b.cell for b in found)


def test_unused_capacity_has_a_cause(solved: SolvedCase) -> None:
    found = unused(solved)
    assert found
    assert all(u.cause and u.cell and u.unused > 0.0 for u in found)
    set_aside = unused(solved_of(published("t06_set_aside", "Staff!consular officer / Guatemala.In post=100")))
    assert any("places in quota 'H-2B set-aside'" in u.cause for u in set_aside)


def test_the_earmark_costs_21() -> None:
    small = solved_of(published("t04_earmark"))
    for free in (False, True):
        costs = {c.id: c for c in rule_costs(small, free=free)}
        assert costs["earmark: B"].gain == pytest.approx(21.0)
        assert costs["earmark: B"].cell == "Raw ledgers!E3"
    assert rule_costs(small, ["match: donor"])[0].gain == pytest.approx(0.0, abs=1e-6)
    with pytest.raises(KeyError, match="No rule"):
        rule_costs(small, ["nothing of the kind"])


def test_a_rule_less_never_hurts(solved: SolvedCase) -> None:
    assert all(c.gain is not None and c.gain >= -1e-4 for c in rule_costs(solved))


def test_a_switch_is_worth_what_two_solves_say(solved: SolvedCase) -> None:
    found = switch_worth(solved, ["labour agreement"])[0]
    without = solved_of(
        starter("Reforms!labour agreement.Until=2024-12-31", "Reforms!labour agreement.From=2024-12-01"), PHASES
    )
    assert found.taken
    assert found.off == pytest.approx(without.objective, rel=1e-5)
    assert found.worth == pytest.approx(solved.objective - without.objective, rel=1e-4)
    with pytest.raises(KeyError, match="Did you mean labour agreement"):
        switch_worth(solved, ["labour"])


def test_a_switch_that_cannot_be_left() -> None:
    must = solved_of(starter("Reforms!labour agreement.Must happen=yes"), PHASES)
    assert "without it there is no plan" in switch_worth(must, ["labour agreement"])[0].sentence


def test_gains_add_up_to_the_outcome(solved: SolvedCase) -> None:
    gains = [g for g in who_gains(solved) if g.outcome == "safe years"]
    assert sum(g.value for g in gains) == pytest.approx(
        solved.number(solved.built.outcomes.value["safe years"]), rel=1e-6
    )
    with pytest.raises(ValueError, match="country, origin or group"):
        who_gains(solved, across="lane")


def test_floors_that_are_the_whole_cost_are_what_binds() -> None:
    """Three works cost and bring nothing; only because so much must be done of each is there any cost at all."""
    works = ("a", "b", "c")
    case = case_from({
        "Time": [{"Phase": "P1", "From": "2025-01-01", "Until": "2025-12-31"}],
        "Raw activities": [{"Activity": w, "At least": 10.0 * n} for n, w in enumerate(works, 1)],
        "Outcomes": [{"Outcome": "cost", "Unit": "points", "Better": "less", "Weight": 1}],
        "Outcome terms": [{"Outcome": "cost", "Line": "1", "Measure": "units", "Where": "kind: raw"}],
    })  # fmt: skip
    (stretch,) = timing_story(solved_of(case))
    assert [b.name for b in stretch.bindings] == ["least raw:c", "least raw:b", "least raw:a"]
    assert [b.share for b in stretch.bindings] == pytest.approx([0.5, 1.0 / 3.0, 1.0 / 6.0])
    assert "nothing binds" not in stretch.sentence


def test_a_rule_over_the_whole_plan_binds_in_all_its_periods() -> None:
    case = two("less", floor=8.0)
    stretches = timing_story(solved_of(case))
    assert [[b.name for b in s.bindings] for s in stretches] == [["rule enough"]]


def test_one_reason_on_many_dates_is_said_once_with_its_span() -> None:
    few = starter("Settings!political capital at start.Value=2")
    found = why(solved_of(few, Options(grid="default")), "Reforms", "wider refugee definition")
    assert len([r for r in found.reasons if r.binding]) > 5
    assert found.sentence.count("political capital are left") == 1
    assert "dates from 1 January 2025 to" in found.sentence
