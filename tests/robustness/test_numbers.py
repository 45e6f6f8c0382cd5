"""No figure in any cell makes the planner claim what is not true; see :mod:`tests.robustness.numbers`.

`pytest --nightly -m nightly tests/robustness/test_numbers.py` changes every number of the starter, and a sample of the
reference case's; each part leaves its counts in out/campaign/.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.robustness.numbers import LARGE, RESTS, Place, campaign, places, read, sample

INPUTS = Path(__file__).parents[2] / "inputs"
OUT = Path(__file__).parents[2] / "out" / "campaign"
EVERY = (0.0, *RESTS, *LARGE)
FEW = (0.0, 7.3e-13, 1e-8, 1e9, 1e12)
PARTS = 12
REFERENCE_CELLS = 48


def test_a_few_figures_prove_nothing_false() -> None:
    book = read(INPUTS / "starter.xlsx")
    tally = campaign(book, sample(list(places(book)), 10), FEW)
    assert tally.counts.total() == 10 * (1 + len(FEW))
    assert not tally.found, "\n".join(tally.found)


def test_the_campaign_finds_a_false_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound taken too low, and a crash: both are seen, or the campaign would prove nothing."""
    import dataclasses
    import os
    import signal

    from tests.robustness import numbers

    book = read(INPUTS / "starter.xlsx")
    place = next(p for p in places(book) if p.sheet == "Appropriations")
    true = numbers.solve

    def low(case: object, options: object) -> object:
        plan = true(case, options)
        return dataclasses.replace(plan, bound=plan.objective * 0.9, objective=plan.objective * 0.9)

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
