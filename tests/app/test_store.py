"""Plans and uploads on disk."""

import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from app.session import store
from app.session.store import Source, Wish, keep_upload, key_of, load_plan, save_plan
from planner.plan import Plan
from planner.results import to_json
from planner.workbook import read


def test_a_plan_comes_back_as_it_was(solved: Plan, source: Source, tmp_path: Path) -> None:
    save_plan(solved, tmp_path / "plan.json")
    again = load_plan(tmp_path / "plan.json")
    assert replace(again, tables={}) == replace(solved, tables={})
    for name, table in solved.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    case = read(source.path)
    assert to_json(case, again) == to_json(case, solved)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"status": "optimal within gap", "record": {}, "tables": {}}'])
def test_a_damaged_plan_is_an_error_of_its_own(tmp_path: Path, content: str) -> None:
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(ValueError, match=r"."):
        load_plan(tmp_path / "plan.json")


def test_the_key_follows_the_workbook_and_every_setting(source: Source) -> None:
    wishes = [Wish(), Wish(scenario="surge"), Wish(grid="default"), Wish(gap=0.05), Wish(sets=("a!b.c=1",))]
    keys = {key_of(source, wish) for wish in wishes} | {key_of(replace(source, sha256="0"), Wish())}
    assert len(keys) == 6
    assert key_of(replace(source, name="another name"), Wish()) == key_of(source, Wish())


def test_an_upload_is_named_by_its_content(cache: Path) -> None:
    path = keep_upload(b"../../etc/passwd", "ana")
    assert path.parent.parent == cache / "uploads"
    assert path.name == f"{hashlib.sha256(b'../../etc/passwd').hexdigest()}.xlsx"
    assert keep_upload(b"../../etc/passwd", "ana") == path
    assert keep_upload(b"../../etc/passwd", "bea").parent != path.parent


def test_uploads_of_one_person_make_no_room_for_those_of_another(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path))
    theirs = keep_upload(b"what ben works on", "ben")
    for number in range(store.MOST_OWN + 5):
        os.utime(keep_upload(str(number).encode(), "eve"), (number, time.time() - 86_400 + number))
    store.prune()
    assert theirs.exists()
    kept = list(keep_upload(b"the last one", "eve").parent.iterdir())
    assert len(kept) <= store.MOST_OWN


def test_what_is_in_use_stays_however_much_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path))
    monkeypatch.setattr(store, "MOST_FILES", 2)
    files = [store.plan_path(f"plan{number}") for number in range(6)]
    for number, file in enumerate(files):
        file.write_text("{}", encoding="utf-8")
        os.utime(file, (0, time.time() - 86_400 - number))
    store.use(files[5])
    store.prune()
    assert [file.exists() for file in files] == [True, False, False, False, False, True]
