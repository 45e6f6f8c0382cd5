"""The policy of figures, units, lists and dates: what is stated in the room holds."""

from __future__ import annotations

import math
import subprocess
import sys
from datetime import date, datetime

import pytest

from planner.wording.dates import day, days, moment, month, short_day
from planner.wording.figures import (
    MISSING,
    NO_CHANGE,
    change,
    counts_people,
    digits,
    exact,
    figure,
    part_of,
    share,
    share_up,
    signed,
    told_apart,
    typed,
    typed_share,
    unmistakable,
    whole,
    within,
)  # fmt: skip
from planner.wording.formats import GENERAL, number_format
from planner.wording.lists import in_a_row, listed, named
from planner.wording.units import behind, counted, quantity

TABLE = {
    56.789: ("56.79", "57", "5,679 %", "56.789"),
    0.00004: ("0.00004", "0", "0.004 %", "0.00004"),
    1234567.8: ("1,234,568", "1,234,568", "123,456,780 %", "1,234,567.8"),
    999.96: ("1,000", "1,000", "99,996 %", "999.96"),
    0.5: ("0.5", "1", "50 %", "0.5"),
    -0.0: ("0", "0", "0 %", "0"),
    1e9: ("1,000,000,000", "1,000,000,000", "100,000,000,000 %", "1,000,000,000"),
    12.0: ("12", "12", "1,200 %", "12"),
    1.0: ("1", "1", "100 %", "1"),
    math.nan: (MISSING, MISSING, MISSING, MISSING),
    math.inf: (MISSING, MISSING, MISSING, MISSING),
}
"""A figure, so many people, a share, what was typed."""


@pytest.mark.parametrize("value", TABLE)
def test_a_figure_is_said_in_one_way_for_each_kind(value: float) -> None:
    assert (figure(value), figure(value, "people"), share(value), typed(value)) == TABLE[value]
    assert figure(value, "USD million") == figure(value, "person-years") == figure(value, "points") == TABLE[value][0]


@pytest.mark.parametrize(
    ("unit", "people"),
    [
        ("people", True), ("people waiting", True), ("places (people)", True), ("visas", True), ("Persons", True),
        ("person-years", False), ("people a day", False), ("people per case", False), ("", False), ("USD million", False),
    ],
)  # fmt: skip
def test_people_are_counted_and_rates_and_years_are_not(unit: str, people: bool) -> None:
    assert counts_people(unit) is people


def test_differences_have_a_sign_or_are_none() -> None:
    assert (signed(15.527), signed(-0.0538834), signed(0.0)) == ("+15.53", "-0.05388", "0")
    assert (signed(0.3, "people"), signed(1.218)) == ("0", "+1.218")
    assert (change(5.0, "people"), change(-1234.0), change(0.3, "people")) == ("+5", "-1,234", NO_CHANGE)
    assert (change(2e-4), change(None)) == (NO_CHANGE, MISSING)


def test_shares_have_three_digits_and_small_ones_two() -> None:
    assert [share(v) for v in (0.97345, 0.15, 0.0126, 0.0071, 0.00012, 1e-7)] == [
        "97.3 %", "15 %", "1.26 %", "0.71 %", "0.012 %", "0 %",
    ]  # fmt: skip
    assert (share(0.195, sign=True), share(-0.0185, sign=True)) == ("+19.5 %", "-1.85 %")
    assert (typed_share(0.125), typed_share(1.5), typed_share(0.07)) == ("12.5 %", "150 %", "7 %")
    assert (part_of(0.5, 10.0), part_of(3.0, 0.0), part_of(-3.0, -2.0, sign=True)) == ("5 %", "", "-150 %")
    assert (within(0.0123), within(1e6, 7.0), within(1e6)) == ("1.23 %", "7", "more than the figure itself")
    assert (share_up(0.01), share_up(0.0101)) == ("1 %", "1.1 %")


def test_what_is_typed_again_is_exact() -> None:
    assert (digits(1234567.5), digits(0.1, 6), digits(1.125), unmistakable("60.000")) == (
        "1234567.5", "0.1", "1.1250", "60.0000",
    )  # fmt: skip
    assert float(digits(56.789)) == 56.789
    assert (typed(10.000001), typed(100.0 / 3.0), typed(1e300)) == ("10.000001", "33.33", "1e+300")
    assert told_apart(10.0, 10.0 + 1e-8 / 3.0) == ("10", "10.0000000033")
    assert (exact(1000.01), whole(12.4), whole(-0.2)) == ("1,000.01", "12", "0")


@pytest.mark.parametrize("value", [2.5, 0.12345, 1000.5, 12.345])
def test_a_tie_is_written_alike_on_every_machine(value: float) -> None:
    assert figure(value) == figure(value * (1 - 1e-12)) == figure(value * (1 + 1e-12))


@pytest.mark.parametrize(
    ("value", "unit", "wanted"),
    [
        (56.789, "USD million", "#,##0.00"), (56.789, "people", "#,##0"), (56.789, "points a unit", GENERAL),
        (0.123, "Share", "0.0 %"), (0.0, "people", '"0"'), (1234.5, "points", "#,##0"), (0.5, "index", "#,##0.0"),
    ],
)  # fmt: skip
def test_a_cell_of_a_workbook_shows_the_same(value: float, unit: str, wanted: str) -> None:
    assert number_format(value, unit) == wanted


def test_a_difference_in_a_cell_has_its_sign() -> None:
    assert number_format(56.789, "points", change=True) == "+#,##0.00;-#,##0.00"
    assert number_format(0.3, "people", change=True) == f'"{NO_CHANGE}"'


def test_units_follow_their_figure() -> None:
    assert [quantity(v, "person-years") for v in (1.0, 56.789)] == ["1 person-year", "56.79 person-years"]
    assert [quantity(v, u) for v, u in ((57.4, "person"), (1.0, "visa"), (2.0, "visa"))] == [
        "57 people", "1 visa", "2 visas",
    ]  # fmt: skip
    assert (counted(1, "error"), counted(1200, "cell")) == ("1 error", "1,200 cells")
    assert (behind(1.0, "people"), behind(2.0, "people")) == ("person", "people")


def test_lists_name_what_they_can_and_count_the_rest() -> None:
    assert [listed("abc"[:n]) for n in range(4)] == ["nothing", "a", "a and b", "a, b and c"]
    assert (listed("abc", last="or"), listed("abcd", 2)) == ("a, b or c", "a, b and 2 more")
    assert (in_a_row("abc"), in_a_row("abc", 2, between="; "), named("abc", 2)) == (
        "a, b, c", "a; b and 1 more", "'a', 'b' and 1 more",
    )  # fmt: skip


def test_dates_are_said_in_words() -> None:
    first, last = date(2025, 1, 1), date(2027, 12, 31)
    assert (day(first), short_day(first), month(last)) == ("1 January 2025", "1 Jan 2025", "December 2027")
    assert days(first, last) == "1 January 2025 to 31 December 2027"
    assert moment(datetime(2025, 1, 1, 13, 5)) == "2025-01-01 13:05"


def test_the_room_loads_nothing_heavy() -> None:
    code = (
        "import sys; import planner.wording.figures, planner.wording.units, planner.wording.lists, planner.wording.dates,"
        " planner.wording.formats; print({m.partition('.')[0] for m in sys.modules} & {'numpy', 'pandas', 'highspy'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
