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
