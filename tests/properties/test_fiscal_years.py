"""Money by fiscal year: what may be moved and what the table says, by hand, on every grid, and held by verify."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Plan
from planner.results import views
from planner.results.bridges import fiscal_bridge
from planner.results.headlines import dumps, headlines, loads
from planner.results.json import to_json
from planner.sheets import (
    Appropriations,
    Funding,
    Outcomes,
    OutcomeTerms,
    Places,
    Programmes,
    Rules,
    Settings,
    Time,
    Transfers,
)
from planner.solve import solve
from planner.verify import verify
from tests.verify.everything import case_of

GRIDS = ("phases", "default", "months", "every 50 days")
FLOWS = ["Authority", "Transfers in", "Transfers out", "Obligated", "Lapsed"]


def lent(years: int = 2, release: str = "yearly", over: str = "fiscal year if any", kept: float = 1.0) -> Case:
    """Account A gets 100 in each fiscal year and pays nothing itself; B lives on a tenth of it, at 1 a parcel."""
    return case_of(
        Settings(setting="grid", value="phases"),
        Time(phase="P1", starts=date(2020, 10, 1), ends=date(2020 + years, 9, 30)),
        Places(place="Port"),
        Funding(account="A", purposes=("other",), fiscal_year="10-01", carry_over_share=kept),
        Funding(account="B", purposes=("help",), fiscal_year="10-01", spent_in_year=0.6, budget_class="mandatory"),
        Appropriations(account="A", phase="P1", amount=100.0 * years, release=release),
        Transfers(sender="A", receiver="B", limit_share=0.1, over=over),
        Programmes(programme="help", unit="parcels", unit_cost=1e6, purpose="help", place="Port", at_most=1e4),
        Outcomes(outcome="helped", unit="parcels", weight=1.0),
        OutcomeTerms(outcome="helped", line="1", measure="units", where="row: help"),
    )


def solved(case: Case, grid: str = "phases") -> Plan:
    return solve(case, Options(grid=grid))


def laid(case: Case, plan: Plan, account: str) -> pd.DataFrame:
    """Years of one account."""
    found = views.accounts_by_year(case, plan)
    return found[found["Account"] == account].set_index("Fiscal year")


@pytest.mark.parametrize("grid", GRIDS)
def test_a_tenth_of_each_year_can_be_moved_on_every_grid(grid: str) -> None:
    plan = solved(lent(), grid)
    assert plan.objective == pytest.approx(20.0)
    rules = plan.tables["rules"].set_index("scope")
    assert rules["measured"].to_dict() == pytest.approx({"FY2021": 10e6, "FY2022": 10e6})
    assert rules["right"].to_dict() == pytest.approx({"FY2021": 10e6, "FY2022": 10e6})
    assert verify(lent(), plan).ok


@pytest.mark.parametrize("grid", GRIDS)
def test_what_comes_early_can_be_moved_early_only(grid: str) -> None:
    """All 200 come on the first day: 20 in the first year, none in the second; over the plan the same 20."""
    case = lent(release="at once")
    plan = solved(case, grid)
    assert laid(case, plan, "A")["Transfers out"].tolist() == pytest.approx([20.0, 0.0], abs=1e-6)
    assert verify(case, plan).ok


def test_another_fiscal_year_brings_as_much_again() -> None:
    one, two, three = (solved(lent(years=n)).objective for n in (1, 2, 3))
    assert (two, three) == pytest.approx((2 * (one or 0.0), 3 * (one or 0.0)))


def test_over_the_plan_all_may_be_moved_in_one_year() -> None:
    plan = solved(lent(over="whole plan"))
    assert plan.tables["rules"]["scope"].tolist() == ["whole plan"]
    assert plan.objective == pytest.approx(20.0)


@pytest.mark.parametrize("grid", GRIDS)
def test_the_account_by_year_is_what_a_pencil_finds(grid: str) -> None:
    """A: 100 come, 10 go, of 90 a half is kept; 45 + 100 - 10 = 135 are there at the end, as the plan ends with the year.

    B obligates what it is given; of 10 six are spent in the year and four in the next.
    """
    case = lent(kept=0.5)
    plan = solved(case, grid)
    a, b = laid(case, plan, "A"), laid(case, plan, "B")
    assert a.loc["FY2021", ["Carried in", *FLOWS, "Carried out"]].tolist() == pytest.approx([0, 100, 0, 10, 0, 45, 45])
    assert a.loc["FY2022", ["Carried in", *FLOWS, "Carried out"]].tolist() == pytest.approx([45, 100, 0, 10, 0, 0, 135])
    assert b.loc["FY2021", ["Obligated", "Spent", "Still to be spent"]].tolist() == pytest.approx([10, 6, 4])
    assert b.loc["FY2022", ["Obligated", "Spent", "Still to be spent"]].tolist() == pytest.approx([10, 10, 4])
    assert verify(case, plan).ok


def test_the_years_end_where_the_books_end_and_come_to_the_plans_spending() -> None:
    case = lent(years=3, kept=0.5)
    plan = solved(case)
    every = views.accounts_by_year(case, plan)
    left = every["Carried in"] + every["Authority"] + every["Transfers in"] - every["Transfers out"]
    assert (left - every["Obligated"] - every["Lapsed"]).tolist() == pytest.approx(every["Carried out"].tolist())
    stocks = plan.tables["stocks"]
    for account in ("A", "B"):
        mine = every[every["Account"] == account]
        assert mine["Carried in"].tolist()[1:] == pytest.approx(mine["Carried out"].tolist()[:-1])
        closing = stocks[stocks["stock"] == f"account:{account}"]["closing"].iloc[-1] / 1e6
        assert mine["Carried out"].iloc[-1] == pytest.approx(closing)
    bills = plan.tables["bills"]["cost"].sum() / 1e6
    assert every["Obligated"].sum() == pytest.approx(bills)
    assert fiscal_bridge(case, plan).total == pytest.approx(bills)
    together = views.years_in_all(case, plan)
    parts = together[together["Accounts"] != "All accounts"].groupby("Fiscal year")["Obligated"].sum()
    whole = together[together["Accounts"] == "All accounts"].set_index("Fiscal year")["Obligated"]
    assert parts.to_dict() == pytest.approx(whole.to_dict())


def test_together_each_year_carries_in_what_the_one_before_carried_out() -> None:
    """B's years are calendar years: its last begins after A's, and what A has left then stands there."""
    case = lent(years=3, kept=0.5)
    funds = tuple(replace(f, fiscal_year="01-01") if f.account == "B" else f for f in case.of(Funding))
    case = replace(case, rows={**case.rows, Funding: funds})
    whole = views.years_in_all(case, solved(case))
    whole = whole[whole["Accounts"] == "All accounts"]
    assert whole["Fiscal year"].tolist() == ["FY2020", "FY2021", "FY2022", "FY2023"]
    assert whole["Carried in"].tolist()[1:] == pytest.approx(whole["Carried out"].tolist()[:-1])


def test_terminal_and_json_say_the_same_years() -> None:
    case = lent()
    plan = solved(case)
    said = headlines(case, plan)
    assert loads(dumps(said)) == said
    years = [row for row in said.fiscal if row["Accounts"] == "All accounts"]
    assert [(row["Fiscal year"], row["Obligated"]) for row in years] == [
        ("FY2021", pytest.approx(10.0)),
        ("FY2022", pytest.approx(10.0)),
    ]
    written = to_json(case, plan)["accounts_by_year"]
    assert [row["Obligated"] for row in written] == views.accounts_by_year(case, plan)["Obligated"].tolist()


def changed(plan: Plan, table: str, **columns: object) -> Plan:
    """The plan with columns of a table said otherwise."""
    return replace(plan, tables={**plan.tables, table: plan.tables[table].assign(**columns)})


def test_money_moved_in_another_year_than_stated_is_found() -> None:
    plan = solved(lent())
    moved = plan.tables["moved"]
    assert moved["amount"].tolist() == pytest.approx([10e6, 10e6])
    for said in ({"amount": [20e6, 0.0]}, {"amount": [10e6, 5e6]}, {"activity": "programme:help"}):
        assert "match and transfers" in verify(lent(), changed(plan, "moved", **said)).failed


def limited(**rule: object) -> Case:
    """An account of 100 a year that pays help, worth 2 a parcel, and other things, worth 1; help is limited by year."""
    stated = {"measure": "money", "where": "account: A; purpose: help", "relation": "at most", "value": 15.0}
    works = (
        Programmes(programme=name, unit="parcels", unit_cost=1e6, purpose=name, place="Port", at_most=1e4)
        for name in ("help", "other")
    )
    return case_of(
        Time(phase="P1", starts=date(2020, 10, 1), ends=date(2022, 9, 30)),
        Places(place="Port"),
        Funding(account="A", fiscal_year="10-01"),
        Appropriations(account="A", phase="P1", amount=200.0, release="yearly"),
        *works,
        Rules(rule="limit", scope="fiscal year", **{**stated, **rule}),  # type: ignore[arg-type]
        Outcomes(outcome="helped", unit="parcels", weight=1.0),
        OutcomeTerms(outcome="helped", line="1", measure="units", where="row: help", per_unit=2.0),
        OutcomeTerms(outcome="helped", line="2", measure="units", where="row: other"),
    )


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize(
    ("rule", "points"),
    [
        ({}, 230.0),
        ({"per_year": True}, 230.0),
        ({"relation": "at most share of", "value": 0.25, "of_where": "account: A"}, 250.0),
        ({"measure": "units", "where": "row: help", "value": 20.0}, 240.0),
    ],
    ids=["amount", "a year", "share", "units"],
)
def test_what_a_purpose_gets_is_limited_in_each_fiscal_year(grid: str, rule: dict[str, object], points: float) -> None:
    """Of 200 in two years 15 (20, a quarter) a year go to help, at 2 points; the rest at 1."""
    case = limited(**rule)
    plan = solved(case, grid)
    assert plan.objective == pytest.approx(points)
    assert plan.tables["rules"]["scope"].tolist() == ["FY2021", "FY2022"]
    assert verify(case, plan).ok


@pytest.mark.parametrize("grid", ["phases", "months"])
def test_under_a_resolution_money_comes_at_last_years_rate_until_it_is_enacted(grid: str) -> None:
    """Of 100 a year a tenth of a million a day comes until 31 March, 182 days, and the rest on 1 April."""
    case = limited(relation="at most", value=1e6)
    given = Appropriations(account="A", phase="P1", amount=200.0, release="resolution", enacted="04-01", last_year=36.5)
    case = replace(case, rows={**case.rows, Appropriations: (given,)})
    plan = solved(case, grid)
    stocks = plan.tables["stocks"]
    account = stocks[stocks["stock"] == "account:A"]
    assert account["inflow"].sum() == pytest.approx(200e6)
    assert verify(case, plan).ok
    if grid == "months":
        early = account[account["end_day"] <= 182.0]["inflow"].sum()
        assert early == pytest.approx(182 * 0.1e6)
