"""HiGHS keeps one pool of threads for the whole process: whoever wants another number of them must renew it first.

A solver that asks for two threads in a process whose pool has one ends at once with an error, without a plan. So every
run announces its number here; the pool is renewed where the number changes and nobody else is using it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import highspy


@dataclass
class _Pool:
    """Threads of the pool (0: not made yet) and runs that use it now."""

    threads: int = 0
    running: int = 0


_POOL, _LOCK = _Pool(), threading.Lock()


@contextmanager
def using(threads: int) -> Iterator[int]:
    """Reserve the pool for a run and yield the threads that it may ask for.

    That is `threads`, unless other runs of this process are under way with another number: then it is theirs.
    """
    with _LOCK:
        if _POOL.running == 0 and _POOL.threads not in (0, threads):
            highspy.Highs.resetGlobalScheduler(True)
            _POOL.threads = 0
        _POOL.threads = _POOL.threads or threads
        _POOL.running += 1
        granted = _POOL.threads
    try:
        yield granted
    finally:
        with _LOCK:
            _POOL.running -= 1
