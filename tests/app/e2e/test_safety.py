"""Hostile files, hostile names, strangers, crashes: the app says no and goes on. Numbers are acceptance checks."""

import io
import json
import re
import signal
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.shell.versions import versions
from tests.app.e2e.hostile import hostile
from tests.app.e2e.serving import free_port, serve

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Visit = Callable[..., Any]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NASTY = "<img src=x onerror=alert(1)> [post](javascript:alert(2))"


def give(page: Any, name: str, data: bytes) -> None:
    """Upload a file on the Data page."""
    field = page.locator("[data-testid=stFileUploader] input[type=file]").first
    field.set_input_files({"name": name, "mimeType": XLSX, "buffer": data})


def calm(page: Any) -> None:
    """Wait until nothing is worked out any more."""
    nothing = "() => ![...document.querySelectorAll('button')].some(b => b.innerText.trim() === 'Cancel')"
    page.wait_for_function(nothing, timeout=90_000)


def renamed(path: Path, old: str, new: str) -> bytes:
    """A workbook in which a name is another one wherever it stands."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == old:
                    cell.value = new
                    cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def fetch(
    address: str, method: str = "GET", data: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Ask a server: status, headers, content."""
    request = urllib.request.Request(address, data=data, method=method)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        answer = urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def test_the_policy_is_on_every_answer_and_versions_are_told(address: str) -> None:
    for path in ("/", "/plan", "/nowhere", "/_stcore/health", "/static/index.html", "/api/version", "/media/none"):
        _, headers, _ = fetch(address + path)
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
    status, _, content = fetch(f"{address}/api/version")
    assert (status, json.loads(content)) == (200, versions())
    status, _, content = fetch(f"{address}/healthz")
    assert json.loads(content)["status"] == "ok"


def test_07_a_wrong_address_leads_home(visit: Visit, address: str, browser: Any) -> None:
    page = browser.new_page()
    assert page.goto(f"{address}/nowhere").status == 404
    assert page.get_by_role("heading", level=1).inner_text() == "There is no page at this address"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("This app advises").wait_for(timeout=60_000)
    page.close()


def test_67_68_hostile_files_are_refused_each_with_its_sentence_and_the_app_goes_on(
    visit: Visit, starter: Path, bomb: bytes
) -> None:
    page = visit("data")
    for trick, (name, data, words) in {**hostile(starter), "bomb": ("bomb.xlsx", bomb, "times its size")}.items():
        give(page, name, data)
        page.get_by_role("heading", name=re.compile(re.escape(name))).wait_for(timeout=30_000)
        page.get_by_text(re.compile(re.escape(words))).first.wait_for(timeout=30_000)
        assert page.locator("[data-testid=stException]").count() == 0, trick
    give(page, "mine.xlsx", starter.read_bytes())
    page.get_by_role("button", name="Use this workbook and solve it").wait_for(timeout=60_000)


def test_68_more_than_twenty_megabytes_are_refused_at_once(visit: Visit, starter: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.xlsx"
    large.write_bytes(b"PK" + b"\0" * 20_971_520)
    page = visit("data")
    page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(large)
    page.get_by_text("must be 20.0MB or smaller").wait_for(timeout=30_000)
    give(page, "mine.xlsx", starter.read_bytes())
    page.get_by_role("button", name="Use this workbook and solve it").wait_for(timeout=60_000)


def test_an_upload_without_the_token_of_its_tab_is_refused(address: str) -> None:
    place = f"{address}/_stcore/upload_file/nobody/file"
    status, _, _ = fetch(place, "PUT", b"x", Content_Type="multipart/form-data; boundary=b")
    assert status == 403
    status, _, _ = fetch(place, "PUT", b"x", Origin="https://evil.example")
    assert status == 403
    status, _, _ = fetch(f"{address}/", Host="evil.example")
    assert status == 421


def test_83_84_names_are_shown_as_text_and_uploads_stay_with_who_made_them(visit: Visit, starter: Path) -> None:
    page, other = visit("data"), visit("data")
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    give(page, f"{NASTY}.xlsx".replace("/", ""), renamed(starter, "Border post", NASTY))
    page.get_by_role("button", name="Use this workbook and solve it").click(timeout=60_000)
    said = ""
    for name in ("Start", "Plan", "Explain", "Report", "Data"):
        page.get_by_role("link", name=name, exact=True).click()
        calm(page)
        page.wait_for_timeout(1_500)
        said += page.locator("body").inner_text()
        assert page.locator("img[src=x]").count() == 0, name
        assert page.locator("a[href^=javascript]").count() == 0, name
    assert "onerror=alert(1)" in said, "the name was never shown, so nothing is proven"
    other.reload()
    other.get_by_text("This app advises").wait_for(timeout=60_000)
    assert other.get_by_text("onerror").count() == 0
    assert other.get_by_text("workbook starter").count() == 1


def test_27_after_a_crash_of_the_server_the_same_link_shows_the_same(
    visit: Visit, browser: Any, cache: Path, solved: object, tmp_path: Path
) -> None:
    port = free_port()
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    with serve(tmp_path / "first", "starter", cache=cache, port=port) as first:
        page.goto(f"{first.address}/plan?funds=95.0")
        page.get_by_text("This app advises").wait_for(timeout=60_000)
        calm(page)
        page.get_by_text("before your last changes").wait_for(state="detached", timeout=90_000)
        before = page.locator("table").first.inner_text()
        first.end(signal.SIGKILL)
    with serve(tmp_path / "second", "starter", cache=cache, port=port):
        page.reload()
        page.get_by_text("This app advises").wait_for(timeout=60_000)
        page.get_by_text("before your last changes").wait_for(state="detached", timeout=90_000)
        page.wait_for_function("t => document.querySelector('table')?.innerText === t", arg=before, timeout=30_000)
        assert "funds=95" in page.url
    page.context.close()
