"""The verb packages: what a person reads, what a machine reads, the workbook, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from typer.testing import Result

from planner.analyses.packages import PackagesQuestion
from planner.declaring import OptionError

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
Planner = Callable[..., Result]


def test_the_same_pages_on_the_terminal_for_machines_and_as_a_workbook(planner: Planner, tmp_path: Path) -> None:
    book, machine = tmp_path / "packages.xlsx", tmp_path / "packages.json"
    words = ("packages", STARTER, "--grid", "phases", "--steps", "-50,-20,+10", "--out", book, "--json", machine)
    result = planner(*words)
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "-50 % (USD -43 million) cannot be kept. These 2 cannot all hold: money of asylum budget" in said
    assert "A step is a share of USD 86 million: column Amount of sheet Appropriations" in said
    assert "Being nested costs nothing: no plan for this budget scores more." in said
    told = json.loads(machine.read_text(encoding="utf-8"))
    assert [p["package"] for p in told["packages"]] == ["-50 %", "-20 %", "base", "+10 %"]
    assert [p["held_to"] for p in told["packages"]] == ["-20 %", "base", None, "base"]
    assert told["verified"] == [True, True, True]
    cut = told["packages"][1]
    assert cut["budget"] == pytest.approx(68.8)
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == ["Packages", "-50%", "-20%", "+10%"]
    for page in told["pages"]:
        cells = {cell.value for row in sheets[page["name"]].iter_rows() for cell in row}
        for part in page["parts"]:
            assert not part["title"] or part["title"] in cells
            figures = [v for row in part.get("rows", []) for v in row if isinstance(v, float)]
            assert all(any(isinstance(c, int | float) and c == v for c in cells) for v in figures), part["title"]
    values = {row[0].value: row[3].value for row in sheets["-20%"].iter_rows() if row[0].value == "safe years"}
    assert values["safe years"] == pytest.approx(cut["outcomes"]["safe years"])


def test_quiet_and_all_steps_impossible(planner: Planner) -> None:
    result = planner("packages", STARTER, "--grid", "phases", "--steps", "-10", "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    assert planner("packages", STARTER, "--grid", "phases", "--steps", "-50").exit_code == 4


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("-15,0", "'0' is the base itself"), ("-100", "'-100' leaves no money"), ("-5,-5 %", "'-5 %' stands there twice"),
        ("a", "'a' is not a number"), (" , ", "names no step"), ("-1.500", "write one of them"),
    ],
)  # fmt: skip
def test_steps_that_mean_nothing_are_refused(steps: str, said: str) -> None:
    with pytest.raises(OptionError, match="--steps") as caught:
        PackagesQuestion(steps=steps)
    assert said in str(caught.value)


def test_steps_are_read_with_signs_and_percent() -> None:
    assert PackagesQuestion(steps="-15, +2.5%,-10 %").shares == (-0.15, 0.025, -0.1)
