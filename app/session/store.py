"""Files that outlast a browser tab: plans by what they were made from, uploads by their content.

Nothing is named after what a person typed: every name is a hash. Plans are kept as JSON, so that reading one back runs
no code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import models
import planner
from planner.atomic_files import write_atomically
from planner.options import GAP, Options
from planner.plan import Plan, plan_json

TIME_LIMIT = 600.0
"""Seconds after which a search started here stops with the best plan found."""
MOST_FILES = 300
"""Plans and uploads kept of each kind; the oldest go first."""
MOST_OWN, MOST_OWN_BYTES = 60, 300_000_000
"""Uploads kept of one person, and their bytes."""
USED, IN_USE = 60.0, 300.0
"""Seconds after which a use is noted again; seconds since its last use in which a file stays, whatever comes."""
MOST_DAYS = 30
"""Days after which a plan or an upload is deleted."""


@dataclass(frozen=True)
class Source:
    """A workbook: `name` is what people and the command line call it, `path` where it is read."""

    name: str
    path: str
    sha256: str
    kind: str = "file"

    @property
    def title(self) -> str:
        """What people call it: the name without the folders in which it lies."""
        return self.name.replace("\\", "/").rpartition("/")[2] or self.name


@dataclass(frozen=True)
class Wish:
    """How a workbook is to be solved: what the frame's levers say. A blank grid is the workbook's own."""

    scenario: str = ""
    grid: str = ""
    gap: float = GAP
    sets: tuple[str, ...] = ()

    @property
    def options(self) -> Options:
        """The options of the solve."""
        return Options(gap=self.gap, grid=self.grid, time_limit=TIME_LIMIT)


def source_of(path: Path, name: str, kind: str = "file") -> Source:
    """Describe a workbook that is there."""
    return Source(name, str(path.resolve()), hashlib.sha256(path.read_bytes()).hexdigest(), kind)


def folder(kind: str) -> Path:
    """A private folder of the user's cache (PLANNER_CACHE, else the system's place), made if it is not there."""
    wanted = os.environ.get("PLANNER_CACHE")
    if wanted:
        base = Path(wanted)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()) / "migration-planner"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "migration-planner"
    path = base / kind
    if path.is_dir():
        return path
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        path = Path(tempfile.gettempdir()) / f"migration-planner-{os.getuid() if hasattr(os, 'getuid') else 0}" / kind
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@cache
def code_mark() -> str:
    """Hash of the code that makes plans, so that no kept plan outlives a change of the model."""
    digest = hashlib.sha256()
    for package in (planner, models):
        for root in package.__path__:
            for file in sorted(Path(root).rglob("*.py")):
                digest.update(file.read_bytes())
    for name in ("highspy", "pyomo"):
        digest.update(version(name).encode())
    return digest.hexdigest()


def key_of(source: Source, wish: Wish) -> str:
    """Name of the plan of a workbook under a wish."""
    said = json.dumps([source.sha256, asdict(wish), wish.options.as_record(), code_mark()], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:40]


def plan_path(key: str) -> Path:
    """Where the plan with this key is kept."""
    return folder("plans") / f"{key}.json"


def answer_path(key: str) -> Path:
    """Where the answer to a question with this key is kept."""
    return folder("answers") / f"{key}.json"


def save_answer(answer: dict[str, Any], path: Path) -> None:
    """Write an answer; the file appears whole or not at all."""
    _write(path, json.dumps(answer, default=plan_json.plain).encode())


def load_answer(path: Path) -> dict[str, Any] | None:
    """Read an answer back, None if there is none that can be read."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def own_folder(kind: str, owner: str) -> Path:
    """The folder of one person, so that nobody's files make room for somebody else's; made if it is not there."""
    path = folder(kind) / hashlib.sha256(owner.encode()).hexdigest()[:32]
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def keep_upload(data: bytes, owner: str) -> Path:
    """Keep an upload of somebody under the hash of its content; the oldest of theirs go if there are too many."""
    return keep_in(own_folder("uploads", owner), data)


def keep_in(store: Path, data: bytes) -> Path:
    """Keep an upload in the folder of whose it is."""
    path = store / f"{hashlib.sha256(data).hexdigest()}.xlsx"
    if path.exists():
        path.touch()
    else:
        _write(path, data)
        _thin(store, MOST_OWN, MOST_OWN_BYTES, 0.0)
    return path


def use(path: Path) -> None:
    """Note that a file is used, so that it is not among those that go."""
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > USED:
            path.touch()


def save_plan(plan: Plan, path: Path) -> None:
    """Write a plan; the file appears whole or not at all."""
    _write(path, plan_json.dumps(plan))


def load_plan(path: Path) -> Plan:
    """Read a plan back. Raises OSError or ValueError if there is none, or if it is damaged."""
    return plan_json.loads(path.read_bytes())


def prune() -> None:
    """Delete what is old or too much."""
    for kind in ("plans", "answers", "raw"):
        _thin(folder(kind), MOST_FILES)
    for kind in ("uploads", "marked"):
        for file in folder(kind).glob("*"):
            if file.is_dir():
                _thin(file, MOST_OWN, MOST_OWN_BYTES, 0.0)
            elif _age(file) > MOST_DAYS * 86_400:  # kept before everybody had a folder
                file.unlink(missing_ok=True)


def _age(file: Path) -> float:
    """Seconds since a file was used; a file that is gone meanwhile was used never."""
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return float("inf")


def _thin(store: Path, most: int, most_bytes: float = float("inf"), in_use: float = IN_USE) -> None:
    """Delete what is old, and the oldest of what is too much, but nothing that was used so many seconds ago."""
    files = sorted(((_age(file), file) for file in store.glob("*") if file.is_file()), key=lambda pair: pair[0])
    size = 0
    for position, (age, file) in enumerate(files):
        with contextlib.suppress(OSError):
            size += file.stat().st_size
        much = position >= most or size > most_bytes
        if age > MOST_DAYS * 86_400 or (much and age > in_use):
            file.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    """Write beside and rename."""
    write_atomically(path, data, private=True)
