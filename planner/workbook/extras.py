"""What a workbook holds besides its cells, by name and number: what a copy lacks is told, not lost in silence.

A workbook's parts lead to each other by relations whose last word says what a part is (a chart, a picture, a pivot
table); rules and marks of a sheet stand as elements behind its cells. Both are counted, in the original and in the
copy, and what there is less of is named. Nothing is assumed about what the program that makes the copy can keep.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from planner.wording.figures import count
from planner.wording.lists import in_a_row
from planner.workbook.opened import Opened
from planner.workbook.package import ZIP_FAULTS, plain

Extras: TypeAlias = "Counter[tuple[str, str]]"
"""How many of each kind there are, by kind and sheet ('' where they belong to no sheet)."""

KINDS: Mapping[str, tuple[str, str]] = {
    "chart": ("chart", "charts"),
    "chartEx": ("chart of a newer kind", "charts of newer kinds"),
    "chartsheet": ("chart sheet", "chart sheets"),
    "image": ("picture", "pictures"),
    "shape": ("shape or text box", "shapes and text boxes"),
    "diagramData": ("SmartArt drawing", "SmartArt drawings"),
    "comment": ("comment", "comments"),
    "threadedComment": ("thread of comments", "threads of comments"),
    "vbaProject": ("set of macros", "sets of macros"),
    "xlMacrosheet": ("macro sheet", "macro sheets"),
    "dialogsheet": ("dialog sheet", "dialog sheets"),
    "pivotTable": ("pivot table", "pivot tables"),
    "slicer": ("slicer", "slicers"),
    "timeline": ("timeline", "timelines"),
    "ctrlProp": ("form control", "form controls"),
    "control": ("control", "controls"),
    "oleObject": ("embedded object", "embedded objects"),
    "package": ("embedded file", "embedded files"),
    "externalLink": ("link to another workbook", "links to other workbooks"),
    "queryTable": ("query", "queries"),
    "connections": ("set of data connections", "sets of data connections"),
    "powerPivotData": ("data model", "data models"),
    "dataValidation": ("drop-down or check of entries", "drop-downs and checks of entries"),
    "cfRule": ("conditional format", "conditional formats"),
    "sparkline": ("sparkline", "sparklines"),
    "sheetProtection": ("protection of the sheet", "protections of sheets"),
    "workbookProtection": ("protection of the workbook", "protections of the workbook"),
    "protectedRange": ("range that some may edit", "ranges that some may edit"),
    "customSheetView": ("view of one's own", "views of one's own"),
    "scenario": ("scenario of Excel's", "scenarios of Excel's"),
    "autoFilter": ("filter", "filters"),
    "hyperlink": ("link", "links"),
    "tablePart": ("Excel table", "Excel tables"),
    "signature": ("digital signature", "digital signatures"),
}
"""Words for one and for several of a kind; what has none is told by its own name."""

PARTS = frozenset(
    {
        "chart", "chartEx", "chartsheet", "image", "diagramData", "threadedComment", "vbaProject", "xlMacrosheet",
        "dialogsheet", "pivotTable", "slicer", "timeline", "ctrlProp", "control", "oleObject", "package",
        "externalLink", "queryTable", "connections", "powerPivotData", "signature",
    }
)  # fmt: skip
"""Kinds that are parts of their own."""
RULES = frozenset({"dataValidation", "cfRule", "sheetProtection"})
"""Kinds of which a difference tells only where there are more of them in one workbook."""
FORM = frozenset({"autoFilter", "hyperlink", "tablePart"})
"""Kinds that belong to the form of a workbook: no difference tells of them."""
_ELEMENTS: Mapping[str, re.Pattern[bytes]] = {
    "sheet": re.compile(
        rb"<(?:[\w.-]+:)?(dataValidation|cfRule|sparkline|sheetProtection|protectedRange|customSheetView|scenario|"
        rb"autoFilter|hyperlink|tablePart)[\s/>]"
    ),
    "drawing": re.compile(rb"<(?:[\w.-]+:)?(sp|cxnSp)[\s/>]"),
    "comments": re.compile(rb"<(?:[\w.-]+:)?(comment)[\s/>]"),
    "workbook": re.compile(rb"<(?:[\w.-]+:)?(workbookProtection)[\s/>]"),
}
"""Kinds that are elements of a part: of a sheet behind its cells, of a drawing, of comments, of the workbook."""


def extras_of(book: Opened) -> Extras:
    """Count what an opened workbook holds besides its cells. Raises InvalidCaseError for relations without end."""
    found: Extras = Counter()
    sheets = {plain(entry.part): entry.name for entry in book.entries}
    seen = set[str]()
    todo = [("", "", ""), ("workbook", book.part, "")]
    while todo:
        kind, part, sheet = todo.pop()
        if plain(part) in seen:
            continue
        seen.add(plain(part))
        sheet = sheets.get(plain(part), sheet)
        if kind in PARTS:
            found[kind, sheet] += 1
        for element in _elements(book, "sheet" if plain(part) in sheets else kind, part):
            found["shape" if kind == "drawing" else element, sheet] += 1
        relations = book.package.relations(part).values()
        todo += [(r.kind, r.target, sheet) for r in relations if r.target and book.package.has(r.target)]
    return found


def _elements(book: Opened, kind: str, part: str) -> Iterator[str]:
    """Names of the elements of a part that count."""
    pattern, info = _ELEMENTS.get(kind), book.package.parts.get(plain(part))
    if pattern is None or info is None:
        return
    try:
        content = book.package.archive.read(info)
    except ZIP_FAULTS:
        return
    start = max(content.rfind(b"sheetData>"), content.rfind(b"sheetData/>"), 0) if kind == "sheet" else 0
    for match in pattern.finditer(content, start):
        yield match[1].decode("ascii")


def lacking(before: Extras, after: Extras) -> list[str]:
    """What there is less of afterwards, in words: '2 charts (Budget)'."""
    missing = before - after
    kinds = [*KINDS, *sorted({kind for kind, _ in missing} - set(KINDS))]
    return [named(kind, missing) for kind in kinds if any(kind == other for other, _ in missing)]


def named(kind: str, found: Extras) -> str:
    """How many of a kind there are, and on which sheets."""
    number = sum(count for (other, _), count in found.items() if other == kind)
    sheets = [sheet for (other, sheet) in found if other == kind and sheet]
    one, many = KINDS.get(kind, (kind, kind))
    where = f" ({in_a_row(sheets, 3)}{' sheets' if len(sheets) > 3 else ''})"
    return f"{count(number)} {one if number == 1 else many}{where if sheets else ''}"


def unlike(one: Extras, other: Extras, both: Collection[str]) -> list[str]:
    """What two workbooks hold besides cells: 'charts: 1 and 0'; of rules, only on the sheets that `both` have."""
    told = []
    for kind, (_, many) in KINDS.items():
        rules = kind in RULES
        numbers = [
            sum(count for (k, sheet), count in found.items() if k == kind and (not rules or sheet in both))
            for found in (one, other)
        ]
        if kind not in FORM and any(numbers) and (not rules or numbers[0] != numbers[1]):
            told.append(f"{many}: {count(numbers[0])} and {count(numbers[1])}")
    return told
