"""Imports go one way: the app stands on the planner, the planner on the models, and packages look down only."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOPS = ("app", "models", "planner")
BELOW = {"models": {"models"}, "planner": {"models", "planner"}, "app": {"app", "models", "planner"}}
"""On what each of the three may stand."""
ALONE = {
    "app": {"__init__", "__main__", "main", "server"},
    "planner": {
        "__init__", "__main__", "atomic_files", "callable_modules", "declaring", "extras", "inputs_path", "options",
        "ordering", "signs", "testing",
    },
}  # fmt: skip
"""Modules that stand in no package; a new one belongs into the package of what it is about."""


def module_of(path: Path) -> str:
    """A module by its dotted name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(p): p for top in TOPS for p in sorted((ROOT / top).rglob("*.py"))}


def imported(node: ast.AST, *, known: frozenset[str]) -> Iterator[str]:
    """Every module of ours that is imported, inside functions too, but for what only the type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names if alias.name.partition(".")[0] in TOPS)
        elif isinstance(child, ast.ImportFrom) and (child.module or "").partition(".")[0] in TOPS:
            for alias in child.names:
                full = f"{child.module}.{alias.name}"
                yield full if full in known else str(child.module)
        yield from imported(child, known=known)


def uses(module: str) -> set[str]:
    """Modules of ours that one imports."""
    return set(imported(ast.parse(MODULES[module].read_text(encoding="utf-8")), known=frozenset(MODULES)))


def package_of(module: str) -> str:
    """The package of a module: its first two names."""
    return ".".join(module.split(".")[:2])


def circle(arrows: dict[str, set[str]]) -> set[str]:
    """What is left when everything that stands on nothing else is taken away, again and again."""
    left = {name: set(wanted) - {name} for name, wanted in arrows.items()}
    while free := [name for name, wanted in left.items() if not wanted & left.keys()]:
        for name in free:
            del left[name]
    return set(left)


@pytest.mark.parametrize("top", TOPS)
def test_each_stands_on_what_is_below_it(top: str) -> None:
    found = {m: {u for u in uses(m) if u.partition(".")[0] not in BELOW[top]} for m in MODULES if m.startswith(top)}
    assert {m: wrong for m, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("top", ["app", "planner"])
def test_no_two_packages_stand_on_each_other(top: str) -> None:
    arrows: dict[str, set[str]] = defaultdict(set)
    for module in MODULES:
        if module.startswith(f"{top}."):
            arrows[package_of(module)] |= {package_of(u) for u in uses(module) if u.startswith(f"{top}.")}
    assert len(arrows) > 8
    assert circle(arrows) == set()


def test_a_circle_is_seen() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == {"a", "b", "c"}
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) == set()


@pytest.mark.parametrize("top", ["app", "planner"])
def test_few_modules_stand_in_no_package(top: str) -> None:
    assert {p.stem for p in (ROOT / top).glob("*.py")} <= ALONE[top]


def test_the_init_of_a_package_is_small() -> None:
    long = {
        m: n for m, p in MODULES.items() if p.name == "__init__.py" and (n := len(p.read_text().splitlines())) > 190
    }
    assert long == {}
