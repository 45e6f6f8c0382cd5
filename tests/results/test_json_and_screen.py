from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rich.console import Console

from planner.plan import Status
from planner.results import PlanFile, headlines, show, to_json, write_workbook
from planner.results.headlines import dumps, loads
from planner.wording.figures import MISSING, change, figure

KEYS = (
    "status",
    "objective",
    "bound",
    "gap",
    "verified",
    "outcomes",
    "totals",
    "rows",
    "columns",
    "nonzeros",
    "binaries",
    "seconds",
    "input_sha256",
    "versions",
    "switches",
    "rules_binding",
    "by_country",
)


def test_json_has_what_other_programs_ask_for(case, plan):
    found = to_json(case, plan)
    assert set(KEYS) <= set(found)
    assert found["outcomes"][0] == {
        "name": "cost",
        "value": 5.1,
        "unit": "USD million",
        "last_actual_a_year": None,
        "continuation": None,
        "doing_nothing": None,
        "previous": None,
        "points": 5.1,
    }
    assert found["totals"]["money"]["budget"] == pytest.approx({"P1": 0.6, "P2": 2.0, "P3": 2.5})
    assert found["totals"]["visas"] == {"P1": 50.0, "P2": 400.0, "P3": 500.0, "plan": 950.0}
    assert found["totals"]["slots"]["plan"] == 150.0
    assert found["switches"] == [{"switch": "reform:agreement", "kind": "reform", "date": "2025-01-01"}]
    assert found["rules_binding"][0]["rule"] == "interviews at least"
    assert found["by_country"]["money"]["Southland"]["plan"] == pytest.approx(1.6)


def test_json_is_finite_and_always_the_same(case, plan):
    odd = replace(plan, objective=float("nan"), bound=float("inf"))
    text = json.dumps(to_json(case, odd), allow_nan=False)
    assert json.loads(text)["objective"] is None
    assert json.loads(text)["bound"] is None
    assert text == json.dumps(to_json(case, odd), allow_nan=False)


def test_json_without_a_plan_has_the_same_keys(case, plan):
    bare = replace(plan, status=Status.INFEASIBLE, tables={}, objective=None, bound=None, gap=None, verified=None)
    found = to_json(case, bare)
    assert list(found) == list(to_json(case, plan))
    assert found["outcomes"] == []
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("width", [80, 100])
def test_the_screen_says_the_answer_first_and_fits(case, plan, width):
    console = Console(width=width)
    with console.capture() as captured:
        console.print(show(headlines(case, plan)))
    lines = captured.get().splitlines()
    assert max(len(line) for line in lines) <= width
    assert lines[1].startswith("Proven: no other plan")
    text = captured.get()
    assert "5,100" in text
    assert "+4,000" in text
    assert "What it divides" in text


def test_the_screen_shows_markup_as_text(case, plan):
    console = Console(width=100)
    with console.capture() as captured:
        console.print(show(headlines(replace(case, name="[red]x[/red] [/]"), plan)))
    assert "[red]x[/red] [/]" in captured.get()


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.UNBOUNDED, Status.NO_PLAN])
def test_the_screen_without_a_plan(case, plan, status):
    console = Console(width=100)
    with console.capture() as captured:
        bare = replace(plan, status=status, tables={}, gap=None, verified=None)
        console.print(show(headlines(case, bare)))
    assert "the gap of 0.8 %" in captured.get()


def test_a_plan_workbook_carries_its_headline(case, plan, tmp_path):
    write_workbook(case, plan, tmp_path / "p.xlsx")
    assert PlanFile.open(tmp_path / "p.xlsx").headlines == headlines(case, plan)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phases", -1e300), ("phases", "P1"), ("phases", [1]), ("title", None), ("answer", ["x"]), ("outcomes", [1]),
        ("outcomes", [{"Outcome": "x"}]), ("divided", [{"Unit": "x", "Plan total or average": "many"}]),
        ("bridges", 3), ("notes", "none"), ("held_back", [None]),
    ],
)  # fmt: skip
def test_a_headline_of_another_kind_is_refused(case, plan, name, value):
    parts = dumps(headlines(case, plan))
    assert loads(parts) == headlines(case, plan)
    with pytest.raises((KeyError, TypeError, ValueError)):
        loads({**parts, name: json.dumps(value)})


def test_figures_are_written_for_people():
    assert figure(1234.6, "people") == "1,235"
    assert figure(12.34, "USD million") == "12.34"
    assert figure(0.25, "index") == "0.25"
    assert figure(None) == MISSING
    assert change(-0.0001, "USD million") == "no change"
    assert change(5.0, "people") == "+5"
