"""Sheet Visas becomes activities that use numbers and move people."""

from __future__ import annotations

from datetime import date

import pytest

from models.profiles import after
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.compile.draft import Draft
from planner.compile.visas import compile_visas
from planner.sheets.declare import Row
from planner.sheets.frame import Places, Time
from planner.sheets.people import People
from planner.sheets.programmes import Curves
from planner.sheets.reforms import Reforms
from planner.sheets.slots import Allotments, Slots, Visas
from planner.sheets.staff import Staff

FRAME: tuple[Row, ...] = (
    Time(phase="P1", starts=date(2021, 1, 1), ends=date(2021, 12, 31)),
    Places(place="Guatemala"), Places(place="Petén", kind="region", country="Guatemala"), Places(place="US"),
    People(people="intending", place="Guatemala", origin_country="Guatemala", group="workers", state="at risk at home"),
    People(people="not intending", place="Guatemala", state="at risk at home"),
    People(people="abroad", place="US", state="protected"),
    Slots(pool="H-2B"), Slots(pool="set-aside", inside="H-2B"),
    Allotments(pool="H-2B", phase="P1", amount=66_000.0), Allotments(pool="set-aside", phase="P1", amount=6_000.0),
    Reforms(reform="rule"),
)  # fmt: skip


def compiled(*rows: Row) -> Draft:
    kinds = dict.fromkeys(type(row) for row in (*FRAME, *rows))
    draft = Draft(Case(rows={kind: tuple(r for r in (*FRAME, *rows) if type(r) is kind) for kind in kinds}))
    compile_visas(draft)
    return draft


def stream(**values: object) -> Visas:
    known: dict[str, object] = {"stream": "H-2B Guatemala", "nationality": "Petén"}
    return Visas(**(known | values))  # type: ignore[arg-type]


def test_it_takes_people_from_two_sides_and_puts_them_in_after_the_lag() -> None:
    row = stream(
        slots=("H-2B", "set-aside"), takes_from="intending", share_from=0.25, otherwise_from="not intending",
        goes_to="abroad", lag=20.0, spread=5.0,
    )  # fmt: skip
    found = {(x.ledger, x.verb): (x.quantity, x.profile) for x in compiled(row).links}
    assert found == {
        ("pool:H-2B", "use"): (1.0, after(0.0)),
        ("pool:set-aside", "use"): (1.0, after(0.0)),
        ("people:intending", "use"): (0.25, after(0.0)),
        ("people:not intending", "use"): (0.75, after(0.0)),
        ("people:abroad", "make"): (1.0, after(20.0, 5.0)),
    }


def test_blank_compartments_are_outside_the_books() -> None:
    assert compiled(stream()).links == []
    ledgers = {x.ledger for x in compiled(stream(takes_from="intending", otherwise_from="not intending")).links}
    assert ledgers == {"people:intending"}


def test_demand_limits_it_and_blank_demand_does_not() -> None:
    activity = compiled(stream(demand=900.0, at_least=30.0)).activities["visa:H-2B Guatemala"]
    assert (activity.upper, activity.lower, activity.scale) == (((0.0, 900.0),), ((0.0, 30.0),), 1_000.0)
    assert compiled(stream()).activities["visa:H-2B Guatemala"].upper == ()


def test_a_curve_stands_in_for_demand() -> None:
    rows = (Curves(row="H-2B Guatemala", stretch=n, width=100.0 * n, effect=1.0 / n) for n in (1, 2))
    draft = compiled(stream(takes_from="intending", goes_to="abroad"), *rows)
    assert draft.activities["visa:H-2B Guatemala"].upper == ((0.0, 300.0),)
    assert {x.basis for x in draft.links} == {"effective"}


def test_a_stream_that_waits_is_limited_by_its_scarcest_pool() -> None:
    draft = compiled(stream(needs=("rule",), slots=("H-2B", "set-aside")))
    activity = draft.activities["visa:H-2B Guatemala"]
    assert activity.enabled_by == ("reform:rule",)
    assert (activity.upper, activity.largest) == ((), 6_000.0)


def test_a_stream_that_waits_with_nothing_to_limit_it_is_refused() -> None:
    with pytest.raises(InvalidCaseError, match="'Demand' is blank"):
        compiled(stream(needs=("rule",)))


def test_staff_is_that_of_the_nationalitys_country() -> None:
    row = stream(cadre="consular officer", cases_per_year=730.0)
    draft = compiled(row, Staff(cadre="consular officer", station="Guatemala", purpose="pay", on_board=3.0))
    (link,) = draft.links
    assert (link.ledger, link.verb, link.quantity) == ("staff:consular officer / Guatemala", "occupy", 0.5)


def test_tags() -> None:
    row = stream(
        visa_class="H-2B", lane="pathways", slots=("H-2B", "set-aside"), takes_from="intending", purpose="visas"
    )
    assert compiled(row).activities["visa:H-2B Guatemala"].tags == {
        "kind": "visa", "sheet": "Visas", "row": "H-2B Guatemala", "lane": "pathways", "place": "Petén",
        "country": "Guatemala", "origin": "Guatemala", "group": "workers", "actor": "government", "purpose": "visas",
        "cadre": "", "station": "", "pool": "H-2B; set-aside", "class": "H-2B",
    }  # fmt: skip


def test_a_stream_is_booked_where_its_place_says() -> None:
    tags = compiled(stream(place="US")).activities["visa:H-2B Guatemala"].tags
    assert (tags["place"], tags["country"], tags["origin"]) == ("US", "US", "Guatemala")
    tags = compiled(stream()).activities["visa:H-2B Guatemala"].tags
    assert (tags["place"], tags["country"], tags["origin"]) == ("Petén", "Guatemala", "Guatemala")
