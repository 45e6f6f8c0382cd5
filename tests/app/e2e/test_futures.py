"""Page Futures in a browser: the answer, its five views, a chart's words, nothing cut at 320 pixels."""

from collections.abc import Callable
from typing import Any


def test_89_a_hedged_plan_and_its_matrix(visit: Callable[..., Any], picture: Callable[..., None]) -> None:
    page = visit("futures")
    button = page.get_by_role("button", name="Find the hedged plan")
    button.click()
    page.get_by_role("heading", name="Hedged plan: never more than").wait_for(timeout=120_000)
    page.get_by_label("What the hedged plan loses against hindsight").first.wait_for()
    page.get_by_role("radio", name="Regret").click()
    page.get_by_role("heading", name="What each plan's beginning loses in each future").wait_for()
    page.get_by_label("Losses of 6 plans in 3 futures").first.wait_for()
    picture(page, "futures")
    page.get_by_role("radio", name="Do now and wait").click()
    page.get_by_role("heading", name="Do now (4)").wait_for()


def test_91_futures_fit_a_narrow_window(visit: Callable[..., Any]) -> None:
    page = visit("futures", width=320)
    page.get_by_role("heading", name="Futures", exact=True).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 330
