"""The parts of the app's benchmarks that need neither a clock nor a browser."""

from __future__ import annotations

from pathlib import Path

from bench import app_browser, app_engine
from planner.sheets import Evidence
from planner.workbook import read


def test_a_grown_workbook_is_read_without_errors(tmp_path: Path) -> None:
    """It has as many rows of evidence as were asked for, and the guard lets it in."""
    path = tmp_path / "grown.xlsx"
    app_engine.grown(path, 300)
    assert not app_engine.checked(path)
    assert len(read(path).of(Evidence)) == 300


def test_the_engines_table_has_every_part() -> None:
    """A few moves on the starter, learnt and answered."""
    found = app_engine.demo("starter")
    table = app_engine.moves(found)
    parts = [row[0] for row in table.rows]
    assert parts[:5] == ["numbers", "solve", "ties", "bound", "read"]
    assert all(row[1] >= 0.0 for row in table.rows)
    assert len(app_engine.ways(found)) == app_engine.MOVES


def test_quantiles_are_taken_of_what_was_measured() -> None:
    """Of one value, of many, of none."""
    assert app_browser.quantile([3.0], 0.95) == 3.0
    assert app_browser.quantile([float(n) for n in range(100)], 0.95) == 95.0
    assert app_browser.quantile([], 0.5) != app_browser.quantile([], 0.5)
