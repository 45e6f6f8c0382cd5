"""Whatever ends the process that works, its parent says so in a sentence, and the best plan found is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from planner.options import Options
from planner.plan import Status
from planner.results import read_plan
from planner.solve import prepare, rescue, solve
from planner.solve.solving import _key
from planner.verify import verify
from planner.workbook import finish, load

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
pytestmark = pytest.mark.skipif(not hasattr(signal, "sigwaitinfo"), reason="the command works in one process here")

FAULT = """
import os, signal, sys
from planner.cli import main
import planner.{module} as module

def fault(*_, **__):
    os.kill(os.getpid(), signal.{name})

module.{function} = fault
sys.argv = ["planner", {words}]
main()
"""


def with_fault(module: str, function: str, name: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run the command where one function, instead of what it does, dies of a signal as native code would."""
    listed = ", ".join(repr(str(word)) for word in words)
    script = FAULT.format(module=module, function=function, name=name, words=listed)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False, env=environment
    )


def test_a_fault_before_any_plan_ends_in_a_sentence(tmp_path: Path) -> None:
    out = tmp_path / "plan.xlsx"
    run = with_fault("solve.solving", "search", "SIGFPE", "solve", STARTER, "--grid", "phases", "--out", out)
    assert run.returncode == 1
    assert "A fault inside the solver ended the work (SIGFPE). No plan had been found." in run.stderr
    assert "Traceback" not in run.stderr
    assert not out.exists()


def test_a_fault_while_comparing_keeps_the_plan(tmp_path: Path) -> None:
    """As it was with a running cost of 7e-13: the plan was found, and lost while comparing with doing nothing."""
    out = tmp_path / "plan.xlsx"
    run = with_fault("solve.solving", "doing_nothing", "SIGFPE", "solve", STARTER, "--grid", "phases", "--out", out)
    assert run.returncode == 0, run.stderr
    assert "The best plan found until then is kept" in run.stderr
    case, _ = finish(load(STARTER), "", ())
    assert case is not None
    plan = read_plan(out)
    assert verify(case, plan).ok
    assert plan.doing_nothing == {}
    assert any("ended the process" in text for text in plan.warnings)


def test_a_kill_in_the_middle_of_a_search_is_told() -> None:
    """The child that works is killed by its number, as the system does where memory runs out."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "planner", "solve", "blueprint", "--json", "-", "--gap", "0"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        if not children.exists():
            pytest.skip("this system does not list children")
        while not children.read_text().split():
            time.sleep(0.02)
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
        _, said = run.communicate(timeout=60)
    finally:
        run.kill()
    assert run.returncode == -signal.SIGKILL
    assert "killed from outside" in said


def test_what_is_sent_to_the_parent_reaches_the_child() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "planner", "solve", "blueprint", "--json", "-", "--gap", "0"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert run.stderr is not None
        run.stderr.readline()
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=60)
    finally:
        run.kill()
    assert run.returncode == -signal.SIGTERM


def test_the_better_plan_of_a_search_is_kept_and_taken_up(tmp_path: Path) -> None:
    case, _ = finish(load(STARTER), "", ())
    assert case is not None
    options = Options(grid="phases")
    try:
        rescue.keep_in(tmp_path)
        first = solve(case, options)
        rescue.keep_in(tmp_path, after_a_fault=True)
        kept = rescue.taken_up(_key(prepare(case, options)))
        assert kept is not None
        assert kept.status is Status.OPTIMAL
        second = solve(case, options)
        assert rescue.taken_up("another case") is None
    finally:
        rescue.keep_in(None)
    assert second.objective == pytest.approx(first.objective)
    assert second.bound == pytest.approx(first.bound)
    assert verify(case, second).ok


def test_a_damaged_file_is_no_plan(tmp_path: Path) -> None:
    try:
        rescue.keep_in(tmp_path, after_a_fault=True)
        assert rescue.taken_up("x") is None
        (tmp_path / "plan.npz").write_bytes(b"torn")
        assert rescue.taken_up("x") is None
        rescue.keep_in(tmp_path)
        rescue.keep("x", np.zeros(2), Status.FEASIBLE)
        rescue.keep_in(tmp_path, after_a_fault=True)
        kept = rescue.taken_up("x")
        assert kept is not None
        assert (kept.objective, kept.bound) == (None, None)
    finally:
        rescue.keep_in(None)
