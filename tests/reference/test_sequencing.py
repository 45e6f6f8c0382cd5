"""Capacity before announcement comes out of the optimisation, where an announcement sets people in motion."""

from datetime import date

import pandas as pd

from tests.reference.small import Tables, frame, outcome, solved

OFF = "Effects!Announcement / waiting.Amount=0"


def border() -> Tables:
    """3,000 people wait; a port admits 10 a day once the end of the old order is announced, 70 with a centre."""
    tables = frame("every 30 days", date(2021, 12, 26))
    tables["Places"].append({"Place": "Port", "Kind": "port of entry", "Country": "United States"})
    tables["People"] = [
        {"People": "waiting", "Place": "Port", "State": "waiting", "At start": 3_000},
        {"People": "admitted", "Place": "United States", "State": "protected"},
    ]
    tables["Sites"] = [{"Site": "Port", "Purpose": "ports", "Capacity": 10}]
    tables["Reforms"] = [
        {"Reform": "Announcement", "Dates": "period"},
        {"Reform": "Capacity", "Dates": "period", "Lead time": 90},
    ]
    tables["Effects"] = [
        {
            "Reform": "Announcement", "Effect": "pulse", "On": "waiting", "Amount": 6_000, "Spread": 120,
            "Softened by": "admission", "Softening": 2,
        },
        {"Reform": "Capacity", "Effect": "adds capacity", "On": "Port", "Amount": 60},
    ]  # fmt: skip
    tables["Pipelines"] = [
        {
            "Stage": "admission", "Takes from": "waiting", "Place": "Port", "Site": "Port",
            "To 1": "admitted", "Share 1": 1,
            "At most": 36_500, "Needs": "Announcement",
        }
    ]  # fmt: skip
    outcome(tables, "person-days in", "row: waiting", -1.0)
    return tables


def days(*sets: str) -> tuple[float, float]:
    """Day of the announcement, and day from which the capacity works."""
    case, plan = solved(border(), *sets)
    switches = plan.tables["switches"].set_index("switch")
    announced, works = switches.loc["reform:Announcement", "date"], switches.loc["reform:Capacity", "in_force_from"]
    assert not pd.isna(announced)
    assert not pd.isna(works)
    return case.day(announced), case.day(works)


def test_with_surge_pulses_capacity_opens_before_the_announcement() -> None:
    announced, works = days()
    assert works <= announced


def test_without_pulses_it_need_not() -> None:
    announced, works = days(OFF)
    assert announced == 0.0
    assert announced < works
