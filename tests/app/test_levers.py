"""Levers are groups of the case's own cells, written as changes that the workbook reader takes."""

import re
from pathlib import Path

import pytest

from app.session.levers import GRADES, NEUTRAL, levers
from planner.sheets import Appropriations, Staff
from planner.workbook import check, read

WHOLE = ["funds", "officers", "hiring", "arrivals", "places"]


@pytest.fixture(params=["starter", "blueprint"])
def path(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


def test_10_every_lever_has_a_unit_a_period_a_total_and_a_source(path: Path) -> None:
    found = levers(read(path))
    assert [lever.key for lever in found if lever.key in WHOLE] == WHOLE
    assert len({lever.key for lever in found}) == len(found)
    for lever in found:
        assert re.search(r"over the plan|a year|full-time", lever.label)
        assert lever.help
        assert lever.total() > 0
        assert lever.source
        assert lever.grade in GRADES


def test_the_largest_accounts_and_pools_have_levers_of_their_own(blueprint: Path, starter: Path) -> None:
    case = read(blueprint)
    single = [lever for lever in levers(case) if lever.key not in WHOLE]
    assert [lever.key for lever in single] == ["funds1", "funds2", "funds3", "places1", "places2", "places3"]
    sums: dict[str, float] = {}
    for row in case.of(Appropriations):
        sums[row.account] = sums.get(row.account, 0.0) + row.amount
    assert single[0].name == max(sums, key=lambda name: sums[name])
    assert single[0].total() == pytest.approx(max(sums.values()))
    assert [lever.key for lever in levers(read(starter))] == WHOLE


def test_present_values_change_nothing(path: Path) -> None:
    assert all(lever.changes(NEUTRAL) == () for lever in levers(read(path)))


@pytest.mark.parametrize("percent", [50, 150])
def test_every_lever_at_its_ends_makes_a_case_that_can_be_planned(path: Path, percent: int) -> None:
    sets = [change for lever in levers(read(path)) for change in lever.changes(percent)]
    case, problems = check(path, sets=sets)
    assert case is not None, [str(p) for p in problems if p.severity == "error"]


@pytest.mark.parametrize("percent", [50.0, 84.7312, 99.0, 100.0, 123.0])
def test_a_setting_is_found_again_in_its_changes(path: Path, percent: float) -> None:
    found = levers(read(path))
    for lever in found:
        others = [change for other in found if other is not lever for change in other.changes(77.0)]
        assert lever.setting_in([*others, *lever.changes(percent)]) == pytest.approx(percent, abs=1e-6)


def test_a_lever_moves_every_cell_by_its_percentage(starter: Path) -> None:
    before = read(starter)
    money = levers(before)[0]
    after = read(starter, sets=money.changes(120))
    amounts = [row.amount for row in before.of(Appropriations)]
    assert [row.amount for row in after.of(Appropriations)] == pytest.approx([1.2 * a for a in amounts])
    assert sum(row.amount for row in after.of(Appropriations)) == pytest.approx(money.total(120))


def test_the_lever_of_one_account_moves_nothing_else(blueprint: Path) -> None:
    before = read(blueprint)
    lever = next(found for found in levers(before) if found.key == "funds1")
    after = read(blueprint, sets=lever.changes(80))
    for old, new in zip(before.of(Appropriations), after.of(Appropriations), strict=True):
        assert new.amount == pytest.approx(old.amount * (0.8 if old.account == lever.name else 1.0))


def test_nobody_is_put_above_the_ceiling_of_posts(blueprint: Path) -> None:
    before = read(blueprint)
    officers = next(lever for lever in levers(before) if lever.key == "officers")
    for row in read(blueprint, sets=officers.changes(150)).of(Staff):
        was = before.find(Staff, row.id)
        assert was is not None
        assert row.ceiling is None or row.on_board <= max(row.ceiling, was.on_board)


@pytest.mark.parametrize(("percent", "word"), [(100, "as now"), (93, "modest"), (125, "strong"), (60, "far from")])
def test_a_change_has_a_word_for_its_size(starter: Path, percent: float, word: str) -> None:
    assert levers(read(starter))[0].scale(percent).startswith(word)
