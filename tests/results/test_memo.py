"""The memo of one page: people first, every figure from a table of the plan, one page on paper."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from planner.case import Case
from planner.golden import solved
from planner.options import Options
from planner.plan import Plan, Status
from planner.plan.frames import tidy
from planner.plan.standing import standing_of_plan
from planner.results import write_workbook
from planner.results.documents import Heading, Items, Table, Text
from planner.results.memo import Figure, Memo, memo
from planner.results.views import not_kept, weak_rows
from planner.sheets import Time
from planner.workbook import case_from, read, read_folder

STARTER = Path(__file__).parents[2] / "inputs" / "starter"
PARTS = ["What it gives", "What it costs", "What is not kept", "What it rests on", "What is asked"]
BROKEN = ("Value=0.9", "Strength=soft", "Penalty=0.001")
DAY = datetime(2026, 1, 2, 3, 4)


@pytest.fixture(scope="module")
def case() -> Case:
    """The starter, with a promise that is not kept."""
    return read(STARTER, sets=tuple(f"Rules!protection at home at least a tenth.{change}" for change in BROKEN))


@pytest.fixture(scope="module")
def plan(case: Case) -> Plan:
    """Its plan, checked."""
    return solved(case, Options(grid="phases", gap=1e-4))[0]


@pytest.fixture(scope="module")
def made(case: Case, plan: Plan) -> Memo:
    """Its memo."""
    return memo(case, plan, DAY)


def texts(found: Memo) -> list[str]:
    """Everything that it says, block by block."""
    said: list[str] = []
    for block in found.blocks:
        if isinstance(block, Items):
            said += block.lines
        elif isinstance(block, Table):
            said += [cell for row in [block.frame.columns, *block.rows()] for cell in row]
        else:
            said.append(block.text)
    return said


def stands(rows: list[list[object]], figure: Figure) -> bool:
    """Whether a figure stands on a page, in a row with the names of its key."""
    key = set(figure.row.split(" / ")) if figure.page == "Outcomes" else {figure.row}
    for row in rows:
        if key <= {str(cell) for cell in row}:
            numbers = [float(cell) for cell in row if isinstance(cell, int | float)]
            if any(abs(number - figure.value) <= 1e-9 * max(1.0, abs(figure.value)) for number in numbers):
                return True
    return False


def test_every_figure_stands_in_the_plan_workbook_under_its_key(
    made: Memo, case: Case, plan: Plan, tmp_path: Path
) -> None:
    write_workbook(case, plan, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx", read_only=True)
    pages = {name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames}
    walked = set()
    for figure in made.figures:
        if figure.page in ("Summary", "Money", "Outcomes", "Queues") and figure.row and "+" not in figure.column:
            assert stands(pages[figure.page], figure), figure
            walked.add(figure.page)
        elif figure.page == "The division":
            assert stands(pages["Summary"], figure), figure
            walked.add(figure.page)
    assert walked == {"Summary", "Money", "Outcomes", "Queues", "The division"}


def test_sums_and_counts_add_up(made: Memo, case: Case, plan: Plan) -> None:
    by = {(f.page, f.row, f.column): f.value for f in made.figures}
    stocks = plan.tables["stocks"]
    accounts = stocks[stocks["kind"] == "account"]
    idle = accounts[["lapsed", "lost"]].to_numpy().sum() + accounts.groupby("stock")["closing"].last().sum()
    assert by["Money", "Total", "Lapsed + Left at the end"] == pytest.approx(idle / 1e6)
    weak = weak_rows(case, tidy(plan), least=0.0)
    assert by["Evidence", "", "Share of all money"] == pytest.approx(min(1.0, weak["Share of all money"].sum()))
    for figure in made.figures:
        if figure.page == "Evidence" and figure.row:
            sheet, _, row = figure.row.partition(" / ")
            (found,) = weak[(weak["Sheet"] == sheet) & (weak["Row"] == row)][figure.column]
            assert figure.value == pytest.approx(found)
    done = plan.tables["activities"]
    assert by["Officers", "asylum officer", "Hired"] == pytest.approx(done[done["kind"] == "hire"]["level"].sum())
    counts = [v for (page, row, column), v in by.items() if page == "Reforms" and column == "decisions" and row]
    assert sum(counts) == by["Reforms", "", "decisions"]
    (table,) = (b for b in made.blocks if isinstance(b, Table) and "Decision" in b.frame)
    assert len(table.frame) == by["Reforms", "", "decisions"]


def test_no_figure_is_said_that_is_not_noted(made: Memo, case: Case, plan: Plan) -> None:
    """What is left when noted figures, quoted sentences, names, cells and dates are taken away has no digit."""
    names = [row.label for row in case.of(Time)] + [standing_of_plan(plan, case).line]
    known = sorted({*names, *(f.text for f in made.figures if f.text)}, key=len, reverse=True)
    for said in texts(made):
        left = said
        for sentence in made.quoted:
            left = left.replace(sentence, "")
        left = re.sub(r"\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][A-Za-z ]+![A-Z]+\d+", "", left)
        for text in known:
            left = re.sub(rf"(?<![\d.,]){re.escape(text)}(?![\d])", "", left)
        assert not re.search(r"\d", left), (said, left)


def test_it_opens_with_people_and_says_what_is_not_kept(made: Memo, case: Case, plan: Plan) -> None:
    assert [b.text for b in made.blocks if isinstance(b, Heading) and b.level == 2] == PARTS
    first = next(b for b in made.blocks if isinstance(b, Text) and b.kind == "plain")
    assert first.text.startswith("Years lived in safety by people who were at risk: ")
    assert " more than if things go on as they are." in first.text
    said = texts(made)
    (broken,) = not_kept(case, plan)
    assert broken in said
    assert next(i for i, t in enumerate(said) if "Proven" in t) > said.index(broken)
    assert any(t.startswith("Spend USD ") and t.endswith(" of partner fund") for t in said)


def test_word_and_html_say_the_same(made: Memo) -> None:
    word = Document(io.BytesIO(made.word()))
    written = [p.text for p in word.paragraphs] + [c.text for t in word.tables for r in t.rows for c in r.cells]
    html = re.sub(r"<[^>]*>", "\n", made.html().partition("<body>")[2])
    for said in texts(made):
        assert said in written
        assert said.replace("&", "&amp;").replace("'", "&#x27;") in html
    assert word.core_properties.title == made.title


def test_a_plan_that_failed_its_check_says_so_at_the_top_and_none_is_refused(case: Case, plan: Plan) -> None:
    said = texts(memo(case, replace(plan, verified=False), DAY))
    assert "THE INDEPENDENT RECOMPUTATION DISAGREES" in said[2]
    with pytest.raises(ValueError, match="no plan to write a memo about"):
        memo(case, Plan(Status.INFEASIBLE, plan.record), DAY)


def test_what_has_no_room_is_counted_and_the_page_named(
    case: Case, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.results.memo.not_kept", lambda *_: [f"promise {'x' * 200}"] * 30)
    said = texts(memo(case, plan, DAY))
    kept = sum(t.startswith("promise") for t in said)
    assert 0 < kept < 10
    assert any(re.fullmatch(r"\.\.\. and \d+ more on sheet Summary of the plan\.", t) for t in said)


@pytest.mark.parametrize("name", ["t02_ports", "t04_earmark_funding", "t15_carry_over", "v03_capital_budgeting"])
def test_cases_without_accounts_headlines_or_evidence_have_one_too(name: str) -> None:
    found = case_from(read_folder(Path(__file__).parents[1] / "cases" / name))
    said = memo(found, solved(found, Options(grid="phases"))[0], DAY)
    assert [b.text for b in said.blocks if isinstance(b, Heading) and b.level == 2] == PARTS
    assert not re.search(r"\bnan\b|\bNone\b|by nothing", " ".join(texts(said)))


@pytest.mark.slow
def test_it_is_one_page(made: Memo, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    office = shutil.which("soffice")
    (tmp_path / "memo.html").write_text(made.html(), encoding="utf-8")
    (tmp_path / "word.docx").write_bytes(made.word())
    if browser:
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={tmp_path / 'memo.pdf'}",
                   f"--user-data-dir={tmp_path / 'profile'}", (tmp_path / "memo.html").as_uri()]  # fmt: skip
        subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    if office:
        home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
        command = [office, "--headless", home, "--convert-to", "pdf", "--outdir", str(tmp_path), "word.docx"]
        subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    printed = list(tmp_path.glob("*.pdf"))
    if not printed:
        pytest.skip("neither a browser nor LibreOffice's word processor is installed")
    for pdf in printed:
        assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 1, pdf.name
