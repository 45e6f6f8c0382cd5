"""Sheets People, Arrivals and Movements become stocks."""

from __future__ import annotations

import math
from datetime import date

import pytest

from planner.case import Case
from planner.compile.draft import Draft
from planner.compile.people import compile_people
from planner.sheets.declare import Row
from planner.sheets.frame import Places, Time
from planner.sheets.people import Arrivals, Movements, People

FRAME: tuple[Row, ...] = (
    Time(phase="P1", starts=date(2021, 1, 20), ends=date(2021, 4, 29)),
    Time(phase="P2", starts=date(2021, 4, 30), ends=date(2022, 1, 19)),
    Places(place="Mexico"),
    Places(place="Tijuana", kind="city", country="Mexico"),
    Places(place="Honduras"),
)


def draft_of(*rows: Row) -> Draft:
    kinds = dict.fromkeys(type(row) for row in (*FRAME, *rows))
    return Draft(Case(rows={kind: tuple(r for r in (*FRAME, *rows) if type(r) is kind) for kind in kinds}))


def waiting(name: str = "waiting", **values: object) -> People:
    return People(people=name, place="Tijuana", state="waiting", **values)  # type: ignore[arg-type]


def test_a_compartment_becomes_a_stock_with_its_limit_and_care() -> None:
    row = waiting(
        origin_country="Honduras", group="families", pipeline="asylum", at_start=25_000.0, age_at_start=400.0,
        time_limit=180.0, limit_is="right", at_most=40_000.0, care_cost=12.5, purpose="care", actor="civil society",
        row_number=7, cells={"people": "A", "time_limit": "H", "at_most": "J"},
    )  # fmt: skip
    draft = draft_of(row)
    compile_people(draft)
    stock = draft.stocks["people:waiting"]
    assert (stock.unit, stock.opening, stock.scale, stock.holding_cost) == ("people", 25_000.0, 1_000.0, 12.5)
    assert stock.upper == ((0.0, 40_000.0),)
    assert not stock.disposable
    assert stock.limit is not None
    assert (stock.limit.id, stock.limit.days, stock.limit.hard) == ("limit:waiting", 180.0, True)
    assert (stock.limit.opening_age, stock.limit.origin) == (400.0, "People!H7")
    assert stock.origin == "People!J7"
    assert stock.tags == {
        "kind": "people", "sheet": "People", "row": "waiting", "place": "Tijuana", "country": "Mexico",
        "origin": "Honduras", "group": "families", "state": "waiting", "pipeline": "asylum", "purpose": "care",
        "actor": "civil society",
    }  # fmt: skip
    assert draft.bills["people:waiting"].tags["purpose"] == "care"


def test_blank_means_no_limit_and_no_bill() -> None:
    draft = draft_of(waiting())
    compile_people(draft)
    stock = draft.stocks["people:waiting"]
    assert stock.upper == ()
    assert stock.limit is None
    assert stock.tags["origin"] == ""
    assert not draft.bills


def test_zero_people_at_most_is_a_limit() -> None:
    draft = draft_of(waiting(at_most=0.0, time_limit=0.0))
    compile_people(draft)
    stock = draft.stocks["people:waiting"]
    assert stock.upper == ((0.0, 0.0),)
    assert stock.limit is not None
    assert not stock.limit.hard


def test_arrivals_come_evenly_through_their_phase() -> None:
    draft = draft_of(
        waiting(),
        Arrivals(people="waiting", phase="P2", rate=7_300.0),
        Arrivals(people="waiting", phase="P1", line="by land", rate=3_650.0),
        Arrivals(people="waiting", phase="P1", line="by sea", rate=365.0),
    )
    compile_people(draft)
    flows = [(f.start, f.end, f.amount) for f in draft.stocks["people:waiting"].flows]
    assert flows == [(0.0, 100.0, 100.0), (0.0, 100.0, 1_000.0), (100.0, 365.0, pytest.approx(5_300.0))]


def test_movements_compete_and_split_by_their_rates() -> None:
    draft = draft_of(
        waiting(), waiting("gone"), waiting("moved"),
        Movements(leaves="waiting", enters="moved", share_a_year=0.5),
        Movements(leaves="waiting", enters="gone", share_a_year=0.75),
        Movements(leaves="gone", enters="waiting", share_a_year=0.0),
    )  # fmt: skip
    compile_people(draft)
    stock = draft.stocks["people:waiting"]
    assert stock.loss == pytest.approx(math.log(8.0))
    assert stock.loss_convention == "continuous"
    assert dict(stock.loss_to) == {"people:gone": pytest.approx(2.0 / 3.0), "people:moved": pytest.approx(1.0 / 3.0)}
    assert (draft.stocks["people:gone"].loss, draft.stocks["people:gone"].loss_to) == (0.0, ())


def test_one_movement_loses_its_share_in_a_year() -> None:
    draft = draft_of(waiting(), waiting("gone"), Movements(leaves="waiting", enters="gone", share_a_year=0.3))
    compile_people(draft)
    stock = draft.stocks["people:waiting"]
    assert math.exp(-stock.loss) == pytest.approx(0.7)
    assert stock.loss_to == (("people:gone", 1.0),)
