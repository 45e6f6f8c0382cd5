from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from models.profiles import after, lasting
from planner.verify.integrals import Delay, Lasting, arrived, offered, pace, standing

BEGIN = np.array([0.0, 30.0, 120.0, 500.0])
END = np.array([30.0, 120.0, 120.0, 682.0])
EDGES = np.array([0.0, 30.0, 120.0, 250.0, 500.0, 682.0, 1461.0])


@pytest.mark.parametrize(("lag", "spread"), [(0.0, 0.0), (14.0, 0.0), (14.0, 3.0), (45.0, 90.0), (400.0, 700.0)])
def test_arrivals_are_those_of_the_kernel(lag: float, spread: float) -> None:
    mine = np.diff(arrived(Delay(lag, spread), BEGIN, END, EDGES), axis=1)
    profile = after(lag, spread)
    for i, activity in enumerate(zip(BEGIN, END, strict=True)):
        for j, window in enumerate(pairwise(EDGES)):
            assert mine[i, j] == pytest.approx(profile.spread(activity, window), abs=1e-11)


@pytest.mark.parametrize(
    ("lag", "ramp", "loss"),
    [(0.0, 0.0, 0.0), (90.0, 0.0, 0.2), (60.0, 120.0, 0.0), (60.0, 120.0, 0.2), (0.0, 30.0, 3.0)],
)
def test_lasting_offers_are_those_of_the_kernel(lag: float, ramp: float, loss: float) -> None:
    mine = offered(Lasting(lag, ramp, loss), BEGIN, END, EDGES)
    ends = standing(Lasting(lag, ramp, loss), BEGIN, END, EDGES[1:])
    profile = lasting(lag, ramp, loss)
    for i, activity in enumerate(zip(BEGIN, END, strict=True)):
        for j, window in enumerate(pairwise(EDGES)):
            assert mine[i, j] == pytest.approx(profile.spread(activity, window), rel=1e-10, abs=1e-9)
            assert ends[i, j] == pytest.approx(profile.standing(activity, window[1]), rel=1e-10, abs=1e-10)


def test_a_place_taken_up_gradually_and_held() -> None:
    held = Delay(3.0, 6.0, 15.0)
    days = np.linspace(0.0, 80.0, 41)
    mine = arrived(held, np.array([0.0, 10.0]), np.array([30.0, 10.0]), days)
    rng = np.linspace(0.0, 1.0, 201)[:-1] + 1 / 400
    a, b, c = np.meshgrid(rng, rng, rng, indexing="ij")
    for i, (begin, end) in enumerate(((0.0, 30.0), (10.0, 10.0))):
        times = begin + (end - begin) * a + 3.0 + 6.0 * b + 15.0 * c
        counted = np.searchsorted(np.sort(times.ravel()), days) / times.size
        assert mine[i] == pytest.approx(counted, abs=2e-3)


def test_everything_arrives_in_the_end() -> None:
    for delay in (Delay(), Delay(5.0), Delay(5.0, 7.0), Delay(5.0, 7.0, 9.0)):
        assert arrived(delay, BEGIN, END, np.array([2000.0])) == pytest.approx(1.0)


def test_a_loan_stands_at_its_daily_pace() -> None:
    assert pace(Delay(), np.array([0.0]), np.array([50.0]), np.array([50.0, 60.0]))[0] == pytest.approx([1 / 50, 0.0])
