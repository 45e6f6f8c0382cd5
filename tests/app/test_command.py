"""The command `planner app`."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli import app


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """What would have been started."""
    calls: list[tuple[list[str], dict[str, str]]] = []

    def note(_path: str, command: list[str], environment: dict[str, str]) -> None:
        calls.append((command, environment))
        raise SystemExit(0)

    monkeypatch.setattr(os, "execve", note)
    return calls


def test_it_starts_the_server_on_the_named_case(started: list, starter: Path) -> None:
    CliRunner().invoke(app, ["app", "starter", "--port", "8765", "--headless"])
    command, environment = started[0]
    assert command[1:4] == ["-m", "app", "run"]
    assert Path(command[4]).is_file()
    assert command[command.index("--server.port") + 1] == "8765"
    assert command[command.index("--server.headless") + 1] == "true"
    assert Path(environment["PLANNER_APP_CASE"]) == starter.resolve()


def test_without_a_case_it_opens_the_reference_case(started: list, blueprint: Path) -> None:
    CliRunner().invoke(app, ["app"])
    assert Path(started[0][1]["PLANNER_APP_CASE"]) == blueprint.resolve()
    assert "--server.port" not in started[0][0]


def test_a_missing_file_is_a_sentence_not_a_server(started: list) -> None:
    result = CliRunner().invoke(app, ["app", "nowhere.xlsx"])
    assert result.exit_code == 2
    assert "There is no file 'nowhere.xlsx'" in result.stderr
    assert not started


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--user-header", "X-User", "--person", "a@b@c"], "--person 'a@b@c' matches nobody"),
        (["--user-header", "X-User", "--person", "*@*"], "--person '*@*' matches nobody"),
        (["--user-header", "X-User", "--person", "stra\u00dfe@x.example"], "matches nobody"),
        (["--proxy-secret", "SHORT"], "give --user-header NAME as well"),
        (["--user-header", "X-User", "--proxy-secret", "SHORT"], "one word of at least 32 signs"),
        (["--user-header", "X-User", "--proxy-secret", "MISSING"], "does not exist"),
    ],
)
def test_settings_that_let_nobody_or_anybody_in_are_refused(
    started: list, tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "SHORT").write_text("secret", encoding="utf-8")
    given = [str(tmp_path / word) if word in ("SHORT", "MISSING") else word for word in words]
    result = CliRunner().invoke(app, ["app", "starter", *given])
    assert result.exit_code == 2
    assert said in result.stderr
    assert not started


def test_the_secret_of_a_proxy_reaches_the_server_and_no_command_line(started: list, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s" * 40 + "\n", encoding="utf-8")
    CliRunner().invoke(app, ["app", "starter", "--user-header", "X-User", "--proxy-secret", str(tmp_path / "secret")])
    command, environment = started[0]
    assert environment["PLANNER_APP_PROXY_SECRET"] == "s" * 40
    assert not any("s" * 40 in word for word in command)


def test_who_trusts_a_header_without_proof_is_told_what_that_means(started: list) -> None:
    result = CliRunner().invoke(app, ["app", "starter", "--user-header", "X-User"])
    assert "Every account of this machine" in result.stderr
    assert started
