"""Search zones: what is left is exactly what no point dominates."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.tradeoffs.zones import Zones

POINTS = st.lists(st.tuples(*(st.integers(0, 5),) * 3), min_size=1, max_size=6)


@given(POINTS)
def test_zones_cover_what_is_not_dominated(points: list[tuple[int, int, int]]) -> None:
    zones = Zones(np.ones(3))
    for point in points:
        zones.insert(np.array(point, dtype=float), proven=False)
    for spot in itertools.product(range(7), repeat=3):
        dominated = any(all(p[i] >= spot[i] for i in range(3)) for p in points)
        covered = bool(np.any(np.all(zones.lower < np.array(spot), axis=1)))
        assert covered is not dominated


def test_a_proof_empties_the_zones_inside_it() -> None:
    zones = Zones(np.ones(2))
    zones.insert(np.array([5.0, 3.0]), proven=True)
    zones.prove(0, np.array([-np.inf, -np.inf]), 5.0)
    assert zones.lower.tolist() == [[-np.inf, 3.0]]
    zones.prove(1, np.array([-np.inf, 0.0]), 3.0)
    assert len(zones) == 0
