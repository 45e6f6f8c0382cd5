from __future__ import annotations

import math
import os
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from planner.plan import TABLES, Status
from planner.results import OutputError, read_plan, write_workbook
from planner.results.workbook import workbook_bytes
from tests.results.made_case import FORMULA

SHEETS = [
    "Summary",
    "The division",
    "Money",
    "Accounts by year",
    "Officers",
    "Sites",
    "Queues",
    "Visas and quotas",
    "Reforms",
    "People",
    "What goes on",
    "Rules",
    "Outcomes",
    "Defaults and warnings",
    "Evidence",
    "Record",
]


@pytest.fixture
def book(case, plan, tmp_path) -> Path:
    path = tmp_path / "plan.xlsx"
    write_workbook(case, plan, path)
    return path


def same(one, other):
    missing = [v is None or v == "" or v is pd.NaT or (isinstance(v, float) and math.isnan(v)) for v in (one, other)]
    return all(missing) if any(missing) else one == other


def test_the_sheets_come_in_the_order_of_a_budget_meeting(book):
    names = openpyxl.load_workbook(book).sheetnames
    assert names[: len(SHEETS)] == SHEETS
    assert names[len(SHEETS) :] == ["Table plan", "Table headline", *(f"Table {name}" for name in TABLES)]
    assert all(len(name) <= 31 for name in names)


def test_a_plan_comes_back_with_every_digit(book, plan):
    back = read_plan(book)
    assert back.record == plan.record
    for field in (
        "status",
        "objective",
        "bound",
        "gap",
        "doing_nothing",
        "previous",
        "defaults",
        "warnings",
        "unproven",
        "verified",
    ):
        assert getattr(back, field) == getattr(plan, field), field
    for name, frame in plan.tables.items():
        assert list(back.tables[name].columns) == list(TABLES[name])
        assert len(back.tables[name]) == len(frame)
        for column in TABLES[name]:
            pairs = zip(frame[column], back.tables[name][column], strict=True)
            assert all(same(a, b) for a, b in pairs), (name, column)


def test_numbers_keep_their_last_digit(case, plan, tmp_path):
    odd = [0.1 + 0.2, 1.0 / 3.0, 123456789.12345679, 5e-324, 1e300, -7.000000000000001]
    rows = pd.DataFrame({"switch": [str(i) for i in range(len(odd))], "period": [0] * len(odd), "days": odd})
    write_workbook(case, replace(plan, tables={**plan.tables, "in_force": rows}), tmp_path / "p.xlsx")
    assert read_plan(tmp_path / "p.xlsx").tables["in_force"]["days"].tolist() == odd


def test_unlimited_and_missing_numbers_survive(case, plan, tmp_path):
    rules = plan.tables["rules"].assign(slack=math.inf, violation=math.nan)
    write_workbook(case, replace(plan, tables={**plan.tables, "rules": rules}), tmp_path / "p.xlsx")
    back = read_plan(tmp_path / "p.xlsx").tables["rules"]
    assert back["slack"].tolist() == [math.inf]
    assert back["violation"].isna().all()


def test_text_never_becomes_a_formula(book):
    loaded = openpyxl.load_workbook(book)
    found = [cell for sheet in loaded for row in sheet.iter_rows() for cell in row if cell.value == FORMULA]
    assert len({cell.parent.title for cell in found}) >= 3
    assert all(cell.data_type == "s" for cell in found)
    with zipfile.ZipFile(book) as parts:
        sheets = [parts.read(n).decode() for n in parts.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)]
    assert not any("<f>" in xml or "<f " in xml or "<hyperlink" in xml for xml in sheets)


def test_every_page_has_a_title_an_explanation_and_a_print_set_up(book):
    loaded = openpyxl.load_workbook(book)
    for name in SHEETS:
        sheet = loaded[name]
        assert sheet["A1"].value
        assert sheet["A2"].value
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows
        assert (
            "Two lands && a border" in sheet.oddHeader.left.text or "Two lands & a border" in sheet.oddHeader.left.text
        )
    assert loaded["Summary"].sheet_view.showGridLines is False
    assert not any(sheet.merged_cells.ranges for sheet in loaded)


def test_the_answer_stands_first(book):
    sheet = openpyxl.load_workbook(book)["Summary"]
    text = [str(row[0].value or "") for row in sheet.iter_rows()]
    assert text[1].startswith("Proven: no other plan within these limits can score more than 0.82 % higher.")
    assert "agrees" in " ".join(text[1:3])
    wanted = ["What the plan achieves", "What it divides", "What held the plan back", "What was not proven"]
    assert [t for t in text if t in wanted] == wanted


def test_charts_are_real_and_point_at_cells(book):
    loaded = openpyxl.load_workbook(book)
    counts = {
        name: len(loaded[name]._charts)
        for name in ("Summary", "The division", "Officers", "Queues", "Visas and quotas")
    }
    assert counts == {"Summary": 4, "The division": 4, "Officers": 1, "Queues": 1, "Visas and quotas": 1}
    chart = loaded["The division"]._charts[0]
    assert chart.grouping == "stacked"
    assert "'The division'!" in chart.series[0].val.numRef.f


def test_numbers_have_their_unit_in_the_header(book):
    sheet = openpyxl.load_workbook(book)["The division"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = next(i for i, row in enumerate(rows) if row[0] == "Country")
    assert rows[header][1] == "P1 First 100 days"
    assert rows[header + 1][1:6] == ["USD million", "USD million", "USD million", "USD million", "of total"]
    assert rows[header + 2][0] == "Northland"
    assert rows[header + 4][0] == "Total"
    assert rows[header + 4][4] == pytest.approx(6.7)


def test_people_are_rounded_by_their_format_only(case, plan, tmp_path):
    done = plan.tables["activities"].copy()
    done.loc[done["activity"] == "visa:seasonal", "level"] = 33.25
    write_workbook(case, replace(plan, tables={**plan.tables, "activities": done}), tmp_path / "p.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "p.xlsx")["Visas and quotas"]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == 33.25)
    assert "#,##0" in cell.number_format
    assert "0.0" not in cell.number_format.replace("0.5", "")


def test_the_same_plan_gives_the_same_bytes(case, plan):
    assert workbook_bytes(case, plan) == workbook_bytes(case, plan)


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.UNBOUNDED, Status.NO_PLAN])
def test_without_a_plan_the_workbook_says_so(case, plan, tmp_path, status):
    bare = replace(plan, status=status, tables={}, objective=None, bound=None, gap=None, verified=None)
    write_workbook(case, bare, tmp_path / "p.xlsx")
    assert openpyxl.load_workbook(tmp_path / "p.xlsx").sheetnames[:4] == [
        "Summary",
        "Defaults and warnings",
        "Evidence",
        "Record",
    ]
    back = read_plan(tmp_path / "p.xlsx")
    assert back.status is status
    assert back.tables == {}


def test_a_plan_with_empty_tables_is_written(case, plan, tmp_path):
    kept = ("periods", "outcomes")
    bare = {name: frame if name in kept else frame.iloc[:0] for name, frame in plan.tables.items()}
    write_workbook(case, replace(plan, tables=bare), tmp_path / "p.xlsx")
    assert len(read_plan(tmp_path / "p.xlsx").tables["periods"]) == 3


def test_a_case_without_rows_is_written(case, plan, tmp_path):
    from planner.sheets import Places, Time

    few = replace(case, rows={kind: case.rows[kind] for kind in (Time, Places)})
    write_workbook(few, plan, tmp_path / "p.xlsx")


def test_nothing_torn_is_left_where_writing_fails(case, plan, tmp_path, monkeypatch):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"before")

    def locked(self, target):
        raise PermissionError(13, "locked")

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(OutputError, match="permission denied\\. Close it if it is open"):
        write_workbook(case, plan, path)
    assert path.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.xlsx"]


def test_a_missing_folder_is_named(case, plan, tmp_path):
    with pytest.raises(OutputError, match="there is no folder"):
        write_workbook(case, plan, tmp_path / "nowhere" / "plan.xlsx")


def test_a_folder_is_not_a_file(case, plan, tmp_path):
    with pytest.raises(OutputError, match="it is a folder"):
        write_workbook(case, plan, tmp_path)


def test_a_folder_that_is_read_only_is_told(case, plan, tmp_path, monkeypatch):
    def refused(*args, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    with pytest.raises(OutputError, match="another name or folder"):
        write_workbook(case, plan, tmp_path / "plan.xlsx")


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_the_file_is_as_readable_as_any_other(book, tmp_path):
    other = tmp_path / "other"
    other.touch()
    assert book.stat().st_mode == other.stat().st_mode


def test_reading_refuses_what_is_no_plan(tmp_path):
    text = tmp_path / "text.xlsx"
    text.write_text("hello")
    with pytest.raises(OutputError, match="cannot be read as a plan workbook"):
        read_plan(text)
    with pytest.raises(OutputError, match="cannot be opened"):
        read_plan(tmp_path / "none.xlsx")
    other = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(other)
    with pytest.raises(OutputError, match="'Table plan' is missing"):
        read_plan(other)


@pytest.mark.parametrize(
    ("sheet", "cell", "value"),
    [
        ("Table plan", "C4", "not json"),
        ("Table stocks", "A3", "renamed"),
        ("Table stocks", "S4", "many"),
        ("Table periods", "D4", "soon"),
    ],
)
def test_reading_refuses_a_plan_that_was_spoilt(book, sheet, cell, value):
    loaded = openpyxl.load_workbook(book)
    loaded[sheet][cell] = value
    loaded.save(book)
    with pytest.raises(OutputError, match="changed by hand"):
        read_plan(book)
