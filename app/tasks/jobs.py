"""Work in processes of its own: started, listened to, cancelled; a few at once, by turns of those who ask."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.session import people
from app.session.store import Source, Wish, key_of, own_folder, plan_path
from app.tasks.fair_queue import MOST_EACH, FairQueue
from app.tasks.worker import QUICK
from planner.wording.figures import whole

State: TypeAlias = Literal["waiting", "running", "done", "failed", "cancelled"]
AT_ONCE = max(1, int(os.environ.get("PLANNER_APP_SOLVES", "2")))
"""Processes that work at the same time; others wait in line."""
SWEEP = 1.0
"""Seconds between two looks for closed tabs."""
CHECK_SECONDS = 90.0
"""Seconds in which a workbook must be read and checked."""
GRACE = 30.0
"""Seconds that a stopped search has to write down the best plan it found."""
ENDINGS = {
    -9: "The work was ended by the system, most likely because it needed too much memory.",
    -6: "The work needed more memory than one piece of work may take here, or met a file that it cannot read.",
    -11: "The work met something that it cannot read, and broke off. Nothing else was harmed.",
    -24: "The work took more computing time than one piece of work may take here, and was stopped.",
}
"""What the ends of a process that gave no answer mean, by its signal: killed, aborted, crashed, out of time."""


class Job:
    """One piece of work in a process: `news` is the latest progress, `answer` its end; `sentence` says what failed."""

    def __init__(
        self,
        request: Mapping[str, Any],
        time_limit: float | None = None,
        owner: str | None = None,
        answer: Mapping[str, Any] | None = None,
    ) -> None:
        """Begin, or wait for a place.

        Args:
            request: what the process is told.
            time_limit: seconds after which it is stopped.
            owner: whose turn it counts as; the person who asks if it is not given.
            answer: where it is known already, so that nothing need be done.
        """
        self.request, self.time_limit = dict(request), time_limit
        self.owner = asking() if owner is None else owner
        self.tab = _tab() if owner is None else ""
        self.gone_since: float | None = None
        self.result = str(self.request.get("out", ""))
        self.state: State = "waiting"
        self.news: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        self.sentence = ""
        self.asked = time.monotonic()
        self.ended: float | None = None
        self.stopping: float | None = None
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._line = quick if self.request["do"] in QUICK else long
        if answer is not None:
            self.take_over(answer)
        elif self._line.crowded(self.owner):
            self._finish("failed", f"You have {MOST_EACH} questions under way already. Cancel one, or wait for it.")
        else:
            self._line.join(self)
            _watch()
        self._thread = threading.Thread(target=self._work, daemon=True, name="planner-job")
        self._thread.start()

    @property
    def active(self) -> bool:
        """Whether it waits or works."""
        return self.state in ("waiting", "running")

    @property
    def found(self) -> bool:
        """Whether it ended with a plan that can be shown."""
        return self.state == "done" and self.answer.get("kind") == "done"

    @property
    def elapsed(self) -> float:
        """Seconds since it was asked for."""
        return (self.ended or time.monotonic()) - self.asked

    @property
    def ahead(self) -> int:
        """How many will be served before this one."""
        return self._line.ahead(self)

    @property
    def told(self) -> Job:
        """The work whose news are this one's: its own, or that of somebody who asked the same before."""
        return (self._line.twin(self) if self.state == "waiting" else None) or self

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

    def discard(self, why: str = "Cancelled.") -> None:
        """End at once and keep nothing."""
        self._finish("cancelled", why)
        self._line.look()
        if self._process is not None:
            self._process.kill()

    @property
    def shareable(self) -> bool:
        """Whether the answer is what anybody else who asks the same would get."""
        ended = self.state == "done" and self.answer.get("kind") in ("done", "answered")
        return ended and self.stopping is None and self.answer.get("key") == Path(self.result).stem

    def take_over(self, answer: Mapping[str, Any]) -> None:
        """End with the answer that somebody else was given to the same question."""
        self.answer = dict(answer)
        self._finish("done")

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
        if not self.active or not self._line.take(self):
            return
        try:
            process = start()
            with self._lock:
                self._process = process
                wanted = self.active  # it may have been cancelled while the process was starting
                self.state = "running" if wanted else self.state
            try:
                if wanted:
                    self._listen(process)
            finally:
                _close(process)
        except OSError:
            self._finish("failed", "The server could not start the work; it may be short of memory. Try again later.")
        finally:
            self._line.leave(self)
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
            for text in process.stdout:
                message = json.loads(text)
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
            self._finish("failed", self._why(process))

    def _why(self, process: subprocess.Popen[str]) -> str:
        """Say why a process ended without an answer."""
        if self.time_limit is not None and self.elapsed >= self.time_limit:
            return f"It took longer than {whole(self.time_limit)} seconds and was stopped."
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        return ENDINGS.get(process.returncode or 0, "The work broke off without an answer. Nothing else was harmed.")


long, quick = FairQueue(AT_ONCE), FairQueue(AT_ONCE)
"""The lines of this server: for plans and questions, and for looks into files, which wait for no search."""


def asking() -> str:
    """Who asks now: the person who is signed in, else the browser tab; nobody outside of a tab."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return ""
    person = people.known() if people.people_sign_in() else None
    return f"person {person.key}" if person is not None else f"tab {context.session_id}"


def _tab() -> str:
    """The browser tab that asks; empty outside of one."""
    context = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else str(context.session_id)


def _open(tab: str) -> bool:
    """Whether a tab is open; where no server runs nobody knows, and it counts as open."""
    return not runtime.exists() or runtime.get_instance().is_active_session(tab)


_watcher: list[threading.Thread] = []
_watcher_lock = threading.Lock()


def _watch() -> None:
    """Have somebody look for work of closed tabs, as long as there is work."""
    with _watcher_lock:
        if not _watcher:
            _watcher.append(threading.Thread(target=_sweep, daemon=True, name="planner-abandoned"))
            _watcher[0].start()


def _sweep() -> None:
    """End the work of closed tabs."""
    while True:
        time.sleep(SWEEP)
        for line in (long, quick):
            for job in line.abandoned(_open, time.monotonic()):
                job.discard("Ended, because the tab that asked for it was closed.")
        with _watcher_lock:
            if not any(load().values()):
                _watcher.clear()
                return


def load() -> dict[str, int]:
    """How many pieces of work are under way and waiting."""
    return {name: long.load()[name] + quick.load()[name] for name in long.load()}


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
            with contextlib.suppress(OSError):  # what was still to be written has nobody to read it
                stream.close()


@atexit.register
def _cool() -> None:
    """End the process that waits."""
    with _spare_lock:
        while _spare:
            _close(_spare.pop())


def _start() -> subprocess.Popen[str]:
    """Start a worker process."""
    root = str(Path(__file__).resolve().parents[2])
    before = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join([root, before]) if before else root
    environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "app.tasks.worker"],
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


def check(path: Path, store: str = "") -> Job:
    """Have a workbook read and checked, with a marked copy in this person's folder where there is something to mend."""
    return Job({"do": "check", "path": str(path), "out": str(own_folder("marked", store) / path.name)}, CHECK_SECONDS)
