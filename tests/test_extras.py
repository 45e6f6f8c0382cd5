"""What an install may leave out is loaded by nothing else, and is missed in one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from planner.extras import EXTRAS, lacking
from tests.robustness.processes import ENVIRONMENT

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HIDDEN = sorted({module for extra in EXTRAS.values() for module in extra.modules})
WITHOUT = """
import json, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in HIDDEN or name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

HIDDEN = json.loads(sys.argv[1])
sys.meta_path.insert(0, Hidden())
from typer.testing import CliRunner
from planner.cli import app

runner, told = CliRunner(), []
for words in json.loads(sys.argv[2]):
    result = runner.invoke(app, words)
    told.append((result.exit_code, result.output))
sys.stdout.write(json.dumps(told))
"""
"""Run verbs in a process in which the extras' modules cannot be found."""


def without_extras(folder: Path, *verbs: list[str]) -> list[tuple[int, str]]:
    """Exit code and output of each verb."""
    command = [sys.executable, "-c", WITHOUT, json.dumps(HIDDEN), json.dumps(verbs)]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=ENVIRONMENT, check=True)
    told: list[Any] = json.loads(run.stdout)
    return [(code, " ".join(output.split())) for code, output in told]


def test_the_base_solves_shows_and_verifies(tmp_path: Path) -> None:
    told = without_extras(
        tmp_path,
        ["--help"],
        ["template", "case.xlsx", "--from", "starter"],
        ["validate", "case.xlsx"],
        ["solve", "case.xlsx", "--grid", "phases", "--out", "plan.xlsx", "--json", "plan.json"],
        ["show", "plan.xlsx"],
        ["verify", "case.xlsx", "plan.xlsx"],
        ["diff", "case.xlsx", "case.xlsx"],
    )
    assert [code for code, _ in told] == [0] * len(told), told


def test_what_is_left_out_is_missed_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "golden.json").write_text("{}", encoding="utf-8")
    told = without_extras(
        tmp_path,
        ["library", "list", "--library", "kept.db"],
        ["library", "export", "out.zip", "--library", "kept.db"],
        ["check", "starter", "--golden", "golden.json"],
        ["app", "starter", "--headless"],
    )
    assert [code for code, _ in told] == [2] * len(told), told
    ends = [output.partition("pip install ")[2] for _, output in told]
    names = ["library", "library", "golden", "app"]
    assert ends == [f"'migration-planner[{name}]'." for name in names]


@pytest.mark.parametrize("name", EXTRAS)
def test_every_extra_can_be_installed(name: str) -> None:
    assert PROJECT["optional-dependencies"][name]


def test_only_what_an_extra_brings_is_missed() -> None:
    assert "migration-planner[library]" in lacking(ModuleNotFoundError(name="sqlalchemy.orm"))
    assert "migration-planner[golden]" in lacking(ModuleNotFoundError(name="planner.golden.check"))
    assert lacking(ModuleNotFoundError(name="sqlalchemy2")) == ""
    assert lacking(ModuleNotFoundError()) == ""
