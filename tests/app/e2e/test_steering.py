"""Steering and the axes of a front in a real browser; numbers in the names are the analysts' acceptance checks."""

import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.app.e2e.conftest import sync_api
from tests.app.e2e.test_reasons import JARGON, choose, find_plans

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Visit = Callable[..., Any]
PARTS = {
    "tradeoffs?trade=Steer": "How far each outcome can go",
    "tradeoffs?trade=Reach+a+target": "Name what has to be reached",
    "tradeoffs?trade=Decision+packages": "Plans for smaller and larger budgets",
    "tradeoffs?trade=Equally+good+plans": "nearly as good",
    "tradeoffs?trade=Who+gets+how+much": "In the plan on the screen",
    "tradeoffs?trade=One+aim+out+of+several": "Find one plan out of several outcomes",
    "tradeoffs?trade=Fair+shares+by+principles": "by several principles of fairness",
    "explain?question=How+sure%3F": "How far may the results be off",
}


def test_50_a_box_drawn_on_an_axis_filters_chart_and_table(visit: Visit, tmp_path: Path) -> None:
    page = visit("tradeoffs")
    find_plans(page)
    chart = page.locator("[data-testid=stVegaLiteChart]").nth(1)
    kept = page.get_by_text(re.compile(r"of 12 plans"))
    for _ in range(5):  # what is drawn while the page is being drawn is lost
        chart.scroll_into_view_if_needed()
        page.wait_for_timeout(800)
        box = chart.bounding_box()
        across, down = box["x"] + 0.21 * box["width"], box["y"]
        page.mouse.move(across - 30, down + 70)
        page.mouse.down()
        page.mouse.move(across, down + 110, steps=5)
        page.mouse.move(across + 30, down + 160, steps=5)
        page.mouse.up()
        page.wait_for_timeout(2_500)
        if kept.count():
            break
    number = int(re.search(r"(\d+) of 12 plans", kept.first.inner_text())[1])
    assert 0 < number < 14
    page.screenshot(path=tmp_path / "axes.png")
    table = page.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed()
    assert table.bounding_box()["height"] == pytest.approx(38 + 35 * number, abs=6)
    page.get_by_role("button", name="Clear ranges").click()
    kept.first.wait_for(state="hidden")
    assert page.get_by_role("button", name="Clear ranges").is_disabled()


def test_50_the_keyboard_sets_the_same_range(visit: Visit) -> None:
    page = visit("tradeoffs")
    find_plans(page)
    slider = page.locator("[data-testid=stMain]").get_by_role("slider").first
    slider.focus()
    slider.press("PageUp")
    page.get_by_text(re.compile(r"\d+ of 12 plans")).first.wait_for()


def wish(page: Any, name: str, option: str) -> None:
    """Choose what an outcome is to do; a list that is open closes when an answer arrives, and is opened again."""
    box = page.get_by_role("combobox", name=f"{name} is to")
    for _ in range(8):
        page.wait_for_timeout(1_500)
        box.click()
        found = page.get_by_role("option", name=option, exact=True)
        with contextlib.suppress(sync_api.Error):
            found.click(timeout=2_500)
        if box.input_value() == option:
            return
    pytest.fail(f"'{option}' could not be chosen for {name}")


def test_48_improving_everything_is_refused_until_something_may_worsen(visit: Visit, tmp_path: Path) -> None:
    page = visit("tradeoffs?trade=Steer")
    page.get_by_role("heading", name="The next plan").wait_for(timeout=60_000)
    go = page.get_by_role("button", name="Find the next plan")
    for name in ("legal admissions", "years waiting", "public money"):
        wish(page, name, "improve")
    page.get_by_text("Nothing may be given up").wait_for()
    assert go.is_disabled()
    wish(page, "public money", "free: may become anything")
    page.get_by_text("Nothing may be given up").wait_for(state="hidden")
    page.get_by_role("table").first.wait_for(timeout=60_000)
    page.screenshot(path=tmp_path / "steer.png")


@pytest.mark.parametrize("path", list(PARTS))
def test_57_no_part_speaks_as_mathematicians_do(visit: Visit, path: str, tmp_path: Path) -> None:
    page = visit(path)
    page.get_by_text(PARTS[path]).first.wait_for(timeout=60_000)
    for name in ("Find the plan", "Find what is free", "Work it out", "Move each figure", "Find the next plan"):
        button = page.get_by_role("button", name=name, exact=True)
        if button.count() and button.is_enabled():
            button.click()
            page.wait_for_timeout(3_000)
    words = page.locator("body").inner_text()
    assert not JARGON.search(words), JARGON.search(words)
    page.screenshot(path=tmp_path / "part.png", full_page=True)


def test_62_the_price_of_rules_is_one_click_away(visit: Visit) -> None:
    page = visit("tradeoffs?trade=Who+gets+how+much")
    page.get_by_role("button", name="See it on Explain").click()
    page.get_by_role("heading", name="What each rule costs").or_(
        page.get_by_role("button", name="Cancel")
    ).first.wait_for(timeout=60_000)
    choose(page, "How sure?")
    page.get_by_role("heading", name="How far may the results be off?").wait_for(timeout=60_000)
