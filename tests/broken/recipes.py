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
        contents["xl/workbook.xml"] = contents["xl/workbook.xml"].replace(f'<sheet name="{old}"'.encode(), f'<sheet name="{new}"'.encode())

    return parts(change)


def entity(contents: dict[str, bytes]) -> None:
    """Declare an entity in the workbook's XML."""
    body = contents["xl/workbook.xml"].split(b"?>", 1)[1]
    contents["xl/workbook.xml"] = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + body


def bomb(contents: dict[str, bytes]) -> None:
    """Blow a part up a thousandfold."""
    contents["xl/worksheets/sheet99.xml"] = b"0" * 30_000_000


FILES = [
    Recipe("not a workbook", "", "workbook", "", surgery=lambda _: b"just text, saved as xlsx"),
    Recipe("old Excel format or a password", "", "workbook", "", surgery=lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)),
    Recipe("cut in half", "", "workbook", "", surgery=lambda data: data[: len(data) // 2]),
    Recipe("empty file", "", "workbook", "", surgery=lambda _: b""),
    Recipe("macros", "", "workbook", "", surgery=with_part("xl/vbaProject.bin", b"x")),
    Recipe("XML entity", "", "workbook", "", surgery=parts(entity)),
    Recipe("zip bomb", "", "workbook", "", surgery=parts(bomb)),
    Recipe("external link", "", "workbook", "", surgery=with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>")),
    Recipe("cell at the far corner", "", "", "", surgery=in_sheet("Places", "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')),
    Recipe("newer format", "", "workbook", "", surgery=parts(lambda c: c.update({"docProps/custom.xml": re.sub(rb">1<", b">9<", c["docProps/custom.xml"])}))),
]

SHEETS = [
    Recipe("no Time", "", "workbook", "", drop("Time")),
    Recipe("no Outcomes", "", "workbook", "", drop("Outcomes")),
    Recipe("misspelt sheet", "", "", "", surgery=rename_sheet("Funding", "Fundng")),
    Recipe("misspelt header", "", "", "", surgery=parts(lambda c: c.update({"xl/sharedStrings.xml": c["xl/sharedStrings.xml"].replace(b">On board<", b">On bord<")}))),
    Recipe("merged cells", "", "", "", surgery=in_sheet("Staff", "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A5:A6"/></mergeCells>')),
    Recipe("formula without a value", "", "", "", surgery=in_sheet("Arrivals", r'<c r="D5"([^>]*)><v>[^<]*</v></c>', r'<c r="D5"\1><f>1+1</f></c>')),
    Recipe("error value", "", "", "", surgery=in_sheet("Arrivals", r'<c r="D5"[^>]*><v>[^<]*</v></c>', '<c r="D5" t="e"><v>#REF!</v></c>')),
]

CELLS = [
    Recipe("text for a number", "", "", "", put("Staff", 0, "On board", "a dozen")),
    Recipe("number with thousands", "", "", "", put("People", 3, "At start", "4,500")),
    Recipe("number with a decimal comma", "", "", "", put("People", 3, "At start", "1.234,5")),
    Recipe("number with a letter", "", "", "", put("Appropriations", 0, "Amount", "2.5m")),
    Recipe("negative people", "", "", "", put("People", 3, "At start", -5)),
    Recipe("share above one", "", "", "", put("Staff", 0, "Attrition", 12)),
    Recipe("percentage as text", "", "", "", put("Staff", 0, "Attrition", "12%")),
    Recipe("required cell blank", "", "", "", put("Staff", 0, "On board", None)),
    Recipe("no such date", "", "", "", put("Time", 0, "From", "2025-02-30")),
    Recipe("word not on the list", "", "", "", put("People", 3, "State", "wating")),
    Recipe("neither yes nor no", "", "", "", put("Sites", 0, "Open at start", "perhaps")),
    Recipe("unknown place", "", "", "", put("Staff", 0, "Station", "Border pots")),
    Recipe("unknown compartment", "", "", "", put("Pipelines", 0, "To 1", "protected in Northlnd")),
    Recipe("unknown account", "", "", "", put("Appropriations", 0, "Account", "asylum buget")),
    Recipe("unknown reform", "", "", "", put("Visas", 0, "Needs", "labor agreement")),
    Recipe("unknown pool", "", "", "", put("Visas", 0, "Slots from", "seasonal visa")),
    Recipe("unknown outcome", "", "", "", put("Outcome terms", 0, "Outcome", "safe year")),
    Recipe("unknown phase", "", "", "", put("Arrivals", 0, "Phase", "P4")),
    Recipe("unknown cadre", "", "", "", put("Pipelines", 0, "Cadre", "asylum oficer")),
    Recipe("unknown setting", "", "", "", put("Settings", 1, "Setting", "political capitol at start")),
    Recipe("setting of the wrong kind", "", "", "", put("Settings", 1, "Value", "plenty")),
    Recipe("same account twice", "", "", "", repeat("Funding", 0)),
    Recipe("same stage twice", "", "", "", repeat("Pipelines", 0)),
    Recipe("unknown selection field", "", "", "", put("Rules", 0, "Where", "purpos: protection at home")),
    Recipe("selection without a colon", "", "", "", put("Rules", 0, "Where", "protection at home")),
    Recipe("selection that nobody has", "", "", "", put("Outcome terms", 0, "Where", "state: protectd")),
    Recipe("unknown evidence", "", "", "", put("Staff", 0, "Source", "E99")),
    Recipe("grade better than its source", "", "", "", put("Staff", 0, "Grade", "S")),
    Recipe("low above high", "", "", "", both(put("Evidence", 0, "Low", 90000), put("Evidence", 0, "High", 80000))),
]

MEANING = [
    Recipe("phases with a gap", "", "", "", put("Time", 1, "From", "2025-05-01")),
    Recipe("phase that ends before it begins", "", "", "", put("Time", 2, "Until", "2025-06-01")),
    Recipe("yields above one", "", "", "", put("Pipelines", 0, "Share 1", 0.9)),
    Recipe("yields below one", "", "", "", put("Pipelines", 0, "Share 2", 0.1)),
    Recipe("from a pending claim to a return", "", "", "", both(
        add("People", People="returned", Place="Southland", State="returned"),
        add("Movements", From="waiting at the border", To="returned", Share_a_year=0.1, Source="E08", Grade="A"))),
    Recipe("movement to itself", "", "", "", add("Movements", From="refused", To="refused", Share_a_year=0.1, Source="E08", Grade="A")),
    Recipe("programme that takes and does not give", "", "", "", put("Programmes", 0, "Moves to", None)),
    Recipe("least above most", "", "", "", put("Programmes", 0, "At least", 99999)),
    Recipe("growth from nothing", "", "", "", put("Programmes", 0, "Starting pace", None)),
    Recipe("stretches with a hole", "", "", "", put("Curves", 1, "Stretch", 3)),
    Recipe("site that is no place", "", "", "", put("Sites", 1, "Site", "Harbor centre")),
    Recipe("window after the plan", "", "", "", put("Reforms", 0, "From", "2031-01-01"), severity="warning"),
    Recipe("window the wrong way round", "", "", "", both(put("Reforms", 0, "From", "2026-01-01"), put("Reforms", 0, "Until", "2025-06-01"))),
    Recipe("reform that needs itself", "", "", "", put("Reforms", 0, "Needs", "labour agreement")),
    Recipe("reforms that need each other", "", "", "", both(put("Reforms", 0, "Needs", "wider refugee definition"), put("Reforms", 1, "Needs", "labour agreement"))),
    Recipe("pulse on a programme", "", "", "", put("Effects", 0, "On", "recruitment support")),
    Recipe("softening without a rate", "", "", "", put("Effects", 0, "Softening", None), severity="warning"),
    Recipe("bill that nobody may pay", "", "", "", put("Programmes", 1, "Purpose", "labour pathway")),
    Recipe("share rule without a base", "", "", "", both(put("Rules", 0, "Of measure", None), put("Rules", 0, "Of where", None)), severity="warning"),
    Recipe("nothing is sought", "", "", "", both(*(put("Outcomes", k, "Weight", 0) for k in range(5)))),
    Recipe("outcome without terms", "", "", "", add("Outcomes", Outcome="empty", Unit="people", Weight=1, Source="E13", Grade="A")),
    Recipe("cadre nobody employs there", "", "", "", put("Pipelines", 0, "Station", "Southland")),
    Recipe("probabilities above one", "", "", "", put("Scenarios", 0, "Probability", 0.9)),
    Recipe("scenario for a row that is not there", "", "", "", put("Scenario changes", 1, "Row", "asylum budget / P9")),
    Recipe("override of nothing", "", "", "", add("Overrides", Sheet="Programmes", Row="safe house", Action="forbid")),
    Recipe("floor above the money", "", "", "", add("Rules", Rule="much at home", Measure="money", Where="purpose: protection at home", Relation="at least", Value=900, Category="agreement", Source="E14", Grade="A"), severity="conflict"),
    Recipe("two rules that contradict", "", "", "", both(
        add("Rules", Rule="floor", Measure="money", Where="purpose: protection at home", Relation="at least", Value=10, Category="agreement", Source="E14", Grade="A"),
        add("Rules", Rule="cap", Measure="money", Where="purpose: protection at home", Relation="at most", Value=5, Category="agreement", Source="E14", Grade="A")), severity="conflict"),
    Recipe("a right already broken on day one", "", "", "", both(put("People", 3, "Time limit", 90), put("People", 3, "Limit is", "right"))),
    Recipe("salaries above the account", "", "", "", put("Staff", 0, "Salary", 9500000), severity="conflict"),
    Recipe("political capital that is not there", "", "", "", both(put("Reforms", 0, "Must happen", "yes"), put("Reforms", 0, "Political capital", 400)), severity="conflict"),
]

RECIPES = [*FILES, *SHEETS, *CELLS, *MEANING]
