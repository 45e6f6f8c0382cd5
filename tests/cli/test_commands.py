"""The commands on the first-lesson workbook, through the public path."""

import json
import shutil
import sys
from pathlib import Path

import openpyxl
import pytest

from planner import __version__


@pytest.fixture(scope="module")
def solved(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the starter's plan as workbook and JSON, solved once."""
    from typer.testing import CliRunner

    from planner.cli import app

    folder = tmp_path_factory.mktemp("solved")
    words = ["solve", str(starter), "--out", str(folder / "plan.xlsx"), "--json", str(folder / "plan.json")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    (folder / "screen.txt").write_text(result.stdout, encoding="utf-8")
    return folder


def test_version(planner) -> None:
    lines = dict(line.split(" ", 1) for line in planner("version").stdout.splitlines())
    assert lines["planner"] == __version__
    assert lines["python"] == sys.version.split()[0]
    assert "highspy" in lines


def test_no_command_shows_help(planner) -> None:
    result = planner()
    assert result.exit_code == 2
    assert "validate" in result.output


@pytest.mark.parametrize("command", ["template", "validate", "solve", "verify", "export", "show", "version"])
def test_every_command_has_help(planner, command: str) -> None:
    result = planner(command, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


def test_exit_codes_are_in_the_help(planner) -> None:
    assert "6 verification failed" in " ".join(planner("--help").stdout.split())


def test_validate_a_good_workbook(planner, starter: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    result = planner("validate", starter, "--json", report)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip().splitlines()[-1].startswith("0 errors")
    assert json.loads(report.read_text(encoding="utf-8"))["valid"] is True


def test_validate_a_packaged_case_by_its_word(planner) -> None:
    assert planner("validate", "starter").exit_code == 0


@pytest.fixture
def faulty(starter: Path, tmp_path: Path) -> Path:
    """The starter with phases that begin on no date."""
    path = tmp_path / "faulty.xlsx"
    book = openpyxl.load_workbook(starter)
    header = next(cell for row in book["Time"].iter_rows() for cell in row if cell.value == "From")
    for number in range(1, 4):
        header.offset(row=number).value = "next spring"
    book.save(path)
    return path


def test_validate_a_faulty_workbook(planner, faulty: Path, tmp_path: Path) -> None:
    marked = tmp_path / "marked.xlsx"
    result = planner("validate", faulty, "--annotate", marked, "--json", tmp_path / "a.json")
    assert result.exit_code == 3
    assert "next spring" in result.stdout
    assert "Errors" in result.stdout
    assert marked.exists()
    found = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert found["valid"] is False
    assert found["errors"] >= 2


def test_solve_a_faulty_workbook(planner, faulty: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.xlsx"
    result = planner("solve", faulty, "--out", out)
    assert result.exit_code == 3
    assert not out.exists()


def test_a_text_file_is_no_workbook(planner, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("hello", encoding="utf-8")
    for words in (("validate", path), ("solve", path, "--out", tmp_path / "b.xlsx"), ("show", path)):
        result = planner(*words)
        assert result.exit_code == 3, words
        assert "Traceback" not in result.output


def test_solved_json_has_what_machines_need(solved: Path) -> None:
    found = json.loads((solved / "plan.json").read_text(encoding="utf-8"))
    assert found["verified"] is True
    wanted = {
        "status", "objective", "bound", "gap", "verified", "outcomes", "totals", "rows", "columns", "nonzeros",
        "binaries", "seconds", "input_sha256", "versions",
    }  # fmt: skip
    assert wanted <= set(found)
    assert {"read", "validate", "compile", "build", "solve", "extract", "verify", "write"} <= set(found["seconds"])


def test_solve_says_where_the_plan_is(solved: Path) -> None:
    assert f"Written: {solved / 'plan.xlsx'}" in (solved / "screen.txt").read_text(encoding="utf-8")


def test_verify_agrees(planner, starter: Path, solved: Path) -> None:
    result = planner("verify", starter, solved / "plan.xlsx")
    assert result.exit_code == 0, result.output
    assert "fingerprint" not in result.stderr


def test_verify_refuses_something_that_is_no_plan(planner, starter: Path) -> None:
    result = planner("verify", starter, starter)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1


def test_show_a_plan_and_a_case(planner, starter: Path, solved: Path) -> None:
    plan, case = planner("show", solved / "plan.xlsx"), planner("show", starter)
    assert plan.exit_code == case.exit_code == 0
    assert "Funding" in case.stdout
    assert plan.stdout.strip()
    assert planner("show", solved / "plan.xlsx", "--case", starter).exit_code == 0


@pytest.mark.parametrize("suffix", [".mps", ".lp"])
def test_export(planner, starter: Path, tmp_path: Path, suffix: str) -> None:
    model = tmp_path / f"model{suffix}"
    result = planner("export", starter, model, "--grid", "phases")
    assert result.exit_code == 0, result.output
    assert model.stat().st_size > 1000


def test_export_knows_two_formats(planner, starter: Path, tmp_path: Path) -> None:
    result = planner("export", starter, tmp_path / "model.txt")
    assert result.exit_code == 2
    assert "must end in .mps or .lp" in result.stderr


def test_template_is_a_workbook(planner, tmp_path: Path) -> None:
    out = tmp_path / "new.xlsx"
    assert planner("template", out).exit_code == 0
    assert "Funding" in openpyxl.load_workbook(out).sheetnames


def test_template_never_overwrites_unasked(planner, starter: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.xlsx"
    shutil.copy(starter, out)
    before = out.read_bytes()
    result = planner("template", out)
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert out.read_bytes() == before
    assert planner("template", out, "--force").exit_code == 0
    assert out.read_bytes() != before


def test_template_from_a_case_is_the_same_case(planner, starter: Path, tmp_path: Path) -> None:
    out = tmp_path / "renewed.xlsx"
    assert planner("template", out, "--from", starter).exit_code == 0
    assert planner("validate", out).exit_code == 0


def test_set_changes_the_case(planner, starter: Path, tmp_path: Path) -> None:
    result = planner("solve", starter, "--set", "Nowhere!x.y=1", "--out", tmp_path / "a.xlsx")
    assert result.exit_code == 3
    assert "Nowhere" in result.stderr


def test_a_plan_of_changed_cells_is_verified_with_them(planner, starter: Path, tmp_path: Path) -> None:
    out, told = tmp_path / "plan.xlsx", tmp_path / "plan.json"
    change = "Settings!political capital a year.Value=3"
    words = ("--grid", "phases", "--set", change, "--out", out, "--json", told)
    assert planner("solve", starter, *words).exit_code == 0
    found = json.loads(told.read_text(encoding="utf-8"))
    assert found["grid"] == "phases"
    assert found["changes"] == [change]
    result = planner("verify", starter, out)
    assert result.exit_code == 0, result.output
    assert "fingerprint" not in result.stderr


def test_json_is_verified_and_found_where_it_was_touched(planner, starter: Path, tmp_path: Path) -> None:
    told = tmp_path / "plan.json"
    assert planner("solve", starter, "--grid", "phases", "--json", told, "--quiet").exit_code == 0
    result = planner("verify", starter, told)
    assert result.exit_code == 0, result.output
    assert "Taken on trust" in result.stdout
    found = json.loads(told.read_text(encoding="utf-8"))
    found["headline"]["divided"][2]["Plan total or average"] *= 2
    told.write_text(json.dumps(found), encoding="utf-8")
    result = planner("verify", starter, told, "--quiet")
    assert result.exit_code == 6
    assert "headline.divided.2.Plan total or average" in result.stdout


def test_a_plan_of_another_state_of_the_workbook_is_refused(
    planner, starter: Path, solved: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.xlsx"
    book = openpyxl.load_workbook(starter)
    book["Settings"].cell(60, 1).comment = None
    book.save(changed)
    result = planner("verify", changed, solved / "plan.xlsx", "--quiet")
    assert result.exit_code == 6
    assert "another state of the workbook" in result.stdout
    assert planner("verify", changed, solved / "plan.xlsx", "--allow-changed-input", "--quiet").exit_code == 0


def test_a_key_that_is_too_short_is_told(planner, starter: Path, solved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_SEAL_KEY", "short")
    result = planner("verify", starter, solved / "plan.xlsx")
    assert result.exit_code == 2
    assert "at least 16" in result.stderr


def test_a_folder_of_tables_is_a_case(planner, starter: Path, tmp_path: Path) -> None:
    from planner.workbook import read_folder, write_folder

    folder = starter.with_suffix("")
    write_folder(tmp_path / "tables", read_folder(folder))
    assert planner("validate", tmp_path / "tables").exit_code == 0
    assert planner("validate", tmp_path / "tables", "--annotate", tmp_path / "a.xlsx").exit_code == 2
    assert planner("template", tmp_path / "a.xlsx", "--from", tmp_path / "tables").exit_code == 0
    assert planner("validate", tmp_path / "a.xlsx").exit_code == 0
