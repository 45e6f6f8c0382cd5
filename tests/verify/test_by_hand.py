from __future__ import annotations

from dataclasses import replace

import pytest

from planner.case import Case
from planner.plan import Plan
from planner.verify import verify
from tests.verify.tampering import added, changed, without

Pair = tuple[Case, Plan]
STAGE = "stage:interview"


def test_the_plan_by_hand_holds(hand: Pair) -> None:
    report = verify(*hand)
    assert report.ok, str(report)
    assert report.lines == []
    assert report.worst < 1e-14
    assert report.comparisons > 100


CLAIMS = [
    ("stocks", "closing", {"stock": "people:queue", "period": 0}, "balances"),
    ("stocks", "opening", {"stock": "people:done", "period": 1}, "balances"),
    ("stocks", "paid", {"stock": "account:fund", "period": 1}, "balances"),
    ("stocks", "undelivered", {"stock": "people:done", "period": 1}, "balances"),
    ("bills", "cost", {"bill": STAGE, "period": 1}, "bills"),
    ("capacities", "occupied", {"period": 0}, "capacity"),
    ("capacities", "available", {"period": 0}, "capacity"),
    ("capacities", "standing", {"period": 1}, "capacity"),
    ("limits", "over", {"period": 1}, "time limits"),
    ("limits", "entered", {"period": 1}, "time limits"),
    ("rules", "left", {"rule": "not too many"}, "rules"),
    ("rules", "right", {"rule": "not too many"}, "rules"),
    ("rules", "slack", {"rule": "not too many"}, "rules"),
    ("outcomes", "value", {"outcome": "safe days"}, "outcomes"),
    ("outcomes", "weight", {"outcome": "safe days"}, "outcomes"),
    ("outcome_terms", "value", {"period": 1}, "outcome terms"),
    ("activities", "effective", {"activity": STAGE, "period": 1}, "curves"),
    ("periods", "days", {"period": 1}, "periods"),
]


@pytest.mark.parametrize(("table", "column", "where", "check"), CLAIMS)
def test_a_wrong_claim_fails_its_own_check_alone(
    hand: Pair, table: str, column: str, where: dict[str, object], check: str
) -> None:
    case, plan = hand
    report = verify(case, changed(plan, table, column, lambda v: v + 2.0, **where))
    assert report.failed == (check,), str(report)


def test_a_thousandth_of_a_person_is_rounding_and_a_hundredth_is_not(hand: Pair) -> None:
    case, plan = hand
    where = {"stock": "people:queue", "period": 0}
    assert verify(case, changed(plan, "stocks", "closing", lambda v: v + 0.0009, **where)).ok
    assert not verify(case, changed(plan, "stocks", "closing", lambda v: v + 0.01, **where)).ok


def test_the_objective(hand: Pair) -> None:
    case, plan = hand
    assert verify(case, replace(plan, objective=4701.0)).failed == ("objective",)
    assert verify(case, replace(plan, objective=None)).failed == ("objective",)


def test_what_is_invented(hand: Pair) -> None:
    case, plan = hand
    ghost = {"period": 0, "level": 5.0, "effective": 5.0}
    assert verify(case, added(plan, "activities", activity="stage:ghost", **ghost)).failed == ("known decisions",)
    assert verify(case, added(plan, "switches", switch="reform:ghost", taken=True, period=0)).failed == (
        "known decisions",
    )
    assert verify(case, added(plan, "bills", bill="stage:ghost", period=0, cost=5.0)).failed == ("bills",)
    assert verify(case, added(plan, "in_force", switch="reform:ghost", period=0, days=5.0)).failed == ("in force",)
    rule = {"sense": "<=", "left": 0.0, "right": 1.0, "slack": 1.0, "violation": 0.0}
    assert verify(case, added(plan, "rules", rule="ghost", **rule)).failed == ("rules",)


def test_what_is_hidden(hand: Pair) -> None:
    case, plan = hand
    assert verify(case, without(plan, "bills", period=1)).failed == ("bills",)
    assert verify(case, without(plan, "rules", rule="not too many")).failed == ("rules",)
    assert verify(case, without(plan, "capacities", period=1)).failed == ("capacity",)
    assert verify(case, without(plan, "limits", period=1)).failed == ("time limits",)
    assert verify(case, without(plan, "stocks", stock="people:done", period=0)).failed == ("balances",)
    assert verify(case, without(plan, "outcomes", outcome="safe days")).failed == ("outcomes",)


def test_payments(hand: Pair) -> None:
    case, plan = hand
    unpaid = verify(case, changed(plan, "payments", "amount", lambda v: v - 50.0, period=0))
    assert set(unpaid.failed) == {"payments", "balances"}
    stranger = added(plan, "payments", account="account:ghost", bill=STAGE, period=0, amount=50.0)
    assert set(verify(case, stranger).failed) == {"payments", "allowed payments"}
    forbidden = added(plan, "payments", account="account:fund", bill="stage:ghost", period=0, amount=50.0)
    assert set(verify(case, forbidden).failed) == {"payments", "allowed payments", "balances"}


def test_levels(hand: Pair) -> None:
    case, plan = hand
    more = verify(case, changed(plan, "activities", "level", lambda v: v + 1.0, period=0))
    assert {"balances", "bills", "payments", "capacity", "rules", "outcomes", "curves"} <= set(more.failed)
    assert not {"occupancy", "paces", "known decisions"} & set(more.failed)
    too_many = verify(case, changed(plan, "activities", "level", lambda v: v + 60.0, period=0))
    assert {"occupancy", "paces"} <= set(too_many.failed)
    negative = verify(case, changed(plan, "activities", "level", lambda v: -v, period=0))
    assert "known decisions" in negative.failed
    for nothing in (float("inf"), float("nan"), None):
        endless = changed(plan, "activities", "level", lambda _, nothing=nothing: nothing, period=0)
        assert verify(case, endless).failed == ("tables",)


def test_people_are_conserved(hand: Pair) -> None:
    case, plan = hand
    lost = verify(case, changed(plan, "stocks", "closing", lambda v: v - 5.0, stock="people:done", period=1))
    assert set(lost.failed) == {"balances", "conservation"}
    thrown = verify(case, changed(plan, "stocks", "lapsed", lambda v: v + 5.0, stock="people:queue", period=1))
    assert {"balance limits", "balances"} <= set(thrown.failed)


def test_tables_that_are_not_there(hand: Pair) -> None:
    case, plan = hand
    tables = {name: frame for name, frame in plan.tables.items() if name != "rules"}
    assert verify(case, replace(plan, tables=tables)).failed == ("tables",)
    assert verify(case, replace(plan, tables={})).failed == ("tables",)
    stray = changed(plan, "bills", "period", lambda _: 7, period=1)
    assert verify(case, stray).failed == ("tables",)


def test_a_line_says_what_is_wrong(hand: Pair) -> None:
    case, plan = hand
    report = verify(case, changed(plan, "bills", "cost", lambda _: 4000.0, period=1))
    line = report.lines[0]
    assert (line.check, line.subject, line.period) == ("bills", STAGE, "P1.02")
    assert (line.claimed, line.recomputed, line.difference) == (4000.0, 400.0, 3600.0)
    assert str(line) == "bills: stage:interview in P1.02: its cost is 4,000, but it comes to 400"
    assert "FAIL Bills" in str(report)
