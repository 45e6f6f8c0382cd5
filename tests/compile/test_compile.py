"""A whole case becomes a network."""

from __future__ import annotations

from datetime import date

from models.build import build
from planner.case import Case
from planner.compile import compile_case, draft_case
from planner.sheets.declare import Row
from planner.sheets.frame import Places, Settings, Time
from planner.sheets.funding import Appropriations, Funding
from planner.sheets.outcomes import Outcomes, OutcomeTerms
from planner.sheets.people import Arrivals, Movements, People
from planner.sheets.pipelines import Pipelines
from planner.sheets.programmes import Programmes
from planner.sheets.reforms import Reforms
from planner.sheets.rules import Coalition, Rules
from planner.sheets.sites import Sites
from planner.sheets.slots import Allotments, Slots, Visas
from planner.sheets.staff import Staff

ROWS: tuple[Row, ...] = (
    Settings(setting="political capital at start", value="10"),
    Settings(setting="coalition quorum", value="1"),
    Time(phase="P1", starts=date(2021, 1, 20), ends=date(2021, 4, 29)),
    Time(phase="P2", starts=date(2021, 4, 30), ends=date(2022, 1, 19)),
    Places(place="United States"),
    Places(place="Honduras", need=1e5),
    Places(place="El Paso", kind="port of entry", country="United States"),
    Funding(account="ESF"),
    Funding(account="donor", match_ratio=1.0, match_basis=("ESF",), purposes=("aid",)),
    Appropriations(account="ESF", phase="P1", amount=50.0),
    Appropriations(account="donor", phase="P1", amount=5.0),
    Staff(cadre="asylum officer", station="El Paso", purpose="asylum", on_board=20.0, hiring_limit=10.0, salary=1e5),
    Sites(site="El Paso", purpose="ports", open_at_start=False, capacity=100.0, lead=10.0, opening_cost=1.0,
          needs=("law",)),
    People(people="home", place="Honduras", origin_country="Honduras", state="at risk at home", at_start=1e5),
    People(people="queue", place="El Paso", origin_country="Honduras", state="waiting", at_start=3e3, time_limit=90.0),
    People(people="granted", place="United States", origin_country="Honduras", state="protected"),
    Arrivals(people="queue", phase="P1", rate=1e4),
    Movements(leaves="home", enters="queue", share_a_year=0.02),
    Pipelines(stage="interview", takes_from="queue", place="El Paso", to_1="granted", cadre="asylum officer",
              cases_per_year=400.0, site="El Paso"),
    Programmes(programme="aid", place="Honduras", purpose="aid", unit="families", unit_cost=1e3, at_most=2e3),
    Slots(pool="H-2B"),
    Allotments(pool="H-2B", phase="P1", amount=500.0, release="at once"),
    Visas(stream="H-2B Honduras", nationality="Honduras", slots=("H-2B",), demand=900.0, takes_from="home"),
    Reforms(reform="law", place="United States", political_capital=4.0),
    Rules(rule="aid share", measure="money", where="purpose: aid; account: ESF", relation="at least share of",
          value=0.1),
    Coalition(partner="Honduras", measure="people served", where="country: Honduras", status_quo=10.0),
    Outcomes(outcome="protected", unit="people", weight=1.0),
    OutcomeTerms(outcome="protected", line="1", measure="people in", where="state: protected"),
)  # fmt: skip


def case_of(rows: tuple[Row, ...] = ROWS) -> Case:
    kinds = dict.fromkeys(type(row) for row in rows)
    return Case(rows={kind: tuple(r for r in rows if type(r) is kind) for kind in kinds})


def test_every_sheet_leaves_its_rows_in_the_network() -> None:
    network = compile_case(case_of())
    assert {s.tags["kind"] for s in network.stocks} == {"account", "people", "pool", "capital", "headcount"}
    assert [s.id for s in network.switches] == ["open:El Paso", "partner:Honduras", "reform:law"]
    assert {r.id for r in network.rules} == {"aid share", "coalition quorum", "match:donor", "partner:Honduras"}
    assert [o.id for o in network.outcomes] == ["protected"]


def test_every_link_effect_and_term_names_what_exists() -> None:
    draft = draft_case(case_of())
    ledgers = draft.stocks.keys() | draft.capacities.keys()
    assert {link.ledger for link in draft.links} <= ledgers
    assert {link.activity for link in draft.links} <= draft.activities.keys()
    assert {effect.ledger for effect in draft.effects} <= ledgers
    assert {effect.switch for effect in draft.effects} <= draft.switches.keys()
    known = ledgers | draft.activities.keys() | draft.switches.keys()
    pairs = {f"{pair.account}|{pair.bill}" for pair in draft.payments}
    terms = [term for rule in draft.rules for term in rule.terms]
    terms += [term for outcome in draft.outcomes for term in outcome.terms]
    assert {term.subject for term in terms} <= known | pairs


def test_the_order_of_rows_changes_nothing() -> None:
    phases = tuple(row for row in ROWS if isinstance(row, Time))
    others = tuple(row for row in ROWS if not isinstance(row, Time))
    assert compile_case(case_of((*phases, *reversed(others)))) == compile_case(case_of())


def test_the_network_can_be_built() -> None:
    case = case_of()
    built = build(compile_case(case), case.grid("phases"))
    assert {"balance", "bill", "occupancy", "rule", "outcome"} <= {row.family for row in built.frame.rows}
