"""Plans and uploads on disk."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from app.store import Source, Wish, keep_upload, key_of, load_plan, save_plan
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
    path = keep_upload(b"../../etc/passwd")
    assert path == cache / "uploads" / f"{hashlib.sha256(b'../../etc/passwd').hexdigest()}.xlsx"
    assert keep_upload(b"../../etc/passwd") == path
