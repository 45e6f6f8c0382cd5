"""Sentences of many verbs are read over: no stray signs, no exponents, no Python, units that agree with their number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli import app
from planner.futures.commitments import Commitment
from planner.futures.telling import _where, each
from planner.wording.figures import decimal, figure, told_apart, typed
from planner.wording.units import plural, single

SLIPS = {
    "two signs in a row": re.compile(r"[:;,][:;,.]|(?<!\.)\.\.(?!\.)(?=\s)|\s[;,]\s|\(\s*\)"),
    "an exponent": re.compile(r"\d(?:\.\d+)?e[-+]?\d"),
    "Python": re.compile(r"\bNone\b|\bnan\b|\binf\b|\b[A-Za-z_]+\([a-z_]+=|<[a-z]+ object|\bnp\.|\bplanner\.[a-z_]+\b"),
    "a word twice": re.compile(r"\b([a-z]{3,}) \1\b"),
    "one of many": re.compile(r"(?<![\d.,])1 (?:people|hires|places|visas|officers|workers|families|limits break)\b"),
    "many of one": re.compile(r"\d{2,} (?:worker prepared|family supported|person|hire|place|visa|point|day)(?![-\w])"),
    "from a place to itself": re.compile(r"\b(?:in|from) (\S+) to \1\b"),
}
"""What a reader would stumble over."""

QUICK: dict[str, tuple[str, ...]] = {
    "explain": ("explain", "starter", "--grid", "phases"),
    "why": ("explain", "starter", "--grid", "phases", "--why", "Programmes!recruitment support"),
    "override": ("override", "starter", "--grid", "phases", "--fix", "Programmes!recruitment support=10"),
    "weigh": ("weigh", "starter", "--grid", "phases", "--weight", "safe years=1"),
    "one phase": ("explain", "{one}", "--why", "Programmes!recruitment support"),
}
SLOW: dict[str, tuple[str, ...]] = {
    "default": ("explain", "starter"),
    "rules": ("explain", "starter", "--grid", "phases", "--rules"),
    "alternatives": ("alternatives", "starter", "--grid", "phases"),
    "futures": ("futures", "starter", "--grid", "phases", "--samples", "5"),
    "goal": ("goal", "starter", "--grid", "phases", "--least", "money", "--target", "safe years>=600"),
    "packages": ("packages", "starter", "--grid", "phases", "--steps", "-50,-20,+10"),
    "sweep": ("sweep", "starter", "--grid", "phases", "--cell", "Sites!Border post.Capacity", "--from", "50%", "--to", "150%"),
    "fairness": ("fairness", "starter", "--grid", "phases", "--outcome", "safe years", "--across", "country"),
    "uncertain": ("uncertain", "starter", "--grid", "phases"),
    "compare": ("compare", "starter", "--grid", "phases", "--set", "Appropriations!*.Amount=*0.8", "--why"),
}  # fmt: skip


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter with one phase, on the grid of phases: all of it is one period."""
    from planner.workbook import write_template
    from tests.checks.edits import starter

    tables = starter()
    tables["Time"] = [{**tables["Time"][0], "Until": tables["Time"][-1]["Until"]}]
    for name, rows in tables.items():
        if rows and "Phase" in {title for row in rows for title in row} and name != "Time":
            tables[name] = [row for row in rows if row.get("Phase") in ("P1", None)]
    for row in tables["Appropriations"]:
        row["Amount"] *= 1000.0
    for row in tables["Rules"]:
        row["On"] = False
    tables.pop("Scenario changes", None)
    tables["Settings"].append({"Setting": "grid", "Value": "phases"})
    path = tmp_path_factory.mktemp("one") / "one.xlsx"
    write_template(path, raw_tables=tables)
    return path


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.nightly) for name in SLOW)])
def test_nobody_stumbles_over_a_sentence(name: str, one: Path) -> None:
    words = [word.format(one=one) for word in {**QUICK, **SLOW}[name]]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    for line in result.stdout.splitlines():
        for slip, pattern in SLIPS.items():
            assert not pattern.search(line), (slip, pattern.search(line), line)


@pytest.mark.parametrize(
    ("value", "told"),
    [(3.33e-12, "0"), (-1.95e-5, "-0.0000195"), (0.000999, "0.000999"), (999.96, "1,000"), (1e18, "1,000,000,000,000,000,000"), (5.0, "5")],
)  # fmt: skip
def test_figures_have_no_exponent(value: float, told: str) -> None:
    assert figure(value) == told


def test_figures_of_checks_are_quoted_as_they_were_typed() -> None:
    assert typed(10.000001) == "10.000001"
    assert typed(12345.678) == "12,345.678"
    assert typed(100.0 / 3.0) == "33.33"
    assert typed(2e-5) == "0.00002"
    assert told_apart(10.0, 10.0 + 1e-8 / 3.0) == ("10", "10.0000000033")
    assert told_apart(1.0, 2.0) == ("1", "2")
    assert decimal(1.5e-7, 3) == "0.00000015"


@pytest.mark.parametrize(
    ("unit", "many", "alone"),
    [
        ("MW", "MW", "MW"), ("FTE", "FTE", "FTE"), ("km2", "km2", "km2"), ("level", "levels", "level"),
        ("family supported", "families supported", "family supported"), ("people a day or places", "people a day or places", "person a day or place"),
        ("hires a year", "hires a year", "hire a year"), ("%", "%", "%"),
    ],
)  # fmt: skip
def test_units_agree_with_their_number(unit: str, many: str, alone: str) -> None:
    assert plural(unit, 5.0) == many
    assert single(unit) == alone


def test_one_future_is_not_told_as_several() -> None:
    assert (each(3), each(3, any_of=True)) == ("each of 3 futures", "any of 3 futures")
    assert each(1) == each(1, any_of=True) == "the one future that can be"


def test_a_decision_that_no_future_begins_is_said_so() -> None:
    def item(wanted: tuple[str, ...], others: tuple[str, ...]) -> Commitment:
        return Commitment("Programmes", "x", "points", False, "depends", (1.0,), 1.0, wanted, others, 0.5)

    assert _where(item((), ("a", "b")), "in the plan for", "in every plan but that for") == "in no future's own plan"
    assert _where(item(("a", "b"), ()), "in the plan for", "in every plan but that for") == "in every future"
    assert "none" not in _where(item(("a",), ("b",)), "in the plan for", "in every plan but that for")
