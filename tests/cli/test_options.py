"""Options are declared once and checked everywhere."""

import pytest

from planner.options import OptionError, Options, declaration, declarations


def test_every_option_is_a_flag_of_solve(planner) -> None:
    text = planner("solve", "--help").stdout
    for declared in declarations():
        assert declared.flag.split("/")[0] in text


def test_defaults_stand_in_their_range() -> None:
    assert Options().as_record() == {d.name: d.default for d in declarations()}


@pytest.mark.parametrize("declared", [d for d in declarations() if d.low is not None], ids=lambda d: d.name)
def test_a_value_outside_its_range_is_refused_by_its_flag(declared) -> None:
    for value in (declared.low - 1, declared.high + 1):
        with pytest.raises(OptionError, match=declared.flag):
            Options(**{declared.name: value})
    for value in (declared.low, declared.high):
        assert getattr(Options(**{declared.name: value}), declared.name) == value


def test_not_a_number_is_refused() -> None:
    with pytest.raises(OptionError, match="--gap"):
        Options(gap=float("nan"))


def test_unknown_method_lists_the_choices() -> None:
    with pytest.raises(OptionError, match="auto, simplex, ipm, not 'magic'"):
        Options(method="magic")  # type: ignore[arg-type]


@pytest.mark.parametrize("grid", ["", "phases", "default", "months", "every 30 days", "every 1 day", "every 45.5 days"])
def test_known_grids_pass(grid: str) -> None:
    assert Options(grid=grid).grid == grid


@pytest.mark.parametrize("grid", ["weeks", "every day", "every 0 days", "every 0.5 days", "every -3 days", "PHASES"])
def test_unknown_grids_are_refused(grid: str) -> None:
    with pytest.raises(OptionError, match="--grid must be one of phases, default, months"):
        Options(grid=grid)


def test_unknown_option_has_no_declaration() -> None:
    with pytest.raises(KeyError):
        declaration("nothing")
