"""Every kind of cell: what passes, what is an error, and which reading is offered."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.cells.cells import type_cell
from planner.cells.meanings import plain_number, readings
from planner.cells.raw import UnusableCell, as_text, digits
from planner.cells.remarks import stand_in
from planner.sheets import BY_NAME, Column, columns


def column(sheet: str, name: str) -> Column:
    return next(c for c in columns(BY_NAME[sheet]) if c.name == name)


NUMBER = column("People", "At start")
SHARE = column("Staff", "Attrition")
WHOLE = column("Outcomes", "Priority")
POSITIVE = column("Curves", "Width")
DAY = column("Time", "From")
CHOICE = column("People", "State")
YES = column("Rules", "On")
NAMES = column("Funding", "Places")


@pytest.mark.parametrize(
    ("value", "read"), [(12.0, 12.0), (0.0, 0.0), (12, 12.0), ("12", 12.0), (" 12\u00a0", 12.0), ("1e3", 1000.0)]
)
def test_numbers_pass(value: Any, read: float) -> None:
    typed = type_cell(NUMBER, value)
    assert typed.value == read
    assert typed.remark is None or typed.remark.severity == "warning"


def test_a_text_number_with_stray_spaces_is_a_warning() -> None:
    remark = type_cell(NUMBER, " 12\u00a0").remark
    assert remark is not None
    assert (remark.check, remark.severity) == ("number-text", "warning")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2.5m", 2.5e6),
        ("1.234,5", 1234.5),
        ("1 234", 1234),
        ("12,5", 12.5),
        ("$40", 40),
        ("3 million", 3e6),
        ("1.234.567", 1234567),
        ("2k", 2000),
        ("1'000", 1000),
        ("USD 5", 5),
        ("1,234.5", 1234.5),
    ],
)
def test_other_text_numbers_are_errors_with_an_offer(text: str, meant: float) -> None:
    assert readings(text) == (meant,)
    typed = type_cell(NUMBER, text)
    assert typed.remark is not None
    assert typed.remark.severity == "error"
    assert float(typed.remark.suggestion) == meant
    assert typed.value == meant


@pytest.mark.parametrize(
    "value",
    [
        "many",
        "unlimited",
        "12 people",
        True,
        date(2021, 1, 1),
        time(12),
        float("nan"),
        float("inf"),
        "1e999",
        -1.0,
        "-1",
        "-2k",
    ],
)
def test_what_is_not_a_number_in_range_is_an_error(value: Any) -> None:
    remark = type_cell(NUMBER, value).remark
    assert remark is not None
    assert remark.severity == "error"


def test_unlimited_points_to_the_blank_cell() -> None:
    remark = type_cell(column("People", "At most"), "unlimited").remark
    assert remark is not None
    assert "leave the cell blank" in remark.mend


@pytest.mark.parametrize(
    ("value", "meant"), [(20.0, "0.20"), ("20%", "0.2"), (5.0, "0.05"), ("12,5 %", "0.125"), (12.34, "0.1234")]
)
def test_percentages_are_errors_that_offer_the_share(value: Any, meant: str) -> None:
    typed = type_cell(SHARE, value)
    assert typed.remark is not None
    assert (typed.remark.severity, typed.remark.suggestion) == ("error", meant)
    assert typed.value == pytest.approx(float(meant))


def test_shares_pass() -> None:
    assert type_cell(SHARE, 0.2).remark is None
    assert type_cell(SHARE, 0.95).remark is None


@pytest.mark.parametrize("value", [0.96, -0.1, 101.0])
def test_shares_out_of_range_are_errors(value: float) -> None:
    assert type_cell(SHARE, value).remark is not None


def test_whole_numbers() -> None:
    assert type_cell(WHOLE, 2.0).value == 2
    assert isinstance(type_cell(WHOLE, 2.0).value, int)
    assert type_cell(WHOLE, 1.5).remark is not None
    assert type_cell(WHOLE, 0.0).remark is not None


def test_positive_numbers() -> None:
    assert type_cell(POSITIVE, 0.1).remark is None
    assert type_cell(POSITIVE, 0.0).remark is not None


@pytest.mark.parametrize(
    "value", [date(2021, 1, 20), datetime(2021, 1, 20), "2021-01-20", " 2021-01-20\u00a0", "2021-01-20 00:00:00"]
)
def test_dates_pass(value: Any) -> None:
    typed = type_cell(DAY, value)
    assert (typed.value, typed.remark) == (date(2021, 1, 20), None)


@pytest.mark.parametrize(("starts_1904", "serial"), [(False, 44216.0), (True, 42754.0)])
def test_serial_numbers_are_dates_with_a_warning(starts_1904: bool, serial: float) -> None:
    typed = type_cell(DAY, serial, starts_1904=starts_1904)
    assert typed.value == date(2021, 1, 20)
    assert typed.remark is not None
    assert typed.remark.severity == "warning"
    assert "2021-01-20" in typed.remark.found


@pytest.mark.parametrize("rest", [-4e-6, -1e-11, 1e-11, 4e-6])
def test_the_rounding_of_a_formula_moves_no_day(rest: float) -> None:
    assert type_cell(DAY, 44216.0 + rest).value == date(2021, 1, 20)
    moment = datetime(2021, 1, 20) + timedelta(days=rest)
    typed = type_cell(DAY, moment)
    assert (typed.value, typed.remark) == (date(2021, 1, 20), None)


@pytest.mark.parametrize("rest", [-1e-10, -2e-16, 0.0, 2.3e-16, 1e-10])
def test_a_limit_or_whole_number_but_for_rounding_is_that_number(rest: float) -> None:
    full = column("Pipelines", "Share 1")
    for spec, limit in ((full, 1.0), (SHARE, 0.95), (WHOLE, 3.0)):
        typed = type_cell(spec, limit * (1.0 + rest))
        assert (typed.value, typed.remark) == (limit, None)


@pytest.mark.parametrize("rest", [-1e-8, 1e-8])
def test_what_is_more_than_rounding_is_said_with_digits_that_tell(rest: float) -> None:
    whole = type_cell(WHOLE, 3.0 * (1.0 + rest)).remark
    assert whole is not None
    assert not whole.found.startswith("3 is not")
    share = type_cell(column("Pipelines", "Share 1"), 1.0 + abs(rest)).remark
    assert share is not None
    assert "1.00000001 is more than 1" in share.found


EITHER = {
    "1.500": "1500 or 1.5", "60.000": "60000 or 60", "1,500": "1500 or 1.5", "-2.125": "-2125 or -2.1250", "1.234": "1234 or 1.2340",
    "$1,500": "1500 or 1.5", "1.500 %": "15 or 0.015", "1.500 million": "1500000000 or 1500000", "\u0661.\u0665\u0660\u0660": "1500 or 1.5",
    "(1.500)": "-1500 or -1.5",
}  # fmt: skip


@pytest.mark.parametrize("text", EITHER)
def test_text_with_two_readings_offers_both_and_each_is_read_as_itself(text: str) -> None:
    spec = NUMBER
    remark = type_cell(spec, text).remark
    assert remark is not None
    assert remark.severity == "error"
    assert f"may mean {EITHER[text]}." in remark.found
    for offered in EITHER[text].split(" or "):
        assert plain_number(offered) is not None
        assert readings(offered) == (float(offered),)


@pytest.mark.parametrize("text", ["0.125", "1.5", "1500", "1234.567", "1.5000", "1.25e3", ".125", "0.500"])
def test_plain_digits_with_one_reading_pass(text: str) -> None:
    assert plain_number(text) == float(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("12.500,5", 12500.5), ("1\u00a0500", 1500.0), ("1\u2009500", 1500.0), ("1\u202f500,25", 1500.25), ("1\u2019500", 1500.0),
        ("1'500.250", 1500.25), ("1.500.000", 1.5e6), ("1,500,000", 1.5e6), ("1,500.250", 1500.25), ("12,5", 12.5),
        ("\u22125", -5.0), (",5", 0.5),
    ],
)  # fmt: skip
def test_other_writings_have_one_reading(text: str, meant: float) -> None:
    assert readings(text) == (meant,)


@given(
    st.one_of(st.integers(-999999, 999999).map(lambda n: n / 1000.0), st.floats(allow_nan=False, allow_infinity=False))
)
def test_a_figure_that_the_planner_writes_is_read_as_itself(value: float) -> None:
    assert plain_number(as_text(value)) == value
    assert plain_number(digits(value)) == value


def test_a_time_of_day_is_a_warning() -> None:
    typed = type_cell(DAY, datetime(2021, 1, 20, 8))
    assert typed.value == date(2021, 1, 20)
    assert typed.remark is not None
    assert typed.remark.severity == "warning"


@pytest.mark.parametrize(
    "value", ["soon", "2021", "2021-02-30", 2021.0, 5.0, True, time(3), "01/02/2021", "20.01.2021"]
)
def test_what_is_not_a_date_is_an_error(value: Any) -> None:
    remark = type_cell(DAY, value).remark
    assert remark is not None
    assert remark.severity == "error"


def test_an_ambiguous_date_names_both_readings() -> None:
    typed = type_cell(DAY, "01/02/2021")
    assert typed.remark is not None
    assert "2021-01-02 or 2021-02-01" in typed.remark.found
    assert type_cell(DAY, "20.01.2021").value == date(2021, 1, 20)


def test_choices() -> None:
    assert type_cell(CHOICE, " Waiting").value == "waiting"
    typed = type_cell(CHOICE, "waitng")
    assert typed.remark is not None
    assert (typed.value, typed.remark.suggestion) == ("waiting", "waiting")
    assert not type_cell(CHOICE, "zzz").certain


@pytest.mark.parametrize(
    ("value", "read"), [("Yes", True), ("no", False), ("Y", True), (True, True), (False, False), ("FALSE", False)]
)
def test_yes_and_no_pass(value: Any, read: bool) -> None:
    typed = type_cell(YES, value)
    assert (typed.value, typed.remark) == (read, None)


@pytest.mark.parametrize(("value", "hint"), [(1.0, "yes"), (0.0, "no"), ("yess", "yes"), ("perhaps", "")])
def test_other_words_are_neither(value: Any, hint: str) -> None:
    remark = type_cell(YES, value).remark
    assert remark is not None
    assert (remark.severity, remark.suggestion) == ("error", hint)


def test_lists_of_names() -> None:
    assert type_cell(NAMES, " Honduras ;\u00a0Guatemala;").value == ("Honduras", "Guatemala")
    typed = type_cell(NAMES, "Honduras; honduras; Mexico")
    assert typed.value == ("Honduras", "Mexico")
    assert typed.remark is not None
    assert typed.remark.severity == "warning"


def test_texts() -> None:
    note = column("People", "Note")
    assert type_cell(note, "  two\nlines\u00a0").value == "two\nlines"
    assert type_cell(column("People", "People"), " waiting \u00a0 here ").value == "waiting here"
    assert type_cell(note, 12.0).value == "12"
    assert type_cell(note, "=1+1").value == "=1+1"


def test_month_and_day_turned_into_a_date() -> None:
    typed = type_cell(column("Funding", "Fiscal year starts"), date(2026, 10, 1))
    assert typed.value == "10-01"
    assert typed.remark is not None
    assert typed.remark.severity == "warning"


@pytest.mark.parametrize(
    ("broken", "name"), [(UnusableCell("#REF!"), "cell-error"), (UnusableCell("x", formula=True), "cell-formula")]
)
@pytest.mark.parametrize("one", [NUMBER, DAY, CHOICE, YES, NAMES])
def test_broken_cells_are_errors(broken: UnusableCell, name: str, one: Column) -> None:
    typed = type_cell(one, broken)
    assert typed.remark is not None
    assert (typed.remark.check, typed.remark.severity, typed.certain) == (name, "error", False)


def test_stand_ins_fit_their_kind() -> None:
    for sheet in BY_NAME.values():
        for one in columns(sheet):
            value = stand_in(one)
            assert value is not None or not one.required
