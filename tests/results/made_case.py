"""A small case for the views: two countries, three phases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from planner.case import Case
from planner.sheets import (
    Appropriations,
    Evidence,
    Funding,
    Outcomes,
    OutcomeTerms,
    People,
    Pipelines,
    Places,
    Programmes,
    Reforms,
    Rules,
    Settings,
    Slots,
    Staff,
    Time,
    Visas,
)

FORMULA = '=HYPERLINK("http://example.org","click")'


def make_case() -> Case:
    """The case: everything numbered from row 2 of its sheet."""
    rows: dict[Any, list[Any]] = {
        Settings: [Settings(setting="case name", value="Two lands & a border")],
        Time: [
            Time(phase="P1", label="First 100 days", starts=date(2025, 1, 1), ends=date(2025, 4, 10)),
            Time(phase="P2", label="Rest of year 1", starts=date(2025, 4, 11), ends=date(2025, 12, 31)),
            Time(phase="P3", label="Year 2", starts=date(2026, 1, 1), ends=date(2026, 12, 31)),
        ],
        Places: [
            Places(place="Northland"),
            Places(place="Southland"),
            Places(place="Border", kind="port of entry", country="Northland"),
        ],
        Funding: [
            Funding(
                account="budget", label="State budget", purposes=("asylum",), fiscal_year="01-01", carry_over_share=0.5
            ),
            Funding(account="fund", label=FORMULA, purposes=("protection at home", "labour")),
        ],
        Appropriations: [
            Appropriations(account="budget", phase="P1", amount=10.0),
            Appropriations(account="fund", phase="P1", amount=4.0),
            Appropriations(account="fund", phase="P2", line="gated", amount=3.0, needs="wide reading"),
        ],
        Staff: [
            Staff(cadre="officer", station="Border", purpose="asylum", on_board=10.0, hiring_limit=20.0, source="E1")
        ],
        People: [
            People(
                people="queue",
                place="Border",
                origin_country="Southland",
                state="waiting",
                at_start=1000.0,
                age_at_start=90.0,
                time_limit=90.0,
            ),
            People(people="safe", place="Northland", origin_country="Southland", state="protected"),
        ],
        Pipelines: [
            Pipelines(
                stage="interview",
                takes_from="queue",
                place="Border",
                to_1="safe",
                purpose="asylum",
                unit_cost=1000.0,
                cadre="officer",
                cases_per_year=200.0,
                source="Unit cost: E1",
            ),
        ],
        Programmes: [
            Programmes(
                programme="safe houses",
                lane="protection",
                place="Southland",
                purpose="protection at home",
                unit="place",
                unit_cost=2000.0,
            ),
        ],
        Slots: [
            Slots(pool="cap", label="Seasonal cap", fiscal_year="01-01"),
            Slots(pool="ceiling", label="Refugee ceiling", kind="resettlement"),
        ],
        Visas: [
            Visas(
                stream="seasonal",
                lane="pathways",
                nationality="Southland",
                slots=("cap",),
                demand=500.0,
                purpose="labour",
                needs=("agreement",),
            ),
            Visas(stream="refugees", lane="pathways", nationality="Southland", slots=("ceiling",), demand=400.0),
        ],
        Reforms: [
            Reforms(reform="agreement", label="Work agreement", political_capital=5.0),
            Reforms(reform="wide reading", label="Wider refugee definition", political_capital=50.0),
            Reforms(reform="after it", needs=("wide reading",)),
        ],
        Rules: [
            Rules(
                rule="interviews at least",
                measure="units",
                where="kind: stage",
                relation="at least",
                value=5100.0,
                category="law",
                authority="Asylum Act",
            ),
            Rules(rule="counsel for all", on=False, measure="units", relation="at least", value=1.0, category="right"),
        ],
        Outcomes: [
            Outcomes(outcome="cost", unit="USD million", headline="cost", better="less"),
            Outcomes(outcome="safe people", unit="people", headline="protection", weight=1.0),
            Outcomes(outcome="legal ways", unit="people", headline="legal pathways", weight=1.0),
        ],
        OutcomeTerms: [
            OutcomeTerms(outcome="safe people", line="1", measure="people entering", where="state: protected")
        ],
        Evidence: [
            Evidence(evidence="E1", statement=FORMULA, value=200.0, unit="cases", source="Annual report", grade="S"),
            Evidence(evidence="E2", statement="Nobody uses this", grade="U"),
        ],
    }
    numbered = {
        kind: tuple(replace(row, row_number=i, cells={}) for i, row in enumerate(items, 2))
        for kind, items in rows.items()
    }
    return Case(rows=numbered, name="Two lands & a border", sha256="ab" * 32)
