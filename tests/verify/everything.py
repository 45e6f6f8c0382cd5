"""A small case that uses every sheet and nearly every column: what the check has to be able to follow."""

from __future__ import annotations

from datetime import date

from planner.case import Case
from planner.sheets import (
    Allotments,
    Appropriations,
    Arrivals,
    Coalition,
    Curves,
    Deployments,
    Effects,
    Funding,
    Groups,
    Indicators,
    Milestones,
    Movements,
    Needs,
    Outcomes,
    OutcomeTerms,
    Overrides,
    People,
    Pipelines,
    Places,
    Programmes,
    RawActivities,
    RawEffects,
    RawLedgers,
    RawRecipes,
    Reforms,
    Row,
    Rules,
    Settings,
    Sites,
    Slots,
    Staff,
    Teams,
    Time,
    Transfers,
    Visas,
)  # fmt: skip


def case_of(*rows: Row) -> Case:
    """Gather rows into a case, sheet by sheet."""
    sheets: dict[type[Row], tuple[Row, ...]] = {}
    for row in rows:
        sheets[type(row)] = (*sheets.get(type(row), ()), row)
    return Case(rows=sheets, name="everything")


FRAME = (
    Settings(setting="political capital at start", value="5"),
    Settings(setting="political capital a year", value="6"),
    Settings(setting="political capital at most", value="9"),
    Settings(setting="coalition quorum", value="2"),
    Time(phase="P1", starts=date(2021, 1, 20), ends=date(2021, 4, 29)),
    Time(phase="P2", starts=date(2021, 4, 30), ends=date(2022, 1, 19)),
    Time(phase="P3", starts=date(2022, 1, 20), ends=date(2023, 1, 19)),
    Places(place="North"), Places(place="South", need=8000.0), Places(place="East", need=4000.0),
    Places(place="Port", kind="port of entry", country="North"), Places(place="Hub", kind="hub", country="South"),
    Places(place="Annex", kind="city", country="North"),
    Groups(group="children", need=3000.0), Groups(group="adults", need=9000.0),
)  # fmt: skip

MONEY = (
    Funding(account="home", purposes=("asylum", "help", "law", "work"), fiscal_year="10-01", carry_over_share=0.6),
    Funding(account="short", purposes=("help", "asylum"), available_from=date(2021, 3, 10), available_until=date(2021, 11, 15)),
    Funding(account="donor", purposes=("help",), places=("South", "East"), actors=("civil society",), match_ratio=0.5,
            match_basis=("home", "short")),
    Appropriations(account="home", phase="P1", amount=9.0),
    Appropriations(account="home", phase="P2", amount=20.0, release="quarterly"),
    Appropriations(account="home", phase="P3", amount=28.0, release="yearly"),
    Appropriations(account="short", phase="P1", amount=2.0, release="even"),
    Appropriations(account="donor", phase="P2", amount=3.0),
    Appropriations(account="donor", phase="P2", line="pledge", amount=2.0, needs="summit"),
    Transfers(sender="home", receiver="short", limit_share=0.05, needs="notice"),
)  # fmt: skip

STAFF = (
    Staff(cadre="officer", station="Port", purpose="asylum", on_board=9.0, ceiling=40.0, hiring_limit=30.0, hiring_lag=25.0,
          training=20.0, ramp=60.0, attrition=0.15, salary=90000.0, hiring_cost=4000.0, working_share=0.85, trainer_days=8.0),
    Staff(cadre="officer", station="Hub", purpose="asylum", on_board=1.0, ceiling=20.0, hiring_limit=4.0, hiring_lag=10.0,
          salary=90000.0, attrition=0.1, whole_people=True),
    Staff(cadre="interpreter", station="Port", purpose="asylum", on_board=8.0, hiring_limit=12.0, hiring_lag=15.0, salary=50000.0),
    Deployments(cadre="officer", from_station="Port", to_station="Hub", share_at_most=0.3, loss=0.1, per_diem=200.0,
                training_days=12.0, purpose="asylum", needs="notice"),
    Teams(cadre="officer", support="interpreter", ratio=0.5),
    Sites(site="Port", purpose="asylum", capacity=60.0, use_ceiling=0.9, running_cost=2000.0, may_close=True, dates="period"),
    Sites(site="Hub", purpose="asylum", open_at_start=False, capacity=40.0, lead=20.0, build_up=30.0, opening_cost=0.4,
          running_cost=1500.0, dates="period", needs=("summit",)),
    Sites(site="Annex", purpose="asylum", capacity=5.0, running_cost=4000.0, may_close=True, dates="period"),
)  # fmt: skip

PEOPLE = (
    People(people="home S", place="South", origin_country="South", group="children", state="at risk at home", at_start=8000.0),
    People(people="home E", place="East", origin_country="East", group="adults", state="at risk at home", at_start=4000.0),
    People(people="waiting", place="Port", origin_country="South", group="adults", state="waiting", at_start=1500.0,
           age_at_start=150.0, time_limit=120.0, care_cost=5.0, purpose="asylum", pipeline="asylum"),
    People(people="minors", place="Port", origin_country="East", group="children", state="waiting", at_start=90.0, age_at_start=20.0,
           time_limit=45.0, limit_is="right", at_most=200.0, care_cost=9.0, purpose="asylum"),
    People(people="hearing", place="Port", state="in procedure", at_most=6000.0),
    People(people="safe", place="North", state="protected"),
    People(people="helped S", place="South", origin_country="South", group="children", state="protected at home"),
    People(people="helped E", place="East", origin_country="East", group="adults", state="protected at home"),
    People(people="gone", place="South", state="left"),
    Arrivals(people="waiting", phase="P1", rate=2500.0), Arrivals(people="waiting", phase="P3", rate=1500.0),
    Arrivals(people="minors", phase="P1", rate=300.0), Arrivals(people="minors", phase="P2", rate=300.0),
    Movements(leaves="home S", enters="waiting", share_a_year=0.05), Movements(leaves="waiting", enters="gone", share_a_year=0.2),
    Movements(leaves="waiting", enters="home S", share_a_year=0.1), Movements(leaves="helped S", enters="home S", share_a_year=0.3),
)  # fmt: skip

WORK = (
    Pipelines(stage="interview", pipeline="asylum", lane="asylum", takes_from="waiting", place="Port", purpose="asylum", unit_cost=300.0,
              cadre="officer", cases_per_year=260.0, site="Port", lag=20.0, spread=40.0, to_1="hearing", share_1=0.8, to_2="gone",
              share_2=0.2),
    Pipelines(stage="minors first", lane="asylum", takes_from="minors", place="Port", purpose="asylum", cadre="officer",
              cases_per_year=300.0, site="Port", days_at_site=3.0, to_1="safe"),
    Pipelines(stage="phone", lane="asylum", takes_from="waiting", place="Hub", purpose="asylum", cadre="officer", cases_per_year=300.0,
              site="Hub", at_most=1500.0, growth=3.0, growth_base=400.0, to_1="hearing", needs=("telephone",)),
    Pipelines(stage="hearing", lane="asylum", takes_from="hearing", place="Port", purpose="asylum", unit_cost=100.0, at_most=4000.0,
              lag=30.0, to_1="safe", share_1=0.7, to_2="gone", share_2=0.3),
    Programmes(programme="aid S", lane="help", place="South", group="children", actor="civil society", purpose="help", unit="family",
               unit_cost=900.0, moves_from="home S", moves_to="helped S", people_per_unit=4.0, lag=10.0, spread=30.0),
    Programmes(programme="aid E", lane="help", place="East", actor="civil society", purpose="help", unit="family", unit_cost=1200.0,
               moves_from="home E", moves_to="helped E", people_per_unit=3.0, least_scale=60.0, start_cost=0.05, running_cost=300.0,
               at_most=900.0, decided="phase"),
    Programmes(programme="law", lane="law", place="South", purpose="law", unit="month", unit_cost=20000.0, at_most=40.0,
               raises="effort", raise_per_unit=1.0, lag=15.0),
    Programmes(programme="training", lane="work", place="East", purpose="work", unit="course", unit_cost=3000.0, raises="skills",
               raise_per_unit=2.0),
    Programmes(programme="shelter", lane="help", place="South", purpose="help", unit="night", unit_cost=10.0),
    Curves(row="aid S", stretch=1, width=400.0, effect=1.0), Curves(row="aid S", stretch=2, width=900.0, effect=0.5),
    Curves(row="training", stretch=1, width=60.0, effect=0.2), Curves(row="training", stretch=2, width=100.0, effect=1.0),
    Needs(row="phone", needed="shelter", ratio=12.0), Needs(row="aid S", needed="shelter", ratio=2.0),
    Indicators(indicator="effort", wear=0.2, at_most=60.0), Indicators(indicator="skills"),
    Slots(pool="cap", fiscal_year="10-01"), Slots(pool="set-aside", fiscal_year="10-01", inside="cap", released_on="06-01"),
    Allotments(pool="cap", phase="P1", amount=300.0), Allotments(pool="cap", phase="P3", amount=900.0),
    Allotments(pool="set-aside", phase="P1", amount=120.0, release="at once"),
    Allotments(pool="set-aside", phase="P2", amount=80.0, needs="summit"),
    Visas(stream="H S", visa_class="H", lane="work", nationality="South", purpose="work", slots=("cap",), demand=500.0,
          takes_from="home S", share_from=0.7, otherwise_from="helped S", unit_cost=150.0, lag=30.0),
    Visas(stream="H E", visa_class="H", lane="work", nationality="East", purpose="work", slots=("set-aside",), demand=300.0, growth=2.0,
          growth_base=200.0, takes_from="home E", goes_to="safe", lag=15.0, spread=10.0),
)  # fmt: skip

REFORMS = (
    Reforms(reform="summit", political_capital=2.0, cost=0.2, purpose="law", dates="period", opens_from=date(2021, 2, 1), lead=12.0),
    Reforms(reform="notice", political_capital=1.0, dates="period"),
    Reforms(reform="telephone", political_capital=2.0, running_cost=50.0, purpose="law", dates="period", needs=("summit",), wait=30.0),
    Reforms(reform="rescind", must=True, dates="phase", opens_until=date(2022, 2, 1), excludes=("freeze",)),
    Reforms(reform="freeze", dates="period"),
    Reforms(reform="idp law", place="South", dates="period"),
    Reforms(reform="standing", in_force=True),
    Effects(reform="summit", effect="releases", target="political capital", amount=1.0, lag=5.0, spread=50.0),
    Effects(reform="rescind", effect="pulse", target="waiting", amount=600.0, lag=5.0, spread=60.0, softened_by=("interview",),
            softening=0.3),
    Effects(reform="telephone", effect="adds capacity", target="officer / Hub", amount=3.0, lag=10.0, spread=20.0),
    Effects(reform="notice", effect="adds capacity", target="Port", amount=10.0),
    Effects(reform="summit", effect="raises limit", target="minors", amount=50.0, lag=5.0, spread=30.0),
    Effects(reform="idp law", effect="requires", target="aid S", amount=30.0),
    Effects(reform="idp law", effect="releases", target="home", amount=1.5),
    Milestones(reform="idp law", watches="effort", at_least=6.0),
)  # fmt: skip

RULES = (
    Rules(rule="civil society", measure="money", where="actor: civil society; purpose: help", relation="at least share of", value=0.2,
          of_where="purpose: help", scope="so far", category="agreement"),
    Rules(rule="cap on work", measure="people served", where="kind: visa", relation="at most", value=450.0, scope="phase", per_year=True),
    Rules(rule="no abrupt cuts", measure="money", where="lane: help; place: South", relation="falls at most", value=0.6),
    Rules(rule="not too fast", measure="units", where="kind: programme; lane: not help", relation="grows at most", value=4.0,
          strength="soft", penalty=3.0),
    Rules(rule="even help", measure="people served", where="lane: help", relation="within band", value=0.9, across="origin",
          strength="soft", penalty=0.5),
    Rules(rule="few waiting", measure="people in", where="state: waiting", relation="at most", value=1000.0, scope="period",
          strength="soft", penalty=0.2),
    Rules(rule="home pays", measure="money", where="account: home", relation="at most share of", value=0.97, of_measure="money"),
    Rules(rule="reforms at once", measure="reforms taken", relation="at most", value=3.0, scope="phase"),
    Rules(rule="interviews held", measure="staff days used", where="cadre: officer", relation="at most share of", value=0.9,
          of_measure="staff days available", of_where="cadre: officer"),
    Coalition(partner="South", measure="people served", where="country: South", status_quo=500.0),
    Coalition(partner="East", measure="people served", where="country: East", status_quo=100.0),
    Coalition(partner="Donors", measure="money left", where="row: donor", status_quo=99.0),
    Overrides(sheet="Pipelines", row="hearing", phase="P2", action="at least", value=50.0),
    Overrides(sheet="Reforms", row="notice", phase="P1", action="fix"), Overrides(sheet="Reforms", row="freeze", action="forbid"),
    Overrides(sheet="Visas", row="H S", phase="P3", action="at most", value=90.0),
    Overrides(sheet="Programmes", row="law", phase="P3", action="forbid"),
)  # fmt: skip

OUTCOMES = (
    Outcomes(outcome="safe years", unit="years", weight=1.0, discount=0.05),
    Outcomes(outcome="waiting", unit="years", better="less", weight=2.0),
    Outcomes(outcome="worst", unit="share", kind="worst-off", across="country", weight=50.0),
    Outcomes(outcome="gini", unit="share", kind="gini", across="country", better="less", weight=5.0, total=0.5),
    Outcomes(outcome="visas", unit="people", weight=1.0, priority=2),
    Outcomes(outcome="index", unit="points", weight=2.0),
    Outcomes(outcome="raw", unit="points", weight=0.01, priority=2),
    Outcomes(outcome="cost", unit="USD million", better="less", weight=2.0),
    Outcomes(outcome="odd ways", unit="points", weight=1.0),
    OutcomeTerms(outcome="safe years", line="1", measure="person-days in", where="state: protected, protected at home", per_unit=1 / 365),
    OutcomeTerms(outcome="safe years", line="2", measure="people in", where="state: protected", per_unit=0.5),
    OutcomeTerms(outcome="waiting", line="1", measure="person-days in", where="state: waiting", per_unit=1 / 365),
    OutcomeTerms(outcome="waiting", line="2", measure="person-days over limit", where="state: waiting", per_unit=1 / 365),
    OutcomeTerms(outcome="worst", line="1", measure="people served", where="lane: help, work"),
    OutcomeTerms(outcome="gini", line="1", measure="people served", where="lane: help, work"),
    OutcomeTerms(outcome="visas", line="1", measure="people served", where="kind: visa"),
    OutcomeTerms(outcome="index", line="1", measure="level", where="kind: indicator"),
    OutcomeTerms(outcome="index", line="2", measure="reforms taken", where="row: telephone, idp law, Hub", per_unit=10.0),
    OutcomeTerms(outcome="raw", line="1", measure="people entering", where="row: shelf"),
    OutcomeTerms(outcome="raw", line="2", measure="units", where="row: batch", per_unit=0.1),
    OutcomeTerms(outcome="cost", line="1", measure="money"),
    OutcomeTerms(outcome="odd ways", line="1", measure="units", where="kind: transfer", per_unit=1e-4),
    OutcomeTerms(outcome="odd ways", line="2", measure="units", where="kind: release, soften; lane: not asylum", per_unit=5.0),
    OutcomeTerms(outcome="odd ways", line="3", measure="money", where="account: donor; row: shelter", per_unit=100.0),
    OutcomeTerms(outcome="odd ways", line="4", measure="units", where="row: sell, H S", per_unit=5.0),
)  # fmt: skip

RAW = (
    RawLedgers(ledger="stuff", opening=50.0, inflow=1.0, loss_share=0.1, loss_days=30.0, loss_to="waste", upper=400.0, carry_on=date(2021, 7, 10),
               carry_share=0.5, disposable=True),
    RawLedgers(ledger="waste"), RawLedgers(ledger="shelf", time_limit=90.0),
    RawLedgers(ledger="bench", kind="capacity", opening=3.0, inflow=0.01, loss_share=0.05, loss_days=365.0, use_ceiling=0.8),
    RawLedgers(ledger="purse", opening=9000.0, pays=True, pays_for=("batch",)),
    RawActivities(activity="batch", at_most=400.0, unit_cost=20.0, whole_units=True, timing="start", starts=date(2021, 3, 1)),
    RawActivities(activity="sell", at_most=500.0, decline=0.5, needs=("notice",)),
    RawRecipes(activity="batch", verb="use", ledger="stuff", quantity=2.0), RawRecipes(activity="batch", verb="make", ledger="shelf",
               quantity=1.0, lag=7.0, spread=21.0),
    RawRecipes(activity="batch", verb="occupy", ledger="bench", quantity=0.5, lag=3.0, spread=6.0, stays=15.0),
    RawRecipes(activity="sell", verb="use", ledger="shelf", quantity=1.0),
    RawEffects(reform="notice", verb="release", ledger="stuff", quantity=40.0, lag=4.0, spread=30.0),
    RawEffects(reform="summit", verb="provide", ledger="bench", quantity=2.0, lag=4.0, spread=30.0),
    RawEffects(reform="summit", verb="charge", ledger="purse", quantity=500.0),
)  # fmt: skip


def everything() -> Case:
    """Make the whole case."""
    return case_of(*FRAME, *MONEY, *STAFF, *PEOPLE, *WORK, *REFORMS, *RULES, *OUTCOMES, *RAW)
