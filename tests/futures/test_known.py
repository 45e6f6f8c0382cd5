"""Published and hand-checked numbers, typed as workbooks and solved through the public path."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.futures import Hedge, reserve_front
from planner.futures.found import CommittedPlan
from planner.futures.recourse import follow
from planner.solver.runs import RunContext
from tests.futures.small import CASES, EXACT, hedged, workbook


def committed(row: CommittedPlan) -> dict[str, float]:
    """Paces committed before futures show, by the name of their row."""
    levels = {k: v for k, v in row.committed[0].items() if k[0] == "level" and k[1][1] == 0}
    return {str(key[0]).partition(":")[2]: value for (_, key), value in levels.items()}


@pytest.fixture(scope="module")
def farmer(tmp_path_factory: pytest.TempPathFactory) -> Hedge:
    return hedged(workbook(CASES / "farmer", tmp_path_factory.mktemp("farmer")))


def test_farmer_hedges_as_published(farmer: Hedge) -> None:
    """Birge and Louveaux, chapter 1: 108,390 with 170, 80 and 250 acres."""
    assert farmer.hedged is not None
    assert farmer.expected == pytest.approx(108_390.0, rel=1e-6)
    assert farmer.bound == pytest.approx(108_390.0, rel=1e-6)
    acres = committed(farmer.hedged)
    assert acres == pytest.approx({"plant wheat": 170.0, "plant corn": 80.0, "plant beets": 250.0}, rel=1e-6)


def test_followed_plans_are_as_good_as_published_and_no_better(farmer: Hedge) -> None:
    """The three plans of the book in each future, to its digits: what is committed is kept without any room."""
    said = {
        (170.0, 80.0, 250.0): (109_350.0, 167_000.0, 48_820.0),
        (120.0, 80.0, 300.0): (118_600.0, 148_000.0, 55_120.0),
        (550.0 / 3.0, 200.0 / 3.0, 250.0): (107_683.333333333, 167_666.666666667, 47_700.0),
    }
    futures = {f.title: f for f in farmer.outlook.futures}
    assert farmer.hedged is not None
    for acres, points in said.items():
        wanted = dict(zip(("plant wheat", "plant corn", "plant beets"), acres, strict=True))
        committed = {
            key: wanted.get(str(key[1][0]).partition(":")[2], value) if key[0] == "level" and key[1][1] == 0 else value
            for key, value in farmer.hedged.committed[0].items()
        }
        for title, value in zip(("as it stands", "high", "low"), points, strict=True):
            found = follow(futures[title], committed, RunContext(EXACT))
            assert found.kept == "kept"
            assert found.points == pytest.approx(value, rel=1e-9), (acres, title)


def test_farmer_knows_what_knowing_and_hedging_are_worth(farmer: Hedge) -> None:
    best = {f.title: h.points for f, h in zip(farmer.outlook.futures, farmer.hindsight, strict=True)}
    assert best == pytest.approx({"as it stands": 118_600.0, "high": 167_666.67, "low": 59_950.0}, rel=1e-6)
    assert farmer.wait_and_see == pytest.approx(115_405.56, rel=1e-6)
    assert farmer.averaged == pytest.approx(107_240.0, rel=1e-6)
    assert farmer.hedging_worth is not None
    assert farmer.knowing_worth is not None
    assert farmer.hedging_worth.value == pytest.approx(1_150.0, rel=1e-4)
    assert farmer.knowing_worth.value == pytest.approx(7_015.56, rel=1e-5)
    assert farmer.hedging_worth.sure
    assert farmer.knowing_worth.sure


def test_the_averaged_farmer_plants_for_the_mean(farmer: Hedge) -> None:
    row = farmer.row("averaged")
    assert row is not None
    acres = committed(row)
    assert acres == pytest.approx({"plant wheat": 120.0, "plant corn": 80.0, "plant beets": 300.0}, rel=1e-6)


def test_farmer_with_the_least_regret(farmer: Hedge) -> None:
    """At the least largest regret two futures regret the same, and no plan of the matrix regrets less."""
    row = farmer.row("least regret")
    assert row is not None
    largest = farmer.largest_regret(row)
    assert largest is not None
    regrets = sorted(farmer.regret(row, s) or 0.0 for s in range(3))
    assert regrets[2] == pytest.approx(regrets[1], rel=1e-4)
    others = [farmer.largest_regret(r) for r in farmer.rows if r.whole]
    assert all(other is not None and other[1] >= largest[1] - 1e-3 for other in others)


def test_surge_and_reserve(tmp_path: Path) -> None:
    """T8: reserve costs 1, emergency 3, surge of 100 with probability 0.4."""
    found = hedged(workbook(CASES / "surge", tmp_path))
    assert found.hedged is not None
    assert committed(found.hedged) == pytest.approx({"reserve": 100.0}, rel=1e-6)
    assert found.expected == pytest.approx(-100.0, rel=1e-6)
    assert found.averaged == pytest.approx(-112.0, rel=1e-6)
    assert found.hedging_worth is not None
    assert found.knowing_worth is not None
    assert found.hedging_worth.value == pytest.approx(12.0, rel=1e-5)
    assert found.knowing_worth.value == pytest.approx(60.0, rel=1e-5)


def test_a_rare_surge_needs_no_reserve(tmp_path: Path) -> None:
    """Below a third of a chance the reserve is dearer than the emergency: 0.3 times 3 is less than 1."""
    path = workbook(CASES / "surge", tmp_path, {"scenarios": ["surge,,0.3"]}, only=True)
    found = hedged(path)
    assert found.hedged is not None
    assert committed(found.hedged) == pytest.approx({"reserve": 0.0}, abs=1e-4)
    assert found.expected == pytest.approx(-90.0, rel=1e-6)


def test_the_sure_plan_is_chosen_from_five_ninetieths_on(tmp_path: Path) -> None:
    """T11: 100 with 0.9, else nothing, against a sure 85; (1 - w) mean + w mean of the worst tenth."""
    found = hedged(workbook(CASES / "sure", tmp_path))
    front = reserve_front(found, weights=(0.0, 0.05, 0.055, 0.056, 0.06, 0.5), worst=0.1)
    assert [round(step.mean, 6) for step in front.steps] == [90.0, 90.0, 90.0, 85.0, 85.0, 85.0]
    assert [round(step.tail, 6) for step in front.steps] == [0.0, 0.0, 0.0, 85.0, 85.0, 85.0]
    assert all(step.gap == pytest.approx(0.0, abs=1e-6) for step in front.steps)
