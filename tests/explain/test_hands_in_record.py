"""Decisions by hand are changes like any other: what a plan's record says makes the same case and the same plan."""

from __future__ import annotations

import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from planner.case import Case
from planner.explain import Hand, with_hands
from planner.options import Options
from planner.plan import Plan
from planner.results.record import command_line
from planner.sheets import Overrides
from planner.solve import solve
from planner.workbook import case_from, load, read, read_folder

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "inputs" / "starter.xlsx"
PHASES = Options(grid="phases")
CHANGE = "Staff!asylum officer / Border post.In post=20"
KINDS = (
    Hand("Programmes", "recruitment support", "forbid"),
    Hand("Programmes", "recruitment support", "forbid", None, "P2"),
    Hand("Programmes", "recruitment support", "fix", 1234.5678, "P3"),
    Hand("Programmes", "recruitment support", "at most", 1.125),
    Hand("Pipelines", "interview at the border", "at least", 250.0, "P2"),
    Hand("Visas", "seasonal work from Southland", "at most", 300.0),
    Hand("Staff", "asylum officer / Border post", "fix", 2.0, "P1"),
    Hand("Deployments", "asylum officer / Border post / Harbour centre", "forbid"),
    Hand("Sites", "Harbour centre", "fix", None, "P2"),
    Hand("Sites", "Harbour centre", "forbid", None, "P1"),
    Hand("Reforms", "labour agreement", "forbid"),
    Hand("Reforms", "wider refugee definition", "fix"),
)


@pytest.fixture(scope="module")
def starter() -> Case:
    """The first lesson with a change of its own."""
    return read(STARTER, sets=(CHANGE,))


def same(one: Plan, two: Plan) -> None:
    """Two plans are one."""
    assert one.found
    assert one.objective == two.objective
    assert one.record.input_sha256 == two.record.input_sha256
    for name, table in one.tables.items():
        assert table.equals(two.tables[name]), name


@pytest.mark.parametrize("hand", KINDS, ids=lambda h: f"{h.action} {h.sheet} {h.phase}")
def test_the_record_makes_the_same_plan_again(starter: Case, hand: Hand) -> None:
    plan = solve(with_hands(starter, [hand]), PHASES)
    record = plan.record
    again = read(STARTER, scenario=record.scenario, sets=record.changes)
    assert [(o.sheet, o.row, o.phase, o.action, o.value) for o in again.of(Overrides)] == [
        (hand.sheet, hand.row, hand.phase, hand.action, hand.value)
    ]
    same(plan, solve(again, PHASES))


def test_all_of_them_stand_in_the_printed_command(starter: Case) -> None:
    hands = [hand for hand in KINDS if hand.phase or hand.sheet in ("Visas", "Reforms", "Deployments")]
    plan = solve(with_hands(starter, hands), PHASES)
    words = shlex.split(command_line(plan))
    sets = tuple(text for flag, text in pairwise(words) if flag == "--set")
    assert sets[0] == CHANGE
    same(plan, solve(read(STARTER, sets=sets), PHASES))


def test_one_decision_replaces_another_wholly(starter: Case) -> None:
    """A pace that was fixed leaves nothing behind where the row is forbidden afterwards."""
    place = ("Programmes", "recruitment support")
    first = with_hands(starter, [Hand(*place, "fix", 20.0, "P1")])
    then = with_hands(first, [Hand(*place, "forbid", None, "P1")])
    assert [(o.action, o.value) for o in then.of(Overrides)] == [("forbid", None)]
    assert read(STARTER, sets=then.sets).sha256 == then.sha256
    at_once = with_hands(starter, [Hand(*place, "fix", 20.0, "P1"), Hand(*place, "at most", 30.0, "P1")])
    assert [(o.action, o.value) for o in at_once.of(Overrides)] == [("at most", 30.0)]


def test_a_case_without_a_workbook_is_read_again_from_its_rows() -> None:
    """Folders and rows have no bytes to read again; what was read is kept instead, as it was."""
    hand = Hand("Programmes", "recruitment support", "forbid")
    for case in (read(ROOT / "inputs" / "starter", sets=(CHANGE,)),
                 case_from(read_folder(ROOT / "inputs" / "starter"), sets=(CHANGE,))):  # fmt: skip
        changed = with_hands(with_hands(case, [hand]), [Hand("Reforms", "labour agreement", "forbid")])
        assert [o.action for o in changed.of(Overrides)] == ["forbid", "forbid"]
        assert changed.sets[0] == CHANGE
        assert len(case.of(Overrides)) == 0
    assert read(ROOT / "inputs" / "starter", sets=changed.sets).of(Overrides) == changed.of(Overrides)


def test_a_row_whose_name_ends_like_a_phase_is_found() -> None:
    book = load(STARTER)
    (programmes,) = (t for t in book.tables.values() if t.name == "Programmes")
    row = next(r for r in programmes.rows if r.values["programme"] == "recruitment support")
    row.values["programme"] = "recruitment / P2"
    case = case_from(book.tables, sets=("Overrides!Programmes / recruitment / P2.Action=forbid",))
    assert [(o.row, o.phase) for o in case.of(Overrides)] == [("recruitment / P2", "")]
    case = case_from(book.tables, sets=("Overrides!Programmes / recruitment / P2 / P1.Action=forbid",))
    assert [(o.row, o.phase) for o in case.of(Overrides)] == [("recruitment / P2", "P1")]
