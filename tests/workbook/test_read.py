"""Reading whole workbooks: headers, rows, what lies around them, formulas, merged and hidden cells."""

from __future__ import annotations

import hashlib
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from planner.case.problems import InvalidCaseError
from planner.sheets import SHEETS, OutcomeTerms, People, Places, Staff, Time, columns
from planner.workbook import case_from, check, read, read_folder, write_folder, write_template
from planner.workbook.locate import locate
from planner.workbook.scan import Scan
from tests.workbook.small import book, file_problems, found, names, small


def edited(tmp_path: Path, edit: Any) -> tuple[Any, ...]:
    """Problems of the small workbook after an edit with openpyxl."""
    path = book(tmp_path)
    workbook = openpyxl.load_workbook(path)
    del workbook["Checks"]
    edit(workbook)
    workbook.save(path)
    return file_problems(path)


def test_the_small_case_has_no_problem(tmp_path: Path) -> None:
    case = read(book(tmp_path))
    assert case.warnings == ()
    assert case.name == "Small"
    staff = case.of(Staff)[0]
    assert str(staff.at("on_board")) == "Staff!E5"
    assert {"ceiling", "ramp", "note"} <= staff.defaulted
    assert "on_board" not in staff.defaulted
    assert case.phases[1].end == 619.0


def test_plain_rows_and_workbook_give_the_same_rows(tmp_path: Path) -> None:
    by_file, by_rows = read(book(tmp_path)), case_from(small())
    for sheet in SHEETS:
        assert [(r.id, r.source, r.defaulted) for r in by_file.of(sheet)] == [
            (r.id, r.source, r.defaulted) for r in by_rows.of(sheet)
        ]


def test_sha256_is_that_of_the_file(tmp_path: Path) -> None:
    path = book(tmp_path)
    assert read(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read(path, sets=["Staff!*.Ramp=5"]).sha256 != read(path).sha256


def grid(sheet: str, header: list[Any], *rows: list[Any], before: int = 0) -> Any:
    kind = next(s for s in SHEETS if sheet == s.SHEET)
    return locate(kind, [[""]] * before + [header, *rows], Scan())


@pytest.mark.parametrize("before", [0, 3, 11])
def test_the_header_is_found_by_its_names(before: int) -> None:
    located = grid("Time", ["Until", " phase\u00a0", "FROM"], ["x", "P1", "y"], before=before)
    (row,) = located.table.rows
    assert row.values == {"ends": "x", "phase": "P1", "starts": "y"}
    assert row.number == before + 2
    assert located.table.letters == {"ends": "A", "phase": "B", "starts": "C"}
    assert located.problems == []


def test_a_header_too_far_down_is_an_error() -> None:
    (problem,) = grid("Time", ["Phase", "From", "Until"], ["P1", 1.0, 2.0], before=12).problems
    assert problem.check == "header-missing"


def test_an_empty_sheet_is_fine() -> None:
    assert grid("Groups", []).problems == []


def test_a_missing_required_column_is_an_error_once() -> None:
    tables = small()
    for row in tables["People"]:
        del row["State"]
    problems = grid("People", ["People", "Place", "Stat"], ["a", "b", "c"]).problems
    assert [p.check for p in problems if p.severity == "error"] == ["column-missing"]
    assert "Rename column 'Stat' to 'State'" in next(p.mend for p in problems if p.check == "column-missing")


def test_extra_columns_are_warnings_with_a_hint() -> None:
    problems = grid("Time", ["Phase", "From", "Until", "Labell", "Colour"], ["P1", 1.0, 2.0, "x", "y"]).problems
    assert [(p.check, p.severity, p.suggestion) for p in problems] == [
        ("column-unknown", "warning", "Label"),
        ("column-unknown", "warning", ""),
    ]


def test_a_column_twice_is_an_error() -> None:
    (problem,) = grid("Time", ["Phase", "From", "Until", "from"], ["P1", 1.0, 2.0, 3.0]).problems
    assert (problem.check, problem.severity, str(problem.address)) == ("column-twice", "error", "Time!D1")


def test_blank_rows_are_skipped_and_marked_rows_are_told() -> None:
    located = grid("Time", ["Phase", "From", "Until"], ["", "\u00a0 ", None], ["# old", 1.0, 2.0], ["P1", 1.0, 2.0])
    assert [r.number for r in located.table.rows] == [4]
    assert [(p.check, p.address.row) for p in located.problems] == [("row-set-aside", 3)]


def test_a_number_sign_later_in_the_row_is_only_text() -> None:
    located = grid("Time", ["Phase", "Label", "From", "Until"], ["P1", "# 1", 1.0, 2.0])
    assert (len(located.table.rows), located.problems) == (1, [])


def test_values_beside_the_table_are_told() -> None:
    located = grid("Time", ["Phase", "From", "Until"], ["P1", 1.0, 2.0, "", "stray"], ["", "", "", "", "note"])
    assert sorted(p.check for p in located.problems) == ["column-unnamed", "row-beside-table"]
    assert len(located.table.rows) == 1


def test_every_row_with_anything_in_it_becomes_a_row() -> None:
    tables = small()
    tables["Places"].append({"Kind": "city"})
    problems = found(tables)
    assert [(p.check, str(p.address)) for p in problems if p.severity == "error"] == [("cell-required", "Places!A7")]


def test_unknown_sheets_are_warnings_and_ours_are_not(tmp_path: Path) -> None:
    def edit(workbook: Any) -> None:
        workbook.create_sheet("Programes")
        workbook.create_sheet("My notes")
        workbook.create_sheet("Summary")
        workbook.move_sheet("Time", 5)

    problems = edited(tmp_path, edit)
    assert [(p.check, p.address.sheet, p.suggestion) for p in problems] == [
        ("sheet-unknown", "My notes", ""),
        ("sheet-unknown", "Programes", ""),
    ]


def test_a_misnamed_sheet_is_recognised(tmp_path: Path) -> None:
    def edit(workbook: Any) -> None:
        workbook["Time"].title = "Times"

    problems = edited(tmp_path, edit)
    said = {p.check: p for p in problems}
    assert "Rename sheet 'Times' to 'Time'" in said["sheet-missing"].mend
    assert said["sheet-unknown"].suggestion == "Time"


@pytest.mark.parametrize("sheet", ["Time", "Outcomes", "Outcome terms"])
def test_required_sheets(sheet: str) -> None:
    tables = small()
    del tables[sheet]
    assert "sheet-missing" in names(found(tables))


@pytest.mark.parametrize("sheet", ["Settings", "Evidence", "Scenarios"])
def test_optional_sheets(sheet: str) -> None:
    tables = small()
    del tables[sheet]
    tables.pop("Scenario changes")
    assert not [p for p in found(tables) if p.severity == "error"]


def test_a_required_sheet_without_rows_is_an_error() -> None:
    tables = small()
    tables["Outcomes"] = []
    assert "sheet-empty" in names(found(tables))


def test_a_formula_without_a_result_is_an_error(tmp_path: Path) -> None:
    def edit(workbook: Any) -> None:
        workbook["Staff"]["E5"].value = "=10+10"

    problem, *rest = edited(tmp_path, edit)
    assert [p.check for p in rest if not p.check.startswith("change")] == []
    assert (problem.check, str(problem.address), problem.label) == (
        "cell-formula",
        "Staff!E5",
        "asylum officer / El Paso",
    )


def test_a_row_of_formulas_below_everything_is_not_lost(tmp_path: Path) -> None:
    def edit(workbook: Any) -> None:
        workbook["Time"]["A40"].value = '="P3"'

    assert ("cell-formula", "Time!A40") in [(p.check, str(p.address)) for p in edited(tmp_path, edit)]


def plain_book(path: Path, cells: dict[str, Any], options: dict[str, Any] | None = None) -> None:
    """A workbook with sheet Time only: header in row 1 and the cells given."""
    workbook = xlsxwriter.Workbook(path, options or {})
    sheet = workbook.add_worksheet("Time")
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for at, name in enumerate(("Phase", "From", "Until", "Label")):
        sheet.write_string(0, at, name)
    for cell, value in cells.items():
        if isinstance(value, tuple):
            sheet.write_formula(cell, value[0], None, value[1])
        elif isinstance(value, datetime):
            sheet.write_datetime(cell, value, day)
        else:
            sheet.write(cell, value)
    workbook.close()


def test_error_values_and_calculated_formulas(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    plain_book(
        path,
        {
            "A2": "P1",
            "B2": ("=#REF!", "#REF!"),
            "C2": ("=DATE(2021,9,30)", 44469),
            "D2": ('="a"&"b"', "ab"),
            "D3": ('=""', ""),
        },
    )
    said = {(p.check, str(p.address)) for p in file_problems(path)}
    assert ("cell-error", "Time!B2") in said
    assert ("date-serial", "Time!C2") in said
    assert ("formula-recalculates", "Time") in said
    assert not any(place == "Time!D2" for _, place in said)


@pytest.mark.parametrize("starts_1904", [False, True])
def test_both_date_systems(tmp_path: Path, starts_1904: bool) -> None:
    path = tmp_path / "t.xlsx"
    serial = 44216 - (1462 if starts_1904 else 0)
    plain_book(path, {"A2": "P1", "B2": datetime(2021, 1, 20), "C2": serial}, {"date_1904": starts_1904})
    (warning,) = [p for p in file_problems(path) if p.check.startswith("date")]
    assert "read as 2021-01-20" in warning.found


def test_merged_cells_below_the_header_are_errors(tmp_path: Path) -> None:
    def below(workbook: Any) -> None:
        workbook["Time"].merge_cells("B6:B7")

    assert [(p.check, str(p.address)) for p in edited(tmp_path, below) if p.check == "cells-merged"] == [
        ("cells-merged", "Time!B6")
    ]

    def above(workbook: Any) -> None:
        workbook["Time"].merge_cells("C1:F1")

    assert edited(tmp_path, above) == ()


def test_hidden_rows_and_sheets_are_told(tmp_path: Path) -> None:
    def edit(workbook: Any) -> None:
        workbook["Time"].row_dimensions[6].hidden = True
        workbook["Time"].row_dimensions[15].hidden = True
        workbook["People"].sheet_state = "hidden"

    assert [(p.check, str(p.address)) for p in edited(tmp_path, edit)] == [
        ("sheet-hidden", "People"),
        ("row-hidden", "Time!A6"),
    ]


def test_duplicate_keys_name_both_cells() -> None:
    tables = small()
    tables["Places"].append({"Place": "  honduras"})
    (problem,) = found(tables)
    assert (problem.check, str(problem.address)) == ("key-twice", "Places!A7")
    assert "Places!A3" in problem.found
    tables = small()
    tables["Appropriations"].append({**tables["Appropriations"][0], "Line": "second"})
    assert found(tables) == ()


def test_references_take_the_spelling_of_their_row() -> None:
    tables = small()
    tables["People"][0]["Place"] = "el  PASO\u00a0"
    tables["Staff"][0]["Duty station"] = "el paso"
    tables["Effects"] = [
        {
            "Reform": "Reopen ports",
            "Effect": "adds capacity",
            "On": "Asylum Officer / EL PASO",
            "Amount": 2.0,
            "Source": "E001",
            "Grade": "A",
        }
    ]
    case = case_from(tables)
    assert case.of(People)[0].place == "El Paso"
    assert case.of(Staff)[0].id == "asylum officer / El Paso"
    assert "asylum officer / El Paso" in {
        r.id.removeprefix("reopen ports / ") for rows in case.rows.values() for r in rows
    }


def test_everything_is_reported_in_one_pass_in_a_stable_order() -> None:
    tables = small()
    tables["Staff"][0]["In post"] = "1,200"
    tables["Staff"][1]["Attrition"] = 12.0
    tables["People"][0]["Place"] = "El Pasoo"
    tables["Outcome terms"][0]["Where"] = "stat: protected"
    tables["Time"][1]["From"] = "tomorrow"
    tables["Rules"][0]["Relation"] = None
    once, again = found(tables), found(dict(reversed(tables.items())))
    faults = [p.check for p in once if p.severity == "error" and not p.check.startswith("impossible")]
    assert faults == [
        "selection-field", "reference-unknown", "cell-required", "number-text", "share-percent", "date-kind",
    ]  # fmt: skip
    assert {str(p) for p in once} == {str(p) for p in again}
    with pytest.raises(InvalidCaseError) as caught:
        case_from(tables)
    assert caught.value.problems == once


def test_newer_versions_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path)
    data = {}
    with zipfile.ZipFile(path) as archive:
        data = {name: archive.read(name) for name in archive.namelist()}
    assert b"planner format version" in data["docProps/custom.xml"]
    for version, refused in ((b"1", False), (b"2", False), (b"3", True), (b"next", True)):
        with zipfile.ZipFile(path, "w") as archive:
            for name, part in data.items():
                changed_part = (
                    re.sub(rb"<vt:lpwstr>[^<]*", b"<vt:lpwstr>" + version, part) if "custom" in name else part
                )
                archive.writestr(name, changed_part)
        assert ("format-version" in names(file_problems(path))) is refused
    tables = small()
    tables["Settings"].append({"Setting": "Format version", "Value": 7.0})
    write_template(path, tables)
    assert "format-version" in names(file_problems(path))
    tables["Settings"][-1]["Value"] = 1.0
    write_template(path, tables)
    assert file_problems(path) == ()


def test_folders_and_workbooks_make_the_same_case(tmp_path: Path) -> None:
    tables = small()
    tables["Places"][0]["Note"] = "=1+1"
    tables["Places"][1]["Note"] = '"quoted", with\nlines'
    write_folder(tmp_path / "csv", tables)
    assert "'=1+1" in (tmp_path / "csv" / "places.csv").read_text()
    assert (tmp_path / "csv" / "outcome_terms.csv").exists()
    case = read(tmp_path / "csv")
    assert case.warnings == ()
    assert [p.note for p in case.of(Places)[:2]] == ["=1+1", '"quoted", with\nlines']
    assert case.of(Time)[0].starts == date(2021, 1, 20)
    by_rows = case_from(tables)
    again = case_from(read_folder(tmp_path / "csv"))
    for sheet in SHEETS:
        fields = [c.field for c in columns(sheet)]
        for one in (case, again):
            assert [[getattr(r, f) for f in fields] for r in one.of(sheet)] == [
                [getattr(r, f) for f in fields] for r in by_rows.of(sheet)
            ]


def test_strange_files_in_a_folder(tmp_path: Path) -> None:
    write_folder(tmp_path, small())
    (tmp_path / "placs.csv").write_text("Place\n")
    (tmp_path / "groups.csv").write_bytes(b"Group\n\xff\xfe\n")
    said = {(p.check, p.severity) for p in check(tmp_path)[1]}
    assert {("sheet-unknown", "warning"), ("file-damaged", "error")} <= said
    with pytest.raises(InvalidCaseError):
        read_folder(tmp_path)


def test_case_from_refuses_what_does_not_exist() -> None:
    with pytest.raises(ValueError, match="no sheet 'Placs'"):
        case_from({"Placs": []})
    with pytest.raises(ValueError, match="no column 'Nam'"):
        case_from({"Places": [{"Nam": 1}]})


def test_case_from_leaves_its_input_alone() -> None:
    tables = small()
    case_from(tables, scenario="fewer officers")
    assert tables == small()


def test_no_row_of_a_large_workbook_is_lost(tmp_path: Path) -> None:
    tables = small()
    source = {"Source": "E001", "Grade": "A"}
    tables["People"] += [
        {"People": f"people {n}", "Place": "El Paso", "State": "waiting", "At start": float(n), **source}
        for n in range(2000)
    ]
    case, problems = check(book(tmp_path, tables))
    assert case is not None
    assert not [p for p in problems if p.severity == "error"]
    assert len(case.of(People)) == 2003
    assert len(case.of(OutcomeTerms)) == 1
