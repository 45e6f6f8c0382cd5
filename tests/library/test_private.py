"""What somebody keeps for themselves stays unknown: its name, its notes, that it is there at all."""

import contextlib
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from planner.library import Entry, KeptWorkbook, Library, LibraryError, NotThereError
from planner.plan import Plan

NOBODYS = "0" * 12
DOINGS: dict[str, Callable[[Library, str], object]] = {
    "get": lambda library, one: library.get("bea", one),
    "entry": lambda library, one: library.entry("bea", one),
    "history": lambda library, one: library.history("bea", one),
    "contents": lambda library, one: library.contents("bea", one),
    "rename": lambda library, one: library.rename("bea", one, "Mine"),
    "annotate": lambda library, one: library.annotate("bea", one, "Mine"),
    "share": lambda library, one: library.share("bea", one, "read"),
    "unshare": lambda library, one: library.share("bea", one, ""),
    "duplicate": lambda library, one: library.duplicate("bea", one),
    "delete": lambda library, one: library.delete("bea", one),
    "erase": lambda library, one: library.erase("bea", one),
    "restore": lambda library, one: library.restore("bea", one),
    "export": lambda library, one: library.export("bea", [one]),
    "find": lambda library, one: library.find("bea", one),
    "find by its first letters": lambda library, one: library.find("bea", one[:6]),
}


@pytest.fixture
def secret(library: Library, plan: Plan, book: KeptWorkbook) -> Entry:
    return library.save("ana", "Cut the Lima office", plan, book, {}, "not before the election")


def answer(library: Library, doing: Callable[[Library, str], object], one: str) -> tuple[str, str]:
    """What is answered, without the words that were asked for."""
    with pytest.raises(LibraryError) as found:
        doing(library, one)
    return type(found.value).__name__, re.sub(re.escape(one) + "|" + re.escape(one[:6]), "...", str(found.value))


@pytest.mark.parametrize("state", ["private", "deleted", "shared once", "shared and deleted"])
@pytest.mark.parametrize("doing", DOINGS)
def test_not_there_and_not_yours_are_one_answer(library: Library, secret: Entry, doing: str, state: str) -> None:
    if "shared" in state:
        library.share("ana", secret.id, "change")
    if state == "shared once":
        library.share("ana", secret.id, "")
    if "deleted" in state:
        library.delete("ana", secret.id)
    assert answer(library, DOINGS[doing], secret.id) == answer(library, DOINGS[doing], NOBODYS)


def test_a_name_tells_nobody_that_it_is_used(library: Library, secret: Entry, plan: Plan, book: KeptWorkbook) -> None:
    assert answer(library, lambda one, _: one.find("bea", secret.name), "x")[0] == NotThereError.__name__
    assert library.save("bea", secret.name, plan, book, {}).name == secret.name
    both = library.save("ana", "For all", plan, book, {})
    library.share("ana", both.id, "change")
    taken, free = library.rename("bea", both.id, secret.name), "Something else"
    assert taken.name == secret.name  # as if nobody had used it
    assert library.rename("bea", both.id, free).name == free
    mine = library.rename("bea", both.id, secret.name)
    assert {e.name for e in library.listed("ana") if e.owner == "ana"} == {secret.name}
    assert library.duplicate("bea", mine.id).name == f"{secret.name} (2)"  # bea has one of that name herself
    assert library.get("ana", secret.id).entry.note == "not before the election"
    with pytest.raises(LibraryError, match="another plan called"):
        library.rename("ana", library.save("ana", "Third", plan, book, {}).id, secret.name)


def test_sharing_shows_nothing_that_was_written_before(
    library: Library, secret: Entry, plan: Plan, other_plan: Plan, book: KeptWorkbook
) -> None:
    library.annotate("ana", secret.id, "for the minister")
    library.rename("ana", secret.id, "Office")
    library.replace("ana", secret.id, library.entry("ana", secret.id).version, other_plan, book, {})
    shared = library.share("ana", secret.id, "read")
    library.annotate("ana", secret.id, "for all")
    seen = library.history("bea", secret.id)
    assert [e.what for e in seen] == ["shared", "noted"]
    assert "election" not in repr(seen)
    assert [e.number for e in library.contents("bea", secret.id)] == [2]
    for number in (1, 3):
        with pytest.raises(NotThereError):
            library.get("bea", secret.id, number)
    assert library.get("bea", secret.id).plan.objective == other_plan.objective
    assert b"election" not in library.export("bea", [secret.id])
    assert len(library.history("ana", secret.id)) == 6
    assert len(library.contents("ana", secret.id)) == 2
    third = replace(plan, objective=3.0)
    library.replace("ana", secret.id, library.entry("ana", secret.id).version, third, book, {})
    assert [e.number for e in library.contents("bea", secret.id)] == [2, 3]
    library.share("ana", secret.id, "")
    library.share("ana", secret.id, "change")
    assert [e.what for e in library.history("bea", secret.id)] == ["shared"]
    assert [e.number for e in library.contents("bea", secret.id)] == [3]
    assert shared.sharing == "read"


def test_whoever_is_given_an_address_later_is_somebody_else(library: Library, secret: Entry) -> None:
    ana, later = "a" * 64, "b" * 64
    assert library.owner_of(ana, "ana@agency.example") == "ana@agency.example"
    assert library.owner_of(later, "ana@agency.example") == "ana@agency.example (2)"
    assert library.owner_of(ana, "ana.new@agency.example") == "ana@agency.example"
    assert library.owner_of(later, "Ana@agency.example") == "ana@agency.example (2)"


@pytest.mark.parametrize(("one", "other"), [("kim", "\u212aim"), ("strasse", "stra\u00dfe"), ("ana", "\u0430na")])
def test_names_that_look_alike_are_different_people(
    library: Library, plan: Plan, book: KeptWorkbook, one: str, other: str
) -> None:
    library.save(one, "Theirs", plan, book, {})
    seen: list[Entry] = []
    with contextlib.suppress(LibraryError):  # it is spelled with a sign that stands for another one
        seen = library.listed(other)
    assert seen == []


@pytest.mark.parametrize(
    "sign", ["\u2028", "\u2029", "\u200e", "\u200f", "\u061c", "\u202e", "\u2066", "\ufeff", "\x9b", "\u00ad"]
)
def test_signs_that_nobody_sees_are_refused_in_names_and_notes(library: Library, secret: Entry, sign: str) -> None:
    for attempt in (library.rename, library.annotate):
        with pytest.raises(LibraryError, match=f"U\\+{ord(sign):04X}"):
            attempt("ana", secret.id, f"Bud{sign}get")
