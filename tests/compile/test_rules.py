"""Sheets Rules and Coalition, and the measures that they share with outcomes."""

from __future__ import annotations

from datetime import date

import pytest

from models.network import Activity, Capacity, Payment, Rule, Stock, Switch, Term, TimeLimit
from planner.case import Case
from planner.compile.draft import Draft
from planner.compile.measures import natural_scale, needs, terms
from planner.compile.rules import compile_coalition, compile_rules
from planner.sheets.declare import Row
from planner.sheets.frame import Groups, Places, Settings, Time
from planner.sheets.programmes import Programmes
from planner.sheets.rules import MEASURES, Coalition, Rules

FRAME: tuple[Row, ...] = (
    Time(phase="P1", starts=date(2021, 1, 1), ends=date(2021, 12, 31)),
    Time(phase="P2", starts=date(2022, 1, 1), ends=date(2022, 12, 31)),
    Places(place="Honduras", need=100.0),
    Places(place="Guatemala", need=300.0),
    Places(place="Mexico"),
    Places(place="Choloma", kind="city", country="Honduras", need=50.0),
    Groups(group="children", need=40.0),
    Groups(group="adults"),
    Programmes(programme="aid", place="Choloma", purpose="aid", unit="family", unit_cost=1e3, people_per_unit=4.5),
)


def draft_of(*rows: Row) -> Draft:
    """Build a draft with one subject of every kind."""
    kinds = dict.fromkeys(type(row) for row in (*FRAME, *rows))
    draft = Draft(Case(rows={kind: tuple(r for r in (*FRAME, *rows) if type(r) is kind) for kind in kinds}))

    def tags(kind: str, **more: str) -> dict[str, str]:
        return {"kind": kind, "country": "Honduras", "lane": "root causes", **more}

    draft.activity(Activity("programme:aid", "family", cost=1e3, scale=1e3, tags=tags("programme", row="aid")))
    draft.activity(Activity("stage:interview", "people", cost=50.0, scale=1e3, tags=tags("stage", lane="border")))
    draft.activity(Activity("visa:H-2B", "people", scale=1e3, tags=tags("visa", country="Guatemala", lane="pathways")))
    draft.activity(Activity("hire:judge", "hires", tags=tags("hire")))
    draft.activity(Activity("raw:thing", "units", tags={"kind": "raw", "row": "thing"}))
    draft.stock(Stock("people:home", "people", scale=1e3, tags=tags("people", state="at risk at home")))
    limit = TimeLimit("q", 3.0, hard=False)
    draft.stock(Stock("people:queue", "people", limit=limit, scale=1e3, tags=tags("people", state="waiting")))
    draft.stock(Stock("raw:goods", "tons", tags={"kind": "raw", "row": "goods"}))
    draft.stock(Stock("account:ESF", "USD", scale=1e6, tags={"kind": "account", "row": "ESF"}))
    draft.stock(Stock("pool:H-2B", "people", tags={"kind": "pool", "row": "H-2B"}))
    draft.stock(Stock("indicator:governance", "points", tags={"kind": "indicator", "row": "governance"}))
    draft.stock(Stock("capital:political", "points", tags={"kind": "capital"}))
    draft.stock(Stock("headcount:judge", "FTE", holding_cost=9.0, tags=tags("headcount")))
    draft.capacity(Capacity("staff:judge", "FTE", tags=tags("staff", cadre="judge")))
    draft.capacity(Capacity("site:port", "places", tags=tags("site")))
    draft.capacity(Capacity("raw:trucks", "trucks", tags={"kind": "raw", "row": "trucks"}))
    draft.switch(Switch("reform:law", tags=tags("reform")))
    draft.switch(Switch("reform:old law", already=True, tags=tags("reform")))
    draft.switch(Switch("open:port", cost=1e6, tags=tags("site")))
    draft.switch(Switch("close:port", tags=tags("site")))
    draft.payments += [Payment("account:ESF", bill) for bill in draft.bills]
    draft.payments += [Payment("account:CARSI", "programme:aid")]
    return draft


def rule(**values: object) -> Rules:
    known: dict[str, object] = {"rule": "R", "measure": "units", "relation": "at most", "value": 10.0}
    return Rules(**(known | values))  # type: ignore[arg-type]


def compiled(*rows: Row) -> list[Rule]:
    draft = draft_of(*rows)
    compile_rules(draft)
    return draft.rules


MILLIONTH = pytest.approx(1e-6)
AID = Term("level", "programme:aid")


@pytest.mark.parametrize(
    ("measure", "where", "expected"),
    [
        ("money", "", [("spending", s) for s in ("headcount:judge", "open:port", "programme:aid", "stage:interview")]),
        ("money", "line of action: border", [("spending", "stage:interview")]),
        ("money", "account: CARSI", [("payment", "account:CARSI|programme:aid")]),
        ("money", "account: not CARSI; line of action: border", [("payment", "account:ESF|stage:interview")]),
        ("money", "account: nobody", []),
        ("units", "kind: hire, visa", [("level", "hire:judge"), ("level", "visa:H-2B")]),
        ("units", "row: thing", [("level", "raw:thing")]),
        (
            "people served",
            "",
            [("effective", "programme:aid"), ("effective", "stage:interview"), ("effective", "visa:H-2B")],
        ),
        ("people in", "", [("closing", "people:home"), ("closing", "people:queue"), ("closing", "raw:goods")]),
        ("person-days in", "state: waiting", [("presence", "people:queue")]),
        ("people entering", "state: waiting", [("entered", "people:queue")]),
        ("person-days over limit", "", [("over_limit", "people:queue")]),
        ("staff days used", "", [("occupied", "raw:trucks"), ("occupied", "staff:judge")]),
        ("staff days available", "cadre: judge", [("available", "staff:judge")]),
        ("reforms taken", "", [("started", "open:port"), ("started", "reform:law")]),
        ("level", "", [("closing", s) for s in ("capital:political", "indicator:governance", "raw:goods")]),
        ("numbers left", "", [("closing", "pool:H-2B")]),
        ("money left", "", [("closing", "account:ESF")]),
        ("people in", "country: Belize", []),
    ],
)
def test_each_measure_selects_its_subjects(measure: str, where: str, expected: list[tuple[str, str]]) -> None:
    assert [(t.measure, t.subject) for t in terms(draft_of(), measure, where)] == expected


def test_no_measure_of_the_sheet_is_left_out() -> None:
    draft = draft_of()
    assert all(terms(draft, measure, "") for measure in MEASURES)


def test_money_is_in_millions_and_people_served_counts_people_per_unit() -> None:
    draft = draft_of()
    assert terms(draft, "money", "kind: stage")[0].coefficient == MILLIONTH
    assert terms(draft, "money", "account: CARSI")[0].coefficient == MILLIONTH
    assert terms(draft, "money left", "")[0].coefficient == MILLIONTH
    assert terms(draft, "people served", "kind: programme")[0].coefficient == 4.5


def test_a_narrowing_is_added_to_the_selection_and_does_not_widen_it() -> None:
    draft = draft_of()
    assert terms(draft, "people served", "country: Honduras", {"country": "Guatemala"}) == ()
    assert [t.subject for t in terms(draft, "people served", "", {"country": "Guatemala"})] == ["visa:H-2B"]


def test_an_unreadable_selection_is_refused() -> None:
    with pytest.raises(ValueError, match="is not 'field: value, value'"):
        terms(draft_of(), "units", "border")


def test_needs_are_those_of_countries_or_groups_that_state_one() -> None:
    draft = draft_of()
    assert needs(draft, "country") == (("Guatemala", 300.0), ("Honduras", 100.0))
    assert needs(draft, "origin") == needs(draft, "country")
    assert needs(draft, "group") == (("children", 40.0),)


@pytest.mark.parametrize(
    ("measure", "where", "scale"),
    [
        ("people in", "kind: people", 1e3),
        ("person-days in", "kind: people", 1e5),
        ("money", "", 1.0),
        ("staff days used", "kind: staff", 1e2),
        ("reforms taken", "", 1.0),
        ("units", "kind: raw", 1.0),
        ("units", "kind: no", 1.0),
    ],
)
def test_a_rule_is_scaled_by_what_it_measures(measure: str, where: str, scale: float) -> None:
    draft = draft_of()
    assert natural_scale(draft, terms(draft, measure, where)) == scale


@pytest.mark.parametrize(("relation", "sense"), [("at most", "<="), ("at least", ">="), ("equals", "==")])
def test_a_limit_holds_the_measure_against_its_value(relation: str, sense: str) -> None:
    (made,) = compiled(rule(relation=relation, where="kind: programme", per_year=True, scope="phase"))
    assert (made.terms, made.sense, made.bound) == ((AID,), sense, 10.0)
    assert (made.bound_per, made.scope, made.hard, made.window) == ("year", "phase", True, None)


@pytest.mark.parametrize(
    ("typed", "scope"), [("whole plan", "horizon"), ("phase", "phase"), ("period", "period"), ("so far", "cumulative")]
)
def test_scopes(typed: str, scope: str) -> None:
    assert compiled(rule(scope=typed))[0].scope == scope


def test_a_share_is_multiplied_out() -> None:
    (made,) = compiled(rule(measure="money", where="line of action: border", relation="at most share of", value=0.15))
    coefficients = {t.subject: t.coefficient for t in made.terms}
    assert coefficients["stage:interview"] == pytest.approx(0.85e-6)
    assert coefficients["programme:aid"] == pytest.approx(-0.15e-6)
    assert (made.sense, made.bound, made.previous) == ("<=", 0.0, None)


def test_a_share_may_be_of_another_measure() -> None:
    of = {"of_measure": "numbers left", "of_where": "row: H-2B"}
    (made,) = compiled(rule(where="kind: visa", relation="at least share of", value=0.5, **of))
    assert made.terms == (Term("closing", "pool:H-2B", -0.5), Term("level", "visa:H-2B"))
    assert made.sense == ">="


@pytest.mark.parametrize(
    ("relation", "sense", "previous"), [("falls at most", ">=", 0.8), ("grows at most", "<=", 1.2)]
)
def test_change_is_held_against_the_period_before(relation: str, sense: str, previous: float) -> None:
    (made,) = compiled(rule(relation=relation, value=0.2, scope="whole plan"))
    assert (made.scope, made.sense, made.bound) == ("period", sense, 0.0)
    assert made.previous == pytest.approx(previous)


def test_a_band_gives_two_rules_for_each_country_in_need() -> None:
    rows = compiled(rule(measure="people served", relation="within band", value=0.25, across="country"))
    by_name = {made.id: made for made in rows}
    assert sorted(by_name) == [
        f"R | {place} | {side}" for place in ("Guatemala", "Honduras") for side in ("high", "low")
    ]
    low = {t.subject: t.coefficient for t in by_name["R | Honduras | low"].terms}
    assert low["stage:interview"] == pytest.approx(1.0 - 0.75 * 100.0 / 400.0)
    assert low["visa:H-2B"] == pytest.approx(-0.75 * 100.0 / 400.0)
    high = by_name["R | Guatemala | high"]
    assert {t.subject: t.coefficient for t in high.terms}["visa:H-2B"] == pytest.approx(1.0 - 1.25 * 300.0 / 400.0)
    assert (high.sense, by_name["R | Guatemala | low"].sense) == ("<=", ">=")


def test_a_soft_rule_keeps_its_price_window_and_authority() -> None:
    place = {"starts": date(2021, 1, 11), "row_number": 7, "cells": {"value": "F"}}
    (made,) = compiled(rule(strength="soft", penalty=3.0, category="right", authority="UN 1951", **place))
    assert (made.hard, made.penalty, made.category, made.authority) == (False, 3.0, "right", "UN 1951")
    assert (made.window, made.origin, made.tags["row"]) == ((10.0, 730.0), "Rules!F7", "R")
    assert compiled(rule(ends=date(2021, 1, 31)))[0].window == (0.0, 31.0)


def test_a_rule_that_is_off_is_left_out() -> None:
    assert compiled(rule(on=False)) == []


def test_a_partner_says_yes_only_when_no_worse_off() -> None:
    partner = Coalition(partner="Mexico", measure="people served", where="kind: visa", status_quo=500.0, weight=2.0)
    draft = draft_of(partner, Settings(setting="coalition quorum", value="2", row_number=9, cells={"value": "B"}))
    compile_coalition(draft)
    assert draft.switches["partner:Mexico"].windows == ((0.0, 0.0),)
    made = {r.id: r for r in draft.rules}
    assert made["partner:Mexico"].terms == (Term("effective", "visa:H-2B"), Term("started", "partner:Mexico", -500.0))
    partner_rule, quorum = made["partner:Mexico"], made["coalition quorum"]
    assert (partner_rule.sense, partner_rule.bound, partner_rule.scope) == (">=", 0.0, "horizon")
    assert quorum.terms == (Term("started", "partner:Mexico", 2.0),)
    assert (quorum.bound, quorum.origin) == (2.0, "Settings!B9")


def test_without_a_quorum_partners_are_only_watched() -> None:
    draft = draft_of(Coalition(partner="Mexico", measure="units", status_quo=1.0))
    compile_coalition(draft)
    assert [r.id for r in draft.rules] == ["partner:Mexico"]
