"""A plan given as CASE is the case that it was made from, for every verb: its grid, its scenario, its changes."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from planner.cli import app
from planner.results import read_plan
from planner.workbook import opened, read

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "inputs" / "starter.xlsx"
Planner = Callable[..., Result]
GRID, SCENARIO, CHANGE = "phases", "surge", "Staff!asylum officer / Border post.In post=20"
MORE = "Appropriations!*.Amount=*0.95"
OWN = f"(grid {GRID}, scenario {SCENARIO}, changed: {CHANGE})"
HAND = ("--forbid", "Programmes!recruitment support")
ALL = ("public money", "years waiting", "over the limit", "legal admissions")
VERBS: dict[str, tuple[str, ...]] = {
    "solve": (),
    "show": (),
    "validate": (),
    "explain": ("--top", "1"),
    "sweep": ("--cell", "Appropriations!*.Amount=95%..100%", "--points", "2"),
    "packages": ("--steps", "-10"),
    "goal": ("--target", "safe years>=700", "--least", "money"),
    "front": ("--outcome", "safe years", "--outcome", "public money", "--points", "2"),
    "alternatives": ("--within", "2%", "--plans", "1", "--seconds", "5"),
    "override": HAND,
    "fairness": ("--outcome", "safe years", "--alpha", "1"),
    "weigh": ("--weight", "safe years=1"),
    "steer": ("--improve", "safe years", *(word for name in ALL for word in ("--free", name))),
    "uncertain": ("--inputs", "1", "--searched", "0"),
    "compare": ("--set", MORE),
    "export": ("model.lp",),
    "reference evidence": (),
    "reference coverage": (),
    "reference compare-regimes": (),
}
GRIDDED = [verb for verb in VERBS if verb not in ("show", "validate") and not verb.startswith("reference")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan on another grid than the workbook's, in a scenario, with a change."""
    path = tmp_path_factory.mktemp("plans") / "made.xlsx"
    words = ["solve", str(STARTER), "--grid", GRID, "--scenario", SCENARIO, "--set", CHANGE, "--out", str(path), "-q"]
    assert CliRunner().invoke(app, words).exit_code == 0
    return path


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def call(planner: Planner, verb: str, *words: object) -> str:
    """Standard output of a verb on one line, as long as it is."""
    result = planner(*verb.split(), *words)
    assert result.exit_code in (0, 5) or verb == "reference coverage", result.output
    return " ".join(result.stdout.split())


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the guard lets each file in."""
    found: Counter[str] = Counter()

    def counting(data: bytes) -> None:
        found[sha256(data).hexdigest()] += 1
        guard(data)

    guard = opened.guard
    monkeypatch.setattr(opened, "guard", counting)
    return found


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_stands_on_what_the_plan_stands_on(
    planner: Planner, made: Path, openings: Counter[str], verb: str
) -> None:
    told = call(planner, verb, made, *VERBS[verb])
    assert told[: told.index(")") + 1].endswith(OWN), told[:300]
    opened_once = 2 if verb == "compare" else 1  # two sides, each opened by itself
    assert openings[sha256(made.read_bytes()).hexdigest()] == opened_once


@pytest.mark.parametrize("verb", GRIDDED)
def test_what_is_asked_for_comes_on_top_or_instead(planner: Planner, made: Path, verb: str) -> None:
    told = call(planner, verb, made, *VERBS[verb], "--grid", "every 400 days", "--set", MORE, "--scenario", "none")
    changes = f"{CHANGE}; {MORE}" if verb != "compare" else f"{CHANGE}; {MORE}; {MORE}"
    assert f"(grid every 400 days, no scenario, changed: {changes})" in told, told[:300]


def test_the_same_plan_comes_out_again(planner: Planner, made: Path) -> None:
    call(planner, "solve", made, "--out", "again.xlsx")
    one, two = read_plan(made), read_plan("again.xlsx")
    assert (one.objective, one.record.input_sha256) == (two.objective, two.record.input_sha256)
    for name, table in one.tables.items():
        assert table.equals(two.tables[name]), name


def test_the_printed_command_makes_the_same_plan(planner: Planner, made: Path) -> None:
    page = load_workbook(made, read_only=True)["Record"]
    (line,) = [str(row[1]) for row in page.iter_rows(values_only=True) if row[0] == "To solve again"]
    words = [str(STARTER) if word == "CASE.xlsx" else word for word in shlex.split(line)[1:]]
    assert planner(*words, "--out", "again.xlsx").exit_code == 0
    assert read_plan("again.xlsx").objective == read_plan(made).objective


def test_futures_weigh_the_case_as_it_stands_too(planner: Planner, made: Path) -> None:
    told = call(planner, "futures", made, "--no-regret")
    assert told[: told.index(")") + 1].endswith(f"(grid {GRID}, no scenario, changed: {CHANGE})")


def test_a_plan_is_verified_against_a_plan_as_against_its_workbook(planner: Planner, made: Path) -> None:
    """The changes of the plan that is CASE do not hold beneath those of the plan that is checked."""
    words = ("--set", "Appropriations!*.Amount=*0.9", "--out")
    call(planner, "solve", made, *words, "less.xlsx")
    assert planner("verify", made, "less.xlsx", "--quiet").exit_code == 0
    assert planner("verify", "less.xlsx", "less.xlsx", "--quiet").exit_code == 0
    assert planner("verify", "less.xlsx", made, "--quiet").exit_code == 0


def test_a_golden_file_says_how_a_plan_is_solved(planner: Planner, made: Path) -> None:
    golden = ("--golden", "g.json")
    call(planner, "check", made, *golden, "--update", "--reason", "first", "--set", "Appropriations!*.Amount=*0.9")
    told = call(planner, "check", made, *golden)
    assert f"changed: {CHANGE}; Appropriations!*.Amount=*0.9)" in told
    assert call(planner, "check", STARTER, *golden)


def test_a_copy_of_a_plan_is_a_copy_of_its_workbook(planner: Planner, made: Path) -> None:
    call(planner, "template", "form.xlsx", "--from", made)
    call(planner, "validate", made, "--annotate", "marked.xlsx")
    assert "Problems" in load_workbook("marked.xlsx").sheetnames
    for path in ("form.xlsx", "marked.xlsx"):
        assert {kind: rows for kind, rows in read(path).rows.items() if rows} == read(STARTER).rows


def test_so_it_is_where_a_case_comes_with_it(planner: Planner, made: Path, openings: Counter[str]) -> None:
    plan = sha256(made.read_bytes()).hexdigest()
    for verb, more in {"verify": (), "override": HAND, "reference review": (), "reference evidence": ()}.items():
        openings.clear()
        call(planner, verb, STARTER, made, *more)
        assert openings[plan] == 1, verb


def test_plans_beside_each_other_are_compared_once(
    planner: Planner, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner import explain

    calls: list[int] = []
    compare = explain.compare
    monkeypatch.setattr(explain, "compare", lambda entries: calls.append(1) or compare(entries))
    call(planner, "compare", made, STARTER, "--json", "c.json")
    assert len(calls) == 1
    assert json.loads(Path("c.json").read_text(encoding="utf-8"))["told"]


def test_the_app_says_where_a_plan_is_taken(planner: Planner, made: Path) -> None:
    result = planner("app", made)
    assert result.exit_code == 2
    assert "upload the plan on its page Data" in " ".join(result.output.split())


def test_what_stands_on_a_damaged_plan_is_a_sentence(planner: Planner, tmp_path: Path, made: Path) -> None:
    book = load_workbook(made)
    del book["Table stocks"]
    book.save(tmp_path / "torn.xlsx")
    for verb in ("show", "solve", "explain"):
        result = planner(verb, tmp_path / "torn.xlsx")
        assert result.exit_code == 2
        assert re.search("sheet 'Table stocks'\\s+is missing", result.output), result.output
