"""Sites: ports of entry, processing centres, shelters, hubs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from planner.sheets.declare import REQUIRED, Row, choice, day, key, number, references, share, text, yes


@dataclass(frozen=True, kw_only=True)
class Sites(Row):
    """A facility with a limit of people a day (or places at a time).

    Kernel: capacity `site:<site>` in place-days, of which `use_ceiling` can be used: each person handled takes one
    place for `days at site` days (one day for a daily throughput). Open sites provide `capacity` from the start.
    Others have a switch `open:<site>` that starts at one of the `dates` inside its window, provides the capacity
    `lead` days later with a straight build-up, and costs `opening_cost` when it starts and `running_cost` a day from
    then in force. Open sites with a running cost pay it throughout (they are a switch already in force). With
    `may_close` a switch `close:<site>` ends capacity and running cost, which is then billed by an activity `run:<site>`
    (site-days) held equal to the days open by a rule of the same name. `needs`: reforms in force before it can open.
    """

    SHEET: ClassVar[str] = "Sites"
    PURPOSE: ClassVar[str] = "Ports, centres, shelters and hubs: capacity, cost, when they can open."
    GROUP = "basic"

    site: str = key("Site", refers=("Places",), help="Where it is")
    label: str = text("Label", help="What it is")
    purpose: str = text("Purpose", help="Purpose under which accounts pay it", default=REQUIRED)
    actor: str = text("Actor", help="Who runs it", default="government", blank="government")
    open_at_start: bool = yes("Open at start", help="Whether it works on day one", default=True)
    capacity: float = number(
        "Capacity",
        "people a day or places",
        low=0,
        default=REQUIRED,
        blank="",
        help="People a day, or places at a time for shelters",
    )
    use_ceiling: float = share(
        "Use ceiling",
        help="Share that can be used over a period, peaks allowed for",
        default=1.0,
        blank="1",
        unit="share of capacity",
    )
    dates: str = choice("Opening dates", "phase", "period", help="Open only as a phase begins, or as any period begins")
    opens_from: date | None = day("Opens from", help="First day on which opening can start", blank="start of the plan")
    opens_until: date | None = day("Opens until", help="Last day on which opening can start", blank="end of the plan")
    lead: float = number(
        "Lead time", "days", low=0, default=0.0, blank="0", help="From the decision to the first person"
    )
    build_up: float = number("Build-up", "days", low=0, default=0.0, blank="0", help="From first to full capacity")
    opening_cost: float = number(
        "Opening cost", "USD million", low=0, default=0.0, blank="0", help="Paid when opening starts"
    )
    running_cost: float = number("Running cost", "USD a day", low=0, default=0.0, blank="0", help="While open")
    may_close: bool = yes("May close", help="Whether the plan may close it again")
    needs: tuple[str, ...] = references(
        "Needs", "Reforms", "Sites", help="Reforms in force, or sites open, before it can open"
    )
