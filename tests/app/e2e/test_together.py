"""Several people at once: each sees what belongs to the own levers. Numbers are the analysts' acceptance checks."""

import json
import re
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.app.e2e.serving import serve

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[e2e]'")

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Visit = Callable[..., Any]
PRESSES = 20


def press(page: Any, key: str) -> None:
    """Move the lever of all money by one key press."""
    page.get_by_role("slider", name=re.compile("All appropriations")).first.press(key)


def results(page: Any) -> str:
    """What the first table says once the plan is the one that the levers ask for, and nothing is drawn any more."""
    try:
        page.get_by_text("before your last changes").wait_for(state="detached", timeout=60_000)
    except sync_api.TimeoutError as error:
        said = page.locator("[data-testid=stMain] [data-testid=stAlert], [class*=st-key-progress]").all_inner_texts()
        pytest.fail(f"the page at {page.url} stays old: {said} ({error.__class__.__name__})")
    settled = """() => !document.querySelector('[class*=st-key-progress], [data-stale=true], [data-testid=stSkeleton]')
        && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"""
    before = None
    for _ in range(60):
        page.wait_for_function(settled, timeout=120_000)
        now = str(page.locator("table").first.inner_text())
        if now == before:
            return now
        before = now
        page.wait_for_timeout(1_500)
    pytest.fail("the page does not come to rest")


def move(pages: list[Any], steps: list[int]) -> None:
    """Everybody presses keys by turns, so that all are at work together: so many steps down, the rest to and fro."""
    for number in range(PRESSES):
        for page, down in zip(pages, steps, strict=True):
            press(page, "ArrowLeft" if number < down or (number - down) % 2 else "ArrowRight")


def test_23_three_people_move_different_levers_and_each_sees_the_own_results(visit: Visit, address: str) -> None:
    steps = [4, 8, 12]
    pages = [visit() for _ in steps]
    move(pages, steps)
    for page, down in zip(pages, steps, strict=True):
        page.wait_for_url(re.compile(rf"funds={100 - down}"), timeout=60_000)
    shown = [results(page) for page in pages]
    assert len(set(shown)) == len(steps)
    for page, down, before in zip(pages, steps, shown, strict=True):
        again = visit(f"?funds={100 - down}.0")
        assert results(again) == before, page.url
    with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
        assert json.loads(answer.read())["status"] == "ok"


@pytest.mark.nightly
def test_ten_people_at_once_work(
    browser: Any, cache: Path, solved: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    psutil = pytest.importorskip("psutil", reason="psutil is not installed: pip install '.[bench]'")
    with serve(tmp_path, "starter", cache=cache) as server:
        process = psutil.Process(server.process.pid)
        pages, opened, begin_memory = [], [], process.memory_info().rss
        for _ in range(10):
            begin = time.monotonic()
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.goto(server.address)
            page.get_by_text("This app advises").wait_for(timeout=120_000)
            opened.append(time.monotonic() - begin)
            pages.append(page)
        steps = [4 * (n % 5) + 4 for n in range(10)]
        begin = time.monotonic()
        move(pages, steps)
        pressed = time.monotonic() - begin
        for page, down in zip(pages, steps, strict=True):
            page.wait_for_url(re.compile(rf"funds={100 - down}"), timeout=60_000)
        shown = [results(page) for page in pages]
        settled = time.monotonic() - begin
        assert shown[:5] == shown[5:], "the same levers show the same"
        assert len(set(shown[:5])) >= 3, "others show others"
        workers = [child.memory_info().rss for child in process.children(recursive=True)]
        figures = {
            "opened, seconds": [round(s, 2) for s in opened],
            "200 key presses of ten people, seconds": round(pressed, 1),
            "everything proven after, seconds": round(settled, 1),
            "server at the start, MB": round(begin_memory / 1e6),
            "server with ten people, MB": round(process.memory_info().rss / 1e6),
            "workers, MB": [round(size / 1e6) for size in workers],
        }
        assert not server.outside
    with capsys.disabled():
        print(json.dumps(figures, indent=1))  # noqa: T201 - a measurement is to be read
