"""Kept plans in a real browser: what AppTest cannot see."""

import re
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Visit = Callable[..., Any]
NAME = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) www.example.org https://example.org ana@example.org &lt;b&gt;"


def test_52_84_a_plan_is_kept_shown_as_text_deleted_and_brought_back_after_a_reload(visit: Visit) -> None:
    page = visit("library")
    main = page.locator("[data-testid=stMain]")
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("Note (optional)").fill("# not a heading\n- [no list](http://example.org)")
    page.get_by_role("button", name="Keep this plan").click()
    card = main.locator("[class*=st-key-kept_]").first
    card.get_by_text("changed just now").wait_for()
    for _ in range(2):  # now, and in another session after a reload
        shown = card.inner_text().replace("\u2060", "")
        assert NAME in shown
        assert "# not a heading - [no list](http://example.org)" in shown
        assert card.locator("a, img, h1, h2, li").count() == 0
        page.reload()
        card.get_by_text(re.compile("changed (just now|. minutes? ago)")).wait_for(timeout=60_000)
    card.get_by_role("button", name="More").click()
    card.get_by_role("button", name="Delete").click()
    page.get_by_text("For 30 days it can be brought back").wait_for()
    assert main.locator("[class*=st-key-kept_]").count() == 0
    main.get_by_role("button", name="Undo", exact=True).click()
    card.get_by_text("changed just now").wait_for()
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth + 1"), "the page scrolls sideways"
