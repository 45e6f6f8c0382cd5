"""Workbooks with one defect each, as recipes: the starter case, one mutation, and what must be said about it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.sheets import columns
from planner.workbook import write_template
from planner.workbook.tables import read_folder

STARTER = Path(__file__).parents[2] / "inputs" / "starter"

Tables = dict[str, list[dict[str, Any]]]
Change = Callable[[Tables], None]
Surgery = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Recipe:
    """One defect. `check` and `cell` name the finding that must be made, `says` is part of its sentence."""

    name: str
    check: str
    cell: str
    says: str
    change: Change | None = None
    surgery: Surgery | None = None
    severity: str = "error"


def starter() -> Tables:
    """Tables of the starter case, sheet name to rows by header, free to change."""
    plain: Tables = {}
    for sheet, table in read_folder(STARTER).items():
        headers = {c.field: c.name for c in columns(sheet)}
        plain[sheet.SHEET] = [{headers[f]: v for f, v in row.values.items()} for row in table.rows]
    return plain


def build(recipe: Recipe, path: Path) -> Path:
    """Write the recipe's workbook."""
    tables = starter()
    if recipe.change is not None:
        recipe.change(tables)
    write_template(path, tables)
    if recipe.surgery is not None:
        path.write_bytes(recipe.surgery(path.read_bytes()))
    return path


def put(sheet: str, row: int, column: str, value: Any) -> Change:
    """Write a value into a row (counted from 0); None blanks the cell."""

    def change(tables: Tables) -> None:
        if value is None:
            tables[sheet][row].pop(column, None)
        else:
            tables[sheet][row][column] = value

    return change


def add(sheet: str, **cells: Any) -> Change:
    """Add a row; underscores in names stand for blanks."""

    def change(tables: Tables) -> None:
        tables.setdefault(sheet, []).append({name.replace("_", " "): value for name, value in cells.items()})

    return change


def repeat(sheet: str, row: int) -> Change:
    """Write a row twice."""

    def change(tables: Tables) -> None:
        tables[sheet].append(dict(tables[sheet][row]))

    return change


def drop(sheet: str) -> Change:
    """Leave a sheet out."""

    def change(tables: Tables) -> None:
        tables.pop(sheet)

    return change


def both(*changes: Change) -> Change:
    """Several changes that make one defect."""

    def change(tables: Tables) -> None:
        for each in changes:
            each(tables)

    return change


def parts(change: Callable[[dict[str, bytes]], None]) -> Surgery:
    """Surgery on the parts of the zip."""

    def surgery(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            contents = {name: old.read(name) for name in old.namelist()}
        change(contents)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for name, content in contents.items():
                new.writestr(name, content)
        return target.getvalue()

    return surgery


def part_of(contents: dict[str, bytes], sheet: str) -> str:
    """Name of the part that holds a sheet."""
    book = contents["xl/workbook.xml"].decode()
    names = re.findall(r'<sheet name="([^"]+)"', book)
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def in_sheet(sheet: str, old: str, new: str) -> Surgery:
    """Replace the first match of a pattern in a sheet's XML."""

    def change(contents: dict[str, bytes]) -> None:
        name = part_of(contents, sheet)
        text, count = re.subn(old, new, contents[name].decode(), count=1)
        assert count == 1, f"no {old} on {sheet}"
        contents[name] = text.encode()

    return parts(change)


def with_part(name: str, content: bytes) -> Surgery:
    """Add a part."""
    return parts(lambda contents: contents.update({name: content}))


def rename_sheet(old: str, new: str) -> Surgery:
    """Give a sheet another name."""

    def change(contents: dict[str, bytes]) -> None:
        contents["xl/workbook.xml"] = contents["xl/workbook.xml"].replace(
            f'<sheet name="{old}"'.encode(), f'<sheet name="{new}"'.encode()
        )

    return parts(change)


def entity(contents: dict[str, bytes]) -> None:
    """Declare an entity in the workbook's XML."""
    body = contents["xl/workbook.xml"].split(b"?>", 1)[1]
    contents["xl/workbook.xml"] = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + body


def bomb(contents: dict[str, bytes]) -> None:
    """Blow a part up a thousandfold."""
    contents["xl/worksheets/sheet99.xml"] = b"0" * 30_000_000


FILES = [
    Recipe(
        "not a workbook",
        "file-not-workbook",
        "workbook",
        "It is a text or CSV file, not a workbook.",
        surgery=lambda _: b"just text, saved as xlsx",
    ),
    Recipe(
        "old Excel format or a password",
        "file-old-excel",
        "workbook",
        "It is an old Excel or Office file (.xls, .doc).",
        surgery=lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
    ),
    Recipe(
        "cut in half",
        "file-damaged",
        "workbook",
        "its zip container cannot be unpacked.",
        surgery=lambda data: data[: len(data) // 2],
    ),
    Recipe("empty file", "file-empty", "workbook", "The file is empty.", surgery=lambda _: b""),
    Recipe(
        "macros", "file-macros", "workbook", "The workbook holds macros.", surgery=with_part("xl/vbaProject.bin", b"x")
    ),
    Recipe(
        "XML entity",
        "file-entities",
        "workbook",
        "Part 'xl/workbook.xml' declares document types o",
        surgery=parts(entity),
    ),
    Recipe(
        "zip bomb", "file-ratio", "workbook", "Part 'xl/worksheets/sheet99.xml' unpacks to 1,02", surgery=parts(bomb)
    ),
    Recipe(
        "external link",
        "file-external-links",
        "workbook",
        "The workbook links to other workbooks, whose val",
        surgery=with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
    ),
    Recipe(
        "cell at the far corner",
        "file-far-cell",
        "workbook",
        "Part 'xl/worksheets/sheet4.xml' uses row 1048576",
        surgery=in_sheet("Places", "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    ),
    Recipe(
        "newer format",
        "format-version",
        "workbook",
        "the workbook has format version 9; this planner",
        surgery=parts(lambda c: c.update({"docProps/custom.xml": re.sub(rb">1<", b">9<", c["docProps/custom.xml"])})),
    ),
]

SHEETS = [
    Recipe("no phases", "sheet-empty", "Time", "sheet 'Time' has no rows.", drop("Time")),
    Recipe(
        "sheet gone", "sheet-missing", "workbook", "sheet 'Time' is missing.", surgery=rename_sheet("Time", "Calendar")
    ),
    Recipe("no outcomes", "sheet-empty", "Outcomes", "sheet 'Outcomes' has no rows.", drop("Outcomes")),
    Recipe(
        "misspelt sheet",
        "sheet-unknown",
        "Fundng",
        "the planner does not know a sheet 'Fundng' and d",
        surgery=rename_sheet("Funding", "Fundng"),
        severity="warning",
    ),
    Recipe(
        "misspelt header",
        "column-missing",
        "Staff!A4",
        "column 'On board' is missing.",
        surgery=parts(
            lambda c: c.update({"xl/sharedStrings.xml": c["xl/sharedStrings.xml"].replace(b">On board<", b">On bord<")})
        ),
    ),
    Recipe(
        "merged cells",
        "cells-merged",
        "Staff!A5",
        "A6 are merged, which leaves all but one blank.",
        surgery=in_sheet(
            "Staff", "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A5:A6"/></mergeCells>'
        ),
    ),
    Recipe(
        "formula without a value",
        "cell-formula",
        "Arrivals!D5",
        "the formula has no stored result.",
        surgery=in_sheet("Arrivals", r'<c r="D5"([^>]*)><v>[^<]*</v></c>', r'<c r="D5"\1><f>1+1</f></c>'),
    ),
    Recipe(
        "error value",
        "cell-error",
        "Arrivals!D5",
        "the cell shows #REF!.",
        surgery=in_sheet("Arrivals", r'<c r="D5"[^>]*><v>[^<]*</v></c>', '<c r="D5" t="e"><v>#REF!</v></c>'),
    ),
]

CELLS = [
    Recipe(
        "text for a number",
        "number-kind",
        "Staff!E5",
        "'a dozen' is not a number.",
        put("Staff", 0, "On board", "a dozen"),
    ),
    Recipe(
        "number with thousands",
        "number-text",
        "People!G8",
        "'4,500' is text, not a number; we read it as 450",
        put("People", 3, "At start", "4,500"),
    ),
    Recipe(
        "number with a decimal comma",
        "number-text",
        "People!G8",
        "'1.234,5' is text, not a number; we read it as 1",
        put("People", 3, "At start", "1.234,5"),
    ),
    Recipe(
        "number with a letter",
        "number-text",
        "Appropriations!D5",
        "'2.5m' is text, not a number; we read it as 2500",
        put("Appropriations", 0, "Amount", "2.5m"),
    ),
    Recipe("negative people", "number-range", "People!G8", "-5 is out of range.", put("People", 3, "At start", -5)),
    Recipe(
        "share above one",
        "share-percent",
        "Staff!K5",
        "12 is more than 1, and the column is a share.",
        put("Staff", 0, "Attrition", 12),
    ),
    Recipe(
        "percentage as text",
        "number-text",
        "Staff!K5",
        "'12%' is text, not a number; we read it as 0.12.",
        put("Staff", 0, "Attrition", "12%"),
    ),
    Recipe("required cell blank", "cell-required", "Staff!E5", "the cell is blank.", put("Staff", 0, "On board", None)),
    Recipe("no such date", "date-kind", "Time!C5", "'2025-02-30' is not a date.", put("Time", 0, "From", "2025-02-30")),
    Recipe(
        "word not on the list",
        "choice-unknown",
        "People!E8",
        "'wating' is not in the list.",
        put("People", 3, "State", "wating"),
    ),
    Recipe(
        "neither yes nor no",
        "choice-unknown",
        "Sites!E5",
        "'perhaps' is neither yes nor no.",
        put("Sites", 0, "Open at start", "perhaps"),
    ),
    Recipe(
        "unknown place",
        "reference-unknown",
        "Staff!B5",
        "there is no 'Border pots' on sheet Places.",
        put("Staff", 0, "Station", "Border pots"),
    ),
    Recipe(
        "unknown compartment",
        "reference-unknown",
        "Pipelines!U5",
        "there is no 'protected in Northlnd' on sheet Peo",
        put("Pipelines", 0, "To 1", "protected in Northlnd"),
    ),
    Recipe(
        "unknown account",
        "reference-unknown",
        "Appropriations!A5",
        "there is no 'asylum buget' on sheet Funding.",
        put("Appropriations", 0, "Account", "asylum buget"),
    ),
    Recipe(
        "unknown reform",
        "reference-unknown",
        "Visas!W5",
        "there is no 'labor agreement' on sheet Reforms.",
        put("Visas", 0, "Needs", "labor agreement"),
    ),
    Recipe(
        "unknown pool",
        "reference-unknown",
        "Visas!H5",
        "there is no 'seasonal visa' on sheet Slots.",
        put("Visas", 0, "Slots from", "seasonal visa"),
    ),
    Recipe(
        "unknown outcome",
        "reference-unknown",
        "Outcome terms!A5",
        "there is no 'safe year' on sheet Outcomes.",
        put("Outcome terms", 0, "Outcome", "safe year"),
    ),
    Recipe(
        "unknown phase",
        "reference-unknown",
        "Arrivals!B5",
        "there is no 'P4' on sheet Time.",
        put("Arrivals", 0, "Phase", "P4"),
    ),
    Recipe(
        "unknown cadre",
        "staff-unknown",
        "Pipelines!I5",
        "there is no 'asylum oficer / Border post' on she",
        put("Pipelines", 0, "Cadre", "asylum oficer"),
    ),
    Recipe(
        "unknown setting",
        "setting-unknown",
        "Settings!A6",
        "there is no setting 'political capitol at start'",
        put("Settings", 1, "Setting", "political capitol at start"),
    ),
    Recipe(
        "setting of the wrong kind",
        "setting-value",
        "Settings!B6",
        "'plenty' is not a number of 0 or more.",
        put("Settings", 1, "Value", "plenty"),
    ),
    Recipe(
        "same account twice",
        "key-twice",
        "Funding!A7",
        "'asylum budget' is already in Funding!A5.",
        repeat("Funding", 0),
    ),
    Recipe(
        "same stage twice",
        "key-twice",
        "Pipelines!A9",
        "'interview at the border' is already in Pipeline",
        repeat("Pipelines", 0),
    ),
    Recipe(
        "unknown selection field",
        "selection-field",
        "Rules!D5",
        "there is no field 'purpos' to select by.",
        put("Rules", 0, "Where", "purpos: protection at home"),
    ),
    Recipe(
        "selection without a colon",
        "selection-form",
        "Rules!D5",
        "value, value'.",
        put("Rules", 0, "Where", "protection at home"),
    ),
    Recipe(
        "selection that nobody has",
        "selection-nothing",
        "Outcome terms!D5",
        "protectd' picks nothing.",
        put("Outcome terms", 0, "Where", "state: protectd"),
    ),
    Recipe(
        "unknown evidence",
        "source-unknown",
        "Staff!Q5",
        "there is no 'E99' on sheet Evidence.",
        put("Staff", 0, "Source", "E99"),
    ),
    Recipe(
        "grade better than its source",
        "grade-contradicts",
        "Staff!R5",
        "grade S, but its source E04 is graded A.",
        put("Staff", 0, "Grade", "S"),
    ),
    Recipe(
        "low above high",
        "evidence-range",
        "Evidence!E5",
        "low 90,000 is above high 80,000.",
        both(put("Evidence", 0, "Low", 90000), put("Evidence", 0, "High", 80000)),
    ),
]

MEANING = [
    Recipe(
        "phases with a gap",
        "phases-gap",
        "Time!C6",
        "phase 'P2' begins on 2025-05-01 and leaves a gap",
        put("Time", 1, "From", "2025-05-01"),
    ),
    Recipe(
        "phase that ends before it begins",
        "dates-backwards",
        "Time!D7",
        "phase 'P3' ends on 2025-06-01 before it begins o",
        put("Time", 2, "Until", "2025-06-01"),
    ),
    Recipe(
        "yields above one", "shares-sum", "Pipelines!X5", "more leave than came.", put("Pipelines", 0, "Share 1", 0.9)
    ),
    Recipe("yields below one", "shares-sum", "Pipelines!X5", "some would vanish.", put("Pipelines", 0, "Share 2", 0.1)),
    Recipe(
        "from a pending claim to a return",
        "right-refoulement",
        "Movements!B8",
        "whoever has asked for protection is not sent bac",
        both(
            add("People", People="returned", Place="Southland", State="returned"),
            add("Movements", From="waiting at the border", To="returned", Share_a_year=0.1, Source="E08", Grade="A"),
        ),
    ),
    Recipe(
        "movement to itself",
        "movement-own",
        "Movements!B8",
        "'refused' moves to itself.",
        add("Movements", From="refused", To="refused", Share_a_year=0.1, Source="E08", Grade="A"),
    ),
    Recipe(
        "programme that takes and does not give",
        "move-one-sided",
        "Programmes!W5",
        "'Moves to' is blank, so people leave 'at risk in",
        put("Programmes", 0, "Moves to", None),
    ),
    Recipe(
        "least above most",
        "least-above-most",
        "Programmes!I5",
        "'At least' is 99,999 a year (Programmes!I5) and",
        put("Programmes", 0, "At least", 99999),
    ),
    Recipe(
        "growth from nothing",
        "growth-without-start",
        "Programmes!L5",
        "it can never start.",
        put("Programmes", 0, "Starting pace", None),
    ),
    Recipe("stretches with a hole", "curve-gap", "Curves!B6", "the row is stretch 3.", put("Curves", 1, "Stretch", 3)),
    Recipe(
        "site that is no place",
        "reference-unknown",
        "Sites!A6",
        "there is no 'Harbor centre' on sheet Places.",
        put("Sites", 1, "Site", "Harbor centre"),
    ),
    Recipe(
        "window after the plan",
        "window-outside",
        "Reforms!F5",
        "its window opens on 2031-01-01, outside the plan",
        put("Reforms", 0, "From", "2031-01-01"),
        severity="warning",
    ),
    Recipe(
        "window the wrong way round",
        "dates-backwards",
        "Reforms!G5",
        "the window ends on 2025-06-01 before it begins o",
        both(put("Reforms", 0, "From", "2026-01-01"), put("Reforms", 0, "Until", "2025-06-01")),
    ),
    Recipe(
        "reform that needs itself",
        "needs-itself",
        "Reforms!O5",
        "'labour agreement' needs itself, so it can never",
        put("Reforms", 0, "Needs", "labour agreement"),
    ),
    Recipe(
        "reforms that need each other",
        "needs-circle",
        "Reforms!O5",
        "each waits for the other, and none can come firs",
        both(put("Reforms", 0, "Needs", "wider refugee definition"), put("Reforms", 1, "Needs", "labour agreement")),
    ),
    Recipe(
        "pulse on a programme",
        "effect-target",
        "Effects!C5",
        "'pulse' cannot act on 'recruitment support'.",
        put("Effects", 0, "On", "recruitment support"),
    ),
    Recipe(
        "softening without a rate",
        "softening-half",
        "Effects!H5",
        "'Softened by' names stages, but 'Softening' is 0",
        put("Effects", 0, "Softening", None),
    ),
    Recipe(
        "bill that nobody may pay",
        "unpayable",
        "Programmes!J6",
        "No account may pay it (purpose 'labour pathway',",
        put("Programmes", 1, "Purpose", "labour pathway"),
    ),
    Recipe(
        "share rule without a base",
        "share-of-all",
        "Rules!H5",
        "read as a share of all money.",
        both(put("Rules", 0, "Of measure", None), put("Rules", 0, "Of where", None)),
        severity="warning",
    ),
    Recipe(
        "nothing is sought",
        "nothing-to-seek",
        "Outcomes!G5",
        "every weight on sheet Outcomes is 0 or blank, so",
        both(*(put("Outcomes", k, "Weight", 0) for k in range(5))),
    ),
    Recipe(
        "outcome without terms",
        "outcome-empty",
        "Outcomes!A10",
        "nothing on sheet Outcome terms says what 'empty'",
        add("Outcomes", Outcome="empty", Unit="people", Weight=1, Source="E13", Grade="A"),
    ),
    Recipe(
        "cadre nobody employs there",
        "staff-unknown",
        "Pipelines!I5",
        "there is no 'asylum officer / Southland' on shee",
        put("Pipelines", 0, "Station", "Southland"),
    ),
    Recipe(
        "probabilities above one",
        "probabilities-sum",
        "Scenarios!C6",
        "'surge' 0.9, 'late budget' 0.2.",
        put("Scenarios", 0, "Probability", 0.9),
    ),
    Recipe(
        "scenario for a row that is not there",
        "change-row",
        "Scenario changes!F6",
        "sheet Appropriations has no row 'asylum budget /",
        put("Scenario changes", 1, "Row", "asylum budget / P9"),
    ),
    Recipe(
        "override of nothing",
        "pointer-row",
        "Overrides!B5",
        "sheet Programmes has no row 'safe house'.",
        add("Overrides", Sheet="Programmes", Row="safe house", Action="forbid"),
    ),
    Recipe(
        "floor above the money",
        "impossible-money",
        "Rules!F7",
        "'partner fund' 26 (Funding!A6).",
        add(
            "Rules",
            Rule="much at home",
            Measure="money",
            Where="purpose: protection at home",
            Relation="at least",
            Value=900,
            Category="agreement",
            Source="E14",
            Grade="A",
        ),
        severity="conflict",
    ),
    Recipe(
        "two rules that contradict",
        "impossible-limits",
        "Rules!F8",
        "rule 'floor' 10 (Rules!F7).",
        both(
            add(
                "Rules",
                Rule="floor",
                Measure="money",
                Where="purpose: protection at home",
                Relation="at least",
                Value=10,
                Category="agreement",
                Source="E14",
                Grade="A",
            ),
            add(
                "Rules",
                Rule="cap",
                Measure="money",
                Where="purpose: protection at home",
                Relation="at most",
                Value=5,
                Category="agreement",
                Source="E14",
                Grade="A",
            ),
        ),
        severity="conflict",
    ),
    Recipe(
        "a right already broken on day one",
        "right-broken-at-start",
        "People!I8",
        "about 2,250 are over the limit already.",
        both(put("People", 3, "Time limit", 90), put("People", 3, "Limit is", "right")),
    ),
    Recipe(
        "salaries above the account",
        "impossible-money",
        "Staff!F5",
        "'asylum budget' 6 (Funding!A5).",
        put("Staff", 0, "Salary", 9500000),
        severity="conflict",
    ),
    Recipe(
        "political capital that is not there",
        "impossible-capital",
        "Reforms!J5",
        "'labour agreement' 400 (Reforms!J5); the plan ca",
        both(put("Reforms", 0, "Must happen", "yes"), put("Reforms", 0, "Political capital", 400)),
        severity="conflict",
    ),
]

RECIPES = [*FILES, *SHEETS, *CELLS, *MEANING]
