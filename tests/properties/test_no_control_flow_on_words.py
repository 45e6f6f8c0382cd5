"""No code decides anything by the words of a message: ends and errors have types, texts are made from them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.plan import Status
from planner.run.stops import Stop

ROOT = Path(__file__).parents[2]
SAID = frozenset({"message", "sentence", "words", "stopped", "note", "mend", "found", "told", "title", "unproven"})
"""Attributes and keys that hold sentences for people."""
TESTED = frozenset({"startswith", "endswith", "find", "index", "count"})
ENDS = {str(member.value) for member in (*Status, *Stop) if member.value}
FILES = sorted(p for folder in ("app", "models", "planner") for p in (ROOT / folder).rglob("*.py"))


def holds_words(node: ast.expr) -> bool:
    """Whether an expression is a message: `x.sentence`, `x["message"]`, `str(error)`, or that in other letters."""
    if isinstance(node, ast.Attribute):
        return node.attr in SAID or (node.attr == "value" and holds_words(node.value))
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value in SAID
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in ("str", "repr") and node.args:
            return isinstance(node.args[0], ast.Name) and node.args[0].id in ("error", "exception", "e", "err")
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("lower", "casefold", "strip", "get"):
            return holds_words(node.func.value)
    return False


def words_of(node: ast.expr) -> list[str]:
    """Strings written out in an expression, one or several."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]


def decided_by_words(tree: ast.AST) -> Iterator[int]:
    """Lines that ask what a message says, or compare the end of a search with a string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = node.func.attr in TESTED and holds_words(node.func.value)
            matched = (
                isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and any(map(holds_words, node.args))
            )
            if (asked and any(any(words_of(a)) for a in node.args)) or matched:
                yield node.lineno
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            texts = [w for side in sides for w in words_of(side) if w]
            if texts and (any(map(holds_words, sides)) or ENDS.intersection(texts)):
                yield node.lineno


@pytest.mark.parametrize("folder", ["app", "models", "planner"])
def test_nothing_is_decided_by_the_words_of_a_message(folder: str) -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in FILES
        if path.is_relative_to(ROOT / folder)
        for line in decided_by_words(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not lines


@pytest.mark.parametrize(
    "code",
    [
        'code = 4 if "no plan" in str(error) else 2',
        'code = 4 if "no plan" in str(error).casefold() else 2',
        'keep = progress.message.startswith("Figure 1 ")',
        'keep = progress.message.startswith(("0 ", "1 "))',
        'gone = answer.stopped == "interrupted"',
        'gone = end == "time limit"',
        'lost = plan.status == "infeasible"',
        'lost = news["message"] == "Stopped"',
        're.search("no plan", str(error))',
        'some = problem.sentence.count("no plan")',
    ],
)
def test_the_check_sees_what_it_is_for(code: str) -> None:
    assert list(decided_by_words(ast.parse(code))) == [1]


def test_no_stop_counts_as_none() -> None:
    assert not Stop.NONE
    assert all(stop for stop in Stop if stop is not Stop.NONE)
