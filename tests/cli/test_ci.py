"""The verbs of CI: check, diff, textconv, freeze and thaw, as a job or a reviewer uses them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from typer.testing import Result

from planner.golden import read_golden
from planner.golden.strict import seal_of
from planner.workbook import write_template
from tests.checks.edits import edited, starter

Planner = Callable[..., Result]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "mine.xlsx"
    write_template(path, raw_tables=starter())
    return path


@pytest.fixture
def golden(planner: Planner, book: Path, tmp_path: Path) -> Path:
    path = tmp_path / "mine.json"
    result = planner(
        "check", book, "--golden", path, "--grid", "phases", "--update", "--reason", "first", "--gap", 0, "-q"
    )
    assert (result.exit_code, result.stdout) == (0, "")
    return path


def change(book: Path, *edits: tuple[str, str, dict[str, object]]) -> None:
    write_template(book, raw_tables=edited(*edits))


CUT = ("Appropriations", "asylum budget / P2", {"Amount": 10.0})


def test_the_same_plan_passes(planner: Planner, book: Path, golden: Path, tmp_path: Path) -> None:
    result = planner("check", book, "--golden", golden, "--junit", tmp_path / "j.xml", "--markdown", tmp_path / "m.md")
    assert result.exit_code == 0
    assert "no difference in" in result.stdout
    assert ElementTree.parse(tmp_path / "j.xml").getroot()[0].get("failures") == "0"
    assert (tmp_path / "m.md").read_text(encoding="utf-8").startswith("### ✅")
    assert planner("check", book, "--golden", golden, "--quiet").stdout == ""


def test_97_a_plan_that_moved_fails_with_code_six_and_names_the_cell(
    planner: Planner, book: Path, golden: Path, tmp_path: Path
) -> None:
    change(book, CUT)
    junit, page = tmp_path / "j.xml", tmp_path / "m.md"
    result = planner("check", book, "--golden", golden, "--quiet", "--junit", junit, "--markdown", page)
    assert result.exit_code == 6
    lines = result.stdout.splitlines()
    assert "(grid phases, no scenario, no changes)" in lines[0]
    assert "figures differ" in lines[1]
    assert lines[2].startswith("  objective: 73,574 -> ")
    assert "likely cause: Appropriations!D6 (asylum budget / P2), Amount: 14 -> 10" in lines[3]
    assert "--update --reason" in lines[-1]
    assert int(ElementTree.parse(junit).getroot()[0].get("failures", "0")) >= 3
    assert page.read_text(encoding="utf-8").startswith("### ❌")
    again = planner("check", book, "--golden", golden, "-q", "--update", "--reason", "the budget was cut")
    assert (again.exit_code, again.stdout) == (0, "")
    assert planner("check", book, "--golden", golden).exit_code == 0


def test_tolerances_are_kept_with_the_file(planner: Planner, book: Path, golden: Path) -> None:
    change(book, ("Appropriations", "asylum budget / P2", {"Amount": 11.0}))
    assert planner("check", book, "--golden", golden).exit_code == 6
    loose = ["--tolerance", "objective=5%"]
    for group in ("outcomes", "money", "totals", "countries"):
        loose += ["--tolerance", f"{group}=90%"]
    loose += ["--tolerance", "switches=400", "--tolerance", "rules=ignore"]
    assert planner("check", book, "--golden", golden, *loose).exit_code == 0
    shutil.copy(book, keep := book.with_name("kept.xlsx"))
    change(book)
    assert planner("check", book, "--golden", golden, "--update", "--reason", "looser", *loose).exit_code == 0
    assert planner("check", keep, "--golden", golden).exit_code == 0


def test_what_a_search_left_open_is_no_difference(
    planner: Planner, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In models so large that a gap may stay open."""
    monkeypatch.setattr("planner.solver.session.SMALL", 0)
    path = tmp_path / "loose.json"
    assert planner("check", book, "--golden", path, "--update", "--reason", "first", "--gap", 0.2).exit_code == 0
    assert read_golden(path).figures.open_points > 100.0
    change(book, ("Staff", "asylum officer / Border post", {"Hiring limit": 39.9}))
    result = planner("check", book, "--golden", path, "--gap", 0.2)
    assert "moved by less than the searches left open, which is no difference" in result.stdout
    assert result.exit_code == 0
    assert "(asylum officer / Border post), Hiring limit: 40 -> 39.9" in result.stdout
    assert planner("check", book, "--golden", path, "--gap", 0.2, "--strict").exit_code == 6


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--golden", "none.json"], "There is no golden file 'none.json'"),
        (["--golden", "torn.json"], "is no JSON: line 1"),
        (["--golden", "mine.json", "--update"], "--update needs --reason"),
        (["--golden", "mine.json", "--reason", "x"], "add --update"),
        (["--golden", "mine.json", "--grid", "months"], "grid 'phases'"),
        (["--golden", "mine.json", "--tolerance", "luck=1"], "names no group"),
        (["--golden", "mine.json", "--junit", "no/where.xml"], "no folder"),
        (["--golden", "mine.json", "--threads", "0"], "--threads must be at least 1"),
        (["--golden", "other.json"], "belongs to another case: 'Another'"),
        (["--golden", "mine.txt", "--update", "--reason", "x"], "must end in .json"),
        (["--golden", "torn.json", "--update", "--reason", "x"], "is no JSON: line 1"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    planner: Planner, book: Path, golden: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    monkeypatch.chdir(golden.parent)
    Path("torn.json").write_text("{", encoding="utf-8")
    text = golden.read_text(encoding="utf-8")
    content = json.loads(text.replace("Starter: two countries, three phases", "Another"))
    Path("other.json").write_text(json.dumps({**content, "seal": seal_of(content)}), encoding="utf-8")
    result = planner("check", book, *words)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert golden.read_text(encoding="utf-8") == text


def test_a_workbook_with_errors_leaves_a_file_for_the_ci_system(
    planner: Planner, book: Path, golden: Path, tmp_path: Path
) -> None:
    change(book, ("Appropriations", "asylum budget / P2", {"Amount": "lots"}))
    junit = tmp_path / "j.xml"
    result = planner("check", book, "--golden", golden, "--junit", junit, "--markdown", tmp_path / "m.md")
    assert result.exit_code == 3
    assert ElementTree.parse(junit).getroot()[0].get("errors") == "1"
    assert "no verdict" in (tmp_path / "m.md").read_text(encoding="utf-8")


def test_an_infeasible_case_is_guarded_too(planner: Planner, book: Path, golden: Path) -> None:
    change(book, ("Rules", "protection at home at least a tenth", {"Value": 1.0, "Relation": "at least share of"}))
    result = planner("check", book, "--golden", golden)
    if "status" in result.stdout:
        assert "optimal within gap -> infeasible" in result.stdout
    assert result.exit_code == 6


def test_the_difference_of_two_workbooks_is_told_by_row_and_column(
    planner: Planner, book: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.xlsx"
    shuffled = {name: list(reversed(rows)) for name, rows in reversed(edited(CUT).items())}
    shuffled["Places"] = [row for row in shuffled["Places"] if row["Place"] != "Southland"]
    write_template(other, raw_tables=shuffled)
    lines = planner("diff", book, other).stdout.splitlines()
    assert lines[-1] == "2 rows differ."
    assert "  asylum budget / P2" in lines
    assert any(line.strip().startswith("Amount (") and line.endswith(": 14 -> 10") for line in lines)
    assert "  - Southland" in lines
    assert planner("diff", book, book).stdout.splitlines()[-1] == "No cell differs."


def test_the_difference_of_two_plans_is_told_by_decisions_outcomes_and_tables(
    planner: Planner, book: Path, tmp_path: Path
) -> None:
    one, same, two = (tmp_path / f"{n}.xlsx" for n in ("one", "same", "two"))
    for path, sets in ((one, []), (same, []), (two, ["--set", "Appropriations!asylum budget / P2.Amount=10"])):
        assert planner("solve", book, "--grid", "phases", "--gap", 0, "-q", "--out", path, *sets).exit_code == 0
    for other in (one, same):
        assert planner("diff", one, other).stdout.splitlines()[-1] == "No cell differs."
    told = planner("diff", one, two).stdout
    assert "objective, points" in told
    assert "- Appropriations!D6 (asylum budget / P2), Amount: 14 -> 10." in told.replace("\n", " ")
    assert told.index("objective, points") < told.index("Table outcomes")
    assert "Table activities" in told
    assert "value (" in told


def test_a_workbook_and_its_folder_are_the_same_text(planner: Planner, book: Path, tmp_path: Path) -> None:
    assert planner("freeze", book, tmp_path / "folder").exit_code == 0
    text = planner("textconv", book).stdout
    assert planner("textconv", tmp_path / "folder").stdout == text
    assert "Appropriations!asylum budget / P2.Amount = 14" in text.splitlines()
    assert planner("thaw", tmp_path / "folder", tmp_path / "back.xlsx").exit_code == 0
    assert planner("textconv", tmp_path / "back.xlsx").stdout == text
    assert planner("diff", book, tmp_path / "folder").stdout.splitlines()[-1] == "No cell differs."


def test_what_is_no_cell_is_counted_in_the_last_line(planner: Planner, book: Path) -> None:
    before = planner("textconv", book).stdout
    opened = load_workbook(book)
    opened["Appropriations"].add_chart(BarChart(), "K2")
    opened["Staff"]["B9"].comment = Comment("ask again", "office")
    opened.save(book)
    *cells, last = planner("textconv", book).stdout.splitlines()
    assert "\n".join(cells) + "\n" == before
    assert last == "(not shown, because they are no cells: 1 chart (Appropriations), 1 comment (Staff))"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["freeze", "folder", "new"], "is a folder already"),
        (["freeze", "mine.xlsx", "folder"], "--force"),
        (["freeze", "mine.xlsx", "full"], "holds other files"),
        (["thaw", "mine.xlsx", "a.xlsx"], "is no folder"),
        (["thaw", "folder", "mine.xlsx"], "exists already"),
        (["thaw", "folder", "a.csv"], "must end in .xlsx"),
        (["thaw", "torn", "a.xlsx"], "cannot be read"),
        (["diff", "mine.xlsx", "nothing.xlsx"], "There is no file"),
        (["textconv", "nothing.xlsx"], "There is no file"),
    ],
)
def test_wrong_usage_of_folders(
    planner: Planner, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    planner("freeze", book, "folder")
    shutil.copytree("folder", "torn")
    Path("torn/frozen.json").write_text("?", encoding="utf-8")
    Path("full").mkdir()
    Path("full/a.txt").touch()
    result = planner(*words)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_git_shows_cells(book: Path, tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not on this machine")
    repository = tmp_path / "repository"
    repository.mkdir()

    def git(*words: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main", *words]
        run = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=120, check=True)
        return run.stdout

    git("init", "-q")
    root = Path(__file__).parents[2]
    textconv = f'PYTHONPATH="{root}" "{sys.executable}" -m planner textconv'
    git("config", "diff.planner.textconv", textconv)
    (repository / ".gitattributes").write_text("*.xlsx diff=planner\n", encoding="utf-8")
    shutil.copy(book, repository / "budget.xlsx")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    change(repository / "budget.xlsx", CUT)
    told = git("diff")
    assert "-Appropriations!asylum budget / P2.Amount = 14\n+Appropriations!asylum budget / P2.Amount = 10\n" in told
    assert told.count("\n+") == 2  # the cell and the header of the file
    (repository / "budget.xlsx").write_bytes(b"torn")
    assert "not readable as a workbook" in git("diff")
