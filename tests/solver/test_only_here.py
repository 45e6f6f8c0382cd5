"""Only planner/solver speaks to HiGHS, and its rooms stay small and look one way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import highspy
import pytest

ROOT = Path(__file__).parents[2]
SOLVER = ROOT / "planner" / "solver"
ROOMS = sorted(SOLVER.glob("*.py"))
YARDSTICKS = {"bench/plain.py", "bench/building.py", "bench/with_linopy.py"}
"""What measures others with HiGHS as it is, or what others hand over to it."""
RAW = {name for name in dir(highspy.Highs) if re.match(r"[a-z]+[A-Z]", name)}
"""Methods of HiGHS: no name of ours is written like that."""
BELOW = {"options", "ordering", "plan", "run", "wording"}
"""Modules of the planner on which its solver stands."""


def sources() -> list[Path]:
    """Every module that has to ask planner/solver."""
    found = [p for folder in ("app", "bench", "models", "planner") for p in (ROOT / folder).rglob("*.py")]
    return sorted(p for p in found if SOLVER not in p.parents and p.relative_to(ROOT).as_posix() not in YARDSTICKS)


def typed_only(node: ast.AST) -> bool:
    """Whether only the type checker reads what stands there."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that a module loads, with names imported from packages as modules too."""
    seen = {id(part) for node in ast.walk(tree) if typed_only(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in seen:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def raw(tree: ast.Module) -> Iterator[str]:
    """Everything in a module that speaks to HiGHS itself."""
    yield from (name for name in imported(tree) if name.partition(".")[0] == "highspy")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (node.attr in RAW or node.attr in ("highs", "_highs")):
            yield f"line {node.lineno}: .{node.attr}"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import highspy", "highspy"),
        ("def f():\n    from highspy import Highs", "highspy"),
        ("session.highs", "line 1: .highs"),
        ("held.getSolution().row_dual", "line 1: .getSolution"),
        ("change = other.changeColBounds", "line 1: .changeColBounds"),
    ],
)
def test_what_speaks_to_highs_is_seen(source: str, said: str) -> None:
    assert said in list(raw(ast.parse(source)))


def test_what_asks_the_session_is_let_through() -> None:
    assert list(raw(ast.parse("session.bound_row(3); session.run(); session.optimum().row_duals"))) == []


def test_nobody_else_speaks_to_highs() -> None:
    found = {p.relative_to(ROOT).as_posix(): list(raw(ast.parse(p.read_text(encoding="utf-8")))) for p in sources()}
    assert len(found) > 300
    assert {name: said for name, said in found.items() if said} == {}


def test_rooms_are_small() -> None:
    assert {p.name: n for p in ROOMS if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400} == {}


def test_rooms_stand_on_little() -> None:
    """They import the model's arrays and forms, what a plan and its options are, and one another."""
    for room in ROOMS:
        for name in imported(ast.parse(room.read_text(encoding="utf-8"))):
            parts = name.split(".")
            if parts[0] == "planner" and len(parts) > 1:
                assert parts[1] in BELOW | {"solver"}, f"{room.name} imports {name}"
            assert parts[0] != "app", f"{room.name} imports {name}"


def test_rooms_look_one_way() -> None:
    names = {p.stem for p in ROOMS if p.stem != "__init__"}
    uses = {
        p.stem: {
            part
            for name in imported(ast.parse(p.read_text(encoding="utf-8")))
            if name.startswith("planner.solver.") and (part := name.split(".")[2]) in names
        }
        for p in ROOMS
    }
    left = dict(uses)
    while left:
        free = [name for name, wanted in left.items() if not wanted & left.keys()]
        assert free, f"these import one another: {sorted(left)}"
        for name in free:
            del left[name]


def test_the_wish_to_stop_is_asked_in_one_place() -> None:
    """Everywhere else a run context, or `interrupted`, is asked; the command line looks at its own event."""
    for path in sorted((ROOT / "planner").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name != "planner/solver/runs.py" and "/cli/" not in name:
            assert ".is_set()" not in path.read_text(encoding="utf-8"), name
