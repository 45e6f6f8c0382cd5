"""Each kind of tampering with a real plan fails the check that is named for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from planner.case import Case
from planner.plan import Plan
from planner.sheets import Funding
from planner.verify import verify
from tests.verify.tampering import added, changed, with_table, without

Pair = tuple[Case, Plan]


def test_the_plan_found_holds(found: Pair) -> None:
    report = verify(*found)
    assert report.ok, str(report)
    assert report.worst < 1e-9
    assert all(summary.comparisons for summary in report.checks.values()), str(report)


def test_the_plan_uses_what_the_case_offers(found: Pair) -> None:
    """Else nothing would be checked: every kind of activity, capital, a closed site, soft rules broken, queues late."""
    tables = found[1].tables
    kinds = {str(name).partition(":")[0] for name in tables["activities"]["activity"]}
    wanted = {
        "stage",
        "programme",
        "visa",
        "hire",
        "deploy",
        "train",
        "transfer",
        "release",
        "arrive",
        "soften",
        "raw",
        "run",
    }
    assert wanted <= kinds
    taken = set(tables["switches"].loc[tables["switches"]["taken"].astype(bool), "switch"])
    assert {"close:Annex", "open:Hub", "reform:idp law", "reform:telephone", "partner:South"} <= taken
    assert (tables["rules"]["violation"] > 1.0).any()
    assert (tables["limits"]["over"] > 1.0).any()
    assert (tables["stocks"]["lapsed"] > 1.0).any()
    assert set(tables["payments"]["account"]) >= {"account:home", "account:short", "account:donor", "raw:purse"}


def first(plan: Plan, table: str, column: str, least: float = 10.0, **where: Any) -> dict[str, Any]:
    """Where the first row that matches and is large enough stands, by its subject and period (or step)."""
    frame = plan.tables[table]
    chosen = frame[column].abs() > least
    for name, value in where.items():
        chosen &= frame[name] == value
    row = frame[chosen].iloc[0]
    keys = [frame.columns[0], *(c for c in ("bill", "subject", "scope", "step", "period") if c in frame.columns)]
    return {key: row[key] for key in keys}


CLAIMS = [
    ("stocks", "made", {"stock": "people:hearing"}, "balances"),
    ("stocks", "gained", {"stock": "people:gone"}, "balances"),
    ("stocks", "lost", {"stock": "people:waiting"}, "balances"),
    ("stocks", "used", {"stock": "pool:cap"}, "balances"),
    ("stocks", "closing", {"stock": "account:home", "step": 1}, "balances"),
    ("stocks", "opening", {"stock": "headcount:officer / Port"}, "balances"),
    ("bills", "cost", {"bill": "programme:aid E"}, "bills"),
    ("bills", "cost", {"bill": "people:waiting"}, "bills"),
    ("bills", "cost", {"bill": "headcount:officer / Port"}, "bills"),
    ("capacities", "occupied", {"capacity": "staff:interpreter / Port"}, "capacity"),
    ("capacities", "available", {"capacity": "staff:officer / Hub"}, "capacity"),
    ("limits", "over", {"stock": "people:waiting"}, "time limits"),
    ("in_force", "days", {"switch": "reform:notice"}, "in force"),
    ("rules", "left", {"rule": "cap on work"}, "rules"),
    ("rules", "violation", {"rule": "few waiting"}, "rules"),
    ("outcomes", "value", {"outcome": "safe years"}, "outcomes"),
    ("outcomes", "points", {"outcome": "waiting"}, "outcomes"),
    ("outcome_terms", "value", {"outcome": "safe years"}, "outcome terms"),
]


@pytest.mark.parametrize(("table", "column", "where", "check"), CLAIMS)
def test_a_wrong_claim_fails_its_own_check_alone(
    found: Pair, table: str, column: str, where: dict[str, Any], check: str
) -> None:
    case, plan = found
    place = first(plan, table, column, 1.0, **where)
    report = verify(case, changed(plan, table, column, lambda v: v * 1.01, **place))
    assert report.failed == (check,), str(report)


def level(plan: Plan, name: str, change: Callable[[float], float], period: int | None = None) -> Plan:
    """Change the level of an activity, with its effective level, in one period or all."""
    where: dict[str, Any] = {"activity": name} if period is None else {"activity": name, "period": period}
    return changed(changed(plan, "activities", "level", change, **where), "activities", "effective", change, **where)


def add_level(plan: Plan, name: str, period: int, amount: float) -> Plan:
    """Do something in a period in which the plan does nothing."""
    plan = with_table(
        plan, "activities", plan.tables["activities"].query("not (activity == @name and period == @period)")
    )
    return added(plan, "activities", activity=name, period=period, level=amount, effective=amount)


def take(plan: Plan, switch: str, period: int | None) -> Plan:
    """Take a decision in another period, or not at all."""
    plan = changed(plan, "switches", "taken", lambda _: period is not None, switch=switch)
    plan = changed(plan, "switches", "in_force_from", lambda _: None, switch=switch)
    return changed(plan, "switches", "period", lambda _: period, switch=switch)


OPEN_TO_SHORT = (
    "headcount:officer / Port",
    "headcount:officer / Hub",
    "headcount:interpreter / Port",
    "people:waiting",
    "people:minors",
    "programme:aid S",
    "programme:aid E",
    "programme:shelter",
    "stage:hearing",
)


def paid_by(plan: Plan, account: str, bills: tuple[str, ...], period: int | None = None) -> Plan:
    """Let one account pay some bills alone."""
    for bill in bills:
        where: dict[str, Any] = {"bill": bill} if period is None else {"bill": bill, "period": period}
        plan = changed(plan, "payments", "account", lambda _: account, **where)
    return plan


DECISIONS: list[tuple[str, Callable[[Plan], Plan], str]] = [
    ("beyond at most", lambda p: level(p, "stage:hearing", lambda v: 4 * v), "paces"),
    ("less than at least", lambda p: without(p, "activities", activity="stage:hearing"), "paces"),
    ("forbidden by hand", lambda p: add_level(p, "programme:law", 7, 3.0), "paces"),
    ("less than a reform requires", lambda p: without(p, "activities", activity="programme:aid S"), "paces"),
    ("days open of a closing site", lambda p: level(p, "run:Port", lambda v: v - 5.0), "paces"),
    ("before its reform", lambda p: add_level(p, "stage:phone", 0, 20.0), "enabled"),
    ("too fast", lambda p: level(p, "stage:phone", lambda v: 5 * v), "growth"),
    ("cut too deep", lambda p: without(p, "activities", activity="raw:sell", period=5), "growth"),
    (
        "while not running",
        lambda p: changed(p, "activities", "running", lambda _: 0, activity="programme:aid E"),
        "running",
    ),
    ("below its least scale", lambda p: level(p, "programme:aid E", lambda v: v * 0.05), "running"),
    (
        "half running",
        lambda p: changed(p, "activities", "running", lambda _: 0.5, activity="programme:aid E"),
        "running",
    ),
    (
        "more effect than the curve",
        lambda p: changed(p, "activities", "effective", lambda v: 2 * v, activity="programme:aid S"),
        "curves",
    ),
    (
        "S-curve out of order",
        lambda p: changed(p, "activities", "effective", lambda v: 1.2 * v, activity="programme:training"),
        "curves",
    ),
    ("without what it needs", lambda p: level(p, "programme:shelter", lambda v: v / 2), "co-requisites"),
    ("pulse softened too much", lambda p: level(p, "soften:rescind / waiting", lambda v: 20 * v), "co-requisites"),
    (
        "pulse that never comes",
        lambda p: without(p, "activities", activity="arrive:rescind / waiting"),
        "balance limits",
    ),
    ("half a batch", lambda p: level(p, "raw:batch", lambda v: v + 0.5), "known decisions"),
    ("another pace within the phase", lambda p: level(p, "programme:aid E", lambda v: v * 1.3, 3), "known decisions"),
    ("numbers that are not there", lambda p: level(p, "visa:H S", lambda v: 9 * v), "balance limits"),
    ("officers who are not there", lambda p: level(p, "stage:interview", lambda v: 3 * v), "occupancy"),
    ("too many lent", lambda p: level(p, "deploy:officer / Port / Hub", lambda v: 50 * v), "occupancy"),
    ("minors kept waiting", lambda p: without(p, "activities", activity="stage:minors first"), "time limits"),
    ("too much passed on", lambda p: level(p, "transfer:home / short", lambda v: 2 * v), "match and transfers"),
    ("a hard rule", lambda p: level(p, "visa:H S", lambda v: 9 * v), "rules hold"),
    ("before its window", lambda p: take(p, "reform:summit", 0), "switch dates"),
    ("not as a phase begins", lambda p: take(p, "reform:rescind", 1), "switch dates"),
    ("must, but is not", lambda p: take(p, "reform:rescind", None), "switch dates"),
    ("in another phase than fixed", lambda p: take(p, "reform:notice", 5), "switch dates"),
    ("forbidden and excluded", lambda p: take(p, "reform:freeze", 4), "switch dates"),
    ("excluded", lambda p: take(p, "reform:freeze", 4), "switch order"),
    ("before what it needs", lambda p: take(p, "reform:telephone", 0), "switch order"),
    ("too soon after what it needs", lambda p: take(p, "reform:telephone", 2), "switch order"),
    ("before its milestone", lambda p: take(p, "reform:idp law", 0), "milestones"),
    ("a partner who is worse off", lambda p: take(p, "partner:Donors", 0), "rules hold"),
    ("a quorum that is missed", lambda p: take(p, "partner:South", None), "rules hold"),
    (
        "people thrown away",
        lambda p: changed(p, "stocks", "lapsed", lambda v: v + 50.0, stock="people:hearing", step=3),
        "balance limits",
    ),
    ("a bill not paid", lambda p: without(p, "payments", bill="people:waiting", period=4), "payments"),
    (
        "a bill paid twice",
        lambda p: changed(p, "payments", "amount", lambda v: 2 * v, bill="people:waiting"),
        "payments",
    ),
    (
        "purpose",
        lambda p: changed(p, "payments", "account", lambda _: "account:donor", bill="people:waiting"),
        "allowed payments",
    ),
    (
        "availability",
        lambda p: changed(p, "payments", "account", lambda _: "account:short", bill="stage:hearing", period=8),
        "allowed payments",
    ),
    ("part of a period", lambda p: paid_by(p, "account:short", OPEN_TO_SHORT, 5), "allowed payments"),
    (
        "an overdrawn account",
        lambda p: changed(p, "payments", "amount", lambda v: 40 * v, account="account:home"),
        "balance limits",
    ),
    (
        "match",
        lambda p: paid_by(p, "account:donor", ("programme:aid S", "programme:aid E", "programme:shelter")),
        "match and transfers",
    ),
]


@pytest.mark.parametrize(("tamper", "check"), [d[1:] for d in DECISIONS], ids=[d[0] for d in DECISIONS])
def test_a_wrong_decision_fails_its_check(found: Pair, tamper: Callable[[Plan], Plan], check: str) -> None:
    case, plan = found
    report = verify(case, tamper(plan))
    assert check in report.failed, str(report)


@pytest.mark.parametrize("share", [0.5, 0.7])
def test_a_changed_workbook_fails_an_old_plan(found: Pair, share: float) -> None:
    case, plan = found
    rows = dict(case.rows)
    rows[Funding] = tuple(replace(r, carry_over_share=share) if r.account == "home" else r for r in case.of(Funding))
    assert verify(Case(rows=rows), plan).failed == ("balance limits",)


def test_calendar(found: Pair) -> None:
    case, plan = found
    frame = plan.tables["periods"]
    moved = changed(plan, "periods", "from", lambda d: d + pd.Timedelta(days=1), period=2)
    assert verify(case, moved).failed == ("periods",)
    assert verify(case, with_table(plan, "periods", frame.iloc[:-1])).failed == ("tables", "periods")
    assert verify(case, changed(plan, "periods", "phase", lambda _: "P9", period=2)).failed == ("periods",)
