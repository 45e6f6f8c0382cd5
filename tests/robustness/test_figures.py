"""A small campaign: rests of formulas and large figures in single cells give a true answer or a sentence.

Every plan is compared with the plan for the cleaned figure, and with the plans of its neighbours: a plan that keeps a
tighter limit keeps a wider one too, and what costs more cannot be worth more.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from planner.sheets import BY_NAME, columns
from tests.robustness.processes import ENVIRONMENT, ROOT

ASKED = 1e-3 + 1e-5
RESTS = ("7.3e-13", "-5.6e-17", "1e-07")
LARGE = ("1e7", "1e12")

COSTS = (
    "Sites!Harbour centre.Running cost",
    "Programmes!safe houses and local protection.Unit cost",
    "Programmes!recruitment support.Start-up cost",
    "Pipelines!wider interview at the harbour.Unit cost",
    "Staff!asylum officer / Harbour centre.Trainer days",
    "Staff!asylum officer / Harbour centre.Hiring cost",
    "Reforms!wider refugee definition.Political capital",
)
"""Cells that are better small: nought is the best, a large figure the worst."""
LIMITS = (
    "Appropriations!partner fund / P1.Amount",
    "Staff!asylum officer / Harbour centre.Hiring limit",
    "Sites!Harbour centre.Capacity",
)
"""Cells that are better large."""
OTHERS = (
    "Pipelines!interview at the border.Days at site",
    "Movements!safe in Southland / at risk in Southland.Share a year",
    "Effects!wider refugee definition / waiting at the border.Amount",
    "Staff!asylum officer / Border post.Attrition",
)
"""Cells that cut both ways."""


def answers(*changes: str) -> dict[str, dict[str, Any]]:
    """The answers to changes, by change; a solver that ends its process fails here, with the change that did it."""
    command = [sys.executable, "-m", "tests.robustness.figures", *changes]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=ROOT, env=ENVIRONMENT)
    found = {line["change"]: line for line in map(json.loads, run.stdout.splitlines())}
    open_ones = [change for change in changes if change not in found]
    assert run.returncode == 0, f"{open_ones[:1]}: {run.returncode} {run.stderr[-500:]}"
    return found


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    """The starter as it stands."""
    return answers("")[""]


def holds(answer: dict[str, Any]) -> None:
    """Whatever is proven is verified, and as near to the best as was asked for; a refusal names a cell."""
    if answer["end"] == "refused":
        assert all("!" in text.split(" ")[1] for text in answer["words"]), answer
        return
    assert answer["end"] in ("OPTIMAL", "INFEASIBLE"), answer
    if answer["end"] == "OPTIMAL":
        assert answer["verified"], answer
        assert answer["gap"] <= ASKED, answer


def read_as_nought(cell: str) -> float:
    """Largest figure that a cell's column takes for a rest."""
    sheet, column = cell.split("!", maxsplit=1)[0], cell.rsplit(".", maxsplit=1)[1]
    return next(c.rest for c in columns(BY_NAME[sheet]) if c.name == column)


@pytest.mark.parametrize("cell", [*COSTS, *LIMITS, *OTHERS])
def test_a_rest_gives_the_plan_of_nought(cell: str) -> None:
    found = answers(f"{cell}=0", *(f"{cell}={rest}" for rest in RESTS))
    clean = found[f"{cell}=0"]
    holds(clean)
    for rest in RESTS:
        answer = found[f"{cell}={rest}"]
        holds(answer)
        assert answer["end"] == clean["end"]
        if clean["end"] == "OPTIMAL":
            assert answer["objective"] == pytest.approx(clean["objective"], rel=1e-9)
        if clean["end"] != "refused" and abs(float(rest)) <= read_as_nought(cell):
            sheet = cell.split("!", maxsplit=1)[0]
            assert any(sheet in text and "rest of a formula" in text for text in answer["words"]), answer["words"]


@pytest.mark.parametrize(("cell", "better"), [*((c, -1.0) for c in COSTS), *((c, 1.0) for c in LIMITS)])
def test_a_large_figure_is_worth_no_more_and_no_less_than_it_is(cell: str, better: float, base: dict[str, Any]) -> None:
    for answer in answers(*(f"{cell}={figure}" for figure in LARGE)).values():
        holds(answer)
        if answer["end"] == "OPTIMAL":
            worse, best = (answer, base) if better < 0.0 else (base, answer)
            assert worse["objective"] <= best["bound"] * (1.0 + 1e-6), (worse, best)
        else:
            assert better < 0.0 or answer["end"] == "refused", answer  # a wider limit forbids nothing


@pytest.mark.parametrize("cell", OTHERS)
def test_a_large_figure_elsewhere_holds_what_it_says(cell: str) -> None:
    for answer in answers(*(f"{cell}={figure}" for figure in LARGE)).values():
        holds(answer)


def test_what_nobody_need_start_forbids_nothing() -> None:
    """A start-up cost of a million millions is as if the programme were not there."""
    cell = "Programmes!recruitment support"
    found = answers(f"{cell}.Start-up cost=1e9", f"{cell}.At most=0")
    never, without = found[f"{cell}.Start-up cost=1e9"], found[f"{cell}.At most=0"]
    assert never["end"] == without["end"] == "OPTIMAL"
    assert never["objective"] == pytest.approx(without["objective"], rel=2e-3)
    assert any("can never be done" in text for text in never["words"])


def test_the_campaign_can_fail(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        holds({"end": "OPTIMAL", "verified": False, "gap": 0.0})
    with pytest.raises(AssertionError):
        holds({"end": "OPTIMAL", "verified": True, "gap": 0.1})
    with pytest.raises(AssertionError):
        holds({"end": "NO_PLAN"})
