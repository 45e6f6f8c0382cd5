"""Keeps the best plan found where another process can take it up, should the solver end this one.

A fault inside the solver (a division by nought, memory that is not there) ends a process without a word. The command
line therefore works in a child, and its parent, :mod:`planner.cli.supervised`, runs the same command once more: with
what is kept here, and without the solver.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.plan import Status

if TYPE_CHECKING:
    from models.matrix import Floats


@dataclass
class _Place:
    """Where plans are kept (None: nowhere), and whether the solver has ended the run before this one."""

    folder: Path | None = None
    after_a_fault: bool = False


_PLACE = _Place()


@dataclass(frozen=True)
class Incumbent:
    """Column values of the best plan, and what had been claimed of it."""

    values: Floats
    status: Status
    objective: float | None
    bound: float | None


def keep_in(folder: Path | None, *, after_a_fault: bool = False) -> None:
    """Say where plans are kept from now on; `after_a_fault` lets :func:`taken_up` give them back."""
    _PLACE.folder, _PLACE.after_a_fault = folder, after_a_fault


def is_after_a_fault() -> bool:
    """Whether the solver ended the run before this one, so that it must not be asked again."""
    return _PLACE.after_a_fault


def keep(key: str, values: Floats, status: Status, objective: float | None = None, bound: float | None = None) -> None:
    """Keep a plan of the case `key`, whole or not at all; nothing happens where nobody would take it up."""
    if _PLACE.folder is None or _PLACE.after_a_fault:
        return
    import numpy as np  # noqa: PLC0415 - the command line loads this module before it knows what it has to do

    figures = np.array([np.nan if x is None else x for x in (objective, bound)])
    beside = _PLACE.folder / "plan.part.npz"
    try:
        np.savez(beside, key=np.array(key), values=values, status=np.array(status.value), figures=figures)
        beside.replace(_PLACE.folder / "plan.npz")
    except OSError:  # a full disk must not end a search
        return


def taken_up(key: str) -> Incumbent | None:
    """What was kept of the case `key` before the solver ended the last run; None where there is nothing."""
    if _PLACE.folder is None or not _PLACE.after_a_fault:
        return None
    import numpy as np  # noqa: PLC0415 - as above

    try:
        with np.load(_PLACE.folder / "plan.npz", allow_pickle=False) as found:
            if str(found["key"]) != key:
                return None
            objective, bound = (None if np.isnan(x) else float(x) for x in found["figures"])
            return Incumbent(np.array(found["values"], dtype=float), Status(str(found["status"])), objective, bound)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
