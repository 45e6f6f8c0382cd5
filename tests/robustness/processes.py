"""The command in a process of its own, with something going wrong at a chosen moment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
PLANNER = [sys.executable, "-m", "planner"]

FAULTS = {
    "nothing": "",
    # the power goes when half of the file is written
    "killed while writing": """
whole = os.fdopen
class Torn:
    def __init__(self, file): self.file = file
    def __enter__(self): return self
    def __exit__(self, *_): self.file.close()
    def write(self, data):
        self.file.write(data[: len(data) // 2]); self.file.flush()
        if len(data) > 1: os.kill(os.getpid(), signal.SIGKILL)
    def __getattr__(self, name): return getattr(self.file, name)
os.fdopen = lambda *a, **k: Torn(whole(*a, **k))
""",
    "killed before the flush": "os.fsync = lambda *_: os.kill(os.getpid(), signal.SIGKILL)",
    "killed before the renaming": """
replace, rename = pathlib.Path.replace, pathlib.Path.rename
pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
pathlib.Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
""",
    "the disk is full": """
def full(*_): raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
os.fsync = full
""",
    "the file is held": """
def held(self, target, *_): raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
pathlib.Path.replace = held
""",
}
"""What goes wrong, as lines that are run before the command."""


def command(fault: str, *words: object) -> list[str]:
    """A command with a fault."""
    code = f"""
import errno, os, pathlib, signal, sys
from planner.cli import main
{FAULTS[fault]}
sys.argv = ["planner", *sys.argv[1:]]
main()
"""
    return [sys.executable, "-c", code, *(str(word) for word in words)]


def run(line: Sequence[str], folder: Path, **more: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder and wait for its end."""
    return subprocess.run(
        list(line), cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False, **more
    )  # type: ignore[call-overload, no-any-return]


def spoken(result: subprocess.CompletedProcess[str]) -> None:
    """Whatever happened was said to people: no traceback, no internal error."""
    told = result.stdout + result.stderr
    assert "Traceback" not in told, told
    assert "The planner made a mistake" not in told, told


def whole(path: Path, before: bytes) -> None:
    """A file is what it was, or a whole new one of its kind."""
    if not path.exists():
        assert before == b"", f"{path.name} has gone"
        return
    data = path.read_bytes()
    if data == before:
        return
    if path.suffix == ".xlsx":
        from openpyxl import load_workbook

        assert load_workbook(path, read_only=True).sheetnames
    elif path.suffix == ".json":
        import json

        assert json.loads(data.decode("utf-8"))
    else:
        assert data.endswith(b"\n")


def left_over(folder: Path, *known: str) -> list[str]:
    """Visible files that nobody asked for; a killed process may leave hidden ones beside its output."""
    return sorted(p.name for p in folder.iterdir() if p.name not in known and not p.name.startswith("."))
