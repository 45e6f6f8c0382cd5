"""Work in a thread of its own, so that the terminal stays alive, Ctrl-C ends it and what was found is kept."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import TypeVar

from planner.cli.guard import Code
from planner.run.progress import Display

T = TypeVar("T")


def kept_on_interrupt(work: Callable[[threading.Event], T], display: Display, meanwhile: tuple[str, ...] = ()) -> T:
    """Do a piece of work that looks at the event it is given; the first Ctrl-C sets it, a second one leaves at once.

    `meanwhile` names modules to load while it works.
    """
    interrupt, results, errors = threading.Event(), list[T](), list[BaseException]()

    def run() -> None:
        try:
            results.append(work(interrupt))
        except BaseException as error:  # carried to the main thread, raised there
            errors.append(error)

    worker = threading.Thread(target=run, name="work", daemon=True)
    with _interruptible(interrupt, display):
        worker.start()
        for module in meanwhile:
            import_module(module)
        while worker.is_alive():
            worker.join(0.1)
    if errors:
        raise errors[0]
    return results[0]


@contextmanager
def _interruptible(interrupt: threading.Event, display: Display) -> Iterator[None]:
    """Let Ctrl-C set `interrupt`; a second one ends the process."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if interrupt.is_set():
            display.__exit__(None, None, None)
            display.say("Aborted; nothing was written.")
            os._exit(Code.INTERRUPTED)
        interrupt.set()
        display.say("Stopping; the best plan found so far is kept. Ctrl-C again leaves at once, without a plan.")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
