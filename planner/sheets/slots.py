"""Quotas, Quota by phase and Visas: visas and places that can be given out, and the streams that use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from planner.sheets.declare import (
    REQUIRED,
    Row,
    choice,
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
class Slots(Row):
    """A quota of visas or resettlement places.

    Kernel: stock `pool:<pool>`. At each new fiscal year the carry-over share is kept (0: unused places
    lapse). A quota `inside` another is carved out of it: what comes into it is taken from the outer one's on the same
    days. On `released_on` each year its unused places may flow to the outer quota (activity `release:<pool>`, open
    from that day to the end of the fiscal year).
    """

    SHEET: ClassVar[str] = "Quotas"
    WAS: ClassVar[str] = "Slots"
    PURPOSE: ClassVar[str] = "Caps, ceilings, set-asides and pledges, with the day on which unused places lapse."
    GROUP = "basic"

    pool: str = key("Quota", help="Name of the cap, ceiling or set-aside", was="Pool")
    label: str = text("Label", help="What it is")
    kind: str = choice("Kind", "visas", "resettlement", "other", help="Table in which it is counted")
    owner: str = text("Owner", help="Country or agency that gives the places")
    fiscal_year: str = text(
        "Fiscal year starts", help="Month and day, as 10-01", blank="no fiscal year: nothing lapses"
    )
    carry_over_share: float = share(
        "Carry-over share", help="Share of unused places kept at each new fiscal year", default=0.0
    )
    inside: str = reference("Inside", "Quotas", help="Quota that it is set aside from")
    released_on: str = text(
        "Released on", help="Month and day from which unused places go to the outer quota", blank="never"
    )


@dataclass(frozen=True, kw_only=True)
class Allotments(Row):
    """Places that come into a quota in a phase; `release` and `needs` as on sheet Appropriations."""

    SHEET: ClassVar[str] = "Quota by phase"
    WAS: ClassVar[str] = "Allotments"
    PURPOSE: ClassVar[str] = "Visas or places into each quota by phase."
    GROUP = "basic"

    pool: str = key("Quota", refers=("Quotas",), help="Quota that receives them", was="Pool")
    phase: str = key("Phase", refers=("Time",), help="Phase in which they come")
    line: str = key("Line", help="Tells apart several rows of one quota and phase", blank="one row only")
    amount: float = number(
        "Places", "people", low=0, help="Over the whole phase", default=REQUIRED, blank="", was="Numbers"
    )
    release: str = choice(
        "Release", "at once", "even", "quarterly", "yearly", help="How they become available", default="yearly"
    )
    needs: str = reference("Needs", "Reforms", help="Reform that must be in force before they are there")


@dataclass(frozen=True, kw_only=True)
class Visas(Row):
    """A stream of visas or departures for one nationality.

    Kernel: activity `visa:<stream>` in people. Each uses one place of every quota in `slots`, takes a person from
    `takes_from` (share `share_from`) and otherwise from `otherwise_from`, and puts them into `goes_to` after the lag.
    Employer demand is `demand` a year, more with support (rows on Curves or Goes with). Staff as on sheet Pipelines.
    """

    SHEET: ClassVar[str] = "Visas"
    PURPOSE: ClassVar[str] = "Visa and resettlement streams by nationality: demand, staff, cost, who travels."
    GROUP = "basic"

    stream: str = key("Stream", help="Name of the stream, as 'seasonal work from East'")
    visa_class: str = text("Class", help="Visa class or programme", blank="none")
    lane: str = line_of_action()
    nationality: str = reference(
        "Nationality", "Places", help="Country that people come from", default=REQUIRED, blank=""
    )
    host: str = reference("Host", "Places", help="Country that people go to", blank="not stated")
    place: str = reference(
        "Place", "Places", help="Where it is booked: accounts, rules and outcomes look here", blank="where people leave"
    )
    actor: str = text("Actor", help="Who carries it out", default="government", blank="government")
    purpose: str = text("Purpose", help="Purpose under which accounts pay it", blank="none: it costs nothing")
    slots: tuple[str, ...] = references(
        "Quota from", "Quotas", help="Quotas that each person uses a place of", was="Slots from"
    )
    demand: float | None = number(
        "Demand", "people a year", low=0, help="Most that employers or sponsors ask for", blank="not limited"
    )
    at_least: float | None = number("At least", "people a year", low=0, help="Must be done", default=0.0, blank="0")
    growth: float | None = number(
        "Growth", "factor a year", low=1, help="Fastest growth, 2 = doubles in a year", blank="not limited"
    )
    growth_base: float = number(
        "Starting pace",
        "people a year",
        low=0,
        default=0.0,
        blank="0",
        help="Pace possible without a history; a year later at most growth times the pace reached, plus this",
    )
    takes_from: str = reference(
        "Takes from", "People", help="Caseload that people leave", blank="people outside the books"
    )
    share_from: float = share("Share from", help="Share of travellers who come from there", default=1.0, blank="1")
    otherwise_from: str = reference(
        "Otherwise from", "People", help="Where the others come from", blank="people outside the books"
    )
    goes_to: str = reference("Goes to", "People", help="Caseload that they enter", blank="people outside the books")
    unit_cost: float = number("Unit cost", "USD a person", low=0, default=0.0, blank="0", help="Besides salaries")
    cadre: str = text("Cadre", help="Who interviews", blank="no staff needed")
    station: str = reference(
        "Duty station", "Places", help="Whose staff", blank="the nationality's country", was="Station"
    )
    cases_per_year: float | None = number(
        "Cases per staff-year",
        "cases a year",
        positive=True,
        low=0,
        blank="no staff needed",
        help="Output of one full-time worker",
    )
    lag: float = number("Lag", "days", low=0, default=0.0, blank="0", help="From the visa to the arrival")
    spread: float = number(
        "Spread", "days", low=0, default=0.0, blank="0", help="Days over which they arrive after the lag"
    )
    needs: tuple[str, ...] = references("Needs", "Reforms", help="Reforms that must be in force")
    last_actual: float | None = last_actual("people a year")
    goes_on_at: float | None = goes_on_at("people a year")
    runs_without_plan: bool = runs_without_plan()

    @property
    def booked(self) -> str:
        """Place that the stream belongs to; the nationality where none is stated."""
        return self.place or self.nationality
