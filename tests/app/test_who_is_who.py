"""Who somebody is: what passes for a person, and for which one."""

from typing import Any

import pytest

from planner.access import identity
from planner.access.identity import Person, address_of, from_claims, from_header, invited

KNOWN: dict[str, Any] = {
    "is_logged_in": True, "iss": "https://login.example", "sub": "7", "email": "Ana@Agency.example",
    "email_verified": True,
}  # fmt: skip
ODD = [
    "evil@evil.example,@agency.example",
    "*@agency.example",
    "?na@agency.example",
    "@agency.example",
    "\0@agency.example",
    "ana\0@agency.example",
    "ana@evil.example@agency.example",
    '"ana@evil.example"@agency.example',
    "\u212aim@agency.example",
    "stra\u00dfe@agency.example",
    "ana@stra\u00dfe.example",
    "ana@agency.example\u2028",
    "ana@agency.example\n",
    " @agency.example",
    "a b@agency.example",
    "ana@agency..example",
    "ana@-agency.example",
    ".ana@agency.example",
    "ana@",
    "",
    "x" * 65 + "@agency.example",
]


@pytest.mark.parametrize("text", ODD)
def test_what_is_no_exact_address_is_nobody(text: str) -> None:
    assert address_of(text) == ""
    assert from_claims({**KNOWN, "email": text}) is None
    assert from_header([text]) is None


@pytest.mark.parametrize("value", [None, 7, True, ["ana@agency.example"], {"a": 1}, b"ana@agency.example"])
def test_what_is_no_text_is_nobody(value: Any) -> None:
    assert from_claims({**KNOWN, "email": value}) is None


@pytest.mark.parametrize("value", [None, 0, 1, "", "false", "true", "False", False, [], [True]])
def test_only_an_address_that_the_provider_has_verified_counts(value: Any) -> None:
    assert from_claims({**KNOWN, "email_verified": value}) is None


@pytest.mark.parametrize("name", ["email_verified", "email", "sub", "iss", "is_logged_in"])
def test_everything_about_a_person_must_be_there(name: str) -> None:
    assert from_claims({key: value for key, value in KNOWN.items() if key != name}) is None
    assert from_claims({**KNOWN, name: ""}) is None


def test_a_subject_is_no_address_and_a_chosen_name_is_nobodys() -> None:
    chosen = {"preferred_username": "bea@agency.example", "name": "bea@agency.example", "email": None}
    assert from_claims({**KNOWN, "sub": "bea@agency.example", **chosen}) is None


def test_a_person_is_who_the_provider_says_by_its_own_sign() -> None:
    ana = from_claims(KNOWN)
    assert ana is not None
    assert ana.name == "ana@agency.example"
    moved = from_claims({**KNOWN, "email": "ana@elsewhere.example"})
    assert moved is not None
    assert moved.key == ana.key
    others = [{**KNOWN, "sub": "8"}, {**KNOWN, "iss": "https://evil.example"}]
    assert {getattr(from_claims(one), "key", None) for one in others}.isdisjoint({ana.key, None})


def test_a_header_says_it_once() -> None:
    assert from_header(["Ana@Agency.example"]) == Person("ana@agency.example")
    assert from_header(["ana"]) == Person("ana")
    assert from_header([]) is from_header(["ana@agency.example"] * 2) is from_header(["ana, bea"]) is None


@pytest.mark.parametrize(
    ("patterns", "person", "let_in"),
    [
        ("", "anybody@example.org", True),
        ("*@agency.example", "ana@agency.example", True),
        ("*@Agency.Example", "ana@agency.example", True),
        ("*@agency.example", "ana@agency.example.evil.example", False),
        ("*@agency.example", "ana@sub.agency.example", False),
        ("*@*.agency.example", "ana@sub.agency.example", True),
        ("*@*.agency.example", "ana@evilagency.example", False),
        ("*@agency.example", "ana", False),
        ("ana", "ana@agency.example", False),
        ("ben@other.example, *@agency.example", "ben@other.example", True),
        ("ben@other.example", "benn@other.example", False),
        ("b*@other.example", "benn@other.example", True),
        ("*", "ben@other.example", True),
        ("stra\u00dfe@x.example", "strasse@x.example", False),
        ("\u212aim@x.example", "kim@x.example", False),
        ("a@b@c", "a@b", False),
        (" , ", "anybody@example.org", True),
    ],
)
def test_who_may_come_in(patterns: str, person: str, let_in: bool) -> None:
    assert invited(Person(person), identity.patterns_of(patterns)) is let_in


def test_patterns_that_match_nobody_are_named() -> None:
    fine = ["*", "ana", "ana@agency.example", "*@agency.example", "*@*.agency.example"]
    assert identity.wrong_patterns([*fine, "a@b@c", "*@*", "[a]@b.example", "@b.example", "\u212aim@b.example"]) == [
        "a@b@c", "*@*", "[a]@b.example", "@b.example", "\u212aim@b.example",
    ]  # fmt: skip
