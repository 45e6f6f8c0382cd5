"""The plans of this project are the accepted ones; a change of a figure needs a dated reason in its golden file.

To accept what has changed on purpose: make golden REASON="why the figures change".
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date

import pytest
from typer.testing import CliRunner, Result

from planner.cli import app
from planner.golden import read_golden
from tests.golden.guarded import HERE, TEXTBOOK, Guarded, guarded, textbook


def marked() -> list[object]:
    """Every guarded plan with its marks."""
    return [
        pytest.param(
            one,
            id=one.name,
            marks=[mark for mark, on in ((pytest.mark.slow, one.slow), (pytest.mark.nightly, one.nightly)) if on],
        )
        for one in guarded()
    ]


@pytest.fixture
def planner() -> Callable[..., Result]:
    """Call the command in this process."""
    return lambda *words: CliRunner().invoke(app, [str(w) for w in words])


@pytest.mark.parametrize("one", marked())
def test_the_plan_is_the_accepted_one(one: Guarded, planner: Callable[..., Result]) -> None:
    result = planner(*one.words)
    assert result.exit_code == 0, f'{result.stdout}{result.stderr}\nTo accept it: make golden REASON="..."'
    assert "no difference in" in result.stdout


@pytest.mark.parametrize("one", guarded(), ids=lambda one: one.name)
def test_every_golden_file_says_when_and_why(one: Guarded) -> None:
    golden = read_golden(one.golden)
    assert golden.history
    for mark in golden.history:
        assert date.fromisoformat(mark.date)
        assert len(mark.reason) > 10
        assert mark.changes
    assert [m.date for m in golden.history] == sorted((m.date for m in golden.history), reverse=True)
    assert golden.sets == one.sets
    assert golden.figures.size["rows"] > 0
    assert golden.options["gap"] == one.gap


def test_no_golden_file_is_left_over() -> None:
    assert set(HERE.rglob("*.json")) == {one.golden for one in guarded()}


def test_textbook_goldens_hold_the_published_numbers() -> None:
    """What is guarded is what was published: the golden file of a textbook case may not drift from the book."""
    for one in textbook():
        expected = tomllib.loads((one.case / "expected.toml").read_text(encoding="utf-8"))
        variant = next(v for v in expected["variants"] if one.name.endswith(f": {v['name']}"))
        figures = read_golden(one.golden).figures
        assert figures.status == variant["status"]
        close = {"rel": max(expected["tolerance"], 1e-9), "abs": max(expected["tolerance"], 1e-9)}
        if "objective" in variant:
            assert figures.objective == pytest.approx(variant["objective"], **close)
        for name, value in variant.get("outcomes", {}).items():
            assert figures.outcomes[name].value == pytest.approx(value, **close), one.name
    assert TEXTBOOK.is_dir()
