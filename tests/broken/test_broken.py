"""Each defect of recipes.toml: exactly the stated finding, at its cell, and nothing else against the workbook."""

from __future__ import annotations

import re
import tomllib
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from planner.cells.letters import column_letters, column_number
from planner.cells.raw import RawRow, RawTables, key_of
from planner.sheets import BY_NAME, columns
from planner.workbook import check, write_template
from planner.workbook.reader import load_bytes
from tests.broken.surgery import FILES, Book
from tests.checks.edits import Tables, starter

Recipe = dict[str, Any]
RECIPES: dict[str, Recipe] = tomllib.loads((Path(__file__).parent / "recipes.toml").read_text(encoding="utf-8"))
BROKEN = {name: recipe for name, recipe in RECIPES.items() if not recipe.get("harmless")}
HARMLESS = {name: recipe for name, recipe in RECIPES.items() if recipe.get("harmless")}


def _written(tables: Tables, folder: Path) -> bytes:
    """Tables as a workbook."""
    path = folder / "written.xlsx"
    write_template(path, raw_tables=tables)
    return path.read_bytes()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The starter as a workbook."""
    return _written(starter(), tmp_path_factory.mktemp("base"))


@cache
def _tables(data: bytes) -> RawTables:
    """Where everything stands in a workbook."""
    return load_bytes(data).tables


def _find(data: bytes, sheet: str, row: str) -> RawRow:
    """A row by its key."""
    table = _tables(data)[BY_NAME[sheet]]
    return next(found for found in table.rows if key_of(table, found) == row)


def _letters(data: bytes, sheet: str, column: str) -> str:
    """Letters of a column by its header."""
    field = next(c.field for c in columns(BY_NAME[sheet]) if c.name == column)
    return _tables(data)[BY_NAME[sheet]].letters[field]


def _header(data: bytes, sheet: str) -> int:
    """Row of a sheet's header: the one above its first row."""
    return _tables(data)[BY_NAME[sheet]].rows[0].number - 1


def _cells(book: Book, data: bytes, recipe: Recipe) -> None:
    """Edits of cells and rows."""
    for cell in recipe.get("set", ()):
        number = _find(data, cell["sheet"], cell["row"]).number
        book.set(cell["sheet"], number, _letters(data, cell["sheet"], cell["column"]), cell["value"])
    if twice := recipe.get("twice"):
        number = _find(data, twice["sheet"], twice["row"]).number
        below = max(row.number for row in _tables(data)[BY_NAME[twice["sheet"]]].rows) + 1
        copy = {k: v.replace(f"{k}{number}", f"{k}{below}") for k, v in book.cells(twice["sheet"], number).items()}
        book.put(twice["sheet"], below, copy)
    if hide := recipe.get("hide_row"):
        number = _find(data, hide["sheet"], hide["row"]).number
        how = hide.get("how", 'hidden="1"')
        xml = re.sub(rf'<row r="{number}"(?: ht="[^"]*"| customHeight="1")*', f'<row r="{number}" {how}',
                     book.sheet(hide["sheet"]))  # fmt: skip
        book.write(hide["sheet"], xml)
    if hide := recipe.get("hide_column"):
        number = column_number(_letters(data, hide["sheet"], hide["column"]))
        how = hide.get("how", 'width="9" hidden="1"')
        hidden = f'<cols><col min="{number}" max="{number}" {how}/>'
        book.write(hide["sheet"], book.sheet(hide["sheet"]).replace("<cols>", hidden, 1))
    if shown := recipe.get("format"):
        number = _find(data, shown["sheet"], shown["row"]).number
        book.format(shown["sheet"], f"{_letters(data, shown['sheet'], shown['column'])}{number}", shown["code"])
    if merge := recipe.get("merge"):
        joined = f'</sheetData><mergeCells count="1"><mergeCell ref="{merge["range"]}"/></mergeCells>'
        book.write(merge["sheet"], book.sheet(merge["sheet"]).replace("</sheetData>", joined))


def _columns(book: Book, data: bytes, recipe: Recipe) -> None:
    """Edits of headers and columns."""
    if rename := recipe.get("rename_header"):
        sheet = rename["sheet"]
        book.set(sheet, _header(data, sheet), _letters(data, sheet, rename["column"]), rename["to"])
    if drop := recipe.get("drop_column"):
        letters = _letters(data, drop["sheet"], drop["column"])
        for row in book.rows(drop["sheet"]):
            kept = {name: xml for name, xml in book.cells(drop["sheet"], row).items() if name != letters}
            book.put(drop["sheet"], row, kept)
    if copy := recipe.get("copy_column"):
        table = _tables(data)[BY_NAME[copy["sheet"]]]
        free = column_letters(max(column_number(letters) for letters in table.letters.values()) + 1)
        book.set(copy["sheet"], _header(data, copy["sheet"]), free, copy["column"])
    if sheet := recipe.get("no_header"):
        header = _header(data, sheet)
        for row in range(1, header + 1):
            book.put(sheet, row, {})


def _sheets(book: Book, data: bytes, recipe: Recipe) -> None:
    """Edits of whole sheets."""
    if sheet := recipe.get("empty_sheet"):
        for row in _tables(data)[BY_NAME[sheet]].rows:
            book.put(sheet, row.number, {})
    if sheet := recipe.get("drop_sheet"):
        book.drop_sheet(sheet)
    if rename := recipe.get("rename_sheet"):
        book.rename_sheet(rename["from"], rename["to"])
    if copy := recipe.get("copy_sheet"):
        book.copy_sheet(copy["from"], copy["to"])


def make(base: bytes, recipe: Recipe, folder: Path) -> Path:
    """Write the workbook of a recipe."""
    data = base
    if "add" in recipe:
        tables = starter()
        for row in recipe["add"]:
            tables.setdefault(row["sheet"], []).append(dict(row["cells"]))
        data = _written(tables, folder)
    book = Book(data)
    _cells(book, data, recipe)
    _columns(book, data, recipe)
    _sheets(book, data, recipe)
    path = folder / "broken.xlsx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile remarks on two parts of the same name
        path.write_bytes(FILES[recipe["file"]](book) if "file" in recipe else book.bytes())
    return path


@pytest.mark.parametrize("name", BROKEN)
def test_a_defect_is_named(name: str, base: bytes, tmp_path: Path) -> None:
    recipe = BROKEN[name]
    case, problems = check(make(base, recipe, tmp_path))
    severity = recipe.get("severity", "error")
    assert (case is None) == (severity == "error")
    serious = [p for p in problems if p.severity != "warning" and p.check not in recipe.get("others", ())]
    assert [(p.check, str(p.address), p.severity) for p in serious] == [(recipe["check"], recipe["cell"], severity)]
    assert recipe["part"] in str(serious[0])
    assert serious[0].mend


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_no_defect_is_read(name: str, base: bytes, tmp_path: Path) -> None:
    recipe = HARMLESS[name]
    case, problems = check(make(base, recipe, tmp_path))
    assert case is not None, [str(p) for p in problems]
    said = {p.check for p in problems} - {"source-missing", "grade-missing"}
    assert said == ({recipe["check"]} if "check" in recipe else set())


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 60
    assert len({recipe["check"] for recipe in BROKEN.values()}) >= 50
