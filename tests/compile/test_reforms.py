"""Sheets Reforms, Effects and Milestones."""

from __future__ import annotations

from datetime import date

import pytest

from models.network import Condition, Demand, Requirement
from models.profiles import after, lasting
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.compile.draft import Draft
from planner.compile.people import compile_people
from planner.compile.reforms import CAPITAL, compile_effects, compile_milestones, compile_reforms
from planner.sheets.declare import Row
from planner.sheets.frame import Places, Settings, Time
from planner.sheets.funding import Funding
from planner.sheets.people import People
from planner.sheets.pipelines import Pipelines
from planner.sheets.programmes import Indicators
from planner.sheets.reforms import Effects, Milestones, Reforms
from planner.sheets.sites import Sites
from planner.sheets.slots import Slots
from planner.sheets.staff import Staff

FRAME: tuple[Row, ...] = (
    Time(phase="P1", starts=date(2021, 1, 1), ends=date(2021, 4, 10)),
    Time(phase="P2", starts=date(2021, 4, 11), ends=date(2021, 12, 31)),
    Places(place="US"), Places(place="El Paso", kind="port of entry", country="US"),
    Funding(account="ERMA"), Slots(pool="ceiling"), Indicators(indicator="effort"),
    People(people="queue", place="El Paso", state="waiting", group="adults", at_most=100.0),
    People(people="en route", place="US", state="en route"),
    Staff(cadre="officer", station="El Paso", purpose="pay", on_board=1.0),
    Sites(site="El Paso", purpose="sites", capacity=5.0),
    Pipelines(stage="appointment", takes_from="queue", place="El Paso", to_1="en route"),
    Pipelines(stage="interview", takes_from="queue", place="El Paso", to_1="en route"),
)  # fmt: skip
POLITICS: tuple[Row, ...] = (
    Settings(setting="political capital at start", value="10", row_number=5, cells={"value": "B"}),
    Settings(setting="political capital a year", value="4"),
    Settings(setting="political capital at most", value="12"),
)


def draft_of(*rows: Row) -> Draft:
    kinds = dict.fromkeys(type(row) for row in (*FRAME, *rows))
    return Draft(Case(rows={kind: tuple(r for r in (*FRAME, *rows) if type(r) is kind) for kind in kinds}))


def compiled(*rows: Row) -> Draft:
    draft = draft_of(*rows)
    compile_people(draft)
    compile_reforms(draft)
    compile_effects(draft)
    compile_milestones(draft)
    return draft


def test_a_reform_becomes_a_switch() -> None:
    row = Reforms(
        reform="rescind", lane="border", place="El Paso", opens_from=date(2021, 1, 31),
        opens_until=date(2021, 4, 11), dates="period", lead=14.0, cost=2.5, running_cost=70.0, purpose="asylum",
        must=True, wait=7.0, needs=("expand",), excludes=("keep",),
    )  # fmt: skip
    switch = compiled(row, Reforms(reform="expand"), Reforms(reform="keep")).switches["reform:rescind"]
    assert switch.windows == ((30.0, 100.0),)
    assert (switch.dates, switch.lead, switch.must, switch.already) == ("period", 14.0, True, False)
    assert (switch.cost, switch.running_cost) == (2_500_000.0, 70.0)
    assert switch.prerequisites == (("reform:expand", 7.0),)
    assert switch.excludes == ("reform:keep",)
    assert switch.tags == {
        "kind": "reform", "sheet": "Reforms", "row": "rescind", "lane": "border", "place": "El Paso", "country": "US",
        "purpose": "asylum", "actor": "government",
    }  # fmt: skip


def test_blank_dates_are_the_whole_plan() -> None:
    assert compiled(Reforms(reform="law")).switches["reform:law"].windows == ((0.0, 365.0),)


def test_what_holds_from_day_one_only_makes_it_wait() -> None:
    rows = (Reforms(reform="law", needs=("El Paso", "old law"), wait=60.0), Reforms(reform="old law", in_force=True))
    switch = compiled(*rows).switches["reform:law"]
    assert switch.prerequisites == ()
    assert switch.windows == ((60.0, 365.0),)


def test_a_site_that_can_be_opened_comes_first() -> None:
    hub = Sites(site="US", purpose="sites", capacity=5.0, open_at_start=False)
    switch = compiled(hub, Reforms(reform="law", needs=("US",))).switches["reform:law"]
    assert switch.prerequisites == (("open:US", 0.0),)


def test_political_capital_is_a_stock_that_reforms_charge() -> None:
    draft = compiled(*POLITICS, Reforms(reform="law", political_capital=3.0), Reforms(reform="free"))
    stock = draft.stocks[CAPITAL]
    assert (stock.opening, stock.upper, stock.disposable, stock.origin) == (10.0, ((0.0, 12.0),), True, "Settings!B5")
    assert [(f.start, f.end, f.amount) for f in stock.flows] == [(0.0, 365.0, 4.0)]
    (charge,) = draft.effects
    assert (charge.switch, charge.verb, charge.ledger, charge.quantity) == ("reform:law", "charge", CAPITAL, 3.0)


def test_without_a_setting_political_capital_is_not_limited() -> None:
    early_win = Effects(reform="law", effect="releases", target="political capital", amount=2.0)
    draft = compiled(Reforms(reform="law", political_capital=3.0), early_win)
    assert CAPITAL not in draft.stocks
    assert draft.effects == []


@pytest.mark.parametrize(
    ("target", "ledger", "quantity"),
    [
        ("ERMA", "account:ERMA", 3_000_000.0),
        ("ceiling", "pool:ceiling", 3.0),
        ("queue", "people:queue", 3.0),
        ("effort", "indicator:effort", 3.0),
        ("Political capital", CAPITAL, 3.0),
    ],
)
def test_releases_go_into_any_stock(target: str, ledger: str, quantity: float) -> None:
    row = Effects(reform="law", effect="releases", target=target, amount=3.0, lag=10.0, spread=20.0)
    (effect,) = compiled(*POLITICS, Reforms(reform="law"), row).effects
    assert (effect.switch, effect.verb, effect.ledger, effect.quantity) == ("reform:law", "release", ledger, quantity)
    assert effect.profile == after(10.0, 20.0)


def test_a_plain_pulse_enters_the_compartment() -> None:
    row = Effects(
        reform="law", effect="pulse", target="queue", amount=900.0, lag=5.0, spread=30.0, softened_by=("interview",)
    )
    draft = compiled(Reforms(reform="law"), row)
    (effect,) = draft.effects
    assert (effect.verb, effect.ledger, effect.quantity) == ("pulse", "people:queue", 900.0)
    assert not draft.activities


def test_a_softened_pulse_is_split_in_every_period() -> None:
    row = Effects(reform="law", effect="pulse", target="queue", amount=900.0, spread=30.0,
                  softened_by=("interview", "appointment"), softening=0.5)  # fmt: skip
    draft = compiled(Reforms(reform="law"), row)
    key = "law / queue"
    (effect,) = draft.effects
    assert (effect.verb, effect.ledger) == ("pulse", f"pulse:{key}")
    stock = draft.stocks[f"pulse:{key}"]
    assert (stock.upper, stock.scale, stock.opening) == (((0.0, 0.0),), 1_000.0, 0.0)
    assert stock.tags["kind"] == "pulse"
    links = {(x.activity, x.ledger, x.verb) for x in draft.links}
    assert links == {
        (f"arrive:{key}", f"pulse:{key}", "use"), (f"arrive:{key}", "people:queue", "make"),
        (f"soften:{key}", f"pulse:{key}", "use"),
    }  # fmt: skip
    assert draft.requirements == [
        Requirement(f"soften:{key}", (("stage:appointment", 0.5), ("stage:interview", 0.5)), ((f"soften:{key}", 1.0),),
                    row.origin("softening")),
    ]  # fmt: skip
    tags = draft.activities[f"arrive:{key}"].tags
    assert (tags["kind"], tags["place"], tags["country"], tags["group"], tags["state"]) == (
        "arrive", "El Paso", "US", "adults", "waiting",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "ledger"), [("officer / El Paso", "staff:officer / El Paso"), ("El Paso", "site:El Paso")]
)
def test_capacity_is_added_while_in_force(target: str, ledger: str) -> None:
    row = Effects(reform="law", effect="adds capacity", target=target, amount=8.0, lag=10.0, spread=20.0)
    (effect,) = compiled(Reforms(reform="law"), row).effects
    assert (effect.verb, effect.ledger, effect.quantity) == ("provide", ledger, 8.0)
    assert effect.profile == lasting(10.0, 20.0)


def test_a_limit_is_raised_only_where_there_is_one() -> None:
    (effect,) = compiled(
        Reforms(reform="law"), Effects(reform="law", effect="raises limit", target="queue", amount=8.0)
    ).effects
    assert (effect.verb, effect.ledger, effect.quantity) == ("raise", "people:queue", 8.0)
    with pytest.raises(InvalidCaseError, match="no limit to raise"):
        compiled(Reforms(reform="law"), Effects(reform="law", effect="raises limit", target="en route", amount=8.0))


def test_requires_sets_a_pace() -> None:
    row = Effects(reform="law", effect="requires", target="interview", amount=365.0)
    assert compiled(Reforms(reform="law"), row).demands == [
        Demand("reform:law", "stage:interview", 365.0, row.origin("amount"))
    ]


def test_wrong_targets_are_all_reported_at_once() -> None:
    kinds = ("releases", "pulse", "adds capacity", "raises limit", "requires")
    rows = (Effects(reform="law", effect=k, target="nothing", amount=1.0, row_number=n) for n, k in enumerate(kinds, 2))
    with pytest.raises(InvalidCaseError) as caught:
        compiled(Reforms(reform="law"), *rows)
    assert [p.address.row for p in caught.value.problems] == [2, 3, 4, 5, 6]
    assert {p.check for p in caught.value.problems} == {"effect-target"}


def test_milestones_become_conditions_of_their_switch() -> None:
    rows = (
        Milestones(reform="law", watches="queue", at_least=50.0),
        Milestones(reform="law", watches="effort", at_least=7.0),
    )
    conditions = compiled(Reforms(reform="law"), *rows).switches["reform:law"].conditions
    assert conditions == (
        Condition("indicator:effort", 7.0, rows[1].origin("at_least")),
        Condition("people:queue", 50.0, rows[0].origin("at_least")),
    )
