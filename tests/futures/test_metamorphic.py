"""What must hold for any tree of futures, tried on the first lesson and on the farmer."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from planner.futures import Hedge
from planner.futures.branching import Common
from planner.options import Options
from tests.futures.small import CASES, STARTER, hedged, workbook

TIGHT = Options(gap=1e-6, grid="phases", time_limit=60.0)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Hedge:
    return hedged(workbook(STARTER, tmp_path_factory.mktemp("plain")), TIGHT)


def near(value: float | None) -> object:
    """Equal within what was proven."""
    assert value is not None
    return pytest.approx(value, rel=1e-5)


def test_identical_futures_are_the_deterministic_plan(tmp_path: Path) -> None:
    path = workbook(CASES / "farmer", tmp_path, {"scenario_changes": []}, only=True)
    found = hedged(path)
    assert found.expected == pytest.approx(118_600.0, rel=1e-6)
    assert found.wait_and_see == pytest.approx(118_600.0, rel=1e-6)
    assert found.averaged == pytest.approx(118_600.0, rel=1e-6)
    assert found.knowing_worth is not None
    assert not found.knowing_worth.sure


def test_a_future_in_two_halves_changes_nothing(plain: Hedge, tmp_path: Path) -> None:
    halves = {
        "scenarios": ["surge,,0.15", "surge again,,0.15", "late budget,,0.2"],
        "scenario_changes": [
            "surge,Arrivals,*,Arrivals,multiply,1.33", "surge again,Arrivals,*,Arrivals,multiply,1.33",
            "late budget,Appropriations,asylum budget / P1,Amount,multiply,0.5",
        ],
    }  # fmt: skip
    found = hedged(workbook(STARTER, tmp_path, halves, only=True), TIGHT)
    assert len(found.outlook.futures) == 4
    assert found.expected == near(plain.expected)
    assert found.wait_and_see == near(plain.wait_and_see)
    assert found.averaged == near(plain.averaged)


def test_the_order_of_futures_changes_nothing(plain: Hedge, tmp_path: Path) -> None:
    turned = {"scenarios": ["late budget,,0.2", "surge,,0.3"]}
    found = hedged(workbook(STARTER, tmp_path, turned, only=True), TIGHT)
    assert found.outlook.titles == ("as it stands", "late budget", "surge")
    assert found.expected == near(plain.expected)
    by_name = {f.title: h.points for f, h in zip(found.outlook.futures, found.hindsight, strict=True)}
    for future, best in zip(plain.outlook.futures, plain.hindsight, strict=True):
        assert by_name[future.title] == near(best.points)


def test_knowing_never_hurts_and_hedging_never_costs(plain: Hedge) -> None:
    assert plain.expected is not None
    room = 1e-5 * abs(plain.expected)
    assert plain.wait_and_see >= plain.expected - room
    whole = [r.expected(plain.outlook) for r in plain.rows if r.whole]
    assert len(whole) >= 3
    assert all(value is not None and value <= plain.expected + room for value in whole)


def test_later_knowledge_is_worth_less(plain: Hedge, tmp_path: Path) -> None:
    """From knowing on the first day, by degrees, to never knowing in time."""
    path = workbook(STARTER, tmp_path)
    first = hedged(path, TIGHT, branch="P1", matrix=False)
    apart = hedged(path, TIGHT, own={"surge": "P3"}, matrix=False)
    later = hedged(path, TIGHT, branch="P3", matrix=False)
    assert first.expected == near(plain.wait_and_see)
    values = [first.expected, plain.expected, apart.expected, later.expected]
    for sooner, after in pairwise(values):
        assert sooner is not None
        assert after is not None
        assert sooner >= after - 1e-5 * abs(after)


@pytest.mark.parametrize("common", ["commitments", "activities"])
def test_common_decisions_are_common(tmp_path: Path, common: Common) -> None:
    found = hedged(workbook(CASES / "farmer", tmp_path), common=common, matrix=False)
    assert found.hedged is not None
    assert found.expected == pytest.approx(108_390.0, rel=1e-6)
    acres = [{k: v for k, v in c.items() if k[1][1] == 0} for c in found.hedged.committed]
    assert acres[0] == pytest.approx(acres[1])
    assert acres[0] == pytest.approx(acres[2])


def test_more_in_common_is_never_better(tmp_path: Path) -> None:
    path = workbook(STARTER, tmp_path)
    loose = hedged(path, TIGHT, matrix=False, names=("late budget",))
    strict = hedged(path, TIGHT, matrix=False, names=("late budget",), common="activities")
    assert loose.expected is not None
    assert strict.expected is not None
    assert strict.expected <= loose.expected + 1e-5 * abs(loose.expected)
    assert loose.outlook.futures[0].early.sum() < strict.outlook.futures[0].early.sum()


def test_days_at_finer_periods_are_still_common(tmp_path: Path) -> None:
    """On months the first phase has four decisions about hiring: all of them lie before futures show."""
    found = hedged(workbook(STARTER, tmp_path), Options(gap=0.01, grid="months", time_limit=60.0), matrix=False)
    future = found.outlook.futures[0]
    grid = future.model.built.frame.grid
    early = [key for n, (family, key) in enumerate(future.decisions) if family == "level" and future.early[n]]
    starts = {grid.start(int(key[1])) for key in early}
    assert len(starts) > 1
    assert max(starts) < 100.0
    assert found.hedged is not None
    assert found.hedged.whole
