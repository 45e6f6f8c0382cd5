"""Sheet Pipelines becomes activities that move people, and the paces that stages, programmes and visas share."""

from __future__ import annotations

from datetime import date

import pytest

from models.network import Segment
from models.profiles import after
from planner.case import Case
from planner.compile.draft import Draft
from planner.compile.pipelines import compile_pipelines
from planner.compile.rates import everyone
from planner.compile.slots import most_numbers
from planner.sheets.declare import Row
from planner.sheets.frame import Places, Settings, Time
from planner.sheets.people import Arrivals, People
from planner.sheets.pipelines import Pipelines
from planner.sheets.programmes import Curves
from planner.sheets.reforms import Effects, Reforms
from planner.sheets.sites import Sites
from planner.sheets.slots import Allotments, Slots, Visas
from planner.sheets.staff import Staff, Teams

FRAME: tuple[Row, ...] = (
    Time(phase="P1", starts=date(2021, 1, 1), ends=date(2021, 4, 10)),
    Time(phase="P2", starts=date(2021, 4, 11), ends=date(2021, 12, 31)),
    Settings(setting="grid", value="phases"),
    Places(place="US"), Places(place="Honduras"),
    Places(place="El Paso", kind="port of entry", country="US"),
    People(people="queue", place="El Paso", origin_country="Honduras", group="adults", state="waiting", at_start=1e3),
    People(people="granted", place="US", state="protected"),
    People(people="denied", place="US", state="refused"),
    Arrivals(people="queue", phase="P1", rate=3_650.0),
)  # fmt: skip


def draft_of(*rows: Row) -> Draft:
    kinds = dict.fromkeys(type(row) for row in (*FRAME, *rows))
    return Draft(Case(rows={kind: tuple(r for r in (*FRAME, *rows) if type(r) is kind) for kind in kinds}))


def stage(**values: object) -> Pipelines:
    known: dict[str, object] = {"stage": "interview", "takes_from": "queue", "place": "El Paso", "to_1": "granted"}
    return Pipelines(**(known | values))  # type: ignore[arg-type]


def test_a_stage_takes_people_up_at_once_and_hands_them_on_after_the_lag() -> None:
    draft = draft_of(stage(lag=30.0, spread=10.0, share_1=0.4, to_2="denied", share_2=0.6, slots=("H", "T")))
    compile_pipelines(draft)
    links = {(x.ledger, x.verb): x for x in draft.links}
    assert set(links) == {
        ("people:queue", "use"), ("people:granted", "make"), ("people:denied", "make"),
        ("pool:H", "use"), ("pool:T", "use"),
    }  # fmt: skip
    assert links["people:queue", "use"].quantity == 1.0
    assert links["people:queue", "use"].profile == after(0.0)
    assert links["people:granted", "make"].quantity == 0.4
    assert links["people:denied", "make"].profile == after(30.0, 10.0)
    assert links["pool:T", "use"].quantity == 1.0
    assert {x.basis for x in draft.links} == {"level"}


def test_its_own_values_and_tags() -> None:
    row = stage(
        pipeline="asylum", lane="border", purpose="asylum", unit_cost=200.0, cadre="officer", cases_per_year=500.0,
        at_least=10.0, at_most=2_000.0, growth=2.0, growth_base=50.0, slots=("H", "T"), row_number=4,
        cells={"stage": "A", "at_most": "Q"},
    )  # fmt: skip
    draft = draft_of(row, Staff(cadre="officer", station="El Paso", purpose="pay", on_board=5.0))
    compile_pipelines(draft)
    activity = draft.activities["stage:interview"]
    assert (activity.lower, activity.upper) == (((0.0, 10.0),), ((0.0, 2_000.0),))
    assert (activity.growth, activity.growth_base, activity.cost, activity.scale) == (2.0, 50.0, 200.0, 1_000.0)
    assert activity.origin == "Pipelines!Q4"
    assert activity.tags == {
        "kind": "stage", "sheet": "Pipelines", "row": "interview", "lane": "border", "place": "El Paso",
        "country": "US", "actor": "government", "purpose": "asylum", "pipeline": "asylum", "cadre": "officer",
        "station": "El Paso", "pool": "H; T", "origin": "Honduras", "group": "adults", "state": "waiting",
    }  # fmt: skip
    assert "stage:interview" in draft.bills


def test_staff_of_its_place_works_with_its_team_at_the_site() -> None:
    row = stage(cadre="officer", cases_per_year=365.0, site="El Paso", days_at_site=3.0)
    draft = draft_of(
        row, Staff(cadre="officer", station="El Paso", purpose="pay", on_board=5.0),
        Staff(cadre="interpreter", station="El Paso", purpose="pay", on_board=5.0),
        Teams(cadre="officer", support="interpreter", station="El Paso", ratio=0.5),
        Sites(site="El Paso", purpose="sites", capacity=50.0),
    )  # fmt: skip
    compile_pipelines(draft)
    occupied = {x.ledger: x.quantity for x in draft.links if x.verb == "occupy"}
    assert occupied == {"staff:officer / El Paso": 1.0, "staff:interpreter / El Paso": 0.5, "site:El Paso": 1.0}


def test_no_staff_without_an_output() -> None:
    draft = draft_of(stage(cadre="officer"))
    compile_pipelines(draft)
    assert not [x for x in draft.links if x.verb == "occupy"]


def test_blank_limits_are_no_limits_and_zero_is_zero() -> None:
    draft = draft_of(stage(), stage(stage="closed", at_most=0.0))
    compile_pipelines(draft)
    assert draft.activities["stage:interview"].upper == ()
    assert draft.activities["stage:interview"].lower == ()
    assert draft.activities["stage:closed"].upper == ((0.0, 0.0),)


def test_a_stage_that_waits_for_a_reform_is_limited_by_everyone_in_the_books() -> None:
    draft = draft_of(stage(needs=("rescind",)), Reforms(reform="rescind"))
    compile_pipelines(draft)
    activity = draft.activities["stage:interview"]
    assert activity.enabled_by == ("reform:rescind",)
    assert (activity.upper, activity.largest) == ((), 2_000.0)


def test_no_limit_is_invented_where_the_reform_already_holds_or_one_is_stated() -> None:
    already = Reforms(reform="rescind", in_force=True)
    draft = draft_of(stage(needs=("rescind",)), already)
    compile_pipelines(draft)
    assert draft.activities["stage:interview"].upper == ()
    draft = draft_of(stage(needs=("rescind",), at_most=5.0), Reforms(reform="rescind"))
    compile_pipelines(draft)
    assert draft.activities["stage:interview"].upper == ((0.0, 5.0),)


def test_everyone_counts_pulses_and_visas_but_not_money() -> None:
    case = draft_of(
        Effects(reform="rescind", effect="pulse", target="queue", amount=500.0),
        Effects(reform="rescind", effect="releases", target="account", amount=9_000.0),
        Visas(stream="H-2A", nationality="Honduras", goes_to="granted", demand=730.0),
    ).case
    assert everyone(case) == pytest.approx(1_000.0 + 1_000.0 + 500.0 + 730.0)


@pytest.mark.parametrize(("released_on", "most"), [("09-10", 120.0), ("", 100.0)])
def test_most_numbers_follow_pools_that_give_back_even_in_a_circle(released_on: str, most: float) -> None:
    case = draft_of(
        Slots(pool="outer", inside="inner"), Slots(pool="inner", inside="outer", released_on=released_on),
        Allotments(pool="outer", phase="P1", amount=100.0), Allotments(pool="inner", phase="P1", amount=20.0),
    ).case  # fmt: skip
    assert most_numbers(case, "outer") == most


def test_a_curve_limits_the_pace_and_counts_people_by_effect_on_both_sides() -> None:
    draft = draft_of(
        stage(slots=("H",)),
        Curves(row="interview", stretch=2, width=300.0, effect=0.5),
        Curves(row="interview", stretch=1, width=700.0, effect=1.0),
        Curves(row="other", stretch=1, width=1.0, effect=1.0),
    )
    compile_pipelines(draft)
    activity = draft.activities["stage:interview"]
    assert activity.curve == (Segment(700.0, 1.0), Segment(300.0, 0.5))
    assert activity.upper == ((0.0, 1_000.0),)
    basis = {x.ledger: x.basis for x in draft.links}
    assert basis == {"people:queue": "effective", "people:granted": "effective", "pool:H": "level"}
