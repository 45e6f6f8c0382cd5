"""What a message says is done literally, and the finding is gone: every recipe whose mend is an edit of cells."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.case.problems import Problem
from planner.cells.meanings import plain_number
from planner.sheets import BY_NAME, columns
from planner.workbook import check
from planner.workbook.reader import load_bytes
from tests.broken.surgery import Book
from tests.broken.test_broken import BROKEN, base, make

__all__ = ["base"]

DELETED = object()
"""A row that is deleted."""

FOLLOWED: dict[str, dict[str, Any]] = {
    "words where a number belongs": {"Staff!E5": 12.0},
    "a unit beside the number": {"Staff!E5": 12.0},
    "a cost below zero": {"Programmes!H6": 0.0},
    "a share of a hundred and fifty": {"Sites!G5": 0.25},
    "an output of zero": {"Pipelines!K5": 0.5},
    "a number with too many zeros": {"Effects!H5": 2.0},
    "a tick where a number belongs": {"Sites!F5": 25.0},
    "a broken formula": {"Sites!F5": 25.0},
    "a formula that nobody calculated": {"Sites!F5": 25.0},
    "a year where a date belongs": {"Reforms!F6": date(2025, 1, 20)},
    "a name where a date belongs": {"Reforms!G6": date(2027, 1, 20)},
    "a plan of two hundred years": {"Time!D7": date(2027, 12, 31)},
    "neither yes nor no": {"Sites!E5": "no"},
    "a blank that must be filled": {"Pipelines!D5": "waiting at the border"},
    "a scenario that multiplies by a formula that nobody calculated": {"Scenario changes!F6": 0.5},
    "a row without its name": {"Scenarios!A6": "late budget"},
    "a row twice": {"Staff!7": DELETED},
    "a station without the cadre": {"Pipelines!J5": "Border post"},
    "a fiscal year that starts in month 13": {"Funding!I5": "10-01"},
    "a fiscal year that starts every four years": {"Quotas!E5": "10-01"},
    "a setting of the wrong kind": {"Settings!B6": "100"},
    "a grid without end": {"Settings!B8": "every 30 days"},
    "a selection that cannot be read": {"Outcome terms!D8": "country: Southland, Northland"},
    "a source that is not on sheet Evidence": {"Sites!Q5": "E01"},
    "a name with a semicolon in it": {"Places!A9": "Hill and Dale"},
    "a change of a column that does not exist": {"Scenario changes!D5": "Arrivals"},
    "a previous plan of a sheet without plans": {
        "Previous plan!A5": "Programmes",
        "Previous plan!B5": "recruitment support",
    },
    "people who vanish": {"Pipelines!X5": 0.45},
    "people who come from nowhere": {"Programmes!W6": "at risk in Southland"},
    "a gap between phases": {"Time!C6": date(2025, 4, 11)},
    "a site that can never open": {"Sites!H6": "period"},
    "a reform that waits for itself": {"Reforms!O5": ""},
    "reforms that wait for each other": {"Reforms!O5": ""},
    "growth from nothing": {"Programmes!M6": 10.0},
    "more asked for than is allowed": {"Programmes!I6": 3000.0},
    "work that takes no time": {"Pipelines!K5": 200.0},
    "a curve with a missing stretch": {"Curves!B6": 2.0},
    "half a match": {"Funding!K5": ""},
    "a set-aside larger than its pool": {"Quota by phase!D8": 1000.0},
    "futures more certain than certain": {"Scenarios!C6": 0.1},
    "a scenario with a negative capacity": {"Scenario changes!F6": 0.5},
    "a plan without a purpose": {"Outcomes!G5": 1.0},
    "an outcome made of nothing": {"Outcomes!10": DELETED},
    "one name for two things": {"Programmes!A7": "another name"},
    "a programme without a largest pace": {"Programmes!J6": 4000.0},
    "a capacity that is used up": {"Raw recipes!B5": "occupy"},
    "a floor above a cap": {"Rules!F8": 6.0},
    "a quorum larger than the coalition": {"Settings!B8": "2"},
    "a figure with three hundred noughts": {"Staff!E5": 12.0},
    "the sum of a column as a row": {"Appropriations!11": DELETED},
    "a note below a table": {"Staff!A7": "# * figures of 2024"},
    "a share that a formula leaves a little above all": {"Movements!C5": 0.9},
    "softening by nobody": {"Effects!G5": "interview at the border"},
}
"""Cells that a reader of the message would write, where it does not name the value itself; 'Sheet!7' is a row."""

ELSEWHERE = {
    "no sheet Outcome terms": "a whole sheet is to be added",
    "sheet Time misspelt": "a sheet is to be renamed",
    "Rules under the name of a page of the planner": "a sheet is to be renamed",
    "Arrivals under the name of a page of the planner": "a sheet is to be renamed",
    "a sheet twice": "a sheet is to be deleted",
    "a sheet without rows": "rows are to be thought of",
    "a sheet without a header": "a header is to be written",
    "a column that is needed is not there": "a column is to be added",
    "a header misspelt": "a header is to be renamed",
    "a column twice": "a column is to be deleted",
    "merged cells": "cells are to be unmerged",
    "people sent back before the decision": "a caseload is to be thought of",
    "a right that is broken on day one": "a right is to be weighed",
    "a phase that ends before it begins": "dates are to be thought of",
    "a pulse of money": "another effect is to be thought of",
    "a place whose country is a port": "followed by its suggestion below",
    "the worst-off among nobody": "a column is to be filled in",
    "a share of itself": "a selection is to be thought of",
    "a bill that nobody may pay": "an account is to be widened",
    "floors above the money": "what is wanted is to be weighed",
    "more interviews than officers could hold": "what is wanted is to be weighed",
    "reforms dearer than the government's credit": "what is wanted is to be weighed",
}
"""Recipes whose mend is more than an edit of cells, and why."""

CELLS = {name: recipe for name, recipe in BROKEN.items() if "file" not in recipe}


def meant(problem: Problem, name: str) -> dict[str, Any]:
    """The edits that a message asks for: what the table says, the suggestion, or the first value after 'Write'."""
    if name in FOLLOWED:
        return FOLLOWED[name]
    text = problem.suggestion
    if not text:
        found = re.search(r"Write (-?[\d.]+)", problem.mend)
        text = found[1].rstrip(".") if found else ""
    assert text, f"nobody can follow {problem.mend!r}: name the value, or put the recipe into a table above"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return {str(problem.address): date.fromisoformat(text)}
    number = plain_number(text)
    if problem.check == "selection-nothing":
        text = f"state: {text}"
    if problem.check == "selection-field":
        text = f"{text}: waiting"
    if problem.check.startswith("change-") and number is None:
        return {_change_cell(problem): text}
    if problem.check == "staff-unknown":
        text = text.partition(" / ")[0]
    return {str(problem.address): text if number is None else number}


def _change_cell(problem: Problem) -> str:
    """The cell of a scenario's change that names what does not exist; its finding stands at the row's value."""
    letter = {"change-sheet": "B", "change-row": "C", "change-column": "D"}[problem.check]
    return f"Scenario changes!{letter}{problem.address.row}"


@pytest.mark.parametrize("name", [name for name in CELLS if name not in ELSEWHERE])
def test_the_mend_works_when_it_is_followed(name: str, base: bytes, tmp_path: Path) -> None:
    recipe = CELLS[name]
    path = make(base, recipe, tmp_path)
    _, problems = check(path)
    serious = [p for p in problems if p.check == recipe["check"] and str(p.address) == recipe["cell"]]
    assert serious
    book = Book(path.read_bytes())
    for place, value in meant(serious[0], name).items():
        sheet, _, cell = place.partition("!")
        if value is DELETED:
            book.put(sheet, int(cell), {})
            continue
        letters, row = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()  # type: ignore[union-attr]
        book.set(sheet, int(row), letters, value)
    path.write_bytes(book.bytes())
    _, after = check(path)
    left = [str(p) for p in after if p.severity != "warning"]
    assert not left, left


def test_every_recipe_is_followed_or_says_why_not() -> None:
    assert set(FOLLOWED) <= set(CELLS)
    assert set(ELSEWHERE) <= set(CELLS)
    assert not set(FOLLOWED) & set(ELSEWHERE)
    assert len(CELLS) - len(ELSEWHERE) >= 70


def test_every_refusal_of_a_cell_names_its_cell(base: bytes, tmp_path: Path) -> None:
    """No Python in a sentence, and sheet and cell wherever a recipe changes one."""
    for name, recipe in CELLS.items():
        _, problems = check(make(base, recipe, tmp_path))
        for problem in problems:
            assert not re.search(r"\b[A-Za-z]+\([a-z_]+=|\bNone\b|\bnan\b|<[a-z]+ object", str(problem)), (
                name,
                str(problem),
            )
            if problem.severity == "error" and ("set" in recipe or "add" in recipe):
                assert problem.address.row, (name, str(problem))
                assert problem.address.column, (name, str(problem))


def test_letters_of_columns_stand_where_the_table_says(base: bytes) -> None:
    """The table above names cells by address; a column that is added moves them, and this says which."""
    tables = load_bytes(base).tables
    letters = {
        "Pipelines": {"Duty station": "J", "Takes from": "D", "Cases per staff-year": "K"}, "Sites": {"Opening dates": "H", "Capacity": "F"},
        "Scenario changes": {"Sheet": "B", "Row": "C", "Column": "D", "Value": "F"}, "Staff": {"In post": "E"},
    }  # fmt: skip
    for sheet, wanted in letters.items():
        table = tables[BY_NAME[sheet]]
        fields = {c.name: c.field for c in columns(BY_NAME[sheet])}
        assert {name: table.letters[fields[name]] for name in wanted} == wanted
