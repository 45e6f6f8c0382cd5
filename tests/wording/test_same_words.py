"""One plan through every door: a figure is the same words in `solve`, `show`, `explain`, the workbook and the app."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.cell import Cell
from typer.testing import CliRunner

from app.charts.widgets import _writer
from planner.cli import app
from planner.wording.figures import change, figure, share, signed

WORDS = ("--grid", "phases")


def printed(*words: object) -> str:
    """What a command prints, on one line and without frames."""
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return re.sub(r"\s+", " ", re.sub(r"[│┃]", " ", done.stdout))


def shown(cell: Cell) -> str:
    """What a spreadsheet shows of a number: the formats that the planner writes, read as Excel reads them."""
    code, value = str(cell.number_format), float(cell.value)  # type: ignore[arg-type]
    if code.startswith('"'):
        return code.strip('"')
    plus, _, minus = code.partition(";")
    code = minus if minus and value < 0.0 else plus
    size = abs(value) * (100.0 if "%" in code else 1.0)
    digits = len(code.partition(".")[2].rstrip(" %"))
    text = f"{size + 1e-9 * size:,.{digits}f}"
    sign = code[:1] if code[:1] in "+-" else "-" if value < 0.0 else ""
    return f"{sign}{text}{' %' if '%' in code else ''}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, Any]]:
    """A plan of the starter as a workbook, what `solve` printed, and its JSON."""
    folder = tmp_path_factory.mktemp("words")
    out, told = folder / "plan.xlsx", folder / "plan.json"
    said = printed("solve", "starter", *WORDS, "--out", out, "--json", told)
    return out, said, json.loads(told.read_text(encoding="utf-8"))


def test_solve_and_show_say_every_headline_figure_in_the_same_words(made: tuple[Path, str, dict[str, Any]]) -> None:
    path, said, told = made
    for text in (said, printed("show", path)):
        for row in told["headline"]["outcomes"]:
            total, unit, without = row["Plan total"], row["Unit"], row["Continuation"]
            words = f"{figure(without, unit)} {figure(total, unit)} {change(total - without, unit)}"
            assert f"{row['Outcome']}, {unit} {figure(row['Last actual, a year'], unit)} {words}" in text
        for row in told["headline"]["divided"]:
            assert f" {figure(row['Plan total or average'], row['Unit'])} " in text, row["What"]


def test_the_workbook_shows_the_same(made: tuple[Path, str, dict[str, Any]]) -> None:
    path, _, told = made
    sheet = openpyxl.load_workbook(path)["Summary"]
    rows = {str(row[1].value): row for row in sheet.iter_rows() if row[1].value}
    for outcome in told["headline"]["outcomes"]:
        cells = [
            c for c in rows[outcome["Outcome"]] if isinstance(c.value, int | float) and not isinstance(c.value, bool)
        ]
        total, without, unit = outcome["Plan total"], outcome["Continuation"], outcome["Unit"]
        last = [figure(v, unit) for v in [outcome["Last actual, a year"]] if v is not None]
        wanted = [*last, figure(without, unit), figure(total, unit), change(total - without, unit)]
        assert [shown(c) for c in cells[: len(wanted)]] == wanted  # type: ignore[arg-type]


def test_every_number_of_the_workbooks_pages_shows_what_is_told_of_it(made: tuple[Path, str, dict[str, Any]]) -> None:
    """Cells of people, of money and of shares, by the unit that stands above them or beside them."""
    book, seen = openpyxl.load_workbook(made[0]), 0
    for name in ("The division", "Money", "Officers", "Queues", "Visas and quotas"):
        units: dict[int, str] = {}
        for row in book[name].iter_rows():
            texts = {c.column: str(c.value) for c in row if isinstance(c.value, str)}
            if texts and all(t in ("people", "USD million", "FTE", "of total") or not t for t in texts.values()):
                units = texts
            for cell in row:
                unit = units.get(cell.column, "")
                if isinstance(cell.value, int | float) and unit in ("people", "USD million", "FTE"):
                    assert shown(cell) == figure(float(cell.value), unit), (name, cell.coordinate)  # type: ignore[arg-type]
                    seen += 1
    assert seen > 50


def test_explain_tells_the_money_left_as_show_does(made: tuple[Path, str, dict[str, Any]]) -> None:
    """The sum that lapses stands in a table of the plan, in a sentence of `show`, and in one of `explain`."""
    lost = re.search(r"(\S+) lapsed on 1 Jan 2027", printed("show", made[0]))
    assert lost is not None
    assert f"USD {lost[1]} million of account 'asylum budget' lapse" in printed("explain", "starter", *WORDS)


def test_the_app_writes_its_tables_alike() -> None:
    values = pd.Series([56.789, 1234567.8, 0.5, 999.96, 0.00004])
    assert [_writer("Amount, USD million", "")(v) for v in values] == [figure(v) for v in values]
    assert [_writer("Waiting", "people")(v) for v in values] == [figure(v, "people") for v in values]
    assert [_writer("Share of all", "people")(v) for v in values] == [share(v) for v in values]
    assert _writer("Amount", "")(None) == figure(None)


def test_a_difference_is_told_alike_in_a_table_and_in_a_sentence() -> None:
    for value, unit in ((56.789, "USD million"), (-1234.5, "person-years"), (7.4, "people")):
        assert change(value, unit) == signed(value, unit)
