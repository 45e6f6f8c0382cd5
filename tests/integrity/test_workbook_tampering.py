"""Whatever is changed in a plan workbook, by hand or by somebody who knows the planner, the check finds it."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import openpyxl
import pandas as pd
import pytest

from planner.integrity.claims import check_claims
from planner.integrity.pages import _sheet, compare_books
from planner.integrity.rows import check_rows
from planner.plan import TABLES, Plan
from planner.plan.seal import Seal, examine, seal
from planner.results.workbook import workbook_bytes
from planner.verify import verify
from planner.verify.report import CheckLog, Report
from tests.integrity.conftest import Filed
from tests.integrity.files import Paper, packed, parts_of

Change = Callable[[Paper], bytes]


def figure(sheet: str, text: str, right: int = 1, factor: float = 10.0) -> Change:
    """A figure so many columns right of a text, times ten."""

    def change(paper: Paper) -> bytes:
        cell = paper.beside(sheet, text, right)
        value = paper.cells[sheet][cell]
        assert isinstance(value, int | float)
        assert value
        return paper.written(sheet, cell, value * factor)

    return change


def sentence(sheet: str, start: str, new: str) -> Change:
    """A sentence that begins so, with other words."""
    return lambda paper: paper.written(
        sheet, paper.where(sheet, lambda v: isinstance(v, str) and v.startswith(start)), new
    )


def value_of(part: str, name: str, new: Any) -> Change:
    """A value of sheet 'Table plan', by its part and name."""

    def change(paper: Paper) -> bytes:
        cells = paper.cells["Table plan"]
        rows = [
            int(at[1:]) for at, v in cells.items() if at[0] == "A" and v == part and cells.get(f"B{at[1:]}", "") == name
        ]
        return paper.written("Table plan", f"C{rows[0]}", json.dumps(new))

    return change


def column_of(table: str, column: str, new: Any) -> Change:
    """The first cell of a column of a machine table that holds something else."""
    letter = openpyxl.utils.get_column_letter(TABLES[table].index(column) + 1)

    def change(paper: Paper) -> bytes:
        cells = paper.cells[f"Table {table}"]
        found = [at for at, v in cells.items() if at.rstrip("0123456789") == letter and int(at[len(letter) :]) > 3]
        return paper.written(f"Table {table}", next(at for at in found if cells[at] != new), new)

    return change


def part(name: str, pattern: bytes, put: bytes) -> Change:
    """The first match of a pattern in a part of the file."""
    return lambda paper: paper.replaced(name, pattern, put)


def sheet_part(sheet: str, pattern: bytes, put: bytes) -> Change:
    """The first match of a pattern in a sheet."""
    return lambda paper: paper.replaced(paper.part(sheet), pattern, put)


def without_sheet(paper: Paper) -> bytes:
    """Sheet Rules taken out of the list of sheets, with what prints it."""
    bare = Paper(paper.replaced("xl/workbook.xml", rb'<sheet name="Rules"[^>]*/>', b""), looked_at=False)
    return bare.replaced("xl/workbook.xml", rb"<definedNames>.*</definedNames>", b"")


def with_comment(paper: Paper) -> bytes:
    """A comment beside a figure of the summary."""
    parts = parts_of(paper.data)
    name = paper.part("Summary")
    rels = f"xl/worksheets/_rels/{name.rpartition('/')[2]}.rels"
    link = (
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" '
        b'Target="../comments1.xml"/></Relationships>'
    )
    parts[rels] = parts[rels].replace(b"</Relationships>", link)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/comments1.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.comments+xml"/></Types>',
    )
    parts["xl/comments1.xml"] = (
        b'<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author>x</author>'
        b'</authors><commentList><comment ref="A2" authorId="0"><text><t>wrong by far</t></text></comment>'
        b"</commentList></comments>"
    )
    return packed(parts)


TAMPERINGS: Mapping[str, Change] = {
    "summary last actual": figure("Summary", "legal admissions", 2),
    "summary continuation": figure("Summary", "safe years", 3),
    "summary outcome times ten": figure("Summary", "safe years", 4),
    "summary doing nothing": figure("Summary", "safe years", 6),
    "what goes on": figure("What goes on", "interview at the border", 4),
    "what goes on, loss": sentence("Summary", "\u2022 Levels that cannot go on", " "),
    "summary total of the division": figure("Summary", "Money by country", 2),
    "summary says proven best": sentence("Summary", "Proven", "Proven best: nothing can be better. It is checked."),
    "summary headline": sentence("Summary", "safe years: ", "safe years: 999,999 person-years."),
    "summary promise taken off": sentence("Summary", "\u2022 no abrupt cuts", " "),
    "summary held back": sentence("Summary", "\u2022 Visas and quotas: ", "\u2022 Nothing held the plan back."),
    "division, money": figure("The division", "Northland"),
    "division, total": figure("The division", "Total", 4),
    "money, paid": figure("Money", "asylum budget", 5),
    "money, why": lambda p: p.written(
        "Money", p.where("Money", lambda v: (isinstance(v, str) and "lapsed on" in v) or v == "spent"), "was not needed"
    ),
    "officers": figure("Officers", "P1", 2),
    "sites, when it opens": sentence("Sites", "decided 1 Jan 2025", "decided 1 Jan 2026, works from 2 Mar 2026"),
    "queues": figure("Queues", "P1", 2),
    "visas": figure("Visas and quotas", "seasonal work", 3),
    "visas, held by": sentence("Visas and quotas", "recruited people", "reform not in force: visas"),
    "reforms, date": sentence("Reforms", "1 Jan 2025", "1 Jan 2024"),
    "people": figure("People", "at risk at home"),
    "rules, value": figure("Rules", "protection at home", 4),
    "rules, words": lambda p: p.written("Rules", p.beside("Rules", "protection at home", 3), "99 %; reached"),
    "rules, switched off": sentence("Rules", "SWITCHED OFF", "slack"),
    "outcomes, weight": figure("Outcomes", "years waiting", 3),
    "outcomes, by country": figure("Outcomes", "Northland"),
    "hidden default": sentence("Defaults and warnings", "\u2022 Places, People in need", " "),
    "evidence, grade": lambda p: p.written("Evidence", p.beside("Evidence", "E01", 6), "S"),
    "record, bound": lambda p: p.written("Record", p.beside("Record", "Bound"), 1.0),
    "record, gap": lambda p: p.written("Record", p.beside("Record", "Gap"), 0.5),
    "record, seed": lambda p: p.written("Record", p.beside("Record", "Option: seed"), 7),
    "record, date": lambda p: p.written("Record", p.beside("Record", "Solved at"), "2020-01-01T00:00:00+00:00"),
    "bound lowered": value_of("bound", "", 1.0),
    "bound raised": value_of("bound", "", 1e9),
    "gap": value_of("gap", "", 0.4),
    "verified: false": value_of("verified", "", False),
    "verified: null": value_of("verified", "", None),
    "status": value_of("status", "", "feasible, gap open"),
    "objective": value_of("objective", "", 1e6),
    "continuation": value_of("continuation", "safe years", 1.0),
    "doing nothing": value_of("doing_nothing", "safe years", 1.0),
    "default": value_of("defaults", "1", "Places, Country: read as Mars."),
    "seed": value_of("record.options", "seed", 7),
    "solved at": value_of("record", "solved_at", "2020-01-01T00:00:00+00:00"),
    "version": value_of("record.versions", "migration-planner", "9.9"),
    "seconds": value_of("record.seconds", "solve", 1e5),
    "rows of the matrix": value_of("record", "rows", 3),
    "case": value_of("record", "case_name", "Another case"),
    "link": value_of("link", "", "https://evil.example/"),
    "seal": value_of("seal", "digest", "0" * 64),
    "no seal": value_of("seal", "digest", ""),
    "headline for the terminal": lambda p: p.written(
        "Table headline", p.beside("Table headline", "answer"), '"Proven best."'
    ),
    "unit of a row": column_of("activities", "unit", "dozens"),
    "country of a row": column_of("bills", "country", "Northland"),
    "purpose of a row": column_of("activities", "purpose", "walls"),
    "renamed period": column_of("periods", "name", "P1 (first)"),
    "date of a period": column_of("periods", "until", "2025-04-11"),
    "a level": column_of("activities", "level", 3.25),
    "machine table's title": sentence("Table stocks", "Machine table", "All of this is checked."),
    "a sheet taken out": without_sheet,
    "a sheet renamed": part("xl/workbook.xml", rb'name="Rules"', b'name="Rule"'),
    "a sheet hidden": part("xl/workbook.xml", rb'<sheet name="Rules"', b'<sheet name="Rules" state="hidden"'),
    "a row hidden": sheet_part("Summary", rb'<row r="12"', b'<row r="12" hidden="1"'),
    "a row one point high": sheet_part("Summary", rb'<row r="13"', b'<row r="13" ht="0.5" customHeight="1"'),
    "a column hidden": sheet_part("Rules", rb"<col ", b'<col hidden="1" '),
    "a number format": part("xl/styles.xml", rb'formatCode="#,##0"', b'formatCode="#,##0,"'),
    "cells merged": sheet_part("Summary", rb"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A2:A4"/></mergeCells>'),
    "a conditional format": sheet_part(
        "Summary",
        rb"</sheetData>",
        b'</sheetData><conditionalFormatting sqref="A1:I40"><cfRule type="expression" priority="1"><formula>TRUE'
        b"</formula></cfRule></conditionalFormatting>",
    ),
    "a comment": with_comment,
    "a prompt": sheet_part(
        "Summary",
        rb"</sheetData>",
        b'</sheetData><dataValidations count="1"><dataValidation type="none" showInputMessage="1" promptTitle="Audit" '
        b'prompt="Checked." sqref="A2"/></dataValidations>',
    ),
    "a theme of white on white": part("xl/theme/theme1.xml", rb'lastClr="000000"', b'lastClr="FFFFFF"'),
    "a description of the file": part(
        "docProps/core.xml", rb"</cp:coreProperties>", b"<dc:description>Approved</dc:description></cp:coreProperties>"
    ),
    "a formula": sheet_part("Summary", rb'(<c r="D\d+" s="\d+">)<v>[^<]*</v>', rb"\1<f>1+1</f><v>2</v>"),
    "a chart's title": part("xl/charts/chart1.xml", rb"<a:t>[^<]*</a:t>", b"<a:t>Money saved</a:t>"),
    "a chart's cells": part("xl/charts/chart1.xml", rb"\$B\$", b"$C$"),
    "what is printed above": sheet_part("Summary", rb"<oddHeader>", b"<oddHeader>&amp;CApproved"),
    "a figure beside the tables": lambda p: p.written("Summary", "A2", "Checked by the auditor."),
}  # fmt: skip


def test_an_untouched_plan_holds(filed: Filed) -> None:
    found = filed.checked(filed.paper.data)
    assert found.ok, str(found)
    said = "\n".join(found.reach)
    assert all(word in said for word in ("Recomputed", "Bound to them", "Under the seal", "Taken on trust"))


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_is_found(filed: Filed, name: str) -> None:
    changed = TAMPERINGS[name](filed.paper)
    assert changed != filed.paper.data
    assert filed.differs(changed)


@pytest.mark.parametrize("name", ["summary outcome times ten", "evidence, grade", "bound raised", "a column hidden"])
def test_the_whole_check_ends_in_a_fault(filed: Filed, name: str) -> None:
    assert not filed.checked(TAMPERINGS[name](filed.paper)).ok


@pytest.mark.parametrize(
    ("name", "pattern", "put"),
    [
        ("Table headline", rb'<c r="B9" t="s"><v>[0-9]+</v></c>', b'<c r="B9" t="s"><v>999999</v></c>'),
        ("Record", rb"(<c r=\"B\d+\"[^>]*>)<v>[0-9]", rb"\1<v>NaN"),
        ("Summary", rb"<sheetData>", b'<sheetData><row r="x"/>'),
    ],
)
def test_a_page_that_cannot_be_read_is_a_fault_and_no_mistake_of_ours(
    filed: Filed, name: str, pattern: bytes, put: bytes
) -> None:
    report = Report()
    compare_books(sheet_part(name, pattern, put)(filed.paper), filed.paper.data, CheckLog(report, "pages", "", ()))
    assert [line.subject for line in report.lines][-1:] == ["the file"], str(report)


def test_every_cell_of_every_sheet_is_compared(filed: Filed) -> None:
    """Cells of every sheet in turn, figures and sentences alike: each change is found where it was made."""
    given, made = (openpyxl.load_workbook(io.BytesIO(filed.paper.data)) for _ in range(2))
    for name in made.sheetnames:
        cells = [c for row in given[name].iter_rows() for c in row if c.value not in (None, "")]
        for cell in cells[:: max(1, len(cells) // 12)]:
            kept = cell.value
            cell.value = (
                kept + "x" if isinstance(kept, str) else not kept if isinstance(kept, bool) else kept * 1.001 + 1
            )
            report = Report()
            _sheet(given[name], made[name], CheckLog(report, "pages", "", ()))
            assert [line.subject for line in report.lines] == [f"{name}!{cell.coordinate}"], (name, kept)
            cell.value = kept


def forged(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """The plan with one cell of each column of each table changed, as somebody would who writes plans."""
    for name, columns in TABLES.items():
        frame = plan.tables[name]
        for column in columns:
            rows = [k for k, v in enumerate(frame[column]) if not pd.isna(v) and v != ""]
            if not rows:
                continue
            at = rows[len(rows) // 2]
            value = frame[column].iloc[at]
            made = frame.astype({column: object})
            made.iloc[at, made.columns.get_loc(column)] = other(value)  # type: ignore[index]
            yield f"{name}.{column}", dataclasses.replace(plan, tables={**plan.tables, name: made})


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return not value
    if hasattr(value, "year"):
        return value.replace(day=value.day % 27 + 1)
    return int(value) + 1 if float(value).is_integer() and abs(value) < 50 else float(value) * 1.01 + 0.01


def test_a_forger_who_seals_anew_is_found_in_every_column(filed: Filed) -> None:
    """What a digest cannot find: tables changed by somebody who writes pages and seal anew with the planner's code."""
    missed = []
    for name, plan in forged(filed.plan):
        assert not examine(seal(plan), plan).faults
        report = verify(filed.case, plan)
        if report.failed[:1] not in (("tables",), ("periods",)):
            check_rows(filed.case, plan, report)
            check_claims(filed.case, plan, report)
        if report.ok:
            missed.append(name)
    assert not missed


CLAIMS: Mapping[str, dict[str, Any]] = {
    "bound below the plan": {"bound": 1.0},
    "gap": {"gap": 0.3},
    "verified": {"verified": False},
    "objective": {"objective": 1e6},
    "defaults": {"defaults": ()},
    "an outcome that is none": {"doing_nothing": {"votes": 1.0}},
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_that_follow_are_worked_out_whatever_the_seal_says(filed: Filed, name: str) -> None:
    plan = dataclasses.replace(filed.plan, **CLAIMS[name])
    assert not filed.checked(workbook_bytes(filed.case, plan)).ok


def test_what_a_digest_cannot_find_a_key_does(filed: Filed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound raised and sealed anew passes without a key, and is said to stand under a digest only."""
    bound = 1.0005 * (filed.plan.objective or 0.0)
    plan = dataclasses.replace(filed.plan, bound=bound, gap=bound / filed.plan.objective - 1.0)  # type: ignore[operator]
    digested = workbook_bytes(filed.case, plan)
    found = filed.checked(digested)
    assert found.ok, str(found)
    assert "no forger" in str(found)
    monkeypatch.setenv("PLANNER_SEAL_KEY", "the key of the ministry")
    assert "not signed" in str(filed.checked(digested))
    assert filed.checked(workbook_bytes(filed.case, filed.plan)).ok
    stolen = seal(filed.plan)
    assert "the seal is broken" in str(filed.checked(workbook_bytes(filed.case, plan, sealed=stolen)))
    forged_seal = Seal(seal(plan).digest, stolen.signature, stolen.key)
    assert "its signature is not" in str(filed.checked(workbook_bytes(filed.case, plan, sealed=forged_seal)))
    signed = workbook_bytes(filed.case, filed.plan)
    monkeypatch.delenv("PLANNER_SEAL_KEY")
    assert "was not checked" in str(filed.checked(signed))
    assert asdict(stolen)["key"] not in ("", "the key of the ministry")


def test_a_changed_input_is_an_error_unless_it_is_allowed(filed: Filed) -> None:
    other_case = dataclasses.replace(filed.case, sha256="0" * 64)
    held = dataclasses.replace(filed, case=other_case)
    refused = held.checked(filed.paper.data)
    assert refused.report.failed == ("input",)
    assert "--allow-changed-input" in str(refused)
    allowed = held.checked(filed.paper.data, changed_input=True)
    assert allowed.ok, str(allowed)
    assert "Taken on trust: all pages" in str(allowed)
