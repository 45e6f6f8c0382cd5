"""Whatever is raised ends as one sentence and an exit code."""

import errno
from pathlib import Path

import pytest

from planner.case.problems import InvalidCaseError, Problem
from planner.cli import commands
from planner.cli.guard import Code, StopError, code_of, explain, refused
from planner.futures.errors import FuturesError
from planner.options import OptionError
from planner.plan import Status
from planner.sheets.address import Address
from planner.tradeoffs.errors import EndlessError, TradeoffError


@pytest.mark.parametrize(
    ("status", "verified", "code"),
    [
        (Status.OPTIMAL, True, 0),
        (Status.UNBOUNDED, None, 3),
        (Status.INFEASIBLE, None, 4),
        (Status.FEASIBLE, True, 5),
        (Status.OPTIMAL, False, 6),
        (Status.FEASIBLE, False, 6),
        (Status.NO_PLAN, None, 7),
    ],
)
def test_every_status_has_its_code(status: Status, verified: bool | None, code: int) -> None:
    assert code_of(status, verified) == code


def test_every_status_is_known() -> None:
    assert all(code_of(status) in Code for status in Status)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (StopError("No.", Code.INFEASIBLE), 4, "No."),
        (OptionError("--gap is odd."), 2, "--gap is odd."),
        (FileNotFoundError(errno.ENOENT, "x", "a.xlsx"), 2, "'a.xlsx' does not exist."),
        (IsADirectoryError(errno.EISDIR, "x", "a"), 2, "is a folder"),
        (PermissionError(errno.EACCES, "x", "a.xlsx"), 2, "may not be opened"),
        (OSError(errno.ENOSPC, "x", "a.xlsx"), 2, "the disk is full"),
        (OSError(errno.EIO, "Input/output error", "a.xlsx"), 2, "Input/output error"),
        (OSError("A sentence of ours."), 2, "A sentence of ours."),
        (OSError(errno.EIO, "Input/output error"), 2, "A file could not be used: Input/output error."),
        (MemoryError(), 1, "not enough memory"),
        (
            InvalidCaseError([Problem("c", "error", Address("Time", 2, "A"), "Bad.", "Mend it.")]),
            3,
            "Time!A2: Bad. Mend it.",
        ),
        (KeyError("lost"), 1, "The planner made a mistake (KeyError: 'lost')"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_sentences(error: Exception, code: int, words: str) -> None:
    sentence, found = explain(error)
    assert words in sentence
    assert found == code


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command that looks for a file falls over an internal error."""

    def fall(_name: object) -> Path:
        message = "first line\nsecond line"
        raise RuntimeError(message)

    monkeypatch.setattr(commands, "locate", fall)


@pytest.mark.usefixtures("broken")
def test_a_fault_of_ours_asks_for_a_report(planner) -> None:
    result = planner("validate", "x.xlsx")
    assert result.exit_code == 1
    assert "RuntimeError: first line in test_guard.py, line" in result.stderr
    assert "please report it" in result.stderr
    assert "Traceback" not in result.output
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("words", [("--debug", "validate", "x.xlsx"), ("validate", "x.xlsx", "--debug")])
def test_debug_may_stand_anywhere(planner, words: tuple[str, ...]) -> None:
    result = planner(*words)
    assert result.exit_code == 1
    assert "Traceback" in result.stderr
    assert "second line" in result.stderr


def test_debug_after_two_dashes_is_a_name(planner) -> None:
    result = planner("validate", "--", "--debug")
    assert result.exit_code == 2
    assert "There is no file '--debug'" in result.stderr


def test_interrupt_outside_a_solve(planner, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_name: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "locate", stop)
    result = planner("validate", "x.xlsx")
    assert result.exit_code == 130
    assert "Interrupted" in result.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TradeoffError("There is no plan for a name like this."), 2),
        (TradeoffError("Nothing holds together.", Status.INFEASIBLE), 4),
        (TradeoffError("No plan was found before the search was stopped.", Status.NO_PLAN), 7),
        (EndlessError("It grows without end."), 3),
        (FuturesError("Nothing holds in any of them.", Status.INFEASIBLE), 4),
    ],
)
def test_a_question_ends_by_how_its_search_ended_whatever_its_words(error: TradeoffError, code: int) -> None:
    assert refused(error).code == code
    assert str(refused(error)) == str(error)
