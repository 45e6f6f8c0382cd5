"""A document for Word: real headings, lists and tables, so that it can be edited and read aloud."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from planner.results.documents import Block, Heading, Items, Table, Text
from planner.wording.dates import moment

if TYPE_CHECKING:
    from docx.document import Document as Made
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

BLUE = RGBColor(0x0B, 0x5C, 0x8A)
WIDTH = 174.0
"""Millimetres of an A4 page between its margins."""
MARGIN = 18.0
"""Margin on every side, millimetres."""


def word_document(title: str, blocks: Iterable[Block], made_at: datetime, *, close: bool = False) -> bytes:
    """Blocks as the content of a .docx file; `close` sets them close together, so that a page holds more."""
    made = Document()
    _page(made, title, made_at, close=close)
    for block in blocks:
        _put(made, block)
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


def _page(made: Made, title: str, made_at: datetime, *, close: bool) -> None:
    """A4, fonts, properties."""
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    made.core_properties.title, made.core_properties.author = _clean(title), "Migration planner"
    made.core_properties.language = "en"
    made.core_properties.created = made.core_properties.modified = made_at
    body = made.styles["Normal"]
    body.font.name, body.font.size = "Calibri", Pt(10)
    body.paragraph_format.space_after, body.paragraph_format.line_spacing = Pt(4), 1.1
    headings = (("Heading 1", 20.0, 0.0), ("Heading 2", 13.0, 12.0), ("Heading 3", 10.5, 8.0))
    if close:
        body.paragraph_format.space_after, body.paragraph_format.line_spacing = Pt(2), 1.0
        headings = (("Heading 1", 15.0, 0.0), ("Heading 2", 11.0, 6.0), ("Heading 3", 10.5, 4.0))
    for name, size, before in headings:
        style = made.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), BLUE
        style.font.bold = True
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(3)
        style.paragraph_format.keep_with_next = True
    foot = section.footer.paragraphs[0]
    foot.text = f"{_clean(title)} · {moment(made_at)} · page "
    foot.runs[0].font.size = Pt(8)
    _page_number(foot)


def _page_number(paragraph: Paragraph) -> None:
    """A field that shows the number of the page."""
    run = paragraph.add_run()
    run.font.size = Pt(8)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)


def _put(made: Made, block: Block) -> None:
    """One block."""
    if isinstance(block, Heading):
        made.add_heading(_clean(block.text), block.level)
    elif isinstance(block, Items):
        for line in block.lines:
            made.add_paragraph(_clean(line), style="List Bullet").paragraph_format.space_after = Pt(1)
    elif isinstance(block, Table):
        _table(made, block)
    else:
        _text(made, block)


def _text(made: Made, block: Text) -> None:
    """A paragraph in its kind."""
    paragraph = made.add_paragraph(_clean(block.text))
    run = paragraph.runs[0] if paragraph.runs else paragraph.add_run()
    if block.kind == "sure":
        run.font.bold, run.font.color.rgb = True, BLUE
    elif block.kind == "small":
        run.font.size = Pt(8.5)
    elif block.kind == "code":
        run.font.name, run.font.size = "Consolas", Pt(8)


def _table(made: Made, block: Table) -> None:
    """A table whose head is repeated on every page, with figures to the right."""
    names, rows = [str(c) for c in block.frame.columns], block.rows()
    table = made.add_table(rows=1, cols=len(names))
    table.style = made.styles["Light List Accent 1"] if len(rows) > 0 else made.styles["Table Grid"]
    table.autofit = False
    right = [name in block.right for name in names]
    widths = _widths(names, rows)
    for cells, texts in ((table.rows[0].cells, names), *((table.add_row().cells, row) for row in rows)):
        for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            _cell(cell, text, right=right[place], width=widths[place])
    head = table.rows[0]._tr.get_or_add_trPr()
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    head.append(mark)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)
    made.add_paragraph().paragraph_format.space_after = Pt(2)


def _cell(cell: _Cell, text: str, *, right: bool, width: float) -> None:
    """One cell."""
    cell.width = Mm(width)
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(_clean(text))
    run.font.size = Pt(8.5)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _widths(names: list[str], rows: list[list[str]]) -> list[float]:
    """Millimetres of every column, by how long its texts are."""
    longest = [
        min(max(len(name) * 0.9, *(len(row[n]) for row in rows), 6.0) if rows else len(name), 60.0)
        for n, name in enumerate(names)
    ]
    total = sum(longest)
    return [WIDTH * part / total for part in longest]


def _clean(text: str) -> str:
    """A text without signs that XML does not allow."""
    return "".join(sign for sign in text if sign in "\n\t" or (ord(sign) >= 32 and ord(sign) not in (0xFFFE, 0xFFFF)))
