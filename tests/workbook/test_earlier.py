"""Workbooks of an earlier form: their names are read as those of today, told once, and written anew on request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner.case import Case
from planner.case.problems import Problem
from planner.cells.names import column_named, sheet_named
from planner.sheets import SHEETS, Allotments, Rules, Slots, Staff, columns
from planner.workbook import case_from, check, read, write_folder, write_template
from planner.workbook.earlier import FIELDS
from planner.workbook.tables import file_name
from tests.checks.edits import edited

SELECTION = "line of action: legal pathways; duty station: Border post"
CHANGES = ("Allotments!seasonal visas / P1.Numbers=700", "Staff!asylum officer / Border post.On board=13")


def tables_of_today() -> dict[str, Any]:
    """The starter with cells that name sheets, columns and fields."""
    pathways = ("Rules", "", {"Rule": "pathways", "Measure": "units", "Where": "line of action: legal pathways",
                              "Relation": "at least", "Value": 1.0})  # fmt: skip
    scenario = ("Scenarios", "", {"Scenario": "fewer", "Probability": 0.1})
    change = ("Scenario changes", "", {"Scenario": "fewer", "Sheet": "Quota by phase", "Row": "seasonal visas*",
                                       "Column": "Places", "Change": "multiply", "Value": 0.5})  # fmt: skip
    return edited(pathways, scenario, change, ("Staff", "asylum officer / Border post", {"Source": "In post: E01"}))


def of_before(tables: dict[str, Any]) -> dict[str, Any]:
    """The same rows as an earlier form of the workbook had them."""
    found = {}
    for name, rows in tables.items():
        sheet = sheet_named(name)
        assert sheet is not None
        titles = {c.name: c.was or c.name for c in columns(sheet)}
        found[sheet.WAS or name] = [{titles[title]: _before(value) for title, value in row.items()} for row in rows]
    return found


def _before(value: Any) -> Any:
    """The text of a cell as it was."""
    same = {"Quota by phase": "Allotments", "Places": "Numbers", "In post: E01": "On board: E01"}
    if isinstance(value, str):
        return same.get(value, value.replace("line of action:", "lane:"))
    return value


def rows_of(case: Case) -> dict[str, Any]:
    """What a case says."""
    return {
        sheet.SHEET: [{c.field: getattr(row, c.field) for c in columns(sheet)} for row in rows]
        for sheet, rows in case.rows.items()
        if rows
    }


def old_book(path: Path) -> Path:
    """A workbook of the earlier form, with a formula, a defined name and a link that lead to a renamed sheet."""
    write_template(path, raw_tables=tables_of_today())
    book = openpyxl.load_workbook(path)
    names = {sheet.SHEET: sheet.WAS for sheet in SHEETS if sheet.WAS}
    for page in list(book.worksheets):
        sheet = sheet_named(page.title)
        for row in page.iter_rows():
            for cell in row:
                known = column_named(sheet, str(cell.value)) if sheet is not None and cell.row == 4 else None
                if known is not None and known.was:
                    cell.value = known.was
                elif isinstance(cell.value, str) and cell.row > 4 and cell.data_type == "s":
                    cell.value = _before(cell.value)
                elif isinstance(cell.value, str) and cell.data_type == "f":
                    for today, was in names.items():
                        cell.value = cell.value.replace(f"'{today}'!", f"'{was}'!")
        page.title = names.get(page.title, page.title)
    for name, defined in list(book.defined_names.items()):
        for today, was in names.items():
            defined.attr_text = defined.attr_text.replace(f"'{today}'!", f"'{was}'!")
        if name == "keys_Quotas":
            del book.defined_names[name]
            defined.name = "keys_Slots"
            book.defined_names["keys_Slots"] = defined
    mine = book.create_sheet("Mine")
    mine["A1"] = "=SUM(Slots!A5:A9)+COUNTA('Allotments'!$C$5:$C$99)"
    mine["A2"] = "Slots!A5 is no formula"
    for known in book.custom_doc_props.props:
        known.value = "1"
    book.save(path)
    return path


def notes(problems: tuple[Problem, ...]) -> list[Problem]:
    """Findings about earlier names."""
    return [p for p in problems if p.check == "name-earlier"]


def test_every_earlier_name_is_read_and_is_no_name_of_today() -> None:
    for sheet in SHEETS:
        assert sheet_named(sheet.SHEET) is sheet
        assert not sheet.WAS or sheet_named(sheet.WAS.upper()) is sheet
        for column in columns(sheet):
            assert column_named(sheet, column.name) == column
            assert not column.was or column_named(sheet, column.was) == column
    assert len({sheet.SHEET for sheet in SHEETS} & {sheet.WAS for sheet in SHEETS}) == 0


def test_rows_of_before_make_the_same_case() -> None:
    today = tables_of_today()
    assert rows_of(case_from(of_before(today))) == rows_of(case_from(today))
    assert rows_of(case_from(of_before(today), scenario="fewer")) == rows_of(case_from(today, scenario="fewer"))


def test_a_workbook_of_before_is_read_with_one_note(tmp_path: Path) -> None:
    case, problems = check(old_book(tmp_path / "old.xlsx"))
    assert case is not None
    (note,) = notes(problems)
    assert (note.severity, note.address.sheet) == ("warning", "")
    for said in ("'Slots' as 'Quotas'", "'Allotments' as 'Quota by phase'", "'On board' as 'In post'"):
        assert said in note.found
    assert "template NEW.xlsx --from OLD.xlsx" in note.mend
    assert rows_of(case) == rows_of(case_from(tables_of_today()))


def test_changes_may_name_what_was(tmp_path: Path) -> None:
    write_template(tmp_path / "new.xlsx", raw_tables=tables_of_today())
    for path in (old_book(tmp_path / "old.xlsx"), tmp_path / "new.xlsx"):
        case = read(path, sets=CHANGES, scenario="fewer")
        assert [a.amount for a in case.of(Allotments) if a.phase == "P1"] == [700.0]
        assert case.of(Staff)[0].on_board == 13.0


def test_a_folder_of_before_is_read(tmp_path: Path) -> None:
    write_folder(tmp_path, tables_of_today())
    for sheet in (Slots, Allotments):
        (tmp_path / file_name(sheet.SHEET)).rename(tmp_path / file_name(sheet.WAS))
    case, problems = check(tmp_path)
    assert case is not None
    assert "'slots.csv' as 'quotas.csv'" in notes(problems)[0].found
    (tmp_path / "quotas.csv").write_text("Quota\n", encoding="utf-8")
    assert "sheet 'Quotas' has two files." in {p.found for p in check(tmp_path)[1]}


def test_template_writes_the_names_of_today(tmp_path: Path) -> None:
    old, new = old_book(tmp_path / "old.xlsx"), tmp_path / "new.xlsx"
    assert write_template(new, from_path=old) == []
    case, problems = check(new)
    assert case is not None
    assert notes(problems) == []
    assert rows_of(case) == rows_of(case_from(tables_of_today()))
    book = openpyxl.load_workbook(new)
    assert {"Quotas", "Quota by phase"} <= set(book.sheetnames)
    assert not {"Slots", "Allotments", "Needs"} & set(book.sheetnames)
    assert book["Mine"]["A1"].value == "=SUM('Quotas'!A5:A9)+COUNTA('Quota by phase'!$C$5:$C$99)"
    assert book["Mine"]["A2"].value == "Slots!A5 is no formula"
    assert "keys_Slots" not in book.defined_names
    assert "Slots" not in book.defined_names["keys_Quotas"].attr_text
    assert [p.value for p in book.custom_doc_props.props] == ["2"]
    texts = {str(cell.value) for row in book["Rules"].iter_rows() for cell in row}
    assert not any("lane:" in text for text in texts)


@pytest.mark.parametrize(("was", "now"), FIELDS.items())
def test_fields_of_selections_are_read(was: str, now: str) -> None:
    value = {"lane": "legal pathways", "pool": "seasonal visas", "station": "Border post"}[was]
    rule = {"Rule": "own", "Measure": "units", "Relation": "at least", "Value": 0.0}
    case = case_from(edited(("Rules", "", {**rule, "Where": f"{was.upper()}: {value}; kind: visa"})))
    assert case.of(Rules)[-1].where == f"{now}: {value}; kind: visa"


def test_the_old_and_the_new_name_at_once_are_two_columns(tmp_path: Path) -> None:
    write_folder(tmp_path, tables_of_today())
    path = tmp_path / "staff.csv"
    head, _, rest = path.read_text(encoding="utf-8").partition("\n")
    lines = [f"{head},On board", *(f"{line},3" for line in rest.splitlines())]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert "column 'In post' is there twice" in " ".join(p.found for p in check(tmp_path)[1])
