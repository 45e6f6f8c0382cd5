"""What a person does, in a real browser. Pictures of every page are left in the test's temporary folder."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.session.store import Source
from planner.plan import Plan
from planner.results import headline, read_plan
from planner.workbook import read

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Visit = Callable[..., Any]
Picture = Callable[[Any, str], None]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def give(page: Any, name: str, data: bytes) -> None:
    """Upload a file."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": XLSX, "buffer": data})


def test_01_the_plan_is_there_within_five_seconds_without_a_click(visit: Visit, solved: Plan, source: Source) -> None:
    page = visit()
    head = headline(solved, read(source.path))
    value = f"{head.iloc[0]['Plan total']:,.0f}"
    page.get_by_text(value).first.wait_for(timeout=5_000)
    page.get_by_text("Proven").first.wait_for(timeout=1_000)


@pytest.mark.parametrize("part", ["Money", "Officers", "Queues", "Visas and quotas", "Reforms", "People", "Rules"])
def test_every_part_of_the_plan(visit: Visit, tmp_path: Path, part: str) -> None:
    page = visit("plan")
    page.get_by_role("radio", name=part, exact=True).or_(
        page.get_by_role("button", name=part, exact=True)
    ).first.click()
    page.wait_for_url(re.compile("part="))
    page.wait_for_timeout(1_000)
    page.screenshot(path=tmp_path / f"{part}.png", full_page=True)
    assert page.locator("[data-testid=stAlertContentError]").count() == 0


def test_a_broken_workbook_is_explained_by_cell_and_comes_back_marked(
    visit: Visit, picture: Picture, starter: Path, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(starter)
    sheet = book["Staff"]
    column = next(c for row in sheet.iter_rows() for c in row if c.value == "In post")
    cell = sheet.cell(column.row + 1, column.column)
    cell.value = "<b>many</b> [x](javascript:alert(1))"
    stream = io.BytesIO()
    book.save(stream)
    page = visit("data")
    give(page, "broken.xlsx", stream.getvalue())
    page.get_by_text("It cannot be used yet").wait_for(timeout=60_000)
    page.get_by_text(f"Staff!{cell.coordinate}").first.wait_for()
    assert page.locator("a[href^='javascript']").count() == 0
    page.screenshot(path=tmp_path / "broken.png", full_page=True)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("every cell marked")).click()
    marked = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert marked["Staff"][cell.coordinate].comment is not None
    assert page.get_by_text("Starter").first.is_visible()
    cell.value = "many"
    stream = io.BytesIO()
    book.save(stream)
    page = visit("data")
    give(page, "mine.xlsx", stream.getvalue())
    page.get_by_text("'many' is not a number").wait_for(timeout=60_000)
    picture(page, "broken")


def test_a_bomb_is_refused_and_the_server_lives(visit: Visit, bomb: bytes, address: str) -> None:
    page = visit("data")
    give(page, "bomb.xlsx", bomb)
    page.get_by_text("It cannot be used yet").wait_for(timeout=60_000)
    page.get_by_text("To mend").first.wait_for()
    assert visit().get_by_text("Proven").first.is_visible()


def test_a_healthy_workbook_is_used(visit: Visit, starter: Path) -> None:
    page = visit("data")
    give(page, "mine.xlsx", starter.read_bytes())
    page.get_by_role("button", name="Use this workbook and solve it").click(timeout=60_000)
    page.get_by_text("workbook mine.xlsx").wait_for(timeout=60_000)


def test_29_a_lever_is_moved_answered_at_once_proven_and_put_back(
    visit: Visit, picture: Picture, tmp_path: Path
) -> None:
    page = visit()
    before = page.locator("table").first.inner_text()
    page.get_by_text("Visas and places", exact=True).click()
    slider = page.get_by_role("slider", name=re.compile("All visas"))
    slider.focus()
    for _ in range(14):
        slider.press("ArrowLeft")
    page.get_by_text("1 of 5 levers changed").wait_for()
    page.get_by_text("before your last changes").wait_for()
    picture(page, "changed")
    page.get_by_text("before your last changes").wait_for(state="detached", timeout=90_000)
    assert page.locator("table").first.inner_text() != before
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_text("No lever changed").wait_for()
    page.wait_for_function("t => document.querySelector('table')?.innerText === t", arg=before)


def test_24_cancel_ends_the_search_and_keeps_the_old_plan(visit: Visit) -> None:
    page = visit()
    page.get_by_test_id("stSidebarUserContent").get_by_text("How it is solved", exact=True).click()
    page.get_by_text("Prove each change by itself", exact=True).click()
    page.get_by_text("People who come", exact=True).click()
    page.get_by_role("slider", name=re.compile("Arrivals")).press("ArrowRight")
    page.get_by_text("1 of 5 levers changed").wait_for()
    page.get_by_role("button", name="Solve", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel").wait_for(state="detached", timeout=4_000)
    page.get_by_text("What the plan achieves").wait_for()  # the old plan, or the best found until then


def test_the_plan_is_taken_away(visit: Visit, solved: Plan, tmp_path: Path) -> None:
    page = visit("plan")
    page.get_by_text("Take it away").click()
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name="Plan workbook (.xlsx)").click()
    waiting.value.save_as(tmp_path / "plan.xlsx")
    assert read_plan(tmp_path / "plan.xlsx").objective == pytest.approx(solved.objective)
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as book:
        sheets = [n for n in book.namelist() if n.startswith("xl/worksheets/")]
        assert not any(b"<f>" in book.read(name) for name in sheets)
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name="JSON", exact=True).click()
    content = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert content["objective"] == pytest.approx(solved.objective)
    assert content["grid"] == "default"
    main = page.locator("[data-testid=stMain]")
    assert main.get_by_text("planner solve starter --grid default").first.is_visible()
