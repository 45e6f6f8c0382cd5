"""Analyses in a thread of their own, so that Ctrl-C ends them and what was found is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from planner.cli.guard import StopError
from planner.cli.solving import interruptible
from planner.progress import Display

T = TypeVar("T")


def kept_on_interrupt(work: Callable[[threading.Event], T], display: Display) -> T:
    """Do a piece of work that looks at the event it is given; the first Ctrl-C sets it, a second one leaves at once."""
    interrupt, results, errors = threading.Event(), list[T](), list[BaseException]()

    def run() -> None:
        try:
            results.append(work(interrupt))
        except BaseException as error:  # carried to the main thread, raised there
            errors.append(error)

    worker = threading.Thread(target=run, name="analysis", daemon=True)
    with interruptible(interrupt, display):
        worker.start()
        while worker.is_alive():
            worker.join(0.1)
    if errors:
        raise errors[0]
    return results[0]


def check_folder(out: Path | None) -> None:
    """Refuse a folder for plans that cannot be made, before any work is done."""
    if out is None:
        return
    if out.exists() and not out.is_dir():
        message = f"'{out}' is a file; name a folder for the plans."
        raise StopError(message)
    if not out.exists() and not out.parent.is_dir():
        message = f"'{out}' cannot be made: there is no folder '{out.parent}'. Make it first."
        raise StopError(message)
