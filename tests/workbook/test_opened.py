"""One reader for every form of a file: the same cells in each, and a sentence for what goes beyond the limits."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from planner.case.problems import InvalidCaseError
from planner.workbook import check
from planner.workbook.formats import day_number, moment_of, shape_of
from planner.workbook.opened import Opened
from planner.workbook.package import MAIN
from tests.broken.forms import FORMS
from tests.broken.surgery import Book, packed
from tests.workbook.small import book

SHEET = "xl/worksheets/sheet1.xml"


def one_sheet(inside: str, tail: str = "", space: str = MAIN[0]) -> bytes:
    """A workbook with one sheet of this XML."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as made:
        made.add_worksheet("One")
    parts = Book(stream.getvalue()).parts
    xml = f'<worksheet xmlns="{space}"><sheetData>{inside}</sheetData>{tail}</worksheet>'
    return packed({**parts, SHEET: xml.encode()})


def values(inside: str) -> list[list[Any]]:
    """Values of such a sheet."""
    return Opened(one_sheet(inside)).sheet("One").grid


def said(data: bytes) -> tuple[str, str]:
    """Check and words of the refusal."""
    with pytest.raises(InvalidCaseError) as caught:
        Opened(data).sheet("One")
    (problem,) = caught.value.problems
    return problem.check, problem.found


@pytest.mark.parametrize("form", FORMS)
def test_whatever_form_a_file_has_the_same_is_read(form: str, tmp_path: Path) -> None:
    data = book(tmp_path).read_bytes()
    other = FORMS[form](Book(data))
    assert other != data
    one, two = Opened(data), Opened(other)
    assert [e.name for e in one.entries] == [e.name for e in two.entries]
    for entry in one.entries:
        assert one.sheet(entry.name).grid == two.sheet(entry.name).grid
        assert one.sheet(entry.name).scan == two.sheet(entry.name).scan


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<v>180</v>", 180.0),
        ("<v><![CDATA[180]]></v>", 180.0),
        ("<v>1<![CDATA[8]]>0</v>", 180.0),
        ("<v>1&#56;0</v>", 180.0),
        ("<v>18<!-- - -->0</v>", 180.0),
        ("<v> 180\n</v>", 180.0),
        ("<v>1.8E2</v>", 180.0),
        ("<v>1_8</v>", "1_8"),
        ("<v>nan</v>", "nan"),
        ("<v/>", None),
    ],
)
def test_a_figure_is_the_figure_however_it_is_written(cell: str, value: Any) -> None:
    assert values(f'<row r="1"><c r="A1">{cell}</c><c r="B1"><v>1</v></c></row>') == [[value, 1.0]]


def test_kinds_of_cells() -> None:
    assert values(
        '<row><c t="b"><v>1</v></c><c t="str"><v>a_x000D_b</v></c><c t="inlineStr"><is><r><t>a </t></r><r>'
        '<t xml:space="preserve"> b</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c><c t="d"><v>2025-03-01</v></c>'
        '<c t="d"><v>2025-03-01T09:30:00Z</v></c></row><row><c><v>2</v></c></row>'
    ) == [[True, "a\rb", "a b", date(2025, 3, 1), datetime(2025, 3, 1, 9, 30)], [2.0]]


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "two cells call themselves A1"),
        ('<row r="1"><c r="B7"><v>1</v></c></row>', "cell B7 stands in row 1"),
        ('<row r="x"/>', "a row calls itself 'x'"),
        ('<row r="1"><c r="1A"><v>1</v></c></row>', "a cell calls itself '1A'"),
        ('<row r="1"><c r="A1" t="s"><v>99</v></c></row>', "cell A1 holds what it cannot hold"),
        ('<row r="1"><c r="A1" t="z"><v>9</v></c></row>', "unknown kind 'z'"),
        ('<row r="1"><c r="A1"><v>1<b>5</b>2</v></c></row>', "an element inside one"),
        ('<row r="1"><c r="A1"><v>12</v><v>15</v></c></row>', "more than one value"),
        ('<row r="1"><c r="A1"><f>1</f><f>2</f><v>2</v></c></row>', "more than one value"),
        ("<a>" * 200, "elements within each other"),
        ("<row><c/>", "cannot be read"),
        ("<!-- " * 50_000, "cannot be read"),
        ('<row hidden="1" ' * 50_000, "cannot be read"),
        ('</sheetData><mergeCells><mergeCell ref="nowhere"/></mergeCells><sheetData>', "is no range"),
        ("<row>" + "<c/>" * 20_000 + "</row>", "more cells than a sheet has columns"),
    ],
)
def test_a_sheet_that_is_not_what_it_must_be_is_said_to_be_damaged(inside: str, words: str) -> None:
    check_name, found = said(one_sheet(inside))
    assert check_name == "file-damaged"
    assert words in found


def test_a_sheet_in_an_unknown_namespace_is_damaged_and_never_empty() -> None:
    assert "no worksheet of any known form" in said(one_sheet("<row/>", space="urn:other"))[1]


def test_endless_pieces_and_texts_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.workbook.package.MOST_PIECE", 10_000)
    monkeypatch.setattr("planner.workbook.scan.MOST_TEXT", 1_000)
    assert "a tag or a comment of more than" in said(one_sheet("<!-- " + "x" * 300_000))[1]
    assert "signs" in said(one_sheet(f'<row><c t="str"><v>{"x" * 2_000}</v></c></row>'))[1]


def test_tags_sheets_and_texts_are_counted_before_they_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = book(tmp_path).read_bytes()
    for name, limit, words in (
        ("planner.workbook.package.MOST_TAGS", 1_000, "tags"),
        ("planner.workbook.opened.MOST_SHEETS", 3, "sheets"),
        ("planner.workbook.opened.MOST_STRINGS", 3, "texts"),
        ("planner.workbook.reader.MOST_INPUT_CELLS", 50, "filled cells"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(name, limit)
            path = tmp_path / "limited.xlsx"
            path.write_bytes(data)
            case, problems = check(path)
            assert case is None
            assert any(words in p.found and p.check.startswith("file-too-many") for p in problems), name


def test_errors_are_counted_and_the_rest_is_not_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tests.workbook.small import small

    monkeypatch.setattr("planner.workbook.typed.MOST_ERRORS", 5)
    tables = small()
    tables["Staff"] += [{"Cadre": f"c {n}", "Duty station": "El Paso", "In post": "many"} for n in range(50)]
    case, problems = check(book(tmp_path, tables))
    assert case is None
    (cut,) = [p for p in problems if p.check == "errors-too-many"]
    assert "rows below" in cut.found
    assert len(problems) < 60


def test_a_hidden_declaration_is_found_in_whatever_is_read() -> None:
    parts = Book(one_sheet("<row/>")).parts
    evil = b" " * 700 + b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'
    rels = parts["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet1.xml", b"media/one.png")
    assert (
        said(packed({**parts, "xl/_rels/workbook.xml.rels": rels, "xl/media/one.png": evil.strip()}))[0]
        == "file-entities"
    )
    with pytest.raises(InvalidCaseError, match="entities"):
        Opened(packed({**parts, "xl/worksheets/odd.bin": evil}))


def test_parts_of_other_programs_may_be_in_any_encoding() -> None:
    parts = Book(one_sheet("<row><c><v>1</v></c></row>")).parts
    query = '<?xml version="1.0" encoding="utf-16"?><DataMashup/>'.encode("utf-16")
    assert Opened(packed({**parts, "customXml/item1.xml": query})).sheet("One").grid == [[1.0]]


def test_a_zip_packed_in_another_way_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(InvalidCaseError, match="packed in a way"):
        Opened(stream.getvalue())


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("General", ""), ("0.00E+00", ""), ("yyyy-mm-dd", "date"), ("[$-409]d. mmm", "date"), ('0.0 "days"', ""),
        ("[h]:mm", "duration"), ("[Red]0;[Blue]-0", ""), ("h:mm AM/PM", "date"), ("#,##0\\d", ""), ("Standard", ""),
    ],
)  # fmt: skip
def test_dates_are_told_by_number_formats(code: str, shape: str) -> None:
    assert shape_of(code) == shape


def test_numbers_mean_days_from_1900_or_1904() -> None:
    assert moment_of(59.0, "date", starts_1904=False) == date(1900, 2, 28)
    assert moment_of(61.0, "date", starts_1904=False) == date(1900, 3, 1)
    assert moment_of(45000.25, "date", starts_1904=False) == datetime(2023, 3, 15, 6)
    assert moment_of(0.5, "date", starts_1904=False) == time(12)
    assert moment_of(1.5, "duration", starts_1904=False) == timedelta(days=1, hours=12)
    assert moment_of(0.0, "date", starts_1904=True) == date(1904, 1, 1)
    assert moment_of(1e300, "date", starts_1904=True) == 1e300
    for starts in (False, True):
        day = datetime(2025, 3, 1, 9, 30)
        assert moment_of(day_number(day, starts_1904=starts), "date", starts_1904=starts) == day
