"""Sanity from history: what was scarce in early 2021 has a price, and what was not has none."""

import pytest

from planner.sheets import Evidence
from planner.workbook import read
from tests.reference.conftest import INPUTS
from tests.reference.small import Tables, frame, outcome, price, solved


def h2b() -> Tables:
    """A set-aside of 6,000 against ministries that recruit 700 and consulates with eight officers (FY2021)."""
    tables = frame()
    tables["People"] = [
        {"People": "registered", "Place": "Guatemala", "State": "ready to travel", "At start": 30_000},
        {"People": "ready", "Place": "Guatemala", "State": "ready to travel", "At start": 1_500},
        {"People": "abroad", "Place": "United States", "State": "protected"},
    ]
    tables["Quotas"] = [{"Quota": "set-aside", "Kind": "visas"}]
    tables["Quota by phase"] = [{"Quota": "set-aside", "Phase": "Year", "Places": 6_000, "Release": "at once"}]
    tables["Staff"] = [
        {"Cadre": "consular officer", "Duty station": "Guatemala", "Purpose": "consulates", "In post": 8}
    ]
    tables["Pipelines"] = [
        {
            "Stage": "recruitment",
            "Takes from": "registered",
            "Place": "Guatemala",
            "To 1": "ready",
            "Share 1": 1,
            "At most": 700,
        },
    ]
    tables["Visas"] = [
        {
            "Stream": "H-2B Guatemala", "Class": "H-2B", "Nationality": "Guatemala", "Quota from": "set-aside",
            "Demand": 7_000,
            "Takes from": "ready", "Goes to": "abroad", "Cadre": "consular officer", "Cases per staff-year": 1_029,
        }
    ]  # fmt: skip
    outcome(tables, "people served", "class: H-2B")
    return tables


def test_a_reserved_quota_without_a_ready_pipeline_has_no_price() -> None:
    _, plan = solved(h2b())
    issued = plan.outcome("goal")
    assert issued == pytest.approx(2_200, rel=1e-6)
    assert issued < 3_000  # less than half of the set-aside, as in 2021
    assert price(h2b(), "Quota by phase!set-aside / Year.Places", 6_000, 500) == pytest.approx(0.0, abs=1e-9)
    assert price(h2b(), "Pipelines!recruitment.At most", 700, 100) == pytest.approx(1.0, rel=1e-6)


def test_the_quota_gets_its_price_once_the_pipeline_is_ready() -> None:
    tables = h2b()
    tables["Pipelines"][0]["At most"] = 20_000
    assert price(tables, "Quota by phase!set-aside / Year.Places", 6_000, 500) == pytest.approx(1.0, rel=1e-6)


def ceiling() -> Tables:
    """FY2021: 5,000 places for Latin America, a few officers on circuit, 600 referrals a country and year."""
    tables = frame()
    tables["People"] = [
        {"People": "at risk", "Place": "Guatemala", "State": "at risk at home", "At start": 50_000},
        {"People": "referred", "Place": "Guatemala", "State": "in procedure"},
        {"People": "cleared", "Place": "Guatemala", "State": "ready to travel"},
        {"People": "resettled", "Place": "United States", "State": "durable"},
    ]
    tables["Quotas"] = [{"Quota": "ceiling", "Kind": "resettlement"}]
    tables["Quota by phase"] = [{"Quota": "ceiling", "Phase": "Year", "Places": 5_000, "Release": "at once"}]
    tables["Staff"] = [{"Cadre": "refugee officer", "Duty station": "Guatemala", "Purpose": "admissions", "In post": 5}]
    stage = {"Place": "Guatemala", "Share 1": 1}
    tables["Pipelines"] = [
        {**stage, "Stage": "referral", "Takes from": "at risk", "To 1": "referred", "At most": 1_800},
        {
            **stage, "Stage": "interview", "Takes from": "referred", "To 1": "cleared", "Share 1": 0.9,
            "To 2": "at risk", "Share 2": 0.1, "Cadre": "refugee officer", "Cases per staff-year": 200,
        },
        {**stage, "Stage": "travel", "Takes from": "cleared", "To 1": "resettled", "Quota from": "ceiling"},
    ]  # fmt: skip
    outcome(tables, "people entering", "state: durable")
    return tables


def test_a_refugee_ceiling_that_officers_cannot_fill_has_no_price() -> None:
    _, plan = solved(ceiling())
    assert plan.outcome("goal") == pytest.approx(900, rel=1e-6)
    assert price(ceiling(), "Quota by phase!ceiling / Year.Places", 5_000, 1_000) == pytest.approx(0.0, abs=1e-9)
    assert price(ceiling(), "Staff!refugee officer / Guatemala.In post", 5, 1) == pytest.approx(180.0, rel=1e-6)
    assert price(ceiling(), "Pipelines!referral.At most", 1_800, 100) == pytest.approx(0.0, abs=1e-9)


def test_with_officers_enough_referrals_hold_and_the_ceiling_still_has_no_price() -> None:
    tables = ceiling()
    tables["Staff"][0]["In post"] = 100
    assert price(tables, "Pipelines!referral.At most", 1_800, 100) == pytest.approx(0.9, rel=1e-6)
    assert price(tables, "Quota by phase!ceiling / Year.Places", 5_000, 1_000) == pytest.approx(0.0, abs=1e-9)


JUDGES, PENDING = 649, 2_000_000
"""Judges and pending cases of CRS R47637 (July 2023). Its projections count from there in whole fiscal years."""
LEFT, LATER = 1_600_000, 10
"""Projection one: with 300 more judges the backlog begins to fall, and about so many are left in FY2033."""
CLEARED = 9
"""Projection two: with 700 more judges it is cleared by FY2032."""
NEAR = 0.15
"""Published as 'about 1.6 million', for judges whose hiring takes more than a year of the ten: so near is near enough."""


def output_of_a_judge() -> float:
    """Completions a year in the reference case: from what judges did, not from the projections."""
    seen = read(INPUTS / "blueprint.xlsx").find(Evidence, "output / immigration judge")
    assert seen is not None
    assert seen.value is not None
    return seen.value


def receipts_by_one(output: float) -> float:
    """New cases a year that projection one implies at an output: what it says falls out of the backlog is missing."""
    return (JUDGES + 300) * output - (PENDING - LEFT) / LATER


def receipts_by_two(output: float) -> float:
    """New cases a year that projection two implies at an output."""
    return (JUDGES + 700) * output - PENDING / CLEARED


def courts(judges: int, years: int, output: float, receipts: float) -> float:
    """Pending cases after some years with so many judges at work."""
    tables = frame()
    tables["Time"] = [
        {"Phase": f"Y{n + 1}", "From": f"{2024 + n}-01-01", "Until": f"{2024 + n}-12-31"} for n in range(years)
    ]
    tables["People"] = [
        {"People": "pending", "Place": "United States", "State": "in procedure", "At start": PENDING},
        {"People": "decided", "Place": "United States", "State": "refused"},
    ]
    tables["Arrivals"] = [{"People": "pending", "Phase": f"Y{n + 1}", "Arrivals": receipts} for n in range(years)]
    tables["Staff"] = [{"Cadre": "judge", "Duty station": "United States", "Purpose": "courts", "In post": judges}]
    tables["Pipelines"] = [
        {
            "Stage": "hearing", "Takes from": "pending", "Place": "United States",
            "To 1": "decided", "Share 1": 1,
            "Cadre": "judge", "Cases per staff-year": output,
        }
    ]  # fmt: skip
    outcome(tables, "people in", "row: pending", -1.0)
    return -solved(tables)[1].outcome("goal")


def test_the_backlog_grows_as_it_is_and_begins_to_fall_with_300_more_judges() -> None:
    """Receipts come from projection two alone, so that what projection one says is a prediction."""
    output = output_of_a_judge()
    receipts = receipts_by_two(output)
    as_it_is = [courts(JUDGES, years, output, receipts) for years in (1, 10)]
    assert PENDING < as_it_is[0] < as_it_is[1]
    assert courts(JUDGES + 300, 1, output, receipts) < PENDING


def test_what_300_more_judges_leave_is_predicted_from_the_projection_for_700() -> None:
    output = output_of_a_judge()
    left = courts(JUDGES + 300, LATER, output, receipts_by_two(output))
    assert left == pytest.approx(LEFT, rel=NEAR)


def test_when_700_more_judges_are_done_is_predicted_from_the_projection_for_300() -> None:
    """Whole fiscal years are published: cleared by the ninth year and not before the eighth is as near as they tell."""
    output = output_of_a_judge()
    receipts = receipts_by_one(output)
    assert courts(JUDGES + 700, CLEARED - 1, output, receipts) > 0.0
    assert courts(JUDGES + 700, CLEARED, output, receipts) == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("end", ["low", "high"])
def test_an_output_from_the_ends_of_its_range_would_not_pass(end: str) -> None:
    """The predictions above can fail: the slowest year seen clears nothing in time, the fastest clears far too early."""
    seen = read(INPUTS / "blueprint.xlsx").find(Evidence, "output / immigration judge")
    assert seen is not None
    output = float(getattr(seen, end))
    receipts = receipts_by_one(output)
    left = courts(JUDGES + 700, CLEARED - 2 if end == "high" else CLEARED, output, receipts)
    assert (left == pytest.approx(0.0, abs=1.0)) if end == "high" else (left > 0.1 * PENDING)
