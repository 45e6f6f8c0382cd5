"""A workbook as a folder of text and back: every cell, of every kind, on the planner's sheets and on people's own."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from planner.golden.figures import inputs_of
from planner.sheets import BY_NAME
from planner.workbook import check, read, write_template
from planner.workbook.freeze import freeze, refusal
from planner.workbook.frozen import LAYOUT, ThawError
from planner.workbook.textual import difference, entries, lines
from planner.workbook.thaw import thaw
from planner.workbook.whole import Cell, read_whole
from tests.broken.surgery import Book
from tests.checks.edits import starter as starter_rows

MADE = ("Checks", "Lists")


def cells(path: Path) -> dict[str, dict[tuple[int, int], Cell]]:
    """Every cell of a workbook but the planner's own pages; a formula counts with its text and its last result."""
    return {page.name: page.cells for page in read_whole(path).pages if page.name not in MADE}


def there_and_back(path: Path) -> tuple[Path, Path]:
    """The folder and the workbook made of it."""
    folder, back = path.with_suffix(""), path.with_name(f"{path.stem}_back.xlsx")
    freeze(path, folder)
    thaw(folder, back)
    return folder, back


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """The starter as people keep it: notes, columns and sheets of their own, cells of every kind, rows apart."""
    path = tmp_path / "odd.xlsx"
    write_template(path, raw_tables=starter_rows())
    book = openpyxl.load_workbook(path)
    staff = book["Staff"]
    last = staff.max_column
    staff.cell(4, last + 1, "Seen by")
    staff.cell(4, last + 2, "نظر")
    for row, value in enumerate(
        (True, False, 0.25, "0.25", date(2025, 3, 1), datetime(2025, 3, 1, 9, 30), 0.0, "=1+1"), 5
    ):
        staff.cell(row, last + 1, value)
    staff.cell(6, last + 2, "مراجعة\nثانية")
    staff.cell(60, 1, "# set aside: waits for the answer of the ministry")
    staff.cell(62, last + 4, "beside everything")
    settings_page = book["Settings"]
    settings_page["B6"] = "10"  # text that looks like a number
    settings_page["D1"] = "a note above the header"
    people = book["People"]
    people["A3"].comment = Comment("who counted?", "me")
    appropriations = book["Appropriations"]
    for column in range(1, 8):
        if appropriations.cell(4, column).value == "Amount":
            appropriations.cell(5, column, 0)
            appropriations.cell(6, column, None)
            appropriations.cell(7, column, "'=2*3")
    own = book.create_sheet("Ünser Blatt, 31 Zeichen lang !!")
    own["B2"], own["C5"], own["D7"], own["E2"] = "-3", -3, "007", True
    own["F9"], own["A9"], own["G1"] = date(1904, 1, 2), 1e-300, "  spaces  "
    book["Read me"]["B30"] = "Ask Ana before changing anything."
    book.move_sheet("Time", -1)
    book.save(path)
    return path


def test_every_cell_comes_back(odd: Path) -> None:
    folder, back = there_and_back(odd)
    before, after = cells(odd), cells(back)
    assert list(after) == list(before)
    for sheet, wanted in before.items():
        assert after[sheet] == wanted, sheet
    assert (folder / "own_sheets").is_dir()


def test_the_case_is_the_same_from_all_three(odd: Path, tmp_path: Path) -> None:
    """Workbook, folder and workbook again: the same problems, the same rows."""
    book = openpyxl.load_workbook(odd)
    titles = [cell.value for cell in book["Appropriations"][4]]
    for row in book["Appropriations"].iter_rows(min_row=6, max_row=7):
        row[titles.index("Amount")].value = 9
    for row in book["Staff"].iter_rows(min_row=5, max_row=20):
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.value = 2
    book["Settings"]["B6"] = 10
    path = tmp_path / "same.xlsx"
    book.save(path)
    folder, back = there_and_back(path)
    case = read(path)
    assert any(p.check == "row-set-aside" for p in case.warnings)
    for other in (folder, back):
        again = read(other)
        own = {"sheet-unknown"} if other == folder else set()
        assert [p.check for p in again.warnings] == [p.check for p in case.warnings if p.check not in own]
        assert inputs_of(again) == inputs_of(case)


@pytest.mark.parametrize("name", ["starter", "blueprint"])
def test_the_packaged_workbooks_come_back(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes((Path(__file__).parents[2] / "inputs" / f"{name}.xlsx").read_bytes())
    folder, back = there_and_back(path)
    assert cells(back) == cells(path)
    assert list(lines(entries(folder))) == list(lines(entries(path)))
    assert read(folder).of(BY_NAME["Time"]) != ()
    case, again = read(path), read(back)
    assert {k: [r.id for r in v] for k, v in again.rows.items()} == {k: [r.id for r in v] for k, v in case.rows.items()}


def test_what_is_not_kept_is_said(odd: Path, tmp_path: Path) -> None:
    notes = freeze(odd, tmp_path / "folder")
    assert any("comment" in note for note in notes)
    assert any("never calculated" in note for note in notes)


def formula_book(path: Path) -> Path:
    """A workbook with formulas that a spreadsheet program has calculated, on a known and on an own sheet."""
    import xlsxwriter

    write_template(path, raw_tables=starter_rows())
    folder = path.with_name("plain")
    freeze(path, folder)
    layout = json.loads((folder / LAYOUT).read_text(encoding="utf-8"))
    sheet = next(s for s in layout["sheets"] if s["name"] == "Appropriations")
    header, first = (folder / "appropriations.csv").read_text(encoding="utf-8").splitlines()[:2]
    position = header.split(",").index("Amount")
    key = " / ".join(first.split(",")[:2])
    sheet.setdefault("formulas", {})[key] = {str(position): ["=Budget!B1*2", first.split(",")[position]]}
    (folder / LAYOUT).write_text(json.dumps(layout), encoding="utf-8")
    assert xlsxwriter
    thaw(folder, path)
    return path


def test_formulas_come_back_with_their_results(tmp_path: Path) -> None:
    path = formula_book(tmp_path / "formulas.xlsx")
    _, back = there_and_back(path)
    found = [c for page in read_whole(back).pages for c in page.cells.values() if c.formula]
    assert [c.formula for c in found] == ["=Budget!B1*2"]
    assert cells(back) == cells(path)
    assert not any(p.check == "formula-recalculates" for p in check(back)[1])


def test_formulas_do_not_survive_rows_that_moved(tmp_path: Path) -> None:
    path = formula_book(tmp_path / "formulas.xlsx")
    folder, back = path.with_suffix(""), tmp_path / "back.xlsx"
    freeze(path, folder)
    table = folder / "places.csv"
    table.write_text(table.read_text(encoding="utf-8") + "Newland\n", encoding="utf-8")
    notes = thaw(folder, back)
    assert any("formulas were not put back" in note for note in notes)
    assert not [c for page in read_whole(back).pages for c in page.cells.values() if c.formula]
    assert "Newland" in {row.id for row in read(back).of(BY_NAME["Places"])}


def test_a_changed_table_beside_a_formula_asks_for_calculation(tmp_path: Path) -> None:
    path = formula_book(tmp_path / "formulas.xlsx")
    folder, back = path.with_suffix(""), tmp_path / "back.xlsx"
    freeze(path, folder)
    table = folder / "settings.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Starter", "Changed"), encoding="utf-8")
    assert any("calculated again" in note for note in thaw(folder, back))
    assert any(p.check == "formula-recalculates" for p in check(back)[1])


def test_edited_text_keeps_the_kind_of_its_cell(odd: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    freeze(odd, folder)
    table = folder / "settings.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("\npolitical capital a year,2", "\npolitical capital a year,3"),
        encoding="utf-8",
    )
    thaw(folder, tmp_path / "back.xlsx")
    told = "\n".join(difference(entries(odd), entries(tmp_path / "back.xlsx"), ("a", "b")))
    assert "Value (B7): 2 -> 3" in told
    assert told.endswith("1 row differs.")
    table = folder / "staff.csv"
    assert ",yes," in table.read_text(encoding="utf-8")
    table.write_text(table.read_text(encoding="utf-8").replace(",yes,", ",no,"), encoding="utf-8")
    thaw(folder, tmp_path / "back.xlsx")
    was, now = cells(odd)["Staff"], cells(tmp_path / "back.xlsx")["Staff"]
    assert [now[place].value for place, cell in was.items() if cell.value is True] == [False]


def test_a_folder_that_nobody_froze_becomes_a_form(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "inputs" / "starter"
    assert thaw(source, tmp_path / "form.xlsx") == []
    assert list(lines(entries(tmp_path / "form.xlsx"))) == list(lines(entries(source)))


def test_workbooks_from_the_year_1904_keep_their_dates(tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    write_template(path, raw_tables=starter_rows())
    book = openpyxl.load_workbook(path)
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.save(path)
    _, back = there_and_back(path)
    assert read(path).origin == read(back).origin == date(2025, 1, 1)


def test_refusals(odd: Path, tmp_path: Path) -> None:
    assert "no folder" in refusal(tmp_path / "a" / "b", force=False)
    assert "is a file" in refusal(odd, force=False)
    assert refusal(tmp_path / "new", force=False) == ""
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    assert "other files" in refusal(folder, force=True)
    (folder / "mine.txt").unlink()
    freeze(odd, folder)
    assert "--force" in refusal(folder, force=False)
    assert refusal(folder, force=True) == ""
    (folder / "README.md").write_text("ours", encoding="utf-8")
    freeze(odd, folder)
    assert (folder / "README.md").read_text(encoding="utf-8") == "ours"
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: (f / LAYOUT).write_text("{", encoding="utf-8"), "cannot be read"),
        (lambda f: (f / LAYOUT).write_text('{"frozen": 9}', encoding="utf-8"), "form 9"),
        (lambda f: (f / LAYOUT).write_text("[]", encoding="utf-8"), "cannot be read"),
        (lambda f: (f / "staff.csv").unlink(), "is missing"),
        (lambda f: (f / "staff.csv").write_bytes(b"\xff\xfe\x00"), "cannot be read"),
    ],
)
def test_a_damaged_folder_is_refused_with_a_reason(odd: Path, tmp_path: Path, damage: Any, words: str) -> None:
    folder = tmp_path / "folder"
    freeze(odd, folder)
    damage(folder)
    with pytest.raises(ThawError, match=words):
        thaw(folder, tmp_path / "back.xlsx")
    assert not (tmp_path / "back.xlsx").exists()


VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=64).filter(lambda v: abs(v) < 1e300),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2150, 1, 1)),
    st.datetimes(datetime(1901, 1, 1), datetime(2150, 1, 1)).map(lambda d: d.replace(microsecond=0)),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(
        ["=1", "'=1", "''+2", "-5", "1,5", "12%", "\n", "a\nb", '"', ",", "#", "yes", "2025-01-01", "007", "1e3", " x "]
    ),
)


@settings(max_examples=15, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
@given(values=st.lists(VALUES, min_size=1, max_size=12))
def test_any_value_comes_back(values: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("values")
    book = openpyxl.Workbook()
    time = book.active
    assert time is not None
    time.title = "Time"
    time.append(["Phase", "From", "Until", "Mine"])
    own = book.create_sheet("Own")
    for row, value in enumerate(values, 2):
        time.cell(row, 1, f"P{row}")
        for sheet, column in ((time, 4), (time, 2), (own, 3)):
            cell = sheet.cell(row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    path = folder / "values.xlsx"
    book.save(path)
    _, back = there_and_back(path)
    after = cells(back)
    for sheet, wanted in cells(path).items():
        assert after[sheet] == wanted


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    write_template(path, raw_tables=starter_rows())
    made = Book(path.read_bytes())
    cells = made.cells("Time", 5)
    made.list(lambda xml: xml.replace("<workbookPr", '<workbookPr date1904="1"'))
    made.put("Time", 5, cells | {"C": '<c r="C5"><v>44196</v></c>'})
    path.write_bytes(made.bytes())
    folder, back = there_and_back(path)
    number = next(p for p in read_whole(back).pages if p.name == "Time").cells[5, 3]
    assert number.value == 44196.0
    assert read_whole(back).starts_1904
    days = {"day numbers": {"count from": ("1904", "")}}
    assert entries(path)["(workbook)"] == entries(folder)["(workbook)"] == entries(back)["(workbook)"] == days
    assert list(difference(entries(path), entries(back), ("a", "b")))[-1] == "\nNo cell differs."
    told = [[str(p) for p in check(one)[1] if p.check == "date-serial"] for one in (path, folder, back)]
    assert told[0] == told[2]
    assert all("read as 2025-01-01" in one[0] for one in told)
    made.list(lambda xml: xml.replace(' date1904="1"', ""))
    other = tmp_path / "other.xlsx"
    other.write_bytes(made.bytes())
    assert any("day number of" in line for line in difference(entries(path), entries(other), ("a", "b")))


def test_the_seventeenth_digit_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "digits.xlsx"
    write_template(path, raw_tables=starter_rows())
    made = Book(path.read_bytes())
    made.set("Staff", 5, "E", 0.1 + 0.2)
    path.write_bytes(made.bytes())
    _, back = there_and_back(path)
    pages = [next(p for p in read_whole(one).pages if p.name == "Staff") for one in (path, back)]
    assert [page.cells[5, 5].value for page in pages] == [0.1 + 0.2] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../../etc/passwd"}, {"file": "/etc/passwd"}, {"file": "own_sheets/../../x.csv"}, {"known": "Nothing"},
        {"header": "4"}, {"header": -1}, {"rows": [10**9]}, {"columns": ["A"]}, {"kinds": {"a": {"0": 1}}},
        {"above": {"nowhere": ["a", "text", ""]}}, {"above": {"A1": ["a"]}}, {"name": 3}, {"more": 1},
        {"formulas": {"a": {"0": ["=1"]}}},
    ],
)  # fmt: skip
def test_a_layout_that_was_changed_is_told_and_leads_nowhere(change: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "starter.xlsx"
    write_template(path, raw_tables=starter_rows())
    folder = tmp_path / "folder"
    freeze(path, folder)
    content = json.loads((folder / LAYOUT).read_text(encoding="utf-8"))
    content["sheets"][1] |= change
    (folder / LAYOUT).write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ThawError, match=re.escape(LAYOUT)):
        thaw(folder, tmp_path / "back.xlsx")
    assert not (tmp_path / "back.xlsx").exists()


def test_a_table_that_is_a_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "starter.xlsx"
    write_template(path, raw_tables=starter_rows())
    folder = tmp_path / "folder"
    freeze(path, folder)
    (tmp_path / "secret.csv").write_text("Phase\nsecret\n", encoding="utf-8")
    (folder / "time.csv").unlink()
    (folder / "time.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(ThawError, match="no table of this folder"):
        thaw(folder, tmp_path / "back.xlsx")
