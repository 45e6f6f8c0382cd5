"""What goes on without the plan: each mechanism in a case whose answer can be worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from openpyxl.utils import get_column_letter

from planner.case import Case
from planner.case.problems import Problem
from planner.options import Options
from planner.plan import Plan
from planner.results.going_on import CONTINUATION_IS_NOTHING, comparison_words, going, last_actuals, remarks
from planner.results.headlines import headlines
from planner.sheets import Programmes, Row, Staff, columns
from planner.solve import solve
from planner.verify import verify
from planner.workbook import case_from, check_tables

Sheets = dict[str, list[dict[str, Any]]]
EXACT = Options(gap=1e-9)
YEAR = {"Phase": "Year", "From": "2021-01-01", "Until": "2021-12-31"}


def town(**sheets: list[dict[str, Any]]) -> Sheets:
    """One fund of a million a year, two programmes; a point a unit of aid. Rows of a sheet may be given instead."""
    own: Sheets = {
        "Time": [YEAR],
        "Places": [{"Place": "Town"}],
        "Funding": [{"Account": "fund"}],
        "Appropriations": [{"Account": "fund", "Phase": "Year", "Amount": 1.0}],
        "Programmes": [aid(**{"Last actual": 100}), aid("care", **{"Unit cost": 20_000, "Last actual": 10})],
        "Outcomes": [{"Outcome": "aid", "Unit": "units", "Weight": 1}, {"Outcome": "care", "Unit": "units"}],
        "Outcome terms": [
            {"Outcome": name, "Line": "1", "Measure": "units", "Where": f"row: {name}"} for name in ("aid", "care")
        ],
    }
    return own | {name.replace("_", " "): rows for name, rows in sheets.items()}


def aid(name: str = "aid", **columns: Any) -> dict[str, Any]:
    """A programme of 1,000 dollars a unit."""
    row = {"Programme": name, "Place": "Town", "Purpose": "help", "Unit": "unit", "Unit cost": 1000, "At most": 1000}
    return row | columns


def cell(column: str, row: int = 2, sheet: type[Row] = Programmes) -> str:
    """Cell of a column in a case made of rows."""
    names = [c.name for c in columns(sheet)]
    return f"{sheet.SHEET}!{get_column_letter(names.index(column) + 1)}{row}"


def found(sheets: Sheets) -> tuple[Case, Plan]:
    """Solve, and see that the plan and what goes on without it are verified."""
    case = case_from(sheets)
    plan = solve(case, EXACT)
    report = verify(case, plan)
    assert report.ok, str(report)
    return case, plan


def level(plan: Plan, activity: str, item: str = "level") -> float:
    """What is done of an activity without the plan."""
    table = plan.tables["continuation"]
    return float(table.loc[(table["item"] == item) & (table["subject"] == activity), "amount"].sum())


def test_a_level_that_is_known_goes_on_and_is_what_differences_are_against() -> None:
    case, plan = found(town())
    assert plan.continuation == pytest.approx({"aid": 100.0, "care": 10.0})
    assert plan.doing_nothing == pytest.approx({"aid": 0.0, "care": 0.0})
    assert plan.outcome("aid") == pytest.approx(1000.0)
    assert last_actuals(case) == {"aid": 100.0, "care": 10.0}
    row = headlines(case, plan).outcome_table().set_index("Outcome").loc["aid"]
    assert row[["Last actual, a year", "Continuation", "Plan total", "Difference"]].tolist() == pytest.approx(
        [100.0, 100.0, 1000.0, 900.0]
    )
    assert remarks(case, plan) == [
        f"The plan does less than goes on anyway: care 0 against 10 unit a year ({cell('Last actual', 3)})."
    ]


def test_a_stated_level_wins_over_the_last_actual_one() -> None:
    _, plan = found(town(Programmes=[aid(**{"Last actual": 100, "Goes on at": 40}), aid("care")]))
    assert plan.continuation == pytest.approx({"aid": 40.0, "care": 0.0})


def test_what_goes_with_a_row_goes_on_with_it() -> None:
    """Two units of care go with each of aid; of its own accord care runs at 10, so 200 are needed and paid."""
    needs = [{"For each": "aid", "Needs": "care", "Ratio": 2}]
    rows = [aid(**{"Last actual": 100}), aid("care", **{"Last actual": 10, "Unit cost": 100})]
    _, plan = found(town(Needs=needs, Programmes=rows))
    assert plan.continuation == pytest.approx({"aid": 100.0, "care": 200.0})
    paid = plan.tables["continuation"].query("item == 'paid for'")["amount"].sum()
    assert paid == pytest.approx(100 * 1000 + 200 * 100)


def test_where_money_runs_short_as_much_is_kept_as_there_can_be_in_shares() -> None:
    """Of 150,000 dollars aid takes 100,000 for its whole level, and a quarter of care's 200,000 is left."""
    money = [{"Account": "fund", "Phase": "Year", "Amount": 0.15}]
    case, plan = found(town(Appropriations=money))
    assert plan.continuation == pytest.approx({"aid": 100.0, "care": 2.5})
    assert {g.row: g.kept for g in going(case, plan)} == pytest.approx({"aid": 1.0, "care": 0.25})
    kept = f"care 25 % ({cell('Last actual', 3)})."
    said = f"Levels that cannot go on in full without the plan, and what is kept of them: {kept}"
    assert said in remarks(case, plan)


def test_what_others_ask_for_counts_for_no_share_of_its_own() -> None:
    """Where aid cannot be paid, care goes on at its own level, not at what aid would have asked for."""
    money = [{"Account": "fund", "Phase": "Year", "Amount": 0.051}]
    needs = [{"For each": "aid", "Needs": "care", "Ratio": 1}]
    rows = [aid(**{"Last actual": 1000}), aid("care", **{"Last actual": 10, "Unit cost": 100})]
    _, plan = found(town(Needs=needs, Programmes=rows, Appropriations=money))
    aids = (51_000 - 10 * 100) / 1000  # the first ten of care are there anyway
    more = (aids - 10) * 1000 / 1100 + 10
    assert plan.continuation == pytest.approx({"aid": more, "care": more})
    money[0]["Amount"] = 0.001
    _, plan = found(town(Needs=needs, Programmes=rows, Appropriations=money))
    assert plan.continuation == pytest.approx({"aid": 0.0, "care": 10.0})


def test_rules_and_reforms_are_no_part_of_it() -> None:
    """A rule of the plan caps aid, and a reform brings money: neither is there without a decision."""
    sheets = town(
        Rules=[{"Rule": "little aid", "Measure": "units", "Where": "row: aid", "Relation": "at most", "Value": 20}],
        Reforms=[{"Reform": "levy"}],
        Effects=[{"Reform": "levy", "Effect": "releases", "On": "fund", "Amount": 5}],
        Appropriations=[{"Account": "fund", "Phase": "Year", "Amount": 0.05}],
    )
    _, plan = found(sheets)
    assert plan.outcome("aid") == pytest.approx(20.0)
    assert plan.continuation["aid"] == pytest.approx(50.0)
    assert level(plan, "reform:levy", "taken") == 0.0


def test_a_floor_is_a_promise_of_the_plan() -> None:
    rows = [aid(**{"Last actual": 100, "At least": 300}), aid("care", **{"At least": 50})]
    _, plan = found(town(Programmes=rows))
    assert plan.outcome("care") >= 50.0 - 1e-6
    assert plan.doing_nothing["aid"] == pytest.approx(300.0)
    assert plan.continuation == pytest.approx({"aid": 100.0, "care": 0.0})


def test_a_decision_by_hand_changes_nothing_in_it() -> None:
    hands = [{"Sheet": "Programmes", "Row": "aid", "Action": "forbid"}]
    case, plan = found(town(Overrides=hands))
    assert plan.outcome("aid") == pytest.approx(0.0)
    assert plan.continuation["aid"] == pytest.approx(100.0)
    assert any("aid 0 against 100 unit a year" in said for said in remarks(case, plan))


def test_what_others_carry_on_is_nobodys_gain_and_less_of_it_is_a_loss() -> None:
    """The plan could buy 1,000; since others carry it on at 100, it counts no more, and what it forbids is said."""
    rows = [aid(**{"Last actual": 100, "Runs without the plan": "yes"}), aid("care")]
    case, plan = found(town(Programmes=rows))
    assert plan.outcome("aid") == plan.continuation["aid"] == pytest.approx(100.0)
    assert [g.others for g in going(case, plan)] == [True]
    assert not remarks(case, plan)
    hands = [{"Sheet": "Programmes", "Row": "aid", "Action": "at most", "Value": 30}]
    case, plan = found(town(Programmes=rows, Overrides=hands))
    assert remarks(case, plan) == [
        f"The plan does less than goes on anyway: aid 30 against 100 unit a year ({cell('Last actual')})."
    ]


def test_those_who_leave_are_replaced_and_nobody_else_is_hired() -> None:
    staff = {"Cadre": "nurse", "Duty station": "Town", "Purpose": "help", "In post": 10, "Attrition": 0.2,
             "Hiring limit": 50}  # fmt: skip
    _, plan = found(town(Staff=[staff]))
    assert level(plan, "hire:nurse / Town") == pytest.approx(-10 * math.log(0.8))
    _, plan = found(town(Staff=[staff | {"Goes on at": 5}]))
    assert level(plan, "hire:nurse / Town") == pytest.approx(-5 * math.log(0.8))
    _, plan = found(town(Staff=[staff | {"Hiring limit": 1}]))
    assert level(plan, "hire:nurse / Town") == pytest.approx(1.0)


def test_a_previous_plan_wins_where_it_speaks() -> None:
    """It lists 300 units of aid for the first of two years; in the second the last actual level goes on."""
    phases = [YEAR, {"Phase": "Next", "From": "2022-01-01", "Until": "2022-12-31"}]
    money = [{"Account": "fund", "Phase": name, "Amount": 1.0} for name in ("Year", "Next")]
    earlier = [{"Sheet": "Programmes", "Row": "aid", "Phase": "Year", "Level": 300}]
    _, plan = found(town(Time=phases, Appropriations=money, Previous_plan=earlier))
    assert plan.continuation["aid"] == pytest.approx(300.0 + 100.0)


def test_what_no_balance_can_do_without_is_done_beyond_it() -> None:
    """100 and 3,650 flow into a pond that holds 1,000: of 2,000 a year that go on 2,750 have to be pumped."""
    pond = {
        "Time": [YEAR],
        "Raw ledgers": [{"Ledger": "pond", "Opening": 100, "Inflow": 10, "Upper": 1000}],
        "Raw activities": [{"Activity": "pump", "Last actual": 2000}],
        "Raw recipes": [{"Activity": "pump", "Verb": "use", "Ledger": "pond", "Quantity": 1}],
        "Outcomes": [{"Outcome": "pumped", "Unit": "units", "Weight": 1}],
        "Outcome terms": [{"Outcome": "pumped", "Line": "1", "Measure": "units", "Where": "kind: raw"}],
    }
    _, plan = found(pond)
    assert plan.continuation["pumped"] == pytest.approx(2750.0)
    assert level(plan, "raw:pump", "beyond") == pytest.approx(750.0, rel=1e-6)


def test_without_any_level_it_is_doing_nothing_and_said_once() -> None:
    case, plan = found(town(Programmes=[aid(), aid("care")]))
    assert not plan.continuation
    assert not len(plan.tables["continuation"])
    head = headlines(case, plan)
    assert comparison_words(case, plan).startswith(CONTINUATION_IS_NOTHING)
    assert "Continuation" not in head.outcome_table()
    assert head.outcome_table()["Difference"].tolist() == pytest.approx([1000.0, 0.0])


def tampered(plan: Plan, change: str) -> Plan:
    """The plan with something false about what goes on."""
    table = plan.tables["continuation"].copy()
    levels = table["item"] == "level"
    if change == "outcome":
        return replace(plan, continuation={**plan.continuation, "aid": 99.0})
    if change == "no outcomes":
        return replace(plan, continuation={})
    if change == "no decisions":
        table = table.iloc[:0]
    elif change == "more than goes on":
        table.loc[levels & (table["subject"] == "programme:aid"), "amount"] *= 1.01
    elif change == "less":
        table.loc[levels & (table["subject"] == "programme:aid"), "amount"] *= 0.9
    elif change == "unpaid":
        table = table[table["item"] != "paid for"]
    elif change == "a reform":
        taken = {"item": "taken", "subject": "reform:levy", "account": "", "period": 0, "amount": 1.0}
        table = pd.concat([table, pd.DataFrame([taken])], ignore_index=True)
    elif change == "another period":
        table.loc[levels, "period"] = 7
    elif change == "another item":
        table.loc[levels, "item"] = "gift"
    return replace(plan, tables={**plan.tables, "continuation": table})


CHANGES = ("outcome", "no outcomes", "no decisions", "more than goes on", "less", "unpaid", "a reform", "another period",
           "another item")  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_verify_finds_what_is_false_about_it(change: str) -> None:
    case, plan = found(town(Reforms=[{"Reform": "levy"}]))
    report = verify(case, tampered(plan, change))
    assert report.failed == ("continuation",)


WRONG = {
    "unknown": ({"Goes on at": 5}, "Goes on at", "goes-on-unknown"),
    "above most": ({"Last actual": 1001}, "Last actual", "goes-on-above-most"),
    "above the start": ({"Last actual": 50, "Growth": 2, "Starting pace": 20}, "Last actual", "goes-on-above-most"),
    "a reform": ({"Last actual": 50, "Needs": "levy"}, "Last actual", "goes-on-needs"),
    "too little": ({"Last actual": 5, "Least scale": 20}, "Last actual", "goes-on-below-scale"),
    "others without a level": ({"Runs without the plan": "yes"}, "Runs without the plan", "goes-on-without-level"),
    "others below the least": (
        {"Last actual": 5, "Runs without the plan": "yes", "At least": 9}, "Runs without the plan", "goes-on-below-least",
    ),
    "negative": ({"Last actual": -5}, "Last actual", "below-low"),
}  # fmt: skip


CONTRADICTIONS = ("goes-on-unknown", "goes-on-without-level", "goes-on-below-least", "below-low")
"""What is refused: a row that contradicts itself. Limits that keep a level from going on are told, and kept to."""


def problems(sheets: Sheets) -> list[Problem]:
    """What is wrong with rows."""
    return list(check_tables(sheets)[1])


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_is_told_with_its_cell_and_a_mend(name: str) -> None:
    filled, column, check = WRONG[name]
    wrong = [
        p
        for p in problems(town(Programmes=[aid(**filled), aid("care")], Reforms=[{"Reform": "levy"}]))
        if p.check != "source-missing"
    ]
    assert [(str(p.address), p.mend != "") for p in wrong] == [(cell(column), True)]
    assert wrong[0].severity == ("error" if check in CONTRADICTIONS else "warning")
    if check != "below-low":
        assert wrong[0].check == check


def test_more_posts_than_are_in_post_are_a_decision() -> None:
    staff = {
        "Cadre": "nurse",
        "Duty station": "Town",
        "Purpose": "help",
        "In post": 10,
        "Goes on at": 12,
        "Hiring limit": 5,
    }
    wrong = [p for p in problems(town(Staff=[staff])) if p.check != "source-missing"]
    assert [(p.check, str(p.address)) for p in wrong] == [("goes-on-above-most", cell("Goes on at", sheet=Staff))]
