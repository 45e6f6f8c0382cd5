"""One grid a case for every verb, and the first line of every output says what it stands on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from planner.plan.standing import Standing

ROOT = Path(__file__).parents[2]
Planner = Callable[..., Result]
OWN, OTHER = "every 400 days", "phases"
NAME = "Starter: two countries, three phases"
VERBS: dict[str, tuple[str, ...]] = {
    "solve": (),
    "explain": ("--top", "1"),
    "sweep": ("--cell", "Appropriations!*.Amount=95%..100%", "--points", "2"),
    "packages": ("--steps", "-10"),
    "goal": ("--target", "safe years>=700", "--least", "money"),
    "front": ("--outcome", "safe years", "--outcome", "public money", "--points", "2"),
    "alternatives": ("--within", "2%", "--plans", "1", "--seconds", "5"),
    "override": ("--forbid", "Programmes!recruitment support"),
    "fairness": ("--outcome", "safe years", "--alpha", "1"),
    "weigh": ("--weight", "safe years=1"),
    "steer": ("--improve", "safe years", "--free", "public money", "--free", "years waiting", "--free",
              "over the limit", "--free", "legal admissions"),
    "uncertain": ("--inputs", "1", "--searched", "0"),
    "compare": ("--set", "Appropriations!*.Amount=*0.95"),
    "futures": ("--no-regret",),
    "export": ("model.lp",),
}  # fmt: skip
JSON = (
    "explain",
    "sweep",
    "packages",
    "goal",
    "front",
    "alternatives",
    "override",
    "fairness",
    "weigh",
    "steer",
    "uncertain",
    "futures",
    "solve",
)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starter with a grid of its own in sheet Settings."""
    folder = tmp_path / "mine"
    shutil.copytree(ROOT / "inputs" / "starter", folder)
    settings = folder / "settings.csv"
    settings.write_text(f"{settings.read_text(encoding='utf-8').rstrip()}\ngrid,{OWN},\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def first_line(result: Result) -> str:
    """The first line of standard output, joined where the terminal is too narrow for it."""
    told = " ".join(result.stdout.split())
    return told[: told.index(")") + 1] if ")" in told else told[:200]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_the_grid_of_the_workbook_and_says_so(planner: Planner, case: Path, verb: str) -> None:
    result = planner(verb, case, *VERBS[verb])
    assert result.exit_code in (0, 5), result.output
    assert f"(grid {OWN}, no scenario, no changes)" in first_line(result), result.stdout
    assert f"grid {OTHER}" not in first_line(result)


@pytest.mark.parametrize("verb", VERBS)
def test_the_option_overrides_it_for_every_verb(planner: Planner, case: Path, verb: str) -> None:
    result = planner(verb, case, *VERBS[verb], "--grid", OTHER)
    assert result.exit_code in (0, 5), result.output
    assert f"(grid {OTHER}, no scenario, no changes)" in first_line(result), result.stdout


@pytest.mark.parametrize("verb", JSON)
def test_machines_are_told_too(planner: Planner, case: Path, verb: str, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    change = "Appropriations!*.Amount=*1.01"
    result = planner(verb, case, *VERBS[verb], "--set", change, "--json", out, "--quiet")
    assert result.exit_code in (0, 5), result.output
    told = json.loads(out.read_text(encoding="utf-8"))["stands_on"]
    assert told["line"].endswith(f"(grid {OWN}, no scenario, changed: {change})")
    assert (told["grid"], told["scenario"], told["changes"]) == (OWN, "", [change])


def test_a_plan_on_another_grid_is_not_counted_anew_in_silence(planner: Planner, case: Path) -> None:
    assert planner("solve", case, "--grid", OTHER, "--out", "plan.xlsx", "--quiet").exit_code == 0
    assert f"(grid {OTHER}," in first_line(planner("show", "plan.xlsx"))
    assert f"(grid {OTHER}," in first_line(planner("verify", case, "plan.xlsx"))
    hand = ("--forbid", "Programmes!recruitment support")
    assert f"(grid {OTHER}," in first_line(planner("override", case, "plan.xlsx", *hand))
    refused = planner("override", case, "plan.xlsx", *hand, "--grid", OWN)
    assert refused.exit_code == 2
    assert "counts in grid phases" in " ".join(refused.output.split())


def test_a_scenario_and_many_changes_fit_in_the_line() -> None:
    told = Standing("Mine", "default", "surge", tuple(f"S!r.C{n}={n}" for n in range(5))).line
    assert told == "Mine (grid default, scenario surge, changed: S!r.C0=0; S!r.C1=1; S!r.C2=2 and 2 more)"
