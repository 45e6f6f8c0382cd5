"""Pools, set-asides and the release of unused places as kernel rows."""

from __future__ import annotations

from datetime import date

import pytest

from models.network import Flow, steps_integral
from planner.case import Case
from planner.compile.draft import PEOPLE, Draft
from planner.compile.slots import compile_slots
from planner.sheets import Row
from planner.sheets.frame import Time
from planner.sheets.reforms import Effects, Reforms
from planner.sheets.slots import Allotments, Slots


def compiled(*rows: Row) -> Draft:
    """Compile slots over days 0 to 650 from 20 January 2021; fiscal years begin on days 254 and 619."""
    sheets: dict[type[Row], tuple[Row, ...]] = {
        Time: (Time(phase="P1", starts=date(2021, 1, 20), ends=date(2022, 10, 31)),)
    }
    for row in rows:
        sheets[type(row)] = (*sheets.get(type(row), ()), row)
    draft = Draft(Case(rows=sheets))
    compile_slots(draft)
    return draft


OUTER = Slots(pool="H-2B", fiscal_year="10-01")


def inner(**options: object) -> Slots:
    values = {"pool": "aside", "fiscal_year": "10-01", "inside": "H-2B", **options}
    return Slots(**values)  # type: ignore[arg-type]


def allot(pool: str, amount: float, **options: str) -> Allotments:
    return Allotments(pool=pool, phase="P1", amount=amount, **options)  # type: ignore[arg-type]


def test_pool_lapses_at_each_fiscal_year_and_gets_yearly_numbers() -> None:
    stock = compiled(OUTER, allot("H-2B", 6500.0)).stocks["pool:H-2B"]
    assert stock.carry == ((254.0, 0.0), (619.0, 0.0))
    assert [(f.start, f.end) for f in stock.flows] == [(0.0, 0.0), (254.0, 254.0), (619.0, 619.0)]
    assert [f.amount for f in stock.flows] == pytest.approx([2540.0, 3650.0, 310.0])
    assert (stock.scale, stock.disposable) == (PEOPLE, False)


def test_pool_without_a_fiscal_year_keeps_its_numbers() -> None:
    stock = compiled(Slots(pool="pledge"), allot("pledge", 5.0)).stocks["pool:pledge"]
    assert stock.carry == ()
    assert stock.flows == (Flow(0.0, 0.0, 5.0),)


def test_pool_that_carries_all_over_has_no_carry_day() -> None:
    assert compiled(Slots(pool="p", fiscal_year="10-01", carry_over_share=1.0)).stocks["pool:p"].carry == ()


def test_set_aside_is_taken_from_the_outer_pool_on_the_same_days() -> None:
    draft = compiled(OUTER, inner(), allot("H-2B", 6500.0), allot("aside", 650.0))
    outer, aside = draft.stocks["pool:H-2B"], draft.stocks["pool:aside"]
    by_day = {day: sum(f.amount for f in outer.flows if f.start == day) for day in (0.0, 254.0, 619.0)}
    assert by_day == pytest.approx({0.0: 2286.0, 254.0: 3285.0, 619.0: 279.0})
    assert [f.amount for f in aside.flows] == pytest.approx([254.0, 365.0, 31.0])


def test_gated_set_aside_is_taken_from_the_outer_pool_too() -> None:
    draft = compiled(
        Reforms(reform="more"), OUTER, inner(), allot("H-2B", 22.0, needs="more"), allot("aside", 6.0, needs="more")
    )
    assert draft.stocks["pool:H-2B"].flows == ()
    moved = sorted((e.switch, e.verb, e.ledger, e.quantity) for e in draft.effects)
    assert moved == [
        ("reform:more", "release", "pool:H-2B", -6.0),
        ("reform:more", "release", "pool:H-2B", 22.0),
        ("reform:more", "release", "pool:aside", 6.0),
    ]


def test_unused_numbers_flow_out_from_the_release_day_to_the_end_of_the_fiscal_year() -> None:
    draft = compiled(OUTER, inner(released_on="08-01"), allot("aside", 650.0))
    release = draft.activities["release:aside"]
    pace = 650.0 * 365.0
    # 1 August 2021 is day 193, 1 August 2022 day 558
    assert release.upper == ((0.0, 0.0), (193.0, pace), (254.0, 0.0), (558.0, pace), (619.0, 0.0))
    assert steps_integral(release.upper, (200.0, 201.0)) == pytest.approx(650.0)
    links = {(x.ledger, x.verb, x.quantity) for x in draft.links}
    assert links == {("pool:aside", "use", 1.0), ("pool:H-2B", "make", 1.0)}


def test_release_day_before_the_plan_leaves_the_pool_open_from_the_start() -> None:
    draft = compiled(OUTER, inner(released_on="01-01"), allot("aside", 1.0))
    # open until 1 October 2021, again from 1 January 2022 (day 346)
    assert draft.activities["release:aside"].upper == ((0.0, 365.0), (254.0, 0.0), (346.0, 365.0), (619.0, 0.0))


def test_release_on_the_fiscal_years_first_day_is_always_open() -> None:
    draft = compiled(OUTER, inner(released_on="10-01"), allot("aside", 1.0))
    assert draft.activities["release:aside"].upper == ((0.0, 365.0),)


def test_release_without_a_fiscal_year_stays_open() -> None:
    draft = compiled(OUTER, inner(released_on="08-01", fiscal_year=""), allot("aside", 1.0))
    assert draft.activities["release:aside"].upper == ((0.0, 0.0), (193.0, 365.0))


def test_release_can_carry_what_reforms_add() -> None:
    more = Effects(reform="more", effect="releases", target="aside", amount=9.0)
    draft = compiled(Reforms(reform="more"), more, OUTER, inner(released_on="10-01"), allot("aside", 1.0))
    assert draft.activities["release:aside"].upper == ((0.0, 10.0 * 365.0),)


def test_no_release_without_a_day_or_an_outer_pool() -> None:
    draft = compiled(OUTER, inner(), Slots(pool="alone", released_on="08-01"))
    assert draft.activities == {}
