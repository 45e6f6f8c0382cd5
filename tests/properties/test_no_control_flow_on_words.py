"""No code decides anything by the words of a message: ends and errors have types, texts are made from them."""

from __future__ import annotations

import ast
import re
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


READ_APART = frozenset(
    {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "rsplit"}
)
PHRASE = re.compile(r"[A-Za-z]{2,} [A-Za-z]|^[A-Za-z]{2,} $|^ \W?[A-Za-z]{2,}")
"""Words of a sentence, or of an id that is made like one: 'staff days', 'must ', ' in '."""
LANGUAGE = {
    "planner/case/case.py": "a grid as it is typed: 'every 30 days'",
    "planner/checks/rights.py": "the language of selections: 'not Peru'",
    "planner/checks/selections.py": "the language of selections",
    "planner/compile/draft.py": "the language of selections",
    "planner/verify/selection.py": "the language of selections",
    "planner/sheets/declare.py": "units that a column states",
    "planner/wording/units.py": "units, whose number is told",
    "planner/workbook/locate.py": "names of sheets",
    "planner/workbook/scan.py": "tags of XML",
    "planner/workbook/textual.py": "names of sheets",
    "app/views/method.py": "a text that is told under a heading of its own",
}
"""Modules that read words because words are what they read, with the reason."""


def reads_apart(tree: ast.AST) -> Iterator[int]:
    """Lines that find out what a thing is by taking a phrase out of its name: ids have fields for that."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        said = (word for argument in node.args for word in words_of(argument))
        if node.func.attr in READ_APART and any(map(PHRASE.search, said)):
            yield node.lineno


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


def test_nobody_reads_a_name_apart_to_learn_what_it_is() -> None:
    read = {path.relative_to(ROOT).as_posix() for path in FILES if any(reads_apart(ast.parse(path.read_text("utf-8"))))}
    assert read == set(LANGUAGE)


@pytest.mark.parametrize(
    "code",
    ['policy.id.startswith("must ")', 'limit.id.rpartition(" from ")', 'told.rpartition(" (set \'")',
     'name.removesuffix(" time limit")', 'held.startswith(("nothing held", "x"))'],
)  # fmt: skip
def test_the_check_sees_a_name_that_is_read_apart(code: str) -> None:
    assert list(reads_apart(ast.parse(code))) == [1]


def test_no_stop_counts_as_none() -> None:
    assert not Stop.NONE
    assert all(stop for stop in Stop if stop is not Stop.NONE)
