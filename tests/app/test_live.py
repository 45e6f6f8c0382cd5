"""First answers for the pages: learnt in the background, kept on disk, never waited for."""

from __future__ import annotations

import subprocess
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.session.store import Source, source_of
from app.tasks import live
from planner.inputs_path import inputs_path
from planner.live import Dial
from planner.options import Options
from planner.plan import Plan
from planner.solve import solve
from planner.workbook import read


def money(percent: float) -> tuple[str, ...]:
    """All appropriations times a share."""
    return () if percent == 100.0 else (f"Appropriations!*.Amount=*{percent / 100.0:.9g}",)


def unknown(sheet: str, percent: float) -> tuple[str, ...]:
    """A change of a sheet that is not there."""
    return () if percent == 100.0 else (f"{sheet}!*.Amount=*{percent / 100.0:.9g}",)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty shelf with a folder of its own."""
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "cache"))
    made = live._Shelf()
    monkeypatch.setattr(live, "_shelf", made)
    return made


@pytest.fixture(scope="module")
def source() -> Source:
    """The starter."""
    return source_of(inputs_path("starter"), "starter", "starter")


@pytest.fixture(scope="module")
def plan(source: Source) -> Plan:
    """Its plan."""
    return solve(read(Path(source.path)), Options(grid="phases"))


def _setup(source: Source) -> live.Setup:
    """One dial on the starter."""
    return live.Setup(source, "", "phases", (Dial("money", money, 60.0, 140.0, 100.0),))


def _wait(setup: live.Setup, seconds: float = 120.0) -> None:
    """Wait until a base is there or is known not to be had."""
    end = time.monotonic() + seconds
    while live.status(setup) == "getting ready" and time.monotonic() < end:
        time.sleep(0.05)


def test_an_answer_comes_once_the_base_is_there_and_not_before(shelf: Any, source: Source, plan: Plan) -> None:
    """Asking returns at once; later the answer is there, from disk too, without learning again."""
    setup = _setup(source)
    live.prepare(setup)
    assert live.answer(setup, [plan], {"money": 95.0}) is None
    assert live.status(setup) == "getting ready"
    _wait(setup)
    assert live.status(setup) == "ready", live.reason(setup)
    first = live.answer(setup, [plan], {"money": 95.0, "no such dial": 3.0})
    assert first is not None
    assert first.status == "found"
    live.forget()
    shelf.bases.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", lambda *_a, **_k: pytest.fail("it was learnt again"))
        live.prepare(setup)
        _wait(setup)
        again = live.answer(setup, [plan], {"money": 95.0})
    assert again is not None
    assert again.outcomes == first.outcomes
    live.forget()


def test_what_cannot_be_learnt_says_why(shelf: Any, source: Source) -> None:
    """A workbook that is refused as it stands leaves the reason, and nothing is tried again and again."""
    setup = replace(_setup(source), extra=("Appropriations!*.Amount=-5",))
    live.prepare(setup)
    _wait(setup)
    assert live.status(setup) == "unavailable"
    assert "Appropriations!" in live.reason(setup)
    live.prepare(setup)
    assert not shelf.waiting


def test_the_same_case_has_the_same_name_and_another_has_another(source: Source) -> None:
    """Scenario, periods, dials and other changes all count."""
    setup = _setup(source)
    others = [
        replace(setup, scenario="surge"), replace(setup, grid="default"), replace(setup, extra=("Time!P1.Label=x",)),
        replace(setup, dials=(Dial("money", partial(unknown, "Quota by phase"), 60.0, 140.0, 100.0),)),
    ]  # fmt: skip
    assert _setup(source).key == setup.key
    assert len({setup.key, *(other.key for other in others)}) == 5
