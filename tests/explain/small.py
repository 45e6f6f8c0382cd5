"""Small cases whose answers are known by hand, and the published ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.case import Case
from planner.explain.solved_case import SolvedCase, open_case
from planner.options import Options
from planner.workbook import case_from, read, read_folder

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "inputs" / "starter"
EXACT = Options(gap=1e-9)
PHASES = Options(gap=1e-6, grid="phases")


def published(name: str, *sets: str) -> Case:
    """A case of tests/cases."""
    return case_from(read_folder(ROOT / "tests" / "cases" / name), sets=sets)


def starter(*sets: str) -> Case:
    """The first-lesson case."""
    return read(STARTER, sets=sets)


def solved_of(case: Case, options: Options = EXACT) -> SolvedCase:
    """Solve a case for questions."""
    return open_case(case, options)


def two(better: str, *, floor: float = 0.0, **more: list[dict[str, Any]]) -> Case:
    """Two raw activities that share one ledger: x earns 3 and takes 1, y earns 2 and takes 1; at most 4 of x.

    With `better` less the same numbers are costs, and a rule asks for `floor` units in all.
    """
    tables: dict[str, list[dict[str, Any]]] = {
        "Time": [{"Phase": "P1", "From": "2025-01-01", "Until": "2025-12-31"}],
        "Raw ledgers": [{"Ledger": "hours", "Unit": "hours", "Opening": 10}],
        "Raw activities": [{"Activity": "x", "At most": 4}, {"Activity": "y", "At most": 100}],
        "Raw recipes": [
            {"Activity": "x", "Verb": "use", "Ledger": "hours", "Quantity": 1},
            {"Activity": "y", "Verb": "use", "Ledger": "hours", "Quantity": 1},
        ],
        "Outcomes": [{"Outcome": "worth", "Unit": "points", "Better": better, "Weight": 1}],
        "Outcome terms": [
            {"Outcome": "worth", "Line": "1", "Measure": "units", "Where": "row: x", "Per unit": 3},
            {"Outcome": "worth", "Line": "2", "Measure": "units", "Where": "row: y", "Per unit": 2},
        ],
    }
    if floor:
        tables["Rules"] = [
            {"Rule": "enough", "Measure": "units", "Where": "kind: raw", "Relation": "at least", "Value": floor}
        ]
    for name, rows in more.items():
        tables[name.replace("_", " ")] = tables.get(name.replace("_", " "), []) + rows
    return case_from(tables)
