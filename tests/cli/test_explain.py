"""The verbs explain and compare, and the reasons that solve gives when there is no plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli import app

ROOT = Path(__file__).parents[2]
STARTER = str(ROOT / "inputs" / "starter.xlsx")
CONFLICT = str(ROOT / "tests" / "cases" / "t10_conflict")


def run(*words: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, " ".join(result.output.split())


def test_prices_are_sentences_with_cells() -> None:
    code, output = run("explain", STARTER, "--top", "4")
    assert code == 0
    assert "One more asylum officer at Border post" in output
    assert "(Staff!E5)" in output
    assert "What is left unused, and why" in output


def test_one_row_is_explained() -> None:
    code, output = run("explain", STARTER, "--why", "Programmes!recruitment support")
    assert code == 0
    assert "worker prepared" in output


@pytest.mark.parametrize(
    ("why", "says"), [("nonsense", "names no row"), ("Programmes!recruitment suport", "recruitment support")]
)
def test_a_row_that_is_not_there_is_said(why: str, says: str) -> None:
    code, output = run("explain", STARTER, "--why", why)
    assert code == 2
    assert says in output


@pytest.mark.parametrize("verb", [("explain",), ("solve", "--out")])
def test_a_conflict_comes_with_its_repairs(verb: tuple[str, ...], tmp_path: Path) -> None:
    words = (verb[0], CONFLICT, *verb[1:], *([str(tmp_path / "plan.xlsx")] if verb[1:] else []))
    code, output = run(*words)
    assert code == 4
    assert "Lower rule 'border floor' (at least 40) by 15: Rules!E2 from 40 to 25 (proven by solving with it)" in output
    assert not (tmp_path / "plan.xlsx").exists()


def test_two_workbooks_are_compared(tmp_path: Path) -> None:
    other = tmp_path / "more.xlsx"
    assert run("template", str(other), "--from", str(ROOT / "inputs" / "starter"))[0] == 0
    code, output = run("compare", STARTER, str(other))
    assert code == 0
    assert "What differs" in output
    assert run("compare", STARTER)[0] == 2
