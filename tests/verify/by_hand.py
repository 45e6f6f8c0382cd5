"""One queue, one stage, one cadre, one account, two periods of 50 days: a plan worked out with pencil and paper."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from planner.case import Case
from planner.plan import TABLES, Plan, Record, Status
from planner.sheets import (
    Appropriations,
    Arrivals,
    Funding,
    Outcomes,
    OutcomeTerms,
    People,
    Pipelines,
    Places,
    Rules,
    Settings,
    Staff,
    Time,
)
from tests.verify.everything import case_of

DAY_0 = date(2021, 1, 1)


def by_hand() -> Case:
    """Make the case."""
    return case_of(
        Settings(setting="grid", value="every 50 days"),
        Time(phase="P1", starts=DAY_0, ends=DAY_0 + timedelta(days=99)),
        Places(place="Port"),
        Funding(account="fund", purposes=("asylum",)),
        Appropriations(account="fund", phase="P1", amount=0.002),
        Staff(cadre="officer", station="Port", purpose="asylum", on_board=2.0),
        People(people="queue", place="Port", state="waiting", at_start=100.0, time_limit=60.0),
        People(people="done", place="Port", state="protected"),
        Arrivals(people="queue", phase="P1", rate=365.0),
        Pipelines(
            stage="interview",
            takes_from="queue",
            place="Port",
            purpose="asylum",
            unit_cost=10.0,
            cadre="officer",
            cases_per_year=365.0,
            lag=10.0,
            to_1="done",
            at_most=730.0,
        ),
        Rules(rule="not too many", measure="units", relation="at most", value=200.0),
        Outcomes(outcome="safe days", unit="days", weight=1.0),
        OutcomeTerms(outcome="safe days", line="1", measure="person-days in", where="state: protected"),
    )


def _stock(name: str, step: int, **columns: float) -> dict[str, object]:
    """Row of table stocks; what is not named is zero."""
    flows = dict.fromkeys(
        ("opening", "inflow", "made", "switched", "gained", "used", "paid", "lost", "lapsed", "closing", "undelivered"),
        0.0,
    )
    days = {"start_day": 50.0 * step, "end_day": 50.0 * step + 50.0}
    return {"stock": name, "step": step, "period": step, **days, **flows, **columns}


def plan_by_hand() -> Plan:
    """Make the plan: 60 interviews in the first period, 40 in the second.

    The queue of 100 gains one a day: 100 + 50 - 60 = 90, 90 + 50 - 40 = 100. Of 60 spread over days 0 to 50 those of
    the first 40 days arrive within them (48), the other 12 later, with 32 of the next 40; 8 are under way at the end.
    An interview takes one FTE-day of the 100 that two officers have. People over 60 days at day 100: 140 had come by
    day 40, 100 have left.
    """
    stage = "stage:interview"
    rows: dict[str, list[dict[str, object]]] = {
        "periods": [
            {
                "period": t,
                "name": f"P1.0{t + 1}",
                "phase": "P1",
                "from": DAY_0 + timedelta(days=50 * t),
                "until": DAY_0 + timedelta(days=50 * t + 49),
                "start_day": 50.0 * t,
                "end_day": 50.0 * t + 50.0,
                "days": 50.0,
            }
            for t in (0, 1)
        ],
        "activities": [
            {"activity": stage, "kind": "stage", "period": t, "level": level, "effective": level}
            for t, level in ((0, 60.0), (1, 40.0))
        ],
        "bills": [{"bill": stage, "period": 0, "cost": 600.0}, {"bill": stage, "period": 1, "cost": 400.0}],
        "payments": [
            {"account": "account:fund", "bill": stage, "period": 0, "amount": 600.0},
            {"account": "account:fund", "bill": stage, "period": 1, "amount": 400.0},
        ],
        "stocks": [
            _stock("people:queue", 0, opening=100.0, inflow=50.0, used=60.0, closing=90.0),
            _stock("people:queue", 1, opening=90.0, inflow=50.0, used=40.0, closing=100.0),
            _stock("people:done", 0, made=48.0, closing=48.0),
            _stock("people:done", 1, opening=48.0, made=44.0, closing=92.0, undelivered=8.0),
            _stock("account:fund", 0, inflow=2000.0, paid=600.0, closing=1400.0),
            _stock("account:fund", 1, opening=1400.0, paid=400.0, closing=1000.0),
            _stock("headcount:officer / Port", 0, opening=2.0, closing=2.0),
            _stock("headcount:officer / Port", 1, opening=2.0, closing=2.0),
        ],
        "capacities": [
            {
                "capacity": "staff:officer / Port",
                "period": t,
                "available": 100.0,
                "ceiling": 1.0,
                "occupied": used,
                "standing": 2.0,
            }
            for t, used in ((0, 60.0), (1, 40.0))
        ],
        "limits": [
            {"stock": "people:queue", "period": 0, "entered": 150.0, "left": 60.0, "over": 0.0},
            {"stock": "people:queue", "period": 1, "entered": 200.0, "left": 100.0, "over": 40.0},
        ],
        "rules": [
            {
                "rule": "not too many",
                "scope": "whole plan",
                "sense": "<=",
                "measured": 100.0,
                "left": 100.0,
                "right": 200.0,
                "slack": 100.0,
                "violation": 0.0,
                "hard": True,
            }
        ],
        "outcomes": [{"outcome": "safe days", "value": 4700.0, "weight": 1.0, "points": 4700.0, "priority": 1}],
        "outcome_terms": [
            {"outcome": "safe days", "subject": "people:done", "period": 0, "value": 1200.0},
            {"outcome": "safe days", "subject": "people:done", "period": 1, "value": 3500.0},
        ],
    }
    tables = {name: pd.DataFrame(rows.get(name, []), columns=list(columns)) for name, columns in TABLES.items()}
    record = Record("", "by hand", "every 50 days", "", (), {}, {}, 0, 0, 0, 0, (1.0, 1.0), {})
    return Plan(Status.OPTIMAL, record, objective=4700.0, tables=tables)
