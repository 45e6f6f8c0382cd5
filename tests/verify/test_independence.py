from __future__ import annotations

import ast
from pathlib import Path

import planner.verify

FORBIDDEN = ("models", "pyomo", "highspy", "planner.compile", "planner.solve", "planner.plan.extract", "scipy")


def test_the_check_shares_nothing_with_what_it_checks() -> None:
    for path in sorted(Path(planner.verify.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith(FORBIDDEN), f"{path.name} imports {name}"
