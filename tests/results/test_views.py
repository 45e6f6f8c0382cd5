from __future__ import annotations

import pandas as pd
import pytest

from planner.plan import Status
from planner.results import frames, views
from planner.results.people import _entered
from planner.results.rule_words import limit_words
from planner.results.summary import headline_sentence
from planner.wording.figures import figure, share


def line(frame: pd.DataFrame, column: str, value: str) -> pd.Series:
    found = frame[frame[column] == value]
    assert len(found) == 1, frame
    return found.iloc[0]


def test_the_headline_comes_in_the_order_of_the_budget_meeting(case, plan):
    frame = views.headline(plan, case)
    assert frame["Headline"].tolist() == ["protection", "legal pathways", "cost"]
    safe = frame.iloc[0]
    assert (safe["Plan total"], safe["Doing nothing"], safe["Difference"], safe["Previous plan"]) == (
        5100,
        1100,
        4000,
        5000,
    )
    assert [safe[p] for p in ("P1", "P2", "P3")] == [600, 2000, 2500]
    assert pd.isna(line(frame, "Outcome", "cost")["Doing nothing"])


def test_the_headline_without_a_case_keeps_every_outcome(plan):
    assert set(views.headline(plan)["Outcome"]) == {"cost", "legal ways", "safe people"}


def test_phases_add_up_to_the_outcome(case, plan):
    frame = views.headline(plan, case)
    assert frame[["P1", "P2", "P3"]].sum(axis=1).tolist() == pytest.approx(frame["Plan total"].tolist())


def test_the_division_adds_up_and_names_every_country(case, plan):
    found = views.division(case, plan)
    money = found["money"]
    assert money["Country"].tolist() == ["Northland", "Southland"]
    assert money["Plan total"].tolist() == pytest.approx([5.1, 1.6])
    assert money["Share"].sum() == pytest.approx(1.0)
    assert views.with_total(money).iloc[-1]["Plan total"] == pytest.approx(6.7)
    assert line(found["visas"], "Country", "Southland")["Plan total"] == 950
    assert line(found["slots"], "Country", "Southland")["Plan total"] == 150
    assert line(found["officers"], "Country", "Northland")["P1"] == pytest.approx(12.0)
    assert line(found["officers"], "Country", "Northland")["Plan average"] == pytest.approx((1200 + 14 * 630) / 730)


def test_money_without_a_country_stands_under_the_region(case, plan):
    bills = plan.tables["bills"].assign(country="")
    plan = views_plan(plan, bills=bills)
    money = views.division(case, plan)["money"]
    assert money["Country"].tolist() == ["Northland", "Southland", "region"]
    assert money["Plan total"].tolist() == pytest.approx([0, 0, 6.7])


def views_plan(plan, **tables):
    from dataclasses import replace

    return replace(plan, tables={**plan.tables, **tables})


def test_lent_staff_count_where_they_help(case, plan):
    lent = {
        "activity": "deploy:officer / Border / Southland",
        "kind": "deploy",
        "sheet": "Deployments",
        "row": "officer / Border / Southland",
        "cadre": "officer",
        "station": "Border",
        "place": "Southland",
        "country": "Southland",
        "period": 0,
        "level": 200.0,
    }
    there = {
        "capacity": "staff:officer / Southland",
        "kind": "staff",
        "cadre": "officer",
        "place": "Southland",
        "country": "Southland",
        "period": 0,
        "available": 200.0,
        "ceiling": 1.0,
        "occupied": 0.0,
        "standing": 0.0,
    }
    more = pd.concat([plan.tables["activities"], pd.DataFrame([lent])], ignore_index=True)
    staff = pd.concat([plan.tables["capacities"], pd.DataFrame([there])], ignore_index=True)
    found = views.division(case, views_plan(plan, activities=more, capacities=staff))["officers"]
    assert found["P1"].tolist() == pytest.approx([10.0, 2.0])
    table = views.officers(case, views_plan(plan, activities=more, capacities=staff))
    first = table[(table["Duty station"] == "Border") & (table["Period"] == "P1")].iloc[0]
    assert first["Lent out, FTE"] == pytest.approx(2.0)
    assert table[table["Duty station"] == "Southland"].iloc[0]["Lent in, FTE"] == pytest.approx(2.0)


def test_officers_show_heads_effect_use_and_hires(case, plan):
    first = views.officers(case, plan).iloc[0]
    assert first["In post at the end, FTE"] == 15
    assert first["Effective, FTE"] == pytest.approx(12.0)
    assert first["Hired, people"] == 5
    assert first["Use, share of usable"] == pytest.approx(600 * 365 / 200 / 1200)


def test_unspent_money_has_its_reasons(case, plan):
    frame = views.unspent(case, plan)
    budget, fund = line(frame, "Account", "budget"), line(frame, "Account", "fund")
    assert budget["Lapsed"] == pytest.approx(3.7)
    assert "3.7 lapsed on 1 Jan 2026" in budget["Why"]
    assert "3 never came: waits for wide reading" in fund["Why"]
    assert fund["Left at the end"] == pytest.approx(2.4)
    for row in (budget, fund):
        came = row["Came in"] + row["Moved in or out"]
        assert came == pytest.approx(row["Paid"] + row["Lapsed"] + row["Left at the end"])


def test_money_that_may_not_pay_what_others_lack_is_named(case, plan):
    stocks = plan.tables["stocks"].copy()
    last = (stocks["stock"] == "account:budget") & (stocks["period"] == 2)
    stocks.loc[last, ["closing", "lapsed"]] = [0.0, 4.9e6]
    why = line(views.unspent(case, views_plan(plan, stocks=stocks)), "Account", "fund")["Why"]
    assert why.startswith("all that it may pay was paid; it may not pay what empty accounts pay (asylum)")


def test_payments_add_up_to_what_accounts_paid(case, plan):
    paid = views.payments(plan).groupby("Account")["Plan total"].sum()
    accounts = views.unspent(case, plan).set_index("Account")["Paid"]
    assert paid.to_dict() == pytest.approx(accounts.to_dict())


def test_queues_tell_who_left_on_time(case, plan):
    frame = views.queues(case, plan)
    queue = frame[frame["Caseload"] == "queue"]
    assert queue["Waiting at the end"].tolist() == [900, 600, 0]
    assert queue["Left on time, share"].between(0, 1).all()
    assert queue["Left on time, share"].iloc[-1] > queue["Left on time, share"].iloc[1]
    assert line(views.queues_summary(case, plan), "Caseload", "queue")["Waiting at the start"] == 1000


def test_entries_before_the_start_build_up_over_the_age():
    when = [0.0, 90.0, 145.0, 190.0]
    assert _entered(90.0, 90.0, 1000.0, [100.0], [1500.0], when).tolist() == pytest.approx(
        [0.0, 1000.0, 1275.0, 1500.0]
    )
    assert _entered(10.0, 0.0, 1000.0, [100.0], [1500.0], [5.0, 10.0]).tolist() == [0.0, 1000.0]


def test_everybody_is_accounted_for(case, plan):
    assert (views.flows(plan)["Check: should be 0"] == 0).all()
    stocks = plan.tables["stocks"].copy()
    stocks.loc[stocks["stock"] == "people:safe", "closing"] += 7.0
    assert (views.flows(views_plan(plan, stocks=stocks))["Check: should be 0"] == 7.0).sum() == 3
    states = views.flows_by_state(plan)
    assert states["State"].tolist() == ["waiting", "protected"]


def test_pools_keep_their_books(case, plan):
    frame = views.pools(plan)
    for row in frame.to_dict("records"):
        ins = row["Opening"] + row["Came in"]
        assert ins == pytest.approx(row["Used"] + row["Released to other quota"] + row["Lapsed"] + row["Left"])


def test_bottlenecks_are_told_apart(case, plan):
    held = views.stream_bottlenecks(case, plan).set_index(["Stream", "Period"])["Held by"]
    assert held["seasonal", "P2"].startswith("quota used up: cap")
    assert held["seasonal", "P3"] == "demand: all that is asked for"  # the cap was thrown away, not used up
    assert held["refugees", "P1"].startswith("nothing")


def test_a_stream_waits_for_its_reform(case, plan):
    force = plan.tables["in_force"]
    late = force[force["period"] > force["period"].min()]
    for left, said in ((late, "reform not in force: agreement"), (late.iloc[:0], "reform that this plan never makes:")):
        found = views.stream_bottlenecks(case, views_plan(plan, in_force=left)).set_index(["Stream", "Period"])
        assert found["Held by"]["seasonal", "P1"].startswith(said)


def test_reforms_say_what_they_opened_and_why_not(case, plan):
    frame = views.reforms(case, plan)
    assert line(frame, "Reform", "agreement")["Opened"] == "seasonal: 950 people"
    assert (
        line(frame, "Reform", "wide reading")["Why not"] == "political capital: needs 50 points, at most 10 were left"
    )
    assert line(frame, "Reform", "after it")["Why not"] == "needs wide reading, not taken"
    assert views.decisions(case, plan)["Decision"].tolist() == ["agreement"]


def test_rights_stand_first_even_if_switched_off(case, plan):
    frame = views.rules(case, plan)
    assert frame["State"].tolist() == ["SWITCHED OFF", "binding"]
    assert frame.iloc[1]["Sense"] == "at least"


def test_evidence_names_the_rows_that_rest_on_it(case, plan):
    frame = views.evidence(case)
    assert line(frame, "Id", "E1")["Rows that use it"] == "Staff!A2; Pipelines!A2"
    assert line(frame, "Id", "E2")["Rows that use it"] == ""


def test_outcomes_by_country_add_up(case, plan):
    frame = views.outcomes_by(case, plan, "country")
    assert frame.groupby("Outcome")["Plan total"].sum().to_dict() == pytest.approx(
        {"cost": 5.1, "safe people": 5100, "legal ways": 950}
    )


def test_the_command_line_solves_the_same(plan):
    said = views.command_line(plan)
    assert said.startswith("planner solve CASE.xlsx --grid phases --gap 0.01 --time-limit 60.0 --threads 1 --seed 1")
    assert said.endswith("--set 'Staff!2.on board=12'")


@pytest.mark.parametrize(
    ("status", "gap", "words"),
    [
        (Status.OPTIMAL, 0.0, "Proven best"),
        (Status.OPTIMAL, 0.0082, "more than 0.82 % higher"),
        (Status.FEASIBLE, 0.12, "up to 12 % higher"),
        (Status.FEASIBLE, None, "not known"),
        (Status.INFEASIBLE, None, "contradict"),
        (Status.UNBOUNDED, None, "fault in the data"),
        (Status.NO_PLAN, None, "in the time given"),
    ],
)
def test_every_status_has_its_own_words(plan, status, gap, words):
    from dataclasses import replace

    assert words in views.status_sentence(replace(plan, status=status, gap=gap))


def test_percentages_have_the_digits_they_need():
    assert [share(x) for x in (0.0, 0.0004, 0.01, 0.123, 1.0)] == ["0 %", "0.04 %", "1 %", "12.3 %", "100 %"]


def test_notes_on_what_held_the_plan_back(case, plan):
    notes = views.held_back(case, plan)
    assert 1 <= len(notes) <= 3
    assert any("unspent" in note for note in notes)
    assert "safe people: 5,100 people (+4,000 against doing nothing)" in headline_sentence(plan, case)


def test_limits_are_told_in_the_words_of_their_sheets(case):
    from dataclasses import replace

    from planner.sheets import Deployments

    lent = Deployments(
        cadre="officer", from_station="Northland", to_station="Border", to_cadre="clerk", share_at_most=0.1
    )
    with_lending = replace(case, rows={**case.rows, Deployments: (lent,)})
    said = {
        f"deploy:{lent.id}": "lending from Northland to Border (officer, as clerk)",
        "deploy:nobody / nowhere": "lending of nobody / nowhere",
        "transfer:budget / fund": "transfers from budget to fund",
        "match:fund": "what comes beside other money from fund",
        "run:camp": "running of camp",
        "partner:Southland": "agreement of Southland",
        "coalition quorum": "the coalition quorum",
        "counsel for all": "counsel for all",
    }
    assert {rule: limit_words(with_lending, rule) for rule in said} == said


def test_kernel_names_do_not_reach_the_reader(case, plan):
    from dataclasses import replace

    rules = plan.tables["rules"]
    more = rules.iloc[[0]].assign(rule="transfer:budget / fund", sheet="Transfers", binding=True, sense="<=")
    books = rules.iloc[[0]].assign(rule="run:camp", sheet="Sites", binding=True, sense="==")
    tables = {**plan.tables, "rules": pd.concat([more, books, rules], ignore_index=True)}
    notes = views.held_back(case, replace(plan, tables=tables), most=9)
    told = next(note for note in notes if note.startswith("Rules:"))
    assert told == "Rules: interviews at least; transfers from budget to fund were used to the limit."


def test_money_that_only_adds_to_other_money_is_told_apart(case, plan):
    from dataclasses import replace

    from planner.sheets import Funding

    plain = next(note for note in views.held_back(case, plan, most=9) if "unspent" in note)
    assert "beside other money" not in plain
    accounts = tuple(
        replace(row, match_ratio=1.0, match_basis=("budget",)) if row.account == "fund" else row
        for row in case.of(Funding)
    )
    matched = replace(case, rows={**case.rows, Funding: accounts})
    notes = [note for note in views.held_back(matched, plan, most=9) if note.startswith("Money")]
    left = views.unspent(case, plan).set_index("Account")
    beside = left.loc["fund", "Lapsed"] + left.loc["fund", "Left at the end"]
    assert beside > 0.5
    assert any(f"USD {figure(beside)} million more would only come beside other money." in note for note in notes)


def test_a_tidy_plan_gives_the_same_views(case, plan):
    tidy = frames.tidy(plan)
    pd.testing.assert_frame_equal(views.unspent(case, tidy), views.unspent(case, plan))
    first = views.flows(tidy)
    first["Opening"] = -1.0
    assert (views.flows(tidy)["Opening"] >= 0).all()
