"""A small case as plain rows; tests change one thing at a time."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from planner.case.problems import Problem
from planner.workbook import check, check_tables, write_template

SOURCED = {"Source": "E001", "Grade": "A"}

SMALL: dict[str, list[dict[str, Any]]] = {
    "Settings": [{"Setting": "case name", "Value": "Small"}, {"Setting": "fiscal year starts", "Value": "10-01"}],
    "Time": [
        {"Phase": "P1", "From": date(2021, 1, 20), "Until": date(2021, 9, 30)},
        {"Phase": "P2", "From": date(2021, 10, 1), "Until": date(2022, 9, 30)},
    ],
    "Places": [
        {"Place": "United States"},
        {"Place": "Honduras", "People in need": 900_000.0, **SOURCED},
        {"Place": "El Paso", "Kind": "port of entry", "Country": "United States"},
        {"Place": "San Ysidro", "Kind": "port of entry", "Country": "United States"},
        {"Place": "Choluteca", "Kind": "city", "Country": "Honduras"},
    ],
    "Groups": [{"Group": "families", "Vulnerable": "yes"}],
    "Funding": [{"Account": "operations", "Purposes": "processing; care", "Places": "United States; Honduras"}],
    "Appropriations": [
        {"Account": "operations", "Phase": "P1", "Amount": 20.0, **SOURCED},
        {"Account": "operations", "Phase": "P2", "Amount": 30.0, **SOURCED},
    ],
    "Staff": [
        {
            "Cadre": "asylum officer",
            "Duty station": "El Paso",
            "Purpose": "processing",
            "In post": 20.0,
            "Attrition": 0.1,
            "Salary": 120_000.0,
            **SOURCED,
        },
        {
            "Cadre": "asylum officer",
            "Duty station": "San Ysidro",
            "Purpose": "processing",
            "In post": 15.0,
            "Attrition": 0.1,
            "Salary": 120_000.0,
            **SOURCED,
        },
    ],
    "People": [
        {
            "People": "waiting at El Paso",
            "Place": "El Paso",
            "Origin": "Honduras",
            "State": "waiting",
            "At start": 4_000.0,
            "Purpose": "care",
            **SOURCED,
        },
        {"People": "protected", "Place": "United States", "State": "protected"},
        {"People": "refused", "Place": "United States", "State": "refused"},
    ],
    "Pipelines": [
        {
            "Stage": "interview",
            "Pipeline": "asylum",
            "Line of action": "border",
            "Takes from": "waiting at El Paso",
            "Place": "El Paso",
            "Purpose": "processing",
            "Unit cost": 300.0,
            "Cadre": "asylum officer",
            "Cases per staff-year": 400.0,
            "To 1": "protected",
            "Share 1": 0.6,
            "To 2": "refused",
            "Share 2": 0.4,
            "Needs": "reopen ports",
            **SOURCED,
        },
    ],
    "Reforms": [
        {"Reform": "reopen ports", "Line of action": "border", "Lead time": 10.0, "Political capital": 5.0, **SOURCED}
    ],
    "Rules": [
        {
            "Rule": "ports",
            "Measure": "units",
            "Where": "line of action: border; country: United States",
            "Relation": "at most",
            "Value": 9_000.0,
            "From": date(2021, 1, 20),
            **SOURCED,
        },
    ],
    "Outcomes": [{"Outcome": "safe", "Unit": "people", "Weight": 1.0, **SOURCED}],
    "Outcome terms": [
        {
            "Outcome": "safe",
            "Line": "1",
            "Measure": "people in",
            "Where": "state: protected",
            "Per unit": 1.0,
            **SOURCED,
        }
    ],
    "Scenarios": [{"Scenario": "fewer officers", "Probability": 0.3, **SOURCED}],
    "Scenario changes": [
        {
            "Scenario": "fewer officers",
            "Sheet": "Staff",
            "Row": "asylum officer*",
            "Column": "In post",
            "Change": "multiply",
            "Value": 0.5,
        },
    ],
    "Evidence": [
        {
            "Id": "E001",
            "Statement": "Everything here is made up",
            "Source": "Nobody",
            "Grade": "A",
            "Central": 1,
            "Low": 0,
            "High": 2,
        }
    ],
}


def small() -> dict[str, list[dict[str, Any]]]:
    """A copy to change."""
    return deepcopy(SMALL)


def found(tables: dict[str, list[dict[str, Any]]], **options: Any) -> tuple[Problem, ...]:
    """Problems of plain rows."""
    return check_tables(tables, **options)[1]


def names(problems: tuple[Problem, ...]) -> list[str]:
    """Names of the checks that spoke."""
    return [p.check for p in problems]


def changed(sheet: str, row: int, column: str, value: Any) -> tuple[Problem, ...]:
    """Problems of the small case with one cell changed."""
    tables = small()
    tables[sheet][row][column] = value
    return found(tables)


def book(folder: Path, tables: dict[str, list[dict[str, Any]]] | None = None) -> Path:
    """The small case as a workbook."""
    path = folder / "small.xlsx"
    write_template(path, tables or small())
    return path


def file_problems(path: Path) -> tuple[Problem, ...]:
    """Problems of a file."""
    return check(path)[1]
