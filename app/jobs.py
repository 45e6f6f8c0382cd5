"""Work in processes of its own: started, listened to, cancelled, at most a few at once and in the order of asking."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from app.store import Source, Wish, folder, key_of, plan_path

State: TypeAlias = Literal["waiting", "running", "done", "failed", "cancelled"]
AT_ONCE = max(1, int(os.environ.get("PLANNER_APP_SOLVES", "2")))
"""Processes that work at the same time; others wait in line."""
CHECK_SECONDS = 90.0
"""Seconds in which a workbook must be read and checked."""
GRACE = 30.0
"""Seconds that a stopped search has to write down the best plan it found."""

_places = threading.Semaphore(AT_ONCE)
_line: list[int] = []
_line_lock = threading.Lock()


class Job:
    """One piece of work in a process: `news` is the latest progress, `answer` its end; `sentence` says what failed."""

    def __init__(self, request: Mapping[str, Any], time_limit: float | None = None) -> None:
        """Begin, or wait for a place."""
        self.request, self.time_limit = dict(request), time_limit
        self.state: State = "waiting"
        self.news: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        self.sentence = ""
        self.asked = time.monotonic()
        self.ended: float | None = None
        self.stopping: float | None = None
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        with _line_lock:
            _line.append(id(self))
        self._thread = threading.Thread(target=self._work, daemon=True, name="planner-job")
        self._thread.start()

    @property
    def active(self) -> bool:
        """Whether it waits or works."""
        return self.state in ("waiting", "running")

    @property
    def elapsed(self) -> float:
        """Seconds since it was asked for."""
        return (self.ended or time.monotonic()) - self.asked

    @property
    def ahead(self) -> int:
        """How many wait before this one."""
        with _line_lock:
            return _line.index(id(self)) if id(self) in _line else 0

    def cancel(self) -> None:
        """Stop within a second: at once where nothing is found yet, else keep what was found."""
        with self._lock:
            if not self.active:
                return
            found = self.news.get("incumbent") is not None or bool(self.news.get("keep"))
            keep = found and self.stopping is None
            self.stopping = time.monotonic()
            process = self._process
        if process is None or not keep or process.stdin is None:
            self.discard()
            return
        try:
            process.stdin.write("stop\n")
            process.stdin.flush()
        except OSError:
            process.kill()
        timer = threading.Timer(GRACE, process.kill)
        timer.daemon = True
        timer.start()

    def discard(self) -> None:
        """End at once and keep nothing."""
        self._finish("cancelled", "Cancelled.")
        if self._process is not None:
            self._process.kill()

    def wait(self, seconds: float) -> None:
        """Wait for the end, at most so long."""
        self._thread.join(seconds)

    def _finish(self, state: State, sentence: str = "") -> None:
        """Note the end, once."""
        with self._lock:
            if self.active:
                self.state, self.sentence, self.ended = state, sentence, time.monotonic()

    def _work(self) -> None:
        """Wait for a place, start the process, listen to it until it ends."""
        with _places:
            with _line_lock:
                _line.remove(id(self))
            if not self.active:
                return
            self._process = start()
            with self._lock:
                if self.active:
                    self.state = "running"
            try:
                self._listen(self._process)
            finally:
                _close(self._process)
                warm()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        """Send the request, take in the news."""
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(self.time_limit or 1e6, process.kill)
        timer.daemon = True
        timer.start()
        try:
            process.stdin.write(json.dumps(self.request) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                message = json.loads(line)
                if message["kind"] == "progress":
                    # a stage without figures keeps those of the search
                    self.news = {**self.news, **{k: v for k, v in message.items() if v is not None}}
                else:
                    self.answer = message
        except (OSError, ValueError):
            self.answer = self.answer or {}
        finally:
            timer.cancel()
        if self.answer.get("kind") == "failed":
            self._finish("failed", str(self.answer["sentence"]))
        elif self.answer:
            self._finish("done")
        elif self.stopping is not None:
            self._finish("cancelled", "Cancelled.")
        else:
            self._finish("failed", self._why())

    def _why(self) -> str:
        """Say why a process ended without an answer."""
        if self.time_limit is not None and self.elapsed >= self.time_limit:
            return f"It took longer than {self.time_limit:.0f} seconds and was stopped."
        return "The work was ended by the system, most likely because it needed too much memory."


_spare: list[subprocess.Popen[str]] = []
_spare_lock = threading.Lock()


def warm() -> None:
    """Have one worker process loaded and waiting, so that the next question need not wait for it."""
    with _spare_lock:
        if not _spare:
            _spare.append(_start())


def start() -> subprocess.Popen[str]:
    """Take the worker process that waits, or start one; :func:`warm` loads another once the work is done."""
    with _spare_lock:
        process = _spare.pop() if _spare else None
    if process is not None and process.poll() is not None:
        _close(process)
        process = None
    return process or _start()


def _close(process: subprocess.Popen[str]) -> None:
    """End a process and its streams."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


@atexit.register
def _cool() -> None:
    """End the process that waits."""
    with _spare_lock:
        while _spare:
            _close(_spare.pop())


def _start() -> subprocess.Popen[str]:
    """Start a worker process."""
    root = str(Path(__file__).resolve().parent.parent)
    before = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join([root, before]) if before else root
    environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "app.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment,
    )  # fmt: skip


def solve(source: Source, wish: Wish) -> Job:
    """Start to solve a workbook; the plan is kept under its key."""
    options = wish.options.as_record()
    return Job(
        {
            "do": "solve", "path": source.path, "scenario": wish.scenario, "sets": list(wish.sets), "options": options,
            "out": str(plan_path(key_of(source, wish))),
        }
    )  # fmt: skip


def check(path: Path) -> Job:
    """Start to read and check an upload; a marked copy is kept beside it."""
    return Job({"do": "check", "path": str(path), "out": str(folder("marked") / path.name)}, CHECK_SECONDS)
