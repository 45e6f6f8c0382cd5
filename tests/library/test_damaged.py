"""A library in which something is damaged: it is told in a sentence, and hides nothing else. Every column is tried."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from planner.library import KeptWorkbook, Library, LibraryError, open_library
from planner.library.models import Base
from planner.plan import Plan

DAMAGE = {"no text": "CAST(x'c328ff00' AS TEXT)", "bytes": "x'00ff10'", "a text": "'yesterday'"}
LOOSE = {
    "no JSON": "'{\"a\": '", "a list": "'[1]'", "a number": "12345", "nothing": "''",
    "figures": "'{\"objective\": \"many\", \"gap\": [], \"sets\": 7, \"outcomes\": {\"a\": \"b\"}}'",
}  # fmt: skip
"""Damage to a field of loose values."""
COLUMNS = [
    (table.name, column.name)
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if table.name != "library_person"
]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory, plan: Plan, book: KeptWorkbook) -> bytes:
    """A library with two plans, as the bytes of its file."""
    path = tmp_path_factory.mktemp("pattern") / "library.sqlite"
    library = open_library(str(path))
    first = library.save("ana", "First plan", plan, book, {"grid": "phases", "sets": []}, "a note")
    library.rename("ana", first.id, "Renamed")
    library.save("ana", "Whole", plan, book, {})
    library.erase("ana", library.save("ana", "Gone", plan, book, {}).id)
    library.close()
    return path.read_bytes()


def tries(library: Library) -> list[Callable[[], Any]]:
    """Everything that looks at an entry."""
    one = next((entry.id for entry in library.listed("ana") if entry.name != "Whole"), "gone")
    return [
        lambda: library.listed("ana", deleted=True),
        lambda: library.find("ana", "Whole"),
        lambda: library.history("ana", one),
        lambda: library.contents("ana", one),
        lambda: library.export("ana", [one]),
        lambda: library.annotate("ana", one, "another"),
        lambda: library.duplicate("ana", one),
    ]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[".".join(one) for one in COLUMNS])
def test_damage_anywhere_is_a_sentence_and_the_list_stands(
    pattern: bytes, tmp_path: Path, table: str, column: str
) -> None:
    kinds = DAMAGE | (LOOSE if column in ("settings", "results") else {})
    for name, value in kinds.items():
        path = tmp_path / "library.sqlite"
        for old in tmp_path.iterdir():
            old.unlink()
        path.write_bytes(pattern)
        engine = sa.create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            first = "SELECT min(rowid) FROM library_entry WHERE name = 'Renamed'"
            row = "rowid = (SELECT min(rowid) FROM " + table + ")" if table != "library_entry" else f"rowid = ({first})"
            try:
                connection.execute(sa.text(f"UPDATE {table} SET {column} = {value} WHERE {row}"))
                connection.commit()
            except sa.exc.IntegrityError:
                continue  # the database itself does not let this happen
            finally:
                connection.close()
        engine.dispose()
        library = open_library(str(path))
        try:
            whole = [entry for entry in library.listed("ana") if entry.name == "Whole"]
            assert whole or column == "owner", name
            for entry in library.everything():
                assert all(isinstance(part, str) for part in (entry.id, entry.name, entry.note, entry.workbook)), name
                assert isinstance(entry.settings, dict)
                assert isinstance(entry.results.get("objective", 0.0), float | int)
            for attempt in tries(library):
                with contextlib.suppress(LibraryError):  # and no other error
                    attempt()
        finally:
            library.close()


def test_what_is_damaged_is_marked(pattern: bytes, tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    path.write_bytes(pattern)
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        wrong = '{"objective": "many", "status": "optimal within gap"}'
        connection.execute(sa.text("UPDATE library_content SET results = :x WHERE rowid = 1"), {"x": wrong})
    engine.dispose()
    library = open_library(str(path))
    found = {entry.name: entry for entry in library.listed("ana")}
    library.close()
    assert found["Renamed"].damaged == "its results (objective)"
    assert "objective" not in found["Renamed"].results
    assert found["Whole"].damaged == ""
