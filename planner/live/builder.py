"""Fits a case in a process of its own, so that nobody waits: its spec on standard input, base into a file.

Beside the spec come the path of the file and that of a base of nearly the same case, which may be empty.

The file holds arrays and index maps. It is read back with nothing but the classes that it consists of: a file that
asks for anything else is refused, so that reading a kept base runs no code.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import sys
import threading
import time
from pathlib import Path
from typing import Any

from planner.atomic_files import write_atomically
from planner.case.problems import InvalidCaseError
from planner.live.base import LiveBase, LiveUnavailableError, build_base
from planner.live.case_factory import CaseSpec

NICE = 5
"""How far behind the pages this work stands."""
OURS = ("planner.live.", "planner.explain.", "planner.sheets.", "planner.solver.snapshots",
        "planner.solver.basis", "planner.solver.carrying", "planner.solver.tie_breaking", "models.matrix")  # fmt: skip
NUMPY = {
    ("numpy", "ndarray"), ("numpy", "dtype"), ("numpy._core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "scalar"),
    ("numpy.core.multiarray", "scalar"), ("numpy._core.numeric", "_frombuffer"), ("numpy.core.numeric", "_frombuffer"),
}  # fmt: skip
PLAIN = ("frozenset", "set", "slice")


class BaseFileError(ValueError):
    """A kept base cannot be read; it is fitted anew."""


class _Reader(pickle.Unpickler):
    """Reads nothing but arrays and the classes of a base."""

    def find_class(self, module: str, name: str) -> Any:
        """Give a class that a base consists of. Raises BaseFileError for any other."""
        if (module, name) in NUMPY or (module == "builtins" and name in PLAIN):
            return super().find_class(module, name)
        if module.startswith(OURS) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        message = f"{module}.{name} has no place in a base"
        raise BaseFileError(message)


def save(base: LiveBase, path: Path) -> None:
    """Write what was fitted, without its spec; the file appears whole or not at all."""
    data = pickle.dumps((base.structure, base.response, base.builds), protocol=5)
    write_atomically(path, data, private=True)


def load(path: Path, spec: CaseSpec) -> LiveBase:
    """Read what was fitted. Raises OSError if there is none, BaseFileError if it is damaged."""
    try:
        structure, response, builds = _Reader(io.BytesIO(path.read_bytes())).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError, ValueError, IndexError) as error:
        message = f"the kept base is damaged: {error}"
        raise BaseFileError(message) from error
    return LiveBase(spec, structure, response, builds)


def _end_with(parent: int) -> None:
    """End this process soon after the one that started it: what it fits would be for nobody."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _limit(memory: int) -> None:
    """Take no more than so many bytes of address space, where the system can limit it; 0: any."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not on every system

        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main() -> int:
    """Read spec and path, fit, write; a sentence for people and exit code 3 where that cannot be."""
    spec, path, beside = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICE)
    _limit(int(os.environ.get("PLANNER_LIVE_MEMORY") or 0))
    like = None
    with contextlib.suppress(OSError, BaseFileError):
        like = load(Path(beside), spec) if beside else None
    try:
        save(build_base(spec, like), Path(path))
    except (LiveUnavailableError, InvalidCaseError) as error:
        sys.stderr.write(str(error).splitlines()[0] if str(error) else "The workbook has errors.")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
