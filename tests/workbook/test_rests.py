"""What a formula leaves instead of nought is read as nought, with a warning that names the cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cells.cells import type_cell
from planner.sheets import BY_NAME, Column, columns
from planner.workbook import finish, load

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
RESTS = (1e-17, -5.6e-17, 7.3e-13, -7.3e-13, 1e-10)


def column(sheet: str, name: str) -> Column:
    return next(c for c in columns(BY_NAME[sheet]) if c.name == name)


@pytest.mark.parametrize("value", [*RESTS, 1e-8, 1e-6, -1e-6])
@pytest.mark.parametrize(
    ("sheet", "name"),
    [
        ("Sites", "Running cost"), ("Pipelines", "Days at site"), ("Programmes", "Spread"), ("Effects", "Lag"),
        ("Staff", "Attrition"), ("Movements", "Share a year"), ("Staff", "Trainer days"), ("Appropriations", "Amount"),
        ("People", "At start"),
    ],
)  # fmt: skip
def test_a_rest_is_nought_with_a_warning(sheet: str, name: str, value: float) -> None:
    typed = type_cell(column(sheet, name), value)
    assert typed.value == 0.0
    assert typed.remark is not None
    assert (typed.remark.check, typed.remark.severity) == ("number-rest", "warning")


@pytest.mark.parametrize(
    ("sheet", "name", "value"),
    [
        ("Appropriations", "Amount", 1e-5),  # ten dollars
        ("Outcomes", "Weight", 1e-7),  # points a dollar, where the outcome counts dollars
        ("Outcome terms", "Per unit", 1e-8), ("Raw recipes", "Quantity", 1e-6), ("Goes with", "Ratio", 1e-7),
        ("People", "At start", 1e-5),
    ],
)  # fmt: skip
def test_a_small_figure_is_kept_where_it_can_be_meant(sheet: str, name: str, value: float) -> None:
    typed = type_cell(column(sheet, name), value)
    assert (typed.value, typed.remark) == (value, None)


def test_where_nought_is_not_allowed_a_rest_is_an_error_that_shows_it() -> None:
    remark = type_cell(column("Curves", "Width"), 7.3e-13).remark
    assert remark is not None
    assert (remark.check, remark.severity) == ("number-range", "error")
    assert "7.3e-13" in remark.found
    assert "more than 0" in remark.mend


@pytest.mark.parametrize("value", RESTS)
def test_the_warning_names_the_cell_and_the_case_holds_nought(value: float) -> None:
    case, problems = finish(load(STARTER), "", (f"Sites!Harbour centre.Running cost={value!r}",))
    assert case is not None
    row = next(r for r in case.of(BY_NAME["Sites"]) if r.id == "Harbour centre")
    assert row.running_cost == 0.0  # type: ignore[attr-defined]
    said = [p for p in problems if p.check == "number-rest"]
    assert [str(p.address) for p in said] == [row.origin("running_cost")]


def test_a_rest_in_a_setting_is_nought() -> None:
    case, problems = finish(load(STARTER), "", ("Settings!political capital at start.Value=7.3e-13",))
    assert [p.check for p in problems if p.check == "number-rest"] == ["number-rest"]
    assert case is not None
    assert case.setting_number("political capital at start") == 0.0
