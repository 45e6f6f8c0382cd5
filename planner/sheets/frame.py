"""Settings, Time, Places and Groups: the frame of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from planner.sheets.declare import REQUIRED, Row, choice, day, key, number, reference, text, yes


@dataclass(frozen=True, kw_only=True)
class Settings(Row):
    """One setting a row. Known settings and their defaults are in `planner.case.SETTINGS`."""

    SHEET: ClassVar[str] = "Settings"
    PURPOSE: ClassVar[str] = "Name of the case, grid, discount rate, political capital and other single values."
    GROUP = "basic"

    setting: str = key("Setting", help="Name of the setting, from the list")
    value: str = text("Value", help="Its value", default=REQUIRED)


@dataclass(frozen=True, kw_only=True)
class Time(Row):
    """One phase a row, in order, without gaps. Day 0 is the first day of the first phase."""

    SHEET: ClassVar[str] = "Time"
    PURPOSE: ClassVar[str] = "The planning phases, one after another without gaps."
    GROUP = "basic"

    phase: str = key("Phase", help="Short name such as P1; other sheets refer to it")
    label: str = text("Label", help="What people call it, with its budget year")
    starts: date = day("From", help="First day", default=REQUIRED, blank="")
    ends: date = day("Until", help="Last day, included", default=REQUIRED, blank="")


@dataclass(frozen=True, kw_only=True)
class Places(Row):
    """Countries, and the sites, stations and regions in them."""

    SHEET: ClassVar[str] = "Places"
    PURPOSE: ClassVar[str] = "Countries, and the ports, centres, cities and stations in them."
    GROUP = "basic"

    place: str = key("Place", help="Name used on every other sheet")
    kind: str = choice(
        "Kind", "country", "port of entry", "processing centre", "hub", "city", "region", "station", help="What it is"
    )
    country: str = reference("Country", "Places", help="Country it lies in; blank for a country itself", blank="itself")
    need: float | None = number(
        "People in need",
        "people",
        low=0,
        help="Yardstick for equity between countries",
        blank="left out of equity rules",
    )
    latitude: float | None = number("Latitude", "degrees", low=-90, high=90, help="For the map", blank="not on the map")
    longitude: float | None = number(
        "Longitude", "degrees", low=-180, high=180, help="For the map", blank="not on the map"
    )


@dataclass(frozen=True, kw_only=True)
class Groups(Row):
    """Groups of people that differ in rights, risk or route."""

    SHEET: ClassVar[str] = "Groups"
    PURPOSE: ClassVar[str] = "Groups of people with rights or routes of their own."
    GROUP = "basic"

    group: str = key("Group", help="Name used on every other sheet")
    label: str = text("Label", help="Who belongs to it")
    vulnerable: bool = yes("Vulnerable", help="Whether the group goes first under priority rules")
    need: float | None = number(
        "People in need", "people", low=0, help="Yardstick for equity between groups", blank="left out of equity rules"
    )
