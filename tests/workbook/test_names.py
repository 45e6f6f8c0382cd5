"""Names that look the same: one name where only the spelling of signs differs, else the difference in words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.cells.raw import clean
from planner.signs import difference
from planner.workbook import check_tables
from tests.checks.edits import Tables, starter
from tests.robustness.test_spelling import renamed

ONE = ["Re\u0301gion", "\u200eRégion\u200f", "Ré\u200bgion", "\u202bRégion\u202c", "Ré\u00adgion", "Région\u00a0", "\u2066Région\u2069"]  # fmt: skip


def places_renamed(name: str, elsewhere: str) -> Tables:
    """The starter with a country that is spelt in one way on sheet Places and in another wherever it is named."""
    tables = renamed(starter(), {"Southland": elsewhere})
    for row in tables["Places"]:
        row["Place"] = row["Place"].replace(elsewhere, name)
    return tables


@pytest.mark.parametrize("spelt", ONE)
def test_spellings_that_cannot_be_told_apart_are_one_name(spelt: str) -> None:
    for name, elsewhere in (("Région", spelt), (spelt, "Région")):
        case, problems = check_tables(places_renamed(name, elsewhere))
        assert case is not None, [str(p) for p in problems]
        assert not [p for p in problems if p.severity == "error"]


OTHER = {
    "R\u0435gion": "Cyrillic small letter ie (U+0435) for Latin small letter e (U+0065)",
    "Regi\u03bfn": "Greek small letter omicron (U+03BF) for Latin small letter o (U+006F)",
}


@pytest.mark.parametrize("other", OTHER)
def test_letters_of_another_alphabet_are_named(other: str) -> None:
    case, problems = check_tables(places_renamed("Region", other))
    assert case is None
    told = [p.found for p in problems if p.check == "reference-unknown"]
    assert told
    assert all(OTHER[other] in found for found in told), told


@pytest.mark.parametrize(
    ("one", "other", "part"),
    [
        ("post\u2013one", "post-one", "En dash (U+2013) for Hyphen-minus (U+002D)"),
        ("o\u2019Brien", "o'Brien", "Right single quotation mark (U+2019) for Apostrophe (U+0027)"),
        ("\uff21", "A", "Fullwidth latin capital letter a (U+FF21) for Latin capital letter a (U+0041)"),
        ("a\u200db", "ab", "Zero width joiner (U+200D)"),
        ("same", "Same", ""),
        ("another", "name", ""),
    ],
)
def test_what_differs_is_said_in_words(one: str, other: str, part: str) -> None:
    told = difference(one, other)
    assert part in told
    assert bool(told) == bool(part)


@given(st.text(), st.text())
def test_cleaned_names_are_stable(one: str, other: str) -> None:
    assert clean(clean(one)) == clean(one)
    assert clean(unicodedata.normalize("NFD", one)) == clean(unicodedata.normalize("NFC", one))
    assert not difference(one, one)
    difference(one, other)


@pytest.mark.parametrize("sign", ["\u03b1", "\uff41", "a\u200d"])
def test_a_cadre_that_looks_like_that_of_another_row_is_told_with_what_differs(sign: str) -> None:
    """The cadre has a row at another station too, under its own signs."""
    tables = starter()
    tables["Staff"][0]["Cadre"] = f"{sign}sylum officer"
    case, problems = check_tables(tables)
    assert case is None
    told = [p.found for p in problems if p.check == "staff-unknown"]
    assert told
    assert all("looks like" in found and "written with other signs" in found for found in told), told
