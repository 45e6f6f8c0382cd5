"""The files that drive CI name only what exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ALL = [*FLOWS, ROOT / ".pre-commit-config.yaml", ROOT / ".ci" / "run"]


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.name)
def test_every_target_and_file_that_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    named = {t for line in commands for t in re.findall(r"\bmake (\w+)", line)}
    assert named <= targets
    for file in re.findall(r"\b(?:tests|inputs)/[\w/.]+\.\w+", text):
        assert (ROOT / file).exists(), file
    for module in re.findall(r"python -m (tests\.[\w.]+)", text):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), module


@pytest.mark.parametrize("path", FLOWS, ids=lambda p: p.name)
def test_every_job_is_bounded_and_may_only_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("timeout-minutes:") == text.count("runs-on:")
    assert "contents: read" in text
    assert "write" not in re.sub(r"#.*", "", text)
    assert set(re.findall(r"uses: [\w/-]+@(\S+)", text)) <= {"v4", "v5"}


def test_every_supported_python_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    supported = {c.rpartition(" ")[2] for c in project["classifiers"] if re.search(r"Python :: 3\.\d+", c)}
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    (matrix,) = re.findall(r"python: (\[.*\])", text)
    assert set(re.findall(r"3\.\d+", matrix)) == supported


def test_the_golden_job_checks_what_the_repository_guards() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    pairs = re.findall(r"(\w+):(starter|blueprint)\b", text)
    assert len(pairs) == 3
    for golden, case in pairs:
        assert (ROOT / "tests" / "golden" / f"{golden}.json").exists()
        assert (ROOT / "inputs" / f"{case}.xlsx").exists()
