"""The guard refuses hostile and wrong files, each with its own sentence, before any parser runs."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from planner.case.problems import InvalidCaseError
from planner.cells.letters import column_letters, column_number
from planner.workbook import check
from planner.workbook.guard import findings, guard
from tests.workbook.small import book

SHEET = "xl/worksheets/sheet2.xml"
SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)


def repacked(path: Path, replace: dict[str, bytes] | None = None, extra: dict[str, bytes] | None = None) -> bytes:
    """The workbook's bytes with parts replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, (replace or {}).get(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return stream.getvalue()


def spoken(data: bytes) -> set[str]:
    return {p.check for p in findings(data)}


def test_a_healthy_workbook_passes(tmp_path: Path) -> None:
    guard(book(tmp_path).read_bytes())


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "file-empty", "empty"),
        (b"Phase,From\nP1,2021-01-20\n", "file-not-workbook", "text or CSV"),
        (b"%PDF-1.7 ...", "file-not-workbook", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file-old-excel", "old Excel"),
        (b"\xd0\xcf\x11\xe0" + bytes(60) + "EncryptedPackage".encode("utf-16-le"), "file-password", "password"),
        (b"\x89PNG\x00\x00", "file-not-workbook", "not an Excel workbook"),
        (b"PK\x03\x04 and then nothing", "file-damaged", "damaged"),
        (b"PK" + bytes(20_000_000), "file-too-large", "MB"),
    ],
)
def test_what_is_not_a_workbook_is_named(data: bytes, name: str, words: str) -> None:
    (problem,) = findings(data)
    assert problem.check == name
    assert words in problem.found


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("xl/workbook.bin", "xlsb"),
        ("content.xml", "OpenDocument"),
        ("a.txt", "zip"),
    ],
)
def test_other_office_files_are_named(part: str, words: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(part, b"<x/>")
    (problem,) = findings(stream.getvalue())
    assert problem.check == "file-not-workbook"
    assert words in problem.found


def sheet_of(inside: str, space: str = SPACES[0]) -> bytes:
    """A sheet's XML."""
    return f'<worksheet xmlns="{space}"><sheetData>{inside}</sheetData></worksheet>'.encode()


def read_with(tmp_path: Path, xml: bytes) -> list[tuple[str, str]]:
    """What is said of the small case whose first known sheet has this XML: check and address of the errors."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(repacked(book(tmp_path), {SHEET: xml}))
    return [(p.check, str(p.address)) for p in check(path)[1] if p.severity == "error"]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("cell", ["XFD1048576", "GS5", "HA5", "AAA1", "A100001", "B1048576"])
def test_filled_cells_far_away_are_refused_by_their_sheet(tmp_path: Path, cell: str, space: str) -> None:
    row = "".join(sign for sign in cell if sign.isdigit())
    xml = sheet_of(f'<row r="{row}"><c r="{cell}"><v>1</v></c></row>', space)
    assert read_with(tmp_path, xml) == [("file-far-cell", "Settings")]


@pytest.mark.parametrize(
    "inside", ["<row r='1048576' s='1' ht='20'/>", '<row r="1048576"><c r="XFD1048576" s="3"/></row>']
)
def test_rows_and_cells_that_are_only_formatted_are_read_over_wherever_they_are(tmp_path: Path, inside: str) -> None:
    path = book(tmp_path)
    whole = zipfile.ZipFile(path).read(SHEET).replace(b"</sheetData>", inside.encode() + b"</sheetData>")
    assert read_with(tmp_path, whole) == []


@pytest.mark.parametrize("cell", ["GR5", "A100000", "A1"])
def test_the_last_cells_pass(tmp_path: Path, cell: str) -> None:
    row = "".join(sign for sign in cell if sign.isdigit())
    assert read_with(tmp_path, sheet_of(f'<row r="{row}"><c r="{cell}"><v>1</v></c></row>')) == [
        ("header-missing", "Settings")
    ]


def test_entities_are_refused(tmp_path: Path) -> None:
    xml = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    assert spoken(repacked(book(tmp_path), {SHEET: xml})) == {"file-entities"}


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    xml = '<?xml version="1.0" encoding="UTF-16"?><worksheet/>'.encode("utf-16")
    assert "file-encoding" in spoken(repacked(book(tmp_path), {SHEET: xml}))


def test_bombs_are_refused(tmp_path: Path) -> None:
    assert "file-ratio" in spoken(
        repacked(book(tmp_path), {SHEET: b"<worksheet>" + b" " * 30_000_000 + b"</worksheet>"})
    )


def test_small_parts_pass_whatever_their_ratio(tmp_path: Path) -> None:
    assert spoken(repacked(book(tmp_path), {SHEET: b"<worksheet>" + b" " * 1_500_000 + b"</worksheet>"})) == set()


def test_unpacked_size_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.workbook.guard.MOST_UNPACKED", 10_000)
    assert "file-unpacks-too-large" in spoken(book(tmp_path).read_bytes())


def test_cells_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.workbook.guard.MOST_CELLS", 100)
    assert spoken(book(tmp_path).read_bytes()) == {"file-too-many-cells"}


def test_cells_are_counted_once_over_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.workbook.guard.CHUNK", 300)
    monkeypatch.setattr("planner.workbook.guard.MOST_CELLS", 0)
    xml = b"<worksheet><sheetData>" + b'<c r="A1"><v>1</v></c>' * 1000 + b"</sheetData></worksheet>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(SHEET, xml)
    (problem,) = findings(stream.getvalue())
    assert "1,000 cells" in problem.found


@pytest.mark.parametrize(
    ("part", "name"),
    [("xl/vbaProject.bin", "file-macros"), ("xl/externalLinks/externalLink1.xml", "file-external-links")],
)
def test_macros_and_links_are_refused(tmp_path: Path, part: str, name: str) -> None:
    assert spoken(repacked(book(tmp_path), extra={part: b"<x/>"})) == {name}


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    assert spoken(repacked(book(tmp_path), extra={f"xl/media/{n}.png": b"x" for n in range(500)})) == {
        "file-too-many-parts"
    }


def test_truncated_zip_is_refused(tmp_path: Path) -> None:
    data = book(tmp_path).read_bytes()
    assert spoken(data[: len(data) // 2]) == {"file-damaged"}


def test_guard_raises_with_every_reason(tmp_path: Path) -> None:
    data = repacked(book(tmp_path), extra={"xl/vbaProject.bin": b"x", "xl/externalLinks/a.xml": b"<x/>"})
    with pytest.raises(InvalidCaseError) as caught:
        guard(data)
    assert [p.check for p in caught.value.problems] == ["file-external-links", "file-macros"]


def test_check_reports_a_bad_file_without_raising(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"hello")
    assert check(path)[0] is None
    assert check(tmp_path / "none.xlsx")[1][0].check == "file-missing"


@pytest.mark.parametrize("xml", [b"<worksheet><sheetData><row>", b"", b"nonsense", b"<worksheet/>"])
def test_broken_sheet_xml_never_becomes_a_traceback(tmp_path: Path, xml: bytes) -> None:
    path = tmp_path / "a.xlsx"
    for part in (
        SHEET,
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        "xl/_rels/workbook.xml.rels",
        "docProps/custom.xml",
    ):
        path.write_bytes(repacked(book(tmp_path), {part: xml}))
        case, problems = check(path)
        assert case is not None or any(p.severity == "error" for p in problems)


def test_column_letters() -> None:
    assert [column_letters(n) for n in (1, 26, 27, 200, 16384)] == ["A", "Z", "AA", "GR", "XFD"]
    assert [column_number(c) for c in ("A", "Z", "AA", "GR", "XFD")] == [1, 26, 27, 200, 16384]
