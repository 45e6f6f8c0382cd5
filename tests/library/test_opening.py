"""A library is made, brought up to date, or refused with a sentence; several programs may open it at once."""

import datetime
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from planner.library import KeptWorkbook, LibraryError, Retention, location, open_library, opening, place_of
from planner.library.location import WRITES, engine_of
from planner.library.models import HEAD, PREFIX, VERSION_TABLE, Base
from planner.library.opening import MIGRATIONS, bring_up, config_for
from planner.plan import Plan

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def connected(where: str) -> Iterator[sa.Connection]:
    """A connection that changes things behind the library's back."""
    engine = engine_of(place_of(where))
    try:
        with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


def test_the_newest_revision_is_the_one_that_the_code_names() -> None:
    with sa.create_engine("sqlite://").connect() as connection:
        script = ScriptDirectory.from_config(config_for(connection))
    assert script.get_heads() == [HEAD]
    assert [step.revision for step in script.walk_revisions()] == ["0003", "0002", "0001"]


def test_revisions_and_models_agree(new_place: str) -> None:
    open_library(new_place, Retention()).close()
    with connected(new_place) as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE,
                "include_name": lambda name, kind, _: kind != "table" or str(name).startswith(PREFIX),
            },
        )  # fmt: skip
        assert compare_metadata(context, Base.metadata) == []
        command.check(config_for(connection))


def test_a_library_of_the_first_form_is_brought_up_to_date(new_place: str, plan: Plan, book: KeptWorkbook) -> None:
    place = place_of(new_place)
    engine = engine_of(place)
    bring_up(engine, place, "0001")
    engine.dispose()
    with connected(new_place) as connection:
        assert "sharing" not in {c["name"] for c in sa.inspect(connection).get_columns("library_entry")}
        moment = sa.bindparam("moment", type_=sa.DateTime())
        connection.execute(
            sa.text("INSERT INTO library_workbook (sha256, size, content) VALUES (:sha256, :size, :content)"),
            {"sha256": book.sha256, "size": len(book.content), "content": book.content},
        )
        connection.execute(sa.text("INSERT INTO library_plan (sha256, size, content) VALUES ('p', 1, :c)"), {"c": b"x"})
        statement = (
            "INSERT INTO library_entry (id, owner, name, note, number, version, made_at, made_by, changed_at, "
            "changed_by, deleted_at, deleted_by) VALUES ('old', 'ana', 'Old plan', 'n', 1, 3, :moment, 'ana', :moment, "
            "'ana', NULL, '')"
        )
        connection.execute(sa.text(statement).bindparams(moment), {"moment": datetime.datetime(2026, 1, 2, 3, 4, 5)})
        statement = (
            "INSERT INTO library_content (entry_id, number, workbook_name, packaged, workbook_sha256, plan_sha256, "
            "settings, results, saved_at, saved_by) VALUES ('old', 1, 'w.xlsx', '', :sha, 'p', '{}', '{}', :moment, 'ana')"
        )
        values = {"moment": datetime.datetime(2026, 1, 2, 3, 4, 5), "sha": book.sha256}
        connection.execute(sa.text(statement).bindparams(moment), values)
    library = open_library(new_place, Retention())
    found = library.listed("ana")
    assert [(e.name, e.sharing, e.version, e.made_at.year) for e in found] == [("Old plan", "", 3, 2026)]
    assert library.share("ana", "old", "read").sharing == "read"
    assert library.save("ana", "New plan", plan, book, {}).name == "New plan"
    library.close()


def test_a_library_of_a_newer_planner_is_refused(new_place: str) -> None:
    open_library(new_place, Retention()).close()
    with connected(new_place) as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '0099'"))
    with pytest.raises(LibraryError, match=r"made by a newer planner \(its form is 0099.* up to 0003\). Update"):
        open_library(new_place, Retention())
    with connected(new_place) as connection:  # and nothing was done to it
        assert connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() == "0099"


def test_a_library_does_not_go_back(new_place: str) -> None:
    library = open_library(new_place, Retention())
    for target in ("0001", "base"):
        with pytest.raises(NotImplementedError, match="does not go back"), connected(new_place) as connection:
            command.downgrade(config_for(connection), target)
    assert library.listed("ana") == []
    library.close()


def test_a_step_that_fails_leaves_nothing_behind(
    new_place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Steps are taken all or none, on SQLite too."""
    steps = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, steps)
    second = steps / "versions" / "revision_0002.py"
    second.write_text(
        second.read_text() + '\n\n_right = upgrade\n\ndef upgrade():\n    _right()\n    raise OSError(28, "full")\n'
    )
    monkeypatch.setattr("planner.library.opening.MIGRATIONS", steps)
    with pytest.raises(LibraryError, match="the disk is full"):
        open_library(new_place, Retention())
    with connected(new_place) as connection:
        assert sa.inspect(connection).get_table_names() == []
    monkeypatch.undo()
    open_library(new_place, Retention()).close()


@pytest.mark.slow
def test_several_programs_open_a_new_library_at_once(new_place: str) -> None:
    code = "import sys; from planner.library import open_library; print(len(open_library(sys.argv[1]).listed('ana')))"
    command_line = [sys.executable, "-c", code, new_place]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(command_line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        for _ in range(3)
    ]
    assert [process.communicate(timeout=120) for process in started] == [("0\n", "")] * 3


def test_tables_of_other_programs_in_the_same_database_are_left_alone(new_place: str) -> None:
    with connected(new_place) as connection:
        connection.execute(sa.text("CREATE TABLE invoices (id INTEGER PRIMARY KEY)"))
    if "://" in new_place:
        open_library(new_place, Retention()).close()
    else:
        with pytest.raises(LibraryError, match="a database of another program"):
            open_library(new_place, Retention())
    with connected(new_place) as connection:
        assert "invoices" in sa.inspect(connection).get_table_names()


def test_a_library_that_lost_its_form_is_told(new_place: str) -> None:
    open_library(new_place, Retention()).close()
    with connected(new_place) as connection:
        connection.execute(sa.text(f"DROP TABLE {VERSION_TABLE}"))
    with pytest.raises(LibraryError, match=r"another program|does not say which form"):
        open_library(new_place, Retention())


@pytest.mark.parametrize("content", [b"this is no database\n" * 500, b"SQLite format 3\0" + b"\xff" * 8_000])
def test_a_file_that_is_no_library_is_told_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "library.sqlite"
    path.write_bytes(content)
    with pytest.raises(LibraryError, match=r"is damaged"):
        open_library(str(path), Retention())
    assert path.read_bytes() == content


def test_a_file_that_was_damaged_is_told(tmp_path: Path, plan: Plan, book: KeptWorkbook) -> None:
    path = tmp_path / "library.sqlite"
    library = open_library(str(path), Retention())
    library.save("ana", "Plan", plan, book, {})
    library._overwrite()
    library.close()
    data = bytearray(path.read_bytes())
    data[4_096:60_000] = os.urandom(55_904)
    path.write_bytes(bytes(data))
    with pytest.raises(LibraryError, match="damaged"):
        open_library(str(path), Retention()).listed("ana")


def test_places_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name, said in (
        (tmp_path / "file" / "library.sqlite", "not a folder"),
        (tmp_path, "it is a folder"),
        (tmp_path / ("x" * 300), "its name is too long"),
        ("/proc/none/library.sqlite", "cannot be made"),
    ):
        with pytest.raises(LibraryError, match=said):
            open_library(str(name), Retention())


def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    """As somebody who is not root, whom no permission stops."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "library.sqlite"
    open_library(str(path), Retention()).close()
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    code = (
        "import os, sys\n"
        "from planner.library import LibraryError, open_library\n"
        "open_library(sys.argv[1]).close()\n"  # loads whatever an ordinary user may not be allowed to read here
        "os.setuid(65534) if os.getuid() == 0 else None\n"
        "for name in sys.argv[2:]:\n"
        "    try:\n"
        "        open_library(name)\n"
        "    except LibraryError as error:\n"
        "        print(error)\n"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, tmp_path / "first.sqlite", path, folder / "other.sqlite"], capture_output=True, text=True, timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
        )  # fmt: skip
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
    assert done.stderr == ""
    first, second = done.stdout.splitlines()
    assert "may not be written" in first or "cannot be opened" in first
    assert "no permission" in second


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "library.sqlite"
    library = open_library(str(path), Retention())
    assert {file.stat().st_mode & 0o077 for file in [*path.parent.iterdir(), path.parent]} == {0}
    library.close()


def test_where_a_library_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert place_of().path == tmp_path / "data" / "migration-planner" / "library.sqlite"
    monkeypatch.setenv("PLANNER_LIBRARY", str(tmp_path / "x.sqlite"))
    assert place_of().path == tmp_path / "x.sqlite"
    assert place_of(f"sqlite:///{tmp_path}/y.sqlite").path == tmp_path / "y.sqlite"
    monkeypatch.setenv("PLANNER_LIBRARY", "postgres://ana:p%40ss@db.example:5433/plans?sslmode=require")
    team = place_of()
    assert (team.url.drivername, team.url.password, team.url.query["sslmode"]) == (
        "postgresql+psycopg",
        "p@ss",
        "require",
    )
    assert "ss" not in team.said.replace("postgresql", "")
    for bad in ("mysql://host/db", "http://host", "postgresql://a:b@host:port/x", "sqlite://", "sqlite:///:memory:"):
        with pytest.raises(LibraryError, match="path of a file"):
            place_of(bad)


def test_a_server_that_does_not_answer_is_told_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(LibraryError, match="cannot be reached") as told:
        open_library("postgresql://ana:secret@localhost:1/plans", Retention())
    assert "secret" not in str(told.value)


def test_without_the_package_for_postgresql_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(LibraryError, match=r"pip install 'migration-planner\[team\]'"):
        open_library("postgresql://ana@localhost/plans", Retention())


def test_a_busy_file_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plan: Plan, book: KeptWorkbook
) -> None:
    monkeypatch.setattr("planner.library.location.BUSY_SECONDS", 0.3)
    path = tmp_path / "library.sqlite"
    library = open_library(str(path), Retention())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryError, match="another program is writing"):
        library.save("ana", "Plan", plan, book, {})
    assert library.listed("ana") == []  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    assert library.save("ana", "Plan", plan, book, {})
    library.close()


@pytest.mark.slow
def test_a_kill_in_the_middle_of_saving_loses_nothing_that_was_saved(
    where: str, plan: Plan, book: KeptWorkbook, starter: Path
) -> None:
    """A program that saves without end is killed at odd moments; what it said was saved is there, whole."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from dataclasses import replace\n"
        "from planner.plan import plan_json\n"
        "from planner.library import KeptWorkbook, open_library\n"
        "library = open_library(sys.argv[1])\n"
        "plan = plan_json.loads(Path(sys.argv[2]).read_bytes())\n"
        "book = KeptWorkbook(Path(sys.argv[3]).read_bytes(), 'starter.xlsx')\n"
        "for n in range(10_000):\n"
        "    print(library.save('ana', f'Plan {n}', replace(plan, objective=float(n)), book, {'n': n}).id, flush=True)\n"
    )
    from planner.plan import plan_json

    library = open_library(where, Retention(entries=100_000))
    file = Path(tempfile.mkdtemp()) / "plan.json"
    file.write_bytes(plan_json.dumps(plan))
    said: list[str] = []
    for moment in (0, 3, 11):
        process = subprocess.Popen(
            [sys.executable, "-c", code, where, file, starter], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PLANNER_LIBRARY_ENTRIES": "100000"},
        )  # fmt: skip
        assert process.stdout is not None
        said += [process.stdout.readline().strip() for _ in range(moment + 1)]
        process.send_signal(signal.SIGKILL)
        said += [line.strip() for line in process.stdout.read().splitlines() if len(line.strip()) == 12]
        process.stdout.close()
        process.wait(20)
    shutil.rmtree(file.parent)
    listed = {e.id: e for e in library.listed("ana")}
    assert set(said) <= set(listed)
    assert len(listed) - len(said) <= 3  # at most one each was saved but not yet told
    for entry in listed.values():
        kept = library.get("ana", entry.id)
        assert kept.plan.objective == entry.settings["n"] == entry.results["objective"]
        assert [e.what for e in library.history("ana", entry.id)] == ["saved"]
    if "://" not in where:
        with sqlite3.connect(where) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    library.close()


def test_a_busy_database_is_waited_for_and_then_told(
    emptied: Callable[[], str], monkeypatch: pytest.MonkeyPatch, plan: Plan, book: KeptWorkbook
) -> None:
    import psycopg

    assert f"lock_timeout={1_000 * location.BUSY_SECONDS} " in location.WAITS
    monkeypatch.setattr(location, "WAITS", "-c lock_timeout=200")
    address = emptied()
    library = open_library(address, Retention())
    with psycopg.connect(address) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (opening.LOCK + 1,))
        with pytest.raises(
            LibraryError, match=r"was busy for 30 seconds: another program is writing to it\. Try again"
        ):
            library.save("ana", "Plan", plan, book, {})
    assert library.save("ana", "Plan", plan, book, {}).name == "Plan"
    library.close()
