"""The starter as plain rows, and edits of single cells: what a test changes is all that it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from planner.case.problems import Problem
from planner.sheets import BY_NAME, columns
from planner.workbook import check_tables, read_folder

STARTER = Path(__file__).parents[2] / "inputs" / "starter"

Tables: TypeAlias = dict[str, list[dict[str, Any]]]
Edit: TypeAlias = tuple[str, str, Mapping[str, Any]]
"""Sheet, key of the row ('' for a new row), cells by column header; None blanks a cell."""


@cache
def _starter() -> Tables:
    """The starter's rows by sheet, in columns' headers."""
    tables: Tables = {}
    for sheet, table in read_folder(STARTER).items():
        names = {c.field: c.name for c in columns(sheet)}
        tables[sheet.SHEET] = [{names[field]: value for field, value in row.values.items()} for row in table.rows]
    return tables


def starter() -> Tables:
    """A fresh copy of the starter's rows."""
    return deepcopy(_starter())


def key_of(sheet: str, row: Mapping[str, Any]) -> str:
    """Key of a plain row."""
    parts = [row.get(c.name) for c in columns(BY_NAME[sheet]) if c.key]
    return " / ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in parts if part)


def edited(*edits: Edit) -> Tables:
    """The starter with some edits; a new row gets a source and a grade, so that it draws no warning for lacking them."""
    tables = starter()
    for sheet, key, cells in edits:
        rows = tables.setdefault(sheet, [])
        if not key:
            known = {c.name for c in columns(BY_NAME[sheet])}
            rows.append({"Source": "E01", "Grade": "A", **cells} if "Source" in known else dict(cells))
            continue
        row = next((row for row in rows if key_of(sheet, row) == key), None)
        assert row is not None, f"sheet {sheet} of the starter has no row '{key}'"
        row.update(cells)
    return {sheet: [{k: v for k, v in row.items() if v is not None} for row in rows] for sheet, rows in tables.items()}


def without(tables: Tables, *sheets: str) -> Tables:
    """Tables without some sheets."""
    return {name: rows for name, rows in tables.items() if name not in sheets}


def found(edits: Sequence[Edit]) -> tuple[Problem, ...]:
    """Everything that is said about the starter with some edits."""
    _, problems = check_tables(edited(*edits))
    return problems
