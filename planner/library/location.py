"""Where a library is: a SQLite file of its user's, or a database of PostgreSQL that a team shares."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from planner.library.errors import LibraryError

VARIABLE = "PLANNER_LIBRARY"
BUSY_SECONDS = 30
"""Seconds to wait for another program that is writing."""
WAITS = f"-c lock_timeout={1_000 * BUSY_SECONDS} -c idle_in_transaction_session_timeout={10_000 * BUSY_SECONDS}"
"""How long PostgreSQL waits for what another program holds, and how long a program that has died may hold it."""
WRITES = "planner_writes"
"""Execution option of a connection that will write: SQLite then waits at the beginning, not half-way."""
_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")


@dataclass(frozen=True)
class Place:
    """Where a library is; `path` only for a file, `said` without any password."""

    url: URL
    path: Path | None
    said: str


def data_folder() -> Path:
    """The user's folder for data of programs, as the system has it."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "migration-planner"


def place_of(where: str = "") -> Place:
    """Say where the library is: `where`, else PLANNER_LIBRARY, else `library.sqlite` in the user's data folder.

    Both take the path of a file, or an address that begins with ``postgresql://``. Raises LibraryError for any other.
    """
    text = where.strip() or os.environ.get(VARIABLE, "").strip()
    if not text:
        return _file(data_folder() / "library.sqlite")
    if "://" not in text:
        return _file(Path(text).expanduser())
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        message = (
            "The address of the library cannot be read; it is the path of a file, or "
            "postgresql://USER@HOST:PORT/DATABASE (signs such as @ or / in a password are written as %40 or %2F)."
        )
        raise LibraryError(message) from None
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return _file(Path(url.database))
    if url.drivername in _POSTGRES:
        url = url.set(drivername="postgresql+psycopg")
        shown = url.set(drivername="postgresql", password=None, query={}).render_as_string()
        return Place(url, None, shown)
    message = (
        f"A library is a SQLite file or a database of PostgreSQL, not '{url.drivername}': give the path of a file, or "
        "postgresql://USER@HOST:PORT/DATABASE."
    )
    raise LibraryError(message)


def _file(path: Path) -> Place:
    """A library in a file."""
    path = path.absolute()
    return Place(URL.create("sqlite", database=str(path)), path, str(path))


def engine_of(place: Place) -> Engine:
    """Connections to a library; its file is made, for its user's eyes only, if it is not there.

    Raises LibraryError where the program for PostgreSQL is not installed; OSError where the file cannot be made.
    """
    if place.path is not None:
        _make(place.path)
        # a file is opened in a millisecond; nothing of it stays open between two uses
        engine = create_engine(place.url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(
            place.url, pool_pre_ping=True, pool_size=4,
            connect_args={"connect_timeout": 10, "client_encoding": "utf8", "options": WAITS},
        )  # fmt: skip
    except (ImportError, NoSuchModuleError):
        message = "Libraries in PostgreSQL need one more package: pip install 'migration-planner[team]'."
        raise LibraryError(message) from None


def _make(path: Path) -> None:
    """Make the file and its folder, readable for nobody else."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Settings of every connection: readers never wait for a writer, references hold, what is erased is overwritten."""
    connection.text_factory = _decoded  # a damaged text hides no other row
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says
    cursor = connection.cursor()
    for setting in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _decoded(data: bytes) -> str:
    """A text, whatever has become of it."""
    return data.decode("utf-8", "replace")


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction; one that will write takes its turn at once, so that two never meet half-way."""
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
