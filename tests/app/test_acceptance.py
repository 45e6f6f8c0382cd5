"""Checks of a demanding analyst that belong to no single page: the same words, the same figures, everywhere."""

import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from app.session.levers import levers
from app.session.store import Source
from app.shell import state
from planner.cli import app as command
from planner.plan import Plan
from planner.results import headline, status_sentence
from planner.wording.figures import figure
from planner.workbook import read
from tests.app.conftest import read_words, settle, wait_for_plan

Open = Callable[..., AppTest]


def test_11_every_lever_shows_current_policy_range_reason_and_source(opened: Open, source: Source) -> None:
    at = opened()
    for lever in levers(read(source.path)):
        told = at.slider(key=lever.key).help.replace("\\", "")
        assert f"Current policy: {figure(lever.total())} {lever.unit}" in told
        assert "Allowed:" in told
        assert "have no source" in told
        assert f"Source: {lever.source}" in told


def test_25_the_status_is_a_plain_sentence(opened: Open, solved: Plan) -> None:
    said = read_words(opened())
    assert status_sentence(solved).split(":")[0] in said
    assert "An independent recomputation" in said


def test_26_the_same_inputs_show_the_same_figures(opened: Open) -> None:
    settle(opened("Plan", part="The division"), "baselines")  # current policy is worked out once, in a worker
    pages = [opened("Plan", part="The division") for _ in range(2)]
    tables = [[table.value.to_csv() for table in at.main.dataframe] for at in pages]
    assert tables[0] == tables[1]
    assert any(sign.isdigit() for sign in "".join(tables[0]))
    assert [m.value for m in pages[0].main.metric] == [m.value for m in pages[1].main.metric]


@pytest.mark.parametrize("query", [{}, {"funds": "95.0", "scenario": "surge"}])
def test_95_the_command_on_the_page_gives_the_headline_of_the_page(
    opened: Open, tmp_path: Path, query: dict[str, str], source: Source
) -> None:
    at = opened(**query)
    at = wait_for_plan(at)
    words = shlex.split(at.sidebar.code[-1].value.replace("\\\n", " "))
    assert words[0] == "planner"
    out = tmp_path / "plan.json"
    result = CliRunner().invoke(
        command, [*words[1:], "--json", str(out), "--out", str(tmp_path / "plan.xlsx"), "--quiet"]
    )
    assert result.exit_code == 0, result.output
    content = json.loads(out.read_text(encoding="utf-8"))
    shown = at.session_state["shown"]
    plan = state.plan_at(shown.key)
    assert content["objective"] == pytest.approx(plan.objective, rel=1e-12)
    case = read(source.path, scenario=shown.wish.scenario, sets=shown.wish.sets)
    head = headline(plan, case)
    first = head[head["Headline"] == "protection"].iloc[0]
    assert figure(first["Plan total"]) in read_words(at)
    told = {o["name"]: o["value"] for o in content["outcomes"]}
    assert told[first["Outcome"]] == pytest.approx(first["Plan total"], rel=1e-12)


def test_96_the_page_and_the_command_report_the_same_errors_in_the_same_words(
    opened: Open, starter: Path, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(starter)
    sheet = book["Staff"]
    column = next(c for row in sheet.iter_rows() for c in row if c.value == "In post")
    sheet.cell(column.row + 1, column.column).value = "many"
    sheet.cell(column.row + 2, column.column).value = -3
    stream = io.BytesIO()
    book.save(stream)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(stream.getvalue())
    out = tmp_path / "problems.json"
    CliRunner().invoke(command, ["validate", str(broken), "--json", str(out)])
    problems = [p for p in json.loads(out.read_text(encoding="utf-8"))["problems"] if p["severity"] == "error"]
    at = opened("Data")
    at.file_uploader(key="upload").set_value(("broken.xlsx", stream.getvalue(), "")).run()
    said = " ".join(read_words(at).split()).casefold()
    assert len(problems) == 2
    for problem in problems:
        assert " ".join(problem["found"].split()).casefold() in said
        assert " ".join(problem["mend"].split()).casefold() in said
