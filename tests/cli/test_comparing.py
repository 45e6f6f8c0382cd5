"""The verb compare: plans and cases in any mix, and what a change does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

CUT = "Appropriations!*.Amount=*0.8"


@pytest.fixture(scope="module")
def plan_file(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter's plan as the command writes it."""
    from typer.testing import CliRunner

    from planner.cli import app

    out = tmp_path_factory.mktemp("plans") / "before.xlsx"
    done = CliRunner().invoke(app, ["solve", str(starter), "--grid", "phases", "--out", str(out), "--quiet"])
    assert done.exit_code == 0, done.output
    return out


def test_a_plan_is_held_against_the_same_workbook_with_a_fifth_less(
    planner: Callable[..., Result], plan_file: Path, tmp_path: Path
) -> None:
    after, told = tmp_path / "after.xlsx", tmp_path / "told.json"
    done = planner("compare", plan_file, "--set", CUT, "--out", after, "--json", told)
    assert done.exit_code == 0, done.output
    assert "Compared with before (grid phases, no scenario, no changes)" in done.stdout
    for title in ("Who loses", "What is cut", "Cells that differ"):
        assert title in done.stdout
    assert "Appropriations!D5 (asylum budget / P1), Amount: 6 -> 4.8." in done.stdout
    content = json.loads(told.read_text(encoding="utf-8"))
    safe = next(o for o in content["outcomes"] if o["outcome"] == "safe years")
    assert safe["after"] < safe["before"]
    # the two plans, as files alone, say the same
    again = planner("compare", plan_file, after, "--json", "-")
    assert again.exit_code == 0, again.output
    both = json.loads(again.stdout)
    strip = [
        [{k: v for k, v in o.items() if k not in ("name", "sentence")} for o in x["outcomes"]] for x in (content, both)
    ]
    assert strip[0] == strip[1]
    assert [c["cell"] for c in both["inputs"]] == [c["cell"] for c in content["inputs"]]


def test_a_plan_and_its_case_are_the_same(planner: Callable[..., Result], plan_file: Path, starter: Path) -> None:
    done = planner("compare", plan_file, starter)
    assert done.exit_code == 0, done.output
    assert "no cell differs" in done.stdout
    assert "What is cut" not in done.stdout


def test_a_plan_beside_itself_differs_in_nothing(planner: Callable[..., Result], plan_file: Path) -> None:
    done = planner("compare", plan_file, plan_file)
    assert done.exit_code == 0, done.output
    assert "before (2)" in done.stdout
    assert "no cell differs" in done.stdout


def test_a_case_alone_needs_something_that_changes(planner: Callable[..., Result], starter: Path) -> None:
    done = planner("compare", starter)
    assert done.exit_code == 2
    assert "--set or --scenario" in done.stderr


def test_a_plan_without_its_workbook_inside_is_told(
    planner: Callable[..., Result], plan_file: Path, starter: Path, tmp_path: Path
) -> None:
    import openpyxl

    from planner.results.tables import INPUT_SHEET

    book = openpyxl.load_workbook(plan_file)
    del book[INPUT_SHEET]
    old = tmp_path / "old.xlsx"
    book.save(old)
    done = planner("compare", old, starter)
    assert done.exit_code == 2
    assert "does not hold the workbook" in done.stderr


def test_help_lists_every_verb_whole_and_in_groups(process: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    said = process("--help").stdout
    assert "..." not in said.partition("\n")[2]
    assert said.index("Every day:") < said.index("Why, and what if:") < said.index("Trade-offs:")
    assert "Others:" not in said, "a verb stands in no group"
    assert "..." not in process("reference", "--help").stdout.partition("\n")[2]


def test_what_made_the_difference_by_columns_of_sheets(planner: Callable[..., Result], plan_file: Path) -> None:
    done = planner("compare", plan_file, "--set", CUT, "--why", "--by", "column", "--json", "-")
    assert done.exit_code == 0, done.output
    (made,) = json.loads(done.stdout)["made by"].values()
    assert [(share["name"], len(share["cells"])) for share in made] == [("Appropriations (Amount)", 6)]
    assert made[0]["alone"] == made[0]["fair"] < 0.0


def test_decisions_by_hand_for_machines(planner: Callable[..., Result], starter: Path, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    hand = ("--forbid", "Sites!Harbour centre", "--solve", "--json", told, "--quiet")
    done = planner("override", starter, "--grid", "phases", *hand)
    assert (done.exit_code, done.stdout) == (0, "")
    content = json.loads(told.read_text(encoding="utf-8"))
    assert content["stands_on"]["grid"] == "phases"
    assert [(h["sheet"], h["row"], h["action"]) for h in content["hands"]] == [("Sites", "Harbour centre", "forbid")]
    assert content["broken"]
    assert any(d["row"] == "Harbour centre" and d["after"] == "no" for d in content["around"]["decisions"])
