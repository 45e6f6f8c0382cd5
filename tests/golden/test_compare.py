"""What counts as a difference, what the open gaps leave undecided, and which cells are suspected."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from planner.case import Case
from planner.golden import (
    Golden,
    GoldenError,
    Tolerances,
    check_golden,
    compare_figures,
    junit,
    markdown,
    options_of,
    read_golden,
    solved,
    text,
    update_golden,
    write_golden,
)
from planner.golden.figures import Figures, OutcomeFigure
from planner.golden.report import junit_error
from planner.golden.strict import seal_of
from planner.golden.tolerances import IGNORE, ToleranceError, parse
from planner.options import Options
from planner.plan import Plan, Status
from planner.workbook import read

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
PROVEN = Figures(
    "optimal within gap",
    objective=1000.0,
    outcomes={"safe": OutcomeFigure(500.0, "people", 2.0), "cost": OutcomeFigure(7.0, "USD million", 0.0)},
    money={"fund": {"P1": 3.0, "P2": 4.0}},
    totals={"officers": {"P1": 10.0, "plan": 10.0}},
    countries={"money": {"East": {"P1": 3.0, "plan": 3.0}}},
    switches={"open:post": "2025-01-01"},
    rules={"floor [P1]": 3.0},
    size={"rows": 100},
)
LOOSE = replace(PROVEN, open_points=10.0)
NONE = Tolerances()


def names(before: Figures, after: Figures, tolerances: Tolerances = NONE) -> list[tuple[str, str]]:
    return [(c.name, c.verdict) for c in compare_figures(before, after, tolerances)]


def test_the_same_figures_are_no_difference() -> None:
    assert names(PROVEN, PROVEN) == []
    noise = replace(PROVEN, objective=1000.0 * (1.0 + 1e-9), money={"fund": {"P1": 3.0 + 1e-9, "P2": 4.0}})
    assert names(PROVEN, noise) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"objective": 1000.01}, "objective"),
        ({"outcomes": {**PROVEN.outcomes, "safe": OutcomeFigure(500.01, "people", 2.0)}}, "outcome safe"),
        ({"outcomes": {**PROVEN.outcomes, "new": OutcomeFigure(1.0, "people", 2.0)}}, "outcome new"),
        ({"outcomes": {"safe": PROVEN.outcomes["safe"]}}, "outcome cost"),
        ({"money": {"fund": {"P1": 3.01, "P2": 4.0}}}, "money fund, P1"),
        ({"money": {"fund": PROVEN.money["fund"], "gift": {"P1": 0.1}}}, "money gift, P1"),
        ({"money": {}}, "money fund, P1"),
        ({"totals": {"officers": {"P1": 10.1, "plan": 10.0}}}, "total officers, P1"),
        ({"countries": {"money": {"East": {"P1": 3.1, "plan": 3.0}}}}, "country money, East, P1"),
        ({"countries": {"money": {"West": {"P1": 3.0, "plan": 3.0}}}}, "country money, West, P1"),
        ({"switches": {"open:post": "2025-01-02"}}, "decision open:post"),
        ({"switches": {}}, "decision open:post"),
        ({"switches": {**PROVEN.switches, "close:post": "2026-01-01"}}, "decision close:post"),
        ({"rules": {}}, "binding rule floor [P1]"),
        ({"rules": {"floor [P1]": 3.5}}, "binding rule floor [P1]"),
        ({"size": {"rows": 101}}, "model's rows"),
        ({"status": "infeasible"}, "status"),
    ],
)
def test_each_kind_of_figure_is_guarded(change: dict[str, object], name: str) -> None:
    assert (name, "changed") in names(PROVEN, replace(PROVEN, **change))


def test_ranges_that_overlap_are_no_difference() -> None:
    """The best plans lie in [1000, 1010] and [1008, 1018]: nobody can say that the best one moved."""
    moved = replace(LOOSE, objective=1008.0, switches={}, money={"fund": {"P1": 5.0, "P2": 2.0}})
    found = names(LOOSE, moved)
    assert found
    assert {verdict for _, verdict in found} == {"open"}


def test_ranges_apart_are_a_difference_and_so_is_all_that_moved_with_it() -> None:
    moved = replace(LOOSE, objective=1011.0, switches={})
    assert names(LOOSE, moved) == [("objective", "changed"), ("decision open:post", "changed")]
    worse = replace(LOOSE, objective=989.0)
    assert names(LOOSE, worse) == [("objective", "changed")]
    assert names(LOOSE, replace(LOOSE, objective=991.0)) == [("objective", "open")]


def test_a_stated_tolerance_binds_even_where_the_gap_is_open() -> None:
    moved = replace(LOOSE, outcomes={**LOOSE.outcomes, "cost": OutcomeFigure(9.0, "USD million", 0.0)})
    assert names(LOOSE, moved) == [("outcome cost", "open")]
    assert names(LOOSE, moved, parse(["outcomes/cost=10%"])) == [("outcome cost", "changed")]
    assert names(LOOSE, moved, parse(["outcomes/cost=0.5"])) == []
    assert names(LOOSE, moved, parse(["outcomes=10%", "outcomes/cost=ignore"])) == []


def test_a_changed_model_is_told_even_where_the_gap_is_open() -> None:
    assert names(LOOSE, replace(LOOSE, size={"rows": 101})) == [("model's rows", "changed")]


def test_dates_may_move_by_the_tolerated_days() -> None:
    later = replace(PROVEN, switches={"open:post": "2025-01-20"})
    assert names(PROVEN, later, parse(["switches=19"])) == []
    assert names(PROVEN, later, parse(["switches=18"])) == [("decision open:post", "changed")]
    assert names(PROVEN, replace(PROVEN, switches={}), parse(["switches=9999"])) != []


def test_the_largest_changes_come_first() -> None:
    moved = replace(
        PROVEN,
        objective=900.0,
        money={"fund": {"P1": 3.001, "P2": 1.0}},
        outcomes={**PROVEN.outcomes, "safe": OutcomeFigure(499.0, "people", 2.0)},
    )
    assert [n for n, _ in names(PROVEN, moved)] == ["objective", "money fund, P2", "outcome safe", "money fund, P1"]


def test_a_change_below_the_figures_shown_shows_more_of_them() -> None:
    (change,) = compare_figures(PROVEN, replace(PROVEN, objective=1000.01), NONE)
    assert change.moved == "1,000 -> 1,000.01 points (+0.01, +0.001 %)"


@pytest.mark.parametrize("word", ["outcomes", "luck=1", "outcomes=", "outcomes=-1", "money=nan", "money=inf", "=3"])
def test_tolerances_that_mean_nothing_are_refused(word: str) -> None:
    with pytest.raises(ToleranceError, match="--tolerance"):
        parse([word])


def test_the_longest_path_counts() -> None:
    stated = parse(["money=1%", "money/fund=2%", "money/fund/P2=ignore"])
    assert stated.of("money", "other", "P1") == 0.01
    assert stated.of("money", "fund", "P1") == 0.02
    assert stated.of("money", "fund", "P2") == IGNORE
    assert stated.of("outcomes", "safe") == 1e-6


@pytest.fixture(scope="module")
def base() -> tuple[Case, Plan]:
    case = read(STARTER)
    return case, solved(case, Options(gap=0.0, grid="phases"))[0]


@pytest.fixture
def golden(base: tuple[Case, Plan], tmp_path: Path) -> Golden:
    made, differs = update_golden(*base, None, "first figures", today=date(2026, 1, 2))
    assert differs
    write_golden(made, tmp_path / "g.json")
    return read_golden(tmp_path / "g.json")


def test_a_golden_file_says_all_that_it_was_given(base: tuple[Case, Plan], golden: Golden) -> None:
    made, differs = update_golden(*base, golden, "nothing new")
    assert (made, differs) == (golden, False)
    assert golden.history[0].date == "2026-01-02"
    report = check_golden(*base, golden)
    assert report.ok
    assert "no difference in" in text(report)
    assert not report.changes


@pytest.mark.parametrize(
    ("change", "near", "cell"),
    [
        ("Appropriations!asylum budget / P2.Amount=10", "money asylum budget, P2", "Appropriations!"),
        ("Outcomes!public money.Weight=5", "objective", "Outcomes!"),
        ("Settings!political capital at start.Value=0", "objective", "Settings!"),
    ],
)
def test_the_cell_that_moved_a_figure_is_named(golden: Golden, change: str, near: str, cell: str) -> None:
    case = read(STARTER, sets=(change, "Places!Southland.People in need=61000", "Groups!*.Note=x"))
    plan, report = solved(case, Options(gap=0.0, grid="phases"))
    assert report is not None
    assert report.ok
    found = check_golden(case, plan, golden)
    assert not found.ok
    moved = {c.name: c for c in found.differences}
    assert near in moved
    causes = moved[near].causes
    assert any(cause.startswith(cell) for cause in causes)
    if near != "objective":
        assert causes[0].startswith(cell)
    assert {(c.sheet, c.row) for c in found.inputs} >= {
        (change.partition("!")[0], change.partition("!")[2].rpartition(".")[0])
    }


def test_without_a_changed_cell_the_packages_are_suspected(base: tuple[Case, Plan], golden: Golden) -> None:
    old = replace(
        golden, versions={**golden.versions, "highspy": "1.0.0"}, figures=replace(golden.figures, objective=1.0)
    )
    (change, *_) = check_golden(*base, old).differences
    assert any(cause.startswith("highspy 1.0.0 -> ") for cause in change.causes)
    same = replace(golden, figures=replace(golden.figures, objective=1.0))
    (change, *_) = check_golden(*base, same).differences
    assert "planner's own code" in change.causes[0]


def test_rows_that_are_new_or_gone_are_told(base: tuple[Case, Plan], golden: Golden) -> None:
    inputs = {sheet: dict(rows) for sheet, rows in golden.inputs.items()}
    gone = inputs["Places"].pop("Southland")
    inputs["Places"]["Nowhere"] = gone
    told = [c.sentence for c in check_golden(*base, replace(golden, inputs=inputs)).inputs]
    assert "Places, row 'Nowhere': the row is gone" in told
    assert any(line.endswith("(Southland): the row is new") for line in told)


@pytest.mark.parametrize(("what", "value"), [("case", "Another"), ("grid", "months"), ("scenario", "surge")])
def test_the_golden_of_another_case_is_refused(base: tuple[Case, Plan], golden: Golden, what: str, value: str) -> None:
    with pytest.raises(GoldenError, match=f"another {what}: '{value}'"):
        check_golden(*base, replace(golden, **{what: value}))


def test_options_follow_the_golden_file(golden: Golden) -> None:
    assert options_of(golden, gap=None, grid="").grid == "phases"
    assert options_of(golden).gap == 0.0
    assert options_of(golden, threads=2).threads == 2
    with pytest.raises(GoldenError, match="grid 'phases'"):
        options_of(golden, grid="months")
    assert options_of(golden, anew=True, grid="months").grid == "months"
    assert options_of(None, gap=0.5).gap == 0.5


@pytest.mark.parametrize("reason", ["", "   "])
def test_an_update_needs_a_reason(base: tuple[Case, Plan], reason: str) -> None:
    with pytest.raises(GoldenError, match="--reason"):
        update_golden(*base, None, reason)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": Status.FEASIBLE}, "gap open"),
        ({"status": Status.NO_PLAN}, "no plan"),
        ({"verified": False}, "independent check"),
    ],
)
def test_only_proven_and_checked_plans_are_accepted(
    base: tuple[Case, Plan], change: dict[str, object], words: str
) -> None:
    case, plan = base
    with pytest.raises(GoldenError, match=words):
        update_golden(case, replace(plan, **change), None, "because")


def test_the_history_keeps_every_change_with_its_date(base: tuple[Case, Plan], golden: Golden) -> None:
    case = read(STARTER, sets=("Appropriations!asylum budget / P2.Amount=10",))
    plan, _ = solved(case, Options(gap=0.0, grid="phases"))
    made, differs = update_golden(case, plan, golden, "the fund\nwas raised", today=date(2026, 2, 3))
    assert differs
    assert [(m.date, m.reason) for m in made.history] == [
        ("2026-02-03", "the fund was raised"),
        ("2026-01-02", "first figures"),
    ]
    assert made.history[0].changes[0].startswith("changes: none -> Appropriations!")
    assert made.history[0].changes[1].startswith("objective: 73,574 -> ")
    assert made.history[0].changes[-1].endswith("more figures")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "line 1, column 2"),
        (b"<<<<<<< ours\n", "a merge was left unfinished"),
        (b"[]", "is no golden file"),
        (b'{"golden": 3}', "has form 3"),
        (b'{"golden": 1}', "has form 1"),
        (b'{"golden": 2}', "lacks 'what'"),
        (b'{"golden": 2, "golden": 2}', "stands twice"),
        (b'{"golden": NaN}', "NaN is no figure"),
        (b'{"golden": -Infinity}', "Infinity is no figure"),
        (b"\xff\xff", "not text in UTF-8"),
    ],
)
def test_a_golden_file_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "g.json"
    path.write_bytes(content)
    with pytest.raises(GoldenError, match=words):
        read_golden(path)


def test_a_figure_of_another_name_is_refused(golden: Golden, tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    write_golden(golden, path)
    path.write_text(path.read_text(encoding="utf-8").replace('"open_points"', '"luck"'), encoding="utf-8")
    with pytest.raises(GoldenError, match="luck"):
        read_golden(path)


def _cut(content: dict[str, Any], *path: str) -> None:
    for name in path[:-1]:
        content = content[name]
    del content[path[-1]]


def _put(content: dict[str, Any], *path: Any) -> None:
    for name in path[:-2]:
        content = content[name]
    content[path[-2]] = path[-1]


EDITS: list[Callable[[dict[str, Any]], object]] = [
    *((lambda c, p=part: _cut(c, p)) for part in ("what", "history", "made", "tolerances", "result", "inputs", "seal")),
    lambda c: _put(c, "result", "objective", None),
    lambda c: _put(c, "result", "objective", "75902"),
    lambda c: _put(c, "result", "objective", True),
    lambda c: _put(c, "result", "objective", c["result"]["objective"] + 1e-6),
    lambda c: _put(c, "result", "open_points", 1e12),
    lambda c: _put(c, "result", "status", "optimal"),
    lambda c: _put(c, "result", "outcomes", {}),
    lambda c: _put(c, "result", "outcomes", "safe years", "unit", 5),
    lambda c: _put(c, "result", "outcomes", "safe years", "value", "many"),
    lambda c: _put(c, "result", "money", {}),
    lambda c: _put(c, "result", "rules", {}),
    lambda c: _put(c, "tolerances", {"outcomes": "ignore"}),
    lambda c: _put(c, "tolerances", {"outcomes": -1.0}),
    lambda c: _put(c, "tolerances", {"luck": 0.5}),
    lambda c: _put(c, "made", "options", "gap", 0.5),
    lambda c: _put(c, "made", "grid", "months"),
    lambda c: _put(c, "made", "sets", ["Sites!Border post.Capacity=0"]),
    lambda c: _put(c, "made", "input_sha256", ""),
    lambda c: _put(c, "history", []),
    lambda c: c["history"][0].update(reason=""),
    lambda c: c["history"][0].update(date="yesterday"),
    lambda c: _put(c, "inputs", {}),
    lambda c: _put(c, "luck", 1),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(EDITS)))
def test_no_edit_of_a_golden_file_passes(golden: Golden, tmp_path: Path, number: int) -> None:
    """Each also with a seal made anew for what it says, where what it says is no golden file any more."""
    path = tmp_path / "g.json"
    write_golden(golden, path)
    assert read_golden(path) == golden
    content = json.loads(path.read_text(encoding="utf-8"))
    EDITS[number](content)
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(GoldenError, match="was changed by hand"):
        read_golden(path)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "null"])
def test_figures_that_are_none_are_refused_even_with_a_seal(golden: Golden, tmp_path: Path, word: str) -> None:
    path = tmp_path / "g.json"
    write_golden(golden, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    value = content["result"]["money"]["asylum budget"]["P1"]
    if word == "null":
        content["result"]["money"]["asylum budget"]["P1"] = None
        content["seal"] = seal_of(content)
        path.write_text(json.dumps(content), encoding="utf-8")
    else:
        path.write_text(path.read_text(encoding="utf-8").replace(repr(value), word, 1), encoding="utf-8")
    with pytest.raises(GoldenError, match=r"None|no figure"):
        read_golden(path)


def test_reports_for_machines_hold_together(golden: Golden) -> None:
    case = read(STARTER, sets=("Appropriations!asylum budget / P2.Amount=10",))
    case = replace(case, name=case.name)
    plan, _ = solved(case, Options(gap=0.0, grid="phases"))
    odd = replace(golden, history=(replace(golden.history[0], reason="a | b <c> \x07 `d`"),))
    report = check_golden(case, plan, odd)
    suite = ElementTree.fromstring(junit(report, 1.5)).find("testsuite")
    assert suite is not None
    failed = [t.get("name") for t in suite.findall("testcase") if t.find("failure") is not None]
    assert suite.get("failures") == str(len(failed))
    assert "objective" in failed
    assert int(suite.get("tests", "0")) == len(suite.findall("testcase"))
    page = markdown(report)
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}
    assert "<c>" not in page
    assert "likely cause" in page
    error = ElementTree.fromstring(junit_error("x", "no & plan"))
    assert error.find("testsuite/testcase/error") is not None
