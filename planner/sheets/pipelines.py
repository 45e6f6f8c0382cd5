"""Pipelines: the stages of work that move people on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from planner.sheets.declare import (
    REQUIRED,
    Row,
    goes_on_at,
    key,
    last_actual,
    line_of_action,
    number,
    reference,
    references,
    runs_without_plan,
    share,
    text,
)


@dataclass(frozen=True, kw_only=True)
class Pipelines(Row):
    """A stage, or one mode of a stage (in person, telephone, narrow or broad reading of the law).

    Kernel: activity `stage:<stage>` in people. Each takes one person from `takes_from` at once; after the lag, evenly
    over the spread, they are in the caseloads `to_1`... in the stated shares, which add up to one. It occupies 365 /
    `cases_per_year` FTE-days of the cadre at the station, `days_at_site` place-days of the site (from the day of the
    stage on; 1 for a daily throughput), one place of each quota in `slots`, and costs `unit_cost` (bill
    `stage:<stage>`, place = `place`). All reforms in `needs` must be in force;
    where `at_most` is blank then, the level of any period is bounded by everyone in the case.
    """

    SHEET: ClassVar[str] = "Pipelines"
    PURPOSE: ClassVar[str] = "Stages of procedures: who is taken up, by whom, where, and where they go next."
    GROUP = "basic"

    stage: str = key("Stage", help="Name of the stage or of one mode of it")
    pipeline: str = text("Pipeline", help="Procedure it belongs to", blank="none")
    lane: str = line_of_action()
    takes_from: str = reference(
        "Takes from", "People", help="Caseload it takes people from", default=REQUIRED, blank=""
    )
    place: str = reference("Place", "Places", help="Where it happens", default=REQUIRED, blank="")
    actor: str = text("Actor", help="Who does it", default="government", blank="government")
    purpose: str = text("Purpose", help="Purpose under which accounts pay it", blank="none: it costs nothing")
    unit_cost: float = number(
        "Unit cost", "USD a case", low=0, default=0.0, blank="0", help="Besides salaries and sites"
    )
    cadre: str = text("Cadre", help="Who decides or interviews", blank="no staff needed")
    station: str = reference("Duty station", "Places", help="Whose staff", blank="the same place", was="Station")
    cases_per_year: float | None = number(
        "Cases per staff-year",
        "cases a year",
        positive=True,
        low=0,
        blank="no staff needed",
        help="Output of one full-time worker",
    )
    site: str = reference("Site", "Sites", help="Facility that it needs")
    days_at_site: float = number(
        "Days at site", "days", low=0, default=1.0, blank="1", help="Days that a case takes a place"
    )
    slots: tuple[str, ...] = references(
        "Quota from", "Quotas", help="Quotas of visas or places that each case uses up", was="Slots from"
    )
    at_least: float | None = number("At least", "cases a year", low=0, help="Must be done", default=0.0, blank="0")
    at_most: float | None = number("At most", "cases a year", low=0, help="Largest pace", blank="not limited")
    growth: float | None = number(
        "Growth", "factor a year", low=1, help="Fastest growth, 2 = doubles in a year", blank="not limited"
    )
    growth_base: float = number(
        "Starting pace",
        "cases a year",
        low=0,
        default=0.0,
        blank="0",
        help="Pace possible without a history; a year later at most growth times the pace reached, plus this",
    )
    lag: float = number("Lag", "days", low=0, default=0.0, blank="0", help="From the stage to the next caseload")
    spread: float = number(
        "Spread", "days", low=0, default=0.0, blank="0", help="Days over which they arrive after the lag"
    )
    to_1: str = reference("To 1", "People", help="Where people go next", default=REQUIRED, blank="")
    share_1: float = share("Share 1", help="Share that goes there", default=1.0, blank="1")
    to_2: str = reference("To 2", "People", help="Second destination")
    share_2: float = share("Share 2", help="Share that goes there", default=0.0)
    to_3: str = reference("To 3", "People", help="Third destination")
    share_3: float = share("Share 3", help="Share that goes there", default=0.0)
    to_4: str = reference("To 4", "People", help="Fourth destination")
    share_4: float = share("Share 4", help="Share that goes there", default=0.0)
    needs: tuple[str, ...] = references("Needs", "Reforms", help="Reforms that must be in force")
    last_actual: float | None = last_actual("cases a year")
    goes_on_at: float | None = goes_on_at("cases a year")
    runs_without_plan: bool = runs_without_plan()

    @property
    def destinations(self) -> tuple[tuple[str, float], ...]:
        """Where people go next, with shares."""
        pairs = (
            (self.to_1, self.share_1),
            (self.to_2, self.share_2),
            (self.to_3, self.share_3),
            (self.to_4, self.share_4),
        )
        return tuple((to, part) for to, part in pairs if to)
