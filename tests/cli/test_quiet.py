"""Under --quiet a command that succeeds says nothing, and one that does not says at least why it ends so."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli import app
from planner.cli.guard import Code

NO_PLAN = ("--set", "Appropriations!asylum budget / P1.Amount=0")
SWEEP = ("sweep", "starter", "--cell", "Appropriations!asylum budget / P1.Amount", "--from", "0", "--to", "0.001")


@pytest.mark.parametrize("words", [("solve", "starter", *NO_PLAN), SWEEP], ids=["solve", "sweep"])
def test_a_quiet_command_without_a_plan_says_so_on_the_error_channel(words: tuple[str, ...], tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "plan.xlsx")) if words[0] == "solve" else ()
    run = CliRunner().invoke(app, [*words, *out, "--quiet"])
    assert run.exit_code == Code.INFEASIBLE
    assert run.stdout == ""
    assert run.stderr.endswith("No plan keeps all hard limits at once.\n")


def test_a_quiet_command_that_succeeds_says_nothing(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["solve", "starter", "--grid", "phases", "--out", str(tmp_path / "p.xlsx"), "-q"])
    assert (run.exit_code, run.output) == (Code.DONE, "")
