"""Workbooks that people bring are taken apart in a process with limits; the server sees the plain tables that come out.

A workbook that the server was started with, or that comes with the planner, is read as it is.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.session.store import code_mark, folder
from app.tasks import jobs
from planner.case import Case
from planner.case.problems import InvalidCaseError, Problem
from planner.sheets.address import Address
from planner.workbook import read
from planner.workbook.reader import RawBook, finish

OURS = ("planner.",)
PLAIN = {("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"), ("datetime", "timedelta"),
         ("builtins", "set"), ("builtins", "frozenset")}  # fmt: skip


class _Reader(pickle.Unpickler):
    """Reads nothing but plain values and the classes of tables."""

    def find_class(self, module: str, name: str) -> Any:
        """Give a class that tables consist of. Raises UnpicklingError for any other."""
        if (module, name) in PLAIN or (module.startswith(OURS) and "." not in name):
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        message = f"{module}.{name} has no place in a workbook"
        raise pickle.UnpicklingError(message)


def brought(path: str | Path) -> bool:
    """Whether a workbook is one that somebody brought."""
    return Path(path).resolve().is_relative_to(folder("uploads").resolve())


def case(path: str | Path, *, scenario: str = "", sets: Sequence[str] = ()) -> Case:
    """The checked case of a workbook. Raises InvalidCaseError with everything that is wrong."""
    if not brought(path):
        return read(path, scenario=scenario, sets=sets)
    found, problems = finish(_tables(Path(path)), scenario, sets)
    if found is None:
        raise InvalidCaseError(problems)
    return found


def _tables(path: Path) -> RawBook:
    """The plain tables of a workbook that somebody brought, kept for the next time."""
    out = folder("raw") / f"{path.stem}-{code_mark()[:16]}.raw"
    for _ in range(2):
        try:
            found = _Reader(io.BytesIO(out.read_bytes())).load()
        except FileNotFoundError:
            pass
        except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError, ValueError, IndexError):
            out.unlink(missing_ok=True)
        else:
            if isinstance(found, RawBook):
                return found
        job = jobs.Job({"do": "load", "path": str(path), "out": str(out)}, jobs.CHECK_SECONDS)
        job.wait(jobs.CHECK_SECONDS + 30)
        if job.answer.get("kind") != "loaded":
            break
    sentence = str(job.answer.get("sentence") or job.sentence or "It could not be read.")
    mend = "Take away the sheets, rows and columns that are not needed, and upload it again."
    raise InvalidCaseError([Problem("file-too-large", "error", Address(), sentence, mend)])
