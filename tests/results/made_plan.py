"""A plan that belongs to the small case, made by arithmetic: its books balance by construction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from planner.plan import TABLES, Plan, Record, Status
from tests.results.made_case import FORMULA

DAYS = (100.0, 265.0, 365.0)
STARTS = (0.0, 100.0, 365.0)
NAMES = ("P1", "P2", "P3")
INTERVIEWS = (600.0, 2000.0, 2500.0)
VISAS = (50.0, 400.0, 500.0)
REFUGEES = (10.0, 40.0, 100.0)
HOUSES = (100.0, 300.0, 400.0)


def stock_steps(stock: str, opening: float, flows: list[dict[str, float]], **tags: Any) -> Iterator[dict[str, Any]]:
    """Books of one stock, one step a phase, that balance by construction."""
    for t, flow in enumerate(flows):
        moved = {
            name: flow.get(name, 0.0)
            for name in ("inflow", "made", "switched", "gained", "used", "paid", "lost", "lapsed")
        }
        ins = moved["inflow"] + moved["made"] + moved["switched"] + moved["gained"]
        closing = opening + ins - moved["used"] - moved["paid"] - moved["lost"] - moved["lapsed"]
        yield {
            "stock": stock,
            **tags,
            "step": t,
            "period": t,
            "start_day": STARTS[t],
            "end_day": STARTS[t] + DAYS[t],
            "opening": opening,
            **moved,
            "closing": closing,
            "undelivered": 0.0,
        }
        opening = closing


def activities() -> Iterator[dict[str, Any]]:
    """What is done."""
    work = {
        "stage:interview": (
            INTERVIEWS,
            {
                "kind": "stage",
                "sheet": "Pipelines",
                "row": "interview",
                "unit": "people",
                "place": "Border",
                "country": "Northland",
                "origin": "Southland",
                "purpose": "asylum",
                "cadre": "officer",
                "station": "Border",
            },
        ),
        "programme:safe houses": (
            HOUSES,
            {
                "kind": "programme",
                "sheet": "Programmes",
                "row": "safe houses",
                "unit": "place",
                "lane": "protection",
                "place": "Southland",
                "country": "Southland",
            },
        ),
        "visa:seasonal": (
            VISAS,
            {
                "kind": "visa",
                "sheet": "Visas",
                "row": "seasonal",
                "unit": "people",
                "lane": "pathways",
                "place": "Southland",
                "country": "Southland",
                "origin": "Southland",
                "pool": "cap",
            },
        ),
        "visa:refugees": (
            REFUGEES,
            {
                "kind": "visa",
                "sheet": "Visas",
                "row": "refugees",
                "unit": "people",
                "lane": "pathways",
                "place": "Southland",
                "country": "Southland",
                "origin": "Southland",
                "pool": "ceiling",
            },
        ),
        "hire:officer / Border": (
            (5.0, 0.0, 0.0),
            {
                "kind": "hire",
                "sheet": "Staff",
                "row": "officer / Border",
                "unit": "people",
                "cadre": "officer",
                "station": "Border",
                "country": "Northland",
            },
        ),
    }
    for name, (levels, tags) in work.items():
        for t, level in enumerate(levels):
            if level:
                yield {
                    "activity": name,
                    **tags,
                    "cell": f"{tags['sheet']}!A2",
                    "period": t,
                    "level": level,
                    "effective": level,
                }


def stocks() -> Iterator[dict[str, Any]]:
    """Every book."""
    tags = {
        "sheet": "People",
        "unit": "people",
        "origin": "Southland",
        "country": "Northland",
        "group": "",
        "pipeline": "",
    }
    queue = [
        {"inflow": 500.0, "used": INTERVIEWS[0]},
        {"inflow": 1700.0, "used": INTERVIEWS[1]},
        {"inflow": 2000.0, "used": INTERVIEWS[2], "lost": 100.0},
    ]
    yield from stock_steps(
        "people:queue", 1000.0, queue, kind="people", row="queue", state="waiting", place="Border", **tags
    )
    safe = [{"made": level} for level in INTERVIEWS]
    yield from stock_steps(
        "people:safe", 0.0, safe, kind="people", row="safe", state="protected", place="Northland", **tags
    )
    account = {"kind": "account", "sheet": "Funding", "unit": "USD"}
    spent = [level * 1000.0 for level in INTERVIEWS]
    budget = [{"inflow": 10e6, "paid": spent[0]}, {"paid": spent[1]}, {"paid": spent[2], "lapsed": 3.7e6}]
    yield from stock_steps("account:budget", 0.0, budget, row="budget", **account)
    fund = [{"inflow": 4e6, "paid": HOUSES[0] * 2000.0}, *({"paid": level * 2000.0} for level in HOUSES[1:])]
    yield from stock_steps("account:fund", 0.0, fund, row="fund", **account)
    pool = {"kind": "pool", "sheet": "Quotas", "unit": "people"}
    cap = [
        {"inflow": 450.0, "used": VISAS[0]},
        {"used": VISAS[1]},
        {"inflow": 600.0, "used": VISAS[2], "lapsed": 100.0},
    ]
    yield from stock_steps("pool:cap", 0.0, cap, row="cap", **pool)
    ceiling = [{"inflow": 500.0, "used": REFUGEES[0]}, *({"used": level} for level in REFUGEES[1:])]
    yield from stock_steps("pool:ceiling", 0.0, ceiling, row="ceiling", **pool)
    heads = [{"made": 5.0}, {}, {}]
    yield from stock_steps(
        "headcount:officer / Border", 10.0, heads, kind="headcount", row="officer / Border", sheet="Staff", unit="FTE"
    )
    capital = [{"inflow": 1.0, "used": 5.0}, {"inflow": 2.0}, {"inflow": 2.0}]
    yield from stock_steps("capital:political", 10.0, capital, kind="capital", sheet="Settings", unit="points")


def tables() -> dict[str, list[dict[str, Any]]]:
    """Rows of every table of the plan."""
    bills, payments = [], []
    for t in range(3):
        for bill, account, cost, country, lane, purpose in (
            ("stage:interview", "account:budget", INTERVIEWS[t] * 1000.0, "Northland", "", "asylum"),
            (
                "programme:safe houses",
                "account:fund",
                HOUSES[t] * 2000.0,
                "Southland",
                "protection",
                "protection at home",
            ),
        ):
            kind = bill.partition(":")[0]
            bills.append(
                {
                    "bill": bill,
                    "kind": kind,
                    "country": country,
                    "place": country,
                    "lane": lane,
                    "purpose": purpose,
                    "actor": "government",
                    "period": t,
                    "cost": cost,
                }
            )
            payments.append({"account": account, "bill": bill, "period": t, "amount": cost})
    staff = [
        {
            "capacity": "staff:officer / Border",
            "kind": "staff",
            "cadre": "officer",
            "place": "Border",
            "country": "Northland",
            "period": t,
            "available": DAYS[t] * (12.0, 14.0, 14.0)[t],
            "ceiling": 1.0,
            "occupied": min(DAYS[t] * (12.0, 14.0, 14.0)[t], INTERVIEWS[t] * 365.0 / 200.0),
            "standing": 14.0,
        }
        for t in range(3)
    ]
    entered = (1500.0, 3200.0, 5200.0)
    left = (600.0, 2600.0, 5200.0)
    ends = (
        (date(2025, 1, 1), date(2025, 4, 10)),
        (date(2025, 4, 11), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 12, 31)),
    )
    terms = [
        ("safe people", "people:safe", "people", INTERVIEWS, "Northland"),
        ("legal ways", "visa:seasonal", "units", VISAS, "Southland"),
        ("cost", "stage:interview", "spending", tuple(i / 1000.0 for i in INTERVIEWS), "Northland"),
    ]
    return {
        "periods": [
            {
                "period": t,
                "name": NAMES[t],
                "phase": NAMES[t],
                "from": ends[t][0],
                "until": ends[t][1],
                "start_day": STARTS[t],
                "end_day": STARTS[t] + DAYS[t],
                "days": DAYS[t],
            }
            for t in range(3)
        ],
        "activities": list(activities()),
        "switches": [
            {
                "switch": "reform:agreement",
                "kind": "reform",
                "sheet": "Reforms",
                "row": "agreement",
                "taken": True,
                "period": 0,
                "date": date(2025, 1, 1),
                "in_force_from": date(2025, 1, 1),
            },
            {
                "switch": "reform:wide reading",
                "kind": "reform",
                "sheet": "Reforms",
                "row": "wide reading",
                "taken": False,
            },
            {"switch": "reform:after it", "kind": "reform", "sheet": "Reforms", "row": "after it", "taken": False},
        ],
        "in_force": [{"switch": "reform:agreement", "period": t, "days": DAYS[t]} for t in range(3)],
        "bills": bills,
        "payments": payments,
        "stocks": list(stocks()),
        "capacities": staff,
        "limits": [
            {
                "stock": "people:queue",
                "limit_days": 90.0,
                "hard": False,
                "period": t,
                "entered": entered[t],
                "left": left[t],
                "over": (450.0, 22.6, 0.0)[t],
            }
            for t in range(3)
        ],
        "rules": [
            {
                "rule": "interviews at least",
                "sheet": "Rules",
                "row": "interviews at least",
                "cell": "Rules!F2",
                "scope": "whole plan",
                "sense": ">=",
                "measured": 5100.0,
                "left": 5100.0,
                "right": 5100.0,
                "slack": 0.0,
                "violation": 0.0,
                "hard": True,
                "category": "law",
                "authority": "Asylum Act",
                "binding": True,
            },
        ],
        "outcomes": [
            {
                "outcome": name,
                "sheet": "Outcomes",
                "row": name,
                "unit": unit,
                "value": value,
                "weight": 1.0,
                "points": value,
                "priority": 1,
            }
            for name, unit, value in (
                ("cost", "USD million", 5.1),
                ("legal ways", "people", 950.0),
                ("safe people", "people", 5100.0),
            )
        ],
        "outcome_terms": [
            {
                "outcome": outcome,
                "measure": measure,
                "subject": subject,
                "country": country,
                "origin": "Southland",
                "period": t,
                "value": values[t],
            }
            for outcome, subject, measure, values, country in terms
            for t in range(3)
        ],
    }


def make_plan(**changes: Any) -> Plan:
    """The plan: proven within one percent."""
    frames = {name: pd.DataFrame(rows, columns=list(TABLES[name])) for name, rows in tables().items()}
    record = Record(
        input_sha256="ab" * 32,
        case_name="Two lands & a border",
        grid="phases",
        scenario="",
        changes=("Staff!2.on board=12",),
        options={"gap": 0.01, "time_limit": 60.0, "threads": 1, "seed": 1, "method": "auto"},
        versions={"highspy": "1.15.1", "planner": "0.1.0"},
        rows=100,
        columns=200,
        nonzeros=500,
        binaries=3,
        coefficient_range=(0.1 + 0.2, 1e3),
        seconds={"solve": 1.0 / 3.0},
    )
    known: dict[str, Any] = {
        "objective": 6050.0,
        "bound": 6100.0,
        "gap": 50.0 / 6100.0,
        "verified": True,
        "doing_nothing": {"safe people": 1100.0, "legal ways": 0.0},
        "previous": {"safe people": 5000.0},
        "defaults": ("Staff!D2 (officer / Border): 'Ramp' is blank: 0",),
        "warnings": (FORMULA,),
        "unproven": ("the gap of 0.8 %",),
    }
    return Plan(status=Status.OPTIMAL, record=record, tables=frames, **{**known, **changes})
