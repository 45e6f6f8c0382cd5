"""The page Library: keep, rename, note, duplicate, delete with undo, compare, restore, share; each person their own."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.session import library as kept_places
from app.session import people
from app.session.store import Source, Wish, key_of, load_plan, plan_path, source_of
from app.shell import saved_plans, state
from app.tasks import jobs
from planner.library import KeptWorkbook, Library, Packed, open_library, pack, rechecked, unpack
from planner.plan import Plan
from tests.app.conftest import read_words

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A library with nothing in it."""
    where = str(tmp_path / "library.sqlite")
    monkeypatch.setenv("PLANNER_LIBRARY", where)
    return where


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sign somebody in; ana is signed in already."""
    now = {"email": "ana@example.org"}
    monkeypatch.setattr(people, "people_sign_in", lambda: True)
    monkeypatch.setattr(people, "signed_in", lambda: now)
    return lambda email: now.update(email=email)


@pytest.fixture
def library(place: str) -> Iterator[Library]:
    """The same library, as the command line opens it."""
    opened = open_library(place)
    yield opened
    opened.close()


def keep(at: AppTest, name: str, note: str = "") -> AppTest:
    at.text_input(key="keep_name").set_value(name)
    at.text_area(key="keep_note").set_value(note)
    at.button(key="keep").click().run()
    assert not at.exception
    return at


@pytest.fixture
def with_one(opened: Open, library: Library) -> tuple[AppTest, str]:
    """The page with one kept plan, and its number."""
    at = keep(opened("Library"), "More visas", "for the minister")
    (entry,) = library.listed("ana@example.org")
    return at, entry.id


@pytest.fixture(scope="session")
def other(cache: Path, source: Source, solved: Plan) -> state.Shown:
    """Another plan: with more money for asylum."""
    wish = Wish(sets=("Appropriations!asylum budget / P1.Amount=*1.2",))
    job = jobs.solve(source, wish)
    job.wait(120)
    assert job.state == "done", job.sentence
    return state.Shown(source, wish, key_of(source, wish))


def show(at: AppTest, library: Library, plan: state.Shown) -> AppTest:
    """Have another plan on the screen: one that somebody shares."""
    book = KeptWorkbook(Path(plan.source.path).read_bytes(), plan.source.name)
    entry = library.save(
        "cyd@example.org", "Of Cyd", load_plan(plan_path(plan.key)), book, saved_plans.settings_of(plan)
    )
    library.share("cyd@example.org", entry.id, "read")
    at.run()
    press(at, f"show_{entry.id}")
    assert at.session_state["shown"] == plan
    library.erase("cyd@example.org", entry.id)
    return at.run()


def press(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception
    return at


def test_an_empty_library_says_what_to_do(opened: Open) -> None:
    said = read_words(opened("Library"))
    assert "Nothing is kept yet" in said
    assert "Kept for **ana@example.org**. Nobody else sees a plan until you share it" in said


def test_52_a_plan_is_kept_with_name_and_note(with_one: tuple[AppTest, str], library: Library, solved: Plan) -> None:
    at, number = with_one
    said = read_words(at)
    assert "Kept as More visas." in said
    assert "for the minister" in said
    assert "starter · as the workbook says" in said
    assert "changed just now by ana@example.org" in said
    found = library.get("ana@example.org", number)
    assert found.plan.objective == solved.objective
    assert found.book.sha256 == solved.record.input_sha256
    assert found.entry.settings["grid"] == "default"


def test_52_without_a_name_it_gets_that_of_the_plan(opened: Open, library: Library) -> None:
    at = keep(opened("Library"), "")
    assert [e.name for e in library.listed("ana@example.org")] == ["starter: as the workbook says"]
    assert "Kept as starter: as the workbook says." in read_words(at)


def test_52_rename_and_note(with_one: tuple[AppTest, str], library: Library) -> None:
    at, number = with_one
    press(at, f"more_{number}")
    entry = library.entry("ana@example.org", number)
    at.text_input(key=f"name_{number}_{entry.version}").set_value("Fewer visas")
    at.text_area(key=f"note_{number}_{entry.version}").set_value("after the meeting")
    press(at, f"save_{number}")
    entry = library.entry("ana@example.org", number)
    assert (entry.name, entry.note) == ("Fewer visas", "after the meeting")
    said = read_words(at)
    assert "More visas is now called Fewer visas. The note was written." in said
    assert [e.what for e in library.history("ana@example.org", number)] == ["saved", "renamed", "noted"]
    history = next(t.value for t in at.main.table if "Who" in t.value.columns)
    assert list(history["What"]) == ["wrote a note", "renamed", "kept"]


def test_52_a_name_that_cannot_be_is_told_and_nothing_is_lost(with_one: tuple[AppTest, str], library: Library) -> None:
    at, _ = with_one
    at.text_input(key="keep_name").set_value("a\u202eb")
    at.text_area(key="keep_note").set_value("a long note that took time")
    press(at, "keep")
    assert "invisible control character" in read_words(at)
    assert at.text_area(key="keep_note").value == "a long note that took time"
    assert len(library.listed("ana@example.org")) == 1


def test_52_duplicate(with_one: tuple[AppTest, str], library: Library) -> None:
    at, number = with_one
    press(at, f"more_{number}")
    press(at, f"copy_{number}")
    assert "Copied as More visas (2)." in read_words(at)
    assert {e.name for e in library.listed("ana@example.org")} == {"More visas", "More visas (2)"}


def test_52_delete_and_undo(with_one: tuple[AppTest, str], library: Library) -> None:
    at, number = with_one
    press(at, f"more_{number}")
    press(at, f"delete_{number}")
    assert "More visas was deleted. For 30 days it can be brought back." in read_words(at)
    assert library.listed("ana@example.org") == []
    press(at, "undo_delete")
    assert "More visas is back." in read_words(at)
    assert [e.id for e in library.listed("ana@example.org")] == [number]


def test_52_a_deleted_plan_is_brought_back_later_or_erased(with_one: tuple[AppTest, str], library: Library) -> None:
    at, number = with_one
    press(at, f"more_{number}")
    press(at, f"delete_{number}")
    press(at, f"back_{number}")
    assert len(library.listed("ana@example.org")) == 1
    press(at, f"more_{number}")
    press(at, f"delete_{number}")
    press(at, f"erase_{number}")
    assert "More visas was erased." in read_words(at)
    assert library.listed("ana@example.org", deleted=True) == []


def test_53_kept_plans_are_compared(with_one: tuple[AppTest, str], library: Library, other: state.Shown) -> None:
    at, number = with_one
    state_before = at.session_state["shown"]
    show(at, library, other)
    assert at.session_state["shown"].key != state_before.key
    keep(at, "More money")
    second = next(e.id for e in library.listed("ana@example.org") if e.id != number)
    at.session_state["shelf"] = {}
    at.checkbox(key=f"compare_{number}").check().run()
    at.checkbox(key=f"compare_{second}").check().run()
    at.button(key="go_compare").click().run()
    assert not at.exception
    assert "What comes out" in read_words(at)
    assert len(at.session_state["compare_keys"]) == 2
    assert len(at.session_state["shelf"]) >= 2


def test_27_a_kept_plan_is_there_after_a_restart_with_its_levers(
    opened: Open, library: Library, cache: Path, other: state.Shown
) -> None:
    at = opened("Library")
    show(at, library, other)
    plan = other
    objective = state.plan_at(plan.key).objective
    keep(at, "More money")
    (entry,) = library.listed("ana@example.org")
    # the server forgets everything: a new tab, no plan on the disk, no memory of the library
    content = plan_path(plan.key).read_bytes()
    plan_path(plan.key).unlink()
    kept_places._opened.clear()
    state.plan_of.clear()
    again = opened("Library")
    assert again.session_state["shown"].wish == Wish()
    press(again, f"show_{entry.id}")
    found = again.session_state["shown"]
    assert (found.wish, found.key) == (other.wish, plan.key)
    assert state.plan_at(found.key).objective == objective
    assert json.loads(plan_path(plan.key).read_bytes()) == json.loads(content)
    assert again.session_state["extra"] == other.wish.sets
    assert "More money is on the screen on every page" in read_words(again)


def test_27_a_kept_upload_is_there_after_the_upload_is_gone(
    opened: Open, library: Library, starter: Path, tmp_path: Path, solved: Plan
) -> None:
    from planner.options import Options
    from planner.solve import solve as solve_case
    from planner.workbook import read, write_template
    from tests.checks.edits import edited

    path = tmp_path / "mine.xlsx"
    write_template(path, raw_tables=edited(("Appropriations", "asylum budget / P2", {"Amount": 10.0})))
    plan = solve_case(read(path), Options(grid="phases"))
    entry = library.save(
        "ana@example.org", "Upload", plan, KeptWorkbook(path.read_bytes(), "mine.xlsx"), {"grid": "phases", "sets": []}
    )
    digest = source_of(path, "mine").sha256
    path.unlink()
    at = opened("Library")
    press(at, f"show_{entry.id}")
    source = at.session_state["source"]
    assert (source.name, source.sha256, source.kind) == ("mine.xlsx", digest, "upload")
    assert source.path != str(path)
    assert Path(source.path).is_file()
    assert at.session_state["shown"].origin == saved_plans.EARLIER  # saved without the mark of the code that made it


def test_saving_over_keeps_the_earlier_plan(
    with_one: tuple[AppTest, str], library: Library, other: state.Shown
) -> None:
    at, number = with_one
    held = {name: at.session_state[name] for name in ("kept_as", "kept_as_name", "kept_as_key")}
    show(at, library, other)
    assert "save_over" not in {b.key for b in at.button}  # it came from a plan that only its owner may change
    for name, value in held.items():
        at.session_state[name] = value
    at.run()
    press(at, "save_over")
    assert "Saved over More visas." in read_words(at)
    assert [e.number for e in library.contents("ana@example.org", number)] == [1, 2]
    press(at, f"more_{number}")
    press(at, f"earlier_{number}_1")
    assert at.session_state["shown"].wish == Wish()


def test_two_who_save_over_the_same_plan_are_told_and_both_are_kept(
    with_one: tuple[AppTest, str], library: Library, other: state.Shown
) -> None:
    at, number = with_one
    library.share("ana@example.org", number, "change")
    found = library.get("ana@example.org", number)
    library.replace("bea@example.org", number, found.entry.version, found.plan, found.book, {"by": "bea"})
    held = {name: at.session_state[name] for name in ("kept_as", "kept_as_name", "kept_as_key")}
    show(at, library, other)
    assert "save_over" not in {b.key for b in at.button}  # it came from a plan that only its owner may change
    for name, value in held.items():
        at.session_state[name] = value
    at.run()
    press(at, "save_over")
    said = read_words(at)
    assert "bea@example.org has saved over More visas after you opened it. Nothing was lost" in said
    assert "yours was kept as More visas (ana@example.org)" in said
    assert library.entry("ana@example.org", number).settings == {"by": "bea"}


def test_a_note_that_somebody_else_changed_is_not_written_over(with_one: tuple[AppTest, str], library: Library) -> None:
    at, number = with_one
    library.share("ana@example.org", number, "change")
    at.run()
    press(at, f"more_{number}")
    version = library.entry("ana@example.org", number).version
    at.text_area(key=f"note_{number}_{version}").set_value("Ana's note")
    library.annotate("bea@example.org", number, "Bea's note")
    press(at, f"save_{number}")
    said = read_words(at)
    assert "bea@example.org changed it to 'Bea's note'" in said
    assert "What you wrote: **Ana's note**" in said
    assert library.entry("ana@example.org", number).note == "Bea's note"
    press(at, "conflict_mine")
    assert library.entry("ana@example.org", number).note == "Ana's note"
    assert "theirs stays in the history" in read_words(at)


def test_83_two_people_see_only_their_own_and_what_is_shared(
    with_one: tuple[AppTest, str], opened: Open, library: Library, person: Callable[[str], None]
) -> None:
    at, number = with_one
    person("bea@example.org")
    theirs = opened("Library")
    assert "Nothing is kept yet" in read_words(theirs)
    assert "More visas" not in read_words(theirs)
    linked = opened("Library", kept=number)
    assert "More visas" not in read_words(linked)
    assert all(b.key != f"show_{number}" for b in linked.button)
    person("ana@example.org")
    press(at, f"more_{number}")
    version = library.entry("ana@example.org", number).version
    at.selectbox(key=f"share_{number}_{version}").set_value("read").run()
    assert "More visas: everybody here may see and copy it." in read_words(at)
    person("bea@example.org")
    theirs = opened("Library")
    said = read_words(theirs)
    assert "More visas" in said
    assert "shared" in said
    press(theirs, f"more_{number}")
    assert "It belongs to ana@example.org" in read_words(theirs)
    keys = {b.key for b in theirs.button}
    assert f"delete_{number}" not in keys
    assert f"save_{number}" not in keys
    press(theirs, f"copy_{number}")
    assert [e.name for e in library.listed("bea@example.org") if e.owner == "bea@example.org"] == ["More visas"]


def test_82_a_link_to_a_plan_that_is_not_shared_says_so(
    with_one: tuple[AppTest, str], opened: Open, library: Library, person: Callable[[str], None]
) -> None:
    at = opened("Library", kept=with_one[1])
    assert f"save_{with_one[1]}" in {b.key for b in at.button}  # it is open
    keep(opened("Library"), "Another")
    person("bea@example.org")
    keep(opened("Library"), "Hers")
    assert "not in the library any more, or it is not shared with you" in read_words(
        opened("Library", kept=with_one[1])
    )


def test_82_the_workbook_of_a_link_is_found_in_the_library_of_those_who_may_see_it(
    with_one: tuple[AppTest, str], person: Callable[[str], None], solved: Plan
) -> None:
    fingerprint = solved.record.input_sha256[:16]
    found = saved_plans.source_named(fingerprint)
    assert found is not None
    assert found.sha256 == solved.record.input_sha256
    assert saved_plans.source_named(fingerprint[:8]) is None
    person("bea@example.org")
    assert saved_plans.source_named(fingerprint) is None


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "**bold** :red[x] $x$"])
def test_84_names_and_notes_are_shown_as_text(opened: Open, library: Library, text: str) -> None:
    at = keep(opened("Library"), text, text)
    (entry,) = library.listed("ana@example.org")
    press(at, f"more_{entry.id}")
    raw = [str(m.value) for m in at.main.markdown]
    assert not any(text in value for value in raw), "the text reached Markdown as it was typed"
    assert text in read_words(at)


def test_somebody_who_has_not_signed_in_is_asked_to(opened: Open, person: Callable[[str], None]) -> None:
    person("")
    at = opened("Library")
    assert "portal, which says who you are. Open it there." in read_words(at)
    assert not any(b.key == "keep" for b in at.button)


def test_where_nobody_signs_in_it_is_said_whose_plans_these_are(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "people_sign_in", lambda: False)
    monkeypatch.setattr("app.session.people.this_user", lambda: "office")
    assert "Kept for **office**, who runs this server. Nobody signs in here" in read_words(opened("Library"))


def test_whose_plans_are_a_persons_who_signs_in(
    opened: Open, library: Library, monkeypatch: pytest.MonkeyPatch, solved: Plan, starter: Path
) -> None:
    claims = {"is_logged_in": True, "iss": "https://login.example", "email_verified": True}
    now: dict[str, Any] = {}
    monkeypatch.setattr(people, "signed_in", lambda: claims | now)
    library.save("ana@example.org", "Kept before", solved, KeptWorkbook(starter.read_bytes(), "starter.xlsx"), {})
    for subject, address, sees in (
        ("1", "Ana@example.org", True),
        ("2", "ana@example.org", False),
        ("1", "a@b.org", True),
    ):
        now.update(sub=subject, email=address)
        assert ("Kept before" in read_words(opened("Library"))) is sees


def test_a_library_that_cannot_be_opened_is_told(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_LIBRARY", "/proc/none/library.sqlite")
    said = read_words(opened("Library"))
    assert "cannot be made" in said


def test_search_order_and_whose(opened: Open, library: Library, solved: Plan, starter: Path) -> None:
    book = KeptWorkbook(starter.read_bytes(), "starter.xlsx", "starter")
    for name, note in (("Beta", "river"), ("alpha", "mountain"), ("Gamma", "")):
        library.save("ana@example.org", name, solved, book, {}, note)
    shared = library.save("bea@example.org", "Delta", solved, book, {})
    library.share("bea@example.org", shared.id, "read")

    def names(at: AppTest) -> list[str]:
        every = ("alpha", "Beta", "Gamma", "Delta")
        return [n for m in at.main.markdown for n in every if str(m.value).startswith(f"**{n}**")]

    at = opened("Library")
    assert names(at) == ["Delta", "Gamma", "alpha", "Beta"]
    at.selectbox(key="library_sort").set_value("Name").run()
    assert names(at) == ["alpha", "Beta", "Delta", "Gamma"]
    at.selectbox(key="library_whose").set_value("Shared by others").run()
    assert names(at) == ["Delta"]
    at.selectbox(key="library_whose").set_value("All").run()
    at.text_input(key="library_search").set_value("MOUNTAIN").run()
    assert names(at) == ["alpha"]
    at.text_input(key="library_search").set_value("nothing like it").run()
    assert "None of 4 plans matches." in read_words(at)


def test_many_plans_come_page_by_page(opened: Open, library: Library, solved: Plan, starter: Path) -> None:
    book = KeptWorkbook(starter.read_bytes(), "starter.xlsx", "starter")
    for number in range(19):
        library.save("ana@example.org", f"Plan {number}", solved, book, {})
    at = opened("Library")
    assert sum(str(b.key).startswith("show_") for b in at.button) == 8
    assert "19 of 19 plans" in read_words(at)


def test_a_file_of_kept_plans_is_taken_in(
    with_one: tuple[AppTest, str], library: Library, person: Callable[[str], None], opened: Open
) -> None:
    data = library.export("ana@example.org", [with_one[1]])
    person("bea@example.org")
    at = opened("Library")
    at.file_uploader(key="library_file").upload("kept.zip", data, "application/zip").run(timeout=100)
    assert not at.exception
    assert "1 plan taken in." in read_words(at)
    (entry,) = library.listed("bea@example.org")
    assert (entry.name, entry.note, entry.owner) == ("More visas", "for the minister", "bea@example.org")


def test_83_a_forged_plan_in_a_file_never_passes_for_what_the_planner_finds(
    with_one: tuple[AppTest, str], library: Library, opened: Open, solved: Plan
) -> None:
    """Its settings name the place where the real plan is kept; a forger can know that."""
    _, number = with_one
    real = library.get("ana@example.org", number)
    place = plan_path(str(real.entry.settings["key"]))
    content = place.read_bytes()
    forged = replace(real, plan=replace(real.plan, objective=1e9))
    (entry,), _ = library.add("ana@example.org", rechecked(unpack(pack([Packed(forged)]))))
    assert (entry.results["verified"], entry.results["gap"]) == (False, None)
    try:
        place.unlink()  # the cache was emptied
        state.plan_of.clear()
        at = opened("Library")
        before = place.read_bytes() if place.is_file() else b""
        press(at, f"show_{entry.id}")
        shown = at.session_state["shown"]
        assert shown.key.startswith("kept-")
        assert shown.origin == saved_plans.IMPORTED
        assert state.plan_at(shown.key).objective == 1e9
        assert (place.read_bytes() if place.is_file() else b"") == before
        assert "taken in from a file, not proven" in read_words(at)
    finally:
        place.write_bytes(content)
        state.plan_of.clear()


def test_settings_of_odd_kinds_do_no_harm(with_one: tuple[AppTest, str], library: Library, opened: Open) -> None:
    _, number = with_one
    found = library.get("ana@example.org", number)
    odd = {"grid": 7, "gap": "wide", "sets": [1, 2], "scenario": None, "key": "../../etc/passwd", "more": {"x": 1}}
    entry = library.save("ana@example.org", "Odd", found.plan, found.book, odd)
    at = opened("Library")
    press(at, f"show_{entry.id}")
    assert at.session_state["shown"].wish == Wish()
    assert at.session_state["shown"].key.startswith("kept-")


def test_a_file_that_holds_no_plans_is_refused(opened: Open, bomb: bytes, library: Library) -> None:
    at = opened("Library")
    for data in (bomb, b"no zip at all"):
        at.file_uploader(key="library_file").upload("kept.zip", data, "application/zip").run(timeout=100)
        assert not at.exception
        assert "not a file of kept plans that can be imported" in read_words(at)
    assert library.listed("ana@example.org") == []


def test_it_is_said_when_a_plan_will_be_erased(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_LIBRARY_DAYS", "10")
    at = keep(opened("Library"), "For ten days")
    assert f"erased on {datetime.now(UTC) + timedelta(days=10):%d %B %Y} unless it is changed" in read_words(at)
