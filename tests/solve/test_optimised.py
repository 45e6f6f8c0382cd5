"""The planner under python -OO, which drops assertions and docstrings: everything works, help and manual keep their words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.robustness.processes import ENVIRONMENT, ROOT, spoken

STARTER = ROOT / "inputs" / "starter.xlsx"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python with both switched off."""
    return subprocess.run(
        [sys.executable, "-OO", *words],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("solve", "starter", "--grid", "phases", "--out", "plan.xlsx"), "Written: plan.xlsx"),
        (("explain", "starter"), "worth"),
        (("template", "new.xlsx"), "Written: new.xlsx"),
        (("export", "starter", "model.lp"), "Written: model.lp"),
        (("solve", "--help"), "Find the best plan, check it independently"),
    ],
)
def test_a_verb_works_without_docstrings_and_assertions(words: tuple[str, ...], part: str, tmp_path: Path) -> None:
    result = run(tmp_path, "-m", "planner", *words)
    assert result.returncode == 0, result.stderr
    spoken(result)
    assert part in result.stdout


def test_the_manual_is_made_of_docstrings_that_are_kept(tmp_path: Path) -> None:
    code = "from planner.manual.mathematics import page; print(page())"
    result = run(tmp_path, "-c", code)
    assert result.returncode == 0, result.stderr
    assert "The mathematics" in result.stdout or "kernel" in result.stdout.lower()
    assert len(result.stdout) > 10_000
