"""The verb memo: one page for those who decide, as Word and HTML, from the plan workbook alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from typer.testing import Result

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
Planner = Callable[..., Result]


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_both_files_stand_beside_each_other_and_say_what_they_stand_on(planner: Planner, tmp_path: Path) -> None:
    assert planner("solve", STARTER, "--grid", "phases", "--quiet", "--out", "mine.xlsx").exit_code == 0
    result = planner("memo", "mine.xlsx")
    assert result.exit_code == 0, result.output
    assert "(grid phases, no scenario, no changes)" in result.stdout
    assert "Written: mine_memo.docx" in result.stdout
    word = Document(io.BytesIO((tmp_path / "mine_memo.docx").read_bytes()))
    html = (tmp_path / "mine_memo.html").read_text(encoding="utf-8")
    for title in ("What it gives", "What it costs", "What is not kept", "What it rests on", "What is asked"):
        assert title in [p.text for p in word.paragraphs]
        assert f"<h2>{title}</h2>" in html
    assert "An independent recomputation from the workbook" in html
    quiet = planner("memo", "mine.xlsx", "--out", "other.html", "--quiet")
    assert (quiet.exit_code, quiet.output) == (0, "")
    assert (tmp_path / "other.html").read_text(encoding="utf-8") == html


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((STARTER,), "is a case, not a plan: 'planner solve' makes one"),
        ((STARTER, "--out", "memo.pdf"), "must end in .docx or .html"),
        (("nowhere.xlsx",), "There is no file"),
    ],
)
def test_what_has_no_memo_is_one_sentence(planner: Planner, words: tuple[object, ...], said: str) -> None:
    result = planner("memo", *words)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
