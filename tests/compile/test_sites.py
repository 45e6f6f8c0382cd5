"""Sites as kernel rows."""

from __future__ import annotations

from datetime import date

from models.network import Link, Term
from models.profiles import lasting, stay
from planner.case import Case
from planner.compile.draft import Draft
from planner.compile.sites import compile_sites, occupy_site
from planner.sheets import Row
from planner.sheets.frame import Places, Time
from planner.sheets.reforms import Reforms
from planner.sheets.sites import Sites


def compiled(*rows: Row) -> Draft:
    """Compile sites over days 0 to 650 from 20 January 2021."""
    sheets: dict[type[Row], tuple[Row, ...]] = {
        Time: (Time(phase="P1", starts=date(2021, 1, 20), ends=date(2022, 10, 31)),),
        Places: (Places(place="Mexico", kind="country"), Places(place="Tijuana", kind="city", country="Mexico")),
    }
    for row in rows:
        sheets[type(row)] = (*sheets.get(type(row), ()), row)
    draft = Draft(Case(rows=sheets))
    compile_sites(draft)
    return draft


def site(**options: object) -> Sites:
    values = {"site": "Tijuana", "purpose": "shelter", "capacity": 50.0, **options}
    return Sites(**values)  # type: ignore[arg-type]


def test_open_site_without_cost_is_a_capacity_alone() -> None:
    draft = compiled(site(use_ceiling=0.85))
    capacity = draft.capacities["site:Tijuana"]
    assert (capacity.opening, capacity.use_ceiling) == (50.0, 0.85)
    assert capacity.tags["country"] == "Mexico"
    assert draft.switches == {}


def test_open_site_with_a_running_cost_is_a_switch_already_in_force() -> None:
    draft = compiled(site(running_cost=900.0))
    switch = draft.switches["open:Tijuana"]
    assert (switch.already, switch.running_cost, switch.cost) == (True, 900.0, 0.0)
    assert draft.effects == []
    assert set(draft.bills) == {"open:Tijuana"}


def test_open_site_that_a_reform_needs_can_be_named() -> None:
    assert compiled(site(), Reforms(reform="r", needs=("Tijuana",))).switches["open:Tijuana"].already


def test_site_to_be_opened_waits_for_its_window_and_what_it_needs() -> None:
    draft = compiled(
        site(open_at_start=False, opens_from=date(2021, 2, 1), opens_until=date(2021, 9, 30), lead=60.0, build_up=30.0,
             opening_cost=1.5, running_cost=900.0, needs=("r", "Mexico"), dates="period"),
        Reforms(reform="r"),
    )  # fmt: skip
    switch = draft.switches["open:Tijuana"]
    # 30 September is the last day on which opening can start; 1 October (day 254) is too late
    assert switch.windows == ((12.0, 253.0),)
    assert switch.prerequisites == (("reform:r", 0.0), ("open:Mexico", 0.0))
    assert (switch.lead, switch.cost, switch.running_cost, switch.dates) == (60.0, 1.5e6, 900.0, "period")
    assert draft.capacities["site:Tijuana"].opening == 0.0
    (effect,) = draft.effects
    assert (effect.verb, effect.quantity, effect.profile) == ("provide", 50.0, lasting(0.0, 30.0))


def test_site_without_a_window_may_open_on_any_day() -> None:
    assert compiled(site(open_at_start=False)).switches["open:Tijuana"].windows == ((0.0, 650.0),)


def test_closing_ends_capacity_and_running_cost() -> None:
    draft = compiled(site(open_at_start=False, build_up=30.0, may_close=True, running_cost=900.0))
    assert draft.switches["close:Tijuana"].prerequisites == (("open:Tijuana", 30.0),)
    assert {(e.switch, e.quantity) for e in draft.effects} == {("open:Tijuana", 50.0), ("close:Tijuana", -50.0)}
    # the days open are billed with an activity, since a bill can never be negative
    assert set(draft.bills) == {"run:Tijuana"}
    assert draft.activities["run:Tijuana"].cost == 900.0
    (rule,) = draft.rules
    assert (rule.sense, rule.bound, rule.scope) == ("==", 0.0, "period")
    assert rule.terms == (
        Term("level", "run:Tijuana"), Term("in_force", "open:Tijuana", -1.0), Term("in_force", "close:Tijuana"),
    )  # fmt: skip


def test_closing_a_free_site_needs_no_bill() -> None:
    draft = compiled(site(may_close=True))
    assert set(draft.switches) == {"open:Tijuana", "close:Tijuana"}
    assert draft.bills == {}
    assert draft.rules == []


def test_days_at_a_site() -> None:
    draft = compiled(site())
    occupy_site(draft, "stage:a", "Tijuana", 14.0, "Pipelines!K4")
    occupy_site(draft, "stage:b", "Tijuana", 1.0, "Pipelines!K5")
    occupy_site(draft, "stage:c", "Tijuana", 0.5, "Pipelines!K6")
    occupy_site(draft, "stage:d", "", 3.0, "")
    occupy_site(draft, "stage:e", "Tijuana", 0.0, "")
    assert draft.links == [
        Link("stage:a", "site:Tijuana", "occupy", 1.0, stay(14.0), origin="Pipelines!K4"),
        Link("stage:b", "site:Tijuana", "occupy", 1.0, origin="Pipelines!K5"),
        Link("stage:c", "site:Tijuana", "occupy", 0.5, origin="Pipelines!K6"),
    ]
