"""Sheet Checks: live formulas with their results already in the cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from planner.cells.letters import column_letters
from planner.cells.raw import RawTable, RawTables, Value
from planner.sheets import Appropriations, Evidence, OutcomeTerms, People, Row, Staff, Time, columns
from planner.workbook.forms import FIRST_ROW, LAST_ROW

OK, LOOK = "OK", "LOOK"


@dataclass(frozen=True)
class Line:
    """One check: its words, its formula with the result, and the formula of its verdict with the result."""

    what: str
    formula: str
    result: float
    verdict: str = ""
    word: str = ""


def write_checks(page: Any, chosen: tuple[type[Row], ...], tables: RawTables, formats: dict[str, Any]) -> None:
    """Fill the sheet."""
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 56)
    page.set_column(1, 1, 18)
    page.set_column(2, 2, 14)
    page.write_string(0, 0, "Checks", formats["title"])
    page.write_url(0, 1, "internal:'Read me'!A1", formats["link"], "Back to Read me")
    page.write_string(
        1, 0, "Counts and simple tests while you fill in; 'planner validate' tells far more.", formats["purpose"]
    )
    for at, word in enumerate(("What", "Result", "Verdict")):
        page.write_string(2, at, word, formats["header"])
    for number, line in enumerate(_lines(chosen, tables), 3):
        page.write_string(number, 0, line.what, formats["text"])
        page.write_formula(number, 1, line.formula, formats["result"], line.result)
        if line.verdict:
            page.write_formula(
                number, 2, line.verdict.replace("RESULT", f"B{number + 1}"), formats["verdict"], line.word
            )
    page.freeze_panes(3, 0)


def _area(sheet: type[Row], field: str, first: int = FIRST_ROW, last: int = LAST_ROW) -> str:
    """Range of a column's data cells."""
    letter = column_letters([c.field for c in columns(sheet)].index(field) + 1)
    return f"'{sheet.SHEET}'!${letter}${first}:${letter}${last}"


def _values(table: RawTable | None, field: str) -> list[Value]:
    """Values of a column as they will stand in the cells."""
    return [row.values.get(field) for row in table.rows] if table else []


def _lines(chosen: tuple[type[Row], ...], tables: RawTables) -> list[Line]:
    """All checks of the chosen sheets."""
    lines: list[Line] = []
    if Time in chosen:
        lines += _time(tables.get(Time))
    totals: tuple[tuple[type[Row], str, str], ...] = (
        (Appropriations, "amount", "Appropriations in all, USD million"),
        (People, "at_start", "People at the start in all"),
        (Staff, "on_board", "Staff in post in all, FTE"),
    )
    for sheet, field, what in totals:
        if sheet in chosen:
            total = sum(
                float(v)
                for v in _values(tables.get(sheet), field)
                if isinstance(v, (int, float)) and not isinstance(v, bool)
            )
            lines.append(Line(what, f"=SUM({_area(sheet, field)})", total))
    for sheet in chosen:
        lines += _sheet(sheet, tables.get(sheet))
    return lines


def _time(table: RawTable | None) -> list[Line]:
    """Phases follow each other without gaps, and each ends after it begins."""
    starts, ends = _values(table, "starts"), _values(table, "ends")
    gaps = sum(
        1
        for a, b in zip(ends, starts[1:], strict=False)
        if not (isinstance(a, date) and isinstance(b, date)) or b != a + timedelta(days=1)
    )
    backward = sum(
        1 for a, b in zip(starts, ends, strict=False) if isinstance(a, date) and isinstance(b, date) and b < a
    )
    later = _area(Time, "starts", FIRST_ROW + 1)
    before = _area(Time, "ends", FIRST_ROW, LAST_ROW - 1)
    gap_formula = f'=SUMPRODUCT(({later}<>"")*({later}<>{before}+1))'
    back_formula = f'=SUMPRODUCT(({_area(Time, "starts")}<>"")*({_area(Time, "ends")}<{_area(Time, "starts")}))'
    verdict = f'=IF(RESULT=0,"{OK}","{LOOK}")'
    return [
        Line(
            "Phases that do not begin on the day after the one before", gap_formula, gaps, verdict, LOOK if gaps else OK
        ),
        Line("Phases that end before they begin", back_formula, backward, verdict, LOOK if backward else OK),
    ]


def _sheet(sheet: type[Row], table: RawTable | None) -> list[Line]:
    """Rows of a sheet, and rows without a source where it has figures."""
    first = next(c.field for c in columns(sheet) if c.key)
    filled = [v not in (None, "") for v in _values(table, first)]
    needed = sheet in (Time, OutcomeTerms) or sheet.SHEET == "Outcomes"
    verdict = f'=IF(RESULT>0,"{OK}","{LOOK}")' if needed else ""
    lines = [
        Line(
            f"{sheet.SHEET}: rows",
            f"=COUNTA({_area(sheet, first)})",
            sum(filled),
            verdict,
            (OK if any(filled) else LOOK) if needed else "",
        )
    ]
    figures = [c.field for c in columns(sheet) if c.numeric and not c.key]
    if figures and sheet is not Evidence:
        shown = [any(row.values.get(f) not in (None, "") for f in figures) for row in (table.rows if table else ())]
        bare = sum(
            1 for there, source in zip(shown, _values(table, "source"), strict=True) if there and source in (None, "")
        )
        some = "+".join(f'({_area(sheet, f)}<>"")' for f in figures)
        formula = f'=SUMPRODUCT((({some})>0)*({_area(sheet, "source")}=""))'
        verdict = f'=IF(RESULT=0,"{OK}","{LOOK}")'
        lines.append(
            Line(f"{sheet.SHEET}: rows with figures but no source", formula, bare, verdict, LOOK if bare else OK)
        )
    return lines
