"""Growth recomputed by its meaning: what the model allows passes on every grid, one percent more does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Plan, Status
from planner.results.ramps import ramps
from planner.sheets import (
    Appropriations,
    Funding,
    Outcomes,
    OutcomeTerms,
    Overrides,
    Places,
    Programmes,
    RawActivities,
    Settings,
    Time,
)
from planner.solve import solve
from planner.verify import verify
from tests.verify.everything import case_of
from tests.verify.tampering import changed

DAY_0 = date(2025, 1, 1)
HOUSES, BUSES, CLINICS, RAW = "programme:houses", "programme:buses", "programme:clinics", "raw:wells"


def programme(name: str, **more: object) -> Programmes:
    """A programme that costs next to nothing and may grow."""
    told = {"growth": 2.0, "growth_base": 100.0, "at_most": 1e5, **more}
    return Programmes(programme=name, place="Port", purpose="help", unit="unit", unit_cost=1.0, **told)  # type: ignore[arg-type]


def growing() -> Case:
    """Programmes that grow freely, from phase to phase, after a phase by hand without any, and with a least scale."""
    spans = (("P1", 0, 100), ("P2", 100, 365), ("P3", 365, 730))
    return case_of(
        Settings(setting="fiscal year starts", value="01-01"),
        *(
            Time(phase=name, starts=DAY_0 + timedelta(days=a), ends=DAY_0 + timedelta(days=b - 1))
            for name, a, b in spans
        ),
        Places(place="Port"),
        Funding(account="fund", purposes=("help",)),
        Appropriations(account="fund", phase="P1", amount=100.0),
        programme("houses"),
        programme("buses", decided="phase"),
        programme("clinics", least_scale=90.0, needs=()),
        Overrides(sheet="Programmes", row="clinics", phase="P2", action="forbid"),
        RawActivities(activity="wells", at_most=1e5, growth=3.0, growth_base=50.0, starts=DAY_0 + timedelta(days=400)),
        Outcomes(outcome="done", unit="units", weight=1.0),
        OutcomeTerms(outcome="done", line="1", measure="units", where="kind: programme"),
        OutcomeTerms(outcome="done", line="2", measure="units", where="kind: raw"),
    )


@pytest.fixture(scope="module", params=["phases", "default", "months", "every 7 days"])
def grown(request: pytest.FixtureRequest) -> tuple[Case, Plan]:
    """The plan on each grid."""
    case = growing()
    plan = solve(case, Options(grid=request.param, gap=1e-6))
    assert plan.status is Status.OPTIMAL
    return case, plan


def paces(plan: Plan, name: str) -> dict[int, float]:
    """Units a year by period."""
    days = dict(zip(plan.tables["periods"]["period"], plan.tables["periods"]["days"], strict=True))
    done = plan.tables["activities"]
    done = done[done["activity"] == name]
    return {int(t): 365.0 * level / days[t] for t, level in zip(done["period"], done["level"], strict=True)}


def test_the_model_and_the_check_agree_on_every_grid(grown: tuple[Case, Plan]) -> None:
    report = verify(*grown)
    assert report.ok, str(report)


@pytest.mark.parametrize("name", [HOUSES, BUSES, CLINICS, RAW])
def test_one_percent_faster_fails_in_every_period(grown: tuple[Case, Plan], name: str) -> None:
    case, plan = grown
    for period in paces(plan, name):
        faster = changed(plan, "activities", "level", lambda v: 1.01 * v, activity=name, period=period)
        assert "growth" in verify(case, faster).failed, (name, period)


def test_the_pace_after_a_year_is_the_same_within_what_a_grid_can_express(grown: tuple[Case, Plan]) -> None:
    """200 * 2**years - 100 from the middle of the first period on; by hand 549 less or more by its place."""
    _, plan = grown
    frame = plan.tables["periods"]
    middle = {
        int(t): (a + b) / 2.0 for t, a, b in zip(frame["period"], frame["start_day"], frame["end_day"], strict=True)
    }
    for t, pace in paces(plan, HOUSES).items():
        assert pace == pytest.approx(200.0 * 2.0 ** ((middle[t] - middle[0]) / 365.0) - 100.0)


def test_the_page_of_limits_tells_the_same(grown: tuple[Case, Plan]) -> None:
    case, plan = grown
    found = ramps(case, plan)
    done = found[(found["Pace"] > 0.0) & (found["Sheet"] == "Programmes")]
    assert set(done["At the limit"]) == {"at the limit"}
    assert (done["Pace"] / done["Fastest pace allowed"]).to_numpy() == pytest.approx(1.0)


def test_a_factor_of_one_adds_the_starting_pace_each_year() -> None:
    case = growing()
    rows = tuple(replace(p, growth=1.0) for p in case.of(Programmes))
    case = Case(rows={**case.rows, Programmes: rows}, name="steady")
    plan = solve(case, Options(grid="phases", gap=1e-6))
    assert paces(plan, HOUSES) == pytest.approx({0: 100.0, 1: 150.0, 2: 100.0 * (1.0 + 497.5 / 365.0)})
    assert verify(case, plan).ok
