"""The verbs steer and uncertain: what a person reads, what a machine reads, and how they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from planner.results import read_plan

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
Planner = Callable[..., Result]


def words(result: Result) -> str:
    """What was printed, on one line."""
    return " ".join(result.output.split())


def test_the_next_plan_is_told_written_and_checked(planner: Planner, tmp_path: Path) -> None:
    machine, book = tmp_path / "next.json", tmp_path / "next.xlsx"
    result = planner(
        "steer", STARTER, "--grid", "phases", "--improve", "safe years", "--keep", "legal admissions", "--may-worsen-to",
        "years waiting=12000", "--free", "public money", "--json", machine, "--out", book,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "- safe years (improve): 71,257 to 72,583 person-years" in words(result)
    assert "years waiting (may worsen to 12,000)" in words(result)
    found = json.loads(machine.read_text())
    assert found["reached"] == {"safe years": True}
    plan = read_plan(book)
    assert plan.verified
    assert plan.outcome("safe years") == pytest.approx(found["after"]["safe years"], rel=1e-6)


def test_ranges_are_told_without_a_plan(planner: Planner, tmp_path: Path) -> None:
    machine = tmp_path / "ranges.json"
    result = planner(
        "steer",
        STARTER,
        "--grid",
        "phases",
        "--improve",
        "safe years",
        "--free",
        "public money",
        "--ranges",
        "--json",
        machine,
    )
    assert result.exit_code == 0, result.output
    assert "- safe years: from 71,257 to 73,133 person-years, now 71,257; no plan can pass 73,133." in words(result)
    ranges = {r["outcome"]: r for r in json.loads(machine.read_text())["ranges"]}
    assert ranges["public money"]["worst"] > ranges["public money"]["best"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--improve", "safe years", "--improve", "public money"), "Nothing may be given up"),
        ((), "Say what is wanted"),
        (("--improve", "safe years", "--keep", "safe years"), "is named twice"),
        (("--improve-to", "safe years"), "has no value"),
        (("--improve", "safe yeers", "--free", "public money"), "Did you mean 'safe years'?"),
    ],
)
def test_wishes_that_lead_nowhere_are_refused(planner: Planner, flags: tuple[str, ...], said: str) -> None:
    result = planner("steer", STARTER, "--grid", "phases", *flags, "--quiet")
    assert result.exit_code == 2
    assert said in words(result)


def test_uncertain_figures_are_told_with_what_they_break(planner: Planner, tmp_path: Path) -> None:
    machine = tmp_path / "doubt.json"
    result = planner("uncertain", STARTER, "--grid", "phases", "--searched", 1, "--json", machine)
    assert result.exit_code == 0, result.output
    assert "safe years: 71,257 person-years, between 70,152 and 72,406, moved most by E09" in words(result)
    assert "E02 at 50 USD million: with these decisions no plan keeps all limits." in words(result)
    found = json.loads(machine.read_text())
    assert sum(f["low, searched anew"] is not None for f in found["figures"]) == 1
    assert {f["id"] for f in found["figures"]} == {"E01", "E02", "E03", "E09", "E10"}
