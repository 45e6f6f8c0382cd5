"""Recommendations that lead nowhere, ranges out of order, grades that promise too much."""

from typing import Any

import pytest

from planner.case.problems import Problem
from tests.workbook.small import found, small

ROW = {"Id": "R1", "Document": "Plan", "Kind": "reform", "Carried by": "Reforms: reopen ports"}


def tables(**cells: Any) -> dict[str, list[dict[str, Any]]]:
    """The small case with one recommendation."""
    changed = small()
    changed["Recommendations"] = [{**ROW, **cells}]
    return changed


def wrong(case: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str, str]]:
    """Name, severity and cell of the findings."""
    problems: tuple[Problem, ...] = found(case)
    return [(p.check, p.severity, str(p.address)) for p in problems]


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"Carried by": "Reforms: reopen ports; Staff: asylum officer*; people: refused"},
        {"Kind": "context", "Carried by": "", "Reason": "a remark"},
    ],
)
def test_recommendations_that_lead_somewhere_are_left_alone(cells: dict[str, Any]) -> None:
    assert wrong(tables(**cells)) == []


@pytest.mark.parametrize(
    ("cells", "check", "cell"),
    [
        ({"Carried by": "Reforms: reopen port"}, "recommendation-nowhere", "Recommendations!F2"),
        ({"Carried by": "Reform: reopen ports"}, "recommendation-nowhere", "Recommendations!F2"),
        ({"Carried by": "Reforms"}, "recommendation-nowhere", "Recommendations!F2"),
        ({"Carried by": "Recommendations: R1"}, "recommendation-nowhere", "Recommendations!F2"),
        ({"Carried by": ""}, "recommendation-nowhere", "Recommendations!F2"),
        ({"Kind": "context", "Carried by": ""}, "recommendation-reason", "Recommendations!H2"),
    ],
)
def test_recommendations_that_lead_nowhere_are_errors(cells: dict[str, Any], check: str, cell: str) -> None:
    assert wrong(tables(**cells)) == [(check, "error", cell)]


def test_the_nearest_name_is_offered() -> None:
    problems = found(tables(**{"Carried by": "Reforms: reopen port"}))
    assert [p.suggestion for p in problems] == ["reopen ports"]


def test_an_id_twice_is_an_error() -> None:
    case = tables()
    case["Recommendations"].append(dict(ROW))
    assert wrong(case) == [("key-twice", "error", "Recommendations!A3")]


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"Low": 3, "Central": 1, "High": 2}, [("evidence-range", "error")]),
        ({"Low": 0, "Central": 3, "High": 2}, [("evidence-range", "error")]),
        ({"Low": 0, "Central": -1, "High": 2}, [("evidence-range", "error")]),
        ({"Low": 0, "Central": 1, "High": None}, [("evidence-range-missing", "warning")]),
        ({"Low": 0, "Central": 1, "High": 1}, []),
        ({"Low": None, "Central": None, "High": None}, []),
    ],
)
def test_ranges(figures: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    case = small()
    case["Evidence"][0].update(figures)
    assert [(name, severity) for name, severity, _ in wrong(case)] == expected


def test_a_sourced_figure_needs_no_range() -> None:
    case = small()
    case["Evidence"][0].update({"Low": None, "High": None, "Grade": "S"})
    assert wrong(case) == []


@pytest.mark.parametrize(
    ("row", "evidence", "fine"),
    [
        ("S", "A", False),
        ("D", "A", False),
        ("S", "U", False),
        ("S", "D", False),
        ("U", "A", True),
        ("A", "S", True),
        ("D", "S", True),
    ],
)
def test_a_grade_promises_no_more_than_its_source(row: str, evidence: str, fine: bool) -> None:
    case = small()
    case["Evidence"].append({**case["Evidence"][0], "Id": "E002", "Grade": evidence})
    case["Staff"][0].update({"Source": "on board: E002", "Grade": row})
    expected = [] if fine else [("grade-contradicts", "error")]
    assert [(name, severity) for name, severity, _ in wrong(case)] == expected


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ("Pipelines: no such stage", ["Ways!C2"]),
        ("Staff: asylum officer*", ["Ways!C2"]),
        ("Pipelines: interview; Pipelines: inter*", []),
    ],
)
def test_ways_lead_to_rows_that_people_go_through(rows: str, cells: list[str]) -> None:
    case = {**small(), "Ways": [{"Person": "a family", "Way": "asylum", "Rows": rows}]}
    assert [cell for check, _, cell in wrong(case) if check == "way-nowhere"] == cells
