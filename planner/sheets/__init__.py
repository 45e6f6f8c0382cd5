"""The domain sheets in the order of the workbook. One module a theme; each declares, checks and compiles its sheets."""

from __future__ import annotations

from planner.sheets.advanced import RawActivities, RawEffects, RawLedgers, RawRecipes
from planner.sheets.changes import Overrides, PreviousPlan, ScenarioChanges, Scenarios
from planner.sheets.declare import Column, Row, columns
from planner.sheets.evidence import Evidence
from planner.sheets.frame import Groups, Places, Settings, Time
from planner.sheets.funding import Appropriations, Funding, Transfers
from planner.sheets.outcomes import Outcomes, OutcomeTerms
from planner.sheets.people import Arrivals, Movements, People
from planner.sheets.pipelines import Pipelines
from planner.sheets.programmes import Curves, Indicators, Needs, Programmes
from planner.sheets.recommendations import Recommendations
from planner.sheets.reforms import Effects, Milestones, Reforms
from planner.sheets.rules import Coalition, Rules
from planner.sheets.sites import Sites
from planner.sheets.slots import Allotments, Slots, Visas
from planner.sheets.staff import Deployments, Staff, Teams
from planner.sheets.ways import Ways

SHEETS: tuple[type[Row], ...] = (
    Settings, Time, Places, Groups,
    Funding, Appropriations, Transfers,
    Staff, Deployments, Teams, Sites,
    People, Arrivals, Movements, Pipelines,
    Programmes, Curves, Needs, Indicators,
    Slots, Allotments, Visas,
    Reforms, Effects, Milestones,
    Rules, Coalition, Outcomes, OutcomeTerms,
    Scenarios, ScenarioChanges, Overrides, PreviousPlan, Evidence, Recommendations, Ways,
    RawLedgers, RawActivities, RawRecipes, RawEffects,
)  # fmt: skip

BY_NAME = {row.SHEET: row for row in SHEETS}

__all__ = [
    "BY_NAME",
    "SHEETS",
    "Allotments",
    "Appropriations",
    "Arrivals",
    "Coalition",
    "Column",
    "Curves",
    "Deployments",
    "Effects",
    "Evidence",
    "Funding",
    "Groups",
    "Indicators",
    "Milestones",
    "Movements",
    "Needs",
    "OutcomeTerms",
    "Outcomes",
    "Overrides",
    "People",
    "Pipelines",
    "Places",
    "PreviousPlan",
    "Programmes",
    "RawActivities",
    "RawEffects",
    "RawLedgers",
    "RawRecipes",
    "Recommendations",
    "Reforms",
    "Row",
    "Rules",
    "ScenarioChanges",
    "Scenarios",
    "Settings",
    "Sites",
    "Slots",
    "Staff",
    "Teams",
    "Time",
    "Transfers",
    "Visas",
    "Ways",
    "columns",
]
