"""Fronts with whole and continuous decisions: what cuts prove is true, and costs fewer searches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from planner.options import Options
from planner.plan import Status
from planner.tradeoffs import Front, Point, front, front_of_case
from planner.tradeoffs.hull import SupportingCut, ceiling, chord, known
from planner.workbook import read
from tests.tradeoffs.problems import three_modes

STARTER = Path(__file__).parents[2] / "inputs" / "starter"
SITES = 10


def numbers(seed: int) -> dict[str, np.ndarray]:
    """Sites that cost money to open and to run, and help people up to a room."""
    chance = np.random.default_rng(seed)
    return {
        "open": chance.uniform(20, 60, SITES), "unit": chance.uniform(1, 4, SITES), "room": chance.uniform(20, 60, SITES),
    }  # fmt: skip


def sites(seed: int) -> tuple[pyo.ConcreteModel, dict[str, object]]:
    """As many people as possible for as little money as possible."""
    given = numbers(seed)
    model = pyo.ConcreteModel()
    model.open = pyo.Var(range(SITES), domain=pyo.Binary)
    model.helped = pyo.Var(range(SITES), bounds=(0, None))
    model.room = pyo.ConstraintList()
    for j in range(SITES):
        model.room.add(model.helped[j] <= float(given["room"][j]) * model.open[j])
    money = sum(
        float(given["open"][j]) * model.open[j] + float(given["unit"][j]) * model.helped[j] for j in range(SITES)
    )
    return model, {"helped": ("max", sum(model.helped[j] for j in range(SITES))), "money": ("min", money)}


def counted(seed: int, sought: str, other: float) -> float:
    """The best of one outcome where the other is held, by another solver's interface."""
    given = numbers(seed)
    people = np.concatenate([np.zeros(SITES), np.ones(SITES)])
    money = np.concatenate([given["open"], given["unit"]])
    room = LinearConstraint(np.hstack([-np.diag(given["room"]), np.eye(SITES)]), -np.inf, 0.0)
    held = LinearConstraint(money, -np.inf, other) if sought == "helped" else LinearConstraint(people, other, np.inf)
    done = milp(
        -people if sought == "helped" else money,
        constraints=[room, held], bounds=Bounds(0, np.repeat([1.0, np.inf], SITES)),
        integrality=np.repeat([1, 0], SITES), options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    return float(-done.fun if sought == "helped" else done.fun)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_bound_and_every_gap_is_true(seed: int) -> None:
    gap = 0.01
    found = front(*sites(seed), points=15, options=Options(gap=gap))
    assert len(found) == 15
    for point in found.points:
        other = point.values["money" if point.sought == "helped" else "helped"]
        value, best = point.values[point.sought], counted(seed, point.sought, other)
        assert point.status is Status.OPTIMAL
        assert point.bound is not None
        assert point.gap is not None
        sign = 1.0 if point.sought == "helped" else -1.0
        assert sign * value <= sign * best + 1e-4
        assert sign * best <= sign * point.bound + 1e-4
        assert point.gap <= gap + 1e-9
        assert abs(point.bound - value) == pytest.approx(point.gap * abs(value), abs=1e-6)


def test_cuts_spare_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    """In models so large that a gap may stay open; small ones are searched to the end everywhere."""
    for module in ("solver.session", "tradeoffs.engine"):
        monkeypatch.setattr(f"planner.{module}.SMALL", 0)
    found = front(*sites(2), points=30, options=Options(gap=0.02))
    assert found.runs < len(found)


def slope(point: Point, side: str) -> float | None:
    """Exchange rate of money at a point."""
    return getattr(point.rates["money"], side)


def test_rates_are_those_of_the_plan_with_its_sites() -> None:
    """Of the open sites that are not full the dearest gives way first; the cheapest takes more."""
    given = numbers(3)
    found = front(*sites(3), points=12, options=Options(gap=0.01))
    tried = 0
    for point in found.points:
        helped = [point.decisions[f"helped[{j}]"] for j in range(SITES)]
        used = [given["unit"][j] for j in range(SITES) if helped[j] > 1e-5]
        spare = [
            given["unit"][j]
            for j in range(SITES)
            if point.decisions[f"open[{j}]"] > 0.5 and helped[j] < given["room"][j] - 1e-5
        ]
        if used and spare:  # money is minimised: one better is one less
            assert slope(point, "improve") == pytest.approx(-1.0 / max(used), rel=1e-4)
            assert slope(point, "relax") == pytest.approx(1.0 / min(spare), rel=1e-4)
            tried += 1
    assert tried >= 3


def held(few: Front, many: Front) -> bool:
    """Whether every point of one front is a point of another."""
    table = np.array(many.values())
    size = np.abs(table).max(axis=0)
    return all(np.any(np.all(np.abs(table - row) <= 1e-6 * size, axis=1)) for row in np.array(few.values()))


@pytest.mark.parametrize("gap", [0.0, 0.01])
def test_extra_floors_give_a_superset(gap: float) -> None:
    few, many = (front(*sites(1), points=n, options=Options(gap=gap)) for n in (6, 13))
    assert len(few) == 6
    assert len(many) == 13
    assert held(few, many) or gap > 0.0  # within a gap a later plan may beat an earlier one
    for row in few.values():
        assert not any(a < row[0] * (1 - gap) and b > row[1] * (1 + gap) for a, b in many.values())


def test_extra_floors_give_a_superset_on_a_case() -> None:
    case, options = read(STARTER), Options(gap=1e-6, grid="phases")
    few, many = (front_of_case(case, ["safe years", "public money"], options=options, points=n) for n in (4, 9))
    assert held(few, many)


def test_unsupported_points_are_found_with_a_gap_too() -> None:
    found = front(*three_modes(), points=15, options=Options(gap=0.001))
    assert any(2.0 < p.values["a"] < 5.0 for p in found.points)


def test_a_ceiling_by_hand() -> None:
    """2 a + b <= 10 and a <= 4: above b = 4 no more than 3 of a, above b = 1 no more than 4."""
    cuts = (SupportingCut(np.array([2.0, 1.0]), 10.0), SupportingCut(np.array([1.0, 0.0]), 4.0))
    assert ceiling(0, np.array([-np.inf, 4.0]), cuts) == pytest.approx(3.0)
    assert ceiling(0, np.array([-np.inf, 1.0]), cuts) == pytest.approx(4.0)
    assert ceiling(0, np.array([-np.inf, -np.inf]), cuts) == pytest.approx(4.0)
    assert ceiling(1, np.array([1.0, -np.inf]), cuts) == pytest.approx(8.0)
    assert known(np.array([4.0, 2.0]), cuts)
    assert not known(np.array([1.0, 2.0]), cuts)


def test_a_chord_by_hand() -> None:
    points = np.array([[10.0, 0.0], [6.0, 2.0], [0.0, 10.0]])
    assert chord(0, 1.0, points) == pytest.approx(9.0)  # from (10, 0) to (0, 10), beyond the point between them
    assert chord(0, 5.0, points) == pytest.approx(5.0)
    assert chord(0, 11.0, points) == -np.inf
    assert chord(0, -1.0, points) == pytest.approx(10.0)
    assert chord(0, 1.0, np.empty((0, 2))) == -np.inf
