"""What marks, completes and edits a workbook keeps: results of formulas, drop-downs, pictures; and it stays readable."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from planner.case.problems import InvalidCaseError
from planner.workbook import annotate, check, write_template
from planner.workbook.copies import open_copy
from planner.workbook.edited import write_changed
from planner.workbook.textual import difference, entries
from planner.workbook.whole import read_whole
from tests.broken.forms import FORMS
from tests.broken.surgery import Book, packed
from tests.workbook.small import book

X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
LOOSE = (
    '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="' + X14 + '"><x14:dataValidations count="1" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" allowBlank="1" '
    'showErrorMessage="1"><x14:formula1><xm:f>Places!$A$5:$A$9</xm:f></x14:formula1><xm:sqref>B5:B40</xm:sqref>'
    "</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
)
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\r\x00\x00\x00/\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
ANCHOR = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.'
    'openxmlformats.org/drawingml/2006/main"><xdr:oneCellAnchor><xdr:from><xdr:col>12</xdr:col><xdr:colOff>0</xdr:colOff>'
    '<xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="9525" cy="9525"/><xdr:pic><xdr:nvPicPr>'
    '<xdr:cNvPr id="2" name="P"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.'
    'org/officeDocument/2006/relationships" r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr>'
    '<a:prstGeom prst="rect"/></xdr:spPr></xdr:pic><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>'
)
RELATION = '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{0}" Target="{1}"/>'


def with_formula(made: Book) -> Book:
    """A formula with its result among the figures of sheet Staff."""
    xml = made.sheet("Staff")
    made.write("Staff", re.sub(r'(<c r="E5"[^>]*>)<v>20</v>', r"\1<f>4*5</f><v>20</v>", xml))
    assert "<f>4*5</f>" in made.sheet("Staff")
    made.list(lambda xml: xml.replace(' fullCalcOnLoad="1"', ""))
    return made


def copies(path: Path, folder: Path) -> list[Path]:
    """A marked copy, a completed one and an edited one."""
    problems = check(path)[1]
    annotate(path, problems, folder / "marked.xlsx")
    write_template(folder / "completed.xlsx", from_path=path)
    write_changed(path, folder / "edited.xlsx", ["Staff!asylum officer / San Ysidro.In post=16"])
    return [folder / name for name in ("marked.xlsx", "completed.xlsx", "edited.xlsx")]


def test_results_of_formulas_stay_in_every_copy(tmp_path: Path) -> None:
    path = tmp_path / "formula.xlsx"
    path.write_bytes(with_formula(Book(book(tmp_path).read_bytes())).bytes())
    assert check(path)[0] is not None
    for copy in copies(path, tmp_path):
        case, problems = check(copy)
        assert case is not None, [str(p) for p in problems if p.severity == "error"]
        staff = next(page for page in read_whole(copy).pages if page.name == "Staff")
        assert (staff.cells[5, 5].value, staff.cells[5, 5].formula) == (20.0, "=4*5")
        told = {p.check for p in problems}
        assert ("formula-recalculates" in told) == (copy.stem == "edited")


@pytest.mark.parametrize("form", ["strict", "capitals", "elsewhere", "prefixed"])
def test_copies_are_made_of_every_form(form: str, tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    path.write_bytes(FORMS[form](with_formula(Book(book(tmp_path).read_bytes()))))
    marked = copies(path, tmp_path)[0]
    assert "No cell differs" in "".join(
        list(difference(entries(path), entries(tmp_path / "completed.xlsx"), ("a", "b")))[1:]
    )
    assert check(marked)[0] is not None


def test_drop_downs_that_look_into_other_sheets_stay(tmp_path: Path) -> None:
    made = Book(book(tmp_path).read_bytes())
    made.write("People", made.sheet("People").replace("</worksheet>", LOOSE))
    path = tmp_path / "loose.xlsx"
    path.write_bytes(made.bytes())
    for copy in copies(path, tmp_path):
        rules = openpyxl.load_workbook(copy)["People"].data_validations.dataValidation
        assert [r.formula1 for r in rules if str(r.sqref) == "B5:B40"] == ["Places!$A$5:$A$9"]


def test_a_picture_of_a_newer_kind_does_not_stop_a_copy(tmp_path: Path) -> None:
    made = Book(book(tmp_path).read_bytes())
    home = made.homes["Staff"]
    rels = f"xl/worksheets/_rels/{home.rpartition('/')[2]}.rels"
    made.parts[rels] = made.parts[rels].replace(
        b"</Relationships>", (RELATION.format("drawing", "../drawings/drawing9.xml") + "</Relationships>").encode()
    )
    made.write("Staff", made.sheet("Staff").replace("<tableParts", '<drawing r:id="rId9"/><tableParts'))
    assert "<drawing" in made.sheet("Staff")
    links = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    links += RELATION.format("image", "../media/image1.webp").replace("rId9", "rId1") + "</Relationships>"
    types = made.parts["[Content_Types].xml"].replace(
        b"<Override", b'<Default Extension="webp" ContentType="image/webp"/><Override', 1
    )
    path = tmp_path / "picture.xlsx"
    path.write_bytes(
        packed(
            {
                **made.parts, "[Content_Types].xml": types, "xl/drawings/drawing9.xml": ANCHOR.encode(),
                "xl/drawings/_rels/drawing9.xml.rels": links.encode(), "xl/media/image1.webp": WEBP,
            }
        )
    )  # fmt: skip
    for copy in copies(path, tmp_path):
        assert check(copy)[0] is not None


def test_an_empty_fill_stops_nothing(tmp_path: Path) -> None:
    made = Book(book(tmp_path).read_bytes())
    styles = made.parts["xl/styles.xml"]
    made.parts["xl/styles.xml"] = re.sub(rb'<fill><patternFill patternType="gray125"/></fill>', b"<fill/>", styles)
    assert b"<fill/>" in made.parts["xl/styles.xml"]
    path = tmp_path / "fill.xlsx"
    path.write_bytes(made.bytes())
    assert copies(path, tmp_path)
    assert list(difference(entries(path), entries(tmp_path / "completed.xlsx"), ("a", "b")))[-1] == "\nNo cell differs."


@pytest.mark.parametrize(
    "tail",
    [
        '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        '<hyperlinks><hyperlink ref="A1:XFD1048576" location="Staff!A1"/></hyperlinks>',
    ],
)
def test_ranges_over_a_whole_sheet_are_no_reason_to_fill_the_memory(tail: str, tmp_path: Path) -> None:
    made = Book(book(tmp_path).read_bytes())
    made.write("Read me", re.sub("</sheetData>.*?(?=<pageMargins)", "</sheetData>" + tail, made.sheet("Read me")))
    path = tmp_path / "wide.xlsx"
    path.write_bytes(made.bytes())
    assert check(path)[0] is not None
    with pytest.raises(InvalidCaseError, match="17,179,869,184 cells"):
        open_copy(path)
