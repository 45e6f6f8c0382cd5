"""Programmes, Curves, Goes with and Indicators: what can be bought, with what effect."""

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
    text,
    whole,
)


@dataclass(frozen=True, kw_only=True)
class Programmes(Row):
    """Something done in units at a cost, with an effect on people or on an indicator.

    Kernel: activity `programme:<programme>`. Each effective unit moves `people_per_unit` people from `moves_from` to
    `moves_to` after the lag, evenly over the spread (both sides of the move happen then), and raises the indicator by
    `raise_per_unit` on the same profile. Without a curve every unit is effective. Staff, site, growth and needs as on
    sheet Pipelines. `least_scale`: if it runs at all in a period it runs at this pace or more (a yes/no decision);
    `start_cost` is paid each time it starts, `running_cost` each day that it runs.
    """

    SHEET: ClassVar[str] = "Programmes"
    PURPOSE: ClassVar[str] = "What can be bought: unit, cost, scale, staff, and whom it helps."
    GROUP = "basic"

    programme: str = key("Programme", help="Name of the programme")
    lane: str = line_of_action()
    place: str = reference("Place", "Places", help="Where", default=REQUIRED, blank="")
    group: str = reference("Group", "Groups", help="For whom", blank="all groups")
    actor: str = text("Actor", help="Who carries it out", default="government", blank="government")
    purpose: str = text("Purpose", help="Purpose under which accounts pay it", default=REQUIRED)
    unit: str = text("Unit", help="What one unit is, as 'family-month'", default=REQUIRED)
    unit_cost: float = number("Unit cost", "USD a unit", low=0, help="Cost of one unit", default=REQUIRED, blank="")
    at_least: float | None = number("At least", "units a year", low=0, help="Must be done", default=0.0, blank="0")
    at_most: float | None = number("At most", "units a year", low=0, help="Largest pace", blank="not limited")
    at_most_in_all: float | None = number(
        "At most in all", "units", low=0, help="Most over the whole plan", blank="not limited"
    )
    growth: float | None = number(
        "Growth", "factor a year", low=1, help="Fastest growth, 2 = doubles in a year", blank="not limited"
    )
    growth_base: float = number(
        "Starting pace",
        "units a year",
        low=0,
        default=0.0,
        blank="0",
        help="Pace possible without a history; a year later at most growth times the pace reached, plus this",
    )
    least_scale: float = number(
        "Least scale", "units a year", low=0, default=0.0, blank="0", help="Smallest pace that makes sense"
    )
    start_cost: float = number(
        "Start-up cost", "USD million", low=0, default=0.0, blank="0", help="Each time it starts"
    )
    running_cost: float = number("Running cost", "USD a day", low=0, default=0.0, blank="0", help="While it runs")
    decided: str = choice("Decided", "period", "phase", "horizon", help="How often the pace may change")
    cadre: str = text("Cadre", help="Staff it needs", blank="no staff needed")
    station: str = reference("Duty station", "Places", help="Whose staff", blank="the same place", was="Station")
    units_per_year: float | None = number(
        "Units per staff-year",
        "units a year",
        positive=True,
        low=0,
        blank="no staff needed",
        help="Output of one full-time worker",
    )
    site: str = reference("Site", "Sites", help="Facility that it needs")
    days_at_site: float = number(
        "Days at site", "days", low=0, default=1.0, blank="1", help="Days that a unit takes a place"
    )
    moves_from: str = reference("Moves from", "People", help="Caseload that people leave", blank="nobody moves")
    moves_to: str = reference("Moves to", "People", help="Caseload that they enter", blank="nobody moves")
    people_per_unit: float = number(
        "People per unit",
        "people a unit",
        low=0,
        default=1.0,
        blank="1",
        help="How many people one effective unit moves",
    )
    lag: float = number("Lag", "days", low=0, default=0.0, blank="0", help="From the work to its effect")
    spread: float = number(
        "Spread", "days", low=0, default=0.0, blank="0", help="Days over which the effect arrives after the lag"
    )
    raises: str = reference("Raises", "Indicators", help="Indicator that it raises")
    raise_per_unit: float = number("Raise per unit", "points a unit", low=0, default=0.0, blank="0", help="By how much")
    needs: tuple[str, ...] = references("Needs", "Reforms", help="Reforms that must be in force")
    last_actual: float | None = last_actual("units a year")
    goes_on_at: float | None = goes_on_at("units a year")
    runs_without_plan: bool = runs_without_plan()


@dataclass(frozen=True, kw_only=True)
class Curves(Row):
    """Diminishing or growing returns: stretches of a programme's pace with the effect of a unit in each.

    Falling effects are a linear programme; a rising effect (S-shape) fills stretches in order by yes/no decisions.
    The widths together are the programme's largest pace.
    """

    SHEET: ClassVar[str] = "Curves"
    PURPOSE: ClassVar[str] = "Where returns are not proportional: stretches with their effect."

    row: str = key(
        "Programme", refers=("Programmes", "Visas", "Pipelines", "Raw activities"), help="Row that the curve belongs to"
    )
    stretch: int = whole("Stretch", "number", help="1, 2, 3, ... in order", default=REQUIRED, blank="", low=1, key=True)
    width: float = number(
        "Width", "units a year", positive=True, low=0, help="Length of the stretch", default=REQUIRED, blank=""
    )
    effect: float = number(
        "Effect", "effective units a unit", low=0, help="Effect of one unit here", default=REQUIRED, blank=""
    )


@dataclass(frozen=True, kw_only=True)
class Needs(Row):
    """Co-requisites: in every period, at least `ratio` units of `needed` for each unit of `row`.

    Rows of `needed` with the same `needed` row add up: one supply serves all who need it.
    """

    SHEET: ClassVar[str] = "Goes with"
    WAS: ClassVar[str] = "Needs"
    PURPOSE: ClassVar[str] = "What must go with what: a shelter-night per admission, counsel per hearing."

    row: str = key("For each", refers=("Pipelines", "Programmes", "Visas"), help="Stage, programme or visa stream")
    needed: str = key("Needs", refers=("Pipelines", "Programmes", "Visas"), help="What must go with it")
    ratio: float = number("Ratio", "units a unit", low=0, help="Units needed for each", default=REQUIRED, blank="")
    authority: str = text("Authority", help="Law, agreement or standard that asks for it")


@dataclass(frozen=True, kw_only=True)
class Indicators(Row):
    """A level that effort raises and time wears down: governance, awareness, a pledge's progress.

    Kernel: stock `indicator:<indicator>`.
    """

    SHEET: ClassVar[str] = "Indicators"
    PURPOSE: ClassVar[str] = "Levels that effort raises: governance, law-making effort, awareness."

    indicator: str = key("Indicator", help="Name of the indicator")
    unit: str = text("Unit", help="What a point is", default="points", blank="points")
    at_start: float = number("At start", "points", low=0, default=0.0, blank="0", help="Level on day one")
    wear: float = number(
        "Wear", "share a year", low=0, high=0.99, default=0.0, blank="0", help="Share lost in a year without effort"
    )
    at_most: float | None = number("At most", "points", low=0, help="Highest level", blank="not limited")
