"""Uncertain figures at the ends of their ranges: by hand, and against whole solves."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from planner.case import Case
from planner.case.uncertain_inputs import uncertain_inputs
from planner.explain.sensitivity import POINTS, Sensitivity, one_at_a_time
from planner.options import Options
from planner.solve import solve
from planner.workbook import case_from
from tests.explain.small import EXACT, starter, two

PHASES = Options(gap=1e-6, grid="phases")


def evidence(name: str, low: float, value: float, high: float, unit: str = "") -> dict[str, Any]:
    """A figure with its range."""
    return {"Id": name, "Statement": f"figure {name}", "Central": value, "Unit": unit, "Low": low, "High": high,
            "Source": "by hand", "Grade": "A"}  # fmt: skip


def hours() -> Case:
    """Ten hours (8 to 14): four go to x for 3 each (1 to 5), the others to y for 2 each."""
    tables: dict[str, list[dict[str, Any]]] = {
        "Time": [{"Phase": "P1", "From": "2025-01-01", "Until": "2025-12-31"}],
        "Raw ledgers": [{"Ledger": "hours", "Unit": "hours", "Opening": 10, "Source": "E1"}],
        "Raw activities": [{"Activity": "x", "At most": 4}, {"Activity": "y", "At most": 100}],
        "Raw recipes": [
            {"Activity": "x", "Verb": "use", "Ledger": "hours", "Quantity": 1},
            {"Activity": "y", "Verb": "use", "Ledger": "hours", "Quantity": 1},
        ],
        "Outcomes": [{"Outcome": "worth", "Unit": "points", "Better": "more", "Weight": 1}],
        "Outcome terms": [
            {"Outcome": "worth", "Line": "1", "Measure": "units", "Where": "row: x", "Per unit": 3,
             "Source": "per unit: E2"},
            {"Outcome": "worth", "Line": "2", "Measure": "units", "Where": "row: y", "Per unit": 2},
        ],
        "Evidence": [evidence("E1", 8, 10, 14, "hours"), evidence("E2", 1, 3, 5), evidence("E3", 1, 2, 3)],
    }  # fmt: skip
    return case_from(tables)


@pytest.fixture(scope="module")
def first() -> Sensitivity:
    """The first-lesson case, every figure moved and searched anew."""
    case = starter()
    return one_at_a_time(case, solve(case, PHASES), searched=9, options=PHASES)


def test_60_both_ends_by_hand() -> None:
    case = hours()
    found = one_at_a_time(case, solve(case, EXACT), options=EXACT)
    assert found.base["worth"] == pytest.approx(24.0)
    ends = {s.input.id: (s.low.outcomes["worth"], s.high.outcomes["worth"]) for s in found.bars}
    assert ends == {"E1": (pytest.approx(20.0), pytest.approx(32.0)), "E2": (pytest.approx(20.0), pytest.approx(32.0))}
    assert found.range_of("worth") == (pytest.approx(20.0), pytest.approx(32.0))
    assert found.untied == ("E3",)  # no row cites it


def test_figures_reach_the_cells_that_hold_them() -> None:
    found, untied = uncertain_inputs(starter())
    assert not untied
    cells = {one.id: {(c.sheet.SHEET, c.row, c.column): c for c in one.cells} for one in found}
    assert set(cells["E01"]) == {
        ("Places", "Southland", "People in need"),
        ("People", "at risk in Southland", "At start"),
    }
    assert all((c.low, c.high, c.how) == (45_000.0, 80_000.0, "as it stands") for c in cells["E01"].values())
    budget = cells["E02"]["Appropriations", "asylum budget / P1", "Amount"]
    assert (budget.now, budget.how) == (6.0, "in proportion")
    assert (budget.low, budget.high) == (pytest.approx(5.0), pytest.approx(7.0))
    assert ("Curves", "safe houses and local protection / 1", "Width") not in cells["E10"]  # families, not dollars


def test_shares_of_a_stage_still_add_up() -> None:
    case = two("more", Evidence=[evidence("E1", 0.1, 0.2, 0.3, "share")])
    assert uncertain_inputs(case) == ((), ("E1",))
    moved = starter("Evidence!E09.Central=0.55", "Evidence!E09.Low=0.45", "Evidence!E09.High=0.65",
                    "Evidence!E09.Unit=share")  # fmt: skip
    found, _ = uncertain_inputs(moved)
    stage = [c for one in found if one.id == "E09" for c in one.cells if c.row == "interview at the border"]
    shares = [c for c in stage if c.field.startswith("share")]
    assert len(shares) >= 2
    assert sum(c.low for c in shares) == pytest.approx(sum(c.now for c in shares))
    assert sum(c.high for c in shares) == pytest.approx(sum(c.now for c in shares))


def test_a_range_that_kinds_fill_is_no_doubt() -> None:
    rows = [{"Activity": name, "At most": most, "Source": "E1"} for name, most in (("a", 1), ("b", 8))]
    case = two("more", Raw_activities=rows, Evidence=[evidence("E1", 0.5, 2, 8, "people")])
    assert uncertain_inputs(case) == ((), ("E1",))


def test_both_questions_agree_with_whole_solves(first: Sensitivity) -> None:
    bar = next(s for s in first.bars if s.input.id == "E09")
    assert bar.low_free is not None
    low = starter(*(f"{c.sheet.SHEET}!{c.row}.{c.column}={c.low:.17g}" for c in bar.input.cells))
    again = solve(low, PHASES)
    assert bar.low_free.outcomes[POINTS] == pytest.approx(again.objective, rel=1e-5)
    for one in first.bars:
        for held, free in ((one.low, one.low_free), (one.high, one.high_free)):
            if held.outcomes and free is not None and free.outcomes:
                assert free.outcomes[POINTS] >= held.outcomes[POINTS] - 1e-5 * abs(held.outcomes[POINTS])
    assert bar.low_free.outcomes[POINTS] > bar.low.outcomes[POINTS] + 1_000.0  # other decisions would have helped


def test_61_figures_are_sorted_by_how_far_they_move_a_result(first: Sensitivity) -> None:
    for outcome in (POINTS, "safe years", "public money"):
        for free in (False, True):
            base = (first.best if free else first.base)[outcome]
            sizes = [s.size(outcome, base, free=free) for s in first.of(outcome, free=free)]
            assert sizes == sorted(sizes, reverse=True)
            assert all(size > 0.0 for size in sizes)
    assert first.of("legal admissions") == []


def test_an_end_without_a_plan_says_why(first: Sensitivity) -> None:
    budget = next(s for s in first.bars if s.input.id == "E02")
    assert budget.low.outcomes == {}
    assert budget.low.why == "with these decisions no plan keeps all limits"


def test_a_plan_of_another_case_is_refused() -> None:
    case = starter("Appropriations!*.Amount=*0.05")
    with pytest.raises(ValueError, match="does not belong to this case"):
        one_at_a_time(case, solve(starter(), PHASES), options=PHASES)


def test_what_was_found_before_a_stop_is_kept() -> None:
    stop, case = threading.Event(), starter()
    found = one_at_a_time(
        case, solve(case, PHASES), options=PHASES, interrupt=stop,
        on_progress=lambda p: stop.set() if p.message.startswith("Figure 3") else None,
    )  # fmt: skip
    assert not found.complete
    assert 2 <= len(found.bars) <= 3
