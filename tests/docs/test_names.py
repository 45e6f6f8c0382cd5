"""Every file and every name of the code that a page for people mentions is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planner.manual.glossary import found
from tests.docs.conftest import PAGES, ROOT

READ = [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
FILE = re.compile(r"(?<![\w./:~-])((?:planner|models|app|tests|inputs|docs|bench)(?:/[\w.-]+)+)(?![\w<*/])")
NAME = re.compile(r"`((?:planner|models|app)(?:\.[A-Za-z_]\w*)+)(?:\([^`]*)?`")


@pytest.mark.parametrize("page", READ, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_and_name_of_ours_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [path for path in FILE.findall(text) if not (ROOT / path.rstrip(".")).exists()] == []
    for name in NAME.findall(text):
        assert found(name) is not None


def test_files_and_names_are_seen() -> None:
    text = "In `planner/plan/plan.py` stands `planner.plan.Plan`; see docs/howto/*.md, `planner.solve(case)`, `planner app`."
    assert FILE.findall(text) == ["planner/plan/plan.py"]
    assert NAME.findall(text) == ["planner.plan.Plan", "planner.solve"]
    with pytest.raises(AttributeError):
        found("planner.plan.Plam")
