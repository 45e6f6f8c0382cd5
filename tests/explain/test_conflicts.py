"""Conflicts and repairs: known irreducible sets, whole decisions, proofs, time."""

from __future__ import annotations

from typing import Any

import pytest

from planner.case import Case
from planner.explain.conflicts import Explanation, explain_conflict
from planner.explain.repairs import apply_repair
from planner.options import Options
from planner.plan import Status
from planner.solve import solve
from planner.workbook import case_from, read
from tests.explain.small import EXACT, PHASES, ROOT, STARTER, two

FLOOR, CAP, ROOTS, PATHS = (
    f"Rules: {n}" for n in ("border floor", "border cap", "root causes floor", "pathways floor")
)
T10 = ROOT / "tests" / "cases" / "t10_conflict"


def units(row: str) -> dict[str, str]:
    """What a rule counts."""
    return {"Measure": "units", "Where": f"row: {row}"}


def impossible() -> Case:
    """Twelve units asked for, ten hours there: nothing that arithmetic sees."""
    return two("more", floor=12.0)


def members(explanation: Explanation) -> set[frozenset[str]]:
    return {frozenset(m.id for m in c.members) for c in explanation.conflicts}


@pytest.fixture(scope="module")
def t10() -> tuple[Case, Explanation]:
    case = read(T10)
    return case, explain_conflict(case, EXACT)


def test_exactly_the_two_conflicts(t10: tuple[Case, Explanation]) -> None:
    budget = "account:budget in Year"
    assert members(t10[1]) == {frozenset({FLOOR, CAP}), frozenset({FLOOR, ROOTS, PATHS, budget})}
    assert t10[1].complete


def test_every_member_names_its_cell(t10: tuple[Case, Explanation]) -> None:
    cells = {m.id: m.cell for c in t10[1].conflicts for m in c.members}
    assert cells == {
        FLOOR: "Rules!E2",
        CAP: "Rules!E3",
        ROOTS: "Rules!E4",
        PATHS: "Rules!E5",
        "account:budget in Year": "Appropriations!C2",
    }


def test_arithmetic_comes_first(t10: tuple[Case, Explanation]) -> None:
    assert t10[1].arithmetic
    assert all(p.address.sheet == "Rules" for p in t10[1].arithmetic)
    assert t10[1].sentence.startswith("conflict: Rules!")


def test_the_least_repair_lowers_the_border_floor_by_15(t10: tuple[Case, Explanation]) -> None:
    first = t10[1].repairs[0]
    assert [c.policy for c in first.changes] == [FLOOR]
    assert first.total == pytest.approx(15.0)
    assert first.sets == ("Rules!border floor.Value=25",)


def test_other_repairs_follow_in_the_stated_order(t10: tuple[Case, Explanation]) -> None:
    repairs = t10[1].repairs
    assert len(repairs) == 4
    assert all(r.proven for r in repairs)
    assert [len(r.changes) for r in repairs] == [1, 2, 2, 2]
    assert [r.category for r in repairs] == ["preference", "preference", "preference", "means"]
    assert [r.total for r in repairs[1:]] == pytest.approx([25.0] * 3)


def test_every_repair_works_in_a_fresh_solve(t10: tuple[Case, Explanation]) -> None:
    for repair in t10[1].repairs:
        assert solve(apply_repair(t10[0], repair), EXACT).status is Status.OPTIMAL, repair.sentence


def test_no_less_than_the_repair_is_enough(t10: tuple[Case, Explanation]) -> None:
    case = read(T10, sets=("Rules!border floor.Value=25.1",))
    assert solve(case, EXACT).status is Status.INFEASIBLE


def test_without_any_member_the_others_hold(t10: tuple[Case, Explanation]) -> None:
    """Both conflicts share the floor; without the cap only the second is left."""
    case = read(T10, sets=("Rules!border cap.On=no",))
    assert members(explain_conflict(case, EXACT)) == {frozenset({FLOOR, ROOTS, PATHS, "account:budget in Year"})}


def test_a_feasible_case_has_nothing_to_explain() -> None:
    found = explain_conflict(two("more"), EXACT)
    assert found.feasible
    assert found.sentence == "Everything can hold together: there is no conflict to explain."


def test_hours_and_a_floor() -> None:
    found = explain_conflict(impossible(), EXACT)
    assert members(found) == {frozenset({"Rules: enough", "raw:hours at start"})}
    assert {r.sets for r in found.repairs} == {("Rules!enough.Value=10",), ("Raw ledgers!hours.Opening=12",)}
    assert found.repairs[0].sets == ("Rules!enough.Value=10",), "a preference gives way before means"


def test_a_law_gives_way_after_means_and_a_right_last() -> None:
    case = two(
        "more",
        Rules=[
            {
                "Rule": "enough",
                "Measure": "units",
                "Where": "kind: raw",
                "Relation": "at least",
                "Value": 12,
                "Category": "right",
            }
        ],
    )
    found = explain_conflict(case, EXACT)
    assert [r.category for r in found.repairs] == ["means", "right"]


def test_a_conflict_of_whole_decisions_only() -> None:
    """Half of two parcels would do, but a parcel is whole: only integrality makes it impossible."""
    case = case_from({
        "Time": [{"Phase": "P1", "From": "2025-01-01", "Until": "2025-12-31"}],
        "Raw activities": [
            {"Activity": "parcel", "At most": 2, "Whole units": "yes"},
            {"Activity": "idle", "At most": 5},
        ],
        "Rules": [
            {"Rule": "at least one and a half", **units("parcel"), "Relation": "at least", "Value": 1.5},
            {"Rule": "under two", **units("parcel"), "Relation": "at most", "Value": 1.75},
            {"Rule": "no matter", **units("idle"), "Relation": "at most", "Value": 3},
        ],
        "Outcomes": [{"Outcome": "n", "Unit": "units", "Weight": 1}],
        "Outcome terms": [{"Outcome": "n", "Line": "1", "Measure": "units", "Where": "kind: raw"}],
    })  # fmt: skip
    found = explain_conflict(case, PHASES)
    assert members(found) == {frozenset({"Rules: at least one and a half", "Rules: under two"})}
    assert {r.sets for r in found.repairs} == {("Rules!at least one and a half.Value=1",), ("Rules!under two.Value=2",)}


@pytest.fixture(scope="module")
def late() -> Explanation:
    changes = ("People!waiting at the border.Limit is=right", "People!waiting at the border.Time limit=190")
    return explain_conflict(read(STARTER, sets=changes), PHASES)


def test_a_right_that_cannot_be_kept(late: Explanation) -> None:
    assert all("people:waiting at the border time limit" in c for c in members(late))
    assert late.repairs[0].category == "means"
    assert late.repairs[-1].sets == ("People!waiting at the border.Limit is=target",)
    assert all(r.proven for r in late.repairs)


def test_share_rules_are_repaired_in_their_cell() -> None:
    share = {
        "Rule": "mostly y",
        "Measure": "units",
        "Where": "row: y",
        "Relation": "at least share of",
        "Value": 0.9,
        "Of where": "kind: raw",
    }
    least = {
        "Rule": "three of x",
        "Measure": "units",
        "Where": "row: x",
        "Relation": "at least",
        "Value": 3,
        "Category": "law",
    }
    found = explain_conflict(two("more", Rules=[share, least]), EXACT)
    assert frozenset({"Rules: mostly y", "Rules: three of x", "raw:hours at start"}) in members(found)
    assert all(r.proven for r in found.repairs)
    lowered = next(r for r in found.repairs if r.changes[0].policy == "Rules: mostly y")
    assert lowered.sets == ("Rules!mostly y.Value=0.7",), "7 of the 10 hours"


def test_what_does_not_fit_the_time_is_said() -> None:
    found = explain_conflict(impossible(), EXACT, seconds=0.0)
    assert not found.complete
    assert any("not enough" in line for line in found.unfinished)


def test_the_search_stops_at_the_number_asked_for() -> None:
    case = read(T10)
    found = explain_conflict(case, EXACT, conflicts=1, repairs=1)
    assert (len(found.conflicts), len(found.repairs)) == (1, 1)
    assert not found.complete
    assert "There may be more conflicts" in found.unfinished[0]


def test_what_solve_says_and_what_is_explained_agree() -> None:
    assert solve(impossible(), Options()).status is Status.INFEASIBLE


SHUT = {
    "lapses": ({"Fiscal year starts": "07-15", "Carry-over share": 0}, "Carry-over share=1", "from 0 to 1"),
    "opens late": ({"Available from": "2025-03-01"}, "Available from=", "from 2025-03-01 to blank"),
    "ends early": ({"Available until": "2025-12-31"}, "Available until=", "from 2025-12-31 to blank"),
}
"""How the only account cannot pay the care that nobody can avoid, and the one cell that mends it."""


@pytest.mark.parametrize(("account", "sets", "told"), SHUT.values(), ids=SHUT)
def test_what_no_amount_mends_is_mended_by_the_cell_that_shuts_the_account(
    account: dict[str, Any], sets: str, told: str
) -> None:
    case = waiting(account)
    found = explain_conflict(case, Options())
    assert found.repairs, found.sentence
    (change,) = found.repairs[0].changes
    assert change.sets == f"Funding!donor.{sets}"
    assert told in found.repairs[0].sentence
    assert found.sentence.index("Even if every rule and limit gave way") < found.sentence.index("What would mend it")
    assert solve(apply_repair(case, found.repairs[0]), Options()).found


def waiting(account: dict[str, Any]) -> Case:
    """People who wait and must be cared for over a year, and one account with plenty of money."""
    return case_from({
        "Time": [{"Phase": "H1", "From": "2025-01-01", "Until": "2025-06-30"},
                 {"Phase": "H2", "From": "2025-07-01", "Until": "2026-06-30"}],
        "Places": [{"Place": "Hereland", "Kind": "country"}],
        "Groups": [{"Group": "everyone", "Label": "All", "Vulnerable": "no"}],
        "People": [{"People": "here", "Place": "Hereland", "Origin": "Hereland", "State": "waiting",
                    "At start": 300, "Care cost": 12, "Purpose": "care"}],
        "Funding": [{"Account": "donor", "Owner": "Elsewhere", "Purposes": "care", **account}],
        "Appropriations": [{"Account": "donor", "Phase": p, "Amount": 9, "Release": "at once"} for p in ("H1", "H2")],
        "Outcomes": [{"Outcome": "waiting", "Unit": "person-years", "Better": "less", "Weight": 1}],
        "Outcome terms": [{"Outcome": "waiting", "Line": "1", "Measure": "people in", "Where": "kind: people"}],
    })  # fmt: skip
