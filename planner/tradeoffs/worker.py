"""Sub-problems in processes of their own, answered in the order in which they were asked.

A worker is a fresh interpreter that runs this module and nothing of the caller's script, so it works on every system
and needs no `if __name__ == "__main__"`. Question n goes to worker n modulo their number, and the caller looks at
answers in order: the same front comes back however fast each worker happens to be.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import IO, Any

from planner.solver.runs import RunContext
from planner.tradeoffs.engine import Engine, SubproblemAnswer
from planner.tradeoffs.problem import MultiObjectiveProblem

POLL = 0.05
"""Seconds between two looks at the wish to stop while workers are busy."""


HEAVY = 1.0
"""A sub-problem of so much work (:attr:`SubproblemAnswer.work`) pays for processes of its own.

Starting one takes most of a second. Measured on two cores: with pieces of 0.2 s two processes were slower than one.
"""


class WorkerError(RuntimeError):
    """A worker process died or failed; the message is what it said last."""


@dataclass(frozen=True)
class Subproblem:
    """A method of :class:`Engine` and its arguments."""

    method: str
    arguments: dict[str, Any] = field(default_factory=dict)


class Inline:
    """Answers in this process, when asked for the answer."""

    width = 1

    def __init__(self, problem: MultiObjectiveProblem, run: RunContext) -> None:
        """Make the engine."""
        self.engine = Engine(problem, run)
        self.waiting: deque[Subproblem] = deque()

    def ask(self, question: Subproblem) -> None:
        """Take a question."""
        self.waiting.append(question)

    def answer(self) -> SubproblemAnswer:
        """Answer the oldest question."""
        question = self.waiting.popleft()
        found: SubproblemAnswer = getattr(self.engine, question.method)(**question.arguments)
        return found

    def close(self) -> None:
        """Nothing to end."""


class Workers:
    """Worker processes; use :meth:`close` (or `contextlib.closing`) so that none is left behind."""

    def __init__(self, problem: MultiObjectiveProblem, run: RunContext, width: int) -> None:
        """Start the processes; they load while the caller goes on."""
        self.width, self.run = width, run
        paths = os.pathsep.join(dict.fromkeys(p or str(os.getcwd()) for p in sys.path))  # noqa: PTH109
        environment = os.environ | {"PYTHONPATH": paths}
        command = [sys.executable, "-c", "from planner.tradeoffs.worker import main; main()"]
        self.processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)  # noqa: S603
            for _ in range(width)
        ]
        self.answers: list[queue.SimpleQueue[Any]] = [queue.SimpleQueue() for _ in range(width)]
        self.asked = self.answered = 0
        self.told_to_stop = False
        self.listeners = []
        for number, process in enumerate(self.processes):
            listener = threading.Thread(target=self._listen, args=(number, process), daemon=True)
            listener.start()
            self.listeners.append(listener)
        for number in range(width):
            self._send(number, (problem, run.options))

    def ask(self, question: Subproblem) -> None:
        """Hand a question to the worker whose turn it is."""
        self._send(self.asked % self.width, question)
        self.asked += 1

    def answer(self) -> SubproblemAnswer:
        """Wait for the answer to the oldest question; passes a wish to stop on."""
        number = self.answered % self.width
        self.answered += 1
        while True:
            try:
                got = self.answers[number].get(timeout=POLL)
            except queue.Empty:
                if self.run.interrupted and not self.told_to_stop:
                    self.told_to_stop = True
                    for n in range(self.width):
                        self._send(n, "stop")
                continue
            if isinstance(got, SubproblemAnswer):
                return got
            message = f"A worker process ended before its answer: {got}"
            raise WorkerError(message)

    def close(self) -> None:
        """End all processes at once; nothing in them is worth waiting for."""
        for process in self.processes:
            process.kill()
        for process, listener in zip(self.processes, self.listeners, strict=True):
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                process.stdin.close()
            process.wait()
            listener.join(timeout=1.0)
            if process.stdout is not None:
                process.stdout.close()

    def _send(self, number: int, message: object) -> None:
        stream = self.processes[number].stdin
        assert stream is not None
        try:
            pickle.dump(message, stream, protocol=pickle.HIGHEST_PROTOCOL)
            stream.flush()
        except OSError as error:
            self.answers[number].put(f"it took no more questions ({error})")

    def _listen(self, number: int, process: subprocess.Popen[bytes]) -> None:
        stream = process.stdout
        assert stream is not None
        while True:
            try:
                self.answers[number].put(pickle.load(stream))  # noqa: S301  (from our own process)
            except (EOFError, OSError, ValueError, pickle.UnpicklingError):
                self.answers[number].put("its output ended")
                return


class Pool:
    """Answers in this process, until a sub-problem turns out large; from then on in processes of their own.

    Size is counted in steps of the solver, never by the clock, so that it is the same on every run.
    """

    def __init__(self, problem: MultiObjectiveProblem, run: RunContext, processes: int) -> None:
        """Begin in this process."""
        self.setting = (problem, run)
        self.processes = processes if sys.executable else 1
        self.now: Inline | Workers = Inline(problem, run)

    @property
    def width(self) -> int:
        """Questions that are answered at once."""
        return self.now.width

    def ask(self, question: Subproblem) -> None:
        """Take a question."""
        self.now.ask(question)

    def answer(self) -> SubproblemAnswer:
        """Answer the oldest question."""
        return self.now.answer()

    def weigh(self, work: float) -> None:
        """Look at how large a sub-problem was; start the processes if it was large."""
        if self.processes > 1 and work >= HEAVY and isinstance(self.now, Inline) and not self.now.waiting:
            self.now = Workers(*self.setting, self.processes)

    def close(self) -> None:
        """End all processes."""
        self.now.close()


def main() -> None:
    """Serve questions from standard input until it ends."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not mix with answers
    stop, questions = threading.Event(), queue.SimpleQueue[Any]()
    threading.Thread(target=_receive, args=(source, stop, questions), daemon=True).start()
    first = questions.get()
    if first is None:
        return
    problem, options = first
    engine = Engine(problem, RunContext(options, interrupt=stop))
    while (question := questions.get()) is not None:
        try:
            answer: object = getattr(engine, question.method)(**question.arguments)
        except Exception as error:  # passed on to the caller, who raises it
            answer = f"{type(error).__name__}: {error}"
        try:
            pickle.dump(answer, sink, protocol=pickle.HIGHEST_PROTOCOL)
            sink.flush()
        except OSError:
            return


def _receive(source: IO[bytes], stop: threading.Event, questions: queue.SimpleQueue[Any]) -> None:
    """Read messages while the engine works; the end of input stops it too."""
    while True:
        try:
            message = pickle.load(source)  # noqa: S301  (from the process that started this one)
        except (EOFError, OSError, pickle.UnpicklingError):
            stop.set()
            questions.put(None)
            return
        if message == "stop":
            stop.set()
        else:
            questions.put(message)
