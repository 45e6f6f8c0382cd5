"""The command `planner app`: starts the app in the browser, in a process of its own."""

from __future__ import annotations

import importlib.util
import ipaddress
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from planner.cli.files import locate
from planner.cli.guard import Code, StopError

SERVER = Path(__file__).resolve().parents[2] / "app" / "server.py"
LOCAL = ("localhost", "127.0.0.1", "::1")
"""Names of this machine."""
AUTH = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
"""What a file for signing in must say in its table [auth]."""
LEAST_SECRET = 32
"""Signs of a secret."""
UNPROVEN = (
    "Every account of this machine can say in --user-header's header who it is. Where others than the proxy have one, "
    "let the proxy prove itself: --proxy-secret FILE."
)


CASE = typer.Argument(metavar="[CASE]", help="A workbook (.xlsx), or: blueprint, starter. Default: blueprint.")
PORT = typer.Option("--port", metavar="N", min=0, max=65535, help="Port; 0: the first free one from 8501 on.")
HEADLESS = typer.Option("--headless", help="Do not open a browser.")
HOST = typer.Option("--host", metavar="ADDRESS", help="Address to listen at; other machines see it, too.")
NAMES = typer.Option("--allowed-host", metavar="NAME", help="Name under which people reach the app; may be repeated.")
BASE_PATH = typer.Option("--base-path", metavar="PATH", help="Path below which a reverse proxy serves the app.")
SIGN_IN = typer.Option("--sign-in", metavar="FILE", help="TOML file with [auth]: sign in with OpenID Connect.")
USER_HEADER = typer.Option("--user-header", metavar="NAME", help="Header in which a reverse proxy says who asks.")
PERSON = typer.Option("--person", metavar="PATTERN", help="Who may come in, such as *@agency.example; may be repeated.")
SECRET = typer.Option(
    "--proxy-secret", metavar="FILE", help="File with the secret that the proxy sends in X-Planner-Secret."
)
TO_ALL = typer.Option("--open-to-all", help="Let everybody in who reaches the address, without signing in.")


def open_app(
    case: Annotated[str, CASE] = "blueprint",
    port: Annotated[int, PORT] = 0,
    headless: Annotated[bool, HEADLESS] = False,
    host: Annotated[str, HOST] = "localhost",
    allowed_host: Annotated[list[str] | None, NAMES] = None,
    base_path: Annotated[str, BASE_PATH] = "",
    sign_in: Annotated[Path | None, SIGN_IN] = None,
    user_header: Annotated[str, USER_HEADER] = "",
    person: Annotated[list[str] | None, PERSON] = None,
    proxy_secret: Annotated[Path | None, SECRET] = None,
    open_to_all: Annotated[bool, TO_ALL] = False,
) -> None:
    """Open the app in the browser: look at a plan, upload a workbook, move levers, solve again."""
    path, names = _workbook(case), allowed_host or []
    check_access(host, names, sign_in, user_header, person or [], open_to_all=open_to_all)
    proof = secret_of(proxy_secret, user_header)
    options = ["--server.headless", str(headless).lower(), "--server.address", host]
    options += ["--server.port", str(port)] if port else []
    options += ["--browser.serverAddress", names[0]] if names else []
    for name in (*LOCAL, *names):
        options += ["--server.allowedHosts", name]
    options += ["--server.baseUrlPath", base_path.strip("/")] if base_path.strip("/") else []
    options += ["--secrets.files", str(sign_in.resolve())] if sign_in else []
    options += ["--server.trustedUserHeaders", json.dumps({user_header: "email"})] if user_header else []
    told = {"PLANNER_APP_PEOPLE": ",".join(person)} if person else {}
    told |= {"PLANNER_APP_PROXY_SECRET": proof} if proof else {}
    if user_header and not proof:
        typer.echo(UNPROVEN, err=True)
    told |= {"PLANNER_APP_CASE": str(path.resolve()), "PLANNER_APP_NAME": case}
    raise typer.Exit(_run(options, told))


def _workbook(case: str) -> Path:
    """The workbook to begin with. Raises StopError where it is none, or where the app is not installed."""
    from planner.results.reader import plan_at

    path = locate(case)
    if path.is_dir():
        message = f"'{path}' is a folder; the app opens workbooks. 'planner template OUT.xlsx --from {path}' makes one."
        raise StopError(message)
    if plan_at(path) is not None:
        message = (
            f"'{path}' is a plan; the app opens workbooks. Start it without one and upload the plan on its page Data: "
            "that brings back its workbook, grid, scenario, changes and the plan itself."
        )
        raise StopError(message)
    if importlib.util.find_spec("streamlit") is None or not SERVER.is_file():
        raise ModuleNotFoundError(name="streamlit")
    return path


def check_access(
    host: str, names: list[str], sign_in: Path | None, user_header: str, people: list[str], *, open_to_all: bool
) -> None:
    """Refuse settings that would let in more people than somebody means. Raises StopError with the mend."""
    known = sign_in is not None or bool(user_header)
    if not is_local(host):
        if not names:
            message = (
                f"--host {host} lets other machines in: say under which name they reach the app, for example "
                "--allowed-host planner.agency.example (a request under any other name is refused)."
            )
            raise StopError(message)
        if user_header:
            message = (
                f"--user-header trusts whoever asks, so only a reverse proxy on this machine may ask: leave --host "
                f"{host} out and let the proxy pass requests on to localhost."
            )
            raise StopError(message)
        if not known and not open_to_all:
            message = (
                f"--host {host} lets everybody in who reaches it. Let people sign in (--sign-in FILE), or say "
                "--open-to-all where the network itself keeps others out."
            )
            raise StopError(message)
    if people and not known:
        message = "--person needs to know who asks: give --sign-in FILE or --user-header NAME as well."
        raise StopError(message)
    from planner.access.identity import wrong_patterns

    wrong = wrong_patterns(people)
    if wrong:
        message = (
            f"--person '{wrong[0]}' matches nobody: say an address (ana@agency.example), everybody of a domain "
            "(*@agency.example), or of domains below one (*@*.agency.example)."
        )
        raise StopError(message)
    if sign_in is not None and user_header:
        message = "--sign-in and --user-header both say who asks; give one of them."
        raise StopError(message)
    if sign_in is not None:
        check_sign_in(sign_in)


def check_sign_in(path: Path) -> None:
    """Refuse a file for signing in that would fail later. Raises StopError with the mend."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"'{path}' is not a TOML file: {error}."
        raise StopError(message) from error
    auth = said.get("auth", {})
    missing = [name for name in AUTH if not str(auth.get(name, "")).strip()] if isinstance(auth, dict) else list(AUTH)
    if missing:
        message = f"'{path}' does not say {', '.join(missing)} in its table [auth]."
        raise StopError(message)
    if len(str(auth["cookie_secret"])) < LEAST_SECRET:
        message = f"'{path}': cookie_secret must have at least {LEAST_SECRET} signs; `openssl rand -hex 32` makes one."
        raise StopError(message)
    if not urlsplit(str(auth["redirect_uri"])).path.endswith("/oauth2callback"):
        message = f"'{path}': redirect_uri must be the address of the app followed by /oauth2callback."
        raise StopError(message)
    if importlib.util.find_spec("authlib") is None:
        raise ModuleNotFoundError(name="authlib")


def secret_of(path: Path | None, user_header: str) -> str:
    """What the proxy must send with every request; empty if nothing. Raises StopError with the mend."""
    if path is None:
        return ""
    if not user_header:
        message = "--proxy-secret proves who says it in a header: give --user-header NAME as well."
        raise StopError(message)
    found = path.read_text(encoding="utf-8", errors="replace").strip()
    if len(found) < LEAST_SECRET or not found.isascii() or not found.isprintable() or " " in found:
        message = f"'{path}' must hold one word of at least {LEAST_SECRET} signs; `openssl rand -hex 32` makes one."
        raise StopError(message)
    return found


def is_local(host: str) -> bool:
    """Whether an address is one of this machine that no other machine reaches."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _run(options: list[str], told: dict[str, str]) -> int:
    """Start the server; Ctrl-C ends it."""
    root = str(SERVER.parent.parent)
    before = os.environ.get("PYTHONPATH", "")
    environment = {**os.environ, **told, "PYTHONPATH": os.pathsep.join([root, before]) if before else root}
    command = [sys.executable, "-m", "app", "run", str(SERVER), *options]
    if os.name == "posix":  # become the server, so that every signal reaches it
        os.execve(command[0], command, environment)  # noqa: S606 - our own interpreter and file
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the same
    except KeyboardInterrupt:
        return Code.DONE
