"""The frame in a real browser: levers by keyboard, the address, the way back, links, many fast changes."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from planner.options import Options
from planner.results import headline
from planner.solve import solve
from planner.wording.figures import figure
from planner.workbook import read

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
Visit = Callable[..., "Page"]
PAGES = ["data", "plan", "tradeoffs", "compare", "explain", "report", "method"]


def lever(page: "Page", name: str) -> "Locator":
    """The slider of a lever."""
    return page.get_by_role("slider", name=re.compile(name)).first


def money(page: "Page") -> "Locator":
    """The slider of all appropriations."""
    return lever(page, "All appropriations")


def at_rest(page: "Page") -> None:
    """Wait until the plan on the page is the one that the levers ask for."""
    page.get_by_text("before your last changes").wait_for(state="detached", timeout=90_000)


def test_02_03_every_page_has_an_address_a_title_and_a_way_back(visit: Visit) -> None:
    page = visit("plan?funds=95.0")
    at_rest(page)
    assert page.title() == "Plan · starter · 1 changed · Migration planner"
    page.get_by_role("link", name="Method", exact=True).click()
    page.wait_for_url(re.compile(r"/method\?funds=95"))
    page.wait_for_function("() => document.title.startsWith('Method')")
    page.go_back()
    page.wait_for_url(re.compile(r"/plan\?funds=95"))
    page.wait_for_function("() => document.title.startsWith('Plan')")
    page.go_forward()
    page.wait_for_function("() => document.title.startsWith('Method')")
    assert money(page).input_value() == "95"


def test_12_levers_move_by_keyboard(visit: Visit) -> None:
    page = visit()
    slider = money(page)
    for key, value in (("ArrowRight", "101"), ("ArrowLeft", "100"), ("Home", "50"), ("End", "150")):
        slider.press(key)
        page.wait_for_function("([s, v]) => s.value === v", arg=[slider.element_handle(), value])
    slider.press("PageDown")
    page.wait_for_function("s => Number(s.value) < 150 && Number(s.value) > 100", arg=slider.element_handle())
    page.wait_for_url(re.compile(r"funds=1"))
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_function("s => s.value === '100'", arg=slider.element_handle())
    assert "funds" not in page.url


def test_16_80_levers_keep_their_value_on_every_page_and_a_link_gives_them_to_others(visit: Visit) -> None:
    page = visit("?funds=95.0&scenario=surge")
    at_rest(page)
    for path in PAGES:
        page.goto(page.url.partition("?")[0].rsplit("/", 1)[0] + f"/{path}?" + page.url.partition("?")[2])
        money(page).wait_for(timeout=60_000)
        assert money(page).input_value() == "95", path
    page.get_by_text("Copy link, or the same by command").click()
    link = page.get_by_text(re.compile(r"^http://localhost:\d+/method\?")).first.inner_text().strip()
    other = visit(link.partition("://")[2].partition("/")[2])
    assert money(other).input_value() == "95"
    assert other.title().startswith("Method · starter · surge")
    at_rest(other)


def test_22_after_forty_fast_presses_the_last_value_wins(visit: Visit, starter: Path) -> None:
    page = visit()
    slider = money(page)
    slider.focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight", delay=15)
    page.wait_for_function("s => s.value === '140'", arg=slider.element_handle())
    page.wait_for_url(re.compile(r"funds=140"), timeout=30_000)
    at_rest(page)
    case = read(starter, sets=["Appropriations!*.Amount=*1.4"])
    head = headline(solve(case, Options()), case)
    first = head[head["Headline"] == "protection"].iloc[0]
    page.get_by_text(figure(first["Plan total"]), exact=True).first.wait_for()
    assert not page.locator("[data-testid=stException]").count()


CUT = """() => [...document.querySelectorAll(
    '[data-testid=stSidebar] :is(label, label p, button p, summary p, [data-testid=stMarkdownContainer] p),'
    + ' [data-testid=stMain] :is(label, label p, button p, summary p, h1, h2, h3)')]
  .filter(e => e.checkVisibility() && e.clientWidth > 1)
  .filter(e => getComputedStyle(e).textOverflow === 'ellipsis' && e.scrollWidth > e.clientWidth + 1)
  .map(e => e.textContent)"""


def test_19_no_label_is_cut(visit: Visit) -> None:
    page = visit()
    for path in ("", "plan", "tradeoffs", "futures"):
        page.goto(page.url.rsplit("/", 1)[0] + f"/{path}")
        money(page).wait_for(timeout=60_000)
        for width in (1280, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(300)
            assert page.evaluate(CUT) == [], (path, width)


def test_85_a_reload_brings_levers_and_changed_cells_back(visit: Visit) -> None:
    cells = ("Staff!asylum officer / Border post.In post=20", "Staff!asylum officer / Harbour centre.Hiring limit=41")
    page = visit("?" + urlencode([("funds", "95.0"), *(("set", cell) for cell in cells)]))
    page.get_by_text("2 more cells").wait_for()
    page.reload()
    page.get_by_text("This app advises").wait_for(timeout=60_000)
    page.get_by_text("1 of 5 levers changed, 2 more cells").wait_for()
    assert money(page).input_value() == "95"


def test_a_first_answer_is_marked_and_replaced_by_itself(visit: Visit) -> None:
    """On 110 periods the starter takes long enough; nobody presses anything."""
    page = visit("?" + urlencode({"set": "Settings!grid.Value=every 10 days"}))
    page.get_by_text("First answer, counted in phases").first.wait_for(timeout=120_000)
    page.get_by_text("is being worked out and replaces it by itself").first.wait_for()
    page.get_by_text("This plan has replaced the first answer, counted in phases").wait_for(timeout=300_000)
    page.get_by_text(re.compile("grid every 10 days")).first.wait_for()
    assert not page.get_by_text("is being worked out").count()
