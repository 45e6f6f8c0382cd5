"""The verbs sweep and goal: what a person reads, what a machine reads, and how they end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "inputs" / "starter.xlsx"
FUNDS = "Appropriations!*.Amount"
Planner = Callable[..., Result]


def words(result: Result) -> str:
    """What was printed, on one line."""
    return " ".join(result.output.split())


def test_a_sweep_answers_first_and_gives_its_reason(planner: Planner) -> None:
    result = planner(
        "sweep", STARTER, "--grid", "phases", "--cell", FUNDS, "--from", "60%", "--to", "120%", "--points", 4, "--quiet"
    )
    assert (result.exit_code, result.output) == (0, "")
    result = planner(
        "sweep", STARTER, "--grid", "phases", "--cell", FUNDS, "--from", "60%", "--to", "120%", "--points", 4
    )
    assert result.exit_code == 0
    said = words(result)
    assert "As Appropriations, Amount (6 cells together) goes from 80 % to 120 %, the plan's points rise" in said
    assert "No plan exists below 61.92 %." in said
    assert "100 % (now)" in said or "(now)" in said
    assert "nothing was compiled again" in said
    assert result.stdout.index("As Appropriations") < result.stdout.index("Place") < result.stdout.index("How sure")


def test_held_decisions_list_what_one_more_is_worth(planner: Planner) -> None:
    result = planner("sweep", STARTER, "--grid", "phases", "--cell", f"{FUNDS}=85%..110%", "--hold", "--points", 2)
    assert result.exit_code == 0
    assert "From 93.84 % to 110 %: one USD million more is worth 0 points." in words(result)
    assert "Yes-or-no decisions are held" in words(result)


def test_files_for_machines_and_for_spreadsheets(planner: Planner, tmp_path: Path) -> None:
    book, lines, machine = tmp_path / "sweep.xlsx", tmp_path / "sweep.csv", tmp_path / "sweep.json"
    common = (
        "sweep",
        STARTER,
        "--grid",
        "phases",
        "--cell",
        f"{FUNDS}=80%..120%",
        "--points",
        3,
        "--nested",
        "--quiet",
    )
    assert planner(*common, "--out", book, "--json", machine).exit_code == 0
    assert planner(*common, "--out", lines).exit_code == 0
    content = json.loads(machine.read_text(encoding="utf-8"))
    assert [p["place"] for p in content["points"]] == pytest.approx([0.8, 1.0, 1.2])
    assert content["bands"]["rows"]
    assert [n["cost"] for n in content["nested"]] == pytest.approx([0.0, 0.0, 0.0], abs=10.0)
    assert list(pd.read_csv(lines)["place"]) == pytest.approx([0.8, 1.0, 1.2])
    assert list(pd.read_excel(book, sheet_name=None, engine="openpyxl")) == ["Points", "Parts", "Bands"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--cell", "Apropriations!*.Amount=50%..150%"), "Did you mean 'Appropriations'"),
        (("--cell", FUNDS, "--from", "150%", "--to", "50%"), "reversed"),
        (("--cell", FUNDS), "two ends"),
        (("--cell", "Funding!asylum budget.Owner=1..2"), "holds words"),
        (("--cell", "Funding!asylum budget.Carry-over share=0..3"), "at most 1"),
        (("--cell", f"{FUNDS}=50%..150%", "--out", "plan.txt"), "must end in .xlsx or .csv"),
    ],
)
def test_a_sweep_that_cannot_be_is_one_sentence(planner: Planner, more: tuple[str, ...], says: str) -> None:
    result = planner("sweep", STARTER, "--grid", "phases", *more)
    assert result.exit_code == 2
    assert says in words(result)
    assert "Traceback" not in result.output


def test_a_goal_within_reach(planner: Planner) -> None:
    result = planner("goal", STARTER, "--grid", "phases", "--target", "safe years>=70000", "--least", "money")
    assert result.exit_code == 0
    assert "The least money with 'safe years' at least 70,000 is 61.01 USD million; the plan now has 70.12" in words(
        result
    )
    assert "Less is spent on" in words(result)


def test_a_goal_out_of_reach_says_what_is_attainable_and_what_it_would_take(planner: Planner, tmp_path: Path) -> None:
    out = tmp_path / "goal.json"
    result = planner(
        "goal", STARTER, "--grid", "phases", "--target", "safe years>=76000", "--least", "officers", "--json", out
    )
    assert result.exit_code == 4
    assert "the most attainable is 73,133" in words(result)
    assert "at 154.6 % of now on" in words(result)
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["targets"][0]["out_of_reach"]
    assert content["needed"]["place"] == pytest.approx(1.5462, abs=1e-3)


def test_a_goal_for_cells_and_for_an_outcome(planner: Planner) -> None:
    cells = ("--least", FUNDS, "--from", "50%", "--to", "150%")
    result = planner("goal", STARTER, "--grid", "phases", "--target", "safe years>=70000", *cells)
    assert result.exit_code == 0
    assert "Appropriations, Amount at" in words(result)
    result = planner("goal", STARTER, "--grid", "phases", "--most", "legal admissions", "--target", "public money<=60")
    assert result.exit_code == 0
    assert "The most of 'legal admissions' with 'public money' at most 60 is 7,809 people" in words(result)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--target", "safe yers>=1", "--least", "money"), "Did you mean 'safe years'"),
        (("--target", "safe years", "--least", "money"), "is not a target"),
        (("--target", "safe years>=1", "--least", "mony"), "Did you mean 'money'"),
        (("--target", "safe years>=1"), "either --least"),
        (("--least", "money", "--most", "safe years"), "either --least"),
        (("--least", "money"), "at least one target"),
    ],
)
def test_a_goal_that_cannot_be_is_one_sentence(planner: Planner, more: tuple[str, ...], says: str) -> None:
    result = planner("goal", STARTER, "--grid", "phases", *more)
    assert result.exit_code == 2
    assert says in words(result)
    assert "Traceback" not in result.output


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_ctrl_c_keeps_what_was_found(tmp_path: Path) -> None:
    """The first Ctrl-C, once points are being solved, ends with what is known, exit code 5 and a whole file."""
    out = tmp_path / "sweep.json"
    command = [sys.executable, "-m", "planner", "sweep", "blueprint", "--cell", f"{FUNDS}=80%..150%", "--points", "40"]
    process = subprocess.Popen(
        [*command, "--gap", "0.01", "--json", str(out)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "point " in line:
            break
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 5
    assert "Stopped (interrupted)" in said
    content = json.loads(out.read_text(encoding="utf-8"))
    assert not content["complete"]
    assert any(p["objective"] is not None for p in content["points"])
