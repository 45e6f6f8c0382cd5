"""A server on a free port and Debian's Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.app.e2e.serving import Server, serve

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[e2e]'")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # no other machine is found
]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A browser on a busy machine may be late: a test of it counts as failed when it fails three times running."""
    if config.pluginmanager.hasplugin("rerunfailures"):
        for item in items:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def server(cache: Path, solved: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on the starter, as `planner app` starts it, cut off from every other machine."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (on Debian: apt-get install chromium)")
    with serve(tmp_path_factory.mktemp("server"), "starter", cache=cache) as started:
        yield started
        assert not started.outside, "the server tried to reach other machines"


@pytest.fixture(scope="session")
def address(server: Server) -> str:
    """Where the app is."""
    return server.address


@pytest.fixture(scope="session")
def driver() -> Iterator["sync_api.Playwright"]:
    """What drives browsers: one a process, since two get in each other's way."""
    with sync_api.sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(address: str, driver: "sync_api.Playwright") -> Iterator["sync_api.Browser"]:
    """One browser for all tests."""
    made = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield made
    made.close()


@pytest.fixture
def visit(browser: "sync_api.Browser", address: str, tmp_path: Path) -> Iterator[Callable[..., "sync_api.Page"]]:
    """Open a page in a tab of its own; what leaves the host, is blocked, or goes wrong in the page fails the test."""
    found: list[str] = []
    contexts = []

    def open_page(path: str = "", width: int = 1280, scheme: str = "light") -> "sync_api.Page":
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else found.append(r.url))
        page.on("pageerror", lambda e: found.append(str(e)))
        page.on("console", lambda m: found.append(m.text) if m.type == "error" else None)
        page.goto(f"{address}/{path}")
        page.get_by_text("This app advises").wait_for(timeout=60_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not found, found


@pytest.fixture
def picture(tmp_path: Path) -> Callable[["sync_api.Page", str], None]:
    """Keep a picture of what is seen; those that are in the manual's folder, named by MANUAL_IMAGES, are taken anew there."""

    def take(page: "sync_api.Page", name: str) -> None:
        page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
        page.wait_for_timeout(500)
        page.screenshot(path=tmp_path / f"{name}.png")
        folder = os.environ.get("MANUAL_IMAGES", "")
        if folder and (Path(folder) / f"{name}.png").exists():
            with Image.open(
                tmp_path / f"{name}.png"
            ) as shot:  # few colours: a third of the size, and no loss that is seen
                shot.convert("RGB").quantize(96).save(Path(folder) / f"{name}.png", optimize=True)

    return take
