"""Names that would steer a terminal or turn its reading around are printed as marks, by every verb."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from typer.testing import CliRunner

from planner.cli import app
from planner.cli.terminal import SafeConsole
from planner.signs import json_safe, visible
from tests.robustness.processes import ROOT

ORDERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
EVIL = "Bor\x1b]0;gone\x07der \x9b31mpo\u202estd\u2066"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter with a name full of orders, as tables, beside a plan of it."""
    path = tmp_path_factory.mktemp("evil")
    shutil.copytree(ROOT / "inputs" / "starter", path / "case")
    for table in (path / "case").glob("*.csv"):
        table.write_bytes(table.read_bytes().replace(b"Border post", EVIL.encode()))
    return path


VERBS = [
    ("validate", "case"),
    ("validate", "case", "--set", f"Sites!{EVIL}.Capacity=many"),
    ("solve", "case", "--grid", "phases", "--out", "plan.xlsx"),
    ("show", "case"),
    ("show", "plan.xlsx"),
    ("textconv", "case"),
    ("diff", "case", "plan.xlsx"),
    ("explain", "case"),
    ("explain", "case", "--why", f"Sites!{EVIL}"),
    ("override", "case", "--forbid", f"Sites!{EVIL}"),
    ("check", "case", "--golden", str(ROOT / "tests" / "golden" / "starter_phases.json")),
    ("solve", "case", "--grid", "phases", "--json", "-"),
    ("solve", EVIL),
]


@pytest.mark.parametrize("words", VERBS, ids=lambda words: " ".join(words[:1]))
def test_no_order_reaches_the_terminal(words: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, words)
    assert not ORDERS.findall(result.output), result.output
    assert "Traceback" not in result.output
    if words[0] in ("textconv", "override") or (len(words) == 2 and words[1] == EVIL):
        assert "<U+009B>" in result.output


@given(st.text())
def test_marks_are_harmless_and_other_signs_stay(text: str) -> None:
    shown = visible(text)
    assert not ORDERS.findall(shown)
    assert visible(shown) == shown
    assert all(sign in shown for sign in text if sign.isalnum())
    written = json_safe(json.dumps({"name": text}, ensure_ascii=False))
    assert not ORDERS.findall(written)
    assert json.loads(written) == {"name": text}


def test_the_console_shows_names_as_they_are_written() -> None:
    console = SafeConsole(markup=False, emoji=False, width=60)
    table = Table("name")
    table.add_row("[red]port[/red] :bomb: \x1b[31m")
    with console.capture() as taken:
        console.print(table)
        console.print("[bold]x[/bold] \x9bx", style="bold")
    assert "[red]port[/red] :bomb: <U+001B>[31m" in taken.get()
    assert "[bold]x[/bold] <U+009B>x" in taken.get()
