"""The verb futures: the answer first, the same for machines, checked plans in a folder, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.cli import app
from tests.futures.small import CASES, STARTER, workbook

Planner = Callable[..., Result]


@pytest.fixture
def planner() -> Planner:
    """Call the command in this process, on three phases: quick, and what these cases were worked out on."""
    return lambda *words: CliRunner().invoke(app, ["futures", *(str(w) for w in words), "--grid", "phases"])


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workbook(STARTER, tmp_path_factory.mktemp("starter"))


def words(result: Result) -> str:
    """What was printed, on one line."""
    return " ".join(result.output.split())


def test_the_answer_comes_first(planner: Planner, book: Path, tmp_path: Path) -> None:
    machine, folder = tmp_path / "futures.json", tmp_path / "plans"
    result = planner(book, "--json", machine, "--out", folder, "--samples", 3, "--reserve")
    assert result.exit_code == 0, result.output
    said = result.stdout
    assert "(grid phases, no scenario, no changes)" in said.partition("\n")[0]
    assert said.partition("\n")[2].startswith(
        "Hedged plan: never more than 0.1 % worse than hindsight, in any of 3 futures."
    )
    titles = (
        "Do this before futures show",
        "Futures, in points",
        "Lost against hindsight",
        "Safe to do now",
        "How sure",
    )
    assert sorted(titles, key=said.index) == list(titles)
    assert "recomputed from the workbook in each of 3 futures: all agree" in words(result)
    assert len(list(folder.glob("future_*.xlsx"))) == 3
    content = json.loads(machine.read_text(encoding="utf-8"))
    assert content["verified"] == [True, True, True]
    assert content["bound"] >= content["expected"] - 1e-6
    assert content["wait_and_see"] >= content["expected"] - 1e-6
    assert [f["title"] for f in content["futures"]] == ["as it stands", "surge", "late budget"]
    assert content["samples"]["plans"][0]["samples"] == 3
    assert [s["weight"] for s in content["reserve"]["steps"]] == [0.0, 0.1, 0.25, 0.5, 0.75, 0.95]


def test_the_farmer_in_the_terminal(planner: Planner, tmp_path: Path) -> None:
    result = planner(workbook(CASES / "farmer", tmp_path), "--gap", 0)
    assert result.exit_code == 0
    said = words(result)
    assert "On average it brings 108,390 points" in said
    assert "Hedging brings 1,150 points (1.06 % of the mean) on average over a plan made from averaged numbers." in said
    assert "Knowing in advance which future comes would bring 7,016 points" in said
    table = result.stdout.partition("Do this before futures show")[2].partition("Futures, in points")[0]
    amounts = {cells[1]: cells[2] for cells in (line.split() for line in table.splitlines()) if len(cells) > 3}
    assert {crop: amounts[crop] for crop in ("wheat", "corn", "beets")} == {
        "wheat": "170",
        "corn": "80",
        "beets": "250",
    }


def test_every_future_has_its_column_however_narrow_the_terminal(
    planner: Planner, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    said = planner(book).stdout.partition("Lost against hindsight")[2].partition("Safe to do now")[0]
    assert said.count("Commitments of") >= 2
    letters = "".join(said.split())
    assert all(title.replace(" ", "") in letters for title in ("as it stands", "surge", "late budget"))
    assert "Atmost" in letters


def test_a_probability_is_changed_for_one_run(planner: Planner, book: Path, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    assert planner(book, "--no-regret", "--set", "Scenarios!surge.Probability=0.4", "--json", told).exit_code == 0
    content = json.loads(told.read_text(encoding="utf-8"))
    assert [f["probability"] for f in content["futures"]] == pytest.approx([0.4, 0.4, 0.2])
    assert {plan["kind"] for plan in content["plans"]} <= {"hedged", "averaged", "own"}
    assert sum(plan["kind"] == "own" for plan in content["plans"]) <= 1


def test_any_weight_of_the_worst_futures_can_be_asked_for(planner: Planner, book: Path, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    words = ("--no-regret", "--reserve", "--weight", 0.3, "--weight", 1, "--worst", "30%", "--json", told)
    assert planner(book, *words).exit_code == 0
    steps = json.loads(told.read_text(encoding="utf-8"))["reserve"]["steps"]
    assert [s["weight"] for s in steps] == [0.3, 1.0]
    assert planner(book, "--weight", 0.3).exit_code == 2


def test_quiet_and_nothing_hidden(planner: Planner, book: Path) -> None:
    result = planner(book, "--quiet", "--no-regret")
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize(
    ("words_given", "said"),
    [
        (("--branch", "winter"), "is no phase, date"),
        (("--shows", "surge"), "write it as 'surge=P3'"),
        (("--shows", "flood=P3"), "There is no future 'flood'"),
        (("--worst", "0%"), "--worst must be a share"),
        (("--common", "all"), "--common must be one of commitments, activities"),
        (("--future", "surg"), "Did you mean 'surge'?"),
    ],
)
def test_wrong_usage_is_a_sentence(planner: Planner, book: Path, words_given: tuple[str, ...], said: str) -> None:
    result = planner(book, *words_given)
    assert result.exit_code == 2
    assert said in words(result)
    assert "Traceback" not in result.output


def test_no_common_commitments_end_with_their_own_code(planner: Planner, tmp_path: Path) -> None:
    added = {
        "scenarios": ["surge,,0.5", "calm,,0.5"],
        "scenario_changes": [
            "surge,Raw ledgers,ready,Lower,set,100", "surge,Raw activities,emergency,At most,set,0",
            "calm,Raw activities,reserve,At most,set,0", "calm,Raw activities,emergency,At least,set,10",
        ],
    }  # fmt: skip
    result = planner(workbook(CASES / "surge", tmp_path, added, only=True))
    assert result.exit_code == 4
    assert "No commitments" in result.output
    assert "breaks" in result.output


def test_a_future_that_no_plan_survives_is_in_the_table(planner: Planner, tmp_path: Path) -> None:
    added = {
        "scenarios": ["calm,,0.3"],
        "scenario_changes": [
            "surge,Raw activities,reserve,At most,set,50", "surge,Raw activities,emergency,At most,set,0",
            "calm,Raw ledgers,ready,Lower,set,10",
        ],
    }  # fmt: skip
    result = planner(workbook(CASES / "surge", tmp_path, added))
    assert result.exit_code == 0
    assert "In 'surge' no plan keeps all limits, even with hindsight" in words(result)
    assert "no plan" in result.stdout
