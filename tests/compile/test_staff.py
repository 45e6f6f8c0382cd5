"""Staff, deployments and teams as kernel rows."""

from __future__ import annotations

import math
from datetime import date

import pytest

from models.network import Link, Term
from models.profiles import after, lasting, stay
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.compile.draft import Draft
from planner.compile.staff import compile_deployments, compile_staff, most_staff, occupy_staff
from planner.sheets import Row
from planner.sheets.frame import Places, Time
from planner.sheets.reforms import Effects, Reforms
from planner.sheets.staff import Deployments, Staff, Teams

OFFICER = "officer / El Paso"


def compiled(*rows: Row) -> Draft:
    """Compile staff and deployments over 730 days."""
    sheets: dict[type[Row], tuple[Row, ...]] = {
        Time: (Time(phase="P1", starts=date(2021, 1, 1), ends=date(2022, 12, 31)),),
        Places: (Places(place="US", kind="country"), Places(place="El Paso", kind="station", country="US"),
                 Places(place="Tucson", kind="station", country="US")),
    }  # fmt: skip
    for row in rows:
        sheets[type(row)] = (*sheets.get(type(row), ()), row)
    draft = Draft(Case(rows=sheets))
    compile_staff(draft)
    compile_deployments(draft)
    return draft


def staff(cadre: str = "officer", station: str = "El Paso", **options: object) -> Staff:
    values = {"cadre": cadre, "station": station, "purpose": "salaries", "on_board": 40.0, **options}
    return Staff(**values)  # type: ignore[arg-type]


def deployment(**options: object) -> Deployments:
    values = {"cadre": "officer", "from_station": "El Paso", "to_station": "Tucson", "share_at_most": 0.25, **options}
    return Deployments(**values)  # type: ignore[arg-type]


def occupied(draft: Draft, station: str = "El Paso") -> dict[str, float]:
    """FTE-days of each ledger for one case of 365 / 730 days."""
    draft.links.clear()
    occupy_staff(draft, "stage:a", "officer", station, 730.0, "Pipelines!J4")
    return {link.ledger: link.quantity for link in draft.links if link.verb == "occupy"}


def test_staff_is_a_capacity_and_a_headcount() -> None:
    draft = compiled(staff(attrition=0.2, working_share=0.8, salary=73_000.0, ceiling=60.0))
    alpha = -math.log(0.8)
    capacity, heads = draft.capacities[f"staff:{OFFICER}"], draft.stocks[f"headcount:{OFFICER}"]
    assert (capacity.opening, capacity.use_ceiling) == (40.0, 0.8)
    assert capacity.loss == pytest.approx(alpha)
    assert (heads.opening, heads.holding_cost, heads.upper) == (40.0, 200.0, ((0.0, 60.0),))
    assert heads.loss == pytest.approx(alpha)
    assert heads.loss_convention == "continuous"
    assert heads.tags["purpose"] == "salaries"
    assert (heads.tags["country"], heads.tags["station"], heads.tags["cadre"]) == ("US", "El Paso", "officer")
    assert set(draft.bills) == {f"headcount:{OFFICER}"}


def test_a_hiring_limit_of_zero_allows_no_hiring() -> None:
    draft = compiled(staff(hiring_limit=0.0))
    assert draft.activities == {}
    assert draft.links == []
    assert draft.stocks[f"headcount:{OFFICER}"].upper == ()


def test_hires_count_as_heads_before_they_work_and_take_trainers_time() -> None:
    times = {"hiring_lag": 90.0, "training": 60.0, "ramp": 120.0, "trainer_days": 15.0}
    draft = compiled(staff(hiring_limit=30.0, attrition=0.1, hiring_cost=5000.0, whole_people=True, **times))
    hire = draft.activities[f"hire:{OFFICER}"]
    assert (hire.upper, hire.integer_unit, hire.cost) == (((0.0, 30.0),), 1.0, 5000.0)
    assert draft.links == [
        Link(hire.id, f"staff:{OFFICER}", "provide", 1.0, lasting(150.0, 120.0, -math.log1p(-0.1)), origin="Staff"),
        Link(hire.id, f"headcount:{OFFICER}", "make", 1.0, after(90.0), origin="Staff"),
        Link(hire.id, f"staff:{OFFICER}", "occupy", 15.0, after(90.0), origin="Staff"),
    ]


def test_unlimited_hiring_has_no_upper_limit() -> None:
    hire = compiled(staff(hiring_limit=None)).activities[f"hire:{OFFICER}"]
    assert (hire.upper, hire.integer_unit) == ((), None)


def test_deployment_lends_a_share_of_what_the_sender_has() -> None:
    draft = compiled(staff(), staff(station="Tucson"), deployment(loss=0.1, per_diem=150.0))
    deploy = "deploy:officer / El Paso / Tucson"
    assert draft.activities[deploy].cost == 150.0
    assert {(x.ledger, x.verb, x.quantity) for x in draft.links} == {
        (f"staff:{OFFICER}", "occupy", 1.0), ("staff:officer / Tucson", "provide", 0.9),
    }  # fmt: skip
    (rule,) = draft.rules
    assert (rule.id, rule.scope, rule.sense, rule.bound) == (deploy, "period", "<=", 0.0)
    assert rule.terms == (Term("level", deploy), Term("available", f"staff:{OFFICER}", -0.25))
    tags = draft.activities[deploy].tags
    assert (tags["station"], tags["place"], tags["country"], tags["purpose"]) == ("El Paso", "Tucson", "US", "travel")


def test_receiver_without_staff_of_its_own_gets_an_empty_capacity() -> None:
    capacity = compiled(staff(), deployment(to_cadre="clerk")).capacities["staff:clerk / Tucson"]
    assert (capacity.opening, capacity.use_ceiling, capacity.tags["cadre"]) == (0.0, 1.0, "clerk")


def test_training_takes_time_before_people_can_be_lent() -> None:
    draft = compiled(staff(attrition=0.2), deployment(training_days=20.0))
    row = "officer / El Paso / Tucson"
    links = [x for x in draft.links if "trained" in x.ledger or x.activity.startswith("train:")]
    assert [(x.activity, x.ledger, x.verb, x.profile) for x in links] == [
        (f"train:{row}", f"staff:{OFFICER}", "occupy", stay(20.0)),
        (f"train:{row}", f"trained:{row}", "provide", lasting(20.0, 0.0, -math.log1p(-0.2))),
        (f"deploy:{row}", f"trained:{row}", "occupy", after(0.0)),
    ]
    assert draft.capacities[f"trained:{row}"].opening == 0.0


def test_gated_deployment_has_a_largest_pace_from_declared_limits() -> None:
    draft = compiled(Reforms(reform="r"), staff(hiring_limit=30.0), deployment(needs="r", training_days=10.0))
    deploy = draft.activities["deploy:officer / El Paso / Tucson"]
    assert deploy.enabled_by == ("reform:r",)
    assert deploy.upper == ((0.0, 0.25 * 100.0 * 365.0),)  # 40 + 30 a year over two years
    assert draft.activities["train:officer / El Paso / Tucson"].enabled_by == ("reform:r",)


def test_gated_deployment_without_a_limit_on_the_sender_is_refused() -> None:
    with pytest.raises(InvalidCaseError, match="nothing limits how many 'officer / El Paso'"):
        compiled(Reforms(reform="r"), staff(hiring_limit=None), deployment(needs="r"))


def test_most_staff_counts_ceiling_reforms_and_what_others_lend() -> None:
    rows = (
        staff(hiring_limit=None, ceiling=60.0),
        staff(station="Tucson", hiring_limit=0.0),
        Effects(reform="r", effect="adds capacity", target="officer / Tucson", amount=5.0),
        deployment(),
        deployment(from_station="Tucson", to_station="El Paso", share_at_most=1.0),
    )
    case = compiled(*rows).case
    assert most_staff(case, "officer / Tucson") == 40.0 + 5.0 + 0.25 * 60.0
    assert most_staff(case, OFFICER) == 60.0 + 45.0


def test_work_occupies_staff_and_their_support_and_its_support() -> None:
    draft = compiled(
        staff(), staff("interpreter"), staff("clerk"),
        Teams(cadre="officer", support="interpreter", ratio=1.5),
        Teams(cadre="interpreter", support="clerk", ratio=0.2),
        Teams(cadre="clerk", support="officer", ratio=9.0),  # a circle ends where it began
        Teams(cadre="officer", support="attorney", ratio=1.0),  # no attorneys at El Paso: blank station asks for none
    )  # fmt: skip
    assert occupied(draft) == pytest.approx(
        {f"staff:{OFFICER}": 0.5, "staff:interpreter / El Paso": 0.75, "staff:clerk / El Paso": 0.15}
    )


def test_a_team_for_one_station_stands_in_for_the_general_one() -> None:
    draft = compiled(
        staff(), staff("interpreter"), staff("interpreter", "Tucson"), staff(station="Tucson"),
        Teams(cadre="officer", support="interpreter", station="El Paso", ratio=2.0),
        Teams(cadre="officer", support="interpreter", ratio=1.0),
    )  # fmt: skip
    assert occupied(draft)["staff:interpreter / El Paso"] == pytest.approx(1.0)
    assert occupied(draft, "Tucson")["staff:interpreter / Tucson"] == pytest.approx(0.5)


def test_work_without_cadre_or_output_occupies_nobody() -> None:
    draft = compiled(staff())
    occupy_staff(draft, "stage:a", "", "El Paso", 700.0, "")
    occupy_staff(draft, "stage:a", "officer", "El Paso", None, "")
    assert draft.links == []
