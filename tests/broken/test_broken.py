"""Every broken workbook gets its own message at its own cell, and nothing else is called an error without reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.problems import Problem
from planner.workbook import check, write_template
from tests.broken.recipes import RECIPES, Recipe, build, starter

FOLLOW = {
    "no phases", "sheet gone", "no outcomes", "misspelt sheet", "unknown place", "unknown account", "least above most",
    "site that is no place",
}  # fmt: skip
"""Recipes whose one defect rightly shows at several cells: everything that pointed to the missing row says so."""


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: r.name)
def test_the_defect_is_named_at_its_cell(recipe: Recipe, tmp_path: Path) -> None:
    case, problems = check(build(recipe, tmp_path / "broken.xlsx"))
    found = [
        p for p in problems if (p.check, str(p.address), p.severity) == (recipe.check, recipe.cell, recipe.severity)
    ]
    assert found, listed(problems)
    assert recipe.says in found[0].found
    assert found[0].mend, "every finding says how to mend it"
    serious = [p for p in problems if p.severity != "warning"]
    if recipe.severity == "error" or recipe.name in FOLLOW:
        assert case is None
    else:
        assert case is not None, "a warning or a conflict keeps nobody from the solver"
    if recipe.name not in FOLLOW:
        assert serious == (found if recipe.severity != "warning" else []), listed(problems)


def listed(problems: tuple[Problem, ...]) -> str:
    """Findings, one a line."""
    return "\n".join(str(p) for p in problems)


def test_there_are_at_least_sixty_and_each_has_its_name() -> None:
    assert len({r.name for r in RECIPES}) == len(RECIPES) >= 60


def test_the_untouched_starter_has_nothing_to_say(tmp_path: Path) -> None:
    write_template(tmp_path / "starter.xlsx", starter())
    case, problems = check(tmp_path / "starter.xlsx")
    assert case is not None
    assert not problems, listed(problems)
