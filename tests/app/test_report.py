"""The briefing: one file with the plan, its alternatives, its trade-offs, its assumptions and its record."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest

from app.briefing import Brief, document, preview
from app.show import figure
from app.store import Source
from planner.plan import Plan
from planner.results import headline, status_sentence
from planner.workbook import read
from tests.app.conftest import settle

Open = Callable[..., AppTest]


class Checker(HTMLParser):
    """Notes tags, what is fetched, and whether all that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [str(v) for k, v in attrs if k in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def brief(source: Source, solved: Plan) -> Brief:
    """The starter's plan with itself as the alternative."""
    return Brief(
        case=read(source.path), plan=solved, name="starter", command="planner solve starter", source="starter",
        sha256=source.sha256, others=[("the same once more", solved)], prices=["One more officer: +765 points."],
        front=["14 plans between two outcomes."], limits=["It does not forecast."], made=datetime(2026, 1, 2, 3, 4),
    )  # fmt: skip


def test_the_file_is_whole_and_fetches_nothing(brief: Brief) -> None:
    checker = Checker()
    checker.feed(document(brief))
    assert not checker.open
    assert not checker.fetched
    assert "script" not in checker.tags
    assert checker.tags.count("h1") == 1
    assert "url(" not in document(brief)


def test_every_part_is_there_with_the_plans_own_figures(brief: Brief, solved: Plan) -> None:
    text = document(brief)
    for part in (
        "What the plan achieves", "Who gets what", "Decisions", "What held the plan back", "Alternatives", "Trade-offs",
        "Assumptions by grade", "What the model does not know", "Record",
    ):  # fmt: skip
        assert f">{part}" in text, part
    head = headline(solved, brief.case)
    assert f">{figure(head.iloc[0]['Plan total'])}<" in text
    assert status_sentence(solved) in text
    assert brief.sha256 in text
    assert "planner solve starter" in text
    assert "nan" not in re.sub(r"<[^>]*>", " ", text).casefold().split()


def test_texts_of_a_workbook_stay_texts(brief: Brief) -> None:
    evil = "<img src=x onerror=alert(1)>"
    text = document(replace(brief, name=evil, command=evil, limits=[evil], prices=[evil], others=[(evil, brief.plan)]))
    assert "<img" not in text
    assert text.count("&lt;img") == 5
    assert "<h1>" not in preview(brief)


def test_a_plan_of_a_front_is_not_called_proven(brief: Brief) -> None:
    text = document(replace(brief, origin="plan 6 of 14 between a and b"))
    assert "it is not the best by the workbook&#x27;s weights" in text
    assert "Proven best" not in text


def test_the_page_offers_what_it_shows(opened: Open, solved: Plan) -> None:
    at = opened("Report")
    settle(at, "explain")
    assert not at.exception
    assert not at.error
    shown = "\n".join(str(h.proto.body) for h in at.main.get("html"))
    assert "What one more would be worth" in shown
    assert status_sentence(solved) in shown
    assert any(b.proto.id for b in at.main.get("download_button"))
