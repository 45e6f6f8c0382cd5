"""Nobody but the room puts figures and dates into words: no number format, no `format()`, no `%` stands elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOM = "planner/wording"
CODES = re.compile(r"[<>^]?\d*|0\d[dxX]")
"""Specs that are no number formats: widths of a column of text, and codes of so many digits ('-p01', 'U+200B')."""
TEMPLATES = {
    "app/charts/map_data.py": "expressions of Vega, which draws the map",
    "planner/signs.py": "escapes of signs, and their numbers in Unicode",
}
"""Files whose number formats are read by programs, with the reason."""


def sources() -> Iterator[Path]:
    """Every module outside the room."""
    for room in ("planner", "app"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if not path.relative_to(ROOT).as_posix().startswith((f"{ROOM}/", *TEMPLATES)):
                yield path


def formats(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Number formats with their lines: specs in f-strings, `format()`, `round()` in f-strings, `%` of a text, strftime.

    A figure that is rounded through its text (`float(f"{x:.6g}")`) is no word, and may be so.
    """
    rounded = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "float"
        for text in call.args
        for part in ast.walk(text)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None and id(node) not in rounded:
            spec = ast.unparse(node.format_spec)[2:-1]
            if not CODES.fullmatch(spec):
                yield node.lineno, f"':{spec}'"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "format":
            yield node.lineno, "format()"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _text(node.left):
            yield node.lineno, "a text % figures"
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.search(r"\{:([^}{]*[,.dfegn%]\}|[,.])", node.value)
        ):
            yield node.lineno, "a template with a number format"


def _text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.mark.parametrize(
    "code",
    ['f"{x:,.2f}"', 'f"{x:g} days"', 'f"{x:.0%}"', 'f"{day:%d %B}"', 'format(x, ",")', '"%.2f" % x', '"{:,.1f}".format(x)',
     'f"{x:{form}}"'],
)  # fmt: skip
def test_a_number_format_is_found(code: str) -> None:
    assert list(formats(ast.parse(code)))


@pytest.mark.parametrize(
    "code", ['float(f"{x:.6g}")', 'f"{n:02d}"', 'f"{name:<6}"', "x % 2", 'f"{figure(x)}"', 'f"{x!r}"']
)
def test_codes_and_rounding_are_no_words(code: str) -> None:
    assert not list(formats(ast.parse(code)))


def test_nobody_else_writes_figures() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}: {what}"
        for path in sources()
        for line, what in formats(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found, "say it through planner/wording: " + "; ".join(found)


def test_no_second_formatter_stands_anywhere() -> None:
    """The names under which private formatters stood are the room's; spared is what is read, hashed or escaped."""
    names = {
        "figure",
        "signed",
        "plural",
        "decimal",
        "even",
        "percent",
        "listed",
        "quoted",
        "_figure",
        "_percent",
        "_days",
    }
    spared = {
        "planner/plan/seal.py",
        "planner/workbook/textual.py",
        "planner/cells/meanings.py",
        "planner/workbook/tables.py",
    }
    found = {
        (path.relative_to(ROOT).as_posix(), node.name)
        for path in sources()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and node.name in names
        and ast.unparse(node.returns or ast.Constant("")) == "str"
    }
    assert {(path, name) for path, name in found if path not in spared} == set()
