"""Rules and Coalition: political, legal and equity limits over any selection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from planner.sheets.declare import REQUIRED, Row, choice, day, key, number, selection, text, yes

MEASURES = (
    "money",
    "units",
    "people served",
    "people in",
    "person-days in",
    "people entering",
    "people under way",
    "person-days over limit",
    "staff in post",
    "staff days used",
    "staff days available",
    "reforms taken",
    "level",
    "numbers left",
    "money left",
)
"""What can be limited or scored. Which subjects each measure selects among, and its unit:

money                   bills (activities, sites, reforms, staff, care), USD million; with `account:` payments by it
units                   activities of every kind, in their unit (stages, programmes, visas, hires, deployments, ...)
people served           stages and visas (people) and programmes (effective units times people per unit)
people in               compartments at the end of the scope
person-days in          compartments, trapezoid over each period
people entering         compartments: everyone who comes in, by arrival, move, stage, programme or visa
people under way        compartments and headcount: who gets there only after the plan ends, by what was done before
person-days over limit  compartments with a time limit: days lived there beyond it
staff in post           headcount at the end of the scope
staff days used         staff (occupied FTE-days)
staff days available    staff (FTE-days, before the working share)
reforms taken           reforms and site openings, as a number
level                   indicators and political capital at the end of the scope
numbers left            pools at the end of the scope
money left              accounts at the end of the scope, USD million
"""


@dataclass(frozen=True, kw_only=True)
class Rules(Row):
    """A limit.

    `at most`, `at least`, `equals`: the measure over the selection against `value` (in the measure's unit, over each
    scope; with `per_year` times the scope's days / 365). `at most share of`, `at least share of`: against `value`
    times a second measure over a second selection. `falls at most`, `grows at most`: the daily rate of each period
    against the period before, `value` the largest share. `within band`: for every country (origin, group) in
    `across`, the measure per person in need stays within `value` (a share) of the overall measure per person in need.
    Scope *so far* adds up from the first day to each period end. Scope *fiscal year* holds in each fiscal year, as far
    as it lies in the plan: that of the accounts which Where names, if they share one, else that of the settings; what
    falls in a period that a year's end cuts counts by days. A soft rule costs `penalty` points for each unit
    over.
    """

    SHEET: ClassVar[str] = "Rules"
    PURPOSE: ClassVar[str] = "Rights, laws, agreements and preferences as limits, each with its authority."
    GROUP = "basic"

    rule: str = key("Rule", help="Name of the rule, as people say it")
    on: bool = yes("On", help="Switch a rule off with no; rights that are off are reported", default=True)
    measure: str = choice("Measure", *MEASURES, help="What is limited", default=REQUIRED)
    where: str = selection("Where", help="Selection, as 'line of action: pathways; country: East, West'")
    relation: str = choice(
        "Relation",
        "at most",
        "at least",
        "equals",
        "at most share of",
        "at least share of",
        "falls at most",
        "grows at most",
        "within band",
        help="How it is limited",
        default=REQUIRED,
    )
    value: float = number("Value", "unit of the measure, or share", help="The limit", default=REQUIRED, blank="")
    per_year: bool = yes("Per year", help="Whether the value is a yearly rate")
    of_measure: str = choice("Of measure", "", *MEASURES, help="For shares: share of what (blank: the same measure)")
    of_where: str = selection("Of where", help="For shares: of which selection")
    across: str = choice("Across", "", "country", "origin", "group", help="For bands: between whom")
    scope: str = choice(
        "Scope", "whole plan", "phase", "period", "so far", "fiscal year", help="Over what time it must hold"
    )
    starts: date | None = day("From", help="First day", blank="start of the plan")
    ends: date | None = day("Until", help="Last day", blank="end of the plan")
    strength: str = choice("Strength", "hard", "soft", help="A soft rule may be broken at a price")
    penalty: float = number(
        "Penalty", "points a unit", low=0, default=0.0, blank="0", help="Price of breaking a soft rule"
    )
    category: str = choice(
        "Category", "preference", "agreement", "law", "right", help="What stands behind it; rights give way last"
    )
    authority: str = text("Authority", help="Law, treaty, document or decision that asks for it")


@dataclass(frozen=True, kw_only=True)
class Coalition(Row):
    """A partner who must be no worse off: enough of them (Settings: coalition quorum) reach their status quo.

    Kernel: a yes/no `partner:<partner>`; it can be yes only if the measure over the whole plan reaches `status_quo`.
    """

    SHEET: ClassVar[str] = "Coalition"
    PURPOSE: ClassVar[str] = "Partners who must find themselves no worse off, and how many are needed."

    partner: str = key("Partner", help="Country, party or agency")
    measure: str = choice("Measure", *MEASURES, help="What it looks at", default=REQUIRED)
    where: str = selection("Where", help="Selection that it looks at")
    status_quo: float = number(
        "Status quo", "unit of the measure", low=0, help="What it has without the plan", default=REQUIRED, blank=""
    )
    weight: float = number("Weight", "votes", low=0, default=1.0, blank="1", help="Weight towards the quorum")
