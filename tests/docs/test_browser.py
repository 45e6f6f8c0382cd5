"""The manual in a real browser, opened from the disk."""

import shutil
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[e2e]'")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
pytestmark = [pytest.mark.e2e, pytest.mark.slow]
PAGES = (
    "index", "tutorial", "howto/app", "explanations/fairness", "reference/mathematics", "reference/workbook/funding",
)  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (on Debian: apt-get install chromium)")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Playwright's own pipes at its end
def test_pages_open_from_the_disk_and_ask_nobody(site: Path, tmp_path: Path) -> None:
    asked: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else asked.append(r.url))
        for name in PAGES:
            page.goto((site / f"{name}.html").as_uri())
            page.locator("h1").first.wait_for()
            page.wait_for_timeout(200)
            page.screenshot(path=tmp_path / f"{name.replace('/', '_')}.png")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
            assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)"), name
        height = page.evaluate(
            "() => { const m = document.createElement('div'); m.innerHTML = '<math><mfrac><mi>a</mi><mi>b</mi></mfrac>"
            "<mi>a</mi></math>'; document.querySelector('article').append(m); const [f, a] = m.firstChild.children;"
            "return f.getBoundingClientRect().height / a.getBoundingClientRect().height }"
        )
        browser.close()
    assert height > 1.5, "fractions are not drawn as fractions"
    assert not asked
