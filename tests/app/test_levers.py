"""Levers are groups of the case's own cells, written as changes that the workbook reader takes."""

from pathlib import Path

import pytest

from app.levers import MOST, levers
from planner.sheets import Appropriations, Staff
from planner.workbook import check, read


@pytest.fixture(params=["starter", "blueprint"])
def path(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


def test_every_case_has_the_five_levers_with_units(path: Path) -> None:
    found = levers(read(path))
    assert [lever.key for lever in found] == ["money", "officers", "hiring", "arrivals", "numbers"]
    assert len(found) == MOST
    assert all(lever.unit and lever.help and lever.total() > 0 for lever in found)


def test_present_values_change_nothing(path: Path) -> None:
    assert all(lever.sets(100) == () for lever in levers(read(path)))


@pytest.mark.parametrize("percent", [50, 150])
def test_every_lever_at_its_ends_makes_a_case_that_can_be_planned(path: Path, percent: int) -> None:
    sets = [change for lever in levers(read(path)) for change in lever.sets(percent)]
    case, problems = check(path, sets=sets)
    assert case is not None, [str(p) for p in problems if p.severity == "error"]


def test_a_lever_moves_every_cell_by_its_percentage(starter: Path) -> None:
    before = read(starter)
    money = levers(before)[0]
    after = read(starter, sets=money.sets(120))
    amounts = [row.amount for row in before.of(Appropriations)]
    assert [row.amount for row in after.of(Appropriations)] == pytest.approx([1.2 * a for a in amounts])
    assert sum(row.amount for row in after.of(Appropriations)) == pytest.approx(money.total(120))


def test_nobody_is_put_above_the_ceiling_of_posts(blueprint: Path) -> None:
    before = read(blueprint)
    officers = levers(before)[1]
    for row in read(blueprint, sets=officers.sets(150)).of(Staff):
        was = before.find(Staff, row.id)
        assert was is not None
        assert row.ceiling is None or row.on_board <= max(row.ceiling, was.on_board)
