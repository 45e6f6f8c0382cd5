"""The verbs explain and compare, and the reasons that solve gives when there is no plan."""

from __future__ import annotations

import json
import shutil
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
    code, output = run("explain", STARTER, "--grid", "phases", "--top", "4")
    assert code == 0
    assert "One more asylum officer at Border post" in output
    assert "(Staff!E5)" in output
    assert "What is left unused, and why" in output


def test_one_row_is_explained() -> None:
    code, output = run("explain", STARTER, "--grid", "phases", "--why", "Programmes!recruitment support")
    assert code == 0
    assert "workers prepared" in output


@pytest.mark.parametrize(
    ("why", "says"), [("nonsense", "names no row"), ("Programmes!recruitment suport", "recruitment support")]
)
def test_a_row_that_is_not_there_is_said(why: str, says: str) -> None:
    code, output = run("explain", STARTER, "--grid", "phases", "--why", why)
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
    assert "Compared with starter" in output
    assert run("compare", STARTER)[0] == 2


def test_what_rules_cost_and_who_gains(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    code, output = run(
        "explain", STARTER, "--grid", "phases", "--rules", "--who", "country", "--switches", "--json", str(told)
    )
    assert code == 0
    assert "costs nothing as the plan stands" in output
    assert "Southland gains" in output
    assert "Reform 'labour agreement'" in output
    rows = json.loads(told.read_text())
    assert rows["stands_on"]["grid"] == "phases"
    assert len(rows) == 4
    assert run("explain", STARTER, "--grid", "phases", "--who", "planet")[0] == 2


def test_what_would_change_a_row() -> None:
    row, cell = "Programmes!recruitment support", "Programmes!recruitment support.Unit cost"
    code, output = run("explain", STARTER, "--grid", "phases", "--why", row, "--until", f"leaves:{cell}")
    assert code == 0
    assert "recruitment support" in output.split("leave")[-1] or "leaves" in output
    for wrong in ("leaves", "vanishes:" + cell, "leaves:Programmes!recruitment support"):
        code, output = run("explain", STARTER, "--grid", "phases", "--why", row, "--until", wrong)
        assert code == 2
        assert "--until" in output
    assert run("explain", STARTER, "--grid", "phases", "--until", f"leaves:{cell}")[0] == 2


def test_a_conflict_is_written_for_machines(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    assert run("explain", CONFLICT, "--json", str(told))[0] == 4
    (explanation,) = json.loads(told.read_text())["Why there is no plan"]
    assert explanation["repairs"]


def test_what_made_the_difference(tmp_path: Path) -> None:
    folder = tmp_path / "poorer"
    shutil.copytree(ROOT / "inputs" / "starter", folder)
    table = folder / "appropriations.csv"
    head, first, *rest = table.read_text().splitlines()
    cells = first.split(",")
    place = head.split(",").index("Amount")
    cells[place] = str(0.5 * float(cells[place]))
    table.write_text("\n".join([head, ",".join(cells), *rest]) + "\n")
    code, output = run("compare", str(ROOT / "inputs" / "starter"), str(folder), "--why", "--gap", "0.0001")
    assert code == 0
    assert "What made the difference of poorer" in output


def test_a_front_is_limited_written_and_checked(tmp_path: Path) -> None:
    out = tmp_path / "front"
    words = (
        "front",
        STARTER,
        "--grid",
        "phases",
        "--outcome",
        "safe years",
        "--outcome",
        "public money",
        "--points",
        "3",
    )
    code, output = run(*words, "--limit", "public money=..60", "--out", str(out))
    assert code == 0
    assert "Proven" in output  # the head of the column may be folded
    assert "within" in output
    assert "failed" not in output
    assert sorted(p.name for p in out.iterdir()) == ["front_1.xlsx", "front_2.xlsx", "front_3.xlsx"]
    assert run("verify", STARTER, str(out / "front_2.xlsx"))[0] == 0
    code, output = run(*words, "--limit", "public money=60..50")
    assert (code, "reversed" in output) == (2, True)
    assert run(*words, "--limit", "public money")[0] == 2
    code, output = run("front", STARTER, "--grid", "phases", "--outcome", "safe years")
    assert (code, "at least 2 different outcomes" in output) == (2, True)
    assert run("front", CONFLICT, "--outcome", "a", "--outcome", "b")[0] == 2


def test_a_front_of_a_case_without_a_plan_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "conflict"
    shutil.copytree(CONFLICT, folder)
    for name, row in (("outcomes.csv", "second"), ("outcome_terms.csv", "second")):
        head, first, *_ = (folder / name).read_text().splitlines()
        with (folder / name).open("a") as file:
            file.write(",".join([row, *first.split(",")[1:]]) + "\n")
        assert head.startswith("Outcome")
    code, output = run("front", str(folder), "--outcome", "spent", "--outcome", "second")
    assert code == 4
    assert "no plan" in output


def test_a_front_stopped_by_time_keeps_its_points_and_says_so() -> None:
    words = (
        "front",
        STARTER,
        "--grid",
        "phases",
        "--outcome",
        "safe years",
        "--outcome",
        "public money",
        "--points",
        "400",
    )
    code, output = run(*words, "--time-limit", "2")
    assert code == 5
    assert "The search was stopped (time limit)" in output
    assert " 1 " in output


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Sites!Harbour centre", "worth"),
        ("Reforms!labour agreement", "worth"),
        ("Sites!Border post", "in force from day one"),
        ("Sites!X", "There are Border post and Harbour centre"),
        ("site!Border post", "Did you mean 'Sites'"),
    ],
)
def test_why_answers_yes_or_no_rows_without_a_word_of_python(row: str, said: str) -> None:
    code, output = run("explain", str(STARTER), "--grid", "phases", "--why", row)
    assert said in output
    assert code == (0 if "!X" not in row and "site!" not in row else 2)
    assert "planner." not in output


def test_prices_say_how_they_are_sorted() -> None:
    code, output = run("explain", str(STARTER), "--grid", "phases")
    assert code == 0
    assert "Sorted by what a tenth more of each limit (at least one unit) would bring" in output


def test_one_cell_is_changed_and_solved_again() -> None:
    """With the decisions of the plan, and with everything free: the time limit counts nobody as late then."""
    change = "People!waiting at the border.Time limit={}"
    code, output = run("explain", STARTER, "--grid", "phases", "--change", change.format(200))
    assert code == 0
    assert "With the yes-or-no decisions of the plan: +747.2 points (over the limit -747.2 person-years)" in output
    assert "All free: +747.2 points." in output
    code, output = run("explain", STARTER, "--grid", "phases", "--change", change.format(-2))
    assert code == 2
    assert "-2 is out of range" in output


def test_free_decisions_belong_to_what_would_change_a_row() -> None:
    code, output = run("explain", STARTER, "--grid", "phases", "--free")
    assert code == 2
    assert "--why" in output
