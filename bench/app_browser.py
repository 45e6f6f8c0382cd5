"""The app in a real browser: a lever key pressed until its answer is painted, beside the engine's own time.

Needs Playwright (`pip install '.[e2e]'`) and Chromium (Debian: `apt-get install chromium`); else it is left out.
The browser's clock runs from the press of an arrow key on a lever to the second frame after the last change of the
first answer; the server's part from the message sent to the last one received. The server, its cache and all its
processes are ours and are ended by their id.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.app_engine import Demo, demo, ways
from bench.measure import ROOT
from bench.table import Table
from planner.live import LiveEngine

ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
ANSWER = "st-key-first_answer"
"""Class of the part of the page that shows the first answer."""
DRAWN = "This app advises"
"""Words that stand on every page once it is drawn."""
RESULT = re.compile("^(Proven|Found, not proven)")
"""How the sentence begins that stands above every result."""
PRESSES, APART = 25, 0.7
"""Key presses a measurement, and seconds between two; levers that rest longer start the search for the proof.

Ten people press three times more slowly, so that some of them have searches under way while others move.
"""
PAGES = ("plan", "data", "tradeoffs", "explain", "compare", "report", "method")
CLOCK = """
(name) => {
  const part = '[class*="' + name + '"]';
  const within = (node) => {
    const element = node.nodeType === 1 ? node : node.parentElement;
    return element && element.closest(part);
  };
  const holds = (node) => within(node) || (node.nodeType === 1 && node.querySelector(part));
  window.moves = []; window.pressed = [];
  let begin = null, last = null;
  const keep = () => { if (begin !== null && last !== null) window.moves.push(last - begin); };
  window.readMoves = () => { keep(); begin = last = null; return window.moves; };
  document.addEventListener('keydown', (event) => {
    if (event.target.type === 'range' || event.target.getAttribute('role') === 'slider') {
      keep(); begin = performance.now(); last = null; window.pressed.push(begin);
    }
  }, true);
  new MutationObserver((changes) => {
    if (begin === null) return;
    const seen = changes.some((c) => within(c.target) || [...c.addedNodes].some(holds));
    if (seen) {
      const mine = begin;
      requestAnimationFrame(() => requestAnimationFrame(() => { if (begin === mine) last = performance.now(); }));
    }
  }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
}
"""


WIRE = """
const Native = window.WebSocket;
window.wire = {sent: [], got: []};
window.WebSocket = class extends Native {
  constructor(...words) {
    super(...words);
    this.addEventListener('message', (event) =>
      window.wire.got.push([performance.now(), event.data.byteLength || event.data.size || event.data.length]));
  }
  send(data) { window.wire.sent.push(performance.now()); super.send(data); }
};
"""


@dataclass
class Server:
    """A server under way."""

    address: str
    process: subprocess.Popen[bytes]

    def megabytes(self) -> float:
        """Resident memory of the server itself, without its worker processes; not a number where Linux does not run."""
        status = Path(f"/proc/{self.process.pid}/status")
        lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
        found = [float(line.split()[1]) / 1024.0 for line in lines if line.startswith("VmRSS")]
        return found[0] if found else float("nan")


@contextlib.contextmanager
def started(words: Sequence[str], cache: Path) -> Iterator[tuple[Server, float]]:
    """Start a server and wait until it answers; seconds to that."""
    port = free_port()
    command = [sys.executable, "-m", *words, *_port_words(words, port)]
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PLANNER_CACHE": str(cache), "PYTHONPATH": os.pathsep.join(paths)}
    begin = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(f"http://localhost:{port}", process)
    try:
        while not answers(server.address):
            if process.poll() is not None or time.monotonic() - begin > 90.0:
                message = f"the server did not start: {' '.join(command)}"
                raise RuntimeError(message)
            time.sleep(0.02)
        yield server, time.monotonic() - begin
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port_words(words: Sequence[str], port: int) -> list[str]:
    """How a program is told its port and that it shall not open a browser."""
    if words[0] == "planner":
        return ["--port", str(port), "--headless"]
    return ["--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false"]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


def answers(address: str) -> bool:
    """Whether a server answers."""
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False


class Tab:
    """A page in a context of its own, with a clock on its web socket."""

    def __init__(self, browser: Any, address: str, path: str = "") -> None:
        """Open it and wait until it is drawn."""
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        self.page = self.context.new_page()
        self.page.add_init_script(WIRE)
        begin = time.monotonic()
        self.page.goto(f"{address}/{path}")
        self.page.get_by_text(DRAWN).first.wait_for(timeout=90_000)
        self.seconds = time.monotonic() - begin

    def rest(self) -> None:
        """Wait until nothing is being drawn."""
        self.page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton],[data-stale=true]')")

    def proven(self) -> None:
        """Wait until no search is under way."""
        self.page.wait_for_timeout(1_500)
        nothing = "() => !document.querySelector('[class*=st-key-progress]')"
        self.page.wait_for_function(nothing, timeout=180_000)
        self.rest()

    def ready(self, seconds: float = 180.0) -> Any:
        """Wait until first answers come: once a plan is there, press the first lever until one is shown; the lever."""
        self.page.locator("[data-testid=stMain]").get_by_text(RESULT).first.wait_for(timeout=1000.0 * seconds)
        side = self.page.locator("[data-testid=stSidebar]")
        lever = side.get_by_role("slider").first
        lever.wait_for(timeout=60_000)
        end = time.monotonic() + seconds
        while self.page.locator(f'[class*="{ANSWER}"]').count() == 0:
            if time.monotonic() > end:
                message = "no first answer came"
                raise RuntimeError(message)
            lever.focus()
            self.page.keyboard.press("ArrowRight")
            self.page.wait_for_timeout(3_000)
        self.page.evaluate(CLOCK, ANSWER)
        return lever

    def moves(self) -> list[float]:
        """Milliseconds of every move so far."""
        return [float(v) for v in self.page.evaluate("() => window.readMoves()")]

    def wire(self) -> list[tuple[float, float]]:
        """Of every move the milliseconds from what was sent to what came last, and the bytes that came."""
        pressed, wire = self.page.evaluate("() => [window.pressed, window.wire]")
        found = []
        for begin, end in pairwise([*pressed, float("inf")]):
            sent = [t for t in wire["sent"] if begin <= t < end]
            got = [(t, size) for t, size in wire["got"] if begin <= t < end]
            if sent and got:  # what is sent later in the same move is the question how far the proof is
                own = [(t, size) for t, size in got if len(sent) == 1 or t < sent[1]]
                found.append(((own or got)[-1][0] - sent[0], float(sum(size for _, size in got))))
        return found


def press(tabs: Sequence[Tab], levers: Sequence[Any], presses: int, apart: float = APART) -> list[float]:
    """Press an arrow key in every tab at nearly the same time, again and again; milliseconds of all moves."""
    for n in range(presses):
        for tab, lever in zip(tabs, levers, strict=True):
            lever.focus()
            tab.page.keyboard.press("ArrowRight" if n % 8 < 4 else "ArrowLeft")
        tabs[0].page.wait_for_timeout(1000.0 * apart)
    return [v for tab in tabs for v in tab.moves()]


def quantile(values: Sequence[float], share: float) -> float:
    """A quantile of some values, not a number where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def measure(*, quick: bool) -> list[Table]:
    """Tables of what people wait for in the browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        table = Table("The app in a browser", ("what",))
        table.notes.append("Left out: Playwright or Chromium is not installed.")
        return [table]
    case = "starter" if quick else "blueprint"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        try:
            tables = _app(browser, case, Path(folder), demo(case), presses=8 if quick else PRESSES)
            tables.append(_starts(browser, case, Path(folder)))
        finally:
            browser.close()
    return tables


def _app(browser: Any, case: str, folder: Path, own: Demo, *, presses: int) -> list[Table]:
    """Moves of one and of three people, pages, ten sessions."""
    table = Table(f"The app on {case} in Chromium", ("what", "measured", "unit", "budget", "of budget"))

    def add(what: str, value: float, unit: str, budget: float | None = None) -> None:
        table.add(what, value, unit, budget, None if budget is None else value / budget)

    with started(["planner", "app", case], folder / "app") as (server, begun):
        first = Tab(browser, server.address, "plan")
        first.page.locator("[data-testid=stMain]").get_by_text(RESULT).first.wait_for(timeout=120_000)
        add("server answers after", begun, "s")
        add("first result, server and cache cold", begun + time.monotonic() - _opened(first), "s", 8.0)
        lever = first.ready()
        alone = press([first], [lever], presses)
        engine = _engine_alone(own)
        add("lever key to painted, median", quantile(alone, 0.5), "ms", 150.0)
        add("lever key to painted, 95th percentile", quantile(alone, 0.95), "ms", 300.0)
        add("of that the engine, alone and in this run", engine, "ms", 30.0)
        add("painted over engine", quantile(alone, 0.5) / engine, "times")
        wire = first.wire()[:-1]
        add("of that the server, message to last message", statistics.median(t for t, _ in wire), "ms", 60.0)
        add("web socket bytes a move, median", statistics.median(b for _, b in wire) / 1000.0, "kB", 20.0)
        first.proven()
        warm = Tab(browser, server.address, "plan")
        add("first result, warm server", warm.seconds, "s", 3.0)
        for name in PAGES if presses == PRESSES else PAGES[:1]:
            tab = Tab(browser, server.address, name)
            add(f"page {name} opened by its address", tab.seconds, "s", None)
            tab.context.close()
        switched = _switches(warm)
        add("page switch, median", quantile(switched, 0.5), "s", 1.0)
        add("page switch, slowest", max(switched), "s", 1.0)
        warm.context.close()
        others = [Tab(browser, server.address, "plan") for _ in range(2)]
        levers = [lever, *(tab.ready() for tab in others)]
        three = press([first, *others], levers, presses)
        add("three people together, median", quantile(three, 0.5), "ms", 300.0)
        add("three people together, 95th percentile", quantile(three, 0.95), "ms", 500.0)
        for tab in (first, *others):
            tab.proven()
        _many(browser, server, add, presses, 2 if presses < PRESSES else 10)
    table.notes.append(f"{len(alone)} moves alone, {len(three)} of three people; starts and pages once each.")
    return [table]


def _opened(tab: Tab) -> float:
    """When a tab was opened, by the clock that never goes back."""
    return time.monotonic() - float(tab.page.evaluate("() => performance.now()")) / 1000.0


def _engine_alone(own: Demo) -> float:
    """Median milliseconds of the engine itself for moves of one lever at a time."""
    engine = LiveEngine(own.base)
    engine.hold(own.plan)
    before = engine.answer({})
    return statistics.median(1000.0 * engine.answer(s, before).seconds["total"] for s in ways(own))


def _switches(tab: Tab) -> list[float]:
    """Seconds to every other page by its link, until its own heading stands and nothing old is left."""
    found = []
    links = tab.page.locator("[data-testid=stTopNavLink]")
    heading = tab.page.locator("[data-testid=stMain] h1").first
    for name in links.all_inner_texts():
        before = heading.inner_text()
        begin = time.monotonic()
        tab.page.get_by_role("link", name=name, exact=True).first.click()
        tab.page.wait_for_function(
            "(old) => { const h = document.querySelector('[data-testid=stMain] h1');"
            " return h && h.innerText !== old"
            " && !document.querySelector('[data-testid=stSkeleton],[data-stale=true]'); }",
            arg=before,
            timeout=60_000,
        )
        found.append(time.monotonic() - begin)
    return found


def _many(browser: Any, server: Server, add: Any, presses: int, count: int) -> None:
    """Several sessions at once: memory of each, and a lever moved in all of them."""
    empty = server.megabytes()
    tabs = [Tab(browser, server.address, "plan") for _ in range(count)]
    levers = [tab.ready() for tab in tabs]
    add(f"server memory a session, of {count}", (server.megabytes() - empty) / count, "MB")
    add("server memory with all sessions", server.megabytes(), "MB")
    many = press(tabs, levers, max(3, presses // 4), 3.0 * APART)
    add(f"{count} people together, median", quantile(many, 0.5), "ms")
    add(f"{count} people together, 95th percentile", quantile(many, 0.95), "ms")
    for tab in tabs:
        tab.context.close()


def _starts(browser: Any, case: str, folder: Path) -> Table:
    """Cold and warm start of the app against Streamlit's own hello."""
    table = Table("Start against streamlit hello", ("program", "server answers, s", "first page, s", "second tab, s"))
    hello = None
    for name, words in (("streamlit hello", ["streamlit", "hello"]), (f"planner app {case}", ["planner", "app", case])):
        with started(words, folder / "starts") as (server, begun):
            seconds = []
            for _ in range(2):
                begin = time.monotonic()
                context = browser.new_context()
                page = context.new_page()
                page.goto(server.address)
                page.locator("[data-testid=stMain] h1").first.wait_for(timeout=90_000)
                seconds.append(time.monotonic() - begin)
                context.close()
        whole = (begun, *seconds)
        table.add(name, *whole)
        if hello is not None:
            table.add("times hello", *(own / theirs for own, theirs in zip(whole, hello, strict=True)))
        hello = whole
    return table
