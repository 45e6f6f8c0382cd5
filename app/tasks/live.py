"""First answers for the pages: a base is learnt once a case in a process of its own, an engine belongs to one tab.

Nothing here waits: until a base is there the answer is None, and the pages go on with whole searches alone.

    setup = live.Setup(source, scenario, grid, dials, extra)   # what a base depends on; hashable
    live.prepare(setup)                                        # begin to learn; cheap, call it on every run
    live.status(setup)                                         # "ready", "getting ready" or "unavailable"
    live.answer(setup, plans, settings, before)                # a LiveAnswer, None until ready; never raises
    live.engine(setup, plans)                                  # this tab's engine, None until ready
    live.certified(setup, plans, answer)                       # the same answer with a tighter bound, after the paint
    live.meters_of(case, plan)                                 # the same meters of any plan
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import streamlit as st

from app.session.store import Source, code_mark, folder
from app.tasks import workbooks
from app.tasks.worker import memory_of
from planner.live import CaseSpec, Dial, LiveAnswer, LiveBase, LiveEngine, meters_of
from planner.live.base import settle_memory
from planner.live.builder import BaseFileError, load
from planner.live.case_factory import opener
from planner.plan import Plan

Status = Literal["ready", "getting ready", "unavailable"]
MOST_BASES, MOST_ENGINES, MOST_FILES = 6, 2, 40
"""Bases kept in memory for everybody, engines of one tab, bases kept on disk."""
LEARN_SECONDS = 600.0
"""Longest time to learn a case."""
opener[0] = workbooks.case
_LOG = logging.getLogger("planner.app")


@dataclass(frozen=True)
class Setup:
    """What a base depends on. `extra` are changes that no lever makes; they come after those of the dials."""

    source: Source
    scenario: str
    grid: str
    dials: tuple[Dial, ...]
    extra: tuple[str, ...] = ()

    @property
    def spec(self) -> CaseSpec:
        """How the case of settings is made."""
        return CaseSpec(self.source.path, self.dials, self.scenario, self.grid, self.extra)

    @property
    def key(self) -> str:
        """Name of the base: the same case, dials and code have the same name."""
        return _key(self)


@lru_cache(maxsize=256)
def _key(setup: Setup) -> str:
    """Hash of everything that a base depends on; dials are known by what they change at three settings."""
    dials = [
        [d.key, d.unit, [[v, d.changes(v)] for v in (d.low, d.neutral, (d.low + 2.0 * d.high) / 3.0, d.high)]]
        for d in setup.dials
    ]
    said = [setup.source.sha256, setup.scenario, setup.grid, dials, setup.extra, code_mark()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:40]


class _Shelf:
    """Bases of this server: in memory, on disk, being learnt, or known not to be had."""

    def __init__(self) -> None:
        """Begin empty."""
        self.lock = threading.Lock()
        self.bases: dict[str, LiveBase] = {}
        self.reasons: dict[str, str] = {}
        self.waiting: list[Setup] = []
        self.latest: dict[tuple[str, str], Path] = {}
        self.running = False
        self.busy: str = ""
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, setup: Setup) -> None:
        """Have a base learnt unless it is there, on its way, or cannot be; the latest wish is served first."""
        key = setup.key
        with self.lock:
            if key in self.bases or key in self.reasons or key == self.busy:
                return
            self.waiting = [*[s for s in self.waiting if s.key != key][-MOST_BASES:], setup]
            if self.running:
                return
            self.running = True
        threading.Thread(target=self._work, daemon=True, name="planner-live").start()

    def _work(self) -> None:
        """Learn what is waited for, the latest first."""
        while True:
            with self.lock:
                if not self.waiting:
                    self.running = False
                    return
                setup = self.waiting.pop()
                self.busy = setup.key
            try:
                base, reason = self._learn(setup), ""
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                base, reason = None, str(error)
            with self.lock:
                self.busy = ""
                if base is None:
                    self.reasons[setup.key] = reason
                    continue
                self.bases[setup.key] = base
                while len(self.bases) > MOST_BASES:
                    del self.bases[next(iter(self.bases))]
            settle_memory()

    def _learn(self, setup: Setup) -> LiveBase:
        """The base from disk, else learnt in a process. Raises ValueError with the reason where it cannot be had."""
        path = folder("live") / f"{setup.key}.base"
        case = (setup.source.sha256, setup.grid)
        beside = self.latest.get(case, "")
        with contextlib.suppress(OSError, BaseFileError):
            found = load(path, setup.spec)
            self.latest[case] = path
            return found
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *(p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"}
        environment["PLANNER_LIVE_MEMORY"] = str(memory_of("solve"))
        with subprocess.Popen(
            [sys.executable, "-m", "planner.live.builder"], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        ) as self.process:  # fmt: skip
            try:
                _, told = self.process.communicate(pickle.dumps((setup.spec, str(path), str(beside))), LEARN_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
        said = told.decode(errors="replace")
        if self.process.returncode == 3:
            raise ValueError(said)
        if self.process.returncode:
            _LOG.error("a base could not be learnt: %s", said[-2000:])
            message = "The model could not be made ready for first answers; whole searches work as before."
            raise ValueError(message)
        _prune()
        self.latest[case] = path
        return load(path, setup.spec)


_shelf = _Shelf()


@atexit.register
def _end() -> None:
    """End the process that learns, if there is one."""
    if _shelf.process is not None and _shelf.process.poll() is None:
        _shelf.process.kill()


def _prune() -> None:
    """Delete the oldest bases where there are too many."""
    files = sorted(folder("live").glob("*.base"), key=lambda f: f.stat().st_mtime, reverse=True)
    for file in files[MOST_FILES:]:
        file.unlink(missing_ok=True)


def prepare(setup: Setup) -> None:
    """Begin to learn the case; returns at once, and does nothing where that is done or under way."""
    _shelf.ask(setup)


def status(setup: Setup) -> Status:
    """Whether first answers can be had."""
    if setup.key in _shelf.bases:
        return "ready"
    return "unavailable" if setup.key in _shelf.reasons else "getting ready"


def reason(setup: Setup) -> str:
    """Why first answers cannot be had, in words for people; empty where they can."""
    return _shelf.reasons.get(setup.key, "")


def engine(setup: Setup, plans: Sequence[Plan]) -> LiveEngine | None:
    """This tab's engine with the decisions of these plans held; None until the base is there."""
    base = _shelf.bases.get(setup.key)
    if base is None:
        prepare(setup)
        return None
    engines: dict[str, LiveEngine] = st.session_state.setdefault("live_engines", {})
    if setup.key not in engines:
        engines[setup.key] = LiveEngine(base)
        while len(engines) > MOST_ENGINES:
            del engines[next(iter(engines))]
    found = engines[setup.key]
    found.hold(*plans)
    return found


def answer(
    setup: Setup, plans: Sequence[Plan], settings: Mapping[str, float], before: LiveAnswer | Plan | None = None
) -> LiveAnswer | None:
    """The first answer; None until the base is there. What goes wrong is an answer with its reason."""
    found = engine(setup, plans)
    if found is None:
        return None
    known = {dial.key for dial in setup.dials}
    return found.answer({k: v for k, v in settings.items() if k in known}, before)


def certified(setup: Setup, plans: Sequence[Plan], answer: LiveAnswer) -> LiveAnswer:
    """The same answer with a tighter bound where one is found within a second; call it after the first paint."""
    found = engine(setup, plans)
    return answer if found is None else found.certify(answer)


def forget() -> None:
    """Let go of this tab's engines."""
    st.session_state.pop("live_engines", None)


__all__ = ["Setup", "Status", "answer", "certified", "engine", "forget", "meters_of", "prepare", "reason", "status"]
