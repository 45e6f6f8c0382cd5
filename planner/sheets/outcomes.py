"""Outcomes and Outcome terms: what the plan is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from planner.sheets.declare import REQUIRED, Row, choice, key, number, selection, share, text, whole
from planner.sheets.rules import MEASURES


@dataclass(frozen=True, kw_only=True)
class Outcomes(Row):
    """A scored outcome.

    *sum*: the sum of its terms. *worst-off*: the smallest, over the countries (origins, groups) of `across` with a
    need, of its terms there divided by the need. *gini*: the Gini coefficient of those ratios weighted equally, with
    the sum of ratios fixed at `total`. The objective is the sum of weight times value, with a minus sign where less
    is better; priority 1 is settled first, each next level keeps the ones before within `tolerance`.
    """

    SHEET: ClassVar[str] = "Outcomes"
    PURPOSE: ClassVar[str] = "What the plan is for: outcomes, their weight or order, their targets."
    GROUP = "basic"

    outcome: str = key("Outcome", help="Short name")
    label: str = text("Label", help="What it is, for a reader")
    unit: str = text("Unit", help="Unit of its value", default=REQUIRED)
    kind: str = choice("Kind", "sum", "worst-off", "gini", help="How terms become the value")
    across: str = choice("Across", "", "country", "origin", "group", help="For worst-off and gini: between whom")
    better: str = choice("Better", "more", "less", help="Which way is better")
    weight: float = number(
        "Weight", "points a unit", low=0, default=0.0, blank="0: shown, not sought", help="Points in the objective"
    )
    priority: int = whole("Priority", "level", low=1, default=1, blank="1", help="Order in which outcomes are settled")
    tolerance: float = share("Tolerance", help="How much of this level later levels may give up", default=0.0)
    target: float | None = number("Target", "unit of the outcome", help="What people hope for", blank="none")
    discount: float = share("Discount", help="Yearly discount rate", default=0.0, unit="share a year")
    total: float = number(
        "Total",
        "unit of the outcome",
        positive=True,
        low=0,
        default=1.0,
        blank="1",
        help="For gini: fixed sum of ratios",
    )
    headline: str = choice(
        "Headline", "", "protection", "legal pathways", "waiting", "cost", help="Where it stands on the summary"
    )
    last_actual: float | None = number(
        "Last actual",
        "unit of the outcome a year",
        help="Its value in the last year that is known as the plan begins",
        blank="worked out from the rows that it counts, where all their last levels are known",
    )


@dataclass(frozen=True, kw_only=True)
class OutcomeTerms(Row):
    """A term of an outcome: so much for each unit of a measure over a selection."""

    SHEET: ClassVar[str] = "Outcome terms"
    PURPOSE: ClassVar[str] = "What counts towards each outcome, and how much."
    GROUP = "basic"

    outcome: str = key("Outcome", refers=("Outcomes",), help="Which outcome")
    line: str = key("Line", help="Tells the terms of one outcome apart")
    measure: str = choice("Measure", *MEASURES, help="What is counted", default=REQUIRED)
    where: str = selection("Where", help="Selection, as 'state: protected, durable'")
    per_unit: float = number(
        "Per unit", "unit of the outcome", help="How much each unit counts (may be negative)", default=1.0, blank="1"
    )
