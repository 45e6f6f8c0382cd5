"""Whatever a workbook holds besides its cells is in the copy, or is named as not being there: nothing goes in silence."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.worksheet.datavalidation import DataValidation

from planner.workbook import annotate, check, write_template
from planner.workbook.edited import write_changed
from planner.workbook.extras import KINDS, extras_of, lacking
from planner.workbook.freeze import freeze
from planner.workbook.opened import Opened
from planner.workbook.textual import compared
from tests.broken.surgery import Book, packed
from tests.workbook.small import book

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/main"
MICROSOFT = "http://schemas.microsoft.com/office/"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
X14 = f'xmlns:x14="{MICROSOFT}spreadsheetml/2009/9/main" xmlns:xm="{MICROSOFT}excel/2006/main"'
SPARKS = (
    f'<extLst><ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" {X14}><x14:sparklineGroups><x14:sparklineGroup>'
    "<x14:sparklines><x14:sparkline><xm:f>Own!A1:A5</xm:f><xm:sqref>F1</xm:sqref></x14:sparkline></x14:sparklines>"
    "</x14:sparklineGroup></x14:sparklineGroups></ext>"
    f'<ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" {X14}><x14:conditionalFormattings><x14:conditionalFormatting>'
    '<x14:cfRule type="iconSet" priority="3" id="{AA}"><x14:iconSet iconSet="3Stars"/></x14:cfRule><xm:sqref>A1</xm:sqref>'
    "</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst></worksheet>"
)
SHAPE = (
    '<xdr:oneCellAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"><xdr:from>'
    "<xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
    '<xdr:ext cx="9525" cy="9525"/><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="9" name="T"/><xdr:cNvSpPr/></xdr:nvSpPr>{}</xdr:sp>'
    "<xdr:clientData/></xdr:oneCellAnchor>"
)
FORM = f'<xdr:spPr><a:prstGeom xmlns:a="{DRAWN}" prst="rect"/></xdr:spPr>'
THREAD = f'<ThreadedComments xmlns="{MICROSOFT}spreadsheetml/2018/threadedcomments"/>'
PIVOT_CACHE = (
    f'<pivotCacheDefinition {MAIN} refreshOnLoad="1"><cacheSource type="worksheet"><worksheetSource ref="A1:B5" sheet="Own"/>'
    '</cacheSource><cacheFields count="1"><cacheField name="a" numFmtId="0"><sharedItems/></cacheField></cacheFields>'
    "</pivotCacheDefinition>"
)
PIVOT = (
    f'<pivotTableDefinition {MAIN} name="P" cacheId="1" dataCaption="V"><location ref="N1:O3" firstHeaderRow="1" '
    'firstDataRow="1" firstDataCol="1"/><pivotFields count="1"><pivotField showAll="0"/></pivotFields>'
    "</pivotTableDefinition>"
)
CONNECTIONS = f'<connections {MAIN}><connection id="1" name="q" type="5" refreshedVersion="6"/></connections>'
PRESENT = ("chart", "shape", "comment", "threadedComment", "pivotTable", "connections", "sparkline", "dataValidation",
           "sheetProtection", "cfRule")  # fmt: skip


def link(parts: dict[str, bytes], part: str, kind: str, target: str, content: str, kind_of_content: str) -> str:
    """Add a part that another one leads to; returns the relation's id."""
    folder, _, base = part.rpartition("/")
    name = f"{folder}/_rels/{base}.rels"
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    full = kind if kind.startswith("http") else OFFICE + kind
    identity = f"rId9{len(parts)}"
    line = f'<Relationship Id="{identity}" Type="{full}" Target="/{target}"/></Relationships>'
    parts[name] = parts.get(name, empty).replace(b"</Relationships>", line.encode())
    if not kind_of_content:
        return identity
    kinds = f'<Override PartName="/{target}" ContentType="{kind_of_content}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", kinds.encode())
    parts[target] = content.encode()
    return identity


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """A workbook with one of everything on a sheet of its own."""
    return made_rich(tmp_path, FORM)


def made_rich(tmp_path: Path, form: str) -> Path:
    """The same with a shape of this form."""
    path = tmp_path / "rich.xlsx"
    made = openpyxl.load_workbook(book(tmp_path))
    own = made.create_sheet("Own")
    for number in range(1, 6):
        own.append([number, number * 2])
    chart = BarChart()
    chart.add_data(Reference(own, min_col=1, max_col=2, min_row=1, max_row=5))
    own.add_chart(chart, "D2")
    own["A1"].comment = Comment("why", "me")
    own.conditional_formatting.add("A1:A5", CellIsRule(operator="greaterThan", formula=["2"]))
    rule = DataValidation(type="list", formula1='"a,b"')
    rule.add("C1:C9")
    own.add_data_validation(rule)
    own.protection.sheet = True
    made.save(path)
    opened = Book(path.read_bytes())
    parts, home = opened.parts, opened.homes["Own"]
    parts[home] = parts[home].replace(b"</worksheet>", SPARKS.encode())
    drawing = next(name for name in parts if name.startswith("xl/drawings/drawing"))
    head, end, tail = parts[drawing].rpartition(b"</")
    parts[drawing] = head + SHAPE.format(form).encode() + end + tail
    sheets = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    threads = f"{MICROSOFT}2017/10/relationships/threadedComment"
    link(parts, home, threads, "xl/threadedComments/t1.xml", THREAD, "application/vnd.ms-excel.threadedcomments+xml")
    link(parts, home, "pivotTable", "xl/pivotTables/p1.xml", PIVOT, f"{sheets}pivotTable+xml")
    cache = "pivotCacheDefinition"
    link(parts, "xl/pivotTables/p1.xml", cache, "xl/pivotCache/c1.xml", PIVOT_CACHE, "")
    known = link(parts, "xl/workbook.xml", cache, "xl/pivotCache/c1.xml", PIVOT_CACHE, f"{sheets}{cache}+xml")
    caches = f'<pivotCaches><pivotCache cacheId="1" xmlns:r="{OFFICE[:-1]}" r:id="{known}"/></pivotCaches></workbook>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</workbook>", caches.encode())
    link(parts, "xl/workbook.xml", "connections", "xl/connections.xml", CONNECTIONS, f"{sheets}connections+xml")
    path.write_bytes(packed(parts))
    return path


def inside(path: Path) -> set[str]:
    """Kinds that a workbook holds on its own sheet, or for itself."""
    return {kind for kind, sheet in extras_of(Opened(path.read_bytes())) if sheet in ("Own", "")}


def test_everything_is_counted(rich: Path) -> None:
    assert inside(rich) >= set(PRESENT)
    assert all(kind in KINDS for kind in inside(rich))


def test_what_is_not_in_a_copy_is_named(rich: Path, tmp_path: Path) -> None:
    told = {
        "marked": annotate(rich, check(rich)[1], tmp_path / "marked.xlsx"),
        "completed": write_template(tmp_path / "completed.xlsx", from_path=rich),
        "edited": write_changed(rich, tmp_path / "edited.xlsx", ["Staff!asylum officer / San Ysidro.In post=16"])[1],
    }
    for name, lost in told.items():
        there = inside(tmp_path / f"{name}.xlsx")
        for kind in PRESENT:
            named = any(KINDS[kind][0] in words or KINDS[kind][1] in words for words in lost)
            assert kind in there or named, (name, kind, lost)
        assert "1 shape or text box (Own)" in lost
        assert "1 sparkline (Own)" in lost
        assert not any("chart" in words or words.startswith("1 comment") for words in lost), lost


def test_a_drawing_that_cannot_be_kept_is_named_with_all_that_is_on_it(tmp_path: Path) -> None:
    """openpyxl leaves a whole drawing out where it does not understand one shape of it."""
    path = made_rich(tmp_path, "")
    lost = annotate(path, check(path)[1], tmp_path / "marked.xlsx")
    assert ("1 chart (Own)" in lost) == ("chart" not in inside(tmp_path / "marked.xlsx"))
    assert "1 shape or text box (Own)" in lost


def test_what_one_sheet_loses_is_not_made_up_for_by_another(rich: Path) -> None:
    before = extras_of(Opened(rich.read_bytes()))
    after = before.copy()
    after["dataValidation", "Own"] -= 1
    after["dataValidation", "Staff"] += 5
    assert lacking(before, after) == ["1 drop-down or check of entries (Own)"]


def test_a_frozen_workbook_names_what_the_tables_do_not_hold(rich: Path, tmp_path: Path) -> None:
    (note,) = [n for n in freeze(rich, tmp_path / "folder") if n.startswith("Not kept")]
    for kind in PRESENT:
        assert KINDS[kind][0] in note or KINDS[kind][1] in note, kind
    assert freeze(book(tmp_path), tmp_path / "plain") == []


def test_a_difference_that_is_no_cell_is_told(rich: Path, tmp_path: Path) -> None:
    write_template(tmp_path / "completed.xlsx", from_path=rich)
    told = list(compared((rich, tmp_path / "completed.xlsx"), ("one", "two")))
    assert "\nNo cell differs." in told
    assert told[-1].startswith("Not compared")
    assert "sparklines: 1 and 0" in told[-1]
    assert "charts: 1 and 1" in told[-1]
    assert list(compared((book(tmp_path), book(tmp_path)), ("one", "two")))[-1] == "\nNo cell differs."
