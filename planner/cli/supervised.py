"""The command works in a child; its parent says in a sentence what happened if the solver ends the child.

Nothing in Python can catch a fault inside a compiled library. The parent has loaded next to nothing, so that this costs
a millisecond. Signals from the terminal reach both processes; those sent to the parent alone are passed on. Where the
system cannot fork or tell who sent a signal, the command works in the process itself.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import NoReturn

import typer

from planner.cli.guard import Code
from planner.solve import rescue

PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
FROM_OUTSIDE = (*PASSED_ON, "SIGPIPE", "SIGKILL")
"""Signals that end a command on purpose: they end the parent likewise."""
KILLED = (
    "The work was killed from outside. If nobody did that, there was not enough memory: a coarser grid (--grid phases) "
    "needs less."
)


def supervise() -> None:
    """Go on in a child, where this returns; the parent waits, says what went wrong, and ends as the child ends."""
    if not hasattr(os, "fork") or not hasattr(signal, "sigwaitinfo"):
        return
    try:
        folder = Path(tempfile.mkdtemp(prefix="planner-"))
    except OSError:  # a full or read-only disk must not keep anybody from working
        return
    end = _child(folder, after_a_fault=False)
    if end is None:
        return
    if os.WIFSIGNALED(end) and os.WTERMSIG(end) == signal.SIGKILL:
        typer.echo(KILLED, err=True)  # somebody's will, or the system's: nothing is tried again
    elif _is_fault(end):
        kept = (folder / "plan.npz").exists()
        typer.echo(_sentence(os.WTERMSIG(end), kept=kept), err=True)
        end = _child(folder, after_a_fault=True) if kept else Code.UNEXPECTED << 8
        if end is None:
            return
        if _is_fault(end):
            typer.echo("It could not be written.", err=True)
            end = Code.UNEXPECTED << 8
    shutil.rmtree(folder, ignore_errors=True)
    _leave(end)


def _child(folder: Path, *, after_a_fault: bool) -> int | None:
    """Make a child; None in the child, and in the parent how the child ended, as :func:`os.waitpid` says it."""
    signals = {getattr(signal, name) for name in PASSED_ON} | {signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(writing)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        threading.Thread(target=_end_with_parent, args=(reading, folder), name="parent", daemon=True).start()
        rescue.keep_in(folder, after_a_fault=after_a_fault)
        return None
    os.close(reading)
    while True:
        found = signal.sigwaitinfo(signals)
        if found.si_signo == signal.SIGCHLD:
            ended, end = os.waitpid(child, os.WNOHANG)
            if ended == child:
                break
        elif found.si_code <= 0:  # sent to this process alone; what a terminal sends reaches the child by itself
            os.kill(child, found.si_signo)
    os.close(writing)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return end


def _end_with_parent(reading: int, folder: Path) -> None:
    """End this process once its parent is gone: nobody would hear of what it does."""
    os.read(reading, 1)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(Code.INTERRUPTED)


def _is_fault(end: int) -> bool:
    """Whether a child was ended by a signal that nobody sends on purpose."""
    return os.WIFSIGNALED(end) and os.WTERMSIG(end) not in {getattr(signal, name) for name in FROM_OUTSIDE}


def _leave(end: int) -> NoReturn:
    """End as the child ended."""
    if os.WIFSIGNALED(end):
        number = os.WTERMSIG(end)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    sys.exit(os.waitstatus_to_exitcode(end))


def _sentence(number: int, *, kept: bool) -> str:
    """What happened, and what becomes of the plan."""
    what = f"A fault inside the solver ended the work ({signal.Signals(number).name})."
    if kept:
        return f"{what} The best plan found until then is kept; nothing more is proven of it."
    return (
        f"{what} No plan had been found. Another seed (--seed 2) or --no-presolve may avoid it; a figure that is far "
        "larger or smaller than others of its column may be the cause."
    )
