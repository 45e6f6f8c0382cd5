"""Raw sheets."""

from __future__ import annotations

import math
from datetime import date

import pytest

from models.network import Effect, Flow, Running, Segment
from models.profiles import Mass, after, at_once, lasting, stay
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.compile.draft import Draft
from planner.compile.raw import compile_raw
from planner.sheets.advanced import RawActivities, RawEffects, RawLedgers, RawRecipes
from planner.sheets.declare import Row
from planner.sheets.frame import Time
from planner.sheets.programmes import Curves

FRAME: tuple[Row, ...] = (Time(phase="P1", starts=date(2021, 1, 1), ends=date(2021, 4, 10)),)


def compiled(*rows: Row) -> Draft:
    kinds = dict.fromkeys(type(row) for row in (*FRAME, *rows))
    draft = Draft(Case(rows={kind: tuple(r for r in (*FRAME, *rows) if type(r) is kind) for kind in kinds}))
    compile_raw(draft)
    return draft


def test_a_stock_with_everything() -> None:
    row = RawLedgers(
        ledger="goods", unit="tons", opening=5.0, inflow=2.0, lower=1.0, upper=90.0, lower_from=date(2021, 1, 31),
        loss_share=0.02, loss_days=30.0, loss_to="waste", carry_on=date(2021, 3, 2), carry_share=0.5, disposable=True,
        time_limit=10.0, limit_is="right", age_at_start=4.0, row_number=3, cells={"opening": "D", "time_limit": "P"},
    )  # fmt: skip
    stock = compiled(row, RawLedgers(ledger="waste")).stocks["raw:goods"]
    assert (stock.unit, stock.opening, stock.flows) == ("tons", 5.0, (Flow(0.0, 100.0, 200.0),))
    assert (stock.lower, stock.upper) == (((0.0, 0.0), (30.0, 1.0)), ((0.0, 90.0),))
    assert stock.loss * 30.0 / 365.0 == pytest.approx(-math.log(0.98))
    assert (stock.loss_convention, stock.loss_to, stock.carry) == ("opening", (("raw:waste", 1.0),), ((60.0, 0.5),))
    assert (stock.disposable, stock.scale, stock.origin) == (True, 1.0, "Raw ledgers!D3")
    assert stock.tags == {"kind": "raw", "sheet": "Raw ledgers", "row": "goods"}
    assert stock.limit is not None
    assert (stock.limit.days, stock.limit.hard, stock.limit.opening_age) == (10.0, True, 4.0)
    assert stock.limit.origin == "Raw ledgers!P3"


def test_a_plain_stock_only_stays_at_or_above_zero() -> None:
    stock = compiled(RawLedgers(ledger="goods")).stocks["raw:goods"]
    assert (stock.lower, stock.upper, stock.flows) == (((0.0, 0.0),), (), ())
    assert (stock.loss, stock.carry, stock.limit) == (0.0, (), None)


def test_money_ledgers_count_usd_and_scale_with_their_figures() -> None:
    small, big = (RawLedgers(ledger=n, pays=True, opening=amount) for n, amount in (("small", 100.0), ("big", 5e7)))
    draft = compiled(small, big)
    assert {stock.unit for stock in draft.stocks.values()} == {"USD"}
    assert (draft.stocks["raw:small"].scale, draft.stocks["raw:big"].scale) == (1.0, 1e6)


def test_a_capacity_can_be_used_up_to_its_ceiling() -> None:
    row = RawLedgers(ledger="beds", kind="capacity", opening=40.0, loss_share=0.1, use_ceiling=0.85)
    draft = compiled(row)
    capacity = draft.capacities["raw:beds"]
    assert (capacity.opening, capacity.use_ceiling, draft.stocks) == (40.0, 0.85, {})
    assert capacity.loss == pytest.approx(-math.log(0.9))


def test_an_activity_with_everything() -> None:
    row = RawActivities(
        activity="work", unit="days", at_least=3.0, at_most=9.0, starts=date(2021, 1, 11), ends=date(2021, 1, 31),
        unit_cost=7.0, whole_units=True, timing="start", decided="phase", growth=2.0, growth_base=1.0, decline=0.1,
        least_scale=4.0, start_cost=5.0, needs=("law",),
    )  # fmt: skip
    draft = compiled(row)
    made = draft.activities["raw:work"]
    assert (made.lower, made.upper, made.window) == (((0.0, 3.0),), ((0.0, 9.0),), (10.0, 31.0))
    assert (made.cost, made.integer_unit, made.timing, made.decided) == (7.0, 1.0, "start", "phase")
    assert (made.growth, made.growth_base, made.decline) == (2.0, 1.0, 0.1)
    assert (made.running, made.enabled_by) == (Running(4.0, 0.0, 5.0), ("reform:law",))
    assert "raw:work" in draft.bills


def test_a_plain_activity_is_not_limited_and_costs_nothing() -> None:
    draft = compiled(RawActivities(activity="work"))
    made = draft.activities["raw:work"]
    assert (made.lower, made.upper, made.window, made.running, made.integer_unit) == ((), (), None, None, None)
    assert draft.bills == {}


def test_a_curve_limits_the_pace_and_what_is_made() -> None:
    rows = (
        RawActivities(activity="work"),
        RawLedgers(ledger="value"),
        RawLedgers(ledger="goods"),
        RawRecipes(activity="work", verb="make", ledger="value", quantity=1.0),
        RawRecipes(activity="work", verb="use", ledger="goods", quantity=1.0),
        Curves(row="work", stretch=2, width=70.0, effect=0.2),
        Curves(row="work", stretch=1, width=50.0, effect=3.0),
    )
    draft = compiled(*rows)
    made = draft.activities["raw:work"]
    assert (made.curve, made.upper) == ((Segment(50.0, 3.0), Segment(70.0, 0.2)), ((0.0, 120.0),))
    assert {link.verb: link.basis for link in draft.links} == {"make": "effective", "use": "level"}


def test_waiting_for_a_reform_needs_a_largest_pace() -> None:
    row = RawActivities(activity="work", needs=("law",), row_number=5, cells={"at_most": "D"})
    with pytest.raises(InvalidCaseError, match=r"Raw activities!D5 \(work\): 'work' waits for a reform"):
        compiled(row)
    with pytest.raises(InvalidCaseError, match="has a least scale or a start-up cost"):
        compiled(RawActivities(activity="work", least_scale=1.0))


@pytest.mark.parametrize(
    ("values", "profile"),
    [
        ({"verb": "use"}, at_once()),
        ({"verb": "make", "lag": 5.0, "spread": 10.0}, after(5.0, 10.0)),
        ({"verb": "occupy"}, at_once()),
        ({"verb": "occupy", "lag": 4.0, "stays": 30.0}, stay(30.0, 4.0)),
        ({"verb": "provide", "stays": 7.0}, stay(7.0)),
        ({"verb": "use", "stays": 7.0}, at_once()),
    ],
)
def test_recipes_deliver_along_their_profile(values: dict[str, float | str], profile: object) -> None:
    row = RawRecipes(activity="work", ledger="goods", quantity=2.0, **values)  # type: ignore[arg-type]
    (link,) = compiled(RawActivities(activity="work"), RawLedgers(ledger="goods"), row).links
    assert (link.activity, link.ledger, link.quantity, link.profile) == ("raw:work", "raw:goods", 2.0, profile)


@pytest.mark.parametrize(("days", "spread"), [(10.0, 4.0), (4.0, 10.0), (6.0, 6.0)])
def test_places_taken_up_over_several_days_are_a_trapezoid(days: float, spread: float) -> None:
    row = RawRecipes(activity="work", verb="occupy", ledger="beds", quantity=1.0, lag=3.0, spread=spread, stays=days)
    rows = (RawActivities(activity="work"), RawLedgers(ledger="beds", kind="capacity"), row)
    profile = compiled(*rows).links[0].profile
    assert profile.total() == pytest.approx(days)
    for day in (2.0, 3.5, 5.0, 8.0, 9.5, 12.0, 16.0, 18.0):
        held = max(0.0, min(day - 3.0, spread) - max(day - 3.0 - days, 0.0)) / spread
        assert profile.value(day) == pytest.approx(held)
    assert not any(isinstance(part, Mass) for part in profile.parts)


@pytest.mark.parametrize(
    ("verb", "profile"),
    [
        ("release", after(5.0, 10.0)),
        ("raise", after(5.0, 10.0)),
        ("provide", lasting(5.0, 10.0)),
        ("charge", at_once()),
    ],
)
def test_effects_of_reforms(verb: str, profile: object) -> None:
    row = RawEffects(
        reform="law",
        verb=verb,
        ledger="goods",
        quantity=3.0,
        lag=5.0,
        spread=10.0,
        row_number=2,
        cells={"quantity": "D"},
    )
    assert compiled(RawLedgers(ledger="goods"), row).effects == [
        Effect("reform:law", verb, "raw:goods", 3.0, profile, "Raw effects!D2")  # type: ignore[arg-type]
    ]
