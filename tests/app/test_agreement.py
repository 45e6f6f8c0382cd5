"""The app, its files and the command line agree on every figure of the starter, on the workbook's own grid."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from app.charts.widgets import plain
from app.report.briefing import Brief, document
from app.session.store import Source, Wish, key_of, plan_path
from app.views import plan as plan_page
from planner.cli import app
from planner.plan import Plan
from planner.results import headline
from planner.results.division import PARTS, UNITS
from planner.results.views import division
from planner.results.workbook import workbook_bytes
from planner.wording.figures import figure
from planner.workbook import read
from tests.app.conftest import read_words

Open = Callable[..., AppTest]
OWN = ("seconds", "solved_at", "options", "seal")
"""What belongs to one run and is no figure of the plan."""
PAGES = ("Summary", "The division", "Money", "Officers", "Queues", "Visas and quotas", "Reforms", "People", "Rules",
         "Outcomes")  # fmt: skip


@pytest.fixture(scope="module")
def command(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `planner solve` writes of the starter, with no option but where to."""
    folder = tmp_path_factory.mktemp("command")
    words = ["solve", starter, "--out", folder / "plan.xlsx", "--json", folder / "plan.json", "--quiet"]
    made = CliRunner().invoke(app, [str(word) for word in words])
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture(scope="module")
def told(command: Path) -> dict[str, Any]:
    """Its JSON."""
    found: dict[str, Any] = json.loads((command / "plan.json").read_text(encoding="utf-8"))
    return found


def leaves(found: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its place."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield from leaves(value, f"{place}/{name}")
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from leaves(value, f"{place}/{number}")
    else:
        yield place, found


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same but for the last digits."""
    if isinstance(one, float | int) and isinstance(other, float | int) and not isinstance(one, bool):
        return one == pytest.approx(other, rel=1e-9, abs=1e-9)
    return bool(one == other)


def test_the_json_of_the_app_is_that_of_the_command_line(told: dict[str, Any], solved: Plan, source: Source) -> None:
    mine = json.loads(plan_page._json(read(source.path), solved))
    assert mine["grid"] == told["grid"] == "default"
    for name in OWN:
        mine.pop(name, None)
    theirs = {name: value for name, value in told.items() if name not in OWN}
    assert set(mine) == set(theirs)
    ours, others = dict(leaves(mine)), dict(leaves(theirs))
    assert set(ours) == set(others)
    assert [(place, ours[place], others[place]) for place in ours if not same(ours[place], others[place])] == []


def test_the_workbook_of_the_app_is_that_of_the_command_line(command: Path, solved: Plan, source: Source) -> None:
    mine = openpyxl.load_workbook(io.BytesIO(workbook_bytes(read(source.path), solved)), read_only=True)
    theirs = openpyxl.load_workbook(command / "plan.xlsx", read_only=True)
    for page in PAGES:
        rows = [list(book[page].iter_rows(values_only=True)) for book in (mine, theirs)]
        pairs = [(a, b) for one, other in zip(*rows, strict=True) for a, b in zip(one, other, strict=True)]
        assert [pair for pair in pairs if not same(*pair)] == [], page
    mine.close()
    theirs.close()


def test_start_shows_the_headline_of_the_command_line(opened: Open, told: dict[str, Any]) -> None:
    at = opened("Start")
    said = read_words(at)
    assert told["stands_on"]["line"] in said
    assert told["status_sentence"] in said
    table = next(t.value for t in at.main.table if "Plan" in t.value.columns)
    shown = dict(zip(table.index, table["Plan"], strict=True))
    rows = told["headline"]["outcomes"]
    assert {row["Outcome"]: figure(row["Plan total"], row["Unit"]) for row in rows} == shown
    for row in rows[:2]:
        assert f"**{figure(row['Plan total'], row['Unit'])}**" in said


def test_totals_that_differ_are_bridged_on_start() -> None:
    """With a discount the outcome is less than all bills: the page says what lies between the two."""

    def page() -> None:
        import planner
        from app.views.start import totals
        from planner.inputs_path import inputs_path

        case = planner.read(inputs_path("starter"), sets=["Outcomes!public money.Discount=0.1"])
        totals(case, planner.solve(case, planner.Options(grid="phases")))

    at = AppTest.from_function(page, default_timeout=120).run()
    assert not at.exception
    lines = list(at.table[0].value.index)
    assert lines[0] == plain("Money by country (all bills)")
    assert lines[-1] == plain("= public money (sheet Outcomes)")


def test_plan_shows_the_division_of_the_command_line(opened: Open, told: dict[str, Any]) -> None:
    at = opened("Plan", part="The division")
    assert told["stands_on"]["line"] in read_words(at)
    heads = [str(one.value) for one in at.main.subheader]
    whole = {row["What"]: row["Plan total or average"] for row in told["headline"]["divided"]}
    assert len(heads) == len(whole) == len(PARTS)
    for part, head in zip(PARTS, heads, strict=True):
        name = head.partition(":")[0]
        assert head.endswith(f": {figure(whole[name], UNITS[part])} {UNITS[part]}")


def test_the_briefing_says_the_figures_of_the_command_line(told: dict[str, Any], solved: Plan, source: Source) -> None:
    case = read(source.path)
    text = document(
        Brief(case, solved, "starter", "planner solve starter", source.title, source.sha256,
              made=datetime(2026, 1, 2, 3, 4))
    )  # fmt: skip
    assert told["stands_on"]["line"] in text
    head = headline(solved, case)
    for row in told["headline"]["outcomes"]:
        mine = head.loc[head["Outcome"] == row["Outcome"], "Plan total"].iloc[0]
        assert figure(mine) == figure(row["Plan total"])
        assert f">{figure(row['Plan total'])}<" in text, row["Outcome"]
    for part, rows in division(case, solved).items():
        whole = "Plan average" if part == "officers" else "Plan total"
        for value in rows[whole][rows[whole].abs() > 1e-9]:
            assert f">{figure(value)}<" in text, part


def test_the_plan_of_the_app_is_kept_under_the_workbooks_own_grid(solved: Plan, source: Source) -> None:
    assert solved.record.grid == read(source.path).grid().name
    assert plan_path(key_of(source, Wish())).is_file()
