"""The command solve, with the parts that it calls replaced by quick ones: what it says, writes and returns."""

import json
import os
import signal
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from planner import results, solve, verify, workbook
from planner.case.problems import Problem
from planner.cli import solving
from planner.options import Options
from planner.plan import Status
from planner.results import OutputError
from planner.run.progress import Display, Progress
from planner.sheets.address import Address

WARNING = Problem("odd", "warning", Address("Staff", 4, "C"), "It is odd.", "Look at it.")
ERROR = Problem("wrong", "error", Address("Staff", 5, "C"), "It is wrong.", "Mend it.")


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case, plan) -> SimpleNamespace:
    """The parts that solve calls; a test changes what they return, and sees what they were given."""
    parts = SimpleNamespace(plan=plan(), case=case, problems=(), ok=True, calls=[], refuse=0)

    def finish(path, scenario, sets):
        parts.calls.append(("check", path, scenario, tuple(sets)))
        return parts.case, parts.problems

    def find(_case, run):
        run.tell(Progress("solve", incumbent=1.0, bound=2.0, gap=0.5))
        parts.calls.append(("solve", run.options, run.interrupted))
        return parts.plan

    def write(_case, found, path):
        parts.calls.append(("write", found))
        if parts.refuse:
            parts.refuse -= 1
            message = "held"
            raise OutputError(message)
        Path(path).write_bytes(b"plan")

    class Report(SimpleNamespace):
        def __str__(self) -> str:
            return "FAIL balances"

    monkeypatch.chdir(tmp_path)
    Path("region.xlsx").write_bytes(b"case")
    monkeypatch.setattr(workbook, "load", lambda path: path)
    monkeypatch.setattr(workbook, "finish", finish)
    monkeypatch.setattr(solve, "solve", find)
    monkeypatch.setattr(verify, "verify", lambda _case, _plan: Report(ok=parts.ok, lines=[]), raising=False)
    monkeypatch.setattr(results, "write_workbook", write, raising=False)
    monkeypatch.setattr(results, "headlines", lambda _case, found: found, raising=False)
    monkeypatch.setattr(results, "show", lambda found: f"the plan is {found.status}", raising=False)
    monkeypatch.setattr(
        results, "to_json", lambda _case, found: {"status": found.status, "s": found.record.seconds}, raising=False
    )
    return parts


def test_a_proven_plan(planner, parts) -> None:
    result = planner("solve", "region.xlsx")
    assert result.exit_code == 0
    assert "the plan is optimal within gap" in result.stdout
    assert "Written: region_plan.xlsx" in result.stdout
    assert "gap 50 %" in result.stderr
    assert Path("region_plan.xlsx").read_bytes() == b"plan"
    written = parts.calls[-1][1]
    assert written.verified is True
    assert {"read", "validate", "solve", "verify"} <= set(written.record.seconds)


def test_options_reach_the_solver(planner, parts) -> None:
    words = (
        "--gap", "0.1", "--time-limit", "5", "--threads", "2", "--seed", "7", "--method", "ipm", "--no-presolve",
        "--grid", "phases", "--scenario", "bad",
    )  # fmt: skip
    planner("solve", "region.xlsx", *words, "--set", "Staff!A.b=1", "--set", "Staff!B.b=2")
    assert parts.calls[0][2:] == ("bad", ("Staff!A.b=1", "Staff!B.b=2"))
    assert parts.calls[1][1] == Options(0.1, 5.0, 2, 7, "ipm", False, "phases")


@pytest.mark.parametrize(("status", "code"), [(Status.UNBOUNDED, 3), (Status.INFEASIBLE, 4), (Status.NO_PLAN, 7)])
def test_without_a_plan_nothing_is_written(planner, parts, plan, monkeypatch, status: Status, code: int) -> None:
    monkeypatch.setattr("planner.cli.telling.tell_conflict", lambda *_: None)  # done for real in test_explain
    parts.plan = plan(status)
    result = planner("solve", "region.xlsx", "--json", "a.json", "--out", "a.xlsx")
    assert result.exit_code == code
    assert not Path("a.xlsx").exists()
    assert "a.xlsx" not in result.stdout
    assert json.loads(Path("a.json").read_text(encoding="utf-8"))["status"] == status


def test_an_open_gap_is_written_and_told(planner, parts, plan) -> None:
    parts.plan = plan(Status.FEASIBLE, gap=0.2)
    assert planner("solve", "region.xlsx").exit_code == 5
    assert Path("region_plan.xlsx").exists()


def test_a_plan_that_fails_its_check(planner, parts) -> None:
    parts.ok = False
    result = planner("solve", "region.xlsx", "--quiet")
    assert result.exit_code == 6
    assert "FAIL balances" in result.stderr
    assert parts.calls[-1][1].verified is False


def test_invalid_input_lists_everything(planner, parts) -> None:
    parts.case, parts.problems = None, (WARNING, ERROR)
    result = planner("solve", "region.xlsx", "--quiet")
    assert result.exit_code == 3
    assert "It is wrong." in result.stderr
    assert "1 error, 1 warning" in result.stderr
    assert "--annotate" in result.stderr
    assert result.stdout == ""
    assert len(parts.calls) == 1


def test_warnings_are_counted(planner, parts) -> None:
    parts.problems = (WARNING,)
    result = planner("solve", "region.xlsx")
    assert "0 errors, 1 warning: 'planner validate \"region.xlsx\"' lists them." in result.stderr
    changed = planner("solve", "region.xlsx", "--scenario", "surge", "--set", "Sites!Old port.Capacity=3").stderr
    listing = "planner validate region.xlsx --scenario surge --set 'Sites!Old port.Capacity=3'"
    assert f"0 errors, 1 warning; to list them: {listing}" in changed


def test_the_command_that_marks_errors_repeats_the_changes(planner, parts) -> None:
    parts.case, parts.problems = None, (ERROR,)
    said = planner("solve", "region.xlsx", "--set", "Sites!Old port.Capacity=-3").stderr
    marking = "planner validate region.xlsx --set 'Sites!Old port.Capacity=-3' --annotate OUT.xlsx"
    assert f"Nothing was solved; to mark the cells in a copy: {marking}" in said


def test_quiet_prints_nothing(planner, parts) -> None:
    result = planner("solve", "region.xlsx", "--quiet", "--json", "a.json")
    assert (result.stdout, result.stderr) == ("", "")
    assert not Path("region_plan.xlsx").exists(), "with --json alone no workbook is written"


def test_json_to_standard_output_stands_alone(planner, parts) -> None:
    result = planner("solve", "region.xlsx", "--json", "-")
    assert json.loads(result.stdout)["status"] == Status.OPTIMAL
    assert "the plan is" in result.stderr


def test_json_knows_how_long_writing_took(planner, parts) -> None:
    planner("solve", "region.xlsx", "--json", "a.json", "--out", "a.xlsx")
    seconds = json.loads(Path("a.json").read_text(encoding="utf-8"))["s"]
    assert {"read", "validate", "solve", "verify", "write"} <= set(seconds)


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "a.csv"), ("--out", "region.xlsx"), ("--out", "nowhere/a.xlsx"), ("--grid", "weeks"), ("--gap", "2"),
        ("--threads", "0"), ("--method", "magic"), ("--json", "."), ("--scenari", "x"), ("another.xlsx",),
    ],
)  # fmt: skip
def test_wrong_usage_is_refused_before_any_work(planner, parts, words: tuple[str, ...]) -> None:
    result = planner("solve", "region.xlsx", *words)
    assert result.exit_code == 2
    assert parts.calls == []
    assert "Traceback" not in result.output


def test_a_held_file_does_not_lose_the_plan(planner, parts) -> None:
    parts.refuse = 1
    result = planner("solve", "region.xlsx")
    assert result.exit_code == 0
    assert "Written: region_plan (2).xlsx" in result.stdout
    assert Path("region_plan (2).xlsx").exists()


def test_a_plan_open_elsewhere_is_said(planner, parts) -> None:
    Path("~$region_plan.xlsx").write_bytes(b"")
    assert "seems to be open in a spreadsheet program" in planner("solve", "region.xlsx").stderr


def test_an_error_in_the_solving_thread_reaches_the_user(planner, parts, monkeypatch) -> None:
    def fall(*_args, **_more):
        message = "lost"
        raise KeyError(message)

    monkeypatch.setattr(solve, "solve", fall)
    result = planner("solve", "region.xlsx")
    assert result.exit_code == 1
    assert "KeyError: 'lost'" in result.stderr


def test_one_interrupt_keeps_the_best_plan(parts, plan, case, monkeypatch, capsys) -> None:
    def wait(_case, run):
        assert run.interrupt.wait(30)
        return plan(Status.FEASIBLE)

    monkeypatch.setattr(solve, "solve", wait)
    before = signal.getsignal(signal.SIGINT)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    found = solving.solve(case, Options(), Display(Console(stderr=True)))
    assert found.status is Status.FEASIBLE
    assert "the best plan found so far is kept" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_interrupt_leaves_at_once(parts, case, monkeypatch, capsys) -> None:
    class LeftError(BaseException):
        pass

    def leave(code: int) -> None:
        raise LeftError(code)

    release = threading.Event()
    monkeypatch.setattr(solve, "solve", lambda *_args, **_more: release.wait(30))
    monkeypatch.setattr(os, "_exit", leave)
    for delay in (0.3, 0.6):
        threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(LeftError, match="130"):
        solving.solve(case, Options(), Display(Console(stderr=True)))
    assert not release.is_set(), "the search was waited for"
    release.set()
    assert "Aborted" in capsys.readouterr().err
