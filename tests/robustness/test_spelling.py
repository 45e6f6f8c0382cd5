"""Names in any writing, long sheet names, dates of 1900 and 1904, numbers typed as text in another country's way."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner.case import Case
from planner.golden import figures_of
from planner.options import Options
from planner.plan import Plan
from planner.results import read_plan, write_workbook
from planner.sheets import BY_NAME, columns
from planner.solve import export, solve
from planner.verify import verify
from planner.workbook import annotate, check, read, write_template
from planner.workbook.freeze import freeze
from planner.workbook.thaw import thaw
from tests.checks.edits import Tables, starter

QUICK = Options(gap=0.0, grid="phases")
SCRIPTS = {
    "Arabic": {
        "Southland": "بلاد الجنوب",
        "Northland": "بلاد الشمال",
        "Border post": "مركز الحدود",
        "partner fund": "صندوق الشركاء",
    },
    "Hebrew": {"Southland": "ארץ הדרום", "Northland": "ארץ הצפון", "Border post": "תחנת גבול", "partner fund": "קרן"},
    "mixed": {
        "Southland": "Ça‑là (Ñandú) 🌍",
        "Northland": "Ελλάδα–Ғ",
        "Border post": "o'Brien & Söhne <1>",
        "partner fund": "基金 №2",
    },
    "combining": {"Southland": "e\u0301tat", "Northland": "Đà Nẵng", "Border post": "ﬁn", "partner fund": "İstanbul ı"},
}


def renamed(tables: Tables, names: dict[str, str]) -> Tables:
    """The starter with some of its names in another writing, wherever they stand."""

    def other(value: Any) -> Any:
        if isinstance(value, str):
            for old, new in names.items():
                value = value.replace(old, new)
        return value

    return {sheet: [{k: other(v) for k, v in row.items()} for row in rows] for sheet, rows in tables.items()}


@pytest.fixture(scope="module")
def plain() -> tuple[Case, Plan]:
    from planner.workbook import case_from

    case = case_from(starter())
    return case, solve(case, QUICK)


@pytest.mark.parametrize("script", SCRIPTS)
def test_names_in_any_writing_change_nothing(script: str, plain: tuple[Case, Plan], tmp_path: Path) -> None:
    """Written, read, solved, verified, marked, exported, written as a plan and read back, as text and back."""
    names = SCRIPTS[script]
    path = tmp_path / f"{names['Southland']}.xlsx"
    path = path if "/" not in names["Southland"] else tmp_path / "odd.xlsx"
    write_template(path, raw_tables=renamed(starter(), names))
    case = read(path)
    plan = solve(case, QUICK)
    assert verify(case, plan).ok
    assert plan.objective == pytest.approx(plain[1].objective, rel=1e-9)
    out = tmp_path / f"plan {names['Border post'].replace('<', '').replace('>', '')}.xlsx"
    write_workbook(case, plan, out)
    again = read_plan(out)
    assert verify(case, again).ok
    assert figures_of(case, again) == figures_of(case, plan)
    # accents stored apart are the same name, and are kept as one letter
    assert unicodedata.normalize("NFC", names["Southland"]) in figures_of(case, plan).countries["money"]
    annotate(path, case.warnings, tmp_path / "marked.xlsx")
    southland = unicodedata.normalize("NFC", names["Southland"])
    assert read(tmp_path / "marked.xlsx").find(BY_NAME["Places"], southland) is not None
    export(case, tmp_path / "model.mps", QUICK)
    freeze(path, tmp_path / "folder")
    thaw(tmp_path / "folder", tmp_path / "back.xlsx")
    assert solve(read(tmp_path / "back.xlsx"), QUICK).objective == plan.objective


def test_a_sheet_name_of_31_letters_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    write_template(path, raw_tables=starter())
    book = openpyxl.load_workbook(path)
    own = book.create_sheet("Erläuterungen zum Haushalt 2026")
    assert len(own.title) == 31
    own["A1"] = "ours"
    book.save(path)
    case, problems = check(path)
    assert case is not None
    assert [p.check for p in problems if p.address.sheet == own.title] == ["sheet-unknown"]
    annotate(path, problems, tmp_path / "marked.xlsx")
    assert openpyxl.load_workbook(tmp_path / "marked.xlsx")[own.title]["A1"].value == "ours"
    write_template(tmp_path / "completed.xlsx", from_path=path)
    assert openpyxl.load_workbook(tmp_path / "completed.xlsx")[own.title]["A1"].value == "ours"


@pytest.mark.parametrize(
    "epoch", [openpyxl.utils.datetime.CALENDAR_WINDOWS_1900, openpyxl.utils.datetime.CALENDAR_MAC_1904]
)
def test_both_calendars_give_the_same_dates_and_the_same_plan(
    epoch: Any, plain: tuple[Case, Plan], tmp_path: Path
) -> None:
    path = tmp_path / "dates.xlsx"
    write_template(path, raw_tables=starter())
    book = openpyxl.load_workbook(path)
    book.epoch = epoch
    book.save(path)
    case = read(path)
    assert [row.starts for row in case.of(BY_NAME["Time"])] == [row.starts for row in plain[0].of(BY_NAME["Time"])]
    assert solve(case, QUICK).objective == plain[1].objective


@pytest.mark.parametrize(("serial", "starts_1904"), [(45658, False), (44196, True)])
def test_a_date_that_lost_its_format_is_never_another_day(serial: int, starts_1904: bool, tmp_path: Path) -> None:
    """1 January 2025 as a bare number of days: read as that day, or refused; no day four years off."""
    path = tmp_path / "bare.xlsx"
    write_template(path, raw_tables=starter())
    book = openpyxl.load_workbook(path)
    if starts_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    page = book["Time"]
    column = next(cell.column for cell in page[4] if cell.value == "From")
    page.cell(5, column).value = serial
    page.cell(5, column).number_format = "General"
    book.save(path)
    case, problems = check(path)
    if case is None:
        assert any(p.address.sheet == "Time" and p.severity == "error" for p in problems)
    else:
        assert case.origin == date(2025, 1, 1)


FIGURES = [
    "12,5",
    "12.5",
    "1.234,5",
    "1 234,5",
    "1'234.5",
    "1,234.5",
    "1,234",
    "1.234",
    "12,50",
    ",5",
    "1,2,3",
    "٣٫٥",
    "１２",
    "12½",
]
MEANT = {
    "12,5": 12.5, "12.5": 12.5, "1.234,5": 1234.5, "1 234,5": 1234.5, "1'234.5": 1234.5, "1,234.5": 1234.5,
    "1,234": None, "1.234": None, "12,50": 12.5, ",5": 0.5, "1,2,3": None, "٣٫٥": 3.5, "１２": 12.0, "12½": 12.5,
}  # fmt: skip


@pytest.mark.parametrize("typed", FIGURES)
def test_a_number_typed_as_text_is_what_was_meant_or_refused(typed: str, tmp_path: Path) -> None:
    """Never another number in silence: read as meant (and said so), or an error at its cell."""
    tables = starter()
    row = tables["Appropriations"][0]
    row["Amount"] = typed
    path = tmp_path / "typed.xlsx"
    write_template(path, raw_tables=tables)
    case, problems = check(path)
    letters = {c.name: c.field for c in columns(BY_NAME["Appropriations"])}
    about = [p for p in problems if p.address.sheet == "Appropriations" and p.address.row == 5 and typed[:1] in str(p)]
    if case is None:
        assert any(p.severity == "error" and p.address.sheet == "Appropriations" for p in problems), problems
        return
    value = getattr(case.of(BY_NAME["Appropriations"])[0], letters["Amount"])
    assert MEANT[typed] is not None, (typed, value)
    assert value == pytest.approx(MEANT[typed]), about
