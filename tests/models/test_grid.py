"""Grids: the three shipped ones on the Blueprint's phases."""

from __future__ import annotations

from datetime import date

import pytest

from models.grid import Grid, default_grid, even_grid, fiscal_days, month_grid, phase_grid
from tests.models.kernel import ORIGIN, phases

BLUEPRINT = phases(100, 265, 1096)
FISCAL = fiscal_days(ORIGIN, 1461.0, 10, 1)


def test_fiscal_edges_are_first_of_october() -> None:
    assert [phase_grid(ORIGIN, BLUEPRINT).date(d) for d in FISCAL] == [date(y, 10, 1) for y in (2021, 2022, 2023, 2024)]


def test_phase_grid_has_one_period_a_phase() -> None:
    grid = phase_grid(ORIGIN, BLUEPRINT)
    assert (len(grid), grid.names, grid.horizon) == (3, ("P1", "P2", "P3"), 1461.0)


@pytest.mark.parametrize("make", [default_grid, month_grid])
def test_fine_grids_keep_fiscal_edges_and_phases(make: object) -> None:
    grid: Grid = make(ORIGIN, BLUEPRINT, FISCAL)  # type: ignore[operator]
    assert set(FISCAL) <= set(grid.edges)
    assert {p.start for p in grid.phases} <= set(grid.edges)
    assert min(grid.days(t) for t in grid.periods) >= 10.0


def test_sizes_of_the_fine_grids() -> None:
    assert len(default_grid(ORIGIN, BLUEPRINT, FISCAL)) in range(12, 15)
    assert len(month_grid(ORIGIN, BLUEPRINT, FISCAL)) in range(48, 52)


def test_even_grid_cuts_inside_phases() -> None:
    assert even_grid(ORIGIN, phases(70, 30), 30.0).edges == (0, 30, 60, 70, 100)


def test_edges_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        Grid("x", ORIGIN, (0.0, 0.0), tuple(phases(1)))
    with pytest.raises(ValueError, match="phase border"):
        Grid("x", ORIGIN, (0.0, 5.0), tuple(phases(1)))
