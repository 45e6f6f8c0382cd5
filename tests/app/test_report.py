"""The briefing: one file with the plan, its alternatives, its trade-offs, its assumptions and its record."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from docx import Document
from streamlit.testing.v1 import AppTest

from app.report.briefing import Brief, blocks, document, preview, word
from app.session.store import Source
from planner.options import Options
from planner.plan import Plan
from planner.results import headline, status_sentence
from planner.results.documents import Heading, Items, Table, Text
from planner.solve import solve
from planner.wording.figures import figure
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
        front=["14 plans between two outcomes."], ranges=["safe years: from 1 to 2 person-years."], limits=["It does not forecast."], made=datetime(2026, 1, 2, 3, 4),
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


def test_what_it_stands_on_comes_before_how_sure_it_is(brief: Brief, solved: Plan) -> None:
    """The grid, the scenario and the changes, that it is coarse; the workbook's own grid has no such mark."""
    coarse = solve(brief.case, Options(grid="phases", gap=0.01))
    text = document(replace(brief, plan=coarse))
    line = text.find("(grid phases, no scenario, no changes)")
    rough = text.find("Coarse: these figures count in phases (3 periods)")
    assert 0 < line < rough < text.find(status_sentence(coarse))
    assert f"the workbook&#x27;s own grid is default ({len(brief.case.grid())} periods)" in text
    assert "Promises" not in text
    said = document(brief)
    assert 0 < said.find("(grid default, no scenario, no changes)") < said.find(status_sentence(solved))
    assert "Coarse" not in said


def test_a_briefing_names_no_folder_of_the_machine_where_it_was_made(
    opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_APP_NAME", "/home/ana's files/north/starter.xlsx")
    at = opened("Report")
    assert "'/home/ana'" in at.sidebar.code[-1].value, "the command at the side works on this machine"
    text = next(str(one.proto.body) for one in at.main.get("html") if 'class="brief"' in str(one.proto.body))
    assert "Briefing on the plan \u201cstarter.xlsx: as the workbook says\u201d" in text
    assert "planner solve starter.xlsx --grid default" in text
    assert "north" not in text


def test_promises_that_are_not_kept_come_before_how_sure_it_is(brief: Brief, source: Source) -> None:
    """Nine tenths for protection at home, as a wish that may be broken for next to nothing."""
    name = "Rules!protection at home at least a tenth"
    case = read(source.path, sets=(f"{name}.Value=0.9", f"{name}.Strength=soft", f"{name}.Penalty=0.001"))
    plan = solve(case, Options(grid="phases", gap=1e-4))
    text = document(replace(brief, case=case, plan=plan))
    promises = text.find("Promises that are not kept")
    broken = text.find("protection at home at least a tenth (agreement, Joint statement (invented))")
    assert 0 < promises < broken < text.find(status_sentence(plan))
    assert "at least 90 %; BROKEN by" in text


def test_the_word_file_says_the_same_as_the_page(brief: Brief) -> None:
    made = Document(io.BytesIO(word(brief)))
    paragraphs = [(p.style.name if p.style else "", p.text) for p in made.paragraphs]
    cells = [[[c.text for c in row.cells] for row in table.rows] for table in made.tables]
    tables = []
    for block in blocks(brief):
        if isinstance(block, Heading):
            assert (f"Heading {block.level}", block.text) in paragraphs
        elif isinstance(block, Items):
            assert all(("List Bullet", line) in paragraphs for line in block.lines)
        elif isinstance(block, Text):
            assert any(block.text == text for _, text in paragraphs)
        elif isinstance(block, Table):
            tables.append([[str(c) for c in block.frame.columns], *block.rows()])
    assert cells == tables
    assert len(tables) >= 7
    assert made.core_properties.title == f"{brief.case.name}: briefing"
    assert [p for p in paragraphs if p[0] == "Heading 1"] == [("Heading 1", brief.case.name)]


def test_the_word_file_holds_no_links_macros_or_forbidden_signs(brief: Brief) -> None:
    evil = '=HYPERLINK("http://x")\x07<w:p/>'
    with zipfile.ZipFile(io.BytesIO(word(replace(brief, name=evil, limits=[evil])))) as archive:
        names = archive.namelist()
        text = archive.read("word/document.xml").decode()
        links = b"".join(archive.read(n) for n in names if n.endswith(".rels"))
    assert not any("vba" in n.casefold() for n in names)
    assert b'TargetMode="External"' not in links
    assert "\x07" not in text
    assert text.count("&lt;w:p/&gt;") == 2


def test_the_word_file_has_two_to_six_pages(brief: Brief, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (on Debian: apt-get install libreoffice-writer)")
    (tmp_path / "briefing.docx").write_bytes(word(brief))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, "--headless", home, "--convert-to", "pdf", "--outdir", str(tmp_path), "briefing.docx"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    if not (tmp_path / "briefing.pdf").is_file():
        pytest.skip("LibreOffice is here without its word processor (on Debian: apt-get install libreoffice-writer)")
    pages = len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "briefing.pdf").read_bytes()))
    assert 2 <= pages <= 6


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
    labels = [b.proto.label for b in at.main.get("download_button")]
    assert "Briefing for Word (.docx)" in labels
    assert "Briefing to print (.html)" in labels
    assert any("CSV" in label for label in labels)
