"""planner app: what it refuses before a server starts, and what it hands to the server."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from planner.cli import browser

pytest.importorskip("streamlit", reason="the app's packages are not installed: pip install '.[app]'")
Planner = Callable[..., Result]
AUTH = """
[auth]
redirect_uri = "https://planner.agency.example/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "planner"
client_secret = "secret"
server_metadata_url = "https://login.agency.example/.well-known/openid-configuration"
"""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """What the server would be started with."""
    found: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(browser, "_run", lambda options, told: found.append((options, told)) or 0)
    return found


def test_without_options_only_this_machine_is_served(
    planner: Planner, started: list[tuple[list[str], dict[str, str]]]
) -> None:
    assert planner("app", "starter", "--port", "8600").exit_code == 0
    options, told = started[0]
    assert options[options.index("--server.address") + 1] == "localhost"
    assert [options[i + 1] for i, o in enumerate(options) if o == "--server.allowedHosts"] == list(browser.LOCAL)
    assert options[options.index("--server.port") + 1] == "8600"
    assert told["PLANNER_APP_NAME"] == "starter"


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (["--host", "0.0.0.0"], "--allowed-host"),
        (["--host", "0.0.0.0", "--allowed-host", "p.example"], "--open-to-all"),
        (["--host", "192.0.2.7", "--allowed-host", "p.example", "--user-header", "X-User"], "only a reverse proxy"),
        (["--person", "*@agency.example"], "--sign-in"),
    ],
)
def test_what_would_let_in_too_many_is_refused_with_its_mend(
    planner: Planner, started: list[tuple[list[str], dict[str, str]]], words: list[str], mend: str
) -> None:
    result = planner("app", "starter", *words)
    assert result.exit_code == 2
    assert mend in result.stderr
    assert not started


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[auth]", "[other]", "client_secret"),
        ('client_id = "planner"', 'client_id = ""', "client_id"),
        ("0123456789abcdef0123456789abcdef", "short", "32 signs"),
        ("/oauth2callback", "/back", "oauth2callback"),
        ("[auth]", "[auth", "not a TOML file"),
    ],
)
def test_a_file_for_signing_in_is_looked_at_before_the_server_starts(
    planner: Planner, started: list[tuple[list[str], dict[str, str]]], tmp_path: Path, old: str, new: str, said: str
) -> None:
    file = tmp_path / "sign-in.toml"
    file.write_text(AUTH.replace(old, new), encoding="utf-8")
    result = planner("app", "starter", "--sign-in", file)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not started


def test_a_team_behind_a_proxy(
    planner: Planner, started: list[tuple[list[str], dict[str, str]]], tmp_path: Path
) -> None:
    pytest.importorskip("authlib", reason="the team's packages are not installed: pip install '.[team]'")
    file = tmp_path / "sign-in.toml"
    file.write_text(AUTH, encoding="utf-8")
    words = ["--allowed-host", "planner.agency.example", "--base-path", "/planner/", "--person", "*@agency.example"]
    assert planner("app", "starter", "--sign-in", file, *words).exit_code == 0
    options, told = started[0]
    assert "planner.agency.example" in options
    assert options[options.index("--server.baseUrlPath") + 1] == "planner"
    assert options[options.index("--secrets.files") + 1] == str(file.resolve())
    assert told["PLANNER_APP_PEOPLE"] == "*@agency.example"


def test_a_header_from_a_proxy(planner: Planner, started: list[tuple[list[str], dict[str, str]]]) -> None:
    assert planner("app", "starter", "--user-header", "X-Forwarded-Email").exit_code == 0
    options, _ = started[0]
    assert options[options.index("--server.trustedUserHeaders") + 1] == '{"X-Forwarded-Email": "email"}'


@pytest.mark.parametrize(
    ("host", "local"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("planner.example", False)],
)
def test_which_addresses_are_this_machine_alone(host: str, local: bool) -> None:
    assert browser.is_local(host) is local
