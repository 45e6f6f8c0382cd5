"""Lag integrals against published averages and against brute force."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.profiles import Mass, Piece, Profile, after, at_once, lasting, stay, steps


def test_t14_uniform_hiring_over_the_rest_of_year_one() -> None:
    assert lasting(180.0).spread((0.0, 265.0), (0.0, 265.0)) / 265.0 == pytest.approx(0.051442, abs=1e-6)
    assert lasting(30.0).spread((0.0, 100.0), (0.0, 100.0)) / 100.0 == pytest.approx(0.245, abs=1e-12)


def test_a_lump_falls_into_the_window_that_begins_with_it() -> None:
    assert at_once().spread((10.0, 10.0), (10.0, 20.0)) == 1.0
    assert after(10.0).spread((0.0, 0.0), (0.0, 10.0)) == 0.0
    assert after(10.0).spread((0.0, 0.0), (10.0, 20.0)) == 1.0


def test_nothing_is_lost_between_windows() -> None:
    profile = after(45.0, 60.0)
    windows = [(0.0, 33.0), (33.0, 100.0), (100.0, 400.0)]
    assert math.fsum(profile.spread((0.0, 33.0), w) for w in windows) == pytest.approx(1.0, abs=1e-12)
    assert profile.arrived((0.0, 33.0), 100.0) == pytest.approx(
        math.fsum(profile.spread((0.0, 33.0), w) for w in windows[:2])
    )


def test_a_stay_takes_its_days() -> None:
    assert stay(7.0).spread((0.0, 10.0), (0.0, 100.0)) == pytest.approx(7.0)
    assert stay(7.0).total() == 7.0


def test_totals_of_levels_that_last() -> None:
    assert math.isinf(lasting(10.0).total())
    assert Piece(0.0, math.inf, 1.0, 0.0, 0.01).total() == pytest.approx(100.0)
    assert Profile((Mass(3.0, 0.5), Mass(5.0, 0.25))).total() == 0.75
    assert steps(((0.0, 10.0, 0.5),)).value(5.0) == 0.5


profiles = st.builds(
    lambda lag, ramp, loss, over: [lasting(lag, ramp, loss), after(lag, over), stay(1.0 + over, lag)],
    st.floats(0, 200), st.floats(1.0, 300), st.floats(0.0, 3.0), st.floats(1.0, 300),
)  # fmt: skip


@given(profiles, st.floats(0, 300), st.floats(1, 300), st.floats(0, 600), st.floats(1, 600))
@settings(max_examples=60, deadline=None)
def test_closed_forms_equal_brute_force(many: list[Profile], r0: float, deed: float, a: float, width: float) -> None:
    """A fine midpoint rule over the deed, each slice integrated with the single antiderivative."""
    for profile in many:
        slices = 2000
        brute = math.fsum(
            profile.first(a + width - r) - profile.first(a - r)
            for r in (r0 + deed * (i + 0.5) / slices for i in range(slices))
        )
        assert profile.spread((r0, r0 + deed), (a, a + width)) == pytest.approx(
            brute / slices, abs=2e-3 * max(1.0, width)
        )


@given(st.floats(0.0, 100.0), st.floats(1e-9, 5.0), st.floats(0.1, 500.0))
@settings(max_examples=80, deadline=None)
def test_slow_decay_is_no_loss_of_precision(begin: float, loss: float, tau: float) -> None:
    r"""Against :math:`\int e^{-\alpha s} ds` written with expm1."""
    alpha = loss / 365.0
    piece = Piece(begin, math.inf, 1.0, 0.0, alpha)
    exact = math.exp(-alpha * begin) * -math.expm1(-alpha * tau) / alpha
    assert piece.first(begin + tau) == pytest.approx(exact, rel=1e-11)
