"""Accounts, releases, transfers, payments and matches as kernel rows."""

from __future__ import annotations

from datetime import date

import pytest

from models.network import Activity, Flow, Payment, Term
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.compile.draft import MONEY, Draft
from planner.compile.funding import compile_accounts, compile_payments
from planner.compile.releases import release_flows, resolution_flows
from planner.sheets import Row
from planner.sheets.advanced import RawLedgers
from planner.sheets.frame import Time
from planner.sheets.funding import Appropriations, Funding, Transfers
from planner.sheets.reforms import Reforms

PHASES = (
    Time(phase="P1", starts=date(2021, 1, 20), ends=date(2021, 4, 29)),  # 100 days: 0 to 100
    Time(phase="P2", starts=date(2021, 4, 30), ends=date(2022, 10, 31)),  # 550 days: 100 to 650
)
FISCAL = (254.0, 619.0)  # 1 October 2021 and 2022


def case(*rows: Row) -> Case:
    """Build a case of two phases and these rows."""
    sheets: dict[type[Row], tuple[Row, ...]] = {Time: PHASES}
    for row in rows:
        sheets[type(row)] = (*sheets.get(type(row), ()), row)
    return Case(rows=sheets)


def accounts(*rows: Row) -> Draft:
    """Compile accounts only."""
    draft = Draft(case(*rows))
    compile_accounts(draft)
    return draft


def bill(draft: Draft, name: str, **tags: str) -> None:
    """Add an activity that costs money."""
    cell = "Pipelines!G7"
    draft.activity(Activity(id=f"stage:{name}", unit="people", cost=10.0, tags={"row": name, **tags}, origin=cell))


def pay(draft: Draft) -> set[tuple[str, str]]:
    """Compile payments and return the allowed pairs."""
    compile_payments(draft)
    return {(p.account, p.bill) for p in draft.payments}


def flows(how: str, fiscal_year: str = "") -> tuple[Flow, ...]:
    return release_flows(case(), "P2", 550.0, how, fiscal_year)


def test_fiscal_days_of_the_test_calendar() -> None:
    assert case().fiscal_edges("10-01") == FISCAL


def test_at_once_and_even_fill_the_phase() -> None:
    assert flows("at once") == (Flow(100.0, 100.0, 550.0),)
    assert flows("even") == (Flow(100.0, 650.0, 550.0),)


def test_quarterly_parts_begin_inside_the_phase() -> None:
    parts = flows("quarterly")
    # 100, 191.25, ..., 647.5: seven quarters begin before day 650
    assert [f.start for f in parts] == [100.0 + 91.25 * k for k in range(7)]
    assert all(f.start == f.end and f.amount == pytest.approx(550.0 / 7.0) for f in parts)


def test_yearly_parts_are_in_proportion_to_days() -> None:
    # days 100-254, 254-619, 619-650 at one unit a day
    expected = (Flow(100.0, 100.0, 154.0), Flow(254.0, 254.0, 365.0), Flow(619.0, 619.0, 31.0))
    assert [f.start for f in flows("yearly", "10-01")] == [f.start for f in expected]
    assert [f.amount for f in flows("yearly", "10-01")] == pytest.approx([f.amount for f in expected])


def test_yearly_without_a_fiscal_year_is_at_once() -> None:
    assert flows("yearly") == (Flow(100.0, 100.0, 550.0),)


def test_a_resolution_gives_last_years_rate_until_the_day_of_enactment_and_the_rest_then() -> None:
    """P2 has days 100-254, 254-619 and 619-650 at one unit a day; enacted on 15 February, day 391; 36.5 a year before.

    The first part begins after that day of its year; of the second 137 days come at 0.1 a day; of the third 31 days, and
    the rest on day 756, after the phase.
    """
    found = resolution_flows(case(), "P2", 550.0, "10-01", "02-15", 36.5)
    assert [(f.start, f.end) for f in found] == [
        (100.0, 100.0), (254.0, 391.0), (391.0, 391.0), (619.0, 650.0), (756.0, 756.0),
    ]  # fmt: skip
    assert [f.amount for f in found] == pytest.approx([154.0, 13.7, 351.3, 3.1, 27.9])


def test_a_resolution_gives_no_more_than_the_years_part() -> None:
    found = resolution_flows(case(), "P2", 550.0, "10-01", "02-15", 3650.0)
    assert [(f.start, f.end, f.amount) for f in found] == [
        (100.0, 100.0, pytest.approx(154.0)),
        (254.0, 391.0, pytest.approx(365.0)),
        (619.0, 650.0, pytest.approx(31.0)),
    ]


def test_nothing_flows_from_a_zero_amount() -> None:
    assert release_flows(case(), "P1", 0.0, "even", "") == ()


def test_unknown_phase_and_release_are_refused() -> None:
    with pytest.raises(ValueError, match="no phase 'P9'"):
        release_flows(case(), "P9", 1.0, "even", "")
    with pytest.raises(ValueError, match="'now' is no kind of release"):
        release_flows(case(), "P1", 1.0, "now", "")


def test_account_carries_a_share_over_fiscal_edges_and_nothing_after_its_last_day() -> None:
    draft = accounts(
        Funding(account="A", fiscal_year="10-01", carry_over_share=0.2, available_from=date(2021, 2, 1),
                available_until=date(2022, 9, 30)),
        Appropriations(account="A", phase="P1", amount=2.0, release="at once"),
        Appropriations(account="A", phase="P2", amount=5.5, release="yearly"),
    )  # fmt: skip
    stock = draft.stocks["account:A"]
    assert stock.carry == ((254.0, 0.2), (619.0, 0.0))
    assert stock.breaks == (12.0,)
    assert stock.flows[0] == Flow(0.0, 0.0, 2.0 * MONEY)
    assert sum(f.amount for f in stock.flows) == pytest.approx(7.5 * MONEY)
    assert (stock.unit, stock.scale, stock.disposable) == ("USD", MONEY, False)


@pytest.mark.parametrize(("fiscal_year", "closes"), [("10-01", FISCAL), ("01-01", (346.0,)), ("", FISCAL)])
def test_account_that_keeps_everything_closes_its_books_all_the_same(
    fiscal_year: str, closes: tuple[float, ...]
) -> None:
    """Those of an account without a fiscal year close with the year of the settings."""
    account = Funding(account="A", fiscal_year=fiscal_year, available_until=date(2030, 1, 1))
    stock = accounts(account).stocks["account:A"]
    assert stock.carry == ()
    assert stock.breaks == closes


def test_gated_appropriation_is_released_by_its_reform() -> None:
    draft = accounts(
        Reforms(reform="bill"),
        Funding(account="A"),
        Appropriations(account="A", phase="P1", amount=3.0, release="even", needs="bill"),
    )
    assert draft.stocks["account:A"].flows == ()
    (effect,) = draft.effects
    assert (effect.switch, effect.verb, effect.ledger, effect.quantity) == (
        "reform:bill",
        "release",
        "account:A",
        3.0 * MONEY,
    )


def test_transfer_is_limited_to_a_share_of_ungated_appropriations() -> None:
    draft = accounts(
        Reforms(reform="notify"),
        Funding(account="A", available_until=date(2022, 9, 30)),
        Funding(account="B"),
        Appropriations(account="A", phase="P1", amount=100.0, release="at once"),
        Appropriations(account="A", phase="P2", amount=900.0, release="at once", needs="notify"),
        Transfers(sender="A", receiver="B", limit_share=0.05, needs="notify"),
    )
    activity = draft.activities["transfer:A / B"]
    assert activity.enabled_by == ("reform:notify",)
    assert (activity.upper, activity.largest) == ((), 5.0 * MONEY)
    assert activity.window == (0.0, 619.0)
    (rule,) = draft.rules
    assert (rule.id, rule.scope, rule.sense, rule.bound) == ("transfer:A / B", "horizon", "<=", 5.0 * MONEY)
    assert rule.terms == (Term("level", "transfer:A / B"),)
    assert {(x.ledger, x.verb, x.quantity) for x in draft.links} == {
        ("account:A", "use", 1.0),
        ("account:B", "make", 1.0),
    }
    assert draft.bills == {}


def given(over: str = "fiscal year if any", fiscal_year: str = "10-01") -> Draft:
    """A sender with 100 at once on day 0, 550 at one a day from day 100 and 70 that wait for a reform."""
    return accounts(
        Reforms(reform="notify"),
        Funding(account="A", fiscal_year=fiscal_year),
        Funding(account="B", fiscal_year="01-01"),
        Appropriations(account="A", phase="P1", amount=100.0, release="at once"),
        Appropriations(account="A", phase="P2", amount=550.0, release="even"),
        Appropriations(account="A", phase="P2", line="gated", amount=70.0, needs="notify"),
        Transfers(sender="A", receiver="B", limit_share=0.1, over=over),
    )


def test_transfer_is_limited_in_each_fiscal_year_of_the_sender() -> None:
    """Days 0-254, 254-619 and 619-650: 100 + 154, 365 and 31 come in, of which a tenth may be moved."""
    (rule,) = given().rules
    assert rule.scope == "fiscal year"
    assert rule.years == (("FY2021", 0.0, 254.0), ("FY2022", 254.0, 619.0), ("FY2023", 619.0, 650.0))
    assert rule.bounds == pytest.approx((25.4 * MONEY, 36.5 * MONEY, 3.1 * MONEY))
    assert given().activities["transfer:A / B"].timing == "parts"


@pytest.mark.parametrize(("over", "fiscal_year"), [("whole plan", "10-01"), ("fiscal year if any", "")])
def test_transfer_is_limited_over_the_plan_where_there_is_no_year_or_the_row_says_so(
    over: str, fiscal_year: str
) -> None:
    (rule,) = given(over, fiscal_year).rules
    assert (rule.scope, rule.bound, rule.years) == ("horizon", pytest.approx(65.0 * MONEY), ())


def test_fiscal_years_are_named_by_the_year_in_which_they_end() -> None:
    assert [(y.name, y.start, y.end) for y in case().fiscal_years("01-01")] == [
        ("FY2021", 0.0, 346.0),
        ("FY2022", 346.0, 650.0),
    ]
    assert [y.name for y in case().fiscal_years("01-20")] == ["FY2022", "FY2023"]


def test_transfer_without_a_reform_is_limited_by_its_rule_alone() -> None:
    draft = accounts(Funding(account="A"), Funding(account="B"), Transfers(sender="A", receiver="B", limit_share=0.1))
    activity = draft.activities["transfer:A / B"]
    assert (activity.upper, activity.window, activity.enabled_by) == ((), None, ())


def test_payments_follow_purpose_place_and_actor() -> None:
    draft = accounts(
        Funding(account="any"),
        Funding(account="travel", purposes=("Travel", "care")),
        Funding(account="Mexico", places=("Mexico",)),
        Funding(account="Tijuana", places=("Tijuana",)),
        Funding(account="society", actors=("civil society",)),
    )
    bill(draft, "a", purpose="travel", place="Tijuana", country="Mexico", actor="government")
    bill(draft, "b", purpose="care", place="Mexico", country="Mexico", actor="Civil Society")
    bill(draft, "c", purpose="", place="", actor="")
    assert pay(draft) == {
        ("account:any", "stage:a"), ("account:travel", "stage:a"), ("account:Mexico", "stage:a"),
        ("account:Tijuana", "stage:a"),
        ("account:any", "stage:b"), ("account:travel", "stage:b"), ("account:Mexico", "stage:b"),
        ("account:society", "stage:b"),
        ("account:any", "stage:c"),
    }  # fmt: skip


def test_payment_windows_are_the_days_of_availability() -> None:
    draft = accounts(
        Funding(account="A"),
        Funding(account="B", available_from=date(2021, 2, 1), available_until=date(2021, 2, 10)),
        Funding(account="C", available_until=date(2020, 12, 31)),
    )
    bill(draft, "a")
    pay(draft)
    assert draft.payments == [Payment("account:A", "stage:a"), Payment("account:B", "stage:a", (12.0, 22.0))]


def test_match_is_cumulative_on_the_bills_that_the_account_may_pay() -> None:
    draft = accounts(
        Funding(account="donor", purposes=("care",), match_ratio=0.5, match_basis=("own", "other")),
        Funding(account="own"),
        Funding(account="other", purposes=("travel",)),
    )
    bill(draft, "a", purpose="care")
    bill(draft, "b", purpose="travel")
    pay(draft)
    (rule,) = draft.rules
    assert (rule.id, rule.scope, rule.sense, rule.bound) == ("match:donor", "cumulative", "<=", 0.0)
    assert rule.terms == (
        Term("payment", "account:donor|stage:a"),
        Term("payment", "account:own|stage:a", -0.5),
    )


def test_raw_ledgers_pay_the_raw_activities_that_they_name() -> None:
    draft = accounts(
        RawLedgers(ledger="purse", pays=True, pays_for=("x",)),
        RawLedgers(ledger="chest", pays=True, match_ratio=1.0, match_basis=("purse",)),
        RawLedgers(ledger="idle"),
    )
    for name in ("x", "y"):
        draft.activity(Activity(id=f"raw:{name}", unit="units", cost=1.0, tags={"kind": "raw", "row": name}))
    assert pay(draft) == {("raw:purse", "raw:x"), ("raw:chest", "raw:x"), ("raw:chest", "raw:y")}
    (rule,) = draft.rules
    assert rule.terms == (
        Term("payment", "raw:chest|raw:x"),
        Term("payment", "raw:chest|raw:y"),
        Term("payment", "raw:purse|raw:x", -1.0),
    )


def test_every_bill_that_no_account_may_pay_is_named_with_the_nearest_account() -> None:
    draft = accounts(
        Funding(account="far", purposes=("roads",), places=("Canada",)),
        Funding(account="near", purposes=("travels",), row_number=4, cells={"account": "A"}),
    )
    bill(draft, "a", purpose="travel", place="Tijuana", country="Mexico", actor="government")
    bill(draft, "b", purpose="care", place="Mexico", country="Mexico", actor="government")
    with pytest.raises(InvalidCaseError) as caught:
        compile_payments(draft)
    problems = {p.label: p for p in caught.value.problems}
    assert set(problems) == {"a", "b"}
    found = problems["a"]
    assert (found.check, str(found.address), found.suggestion) == ("unpayable", "Pipelines!G7", "travels")
    assert "purpose 'travel', place 'Tijuana in Mexico', actor 'government'" in found.found
    assert "Nearest is account 'near' (Funding!A4), which allows only purpose 'travels'" in found.mend


def test_of_two_accounts_that_refuse_one_thing_the_one_for_the_purpose_is_nearest() -> None:
    """Money for reforms is not told to pay for care, and no purpose is offered instead of itself."""
    draft = accounts(
        Funding(account="another", purposes=("reforms",)),
        Funding(account="this", purposes=("care",), places=("Canada",)),
    )
    bill(draft, "b", purpose="care", place="Mexico", country="Mexico", actor="government")
    with pytest.raises(InvalidCaseError) as caught:
        compile_payments(draft)
    (found,) = caught.value.problems
    assert "Nearest is account 'this'" in found.mend
    assert not found.suggestion


def test_bills_without_any_account_ask_for_one() -> None:
    draft = accounts()
    bill(draft, "a", purpose="travel")
    with pytest.raises(InvalidCaseError, match="Add an account on sheet Funding"):
        compile_payments(draft)
