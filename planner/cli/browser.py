"""The command `planner app`: starts the app in the browser, in a process of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.files import locate
from planner.cli.guard import Code, StopError

ENTRY = Path(__file__).resolve().parents[2] / "app" / "main.py"


def open_app(
    case: Annotated[
        str, typer.Argument(metavar="[CASE]", help="A workbook (.xlsx), or: blueprint, starter. Default: blueprint.")
    ] = "blueprint",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port; 0: the first free one from 8501 on.")
    ] = 0,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
) -> None:
    """Open the app in the browser: look at a plan, upload a workbook, move levers, solve again."""
    path = locate(case)
    if path.is_dir():
        message = f"'{path}' is a folder; the app opens workbooks. 'planner template OUT.xlsx --from {path}' makes one."
        raise StopError(message)
    if importlib.util.find_spec("streamlit") is None or not ENTRY.is_file():
        message = (
            "The app is not installed: 'make app' installs and starts it, or pip install 'migration-planner[app]'."
        )
        raise StopError(message)
    raise typer.Exit(_run(path, case, port, headless=headless))


def _run(path: Path, name: str, port: int, *, headless: bool) -> int:
    """Start the server; Ctrl-C ends it."""
    root = str(ENTRY.parent.parent)
    before = os.environ.get("PYTHONPATH", "")
    environment = {
        **os.environ,
        "PLANNER_APP_CASE": str(path.resolve()),
        "PLANNER_APP_NAME": name,
        "PYTHONPATH": os.pathsep.join([root, before]) if before else root,
    }
    command = [sys.executable, "-m", "streamlit", "run", str(ENTRY), "--server.headless", str(headless).lower()]
    command += ["--server.port", str(port)] if port else []
    if os.name == "posix":  # become the server, so that every signal reaches it
        os.execve(command[0], command, environment)  # noqa: S606 - our own interpreter and file
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the same
    except KeyboardInterrupt:
        return Code.DONE
