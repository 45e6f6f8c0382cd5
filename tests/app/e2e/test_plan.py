"""Page Plan in a browser: the map, the way from a figure to its reasons, the charts' own tools."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from app.charts import map_data
from planner.case import Case
from planner.inputs_path import inputs_path
from planner.workbook import read

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Visit = Callable[..., "Page"]


def test_37_39_a_click_on_the_map_opens_the_country_and_grey_land_says_no_data(visit: Visit, real: Path) -> None:
    page = visit("data")
    page.locator("input[type=file]").set_input_files(str(real))
    page.get_by_role("button", name="Use this workbook and solve it").click(timeout=60_000)
    page.get_by_role("link", name="Plan").first.click()
    page.get_by_text("Map", exact=True).click(timeout=60_000)
    page.get_by_text("do not imply official endorsement").wait_for(timeout=60_000)
    page.locator(".st-key-country_card").get_by_text("Continuation").wait_for(timeout=90_000)
    chart = page.locator(".st-key-map .marks").first
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(2_000)
    box = chart.bounding_box()
    assert box is not None
    case = read(real)
    click(page, box, case, -90.3, 15.6)
    page.locator(".st-key-country_card").get_by_text("Guatemala", exact=True).wait_for(timeout=30_000)
    click(page, box, case, -102.0, 24.0)
    page.locator(".st-key-country_card").get_by_text("Mexico", exact=True).wait_for(timeout=30_000)
    click(page, box, case, -100.0, 40.0)
    page.get_by_text("is not a country of this workbook").wait_for(timeout=30_000)


def click(page: "Page", box: dict[str, float], case: Case, longitude: float, latitude: float) -> None:
    """Click where a point of the earth is drawn."""
    seen = map_data.view(case)
    assert seen is not None
    width, height = box["width"], 520.0
    scale = min(width / seen.width, height / seen.height)
    x, y = map_data.flat((longitude - seen.meridian, latitude))
    left = width / 2 + scale * (x - seen.middle[0])
    top = height / 2 - scale * (y - seen.middle[1])
    page.mouse.click(box["x"] + left, box["y"] + top)


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """The starter with the names of two countries that there are."""
    path = tmp_path / "real.xlsx"
    book = openpyxl.load_workbook(inputs_path("starter"))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and not cell.value.startswith("="):
                    cell.value = cell.value.replace("Northland", "Mexico").replace("Southland", "Guatemala")
    book.save(path)
    return path


def test_35_every_chart_can_show_its_data_be_saved_and_fill_the_screen(visit: Visit) -> None:
    page = visit("plan?part=Queues")
    chart = page.locator("[data-testid=stVegaLiteChart]").first
    chart.wait_for(timeout=60_000)
    chart.hover()
    names = page.get_by_role("button").evaluate_all("all => all.map(b => b.getAttribute('aria-label') || '')")
    for wanted in ("Show data", "PNG", "ullscreen"):
        assert any(wanted in name for name in names), (wanted, names)


def test_a_figure_leads_to_its_reasons_and_the_levers_stay(visit: Visit) -> None:
    page = visit("plan?part=Visas%20and%20slots&funds=110")
    page.get_by_role("button", name="Why this much?").first.click(timeout=60_000)
    page.wait_for_url("**/explain*")
    page.get_by_role("heading", name="Why this much, why not more, what would change it").wait_for(timeout=90_000)
    lever = page.get_by_role("slider", name=re.compile("All appropriations")).first
    assert float(lever.input_value()) == 110.0
