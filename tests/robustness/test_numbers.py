"""No figure in any cell makes the planner claim what is not true; see :mod:`tests.robustness.numbers`.

`pytest --nightly -m nightly tests/robustness/test_numbers.py` changes every number of the starter, and a sample of the
reference case's; each part leaves its counts in out/campaign/.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from planner.plan import Status
from tests.robustness import numbers
from tests.robustness.numbers import (
    LARGE,
    RESTS,
    Ending,
    Place,
    attempt,
    campaign,
    judge,
    named,
    places,
    read,
    sample,
)

INPUTS = Path(__file__).parents[2] / "inputs"
OUT = Path(__file__).parents[2] / "out" / "campaign"
EVERY = (0.0, *RESTS, *LARGE)
FEW = (0.0, 7.3e-13, 1e-8, 1e9, 1e12)
PARTS = 12
REFERENCE_CELLS = 48

SMALL_IS_BETTER = (
    "Sites!Harbour centre.Running cost",
    "Programmes!safe houses and local protection.Unit cost",
    "Programmes!recruitment support.Start-up cost",
    "Pipelines!wider interview at the harbour.Unit cost",
    "Staff!asylum officer / Harbour centre.Trainer days",
    "Staff!asylum officer / Harbour centre.Hiring cost",
    "Reforms!wider refugee definition.Political capital",
    "Deployments!asylum officer / Border post / Harbour centre.Per diem",
)
LARGE_IS_BETTER = (
    "Appropriations!partner fund / P1.Amount",
    "Staff!asylum officer / Harbour centre.Hiring limit",
    "Sites!Harbour centre.Capacity",
)
CUTS_BOTH_WAYS = (
    "Pipelines!interview at the border.Days at site",
    "Movements!safe in Southland / at risk in Southland.Share a year",
    "Effects!wider refugee definition / waiting at the border.Amount",
    "Staff!asylum officer / Border post.Attrition",
)
NAMED = [
    *(named(line, -1) for line in SMALL_IS_BETTER),
    *(named(line, 1) for line in LARGE_IS_BETTER),
    *(named(line) for line in CUTS_BOTH_WAYS),
]
"""Cells of the starter of which more is known than that no claim may be false."""


def test_a_few_figures_prove_nothing_false() -> None:
    book = read(INPUTS / "starter.xlsx")
    tally = campaign(book, sample(list(places(book)), 10), FEW)
    assert tally.counts.total() == 10 * (1 + len(FEW))
    assert not tally.found, "\n".join(tally.found)


@pytest.mark.parametrize("place", NAMED, ids=str)
def test_a_figure_is_worth_what_it_says(place: Place) -> None:
    tally = campaign(read(INPUTS / "starter.xlsx"), [place], (0.0, 7.3e-13, -5.6e-17, 1e-07, 1e7, 1e12))
    assert tally.counts.total() == 7
    assert not tally.found, "\n".join(tally.found)


def test_what_nobody_need_start_forbids_nothing() -> None:
    """A start-up cost of a million millions is as if the programme were not there."""
    book = read(INPUTS / "starter.xlsx")
    never = attempt(book, named("Programmes!recruitment support.Start-up cost"), 1e9).plan
    without = attempt(book, named("Programmes!recruitment support.At most"), 0.0).plan
    assert never is not None
    assert without is not None
    assert never.status is without.status is Status.OPTIMAL
    assert never.objective == pytest.approx(without.objective, rel=2e-3)
    assert any("can never be done" in text for text in never.warnings)


def test_every_judge_can_find_something() -> None:
    """One true ending of each figure, spoilt in one way after the other."""
    place = named("Sites!Harbour centre.Running cost", -1)
    book = read(INPUTS / "starter.xlsx")
    stands, nought = attempt(book, place, None), attempt(book, place, 0.0)
    rest, large = attempt(book, place, RESTS[2]), attempt(book, place, LARGE[0])
    assert not list(judge(place, [stands, nought, rest, large]))
    for plan in (stands.plan, rest.plan, large.plan):
        assert plan is not None
    for value, spoilt, words in (
        (rest.value, {"refused": ("error Sites!N6: no.",), "plan": None}, "though 0 is not"),
        (rest.value, {"refused": ("error: no.",), "plan": None}, "refused without a cell"),
        (rest.value, {"plan": replace(rest.plan, warnings=())}, "in silence"),
        (rest.value, {"plan": replace(rest.plan, objective=rest.plan.objective * (1 - 1e-6))}, "with 0"),
        (rest.value, {"plan": replace(rest.plan, status=Status.NO_PLAN)}, "ends as"),
        (stands.value, {"plan": replace(stands.plan, status=Status.INFEASIBLE)}, "though with"),
        (large.value, {"plan": replace(large.plan, objective=stands.plan.bound * 1.01)}, "no more than"),
        (large.value, {"accepted": False}, "fails its check"),
        (large.value, {"plan": replace(large.plan, gap=0.1)}, "called proven with a gap"),
    ):
        endings: list[Ending] = [replace(e, **spoilt) if e.value == value else e for e in (stands, nought, rest, large)]
        assert any(words in found for found in judge(place, endings)), words


def test_the_campaign_finds_a_false_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound taken too low, and a crash: both are seen, or the campaign would prove nothing."""
    import os
    import signal

    book = read(INPUTS / "starter.xlsx")
    place = next(p for p in places(book) if p.sheet == "Appropriations")
    true = numbers.solve

    def low(case: object, options: object) -> object:
        plan = true(case, options)
        return replace(plan, bound=plan.objective * 0.9, objective=plan.objective * 0.9)

    monkeypatch.setattr(
        numbers, "solve", lambda case, options: (low if options is numbers.SEARCH else true)(case, options)
    )
    assert any("below a plan" in found for found in campaign(book, [place], (1e4,)).found)
    monkeypatch.setattr(numbers, "solve", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    crashed = campaign(book, [place], (1e4,))
    assert crashed.counts["crash"] == 1
    assert "the process ended with" in crashed.found[0]


def _part(name: str, case: str, cells: list[Place]) -> None:
    """Run one part and keep its counts."""
    started = time.perf_counter()
    tally = campaign(read(INPUTS / f"{case}.xlsx"), cells, EVERY)
    OUT.mkdir(parents=True, exist_ok=True)
    told = {
        "part": name,
        "seconds": round(time.perf_counter() - started, 1),
        "counts": tally.counts,
        "found": tally.found,
    }
    (OUT / f"numbers_{name}.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    assert not tally.found, "\n".join(tally.found)


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(PARTS))
def test_every_number_of_the_starter_proves_nothing_false(part: int) -> None:
    _part(f"starter_{part:02d}", "starter", list(places(read(INPUTS / "starter.xlsx"), blanks=True))[part::PARTS])


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(PARTS))
def test_numbers_of_the_reference_prove_nothing_false(part: int) -> None:
    every = sample(list(places(read(INPUTS / "blueprint.xlsx"))), REFERENCE_CELLS)
    _part(f"reference_{part:02d}", "blueprint", every[part::PARTS])
