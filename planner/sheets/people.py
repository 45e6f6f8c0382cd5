"""People, Arrivals and Movements: where everybody is, who comes, who moves without any decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from planner.sheets.declare import NO_LIMIT, REQUIRED, Row, choice, key, number, reference, share, text

STATES = (
    "at risk at home",
    "displaced",
    "en route",
    "waiting",
    "in procedure",
    "ready to travel",
    "protected at home",
    "protected",
    "durable",
    "returned",
    "reintegrated",
    "refused",
    "left",
)
"""States of people. *left* is where the books end: abandoned, moved on, or outside the region."""


@dataclass(frozen=True, kw_only=True)
class People(Row):
    """A caseload of people: everyone is in exactly one.

    Kernel: stock `people:<people>`. `time_limit`: everyone who enters leaves within so many days, first in, first out
    (people at the start arrived evenly over `age_at_start` days). A *right* is a hard rule; a *target* counts people
    over the limit. `care_cost` bills `people:<people>` a person and day.
    """

    SHEET: ClassVar[str] = "People"
    PURPOSE: ClassVar[str] = "Where people are: at home, displaced, waiting, in procedure, protected, returned."
    GROUP = "basic"

    people: str = key("People", help="Name of the caseload, as 'waiting at the border'")
    place: str = reference("Place", "Places", help="Where they are", default=REQUIRED, blank="")
    origin_country: str = reference(
        "Origin", "Places", help="Country they come from, for outcomes by origin", blank="mixed"
    )
    group: str = reference("Group", "Groups", help="Which group", blank="all groups")
    state: str = choice("State", *STATES, help="What their situation is", default=REQUIRED)
    pipeline: str = text("Pipeline", help="Procedure they are in, for grouping", blank="none")
    at_start: float = number("At start", "people", low=0, default=0.0, blank="0", help="People on day one")
    age_at_start: float = number(
        "Waited at start",
        "days",
        low=0,
        default=0.0,
        blank="0: all just arrived",
        help="People on day one arrived evenly over so many days before it",
    )
    time_limit: float | None = number("Time limit", "days", low=0, help="Within which everyone leaves", blank=NO_LIMIT)
    limit_is: str = choice("Limit is", "target", "right", help="A right always holds; a target counts who is over it")
    at_most: float | None = number("At most", "people", low=0, help="Most people at a period end", blank="not limited")
    care_cost: float = number(
        "Care cost", "USD a person and day", low=0, default=0.0, blank="0", help="Shelter, custody or care"
    )
    purpose: str = text("Purpose", help="Purpose under which accounts pay the care", blank="none")
    actor: str = text("Actor", help="Who gives the care", default="government", blank="government")


@dataclass(frozen=True, kw_only=True)
class Arrivals(Row):
    """People who come by themselves, at a steady rate through a phase."""

    SHEET: ClassVar[str] = "Arrivals"
    PURPOSE: ClassVar[str] = "New people by phase, at a yearly rate."
    GROUP = "basic"

    people: str = key("People", refers=("People",), help="Caseload that they enter")
    phase: str = key("Phase", refers=("Time",), help="Phase")
    line: str = key("Line", help="Tells apart several rows of one caseload and phase", blank="one row only")
    rate: float = number(
        "Arrivals", "people a year", low=0, help="Steady rate through the phase", default=REQUIRED, blank=""
    )


@dataclass(frozen=True, kw_only=True)
class Movements(Row):
    r"""People who move by themselves: a natural rate from one caseload to another.

    The shares of one caseload act together: total rate :math:`\delta = -\sum \ln(1 - share)` per year,
    split in proportion. A caseload in state *waiting* or *in procedure* may not move to *returned*: nobody with a
    pending claim is sent back.
    """

    SHEET: ClassVar[str] = "Movements"
    PURPOSE: ClassVar[str] = "Natural rates: who moves on, gives up or comes back without any decision."

    leaves: str = key("From", refers=("People",), help="Caseload that people leave")
    enters: str = key("To", refers=("People",), help="Caseload that they enter")
    share_a_year: float = share(
        "Share a year",
        help="Share that moves within a year",
        default=REQUIRED,
        blank="",
        unit="share a year",
        high=0.99,
    )
