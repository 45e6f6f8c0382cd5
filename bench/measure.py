"""How things are measured: wall time of a call, time and memory of a fresh process, and on what machine."""

from __future__ import annotations

import gc
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent

_CHILD = """
import json, resource, subprocess, sys, time
begin = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
seconds = time.perf_counter() - begin
used = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = used.ru_utime + used.ru_stime
told = {"code": done.returncode, "seconds": seconds, "cpu": cpu, "peak": used.ru_maxrss}
print(json.dumps(told | {"out": done.stdout, "err": done.stderr[-2000:]}))
"""


@dataclass(frozen=True)
class Process:
    """A finished process: exit code, wall and processor seconds, peak memory in MB, what it printed."""

    code: int
    seconds: float
    processor: float
    megabytes: float
    out: str
    err: str


def best_of(times: int, call: Callable[[], T]) -> tuple[float, T]:
    """Fewest processor seconds of several calls, without garbage collection inside, and the last result."""
    shortest, result = float("inf"), None
    for _ in range(times):
        gc.collect()
        gc.disable()
        begin = time.process_time()
        result = call()
        shortest = min(shortest, time.process_time() - begin)
        gc.enable()
    return shortest, result  # type: ignore[return-value]


@contextmanager
def silence() -> Iterator[None]:
    """Keep what compiled code prints to standard output away."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def run(*arguments: str, root: Path = ROOT) -> Process:
    """Run a Python module or script of a folder's code in a fresh interpreter; its peak memory is its own, not ours."""
    command = [sys.executable, "-c", _CHILD, sys.executable, *arguments]
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment, cwd=None if root == ROOT else root
    )
    told = json.loads(done.stdout)
    unit = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux kibibytes
    return Process(told["code"], told["seconds"], told["cpu"], told["peak"] / unit, told["out"], told["err"])


def setting() -> dict[str, Any]:
    """Date, machine and versions that the figures belong to."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
    } | {package: _version(package) for package in ("pyomo", "highspy", "linopy", "numpy", "pandas")}


def _version(package: str) -> str:
    """Version of an installed package, or that it is absent."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
