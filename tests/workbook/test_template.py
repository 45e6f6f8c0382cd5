"""The template, its completion, and marked copies."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from planner.case.problems import InvalidCaseError, Problem
from planner.sheets import SHEETS, columns
from planner.sheets.address import Address
from planner.workbook import annotate, check, read, write_template
from planner.workbook.forms import lists, validation
from tests.workbook.small import book, file_problems, names, small


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.xlsx"
    write_template(path)
    return path


@pytest.fixture(scope="module")
def opened(empty: Path) -> Any:
    return openpyxl.load_workbook(empty)


def test_every_sheet_is_there_in_order(opened: Any) -> None:
    assert opened.sheetnames == ["Read me", *(s.SHEET for s in SHEETS), "Checks", "Lists"]


def test_the_empty_template_lacks_only_rows(empty: Path) -> None:
    assert {p.check for p in file_problems(empty)} == {"sheet-empty"}


def test_each_sheet_says_what_belongs_where(opened: Any) -> None:
    for sheet in SHEETS:
        page = opened[sheet.SHEET]
        cols = columns(sheet)
        assert page["A1"].value == sheet.SHEET
        assert page["B1"].hyperlink.location == "'Read me'!A1"
        assert page["C1"].value == sheet.PURPOSE
        assert [page.cell(4, n).value for n in range(1, len(cols) + 1)] == [c.name for c in cols]
        assert [page.cell(3, n).value for n in range(1, len(cols) + 1)] == [c.help for c in cols]
        for number, column in enumerate(cols, 1):
            assert ("REQUIRED" in page.cell(2, number).value) == column.required
        assert list(page.tables) == ["tbl_" + sheet.SHEET.replace(" ", "_")]
        assert page.freeze_panes[-1] == "5"
        assert {"Source", "Grade", "Note"} <= {c.name for c in cols}


def test_drop_downs_lead_to_defined_names(opened: Any) -> None:
    for sheet in SHEETS:
        for rule in opened[sheet.SHEET].data_validations.dataValidation:
            assert len(rule.prompt or "") <= 255
            if rule.type == "list":
                assert rule.formula1.lstrip("=") in opened.defined_names
                assert rule.error
    for name, words in lists().items():
        area = opened.defined_names[name].value.removeprefix("Lists!").replace("$", "")
        assert tuple(cell.value for (cell,) in opened["Lists"][area]) == words


def test_every_column_has_a_validation_with_help() -> None:
    every = frozenset(s.SHEET for s in SHEETS)
    for sheet in SHEETS:
        for column in columns(sheet):
            rule = validation(sheet, column, every)
            assert rule.message
            assert column.kind != "choice" or rule.kind == "list"
            assert not column.numeric or rule.kind in ("decimal", "whole")


def test_a_filled_template_has_basic_sheets_and_those_with_rows(tmp_path: Path) -> None:
    names = openpyxl.load_workbook(book(tmp_path), read_only=True).sheetnames
    assert "Scenario changes" in names
    assert "Visas" in names
    assert "Raw ledgers" not in names
    assert "Teams" not in names


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    first = book(tmp_path).read_bytes()
    assert book(tmp_path).read_bytes() == first


def test_checks_are_formulas_with_results(tmp_path: Path) -> None:
    path = book(tmp_path)
    results = openpyxl.load_workbook(path, data_only=True)["Checks"]
    formulas = openpyxl.load_workbook(path)["Checks"]
    shown = {row[0].value: (row[1].value, row[2].value) for row in results.iter_rows(min_row=4)}
    assert shown["Appropriations in all, USD million"] == (50, None)
    assert shown["Phases that do not begin on the day after the one before"] == (0, "OK")
    assert shown["Time: rows"] == (2, "OK")
    assert shown["Staff: rows with figures but no source"] == (0, "OK")
    assert all(str(row[1].value).startswith("=") for row in formulas.iter_rows(min_row=4))


def test_text_never_becomes_a_formula(tmp_path: Path) -> None:
    texts = ['=HYPERLINK("http://x","y")', "+1", "-x", "@SUM(A1)", "http://example.org", "=1+1"]
    tables = small()
    tables["Places"] = [{**tables["Places"][n % 4], "Place": f"p{n}", "Note": text} for n, text in enumerate(texts)]
    path = book(tmp_path, tables)
    problems = [Problem("x", "error", Address("Places", 5 + n, "A"), text, text, text) for n, text in enumerate(texts)]
    write_template(tmp_path / "full.xlsx", from_path=path)
    annotate(path, problems, tmp_path / "marked.xlsx")
    for name in ("small.xlsx", "full.xlsx", "marked.xlsx"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            parts = [archive.read(n) for n in archive.namelist() if "worksheets/sheet" in n]
        assert not any(re.search(rb"<f>[^<]*(HYPERLINK|@SUM|1\+1)", data) for data in parts)
        cells = {c.value: c for row in openpyxl.load_workbook(tmp_path / name)["Places"].iter_rows() for c in row}
        for text in texts:
            assert cells[text].data_type == "s"
            assert cells[text].hyperlink is None


@pytest.mark.parametrize("written", ["2021-01-20", " 2021-01-20 ", date(2021, 1, 20)])
def test_iso_text_becomes_a_date(tmp_path: Path, written: Any) -> None:
    tables = small()
    tables["Time"][0]["From"] = written
    tables["Places"][0]["Note"] = "2021-01-20"
    path = book(tmp_path, tables)
    workbook = openpyxl.load_workbook(path)
    cell, note = workbook["Time"]["C5"], workbook["Places"]["I5"]
    assert (cell.value, cell.data_type, cell.number_format) == (datetime(2021, 1, 20), "d", "yyyy-mm-dd")
    assert (note.value, note.data_type) == ("2021-01-20", "s")
    assert read(path).origin == date(2021, 1, 20)


def test_text_that_is_no_date_stays_as_it_was(tmp_path: Path) -> None:
    tables = small()
    tables["Time"][0]["From"] = "20 January"
    path = book(tmp_path, tables)
    assert openpyxl.load_workbook(path)["Time"]["C5"].value == "20 January"
    assert "date-kind" in names(file_problems(path))


def test_completion_keeps_what_people_added(tmp_path: Path) -> None:
    path = book(tmp_path)
    workbook = openpyxl.load_workbook(path)
    workbook["People"]["B5"].comment = Comment("Ask the port director", "planner")
    workbook["People"]["A5"].fill = openpyxl.styles.PatternFill("solid", start_color="00FF00")
    workbook["Time"].delete_cols(2)
    own = workbook.create_sheet("My notes")
    own["A1"] = "keep me"
    own["B1"] = "=1+1"
    workbook.save(path)
    out = tmp_path / "full.xlsx"
    write_template(out, from_path=path)
    full = openpyxl.load_workbook(out)
    assert {s.SHEET for s in SHEETS} <= set(full.sheetnames)
    assert full["People"]["B5"].comment.text == "Ask the port director"
    assert full["People"]["A5"].fill.start_color.rgb.endswith("00FF00")
    assert (full["My notes"]["A1"].value, full["My notes"]["B1"].value) == ("keep me", "=1+1")
    header = [c.value for c in full["Time"][4]]
    assert header[:6] == ["Phase", "From", "Until", "Source", "Grade", "Note"]
    assert "Label" in header
    assert "keys_Indicators" in full.defined_names
    case, problems = check(out)
    assert case is not None
    assert {p.check for p in problems} <= {"sheet-unknown"}


def test_completion_refuses_what_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK nonsense")
    for source in ("a.xlsx", "missing.xlsx", "."):
        with pytest.raises(InvalidCaseError):
            write_template(tmp_path / "b.xlsx", from_path=tmp_path / source)


def test_marked_copies_list_colour_and_comment(tmp_path: Path) -> None:
    tables = small()
    tables["People"][0] |= {"Place": "El Pasoo", "State": "waitng"}
    tables["Staff"][0]["Source"] = None
    path = book(tmp_path, tables)
    problems = file_problems(path)
    out = tmp_path / "marked.xlsx"
    annotate(path, problems, out)
    marked = openpyxl.load_workbook(out)
    assert marked.sheetnames[0] == "Problems"
    page = marked["Problems"]
    assert page["A1"].value == "Errors: 2. Warnings: 1."
    assert [c.value for c in page[5]][:2] == ["ERROR", "People!B5"]
    assert page["B5"].hyperlink.location == "'People'!B5"
    assert page["F5"].value == "El Paso"
    cell = marked["People"]["B5"]
    assert cell.fill.start_color.rgb.endswith("F8CBAD")
    assert "ERROR" in cell.comment.text
    assert "Did you mean 'El Paso'?" in cell.comment.text
    assert marked["Staff"]["R5"].fill.start_color.rgb.endswith("FFE699")
    assert marked["People"]["A6"].comment is None
    again = tmp_path / "again.xlsx"
    annotate(out, problems, again)
    assert openpyxl.load_workbook(again).sheetnames.count("Problems") == 1
    assert {p.check for p in file_problems(out)} == {p.check for p in problems}


def test_marking_keeps_comments_and_skips_merged_cells(tmp_path: Path) -> None:
    path = book(tmp_path)
    workbook = openpyxl.load_workbook(path)
    workbook["People"]["B5"].comment = Comment("mine", "me")
    workbook["People"].merge_cells("C5:D5")
    workbook.save(path)
    found = [Problem("x", "warning", Address("People", 5, c), "odd.", "Look.") for c in ("B", "C", "D")]
    found += [
        Problem("y", "error", Address(), "whole file.", "Mend."),
        Problem("z", "error", Address("People"), "sheet.", "Mend."),
    ]
    annotate(path, found, tmp_path / "m.xlsx")
    text = openpyxl.load_workbook(tmp_path / "m.xlsx")["People"]["B5"].comment.text
    assert text.startswith("mine")
    assert "WARNING: odd." in text


def test_a_template_filled_by_hand_is_read(empty: Path, tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(empty)
    for name, cells in {
        "Time": {"A5": "P1", "C5": "2021-01-20", "D5": "2021-12-31"},
        "Outcomes": {"A5": "safe", "C5": "people", "G5": 1},
        "Outcome terms": {"A5": "safe", "B5": "1", "C5": "people in"},
    }.items():
        for cell, value in cells.items():
            workbook[name][cell] = value
    workbook.save(tmp_path / "mine.xlsx")
    assert read(tmp_path / "mine.xlsx").horizon == 346.0
