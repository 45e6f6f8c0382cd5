"""Several people at the same moment, each in a process of their own: nothing is lost and nothing stands twice."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from planner.library import KeptWorkbook, Library, Retention, open_library
from planner.plan import Plan, plan_json

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
BEFORE = """
import json, sys, time
from dataclasses import replace
from pathlib import Path
from planner.plan import plan_json
from planner.library import KeptWorkbook, ConflictError, open_library
where, folder, who, entry_id = sys.argv[1:5]
library = open_library(where)
plan = plan_json.loads(Path(folder, "plan.json").read_bytes())
book = KeptWorkbook(Path(folder, "book.xlsx").read_bytes(), "book.xlsx")
print("ready", flush=True)
sys.stdin.readline()
"""


def together(
    tmp_path: Path, where: str, plan: Plan, book: KeptWorkbook, code: str, people: list[str], entry: str = "-"
) -> list[Any]:
    """Run the same code for several people at the same moment; what each printed, as JSON."""
    (tmp_path / "plan.json").write_bytes(plan_json.dumps(plan))
    (tmp_path / "book.xlsx").write_bytes(book.content)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", BEFORE + code, where, tmp_path, who, entry], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for who in people
    ]  # fmt: skip
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120) for process in started]
    assert [error for _, error in told] == [""] * len(people)
    return [json.loads(out) for out, _ in told]


def test_52_two_processes_that_save_the_same_name_both_find_their_plans(
    tmp_path: Path, where: str, library: Library, plan: Plan, book: KeptWorkbook
) -> None:
    code = (
        "ids = [library.save('ana', 'Plan', replace(plan, objective=float(n)), book, {'by': who, 'n': n}).id "
        "for n in range(12)]\nprint(json.dumps(ids))\n"
    )
    told = together(tmp_path, where, plan, book, code, ["left", "right"])
    entries = {e.id: e for e in library.listed("ana")}
    assert len(entries) == 24
    assert set(entries) == {entry_id for ids in told for entry_id in ids}
    assert {e.name for e in entries.values()} == {"Plan", *(f"Plan ({n})" for n in range(2, 25))}
    assert Counter((e.settings["by"], e.settings["n"]) for e in entries.values()) == {
        (who, n): 1 for who in ("left", "right") for n in range(12)
    }
    for entry in entries.values():
        assert library.get("ana", entry.id).plan.objective == entry.settings["n"]


def test_of_processes_that_rename_the_same_plan_one_wins_and_all_are_written_down(
    tmp_path: Path, where: str, library: Library, plan: Plan, book: KeptWorkbook
) -> None:
    entry = library.save("ana", "Plan", plan, book, {})
    library.share("ana", entry.id, "change")
    code = (
        "try:\n"
        "    done = [library.rename(who, entry_id, f'Name by {who}', seen=2).name, '']\n"
        "except ConflictError as error:\n"
        "    done = ['', error.current.name]\n"
        "print(json.dumps(done))\n"
    )
    people = ["ana", "bea", "cyd"]
    told = together(tmp_path, where, plan, book, code, people, entry.id)
    name = library.entry("ana", entry.id).name
    assert sorted(told) == sorted([[name, ""], ["", name], ["", name]])
    events = library.history("ana", entry.id)
    assert Counter(e.what for e in events) == {"saved": 1, "shared": 1, "renamed": 1, "not renamed": 2}
    assert {e.after for e in events if "renamed" in e.what} == {f"Name by {who}" for who in people}


def test_of_processes_that_save_over_the_same_plan_each_finds_its_own(
    tmp_path: Path, where: str, library: Library, plan: Plan, book: KeptWorkbook
) -> None:
    entry = library.save("ana", "Plan", plan, book, {})
    library.share("ana", entry.id, "change")
    code = (
        "mine = replace(plan, objective=float(len(who)))\n"
        "saved = library.replace(who, entry_id, 2, mine, book, {'by': who})\n"
        "print(json.dumps([saved.entry.id, saved.instead_of is None]))\n"
    )
    people = ["ana", "beat", "cyril"]
    told = together(tmp_path, where, plan, book, code, people, entry.id)
    assert sum(first for _, first in told) == 1
    assert len({entry_id for entry_id, _ in told}) == 3
    for who, (entry_id, _) in zip(people, told, strict=True):
        kept = library.get(who, entry_id)
        assert (kept.entry.settings, kept.plan.objective) == ({"by": who}, float(len(who)))


def test_a_workbook_is_never_erased_under_somebody_who_saves_it(
    tmp_path: Path, where: str, library: Library, plan: Plan, book: KeptWorkbook
) -> None:
    """One erases the last plan of a workbook again and again while another keeps one of the same workbook."""
    code = (
        "for n in range(25):\n"
        "    entry = library.save(who, f'{n}', plan, book, {})\n"
        "    if who == 'ana':\n"
        "        library.erase(who, entry.id)\n"
        "    else:\n"
        "        library.get(who, entry.id)\n"
        "        library.erase(who, entry.id) if n % 2 else None\n"
        "print(1)\n"
    )
    together(tmp_path, where, plan, book, code, ["ana", "bea"])
    assert len(library.listed("bea")) == 13
    for entry in library.listed("bea"):
        assert library.get("bea", entry.id).book.sha256 == book.sha256


def test_threads_of_one_server_share_a_library(where: str, library: Library, plan: Plan, book: KeptWorkbook) -> None:
    failed: list[BaseException] = []

    def work(who: str) -> None:
        try:
            for n in range(6):
                entry = library.save(who, f"Plan {n}", plan, book, {"n": n})
                library.rename(who, entry.id, f"Renamed {n}", entry.version)
                assert library.get(who, entry.id).entry.settings == {"n": n}
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(f"person {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not failed
    for n in range(6):
        assert sorted(e.name for e in library.listed(f"person {n}")) == [f"Renamed {m}" for m in range(6)]


def test_threads_open_new_libraries_at_once(tmp_path: Path) -> None:
    """Alembic keeps its work in one place for a whole process; two openings must not meet there."""
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            open_library(str(tmp_path / f"{number}.sqlite"), Retention()).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert len(list(tmp_path.glob("*.sqlite"))) == 5


@pytest.fixture(autouse=True)
def _room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_LIBRARY_ENTRIES", "1000")
