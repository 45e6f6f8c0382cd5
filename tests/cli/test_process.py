"""The command in a process of its own: exit codes, streams, signals, start-up."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAVY = ("pandas", "numpy", "scipy", "pyomo", "highspy", "openpyxl", "xlsxwriter", "hypothesis")

SLOW = """
import sys, threading
from planner import solve, workbook
from planner.case import Case

def wait(case, run):
    print("ready", file=sys.stderr, flush=True)
    if not {stubborn}:
        run.interrupt.wait(60)
        raise FileNotFoundError("The solver was asked to stop.")
    threading.Event().wait(60)

solve.solve = wait
workbook.load = lambda path: path
workbook.finish = lambda book, scenario, sets: (Case(rows={{}}), ())
from planner.cli import main
sys.argv = ["planner", "solve", __file__, "--out", "plan.xlsx"]
main()
"""


def test_help_loads_nothing_heavy() -> None:
    code = f"""
import sys
from typer.testing import CliRunner
from planner.cli import app
assert CliRunner().invoke(app, ["solve", "--help"]).exit_code == 0
print([name for name in {HEAVY} if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"


def test_exit_codes_reach_the_shell(process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert process("--help").returncode == 0
    assert process("version").returncode == 0
    missing = process("validate", "nothing.xlsx")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr == "There is no file 'nothing.xlsx'.\n"
    wrong = process("solve", "starter", "--gap", "lots")
    assert wrong.returncode == 2
    assert "--gap" in wrong.stderr


def test_not_a_workbook(process, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 not really")
    run = process("validate", path)
    assert run.returncode == 3
    assert "Traceback" not in run.stdout + run.stderr


def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"{sys.executable} -m planner --help | head -1; exit ${{PIPESTATUS[0]}}"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert run.stderr == ""


def _start(tmp_path: Path, *, stubborn: bool) -> subprocess.Popen[str]:
    script = tmp_path / "slow.py"
    script.write_text(SLOW.format(stubborn=stubborn), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    while "ready" not in run.stderr.readline():
        assert run.poll() is None
    return run


def test_control_c_asks_the_solver_to_stop(tmp_path: Path) -> None:
    run = _start(tmp_path, stubborn=False)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=30)
    assert "the best plan found so far is kept" in errors
    assert "The solver was asked to stop." in errors
    assert run.returncode == 2


def test_a_second_control_c_leaves_at_once(tmp_path: Path) -> None:
    run = _start(tmp_path, stubborn=True)
    run.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert run.poll() is None
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=30)
    assert run.returncode == 130
    assert "Traceback" not in errors
