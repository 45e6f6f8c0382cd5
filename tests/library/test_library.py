"""What people do with kept plans: nothing is lost, nothing is seen by others, and everything is written down."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from planner.library import ConflictError, Entry, KeptWorkbook, Library, LibraryError, NotThereError, Retention
from planner.plan import TABLES, Plan, plan_json
from planner.plan.frames import tidy

Open = Callable[..., Library]
SETTINGS = {"grid": "phases", "scenario": "", "gap": 0.01, "sets": ["Appropriations!*.Amount=*1.1"]}


@pytest.fixture
def entry(library: Library, plan: Plan, book: KeptWorkbook) -> Entry:
    return library.save("ana", "First plan", plan, book, SETTINGS, "for the meeting")


def run(library: Library, statement: str, **values: object) -> None:
    """Change something behind the library's back."""
    with library._writer.begin() as connection:
        connection.execute(sa.text(statement), values)


def count(library: Library, table: str) -> int:
    with library._engine.connect() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_saved_plan_comes_back_whole_from_another_opening(
    opened: Open, entry: Entry, plan: Plan, book: KeptWorkbook
) -> None:
    found = opened().get("ana", entry.id)
    assert (found.entry.name, found.entry.note, found.entry.settings) == ("First plan", "for the meeting", SETTINGS)
    assert (found.entry.owner, found.entry.workbook, found.entry.packaged) == ("ana", "starter.xlsx", "starter")
    assert found.entry.workbook_sha256 == plan.record.input_sha256 == found.book.sha256
    assert found.book == book
    assert plan_json.dumps(found.plan) == plan_json.dumps(plan)
    assert (found.plan.objective, found.plan.status, found.plan.record) == (plan.objective, plan.status, plan.record)
    for name in TABLES:
        pd.testing.assert_frame_equal(
            tidy(found.plan).tables[name], tidy(plan).tables[name], check_exact=True, obj=name
        )  # fmt: skip
    assert found.entry.results["outcomes"] == dict(
        zip(plan.tables["outcomes"]["outcome"], plan.tables["outcomes"]["value"], strict=True)
    )
    assert abs(datetime.now(UTC) - found.entry.made_at) < timedelta(minutes=5)


def test_a_plan_of_another_workbook_is_refused(library: Library, plan: Plan) -> None:
    with pytest.raises(LibraryError, match="not made from this workbook"):
        library.save("ana", "Wrong", plan, KeptWorkbook(b"PK another workbook", "other.xlsx"), {})
    assert library.listed("ana") == []


def test_same_names_are_told_apart_and_files_are_stored_once(library: Library, plan: Plan, book: KeptWorkbook) -> None:
    names = [library.save("ana", "Plan", plan, book, {}).name for _ in range(3)]
    assert names == ["Plan", "Plan (2)", "Plan (3)"]
    assert library.save("bea", "Plan", plan, book, {}).name == "Plan"
    assert (count(library, "library_workbook"), count(library, "library_plan")) == (1, 1)
    long = [library.save("ana", "x" * 200, plan, book, {}).name for _ in range(2)]
    assert [len(name) for name in long] == [200, 200]
    assert long[1].endswith(" (2)")


def test_rename_note_share_are_written_down_with_who_when_from_to(library: Library, entry: Entry) -> None:
    library.rename("ana", entry.id, "Better name")
    library.annotate("ana", entry.id, "second thoughts\nin two lines")
    library.share("ana", entry.id, "change")
    library.rename("bea", entry.id, "Bea's name")
    said = [(e.who, e.what, e.before, e.after) for e in library.history("ana", entry.id)]
    assert said == [
        ("ana", "saved", "", "First plan"),
        ("ana", "renamed", "First plan", "Better name"),
        ("ana", "noted", "for the meeting", "second thoughts\nin two lines"),
        ("ana", "shared", "", "change"),
        ("bea", "renamed", "Better name", "Bea's name"),
    ]
    moments = [e.at for e in library.history("ana", entry.id)]
    assert moments == sorted(moments)
    assert all(moment.tzinfo is not None for moment in moments)
    assert library.entry("ana", entry.id).changed_by == "bea"


def test_a_name_that_is_taken_is_refused(library: Library, entry: Entry, plan: Plan, book: KeptWorkbook) -> None:
    second = library.save("ana", "Second", plan, book, {})
    with pytest.raises(LibraryError, match="another plan called 'First plan'"):
        library.rename("ana", second.id, "First plan")
    assert library.rename("ana", second.id, "Second").version == second.version  # nothing changed, nothing counted


def test_83_nobody_sees_what_is_not_shared(library: Library, entry: Entry) -> None:
    assert library.listed("bea") == []
    assert library.book("bea", entry.workbook_sha256) is None
    tries: list[Callable[[], object]] = [
        lambda: library.get("bea", entry.id),
        lambda: library.entry("bea", entry.id),
        lambda: library.history("bea", entry.id),
        lambda: library.contents("bea", entry.id),
        lambda: library.rename("bea", entry.id, "Mine"),
        lambda: library.annotate("bea", entry.id, "Mine"),
        lambda: library.share("bea", entry.id, "read"),
        lambda: library.duplicate("bea", entry.id),
        lambda: library.delete("bea", entry.id),
        lambda: library.erase("bea", entry.id),
        lambda: library.restore("bea", entry.id),
        lambda: library.export("bea", [entry.id]),
        lambda: library.find("bea", "First plan"),
        lambda: library.get("bea", "nothing-like-it"),
    ]
    for attempt in tries:
        with pytest.raises(NotThereError):
            attempt()
    assert [e.what for e in library.history("ana", entry.id)] == ["saved"]


def test_82_the_workbook_of_a_link_is_found_for_those_who_may_see_it(
    library: Library, entry: Entry, book: KeptWorkbook
) -> None:
    assert library.book("ana", entry.workbook_sha256[:16]) == book
    assert library.book("ana", "%") is None
    assert library.book("bea", entry.workbook_sha256[:16]) is None
    library.share("ana", entry.id, "read")
    assert library.book("bea", entry.workbook_sha256[:16]) == book


def test_shared_to_read_is_seen_and_copied_but_not_changed(
    library: Library, entry: Entry, plan: Plan, book: KeptWorkbook
) -> None:
    library.share("ana", entry.id, "read")
    assert [e.id for e in library.listed("bea")] == [entry.id]
    assert library.get("bea", entry.id).plan.objective == library.get("ana", entry.id).plan.objective
    tries: list[Callable[[], object]] = [
        lambda: library.rename("bea", entry.id, "Mine"),
        lambda: library.annotate("bea", entry.id, "Mine"),
        lambda: library.replace("bea", entry.id, entry.version, plan, book, {}),
        lambda: library.share("bea", entry.id, "change"),
        lambda: library.delete("bea", entry.id),
        lambda: library.erase("bea", entry.id),
    ]
    for attempt in tries:
        with pytest.raises(LibraryError, match="belongs to ana"):
            attempt()
    copy = library.duplicate("bea", entry.id)
    assert (copy.owner, copy.name, copy.sharing) == ("bea", "First plan", "")
    library.share("ana", entry.id, "")
    assert [e.id for e in library.listed("bea")] == [copy.id]
    assert library.history("bea", copy.id)[0].before == "First plan of ana"


def test_shared_to_change_still_leaves_sharing_and_deleting_to_the_owner(library: Library, entry: Entry) -> None:
    library.share("ana", entry.id, "change")
    assert library.rename("bea", entry.id, "Together").name == "Together"
    for attempt in (lambda: library.share("bea", entry.id, ""), lambda: library.delete("bea", entry.id)):
        with pytest.raises(LibraryError, match="only its owner"):
            attempt()


def test_a_deleted_plan_is_gone_for_all_until_it_is_restored(
    library: Library, entry: Entry, plan: Plan, book: KeptWorkbook
) -> None:
    library.share("ana", entry.id, "change")
    library.delete("ana", entry.id)
    assert library.listed("ana") == library.listed("bea") == library.everything() == []
    assert [e.id for e in library.listed("ana", deleted=True)] == [entry.id]
    assert library.listed("bea", deleted=True) == []
    with pytest.raises(NotThereError):
        library.rename("bea", entry.id, "Too late")
    other = library.save("ana", "First plan", plan, book, {})
    assert other.name == "First plan"
    assert library.restore("ana", entry.id).name == "First plan (2)"
    assert library.restore("ana", entry.id).name == "First plan (2)"  # twice does no harm
    assert {e.id for e in library.listed("ana")} == {entry.id, other.id}
    assert [e.what for e in library.history("ana", entry.id)] == ["saved", "shared", "deleted", "restored"]


def test_a_change_over_an_unseen_change_is_told_and_both_are_kept(library: Library, entry: Entry) -> None:
    library.share("ana", entry.id, "change")
    library.annotate("bea", entry.id, "Bea's note", seen=entry.version)
    with pytest.raises(ConflictError, match="bea changed it to 'Bea's note'") as told:
        library.annotate("ana", entry.id, "Ana's note", seen=entry.version)
    assert (told.value.current.note, told.value.yours, told.value.field) == ("Bea's note", "Ana's note", "note")
    assert library.entry("ana", entry.id).note == "Bea's note"
    assert ("ana", "not noted", "Bea's note", "Ana's note") in [
        (e.who, e.what, e.before, e.after) for e in library.history("ana", entry.id)
    ]
    again = library.annotate("ana", entry.id, "Ana's note", seen=told.value.current.version)
    assert again.note == "Ana's note"


def test_changes_of_different_things_are_no_conflict(library: Library, entry: Entry) -> None:
    library.share("ana", entry.id, "change")
    library.rename("bea", entry.id, "Bea's name", seen=entry.version)
    done = library.annotate("ana", entry.id, "Ana's note", seen=entry.version)
    assert (done.name, done.note) == ("Bea's name", "Ana's note")
    assert library.annotate("bea", entry.id, "Ana's note", seen=entry.version).note == "Ana's note"  # they agree


def test_saving_over_keeps_what_was_there(
    library: Library, entry: Entry, plan: Plan, other_plan: Plan, book: KeptWorkbook
) -> None:
    saved = library.replace("ana", entry.id, entry.version, other_plan, book, {"grid": "months"})
    assert (saved.instead_of, saved.entry.number, saved.entry.id) == (None, 2, entry.id)
    assert library.get("ana", entry.id).plan.objective == other_plan.objective
    assert library.get("ana", entry.id, 1).plan.objective == plan.objective
    assert [(e.number, e.settings["grid"]) for e in library.contents("ana", entry.id)] == [(1, "phases"), (2, "months")]
    event = library.history("ana", entry.id)[-1]
    assert (event.what, event.before == event.after) == ("saved over", False)
    with pytest.raises(NotThereError, match="no content number 7"):
        library.get("ana", entry.id, 7)


def test_two_who_save_over_the_same_plan_both_find_theirs(
    library: Library, entry: Entry, plan: Plan, other_plan: Plan, book: KeptWorkbook
) -> None:
    library.share("ana", entry.id, "change")
    theirs = library.replace("bea", entry.id, entry.version, other_plan, book, {"by": "bea"})
    mine = library.replace("ana", entry.id, entry.version, plan, book, {"by": "ana"})
    assert theirs.instead_of is None
    assert mine.instead_of is not None
    assert (mine.instead_of.id, mine.entry.name, mine.entry.owner) == (entry.id, "First plan (ana)", "ana")
    assert library.get("ana", entry.id).entry.settings == {"by": "bea"}
    assert library.get("ana", mine.entry.id).entry.settings == {"by": "ana"}


def test_what_is_kept_long_enough_is_erased_with_its_workbook(
    opened: Open, library: Library, entry: Entry, where: str, book: KeptWorkbook
) -> None:
    in_file = "://" not in where
    assert not in_file or _pieces(where, book) > 50
    library.delete("ana", entry.id)
    old = datetime.now(UTC) - timedelta(days=29)
    _set_day(library, "deleted_at", entry.id, old)
    assert opened().tidy() == 0
    assert library.listed("ana", deleted=True)
    _set_day(library, "deleted_at", entry.id, old - timedelta(days=2))
    assert opened(deleted_days=60).tidy() == 0
    opened()  # an opening tidies up
    assert library.listed("ana", deleted=True) == []
    assert [count(library, f"library_{t}") for t in ("entry", "content", "workbook", "plan")] == [0, 0, 0, 0]
    with library._engine.connect() as connection:
        left = connection.execute(sa.text("SELECT who, what, before, after FROM library_event")).all()
    assert [tuple(row) for row in left] == [("retention settings", "erased", "", "")]
    assert not in_file or _pieces(where, book) == 0


def _pieces(where: str, book: KeptWorkbook) -> int:
    """How many pieces of a workbook a SQLite file and its log hold."""
    files = b"".join(file.read_bytes() for file in Path(where).parent.glob("library.sqlite*"))
    return sum(book.content[n : n + 200] in files for n in range(0, len(book.content), 1_000))


def _set_day(library: Library, column: str, entry_id: str, day: datetime) -> None:
    shown = day.replace(tzinfo=None) if library._engine.dialect.name == "sqlite" else day
    kind = sa.DateTime() if library._engine.dialect.name == "sqlite" else sa.DateTime(timezone=True)
    with library._writer.begin() as connection:
        statement = sa.text(f"UPDATE library_entry SET {column} = :day WHERE id = :id")
        connection.execute(statement.bindparams(sa.bindparam("day", shown, kind)), {"id": entry_id})


def test_days_kept_at_most_are_counted_from_the_last_change(opened: Open, library: Library, entry: Entry) -> None:
    _set_day(library, "changed_at", entry.id, datetime.now(UTC) - timedelta(days=400))
    assert opened().listed("ana")  # never, unless a setting says so
    assert opened(days=500).listed("ana")
    assert Retention(days=500).kept_until(library.entry("ana", entry.id)) is not None
    assert opened(days=365).listed("ana") == []


def test_nothing_else_is_erased(
    library: Library, entry: Entry, plan: Plan, other_plan: Plan, book: KeptWorkbook
) -> None:
    stays = library.save("bea", "Stays", plan, book, {})
    gone = library.save("ana", "Goes", other_plan, book, {})
    library.erase("ana", gone.id)
    assert (count(library, "library_workbook"), count(library, "library_plan")) == (1, 1)
    library.erase("ana", entry.id)
    assert library.get("bea", stays.id).plan.objective == plan.objective


def test_deleting_erases_at_once_where_the_settings_say_so(opened: Open, entry: Entry) -> None:
    library = opened(deleted_days=0)
    library.delete("ana", entry.id)
    assert library.listed("ana", deleted=True) == []
    assert count(library, "library_workbook") == 0


def test_one_person_keeps_as_many_as_the_settings_say(opened: Open, plan: Plan, book: KeptWorkbook) -> None:
    library = opened(entries=2)
    first = library.save("ana", "One", plan, book, {})
    library.save("ana", "Two", plan, book, {})
    for attempt in (lambda: library.save("ana", "Three", plan, book, {}), lambda: library.duplicate("ana", first.id)):
        with pytest.raises(LibraryError, match="You keep 2 plans already"):
            attempt()
    assert library.save("bea", "Three", plan, book, {})
    library.delete("ana", first.id)
    library.save("ana", "Three", plan, book, {})
    with pytest.raises(LibraryError, match="You keep 2 plans already"):
        library.restore("ana", first.id)


HOSTILE = (
    "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "'; DROP TABLE library_entry; --", "🏳️‍🌈 план 计划",
    "خطة الميزانية", '%s {0} $(id) `id` \\ "', "=HYPERLINK(1)", "../../etc/passwd", "a" * 200,
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_84_any_text_is_kept_as_it_is_typed(library: Library, plan: Plan, book: KeptWorkbook, name: str) -> None:
    entry = library.save(f"{name[:40]}@here", name, plan, replace(book, name=name), {"sets": [name]}, name)
    found = library.get(f"{name[:40]}@here", entry.id).entry
    assert (found.name, found.note, found.settings) == (name, name, {"sets": [name]})
    assert library.find(f"{name[:40]}@here", name).id == entry.id
    assert library.rename(entry.owner, entry.id, name[:150] + " again").name == name[:150] + " again"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x" * 10_000, "at most 200 characters; this one has 10,000"),
        ("a\0b", "U\\+0000"),
        ("a\x1b[31mb", "U\\+001B"),
        ("invoice\u202exslx.exe", "U\\+202E"),
        ("\ud800", "U\\+D800"),
        (" \u00a0 ", "needs a name"),
        ("", "needs a name"),
    ],
)
def test_names_that_cannot_be_shown_are_refused_with_the_reason(
    library: Library, entry: Entry, plan: Plan, book: KeptWorkbook, name: str, said: str
) -> None:
    with pytest.raises(LibraryError, match=said):
        library.save("ana", name, plan, book, {})
    with pytest.raises(LibraryError, match=said):
        library.rename("ana", entry.id, name)
    assert [e.name for e in library.listed("ana")] == ["First plan"]


def test_notes_have_lines_and_a_length(library: Library, entry: Entry) -> None:
    assert library.annotate("ana", entry.id, "one\r\ntwo\tx\n").note == "one\ntwo\tx"
    with pytest.raises(LibraryError, match="at most 10,000"):
        library.annotate("ana", entry.id, "x" * 10_001)
    with pytest.raises(LibraryError, match="U\\+0000"):
        library.annotate("ana", entry.id, "\0")


def test_odd_settings_and_file_names_do_no_harm(library: Library, plan: Plan, book: KeptWorkbook) -> None:
    odd = {"sets": ["a\0b", "\ud800", "\u202e"], "nested": {"x": [1, 2.5, None, True]}}
    entry = library.save("ana", "Odd", plan, replace(book, name="a\0b\x1b" + "x" * 500), odd)
    found = library.entry("ana", entry.id)
    assert found.settings == odd
    assert (found.workbook[:4], len(found.workbook)) == ("a\ufffdb\ufffd", 200)


def test_somebody_who_is_nobody_is_refused(library: Library, plan: Plan, book: KeptWorkbook) -> None:
    with pytest.raises(LibraryError, match="Sign in"):
        library.save(" ", "Plan", plan, book, {})
    with pytest.raises(LibraryError, match="Sign in"):
        library.listed("")
    assert library.save(" Ana@Example.org ", "Plan", plan, book, {}).owner == "ana@example.org"


def test_plans_are_found_by_number_first_letters_or_name(
    library: Library, entry: Entry, plan: Plan, book: KeptWorkbook
) -> None:
    theirs = library.save("bea", "First plan", plan, book, {})
    library.share("bea", theirs.id, "read")
    assert library.find("ana", entry.id).id == entry.id
    assert library.find("ana", entry.id[:8]).id == entry.id
    assert library.find("ana", "First plan").id == entry.id  # one's own comes first
    assert library.find("cyd", "First plan").id == theirs.id
    for words in ("First", entry.id[:3], "", "%"):
        with pytest.raises(NotThereError):
            library.find("ana", words)
    more = library.save("dan", "First plan", plan, book, {})
    library.share("dan", more.id, "read")
    with pytest.raises(LibraryError, match="any of 2"):
        library.find("cyd", "First plan")


def test_what_was_changed_behind_its_back_is_not_handed_out(library: Library, entry: Entry) -> None:
    run(library, "UPDATE library_plan SET content = :x", x=b"nothing")
    with pytest.raises(LibraryError, match="stored plan is damaged"):
        library.get("ana", entry.id)
    assert library.listed("ana")  # the list still stands
    run(library, "UPDATE library_workbook SET content = :x", x=b"nothing")
    with pytest.raises(LibraryError, match="stored workbook is damaged"):
        library.book("ana", entry.workbook_sha256)


@pytest.mark.parametrize(("name", "value"), [("DAYS", "-1"), ("DELETED_DAYS", "soon"), ("ENTRIES", "0"), ("DAYS", "٣")])
def test_settings_that_are_no_whole_numbers_are_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"PLANNER_LIBRARY_{name}", value)
    with pytest.raises(LibraryError, match=f"PLANNER_LIBRARY_{name} is '{value}'; it must be a whole number"):
        Retention.from_environment()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Retention.from_environment() == Retention(deleted_days=30, days=0, entries=500)
    monkeypatch.setenv("PLANNER_LIBRARY_DAYS", "365")
    monkeypatch.setenv("PLANNER_LIBRARY_DELETED_DAYS", "0")
    monkeypatch.setenv("PLANNER_LIBRARY_ENTRIES", "7")
    assert Retention.from_environment() == Retention(deleted_days=0, days=365, entries=7)


def test_a_kept_plan_is_the_same_as_before_and_a_broken_one_is_told(plan: Plan) -> None:
    for broken in (b"", b"{}", b"[1]", b'{"record": 3}', b"[" * 100_000, plan_json.dumps(plan)[:-40]):
        with pytest.raises(ValueError, match="this is no plan, or it is damaged"):
            plan_json.loads(broken)
    said = plan_json.dumps(plan).replace(b'"objective"', b'"objective_"')
    with pytest.raises(ValueError, match="no plan"):
        plan_json.loads(said)


def test_python_has_what_the_library_needs_of_sqlite() -> None:
    assert sqlite3.sqlite_version_info >= (3, 35)
