"""The process in which workbooks are read and plans are made: one request in, news and one end out, as lines of JSON.

Started as `python -m app.tasks.worker`. A workbook that makes a parser crash, eat memory or never end takes this
process down and nothing else. The word `stop` on standard input ends a search with the best plan found so far.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import json
import os
import select
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Tell = Callable[[dict[str, Any]], None]
FIRST = (
    "models.builder",
    "planner.solve",
    "planner.verify",
    "planner.workbook",
    "planner.cli.words",
    "app.session.store",
    "app.tasks.file_tasks",
)
REST = ("app.tasks.answers", "planner.tradeoffs.cases")
"""Modules that a search for a plan needs, and those of other requests."""
QUICK = ("check", "load", "plan_book", "recheck", "changed", "import")
"""Work that only looks into a file."""
MEMORY = {"check": 2 << 30, "solve": 12 << 30}
"""Bytes of address space that each kind of work may take: a loaded worker has 0.6 GiB, checking the reference case
takes 0.1 GiB more. PLANNER_APP_MEMORY says other figures in GiB, for checks and for solves: "2 12"."""
SECONDS = {"check": 60, "solve": 4_000}
"""Seconds of processor time that each kind of work may take."""


def main() -> None:
    """Do what the first line of standard input asks for."""
    tell = _channel()
    _load()
    line = sys.stdin.readline()
    if not line:  # the server ended before it had a request for this process
        return
    request = json.loads(line)
    stop = threading.Event()
    threading.Thread(target=_listen, args=(stop,), daemon=True).start()
    _limit(request["do"])
    try:
        tell(_done(request, tell, stop))
    except (MemoryError, SystemError):  # the second where memory ended inside a library written in C
        tell({"kind": "failed", "sentence": "This needs more memory than one piece of work may take here."})
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        tell({"kind": "failed", "sentence": "Something went wrong inside the planner; the server's log says more."})
        raise


def _done(request: Mapping[str, Any], tell: Tell, stop: threading.Event) -> dict[str, Any]:
    """The end of one request."""
    from app.tasks import file_tasks

    path, out = Path(request.get("path", "")), Path(request.get("out", ""))
    quick: dict[str, Callable[[], dict[str, Any]]] = {
        "check": lambda: file_tasks.check(path, out),
        "load": lambda: file_tasks.load(path, out),
        "plan_book": lambda: file_tasks.plan_book(path, out, Path(request["store"])),
        "recheck": lambda: file_tasks.recheck(request),
        "changed": lambda: file_tasks.changed(path, out, request["sets"]),
        "import": lambda: file_tasks.take_in(path, request["who"], request["library"]),
        "solve": lambda: solve(request, tell, stop),
    }
    if request["do"] in quick:
        return quick[request["do"]]()
    from app.tasks.answers import answer

    return answer(request, tell, stop)


def _load() -> None:
    """Load what a search for a plan needs, and all the rest too while nobody asks."""
    for name in FIRST:
        importlib.import_module(name)
    for name in REST:
        if not _asked():
            importlib.import_module(name)


def _asked() -> bool:
    """Whether a request has come already."""
    return sys.platform != "win32" and bool(select.select([sys.stdin], [], [], 0.0)[0])


def solve(request: Mapping[str, Any], tell: Tell, stop: threading.Event) -> dict[str, Any]:
    """Read, solve, verify, keep the plan."""
    from app.session.store import save_plan
    from planner.cli.words import problems_json
    from planner.options import Options
    from planner.run.progress import Progress
    from planner.solve import solve as solve_case
    from planner.solver.runs import RunContext
    from planner.verify import verify
    from planner.workbook import check as check_workbook

    def news(progress: Progress) -> None:
        tell({"kind": "progress", **dataclasses.asdict(progress)})

    news(Progress("read"))
    case, problems = check_workbook(Path(request["path"]), scenario=request["scenario"], sets=request["sets"])
    if case is None:
        return {"kind": "invalid", **problems_json(problems, False)}
    plan = solve_case(case, RunContext(Options(**request["options"]), news, stop))
    if plan.found:
        news(Progress("verify"))
        plan = dataclasses.replace(plan, verified=verify(case, plan).ok)
    out = Path(request["out"])
    if stop.is_set():  # what was found when somebody stopped must not pass for the answer later
        out = out.with_stem(f"{out.stem}-stopped")
    save_plan(plan, out)
    return {"kind": "done", "status": plan.status.value, "key": out.stem}


def _channel() -> Tell:
    """Keep standard output for the news alone; whatever else prints goes to standard error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lock = threading.Lock()

    def tell(message: dict[str, Any]) -> None:
        with lock:
            out.write(json.dumps(message, default=str) + "\n")
            out.flush()

    return tell


def _listen(stop: threading.Event) -> None:
    """Wait for the wish to stop; if the parent is gone, so is the reason to work."""
    for line in sys.stdin:
        if line.strip() == "stop":
            stop.set()
    if not stop.is_set():
        os._exit(3)


def memory_of(work: str) -> int:
    """Bytes of address space that work of a kind, 'check' or 'solve', may take."""
    said = os.environ.get("PLANNER_APP_MEMORY", "").split()
    return int(float(said[list(MEMORY).index(work)]) * (1 << 30)) if len(said) == len(MEMORY) else MEMORY[work]


def _limit(work: str) -> None:
    """Limit memory and processor time, where the system can."""
    work = "check" if work in QUICK else "solve"
    try:
        import resource
    except ImportError:
        return
    memory = memory_of(work)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS[work], SECONDS[work] + 5))
    with contextlib.suppress(OSError):  # where memory runs out, this process goes and the server stays
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


if __name__ == "__main__":
    main()
