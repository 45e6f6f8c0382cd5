"""Scenarios, Overrides and Previous plan: other values, decisions fixed by hand, the plan before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from planner.sheets.declare import REQUIRED, Row, choice, key, number, share, text


@dataclass(frozen=True, kw_only=True)
class Scenarios(Row):
    """A possible future; what differs in it stands on sheet Scenario changes."""

    SHEET: ClassVar[str] = "Scenarios"
    PURPOSE: ClassVar[str] = "Possible futures with their probability."

    scenario: str = key("Scenario", help="Name, for --scenario")
    label: str = text("Label", help="What happens in it")
    probability: float | None = share(
        "Probability", help="How likely it is", default=None, blank="not used for averages"
    )


@dataclass(frozen=True, kw_only=True)
class ScenarioChanges(Row):
    """One cell, or one column over several rows, that differs in a scenario.

    `row` is a row's key as on its sheet (key columns joined with ' / '); '*' means every row, and 'East*' every
    row whose key begins so.
    """

    SHEET: ClassVar[str] = "Scenario changes"
    PURPOSE: ClassVar[str] = "Which cells differ in which scenario."

    scenario: str = key("Scenario", refers=("Scenarios",), help="Which scenario")
    sheet: str = key("Sheet", help="Sheet of the cell")
    row: str = key("Row", help="Key of the row; * for every row")
    column: str = key("Column", help="Header of the column")
    change: str = choice("Change", "set", "multiply", "add", help="What is done to the value")
    value: str = text("Value", help="New value, factor or amount", default=REQUIRED)


@dataclass(frozen=True, kw_only=True)
class Overrides(Row):
    """A decision made by hand.

    On Pipelines, Programmes, Visas, Staff (hires) and Deployments: `fix`, `at least`, `at most` set the yearly pace,
    `forbid` sets it to nothing, in one phase or all. On Reforms and Sites: `fix` takes it in that phase (blank: at
    some time), `forbid` rules it out in that phase (blank: altogether).
    """

    SHEET: ClassVar[str] = "Overrides"
    PURPOSE: ClassVar[str] = "Decisions fixed or forbidden by hand."

    sheet: str = key("Sheet", help="Pipelines, Programmes, Visas, Staff, Deployments, Reforms or Sites")
    row: str = key("Row", help="Key of the row")
    phase: str = key("Phase", refers=("Time",), help="In which phase", blank="every phase")
    action: str = choice("Action", "fix", "forbid", "at least", "at most", help="What is decided", default=REQUIRED)
    value: float | None = number(
        "Value", "units a year", low=0, help="Pace; not needed for forbid, nor for reforms and sites", blank="none"
    )
    reason: str = text("Reason", help="Why it was decided by hand")


@dataclass(frozen=True, kw_only=True)
class PreviousPlan(Row):
    """What an earlier plan decided: level of a row in a phase. Ties are broken in its favour."""

    SHEET: ClassVar[str] = "Previous plan"
    PURPOSE: ClassVar[str] = "Levels of the plan before this one."

    sheet: str = key("Sheet", help="Pipelines, Programmes, Visas or Staff")
    row: str = key("Row", help="Key of the row")
    phase: str = key("Phase", refers=("Time",), help="Phase")
    level: float = number("Level", "units in the phase", low=0, help="What was planned", default=REQUIRED, blank="")
