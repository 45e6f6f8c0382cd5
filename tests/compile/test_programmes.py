"""Sheets Programmes, Needs and Indicators."""

from __future__ import annotations

import math
from datetime import date

import pytest

from models.network import Running, Segment
from models.profiles import after
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.compile.draft import Draft
from planner.compile.names import activity_id
from planner.compile.programmes import compile_indicators, compile_needs, compile_programmes
from planner.sheets.declare import Row
from planner.sheets.frame import Places, Time
from planner.sheets.people import People
from planner.sheets.pipelines import Pipelines
from planner.sheets.programmes import Curves, Indicators, Needs, Programmes
from planner.sheets.reforms import Reforms
from planner.sheets.slots import Visas

FRAME: tuple[Row, ...] = (
    Time(phase="P1", starts=date(2021, 1, 1), ends=date(2021, 12, 31)),
    Places(place="Honduras"),
    Places(place="Choloma", kind="city", country="Honduras"),
    People(people="at risk", place="Honduras", origin_country="Honduras", state="at risk at home", at_start=9_000.0),
    People(people="safe", place="Honduras", state="protected at home"),
)


def draft_of(*rows: Row) -> Draft:
    kinds = dict.fromkeys(type(row) for row in (*FRAME, *rows))
    return Draft(Case(rows={kind: tuple(r for r in (*FRAME, *rows) if type(r) is kind) for kind in kinds}))


def programme(**values: object) -> Programmes:
    known: dict[str, object] = {
        "programme": "CARSI", "place": "Choloma", "purpose": "aid", "unit": "community", "unit_cost": 1e6,
    }  # fmt: skip
    return Programmes(**(known | values))  # type: ignore[arg-type]


def compiled(*rows: Row) -> Draft:
    draft = draft_of(*rows)
    compile_programmes(draft)
    return draft


def test_effective_units_move_people_on_both_sides_at_the_same_time() -> None:
    row = programme(moves_from="at risk", moves_to="safe", people_per_unit=500.0, lag=365.0, spread=100.0)
    links = {x.verb: x for x in compiled(row).links}
    assert (links["use"].ledger, links["make"].ledger) == ("people:at risk", "people:safe")
    for link in links.values():
        assert (link.quantity, link.basis, link.profile) == (500.0, "effective", after(365.0, 100.0))


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ({}, 1.0),
        ({"moves_from": "at risk", "people_per_unit": 1.0}, 1_000.0),
        ({"moves_from": "at risk", "people_per_unit": 500.0}, 1.0),
        ({"moves_to": "safe", "people_per_unit": 0.01}, 1e5),
        ({"moves_to": "safe", "people_per_unit": 0.0}, 1.0),
    ],
)
def test_a_unit_of_the_model_moves_about_a_thousand_people(values: dict[str, object], scale: float) -> None:
    assert compiled(programme(**values)).activities["programme:CARSI"].scale == scale


def test_it_raises_an_indicator_by_effective_units() -> None:
    (link,) = compiled(programme(raises="governance", raise_per_unit=0.2, lag=30.0)).links
    assert (link.ledger, link.verb, link.quantity, link.basis) == ("indicator:governance", "make", 0.2, "effective")
    assert link.profile == after(30.0)


def test_running_carries_least_scale_and_costs_in_dollars() -> None:
    row = programme(at_most=100.0, least_scale=12.0, running_cost=50.0, start_cost=1.5, decided="phase")
    activity = compiled(row).activities["programme:CARSI"]
    assert activity.running == Running(12.0, 50.0, 1_500_000.0)
    assert activity.decided == "phase"
    assert compiled(programme()).activities["programme:CARSI"].running is None


def test_a_least_scale_or_a_reform_asks_for_a_largest_pace() -> None:
    with pytest.raises(InvalidCaseError, match="'At most' is blank"):
        compiled(programme(least_scale=12.0))
    with pytest.raises(InvalidCaseError, match="waits for a reform"):
        compiled(programme(needs=("law",)), Reforms(reform="law"))
    stretch = Curves(row="CARSI", stretch=1, width=40.0, effect=1.0)
    activity = compiled(programme(least_scale=12.0), stretch).activities["programme:CARSI"]
    assert activity.upper == ((0.0, 40.0),)
    assert activity.curve == (Segment(40.0, 1.0),)


def test_a_stated_largest_pace_stands_above_the_curve() -> None:
    stretch = Curves(row="CARSI", stretch=1, width=40.0, effect=1.0)
    assert compiled(programme(at_most=25.0), stretch).activities["programme:CARSI"].upper == ((0.0, 25.0),)


def test_tags() -> None:
    row = programme(lane="root causes", group="youth", actor="donor", moves_from="at risk")
    tags = compiled(row).activities["programme:CARSI"].tags
    assert tags == {
        "kind": "programme", "sheet": "Programmes", "row": "CARSI", "lane": "root causes", "place": "Choloma",
        "country": "Honduras", "group": "youth", "actor": "donor", "purpose": "aid", "cadre": "", "station": "",
        "origin": "Honduras",
    }  # fmt: skip


def test_rows_that_need_the_same_thing_share_one_requirement() -> None:
    stage = Pipelines(stage="hearing", takes_from="at risk", place="Choloma", to_1="safe")
    visa = Visas(stream="H-2B", nationality="Honduras")
    draft = draft_of(
        programme(programme="counsel"), stage, visa,
        Needs(row="hearing", needed="counsel", ratio=1.0),
        Needs(row="H-2B", needed="counsel", ratio=0.25),
        Needs(row="H-2B", needed="hearing", ratio=2.0),
    )  # fmt: skip
    compile_needs(draft)
    found = {r.id: r for r in draft.requirements}
    assert set(found) == {"need:counsel", "need:hearing"}
    assert found["need:counsel"].supply == (("programme:counsel", 1.0),)
    assert found["need:counsel"].demand == (("stage:hearing", 1.0), ("visa:H-2B", 0.25))
    assert found["need:hearing"].supply == (("stage:hearing", 1.0),)


def test_an_unknown_key_names_no_activity() -> None:
    with pytest.raises(LookupError, match="nothing here"):
        activity_id(draft_of().case, "nothing here")


def test_indicators_wear_down() -> None:
    draft = draft_of(
        Indicators(indicator="governance", at_start=3.0, wear=0.5, at_most=10.0), Indicators(indicator="plain")
    )
    compile_indicators(draft)
    stock = draft.stocks["indicator:governance"]
    assert (stock.opening, stock.upper, stock.unit) == (3.0, ((0.0, 10.0),), "points")
    assert math.exp(-stock.loss) == pytest.approx(0.5)
    assert stock.tags["kind"] == "indicator"
    assert (draft.stocks["indicator:plain"].loss, draft.stocks["indicator:plain"].upper) == (0.0, ())
