"""The one rule of what comes first, and of figures near a tie."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.ordering import first_of, largest, place, ranked, same, smallest, steps
from planner.wording.figures import even

FIGURES = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


@given(FIGURES, FIGURES)
def test_larger_figures_lie_on_no_lower_step(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert place(low) <= place(high)


@given(st.integers(1, 10**9), st.integers(-3, 6), st.sampled_from([-1.0, 1.0]))
def test_round_figures_lie_on_no_cut(digits: int, power: int, sign: float) -> None:
    """What people type, and what comes of it but for the last bits, is the same."""
    figure = sign * digits * 10.0**power
    for bits in (1e-15, 1e-13, 1e-12):
        assert same(figure, figure * (1.0 + bits))
        assert same(figure, figure * (1.0 - bits))


@given(FIGURES)
def test_what_differs_by_more_than_a_millionth_differs(figure: float) -> None:
    if abs(figure) > 1e-6:
        assert not same(figure, figure * (1.0 + 2e-6))


def test_nought_and_noise_are_the_same_and_no_figure_is_the_same_as_its_opposite() -> None:
    assert same(0.0, 1e-13)
    assert same(-1e-12, 1e-12)
    assert not same(-2.0, 2.0)
    assert place(math.inf) == math.inf > place(1e300)
    assert place(-math.inf) < place(-1e300)


def test_equal_ones_come_in_the_order_of_names_whatever_their_last_bits() -> None:
    third = 1.0 / 3.0
    for noise in (-1e-13, 0.0, 1e-13):
        items = [("b", third), ("a", third + noise), ("c", 0.5), ("d", 0.1)]
        assert [n for n, _ in ranked(items, lambda i: i[1], lambda i: i[0])] == ["c", "a", "b", "d"]
        assert [n for n, _ in ranked(items, lambda i: i[1])] == ["c", "b", "a", "d"]
        assert first_of(items[:2], lambda i: i[1], lambda i: i[0]) == items[1]
        values = np.array([third, third + noise, third - noise])
        assert largest(values) == smallest(values) == 0
    assert first_of([], float) is None


def test_tables_are_sorted_by_steps() -> None:
    frame = pd.DataFrame({"name": list("abc"), "x": [0.3, 0.1 + 0.2, 0.7]})
    found = frame.sort_values("x", ascending=False, kind="stable", key=steps)
    assert list(found["name"]) == ["c", "a", "b"]
    gaps = pd.DataFrame({"x": [math.nan, 1.0, 2.0]}).sort_values("x", ascending=False, kind="stable", key=steps)
    assert gaps["x"].tolist()[:2] == [2.0, 1.0]


@pytest.mark.parametrize("tie", [0.5, 2.5, 1234.5, 0.125, 1_000_000.5, 12_345_678.5])
def test_figures_near_a_tie_are_written_as_the_tie(tie: float) -> None:
    digits = 2 if tie == 0.125 else 0
    written = {f"{even(tie * (1.0 + bits)):.{digits}f}" for bits in (-4e-12, -1e-13, 0.0, 1e-13, 4e-12)}
    assert len(written) == 1
    assert float(written.pop()) > tie


@given(st.integers(-(10**11), 10**11))
def test_whole_figures_stay_what_they_are(figure: int) -> None:
    assert f"{even(float(figure)):,.0f}" == f"{figure:,}"
