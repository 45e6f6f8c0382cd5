"""A base is learnt in a process of its own and read back without running anything that the file brings."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.live import CaseSpec, LiveEngine, LiveUnavailableError, build_base
from planner.live.builder import BaseFileError, load, save
from tests.live.conftest import Lab


def test_a_kept_base_answers_as_the_one_that_was_kept(starter: Lab, tmp_path: Path) -> None:
    """Arrays, labels and the elastic twin all come back."""
    save(starter.base, tmp_path / "one.base")
    engine = LiveEngine(load(tmp_path / "one.base", starter.base.spec))
    engine.hold(starter.plan)
    for settings in ({"money": 93.0}, {"money": 50.0}):
        again, first = engine.answer(settings), starter.engine().answer(settings)
        assert (again.outcomes, again.meters, again.sentence) == (first.outcomes, first.meters, first.sentence)


def test_a_base_holds_no_pyomo(starter: Lab) -> None:
    """Nothing of the model outlives the build."""
    assert b"pyomo" not in pickle.dumps((starter.base.structure, starter.base.response))


class Trap:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Ask for the shell."""
        return os.system, ("touch trapped",)


def test_a_file_that_asks_for_anything_else_is_refused(
    starter: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No code runs, and a file cut in half is refused too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.base").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(BaseFileError):
        load(tmp_path / "bad.base", starter.base.spec)
    assert not (tmp_path / "trapped").exists()
    save(starter.base, tmp_path / "one.base")
    whole = (tmp_path / "one.base").read_bytes()
    (tmp_path / "half.base").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BaseFileError):
        load(tmp_path / "half.base", starter.base.spec)


def test_the_process_writes_the_same_base(starter: Lab, tmp_path: Path) -> None:
    """Learnt elsewhere, it is the same to the last figure."""
    spec = CaseSpec(starter.base.spec.path, starter.base.spec.dials[:1])
    path = tmp_path / "one.base"
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "planner.live.builder"], input=pickle.dumps((spec, str(path), str(tmp_path / 'none'))), check=False,
        capture_output=True, env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    here, there = build_base(spec), load(path, spec)
    assert np.array_equal(here.response.home, there.response.home)
    assert here.builds == there.builds


def test_a_case_with_several_priorities_is_not_answered_at_once(starter: Lab) -> None:
    """It is said why, in words."""
    spec = CaseSpec(str(starter.path), (), extra=("Outcomes!public money.Priority=2",))
    with pytest.raises(LiveUnavailableError, match="several priorities"):
        build_base(spec)


@pytest.mark.parametrize(
    ("extra", "quick"),
    [
        (("Pipelines!interview at the border.Unit cost=*1.1",), True),
        (("Programmes!recruitment support.At most=3000", "Reforms!labour agreement.Lead time=45"), True),
        (("Arrivals!*.Arrivals=4000",), False),
    ],
)
def test_a_changed_case_is_learnt_quickly_where_that_holds(starter: Lab, extra: tuple[str, ...], quick: bool) -> None:
    """What was learnt is taken over only where it is tried and true; the answers are those of a base of its own."""
    spec = replace(starter.base.spec, extra=extra)
    base = build_base(spec, starter.base)
    assert (base.builds < 8) == quick
    alone = build_base(spec)
    engines = [LiveEngine(base), LiveEngine(alone)]
    for engine in engines:
        engine.hold(starter.plan)
    for settings in ({}, {"money": 95.0, "hiring": 120.0}, {"arrivals": 130.0}):
        one, two = (engine.answer(settings) for engine in engines)
        assert one.outcomes == pytest.approx(two.outcomes, rel=1e-9, abs=1e-9)
        assert one.objective == pytest.approx(two.objective, rel=1e-9)
