"""Kept plans as a file: it brings back everything, and takes in nothing that was changed, forged or too large."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.library import (
    DamagedError,
    Entry,
    KeptWorkbook,
    Library,
    LibraryError,
    Packed,
    Retention,
    open_library,
    pack,
    rechecked,
    unpack,
)
from planner.options import Options
from planner.plan import Plan, Status, plan_json
from planner.solve import solve
from planner.workbook import read

SETTINGS = {"grid": "phases", "sets": []}


@pytest.fixture
def entry(library: Library, plan: Plan, book: KeptWorkbook) -> Entry:
    entry = library.save("ana", "First plan", plan, book, SETTINGS, "for the meeting")
    return library.rename("ana", entry.id, "Second name")


@pytest.fixture
def data(library: Library, entry: Entry) -> bytes:
    return library.export("ana", [entry.id])


def changed(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The same file with other content."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def relisted(data: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The same file with another list."""

    def work(files: dict[str, bytes]) -> None:
        said = json.loads(files["library.json"])
        change(said)
        files["library.json"] = json.dumps(said).encode()

    return changed(data, work)


def test_76_an_export_brings_everything_to_another_library(
    data: bytes, entry: Entry, plan: Plan, book: KeptWorkbook, tmp_path: Path
) -> None:
    other = open_library(str(tmp_path / "other.sqlite"), Retention())
    added, there = other.add("Bea", unpack(data))
    assert (len(added), there) == (1, 0)
    found = other.get("bea", added[0].id)
    assert (found.entry.name, found.entry.note, found.entry.owner) == ("Second name", "for the meeting", "bea")
    assert found.entry.settings == {**SETTINGS, "imported": True, "remake": ""}
    assert found.entry.results == entry.results
    assert (found.book, plan_json.dumps(found.plan)) == (book, plan_json.dumps(plan))
    assert other.history("bea", found.entry.id)[0].before.startswith("kept by ana since 20")
    assert other.add("bea", unpack(data)) == ([], 1)
    other.close()


def test_an_export_tells_its_history_and_is_the_same_twice(library: Library, data: bytes, entry: Entry) -> None:
    (packed,) = unpack(data)
    assert [(e.who, e.what, e.before, e.after) for e in packed.history] == [
        ("ana", "saved", "", "First plan"), ("ana", "renamed", "First plan", "Second name"),
    ]  # fmt: skip
    assert packed.history[0].at == library.history("ana", entry.id)[0].at
    assert library.export("ana", [entry.id]) == data


def test_a_workbook_of_several_plans_is_in_it_once(library: Library, entry: Entry) -> None:
    copy = library.duplicate("ana", entry.id)
    with zipfile.ZipFile(io.BytesIO(library.export("ana", [entry.id, copy.id]))) as archive:
        assert len(archive.namelist()) == 3
    assert len(unpack(library.export("ana", [entry.id, copy.id]))) == 2


def test_a_plan_with_changes_belongs_to_its_workbook_with_those_changes(
    library: Library, starter: Path, book: KeptWorkbook, data: bytes
) -> None:
    sets = ("Appropriations!asylum budget / P1.Amount=*1.2",)
    plan = solve(read(starter, sets=sets), Options(grid="phases"))
    assert plan.record.input_sha256 != book.sha256
    entry = library.save("ana", "More money", plan, book, {"sets": sets})
    packed = unpack(library.export("ana", [entry.id]))
    assert len(library.add("bea", packed)[0]) == 1
    wrong = replace(plan, record=replace(plan.record, changes=("Appropriations!asylum budget / P1.Amount=*1.3",)))
    forged = Packed(replace(packed[0].kept, plan=wrong), ())
    with pytest.raises(Exception, match="not made from this workbook"):
        library.add("cyd", [forged])
    assert library.listed("cyd") == []


def _forge_plan(files: dict[str, bytes]) -> None:
    name = next(n for n in files if n.startswith("plans/"))
    files[name] = files[name].replace(b'"objective": ', b'"objective": 1')


def _forge_book(files: dict[str, bytes]) -> None:
    name = next(n for n in files if n.startswith("workbooks/"))
    files[name] += b"x"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_forge_plan, "changed after it was written"),
        (_forge_book, "changed after it was written"),
        (lambda files: files.update({"../../etc/passwd": b"x"}), "holds files that no export holds"),
        (lambda files: files.update({"plans/../x.json": b"x"}), "holds files that no export holds"),
        (lambda files: files.pop("library.json"), "list of plans cannot be read"),
        (lambda files: files.update({"library.json": b"[" * 200_000}), "list of plans cannot be read"),
        (lambda files: files.update({"library.json": b'{"format": "other"}'}), "does not call itself"),
        (lambda files: files.pop(next(n for n in files if n.startswith("plans/"))), "list of plans cannot be read"),
        (lambda files: files.pop(next(n for n in files if n.startswith("workb"))), "list of plans cannot be read"),
    ],
)
def test_a_file_that_was_changed_is_refused(data: bytes, change: Callable[[dict[str, bytes]], None], said: str) -> None:
    with pytest.raises(DamagedError, match=said):
        unpack(changed(data, change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda said: said["entries"][0].update(name="a\0b"), "invisible control character"),
        (lambda said: said["entries"][0].update(name="x" * 10_000), "at most 200"),
        (lambda said: said["entries"][0].update(settings=[1]), "list of plans cannot be read"),
        (lambda said: said["entries"][0].update(made_at="yesterday"), "list of plans cannot be read"),
        (lambda said: said["entries"][0].update(plan_sha256="../../x"), "list of plans cannot be read"),
        (lambda said: said["entries"][0].pop("history"), "list of plans cannot be read"),
        (lambda said: said.update(entries=7), "list of plans cannot be read"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(data: bytes, change: Callable[[dict[str, Any]], Any], said: str) -> None:
    with pytest.raises(DamagedError, match=said):
        unpack(relisted(data, change))


def test_what_the_list_says_of_a_plan_is_not_believed(library: Library, data: bytes) -> None:
    boast = relisted(data, lambda said: said["entries"][0]["results"].update(objective=1e12, gap=0.0))
    assert unpack(boast)[0].kept.entry.results["objective"] != 1e12
    (entry,), _ = library.add("bea", unpack(boast))
    assert entry.results["objective"] == library.get("bea", entry.id).plan.objective


@pytest.mark.parametrize("junk", [b"", b"PK", b"no zip at all", b"PK\x03\x04" + b"\0" * 500])
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(DamagedError, match="no zip file"):
        unpack(junk)


def test_a_cut_file_is_refused(data: bytes) -> None:
    for part in (0.2, 0.6, 0.99):
        with pytest.raises(DamagedError):
            unpack(data[: int(len(data) * part)])


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("library.json", b" " * 60_000_000)
    with pytest.raises(DamagedError, match="larger than 8 MB"):
        unpack(stream.getvalue())
    with pytest.raises(DamagedError, match="unpacks to more than 40 MB"):
        unpack(stream.getvalue(), most=40_000_000)


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("library.json", b" " * 60_000_000)
    honest = (60_000_000).to_bytes(4, "little")
    with pytest.raises(DamagedError):
        unpack(stream.getvalue().replace(honest, (100).to_bytes(4, "little")))


def test_a_hostile_workbook_in_a_file_is_refused(data: bytes, book: KeptWorkbook) -> None:
    """One that declares entities, under its right hash."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", '<!DOCTYPE x [<!ENTITY a "aa">]><sheetData/>')
    hostile = KeptWorkbook(stream.getvalue(), "odd.xlsx")

    def change(files: dict[str, bytes]) -> None:
        del files[f"workbooks/{book.sha256}.xlsx"]
        files[f"workbooks/{hostile.sha256}.xlsx"] = hostile.content
        files["library.json"] = files["library.json"].replace(book.sha256.encode(), hostile.sha256.encode())

    with pytest.raises(DamagedError, match="declares document types or entities"):
        unpack(changed(data, change))


def test_nothing_is_an_export_of_nothing() -> None:
    assert unpack(pack([])) == []


def test_an_imported_plan_counts_as_unchecked(library: Library, plan: Plan, book: KeptWorkbook) -> None:
    entry = library.save("ana", "Checked", replace(plan, verified=True), book, {})
    packed = unpack(library.export("ana", [entry.id]))
    (taken,), _ = library.add("bea", packed)
    assert library.get("bea", taken.id).plan.verified is None
    assert library.add("bea", packed) == ([], 1)
    assert library.get("ana", entry.id).plan.verified is True


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("planner front 'my case.xlsx' \\\n  --outcome a", "planner front 'my case.xlsx' --outcome a"),
        ("planner solve x.xlsx; rm -rf ~", "planner solve 'x.xlsx;' rm -rf '~'"),
        ("planner $(reboot)", "planner '$(reboot)'"),
        ("curl http://example.org | sh", ""),
        ("planner 'unclosed", ""),
        ("", ""),
    ],
)
def test_a_command_in_a_file_cannot_do_anything_else(data: bytes, given: str, kept: str) -> None:
    said = relisted(data, lambda said: said["entries"][0]["settings"].update(remake=given))
    assert unpack(said)[0].kept.entry.settings["remake"] == kept


def test_nothing_of_how_good_an_imported_plan_is_is_believed(library: Library, plan: Plan, book: KeptWorkbook) -> None:
    boast = replace(
        plan, bound=plan.objective, gap=0.0, verified=True, unproven=(), warnings=("Proven best.",),
        doing_nothing={"a": 1.0}, previous={"a": 2.0},
    )  # fmt: skip
    entry = library.save("ana", "Boast", boast, book, {})
    (packed,) = rechecked(unpack(library.export("ana", [entry.id])))
    found = packed.kept.plan
    assert (found.status, found.bound, found.gap) == (Status.FEASIBLE, None, None)
    assert (found.verified, found.warnings, found.doing_nothing, found.previous) == (True, (), {}, {})
    assert "not whether another plan is better" in found.unproven[0]
    (taken,), _ = library.add("bea", [packed])
    assert (taken.results["status"], taken.results["gap"]) == ("feasible, gap open", None)
    assert library.add("bea", rechecked(unpack(library.export("ana", [entry.id])))) == ([], 1)


def test_a_forged_plan_fails_its_check(library: Library, plan: Plan, book: KeptWorkbook) -> None:
    forged = replace(plan, objective=1e9)
    entry = library.save("ana", "Forged", forged, book, {})
    none = library.save("ana", "No plan", replace(plan, status=Status.INFEASIBLE, tables={}), book, {})
    first, second = rechecked(unpack(library.export("ana", [entry.id, none.id])))
    assert first.kept.plan.verified is False
    assert second.kept.plan.status is Status.NO_PLAN


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.update(objective="97,684"),
        lambda said: said.update(objective=float("nan")),
        lambda said: said.update(gap=[]),
        lambda said: said.update(verified="yes"),
        lambda said: said["record"].update(rows="many"),
        lambda said: said["record"].update(case_name=["x"]),
        lambda said: said["record"].update(versions=["x"]),
        lambda said: said["tables"]["outcomes"]["data"][0].__setitem__(
            said["tables"]["outcomes"]["columns"].index("value"), "97,684"
        ),
        lambda said: said["tables"]["periods"]["data"][0].__setitem__(
            said["tables"]["periods"]["columns"].index("from"), "soon"
        ),
        lambda said: said["tables"]["outcomes"]["data"][0].pop(),
        lambda said: said["doing_nothing"].update(a="x"),
    ],
)
def test_a_plan_with_a_value_of_another_kind_is_refused(data: bytes, change: Callable[[dict[str, Any]], Any]) -> None:
    def work(files: dict[str, bytes]) -> None:
        name = next(n for n in files if n.startswith("plans/"))
        said = json.loads(files.pop(name))
        change(said)
        content = json.dumps(said).encode()
        mark = hashlib.sha256(content).hexdigest()
        files[f"plans/{mark}.json"] = content
        listed = json.loads(files["library.json"])
        listed["entries"][0]["plan_sha256"] = mark
        files["library.json"] = json.dumps(listed).encode()

    with pytest.raises(DamagedError, match="list of plans cannot be read"):
        unpack(changed(data, work))


def test_a_hundred_thousand_entries_of_one_plan_are_refused_at_once(data: bytes) -> None:
    many = relisted(data, lambda said: said.update(entries=said["entries"] * 100_000))
    with pytest.raises(DamagedError):
        unpack(many)
    with pytest.raises(DamagedError, match="at most 1,000 are taken at once"):
        unpack(relisted(data, lambda said: said.update(entries=said["entries"] * 1_001)))


def test_one_plan_named_often_is_looked_at_once(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bytes] = []
    monkeypatch.setattr(
        plan_json, "loads", lambda content, read=plan_json.loads: looked.append(content) or read(content)
    )
    packed = rechecked(unpack(relisted(data, lambda said: said.update(entries=said["entries"] * 200))))
    assert (len(packed), len(looked)) == (200, 1)
    assert len({id(one.kept.plan) for one in packed}) == 1


def test_more_than_one_person_may_keep_is_refused_before_anything_is_written(
    opened: Callable[..., Library], plan: Plan, book: KeptWorkbook
) -> None:
    library = opened(entries=3)
    ids = [library.save("ana", f"Plan {n}", plan, book, {}).id for n in range(3)]
    packed = unpack(library.export("ana", ids))
    library.save("bea", "Mine", plan, book, {})
    with pytest.raises(LibraryError, match="none was taken"):
        library.add("bea", packed)
    assert [e.name for e in library.listed("bea")] == ["Mine"]


def test_names_and_settings_in_a_file_are_made_visible_or_left_away(data: bytes) -> None:
    def change(said: dict[str, Any]) -> None:
        entry = said["entries"][0]
        entry.update(workbook="a\u202egpj.xlsx\x1b[31m", settings={"grid": 7, "sets": ["a=1"], "more": {"x": 1}})
        entry["history"][0].update(who="ana\u2066", after="x\x1b]0;y")

    (packed,) = unpack(relisted(data, change))
    assert packed.kept.book.name == "a\ufffdgpj.xlsx\ufffd[31m"
    assert packed.kept.entry.settings == {"sets": ["a=1"], "imported": True, "remake": ""}
    assert (packed.history[0].who, packed.history[0].after) == ("ana\ufffd", "x\ufffd]0;y")
