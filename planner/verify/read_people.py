"""People, Arrivals, Movements, Indicators and political capital."""

from __future__ import annotations

from planner.sheets import Arrivals, Indicators, Movements, People, Settings
from planner.verify.inputs import PEOPLE, Inputs, Stock, Tags, rate_of

CAPITAL = "capital:political"


def read_people(inputs: Inputs) -> None:
    """Compartments of people with arrivals and natural movements."""
    for row in inputs.case.of(People):
        tags = inputs.subject(
            "people", row, place=row.place, country=inputs.country(row.place), pipeline=row.pipeline,
            purpose=row.purpose, actor=row.actor, **who(inputs, row.people),
        )  # fmt: skip
        stock = Stock(f"people:{row.people}", tags, opening=row.at_start, upper=row.at_most, unit=PEOPLE)
        stock.holding_cost = row.care_cost
        stock.limit, stock.right, stock.age = row.time_limit, row.limit_is == "right", row.age_at_start
        inputs.stocks[stock.id] = stock
    for coming in inputs.case.of(Arrivals):
        begin, end = inputs.calendar.phase_span(coming.phase)
        inputs.stocks[f"people:{coming.people}"].flows.append((begin, end, coming.rate / 365.0 * (end - begin)))
    leaving: dict[str, list[tuple[str, float]]] = {}
    for move in inputs.case.of(Movements):
        if move.share_a_year > 0.0:
            leaving.setdefault(move.leaves, []).append((f"people:{move.enters}", rate_of(move.share_a_year)))
    for people, ways in leaving.items():
        stock = inputs.stocks[f"people:{people}"]
        stock.loss = sum(rate for _, rate in ways)
        stock.loss_to = tuple((to, rate / stock.loss) for to, rate in ways)


def who(inputs: Inputs, people: str) -> Tags:
    """Origin, group and state of a compartment's people."""
    row = inputs.case.find(People, people) if people else None
    if row is None:
        return {}
    return {"origin": inputs.country(row.origin_country), "group": row.group, "state": row.state}


def read_indicators(inputs: Inputs) -> None:
    """Indicators, and political capital where the settings limit it."""
    for row in inputs.case.of(Indicators):
        stock = Stock(f"indicator:{row.indicator}", inputs.subject("indicator", row), opening=row.at_start)
        stock.loss, stock.upper = rate_of(row.wear), row.at_most
        inputs.stocks[stock.id] = stock
    opening = inputs.case.setting_number("political capital at start")
    if opening is None:
        return
    yearly = inputs.case.setting_number("political capital a year") or 0.0
    tags = {"kind": "capital", "sheet": Settings.SHEET, "row": "political capital at start"}
    stock = Stock(CAPITAL, tags, opening=opening, disposable=True)
    stock.upper = inputs.case.setting_number("political capital at most")
    horizon = inputs.calendar.horizon
    stock.flows = [(0.0, horizon, yearly * horizon / 365.0)]
    inputs.stocks[CAPITAL] = stock
